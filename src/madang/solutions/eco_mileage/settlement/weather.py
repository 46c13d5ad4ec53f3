"""Was it the weather? Each member's use is fitted against degree-days, and the round is decided once more without it.

Shown to the city, never used to pay. What the weather did to a member is what the fitted model uses in the weather of
the two years before, less what it uses in the weather of the window; that much is taken out of the saving, and the
official edges are asked again. A member whom no model fits keeps the official saving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from madang.core.columns import Column
from madang.core.errors import Both, TableError, Where
from madang.core.language import Text, text
from madang.core.operations import Answer, Line, Sheet
from madang.core.progress import Progress
from madang.core.tables import TableSpec, read_table
from madang.methods.degree_days import DegreeDays, degree_days, expected, fit
from madang.methods.savings import BASIS_POINTS
from madang.solutions.eco_mileage.award_file import CODES
from madang.solutions.eco_mileage.readings.rows import UTILITIES, first_day
from madang.solutions.eco_mileage.settlement.cube import Cube
from madang.solutions.eco_mileage.settlement.kernel import Terms
from madang.solutions.eco_mileage.settlement.settle import Settlement
from madang.solutions.eco_mileage.settlement.terms import BASELINE_MONTHS

HEATING_BALANCE_C = np.arange(8.0, 20.0, 1.0)
COOLING_BALANCE_C = np.arange(18.0, 27.0, 1.0)
_BELOW = CODES.index("below_lowest_edge")
_CHUNK = 65_536
WEATHER = TableSpec(
    says=text("하루 평균 기온", "Daily mean temperature"),
    key=("day",),
    columns={
        "day": Column(says=text("날", "Day"), kind="day", aliases=("date",)),
        "mean_c": Column(
            says=text("평균 기온(°C)", "Mean temperature, degrees C"),
            kind="number",
            min=-60,
            max=60,
            aliases=("tmean_c",),
        ),
    },
)


@dataclass(frozen=True)
class Counterfactual:
    """Points by the official rule and without the weather, and the saving without it, in the cast's order.

    ``saved`` is in doubled centigrams; ``fitted`` tells of whom a model could be made. Members who were not evaluated
    have no points in either.
    """

    official: NDArray[np.int64]
    without_weather: NDArray[np.int64]
    saved: NDArray[np.int64]
    fitted: NDArray[np.bool_]
    evaluated: NDArray[np.bool_]

    @property
    def paid_by_weather(self) -> int:
        """Return how many points the weather added to those it favoured."""
        return int(np.maximum(0, self.official - self.without_weather).sum())

    @property
    def missed(self) -> NDArray[np.bool_]:
        """Tell who would have earned something, and got nothing for the weather's sake."""
        found: NDArray[np.bool_] = self.evaluated & (self.official == 0) & (self.without_weather > 0)
        return found


