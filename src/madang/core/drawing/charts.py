"""Charts as Vega-Lite: lines, bars, stacks, areas, points and histograms with bands, rules, labels and facets."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from madang.core.drawing import theme
from madang.core.drawing.heat import heat_spec
from madang.core.drawing.labels import (
    add_end_labels,
    add_value_labels,
    end_label_layers,
    value_label_layer,
)
from madang.core.drawing.plot import Plot
from madang.core.drawing.tips import SAYS
from madang.core.drawing.words import AXIS_NUMBER, column_title, width_of
from madang.core.figures import ChartFigure, Rule
from madang.core.language import Language

Spec = dict[str, Any]

_BAR_STEP = 26
_NAME_LINE = 14
_POINTS_SHOWN = 20
_DASHES = {"promised": [6, 4], "reference": [2, 3]}
_FACET_COLUMNS = 2
_YEARS_SHOWN = 12
#: About how much of a plot the name of a level takes.
_NAME_WIDTH, _NAME_HEIGHT = 0.3, 0.08


def chart_spec(figure: ChartFigure, language: Language, *, live: bool = False, width: int = theme.PLOT_WIDTH) -> Spec:
    """Return a chart's Vega-Lite spec without title and config, ``width`` pixels across; its data are inline.

    ``live`` lets every mark say what it shows when it is pointed at or has the focus.
    """
    plot = Plot(figure, language, live, width)
    if figure.mark == "heat":
        return heat_spec(plot)
    if plot.direct:
        add_end_labels(plot)
    valued = add_value_labels(plot)
    axes = {"x": _axis(plot, plot.across), "y": _axis(plot, plot.up)}
    colour = _colour(plot)
    layers = [*_band(plot, axes, colour), *_marks(plot, axes, colour)]
    if plot.direct:
        layers += end_label_layers(plot, axes)
    if valued:
        layers.append(value_label_layer(plot, axes))
    for rule in figure.rules:
        layers += _rule(plot, rule, axes)
    data = {"data": {"values": plot.rows}}
    if figure.facet is not None:
        columns = _facet_columns(plot)
        inside = {
            "layer": layers,
            "width": width // columns - (60 if plot.narrow else 30),
            "height": theme.PLOT_HEIGHT // 2,
        }
        order = list(dict.fromkeys(row[figure.facet] for row in plot.rows))
        facet = {"field": figure.facet, "type": "nominal", "sort": order, "title": None}
        return {**data, "facet": facet, "columns": columns, "spec": inside}
    return {**data, "layer": layers, **plot.size, "height": _height(plot)}


def _facet_columns(plot: Plot) -> int:
    """Return how many facets stand side by side: one on a phone."""
    return 1 if plot.narrow else _FACET_COLUMNS


def _height(plot: Plot) -> int:
    """Return the plot's height: lying bars need a line each."""
    if not plot.lying:
        return theme.PLOT_HEIGHT
    places = len({row[plot.category] for row in plot.rows})
    group = max(1, len(plot.series_keys)) if plot.figure.mark == "bar" else 1
    lines = max(map(len, plot.names.values()), default=1)
    return max(80, places * max(_BAR_STEP if group == 1 else 8 + group * 18, _NAME_LINE * lines + 4))


def _axis(plot: Plot, name: str) -> Spec:
    """Return the encoding of one axis."""
    kind = plot.kind(name)
    made: Spec = {"field": name, "type": kind, "axis": _axis_look(plot, name)}
    if kind == "temporal":
        made["scale"] = {"type": "utc"}
    elif kind in {"nominal", "ordinal"}:
        made["sort"] = None
        made["scale"] = {"padding": 0.2}
    elif name == plot.measure:
        made["scale"] = {"zero": plot.figure.zero_based, "nice": True}
        if plot.figure.best_first:
            made["scale"] = _from_one(plot)
    else:
        made["scale"] = {"zero": False, "nice": False}
    return made


def _from_one(plot: Plot) -> Spec:
    """Return the scale of an axis of ranks: 1 first, half a place of room at both ends; standing up it is turned."""
    return {"domain": [0.5, plot.bounds[1] + 0.5], "nice": False, "zero": False, "reverse": not plot.lying}


