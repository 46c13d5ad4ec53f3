"""A run turned into what is kept of it, and a kept figure turned back into one that can be drawn."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, get_type_hints

import numpy as np
import polars as pl
from django.db import transaction
from django.utils.timezone import now
from pydantic import TypeAdapter

from madang.core.contract import Run as Performed
from madang.core.drawing import can_draw, live_figure, svg_of
from madang.core.figures import ChartFigure, Figure, MapFigure, Reach, TableFigure
from madang.core.inputs import Inputs
from madang.core.language import Language, Text
from madang.core.sources import Source
from madang.plan.report.data import NUMBER_COLUMNS, inputs_json, number_rows, plain, sources_of_run, to_csv
from madang.plan.why import explain, use_json
from madang.web.bench.models import Run, RunFigure

_KINDS: dict[str, type[Figure]] = {"table": TableFigure, "chart": ChartFigure, "map": MapFigure}
#: What is kept as columns of numbers, not as JSON.
_NUMERIC = ("frame", "reach")
#: Each other part of a figure, as its declaration says it is made.
_PARTS: dict[str, dict[str, TypeAdapter[Any]]] = {
    kind: {part: TypeAdapter(hint) for part, hint in get_type_hints(made).items() if part not in _NUMERIC}
    for kind, made in _KINDS.items()
}
_SOURCES, _TEXTS = TypeAdapter(tuple[Source, ...]), TypeAdapter(tuple[Text, ...])


@transaction.atomic
def keep(run: Run, performed: Performed, defaults: Inputs, seconds: float) -> None:
    """Keep all that pages show of a run."""
    run.result = plain(result_json(performed, defaults))
    run.numbers_csv = to_csv(number_rows(performed), NUMBER_COLUMNS)
    run.seconds, run.done_at = seconds, now()
    run.save()
    run.figures.all().delete()
    RunFigure.objects.bulk_create(
        [_kept_figure(run, place, performed, figure) for place, figure in enumerate(performed.figures)]
    )


def result_json(performed: Performed, defaults: Inputs) -> dict[str, Any]:
    """Return a run as JSON-ready values; each input's road is told once, and numbers name the inputs they rest on."""
    numbers, steps = {}, {}
    for name, number in performed.result.numbers.items():
        card = explain(performed, name).as_json()
        for step in card.pop("inputs"):
            steps[step["input"]] = step
        card["rests_on"] = list(number.rests_on)
        card["digits"] = number.digits
        numbers[name] = card
    return {
        "title": performed.solution.card.title.model_dump(),
        "city": performed.city.id,
        "city_name": performed.city.name.model_dump(),
        "scenario_title": _scenario_title(performed),
        "numbers": numbers,
        "steps": steps,
        "inputs": inputs_json(performed),
        "changed": changed_json(performed, defaults),
        "caveats": [caveat.model_dump() for caveat in performed.caveats()],
        "defaults": [use_json(use) for use in performed.defaults()],
        "sources": [source.model_dump(mode="json") for source in sources_of_run(performed)],
        "diagnostics": dict(performed.result.diagnostics),
    }


def changed_json(performed: Performed, defaults: Inputs) -> list[dict[str, Any]]:
    """Return what differs from the city's own inputs: title, unit, value before and now, by scenario or by hand."""
    by_scenario = performed.solution.scenario(performed.scenario).set if performed.scenario else {}
    told = []
    for path, value in performed.changes.items():
        name, _, key = path.partition(".")
        card = performed.solution.inputs.field(name)
        told.append(
            {
                "path": path,
                "title": card.title.model_dump(),
                "key": key,
                "unit": card.unit,
                "before": _at(getattr(defaults, name), key),
                "now": _at(getattr(performed.inputs, name), key),
                "by": "scenario" if path in by_scenario and by_scenario[path] == value else "hand",
            }
        )
    return told


def _at(value: Any, path: str) -> Any:
    """Return a value, or the part of a series that a path names; None where the series has none there."""
    if not path:
        return None if hasattr(value, "frame") else value
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = next((held for key, held in value.items() if str(key) == part), None)
    return value


def _scenario_title(performed: Performed) -> dict[str, str] | None:
    """Return the scenario's title, where the run has one."""
    if performed.scenario is None:
        return None
    return performed.solution.scenario(performed.scenario).title.model_dump()


def _kept_figure(run: Run, place: int, performed: Performed, figure: Figure) -> RunFigure:
    """Return a figure as it is kept."""
    kind = next(kind for kind, made in _KINDS.items() if type(figure) is made)
    out = io.BytesIO()
    figure.frame.write_parquet(out)
    card = {
        "figure": {part: form.dump_python(getattr(figure, part), mode="json") for part, form in _PARTS[kind].items()},
        "sources": _SOURCES.dump_python(performed.sources_of(figure.rests_on), mode="json"),
        "caveats": _TEXTS.dump_python(performed.caveats(figure.rests_on), mode="json"),
        "numeric": [dtype.is_numeric() for dtype in figure.frame.dtypes],
        "drawn": can_draw(figure),
        "board": isinstance(figure, MapFigure) and figure.reach is not None,
    }
    return RunFigure(
        run=run, place=place, name=figure.name, kind=kind, card=card, rows=figure.frame.height, parquet=out.getvalue(),
        reach=_packed(figure.reach) if isinstance(figure, MapFigure) and figure.reach else None,
    )  # fmt: skip


def _packed(reach: Reach) -> bytes:
    """Return a reach as one file of arrays."""
    out = io.BytesIO()
    np.savez_compressed(out, **vars(reach))
    return out.getvalue()


def reach_of(kept: RunFigure) -> Reach | None:
    """Return whom each mark of a kept map reaches, where its marks can be opened and closed."""
    if kept.reach is None:
        return None
    with np.load(io.BytesIO(bytes(kept.reach)), allow_pickle=False) as arrays:
        parts: dict[str, Any] = {name: arrays[name] for name in arrays.files}
    return Reach(**(parts | {"unit": str(parts["unit"])}))


def frame_of(kept: RunFigure) -> pl.DataFrame:
    """Return a kept figure's rows."""
    return pl.read_parquet(io.BytesIO(bytes(kept.parquet)))


def figure_of(kept: RunFigure) -> Figure:
    """Return a kept figure as the solution gave it."""
    parts = {part: form.validate_python(kept.card["figure"][part]) for part, form in _PARTS[kept.kind].items()}
    return _KINDS[kept.kind](frame=frame_of(kept), **parts)


def drawing_of(kept: RunFigure, code: Language) -> str:
    """Return a kept figure's SVG in a language, drawn when it is first looked at."""
    if code not in kept.drawings:
        sources = _SOURCES.validate_python(kept.card["sources"])
        caveats = _TEXTS.validate_python(kept.card["caveats"])
        kept.drawings[code] = svg_of(figure_of(kept), code, sources=sources, caveats=caveats)
        RunFigure.objects.filter(pk=kept.pk).update(drawings=kept.drawings)
    return str(kept.drawings[code])


def live_of(kept: RunFigure, code: Language) -> dict[str, Any]:
    """Return what a page needs to let readers point at a kept figure's marks."""
    sources = _SOURCES.validate_python(kept.card["sources"])
    caveats = _TEXTS.validate_python(kept.card["caveats"])
    return live_figure(figure_of(kept), code, sources=sources, caveats=caveats)
