"""Figures: tables, charts and maps as data with titles, units and what they rest on. No HTML and no colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from madang.core.language import Language, Text
from madang.core.units import check_unit

Mark = Literal["line", "bar", "stacked_bar", "area", "point", "histogram", "heat"]
Role = Literal["promised", "computed", "observed", "reference", "missed"]


@dataclass(frozen=True)
class FigureColumn:
    """A column of a figure's frame: its title and unit (None for words and days)."""

    name: str
    title: Text
    unit: str | None = None
    digits: int | None = None

    def __post_init__(self) -> None:
        """Refuse a unit nobody knows."""
        if self.unit is not None:
            check_unit(self.unit)


def places_to_read(names: Sequence[str], language: Language) -> tuple[int, ...]:
    """Return the places of the columns that a reader of one language is shown.

    ``NAME_ko`` and ``NAME_en`` side by side say one thing twice: the reader's own is shown, and data keep both.
    """
    theirs = "_en" if language == "ko" else "_ko"
    twice = {name for name in names if name.endswith(theirs) and f"{name.removesuffix(theirs)}_{language}" in names}
    return tuple(place for place, name in enumerate(names) if name not in twice)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What every figure has: a name, a title that says the finding, a frame, and the inputs it rests on."""

    name: str
    title: Text
    subtitle: Text | None = None
    frame: pl.DataFrame
    columns: tuple[FigureColumn, ...]
    rests_on: tuple[str, ...]
    notes: tuple[Text, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a column that the frame lacks, or a frame column without a card."""
        named = [column.name for column in self.columns]
        if named != self.frame.columns:
            raise ValueError(f"figure {self.name}: columns {named} describe a frame with {self.frame.columns}")

    def column(self, name: str) -> FigureColumn:
        """Return one column's card."""
        return next(column for column in self.columns if column.name == name)

    def _check_columns(self, *names: str | None) -> None:
        """Refuse a part of the drawing that names no column."""
        for name in names:
            if name is not None and name not in self.frame.columns:
                raise ValueError(f"figure {self.name}: there is no column {name!r}")


@dataclass(frozen=True, kw_only=True)
class TableFigure(Figure):
    """A table to read."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A horizontal (or vertical) mark on a chart: a target, a stated value, today."""

    value: float | str
    label: Text
    along: Literal["x", "y"] = "y"
    role: Role = "promised"


@dataclass(frozen=True, kw_only=True)
class ChartFigure(Figure):
    """A chart: which columns go where. ``series`` splits it into lines or bars; ``low`` and ``high`` make a band.

    ``outer_low`` and ``outer_high`` make a second, wider range around points. A "heat" chart colours the cell at ``x``
    and ``y`` by ``value``. ``best_first`` turns the measure's axis, so that rank 1 stands where the eye looks first.
    """

    mark: Mark
    x: str
    y: str
    series: str | None = None
    series_titles: Mapping[str, Text] = field(default_factory=dict)
    low: str | None = None
    high: str | None = None
    outer_low: str | None = None
    outer_high: str | None = None
    value: str | None = None
    facet: str | None = None
    rules: tuple[Rule, ...] = ()
    zero_based: bool = True
    best_first: bool = False

    def __post_init__(self) -> None:
        """Refuse an axis, series or band without its column."""
        super().__post_init__()
        self._check_columns(self.x, self.y, self.series, self.low, self.high, self.facet)
        self._check_columns(self.outer_low, self.outer_high, self.value)
        if (self.value is None) == (self.mark == "heat"):
            raise ValueError(f"figure {self.name}: a heat chart, and no other, has a value")


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Which mark of a map serves which demand: enough for a face to open and close marks and to count anew at once.

    ``starts`` (marks + 1,) and ``rows`` (pairs,) are the compressed rows of marks x demand; ``weight`` (demand,) is
    what each demand point counts, in ``unit``; ``lon`` and ``lat`` (demand,) where it is; ``is_open`` (marks,) tells
    which marks stand. Of several kinds of reach a figure holds one.
    """

    starts: NDArray[np.int64]
    rows: NDArray[np.int64]
    weight: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    is_open: NDArray[np.bool_]
    unit: str

    def __post_init__(self) -> None:
        """Refuse parts that do not fit each other."""
        check_unit(self.unit)
        demand = len(self.weight)
        if not len(self.lon) == len(self.lat) == demand or len(self.starts) != len(self.is_open) + 1:
            raise ValueError("the parts of a reach differ in length")
        if self.starts[-1] != len(self.rows) or (
            len(self.rows) and not 0 <= self.rows.min() <= self.rows.max() < demand
        ):
            raise ValueError("a reach names demand that is not there")


@dataclass(frozen=True, kw_only=True)
class MapFigure(Figure):
    """A map of points, lines or areas: ``geometry`` holds GeoJSON geometries in WGS84, in the frame's row order.

    With ``reach`` its marks are places that a reader may open, close and move.
    """

    geometry: Sequence[Mapping[str, Any]]
    value: str | None
    label: str | None = None
    breaks: tuple[float, ...] = ()
    break_titles: tuple[Text, ...] = ()
    layers: tuple[MapLayer, ...] = ()
    reach: Reach | None = None

    def __post_init__(self) -> None:
        """Refuse a value without its column, and geometries that do not match the rows."""
        super().__post_init__()
        self._check_columns(self.value, self.label)
        if len(self.geometry) != self.frame.height:
            raise ValueError(f"figure {self.name}: {len(self.geometry)} geometries for {self.frame.height} rows")
        if self.reach is not None and len(self.reach.is_open) != self.frame.height:
            raise ValueError(
                f"figure {self.name}: {len(self.reach.is_open)} marks with a reach for {self.frame.height} rows"
            )


@dataclass(frozen=True, kw_only=True)
class MapLayer:
    """A layer drawn with a map for orientation or as marks: its geometries and what they are."""

    name: str
    title: Text
    geometry: Sequence[Mapping[str, Any]]
    role: Literal["ground", "site", "existing", "phase"] = "ground"
    labels: Sequence[str] = ()
