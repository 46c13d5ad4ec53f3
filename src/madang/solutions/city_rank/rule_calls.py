"""Pure rules that cases may call: an implied rate, a missing part, and how far two lists agree."""

from __future__ import annotations

from typing import Any

from madang.core.errors import Both, UsageError
from madang.methods.composite_index import Printed, distance, quotient
from madang.methods.composite_index import missing_part as part_of_total


def implied_rate(above: str, below: str) -> dict[str, float]:
    """Return the ratio that two printed values imply, as printed, with the ends that rounding leaves."""
    one, other = _printed(above), _printed(below)
    between = quotient(one, other)
    return {"value": one.value / other.value, "low": between.low, "high": between.high}


def missing_part(
    name: str, parts: dict[str, str], weights: dict[str, float], total: str, scale: list[float]
) -> dict[str, Any]:
    """Return where a part that was not printed must lie; values are given as printed, the missing one as ""."""
    known = {key: None if said == "" else _printed(said) for key, said in parts.items()}
    if len(scale) != 2:
        raise UsageError(
            Both(f"점수 범위가 아닙니다: {scale}", f"{scale} is no scale"),
            todo=Both("[낮은 끝, 높은 끝]을 주십시오", "give [low, high]"),
        )
    inside = part_of_total(name, known, weights, _printed(total) if total else None, (scale[0], scale[1]))
    return {"low": inside.low, "high": inside.high, "contradicts": inside.empty}


def same_order(one: dict[str, int], other: dict[str, int]) -> dict[str, Any]:
    """Return how far two lists of ranks lie apart, of different length and with ties."""
    found = distance(one, other)
    return {"common": found.common, "kendall": found.kendall, "fagin": found.fagin, "share": found.share}


def _printed(said: str) -> Printed:
    """Return a value as printed: its decimals are those written."""
    try:
        return Printed(float(said), len(said.partition(".")[2]))
    except ValueError as error:
        raise UsageError(
            Both(f"수가 아닙니다: {said!r}", f"{said!r} is not a number"),
            todo=Both('"47.2"처럼 적힌 그대로 쓰십시오', 'write it as printed, such as "47.2"'),
        ) from error