def _rank_ticks(plot: Plot) -> list[int]:
    """Return the ranks to write on an axis: all of few, else the first and every fifth, tenth or so."""
    last = int(plot.bounds[1])
    step = next((step for step in (1, 5, 10, 20, 50, 100, 200, 500) if last <= step * 12), 1000)
    return [1, *range(step, last + 1, step)] if step > 1 else list(range(1, last + 1))


def _axis_look(plot: Plot, name: str) -> Spec:
    """Return how an axis is written: its title where the subtitle does not say it, and its numbers."""
    kind = plot.kind(name)
    measured = name == plot.measure
    look: Spec = {"title": None, "labelOverlap": True, "labelSeparation": 8, "labelFlush": False}
    if plot.years(name):
        look |= {"format": "d", "values": _year_ticks(plot, name)}
    elif kind == "quantitative":
        look |= {"labelExpr": AXIS_NUMBER[plot.language], "tickCount": 6}
    elif kind == "temporal":
        look |= _day_look(plot, name)
    if kind in {"nominal", "ordinal"}:
        look |= {"labelAngle": 0, "labelLimit": 240, "grid": False, "ticks": False}
        if name == plot.category and plot.names:
            said = f"{json.dumps(plot.names, ensure_ascii=False)}[datum.label]"
            look |= {"labelExpr": said, "labelOverlap": False}
    if measured and plot.figure.best_first:
        look["values"] = _rank_ticks(plot)
    if measured:
        line = {"test": "datum.value === 0", "value": theme.GREY}
        look["gridColor"] = {"condition": line, "value": theme.HAIRLINE}
    if plot.lying:
        look["grid"] = measured
        look["domain"] = not measured
    if kind == "quantitative" and not measured and not plot.years(name):
        look["title"] = column_title(plot.figure.column(name), plot.language)
    if measured and plot.figure.mark == "point" and plot.figure.subtitle is not None:
        look["title"] = column_title(plot.figure.column(name), plot.language)
    return look


def _year_ticks(plot: Plot, name: str) -> list[int]:
    """Return the years to write on an axis: all of them, or every second, fifth or so where they are many."""
    years = sorted({row[name] for row in plot.rows if row[name] is not None})
    shown = _YEARS_SHOWN // (2 if plot.figure.facet or plot.narrow else 1)
    step = next((step for step in (1, 2, 5, 10, 20) if len(years) <= step * shown), 50)
    return years if step == 1 else [year for year in years if year % step == 0]


def _day_look(plot: Plot, name: str) -> Spec:
    """Return how days stand on an axis: years where the span is long, months where it is short."""
    days = sorted(str(row[name]) for row in plot.rows if row[name] is not None)
    span = int(days[-1][:4]) - int(days[0][:4]) if days else 0
    if span < 3:
        return {"format": "%Y-%m"}
    return {"format": "%Y", **({"tickCount": "year"} if span <= 15 else {})}


def _colour(plot: Plot) -> Spec:
    """Return the colour encoding: one colour without series, else a colour and a name for each."""
    if not plot.series_keys:
        return {"value": theme.RIVER}
    titles = [plot.series_title(key) for key in plot.series_keys]
    scale = {"domain": titles, "range": list(theme.series_colours(plot.series_keys))}
    legend: Spec | None = None
    if not plot.direct and len(titles) > 1:
        wide = sum(width_of(title, theme.LABEL_SIZE) + 36 for title in titles)
        legend = {"orient": "top", "title": None, "direction": "horizontal"}
        if wide > plot.width:
            legend["columns"] = max(1, int(len(titles) * plot.width / wide))
    return {"field": "_series", "type": "nominal", "scale": scale, "legend": legend, "sort": None}


