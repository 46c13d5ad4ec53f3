"""The map of districts: five classes of vehicles to a charger, by shapes that a city gives or leaves out."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from madang.core.drawing import spec_of
from madang.core.figures import places_to_read
from madang.core.tables import TableSpec
from madang.plan.cities import open_city
from madang.solutions.ev_charging import solution
from madang.solutions.ev_charging.figures import figures
from madang.solutions.ev_charging.figures_supply import classes_of
from madang.solutions.ev_charging.site_words import WORDS, in_words
from madang.solutions.ev_charging.tests.conftest import table

DAY = date(2026, 4, 30)


def shapes(kind: str = "boundary", **middles: float):
    rows = [(name, kind, shapely.box(at, 0, at + 1, 1).wkb) for name, at in middles.items()]
    return table("district_shapes", pl.DataFrame(rows, schema=["district", "kind", "geometry"], orient="row"))


def counts(**chargers: int):
    people = [(DAY, name, f"{name}구", 10, 20) for name in chargers]
    return {
        "district_chargers": table(
            "district_chargers",
            pl.DataFrame(
                [(DAY, name, count, 0, count) for name, count in chargers.items()],
                schema=["day", "district", "chargers", "fast", "slow"],
                orient="row",
            ),
        ),
        "district_people": table(
            "district_people",
            pl.DataFrame(people, schema=["day", "district", "name_ko", "households", "residents"], orient="row"),
        ),
        "district_vehicles": table(
            "district_vehicles",
            pl.DataFrame(
                [(DAY, name, 100, 1) for name in chargers], schema=["day", "district", "vehicles", "evs"], orient="row"
            ),
        ),
    }


def mapped(result):
    return {figure.name: figure for figure in figures(result)}["districts_map"]


def test_a_city_without_shapes_has_an_empty_map_that_says_what_to_give(answer):
    figure = mapped(answer(street_nodes=None, **counts(A=5, B=10)))
    assert (figure.frame.height, list(figure.geometry)) == (0, [])
    assert figure.notes[0].en == "there are no shapes of districts: give the table district_shapes"


def test_each_district_stands_in_its_shape_with_what_falls_to_a_charger(answer):
    figure = mapped(answer(street_nodes=None, district_shapes=shapes(B=1, A=0), **counts(A=5, B=10)))
    assert figure.frame.rows() == [("A", "A구", 20.0, 5), ("B", "B구", 10.0, 10)]
    assert [shapely.geometry.shape(one).bounds[0] for one in figure.geometry] == [0.0, 1.0]
    assert figure.notes == ()


def test_squares_say_that_they_are_no_boundaries(answer):
    figure = mapped(answer(street_nodes=None, district_shapes=shapes("square", A=0), **counts(A=5)))
    assert figure.notes[0].ko.startswith("네모 하나가 자치구 하나로")


def test_a_district_without_chargers_stays_on_the_map_without_a_value(answer):
    figure = mapped(answer(street_nodes=None, district_shapes=shapes(A=0, B=1), **counts(A=5, B=0)))
    assert figure.frame["vehicles_per_charger"].to_list() == [20.0, None]
    drawn = spec_of(figure, "en")
    assert "no data" in str(drawn)


def test_seouls_squares_hold_every_district_once_and_never_overlap():
    reader = solution.reader(open_city("seoul"), date(2026, 11, 22))
    given_shapes = reader.table("district_shapes").frame
    drawn = shapely.from_wkb(given_shapes["geometry"].to_numpy(allow_copy=True))
    assert sorted(given_shapes["district"]) == sorted(set(reader.table("district_people").frame["district"]))
    assert shapely.area(shapely.union_all(drawn)) == pytest.approx(shapely.area(drawn).sum())


@pytest.mark.shared
def test_seouls_squares_lie_in_the_order_of_the_true_districts(shared):
    reader = solution.reader(open_city("seoul"), date(2026, 11, 22))
    squares = reader.table("district_shapes").frame
    names = dict(reader.table("district_people").frame.select("district", "name_ko").rows())
    middle = shapely.centroid(shapely.from_wkb(squares["geometry"].to_numpy(allow_copy=True)))
    drawn = {names[name]: (point.x, point.y) for name, point in zip(squares["district"], middle, strict=True)}
    true = {
        one["properties"]["gu"]: shapely.geometry.shape(one["geometry"]).centroid
        for one in json.loads((shared / "data/boundaries/seoul_gu_25_from_dong.geojson").read_text())["features"]
    }
    pairs = [(a, b) for a in drawn for b in drawn if a < b]
    far = [(a, b) for a, b in pairs if abs(true[a].x - true[b].x) > 0.05]
    right = sum((drawn[a][0] - drawn[b][0]) * (true[a].x - true[b].x) > 0 for a, b in far)
    assert right / len(far) > 0.95


@given(st.lists(st.floats(0.1, 500.0), min_size=1, max_size=40))
def test_every_value_falls_into_a_class_that_its_words_describe(values):
    breaks, titles = classes_of(pl.Series(values, dtype=pl.Float64))
    assert list(breaks) == sorted(set(breaks))
    assert len(titles) == len(breaks) + 1
    assert titles[0].en == f"under {breaks[0]:,.0f}"
    assert titles[-1].ko == f"{breaks[-1]:,.0f}대 이상"


def test_no_values_have_no_classes():
    assert classes_of(pl.Series([None], dtype=pl.Float64)) == ((), ())


def test_a_reader_is_shown_the_words_of_one_language(answer):
    figure = {one.name: one for one in figures(answer(budget=6.0))}["plan_map"]
    korean = [figure.frame.columns[at] for at in places_to_read(figure.frame.columns, "ko")]
    assert {"class_ko", "kind_ko", "role_ko"} <= set(korean)
    assert not {"class_en", "kind_en", "role_en"} & set(korean)
    assert set(figure.frame["kind_ko"]) <= {"급속", "완속"}


def test_every_class_of_place_has_its_word_and_keeps_its_key_in_english():
    spec: TableSpec = solution.specs["sites"]
    for key in spec.columns["class"].choices or ():
        assert WORDS[key].en == key
    frame = pl.DataFrame({"class": ["home", "mall"]}).select(*in_words("class"))
    assert frame.rows() == [("home", "집"), ("mall", "mall")]
