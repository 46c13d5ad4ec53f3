import itertools

import numpy as np
import pytest
from coverage_brute import random_cover, street_cover
from coverage_milp import capacity_best
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from madang.core.errors import BoundsError, DataError, InfeasibleError, UsageError
from madang.methods.coverage import Level, plan_capacity


def most_served(cover, demand, capacity):
    """The largest flow from demand to sites, as a linear program."""
    dense = cover.toarray()
    pairs = np.argwhere(dense)
    if not len(pairs):
        return 0.0
    of_site = (pairs[:, 0][None] == np.arange(dense.shape[0])[:, None]).astype(float)
    of_row = (pairs[:, 1][None] == np.arange(dense.shape[1])[:, None]).astype(float)
    got = linprog(-np.ones(len(pairs)), np.vstack((of_site, of_row)), np.concatenate((capacity, demand)))
    return -got.fun


def best_levels(cover, demand, levels, budget):
    best = 0.0
    for picks in itertools.product(range(-1, len(levels)), repeat=cover.shape[0]):
        if sum(levels[k].cost for k in picks if k >= 0) <= budget:
            best = max(best, most_served(cover, demand, [levels[k].capacity if k >= 0 else 0 for k in picks]))
    return best


TWO = [Level("slow", 1.0, 8.0), Level("rapid", 2.5, 30.0)]


@pytest.mark.parametrize("seed", range(6))
def test_two_power_classes_reach_the_best_found_by_trying_all(seed):
    cover, demand = random_cover(seed, sites=5, rows=9, density=0.4)
    plan = plan_capacity(cover, demand, TWO, budget=4.5)
    best = best_levels(cover, demand, TWO, 4.5)
    assert plan.served == pytest.approx(best)
    assert plan.proved
    assert plan.cost <= 4.5


@pytest.mark.parametrize("seed", range(5))
def test_levels_of_thirty_sites_are_proved_and_equal_those_of_an_integer_program(seed):
    cover, demand = street_cover(seed, sites=30, rows=100, radius=0.15)
    levels = [Level("slow", 1.0, demand.sum() / 40), Level("rapid", 2.5, demand.sum() / 10, allowed=range(20))]
    plan = plan_capacity(cover, demand, levels, budget=14)
    assert plan.served == pytest.approx(capacity_best(cover, demand, levels, 14, []))
    assert plan.proved
    assert "exact search" in " ".join(plan.log) or plan.bound == pytest.approx(plan.served)


def test_more_effort_serves_no_less():
    cover, demand = street_cover(1, sites=400, rows=2000, radius=0.06)
    mean = demand.sum() / 400
    levels = [Level("slow", 1.0, 0.8 * mean), Level("rapid", 2.5, 3 * mean, allowed=range(0, 400, 3))]
    served = [plan_capacity(cover, demand, levels, budget=200, effort=effort).served for effort in (1, 4, 16)]
    assert served == sorted(served)


def test_work_cut_off_before_the_proof_keeps_a_plan_and_its_bound():
    cover, demand = street_cover(0, sites=100, rows=500, radius=0.1)
    levels = [Level("slow", 1.0, demand.sum() / 125), Level("rapid", 2.5, demand.sum() / 33)]
    plan = plan_capacity(cover, demand, levels, budget=50, effort=1e-4)
    assert (plan.proved, plan.status) == (False, "not proved: effort spent")
    assert 0 < plan.served < plan.bound


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 25))
def test_the_allocation_keeps_reach_demand_capacity_and_budget(seed, budget):
    cover, demand = street_cover(seed, sites=20, rows=80, radius=0.25)
    plan = plan_capacity(cover, demand, TWO, budget=budget, effort=0.05)
    flow = plan.allocation
    assert (flow.sum(axis=0) <= demand + 1e-6).all()
    assert (flow.sum(axis=1) <= plan.capacity + 1e-6).all()
    assert flow.sum() == pytest.approx(plan.served, abs=1e-6)
    assert (flow > 1e-9).astype(int).multiply(cover).nnz == (flow > 1e-9).nnz
    assert plan.cost <= budget + 1e-9
    assert plan.bound >= plan.served


@pytest.mark.parametrize("seed", range(5))
def test_the_flow_of_the_chosen_levels_is_the_largest(seed):
    cover, demand = street_cover(seed, sites=12, rows=40, radius=0.3)
    plan = plan_capacity(cover, demand, TWO, budget=9, effort=0.05)
    assert plan.served == pytest.approx(most_served(cover, demand, plan.capacity))


