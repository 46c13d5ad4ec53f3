"""A run as plain data: what the JSON, the CSV, the API and the bundle all write. Strict JSON, no NaN."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from typing import Any

from madang.core.contract import Number, Run
from madang.core.figures import Figure
from madang.core.given_files import GivenFile
from madang.core.language import LANGUAGES, Text
from madang.core.sources import Source
from madang.plan.why import use_json

NUMBER_COLUMNS = (
    "solution", "city", "asked_on", "scenario", "name", "title_ko", "title_en", "value", "unit", "day", "low", "high",
    "gap", "caveats", "sources",
)  # fmt: skip


def plain(value: Any) -> Any:
    """Return a value as strict JSON holds it: days as text, what is not finite as null."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, GivenFile):
        return value.told()
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        return plain(value.item())
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def to_json(content: Any) -> str:
    """Return content as strict, readable JSON text with a line end."""
    return json.dumps(plain(content), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def run_json(run: Run) -> dict[str, Any]:
    """Return a run as JSON-ready values: numbers, figures, inputs, and what of it is a default, weak or unknown."""
    inputs = tuple(run.solution.inputs.model_fields)
    made = {
        "solution": run.solution.name,
        "title": run.solution.card.title.model_dump(),
        "city": run.city.id,
        "day": run.day,
        "scenario": run.scenario,
        "changed": dict(run.changes),
        "numbers": {name: number_json(run, number) for name, number in run.result.numbers.items()},
        "figures": [figure_json(run, figure) for figure in run.figures],
        "defaults": [use_json(use) for use in run.defaults()],
        "caveats": [caveat.model_dump() for caveat in run.caveats()],
        "inputs": inputs_json(run),
        "diagnostics": dict(run.result.diagnostics),
        "sources": [source.model_dump(mode="json") for source in run.sources_of(inputs)],
    }
    return dict(plain(made))


def number_json(run: Run, number: Number) -> dict[str, Any]:
    """Return one number with its unit, day, range, and what a reader must know of it."""
    return {
        "value": number.value,
        "unit": number.unit,
        "title": number.title.model_dump(),
        "day": number.day,
        "low": number.low,
        "high": number.high,
        "gap": number.gap.model_dump() if number.gap else None,
        "caveats": [caveat.model_dump() for caveat in run.caveats(number.rests_on)],
        "rests_on": list(number.rests_on),
        "formula": number.formula.model_dump(),
    }


def figure_json(run: Run, figure: Figure) -> dict[str, Any]:
    """Return one figure's data with the titles and units of its columns."""
    return {
        "name": figure.name,
        "title": figure.title.model_dump(),
        "subtitle": figure.subtitle.model_dump() if figure.subtitle else None,
        "columns": [{"name": c.name, "title": c.title.model_dump(), "unit": c.unit} for c in figure.columns],
        "rows": [list(row) for row in figure.frame.rows()],
        "notes": [note.model_dump() for note in figure.notes],
        "caveats": [caveat.model_dump() for caveat in run.caveats(figure.rests_on)],
        "sources": [source.cite() for source in run.sources_of(figure.rests_on)],
    }


def inputs_json(run: Run) -> dict[str, Any]:
    """Return the inputs with title and unit; a table is told by its rows and hash, not copied."""
    made = {}
    for field in run.solution.inputs.fields():
        value = getattr(run.inputs, field.name)
        if field.kind == "table" and value is not None:
            value = {"table": value.name, "rows": value.frame.height, "sha256": value.sha256}
        made[field.name] = {
            "value": value,
            "unit": field.unit,
            "title": field.title.model_dump(),
            "changed": run.changed(field.name),
            "facts": list(field.facts),
        }
    return made


def number_rows(run: Run) -> list[dict[str, Any]]:
    """Return one row for each number, with the columns of ``NUMBER_COLUMNS``."""
    rows = []
    for name, number in run.result.numbers.items():
        values = (
            run.solution.name, run.city.id, run.day, run.scenario, name, number.title.ko, number.title.en, number.value,
            number.unit, number.day, number.low, number.high, both(number.gap) if number.gap else None,
            " | ".join(both(caveat) for caveat in run.caveats(number.rests_on)),
            " | ".join(source.cite() for source in run.sources_of(number.rests_on)),
        )  # fmt: skip
        rows.append(dict(zip(NUMBER_COLUMNS, (plain(value) for value in values), strict=True)))
    return rows


def to_csv(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> str:
    """Return rows as CSV text; an unknown value is an empty cell."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return out.getvalue()


def both(words: Text) -> str:
    """Return a text in both languages, for a file that has no language."""
    return " / ".join(words.to(language) for language in LANGUAGES)


def sources_of_run(run: Run) -> tuple[Source, ...]:
    """Return every source behind a run, each once."""
    found = (source for use in run.uses.values() for source in (use.source, *use.other_sources))
    return tuple(dict.fromkeys(found))


def _cell(value: Any) -> Any:
    """Return a value for a cell: floats with every digit they need, lists and series as JSON."""
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
