"""``madang permit`` from the first document to the last step, in both languages, on the tests' own database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from madang.core.errors import LedgerError, MadangError, UnknownName, UsageError
from madang.web.desks.pollution_cap import commands
from madang.web.desks.pollution_cap.models import Permit, PlanDocument, Restriction

pytestmark = pytest.mark.django_db
PLAN = "district,unit,substance,year,kg_per_d\nGangseo,han_i,bod,2027,40\nGangseo,han_i,tp,2027,1.2\n"
PROJECT = """name = "Flats"
district = "강서구"
unit = "Han I"
year = 2027
people = 2600
flats = 1000
plant = "seonam"
land_before = { warehouse = 21000 }
land_after = { building = 19000 }
"""
PARK = 'name = "Park"\ndistrict = "Gangseo"\nunit = "han_i"\nyear = 2027\nland_before = { factory = 16000 }\n'
PARK += "land_after = { park = 16000 }\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a plan and two projects, on the database that is open already."""
    for name, text in (("plan.csv", PLAN), ("flats.toml", PROJECT), ("park.toml", PARK)):
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("prepare", "start_django"):
        monkeypatch.setattr(commands, name, lambda: None)
    return tmp_path


def permit(*words: str) -> str:
    """Return what a command prints; what it refuses is raised."""
    done = CliRunner().invoke(commands.app, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def allotted(status: str = "gazetted", document: str = "plan", lang: str = "en") -> str:
    said = ("--status", status, "--source", "made up for a test", "--by", "kim", "--lang", lang)
    return permit("allot", "plan.csv", "--document", document, *said)


def key() -> str:
    return Permit.objects.get().key[:6]


def test_a_plan_is_allotted_once_and_the_account_shows_it_in_names() -> None:
    assert allotted() == "2 cells were given load by plan\n"
    assert allotted() == "0 cells were given load by plan; 2 had it already\n"
    assert allotted(lang="ko") == "plan: 0칸에 배정했습니다; 2칸은 이미 배정되어 있었습니다\n"
    assert "Gangseo, Han I, T-P, 2027" in permit("account")
    assert "강서구, 한강I, 총인, 2027" in permit("account", "--lang", "ko", "--year", "2027")
    assert permit("account", "--year", "2028").count("\n") == 1
    cells = json.loads(permit("account", "--format", "json"))
    assert cells["cells"][0] == {
        "district": "Gangseo", "unit": "han_i", "substance": "bod", "year": 2027, "allotted_kg_per_d": "40.0000",
        "consulted_kg_per_d": "0.0000", "spent_kg_per_d": "0.0000", "left_kg_per_d": "40.0000",
    }  # fmt: skip
    assert cells["made_up"] is False


def test_a_project_goes_from_its_file_to_its_completion() -> None:
    allotted()
    assert permit("ask", "flats.toml", "--by", "park").startswith("Flats (Gangseo, Han I, 2027): allowed\n")
    assert (
        permit("consult", key(), "--days", "30", "--note", "minutes")
        == f"{key()}" + Permit.objects.get().key[6:8] + " is consulted: Flats\n"
    )
    assert permit("spend", key(), "--lang", "ko").endswith("Flats: 사용\n")
    permit("complete", key(), "--built", "bod=2", "--built", "tp=0.1", "--by", "choi")
    assert permit("list", "--lang", "ko").split()[1:3] == ["준공", "허용"]
    assert permit("list", "--state", "spent") == ""
    trail = permit("trail", key()).splitlines()
    assert [line.split()[0] for line in trail] == ["answered", "consulted", "spent", "completed"]
    assert trail[-1] == "completed  BOD 2.0000, T-P 0.1000 kg/d, by choi"
    assert ": minutes" in trail[1]
    statement = permit("statement", "강서구", "한강I", "BOD", "2027", "--lang", "ko").splitlines()
    assert statement[0] == "강서구, 한강I, BOD, 2027, kg/일"
    assert [line.split()[0] for line in statement[1:]] == ["배정", "협의", "준공"]


def test_asking_twice_with_one_file_is_one_answer_and_json_is_for_programs() -> None:
    allotted()
    first, again = (json.loads(permit("ask", "flats.toml", "--by", "park", "--format", "json")) for _ in range(2))
    assert first == again
    assert (first["district"], first["unit"], first["verdict"]) == ("Gangseo", "han_i", "allowed")
    assert json.loads(permit("show", key(), "--format", "json")) == first
    permit("ask", "flats.toml", "--by", "park", "--key", "another")
    assert Permit.objects.count() == 2


def test_a_project_that_adds_no_load_is_allowed_without_conditions_whatever_stands_behind_the_plan() -> None:
    allotted("made_up")
    assert permit("ask", "park.toml", "--lang", "ko").splitlines()[0] == "Park (강서구, 한강I, 2027): 허용"
    assert "조건부 허용" in permit("ask", "flats.toml", "--lang", "ko")


def test_what_is_taken_back_is_kept_by_its_document_and_never_more_than_is_left() -> None:
    allotted()
    words = ("take-back", "강서구", "한강I", "총인", "2027")
    said = permit(*words, "0.2", "--document", "cut", "--source", "made up", "--by", "lee")
    assert said == "0.2 kg/d taken from Gangseo, Han I, T-P, 2027 by cut\n"
    said = permit(*words, "0.2", "--document", "cut", "--source", "made up", "--lang", "ko")
    assert said == "cut: 강서구, 한강I, 총인, 2027에서 0.2 kg/일 이미 거두었습니다\n"
    assert PlanDocument.objects.get(name="cut").by == "lee"
    with pytest.raises(MadangError, match="no more can be taken back than is left"):
        permit(*words, "1.1", "--document", "more", "--source", "made up")


def test_a_district_is_restricted_and_lifted_by_its_name() -> None:
    allotted()
    said = permit("restrict", "강서구", "--reason", "goal missed", "--by", "choi", "--lang", "ko")
    assert said == "강서구: 이제부터 승인이 제한됩니다\n"
    answer = permit("ask", "flats.toml")
    assert "Gangseo missed its goal, so development approvals are refused." in answer
    assert "what would pass: no smaller size would" in answer
    assert permit("lift", "Gangseo", "--by", "lee") == "Gangseo may be given approvals again\n"
    assert Restriction.objects.get().lifted_by == "lee"


def test_a_cancelled_permit_gives_back_and_a_held_one_lapses() -> None:
    allotted()
    permit("ask", "flats.toml", "--by", "park")
    permit("consult", key())
    assert permit("lapse") == ""
    permit("cancel", key())
    assert "40.0000      0.0000      0.0000     40.0000" in permit("account")
    with pytest.raises(UsageError, match="a permit that is cancelled cannot become spent"):
        permit("spend", key())


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        (("show", "ffff"), UnknownName, "there is no permit called 'ffff'"),
        (("ask", "gone.toml"), MadangError, "gone.toml"),
        (("restrict", "Gangso", "--reason", "x"), UnknownName, "there is no district called 'Gangso'"),
        (("statement", "Gangseo", "han_i", "do", "2027"), UnknownName, "there is no capped substance called 'do'"),
        (
            ("take-back", "Gangseo", "han_i", "bod", "2027", "1", "--document", "d", "--source", " "),
            UsageError,
            "source",
        ),
    ],
)
def test_what_cannot_be_done_says_why(words: tuple[str, ...], kind: type[MadangError], said: str) -> None:
    with pytest.raises(kind, match=said):
        permit(*words)


@pytest.mark.parametrize(
    ("file", "said"),
    [("[1, 2]", "a project is a table of fields"), ("{", "the project's file cannot be taken")],
)
def test_a_project_in_json_is_read_or_refused(folder: Path, file: str, said: str) -> None:
    (folder / "project.json").write_text(file, "utf-8")
    with pytest.raises(MadangError, match=said):
        permit("ask", "project.json")


def test_a_load_as_built_is_written_substance_and_number(folder: Path) -> None:
    given: dict[str, Any] = {"name": "Park", "district": "Gangseo", "unit": "han_i", "year": 2027}
    (folder / "project.json").write_text(json.dumps(given), "utf-8")
    allotted()
    permit("ask", "project.json")
    with pytest.raises(UsageError, match="a load as built is written SUBSTANCE=KG"):
        permit("complete", key(), "--built", "bod")
    permit("ask", "project.json", "--key", "one", "--by", "kim")
    (folder / "project.json").write_text(json.dumps(given | {"name": "Other"}), "utf-8")
    with pytest.raises(LedgerError, match="this key has asked for another project"):
        permit("ask", "project.json", "--key", "one", "--by", "kim")
