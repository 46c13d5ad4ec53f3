"""What a mark says when it is pointed at or has the focus: its place, then its value, line by line. No Vega-Lite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from madang.core.figures import ChartFigure, FigureColumn, MapFigure, MapLayer, places_to_read
from madang.core.language import Language, in_language, say_day, say_number
from madang.core.units import COUNTED, say_unit

#: The encoding of a mark whose row has words: for the pointer, and for those who hear the page.
SAYS = {
    "tooltip": {"field": "_tip", "type": "nominal"},
    "description": {"field": "_tip", "type": "nominal"},
}
_LINES_MAX = 8
_CLOSE = "percent"
_RANGE = {"ko": "범위", "en": "range"}


def chart_tip(figure: ChartFigure, row: Mapping[str, Any], language: Language) -> str:
    """Return a chart's row in words: where it stands, what is measured, and the range it is known within."""
    measured = _measured(figure)
    other = figure.x if measured == figure.y else figure.y
    heads = [other, figure.series, figure.facet]
    head = " · ".join(dict.fromkeys(say_of(figure, row, name, language) for name in heads if name))
    column = figure.column(measured)
    lines = [head, f"{column.title.to(language)}: {say_cell(row[measured], column, language)}"]
    low, high = (row[name] if name else None for name in (figure.low, figure.high))
    if low is not None and high is not None:
        ends = f"{say_cell(low, column, language, bare=True)} – {say_cell(high, column, language)}"
        lines.append(f"{_RANGE[language]}: {ends}")
    return "\n".join(lines)


def map_tip(figure: MapFigure, row: Mapping[str, Any], language: Language) -> str:
    """Return a place in words: its name, then every column that a reader of the language is shown."""
    columns = [figure.columns[place] for place in places_to_read([one.name for one in figure.columns], language)]
    named = figure.label or next((one.name for one in columns if isinstance(row[one.name], str)), None)
    lines = [in_language(str(row[named]), language)] if named and row[named] is not None else []
    for column in columns:
        if column.name != named and row[column.name] is not None and len(lines) < _LINES_MAX:
            lines.append(f"{column.title.to(language)}: {say_cell(row[column.name], column, language)}")
    return "\n".join(lines)


def layer_tips(layer: MapLayer, language: Language) -> list[str]:
    """Return what each geometry of a layer says: its own label where it has one, and what the layer is."""
    title = layer.title.to(language)
    labels = [*layer.labels, *([""] * (len(layer.geometry) - len(layer.labels)))]
    return [f"{in_language(label, language)}\n{title}" if label else title for label in labels]


def say_of(figure: ChartFigure, row: Mapping[str, Any], name: str, language: Language) -> str:
    """Return a cell of a chart's row in words; a key that has a title is said by it."""
    value = row[name]
    title = figure.series_titles.get(str(value))
    return title.to(language) if title else say_cell(value, figure.column(name), language)


def say_cell(value: Any, column: FigureColumn, language: Language, *, bare: bool = False) -> str:
    """Return a cell for reading: a day in words, a year as it is, a number with its unit (without, if ``bare``)."""
    if isinstance(value, date):
        return say_day(value, language)
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return "—" if value is None else in_language(str(value), language)
    if column.unit == "year" and float(value).is_integer():
        return str(int(value))
    said = say_number(value, column.digits)
    unit = say_unit(column.unit, language, said) if column.unit and not bare else ""
    close = column.unit == _CLOSE or (language == "ko" and column.unit in COUNTED)
    return f"{said}{'' if close or not unit else ' '}{unit}"


def _measured(figure: ChartFigure) -> str:
    """Return the column that a chart measures: of lying bars the one along x."""
    return figure.y if figure.frame[figure.y].dtype.is_numeric() else figure.x
