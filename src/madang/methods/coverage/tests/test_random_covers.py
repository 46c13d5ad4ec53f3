import itertools
import time
from types import SimpleNamespace

import highspy
import numpy as np
import pytest
from coverage_brute import covered
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from madang.core.progress import silent
from madang.methods.coverage import plan_cover, solve, watch
from madang.methods.coverage.warm import warm_up


def scattered(seed, sites, rows, density):
    """A cover without any geography, in which every row is reached by two sites at least."""
    rng = np.random.default_rng(seed)
    cover = rng.random((sites, rows)) < density
    for i in range(rows):
        cover[rng.choice(sites, 2, replace=False), i] = True
    return sparse.csr_array(cover), rng.integers(1, 50, rows).astype(float), rng.integers(1, 100, sites).astype(float)


def proved_by_highs(cover, costs, weights=None, budget=None):
    """The optimum of covering everyone, or of the most weight for a budget, from a model of its own."""
    sites, rows = cover.shape
    model = highspy.Highs()
    model.silent()
    opens = [model.addBinary() for _ in range(sites)]
    reach = cover.tocsc()
    by_row = [[opens[j] for j in reach.indices[reach.indptr[i] : reach.indptr[i + 1]]] for i in range(rows)]
    if budget is None:
        for reaching in by_row:
            model.addConstr(sum(reaching) >= 1)
        model.minimize(sum(c * x for c, x in zip(costs, opens, strict=True)))
    else:
        met = [model.addVariable(0, 1) for _ in range(rows)]
        for reaching, z in zip(by_row, met, strict=True):
            model.addConstr(sum(reaching) >= z)
        model.addConstr(sum(c * x for c, x in zip(costs, opens, strict=True)) <= budget)
        model.maximize(sum(w * z for w, z in zip(weights, met, strict=True)))
    return model.getInfo().objective_function_value


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("priced", [False, True])
def test_covering_everyone_equals_what_highs_proves(seed, priced):
    cover, _, costs = scattered(seed, sites=120, rows=60, density=0.06)
    costs = costs if priced else np.ones(120)
    plan = plan_cover(cover, costs=costs, share=1)
    assert plan.proved
    assert plan.objective == pytest.approx(proved_by_highs(cover, costs))
    assert plan.covered_share == 1


@pytest.mark.parametrize("seed", range(3))
def test_most_weight_with_unequal_costs_equals_what_highs_proves(seed):
    cover, weights, costs = scattered(seed, sites=80, rows=60, density=0.06)
    plan = plan_cover(cover, weights, costs=costs, budget=150)
    assert plan.proved
    assert plan.objective == pytest.approx(proved_by_highs(cover, costs, weights, 150))


@pytest.mark.parametrize("seed", range(2))
def test_the_search_finds_within_a_limit_what_highs_proves(seed):
    cover, _, _ = scattered(seed, sites=300, rows=60, density=0.05)
    best = proved_by_highs(cover, np.ones(300))
    # Time enough to find the plan on a busy machine too, whether or not it is proved.
    assert plan_cover(cover, share=1, seconds=15).objective == pytest.approx(best)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.8, 0.9, 0.95, 0.99, 1.0]), st.booleans())
def test_shares_of_random_covers_are_kept_and_bounded(seed, share, priced):
    cover, weights, costs = scattered(seed, sites=150, rows=80, density=0.1)
    plan = plan_cover(cover, weights, costs=costs if priced else None, share=share, seconds=0.3, effort=0.02)
    assert plan.covered >= share * weights.sum() * (1 - 1e-9)
    assert plan.covered == covered(cover, weights, plan.chosen)
    assert plan.bound <= plan.objective
    assert plan.proved == (plan.status == "optimal")


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 400))
def test_budgets_on_random_covers_are_kept_and_bounded(seed, budget):
    cover, weights, costs = scattered(seed, sites=150, rows=80, density=0.1)
    plan = plan_cover(cover, weights, costs=costs, budget=budget, seconds=0.3, effort=0.02)
    assert plan.cost <= budget * (1 + 1e-9)
    assert plan.bound >= plan.objective == covered(cover, weights, plan.chosen)


