"""Published yearly values against the targets: how much better they are, and which rounding a stated percent is."""

from __future__ import annotations

from dataclasses import dataclass

from madang.solutions.pollution_cap.decimals import cut, exact, half_up


@dataclass(frozen=True)
class Better:
    """By how many percent a value lies below its target, and how a stated whole percent follows from it.

    low, high: between which the percent may lie when the value is itself rounded. stated_is: "rounded", "cut",
    "both", "within" (only an unrounded value behind the published one gives it), "neither", or None unstated.
    """

    percent: float
    rounded: float
    truncated: float
    low: float
    high: float
    stated_is: str | None


def better(value: float, target: float, decimals: int, stated: float | None) -> Better:
    """Return by how much a published value beats its target, and what the stated percent is."""
    percent = _below(value, target)
    step = float(exact(10.0**-decimals) / 2)
    low, high = _below(value + step, target), _below(value - step, target)
    rounded, truncated = half_up(percent, 0), cut(percent, 0)
    return Better(percent, rounded, truncated, low, high, _origin(stated, rounded, truncated, low, high))


def _below(value: float, target: float) -> float:
    """Return how many percent a value lies below a target."""
    return float((1 - exact(value) / exact(target)) * 100)


def _origin(stated: float | None, rounded: float, truncated: float, low: float, high: float) -> str | None:
    """Return which rounding gives the stated percent."""
    if stated is None:
        return None
    if stated == rounded == truncated:
        return "both"
    if stated in {rounded, truncated}:
        return "rounded" if stated == rounded else "cut"
    return "within" if half_up(low, 0) <= stated <= half_up(high, 0) else "neither"
