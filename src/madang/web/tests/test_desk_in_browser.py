"""The eco-mileage desk in a real browser: two officers pay a half-year, a member joins, spends, exports and leaves."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

pytestmark = pytest.mark.slow
PASSWORD = "rain-on-the-courtyard-71"
OFFICERS = ("officer-kim", "officer-lee")
HOME = "/desks/eco-mileage/"
MEMBERS = 120
_PREPARE = f"""
from pathlib import Path
import sys
from madang.core.progress import silent
from madang.solutions.eco_mileage.operating.bringing import ImportReadings, import_readings
from madang.solutions.eco_mileage.operating.making import Generate, generate
import datetime as dt
folder = Path(sys.argv[1])
made = generate(Generate(folder=folder, members={MEMBERS}, seed=5), silent)
import_readings(ImportReadings(folder=folder, files=tuple(made.files.values()), today=dt.date(2025, 1, 10)), silent)
from madang.web.accounts.commands import create
for name in {OFFICERS!r}:
    create(name, "officer", "")
from madang.web.desks.eco_mileage.commands import register
register(folder)
"""


@pytest.fixture(scope="module")
def desk(running: str, site_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Take a synthetic city over at the running site, with two officers; return the site's address."""
    folder = tmp_path_factory.mktemp("eco-browser") / "city"
    surroundings = {**site_env, "MADANG_PASSWORD": PASSWORD}
    subprocess.run([sys.executable, "-c", _PREPARE, str(folder)], env=surroundings, check=True, capture_output=True)
    return running


def sign_in(page: Any, name: str, code: str = "ko") -> None:
    page.goto(f"/{code}/account/sign-in/?next=/{code}{HOME}office/")
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name=re.compile("로그인|Sign in")).click()
    page.wait_for_url(re.compile(HOME))


def another(chromium: Any, running: str) -> Any:
    return chromium.new_context(base_url=running, viewport={"width": 1280, "height": 900}).new_page()


def test_two_officers_settle_approve_and_post_and_a_member_lives_through_it_all(
    desk: str, chromium: Any, reader: Any, pictures: Path | None
) -> None:
    kim, lee = reader, another(chromium, desk)
    sign_in(kim, OFFICERS[0])
    kim.get_by_role("link", name="정산", exact=True).click()
    kim.fill("#id_first_month", "2024-01")
    kim.get_by_role("button", name="정산해 보기").click()
    kim.wait_for_url(re.compile("settlements/"))
    kim.get_by_text("준비한 사람은 승인할 수 없습니다").wait_for()
    sign_in(lee, OFFICERS[1], "en")
    lee.goto(kim.url.replace("/ko/", "/en/"))
    lee.get_by_text("made up").first.wait_for()
    lee.get_by_role("button", name="Approve").click()
    lee.get_by_role("button", name="Post").click()
    lee.get_by_role("button", name="Take back").wait_for()
    lee.goto(f"/en{HOME}office/catalogue/")
    fields = {
        "code": "onnuri",
        "title_ko": "온누리상품권",
        "title_en": "Onnuri voucher",
        "unit_points": "1000",
        "stock": "5",
    }
    for name, value in fields.items():
        lee.fill(f"#id_{name}", value)
    lee.get_by_role("button", name="Put up").click()
    lee.get_by_role("cell", name="Onnuri voucher").wait_for()
    if pictures is not None:
        lee.goto(f"/en{HOME}office/")
        lee.screenshot(path=pictures / "desk-office-en.png", full_page=True)
    _member_walks(another(chromium, desk), lee)


