"""Maps as Vega-Lite: own areas, lines and points on paper, without tiles, with a legend in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import polars as pl
from shapely.geometry import shape

from madang.core.drawing import theme
from madang.core.drawing.tips import SAYS, layer_tips, map_tip
from madang.core.drawing.words import column_title
from madang.core.figures import MapFigure, MapLayer
from madang.core.language import Language, in_language, say_number

Spec = dict[str, Any]
Point = tuple[float, float]

_HEIGHT_MIN, _HEIGHT_MAX = 260, 620
#: Up to how many places known by a point are drawn as large points, and how large (pixels).
_FEW, _POINT_RADIUS = 60, 8
_LAYER_WORDS = {
    "ground": {"type": "geoshape", "fill": "#F1EDE5", "stroke": theme.HAIRLINE, "strokeWidth": 1},
    "existing": {"type": "geoshape", "fill": theme.GREY, "stroke": theme.PAPER, "strokeWidth": 0.5},
    "phase": {"type": "geoshape", "fill": theme.RIVER, "stroke": theme.PAPER, "strokeWidth": 0.5},
    "site": {"type": "geoshape", "fill": theme.PERSIMMON, "stroke": theme.PAPER, "strokeWidth": 0.5},
}


def map_spec(figure: MapFigure, language: Language, *, live: bool = False, width: int = theme.PLOT_WIDTH) -> Spec:
    """Return a map's Vega-Lite spec without title and config; ``live`` lets places say their values.

    Longitude is shrunk by the cosine of the middle latitude and drawn as it is, so that no projection
    depends on the direction in which a ring was written.
    """
    shapes = [geometry for layer in figure.layers for geometry in layer.geometry] + list(figure.geometry)
    points = [point for geometry in shapes for point in _points(geometry)]
    shrink = math.cos(math.radians(sum(lat for _, lat in points) / max(1, len(points))))
    ground = [_layer(layer, shrink) for layer in figure.layers if layer.role == "ground"]
    above = [_layer(layer, shrink, language if live else None) for layer in figure.layers if layer.role != "ground"]
    names = [_layer_names(layer, language, shrink) for layer in figure.layers if layer.labels]
    own = [_own(figure, language, shrink, live=live, beside=width == theme.PLOT_WIDTH)]
    labels = [_labels(figure, language, shrink)] if figure.label else []
    # Few places known by a point alone are drawn large, so that their colour can be read.
    large = {"pointRadius": _POINT_RADIUS} if _are_few_points(figure) else {}
    return {
        "projection": {"type": "identity", "reflectY": True, **large},
        "layer": [*ground, *own, *above, *labels, *names],
        "width": width,
        "height": _height(points, shrink, width),
    }


def classes(figure: MapFigure, language: Language) -> tuple[list[str], list[str | None]]:
    """Return the legend's words, light to dark, and the word of each row; a row without a value has None."""
    assert figure.value is not None  # noqa: S101 - the caller has a value column
    cells = figure.frame[figure.value]
    if not cells.dtype.is_numeric():
        words = pl.Series(
            [None if cell is None else in_language(str(cell), language) for cell in cells], dtype=pl.String
        )
        return words.drop_nulls().unique(maintain_order=True).to_list(), words.to_list()
    breaks = figure.breaks or _fifths(cells)
    digits = figure.column(figure.value).digits
    if figure.break_titles:
        titles = [title.to(language) for title in figure.break_titles]
    else:
        said = [say_number(value, digits) for value in breaks]
        titles = [f"< {said[0]}", *(f"{a} – {b}" for a, b in pairwise(said)), f"≥ {said[-1]}"]
    return titles, [None if value is None else titles[sum(value >= b for b in breaks)] for value in cells.to_list()]


def _own(figure: MapFigure, language: Language, shrink: float, *, live: bool, beside: bool) -> Spec:
    """Return the figure's own geometries, coloured by the value's step where it has one; the legend beside or below."""
    stroke = {"stroke": theme.PAPER, "strokeWidth": 0.7}
    tips = [{"_tip": map_tip(figure, row, language)} if live else {} for row in figure.frame.iter_rows(named=True)]
    says = SAYS if live else {}
    if figure.value is None:
        return {
            "data": _features(figure.geometry, tips, shrink),
            "mark": {"type": "geoshape", "fill": theme.RIVER, **stroke},
            **({"encoding": says} if live else {}),
        }
    titles, words = classes(figure, language)
    missing = {"ko": "자료 없음", "en": "no data"}[language]
    rows = [{"_class": word or missing, **tip} for word, tip in zip(words, tips, strict=True)]
    numeric = figure.frame[figure.value].dtype.is_numeric()
    colours = _steps(len(titles)) if numeric else [theme.SERIES[i % len(theme.SERIES)] for i in range(len(titles))]
    if None in words:
        titles, colours = [*titles, missing], [*colours, theme.UNKNOWN]
    legend: Spec = {"title": column_title(figure.column(figure.value), language), "symbolType": "square"}
    legend |= {"symbolSize": 160, "orient": "right" if beside else "bottom", "columns": 1 if beside else 2}
    lines = all(str(geometry["type"]).endswith("LineString") for geometry in figure.geometry)
    channel = "stroke" if lines else "fill"
    colour = {"field": "_class", "type": "ordinal", "scale": {"domain": titles, "range": colours}, "legend": legend}
    mark = {"type": "geoshape", "filled": False, "strokeWidth": 2} if lines else {"type": "geoshape", **stroke}
    return {"data": _features(figure.geometry, rows, shrink), "mark": mark, "encoding": {channel: colour, **says}}