def read_weather(path: Path, first_month: int, months: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return daily means of some counted months, and of each day the month's place.

    Raises:
        TableError: a day of these months that has no temperature.
    """
    frame = read_table(path, WEATHER, name="weather").frame
    start, end = first_day(first_month), first_day(first_month + months)
    days = pl.DataFrame({"day": pl.date_range(start, end, closed="left", eager=True)})
    joined = days.join(frame, on="day", how="left", maintain_order="left")
    empty = joined.filter(pl.col("mean_c").is_null())
    if empty.height:
        where = Where(path, column="mean_c", day=empty.item(0, "day"))
        raise TableError(
            Both("기온이 없는 날이 있습니다", "a day has no temperature"),
            where,
            Both(
                f"{start}부터 {end} 전날까지 모든 날을 주십시오", f"give every day from {start} to the day before {end}"
            ),
        )
    month = joined.select(pl.col("day").dt.year() * 12 + pl.col("day").dt.month().cast(pl.Int32) - 1 - first_month)
    return joined["mean_c"].to_numpy().astype(np.float64), month.to_series().to_numpy().astype(np.int64)


def counterfactual(settlement: Settlement, cube: Cube, weather: Path, progress: Progress) -> Counterfactual:
    """Return the round decided without the weather.

    Raises:
        TableError: the weather does not cover the months of the cube.
    """
    months = cube.quantities.shape[1]
    daily, month = read_weather(weather, cube.first_month, months)
    degrees = degree_days(daily, month, months, HEATING_BALANCE_C, COOLING_BALANCE_C)
    saved, fitted = settlement.outcome.saved.copy(), np.zeros(len(settlement.outcome.saved), dtype=np.bool_)
    without = settlement.outcome.points.astype(np.int64).copy()
    evaluated = settlement.outcome.code <= _BELOW
    total = len(saved)
    for number, cohort in enumerate(settlement.cohorts):
        begin, end = settlement.cast.bounds[number]
        row = settlement.asked.first_month + number - cube.first_month
        for start in range(begin, end, _CHUNK):
            run = slice(start, min(end, start + _CHUNK))
            progress(start / max(1, total), f"{start:,} members")
            effect, known = _effect(settlement, cube, degrees, cohort.terms, row, run)
            fitted[run] = known & evaluated[run]
            saved[run] = np.where(fitted[run], saved[run] - effect, saved[run])
            without[run] = np.where(evaluated[run], _points(settlement, cohort.terms, saved[run], run), 0)
    official = np.where(evaluated, settlement.outcome.points, 0).astype(np.int64)
    return Counterfactual(official, without, saved, fitted, evaluated)


def _effect(
    settlement: Settlement, cube: Cube, degrees: DegreeDays, terms: Terms, row: int, run: slice
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return by how much the weather lowered each member's emissions, in doubled centigrams, and who is fitted."""
    months = terms.factors.shape[1]
    effect = np.zeros(run.stop - run.start)
    known = np.ones(len(effect), dtype=np.bool_)
    window, years = _rows(row, months), [_rows(row - 12, months), _rows(row - 24, months)]
    for u in range(len(UTILITIES)):
        registered = (settlement.cast.registered[run] >> u) & 1 == 1
        if not registered.any():
            continue
        cells = cube.quantities[u, row - BASELINE_MONTHS : row, run].astype(np.float64)
        cells[cells < 0] = np.nan
        fits = fit(cells, degrees.periods(_rows(row - BASELINE_MONTHS, BASELINE_MONTHS)))
        # The base is left out: a February of 29 days is the calendar, not the weather. NaN stays NaN.
        fits = replace(fits, base_per_day=0 * fits.base_per_day)
        now = expected(fits, degrees.periods(window))
        before = sum(expected(fits, degrees.periods(year)) for year in years)
        grams = (terms.factors[u][:, None] * (before - 2 * now)).sum(axis=0)
        effect += np.where(registered, np.nan_to_num(grams), 0.0)
        known &= ~registered | ~np.isnan(grams)
    return np.rint(effect).astype(np.int64), known


def _rows(first: int, count: int) -> NDArray[np.int64]:
    """Return rows of the cube's months."""
    return np.arange(first, first + count, dtype=np.int64)


def _points(settlement: Settlement, terms: Terms, saved: NDArray[np.int64], run: slice) -> NDArray[np.int64]:
    """Return what the official edges pay for other savings, upkeep and ceiling with it."""
    base = settlement.outcome.baseline[run]
    tier = np.zeros(len(saved), dtype=np.int64)
    for edge in terms.edges_bp:
        tier += BASIS_POINTS * saved >= edge * base
    paid = np.concatenate([[0], terms.points])[tier]
    if terms.grams_per_point:
        paid = np.where(tier > 0, saved // (200 * terms.grams_per_point), 0)
    if terms.upkeep_after:
        kept = (tier == 0) & (saved > 0) & (settlement.standing.awards_in_a_row[run] >= terms.upkeep_after)
        paid = np.where(kept, terms.upkeep_points, paid)
    if terms.cap:
        paid = np.clip(paid, 0, np.maximum(0, terms.cap - settlement.standing.points_this_year[run]))
    points: NDArray[np.int64] = paid.astype(np.int64)
    return points


def say_weather(found: Counterfactual, truth_bp: NDArray[np.int64] | None) -> Answer:
    """Return what the city should know: the share that was weather, the savers missed."""
    official, without = int(found.official.sum()), int(found.without_weather.sum())
    lines = [
        Line(text("평가한 회원", "members evaluated"), int(found.evaluated.sum())),
        Line(text("모형을 맞춘 회원", "members with a model"), int(found.fitted.sum())),
        Line(text("규정에 따른 포인트", "points by the rule"), official, "mileage"),
        Line(text("날씨를 뺀 포인트", "points without the weather"), without, "mileage"),
        Line(text("날씨가 준 포인트", "points the weather gave"), found.paid_by_weather, "mileage"),
        Line(
            text("포인트 가운데 날씨의 몫", "share of the points that was weather"),
            100 * found.paid_by_weather / official if official else None,
            "percent",
        ),
        Line(text("날씨 때문에 놓친 절약자", "savers missed for the weather"), int(found.missed.sum())),
    ]
    sheets = (_by_award(found),) if truth_bp is None else (_by_award(found), _by_effort(found, truth_bp))
    note = text(
        "지급에는 쓰지 않는다. 모형의 오차도 날씨의 몫에 들어 있다.",
        "Never used to pay. The error of the models is part of the weather's share.",
    )
    return Answer(title=text("날씨 때문이었나", "Was it the weather?"), lines=lines, sheets=sheets, notes=(note,))


def _by_award(found: Counterfactual) -> Sheet:
    """Return members by what they got and what they would get without the weather."""
    amounts = sorted(set(np.unique(found.official[found.evaluated])) | set(np.unique(found.without_weather)))
    if len(amounts) > 8:  # paid by the gram: amounts are many, so only whether something is paid is told
        official, without = np.sign(found.official), np.sign(found.without_weather)
        amounts = [0, 1]
    else:
        official, without = found.official, found.without_weather
    heads = (
        text("규정에 따른 포인트", "points by the rule"),
        *(text(f"날씨 없이 {amount:,}", f"{amount:,} without weather") for amount in amounts),
    )
    rows = tuple(
        (int(paid), *(int((found.evaluated & (official == paid) & (without == other)).sum()) for other in amounts))
        for paid in amounts
    )
    return Sheet("awards", heads, rows)


def _by_effort(found: Counterfactual, truth_bp: NDArray[np.int64]) -> Sheet:
    """Return, for made-up members, who is paid by how much they really saved."""
    groups: Sequence[tuple[Text, NDArray[np.bool_]]] = (
        (text("아무것도 줄이지 않음", "saved nothing"), truth_bp == 0),
        (text("0–5%", "0-5 %"), (truth_bp > 0) & (truth_bp < 500)),
        (text("5–10%", "5-10 %"), (truth_bp >= 500) & (truth_bp < 1000)),
        (text("10% 이상", "10 % and more"), truth_bp >= 1000),
    )
    heads = (
        text("실제 절약(지어낸 진실)", "really saved (made-up truth)"), text("회원", "members"),
        text("규정으로 받음", "paid by the rule"), text("날씨 없이 받음", "paid without weather"),
    )  # fmt: skip
    rows = tuple(
        (
            name,
            int((mine & found.evaluated).sum()),
            int((mine & (found.official > 0)).sum()),
            int((mine & (found.without_weather > 0)).sum()),
        )
        for name, mine in groups
    )
    return Sheet("effort", heads, rows)
