"""Figures: data with titles and units; a drawing names only columns that are there."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from madang.core.errors import UnitError
from madang.core.figures import ChartFigure, FigureColumn, MapFigure, TableFigure, places_to_read
from madang.core.language import text

COLUMNS = (FigureColumn("year", text("연도", "Year"), "year"), FigureColumn("trees", text("가로수", "Trees"), "tree"))
FRAME = pl.DataFrame({"year": [2020, 2021], "trees": [300.0, 400.0]})
POINT = {"type": "Point", "coordinates": [127.0, 37.5]}


def made(kind: type[Any], **more: Any) -> Any:
    """Return a figure of two years of trees."""
    known = {
        "name": "trees",
        "title": text("가로수", "Trees"),
        "frame": FRAME,
        "columns": COLUMNS,
        "rests_on": ("trees",),
    }
    return kind(**{**known, **more})


def test_a_column_is_found_by_name() -> None:
    assert made(TableFigure).column("trees").unit == "tree"


@pytest.mark.parametrize(
    ("names", "korean", "english"),
    [
        (("class_ko", "class_en", "count"), (0, 2), (1, 2)),
        (("count", "class_en", "class_ko"), (0, 2), (0, 1)),
        (("name_ko", "count"), (0, 1), (0, 1)),
        (("name_en", "count"), (0, 1), (0, 1)),
        (("a_ko", "b_en"), (0, 1), (0, 1)),
        (("a_ko", "a_en", "b_ko", "b_en"), (0, 2), (1, 3)),
        ((), (), ()),
    ],
)
def test_of_two_columns_that_say_one_thing_a_reader_is_shown_their_own(
    names: tuple[str, ...], korean: tuple[int, ...], english: tuple[int, ...]
) -> None:
    assert places_to_read(names, "ko") == korean
    assert places_to_read(names, "en") == english


def test_columns_and_frame_must_agree() -> None:
    with pytest.raises(ValueError, match=r"figure trees: columns \['year'\] describe a frame with \['year', 'trees'\]"):
        made(TableFigure, columns=COLUMNS[:1])


def test_a_column_with_an_unknown_unit_is_refused() -> None:
    with pytest.raises(UnitError, match="there is no unit 'tress'"):
        FigureColumn("trees", text("가로수", "Trees"), "tress")


@pytest.mark.parametrize("part", ["x", "y", "series", "low", "high", "facet"])
def test_a_chart_names_only_columns_that_are_there(part: str) -> None:
    with pytest.raises(ValueError, match="figure trees: there is no column 'height'"):
        made(ChartFigure, **{"mark": "line", "x": "year", "y": "trees", part: "height"})


def test_a_chart_is_zero_based_unless_it_says_otherwise() -> None:
    assert made(ChartFigure, mark="bar", x="year", y="trees").zero_based


def test_a_map_has_a_geometry_for_each_row() -> None:
    assert len(made(MapFigure, geometry=[POINT, POINT], value="trees").geometry) == 2
    with pytest.raises(ValueError, match="figure trees: 1 geometries for 2 rows"):
        made(MapFigure, geometry=[POINT], value="trees")


def test_a_map_shows_only_a_column_that_is_there() -> None:
    with pytest.raises(ValueError, match="figure trees: there is no column 'height'"):
        made(MapFigure, geometry=[POINT, POINT], value="height")
