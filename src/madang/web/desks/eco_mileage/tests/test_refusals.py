"""Every refusal of the desk is raised in both languages, and no Korean page shows one in English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import madang
from madang.core import errors
from madang.core.errors import Both, UsageError, Where
from madang.web.bench.jobs import said
from madang.web.desks.eco_mileage.pages.office import _kept

ROOT = Path(madang.__file__).parent
#: Whoever may refuse a reader of a desk: the desks, the ledger behind them, the solution they serve.
ROOMS = ("web/desks/eco_mileage", "web/desks/pollution_cap", "web/ledger", "solutions/eco_mileage")
FAMILY = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}


def refusals(tree: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """Yield what each error of the family is given to say: what, where and what to do."""
    for call in ast.walk(tree):
        kind = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
        if kind in FAMILY:
            words = [call.args[0], *call.args[3:4]] if kind == "UnknownName" else call.args[:3]
            words += [word.value for word in call.keywords if word.arg in {"kind", "what", "where", "todo"}]
            yield from ((call.lineno, word) for word in words)


def in_english_alone(tree: ast.AST) -> list[int]:
    """Return the rows where an error is given plain words, by itself or through a name of the same file."""
    made = {
        target.id: one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name) and is_plain(one.value)
    }
    return [row for row, word in refusals(tree) if is_plain(word) or getattr(word, "id", "") in made]


def is_plain(word: ast.expr) -> bool:
    """Tell whether words are text of one language."""
    return isinstance(word, ast.JoinedStr) or (isinstance(word, ast.Constant) and isinstance(word.value, str))


@pytest.mark.parametrize("room", ROOMS)
def test_every_refusal_is_raised_in_both_languages(room: str) -> None:
    files = [path for path in sorted((ROOT / room).rglob("*.py")) if "tests" not in path.parts]
    trees = {path: ast.parse(path.read_text("utf-8")) for path in files}
    assert sum(1 for tree in trees.values() for _ in refusals(tree)) > 20
    assert [f"{path.name}:{row}" for path, tree in trees.items() for row in in_english_alone(tree)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_korean_of_a_refusal_is_korean_and_takes_nothing_else(room: str) -> None:
    for path in (ROOT / room).rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))) if "tests" not in path.parts else ():
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Both" and is_plain(call.args[0]):
                assert re.search("[가-힣]", ast.unparse(call.args[0])), f"{path.name}:{call.lineno}"


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("raise UsageError('no', None, Both('가', 'do'))", [1]),
        ("raise UsageError(Both('아니오', 'no'), None, f'do {this}')", [1]),
        ("todo = 'do'\nraise DataError(Both('아니오', 'no'), Where(path), todo)", [2]),
        ("raise UnknownName('order', key, keys)", [1]),
        ("raise UsageError(Both('아니오', 'no'), todo='do')", [1]),
        ("raise UnknownName(Both('주문', 'order'), key, keys)\nraise ValueError('no')", []),
    ],
)
def test_a_refusal_in_english_alone_is_seen(source: str, rows: list[int]) -> None:
    """The control."""
    assert in_english_alone(ast.parse(source)) == rows


def test_an_errand_keeps_both_languages_of_what_stopped_it(settings) -> None:
    error = UsageError(Both("달이 아닙니다", "not a month"), Where("a.csv", 2), Both("적으십시오", "write one"))
    again = _kept(said(error))
    assert (again.parts("ko"), again.parts("en")) == (error.parts("ko"), error.parts("en"))
    plain = UsageError("only English")
    assert _kept(said(plain)).parts("ko") == ("only English", None, None)


def test_a_korean_page_refuses_in_korean(joined):
    client, _ = joined
    page = client.post("/ko/desks/eco-mileage/me/ask/", {"first_month": "2001-01"})
    assert page.status_code == 400
    assert "지금은 이 반기를 신청할 수 없습니다" in page.content.decode()
