"""Every refusal of the desk is there in Korean, and no Korean page shows one in English."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils import translation

from madang.core.errors import UsageError, Where
from madang.web.desks.eco_mileage.pages import refusals

DESK = Path(refusals.__file__).parents[1]
FAMILY = {"UsageError", "DataError", "LedgerError", "Overdrawn", "TableError"}
#: What only a command or a city's own keeper of keys meets.
_FOR_KEEPERS = ("personal.py", "commands.py")


def plain(node):
    """Return a text of the code with what changes put in as X; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "X" for part in node.values)
    return None


def raised():
    for path in sorted(DESK.rglob("*.py")):
        if "tests" in path.parts or path.name in _FOR_KEEPERS:
            continue
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in FAMILY:
                yield from ((path.name, plain(one)) for one in (call.args[:1] + call.args[2:3]) if plain(one))


@pytest.mark.parametrize(("file", "words"), sorted(set(raised())))
def test_every_text_that_the_desk_raises_is_there_in_korean(file, words):
    said = refusals.korean(words)
    assert said != words
    assert any("가" <= letter <= "힣" for letter in said)


def test_the_parts_that_change_go_over_and_states_are_named():
    with translation.override("ko"):
        error = UsageError(
            "the settlement is refused, not approved", Where(file="a.csv", row=2, value="x"), "ask for more"
        )
        assert refusals.in_words(error) == {
            "what": "이 정산은 지금 거절됨 상태이고, 승인됨 상태여야 합니다",
            "where": "파일 a.csv, 줄 2, 값 'x'",
            "todo": "더 많이 고르십시오",
        }
    with translation.override("en"):
        assert refusals.in_words(error)["todo"] == "ask for more"


def test_the_more_exact_of_two_wordings_is_taken_and_the_unknown_stays():
    assert refusals.korean("the hold can't become void: it is posted already") == "이미 전달된 주문입니다"
    assert refusals.korean("something new") == "something new"
    assert refusals.korean(None) is None


@pytest.mark.parametrize("english", sorted(refusals.KOREAN))
def test_every_wording_is_found_by_its_own_text_and_takes_all_its_parts(english):
    assert "{" not in refusals.korean(english.replace("{}", "7"))


def test_a_korean_page_refuses_in_korean(joined):
    client, _ = joined
    page = client.post("/ko/desks/eco-mileage/me/ask/", {"first_month": "2001-01"})
    assert page.status_code == 400
    assert "지금은 이 반기를 신청할 수 없습니다" in page.content.decode()
