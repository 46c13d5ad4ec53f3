"""Branch and bound reaches what HiGHS proves, and whenever it stops its bound holds and its plan keeps the budget."""

import numpy as np
import pytest
from coverage_brute import street_cover
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from madang.core.progress import silent
from madang.methods.coverage import branch, effort, exact, plan_cover
from madang.methods.coverage.branch import ENTRIES, WORTH, bound_of, grow, planted
from madang.methods.coverage.state import Net
from madang.methods.coverage.warm import warm_up


def question(seed, sites=45, rows=150, radius=0.17):
    """A street cover as a net with its weights, unequal costs and a budget of about a third of them."""
    cover, weights = street_cover(seed, sites, rows, radius)
    cover = sparse.csr_array(cover.toarray()[:, cover.toarray().any(axis=0)].astype(np.int8))
    rng = np.random.default_rng(seed)
    weights = weights[: cover.shape[1]] * (rng.uniform(1e-3, 1e3, cover.shape[1]) if seed % 2 else 1.0)
    costs = rng.uniform(1.0, 9.0, sites) if seed % 3 else np.ones(sites)
    by_row = cover.tocsc()
    net = Net(
        cover.indptr.astype(np.int64), cover.indices.astype(np.int32),
        by_row.indptr.astype(np.int64), by_row.indices.astype(np.int32), weights,
    )  # fmt: skip
    return cover, net, costs, float(np.floor(costs.sum() / 3))


def most_by_highs(cover, weights, costs, budget):
    count, rows = cover.shape
    reach = sparse.hstack((-cover.T.astype(float), sparse.eye_array(rows)))
    spent = np.concatenate((costs, np.zeros(rows)))[None, :]
    got = milp(
        np.concatenate((np.zeros(count), -weights)),
        constraints=[LinearConstraint(reach, -np.inf, 0), LinearConstraint(spent, -np.inf, budget)],
        integrality=np.concatenate((np.ones(count), np.zeros(rows))), bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0},
    )  # fmt: skip
    assert got.status == 0
    return -got.fun


def seedling(net, costs, budget):
    """The whole question as one part: even multipliers, and the plan of nothing."""
    even = np.full(costs.size, min(1.0, budget / costs.sum()))
    none = np.zeros(costs.size, np.bool_)
    return planted(net, net.weight / 2, even, float(net.weight.sum()), none, 0.0)


@pytest.mark.parametrize("seed", range(12))
def test_branching_to_the_end_finds_what_highs_proves(seed):
    cover, net, costs, budget = question(seed)
    tree = seedling(net, costs, budget)
    whole = bool((net.weight == np.round(net.weight)).all())
    for _ in range(1_000):
        if grow(net, costs, budget, whole, tree, np.inf):
            break
    assert tree.figures[WORTH] == pytest.approx(most_by_highs(cover, net.weight, costs, budget), rel=1e-9)
    assert net.weight[cover.toarray()[tree.best].any(axis=0)].sum() == pytest.approx(tree.figures[WORTH], rel=1e-12)
    assert costs[tree.best].sum() <= budget
    assert bound_of(tree) == tree.figures[WORTH]


@pytest.mark.parametrize("seed", range(4))
def test_wherever_branching_stops_its_bound_holds(seed):
    cover, net, costs, budget = question(seed, sites=60, rows=200)
    best, tree, bounds = most_by_highs(cover, net.weight, costs, budget), seedling(net, costs, budget), []
    done = False
    while not done:
        done = grow(net, costs, budget, False, tree, tree.figures[ENTRIES] + 1)
        bounds.append(bound_of(tree))
        assert costs[tree.best].sum() <= budget
        assert tree.figures[WORTH] <= best * (1 + 1e-9)
    assert min(bounds) >= best * (1 - 1e-9)
    assert len(bounds) > 2


def test_a_tree_without_room_stops_with_a_bound_that_holds(monkeypatch):
    monkeypatch.setattr(branch, "WAITING_NUMBERS_MAX", 0)
    cover, net, costs, budget = question(5, sites=60, rows=200)
    tree = seedling(net, costs, budget)
    assert tree.bound.size == 2
    for _ in range(1_000):
        before = tree.figures.copy()
        grow(net, costs, budget, False, tree, np.inf)
        if (tree.figures == before).all():
            break
    assert bound_of(tree) >= most_by_highs(cover, net.weight, costs, budget) * (1 - 1e-9)


def test_a_tiny_budget_question_is_proved_without_highs(monkeypatch):
    asked = []
    warm_up(silent)
    monkeypatch.setattr(exact, "solve", lambda *_given, **_named: asked.append(1))
    cover, weights = street_cover(3, sites=80, rows=300, radius=0.15)
    plan = plan_cover(cover, weights, sites=25)
    assert plan.proved
    assert plan.objective == pytest.approx(most_by_highs(cover, weights, np.ones(80), 25))
    assert not asked


def test_what_branching_leaves_open_goes_to_highs(monkeypatch):
    monkeypatch.setattr(effort, "BRANCHED_ENTRIES", 1.0)
    cover, weights = street_cover(3, sites=80, rows=300, radius=0.15)
    plan = plan_cover(cover, weights, sites=25)
    assert plan.proved
    assert plan.objective == pytest.approx(most_by_highs(cover, weights, np.ones(80), 25))
