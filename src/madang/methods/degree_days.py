"""Use against the weather: change-point degree-day models of many meters at once, and what another weather would cost.

A meter's daily use is a base, plus a slope for each degree below its heating balance point, plus one for each degree
above its cooling balance point. Balance points are tried from one grid for all meters, so that each trial is one
matrix product over all of them. The model form is that of ASHRAE Guideline 14 and CalTRACK; slopes are never negative.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from madang.core.errors import Both, BoundsError

Floats = NDArray[np.float64]
_CHUNK = 32_768


@dataclass(frozen=True)
class DegreeDays:
    """Degree-days of periods at every balance point of two grids.

    ``heating`` and ``cooling`` are [balance point][period] sums of daily degrees below or above; ``days`` counts the
    days of each period.
    """

    heating_balance_c: Floats
    cooling_balance_c: Floats
    heating: Floats
    cooling: Floats
    days: Floats

    def periods(self, chosen: Sequence[int] | NDArray[np.int64]) -> DegreeDays:
        """Return the same for some of the periods."""
        return DegreeDays(
            self.heating_balance_c, self.cooling_balance_c,
            self.heating[:, chosen], self.cooling[:, chosen], self.days[chosen],
        )  # fmt: skip


def degree_days(
    daily_c: Floats, period: NDArray[np.int64], periods: int, heating_balance_c: Floats, cooling_balance_c: Floats
) -> DegreeDays:
    """Return the degree-days of daily mean temperatures; ``period`` is each day's period, negative for none.

    Raises:
        BoundsError: a day without a temperature, or a period without a day.
    """
    used = period >= 0
    if np.isnan(daily_c[used]).any():
        raise BoundsError(
            Both("기온이 없는 날이 있습니다", "a day has no temperature"),
            todo=Both(
                "가까운 관측소의 값으로 채우거나 기간을 줄이십시오",
                "fill the gap from a station near by, or shorten the period",
            ),
        )
    days = np.bincount(period[used], minlength=periods).astype(np.float64)
    if (days == 0).any():
        raise BoundsError(
            Both(
                f"날씨가 하루도 없는 기간이 있습니다: {int(np.argmin(days))}",
                f"period {int(np.argmin(days))} has no day of weather",
            ),
            todo=Both("그때의 날씨를 주십시오", "give the weather of that time"),
        )

    def summed(below: Floats) -> Floats:
        total: Floats = np.bincount(period[used], weights=below[used], minlength=periods).astype(np.float64)
        return total

    heating = [summed(np.maximum(0.0, balance - daily_c)) for balance in heating_balance_c]
    cooling = [summed(np.maximum(0.0, daily_c - balance)) for balance in cooling_balance_c]
    empty = np.zeros((0, periods))
    return DegreeDays(
        heating_balance_c,
        cooling_balance_c,
        np.array(heating) if heating else empty,
        np.array(cooling) if cooling else empty,
        days,
    )


@dataclass(frozen=True)
class Fits:
    """The fitted model of each meter; arrays over meters.

    ``base_per_day``, and the slopes per degree-day; ``heating_at`` and ``cooling_at`` are places in the grids of
    balance points, -1 where the meter does not answer to cold or heat. NaN where a meter could not be fitted. ``cv`` is
    the root of the mean squared residual over the mean use.
    """

    base_per_day: Floats
    heating_per_degree_day: Floats
    cooling_per_degree_day: Floats
    heating_at: NDArray[np.int64]
    cooling_at: NDArray[np.int64]
    cv: Floats


def fit(use: Floats, weather: DegreeDays) -> Fits:
    """Fit every meter; ``use`` is [period][meter], a NaN leaves that meter unfitted.

    Each pair of balance points is a weighted least-squares fit of daily means, weighted by days; the pair with the
    least Bayesian information criterion is taken, so that a slope must earn its place.
    """
    chosen = [_fit(use[:, start : start + _CHUNK], weather) for start in range(0, use.shape[1], _CHUNK)]
    if not chosen:
        nothing, nowhere = np.zeros(0), np.zeros(0, dtype=np.int64)
        return Fits(nothing, nothing, nothing, nowhere, nowhere, nothing)
    return Fits(*(np.concatenate([getattr(part, name) for part in chosen]) for name in Fits.__dataclass_fields__))


def _trials(weather: DegreeDays) -> Iterator[tuple[int, int]]:
    """Yield the pairs of balance points that are tried: none, one, or both with heating at or below cooling."""
    for heating, cooling in product(range(-1, len(weather.heating)), range(-1, len(weather.cooling))):
        both = heating >= 0 and cooling >= 0
        if not both or weather.heating_balance_c[heating] <= weather.cooling_balance_c[cooling]:
            yield heating, cooling


def _fit(use: Floats, weather: DegreeDays) -> Fits:
    """Fit one chunk of meters."""
    periods, meters = use.shape
    root = np.sqrt(weather.days)[:, None]
    scaled = use / weather.days[:, None] * root
    total = np.einsum("tm,tm->m", scaled, scaled)
    best = np.full(meters, np.inf)
    fitted = np.full((3, meters), np.nan)
    places = np.full((2, meters), -1, dtype=np.int64)
    residual = np.full(meters, np.nan)
    for heating, cooling in _trials(weather):
        columns = [root[:, 0]]
        columns += [weather.heating[heating] / weather.days * root[:, 0]] if heating >= 0 else []
        columns += [weather.cooling[cooling] / weather.days * root[:, 0]] if cooling >= 0 else []
        design = np.column_stack(columns)
        q, r = np.linalg.qr(design)
        if np.abs(np.diag(r)).min() < 1e-9 * np.abs(r).max() or design.shape[1] >= periods:
            continue
        inside = q.T @ scaled
        slopes = np.linalg.solve(r, inside)
        left = np.maximum(total - np.einsum("km,km->m", inside, inside), 1e-12 * total + 1e-300)
        score = periods * np.log(left / periods) + np.log(periods) * design.shape[1]
        better = (score < best) & (slopes >= 0).all(axis=0)
        best[better], residual[better] = score[better], left[better]
        fitted[:, better] = 0.0
        fitted[0, better] = slopes[0, better]
        if heating >= 0:
            fitted[1, better] = slopes[1, better]
        if cooling >= 0:
            fitted[2, better] = slopes[-1, better]
        places[0, better], places[1, better] = heating, cooling
    mean = use.sum(axis=0) / weather.days.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        cv = np.sqrt(residual / weather.days.sum()) / mean
    return Fits(fitted[0], fitted[1], fitted[2], places[0], places[1], cv)


def expected(fits: Fits, weather: DegreeDays) -> Floats:
    """Return what each meter would use in given weather: [period][meter]; NaN where it was not fitted."""
    heating = np.vstack([weather.heating, np.zeros((1, len(weather.days)))])[fits.heating_at]
    cooling = np.vstack([weather.cooling, np.zeros((1, len(weather.days)))])[fits.cooling_at]
    use: Floats = (
        fits.base_per_day[:, None] * weather.days
        + fits.heating_per_degree_day[:, None] * heating
        + fits.cooling_per_degree_day[:, None] * cooling
    ).T
    return use
