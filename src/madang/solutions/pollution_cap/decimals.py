"""Exact decimal rounding, half up, as the rules ask: 2.65 is written 2.7 and never 2.6."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal


def exact(value: float | Decimal) -> Decimal:
    """Return a number as the decimal a person reads: the shortest one that stands for the same float."""
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))


def half_up(value: float | Decimal, decimals: int) -> float:
    """Return a value rounded half up, away from zero, to so many decimals."""
    return float(exact(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def cut(value: float | Decimal, decimals: int) -> float:
    """Return a value with the decimals after those dropped."""
    return float(exact(value).quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN))


def rounds_below(target: float, decimals: int) -> float:
    """Return the bound below which every value, rounded half up, is at most the target: 4.15 for 4.1."""
    step = Decimal(1).scaleb(-decimals)
    return float(exact(target).quantize(step, ROUND_DOWN) + step / 2)


def add_up(values: list[float]) -> float:
    """Return the exact sum of numbers as they are written: a sheet's total is the sum of what its rows show."""
    return float(sum((exact(value) for value in values), Decimal(0)))
