"""A solution's own operations on the command line: known without its code, options from what they want."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from madang import register

Madang = Callable[..., Any]
OPERATIONS = '''"""Brewing: tea from leaves."""
from datetime import date
from pathlib import Path

from madang.core.errors import DataError
from madang.core.language import text
from madang.core.operations import Answer, Line, Operation, Sheet, Wants, asked


class Brew(Wants):
    """What to brew."""

    kettle: Path = asked("주전자", "The kettle.", argument=True)
    leaves: tuple[Path, ...] = asked("찻잎", "Leaves.", argument=True)
    cups: int = asked("잔", "How many cups.", default=2)
    strong: bool = asked("진하게", "Make it strong.", default=False)
    today: date


def brew(wants, progress):
    progress(0.5, "waiting")
    if wants.cups > 9:
        raise DataError("the kettle is too small")
    return Answer(
        title=text("차", "Tea"),
        lines=(Line(text("잔", "cups"), wants.cups, "item"), Line(text("모름", "unknown"), None, "kg")),
        sheets=(Sheet("leaves", (text("잎", "leaf"), text("수", "count")), tuple((p.name, 1) for p in wants.leaves)),),
        notes=(text("뜨겁다", f"Hot since {wants.today}, strong {wants.strong}"),),
        files={"kettle": wants.kettle},
        next=("madang drink",),
    )


operations = (Operation(name="brew", says=text("끓인다.", "Brew tea."), wants=Brew, run=brew),)
'''


@pytest.fixture
def brewing(madang: Madang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Madang]:
    """Return the command line with the tea stalls bringing one operation."""

    home = tmp_path / "solutions"
    shutil.copytree(register.folder_of("tea_stalls"), home / "tea_stalls")
    (home / "tea_stalls" / "operations.py").write_text(OPERATIONS, "utf-8")
    monkeypatch.setattr(register, "folder_of", lambda name: home / name)
    monkeypatch.syspath_prepend(str(home.parent))
    monkeypatch.setattr(
        sys.modules["madang.solutions"], "__path__", [str(home), *sys.modules["madang.solutions"].__path__]
    )
    for name in [name for name in sys.modules if name.startswith("madang.solutions.tea_stalls")]:
        monkeypatch.delitem(sys.modules, name)
    yield madang
    for name in [name for name in sys.modules if name.startswith("madang.solutions.tea_stalls")]:
        del sys.modules[name]


def test_a_solution_without_operations_brings_no_command(madang: Madang) -> None:
    assert "tea-stalls" not in madang("--help").out
    assert madang("tea-stalls").code == 2


def test_a_group_is_listed_and_described(brewing: Madang) -> None:
    assert re.search(r"\n  tea-stalls +Brewing: tea from leaves\.", brewing("--help").out)
    assert "Brew tea." in brewing("tea-stalls", "--help").out
    said = brewing("tea-stalls", "brew", "--help").out
    assert "How many cups." in said
    assert "--today" not in said


def test_an_answer_is_told_with_units_notes_files_and_what_comes_next(brewing: Madang) -> None:
    answer = brewing("tea-stalls", "brew", "pot", "a.txt", "b.txt", "--cups", "3", "--strong")
    assert answer.code == 0, answer.err
    for words in (
        "Tea",
        "3 items",
        "— kg",
        "a.txt",
        "b.txt",
        "Hot since 2026-11-22, strong True",
        "kettle: pot",
        "madang drink",
    ):
        assert words in answer.out, words


def test_an_answer_in_korean_and_as_json(brewing: Madang) -> None:
    assert "뜨겁다" in brewing("tea-stalls", "brew", "pot", "a.txt", "--lang", "ko").out
    told = json.loads(brewing("tea-stalls", "brew", "pot", "a.txt", "--format", "json").out)
    assert told["lines"][1] == {"what": {"ko": "모름", "en": "unknown"}, "value": None, "unit": "kg"}


def test_a_fault_is_of_the_family(brewing: Madang) -> None:
    answer = brewing("tea-stalls", "brew", "pot", "a.txt", "--cups", "10")
    assert (answer.code, answer.err) == (3, "madang: the kettle is too small\n")
    assert brewing("tea-stalls", "brew", "pot", "a.txt", "--cups", "many").code == 2
    assert brewing("tea-stalls", "brwe").code == 2
