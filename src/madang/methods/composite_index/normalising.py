"""From an indicator in its unit to a score: ways to normalise, each the same for every city; empty cells stay empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from madang.core.errors import DataError
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

    def fault(self, says: str, todo: str) -> DataError:
        """Return an error that names the indicator."""
        return DataError(f"the indicator {self.indicator.name!r} {says}", todo=todo)

    def range(self) -> tuple[float, float]:
        """Return least and greatest; refuse a column that tells no city from another."""
        least, most = float(np.nanmin(self.values)), float(np.nanmax(self.values))
        if least == most:
            raise self.fault("has one value for every city, so it ranks nothing", "leave it out")
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
        raise column.fault("has no goalposts", "give goalposts = [low, high], or another normalisation")
    low, high = sorted(column.sign * post for post in column.indicator.goalposts)
    if not low < high:
        raise column.fault(f"has goalposts that are one value, {column.indicator.goalposts[0]:g}", "set them apart")
    # Cut off at one end, every city would have the same score.
    if np.nanmax(column.values) < low or np.nanmin(column.values) > high:
        ends = " to ".join(f"{post:g}" for post in column.indicator.goalposts)
        raise column.fault(f"has every value beyond its goalposts, {ends}", "set them in the indicator's unit")
    return np.clip((column.values - low) / (high - low), 0.0, 1.0)


def _distance_max(column: _Column) -> Floats:
    """Return 1 less the distance to the best city, as a share of the whole range."""
    least, most = column.range()
    return 1.0 - (most - column.values) / (most - least)


def _distance_reference(column: _Column) -> Floats:
    """Return 1 less the distance to the reference city, as a share of its lead on the worst; at most 1."""
    if column.reference is None:
        raise column.fault("has no reference city", "name one: reference = CITY")
    at = float(column.values[column.reference])
    if np.isnan(at):
        raise column.fault("has no value for the reference city", "take another reference, or another normalisation")
    return _to(column, at, "the reference city is the worst of all in it")


def _distance_target(column: _Column) -> Floats:
    """Return 1 less the distance to the target, as a share of the target's lead on the worst city; at most 1."""
    if column.indicator.target is None:
        raise column.fault("has no target", "give target = VALUE, or another normalisation")
    return _to(column, column.sign * column.indicator.target, "every city is at its target or beyond")


def _fraction_max(column: _Column) -> Floats:
    """Return the share of the best city's value; where less is better, the best value as a share of the city's."""
    raw = column.sign * column.values
    if np.nanmin(raw) <= 0:
        raise column.fault("has values that are not above zero, so a fraction says nothing", "normalise otherwise")
    return raw / np.nanmax(raw) if column.sign > 0 else np.nanmin(raw) / raw


def _to(column: _Column, at: float, says: str) -> Floats:
    """Return the share of the way from the worst city to a mark, cut off at it."""
    least = float(np.nanmin(column.values))
    if at <= least:
        raise column.fault(f"cannot be measured so: {says}", "normalise otherwise")
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
