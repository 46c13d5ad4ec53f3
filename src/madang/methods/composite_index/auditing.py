"""Checking somebody else's totals from rounded parts, and what a part that was not printed can be: an interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from madang.core.errors import Both, DataError, UnknownName


@dataclass(frozen=True)
class Printed:
    """A printed value: somewhere within half a unit of its last decimal."""

    value: float
    decimals: int = 0

    @property
    def ends(self) -> tuple[float, float]:
        """Return least and greatest value that are printed so."""
        half = 0.5 * 10.0 ** (-self.decimals)
        return self.value - half, self.value + half


@dataclass(frozen=True)
class Interval:
    """All that is known of a value: it lies from ``low`` to ``high``; where nothing fits, ``low`` is above ``high``."""

    low: float
    high: float

    @property
    def empty(self) -> bool:
        """Tell whether nothing fits what was printed."""
        return self.low > self.high + 1e-12

    def holds(self, value: float) -> bool:
        """Tell whether a value lies in it."""
        return self.low - 1e-9 <= value <= self.high + 1e-9

    def meets(self, other: Interval) -> bool:
        """Tell whether the two have a value in common."""
        return self.low <= other.high + 1e-9 and other.low <= self.high + 1e-9


def total_of(parts: Mapping[str, Printed | None], weights: Mapping[str, float], scale: tuple[float, float]) -> Interval:
    """Return where the weighted mean of parts lies; a part that was not printed may be anything on the scale.

    Raises:
        UnknownName: a part without a weight.
        DataError: no part weighs anything, or one is printed beyond the scale.
    """
    whole = _whole(parts, weights)
    ends = [scale if part is None else _within(name, part, scale) for name, part in parts.items()]
    shares = [weights[name] / whole for name in parts]
    return Interval(
        sum(share * low for share, (low, _) in zip(shares, ends, strict=True)),
        sum(share * high for share, (_, high) in zip(shares, ends, strict=True)),
    )


def missing_part(
    name: str,
    parts: Mapping[str, Printed | None],
    weights: Mapping[str, float],
    total: Printed | None,
    scale: tuple[float, float],
) -> Interval:
    """Return where one part must lie, given the printed total and all other parts; never a single number.

    Without a total it may be anything on the scale. An empty interval says that the printed numbers contradict each
    other.

    Raises:
        DataError: another part is missing too, one is printed beyond the scale, or the part weighs nothing.
        UnknownName: no such part.
    """
    if name not in parts:
        raise UnknownName(Both("부분", "part"), name, parts)
    others = {key: part for key, part in parts.items() if key != name}
    lacking = [key for key, part in others.items() if part is None]
    if total is None:
        return Interval(*scale)
    if lacking:
        says = Both(
            f"{name!r} 말고도 빠진 부분이 있습니다: {', '.join(lacking)}",
            f"besides {name!r}, {', '.join(lacking)} is missing too",
        )
        raise DataError(says, todo=Both("하나를 뺀 모든 부분을 주십시오", "give all parts but one"))
    whole, own = _whole(parts, weights), weights[name]
    if own <= 0:
        raise DataError(
            Both(
                f"{name!r}의 가중치가 0이어서 총점으로는 알 수 없습니다",
                f"{name!r} weighs nothing, so the total says nothing about it",
            ),
            todo=Both("가중치를 주십시오", "give its weight"),
        )
    low, high = total.ends
    known = [(weights[key], _within(key, part, scale)) for key, part in others.items() if part is not None]
    least = (low * whole - sum(weight * ends[1] for weight, ends in known)) / own
    most = (high * whole - sum(weight * ends[0] for weight, ends in known)) / own
    return Interval(max(least, scale[0]), min(most, scale[1]))


def quotient(above: Printed, below: Printed) -> Interval:
    """Return where the ratio of two printed values lies.

    Raises:
        DataError: the divisor may be zero.
    """
    (low, high), (least, most) = above.ends, below.ends
    if least <= 0:
        raise DataError(
            Both("비를 구하려면 나누는 수가 0보다 커야 합니다", "a ratio needs a divisor above zero"),
            todo=Both("소수점 아래를 더 자세히 주십시오", "give it with more decimals"),
        )
    return Interval(low / most, high / least)


def _within(name: str, part: Printed, scale: tuple[float, float]) -> tuple[float, float]:
    """Return a part's ends held to the scale: nothing printed can have been beyond it."""
    low, high = max(part.ends[0], scale[0]), min(part.ends[1], scale[1])
    if low > high:
        says = Both(
            f"{name!r}에 적힌 값 {part.value:g}: 점수 범위 {scale[0]:g}–{scale[1]:g} 밖에 있습니다",
            f"{name!r} is printed as {part.value:g}, beyond the scale of {scale[0]:g} to {scale[1]:g}",
        )
        raise DataError(says, todo=Both("값이나 점수 범위를 고치십시오", "correct the value, or the scale"))
    return low, high


def _whole(parts: Mapping[str, Printed | None], weights: Mapping[str, float]) -> float:
    """Return the sum of the parts' weights."""
    for name in parts:
        if name not in weights:
            raise UnknownName(Both("가중치", "weight"), name, weights)
    whole = sum(weights[name] for name in parts)
    if whole <= 0:
        raise DataError(
            Both("가중치를 모두 더해도 0입니다", "the weights add to nothing"),
            todo=Both("적어도 한 부분에 가중치를 주십시오", "give at least one part weight"),
        )
    return whole
