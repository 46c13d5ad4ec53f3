"""The named numbers of a result: value, day, what they rest on, and why one is unknown.

What they are called and how they are made is said in numbers.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

from madang.core.contract import Number
from madang.core.documents import read_document
from madang.core.language import Text, text

NO_COUNT = text(
    "이 도시는 그날까지의 충전기 수를 주지 않았습니다.", "the city gives no count of chargers on or before that day"
)
NO_REGISTER = text(
    "이 도시는 그날까지의 자치구 기록을 주지 않았습니다.",
    "the city gives no register by district on or before that day",
)
NOTHING_PROMISED = text("약속이 0입니다.", "nothing was promised")


class Saying(BaseModel):
    """What numbers.toml says of one number; the unit "demand" stands for what the demand counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    formula: Text
    unit: str
    digits: int | None = None


class Sayings(RootModel[dict[str, Saying]]):
    """The shape of numbers.toml."""


@cache
def sayings() -> Mapping[str, Saying]:
    """Return what is said of every number, by name."""
    return read_document(Path(__file__).with_name("numbers.toml"), Sayings).root


def number(
    name: str,
    value: float | None,
    rests_on: Iterable[str],
    gap: Text = NO_COUNT,
    *,
    day: date | None = None,
    demand: str = "person",
) -> Number:
    """Return a number; ``gap`` is kept only where the value is unknown, ``demand`` is what the demand counts."""
    said = sayings()[name]
    return Number(
        name=name,
        title=said.title,
        value=value,
        unit=demand if said.unit == "demand" else said.unit,
        rests_on=tuple(dict.fromkeys(rests_on)),
        formula=said.formula,
        day=day,
        digits=said.digits,
        gap=gap if value is None else None,
    )


def by_name(numbers: Iterable[Number]) -> Mapping[str, Number]:
    """Return numbers by their names."""
    return {one.name: one for one in numbers}


def ratio(above: float | None, below: float | None) -> float | None:
    """Return a quotient; unknown where either part is, or where there is nothing to divide by."""
    return None if above is None or not below else above / below


def percent(part: float | None, whole: float | None) -> float | None:
    """Return a part in percent of the whole; unknown as ``ratio`` is."""
    share = ratio(part, whole)
    return None if share is None else share * 100.0
