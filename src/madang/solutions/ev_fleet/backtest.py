"""Looking back: fit the electric share of purchases up to a year, project, and compare with what came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import gamma

import numpy as np
import polars as pl

from madang.core.dates import parse_day, year_share
from madang.methods.stock_flow import BoughtAt, Drive, Fleet, Weibull, run
from madang.methods.stock_flow.fleet import Floats
from madang.solutions.ev_fleet.inputs import FleetInputs, Trend
from madang.solutions.ev_fleet.paths import spread_ages

CUTS = (2019, 2021)
#: The trend is laid through this many years of purchases before the cut.
FITTED_YEARS = 5
COMPARED = (date(2022, 7, 31), date(2026, 4, 30))
SHARE_MIN, SHARE_MAX = 1e-5, 1.0


@dataclass(frozen=True)
class Backtest:
    """One fit: electric vehicles at year ends from the cut on, and what is compared on the days that are known.

    ``observed`` is None where the register of that day isn't known on the day of the run.
    """

    cut: int
    trend: Trend
    years: range
    electric: Floats
    shares: Floats
    projected: dict[date, float]
    observed: dict[date, float | None]

    def error_percent(self, day: date) -> float | None:
        """Return how far the projection lies from the register, in per cent of the register."""
        seen = self.observed[day]
        return None if seen is None or seen <= 0 else 100.0 * (self.projected[day] / seen - 1.0)


def backtests(inputs: FleetInputs) -> tuple[Backtest, ...]:
    """Return a fit for each cut and trend that the register allows on the day of the run."""
    totals, electric = _yearly(inputs)
    made = []
    for cut in CUTS:
        years = range(cut - FITTED_YEARS - 3, cut + 1)
        if all(year in totals and year in electric for year in years):
            made += [_one(inputs, cut, trend, totals, electric) for trend in ("linear", "logistic")]
    return tuple(made)


def _yearly(inputs: FleetInputs) -> tuple[dict[int, float], dict[int, float]]:
    """Return all vehicles and the electric ones at year ends known on the day of the run."""
    known = parse_day(inputs.until)
    ends = (pl.col("day") <= known) & (pl.col("day").dt.month() == 12)
    totals = inputs.classes_yearly.frame.filter(ends)
    electric = inputs.fuels_yearly.frame.filter(ends & (pl.col("fuel") == "electric"))
    return (
        {day.year: float(count) for day, count in totals.select("day", "published_total").iter_rows()},
        {day.year: float(count) for day, count in electric.select("day", "vehicles").iter_rows()},
    )


def _one(inputs: FleetInputs, cut: int, trend: Trend, totals: dict[int, float], electric: dict[int, float]) -> Backtest:
    first = min(year for year in electric if year in totals)
    last = COMPARED[-1].year
    known, ahead = range(first + 1, cut + 1), range(cut + 1, last + 1)
    fitted, ages = _bought(inputs, first, known, totals, electric)
    tail = np.array(known)[-FITTED_YEARS:]
    shares = _extended(tail, fitted[-FITTED_YEARS:], np.array(ahead), trend)
    fleet = Fleet(
        ("all",),
        ("electric", "other"),
        cut + 1,
        np.full((1, len(ahead)), totals[cut]),
        np.stack((shares, 1.0 - shares))[None],
        _life(inputs),
        initial=ages,
        bought_at=BoughtAt(inputs.bought_at),
    )
    stock = np.concatenate(([electric[cut]], run(fleet).stock[0, 0]))
    years = range(cut, last + 1)
    ends = np.array([year_share(date(year, 12, 31)) for year in years])
    projected = {day: float(np.interp(year_share(day), ends, stock)) for day in COMPARED}
    return Backtest(cut, trend, years, stock, shares, projected, {day: _seen(inputs, day) for day in COMPARED})


def _bought(
    inputs: FleetInputs, first: int, years: range, totals: dict[int, float], electric: dict[int, float]
) -> tuple[Floats, Floats]:
    """Return the electric share of purchases in each known year, and the last stock by age."""
    life, bought_at = _life(inputs), BoughtAt(inputs.bought_at)
    start = np.array([[electric[first], totals[first] - electric[first]]])
    ages = spread_ages(inputs, start, life)
    ages[0, 0] = 0.0
    ages[0, 0, 0] = electric[first]  # There were hardly any before: all are of the first year.
    total = np.array([[totals[year] for year in years]])
    share = np.array([electric[year] / totals[year] for year in years])
    fleet = Fleet(
        ("all",), ("electric", "other"), years[0], total, np.stack((share, 1.0 - share))[None], life,
        initial=ages, drive=(Drive.STOCK_SPLIT,), bought_at=bought_at,
    )  # fmt: skip
    flows = run(fleet)
    bought = flows.purchases[0]
    part = bought[0] / np.maximum(1e-9, bought.sum(axis=0))
    return part, np.ascontiguousarray(flows.by_model_year[:, :, -1, ::-1])


def _extended(years: Floats, shares: Floats, ahead: Floats, trend: Trend) -> Floats:
    """Lay a trend through yearly shares by least squares and read it in later years: a line, or one in the logit."""
    held = np.clip(shares, SHARE_MIN, 1.0 - SHARE_MIN)
    values = np.log(held / (1.0 - held)) if trend == "logistic" else held
    slope, level = np.polyfit(years - years[-1], values, 1)
    read = level + slope * (ahead - years[-1])
    extended: Floats = 1.0 / (1.0 + np.exp(-read)) if trend == "logistic" else np.clip(read, 0.0, SHARE_MAX)
    return extended


def _life(inputs: FleetInputs) -> Weibull:
    return Weibull(inputs.lifetime_years["car"] / gamma(1.0 + 1.0 / inputs.weibull_shape), inputs.weibull_shape)


def _seen(inputs: FleetInputs, day: date) -> float | None:
    return inputs.electric_registered.get(day.isoformat()) if day.isoformat() <= inputs.until else None
