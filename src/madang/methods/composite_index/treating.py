"""Outliers: tested by skewness and kurtosis, pulled in or transformed, with a list of exactly which points changed.

The rule is that of the OECD handbook and of COINr: a column needs treatment where its skewness exceeds 2 in size and
its kurtosis 3.5. Every treatment keeps the order of the cities.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import stats

from madang.core.errors import Both, DataError
from madang.methods.composite_index.tree import Floats

SKEWNESS_MAX, KURTOSIS_MAX = 2.0, 3.5
#: Share of the range that a shifted logarithm keeps between zero and the nearest value.
_ROOM = 0.01


@dataclass(frozen=True)
class Treated:
    """A treated column: its values, the rows that changed, how, and whether it passes the test now.

    Tests are of shape alone, before and after; ``values`` of a transformed column have no unit.
    """

    values: Floats
    changed: tuple[int, ...]
    how: str
    passes: bool
    skewness: tuple[float, float]
    kurtosis: tuple[float, float]


def shape(values: Floats) -> tuple[float, float]:
    """Return sample skewness and excess kurtosis without bias; zero for fewer than four values or no spread."""
    known = values[~np.isnan(values)]
    n = len(known)
    if n < 4 or np.ptp(known) <= 1e-12 * max(1.0, float(np.abs(known).max())):
        return 0.0, 0.0
    off = known - known.mean()
    off /= np.abs(off).max()  # a shape has no size, and powers of very large values would be none
    second = off * off
    spread = float(second.mean())
    third, fourth = float((second * off).mean()) / spread**1.5, float((second * second).mean()) / spread**2
    skewness = third * math.sqrt(n * (n - 1)) / (n - 2)
    return skewness, ((n * n - 1) * fourth - 3 * (n - 1) ** 2) / ((n - 2) * (n - 3))


def passes(values: Floats) -> bool:
    """Tell whether a column needs no treatment."""
    return _within(*shape(values))


def _within(skewness: float, kurtosis: float) -> bool:
    """Tell whether a shape needs no treatment."""
    return abs(skewness) <= SKEWNESS_MAX or kurtosis <= KURTOSIS_MAX


def treat(values: Floats, kind: str, points_max: int = 5) -> Treated:
    """Return a column treated where it needs it, else as it is.

    Args:
        values: of the cities; NaN where missing.
        kind: "none", or one of ``KINDS``; "auto" pulls points in and, where that is not enough, takes a logarithm.
        points_max: how many points may be pulled in.

    Raises:
        DataError: a plain logarithm of values that are not above zero.
    """
    if kind == "none" or passes(values):
        return _done(values, values, "none")
    if kind == "auto":
        pulled = treat(values, "winsorise", points_max)
        return pulled if pulled.passes else treat(values, "log_shifted")
    after = _winsorised(values, points_max) if kind == "winsorise" else KINDS[kind](values)
    return _done(values, after, kind)


def _done(before: Floats, after: Floats, how: str) -> Treated:
    """Return what was done, with the rows whose values differ."""
    changed = np.flatnonzero(~np.isnan(before) & (before != after))
    was = shape(before)
    now = was if after is before else shape(after)
    return Treated(
        after,
        tuple(int(row) for row in changed),
        how if len(changed) else "none",
        _within(*now),
        (was[0], now[0]),
        (was[1], now[1]),
    )


def _winsorised(values: Floats, points_max: int) -> Floats:
    """Return the column with its farthest points set to the next value, one after the other, until it passes."""
    made = values.copy()
    for _ in range(points_max):
        if passes(made):
            break
        skewness, _kurtosis = shape(made)
        known = np.unique(made[~np.isnan(made)])
        # Of two values left, pulling one in would leave a column that tells no city from another.
        if len(known) == 2:
            break
        end, nearer = (known[-1], known[-2]) if skewness > 0 else (known[0], known[1])
        made[made == end] = nearer
    # Points that were pulled in together count together: more than allowed means none at all.
    return made if np.count_nonzero(~np.isnan(values) & (values != made)) <= points_max else values.copy()


def _log(values: Floats) -> Floats:
    """Return natural logarithms."""
    if np.nanmin(values) <= 0:
        says = Both("로그를 쓰려면 값이 0보다 커야 합니다", "a logarithm needs values above zero")
        raise DataError(
            says,
            todo=Both(
                "log_shifted나 log_signed, 또는 winsorise를 쓰십시오", "take log_shifted or log_signed, or winsorise"
            ),
        )
    return np.log(values)


def _log_shifted(values: Floats) -> Floats:
    """Return the logarithm of the distance from the far end of the short tail, turned back where the low tail is long.

    COINr's log_CT: log(x - min + 0.01 (max - min)).
    """
    least, most = float(np.nanmin(values)), float(np.nanmax(values))
    room = _ROOM * (most - least)
    if shape(values)[0] < 0:
        return -np.log(most - values + room)
    return np.log(values - least + room)


def _log_signed(values: Floats) -> Floats:
    """Return sign(x) log(1 + |x|): for columns with both signs."""
    return np.sign(values) * np.log1p(np.abs(values))


def _box_cox(values: Floats, power: float | None = None) -> Floats:
    """Return the Box-Cox transform of most likely power; a column with values at or below zero is shifted first."""
    known = values[~np.isnan(values)]
    least, most = float(known.min()), float(known.max())
    shift = 0.0 if least > 0 else _ROOM * (most - least) - least
    made = values.copy()
    chosen = float(stats.boxcox_normmax(known + shift, method="mle")) if power is None else power
    made[~np.isnan(values)] = stats.boxcox(known + shift, chosen)
    return made


KINDS: Mapping[str, Callable[[Floats], Floats]] = {
    "log": _log,
    "log_shifted": _log_shifted,
    "log_signed": _log_signed,
    "box_cox": partial(_box_cox, power=None),
}
#: Treatments that keep the indicator's unit, so that goalposts and targets still mean what they say.
IN_UNIT = frozenset({"none", "winsorise"})
NAMES = ("none", "winsorise", "auto", *KINDS)