def _member_walks(member: Any, officer: Any) -> None:
    """Join, see the page, fail to spend what is not there, take one's data, leave."""
    member.goto(f"/ko{HOME}")
    member.get_by_role("link", name="가입하기").click()
    fields = {"username": "browser-member", "password": PASSWORD, "name": "김하나", "address": "마포구 어느 길 1",
              "electricity": "987654321"}  # fmt: skip
    for name, value in fields.items():
        member.fill(f"#id_{name}", value)
    member.select_option("#id_district", label="마포구")
    member.check("#id_agreed")
    member.get_by_role("button", name="가입하기").click()
    member.wait_for_url(re.compile("/me/"))
    assert member.locator(".balance strong").inner_text() == "0"
    member.get_by_role("link", name="포인트 쓰기").click()
    member.get_by_role("heading", name="온누리상품권").wait_for()
    member.get_by_role("button", name="쓰기").click()
    member.locator("main").filter(has_text="에코마일리지 포인트: 가진 것은 0이고, 필요한 것은 1,000입니다").wait_for()
    _reports_and_drives(member, officer)
    member.goto(f"/ko{HOME}me/")
    with member.expect_download() as download:
        member.get_by_role("link", name="내 자료 모두 받기(JSON)").click()
    told = json.loads(Path(download.value.path()).read_text())
    assert told["personal"]["name"] == "김하나"
    member.get_by_role("link", name="탈퇴하기").click()
    member.get_by_role("button", name="탈퇴하기").click()
    member.wait_for_url(re.compile(f"{HOME}$"))
    member.get_by_role("link", name="가입하기").wait_for()
    officer.goto(f"/en{HOME}office/trail/")
    assert "left" in officer.locator("main").inner_text()


def _reports_and_drives(member: Any, officer: Any) -> None:
    """Ask to be evaluated, report a meter by photo, take part with a car; an officer looks at both photos."""
    photo = {"name": "photo.png", "mimeType": "image/png", "buffer": _picture()}
    member.goto(f"/ko{HOME}me/")
    member.get_by_role("button", name="신청하기").last.click()
    member.get_by_text("신청했습니다").wait_for()
    member.get_by_role("link", name="사진 보고").click()
    for name, value in {"month": "2024-09", "quantity": "120.5"}.items():
        member.fill(f"#id_{name}", value)
    member.set_input_files("#id_photo", photo)
    member.get_by_role("button", name="보내기").click()
    member.get_by_role("cell", name="확인 대기").wait_for()
    member.get_by_role("link", name="내 차").click()
    for name, value in {"plate": "12가 3456", "registered_on": "2015-01-01"}.items():
        member.fill(f"#id_{name}", value)
    member.get_by_role("button", name="이 차로 참여하기").click()
    for name, value in {"day": "2024-10-01", "km": "60000"}.items():
        member.fill(f"#id_{name}", value)
    member.set_input_files("#id_photo", photo)
    member.get_by_role("button", name="보내기").click()
    member.get_by_role("cell", name="60,000").wait_for()
    officer.goto(f"/en{HOME}office/photos/")
    officer.get_by_text("the same photo was sent before").first.wait_for()
    officer.get_by_role("button", name="Counts").first.click()
    officer.get_by_role("button", name="Does not count").click()
    officer.get_by_text("this needs a reason").wait_for()
    member.goto(f"/ko{HOME}me/car/")
    member.get_by_role("cell", name="셈함").wait_for()


def _picture() -> bytes:
    """Return a small photo."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (120, 90, 60)).save(out, "PNG")
    return out.getvalue()


def _paid(site_env: dict[str, str]) -> int:
    """Return the number of a member who was taken over and has points to spend."""
    work = """
from madang.web.opening.preparing import start_django
start_django()
from madang.web.desks.eco_mileage.models import Member
print(Member.objects.filter(account__balance__gte=10000).order_by("number").first().number)
"""
    done = subprocess.run([sys.executable, "-c", work], env=site_env, check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1])


def _claim(officer: Any, page: Any, number: int, look_at: Any) -> None:
    """Let an officer print one paid member's code, and the person claim the account with it, by keyboard alone."""
    sign_in(officer, OFFICERS[1], "en")
    officer.goto(f"/en{HOME}office/codes/?number={number}")
    officer.select_option("#id_shape", "letters")
    officer.get_by_role("button", name="Make and hand out").click()
    officer.locator(".letter").wait_for()
    code = officer.locator(".letter code").inner_text()
    for code_of_page in ("ko", "en"):
        look_at(page, f"/{code_of_page}{HOME}claim/", f"{code_of_page}-desk")
    page.goto(f"/ko{HOME}claim/")
    page.focus("#id_number")
    for typed in (str(number), code.lower(), "taken-over", PASSWORD):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/me/"))
    assert page.locator(".balance strong").inner_text() != "0"


