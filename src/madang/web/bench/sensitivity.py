"""Which input matters most: each one moved alone, down and up, with all others left where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from madang.core.city import Use
from madang.core.contract import Run as Performed
from madang.core.errors import MadangError
from madang.core.inputs import InputField, Inputs
from madang.core.progress import Progress, part_of, silent

#: By how much an input is moved where nobody states its range.
SHARE = 0.1


def sensitivity(performed: Performed, progress: Progress = silent) -> dict[str, Any]:
    """Return for each input that can be moved what every number becomes at its low and at its high end.

    A number is moved to the range its fact states, or by 10 per cent each way, within its bounds; a series is moved
    as a whole. Switches, choices, texts and tables stay. An end that the model refuses is told as unknown.
    """
    cards = [
        card for card in performed.solution.inputs.fields() if _can_move(card, getattr(performed.inputs, card.name))
    ]
    moved = []
    for place, card in enumerate(cards):
        part = part_of(progress, place / len(cards), (place + 1) / len(cards))
        part(0.0, f"{card.title.ko} · {card.title.en}")
        ends = _ends(card, getattr(performed.inputs, card.name), performed.uses)
        results = [_numbers(performed, performed.inputs, card.name, end) for end in ends[:2]]
        if results[0] is None and results[1] is None:
            continue
        moved.append(
            {
                "input": card.name,
                "title": card.title.model_dump(),
                "unit": card.unit,
                "from": None if isinstance(ends[0], Mapping) else ends[0],
                "to": None if isinstance(ends[1], Mapping) else ends[1],
                "range": ends[2],
                "low": results[0],
                "high": results[1],
            }
        )
    progress(1.0, "done")
    base = {name: number.value for name, number in performed.result.numbers.items()}
    return {"share": SHARE, "base": base, "moved": [_without_unmoved(one, base) for one in moved]}


def _can_move(card: InputField, value: Any) -> bool:
    """Tell whether an input is a quantity: a count of draws, a seed or a year is a way of counting, not one."""
    if card.unit in {"year", "1"} and card.kind == "integer":
        return False
    if card.kind in {"number", "integer"}:
        return isinstance(value, int | float) and not isinstance(value, bool) and value != 0
    return card.kind == "series" and card.unit != "year" and bool(value) and bool(card.facts)


def _ends(card: InputField, value: Any, uses: Mapping[str, Use]) -> tuple[Any, Any, str]:
    """Return the low and the high end of an input, and whether its fact states them."""
    use = uses.get(card.facts[0]) if card.facts else None
    if (
        use is not None
        and card.kind == "number"
        and use.low is not None
        and use.high is not None
        and use.value == value
    ):
        return _bounded(use.low, card), _bounded(use.high, card), "stated"
    return _scaled(value, 1 - SHARE, card), _scaled(value, 1 + SHARE, card), "share"


def _scaled(value: Any, times: float, card: InputField) -> Any:
    """Return a value, or each value of a series, times a factor, within the bounds."""
    if isinstance(value, Mapping):
        return {key: _scaled(part, times, card) for key, part in value.items()}
    scaled = _bounded(value * times, card)
    return round(scaled) if card.kind == "integer" else scaled


def _bounded(value: float, card: InputField) -> float:
    """Return a value within the input's bounds."""
    low = value if card.low is None else max(value, card.low)
    return low if card.high is None else min(low, card.high)


def _numbers(performed: Performed, inputs: Inputs, name: str, value: Any) -> dict[str, float | None] | None:
    """Return every number with one input moved; None where the model refuses it."""
    try:
        result = performed.solution.run(inputs.with_set({name: value}), silent)
    except MadangError:
        return None
    return {key: number.value for key, number in result.numbers.items()}


def _without_unmoved(moved: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """Return a moved input with only the numbers that it moved."""

    def differing(found: dict[str, float | None] | None) -> dict[str, float | None] | None:
        return None if found is None else {key: value for key, value in found.items() if value != base.get(key)}

    return {**moved, "low": differing(moved["low"]), "high": differing(moved["high"])}


def ranked(kept: dict[str, Any], number: str) -> list[dict[str, Any]]:
    """Return the inputs that move a number, the one that moves it furthest first."""
    base = kept["base"].get(number)
    if base is None:
        return []
    rows = []
    for moved in kept["moved"]:
        low, high = ((moved[end] or {}).get(number, base) for end in ("low", "high"))
        if low is None or high is None or (low == base and high == base):
            continue
        rows.append({**moved, "low": low, "high": high, "span": max(low, high, base) - min(low, high, base)})
    return sorted(rows, key=lambda row: -row["span"])
