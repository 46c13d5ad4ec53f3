"""Sites and power classes chosen together: capacity, money and proof, on the made town."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from madang.core.errors import InfeasibleError
from madang.solutions.ev_charging.planning import what_if
from madang.solutions.ev_charging.tests.conftest import table, value
from madang.solutions.ev_charging.tests.test_loads import vehicles

CARS = {"west": 30_000, "east": 20_000}


def test_nothing_is_planned_by_capacity_without_vehicles(answer):
    result = answer()
    assert result.capacities is None
    assert value(result, "energy_served_percent") is None


def test_no_site_gives_more_than_its_capacity_and_the_money_is_kept(answer):
    made = answer(area_vehicles=vehicles(**CARS), energy_budget_won=2e8).capacities
    assert (made.plan.load <= made.plan.capacity + 1e-6).all()
    assert made.plan.cost <= 2e8 + 1e-6


def test_the_bound_is_never_below_what_is_served(answer):
    result = answer(area_vehicles=vehicles(**CARS), energy_budget_won=2e8)
    assert value(result, "energy_bound_percent") >= value(result, "energy_served_percent") - 1e-9


def test_more_money_serves_more(answer):
    cars = vehicles(**CARS)
    served = [
        value(answer(area_vehicles=cars, energy_budget_won=won), "energy_served_percent") for won in (0, 5e7, 2e8, 1e9)
    ]
    assert served == sorted(served)
    assert served[0] < served[-1]


def test_a_rapid_site_is_rapid_and_a_slow_one_slow(answer):
    result = answer(area_vehicles=vehicles(**CARS), energy_budget_won=1e9)
    fast = result.access.siting.is_fast
    assert not result.capacities.fast_ports[~fast].any()
    assert not result.capacities.slow_ports[fast].any()


def test_a_site_gets_no_more_chargers_than_it_has_room_for(town, answer):
    tight = table("sites", town().sites.frame.with_columns(pl.lit(3).alias("ports_max")))
    made = answer(sites=tight, area_vehicles=vehicles(**CARS), energy_budget_won=1e9).capacities
    assert max(made.fast_ports.max(), made.slow_ports.max()) == 3


def test_what_stands_serves_for_nothing(town, answer):
    stands = table(
        "sites", town().sites.frame.with_columns(pl.when(pl.col("status") == "existing").then(50).alias("fast_ports"))
    )
    result = answer(sites=stands, area_vehicles=vehicles(**CARS), energy_budget_won=0.0)
    assert value(result, "energy_served_percent") > 0
    assert value(result, "energy_cost_won") == 0


def test_a_share_the_budget_cannot_serve_is_named(answer):
    with pytest.raises(InfeasibleError) as caught:
        answer(area_vehicles=vehicles(**CARS), energy_budget_won=1e6, energy_share_wanted_percent=50.0)
    assert "no plan within the budget of 1,000,000 serves more than" in str(caught.value)
    assert "budget" in str(caught.value).splitlines()[1]


def test_a_share_beyond_every_charger_there_is_room_for_is_named(answer):
    with pytest.raises(InfeasibleError) as caught:
        answer(area_vehicles=vehicles(**CARS), energy_budget_won=1e12, energy_share_wanted_percent=90.0)
    assert str(caught.value).splitlines()[1] == "  where: the chargers there is room for (ports_max)"


def test_a_share_that_no_site_reaches_is_named(answer):
    with pytest.raises(InfeasibleError) as caught:
        answer(area_vehicles=vehicles(**CARS), walk_minutes_max=0.5, energy_share_wanted_percent=100.0)
    assert "reach" in str(caught.value)


def test_a_live_plan_starts_from_what_stands(answer):
    result = answer()
    live = what_if(result.access)
    assert live.covered == pytest.approx(float(result.access.weight[result.access.is_covered_now].sum()))
    at = result.access.siting.ids.index("s8")
    before = live.covered
    assert live.add(at) == pytest.approx(before + result.plans.gain[at])
    assert live.remove(at) == pytest.approx(before)


def test_the_curve_by_sites_rises_and_stays_under_its_bound(answer):
    curve = answer().plans.by_sites
    assert (np.diff(curve.covered) >= -1e-9).all()
    assert (curve.bound >= curve.covered - 1e-9).all()


@pytest.mark.parametrize("none", [{"evs_planned": 0.0}, {"evs_planned": 90.0, "home_charging_percent": 100.0}])
def test_no_energy_to_serve_is_not_said_to_be_unknown_vehicles(answer, none):
    result = answer(**none)
    for name in ("energy_served_percent", "energy_unserved_percent", "energy_cost_won"):
        assert value(result, name) is None
        assert "no public charging is needed" in result.numbers[name].gap.en


def must_build(town, *ids, **columns):
    """The town's sites, some of them to be built whatever they are worth."""
    forced = pl.when(pl.col("id").is_in(ids)).then(pl.lit("forced")).otherwise(pl.col("status")).alias("status")
    return table("sites", town().sites.frame.with_columns(forced, **columns))


@pytest.mark.parametrize("won", [None, 3e8, 1e12])
def test_forced_sites_are_in_the_plan_for_energy_and_forbidden_ones_are_not(town, answer, won):
    barred = pl.when(pl.col("id") == "s3").then(pl.lit("forbidden")).otherwise(pl.col("status")).alias("status")
    sites = table("sites", must_build(town, "s1", "s8", "s9").frame.with_columns(barred))
    result = answer(sites=sites, area_vehicles=vehicles(**CARS), energy_budget_won=won)
    ids, chosen = result.access.siting.ids, result.capacities.plan.level_of
    assert {ids.index("s1"), ids.index("s8"), ids.index("s9")} <= set(chosen)
    assert ids.index("s3") not in chosen
    assert value(result, "energy_cost_won") <= result.capacities.budget_won + 1e-6


def test_forced_sites_that_the_money_for_energy_cannot_pay_are_named(town, answer):
    with pytest.raises(InfeasibleError) as caught:
        answer(sites=must_build(town, "s1", "s8"), area_vehicles=vehicles(**CARS), energy_budget_won=2.2e7)
    what, where = str(caught.value).splitlines()[:2]
    assert what == "the forced sites cost at least 44,000,000, more than the budget of 22,000,000"
    assert where == "  where: the budget for energy (energy_budget_won), the sites that must be built (status forced)"


def test_a_budget_for_energy_left_out_pays_for_the_forced_sites(town, answer):
    dear = must_build(town, *(f"s{at}" for at in range(1, 17)))
    result = answer(sites=dear, area_vehicles=vehicles(west=3, east=2), budget=1e6)
    assert len(result.capacities.plan.level_of) == 16
    assert result.capacities.budget_won == value(result, "energy_cost_won")


def test_a_forced_site_with_room_for_no_charger_is_named(town, answer):
    none = pl.when(pl.col("id") == "s8").then(0).alias("ports_max")
    with pytest.raises(InfeasibleError) as caught:
        answer(sites=must_build(town, "s8", ports_max=none), area_vehicles=vehicles(**CARS))
    assert str(caught.value).startswith("s8 must be built and has room for no charger (ports_max = 0)")
