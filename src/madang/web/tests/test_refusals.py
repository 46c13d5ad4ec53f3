"""Errors in Korean: whatever refuses a visitor is raised in both languages; the rest is marked as English."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import madang
from madang.core import errors
from madang.core.errors import Both, UnknownName, UsageError, Where
from madang.core.language import LANGUAGES
from madang.web.bench.jobs import said
from madang.web.refusals import UNSAID, line, told

ROOT = Path(madang.__file__).parent
#: Whatever a visitor of the site, a member of a desk or a user of the command line meets.
ROOMS = (
    "core", "plan", "cli", "web",
    "methods/composite_index", "methods/load_allocation", "methods/river_network", "methods/stock_flow",
    "solutions/city_rank", "solutions/eco_mileage", "solutions/ev_fleet", "solutions/pollution_cap",
)  # fmt: skip
#: Rooms that refuse little: a file each, or hardly more.
SMALL = ("methods/degree_days.py", "methods/savings.py", "solutions/effluent")
FAMILY = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
FAMILY |= {"TooMuch"}


def words_of(tree: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """Yield what each error of the family is given to say: what, where and what to do.

    So are an error made anew of another's kind, ``type(error)(...)``; a kind that a room adds to the family, in its
    ``super().__init__``; and the finding of a check inside a model of pydantic, which a reader of its file meets.
    """
    for call, kind in _given(tree):
        if kind in FAMILY:
            words = [*call.args[:1], *call.args[3:]] if kind == "UnknownName" else call.args[:3]
            words += [word.value for word in call.keywords if word.arg in {"kind", "what", "where", "todo"}]
            yield from ((call.lineno, word) for word in words)


def _given(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Yield each call that may make an error, with the error's kind; "" where it makes none."""
    for one in ast.walk(tree):
        if isinstance(one, ast.Call):
            is_same_kind = isinstance(one.func, ast.Call) and ast.unparse(one.func) == "type(error)"
            yield one, "MadangError" if is_same_kind else getattr(one.func, "id", "")
        elif isinstance(one, ast.ClassDef) and any(getattr(base, "id", "") in FAMILY for base in one.bases):
            calls = [call for call in ast.walk(one) if isinstance(call, ast.Call)]
            yield from ((call, "MadangError") for call in calls if ast.unparse(call.func) == "super().__init__")
        elif isinstance(one, ast.FunctionDef) and any("validator(" in ast.unparse(by) for by in one.decorator_list):
            calls = [call for call in ast.walk(one) if isinstance(call, ast.Call)]
            yield from ((call, "MadangError") for call in calls if getattr(call.func, "id", "") == "ValueError")


def is_plain(word: ast.expr) -> bool:
    """Tell whether words are text of one language: written so, or what an error says in English."""
    if isinstance(word, ast.Attribute):
        return ast.unparse(word) in {"error.what", "error.where", "error.todo"}
    if isinstance(word, ast.BinOp | ast.IfExp):
        return any(is_plain(one) for one in ast.iter_child_nodes(word) if isinstance(one, ast.expr))
    return isinstance(word, ast.JoinedStr) or (isinstance(word, ast.Constant) and isinstance(word.value, str))


def in_english_alone(tree: ast.Module) -> list[int]:
    """Return the rows where an error is given plain words, by itself or through a name of its function or file."""
    found = {row for row, word in words_of(tree) if is_plain(word) or getattr(word, "id", "") in plain_names(tree.body)}
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef):
            made = plain_names(ast.walk(scope)) | parameters(scope) | looped(scope)
            found |= {row for row, word in words_of(scope) if getattr(word, "id", "") in made}
    return sorted(found)


def plain_names(statements: Iterable[ast.AST]) -> set[str]:
    """Return the names that are given text of one language."""
    made = [one for one in statements if isinstance(one, ast.Assign) and is_plain(one.value)]
    return {target.id for one in made for target in one.targets if isinstance(target, ast.Name)}


def parameters(scope: ast.FunctionDef) -> set[str]:
    """Return the parameters that are text of one language by their type."""
    given = [*scope.args.args, *scope.args.kwonlyargs]
    return {one.arg for one in given if one.annotation is not None and ast.unparse(one.annotation) == "str"}


def looped(scope: ast.FunctionDef) -> set[str]:
    """Return the names that a loop over written tuples gives text of one language."""
    made = set()
    for loop in ast.walk(scope):
        if isinstance(loop, ast.For) and isinstance(loop.target, ast.Tuple) and isinstance(loop.iter, ast.Tuple):
            for row in (row for row in loop.iter.elts if isinstance(row, ast.Tuple)):
                pairs = zip(loop.target.elts, row.elts, strict=True)
                made |= {ast.unparse(name) for name, word in pairs if is_plain(word)}
    return made


