"""Projects are read strictly, answered from the account as it stands, once for a key, and kept as answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from madang.core.errors import BoundsError, LedgerError, MadangError, TableError, UnknownName, UsageError
from madang.web.desks.pollution_cap.allotting import allot_file, is_made_up, lift, restrict, weakest_status
from madang.web.desks.pollution_cap.asking import ask, permit_of, permits, project_of
from madang.web.desks.pollution_cap.cells import Cell, standings
from madang.web.desks.pollution_cap.rules import LAND, city_here, rules_of
from madang.web.desks.pollution_cap.telling import account_text, as_json, as_text, permit_line, trail_text
from madang.web.desks.pollution_cap.tests.desk_cases import left
from madang.web.desks.pollution_cap.working import consult, spend

pytestmark = pytest.mark.django_db
#: The account of the page `docs/how-to/answer-a-development.md`, made up as it is.
PLAN = "district,unit,substance,year,kg_per_d\nGangseo,han_i,bod,2027,4\nGangseo,han_i,tp,2027,0.3\n"


def allotted(folder: Path, text: str = PLAN, status: str = "gazetted", document: str = "plan") -> tuple[int, int]:
    path = folder / f"{document}.csv"
    path.write_text(text, "utf-8")
    return allot_file(city_here(), path, document=document, status=status, source="made up for a test", by="kim")


def flats(**more: Any) -> dict[str, Any]:
    given = {"name": "Flats", "district": "Gangseo", "unit": "han_i", "year": 2027, "people": 2600, "flats": 1000,
             "land_before": {"warehouse": 21000}, "land_after": {"building": "21,000"}}  # fmt: skip
    return given | more


def asked(nonce: str = "1", plant: str = "seonam", by: str = "kim", **more: Any) -> Any:
    return ask(city_here(), project_of(flats(**more)), plant, by, nonce)


def test_a_project_that_fits_is_allowed_and_can_be_consulted(tmp_path: Path) -> None:
    allotted(tmp_path)
    permit = asked()
    assert (permit.verdict, permit.state) == ("allowed", "answered")
    assert permit.loads == {"bod": 26_400, "tp": 2_503}
    assert left(city_here()) == {"bod": 40_000, "tp": 3_000}
    consult(permit, "kim")
    assert left(city_here()) == {"bod": 40_000 - 26_400, "tp": 3_000 - 2_503}


def test_the_next_project_is_answered_from_what_is_left_and_told_what_would_pass(tmp_path: Path) -> None:
    allotted(tmp_path)
    consult(asked(), "kim")
    second = asked("2")
    assert second.verdict == "refused"
    assert second.answer["remains_kg_per_d"] == {"bod": 1.36, "tp": 0.0497}
    assert 0 < second.answer["smaller_share"] < 1
    smaller = {name: value for name, value in second.answer["smaller"].items() if name not in {"name", "flats"}}
    third = ask(
        city_here(), project_of(smaller | {"name": "smaller", "people": int(smaller["people"])}), "seonam", "kim", "3"
    )
    assert third.verdict == "allowed"
    consult(third, "kim")


def test_what_was_never_allotted_is_unknown_and_refused() -> None:
    permit = asked(year=2029)
    assert permit.verdict == "refused"
    assert permit.answer["remains_kg_per_d"] == {"bod": None, "tp": None}


def test_the_same_key_is_answered_once_and_never_for_another_project(tmp_path: Path) -> None:
    allotted(tmp_path)
    first = asked()
    consult(first, "kim")
    assert asked().pk == first.pk
    assert asked(by="lee").pk != first.pk
    with pytest.raises(LedgerError, match="this key has asked for another project"):
        asked(people=2601)


def test_what_stands_behind_the_load_is_the_weakest_of_its_documents(tmp_path: Path) -> None:
    cell = Cell("Gangseo", "han_i", "bod", 2027)
    allotted(tmp_path)
    assert (weakest_status(city_here(), [cell]), is_made_up(city_here())) == ("gazetted", False)
    allotted(tmp_path, status="draft", document="more")
    assert weakest_status(city_here(), [cell]) == "draft"
    allotted(tmp_path, status="made_up", document="most")
    assert (weakest_status(city_here(), [cell]), is_made_up(city_here())) == ("made_up", True)
    permit = asked()
    assert permit.verdict == "allowed with conditions"
    assert "made-up allocation" in as_text(permit, "en")
    assert "지어낸 할당량" in as_text(permit, "ko")
    assert as_json(permit)["made_up"]
    assert "some numbers of the sewage plant are made up" in as_text(permit, "en")
    assert "made-up allocation" in account_text(standings(city_here()), "en", made_up=True)


def test_a_district_that_missed_its_goal_gets_nothing_until_it_is_lifted(tmp_path: Path) -> None:
    allotted(tmp_path)
    before = asked()
    restrict(city_here(), "Gangseo", "goal missed", "choi")
    assert asked("2").verdict == "refused"
    with pytest.raises(LedgerError, match="Gangseo is refused approvals: goal missed"):
        consult(before, "kim")
    with pytest.raises(LedgerError, match="the district is restricted already"):
        restrict(city_here(), "Gangseo", "again", "choi")
    lift(city_here(), "Gangseo", "choi")
    consult(before, "kim")
    restrict(city_here(), "Gangseo", "missed again", "choi")
    with pytest.raises(LedgerError, match="missed again"):
        spend(before, "kim")
    lift(city_here(), "Gangseo", "choi")
    with pytest.raises(UsageError, match="the district is not restricted"):
        lift(city_here(), "Gangseo", "choi")
    with pytest.raises(UsageError, match="a restriction needs its reason"):
        restrict(city_here(), "Gangseo", " ", "choi")


def test_a_document_allots_once_and_another_file_needs_another_name(tmp_path: Path) -> None:
    assert allotted(tmp_path) == (2, 0)
    assert allotted(tmp_path) == (0, 2)
    with pytest.raises(UsageError, match="the document 'plan' was allotted from another file"):
        allotted(tmp_path, PLAN.replace(",4", ",5"))
    assert left(city_here()) == {"bod": 40_000, "tp": 3_000}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("district,unit\nA,B\n", "a column is missing\n  where: file {file}, column substance"),
        (PLAN + "Gangseo,han_i,tp,2027,1\n", "a cell comes twice, first in row 3\n  where: file {file}, row 4"),
        (PLAN + "Gangseo,han_i,tp,2028,\n", "a value is missing\n  where: file {file}, row 4, column kg_per_d"),
        (
            PLAN + "Gangseo,han_i,tp,28,1\n",
            "a year has four digits\n  where: file {file}, row 4, column year, value '28'",
        ),
        (PLAN + "Gangseo,han_i,tp,2028,0.00001\n", "a load is a number from 0 with at most four decimals\n  where:"),
        (PLAN + "Gangseo,han_i,tp,2028,0\n", "nothing is allotted\n  where: file {file}, row 4, column kg_per_d"),
        (PLAN + "Gangso,han_i,tp,2028,1\n", "there is no district called 'Gangso'\n  where: file {file}, row 4\n"),
        (PLAN + "Gangseo,han_i,do,2028,1\n", "there is no capped substance called 'do'\n  where: file {file}, row 4"),
    ],
)
def test_a_plan_that_cannot_be_read_allots_nothing(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TableError) as error:
        allotted(tmp_path, text)
    assert str(error.value).startswith(said.format(file=tmp_path / "plan.csv"))
    assert left(city_here()) == {}


def test_a_plan_needs_a_source_a_status_and_a_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    with pytest.raises(TableError, match="there is no such file"):
        allot_file(city_here(), path, document="d", status="draft", source="x", by="kim")
    path.write_text(PLAN)
    with pytest.raises(UsageError, match="a plan's document needs its source"):
        allot_file(city_here(), path, document="d", status="draft", source=" ", by="kim")
    with pytest.raises(UnknownName, match="there is no status of a plan's document called 'final'"):
        allot_file(city_here(), path, document="d", status="final", source="x", by="kim")
    with pytest.raises(UsageError, match="without the sign /"):
        allot_file(city_here(), path, document="a/b", status="draft", source="x", by="kim")


@pytest.mark.parametrize(
    ("more", "kind", "said"),
    [
        ({"peple": 1}, UnknownName, "there is no field of a project called 'peple'"),
        ({"name": ""}, UsageError, "a project needs its name"),
        ({"people": "many"}, BoundsError, "people is a number from 0"),
        ({"people": -1}, BoundsError, "people is a number from 0"),
        ({"people": True}, BoundsError, "people is a number from 0"),
        ({"flats": 1.5}, BoundsError, "flats is a whole number"),
        ({"way": "river"}, UnknownName, "there is no way called 'river'"),
        ({"land_after": 5}, BoundsError, "land_after is a table of names and numbers"),
        ({"land_after": {"moon": 5}}, UnknownName, "there is no land category called 'moon'"),
    ],
)
def test_a_project_that_cannot_be_read_is_refused_with_its_field(more: dict[str, Any], kind: type, said: str) -> None:
    with pytest.raises(kind, match=said):
        asked(**more)
    assert not permits(city_here()).exists()


def test_a_plant_is_one_of_the_city() -> None:
    with pytest.raises(UnknownName, match="there is no sewage plant called 'seonaam'"):
        asked(plant="seonaam")
    with pytest.raises(MadangError, match="sewage by public sewer needs the plant it leads to"):
        asked(plant="")


def test_a_permit_is_found_by_the_beginning_of_its_key(tmp_path: Path) -> None:
    permit = asked()
    assert permit_of(city_here(), permit.key[:6]) == permit
    for wrong in ("", "zz"):
        with pytest.raises(UnknownName, match="there is no permit called"):
            permit_of(city_here(), wrong)
    with pytest.raises(UnknownName, match="there is no state of a permit called 'gone'"):
        permits(city_here(), "gone")


def test_every_land_category_of_the_rules_has_a_name_in_both_languages() -> None:
    assert set(rules_of(city_here()).units.land) <= set(LAND)


def test_a_plan_may_name_its_cells_in_either_language_and_come_from_korean_excel(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_bytes(
        '할당표\n자치구,단위유역,물질,연도,부하량(kg/일)\n강서구,한강I,BOD,2027,"1,200.5"\n\n강서구,han_i,총인,2027,3\n'.encode(
            "cp949"
        )
    )
    allot_file(city_here(), path, document="plan", status="gazetted", source="made up for a test", by="kim")
    assert left(city_here()) == {"bod": 12_005_000, "tp": 30_000}
    assert asked(district="강서구", unit="한강I").district == "Gangseo"


def test_a_permit_is_told_in_names_of_the_readers_language(tmp_path: Path) -> None:
    allotted(tmp_path)
    permit = asked()
    korean, english = as_text(permit, "ko"), as_text(permit, "en")
    assert "(강서구, 한강I, 2027): " in korean
    assert "(Gangseo, Han I, 2027): " in english
    assert "총인" in korean
    assert f"상태: 답함, {permit.key[:8]}" in korean
    for code in ("han_i", "warehouse 2", "answered", "bod "):
        assert code not in korean
    assert "han_i" not in english
    rows = account_text(standings(city_here()), "ko", made_up=False).splitlines()
    assert rows[0].split() == ["kg/일", "배정", "협의", "중", "사용", "잔여"]
    assert rows[1].split() == ["강서구,", "한강I,", "BOD,", "2027", "4.0000", "0.0000", "0.0000", "4.0000"]
    assert permit_line(permit, "ko").split()[1:3] == ["답함", "허용"]
    assert trail_text(permit, "ko").startswith("답함")


def test_a_restricted_district_is_refused_by_its_name(tmp_path: Path) -> None:
    allotted(tmp_path)
    restrict(city_here(), "강서구", "goal missed", "choi")
    reasons = asked().answer["reasons"]
    assert reasons[0]["ko"] == "강서구: 목표를 지키지 못해 개발 승인이 제한됩니다."
    assert reasons[0]["en"] == "Gangseo missed its goal, so development approvals are refused."
    assert lift(city_here(), "Gangseo", "choi") == "Gangseo"
