"""The figures of the shade trees."""

from __future__ import annotations

import polars as pl

from madang.core.figures import ChartFigure, Figure, FigureColumn, TableFigure
from madang.core.language import text
from madang.solutions.shade_trees.model import ShadeResult


def draw(result: ShadeResult) -> tuple[Figure, ...]:
    """Return a chart of the trees and a table of the streets."""
    trees = pl.DataFrame({"year": list(result.trees_by_year), "trees": list(result.trees_by_year.values())})
    streets = pl.DataFrame({"district": list(result.street_km), "street_km": list(result.street_km.values())})
    return (
        ChartFigure(
            name="trees_by_year",
            title=text("가로수는 해마다 늘어난다", "Street trees by year"),
            frame=trees,
            columns=(
                FigureColumn("year", text("연도", "Year"), "year"),
                FigureColumn("trees", text("가로수", "Trees"), "tree"),
            ),
            rests_on=("trees_now", "planted", "survival_share", "planting"),
            mark="line",
            x="year",
            y="trees",
        ),
        TableFigure(
            name="streets",
            title=text("자치구별 가로 연장", "Length of streets by district"),
            frame=streets,
            columns=(
                FigureColumn("district", text("자치구", "District")),
                FigureColumn("street_km", text("연장", "Length"), "km"),
            ),
            rests_on=("streets",),
        ),
    )
