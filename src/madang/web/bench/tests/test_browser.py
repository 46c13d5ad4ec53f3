"""A reader's browser: a run with a changed input, two scenarios side by side, the promises on a phone."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from madang.web.bench.tests.town import town

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed (apt-get install chromium)"),
]
_START = "import sys; from madang.web.commands import serve; serve(int(sys.argv[1]), '127.0.0.1', 4)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a site of its own, as `madang serve` does, and wait until its promises are judged."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MADANG_", "DJANGO_", "DATABASE_"))}
    around = {**kept, "MADANG_HOME": str(tmp_path_factory.mktemp("site"))}
    server = subprocess.Popen([sys.executable, "-c", _START, str(port)], env=around, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/en/promises.json", b'"verdict"')
        yield address
    finally:
        # The server and what works beside it share a session of their own.
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def _wait_for(address: str, words: bytes) -> None:
    for _ in range(400):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                if words in answer.read():
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.5)
    raise AssertionError(f"{address} never said {words!r}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def _page(browser: Any, width: int = 1280, **options: Any) -> tuple[Any, list[str]]:
    page = browser.new_context(viewport={"width": width, "height": 900}, **options).new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return page, wrong


@pytest.mark.parametrize("javascript", [True, False])
def test_a_solution_is_run_with_a_changed_input_with_and_without_javascript(
    site: str, browser: Any, javascript: bool
) -> None:
    page, wrong = _page(browser, java_script_enabled=javascript)
    page.goto(f"{site}/en/bench/eco_mileage/")
    page.get_by_label("Uptake of a pine in a year", exact=True).first.fill("13.2" if javascript else "9.9")
    page.get_by_role("button", name="Run").first.click()
    page.wait_for_selector("ul.changes", timeout=60_000)
    assert "6.6 kg/tree" in page.inner_text("ul.changes")
    page.get_by_role("link", name=re.compile("Equal to thirty-year-old pines")).first.click()
    page.locator("main", has_text="Changed in this run").wait_for()
    assert not wrong


def test_two_scenarios_are_compared(site: str, browser: Any) -> None:
    page, wrong = _page(browser)
    page.goto(f"{site}/en/bench/eco_mileage/compare/")
    page.get_by_label("Gas at 2,240 g/m3").check()
    page.get_by_role("button", name="Compare").click()
    page.wait_for_selector("table.side", timeout=60_000)
    assert "CO2 of city gas" in page.inner_text("table.side >> nth=0")
    assert not wrong


def test_the_slider_and_the_box_move_each_other(site: str, browser: Any) -> None:
    page, _ = _page(browser)
    page.goto(f"{site}/ko/bench/eco_mileage/")
    page.locator("input[name='in.kg_per_pine']").fill("8")
    assert page.locator("input[name='in.kg_per_pine'] ~ input[type=range]").input_value() == "8"


@pytest.mark.parametrize("code", ["ko", "en"])
def test_the_promises_are_read_on_a_phone_without_scrolling_sideways(site: str, browser: Any, code: str) -> None:
    page, wrong = _page(browser, 390, is_mobile=True)
    page.goto(f"{site}/{code}/promises/")
    assert page.locator("article.promise").count() == 27
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.select_option("#verdict", "missed")
    page.locator(".filters button").click()
    assert 0 < page.locator("article.promise").count() < 27
    page.locator("article.promise h3 a").first.click()
    page.wait_for_selector("#evidence")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not wrong


def test_a_reader_brings_a_small_city_and_holds_it_against_seoul(
    site: str, browser: Any, zipped: Callable[..., io.BytesIO], tmp_path: Path
) -> None:
    folder = tmp_path / "city.zip"
    folder.write_bytes(zipped().getvalue())
    page, wrong = _page(browser)
    page.goto(f"{site}/en/bench/cities/")
    page.set_input_files("#city", str(folder))
    page.get_by_role("button", name="Bring it").click()
    page.wait_for_selector("text=Deleted on")
    page.locator("section.card", has_text="Eco-mileage").get_by_role("button", name="Against Seoul").click()
    page.wait_for_selector("table.side", timeout=90_000)
    assert "Uptake of a pine in a year" in page.inner_text("table.side >> nth=0")
    assert not wrong


@pytest.fixture(scope="module")
def board(site: str, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Bring a town with streets, run its charging, and return the address of its board."""
    folder = tmp_path_factory.mktemp("town") / "town.zip"
    with zipfile.ZipFile(folder, "w") as archive:
        for name, content in town().items():
            archive.writestr(name, content)
    page, _ = _page(browser)
    page.goto(f"{site}/ko/bench/cities/")
    page.set_input_files("#city", str(folder))
    page.get_by_role("button", name="올리기").click()
    page.locator("section.card", has_text="걸어서 5분").get_by_role("button").first.click()
    page.get_by_role("link", name="자리를 옮겨 보기").click(timeout=150_000)
    page.locator("svg.board").wait_for()
    return str(page.url)