def test_rapid_chargers_stand_only_where_they_are_allowed():
    cover, demand = street_cover(1, sites=20, rows=80, radius=0.25)
    levels = [Level("slow", 1.0, 20.0), Level("rapid", 1.1, 500.0, allowed=[3, 7])]
    plan = plan_capacity(cover, demand, levels, budget=8)
    assert {site for site, name in plan.level_of.items() if name == "rapid"} <= {3, 7}
    assert {3, 7} <= set(plan.level_of)


def test_existing_sites_serve_for_nothing():
    plan = plan_capacity(np.eye(3), [5, 5, 5], [Level("slow", 1, 4)], budget=1, existing={0: "slow"})
    assert plan.served == 8
    assert plan.cost == 1
    assert 0 not in plan.level_of
    assert plan.proved


def test_demand_is_split_between_sites_that_reach_it():
    plan = plan_capacity(np.ones((2, 1)), [10.0], [Level("slow", 1, 6)], budget=2)
    assert plan.served == 10
    assert plan.load.sum() == 10
    assert plan.proved


def test_more_budget_never_serves_less():
    cover, demand = street_cover(2, sites=30, rows=100, radius=0.2)
    served = [plan_capacity(cover, demand, TWO, budget=b, effort=0.3).served for b in (0, 5, 10, 20, 40)]
    assert served == sorted(served)
    assert served[0] == 0


def test_a_share_that_cannot_be_served_names_reach_capacity_or_budget():
    reach = np.array([[1, 1, 0]])
    with pytest.raises(InfeasibleError) as error:
        plan_capacity(reach, [1, 1, 1], TWO, budget=9, share=0.9)
    assert error.value.what == "share 0.9 asks for 2.7 served; allowed sites reach 2"
    with pytest.raises(InfeasibleError) as error:
        plan_capacity(reach, [30, 30, 0], TWO, budget=9, share=0.9)
    assert error.value.what == "share 0.9 asks for 54 served; all sites at their largest level serve 30"
    with pytest.raises(InfeasibleError) as error:
        plan_capacity(reach, [10, 10, 0], TWO, budget=1, share=0.9)
    assert error.value.what == "18 must be served; no plan within the budget of 1 serves more than 8"


def test_a_share_that_can_be_served_is():
    assert plan_capacity(np.array([[1, 1]]), [10, 10], TWO, budget=3, share=0.9).served == 20


def test_rows_that_no_allowed_site_reaches_are_listed():
    plan = plan_capacity(np.eye(3), [1, 1, 1], [Level("slow", 1, 4, allowed=[0, 1])], budget=3)
    assert plan.uncoverable.tolist() == [2]


def test_the_same_seed_gives_the_same_levels():
    cover, demand = street_cover(3, sites=30, rows=100, radius=0.2)
    plans = [plan_capacity(cover, demand, TWO, budget=12, seed=4, effort=0.2) for _ in range(2)]
    assert plans[0].level_of == plans[1].level_of


def test_a_stop_or_a_time_limit_keeps_a_plan_and_says_so():
    cover, demand = street_cover(4, sites=100, rows=500, radius=0.15)
    plan = plan_capacity(cover, demand, TWO, budget=30, stop=lambda: True)
    assert plan.served > 0
    assert plan.status == "not proved: stopped by the caller"
    assert plan_capacity(cover, demand, TWO, budget=30, seconds=1e-6).status == "not proved: time limit"


WRONG = [
    ({"levels": []}, UsageError, "no level is given"),
    ({"levels": [TWO[0], TWO[0]]}, UsageError, "two levels have the same name"),
    ({"budget": -1}, BoundsError, "budget is -1"),
    ({"share": 2}, BoundsError, "share is 2"),
    ({"levels": [Level("free", 0, 1)]}, BoundsError, "level 'free' costs nothing at some site"),
    ({"levels": [Level("slow", 1, -1)]}, BoundsError, "capacity of level 'slow' is -1 at index 0"),
    ({"existing": {5: "slow"}}, DataError, "existing names site 5 at level 'slow'"),
    ({"demand": [1]}, DataError, "demand has 1 entry for 3"),
]


@pytest.mark.parametrize(("change", "kind", "message"), WRONG)
def test_a_wrong_argument_is_named(change, kind, message):
    arguments = {"demand": [1, 1, 1], "levels": TWO, "budget": 2} | change
    with pytest.raises(kind) as error:
        plan_capacity(np.eye(3), **arguments)
    assert error.value.what == message