def _layer(layer: MapLayer, shrink: float, language: Language | None = None) -> Spec:
    """Return a layer for orientation, or of marks that say in a language what they are."""
    mark = dict(_LAYER_WORDS[layer.role])
    if all(str(geometry["type"]).endswith("LineString") for geometry in layer.geometry):
        mark |= {"filled": False, "fill": None, "stroke": theme.LAYER_COLOURS[layer.role], "strokeWidth": 1}
    if language is None:
        return {"data": _features(layer.geometry, [{} for _ in layer.geometry], shrink), "mark": mark}
    tips = [{"_tip": tip} for tip in layer_tips(layer, language)]
    return {"data": _features(layer.geometry, tips, shrink), "mark": mark, "encoding": SAYS}


def _layer_names(layer: MapLayer, language: Language, shrink: float) -> Spec:
    """Return the names of a layer's geometries, as text on them."""
    return _text(layer.geometry, [in_language(label, language) for label in layer.labels], shrink, theme.GREY)


def _labels(figure: MapFigure, language: Language, shrink: float) -> Spec:
    """Return the names of the figure's own geometries as text on them: of ``NAME_ko`` and ``NAME_en`` the reader's."""
    assert figure.label is not None  # noqa: S101 - the caller has asked
    theirs = f"{figure.label.removesuffix('_ko').removesuffix('_en')}_{language}"
    cells = figure.frame[theirs if theirs in figure.frame.columns else figure.label]
    names = [in_language(str(name or ""), language) for name in cells]
    return _text(figure.geometry, names, shrink, theme.INK, below=_POINT_RADIUS + 9 if _are_few_points(figure) else 0)


def _are_few_points(figure: MapFigure) -> bool:
    """Tell whether a map shows a few places by points and nothing else by points."""
    marks = [one for layer in figure.layers for one in layer.geometry]
    return (
        len(figure.geometry) <= _FEW
        and all(one["type"] == "Point" for one in figure.geometry)
        and not any("Point" in one["type"] for one in marks)
    )


def _text(
    geometry: Sequence[Mapping[str, Any]], names: Sequence[str | None], shrink: float, colour: str, *, below: int = 0
) -> Spec:
    """Return names in (or ``below``) each geometry, with paper around them so that they can be read on any colour."""
    values = []
    for name, one in zip(names, geometry, strict=False):
        inside = shape(one).representative_point()
        values.append({"name": name or "", "x": inside.x * shrink, "y": inside.y})
    place = {"longitude": {"field": "x", "type": "quantitative"}, "latitude": {"field": "y", "type": "quantitative"}}
    size = theme.LABEL_SIZE - 1
    halo = {"type": "text", "fontSize": size, "dy": below, "stroke": theme.PAPER, "strokeWidth": 3, "opacity": 0.85}
    word = {"type": "text", "fontSize": size, "dy": below, "color": colour}
    encoding = {**place, "text": {"field": "name"}}
    return {"data": {"values": values}, "layer": [{"mark": m, "encoding": encoding} for m in (halo, word)]}


def _features(geometry: Iterable[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], shrink: float) -> Spec:
    """Return geometries with their properties as inline data."""
    values = [
        {"type": "Feature", "geometry": _shrunk(one, shrink), **row} for one, row in zip(geometry, rows, strict=True)
    ]
    return {"values": values}


def _shrunk(geometry: Mapping[str, Any], shrink: float) -> dict[str, Any]:
    """Return a geometry with its longitudes shrunk."""
    return {"type": geometry["type"], "coordinates": _moved(geometry["coordinates"], shrink)}


def _moved(part: Any, shrink: float) -> Any:
    """Return coordinates of any depth with the first of each pair shrunk; six decimals are a tenth of a metre."""
    if isinstance(part[0], int | float):
        return [round(part[0] * shrink, 6), round(part[1], 6)]
    return [_moved(inner, shrink) for inner in part]


def _points(geometry: Mapping[str, Any]) -> Iterable[Point]:
    """Yield every pair of a geometry's coordinates."""
    stack = [geometry["coordinates"]]
    while stack:
        part = stack.pop()
        if isinstance(part[0], int | float):
            yield float(part[0]), float(part[1])
        else:
            stack.extend(part)


def _height(points: Sequence[Point], shrink: float, width: int) -> int:
    """Return the height that shows the points at the width of a plot without distortion, within reason."""
    if not points:
        return _HEIGHT_MIN
    wide = (max(x for x, _ in points) - min(x for x, _ in points)) * shrink
    tall = max(y for _, y in points) - min(y for _, y in points)
    return int(min(_HEIGHT_MAX, max(_HEIGHT_MIN, width * tall / wide if wide else _HEIGHT_MIN)))


def _fifths(cells: pl.Series) -> tuple[float, ...]:
    """Return up to four values that part the rows into fifths."""
    found = [cells.quantile(share, "nearest") for share in (0.2, 0.4, 0.6, 0.8)]
    return tuple(sorted({float(value) for value in found if value is not None})) or (0.0,)


def _steps(count: int) -> list[str]:
    """Return ``count`` of the five steps, spread from light to dark."""
    if count <= 1:
        return [theme.STEPS[3]]
    return [theme.STEPS[round(index * (len(theme.STEPS) - 1) / (count - 1))] for index in range(count)]
