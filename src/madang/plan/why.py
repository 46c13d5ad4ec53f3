"""A number's road walked back: formula, inputs, the facts and tables they were read from, days and sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from madang.core.city import Use
from madang.core.contract import Number, Run
from madang.core.inputs import InputField
from madang.core.language import Text


@dataclass(frozen=True)
class InputStep:
    """One input a number rests on: its value, whether it was changed by hand, and what it was read from."""

    field: InputField
    value: Any
    changed: bool
    uses: tuple[Use, ...]
    linked: str | None = None


@dataclass(frozen=True)
class Why:
    """Everything behind one number."""

    run: Run
    number: Number
    steps: tuple[InputStep, ...]
    caveats: tuple[Text, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the road as JSON-ready values."""
        number = self.number
        return {
            "number": f"{self.run.solution.name}.{number.name}",
            "title": number.title.model_dump(),
            "value": number.value,
            "unit": number.unit,
            "low": number.low,
            "high": number.high,
            "day": _iso(number.day),
            "city": self.run.city.id,
            "asked_on": self.run.day.isoformat(),
            "scenario": self.run.scenario,
            "gap": number.gap.model_dump() if number.gap else None,
            "formula": number.formula.model_dump(),
            "formula_source": number.formula_source,
            "inputs": [_step_json(step) for step in self.steps],
            "caveats": [caveat.model_dump() for caveat in self.caveats],
        }


def explain(run: Run, name: str) -> Why:
    """Return what a number of a run rests on; a wrong name suggests the right one."""
    number = run.number(name)
    steps = tuple(_step(run, field_name) for field_name in number.rests_on)
    return Why(run, number, steps, run.caveats(number.rests_on))


def _step(run: Run, field_name: str) -> InputStep:
    """Return one input with the uses behind it."""
    field = run.solution.inputs.field(field_name)
    link, value = run.linked.get(field_name), getattr(run.inputs, field_name)
    return InputStep(
        field, value, run.changed(field_name), run.uses_of((field_name,)), link.name if link is not None else None
    )


def _step_json(step: InputStep) -> dict[str, Any]:
    """Return one step as JSON-ready values; a table is told by its rows and hash, not copied."""
    value = step.value
    if step.field.kind == "table":
        value = None if value is None else {"table": value.name, "rows": value.frame.height, "sha256": value.sha256}
    elif step.field.kind == "series":
        value = {str(key): part for key, part in value.items()}
    return {
        "input": step.field.name,
        "title": step.field.title.model_dump(),
        "value": list(value) if isinstance(value, tuple) else value,
        "unit": step.field.unit,
        "changed": step.changed,
        "linked": step.linked,
        "facts": [use_json(use) for use in step.uses],
    }


def use_json(use: Use) -> dict[str, Any]:
    """Return a fact or table with its day, status, owner and source as JSON-ready values."""
    return {
        "name": use.name,
        "kind": use.kind,
        "says": use.says.model_dump(),
        "value": list(use.value) if isinstance(use.value, tuple) else use.value,
        "unit": use.unit,
        "since": _iso(use.since),
        "low": use.low,
        "high": use.high,
        "status": use.status,
        "origin": use.origin,
        "owner": use.owner,
        "file": use.file.name,
        "sha256": use.sha256,
        "note": use.note,
        "source": use.source.model_dump(mode="json"),
        "other_sources": [source.model_dump(mode="json") for source in use.other_sources],
    }


def _iso(day: Any) -> str | None:
    """Return a day as YYYY-MM-DD, or None."""
    return None if day is None else day.isoformat()
