"""The way to a promised value: a chart of the deciding solution in which the computed number itself stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from madang.core.contract import Number, Run
from madang.core.errors import UnitError, UnknownName
from madang.core.figures import ChartFigure, Figure, MapFigure, Rule
from madang.core.language import say_number, text
from madang.core.units import factor, say_unit
from madang.plan.verdicts import JudgedClaim
from madang.web.live.computing import figure_card

_CLOSE = 1e-9


def way_there(judged: JudgedClaim) -> dict[str, Any] | None:
    """Return the drawn chart that carries the deciding number, with the target as a rule; None without one."""
    run, number = judged.run, judged.number
    if run is None or number is None or number.value is None:
        return None
    found = next((figure for figure in run.figures if _carries(figure, number)), None)
    return _drawn(run, _with_target(found, judged)) if isinstance(found, ChartFigure) else None


def places_there(judged: JudgedClaim, named: str | None = None) -> dict[str, Any] | None:
    """Return the drawn map, district by district, of what the deciding number rests on, or the one named; or None.

    It stands there where the number itself cannot be known, too: a map of made-up values says so in its title.

    Raises:
        UnknownName: the solution draws no map of the name given.
    """
    run, number = judged.run, judged.number
    if run is None:
        return None
    if named is not None:
        return _drawn(run, _called(run, named))
    if number is None or not number.rests_on:
        return None
    found = next((figure for figure in run.figures if _maps(figure, number)), None)
    return None if found is None else _drawn(run, found)


def _called(run: Run, named: str) -> Figure:
    """Return the map of a name."""
    maps = {figure.name: figure for figure in run.figures if isinstance(figure, MapFigure)}
    if named not in maps:
        raise UnknownName(text("지도", "map"), named, maps)
    return maps[named]


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
        f"발표 {said} {say_unit(claim.unit, 'ko')}".strip(), f"stated {said} {say_unit(claim.unit, 'en', said)}".strip()
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
    """Return the figure with its drawings kept and all of its rows for the table twin."""
    card = figure_card(run, figure, rows_max=None)
    return {"name": figure.name, "address": f"{run.solution.name}.{figure.name}", **card}
