"""The named numbers of a result: value, unit, formula, what they rest on, and why one is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from madang.core.contract import Number
from madang.core.language import Text, text

NO_COUNT = text(
    "이 도시는 그날까지의 충전기 수를 주지 않았습니다.", "the city gives no count of chargers on or before that day"
)
NO_REGISTER = text(
    "이 도시는 그날까지의 자치구 기록을 주지 않았습니다.",
    "the city gives no register by district on or before that day",
)


def number(
    name: str,
    value: float | None,
    unit: str,
    title: tuple[str, str],
    formula: tuple[str, str],
    rests_on: Iterable[str],
    *,
    gap: Text = NO_COUNT,
    day: date | None = None,
    digits: int | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Number:
    """Return a number; ``gap`` is kept only where the value is unknown."""
    return Number(
        name=name,
        title=text(*title),
        value=value,
        unit=unit,
        rests_on=tuple(rests_on),
        formula=text(*formula),
        day=day,
        digits=digits,
        low=low,
        high=high,
        gap=gap if value is None else None,
    )


def by_name(numbers: Iterable[Number]) -> Mapping[str, Number]:
    """Return numbers by their names."""
    return {one.name: one for one in numbers}


def ratio(above: float | None, below: float | None) -> float | None:
    """Return a quotient; unknown where either part is, or where there is nothing to divide by."""
    return None if above is None or not below else above / below
