"""The page of plans: who may allot, take back and restrict; what is refused moves nothing and says so in the page."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from madang.web.accounts.roles import ROLES
from madang.web.desks.pollution_cap.allotting import documents
from madang.web.desks.pollution_cap.cells import standings
from madang.web.desks.pollution_cap.models import PlanDocument, Restriction
from madang.web.desks.pollution_cap.rules import city_here

pytestmark = pytest.mark.django_db
DESK = "/en/desks/pollution-cap/"
PLANS = f"{DESK}plans/"
TABLE = "자치구,단위유역,물질,연도,부하량\n강서구,한강I,BOD,2027,4\n강서구,한강I,총인,2027,0.3\n"


@pytest.fixture
def officer(person: Callable[[str], Client]) -> Client:
    """Return a signed-in officer."""
    return person("officer")


def hand_in(officer: Client, table: str = TABLE, page: str = PLANS, **more: str) -> Any:
    """Send a plan's table as a browser would."""
    file = io.BytesIO(table.encode("cp949"))
    file.name = "plan.csv"
    given = {"document": "2027-plan", "status": "draft", "source": "made up for a test"} | more
    return officer.post(f"{page}allot/", {f"file-{name}": value for name, value in given.items()} | {"file-file": file})


def move(officer: Client, page: str = PLANS, **more: str) -> Any:
    """Send one cell."""
    given = {
        "document": "one", "status": "gazetted", "source": "made up", "way": "allot", "district": "Gangseo",
        "unit": "han_i", "substance": "bod", "year": "2027", "kg_per_d": "1.5",
    } | more  # fmt: skip
    return officer.post(f"{page}cell/", {f"cell-{name}": value for name, value in given.items()})


def balances() -> dict[str, int]:
    return {one.cell.substance: one.left for one in standings(city_here())}


@pytest.mark.parametrize("role", ROLES)
def test_only_officers_and_administrators_allot(person: Callable[[str], Client], role: str) -> None:
    able = role in {"officer", "admin"}
    refused = 302 if role == "visitor" else 403
    assert person(role).get(PLANS).status_code == (200 if able else refused)
    assert hand_in(person(role)).status_code == (303 if able else refused)
    assert move(person(role)).status_code == (303 if able else refused)
    assert balances() == ({"bod": 55_000, "tp": 3_000} if able else {})


def test_a_step_needs_a_form_of_this_site_and_is_never_taken_by_a_link(officer: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = officer.cookies
    for place in ("allot", "cell", "restrict", "lift"):
        assert strict.post(f"{PLANS}{place}/").status_code == 403
        assert officer.get(f"{PLANS}{place}/").status_code == 405


def test_a_table_is_allotted_once_and_shown_with_who_did_it(officer: Client) -> None:
    for _ in range(2):
        assert hand_in(officer).status_code == 303
        assert balances() == {"bod": 40_000, "tp": 3_000}
    page = officer.get(PLANS).content.decode()
    for said in (
        "2027-plan",
        "draft",
        "test-officer",
        "made up for a test",
        "<td>Gangseo</td><td>Han I</td>",
        "4.0000",
    ):
        assert said in page
    korean = officer.get(PLANS.replace("/en/", "/ko/")).content.decode()
    assert "<td>강서구</td><td>한강I</td><td>총인</td>" in korean
    assert "초안" in korean


def test_a_cell_is_allotted_and_taken_back_by_documents_that_stay(officer: Client) -> None:
    move(officer, kg_per_d="1,500.5")
    move(officer, document="revision", way="take_back", kg_per_d="0.5")
    assert balances() == {"bod": 15_000_000}
    told = [(document.name, document.by, [one.parts for one in moved]) for document, moved in documents(city_here())]
    assert told == [("revision", "test-officer", [-5_000]), ("one", "test-officer", [15_005_000])]


def test_more_than_is_left_is_not_taken_back_and_its_document_is_not_kept(officer: Client) -> None:
    move(officer)
    refused = move(officer, PLANS.replace("/en/", "/ko/"), document="revision", way="take_back", kg_per_d="2")
    assert refused.status_code == 409
    assert "남은 것보다 많이 거둘 수 없습니다" in refused.content.decode()
    assert balances() == {"bod": 15_000}
    assert list(PlanDocument.objects.values_list("name", flat=True)) == ["one"]


def test_a_document_moves_nothing_with_other_contents(officer: Client) -> None:
    hand_in(officer)
    again = hand_in(officer, TABLE.replace(",4\n", ",5\n"), PLANS.replace("/en/", "/ko/"))
    assert again.status_code == 400
    assert "다른 내용으로 이미 배정되었습니다" in again.content.decode()
    assert move(officer, document="2027-plan").status_code == 400
    assert balances() == {"bod": 40_000, "tp": 3_000}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (TABLE + "강서구,한강I,총인,2028,\n", "file plan.csv, row 4, column kg_per_d"),
        (TABLE + "강남서구,한강I,총인,2028,1\n", "file plan.csv, row 4"),
        ("a,b\n1,2\n", "no header was found"),
    ],
)
def test_a_table_that_cannot_be_read_is_said_by_row_and_allots_nothing(officer: Client, table: str, said: str) -> None:
    answer = hand_in(officer, table)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert said in page
    assert "/tmp" not in page
    assert 'value="2027-plan"' in page
    assert balances() == {}
    assert not PlanDocument.objects.exists()


WRONG = [
    {"kg_per_d": "-1"}, {"kg_per_d": "many"}, {"source": "  "}, {"document": "a/b"}, {"district": "Nowhere"},
    {"year": "27"}, {"status": "final"}, {"status": ""},
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_cell_that_cannot_be_taken_comes_back_with_what_was_typed(officer: Client, wrong: dict[str, str]) -> None:
    answer = move(officer, **wrong)
    assert answer.status_code == 400
    assert balances() == {}
    assert 'role="alert"' in answer.content.decode()


def test_a_korean_page_says_in_korean_what_is_wrong_and_where(officer: Client) -> None:
    page = hand_in(officer, TABLE + "강서구,한강I,총인,28,1\n", PLANS.replace("/en/", "/ko/")).content.decode()
    assert "연도는 네 자리로 적습니다." in page
    assert "파일 plan.csv, 4행, 열 year, 값 &#x27;28&#x27;" in page
    page = hand_in(officer, TABLE + "강남서구,한강I,총인,2028,1\n", PLANS.replace("/en/", "/ko/")).content.decode()
    assert "&#x27;강남서구&#x27;라는 이름은 없습니다(자치구)" in page


def test_a_file_beyond_every_plan_is_not_read(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("madang.web.desks.pollution_cap.planning.FILE_BYTES_MAX", 50)
    answer = hand_in(officer)
    assert answer.status_code == 400
    assert "The file is too large" in answer.content.decode()


def test_a_district_is_restricted_and_lifted_with_who_did_it(officer: Client) -> None:
    given = {"restrict-district": "Gangseo", "restrict-reason": "goal of the step missed"}
    assert officer.post(f"{PLANS}restrict/", given).status_code == 303
    assert officer.post(f"{PLANS}restrict/", given).status_code == 409
    assert "goal of the step missed" in officer.get(PLANS).content.decode()
    assert officer.post(f"{PLANS}lift/", {"district": "Gangseo"}).status_code == 303
    assert officer.post(f"{PLANS}lift/", {"district": "Gangseo"}).status_code == 400
    kept = Restriction.objects.get()
    assert (kept.by, kept.lifted_by) == ("test-officer", "test-officer")
