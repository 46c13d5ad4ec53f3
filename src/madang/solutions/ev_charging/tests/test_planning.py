"""Plans on a made town: bounds, budgets, floors, phases, classes, and what no plan can do."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import BoundsError, InfeasibleError
from madang.solutions.ev_charging.figures_plan import plan_map
from madang.solutions.ev_charging.tests.conftest import table, value


def test_the_bound_is_never_below_the_plan(answer):
    result = answer(effort=0.05)
    plans = result.plans
    assert plans.best.bound >= plans.best.covered - 1e-9
    assert plans.least.bound <= plans.least.cost + 1e-9
    assert all(phase.bound >= phase.plan.covered - 1e-9 for phase in plans.phases)
    assert all(point.bound >= point.covered - 1e-9 for point in plans.curve)


def test_the_plan_for_a_budget_is_the_best_there_is(answer):
    result = answer(budget=3.0)
    access, siting = result.access, result.access.siting
    free = [at for at in range(len(siting.ids)) if not siting.is_existing[at] and not siting.is_forbidden[at]]
    reach = access.cover.toarray().astype(bool)
    best = 0.0
    for size in range(4):
        for chosen in itertools.combinations(free, size):
            if siting.cost[list(chosen)].sum() <= 3.0:
                rows = [*chosen, *np.flatnonzero(siting.is_existing)]
                best = max(best, float(access.weight[reach[rows].any(axis=0)].sum()))
    assert result.plans.best.covered == pytest.approx(best)
    assert result.plans.best.proved


def test_the_least_plan_covers_what_was_wanted(answer):
    result = answer(share_wanted_percent=80.0)
    reachable = result.access.weight[result.access.is_reachable].sum()
    assert result.plans.least.covered >= 0.8 * reachable - 1e-9


@settings(max_examples=8, deadline=None)
@given(low=st.floats(0, 8), more=st.floats(0.0, 4))
def test_more_budget_never_covers_less(answer, low, more):
    less = answer(budget=low, effort=0.2, phases_percent={2025: 100.0}).plans.best
    richer = answer(budget=low + more, effort=0.2, phases_percent={2025: 100.0}).plans.best
    assert richer.covered >= less.covered - 1e-9


def test_each_year_holds_the_last(answer):
    phases = answer(budget=8.0).plans.phases
    held = [set(phase.plan.chosen.tolist()) for phase in phases]
    assert [phase.year for phase in phases] == [2023, 2024, 2025]
    assert all(earlier <= later for earlier, later in itertools.pairwise(held))
    assert held[-1] == set(answer(budget=8.0).plans.best.chosen.tolist())
    assert all(phase.plan.cost <= phase.budget + 1e-9 for phase in phases)


def test_the_floor_holds_in_every_area(answer):
    result = answer(budget=9.0, floor_percent=60.0)
    access = result.access
    for area in ("west", "east"):
        can = access.weight[(access.area == area) & access.is_reachable].sum()
        share = result.plans.best.district_share[area] * access.weight[access.area == area].sum()
        assert share >= 0.6 * can - 1e-6


def test_a_floor_the_budget_cannot_pay_is_named(answer):
    with pytest.raises(InfeasibleError) as caught:
        answer(budget=1.0, floor_percent=95.0)
    assert "the budget (budget) and the least share of every area (floor_percent)" in str(caught.value)


def test_the_limit_of_rapid_sites_holds(answer):
    result = answer(budget=20.0, fast_sites_max=1, share_wanted_percent=50.0)
    fast = result.access.siting.is_fast[result.plans.best.chosen].sum()
    assert fast <= 1
    assert result.plans.best.covered <= answer(budget=20.0).plans.best.covered


def test_forced_sites_are_opened_and_paid_for(town, answer):
    frame = town().sites.frame
    must = pl.when(pl.col("id") == "s8").then(pl.lit("forced")).otherwise(pl.col("status")).alias("status")
    result = answer(sites=table("sites", frame.with_columns(must)), budget=5.0)
    at = result.access.siting.ids.index("s8")
    assert at in result.plans.best.chosen
    assert at in result.plans.least.chosen


def test_forced_sites_beyond_the_budget_are_named(town, answer):
    forced = town().sites.frame.with_columns(
        pl.when(pl.col("status") == "candidate").then(pl.lit("forced")).otherwise(pl.col("status")).alias("status")
    )
    with pytest.raises(InfeasibleError) as caught:
        answer(sites=table("sites", forced), budget=2.0)
    assert str(caught.value).startswith("the forced sites cost")


def test_a_budget_left_out_pays_for_the_forced_sites(town, answer):
    must = pl.when(pl.col("id").is_in(["s1", "s2", "s3"])).then(pl.lit("forced")).otherwise(pl.col("status"))
    forced = table("sites", town().sites.frame.with_columns(must.alias("status")))
    result = answer(sites=forced, share_wanted_percent=0.0)
    assert result.plans.budget == result.plans.best.cost == result.plans.least.cost == 6.0


def test_forced_sites_come_first_and_no_year_spends_more_than_it_has(town, answer):
    must = pl.when(pl.col("id").is_in(["s8", "s11", "s14"])).then(pl.lit("forced")).otherwise(pl.col("status"))
    forced = table("sites", town().sites.frame.with_columns(must.alias("status")))
    result = answer(sites=forced, budget=12.0, phases_percent={2023: 30.0, 2024: 80.0, 2025: 100.0})
    ids, plans = result.access.siting.ids, result.plans
    wanted = {ids.index(name) for name in ("s8", "s11", "s14")}
    first, *later = [set(phase.plan.chosen.tolist()) for phase in plans.phases]
    assert first < wanted
    assert all(wanted <= chosen for chosen in later)
    assert later[-1] == set(plans.best.chosen.tolist())
    assert all(phase.plan.cost <= phase.budget + 1e-9 for phase in plans.phases)
    assert all(phase.bound >= phase.plan.covered - 1e-9 for phase in plans.phases)


def test_years_that_never_pay_for_the_forced_sites_are_refused(town, answer):
    must = pl.when(pl.col("id") == "s8").then(pl.lit("forced")).otherwise(pl.col("status")).alias("status")
    forced = table("sites", town().sites.frame.with_columns(must))
    with pytest.raises(InfeasibleError) as caught:
        answer(sites=forced, budget=5.0, phases_percent={2027: 10.0, 2028: 20.0})
    what, where = str(caught.value).splitlines()[:2]
    assert what == "the forced sites cost 3, more than the 1 spent by the end of 2028"
    assert where == "  where: the budget spent by year (phases_percent), the sites that must be built (status forced)"


@pytest.mark.parametrize("priced", [True, False])
def test_no_point_of_the_curve_leaves_out_what_must_be_built(town, answer, priced):
    must = pl.when(pl.col("id").is_in(["s8", "s11"])).then(pl.lit("forced")).otherwise(pl.col("status"))
    frame = town().sites.frame.with_columns(must.alias("status"))
    plans = answer(sites=table("sites", frame if priced else frame.drop("cost"))).plans
    assert plans.curve[0].cost == (6.0 if priced else 2.0)
    assert plans.by_sites.sites[0] == 2
    assert max(point.covered for point in plans.curve if point.cost <= plans.least.cost) <= plans.least.covered + 1e-9


def test_money_is_refused_in_digits(town, answer):
    frame = town().sites.frame
    must = pl.when(pl.col("id") == "s8").then(pl.lit("forced")).otherwise(pl.col("status")).alias("status")
    dear = table("sites", frame.with_columns(must, cost=pl.lit(173_000_000.0)))
    with pytest.raises(InfeasibleError) as caught:
        answer(sites=dear, budget=100_000_000.0)
    assert "the forced sites cost 173,000,000, more than the budget of 100,000,000" in str(caught.value)


def test_a_year_cannot_end_with_less_spent_than_the_last(answer):
    with pytest.raises(BoundsError) as caught:
        answer(phases_percent={2027: 80.0, 2028: 40.0})
    assert "phases_percent.2028 = 40 is below the 80 of 2027" in str(caught.value)


def test_a_site_of_no_year_is_said_to_come_later(answer):
    result = answer(budget=9.0, phases_percent={2027: 30.0})
    opens = dict(plan_map(result).frame.select("id", "opens").iter_rows())
    by_year = {result.access.siting.ids[at] for at in result.plans.phases[-1].plan.chosen}
    chosen = {result.access.siting.ids[at] for at in result.plans.best.chosen}
    assert by_year < chosen
    assert {opens[site] for site in chosen - by_year} == {"나중 · later"}


def test_standing_sites_cost_nothing_and_stay(answer):
    result = answer(budget=0.0)
    assert result.plans.best.cost == 0
    assert value(result, "plan_covered_percent") == value(result, "covered_now_percent")


def test_everyone_reachable_is_covered_when_that_is_wanted(answer):
    result = answer(share_wanted_percent=100.0)
    reachable = result.access.weight[result.access.is_reachable].sum()
    assert result.plans.least.covered == pytest.approx(float(reachable))


def test_without_costs_a_budget_counts_sites(town, answer):
    bare = table("sites", town().sites.frame.drop("cost"))
    result = answer(sites=bare, budget=2.0)
    assert value(result, "plan_sites") == 2
    assert "no site has a cost: each counts 1, so a budget counts sites" in [gap.en for gap in result.gaps]


def test_the_same_inputs_give_the_same_plan(answer):
    one, two = answer(effort=0.3), answer(effort=0.3)
    assert one.plans.best.chosen.tolist() == two.plans.best.chosen.tolist()
    assert {n: m.value for n, m in one.numbers.items()} == {n: m.value for n, m in two.numbers.items()}


def test_the_value_of_a_site_is_what_it_would_add_alone(answer):
    result = answer()
    access = result.access
    at = result.access.siting.ids.index("s8")
    reach = access.cover.toarray().astype(bool)[at]
    expected = access.weight[reach & ~access.is_covered_now].sum()
    assert result.plans.gain[at] == pytest.approx(float(expected))
    assert result.plans.gain[access.siting.is_existing].tolist() == [0.0]


def test_an_unproved_plan_says_so(answer):
    result = answer(effort=0.3)
    proved = result.plans.best.proved and result.plans.least.proved
    assert any("not proved" in gap.en for gap in result.gaps) is not proved
    assert result.diagnostics["budget"]["proved"] is result.plans.best.proved


def test_the_curve_rises_and_holds_the_plan_for_the_wanted_share(town, answer):
    for sites in (town().sites, table("sites", town().sites.frame.drop("cost"))):
        plans = answer(sites=sites).plans
        costs, covered = zip(*((point.cost, point.covered) for point in plans.curve), strict=True)
        assert list(costs) == sorted(set(costs))
        assert list(covered) == sorted(covered)
        by_cost = dict(zip(costs, covered, strict=True))
        assert by_cost[plans.least.cost] >= plans.least.covered


def test_a_tenth_of_a_second_still_gives_a_plan_and_a_bound(answer):
    result = answer(seconds_max=0.1)
    assert result.plans.best.bound >= result.plans.best.covered - 1e-9
    assert result.plans.least.covered > 0


def test_a_floor_makes_the_plan_for_the_budget_no_better(answer):
    free, floored = answer(budget=9.0).plans.best, answer(budget=9.0, floor_percent=60.0).plans.best
    assert floored.covered <= free.covered + 1e-9
