"""What is printed fits the terminal, a command can always be copied whole, and nothing is lost on the way."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from madang.cli import plain, screen
from madang.cli.plain import columns, cut, hints, width
from madang.cli.screen import say_caveats, say_next
from madang.core.language import Language, text

Madang = Callable[..., Any]
WORDS = st.text(st.sampled_from("ab 가나—"), min_size=1, max_size=12).filter(str.strip)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("wide", [40, 80, 200])
@pytest.mark.parametrize(
    "words",
    [("show", "tea_stalls"), ("run", "tea_stalls"), ("compare", "tea_stalls"), ("why", "tea_stalls.cups"), ("check",)],
)
def test_every_line_fits_or_is_one_command_to_copy(
    madang: Madang, tea: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], wide: int, lang: str
) -> None:
    monkeypatch.setattr(screen, "_PIPED_WIDTH", wide)
    city = () if words[0] == "show" else ("--city", tea)
    out = madang(*words, *city, "--lang", lang).out
    long = [line for line in out.splitlines() if width(line.rstrip()) > wide]
    assert [line for line in long if not line.startswith("  madang ")] == []
    assert out.strip()


@pytest.mark.parametrize("wide", [24, 40, 80, 200])
def test_the_list_fits_the_terminal(madang: Madang, monkeypatch: pytest.MonkeyPatch, wide: int) -> None:
    monkeypatch.setattr(plain, "room_here", lambda: wide)
    lines = madang("list", "--lang", "ko").out.splitlines()
    assert max(map(width, lines)) <= max(wide, width("  madang show tea_stalls"))
    assert lines[0].startswith("tea_stalls  ")


def test_in_a_narrow_terminal_the_first_and_last_column_stay() -> None:
    rows = [["tea_stalls", "Markets", "Tea stalls of the town"], ["x", "y", "z"]]
    assert columns(rows, 36) == "tea_stalls  Tea stalls of the town\nx           z"
    assert columns(rows, 37).splitlines()[0] == "tea_stalls  Markets  Tea stalls of t…"


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=4), st.integers(30, 120))
def test_columns_never_pass_the_room_there_is(rows: list[tuple[str, str, str]], room: int) -> None:
    made = columns(rows, room).splitlines()
    assert len(made) == len(rows)
    assert max(map(width, made)) <= max(room, 2 + 10 + max(width(first) for first, *_ in rows))


@given(WORDS, st.integers(1, 30))
def test_a_text_is_cut_only_where_it_is_too_wide_and_then_says_so(words: str, room: int) -> None:
    said = cut(words, room)
    assert width(said) <= room
    assert said == words if width(words) <= room else said.endswith("…")
    assert words.startswith(said.removesuffix("…"))


def test_what_to_do_next_stands_on_one_line_where_it_fits() -> None:
    assert hints("next", ["madang run a", "madang show a"], 34) == "next  madang run a   madang show a"
    assert hints("next", ["madang run a", "madang show a"], 33) == "next\n  madang run a\n  madang show a"


@pytest.mark.parametrize(("wide", "lines"), [(38, ["next  madang run a   madang show a"]), (33, 3), (10, 3)])
def test_on_a_screen_too_every_command_stays_whole(wide: int, lines: object) -> None:
    out = io.StringIO()
    say_next(Console(file=out, width=wide), "en", "madang run a", "madang show a")
    said = out.getvalue().strip().splitlines()
    assert said == lines if isinstance(lines, list) else said == ["next", "  madang run a", "  madang show a"]


@pytest.mark.parametrize(("count", "language", "last"), [
    (8, "en", "  · caveat 7"), (9, "en", "  · … and 1 more: look there"), (12, "ko", "  · … 4건 더: look there"),
])  # fmt: skip
def test_the_first_eight_caveats_are_printed_and_the_others_counted(count: int, language: Language, last: str) -> None:
    out = io.StringIO()
    caveats = [text(f"유의 {number}", f"caveat {number}") for number in range(count)]
    say_caveats(Console(file=out, width=60), caveats, language, "look there")
    lines = out.getvalue().splitlines()
    assert (lines[1], lines[-1], len(lines)) == ("† " + ("Bear in mind" if language == "en" else "유의할 점"), last,
                                                2 + min(count, 9))  # fmt: skip


def test_without_caveats_nothing_is_said_of_them() -> None:
    out = io.StringIO()
    say_caveats(Console(file=out), [], "en", "look there")
    assert out.getvalue() == ""
