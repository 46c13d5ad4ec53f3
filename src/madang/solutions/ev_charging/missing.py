"""What a city still has to bring before anybody's walk can be measured, with the command that brings it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from madang.core.contract import Number
from madang.core.language import Text, text
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.siting_numbers import NO_STREETS

_WORDS = {"streets": "거리", "demand": "수요", "sites": "자리"}


def to_bring(inputs: EvChargingInputs) -> Text:
    """Return what is missing of streets, demand and sites; all three come from one extract."""
    absent = {
        "streets": inputs.street_nodes is None or inputs.street_edges is None,
        "demand": inputs.demand is None,
        "sites": inputs.sites is None,
    }
    names = [name for name, is_absent in absent.items() if is_absent]
    if len(names) == len(absent):
        return NO_STREETS
    ko, en = ", ".join(_WORDS[name] for name in names), " and no ".join(names)
    return text(
        f"아직 없는 것: {ko}. {', '.join(f'madang import {name} 파일 --city 도시' for name in names)}",
        f"there are no {en} yet: {', '.join(f'madang import {name} FILE --city CITY' for name in names)}",
    )


def named(numbers: Iterable[Number], inputs: EvChargingInputs) -> Iterator[Number]:
    """Yield numbers, those unknown for want of streets with just what is missing."""
    missing = to_bring(inputs)
    for one in numbers:
        yield replace(one, gap=missing) if one.gap == NO_STREETS else one
