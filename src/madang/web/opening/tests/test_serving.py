"""Whose word the server takes about who asks and how: a proxy that was named, and nobody else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from madang.core.errors import UsageError
from madang.web.environment import proxy
from madang.web.opening.request_lines import make_server
from madang.web.opening.serving import _check_free, believing

CLAIMS = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"


def told(surroundings: dict[str, Any], start: Callable[..., object]) -> list[bytes]:
    """Answer with what the application believes of its asker."""
    start("200 OK", [])
    header = surroundings.get("HTTP_X_FORWARDED_PROTO", "none")
    return [f"{surroundings['REMOTE_ADDR']} {surroundings['wsgi.url_scheme']} {header}".encode()]


@contextmanager
def serving(before: str | None) -> Any:
    """Serve while a block lasts; give the port."""
    server = make_server(told, host="127.0.0.1", port=0, **believing(before))
    threading.Thread(target=server.run, daemon=True).start()
    yield server.effective_port
    server.close()
    server.task_dispatcher.shutdown()


def answer(port: int, headers: str) -> str:
    """Ask with some headers, and return what was believed."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        one.sendall(f"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n".encode())
        return b"".join(iter(lambda: one.recv(65536), b"")).decode().split("\r\n\r\n")[1]


def test_what_anybody_claims_of_himself_is_not_believed() -> None:
    with serving(None) as port:
        assert answer(port, CLAIMS) == "127.0.0.1 http none"


def test_the_proxy_that_was_named_is_believed() -> None:
    """Each visitor has an address of his own behind it, and https is not sent to https again."""
    with serving("127.0.0.1") as port:
        assert answer(port, CLAIMS) == "203.0.113.9 https https"


def test_another_than_the_proxy_named_is_not_believed() -> None:
    with serving("192.0.2.1") as port:
        assert answer(port, CLAIMS) == "127.0.0.1 http none"


@pytest.mark.parametrize(
    ("address", "named", "believed"),
    [
        ("http://localhost:8000", None, None),
        ("https://policy.example.org", None, "127.0.0.1"),
        ("https://policy.example.org", "10.0.0.2", "10.0.0.2"),
    ],
)
def test_an_https_address_has_a_proxy_before_it(
    monkeypatch: pytest.MonkeyPatch, address: str, named: str | None, believed: str | None
) -> None:
    monkeypatch.setenv("MADANG_ADDRESS", address)
    monkeypatch.delenv("MADANG_PROXY", raising=False)
    if named is not None:
        monkeypatch.setenv("MADANG_PROXY", named)
    assert proxy() == believed


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"nobody can listen at 127.0.0.1:{port}"):
            _check_free("127.0.0.1", port)


def test_a_server_told_to_end_takes_what_it_started_with_it(tmp_path: Path) -> None:
    """Else every restart would leave a worker behind that works on."""
    noted = tmp_path / "beside"
    script = f"""
from madang.web.opening import serving
serving.get_wsgi_application = lambda: lambda surroundings, start: start("204 No Content", []) or []
serving.analyser = lambda: None
serving._yielding = lambda: ("sh", "-c", "echo $$ > {noted}; exec sleep 600")
serving.listen("127.0.0.1", 0, 1, figures=False)
"""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "madang.web.settings"}
    with subprocess.Popen([sys.executable, "-c", script], env=env, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert "Madang is at" in server.stdout.readline()
        _until(lambda: noted.exists() and bool(noted.read_text()))
        beside = Path("/proc", noted.read_text().strip(), "cmdline")
        _until(lambda: b"sleep" in beside.read_bytes())
        server.terminate()
        assert server.wait(20) == 0
    _until(lambda: not beside.exists() or not beside.read_bytes())


def _until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)