def _band(plot: Plot, axes: Spec, colour: Spec) -> list[Spec]:
    """Return the range between low and high: a band under lines, whiskers on bars and points."""
    low, high = plot.figure.low, plot.figure.high
    if low is None or high is None:
        return []
    along, other = ("x", "y") if plot.lying else ("y", "x")
    outer = _outer(plot, axes, along, other)
    ends = {along: {**axes[along], "field": low}, f"{along}2": {"field": high}}
    band = plot.figure.mark in {"line", "area"}
    mark: Spec = {"type": "area", "opacity": theme.BAND_OPACITY} if band else {"type": "rule", "color": theme.INK}
    if plot.live:
        mark["aria"] = False
    quiet = {**colour, "legend": None} if "field" in colour else colour
    encoding = {other: axes[other], **ends}
    if band:
        encoding["color"] = quiet
    elif plot.series_keys and plot.figure.mark == "bar":
        encoding[f"{other}Offset"] = {"field": "_series", "sort": None}
    if outer:
        mark |= {"type": "bar", "color": theme.RIVER, "opacity": 0.35, "size": 10}
    return [*outer, {"mark": mark, "encoding": encoding}]


def _outer(plot: Plot, axes: Spec, along: str, other: str) -> list[Spec]:
    """Return the wider range around points as a thin line below all else."""
    low, high = plot.figure.outer_low, plot.figure.outer_high
    if low is None or high is None:
        return []
    ends = {along: {**axes[along], "field": low}, f"{along}2": {"field": high}}
    quiet = {"aria": False} if plot.live else {}
    return [{"mark": {"type": "rule", "color": theme.GREY, **quiet}, "encoding": {other: axes[other], **ends}}]


def _marks(plot: Plot, axes: Spec, colour: Spec) -> list[Spec]:
    """Return the marks themselves."""
    figure = plot.figure
    if figure.mark == "histogram":
        return [_histogram(plot, axes)]
    encoding: Spec = {**axes, "color": colour}
    along, other = ("x", "y") if plot.lying else ("y", "x")
    if figure.mark in {"stacked_bar", "area"} and plot.series_keys:
        encoding[along] = {**axes[along], "stack": "zero"}
        encoding["order"] = {"field": "_order", "type": "quantitative"}
    elif figure.mark in {"bar", "area"}:
        encoding[along] = {**axes[along], "stack": None}
    if figure.mark == "bar" and plot.series_keys:
        encoding[f"{other}Offset"] = {"field": "_series", "sort": None}
    mark = _mark(plot)
    if not plot.live:
        return [{"mark": mark, "encoding": {**encoding, **_dash(plot)}}]
    if mark["type"] not in {"line", "area"}:
        return [{"mark": mark, "encoding": {**encoding, **SAYS}}]
    # A line or an area is one mark: unseen points on it can be pointed at, each by itself.
    points = {"mark": {"type": "point", "opacity": 0, "size": 120}, "encoding": {**encoding, **SAYS}}
    return [{"mark": {**mark, "aria": False}, "encoding": {**encoding, **_dash(plot)}}, points]


def _mark(plot: Plot) -> Spec:
    """Return the Vega-Lite mark for a figure's."""
    mark = plot.figure.mark
    if mark in {"bar", "stacked_bar"}:
        return {"type": "bar"}
    if mark == "area":
        return {"type": "area", "opacity": 0.9, "line": False}
    if mark == "point":
        return {"type": "point", "opacity": 0.85}
    longest = len(plot.rows) / max(1, len(plot.series_keys))
    return {"type": "line", "point": {"size": 36} if longest <= _POINTS_SHOWN else False}


def _dash(plot: Plot) -> Spec:
    """Return dashes for lines that promise or refer, so that colour never speaks alone."""
    if plot.figure.mark != "line" or not set(plot.series_keys) & set(_DASHES):
        return {}
    titles = [plot.series_title(key) for key in plot.series_keys]
    dashes = [_DASHES.get(key, [1, 0]) for key in plot.series_keys]
    scale = {"domain": titles, "range": dashes}
    return {"strokeDash": {"field": "_series", "type": "nominal", "scale": scale, "legend": None}}


