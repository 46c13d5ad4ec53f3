"""Solutions: their cards, their inputs with the city's values, what they gave when they last ran."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localdate
from ninja import Query, Router

from madang import register
from madang.core.contract import Card
from madang.plan.report.data import plain
from madang.web.api.shapes import InputsOut, Problem, SolutionLine, SolutionOut
from madang.web.bench.asking import read_defaults
from madang.web.bench.cards import card_of
from madang.web.live.models import Computed

router = Router(tags=["solutions"])


@router.get("", response=list[SolutionLine])
def solutions(request: HttpRequest) -> list[dict[str, Any]]:
    """List the registered solutions."""
    return [_line(name, card_of(name)) for name in register.NAMES]


@router.get("/{name}", response={200: SolutionOut, 404: Problem})
def solution(request: HttpRequest, name: str) -> dict[str, Any]:
    """Return a solution: card, scenarios, and the numbers it gave when it last ran for the site's city."""
    card = card_of(name)
    kept = Computed.objects.filter(solution=name).first()
    told = _line(name, card) | {"scenarios": {key: one.model_dump() for key, one in card.scenarios.items()}}
    if kept is None:
        return told
    numbers = {
        key: {part: value for part, value in one.items() if part != "inputs"} for key, one in kept.numbers.items()
    }
    return told | {"city": kept.city, "day": kept.day, "numbers": numbers, "figures": list(kept.figures)}


@router.get("/{name}/inputs", response={200: InputsOut, 400: Problem, 404: Problem})
def inputs(
    request: HttpRequest,
    name: str,
    city: str = Query("", pattern=r"^[a-z0-9_-]{0,80}$"),
    day: dt.date | None = None,
) -> dict[str, Any]:
    """Return a solution's inputs for a city on a day: titles, units, bounds, facts, and the city's values."""
    card = card_of(name)
    asked = _within(day)
    read = read_defaults(name, city or card.home, asked)
    fields = [
        {
            "name": field.name,
            "title": field.title.model_dump(),
            "kind": field.kind,
            "unit": field.unit,
            "low": field.low,
            "high": field.high,
            "choices": list(field.choices),
            "group": field.group,
            "help": field.help.model_dump() if field.help else None,
            "required": field.required,
            "facts": list(field.facts),
            "default": _value(getattr(read.inputs, field.name)),
        }
        for field in read.solution.inputs.fields()
    ]
    return {
        "solution": name,
        "city": city or card.home,
        "day": asked,
        "inputs": fields,
        "changes_schema": _json_schema(fields),
    }


def _within(day: dt.date | None) -> dt.date:
    """Return the day asked for, held to those a model can speak of."""
    asked = day or localdate()
    return min(max(asked, dt.date(1900, 1, 1)), dt.date(2200, 12, 31))


def _value(value: Any) -> Any:
    """Return an input's value; a table is told by its rows and hash."""
    if hasattr(value, "frame"):
        return {"table": value.name, "rows": value.frame.height, "sha256": value.sha256}
    return plain(value)


_TYPES: dict[str, dict[str, Any]] = {
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "choice": {"type": "string"},
    "switch": {"type": "boolean"},
    "text": {"type": "string"},
    "series": {"type": "object"},
    "file": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "text": {"type": "string"}},
        "required": ["name", "text"],
    },
    "list": {"type": "array", "items": {"type": "number"}},
}


def _json_schema(fields: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the JSON Schema of the changes that a run of the solution takes."""
    properties = {}
    for field in fields:
        if field["kind"] == "table":
            continue
        made = dict(_TYPES[field["kind"]]) | {"title": field["title"]["en"], "x-unit": field["unit"]}
        if field["kind"] in {"number", "integer"}:
            made |= {
                key: field[end] for key, end in (("minimum", "low"), ("maximum", "high")) if field[end] is not None
            }
        if field["choices"]:
            made["enum"] = field["choices"]
        properties[field["name"]] = made
    schema = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": schema, "type": "object", "properties": properties, "additionalProperties": True}


def _line(name: str, card: Card) -> dict[str, Any]:
    """Return what the list says of a solution."""
    return {
        "name": name,
        **card.model_dump(
            include={"title", "summary", "theme", "office", "home", "since", "checked_on", "next_review"}
        ),
        "links": {
            "self": f"/api/solutions/{name}",
            "inputs": f"/api/solutions/{name}/inputs",
            "facts": f"/api/facts?solution={name}",
            "page": f"/en/bench/{name}/",
        },
    }
