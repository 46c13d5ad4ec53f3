"""Figures: what each shows of the made town, what they say without streets, and that all can be drawn."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from madang.core.drawing import can_draw, spec_of
from madang.core.figures import MapFigure
from madang.core.language import LANGUAGES
from madang.core.units import check_unit
from madang.solutions.ev_charging import figures_siting
from madang.solutions.ev_charging.figures import figures
from madang.solutions.ev_charging.tests.conftest import table, value
from madang.solutions.ev_charging.tests.test_loads import vehicles

ROUTED = {
    "coverage_map",
    "walk_minutes",
    "circles_and_streets",
    "cost_coverage",
    "sites_coverage",
    "plan_map",
    "phases",
    "areas",
    "out_of_reach",
}


def drawn(result) -> dict:
    return {figure.name: figure for figure in figures(result)}


def test_without_streets_the_routed_figures_are_empty_and_say_why(answer):
    made = drawn(answer(street_nodes=None))
    assert set(made) >= ROUTED
    for name in ROUTED:
        assert made[name].frame.height == 0
        assert made[name].notes[0].en.startswith("there are no streets yet: madang import streets")


def test_the_same_figures_stand_with_and_without_streets(answer):
    with_streets, without = drawn(answer()), drawn(answer(street_nodes=None))
    assert list(with_streets) == list(without)
    for name, figure in with_streets.items():
        assert figure.frame.schema == without[name].frame.schema, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_of_the_town_can_be_drawn(answer, language):
    for figure in figures(answer(area_vehicles=vehicles(west=3000, east=2000))):
        if can_draw(figure):
            assert spec_of(figure, language)["$schema"]


def test_every_number_in_a_figure_has_a_unit(answer):
    for figure in figures(answer()):
        for column in figure.columns:
            if figure.frame[column.name].dtype.is_numeric():
                check_unit(column.unit)


def test_the_coverage_map_tells_the_four_states(answer):
    result = answer(walk_minutes_max=1.9)
    frame = drawn(result)["coverage_map"].frame
    weight = dict(frame.group_by("state").agg(pl.col("weight").sum()).rows())
    covered = value(result, "covered_now_percent") / 100 * result.access.total
    assert weight[0] == pytest.approx(covered)
    assert weight[1] == pytest.approx(value(result, "circles_mislead_percent") / 100 * result.access.total)
    assert sum(weight.values()) == pytest.approx(result.access.total)


def test_the_bars_of_the_histogram_make_the_whole_demand(answer):
    for changes in ({}, {"walk_minutes_max": 1.0}, {"walk_minutes_max": 7.5}):
        result = answer(**changes)
        assert drawn(result)["walk_minutes"].frame["weight"].sum() == pytest.approx(result.access.total)


def test_the_states_of_circles_and_streets_make_the_whole_demand(answer):
    result = answer()
    assert drawn(result)["circles_and_streets"].frame["weight"].sum() == pytest.approx(result.access.total)


def test_the_curve_reaches_the_plan_for_the_wanted_share(answer):
    result = answer()
    frame = drawn(result)["cost_coverage"].frame
    assert frame["cost"].max() >= result.plans.least.cost
    assert (frame["bound"] >= frame["covered"] - 1e-9).all()
    assert frame["covered"].is_sorted()


def test_the_plan_map_shows_what_stands_and_what_opens_when(answer):
    result = answer(budget=6.0)
    figure = drawn(result)["plan_map"]
    roles = dict(figure.frame.group_by("role_en").len().rows())
    assert roles == {"stands": 1, "planned": result.plans.best.sites}
    assert set(figure.frame.filter(pl.col("role_ko") == "계획")["phase"].to_list()) <= {2023, 2024, 2025}
    assert len(figure.geometry) == figure.frame.height


def test_a_map_has_the_streets_for_its_ground(answer):
    ground = drawn(answer())["coverage_map"].layers[0]
    assert (ground.name, ground.role) == ("streets", "ground")
    assert ground.geometry[0]["type"] == "MultiLineString"
    assert len(ground.geometry[0]["coordinates"]) == answer().access.network.chains


def test_a_large_town_is_drawn_by_its_heaviest_points(answer, monkeypatch):
    monkeypatch.setattr(figures_siting, "MARKS_MAX", 10)
    figure = drawn(answer())["coverage_map"]
    assert figure.frame.height == 10
    assert figure.frame["weight"].to_list() == [5.0] * 9 + [4.0]
    assert figure.notes[-1].en == "Of 49 demand points the heaviest 10 are drawn."


def test_each_area_has_its_shares(answer):
    result = answer(budget=6.0)
    frame = drawn(result)["areas"].frame
    assert set(frame["area"]) == {"west", "east"}
    assert (frame["now"] <= frame["plan"] + 1e-9).all()
    assert (frame["plan"] <= frame["reachable"] + 1e-9).all()
    whole = (frame["plan"] * frame["weight"]).sum() / frame["weight"].sum()
    assert whole == pytest.approx(value(result, "plan_covered_percent"))


def test_the_table_of_years_adds_up(answer):
    frame = drawn(answer(budget=8.0))["phases"].frame
    assert frame["added"].cum_sum().to_list() == frame["sites"].to_list()
    assert (frame["covered"] <= frame["bound"] + 1e-9).all()


def test_those_out_of_reach_are_named(town, answer):
    far = town().sites.frame.with_columns(
        pl.when(pl.col("id") == "s0").then(pl.lit("existing")).otherwise(pl.lit("forbidden")).alias("status")
    )
    result = answer(sites=table("sites", far))
    frame = drawn(result)["out_of_reach"].frame
    assert frame["weight"].sum() == pytest.approx(value(result, "demand_unreachable"))
    assert "6-6" in frame["id"].to_list()


def test_an_area_left_blank_stands_under_a_dash(town, answer):
    blank = town().demand.frame.with_columns(pl.lit(None, dtype=pl.String).alias("area"))
    assert drawn(answer(demand=table("demand", blank)))["areas"].frame["area"].to_list() == ["—"]


def test_titles_tell_the_finding(answer):
    made = drawn(answer())
    share = value(answer(), "covered_now_percent")
    assert made["coverage_map"].title.en == f"{share:.0f} % of the demand reaches a charger on foot today"
    assert all(isinstance(made[name], MapFigure) for name in ("coverage_map", "plan_map"))


def test_the_weight_of_the_demand_bears_its_unit(answer):
    made = drawn(answer(demand_unit="household"))
    assert made["walk_minutes"].column("weight").unit == "household"
    assert made["areas"].column("weight").unit == "household"


def test_no_demand_at_all_is_unknown_and_no_nought(town, answer):
    nothing = table("demand", town().demand.frame.with_columns(pl.lit(0.0).alias("weight")))
    result = answer(demand=nothing)
    assert value(result, "covered_now_percent") is None
    assert result.numbers["covered_now_percent"].gap.en == "there is no demand to cover"
    assert drawn(result)["cost_coverage"].frame.height == 0


def test_the_equity_line_runs_from_nothing_to_all(answer):
    districts = pl.DataFrame(
        {
            "district": list("abc"),
            "day": ["2026-01-01"] * 3,
            "chargers": [1, 5, 9],
            "fast": [0, 1, 2],
            "slow": [1, 4, 7],
        }
    )
    cars = pl.DataFrame(
        {"district": list("abc"), "day": ["2026-01-01"] * 3, "vehicles": [100, 100, 100], "evs": [1, 2, 3]}
    )
    day = pl.col("day").str.to_date()
    result = answer(
        street_nodes=None,
        district_chargers=table("district_chargers", districts.with_columns(day)),
        district_vehicles=table("district_vehicles", cars.with_columns(day)),
    )
    frame = drawn(result)["equity"].frame.filter(pl.col("line") == "districts")
    assert frame.select("vehicles", "chargers").row(0) == (0.0, 0.0)
    assert np.allclose(frame.select("vehicles", "chargers").row(-1), (100.0, 100.0))
    assert drawn(result)["vehicles_per_charger"].frame["district"].to_list() == ["a", "b", "c"]


def test_a_minute_that_was_not_measured_to_its_end_is_no_bar(answer):
    result = answer(walk_minutes_max=1.9)  # walks are measured to 7.6 minutes
    frame = drawn(result)["walk_minutes"].frame
    assert frame["minutes"].to_list()[-2:] == ["06–07", "07+"]
    minutes = result.access.walk_m / result.access.limit_m * 1.9
    assert frame["weight"].to_list()[-1] == result.access.weight[~(minutes <= 7)].sum()
    assert frame["weight"].to_list()[-1] > 0
