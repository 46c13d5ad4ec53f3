"""The named numbers of a result: value, day, what they rest on, and why one is unknown.

What they are called and how they are made is said in numbers.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from madang.core.contract import Number
from madang.core.language import Text, text
from madang.core.sayings import sayings_in

NO_COUNT = text(
    "이 도시는 그날까지의 충전기 수를 주지 않았습니다. ev_charging.toml에 chargers_installed, chargers_fast, "
    "chargers_slow를 적으십시오.",
    "the city gives no count of chargers on or before that day: write chargers_installed, chargers_fast and "
    "chargers_slow into its ev_charging.toml",
)
NO_REGISTER = text(
    "이 도시는 그날까지의 자치구 기록을 주지 않았습니다. ev_charging.toml에 district_people, district_vehicles, "
    "district_chargers 표를 적으십시오.",
    "the city gives no register by district on or before that day: name the tables district_people, "
    "district_vehicles and district_chargers in its ev_charging.toml",
)
NO_PROMISE = text(
    "이 도시가 충전기를 얼마나 약속했는지 모릅니다. ev_charging.toml에 chargers_promised_fast와 "
    "chargers_promised_slow를 적으십시오.",
    "what the city promised is not known: write chargers_promised_fast and chargers_promised_slow into its "
    "ev_charging.toml",
)
NO_CLAIM = text(
    "몇 대를 감당한다고 했는지 모릅니다. ev_charging.toml에 vehicles_claimed를 적으십시오.",
    "how many vehicles the chargers were said to hold is not known: write vehicles_claimed into ev_charging.toml",
)
NOTHING_PROMISED = text("약속이 0입니다.", "nothing was promised")


def number(
    name: str,
    value: float | None,
    rests_on: Iterable[str],
    gap: Text = NO_COUNT,
    *,
    day: date | None = None,
    demand: str = "person",
) -> Number:
    """Return a number; ``gap`` is kept only where the value is unknown, ``demand`` is what the demand counts.

    The unit "demand" of numbers.toml stands for what the demand counts.
    """
    said = sayings_in(Path(__file__).parent)[name]
    return said.number(name, value, rests_on, gap, day, demand if said.unit == "demand" else None)


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
