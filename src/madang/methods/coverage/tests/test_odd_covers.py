"""What an outsider's cover may look like: every oddity gives a plan that holds, or a message that names it."""

import numpy as np
import pytest
from coverage_brute import best_for_budget, covered, least_for_share, random_cover, street_cover
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from madang.core.errors import InfeasibleError
from madang.methods.coverage import plan_cover, solve
from madang.methods.coverage.presolve import implied_rows


def odd_cover(seed, sites=7, rows=12):
    """A cover with empty rows and columns, rows without weight, and sites that cost nothing."""
    cover, weights = random_cover(seed, sites, rows, density=0.3)
    dense, rng = cover.toarray(), np.random.default_rng(seed)
    dense[:, rng.integers(rows)] = False
    dense[rng.integers(sites)] = False
    weights[rng.integers(0, rows, 3)] = 0.0
    costs = rng.uniform(0.1, 4.0, sites)
    costs[rng.integers(0, sites, 2)] = 0.0
    return sparse.csr_array(dense), weights * rng.uniform(0.3, 1.7), costs


def best_by_highs(cover, weights, sites):
    """The most weight for a number of sites, from scipy's own door to HiGHS."""
    count, rows = cover.shape
    reach = sparse.hstack((-cover.T.astype(float), sparse.eye_array(rows)))
    limit = np.concatenate((np.ones(count), np.zeros(rows)))[None, :]
    rules = [LinearConstraint(reach, -np.inf, 0), LinearConstraint(limit, -np.inf, sites)]
    gain, whole = np.concatenate((np.zeros(count), -weights)), np.concatenate((np.ones(count), np.zeros(rows)))
    got = milp(gain, constraints=rules, integrality=whole, bounds=Bounds(0, 1), options={"mip_rel_gap": 0})
    assert got.status == 0
    return -got.fun


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 9))
def test_odd_covers_reach_the_best_for_a_budget(seed, budget):
    cover, weights, costs = odd_cover(seed)
    plan = plan_cover(cover, weights, costs=costs, budget=budget)
    assert plan.objective == pytest.approx(best_for_budget(cover, weights, costs, budget))
    assert plan.proved
    assert plan.cost <= budget * (1 + 1e-9) + 1e-9


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.3, 0.77, 1.0]))
def test_odd_covers_reach_the_least_cost_for_a_share(seed, share):
    cover, weights, costs = odd_cover(seed)
    within = covered(cover, weights, range(cover.shape[0]))
    plan = plan_cover(cover, weights, costs=costs, share=share, share_of="reachable")
    assert plan.objective == pytest.approx(least_for_share(cover, weights, costs, share * within))
    assert plan.proved
    assert plan.covered >= share * within * (1 - 1e-9)


def test_one_candidate_and_one_home_is_a_cover():
    assert plan_cover([[1]], sites=1).chosen.tolist() == [0]
    assert plan_cover([[1]], [7.5], costs=[3], share=1).objective == 3
    assert plan_cover([[0]], sites=1).uncoverable.tolist() == [0]
    assert plan_cover([[1]], sites=0).covered_share == 0


def test_a_candidate_that_covers_all_is_the_whole_plan():
    cover = sparse.vstack((sparse.csr_array(np.eye(40)), sparse.csr_array(np.ones((1, 40)))))
    least = plan_cover(cover, share=1)
    assert (least.chosen.tolist(), least.objective, least.proved) == ([40], 1, True)
    assert plan_cover(cover, sites=1).objective == 40


def test_no_budget_still_opens_what_costs_nothing():
    plan = plan_cover(np.eye(3), [5, 6, 7], costs=[0, 1, 0], budget=0)
    assert (plan.chosen.tolist(), plan.objective, plan.cost) == ([0, 2], 12, 0)
    assert plan.proved


def test_all_sites_free_of_charge_cover_whatever_can_be():
    plan = plan_cover(np.eye(4)[:, :3], costs=np.zeros(4), share=1)
    assert (plan.objective, plan.covered_share, plan.proved) == (0, 1, True)


@pytest.mark.parametrize("index", [np.int32, np.int64])
def test_the_width_of_indices_changes_nothing(index):
    cover, weights = street_cover(5)
    given_cover = sparse.csr_array(cover)
    given_cover.indices, given_cover.indptr = given_cover.indices.astype(index), given_cover.indptr.astype(index)
    assert (
        plan_cover(given_cover, weights, sites=9).chosen.tolist() == plan_cover(cover, weights, sites=9).chosen.tolist()
    )


