"""A whole site in a process of its own, and a browser to read it with; both absent where Chromium is."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from madang.web.tests.ready import ReadySite

EDITOR = ("browser-editor", "rain-on-the-courtyard-71")
_START_SECONDS = 90


def _chromium() -> str | None:
    """Return Debian's Chromium, where it is installed."""
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


def _free_port() -> int:
    """Return a port nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="session")
def site_env(tmp_path_factory: pytest.TempPathFactory, ready_site: ReadySite) -> Iterator[dict[str, str]]:
    """Return the environment of the running site: a folder, a database and settings of its own."""
    with ready_site.apart("served", tmp_path_factory.mktemp("site")) as own:
        env = {**os.environ, **own, "MADANG_HOSTS": ""}
        env["DJANGO_SETTINGS_MODULE"] = "madang.web.settings"
        env.pop("MADANG_ADDRESS", None)
        yield env


@pytest.fixture(scope="session")
def running(site_env: dict[str, str]) -> Iterator[str]:
    """Serve a site that is ready, and return its address."""
    if _chromium() is None:
        pytest.skip("no Chromium here: apt install chromium")
    port, surroundings = _free_port(), {**site_env, "MADANG_PASSWORD": EDITOR[1]}
    subprocess.run(
        [sys.executable, "-c", f"from madang.web.accounts.commands import create; create({EDITOR[0]!r}, 'editor', '')"],
        env=surroundings, check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run(
        [sys.executable, "-m", "django", "refresh_figures", "eco_mileage"],
        env=surroundings, check=True, capture_output=True,
    )  # fmt: skip
    serve = f"from madang.web.commands import serve; serve({port}, '127.0.0.1', 4, False)"
    with subprocess.Popen([sys.executable, "-c", serve], env=surroundings, stdout=subprocess.DEVNULL) as server:
        address = f"http://localhost:{port}"
        _wait_for(address, server)
        yield address
        server.terminate()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a site answers."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/ko/", timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail("the site did not start")


@pytest.fixture(scope="module")
def chromium(running: str) -> Iterator[Any]:
    """Return the browser, closed after the file: its event loop would stand in the way of the database's tests."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    with playwright.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def reader(chromium: Any, running: str) -> Iterator[Any]:
    """Return a desk-wide page that fails a test when anything is said on its console."""
    yield from _page(chromium, running, {"width": 1280, "height": 900})


@pytest.fixture
def phone(chromium: Any, running: str) -> Iterator[Any]:
    """Return a page as wide as a phone."""
    yield from _page(chromium, running, {"width": 390, "height": 844})


def _page(chromium: Any, running: str, viewport: dict[str, int]) -> Iterator[Any]:
    """Return a page, and see afterwards that its console stayed silent."""
    context = chromium.new_context(viewport=viewport, base_url=running, locale="ko-KR")
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert not said


@pytest.fixture(scope="session")
def editor(running: str) -> tuple[str, str]:
    """Return name and password of the running site's editor."""
    return EDITOR


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Return the folder that `MADANG_SCREENSHOTS` names for pictures of every page type, or None."""
    named = os.environ.get("MADANG_SCREENSHOTS")
    return Path(named) if named else None
