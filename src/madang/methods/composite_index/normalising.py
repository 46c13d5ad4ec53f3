"""From an indicator in its unit to a score: ways to normalise, each the same for every city; empty cells stay empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from madang.core.errors import Both, DataError
from madang.methods.composite_index.tree import Floats

Scale = tuple[float, float]


@dataclass(frozen=True)
class Indicator:
    """What normalising needs to know of an indicator: direction, and values that only some ways use."""

    name: str
    higher_is_better: bool = True
    goalposts: tuple[float, float] | None = None
    target: float | None = None


def normalise(values: Floats, indicator: Indicator, kind: str, scale: Scale, reference: int | None = None) -> Floats:
    """Return an indicator's scores.

    Args:
        values: of the cities, in the indicator's unit; NaN where missing.
        indicator: its direction, goalposts and target.
        kind: one of ``KINDS``.
        scale: lowest and highest score; z is centred on its middle with a tenth of its width a deviation.
        reference: row of the reference city, for distance_reference.

    Raises:
        DataError: the way needs a goalpost, target or reference that is not there, or all cities are alike.
    """
    sign = 1.0 if indicator.higher_is_better else -1.0
    shares = KINDS[kind](_Column(sign * values, sign, indicator, reference))
    low, high = scale
    return low + (high - low) * shares


@dataclass(frozen=True)
class _Column:
    """A column turned so that more is better."""

    values: Floats
    sign: float
    indicator: Indicator
    reference: int | None

    def fault(self, says: Both, todo: Both) -> DataError:
        """Return an error that names the indicator."""
        name = self.indicator.name
        return DataError(Both(f"지표 {name!r}: {says.ko}", f"the indicator {name!r} {says.en}"), todo=todo)

    def range(self) -> tuple[float, float]:
        """Return least and greatest; refuse a column that tells no city from another."""
        least, most = float(np.nanmin(self.values)), float(np.nanmax(self.values))
        if least == most:
            raise self.fault(
                Both(
                    "모든 도시의 값이 같아 순위를 가르지 못합니다", "has one value for every city, so it ranks nothing"
                ),
                Both("그 지표를 빼십시오", "leave it out"),
            )
        return least, most


def _min_max(column: _Column) -> Floats:
    """Return 0 for the worst city, 1 for the best."""
    least, most = column.range()
    return (column.values - least) / (most - least)


def _z(column: _Column) -> Floats:
    """Return the middle for the mean, a tenth more for each standard deviation (of the sample)."""
    column.range()
    centred = column.values - np.nanmean(column.values)
    return 0.5 + 0.1 * centred / np.nanstd(column.values, ddof=1)


def _rank(column: _Column) -> Floats:
    """Return 1 for the first place, 0 for the last of n; equal cities share the better place."""
    above, _, count = _standing(column.values)
    return 1.0 - above / max(1.0, count - 1.0)


def _borda(column: _Column) -> Floats:
    """Return the share of the other cities that a city beats, half of those it equals."""
    above, equal, count = _standing(column.values)
    return (count - above - equal + 0.5 * (equal - 1.0)) / max(1.0, count - 1.0)


def _percentile(column: _Column) -> Floats:
    """Return the share of all cities below, and half of those that are equal, itself among them."""
    above, equal, count = _standing(column.values)
    return (count - above - equal + 0.5 * equal) / count


def _goalposts(column: _Column) -> Floats:
    """Return the way from the low goalpost to the high one, cut off at both."""
    if column.indicator.goalposts is None:
        raise column.fault(
            Both("기준점이 없습니다", "has no goalposts"),
            Both(
                "goalposts = [낮은 값, 높은 값]을 주거나 다르게 정규화하십시오",
                "give goalposts = [low, high], or another normalisation",
            ),
        )
    low, high = sorted(column.sign * post for post in column.indicator.goalposts)
    if not low < high:
        raise column.fault(
            Both(
                f"두 기준점이 같은 값입니다: {column.indicator.goalposts[0]:g}",
                f"has goalposts that are one value, {column.indicator.goalposts[0]:g}",
            ),
            Both("두 값을 다르게 두십시오", "set them apart"),
        )
    # Cut off at one end, every city would have the same score.
    if np.nanmax(column.values) < low or np.nanmin(column.values) > high:
        ends = " to ".join(f"{post:g}" for post in column.indicator.goalposts)
        raise column.fault(
            Both(f"모든 값이 기준점 밖에 있습니다: {ends}", f"has every value beyond its goalposts, {ends}"),
            Both("기준점을 지표의 단위로 적으십시오", "set them in the indicator's unit"),
        )
    return np.clip((column.values - low) / (high - low), 0.0, 1.0)


def _distance_max(column: _Column) -> Floats:
    """Return 1 less the distance to the best city, as a share of the whole range."""
    least, most = column.range()
    return 1.0 - (most - column.values) / (most - least)


def _distance_reference(column: _Column) -> Floats:
    """Return 1 less the distance to the reference city, as a share of its lead on the worst; at most 1."""
    if column.reference is None:
        raise column.fault(
            Both("기준 도시가 없습니다", "has no reference city"),
            Both("reference = 도시로 적으십시오", "name one: reference = CITY"),
        )
    at = float(column.values[column.reference])
    if np.isnan(at):
        raise column.fault(
            Both("기준 도시의 값이 없습니다", "has no value for the reference city"),
            Both("다른 기준 도시를 고르거나 다르게 정규화하십시오", "take another reference, or another normalisation"),
        )
    return _to(column, at, Both("기준 도시가 가장 나쁜 도시입니다", "the reference city is the worst of all in it"))


def _distance_target(column: _Column) -> Floats:
    """Return 1 less the distance to the target, as a share of the target's lead on the worst city; at most 1."""
    if column.indicator.target is None:
        raise column.fault(
            Both("목표가 없습니다", "has no target"),
            Both("target = 값을 주거나 다르게 정규화하십시오", "give target = VALUE, or another normalisation"),
        )
    return _to(
        column,
        column.sign * column.indicator.target,
        Both("모든 도시가 목표에 이르렀습니다", "every city is at its target or beyond"),
    )


