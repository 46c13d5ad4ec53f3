"""The server of the embedded site: one process, a few threads, nothing to install beside it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

import typer
from django.core.wsgi import get_wsgi_application

from madang.core.errors import Both, UsageError
from madang.web.environment import proxy
from madang.web.opening.request_lines import make_server
from madang.web.opening.timely import keep_publishing
from madang.web.search.words.analysis import analyser


def listen(host: str, port: int, threads: int, *, figures: bool = True) -> None:
    """Serve until stopped; with ``figures``, those missing or of another day are computed beside the server.

    Raises:
        UsageError: somebody else listens there.
    """
    _check_free(host, port)
    # Whoever stops a service sends this signal; what was started beside it must not outlive it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    application = get_wsgi_application()
    # Whoever searches first should not wait for the analyser's dictionary.
    threading.Thread(target=analyser, daemon=True).start()
    stop = threading.Event()
    threading.Thread(target=keep_publishing, args=(stop,), daemon=True).start()
    beside: list[subprocess.Popen[bytes]] = []
    try:
        # Today's figures and verdicts come first; the jobs of the bench are done as long as the server stands.
        for command in (*(("keep_current",) if figures else ()), "work_jobs"):
            started = [*_yielding(), sys.executable, "-m", "django", command]
            beside.append(subprocess.Popen(started, env=_surroundings()))
        typer.echo(f"Madang is at http://localhost:{port}/ko/ and http://localhost:{port}/en/ (stop with Ctrl-C)")
        make_server(application, host=host, port=port, threads=threads, ident=None, **believing(proxy())).run()
    finally:
        stop.set()
        for process in beside:
            process.terminate()


def believing(before: str | None) -> dict[str, Any]:
    """Return whose word on a visitor's address and on https the server takes: the proxy's, and nobody else's."""
    if before is None:
        return {"clear_untrusted_proxy_headers": True}
    trusted = {"x-forwarded-for", "x-forwarded-proto"}
    return {"trusted_proxy": before, "trusted_proxy_headers": trusted, "clear_untrusted_proxy_headers": True}


def _check_free(host: str, port: int) -> None:
    """Raise where nobody can listen, before anything else is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            says = Both(
                f"{host}:{port}에서 요청을 받을 수 없습니다: {error.strerror}",
                f"nobody can listen at {host}:{port}: {error.strerror}",
            )
            raise UsageError(
                says,
                todo=Both("다른 포트를 고르십시오: madang serve --port N", "choose another: madang serve --port N"),
            ) from error


def _yielding() -> tuple[str, ...]:
    """Return how a process is started that yields to the server, where the system knows a way."""
    return ("nice", "-n", "10") if shutil.which("nice") else ()


def _surroundings() -> dict[str, str]:
    """Return the environment of the process that computes figures: one thread, so that the server keeps its own."""
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "madang.web.settings", "NUMBA_NUM_THREADS": "1"}
