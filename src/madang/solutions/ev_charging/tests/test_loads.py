"""Chargers by site: energy shared out to open sites, rounded up, and what finds no room."""

from __future__ import annotations

import polars as pl
import pytest

from madang.core.errors import BoundsError
from madang.solutions.ev_charging.energy import capacity_claim, chargers_needed, public_kwh_per_day
from madang.solutions.ev_charging.tests.conftest import table, value


def vehicles(**areas):
    return table(
        "area_vehicles",
        pl.DataFrame(
            [(area, n, n / 10) for area, n in areas.items()], schema=["area", "vehicles", "evs"], orient="row"
        ),
    )


def test_energy_follows_the_formula():
    assert public_kwh_per_day(100, 36, 5, 50) == pytest.approx(360)
    assert chargers_needed(360, 50, 8) == pytest.approx(0.9)
    assert capacity_claim(8407, 54000)["vehicles_per_charger"] == pytest.approx(6.42, abs=0.01)


def test_no_distance_on_a_kilowatt_hour_is_refused():
    with pytest.raises(BoundsError, match="0 km/kWh is not a distance on a kilowatt-hour"):
        public_kwh_per_day(1, 36, 0, 50)


def test_without_vehicles_the_chargers_are_unknown_and_say_what_to_give(answer):
    result = answer()
    assert value(result, "ports_slow_to_add") is None
    assert "evs_planned" in result.numbers["ports_slow_to_add"].gap.en


def test_energy_given_and_unserved_make_the_whole(answer):
    result = answer(area_vehicles=vehicles(west=30_000, east=20_000), budget=8.0)
    loads = result.loads
    assert loads.evs == pytest.approx(5000)
    assert loads.kwh_per_day == pytest.approx(public_kwh_per_day(5000, 36, 5, 50))
    assert 0 <= loads.unserved_kwh <= loads.kwh_per_day


def test_each_site_gets_enough_whole_chargers(answer):
    result = answer(area_vehicles=vehicles(west=30_000, east=20_000), budget=8.0)
    loads, siting = result.loads, result.access.siting
    given = ((siting.is_fast * 50 + ~siting.is_fast * 7) * 8 * loads.needed).sum()
    assert given >= loads.kwh_per_day - loads.unserved_kwh
    assert (loads.needed == loads.needed.round()).all()


def test_planned_vehicles_replace_those_registered(answer):
    cars = vehicles(west=30_000, east=20_000)
    few = answer(area_vehicles=cars, evs_planned=1000.0).loads
    many = answer(area_vehicles=cars, evs_planned=50_000.0).loads
    assert (few.evs, many.evs) == (pytest.approx(1000), pytest.approx(50_000))
    assert many.needed.sum() > few.needed.sum()


def test_planned_vehicles_alone_are_spread_by_the_demand(answer):
    assert answer(evs_planned=700.0).loads.evs == pytest.approx(700)


def test_vehicles_of_an_area_without_demand_are_told(answer):
    result = answer(area_vehicles=vehicles(west=1000, north=500))
    assert result.loads.evs_without_demand == pytest.approx(50)
    assert result.diagnostics["vehicles_in_areas_without_demand"] == pytest.approx(50)


def test_what_finds_no_room_is_counted_apart(town, answer):
    tight = table("sites", town().sites.frame.with_columns(pl.lit(1).alias("ports_max")))
    result = answer(sites=tight, area_vehicles=vehicles(west=300_000, east=200_000), budget=8.0)
    assert value(result, "ports_without_room") > 0
    assert value(result, "ports_fast_to_add") + value(result, "ports_slow_to_add") <= len(result.plans.best.open_sites)


def test_chargers_that_stand_are_not_bought_again(town, answer):
    stands = table("sites", town().sites.frame.with_columns(pl.lit(500).alias("fast_ports")))
    assert value(answer(sites=stands, area_vehicles=vehicles(west=3000, east=2000)), "ports_fast_to_add") == 0


def test_an_area_whose_electric_vehicles_are_unknown_leaves_the_answer_unknown(answer):
    unknown = table("area_vehicles", pl.DataFrame({"area": ["west"], "vehicles": [100.0], "evs": [None]}))
    assert value(answer(area_vehicles=unknown), "ports_cost_won") is None