def test_a_charger_is_dragged_to_another_place_and_the_coverage_follows(browser: Any, board: str) -> None:
    page, wrong = _page(browser)
    page.goto(board)
    before = page.locator(".mark.open").evaluate_all("marks => marks.map((mark) => mark.dataset.mark)")
    page.locator(".mark.open").first.drag_to(page.locator(".mark:not(.open)").last)
    page.locator(".board-told[data-flips*=',']").wait_for()
    after = page.locator(".mark.open").evaluate_all("marks => marks.map((mark) => mark.dataset.mark)")
    assert len(after) == len(before)
    assert after != before
    assert "바꾼 자리 2" in page.inner_text("#board-state")
    page.go_back()
    page.locator(".board-told[data-flips='']").wait_for()
    assert page.locator(".mark.open").evaluate_all("marks => marks.map((mark) => mark.dataset.mark)") == before
    assert not wrong


def test_of_marks_whose_rings_overlap_the_nearest_is_pressed(browser: Any, board: str) -> None:
    page, wrong = _page(browser)
    page.goto(board)
    page.locator(".mark[data-mark='0']").scroll_into_view_if_needed()
    first = page.locator(".mark[data-mark='0'] .hit").bounding_box()
    page.locator(".mark .hit").last.evaluate("ring => ring.setAttribute('r', 4000)")
    page.mouse.click(first["x"] + first["width"] / 2, first["y"] + first["height"] / 2)
    page.locator(".board-told[data-flips='0']").wait_for(timeout=10_000)
    assert not wrong


def test_the_board_is_worked_by_keys_alone(browser: Any, board: str) -> None:
    page, wrong = _page(browser)
    page.goto(board)
    page.locator(".mark").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.mark") != "0"
    page.keyboard.press("Home")
    page.locator(".mark.open").first.focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator(".board-told[data-flips*=',']").wait_for()
    page.keyboard.press("Enter")
    page.locator(".board-told:not([data-flips*=','])").wait_for()
    assert not wrong


def test_the_board_needs_no_script_and_its_table_moves_a_place(browser: Any, board: str) -> None:
    page, _ = _page(browser, java_script_enabled=False)
    page.goto(board)
    page.get_by_role("button", name="옮기기").click()
    page.locator("text=바꾼 자리 2").wait_for()
    assert re.search(r"flip=\d+,\d+$", page.url)
    page.get_by_role("link", name="처음으로").click()
    page.locator("ol.board-rows button").first.click()
    page.locator("text=바꾼 자리 1").wait_for()


def test_axe_finds_nothing_on_the_board(browser: Any, board: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for width in (1280, 390):
        page, _ = _page(browser, width, bypass_csp=True)
        page.goto(board)
        found = axe.run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_folder_that_cannot_be_taken_is_refused_in_korean_on_a_korean_page(
    site: str, browser: Any, zipped: Callable[..., io.BytesIO], tmp_path: Path
) -> None:
    folder = tmp_path / "city.zip"
    folder.write_bytes(zipped({"data.csv": "a\n1\n"}).getvalue())
    page, _ = _page(browser)
    page.goto(f"{site}/ko/bench/cities/")
    page.set_input_files("#city", str(folder))
    page.get_by_role("button", name="올리기").click()
    said = page.locator("[role=alert]").inner_text()
    assert "zip에 city.toml이 없습니다" in said
    assert not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", said)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_bench_and_the_promises(site: str, browser: Any, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # The checker writes itself into the page, which the page's own policy forbids.
    page, _ = _page(browser, 1000, color_scheme=scheme, bypass_csp=True)
    for address in ("promises/", "promises/ev-total/", "embed/promises/ev-total/", "bench/", "bench/ev_fleet/",
                    "bench/eco_mileage/compare/", "bench/cities/"):  # fmt: skip
        page.goto(f"{site}/ko/{address}")
        found = axe.run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == [], address
