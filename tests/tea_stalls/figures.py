"""Figures of the tea stalls."""

from __future__ import annotations

from typing import Any

from madang.core.figures import ChartFigure, Figure, FigureColumn, MapFigure, Rule, TableFigure
from madang.core.language import text


def figures(result: Any) -> tuple[Figure, ...]:
    """Return a chart of bars, a chart of years, a table and a map."""
    market = FigureColumn("market", text("시장", "Market"))
    cups = FigureColumn("cups", text("찻잔", "Cups"), "item", 0)
    years = (
        FigureColumn("year", text("연도", "Year"), "year"),
        FigureColumn("won", text("수입", "Income"), "won"),
        FigureColumn("low", text("하한", "Low"), "won"),
        FigureColumn("high", text("상한", "High"), "won"),
    )
    squares = [_square(127.0 + 0.01 * index, 37.5) for index in range(result.by_market.height)]
    title = text("찻잔의 대부분은 큰 시장에서 팔린다", "Most cups are sold in the large market")
    rests = ("stalls", "cups_per_day")
    return (
        ChartFigure(
            name="by_market", title=title, frame=result.by_market, columns=(market, cups), rests_on=rests,
            mark="bar", x="market", y="cups", rules=(Rule(value=1e6, label=text("목표", "Target")),),
        ),
        ChartFigure(
            name="by_year", title=text("수입은 값을 따른다", "Income follows the price"), frame=result.by_year,
            columns=years, rests_on=("price",), mark="line", x="year", y="won", low="low", high="high",
        ),
        TableFigure(
            name="markets", title=text("시장", "Markets"), frame=result.by_market, columns=(market, cups),
            rests_on=rests,
        ),
        MapFigure(
            name="map", title=text("시장의 자리", "Where the markets are"), frame=result.by_market,
            columns=(market, cups), rests_on=rests, geometry=squares, value="cups", label="market", breaks=(5e5,),
        ),
    )  # fmt: skip


def _square(x: float, y: float) -> dict[str, Any]:
    """Return a small square."""
    ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}
