"""The desk of development loads in a real browser: allot, ask, consult, spend, complete, cancel, and look after it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
OFFICER, PASSWORD = "officer-park", "rain-on-the-courtyard-71"
HOME = "/desks/pollution-cap/"
CELL = "district=Gangseo&unit=han_i&substance=bod&year=2027"
PLAN = "district,unit,substance,year,kg_per_d\nGangseo,han_i,bod,2027,40\nGangseo,han_i,tp,2027,1.2\n"
_PREPARE = f"""
import sys
from pathlib import Path
from madang.web.accounts.commands import create
create({OFFICER!r}, "officer", "")
from madang.web.desks.pollution_cap.allotting import allot_file
from madang.web.desks.pollution_cap.rules import city_here
allot_file(city_here(), Path(sys.argv[1]), document="plan", status="made_up", source="made up for a test", by="park")
"""


@pytest.fixture(scope="module")
def desk(running: str, site_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Allot a made-up plan at the running site, with an officer; return the site's address."""
    path = tmp_path_factory.mktemp("permits-browser") / "plan.csv"
    path.write_text(PLAN, "utf-8")
    surroundings = {**site_env, "MADANG_PASSWORD": PASSWORD}
    subprocess.run([sys.executable, "-c", _PREPARE, str(path)], env=surroundings, check=True, capture_output=True)
    return running


def sign_in(page: Any, code: str) -> None:
    page.goto(f"/{code}/account/sign-in/?next=/{code}{HOME}")
    page.fill("#id_username", OFFICER)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name=re.compile("로그인|Sign in")).click()
    page.wait_for_url(re.compile(HOME))


def ask(page: Any, code: str, title: str, people: int = 2600) -> None:
    """Type a request and wait for its answer."""
    page.goto(f"/{code}{HOME}ask/")
    for name, value in (("name", title), ("year", 2027), ("people", people), ("flats", 1000), ("land_after_11", 19000)):
        page.fill(f"#id_{name}", str(value))
    for name, value in (("district", "Gangseo"), ("unit", "han_i"), ("plant", "seonam")):
        page.select_option(f"#id_{name}", value)
    page.locator("main form[method=post] button").click()
    page.wait_for_url(re.compile("permits/[0-9a-f]{24}/"))


def look(page: Any, address: str, pictures: Path | None, name: str) -> None:
    """Hold a page to the width of its window, and keep its picture where asked."""
    page.goto(address)
    wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= window, address
    if pictures is not None:
        page.screenshot(path=pictures / f"{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("code", "buttons", "names"),
    [
        ("ko", ("협의: 부하량 잡아 두기", "승인: 사용", "준공 정산", "취소"), ("강서구", "한강I", "준공", "취소")),
        (
            "en",
            ("Consult: hold the load", "Approve: spend the load", "Complete: give back what was not needed", "Cancel"),
            ("Gangseo", "Han I", "completed", "cancelled"),
        ),
    ],
)
def test_an_officer_takes_a_project_from_its_form_to_its_completion_and_cancels_another(
    desk: str, reader: Any, code: str, buttons: tuple[str, ...], names: tuple[str, ...]
) -> None:
    consult, spend, complete, cancel = buttons
    district, unit, completed, cancelled = names
    sign_in(reader, code)
    ask(reader, code, f"Flats {code}")
    assert f"{district} · {unit} · 2027" in reader.locator("main").inner_text()
    for step in (consult, spend):
        reader.get_by_role("button", name=step).click()
    reader.fill("#built_bod", "3")
    reader.fill("#built_tp", "0.2")
    reader.get_by_role("button", name=complete).click()
    assert reader.locator(".lede").inner_text().endswith(completed)
    ask(reader, code, f"Offices {code}", 500)
    reader.get_by_role("button", name=consult).click()
    reader.get_by_role("button", name=cancel).click()
    assert reader.locator(".lede").inner_text().endswith(cancelled)
    reader.goto(f"/{code}{HOME}account/statement/?{CELL}")
    said = reader.locator("main").inner_text()
    assert f"Flats {code}" in said
    assert f"Offices {code}" in said
    with reader.expect_download() as download:
        reader.get_by_role("link", name="CSV").click()
    assert f",{district},{unit},BOD,2027," in Path(download.value.path()).read_text("utf-8-sig")


def test_what_is_refused_says_what_would_pass_and_every_page_fits_its_window(
    desk: str, reader: Any, phone: Any, pictures: Path | None
) -> None:
    sign_in(reader, "en")
    ask(reader, "en", "A new town", 90_000)
    assert "refused" in reader.locator(".lede").inner_text()
    reader.get_by_text("of its size it would pass").wait_for()
    refused = reader.url.split(HOME)[1]
    sign_in(phone, "en")
    pages = {
        "list": "", "ask": "ask/", "permit": refused, "account": "account/",
        "statement": f"account/statement/?{CELL}", "plans": "plans/",
    }  # fmt: skip
    for width, page in (("desk", reader), ("phone", phone)):
        for code in ("ko", "en"):
            for name, place in pages.items():
                look(page, f"/{code}{HOME}{place}", pictures, f"permits-{name}-{code}-{width}")


def test_the_ledger_is_whole_after_the_officers_day(desk: str, site_env: dict[str, str]) -> None:
    audit = """
from madang.web.opening.preparing import start_django
start_django()
from madang.web.desks.pollution_cap.cells import standings
from madang.web.desks.pollution_cap.rules import city_here
for one in standings(city_here()):
    parts = one.left, one.consulted, one.spent
    print(one.cell.substance, one.allotted, sum(parts), min(parts))
"""
    done = subprocess.run([sys.executable, "-c", audit], env=site_env, check=True, capture_output=True, text=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == ["bod", "tp"]
    assert all(allotted == whole and int(least) >= 0 for _, allotted, whole, least in rows)