def files_of(room: str) -> list[Path]:
    if room.endswith(".py"):
        return [ROOT / room]
    return [path for path in sorted((ROOT / room).rglob("*.py")) if "tests" not in path.parts]


@pytest.mark.parametrize("room", [*ROOMS, *SMALL])
def test_every_refusal_is_raised_in_both_languages(room: str) -> None:
    trees = {path: ast.parse(path.read_text("utf-8")) for path in files_of(room)}
    assert sum(1 for tree in trees.values() for _ in words_of(tree)) > (20 if room in ROOMS else 1)
    assert [f"{path.name}:{row}" for path, tree in trees.items() for row in in_english_alone(tree)] == []


@pytest.mark.parametrize("room", [*ROOMS, *SMALL])
def test_the_korean_half_of_a_refusal_is_korean(room: str) -> None:
    for path in files_of(room):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Both" and is_plain(call.args[0]):
                korean = ast.unparse(call.args[0])
                if korean == "''":
                    continue  # a part of a sentence that may be absent, in English too
                assert any("가" <= letter <= "힣" for letter in korean), f"{path.name}:{call.lineno}: {korean}"


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("raise UsageError('no', None, Both('가', 'do'))", [1]),
        ("raise UsageError(Both('아니오', 'no'), None, f'do {this}')", [1]),
        ("def f():\n    todo = 'do'\n    raise DataError(Both('아니오', 'no'), Where(path), todo)", [3]),
        ("_TODO = 'do'\n\ndef f():\n    raise DataError(Both('아니오', 'no'), Where(path), _TODO)", [4]),
        ("raise UnknownName('order', key, keys)", [1]),
        ("raise UnknownName(Both('주문', 'order'), key, keys, 'the desk')", [1]),
        ("raise UsageError(Both('아니오', 'no'), todo='do: ' + this)", [1]),
        ("raise type(error)(f'in {this}: {error.what}', *error.said[1:]) from error", [1]),
        ("raise UsageError(error.what, None, Both('하십시오', 'do'))", [1]),
        ("def f(what: str):\n    raise DataError(what)", [2]),
        ("def f(what: Both):\n    raise DataError(what)", []),
        (
            "def f():\n    for what, x in (('a', 1), (Both('가', 'b'), 2)):\n        raise DataError(what)",
            [3],
        ),
        ("class Unmet(DataError):\n    def __init__(self):\n        super().__init__(f'no {more}')", [3]),
        (
            "class Card:\n    @model_validator(mode='after')\n    def f(self):\n        raise ValueError('no')",
            [4],
        ),
        ("raise UnknownName(Both('주문', 'order'), 'x', keys)\nraise ValueError('no')", []),
    ],
)
def test_a_refusal_in_english_alone_is_seen(source: str, rows: list[int]) -> None:
    """The control."""
    assert in_english_alone(ast.parse(source)) == rows


def test_an_error_is_told_in_korean_with_where_and_what_to_do() -> None:
    where = Where("x.toml", row=3, column="name", value="a", day="2026-01-01")
    kept = said(UnknownName(Both("표", "table"), "sits", ["sites"], where))
    assert told(kept, "ko") == {
        "what": "'sits'라는 이름은 없습니다(표)",
        "where": "파일 x.toml, 3행, 열 name, 값 'a', 날짜 2026-01-01",
        "todo": "혹시 sites?",
        "english": None,
    }
    assert told(kept, "en") == {**{part: kept[part] for part in ("what", "where", "todo")}, "english": None}


def test_what_has_no_korean_is_said_to_have_none_and_given_in_english() -> None:
    kept = said(UsageError("the moon is full", Both("여기", "here"), "wait"))
    assert told(kept, "ko") == {"what": UNSAID, "where": "여기", "todo": None, "english": "the moon is full; wait"}
    kept = said(UsageError(Both("보름입니다", "the moon is full"), None, "wait"))
    assert told(kept, "ko") == {"what": "보름입니다", "where": None, "todo": None, "english": "wait"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_line_never_loses_what_was_said(code: str) -> None:
    assert line(said(UsageError("the moon is full", None, "wait")), code) == "the moon is full: wait"  # type: ignore[arg-type]


def test_a_line_is_of_its_readers_language() -> None:
    kept = said(UsageError(Both("보름입니다", "the moon is full"), None, Both("기다리십시오", "wait")))
    assert (line(kept, "ko"), line(kept, "en")) == ("보름입니다: 기다리십시오", "the moon is full: wait")
