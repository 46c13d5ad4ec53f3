"""Names at the ends of lines and stacks, moved apart where they would touch; values at the ends of bars."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

from madang.core.drawing import theme
from madang.core.drawing.plot import Plot, Row
from madang.core.drawing.words import wrap
from madang.core.language import say_number

_LINE = theme.LABEL_SIZE * 1.35
_ROOM = 170
_BARS_LABELLED = 16


def add_end_labels(plot: Plot) -> None:
    """Write ``_end`` (the name) and ``_end_y`` (where it stands) into the last row of each series.

    A series that ends before the last place of the axis gets ``_early`` instead, to be written above its end.
    """
    ends = _last_rows(plot)
    last = max((row[plot.category] for row in ends), default=None)
    late = [row for row in ends if row[plot.category] == last]
    for row in ends:
        if row[plot.category] != last:
            row["_early"] = row["_series"]
    values = [float(row[plot.measure]) for row in late]
    heights = values if plot.figure.mark == "line" else _middles(values)
    for row in late:
        row["_end"] = wrap(row["_series"], theme.LABEL_SIZE, _ROOM)
    for row, height in zip(late, _apart(plot, late, heights), strict=True):
        row["_end_y"] = height


def add_value_labels(plot: Plot) -> bool:
    """Write ``_says`` (the value in words) into each row of a chart of few plain bars; tell whether it was done."""
    if plot.figure.mark != "bar" or plot.series_keys or len(plot.rows) > _BARS_LABELLED or plot.figure.facet:
        return False
    digits = plot.figure.column(plot.measure).digits
    for row in plot.rows:
        row["_says"] = say_number(row[plot.measure], digits)
    return True


def end_label_layers(plot: Plot, axes: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the text layers that name each series at its end, in its colour darkened until it can be read."""
    inks = [theme.readable(colour) for colour in theme.series_colours(plot.series_keys)]
    # Text by condition, so that the scale of the marks keeps its own colours.
    tests = [{"test": f"datum._order === {order}", "value": ink} for order, ink in enumerate(inks)]
    colour = {"condition": tests, "value": theme.INK}
    stacked = plot.figure.mark == "stacked_bar"
    across = {**axes["x"], **({"bandPosition": 1} if stacked else {})}
    text = {"type": "text", "align": "left", "dx": 8, "baseline": "middle", "lineHeight": _LINE, "fontWeight": "bold"}
    here = {**axes["y"], "field": "_end_y", "stack": None}
    late = {
        "transform": [{"filter": "isValid(datum._end)"}],
        "mark": text,
        "encoding": {"x": across, "y": here, "text": {"field": "_end"}, "color": colour},
    }
    early = {
        "transform": [{"filter": "isValid(datum._early)"}],
        "mark": {**text, "align": "right", "dx": 0, "dy": -12},
        "encoding": {"x": across, "y": axes["y"], "text": {"field": "_early"}, "color": colour},
    }
    return [late, early] if any("_early" in row for row in plot.rows) else [late]


def value_label_layer(plot: Plot, axes: dict[str, Any]) -> dict[str, Any]:
    """Return the text layer that writes each bar's value at its end."""
    beside = {"align": "left", "baseline": "middle", "dx": 5}
    above = {"align": "center", "baseline": "bottom", "dy": -4}
    return {
        "mark": {"type": "text", "color": theme.INK, **(beside if plot.lying else above)},
        "encoding": {"x": axes["x"], "y": axes["y"], "text": {"field": "_says"}},
    }


def _last_rows(plot: Plot) -> list[Row]:
    """Return the last row with a value of each series, in the order of the series."""
    last: dict[int, Row] = {}
    for row in plot.rows:
        if row[plot.measure] is None or row[plot.category] is None:
            continue
        held = last.get(row["_order"])
        if held is None or row[plot.category] >= held[plot.category]:
            last[row["_order"]] = row
    return [last[order] for order in sorted(last)]


def _middles(values: list[float]) -> list[float]:
    """Return the middle of each part of a stack, the first series lowest."""
    bases = accumulate(values, initial=0.0)
    return [base + value / 2 for base, value in zip(bases, values, strict=False)]


def _apart(plot: Plot, rows: list[Row], heights: list[float]) -> list[float]:
    """Return the heights moved apart by as little as keeps the lines of text from touching."""
    low, high = plot.bounds
    unit = (high - low or 1.0) / theme.PLOT_HEIGHT * 1.1
    needs = [len(row["_end"]) * _LINE * unit for row in rows]
    order = sorted(range(len(rows)), key=lambda index: heights[index])
    placed = list(heights)
    for before, here in pairwise(order):
        placed[here] = max(placed[here], placed[before] + (needs[before] + needs[here]) / 2)
    # Half of the push is given back downwards, so that a crowd stays centred on its lines.
    shift = sum(placed[index] - heights[index] for index in order) / max(1, len(order))
    room = min((placed[index] - low for index in order), default=0.0)
    return [height - min(shift, max(0.0, room)) for height in placed]
