"""Heat charts: a cell for each pair of places, coloured by its value; unknown cells are told from low ones."""

from __future__ import annotations

from typing import Any

from madang.core.drawing import theme
from madang.core.drawing.plot import Plot
from madang.core.drawing.tips import SAYS
from madang.core.drawing.words import column_title
from madang.core.language import say_number

Spec = dict[str, Any]

_CELL = 24
#: Cells up to which each bears its value.
_CELLS_LABELLED = 300
#: Width of a cell below which a value does not fit.
_LABEL_ROOM = 30


def heat_spec(plot: Plot) -> Spec:
    """Return the chart's Vega-Lite spec: rows and columns in the order in which they first appear."""
    figure = plot.figure
    value = str(figure.value)
    across, down = (list(dict.fromkeys(row[name] for row in plot.rows)) for name in (figure.x, figure.y))
    digits = figure.column(value).digits
    labelled = len(plot.rows) <= _CELLS_LABELLED and plot.width / max(1, len(across)) >= _LABEL_ROOM
    low, high = _ends([row[value] for row in plot.rows if isinstance(row[value], int | float)])
    for row in plot.rows:
        row["_says"] = say_number(row[value], digits)
        row["_dark"] = isinstance(row[value], int | float) and row[value] - low > 0.55 * (high - low)
    place = {name: _place(plot, name, order) for name, order in ((figure.x, across), (figure.y, down))}
    encoding: Spec = {"x": place[figure.x], "y": place[figure.y]}
    colour = {
        "field": value,
        "type": "quantitative",
        "scale": {"range": list(theme.STEPS), "domain": [low, high]},
        "legend": {"title": column_title(figure.column(value), plot.language), "orient": "top", "gradientLength": 160},
    }
    unknown = {"condition": {"test": f"!isValid(datum[{value!r}])", "value": theme.UNKNOWN}, **colour}
    # Unless told otherwise Vega leaves out a cell without a value, and the paper would show through.
    rect = {"type": "rect", "stroke": theme.PAPER, "invalid": None}
    says = SAYS if plot.live else {}
    layers: list[Spec] = [{"mark": rect, "encoding": {**encoding, "color": unknown, **says}}]
    if labelled:
        ink = {"condition": {"test": "datum._dark", "value": theme.PAPER}, "value": theme.INK}
        text: Spec = {"type": "text", "fontSize": theme.LABEL_SIZE - 2, **({"aria": False} if plot.live else {})}
        layers.append({"mark": text, "encoding": {**encoding, "text": {"field": "_says"}, "color": ink}})
    height = max(60, len(down) * _CELL)
    return {"data": {"values": plot.rows}, "layer": layers, **plot.size, "height": height}


def _ends(values: list[float]) -> tuple[float, float]:
    """Return the ends of the colour's scale; zero is one of them unless values lie on both sides."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    return (min(0.0, low), max(0.0, high)) if low != high or low else (0.0, 1.0)


def _place(plot: Plot, name: str, order: list[Any]) -> Spec:
    """Return the encoding of rows or columns."""
    title = column_title(plot.figure.column(name), plot.language) if plot.kind(name) == "ordinal" else None
    wide = name == plot.figure.x and plot.kind(name) == "nominal"
    look = {"title": title, "labelAngle": -40 if wide and len(order) > 6 else 0, "labelLimit": 160, "ticks": False}
    return {"field": name, "type": "ordinal", "sort": order, "axis": {**look, "domain": False, "grid": False}}
