"""Sites that must be opened and sites that may not: every kind of plan keeps them, and HiGHS agrees what is best."""

import numpy as np
import pytest
from coverage_brute import covered, random_cover
from coverage_milp import capacity_best, cover_best
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import InfeasibleError
from madang.methods.coverage import Level, coverage_curve, plan_capacity, plan_cover, plan_phases

SITES = 8


@st.composite
def questions(draw):
    """A small cover with costs, classes, and disjoint forced and forbidden sites."""
    cover, weights = random_cover(draw(st.integers(0, 10_000)), sites=SITES)
    order = draw(st.permutations(range(SITES)))
    forced, forbidden = draw(st.integers(1, 3)), draw(st.integers(0, 3))
    costs = draw(st.lists(st.integers(1, 6), min_size=SITES, max_size=SITES))
    limit = draw(st.integers(0, SITES))
    asked = {
        "forced": sorted(order[:forced]), "forbidden": sorted(order[forced : forced + forbidden]),
        "classes": np.array(list("rrrrssss")), "class_limits": {"r": limit},
    }  # fmt: skip
    return cover, weights, np.array(costs, float), asked


def keeps(plan, asked):
    chosen = set(plan.chosen.tolist())
    return chosen >= set(asked["forced"]) and not chosen & set(asked["forbidden"])


@settings(max_examples=60, deadline=None)
@given(questions(), st.integers(0, 25))
def test_the_most_for_a_budget_is_the_best_that_keeps_them(question, budget):
    cover, weights, costs, asked = question
    best = cover_best(cover, weights, costs, asked, budget=budget)
    if best is None:
        with pytest.raises(InfeasibleError) as error:
            plan_cover(cover, weights, costs=costs, budget=budget, **asked)
        assert "forced" in error.value.where
        return
    plan = plan_cover(cover, weights, costs=costs, budget=budget, **asked)
    assert keeps(plan, asked)
    assert plan.proved
    assert plan.objective == pytest.approx(best)


@settings(max_examples=60, deadline=None)
@given(questions(), st.floats(0, 1))
def test_the_least_cost_for_a_share_is_the_least_that_keeps_them(question, share):
    cover, weights, costs, asked = question
    open_to = [site for site in range(SITES) if site not in asked["forbidden"]]
    need = share * covered(cover, weights, open_to)
    best = cover_best(cover, weights, costs, asked, need=need * (1 - 1e-12))
    if best is None:
        with pytest.raises(InfeasibleError) as error:
            plan_cover(cover, weights, costs=costs, share=share, share_of="reachable", **asked)
        assert "forced" in error.value.where
        return
    plan = plan_cover(cover, weights, costs=costs, share=share, share_of="reachable", **asked)
    assert keeps(plan, asked)
    assert plan.objective == pytest.approx(best)


@settings(max_examples=20, deadline=None)
@given(questions(), st.sampled_from(["end", "start"]))
def test_the_last_year_keeps_them_and_with_start_every_year(question, first):
    cover, weights, costs, asked = question
    asked["class_limits"] = {}
    must = costs[asked["forced"]].sum()
    years = plan_phases(cover, weights, costs=costs, budgets={1: must, 2: must + 4, 3: must + 9}, first=first, **asked)
    assert keeps(years.plans[-1], asked)
    if first == "start":
        assert all(keeps(plan, asked) for plan in years.plans)
    else:
        assert years.plans[-1].objective == pytest.approx(cover_best(cover, weights, costs, asked, budget=must + 9))


@settings(max_examples=30, deadline=None)
@given(questions())
def test_the_curve_begins_with_forced_sites_and_bounds_what_keeps_them(question):
    cover, weights, _, asked = question
    asked["class_limits"] = {}
    curve = coverage_curve(cover, weights, forced=asked["forced"], forbidden=asked["forbidden"])
    first = len(asked["forced"])
    assert curve.sites[0] == first
    assert curve.order[:first].tolist() == asked["forced"]
    for at, sites in enumerate(curve.sites):
        best = cover_best(cover, weights, np.ones(SITES), asked, budget=int(sites))
        assert curve.covered[at] == pytest.approx(covered(cover, weights, curve.order[:sites]))
        assert curve.covered[at] <= best + 1e-6
        assert best <= curve.bound[at] + 1e-6


LEVELS = [Level("slow", 1.0, 12.0), Level("rapid", 2.5, 40.0, allowed=[0, 1, 2, 3, 4, 5])]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10_000), st.sets(st.integers(0, 5), min_size=1, max_size=4), st.floats(0, 9), st.booleans()
)  # fmt: skip
def test_levels_for_a_budget_keep_them_and_serve_the_most_there_is(seed, forced, budget, one_class):
    cover, demand = random_cover(seed, sites=6, rows=9, density=0.4)
    levels, must = LEVELS[:1] if one_class else LEVELS, sorted(forced)
    best = capacity_best(cover, demand, levels, budget, must)
    if best is None:
        with pytest.raises(InfeasibleError) as error:
            plan_capacity(cover, demand, levels, budget=budget, forced=must)
        assert error.value.where == "budget, forced"
        return
    plan = plan_capacity(cover, demand, levels, budget=budget, forced=must)
    assert set(plan.level_of) >= forced
    assert plan.cost == pytest.approx(sum({"slow": 1.0, "rapid": 2.5}[name] for name in plan.level_of.values()))
    assert plan.cost <= budget + 1e-9
    assert plan.served == pytest.approx(best, abs=1e-6)
    assert plan.proved


def test_a_forced_site_may_be_raised_to_a_larger_level():
    plan = plan_capacity(
        np.ones((2, 1)), [40.0], [Level("slow", 1, 12), Level("rapid", 2.5, 40)], budget=2.5, forced=[1]
    )
    assert plan.level_of == {1: "rapid"}
    assert plan.proved


def test_a_forced_site_that_serves_no_one_is_opened_and_paid_for():
    plan = plan_capacity(np.eye(2), [0.0, 40.0], [Level("slow", 1, 12)], budget=1, forced=[0])
    assert plan.level_of == {0: "slow"}
    assert (plan.served, plan.cost, plan.proved) == (0, 1, True)


def test_forced_sites_beyond_the_money_or_without_a_level_are_named():
    with pytest.raises(InfeasibleError) as error:
        plan_capacity(np.eye(3), [1, 1, 1], LEVELS[:1], budget=1.5, forced=[0, 2])
    assert error.value.what == "the forced sites cost at least 2, more than the budget of 1.5"
    assert error.value.where == "budget, forced"
    with pytest.raises(InfeasibleError) as error:
        plan_capacity(np.eye(3), [1, 1, 1], [Level("slow", 1, 4, allowed=[0, 1])], budget=9, forced=[2])
    assert error.value.what == "candidate 2 must be opened, and no level is allowed there"
    assert error.value.where == "capacity, forced"


def test_a_share_that_forced_sites_leave_no_money_for_is_named():
    with pytest.raises(InfeasibleError) as error:
        plan_capacity(np.eye(2), [0.0, 10.0], [Level("slow", 1, 12)], budget=1, share=0.9, forced=[0])
    assert error.value.where == "budget, forced"
    assert "that opens the forced sites serves more than" in error.value.what


def test_an_existing_site_is_not_paid_for_though_it_is_forced():
    plan = plan_capacity(np.eye(2), [5, 5], [Level("slow", 1, 4)], budget=1, existing={0: "slow"}, forced=[0])
    assert plan.cost == 1
    assert plan.level_of == {1: "slow"}