def test_a_member_sees_why_spends_and_an_officer_delivers(
    desk: str, chromium: Any, reader: Any, phone: Any, site_env: dict[str, str], pictures: Path | None
) -> None:
    """The member who was paid in the story before; pages are looked at by axe, on a desk and on a phone."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python").Axe()

    def look_at(page: Any, address: str, name: str) -> None:
        look(axe, page, address, pictures, f"desk-{address.split('/')[-2]}-{name}")

    for name in ("claim/", "join/"):
        for code in ("ko", "en"):
            look_at(phone, f"/{code}{HOME}{name}", f"{code}-phone")
    _claim(another(chromium, desk), reader, _paid(site_env), look_at)
    for name, page in (("desk", reader), ("phone", phone)):
        if page is phone:
            sign_in_as_member(page)
        for code in ("ko", "en"):
            for place in (
                "",
                "me/",
                "me/readings/",
                "me/redeem/",
                "me/report/",
                "me/car/",
                "me/move/",
                "me/leave/",
            ):
                look(axe, page, f"/{code}{HOME}{place}", pictures, f"desk-{place.replace('/', '')}-{code}-{name}")
    reader.goto(f"/en{HOME}me/")
    reader.get_by_role("link", name="why?").first.click()
    reader.get_by_role("heading", name="Why this award").wait_for()
    assert "kg CO₂" in reader.locator("main").inner_text()
    look(axe, reader, reader.url, pictures, "desk-why-en-desk")
    reader.goto(f"/en{HOME}me/redeem/")
    reader.get_by_role("button", name="Spend").click()
    reader.wait_for_url(re.compile("/me/$"))
    reader.get_by_role("cell", name="waiting for delivery").wait_for()
    lee = another(chromium, desk)
    sign_in(lee, OFFICERS[1], "en")
    lee.goto(f"/en{HOME}office/deliveries/")
    lee.get_by_role("button", name="Delivered").click()
    lee.get_by_text("Nothing waits.").wait_for()
    for code in ("ko", "en"):
        for place in (
            "", "import/", "photos/", "settle/", "what-if/", "cars/", "organisations/", "catalogue/",
            "deliveries/", "expiry/", "person/", "codes/", "trail/",
        ):  # fmt: skip
            look(axe, lee, f"/{code}{HOME}office/{place}", pictures, f"desk-office-{place.replace('/', '')}-{code}")
        query = "first_month=2024-01&kind=half_year&windows=joined"
        look(axe, lee, f"/{code}{HOME}office/review/?{query}", pictures, f"desk-office-review-{code}")
    reader.goto(f"/en{HOME}me/")
    reader.get_by_role("cell", name="delivered", exact=True).wait_for()


def sign_in_as_member(page: Any) -> None:
    page.goto(f"/ko/account/sign-in/?next=/ko{HOME}me/")
    page.fill("#id_username", "taken-over")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="로그인").click()
    page.wait_for_url(re.compile("/me/"))


def look(axe: Any, page: Any, address: str, pictures: Path | None, name: str) -> None:
    """Hold a page to axe and to the width of its window."""
    page.goto(address)
    found = [one for one in axe.run(page).response["violations"] if one["impact"] in {"serious", "critical"}]
    assert not [(one["id"], [node["target"] for node in one["nodes"]][:5]) for one in found], address
    wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= window, address
    if pictures is not None:
        page.screenshot(path=pictures / f"{name}.png", full_page=True)
