"""The way to a promised value: a chart of the deciding solution in which the computed number itself stands."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Any

from madang.core.contract import Number, Run
from madang.core.drawing import svg_of
from madang.core.errors import UnitError
from madang.core.figures import ChartFigure, Figure, MapFigure, Rule
from madang.core.language import LANGUAGES, say_number, text
from madang.core.units import factor, say_unit
from madang.plan.verdicts import JudgedClaim
from madang.web.live.models import Drawing

_SIZE = re.compile(r'<svg[^>]*?\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"')
_CLOSE = 1e-9


def way_there(judged: JudgedClaim) -> dict[str, Any] | None:
    """Return the drawn chart (or map) that carries the deciding number, with the target as a rule; None without one."""
    if judged.run is None or judged.number is None or judged.number.value is None:
        return None
    run, number = judged.run, judged.number
    found = next((figure for figure in run.figures if _carries(figure, number)), None)
    shown: Figure | None = _with_target(found, judged) if isinstance(found, ChartFigure) else None
    if shown is None:
        shown = next((figure for figure in run.figures if _maps(figure, number)), None)
    return None if shown is None else _drawn(run, shown)


def _carries(figure: Figure, number: Number) -> bool:
    """Tell whether a line chart has the number among its values."""
    if not isinstance(figure, ChartFigure) or figure.mark not in {"line", "area", "point"} or figure.frame.height < 3:
        return False
    times = _times(number.unit, figure.column(figure.y).unit)
    if times is None or number.value is None or not figure.frame[figure.y].dtype.is_numeric():
        return False
    wanted = number.value * times
    values = figure.frame[figure.y].drop_nulls().to_list()
    return any(abs(value - wanted) <= _CLOSE * max(1.0, abs(wanted)) for value in values)


def _maps(figure: Figure, number: Number) -> bool:
    """Tell whether a map with places rests on all that the number rests on."""
    return isinstance(figure, MapFigure) and figure.frame.height > 0 and set(number.rests_on) <= set(figure.rests_on)


def _with_target(figure: ChartFigure, judged: JudgedClaim) -> ChartFigure:
    """Return the chart with the stated value as a rule."""
    claim, unit = judged.claim, figure.column(figure.y).unit
    times = _times(claim.unit, unit)
    if claim.stated is None or times is None or unit is None:
        return figure
    said = say_number(claim.stated)
    label = text(
        f"발표 {said} {say_unit(claim.unit, 'ko')}".strip(), f"stated {said} {say_unit(claim.unit, 'en')}".strip()
    )
    others = tuple(rule for rule in figure.rules if rule.along == "x")
    return replace(figure, rules=(*others, Rule(value=claim.stated * times, label=label)))


def _times(have: str, want: str | None) -> float | None:
    """Return what a value is multiplied by to stand on the chart's axis; None where it measures something else."""
    try:
        return None if want is None else factor(have, want)
    except UnitError:
        return None


def _drawn(run: Run, figure: Figure) -> dict[str, Any]:
    """Return the figure with its drawings kept and its rows for the table twin."""
    sources, caveats = run.sources_of(figure.rests_on), run.caveats(figure.rests_on)
    drawings = {}
    for code in LANGUAGES:
        svg = svg_of(figure, code, sources=sources, caveats=caveats)
        size = _SIZE.search(svg)
        width, height = (round(float(part)) for part in (size.groups() if size else ("640", "400")))
        key = hashlib.blake2b(svg.encode(), digest_size=12).hexdigest()
        values = {"name": figure.name, "svg": svg, "width": width, "height": height}
        Drawing.objects.get_or_create(key=key, defaults=values)
        drawings[code] = {"key": key, "width": width, "height": height}
    return {
        "name": figure.name,
        "address": f"{run.solution.name}.{figure.name}",
        "title": figure.title.model_dump(),
        "subtitle": figure.subtitle.model_dump() if figure.subtitle else None,
        "drawings": drawings,
        "columns": [
            {
                "name": column.name,
                "title": column.title.model_dump(),
                "unit": column.unit,
                "digits": column.digits,
                "numeric": figure.frame[column.name].dtype.is_numeric(),
            }
            for column in figure.columns
        ],
        "rows": [[cell if cell is None or isinstance(cell, int | float) else str(cell) for cell in row]
                 for row in figure.frame.rows()],
    }  # fmt: skip
