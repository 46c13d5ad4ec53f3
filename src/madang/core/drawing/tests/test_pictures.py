"""Figures drawn: valid specs, pictures that stand alone, words in the reader's language, nothing lost."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from typing import Any

import altair
import polars as pl
import pytest

from madang.core.drawing import can_draw, fits_phone, png_of, spec_of, svg_of, theme
from madang.core.figures import ChartFigure, FigureColumn, MapFigure, MapLayer, Rule, TableFigure
from madang.core.language import LANGUAGES, Language, text
from madang.core.sources import Source

SOURCE = Source(who="서울특별시", title="등록 현황", read=date(2026, 11, 1), url="https://example.org/a")
TITLES = {"promised": text("약속", "Promised"), "computed": text("계산", "Computed")}


def _column(name: str, unit: str | None = None) -> FigureColumn:
    return FigureColumn(name, text(f"{name} 이름", f"{name} title"), unit)


def _line(**changes: Any) -> ChartFigure:
    frame = pl.DataFrame(
        {
            "year": [2024, 2025, 2024, 2025],
            "who": ["promised", "promised", "computed", "computed"],
            "cars": [10.0, 270_000.0, 12.0, 111_817.0],
            "low": [9.0, 260_000.0, 11.0, 100_000.0],
            "high": [11.0, 280_000.0, 13.0, 120_000.0],
        }
    )
    made: dict[str, Any] = {
        "name": "stock_line",
        "title": text("약속에 못 미친다", "Short of the promise"),
        "frame": frame,
        "columns": (_column("year", "year"), _column("who"), *(_column(n, "vehicle") for n in ("cars", "low", "high"))),
        "rests_on": (),
        "mark": "line",
        "x": "year",
        "y": "cars",
        "series": "who",
        "series_titles": TITLES,
    }
    return ChartFigure(**made | changes)


def _bars(names: list[str], mark: Any = "bar") -> ChartFigure:
    frame = pl.DataFrame({"name": names, "value": [float(index) for index in range(len(names))]})
    return ChartFigure(
        name="bars", title=text("막대", "Bars"), frame=frame, columns=(_column("name"), _column("value", "t")),
        rests_on=(), mark=mark, x="name", y="value",
    )  # fmt: skip


def _map(**changes: Any) -> MapFigure:
    frame = pl.DataFrame({"gu": ["가구", "나구", "다구"], "minutes": [1.0, 4.0, None]})
    squares = [_square(127.0 + index / 100, 37.5) for index in range(3)]
    made: dict[str, Any] = {
        "name": "walk", "title": text("걷는 시간", "Walking time"), "frame": frame,
        "columns": (_column("gu"), _column("minutes", "minute")), "rests_on": (), "geometry": squares,
        "value": "minutes", "label": "gu", "breaks": (3.0,),
        "break_titles": (text("3분 미만", "under 3 minutes"), text("3분 이상", "3 minutes and more")),
    }  # fmt: skip
    return MapFigure(**made | changes)


def _square(x: float, y: float) -> dict[str, Any]:
    ring = [[x, y], [x, y + 0.01], [x + 0.01, y + 0.01], [x + 0.01, y], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def _figures() -> dict[str, Any]:
    line, years = _line(), _bars(["a"])
    return {
        "line": line,
        "band": _line(low="low", high="high"),
        "rules": _line(
            rules=(
                Rule(value=270_000, label=text("목표", "Target")),
                Rule(value=2025, label=text("기한", "Due"), along="x", role="missed"),
            )
        ),
        "stacked_bar": _line(mark="stacked_bar"),
        "grouped_bar": _line(mark="bar"),
        "whiskers": _line(mark="bar", low="low", high="high"),
        "area": _line(mark="area"),
        "points": _line(mark="point", x="low"),
        "facets": _line(series=None, facet="who"),
        "bar": years,
        "lying": _bars(["아주 긴 이름을 가진 사업 " + str(index) for index in range(9)]),
        "histogram": _line(mark="histogram", series=None),
        "raw_histogram": _line(mark="histogram", series=None, x="cars"),
        "map": _map(),
        "map_of_lines": _map(
            geometry=[{"type": "LineString", "coordinates": [[127, 37], [127.1, 37.1]]}] * 3, label=None
        ),
        "map_of_words": _map(value="gu", breaks=(), break_titles=()),
        "plain_map": _map(value=None),
    }


FIGURES = _figures()


def _texts(svg: str) -> str:
    return " ".join("".join(node.itertext()) for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))


@pytest.mark.parametrize("kind", FIGURES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_figure_is_a_valid_vega_lite_spec(kind: str, language: Language) -> None:
    chart = altair.Chart.from_dict(spec_of(FIGURES[kind], language))
    assert chart.to_dict(validate=True)["title"]["text"] == FIGURES[kind].title.to(language)


@pytest.mark.parametrize("kind", FIGURES)
def test_every_kind_of_figure_is_a_picture_that_stands_alone(kind: str) -> None:
    svg = svg_of(FIGURES[kind], "ko", sources=(SOURCE,))
    tree = ET.fromstring(svg)
    assert tree.get("role") == "img"
    assert FIGURES[kind].title.ko in tree.get("aria-label", "")
    assert FIGURES[kind].title.ko in _texts(svg)
    assert "출처: 서울특별시, 등록 현황 (2026-11-01)" in _texts(svg)
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', svg) == []


NARROW = sorted(name for name, figure in FIGURES.items() if fits_phone(figure))


@pytest.mark.parametrize("kind", NARROW)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_for_a_phone_is_as_wide_as_one_and_keeps_its_letters(kind: str, language: Language) -> None:
    svg = svg_of(FIGURES[kind], language, width=theme.PHONE_WIDTH)
    width = float(ET.fromstring(svg).get("width", "0"))
    assert width <= theme.PHONE_WIDTH + 2 * theme.MARGIN + 24
    assert min(float(size) for size in re.findall(r'font-size="(\d+)(?:px)?"', svg)) >= theme.NOTE_SIZE - 1
    altair.Chart.from_dict(spec_of(FIGURES[kind], language, width=theme.PHONE_WIDTH)).to_dict(validate=True)


def test_names_beside_bars_on_a_phone_are_parted_into_lines_and_none_is_left_out() -> None:
    names = [f"아주 긴 이름을 가진 {index}번째 사업" for index in range(9)]
    drawn = svg_of(_bars(names), "ko", width=theme.PHONE_WIDTH)
    assert all(f"{index}번째" in _texts(drawn) for index in range(9))
    assert "…" not in _texts(drawn)


def test_a_map_with_names_on_it_is_not_made_narrow() -> None:
    assert not fits_phone(_map())
    assert fits_phone(_map(label=None))
    named = MapLayer(
        name="gu", title=text("구", "District"), geometry=[_square(127.0, 37.5)], role="site", labels=["가구"]
    )
    assert not fits_phone(_map(label=None, layers=(named,)))


def test_a_picture_is_the_same_each_time() -> None:
    assert svg_of(_line(), "ko") == svg_of(_line(), "ko")
    assert png_of(svg_of(_line(), "en")) == png_of(svg_of(_line(), "en"))


def test_ids_bear_the_figures_name_so_that_many_may_share_a_page() -> None:
    found = [set(re.findall(r'\bid="([^"]+)"', svg_of(FIGURES[kind], "en"))) for kind in ("line", "map", "bar")]
    assert all(name.split("-")[0] in {"stock", "walk", "bars"} for names in found for name in names)
    assert not found[0] & found[1]


def test_a_png_is_as_many_pixels_as_asked() -> None:
    svg = svg_of(_line(), "ko")
    wide, high = (int(float(part)) for part in re.search(r'width="(\d+)" height="(\d+)"', svg).groups())  # type: ignore[union-attr]
    png = png_of(svg, scale=2.0)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (2 * wide, 2 * high)


def test_hangul_is_drawn_as_glyphs_and_not_as_boxes() -> None:
    """Two different syllables give two different pictures; without a font both would be the same empty box."""
    one, other = (_line(title=text(word, "x"), series=None, facet=None) for word in ("가가가가", "힣힣힣힣"))
    assert png_of(svg_of(one, "ko")) != png_of(svg_of(other, "ko"))
    foreign = svg_of(_line(), "ko").replace("Noto Sans KR", "No Such Font").encode().decode()
    assert png_of(svg_of(_line(), "ko")) != png_of(foreign)


def test_caveats_notes_and_left_out_sources_stand_below_the_plot() -> None:
    figure = replace(_line(), notes=(text("주", "A note"),))
    caveats = [text(f"유의 {index}", f"Caveat {index}") for index in range(4)]
    sources = [SOURCE.model_copy(update={"title": f"T{index}"}) for index in range(5)]
    said = _texts(svg_of(figure, "en", sources=sources, caveats=caveats))
    assert "A note" in said
    assert "Note: Caveat 0 · Caveat 1 and 2 more" in said
    assert "T1 (2026-11-01) and 3 more" in said
    assert "Caveat 2" not in said


def test_a_source_is_named_once() -> None:
    twice = (SOURCE, SOURCE.model_copy(update={"url": "https://example.org/b"}))
    assert _texts(svg_of(_line(), "ko", sources=twice)).count("등록 현황") == 1


@pytest.mark.parametrize(("language", "number"), [("ko", "25만"), ("en", "250,000")])
def test_axis_numbers_are_written_as_the_language_writes_them(language: Language, number: str) -> None:
    assert number in _texts(svg_of(_line(), language))


def test_series_are_named_at_their_ends_and_not_in_a_legend() -> None:
    svg = svg_of(_line(), "en")
    assert {"Promised", "Computed"} <= set(_texts(svg).split())
    assert "role-legend" not in svg


def test_grouped_bars_keep_a_legend() -> None:
    assert "role-legend" in svg_of(FIGURES["grouped_bar"], "en")


def test_a_rule_says_what_it_is() -> None:
    said = _texts(svg_of(FIGURES["rules"], "ko"))
    assert "목표" in said
    assert "기한" in said


def test_bars_with_long_names_lie_down() -> None:
    spec = spec_of(FIGURES["lying"], "ko")
    assert spec["layer"][0]["encoding"]["y"]["field"] == "name"
    assert spec["height"] == 9 * 26


def test_few_bars_bear_their_values() -> None:
    assert [row["_says"] for row in spec_of(_bars(["a", "b"]), "en")["data"]["values"]] == ["0", "1"]


def test_bars_begin_at_zero_and_lines_may_not() -> None:
    assert spec_of(_bars(["a", "b"]), "en")["layer"][0]["encoding"]["y"]["scale"]["zero"] is True
    spec = spec_of(_line(zero_based=False), "en")
    assert spec["layer"][0]["encoding"]["y"]["scale"]["zero"] is False


def test_years_are_written_without_separators_and_never_twice() -> None:
    axis = spec_of(_line(), "en")["layer"][0]["encoding"]["x"]["axis"]
    assert (axis["format"], axis["values"]) == ("d", [2024, 2025])


@pytest.mark.parametrize(("count", "shown"), [(5, 5), (20, 10), (41, 9)])
def test_many_years_are_thinned_to_round_ones(count: int, shown: int) -> None:
    frame = pl.DataFrame({"year": list(range(2010, 2010 + count)), "cars": [1.0] * count})
    figure = _line(frame=frame, columns=(_column("year", "year"), _column("cars", "vehicle")), series=None)
    assert len(spec_of(figure, "en")["layer"][0]["encoding"]["x"]["axis"]["values"]) == shown


def test_a_missing_value_is_a_gap_and_never_zero() -> None:
    frame = pl.DataFrame({"year": [2020, 2021, 2022], "cars": [1.0, None, float("nan")]})
    figure = _line(frame=frame, columns=(_column("year", "year"), _column("cars", "vehicle")), series=None)
    values = [row["cars"] for row in spec_of(figure, "en")["data"]["values"]]
    assert values == [1.0, None, None]


def test_days_and_months_become_time() -> None:
    frame = pl.DataFrame({"day": [date(2020, 1, 1), date(2024, 1, 1)], "cars": [1.0, 2.0]})
    figure = _line(frame=frame, columns=(_column("day"), _column("cars", "t")), x="day", series=None)
    axis = spec_of(figure, "en")["layer"][0]["encoding"]["x"]
    assert (axis["type"], axis["axis"]["format"]) == ("temporal", "%Y")
    months = frame.with_columns(day=pl.Series(["2020-01", "2020-02"]))
    axis = spec_of(replace(figure, frame=months), "en")["layer"][0]["encoding"]["x"]
    assert (axis["type"], axis["axis"]["format"]) == ("temporal", "%Y-%m")


def test_a_map_says_its_steps_in_words_and_what_is_unknown() -> None:
    said = _texts(svg_of(_map(), "ko"))
    assert all(word in said for word in ("3분 미만", "3분 이상", "자료 없음", "가구"))
    assert "no data" in _texts(svg_of(_map(), "en"))


def test_a_map_without_breaks_parts_its_rows_into_fifths() -> None:
    frame = pl.DataFrame({"gu": [str(index) for index in range(10)], "minutes": [float(i) for i in range(10)]})
    squares = [_square(127.0 + index / 100, 37.5) for index in range(10)]
    spec = spec_of(_map(frame=frame, geometry=squares, breaks=(), break_titles=()), "en")
    assert spec["layer"][0]["encoding"]["fill"]["scale"]["domain"] == ["< 2", "2 – 4", "4 – 5", "5 – 7", "≥ 7"]


def test_ground_lies_below_and_sites_above() -> None:
    point = [{"type": "Point", "coordinates": [127.0, 37.5]}]
    layers = (
        MapLayer(name="sites", title=text("자리", "Sites"), geometry=point, role="site", labels=["A"]),
        MapLayer(name="city", title=text("도시", "City"), geometry=[_square(126.9, 37.4)], role="ground"),
    )
    made = spec_of(_map(layers=layers), "en")["layer"]
    assert made[0]["mark"]["fill"] == "#F1EDE5"
    assert made[2]["mark"]["fill"] == theme.PERSIMMON


def test_a_table_and_an_empty_chart_are_not_drawn() -> None:
    table = TableFigure(
        name="t", title=text("표", "T"), frame=pl.DataFrame({"a": [1]}), columns=(_column("a"),), rests_on=()
    )
    empty = replace(_bars(["a"]), frame=_bars(["a"]).frame.head(0))
    assert not can_draw(table)
    assert not can_draw(empty)
    with pytest.raises(ValueError, match="figure t is a table or has no rows"):
        spec_of(table, "en")


def test_words_that_look_like_markup_are_only_words() -> None:
    figure = _line(title=text("<script>&", "<script>&"))
    assert "<script>" not in svg_of(figure, "en")
    assert "<script>&" in _texts(svg_of(figure, "en"))
