"""What a settlement is asked, and the rules of each cohort compiled once: no rule is looked up member by member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from madang.core.errors import Both, UsageError, Where
from madang.solutions.eco_mileage.award_file import Kind
from madang.solutions.eco_mileage.household import (
    HALF_YEAR,
    SEASON_MONTHS,
    Window,
    compile_season,
    compile_window,
)
from madang.solutions.eco_mileage.readings.rows import UTILITIES, first_day
from madang.solutions.eco_mileage.rules import RuleBook
from madang.solutions.eco_mileage.settlement.kernel import Terms

BASELINE_MONTHS = 24
#: ``joined``: six months from the month after joining, each member at their own time. ``common``: the same for all.
Windows = Literal["joined", "common"]


@dataclass(frozen=True, kw_only=True)
class Round:
    """One settlement: a half-year or a winter that begins in a counted month.

    In a half-year with ``joined`` windows every member has one window that begins in one of six months from
    ``first_month`` on. ``evaluated_on`` is the day of the decision; without it, each cohort is decided on the first day
    after its window. ``as_of`` asks what if the rules of another day held.
    """

    kind: Kind
    first_month: int
    windows: Windows = "joined"
    evaluated_on: date | None = None
    as_of: date | None = None

    @property
    def months(self) -> int:
        """Return how many months a window has."""
        return HALF_YEAR if self.kind == "half_year" else SEASON_MONTHS

    @property
    def cohorts(self) -> int:
        """Return in how many different months windows begin."""
        return HALF_YEAR if self.kind == "half_year" and self.windows == "joined" else 1

    @property
    def cube_months(self) -> tuple[int, int]:
        """Return the first month of use that is needed, and how many are needed from there on."""
        return self.first_month - BASELINE_MONTHS, BASELINE_MONTHS + self.months + self.cohorts - 1

    def decided_on(self, cohort: int) -> date:
        """Return the day on which a cohort is decided."""
        return self.evaluated_on or first_day(self.first_month + cohort + self.months)

    def check(self) -> None:
        """Raise where the day of the decision lies before a window's end."""
        last = first_day(self.first_month + self.cohorts - 1 + self.months)
        if self.evaluated_on is not None and self.evaluated_on < last:
            where, todo = (
                Where(day=self.evaluated_on),
                Both(f"{last}부터의 날짜를 주십시오", f"give a day from {last} on"),
            )
            raise UsageError(
                Both("기간은 마지막 달이 지난 뒤에 평가합니다", "a window is evaluated after its last month"),
                where,
                todo,
            )


@dataclass(frozen=True)
class Cohort:
    """One cohort's rules: the compiled window (None: no rule held) and the flat numbers for the kernel.

    ``unknown`` has bit u set where a factor of utility u is not known in a month of the window.
    """

    window: Window | None
    terms: Terms
    unknown: int


def compile_round(book: RuleBook, asked: Round) -> tuple[Cohort, ...]:
    """Return the rules of every cohort of a round."""
    asked.check()
    return tuple(_cohort(book, asked, number) for number in range(asked.cohorts))


def _cohort(book: RuleBook, asked: Round, number: int) -> Cohort:
    """Return the rules of the cohort whose window begins ``number`` months after the first."""
    first = first_day(asked.first_month + number)
    if asked.kind == "season":
        window = compile_season(book, first, asked.as_of)
    else:
        window = compile_window(book, first, asked.decided_on(number), asked.as_of)
    if window is None:
        nothing = np.zeros((len(UTILITIES), asked.months), np.int64)
        return Cohort(None, Terms(nothing, np.zeros(0, np.int64), np.zeros(0, np.int64), 0, 0, 0, 0), 0)
    unknown = sum(1 << u for u, name in enumerate(UTILITIES) if None in window.factors[name])
    factors = np.array([[factor or 0 for factor in window.factors[name]] for name in UTILITIES], dtype=np.int64)
    terms = Terms(
        factors=factors,
        edges_bp=np.array(window.edges_bp, dtype=np.int64),
        points=np.array(window.mileage, dtype=np.int64),
        grams_per_point=window.grams_per_mileage,
        upkeep_after=window.upkeep_after,
        upkeep_points=window.upkeep_mileage,
        cap=window.cap,
    )
    return Cohort(window, terms, unknown)
