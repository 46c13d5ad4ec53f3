"""A small policy and a small city, so that judging is tested without any real solution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from madang import register
from madang.core.city import City, Reader
from madang.core.contract import Number, Result, Solution
from madang.core.figures import Figure
from madang.core.inputs import Inputs, given
from madang.core.language import text
from madang.core.progress import Progress
from madang.plan.promises import read_promises
from madang.plan.verdicts import Judge, JudgedClaim

CARD = """
title = { ko = "가로등", en = "Street lamps" }
summary = { ko = "가로등 수", en = "How many lamps there are" }
theme = { ko = "도시", en = "City" }
office = { ko = "도로과", en = "Roads office" }
home = "smallville"
since = 2020-01-01
checked_on = 2026-01-01
next_review = 2099-01-01
"""
FACTS = """
[sources.office]
who = "Roads office"
title = "Register of lamps"
read = 2026-01-02

[facts.lamps]
says = { ko = "가로등", en = "Lamps" }
unit = "item"
source = "office"
values = [{ from = 2021-12-31, value = 100 }, { from = 2023-12-31, value = 150 }, { from = 2025-12-31, value = 180 }]
"""
CITY = 'id = "smallville"\nname = { ko = "작은 도시", en = "Smallville" }\n'


class LampInputs(Inputs):
    """The one input of the small policy."""

    lamps: int = given("가로등", "Lamps", unit="item", ge=0, facts=("lamps",))


@dataclass(frozen=True, kw_only=True)
class LampResult(Result):
    """The result of the small policy."""

    lamps: int


def read(reader: Reader) -> LampInputs:
    """Read the lamps and the day of their register."""
    return reader.fill(LampInputs)


def run(inputs: LampInputs, _progress: Progress) -> LampResult:
    """Return the lamps, the day their register speaks of, and one number nobody knows."""
    days = {100: date(2021, 12, 31), 150: date(2023, 12, 31), 180: date(2025, 12, 31)}
    lamps = Number(
        name="lamps", title=text("가로등", "Lamps"), value=inputs.lamps, unit="item", rests_on=("lamps",),
        formula=text("등록 수", "as registered"), day=days.get(inputs.lamps),
    )  # fmt: skip
    dark = Number(
        name="dark", title=text("어두운 곳", "Dark places"), value=None, unit="item", rests_on=("lamps",),
        formula=text("모름", "unknown"), gap=text("아무도 세지 않았다.", "nobody has counted them"),
    )  # fmt: skip
    return LampResult(numbers={"lamps": lamps, "dark": dark}, lamps=inputs.lamps)


def no_figures(_result: LampResult) -> tuple[Figure, ...]:
    """The small policy draws nothing."""
    return ()


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> City:
    """Return a small city, with the small policy as the only registered one."""
    policy = tmp_path / "lamps"
    policy.mkdir()
    (policy / "card.toml").write_text(CARD, "utf-8")
    (policy / "facts.toml").write_text(FACTS, "utf-8")
    solution = Solution(name="lamps", folder=policy, inputs=LampInputs, read=read, run=run, figures=no_figures)
    monkeypatch.setattr(register, "NAMES", ("lamps",))
    monkeypatch.setattr(register, "load", lambda _name: solution)
    folder = tmp_path / "smallville"
    folder.mkdir()
    (folder / "city.toml").write_text(CITY, "utf-8")
    return City.open(folder)


PROMISE = """
[sources.mayor]
who = "Mayor"
title = "Speech"
read = 2026-01-02

[[promise]]
id = "lamps"
theme = { ko = "도시", en = "City" }
statement = { ko = "가로등을 늘린다.", en = "There will be more lamps." }
said_on = 2022-01-15
sources = ["mayor"]
solution = "lamps"

[promise.claim]
says = { ko = "가로등", en = "Lamps" }
unit = "item"
"""


@pytest.fixture
def judge(city: City) -> Callable[..., JudgedClaim]:
    """Return a function that judges the small city's one promise with the claim given."""

    def judged(claim: str, today: date = date(2026, 6, 1)) -> JudgedClaim:
        """Write the claim into promises.toml, and judge it as of ``today``."""
        (city.folder / "promises.toml").write_text(PROMISE + claim, "utf-8")
        from_file = Judge(city, today)
        book = read_promises(city)
        return from_file.judge(book.get("lamps"), ()).main

    return judged