def _histogram(plot: Plot, axes: Spec) -> Spec:
    """Return bars that touch: raw values are counted, rows that are bins are drawn as wide as these."""
    figure = plot.figure
    mark = {"type": "bar", "color": theme.RIVER, "binSpacing": 1}
    if figure.x == figure.y:
        count = {"aggregate": "count", "type": "quantitative", "axis": {"title": None}}
        return {"mark": mark, "encoding": {"x": {**axes["x"], "bin": {"maxbins": 30}}, "y": count}}
    starts = sorted({row[figure.x] for row in plot.rows if row[figure.x] is not None})
    step = min((b - a for a, b in pairwise(starts)), default=1)
    for row in plot.rows:
        row["_to"] = None if row[figure.x] is None else row[figure.x] + step
    x = {**axes["x"], "bin": {"binned": True}, "scale": {"zero": False, "nice": False}}
    says = SAYS if plot.live else {}
    return {"mark": mark, "encoding": {"x": x, "x2": {"field": "_to"}, "y": {**axes["y"], "stack": None}, **says}}


def _rule(plot: Plot, rule: Rule, axes: Spec) -> list[Spec]:
    """Return a target or a day as a dashed line with its name beside it."""
    channel = rule.along
    if plot.flipped:
        channel = "x" if rule.along == "y" else "y"
    colour = theme.ROLE_COLOURS[rule.role]
    data = {"data": {"values": [{"_at": rule.value}]}}
    at = {channel: {**axes[channel], "field": "_at"}}
    line = {"type": "rule", "strokeDash": [6, 4], "strokeWidth": 1.5, "color": colour}
    text: Spec = {"type": "text", "text": rule.label.to(plot.language), "color": colour, "fontWeight": "bold"}
    if channel == "y":
        right = _is_freer_right(plot, rule.value)
        text |= {"align": "right" if right else "left", "baseline": "bottom", "dx": -2 if right else 2, "dy": -4}
        place = {**at, "x": {"value": "width" if right else 0}}
    else:
        right = _is_right(plot, rule.value)
        text |= {"align": "right" if right else "left", "baseline": "top", "dx": -6 if right else 6, "dy": 2}
        place = {**at, "y": {"value": 0}}
        if plot.lying:  # beside the line the label would lie on the first bar
            text |= {"align": "center", "baseline": "bottom", "dx": 0, "dy": -3}
    # Paper around the letters keeps them readable where marks pass behind them.
    halo = {**text, "stroke": theme.PAPER, "strokeWidth": 4, "strokeJoin": "round", "color": theme.PAPER}
    names = [{**data, "mark": mark, "encoding": place} for mark in (halo, text)]
    return [{**data, "mark": line, "encoding": at}, *names]


def _is_freer_right(plot: Plot, value: float | str) -> bool:
    """Tell whether fewer marks pass where a level's name would stand at the right than where it would at the left."""
    if not isinstance(value, int | float) or plot.lying:
        return False
    low, high = plot.bounds
    band = (value - (high - low) * 0.01, value + (high - low) * _NAME_HEIGHT)
    series: dict[Any, list[tuple[Any, float]]] = {}
    for row in plot.rows:
        if row[plot.category] is not None and isinstance(row[plot.measure], int | float):
            series.setdefault(row.get("_order"), []).append((row[plot.category], row[plot.measure]))
    left = right = 0
    for points in series.values():
        heights = [height for _, height in sorted(points)]
        room = max(2, round(len(heights) * _NAME_WIDTH))
        left += _passes(heights[:room], band)
        right += _passes(heights[-room:], band)
    return right < left


def _passes(heights: list[float], band: tuple[float, float]) -> int:
    """Return how many stretches between neighbours pass through a band of heights."""
    return sum(min(pair) <= band[1] and max(pair) >= band[0] for pair in pairwise(heights))


def _is_right(plot: Plot, value: float | str) -> bool:
    """Tell whether a place on the horizontal axis lies in its right half, where a name must stand to the left."""
    places = sorted({str(row[plot.across]) for row in plot.rows if row[plot.across] is not None})
    if not places:
        return False
    if isinstance(value, str):
        return value > places[len(places) // 2]
    numbers = [float(row[plot.across]) for row in plot.rows if isinstance(row[plot.across], int | float)]
    return bool(numbers) and value > (min(numbers) + max(numbers)) / 2
