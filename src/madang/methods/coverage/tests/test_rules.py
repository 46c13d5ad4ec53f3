import itertools

import numpy as np
import pytest
from coverage_brute import covered, street_cover, subsets

from madang.core.errors import BoundsError, InfeasibleError, UsageError
from madang.methods.coverage import coverage_curve, plan_cover, plan_phases


def small(seed):
    cover, weights = street_cover(seed, sites=9, rows=24, radius=0.25)
    return cover, weights, np.random.default_rng(seed).choice(["north", "south"], 24)


def shares(cover, weights, districts, chosen):
    within = [np.where(districts == name, weights, 0.0) for name in ("north", "south")]
    return {name: covered(cover, w, chosen) / w.sum() for name, w in zip(("north", "south"), within, strict=True)}


@pytest.mark.parametrize("seed", range(12))
def test_floors_by_district_are_met_at_the_best_possible_worth(seed):
    cover, weights, districts = small(seed)
    fitting = [
        covered(cover, weights, s) for s in itertools.combinations(range(9), 3)
        if min(shares(cover, weights, districts, s).values()) >= 0.4
    ]  # fmt: skip
    if not fitting:
        with pytest.raises(InfeasibleError):
            plan_cover(cover, weights, sites=3, districts=districts, floors=0.4)
        return
    plan = plan_cover(cover, weights, sites=3, districts=districts, floors=0.4)
    assert plan.objective == max(fitting)
    assert plan.proved
    assert plan.district_share == pytest.approx(shares(cover, weights, districts, plan.chosen))


@pytest.mark.parametrize("seed", range(8))
def test_a_share_with_a_floor_costs_the_least_that_keeps_both(seed):
    cover, weights, districts = small(seed)
    reachable = covered(cover, weights, range(9))
    floor = 0.5 * shares(cover, weights, districts, range(9))["north"]
    need = [
        len(s) for s in subsets(9)
        if covered(cover, weights, s) >= 0.6 * reachable and shares(cover, weights, districts, s)["north"] >= floor
    ]  # fmt: skip
    plan = plan_cover(
        cover, weights, share=0.6, share_of="reachable", districts=districts, floors={"north": floor * (1 - 1e-12)}
    )
    assert plan.objective == min(need)
    assert plan.proved


def test_floors_hold_in_a_large_plan_cut_short():
    cover, weights = street_cover(1, sites=500, rows=4000, radius=0.06)
    districts = np.arange(4000) % 5
    plan = plan_cover(cover, weights, sites=60, districts=districts, floors=0.3, effort=0.05, stop=lambda: True)
    assert min(plan.district_share.values()) >= 0.3
    assert plan.bound >= plan.objective


@pytest.mark.parametrize("seed", range(10))
def test_class_limits_hold_at_the_best_possible_worth(seed):
    cover, weights, _ = small(seed)
    classes = np.array(list("rrrrsssss"))
    fitting = (s for s in itertools.combinations(range(9), 4) if sum(j < 4 for j in s) <= 1)
    plan = plan_cover(cover, weights, sites=4, classes=classes, class_limits={"r": 1})
    assert (classes[plan.chosen] == "r").sum() <= 1
    assert plan.objective == max(covered(cover, weights, s) for s in fitting)
    assert plan.proved


@pytest.mark.parametrize("floors", [None, 0.3])
@pytest.mark.parametrize("seed", range(10))
def test_sites_that_cost_nothing_still_count_for_the_limit_of_their_class(seed, floors):
    cover, weights, districts = small(seed)
    costs, classes = np.array([0, 1, 0, 2, 0, 1, 0, 1, 3.0]), np.array(list("rrrrsssss"))
    fitting = [
        s for s in subsets(9)
        if costs[list(s)].sum() <= 2 and sum(j < 4 for j in s) <= 1 and sum(j >= 4 for j in s) <= 2
        and min(shares(cover, weights, districts, s).values()) >= (floors or 0.0)
    ]  # fmt: skip
    best = max((covered(cover, weights, s) for s in fitting), default=None)
    rules = {"classes": classes, "class_limits": {"r": 1, "s": 2}, "districts": districts, "floors": floors}
    if best is None:
        with pytest.raises(InfeasibleError):
            plan_cover(cover, weights, costs=costs, budget=2, **rules)
        return
    plan = plan_cover(cover, weights, costs=costs, budget=2, **rules)
    assert (plan.objective, plan.proved) == (best, True)
    assert (classes[plan.chosen] == "r").sum() <= 1
    assert (classes[plan.chosen] == "s").sum() <= 2


