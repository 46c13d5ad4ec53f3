"""Missing values: who has enough to be ranked, and what may stand in for a gap. What was filled is always told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from madang.core.errors import Both, DataError
from madang.methods.composite_index.tree import Bools, Floats

#: Ways that look at the other cities; "leave_out" fills nothing.
ACROSS = ("leave_out", "mean", "median")
#: Ways that look at the other years of the same city.
ALONG = ("carry_forward", "linear")
NAMES = (*ACROSS, *ALONG)


def coverage(values: Floats) -> Floats:
    """Return the share of the indicators (last axis) that each city has."""
    return np.asarray((~np.isnan(values)).mean(axis=-1))


def enough(values: Floats, share_min: float) -> Bools:
    """Tell which cities have at least this share of the indicators, and one at all."""
    shares = coverage(values)
    return (shares >= share_min - 1e-12) & (shares > 0)


def fill_across(values: Floats, kind: str, groups: Sequence[object] | None = None) -> Floats:
    """Return (cities x indicators) with gaps filled by the mean or median of the city's group, or of all cities.

    Where a group has no value of an indicator at all, that of all cities stands in.

    Raises:
        DataError: nobody has a value of an indicator.
    """
    empty = np.flatnonzero(np.isnan(values).all(axis=0))
    if len(empty):
        raise DataError(
            Both(
                f"{int(empty[0]) + 1}번째 열에 값이 있는 도시가 없습니다",
                f"no city has a value in column {int(empty[0]) + 1}",
            ),
            todo=Both("그 지표를 빼십시오", "leave that indicator out"),
        )
    if kind == "leave_out":
        return values.copy()
    middle = np.nanmean if kind == "mean" else np.nanmedian
    made = values.copy()
    labels = np.array([str(one) for one in groups]) if groups is not None else np.full(len(values), "")
    for label in dict.fromkeys(labels.tolist()):
        rows = np.flatnonzero(labels == label)
        known = ~np.isnan(values[rows]).all(axis=0)
        part = values[rows]
        part[:, known] = np.where(np.isnan(part[:, known]), middle(part[:, known], axis=0), part[:, known])
        made[rows] = part
    return np.where(np.isnan(made), middle(values, axis=0), made)


def fill_along(values: Floats, periods: npt.ArrayLike, kind: str) -> Floats:
    """Return (periods x cities x indicators) with gaps filled from the same city's other periods.

    ``carry_forward`` takes the last value before; ``linear`` the straight line between the values before and after.
    Gaps before the first value, and for ``linear`` after the last, stay.
    """
    at = np.asarray(periods, float)
    made = values.copy()
    for place in np.ndindex(values.shape[1:]):
        line = values[(slice(None), *place)]
        known = np.flatnonzero(~np.isnan(line))
        if len(known) == 0:
            continue
        if kind == "linear":
            filled = np.interp(at, at[known], line[known], left=np.nan, right=np.nan)
        else:
            last = np.searchsorted(known, np.arange(len(line)), "right") - 1
            filled = np.where(last >= 0, line[known[np.maximum(last, 0)]], np.nan)
        made[(slice(None), *place)] = np.where(np.isnan(line), filled, line)
    return made
