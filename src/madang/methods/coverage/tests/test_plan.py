import numpy as np
import pytest
from coverage_brute import best_for_budget, covered, least_for_share, random_cover, street_cover
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from madang.core.errors import Cancelled
from madang.methods.coverage import plan_cover


@pytest.mark.parametrize("seed", range(25))
def test_most_weight_for_a_number_of_sites_equals_brute_force(seed):
    cover, weights = random_cover(seed)
    plan = plan_cover(cover, weights, sites=3)
    assert plan.objective == best_for_budget(cover, weights, np.ones(8), 3)
    assert plan.proved
    assert plan.status == "optimal"
    assert plan.objective == covered(cover, weights, plan.chosen)


@pytest.mark.parametrize("seed", range(20))
def test_most_weight_for_a_budget_with_unequal_costs_equals_brute_force(seed):
    cover, weights = random_cover(seed)
    costs = np.random.default_rng(seed).uniform(0.5, 3, 8)
    plan = plan_cover(cover, weights, costs=costs, budget=4.2)
    assert plan.objective == pytest.approx(best_for_budget(cover, weights, costs, 4.2))
    assert plan.proved
    assert plan.cost <= 4.2


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("share", [0.5, 0.9, 1.0])
def test_least_cost_for_a_share_equals_brute_force(seed, share):
    cover, weights = random_cover(seed)
    costs = np.random.default_rng(seed).uniform(0.5, 3, 8)
    reachable = covered(cover, weights, range(8))
    plan = plan_cover(cover, weights, costs=costs, share=share, share_of="reachable")
    assert plan.objective == pytest.approx(least_for_share(cover, weights, costs, share * reachable))
    assert plan.proved
    assert plan.covered >= share * reachable - 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_small_streets_are_solved_exactly_and_proved(seed):
    cover, weights = street_cover(seed)
    plan = plan_cover(cover, weights, sites=12)
    assert plan.proved
    assert plan.gap == 0
    assert plan.bound == plan.objective == covered(cover, weights, plan.chosen)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 12))
def test_the_bound_is_never_below_the_plan_and_never_below_the_best(seed, budget):
    cover, weights = random_cover(seed)
    costs = np.random.default_rng(seed).uniform(0, 3, 8)
    plan = plan_cover(cover, weights, costs=costs, budget=budget, effort=0.01, stop=lambda: True)
    assert plan.bound >= plan.objective
    assert plan.bound >= best_for_budget(cover, weights, costs, budget) - 1e-6
    assert plan.cost <= budget + 1e-9


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_bound_on_cost_is_never_above_the_least(seed, share):
    cover, weights = random_cover(seed)
    need = share * covered(cover, weights, range(8))
    plan = plan_cover(cover, weights, share=share, share_of="reachable", effort=0.01, stop=lambda: True)
    assert plan.bound <= least_for_share(cover, weights, np.ones(8), need) + 1e-6
    assert plan.covered >= need - 1e-6


def test_more_sites_never_cover_less():
    cover, weights = street_cover(5)
    objectives = [plan_cover(cover, weights, sites=p).objective for p in range(0, 20, 2)]
    assert objectives == sorted(objectives)
    assert objectives[0] == 0


def test_a_larger_share_never_costs_less():
    cover, weights = street_cover(6)
    costs = [plan_cover(cover, weights, share=s, share_of="reachable").objective for s in (0.2, 0.5, 0.8, 1)]
    assert costs == sorted(costs)


def test_demand_that_no_candidate_reaches_is_listed():
    cover = sparse.csr_array(np.array([[1, 1, 0, 0], [0, 1, 0, 0]]))
    plan = plan_cover(cover, [5, 6, 7, 0], sites=2)
    assert plan.uncoverable.tolist() == [2, 3]
    assert plan.uncoverable_weight == 7
    assert plan.covered_share == pytest.approx(11 / 18)


def test_forbidden_sites_leave_their_demand_uncoverable():
    plan = plan_cover(np.eye(3), sites=3, forbidden=[1])
    assert plan.uncoverable.tolist() == [1]
    assert plan.chosen.tolist() == [0, 2]


def test_existing_sites_stay_cost_nothing_and_count_for_no_limit(chain):
    plan = plan_cover(chain, sites=1, existing=[0])
    assert plan.objective == 4
    assert plan.existing.tolist() == [0]
    assert plan.cost == 1
    assert set(plan.open_sites) == {0, *plan.chosen}


def test_forced_sites_are_opened_and_paid_for(chain):
    plan = plan_cover(chain, sites=2, forced=[1])
    assert 1 in plan.chosen
    assert plan.sites == 2
    assert plan.objective == 4


def test_a_candidate_without_cost_is_opened(chain):
    plan = plan_cover(chain, costs=[0, 1, 1, 1, 1], budget=1)
    assert plan.chosen.tolist()[0] == 0
    assert plan.objective == 4


def test_costs_do_not_limit_a_number_of_sites_but_are_reported(chain):
    plan = plan_cover(chain, costs=[5, 5, 5, 5, 5], sites=3)
    assert plan.objective == 6
    assert plan.cost == 15


def test_the_same_seed_gives_the_same_plan():
    cover, weights = street_cover(7, sites=150, rows=600)
    plans = [plan_cover(cover, weights, sites=25, effort=0.2, seconds=30, seed=3) for _ in range(2)]
    assert plans[0].chosen.tolist() == plans[1].chosen.tolist()
    assert plans[0].bound == plans[1].bound


def test_a_tiny_time_limit_still_gives_a_plan_with_a_bound_and_says_not_proved():
    cover, weights = street_cover(8, sites=400, rows=3000, radius=0.08)
    plan = plan_cover(cover, weights, sites=40, seconds=1e-6)
    assert plan.sites == 40
    assert not plan.proved
    assert plan.status == "not proved: time limit"
    assert plan.bound >= plan.objective == covered(cover, weights, plan.chosen)


def test_a_stop_keeps_the_best_so_far():
    cover, weights = street_cover(9, sites=400, rows=3000, radius=0.08)
    plan = plan_cover(cover, weights, sites=40, stop=lambda: True)
    assert plan.sites == 40
    assert plan.status == "not proved: stopped by the caller"


def test_progress_tells_objective_and_bound_and_can_cancel():
    cover, weights = street_cover(10, sites=200, rows=1500, radius=0.08)
    told = []

    def cancel(share, what):
        told.append((share, what))
        if "objective" in what:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        plan_cover(cover, weights, sites=30, progress=cancel)
    assert "bound" in told[-1][1]
    assert all(0 <= share <= 1 for share, _ in told)


def test_the_log_tells_presolve_and_each_better_plan():
    cover, weights = street_cover(11)
    log = plan_cover(cover, weights, sites=5).log
    assert "presolve" in log[0]
    assert "greedy: objective" in log[1]
