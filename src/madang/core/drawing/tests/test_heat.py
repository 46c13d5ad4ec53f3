"""Heat charts, axes of ranks, and ranges within ranges."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from madang.core.drawing import svg_of, theme
from madang.core.drawing.charts import chart_spec
from madang.core.figures import ChartFigure, FigureColumn
from madang.core.language import text

CITIES = ["Aran", "Borim", "Chaum"]


def heat(values: list[float | None], columns: int = 3, **more: Any) -> ChartFigure:
    """Return a heat chart of three cities."""
    rows = [(city, rank) for city in CITIES for rank in range(1, columns + 1)]
    frame = pl.DataFrame(
        {"city": [city for city, _ in rows], "rank": [rank for _, rank in rows], "percent": values},
        schema={"city": pl.String, "rank": pl.Int64, "percent": pl.Float64},
    )
    return ChartFigure(
        name="likely",
        title=text("순위의 확률", "How likely each rank is"),
        frame=frame,
        columns=(
            FigureColumn("city", text("도시", "City")),
            FigureColumn("rank", text("순위", "Rank"), "rank", 0),
            FigureColumn("percent", text("몫", "Share"), "percent", 0),
        ),
        rests_on=(),
        mark="heat",
        x="rank",
        y="city",
        value="percent",
        **more,
    )


SHARES = [70.0, 30.0, 0.0, 30.0, 50.0, 20.0, 0.0, 20.0, None]


def layers(figure: ChartFigure) -> list[dict[str, Any]]:
    """Return the layers of a chart's spec."""
    return list(chart_spec(figure, "en")["layer"])


def test_each_pair_is_one_cell_coloured_by_its_value() -> None:
    cells = layers(heat(SHARES))[0]
    assert cells["mark"]["type"] == "rect"
    assert cells["encoding"]["color"]["field"] == "percent"
    assert len(chart_spec(heat(SHARES), "en")["data"]["values"]) == 9


def test_a_cell_without_a_value_is_told_from_a_low_one() -> None:
    colour = layers(heat(SHARES))[0]["encoding"]["color"]
    assert colour["condition"] == {"test": "!isValid(datum['percent'])", "value": theme.UNKNOWN}
    assert theme.UNKNOWN not in theme.STEPS


def test_rows_and_columns_stand_in_the_order_of_the_frame() -> None:
    encoding = layers(heat(SHARES))[0]["encoding"]
    assert encoding["y"]["sort"] == CITIES
    assert encoding["x"]["sort"] == [1, 2, 3]


def test_few_cells_bear_their_value_and_dark_ones_in_light_ink() -> None:
    figure = heat(SHARES)
    assert [layer["mark"]["type"] for layer in layers(figure)] == ["rect", "text"]
    told = chart_spec(figure, "en")["data"]["values"]
    assert [row["_says"] for row in told[:2]] == ["70", "30"]
    assert [row["_dark"] for row in told] == [True, False, False, False, True, False, False, False, False]


def test_many_columns_have_no_room_for_values() -> None:
    figure = heat([1.0] * 120, columns=40)
    assert [layer["mark"]["type"] for layer in layers(figure)] == ["rect"]


@pytest.mark.parametrize(("language", "said"), [("ko", "순위의 확률"), ("en", "How likely each rank is")])
def test_a_heat_chart_is_drawn_in_both_languages(language: Any, said: str) -> None:
    drawn = svg_of(heat(SHARES), language)
    assert drawn.startswith("<svg")
    assert said in drawn
    assert drawn.count("Borim") >= 1


def test_a_heat_chart_without_any_value_is_drawn_all_unknown() -> None:
    drawn = svg_of(heat([None] * 9), "en")
    assert drawn.lower().count(f'fill="{theme.UNKNOWN.lower()}"') == 9
    assert "NaN" not in drawn


def test_a_heat_chart_and_no_other_has_a_value() -> None:
    with pytest.raises(ValueError, match="a heat chart, and no other, has a value"):
        ranges(value="rank")


def ranges(**more: Any) -> ChartFigure:
    """Return ranks of three cities with a range within a range."""
    frame = pl.DataFrame(
        {"city": CITIES, "rank": [1, 2, 3], "low": [1, 1, 3], "high": [2, 3, 3], "best": [1, 1, 2], "worst": [3, 3, 3]}
    )
    names = ("rank", "low", "high", "best", "worst")
    return ChartFigure(
        name="ranges",
        title=text("순위와 범위", "Ranks and ranges"),
        frame=frame,
        columns=(
            FigureColumn("city", text("도시", "City")),
            *(FigureColumn(name, text(name, name), "rank", 0) for name in names),
        ),
        rests_on=(),
        mark="point",
        x="rank",
        y="city",
        low="low",
        high="high",
        outer_low="best",
        outer_high="worst",
        best_first=True,
        **more,
    )


def test_the_wider_range_lies_below_the_narrower_and_the_point_on_top() -> None:
    made = layers(ranges())
    kinds = [layer["mark"]["type"] for layer in made]
    assert kinds[:2] == ["rule", "bar"]
    assert "point" in kinds[-1] or "circle" in kinds[-1]
    assert (made[0]["encoding"]["x"]["field"], made[0]["encoding"]["x2"]["field"]) == ("best", "worst")
    assert (made[1]["encoding"]["x"]["field"], made[1]["encoding"]["x2"]["field"]) == ("low", "high")


def test_an_axis_of_ranks_begins_at_the_first_place() -> None:
    scale = layers(ranges())[0]["encoding"]["x"]["scale"]
    assert (scale["domain"], scale["reverse"]) == ([0.5, 3.5], False)


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        ChartFigure(**{**vars(ranges()), "outer_low": "nowhere"})


def test_every_cell_is_drawn_and_the_unknown_one_in_its_own_colour() -> None:
    drawn = svg_of(heat(SHARES), "en")
    assert drawn.count('aria-roledescription="rect mark" d=') == 9
    assert drawn.lower().count(f'fill="{theme.UNKNOWN.lower()}"') == 1


@pytest.mark.parametrize(
    ("values", "ends"),
    [([-1.5, 0.5], [-1.5, 0.5]), ([2.0, 8.0], [0.0, 8.0]), ([-3.0, -1.0], [-3.0, 0.0]), ([0.0, 0.0], [0.0, 1.0])],
)
def test_the_scale_of_colours_holds_zero_and_every_value(values: list[float], ends: list[float]) -> None:
    filled = [*values, *[None] * 7]
    assert layers(heat(filled))[0]["encoding"]["color"]["scale"]["domain"] == ends
