"""Two of Seoul's promises judged for the tests: one that a quick solution decides, one that nothing decides yet."""

from __future__ import annotations

from datetime import date

import pytest

from madang.plan.cities import open_city
from madang.plan.promises import read_promises
from madang.plan.verdicts import Judge, Judged
from madang.web.scoreboard import judging

TODAY = date(2026, 11, 22)
#: A day on which everything that the city's folder cites had been read.
READ_BY = date(2026, 11, 29)
IDS = ("eco-co2", "eco-who", "arisu-scope")


@pytest.fixture(scope="session")
def judged() -> tuple[Judged, ...]:
    city = open_city("seoul")
    book, judge = read_promises(city), Judge(city, TODAY, READ_BY)
    chosen = [book.get(name) for name in IDS]
    return tuple(judge.judge(one, tuple(book.sources[key] for key in one.sources)) for one in chosen)


@pytest.fixture
def board(nothing_judged: None, judged: tuple[Judged, ...]) -> tuple[Judged, ...]:
    """Keep the verdicts as `madang judge` does, on a board where nothing was judged before."""
    told = [judging._told(one, lambda share, what: None) for one in judged]
    judging.keep(open_city("seoul"), TODAY, "mark", judged, told)
    return judged
