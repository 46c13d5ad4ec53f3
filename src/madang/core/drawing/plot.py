"""What a chart's data say about how to draw it: rows, kinds of axes, series and their order. No Vega-Lite yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import polars as pl

from madang.core.drawing import theme
from madang.core.drawing.tips import chart_tip
from madang.core.drawing.words import width_of, wrap
from madang.core.figures import ChartFigure
from madang.core.language import Language, in_language

AxisKind = Literal["quantitative", "temporal", "ordinal", "nominal"]
Row = dict[str, Any]

_DAY_LIKE = re.compile(r"^\d{4}-\d{2}(-\d{2})?$")
_LABEL_GAP = 14
#: How much of a narrow plot the names beside lying bars may take.
_NAMES_SHARE = 0.36


@dataclass(frozen=True)
class Plot:
    """A chart figure in one language, with the decisions that its data settle."""

    figure: ChartFigure
    language: Language
    #: Whether each row says in words what it shows, for marks that can be pointed at.
    live: bool = False
    #: Pixels across; a narrow plot holds its axes and names within them, a wide one has those beside it.
    width: int = theme.PLOT_WIDTH

    @property
    def narrow(self) -> bool:
        """Tell whether the plot is drawn for a phone."""
        return self.width < theme.PLOT_WIDTH

    @property
    def size(self) -> dict[str, Any]:
        """Return the width of a plot that is not parted into facets."""
        fit = {"autosize": {"type": "fit-x", "contains": "padding"}} if self.narrow else {}
        return {"width": self.width, **fit}

    @cached_property
    def flipped(self) -> bool:
        """Tell whether bars must lie down: their names would not fit side by side."""
        figure = self.figure
        if figure.mark not in {"bar", "stacked_bar"} or self.kind(figure.x) != "nominal" or figure.facet:
            return False
        names = [self.word(name) for name in figure.frame[figure.x].unique()]
        return sum(width_of(name, theme.LABEL_SIZE) + _LABEL_GAP for name in names) > self.width

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """Return the lines of each name beside lying bars on a phone: a long one would leave the bars no room."""
        if not (self.narrow and self.lying) or self.kind(self.category) != "nominal":
            return {}
        names = dict.fromkeys(str(row[self.category]) for row in self.rows)
        return {name: wrap(name, theme.LABEL_SIZE, _NAMES_SHARE * self.width) for name in names}

    @cached_property
    def lying(self) -> bool:
        """Tell whether the measure runs along x: bars that were declared so, or flipped."""
        lie = {"bar", "stacked_bar", "point"}
        return self.flipped or (self.figure.mark in lie and self.kind(self.figure.y) == "nominal")

    @property
    def across(self) -> str:
        """Return the column along the horizontal axis."""
        return self.figure.y if self.flipped else self.figure.x

    @property
    def up(self) -> str:
        """Return the column along the vertical axis."""
        return self.figure.x if self.flipped else self.figure.y

    @property
    def measure(self) -> str:
        """Return the column that is measured."""
        return self.across if self.lying else self.up

    @property
    def category(self) -> str:
        """Return the other column: time, a name, or the second measure."""
        return self.up if self.lying else self.across

    def kind(self, name: str) -> AxisKind:
        """Return how a column is laid out on an axis."""
        cells = self.figure.frame[name]
        if self.figure.mark == "heat":
            return "ordinal" if cells.dtype.is_numeric() else "nominal"
        if cells.dtype.is_temporal():
            return "temporal"
        if cells.dtype.is_numeric():
            named = name == self.figure.x and self.figure.mark in {"bar", "stacked_bar"}
            return "ordinal" if named and self.kind_of_other(name) else "quantitative"
        days = cells.drop_nulls().cast(pl.String).to_list()
        bars = self.figure.mark in {"bar", "stacked_bar"}
        return "temporal" if days and not bars and all(_DAY_LIKE.match(day) for day in days) else "nominal"

    def kind_of_other(self, name: str) -> bool:
        """Tell whether the other column of the pair can be the measure."""
        other = self.figure.y if name == self.figure.x else self.figure.x
        return bool(self.figure.frame[other].dtype.is_numeric())

    def years(self, name: str) -> bool:
        """Tell whether a column holds years, which are written without separators."""
        cells = self.figure.frame[name].drop_nulls()
        if not cells.dtype.is_integer() or cells.is_empty():
            return False
        return bool(cells.is_between(1900, 2200).all())

    @cached_property
    def series_keys(self) -> tuple[str, ...]:
        """Return the series in order of appearance."""
        if self.figure.series is None:
            return ()
        cells = self.figure.frame[self.figure.series].cast(pl.String).fill_null("—")
        return tuple(cells.unique(maintain_order=True).to_list())

    def word(self, value: Any) -> str:
        """Return a name on an axis or over a facet in the language, where the figure gives its title."""
        return self.series_title(str(value)) if value is not None else "—"

    def series_title(self, key: str) -> str:
        """Return a series' title in the language, or what its key says in it where it has none."""
        title = self.figure.series_titles.get(key)
        return title.to(self.language) if title else in_language(key, self.language)

    @cached_property
    def rows(self) -> list[Row]:
        """Return the rows as JSON-ready values; ``_series`` bears the title, ``_order`` its place, ``_tip`` words."""
        places = {self.figure.x, self.figure.y, self.figure.facet} - {None, self.figure.series}
        named = [name for name in self.figure.frame.columns if name in places and self.kind(name) == "nominal"]
        made = []
        for row in self.figure.frame.iter_rows(named=True):
            plain = {name: _plain(value) for name, value in row.items()}
            for name in named:
                plain[name] = self.word(row[name])
            if self.figure.series is not None:
                key = str(row[self.figure.series]) if row[self.figure.series] is not None else "—"
                plain["_series"] = self.series_title(key)
                plain["_order"] = self.series_keys.index(key)
            if self.live:
                plain["_tip"] = chart_tip(self.figure, row, self.language)
            made.append(plain)
        return made

    @property
    def direct(self) -> bool:
        """Tell whether series are named at their ends rather than in a legend."""
        figure = self.figure
        if not 1 < len(self.series_keys) <= 8 or figure.facet or self.lying:
            return False
        if figure.mark == "line":
            return True
        stacks = figure.mark in {"area", "stacked_bar"} and self.kind(figure.x) != "nominal"
        return stacks and all((row[figure.y] or 0) >= 0 for row in self.rows)

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """Return about the least and greatest value the measure's axis shows."""
        figure = self.figure
        names = [n for n in (self.measure, figure.low, figure.high, figure.outer_low, figure.outer_high) if n]
        values = [row[name] for row in self.rows for name in names if isinstance(row[name], int | float)]
        values += [r.value for r in self.figure.rules if r.along == "y" and isinstance(r.value, int | float)]
        if self.figure.mark in {"area", "stacked_bar"} and self.figure.series:
            values += list(_sums(self.rows, self.category, self.measure).values())
        if self.figure.zero_based or not values:
            values.append(0.0)
        return min(values), max(values)


def _sums(rows: list[Row], by: str, measure: str) -> Mapping[Any, float]:
    """Return the sum of a measure at each place of an axis."""
    sums: dict[Any, float] = {}
    for row in rows:
        sums[row[by]] = sums.get(row[by], 0.0) + (row[measure] or 0.0)
    return sums


def _plain(value: Any) -> Any:
    """Return a cell as JSON can hold it: days as text, what is not finite as empty."""
    if isinstance(value, float) and (value != value or value in {float("inf"), float("-inf")}):
        return None
    return value.isoformat() if hasattr(value, "isoformat") else value