@pytest.mark.parametrize("limit", [{"share": 1}, {"share": 0.9}, {"sites": 12}])
def test_a_short_limit_on_a_large_random_cover_gives_a_bounded_plan_that_is_not_proved(limit):
    cover = sparse.random_array((20_000, 400), density=0.02, format="csr", rng=np.random.default_rng(1))
    plan = plan_cover(cover, seconds=0.5, **limit)
    assert plan.status == "not proved: time limit"
    assert plan.covered > 0
    assert (plan.bound >= plan.objective) == ("sites" in limit)


def test_equal_columns_at_unequal_cost_leave_the_cheapest():
    plan = plan_cover(np.ones((4, 3)), costs=[4, 2, 3, 2], share=1)
    assert plan.objective == 2
    assert plan.proved


@pytest.mark.parametrize("limit", [{"share": 1}, {"sites": 12}])
def test_the_same_seed_gives_the_same_plan_whatever_the_clock_does(limit):
    cover, weights, costs = scattered(4, sites=220, rows=110, density=0.05)
    costs = costs if "share" in limit else None
    plans = [plan_cover(cover, weights, costs=costs, effort=0.01, seconds=60, seed=5, **limit) for _ in range(2)]
    assert plans[0].chosen.tolist() == plans[1].chosen.tolist()
    assert plans[0].status == plans[1].status != "not proved: time limit"


def test_a_cover_out_of_order_with_repeats_and_zeros_gives_the_same_plan():
    cover = sparse.csr_array(np.array([[1, 1, 0], [0, 1, 1], [0, 0, 1]]))
    untidy = sparse.coo_array(([1, 1, 2, 0, 1, 1], ([0, 0, 0, 2, 1, 1], [1, 0, 0, 0, 2, 1])), shape=(3, 3)).tocsr()
    assert plan_cover(untidy, share=1).objective == plan_cover(cover, share=1).objective == 2


@pytest.mark.parametrize("scale", [1e-6, 1e-12, 1.0, 1e9])
def test_the_unit_of_the_weights_and_costs_changes_no_plan(scale):
    cover, weights, costs = scattered(3, sites=10, rows=14, density=0.3)
    most = plan_cover(cover, weights * scale, costs=costs * scale, budget=150 * scale)
    least = plan_cover(cover, weights * scale, costs=costs * scale, share=0.8)
    assert most.objective == pytest.approx(plan_cover(cover, weights, costs=costs, budget=150).objective * scale)
    assert least.objective == pytest.approx(plan_cover(cover, weights, costs=costs, share=0.8).objective * scale)
    assert most.proved
    assert least.proved


@pytest.mark.parametrize("limit", [{"share": 0.95}, {"sites": 9}])
def test_more_time_begins_with_the_plan_that_a_second_finds(monkeypatch, limit):
    """The clock moves ten milliseconds from look to look, so that limits cut the same work on any machine."""
    begun, quickly = [], solve.Solver._go_quickly

    def noted(solver, until):
        quickly(solver, until)
        begun.append((solver.best.copy(), solver.objective))

    monkeypatch.setattr(solve.Solver, "_go_quickly", noted)
    cover = sparse.csr_array(np.random.default_rng(1).random((2_000, 300)) < 0.11)
    warm_up(silent)
    plans = []
    for seconds in (1, 10):
        ticks = itertools.count(time.perf_counter(), 0.01)
        monkeypatch.setattr(watch, "time", SimpleNamespace(perf_counter=lambda ticks=ticks: next(ticks)))
        plans.append(plan_cover(cover, seconds=seconds, effort=0.05, **limit))
    (first, worth), (again, _) = begun
    assert (first == again).all()
    # A share seeks few sites, a number of sites much weight.
    losing = [plan.objective - worth if "share" in limit else worth - plan.objective for plan in plans]
    assert max(losing) <= 0