def _fraction_max(column: _Column) -> Floats:
    """Return the share of the best city's value; where less is better, the best value as a share of the city's."""
    raw = column.sign * column.values
    if np.nanmin(raw) <= 0:
        raise column.fault(
            Both(
                "0보다 크지 않은 값이 있어 비율이 뜻을 잃습니다",
                "has values that are not above zero, so a fraction says nothing",
            ),
            Both("다르게 정규화하십시오", "normalise otherwise"),
        )
    return raw / np.nanmax(raw) if column.sign > 0 else np.nanmin(raw) / raw


def _to(column: _Column, at: float, says: Both) -> Floats:
    """Return the share of the way from the worst city to a mark, cut off at it."""
    least = float(np.nanmin(column.values))
    if at <= least:
        raise column.fault(
            Both(f"이렇게 잴 수 없습니다. {says.ko}", f"cannot be measured so: {says.en}"),
            Both("다르게 정규화하십시오", "normalise otherwise"),
        )
    return np.minimum(1.0, 1.0 - (at - column.values) / (at - least))


def _standing(values: Floats) -> tuple[Floats, Floats, float]:
    """Return for each city how many stand above it and how many equal it, itself among them; and how many there are."""
    known = np.sort(values[~np.isnan(values)])
    below = np.searchsorted(known, values, "left").astype(float)
    upto = np.searchsorted(known, values, "right").astype(float)
    gone = np.isnan(values)
    return (
        np.where(gone, np.nan, len(known) - upto),
        np.where(gone, np.nan, upto - below),
        float(len(known)),
    )


KINDS: Mapping[str, Callable[[_Column], Floats]] = {
    "min_max": _min_max,
    "z": _z,
    "rank": _rank,
    "borda": _borda,
    "percentile": _percentile,
    "goalposts": _goalposts,
    "distance_max": _distance_max,
    "distance_reference": _distance_reference,
    "distance_target": _distance_target,
    "fraction_max": _fraction_max,
}