@pytest.mark.parametrize("seed", range(10))
def test_a_share_at_least_cost_takes_sites_that_cost_nothing_as_far_as_their_class_allows(seed):
    cover, weights, _ = small(seed)
    costs, classes = np.array([0, 1, 0, 2, 0, 1, 0, 1, 3.0]), np.array(list("rrrrsssss"))
    fitting = (s for s in subsets(9) if sum(j < 4 for j in s) <= 1)
    need = 0.6 * covered(cover, weights, [1, *range(4, 9)])
    least = min(costs[list(s)].sum() for s in fitting if covered(cover, weights, s) >= need)
    share = need / weights.sum() * (1 - 1e-12)
    plan = plan_cover(cover, weights, costs=costs, share=share, classes=classes, class_limits={"r": 1})
    assert (plan.objective, plan.proved) == (least, True)


def test_a_class_limit_of_zero_forbids_the_class(chain):
    plan = plan_cover(chain, sites=5, classes=list("aabbb"), class_limits={"b": 0})
    assert plan.chosen.tolist() == [0, 1]


def test_a_class_limit_that_leaves_someone_out_is_infeasible(chain):
    with pytest.raises(InfeasibleError) as error:
        plan_cover(chain, share=1.0, classes=list("aabbb"), class_limits={"b": 1})
    assert error.value.what == "no plan keeps class_limits and share together (proved)"


@pytest.mark.parametrize("share", [0.9, 1.0])
def test_a_class_without_room_never_passes_for_demand_that_nobody_reaches(chain, share):
    with pytest.raises(InfeasibleError) as error:
        plan_cover(chain, share=share, classes=list("aabbb"), class_limits={"b": 0})
    assert error.value.what == "no plan keeps class_limits and share together (proved)"


@pytest.mark.parametrize("first", ["end", "start"])
def test_every_year_contains_the_last_within_its_budget(first):
    cover, weights = street_cover(3)
    plan = plan_phases(cover, weights, budgets={2027: 4, 2028: 8, 2030: 14}, first=first)
    chosen = [set(year.chosen.tolist()) for year in plan.plans]
    assert chosen[0] <= chosen[1] <= chosen[2]
    assert [year.cost for year in plan.plans] == [4, 8, 14]
    assert sum(len(new) for new in plan.added) == 14
    assert all(bound >= year.objective for bound, year in zip(plan.bounds, plan.plans, strict=True))


def test_planning_from_the_end_makes_the_last_year_best_and_from_the_start_the_first():
    cover, weights = street_cover(4)
    budgets = {1: 5, 2: 12}
    end, start = (plan_phases(cover, weights, budgets=budgets, first=first) for first in ("end", "start"))
    assert end.plans[-1].proved
    assert start.plans[0].proved
    assert end.plans[-1].objective >= start.plans[-1].objective
    assert start.plans[0].objective >= end.plans[0].objective


def test_phases_refuse_falling_budgets_no_year_and_unknown_orders(chain):
    with pytest.raises(BoundsError, match="the budget of 2028 is 1, below 2 before it"):
        plan_phases(chain, budgets={2027: 2, 2028: 1})
    with pytest.raises(UsageError, match="no year is given"):
        plan_phases(chain, budgets={})
    with pytest.raises(UsageError, match="first is 'middle'"):
        plan_phases(chain, budgets={2027: 2}, first="middle")


def test_the_curve_bounds_the_best_plan_at_every_number_of_sites():
    cover, weights = street_cover(5, sites=12, rows=40, radius=0.2)
    curve = coverage_curve(cover, weights)
    for k in curve.sites:
        best = max(covered(cover, weights, s) for s in itertools.combinations(range(12), int(k)))
        assert curve.covered[k] <= best <= curve.bound[k] + 1e-6
        assert curve.covered[k] == covered(cover, weights, curve.order[:k])


def test_the_curve_is_tight_concave_above_and_rising():
    cover, weights = street_cover(6, sites=150, rows=800, radius=0.1)
    curve = coverage_curve(cover, weights, sites_max=40)
    assert curve.sites.tolist() == list(range(41))
    assert (np.diff(curve.covered) >= 0).all()
    assert (np.diff(curve.bound) >= -1e-6).all()
    assert curve.gap[1:].max() < 0.12
    assert curve.gap[0] == 0


def test_the_curve_tells_how_many_sites_a_share_needs_at_least_and_at_most(chain):
    curve = coverage_curve(chain)
    assert curve.sites_for(1.0) == (3, 3)
    assert curve.sites_for(0.0) == (0, 0)
    assert coverage_curve(chain, sites_max=1).sites_for(1.0) == (None, None)


def test_the_curve_starts_from_existing_sites_and_leaves_forbidden_ones_out(chain):
    curve = coverage_curve(chain, existing=[0], forbidden=[2])
    assert curve.covered[0] == 2
    assert 2 not in curve.order
    assert 0 not in curve.order


def test_a_negative_number_of_sites_is_refused(chain):
    with pytest.raises(BoundsError, match="sites_max is -1"):
        coverage_curve(chain, sites_max=-1)