def test_unsorted_columns_and_zeros_kept_in_place_change_nothing():
    cover, weights = street_cover(6)
    tidy, rng = cover.tocsr(), np.random.default_rng(0)
    indices, data = [], []
    for j in range(tidy.shape[0]):
        row = tidy.indices[tidy.indptr[j] : tidy.indptr[j + 1]]
        spare = np.setdiff1d(np.arange(tidy.shape[1]), row)[:1]
        mixed = rng.permutation(len(row) + 1)
        indices.append(np.append(row, spare)[mixed])
        data.append(np.append(np.ones(len(row)), 0.0)[mixed])
    ptr = np.concatenate(([0], np.cumsum([len(row) for row in indices])))
    untidy = sparse.csr_array((np.concatenate(data), np.concatenate(indices), ptr), shape=tidy.shape)
    assert plan_cover(untidy, weights, sites=9).objective == plan_cover(cover, weights, sites=9).objective


@pytest.mark.parametrize("scale", [1e12, 1e15])
def test_weights_of_millions_of_millions_are_proved_too(scale):
    cover, weights = random_cover(9)
    plan = plan_cover(cover, weights * scale, sites=3)
    assert plan.objective == pytest.approx(best_for_budget(cover, weights, np.ones(8), 3) * scale)
    assert plan.proved


def test_one_weight_that_dwarfs_all_others_is_covered_first():
    plan = plan_cover(np.eye(5), [1, 1e14, 2, 3, 4], sites=2)
    assert plan.chosen.tolist() == [1, 4]


def test_a_share_beyond_reach_says_how_much_lies_outside():
    cover = np.eye(4)[:3]
    with pytest.raises(InfeasibleError) as error:
        plan_cover(cover, [1, 1, 1, 5], share=0.5)
    assert error.value.what == "share 0.5 of the weight 8 cannot be covered: allowed sites reach 3"
    assert plan_cover(cover, [1, 1, 1, 5], share=0.5, share_of="reachable").sites == 2


@pytest.mark.parametrize("limit", [{"sites": 60}, {"budget": 90.0}, {"share": 0.9}, {"share": 1.0}])
def test_a_moment_is_enough_for_a_plan_with_a_bound(limit):
    cover, weights = street_cover(7, sites=600, rows=2_500, radius=0.08)
    costs = np.random.default_rng(1).uniform(0.5, 2, 600) if "budget" in limit else None
    plan = plan_cover(cover, weights, costs=costs, seconds=0.05, share_of="reachable", **limit)
    assert plan.covered == covered(cover, weights, plan.chosen) > 0
    assert plan.proved or plan.status == "not proved: time limit"
    assert (plan.bound >= plan.objective) if "share" not in limit else (plan.bound <= plan.objective)
    assert plan.cost <= limit.get("budget", limit.get("sites", np.inf))
    assert plan.covered >= limit.get("share", 0) * covered(cover, weights, range(600)) * (1 - 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_streets_of_middle_size_reach_what_highs_proves(seed):
    cover, weights = street_cover(seed, sites=100, rows=500, radius=0.1)
    plan = plan_cover(cover, weights, sites=25)
    assert plan.proved
    assert plan.objective == pytest.approx(best_by_highs(cover, weights, 25))


def test_sites_that_reach_many_rows_are_annealed_between_more_looks_at_the_clock(monkeypatch):
    counts = []

    def told(*given):
        counts.append(given[-2])
        return anneal(*given)

    anneal = solve.anneal
    monkeypatch.setattr(solve, "anneal", told)
    cover = np.random.default_rng(0).random((60, 5_000)) < 0.5
    plan_cover(cover, sites=3, effort=0.1)
    wide = cover.sum() / 60
    assert 1 < max(counts) <= 1 + solve.CHUNK_ENTRIES / wide
    assert 1 + solve.CHUNK_ENTRIES / wide < 60 * 5_000 * 0.1


def test_comparing_long_lists_uses_up_the_looks_allowed_for_it():
    """Every row lies in nearly all of 300 sites, so each comparison goes along hundreds of entries."""
    cover = sparse.csr_array(np.random.default_rng(1).random((300, 400)) < 0.98)
    by_row = cover.tocsc()
    sides = tuple(
        part.astype(kind)
        for matrix in (cover, by_row)
        for part, kind in ((matrix.indptr, np.int64), (matrix.indices, np.int32))
    )
    looks = np.array([10**9])
    implied_rows(*sides, looks)
    assert 10**9 - looks[0] > 2 * 400 * (400 + 300)
