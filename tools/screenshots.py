"""Take the pictures of the site that the documentation shows, from a site of its own in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
#: Picture: page and width.
SHOTS = {
    "site_promises": ("/en/promises/", DESK),
    "site_promise_phone": ("/ko/promises/ev-total/", PHONE),
    "site_article": ("/ko/solutions/eco-mileage/", DESK),
    "site_bench": ("/en/bench/ev_fleet/", DESK),
    "site_city": ("/ko/bench/cities/", PHONE),
    "site_why": ("/en/why/eco_mileage/co2_saved_t/", DESK),
    "site_search": ("/ko/search/?q=수질개선", DESK),
}
_START_SECONDS = 180


def main() -> int:
    """Serve a site, look at its pages, write what is seen."""
    browser = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if browser is None:
        sys.stderr.write("There is no browser here. To do: apt install chromium fonts-nanum\n")
        return 1
    with tempfile.TemporaryDirectory() as home, socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
        one.close()
        madang = Path(sys.executable).with_name("madang")
        surroundings = {**os.environ, "MADANG_HOME": home}
        subprocess.run([madang, "site", "prepare"], env=surroundings, check=True)
        with subprocess.Popen(
            [madang, "serve", "--port", str(port)], env=surroundings, start_new_session=True
        ) as server:
            try:
                _wait(f"http://localhost:{port}/ko/")
                with sync_playwright() as player:
                    shown = player.chromium.launch(executable_path=browser, args=["--no-sandbox"])
                    _take(shown, f"http://localhost:{port}")
                    shown.close()
            finally:
                # The processes that compute beside the server end with it, before their folder goes.
                os.killpg(server.pid, signal.SIGTERM)
    return 0


def _wait(address: str) -> None:
    """Wait until the site answers."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=10):  # noqa: S310 - the address is our own
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the site did not start")


def _take(browser: Browser, address: str) -> None:
    """Write one picture a page: what a reader sees before scrolling."""
    for name, (path, size) in SHOTS.items():
        page = browser.new_page(viewport=size)  # type: ignore[arg-type]
        page.goto(address + path, wait_until="load")
        page.screenshot(path=FOLDER / f"{name}.png")
        page.close()
        _say(name)
    _take_run(browser, address)
    _take_board(browser, address)


def _take_run(browser: Browser, address: str) -> None:
    """Change an assumption as a visitor does, and write the picture of what follows."""
    page = browser.new_page(viewport=DESK)  # type: ignore[arg-type]
    page.goto(f"{address}/en/bench/eco_mileage/")
    page.locator("details.group").evaluate_all("groups => groups.forEach((one) => (one.open = true))")
    page.locator("[name='in.kg_per_pine']").fill("8")
    page.get_by_role("button", name="Run", exact=True).first.click()
    page.locator("#numbers").wait_for(timeout=_START_SECONDS * 1000)
    page.screenshot(path=FOLDER / "site_run.png")
    page.close()
    _say("site_run")


def _take_board(browser: Browser, address: str) -> None:
    """Open a place on the board of the sample city, and write the picture of what is covered then."""
    page = browser.new_page(viewport=DESK)  # type: ignore[arg-type]
    page.goto(f"{address}/en/bench/ev_charging/?city=helsinki")
    page.get_by_role("button", name="Run", exact=True).first.click()
    page.get_by_role("link", name="Open, close and move the places").click(timeout=_START_SECONDS * 1000)
    page.locator("ol.board-rows button").first.click()
    page.locator(".board-told:not([data-flips=''])").wait_for()
    page.locator(".board-figure").scroll_into_view_if_needed()
    page.screenshot(path=FOLDER / "site_board.png")
    page.close()
    _say("site_board")


def _say(name: str) -> None:
    """Say which picture was written and how large it is."""
    sys.stdout.write(f"{name}.png: {(FOLDER / f'{name}.png').stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    raise SystemExit(main())
