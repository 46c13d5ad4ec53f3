"""Charts that can be pointed at: what each mark says, and the same sheet on dark paper."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import altair
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.drawing import live_figure, png_of, spec_of, svg_of, theme, with_dark
from madang.core.drawing.tips import chart_tip, layer_tips, map_tip, say_cell
from madang.core.figures import ChartFigure, FigureColumn, MapFigure, MapLayer, Rule, TableFigure
from madang.core.language import LANGUAGES, Language, in_language, text

SQUARE = {"type": "Polygon", "coordinates": [[[127.0, 37.5], [127.1, 37.5], [127.1, 37.6], [127.0, 37.5]]]}
POINT = {"type": "Point", "coordinates": [127.05, 37.55]}


def _chart(mark: Any = "line", **changes: Any) -> ChartFigure:
    made: dict[str, Any] = {
        "name": "cars",
        "title": text("전기차", "Electric cars"),
        "frame": pl.DataFrame(
            {"year": [2024, 2025], "who": ["a", "a"], "cars": [9.0, 111_817.0], "low": [8.0, None], "high": [10.0, 2.0]}
        ),
        "columns": (
            FigureColumn("year", text("연도", "Year"), "year"),
            FigureColumn("who", text("누구", "Who")),
            *(FigureColumn(name, text("등록 대수", "Registered"), "vehicle", 0) for name in ("cars", "low", "high")),
        ),
        "rests_on": (),
        "mark": mark,
        "x": "year",
        "y": "cars",
        "series": "who",
        "series_titles": {"a": text("승용차", "Cars")},
    }
    return ChartFigure(**made | changes)


def _map(**changes: Any) -> MapFigure:
    made: dict[str, Any] = {
        "name": "places",
        "title": text("곳", "Places"),
        "frame": pl.DataFrame({"gu": ["강북구 · Gangbuk"], "cut": [12.34]}),
        "columns": (FigureColumn("gu", text("구", "District")), FigureColumn("cut", text("감축", "Cut"), "percent", 1)),
        "rests_on": (),
        "geometry": [SQUARE],
        "value": "cut",
        "label": "gu",
    }
    return MapFigure(**made | changes)


@pytest.mark.parametrize(
    ("language", "said"),
    [("ko", "2025 · 승용차\n등록 대수: 111,817대"), ("en", "2025 · Cars\nRegistered: 111,817 vehicles")],
)
def test_a_point_says_its_place_its_series_and_its_value_with_the_unit(language: Language, said: str) -> None:
    figure = _chart()
    assert chart_tip(figure, figure.frame.row(1, named=True), language) == said


def test_a_point_with_a_range_says_it_and_half_a_range_is_none() -> None:
    figure = _chart(low="low", high="high")
    rows = list(figure.frame.iter_rows(named=True))
    assert chart_tip(figure, rows[0], "en").splitlines()[-1] == "range: 8 – 10 vehicles"
    assert "range" not in chart_tip(figure, rows[1], "en")


def test_an_unknown_value_is_a_dash_and_never_zero() -> None:
    figure = _chart(frame=_chart().frame.with_columns(cars=pl.lit(None, dtype=pl.Float64)))
    assert chart_tip(figure, figure.frame.row(0, named=True), "en") == "2024 · Cars\nRegistered: —"


def test_bars_that_lie_say_what_lies_along_them() -> None:
    frame = pl.DataFrame({"cars": [3.0], "who": ["a"]})
    columns = (FigureColumn("cars", text("대수", "Number"), "vehicle"), FigureColumn("who", text("누구", "Who")))
    lying = _chart("bar", frame=frame, columns=columns, x="cars", y="who", series=None)
    assert chart_tip(lying, frame.row(0, named=True), "ko") == "승용차\n대수: 3대"


@pytest.mark.parametrize(("language", "said"), [("ko", "강북구\n감축: 12.3%"), ("en", "Gangbuk\nCut: 12.3%")])
def test_a_place_says_its_name_in_the_language_and_all_that_is_known_of_it(language: Language, said: str) -> None:
    figure = _map()
    assert map_tip(figure, figure.frame.row(0, named=True), language) == said


def test_one_of_what_is_counted_is_said_in_the_singular() -> None:
    column = FigureColumn("weight", text("수요", "Demand"), "address")
    assert [say_cell(value, column, "en") for value in (1.0, 2.0, 0.0)] == ["1 address", "2 addresses", "0 addresses"]
    assert say_cell(1.0, column, "ko") == "1주소"


def test_a_layer_says_its_labels_or_what_it_is() -> None:
    layer = MapLayer(
        name="new", title=text("새 자리", "New sites"), geometry=[POINT, POINT], role="site", labels=["1번"]
    )
    assert layer_tips(layer, "en") == ["1번\nNew sites", "New sites"]


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "vehicle", "—"), (2021, "year", "2021"), (12.0, "percent", "12%"), (3.0, "kg", "3 kg"), (7, "1", "7"),
        (date(2021, 9, 7), None, "7 September 2021"), ("a", None, "a"), (True, None, "True"),
    ],
)  # fmt: skip
def test_a_cell_is_said_with_its_unit(value: Any, unit: str | None, said: str) -> None:
    assert say_cell(value, FigureColumn("it", text("것", "It"), unit), "en") == said


@pytest.mark.parametrize("mark", ["line", "bar", "stacked_bar", "area", "point"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_can_be_pointed_at_and_the_spec_is_valid(mark: Any, language: Language) -> None:
    spec = spec_of(_chart(mark), language, titled=False, live=True)
    altair.Chart.from_dict(spec)
    assert all(row["_tip"] for row in spec["data"]["values"])
    says = [
        layer for layer in spec["layer"] if layer["encoding"].get("description") == {"field": "_tip", "type": "nominal"}
    ]
    assert [layer["mark"]["type"] for layer in says] == [{"bar": "bar", "stacked_bar": "bar"}.get(mark, "point")]


def test_a_picture_that_stands_still_bears_no_words_of_its_marks() -> None:
    assert "_tip" not in json.dumps(spec_of(_chart(), "en"))
    assert "_tip" not in json.dumps(spec_of(_map(), "en"))


@pytest.mark.parametrize("value", ["cut", None])
def test_every_place_of_a_map_can_be_pointed_at(value: str | None) -> None:
    layers = (MapLayer(name="new", title=text("새 자리", "New sites"), geometry=[POINT], role="site"),)
    spec = spec_of(_map(value=value, layers=layers), "en", titled=False, live=True)
    altair.Chart.from_dict(spec)
    tips = [one["_tip"] for layer in spec["layer"] for one in layer["data"]["values"] if "_tip" in one]
    assert tips == ["Gangbuk\nCut: 12.3%", "New sites"]


def test_what_a_page_draws_itself_has_the_words_of_the_picture() -> None:
    told = live_figure(_chart(), "ko", caveats=(text("초안", "a draft"),))
    assert (told["title"], told["subtitle"], told["notes"]) == ("전기차", "등록 대수 (대)", ["유의: 초안"])
    assert told["spec"]["config"]["font"] == theme.READER_FONTS
    json.dumps(told)


def test_a_table_cannot_be_pointed_at() -> None:
    table = TableFigure(name="t", title=text("표", "T"), frame=_chart().frame, columns=_chart().columns, rests_on=())
    with pytest.raises(ValueError, match="figure t is a table or has no rows: there is nothing to draw"):
        live_figure(table, "en")


def test_on_dark_paper_every_colour_of_the_picture_has_another() -> None:
    svg = svg_of(_chart(), "ko")
    dark = with_dark(svg)
    assert dark.count("@media (prefers-color-scheme:dark)") == 1
    for colour in set(re.findall(r'(?:fill|stroke)="(#\w{6})"', svg)):
        assert f'[fill="{colour}"]{{fill:{theme.dark_of(colour)}}}' in dark
    assert re.sub("<style>.*?</style>", "", dark) == svg


def test_a_picture_for_print_is_the_same_with_or_without_its_dark_colours() -> None:
    svg = svg_of(_chart(), "en")
    assert png_of(with_dark(svg)) == png_of(svg)


@given(st.from_regex(r"\A#[0-9A-F]{6}\Z"))
def test_any_colour_can_be_told_from_dark_paper(colour: str) -> None:
    behind = {theme.PAPER, theme.HAIRLINE, theme.UNKNOWN, "#F1EDE5", *theme.STEPS, "#6A9BC1", "#7FA396"}
    if colour not in behind:
        assert theme.contrast(theme.dark_of(colour), theme.DARK_PAPER) >= 4.5


def test_the_steps_of_a_map_grow_away_from_the_paper_in_the_dark_as_in_the_light() -> None:
    light = [theme.contrast(step, theme.PAPER) for step in theme.STEPS]
    dark = [theme.contrast(theme.dark_of(step), theme.DARK_PAPER) for step in theme.STEPS]
    assert light == sorted(light)
    assert dark == sorted(dark)


@pytest.mark.parametrize(
    ("words", "korean", "english"),
    [
        ("강북구 · Gangbuk", "강북구", "Gangbuk"),
        ("생활계 · domestic · other", "생활계", "domestic · other"),
        ("BOD · COD", "BOD · COD", "BOD · COD"),
        ("공공 · 체육", "공공 · 체육", "공공 · 체육"),
        ("Gangbuk", "Gangbuk", "Gangbuk"),
        ("", "", ""),
    ],
)
def test_a_name_that_stands_in_both_languages_is_read_in_one(words: str, korean: str, english: str) -> None:
    assert (in_language(words, "ko"), in_language(words, "en")) == (korean, english)


def test_names_in_both_languages_are_drawn_in_one() -> None:
    named = replace(_chart("bar"), frame=_chart().frame.with_columns(who=pl.lit("승용차 · cars")), series_titles={})
    assert {row["_series"] for row in spec_of(named, "en")["data"]["values"]} == {"cars"}
    labels = [
        one["name"] for layer in spec_of(_map(), "ko")["layer"] for one in layer["data"]["values"] if "name" in one
    ]
    assert labels == ["강북구"]


@pytest.mark.parametrize(("heights", "right"), [([9.0, 8.0, 2.0, 1.0], True), ([1.0, 2.0, 8.0, 9.0], False)])
def test_a_level_s_name_stands_where_fewer_marks_pass(heights: list[float], right: bool) -> None:
    """A line that falls from the level leaves its right end free, one that rises to it its left."""
    frame = pl.DataFrame({"year": [2021, 2022, 2023, 2024], "cars": heights})
    columns = (
        FigureColumn("year", text("연도", "Year"), "year"),
        FigureColumn("cars", text("대수", "Cars"), "vehicle"),
    )
    level = Rule(value=8.5, label=text("목표", "Target"))
    figure = _chart(frame=frame, columns=columns, series=None, series_titles={}, rules=(level,))
    names = [one for one in spec_of(figure, "en")["layer"] if one["mark"].get("text") == "Target"]
    assert {one["mark"]["align"] for one in names} == {"right" if right else "left"}
    assert {one["encoding"]["x"]["value"] for one in names} == {"width" if right else 0}


def test_a_level_s_name_stands_on_paper_and_can_be_a_png() -> None:
    """Letters with paper around them are drawn twice; neither is outlined a second time."""
    svg = svg_of(_chart(rules=(Rule(value=60_000, label=text("목표", "Target")),)), "ko")
    assert svg.count(">목표</text>") == 2
    assert png_of(svg).startswith(b"\x89PNG")


def test_few_places_known_by_points_are_large_and_named_below() -> None:
    """Names over points would hide their colours."""
    spec = spec_of(_map(geometry=[POINT]), "ko")
    assert spec["projection"]["pointRadius"] == 8
    words = [part["mark"] for layer in spec["layer"] for part in layer.get("layer", [])]
    assert {mark["dy"] for mark in words} == {17}
    sites = MapLayer(name="sites", title=text("자리", "Sites"), geometry=[POINT], role="site")
    assert "pointRadius" not in spec_of(_map(geometry=[POINT], layers=(sites,)), "ko")["projection"]
    assert "pointRadius" not in spec_of(_map(), "ko")["projection"]
