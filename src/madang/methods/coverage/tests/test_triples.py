import numpy as np
import pytest
from coverage_brute import random_cover, street_cover
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from madang.methods.coverage import exact, plan_cover
from madang.methods.coverage.bounds import Bound, Seek
from madang.methods.coverage.instance import Given, checked
from madang.methods.coverage.presolve import reduce
from madang.methods.coverage.search import Rules
from madang.methods.coverage.triples import fresh_triples, no_triples, triples_on


def question(cover, weights, budget):
    """The reduced question, and its rules."""
    reduced = reduce(checked(cover, weights, Given()), budget=budget, everyone=False)
    rules = Rules(
        cost=reduced.cost, budget=budget, target=np.inf, group=reduced.group, room=reduced.room,
        district=reduced.district, floor=reduced.floor,
    )  # fmt: skip
    return reduced, rules


# Each of three sites reaches two of three rows: two sites are needed, yet halves of all three would do.
PAIRS = sparse.csr_array(np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]]))


def cut_bound(cover, weights, budget, rounds=400):
    """The bounds on what ``budget`` covers: without cuts, and with them."""
    reduced, rules = question(cover, weights, budget)
    bound = Bound(reduced.net, rules, Seek.MOST)
    bound.improve(rounds)
    plain = bound.best
    for _ in range(6):
        bound.improve_with_cuts(rounds)
    return reduced.base + plain, reduced.base + bound.best


def test_halves_of_three_sites_are_cut_off():
    plain, cut = cut_bound(PAIRS, [10, 10, 10], 1.5)
    assert plain == pytest.approx(30, rel=1e-3)
    # With one site and a half, a half and a half and a half is gone: the best mixture of plans covers 25.
    assert cut == pytest.approx(25, rel=1e-2)


def test_the_one_cut_of_three_rows_is_found_with_one_for_every_site_that_reaches_two():
    reduced, _ = question(PAIRS, [10, 10, 10], 1.5)
    half = np.full(3, 0.5)
    rows = fresh_triples(reduced.net, half, np.ones(3), no_triples().rows, np.array([7], np.uint64))
    assert rows.tolist() == [[0, 1, 2]]
    cut = triples_on(reduced.net, rows)
    assert dict(zip(cut.sites.tolist(), cut.coefficient.tolist(), strict=True)) == {0: 1, 1: 1, 2: 1}
    assert fresh_triples(reduced.net, half, np.ones(3), rows, np.array([7], np.uint64)).size == 0


def test_a_site_that_reaches_all_three_counts_twice():
    cover = sparse.csr_array(np.vstack((np.ones(3), np.eye(3))))
    net = reduce(checked(cover, [1, 2, 3], Given(costs=[5, 1, 1, 1])), budget=6, everyone=False).net
    cut = triples_on(net, np.array([[0, 1, 2]], np.int32))
    assert dict(zip(cut.sites.tolist(), cut.coefficient.tolist(), strict=True)) == {0: 2, 1: 1, 2: 1, 3: 1}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_no_whole_plan_breaks_a_cut(seed):
    rng = np.random.default_rng(seed)
    cover, weights = random_cover(seed)
    net = question(cover, weights, 3.0)[0].net
    if net.weight.size < 3:
        return
    cuts = triples_on(net, np.array([rng.choice(net.weight.size, 3, replace=False) for _ in range(20)], np.int32))
    open_ = rng.random(net.site_ptr.size - 1) < rng.random()
    starts = net.row_ptr[:-1]
    covered = np.add.reduceat(open_[net.row_sites].astype(int), starts) > 0
    for t, rows in enumerate(cuts.rows):
        at = slice(cuts.ptr[t], cuts.ptr[t + 1])
        assert covered[rows].sum() <= 1 + (cuts.coefficient[at] * open_[cuts.sites[at]]).sum()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_bound_with_cuts_is_never_below_the_best_plan_nor_above_the_bound_without(seed, sites):
    rng = np.random.default_rng(seed)
    cover, weights = sparse.csr_array(rng.random((30, 40)) < 0.12), rng.integers(1, 50, 40).astype(float)
    best = plan_cover(cover, weights, sites=sites)
    assert best.proved
    plain, cut = cut_bound(cover, weights, float(sites), rounds=60)
    assert best.objective - 1e-6 <= cut <= plain + 1e-9


def settled(net, rules, start, banned, cuts):
    """What HiGHS finds among the sites that are not banned, told of ``cuts``."""
    return exact.solve(
        net, rules, cheapest=False, start=start, banned=banned, sure=np.zeros(start.size, np.bool_), whole=True,
        looks=10_000, seconds=60, cuts=cuts,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_highs_finds_the_same_whether_or_not_it_is_told_of_the_cuts(seed):
    """Of few sites too, among which rows merge and some that a cut names are out of reach."""
    cover, weights = street_cover(seed, sites=120, rows=500, radius=0.12)
    reduced, rules = question(cover, weights, 22.0)
    bound = Bound(reduced.net, rules, Seek.MOST)
    bound.improve(100)
    for _ in range(3):
        bound.improve_with_cuts(100)
    cuts, none = bound.binding(), no_triples().rows
    assert len(cuts) > 0
    start = np.zeros(rules.cost.size, np.bool_)
    for banned in (start, np.random.default_rng(seed).random(start.size) < 0.6):
        told, untold = (settled(reduced.net, rules, start, banned, some) for some in (cuts, none))
        assert told.finished
        assert untold.finished
        assert told.bound == pytest.approx(untold.bound, abs=1)
        worth = [reduced.net.weight[reached(reduced.net, one.open_)].sum() for one in (told, untold)]
        assert worth[0] == worth[1]


def reached(net, open_):
    """Which rows of a net the open sites reach."""
    return np.add.reduceat(open_[net.row_sites].astype(int), net.row_ptr[:-1]) > 0


def test_some_hundred_sites_are_proved_with_cuts(monkeypatch):
    told, solve = [], exact.solve

    def noted(*given, **named):
        told.append(len(named["cuts"]))
        return solve(*given, **named)

    monkeypatch.setattr(exact, "solve", noted)
    cover, weights = street_cover(5, sites=300, rows=1_500, radius=0.08)
    plan = plan_cover(cover, weights, sites=60)
    assert plan.proved
    assert max(told) > 0
