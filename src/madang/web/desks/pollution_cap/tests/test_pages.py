"""The officer's pages in both languages: who may see them, and a request walked from its form to its completion."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from madang.web.accounts.roles import ROLES
from madang.web.desks.pollution_cap.allotting import allot_file
from madang.web.desks.pollution_cap.models import Permit
from madang.web.desks.pollution_cap.rules import city_here
from madang.web.desks.pollution_cap.tests.desk_cases import left

pytestmark = pytest.mark.django_db
DESK = "/en/desks/pollution-cap/"
PLAN = "district,unit,substance,year,kg_per_d\nGangseo,han_i,bod,2027,4\nGangseo,han_i,tp,2027,0.3\n"
CELL = "district=Gangseo&unit=han_i&substance=bod&year=2027"


@pytest.fixture(autouse=True)
def plan(db: None, tmp_path: Path) -> None:
    """Allot a made-up plan."""
    path = tmp_path / "plan.csv"
    path.write_text(PLAN, "utf-8")
    allot_file(city_here(), path, document="plan", status="made_up", source="made up for a test", by="kim")


@pytest.fixture
def officer(person: Callable[[str], Client]) -> Client:
    """Return a signed-in officer."""
    return person("officer")


def typed(page: str, **more: Any) -> dict[str, Any]:
    """Return a request as a browser would send it, its nonce taken from the page."""
    nonce = re.search(r'name="nonce" value="([0-9a-f]+)"', page)
    assert nonce is not None
    given = {"nonce": nonce[1], "name": "Flats by the river", "district": "Gangseo", "unit": "han_i", "year": "2027",
             "setting": "urban", "way": "public_sewer", "plant": "seonam", "people": "2600", "flats": "1000",
             "land_before_14": "21000"}  # fmt: skip
    return given | more


def ask(officer: Client, **more: Any) -> Any:
    """Send a request."""
    return officer.post(f"{DESK}ask/", typed(officer.get(f"{DESK}ask/").content.decode(), **more))


def asked(officer: Client) -> str:
    """Return the address of a request that was answered."""
    answer = ask(officer)
    assert answer.status_code == 303, answer.content.decode()[-3000:]
    return str(answer.headers["Location"])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "page", ["", "ask/", "account/", f"account/statement/?{CELL}", f"account/statement.csv?{CELL}"]
)
def test_only_officers_and_administrators_see_the_desk(person: Callable[[str], Client], role: str, page: str) -> None:
    answer = person(role).get(f"{DESK}{page}")
    expected = 200 if role in {"officer", "admin"} else 302 if role == "visitor" else 403
    assert answer.status_code == expected
    if expected == 200:
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_permit_and_its_steps_are_officers_alone(officer: Client, person: Callable[[str], Client]) -> None:
    address = asked(officer)
    for role in ("visitor", "analyst", "editor"):
        assert person(role).get(address).status_code in {302, 403}
        assert person(role).post(f"{address}consult/").status_code in {302, 403}
    assert left(city_here())["bod"] == 40_000


def test_a_step_is_taken_only_by_a_form_of_this_site(officer: Client) -> None:
    address = asked(officer)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = officer.cookies
    assert strict.post(f"{address}consult/").status_code == 403
    assert officer.get(f"{address}consult/").status_code == 405


def test_a_request_goes_from_its_form_to_its_completion(officer: Client) -> None:
    address = asked(officer)
    page = officer.get(address).content.decode()
    assert "allowed with conditions" in page
    assert "This allocation is made up." in page
    assert "Some numbers of the sewage plant are made up" in page
    assert "residents, urban" in page
    assert officer.post(f"{address}consult/", {"note": "minutes of 12 May"}).status_code == 303
    assert left(city_here())["bod"] < 40_000
    officer.post(f"{address}spend/")
    done = officer.post(f"{address}complete/", {"built_bod": "2", "built_tp": "0.2"})
    assert done.status_code == 303
    page = officer.get(address).content.decode()
    assert "minutes of 12 May" in page
    assert "test-officer" in page
    assert "completed" in page
    assert left(city_here()) == {"bod": 20_000, "tp": 1_000}
    statement = officer.get(f"{DESK}account/statement.csv?{CELL}").content.decode().splitlines()
    assert [row.split(",")[5] for row in statement] == ["movement", "allotted", "consulted", "given back at completion"]
    assert statement[-1].endswith(",2.0000")


def test_every_page_is_korean_too(officer: Client) -> None:
    address = asked(officer).replace("/en/", "/ko/")
    for page in (address, "/ko/desks/pollution-cap/", "/ko/desks/pollution-cap/account/"):
        shown = officer.get(page).content.decode()
        assert '<html lang="ko">' in shown
        assert "지어낸 할당량입니다" in shown
    assert "조건부 허용" in officer.get(address).content.decode()
    assert "창고용지" in officer.get(address).content.decode()
    assert "거주 인구, 시가화" in officer.get(address).content.decode()
    korean = officer.get("/ko/desks/pollution-cap/account/").content.decode()
    assert "<td>강서구</td><td>한강I</td><td>총인</td>" in korean
    statement = officer.get(f"/ko/desks/pollution-cap/account/statement/?{CELL}").content.decode()
    assert "<h1>강서구</h1>" in statement
    csv = officer.get(f"/ko/desks/pollution-cap/account/statement.csv?{CELL}").content.decode("utf-8-sig")
    assert csv.splitlines()[0].startswith("언제,자치구,단위유역,물질,연도,움직임")
    assert ",강서구,한강I,BOD,2027,배정,plan,4.0000,4.0000" in csv
    assert "대지" in officer.get("/ko/desks/pollution-cap/ask/").content.decode()


def test_a_form_sent_twice_is_one_request(officer: Client) -> None:
    given = typed(officer.get(f"{DESK}ask/").content.decode())
    first, again = officer.post(f"{DESK}ask/", given), officer.post(f"{DESK}ask/", given)
    assert first.headers["Location"] == again.headers["Location"]
    assert Permit.objects.count() == 1


def test_what_cannot_be_taken_comes_back_with_what_was_typed(officer: Client) -> None:
    answer = ask(officer, people="-3")
    assert answer.status_code == 400
    assert 'value="Flats by the river"' in answer.content.decode()
    unsewered = ask(officer, plant="")
    assert unsewered.status_code == 400
    assert "sewage by public sewer needs the plant it leads to" in unsewered.content.decode()
    assert not Permit.objects.exists()


def test_what_the_ledger_refuses_is_said_on_the_permits_page(officer: Client) -> None:
    first, second = asked(officer), asked(officer)
    officer.post(f"{first}consult/")
    refused = officer.post(f"{second}consult/")
    assert refused.status_code == 409
    assert "Han I has 1.5760 kg/d of BOD left for Gangseo in 2027" in refused.content.decode()
    assert officer.post(f"{first}consult/").status_code == 400


def test_a_refused_request_has_no_steps_and_says_what_would_pass(officer: Client) -> None:
    answer = ask(officer, people="9000")
    page = officer.get(answer.headers["Location"]).content.decode()
    assert "refused" in page
    assert "Built to" in page
    assert "Consult: hold the load" not in page


def test_lists_are_filtered(officer: Client) -> None:
    asked(officer)
    assert "Flats by the river" in officer.get(f"{DESK}?state=answered").content.decode()
    assert "Flats by the river" not in officer.get(f"{DESK}?state=spent").content.decode()
    assert "<td>Gangseo</td><td>Han I</td>" in officer.get(f"{DESK}account/?unit=han_i&year=2027").content.decode()
    assert "<td>Gangseo</td>" not in officer.get(f"{DESK}account/?year=2028").content.decode()


@pytest.mark.parametrize("query", ["", "district=A&unit=B&substance=C&year=2027", "district=%7C&year=x", "year=99999"])
def test_a_cell_that_is_not_there_is_not_found(officer: Client, query: str) -> None:
    assert officer.get(f"{DESK}account/statement/?{query}").status_code == 404
    assert officer.get(f"{DESK}account/statement.csv?{query}").status_code == 404


def test_an_unknown_permit_is_not_found(officer: Client) -> None:
    assert officer.get(f"{DESK}permits/{'0' * 24}/").status_code == 404
