"""Errors in Korean: every sentence a visitor can meet has its Korean, parts and particles fit, the rest is marked."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import madang
from madang.core import errors
from madang.core.errors import UnknownName, Where
from madang.core.language import LANGUAGES
from madang.web.refusals import UNSAID, korean, line, told

ROOT = Path(madang.__file__).parent
#: Whose sentences reach a visitor of the site through its own forms: these have Korean without exception.
ROOMS = ("core/*.py", "web/bench/*.py", "web/accounts/*.py", "web/library/*.py", "web/library/listing/*.py")
FAMILY = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every sentence that a file writes where it raises an error of the family, values as ‹x›."""
    for call in ast.walk(ast.parse(path.read_text())):
        if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in FAMILY | {"TooMuch"}:
            continue
        written = [*call.args, *(word.value for word in call.keywords if word.arg in {"what", "todo"})]
        for place, part in enumerate(written):
            said = _said(part)
            if said and not (getattr(call.func, "id", "") == "UnknownName" and place > 0):
                yield call.lineno, said


def _said(part: ast.expr) -> str:
    """Return a written sentence; nothing where it is made elsewhere."""
    if isinstance(part, ast.Constant) and isinstance(part.value, str):
        return part.value
    if isinstance(part, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "‹x›" for one in part.values)
    return ""


def without_korean(path: Path) -> list[str]:
    return [f"{path.name}:{row}: {said}" for row, said in sentences(path) if korean(said) is None]


@pytest.mark.parametrize("room", ROOMS)
def test_every_sentence_of_a_refusal_has_its_korean(room: str) -> None:
    assert [said for path in sorted(ROOT.glob(room)) for said in without_korean(path)] == []


def test_a_sentence_without_korean_is_seen(tmp_path: Path) -> None:
    """The control."""
    (tmp_path / "x.py").write_text("raise DataError(f'nobody said {this}', todo='give at least one')")
    assert without_korean(tmp_path / "x.py") == ["x.py:1: nobody said ‹x›"]


@pytest.mark.parametrize(
    ("en", "ko"),
    [
        ("the column 'elevation_m' is missing", "열이 없습니다: 'elevation_m'"),
        ("from 0 to 10", "0에서 10까지"),
        ("a cell is not a number (3 more such rows)", "칸: 수가 아님 (그런 행 3개 더)"),
        ("the fact 'x' is not a number", "이 사실은 수가 아닙니다: 'x'"),
        ("there is no city called 'Tokio'", "그런 이름이 없습니다(도시): 'Tokio'"),
        ("did you mean a?", "혹시 이것입니까? a"),
        ("the input 'a' cannot be 'b': this is not a list", "입력 'a'은(는) 'b'일 수 없습니다: 목록이 아닙니다"),
        ("이미 한국어", "이미 한국어"),
        ("words that nobody wrote down", None),
    ],
)
def test_a_sentence_is_said_with_its_parts(en: str, ko: str | None) -> None:
    assert korean(en) == ko


def test_an_error_is_told_in_korean_with_where_and_what_to_do() -> None:
    error = UnknownName("table", "sits", ["sites"], Where("x.toml", row=3, column="name", value="a", day="2026-01-01"))
    parts = {"what": error.what, "where": error.where, "todo": error.todo}
    assert told(parts, "ko") == {
        "what": "그런 이름이 없습니다(표): 'sits'",
        "where": "파일 x.toml, 3행, 열 name, 값 'a', 날짜 2026-01-01",
        "todo": "혹시 이것입니까? sites",
        "english": None,
    }
    assert told(parts, "en") == {**parts, "english": None}


def test_what_has_no_korean_is_said_to_have_none_and_given_in_english() -> None:
    said = told({"what": "the moon is full", "where": "here", "todo": "wait"}, "ko")
    assert said == {"what": UNSAID, "where": "here", "todo": None, "english": "the moon is full; wait"}


def test_an_error_that_brings_its_own_korean_is_told_in_it() -> None:
    own = {"what": "x", "where": None, "todo": "give at least one", "ko": {"what": "엑스", "where": None, "todo": None}}
    assert told(own, "ko") == {"what": "엑스", "where": None, "todo": None, "english": None}
    assert told(own, "en")["what"] == "x"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_line_never_loses_what_was_said(code: str) -> None:
    assert "the moon is full" in line("the moon is full", None, code)  # type: ignore[arg-type]
