"""Guaranteed ranks: by hand, against every corner of the box of weights, and never narrower than any draw."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.methods.composite_index import Alternatives, Data, LeaveOut, WeightSpread, flat, guaranteed, sample
from madang.methods.composite_index.certainty import from_pairs, score_bounds, surely_beats
from madang.methods.composite_index.tests.synthetic_cities import (
    NAN,
    data,
    edge_weights,
    literal,
    recipe,
    tables,
    trees,
)
from madang.methods.composite_index.tree import Floats, Tree


def corners(tree: Tree, share: float) -> list[Floats]:
    """Return every corner of the box of weights."""
    ends = product((1.0 - share, 1.0 + share), repeat=len(tree.edges))
    return [tree.weights * np.array(end) for end in ends]


def corner_scores(tree: Tree, scores: Floats, share: float) -> Floats:
    """Return the index at every corner, (corners x cities), by plain recursion."""
    found = []
    for weights in corners(tree, share):
        named = edge_weights(tree, weights)
        found.append([literal(tree, row, named, "index") for row in scores.tolist()])
    return np.array(found)


def test_a_city_ahead_by_more_than_weights_can_turn_is_surely_ahead() -> None:
    scores = np.array([[60.0, 40.0], [30.0, 60.0], [55.0, 42.0]])
    surely, exact = surely_beats(flat("ab"), scores, 0.1)
    # A - B = (30, -20): 10 - 0.1 x 50 > 0. A - C = (5, -2): 3 - 0.7 > 0. C - B = (25, -18): 7 - 4.3 > 0.
    assert surely.tolist() == [[False, True, True], [False, False, False], [False, True, False]]
    assert exact
    wider, _ = surely_beats(flat("ab"), scores, 0.2)
    # 10 - 0.2 x 50 = 0: level is not ahead.
    assert not wider[0, 1]


def test_ranges_count_who_is_surely_ahead_and_behind() -> None:
    surely = np.array([[False, True, True], [False, False, False], [False, True, False]])
    found = from_pairs(surely)
    assert (found.best.tolist(), found.worst.tolist(), found.pairs_percent) == ([1, 3, 2], [1, 3, 2], 100.0)
    none = from_pairs(np.zeros((3, 3), bool))
    assert (none.best.tolist(), none.worst.tolist(), none.pairs_percent) == ([1, 1, 1], [3, 3, 3], 0.0)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_who_surely_stands_ahead_does_so_at_every_corner_of_the_box(data_: st.DataObject) -> None:
    power = data_.draw(st.sampled_from([1.0, 0.0, -1.0]))
    tree = data_.draw(trees(power).filter(lambda one: len(one.edges) <= 9))
    scores = data_.draw(tables(4, len(tree.indicators), gaps=False))
    share = data_.draw(st.sampled_from([0.05, 0.2, 0.5]))
    surely, exact = surely_beats(tree, scores, share)
    assert exact
    at = corner_scores(tree, scores, share)
    least = (at[:, :, None] - at[:, None, :]).min(axis=0)
    clear = np.abs(least) > 1e-7
    assert (surely == (least > 0))[clear & ~np.eye(4, dtype=bool)].all()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_with_gaps_and_mixed_means_ranges_are_safe(data_: st.DataObject) -> None:
    tree = data_.draw(trees().filter(lambda one: len(one.edges) <= 8))
    scores = data_.draw(tables(4, len(tree.indicators), gaps=True))
    share = data_.draw(st.sampled_from([0.1, 0.4]))
    surely, _ = surely_beats(tree, scores, share)
    at = corner_scores(tree, scores, share)
    assert ((at[:, :, None] > at[:, None, :]).all(axis=0) | ~surely).all()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_bounds_of_scores_are_reached_at_a_corner(data_: st.DataObject) -> None:
    tree = data_.draw(trees().filter(lambda one: len(one.edges) <= 8))
    scores = data_.draw(tables(3, len(tree.indicators), gaps=True))
    share = data_.draw(st.sampled_from([0.1, 0.4, 1.0 - 1e-9]))
    low, high = score_bounds(tree, scores, share)
    at = corner_scores(tree, scores, share)
    assert low == pytest.approx(at.min(axis=0), rel=1e-6)
    assert high == pytest.approx(at.max(axis=0), rel=1e-6)


def test_weights_that_may_be_nothing_still_bound_a_score_by_its_parts() -> None:
    low, high = score_bounds(flat("ab"), np.array([[10.0, 30.0]]), 1.0)
    assert (low.tolist(), high.tolist()) == ([10.0], [30.0])


def test_a_city_with_nothing_has_no_bounds_and_is_surely_ahead_of_nobody() -> None:
    scores = np.array([[10.0, 30.0], [NAN, NAN]])
    low, _ = score_bounds(flat("ab"), scores, 0.1)
    assert np.isnan(low).tolist() == [False, True]
    assert not surely_beats(flat("ab"), scores, 0.1)[0].any()


def test_guaranteed_ranges_hold_all_draws_of_everything_declared() -> None:
    rng = np.random.default_rng(8)
    table = Data(tuple(f"c{k}" for k in range(12)), rng.uniform(1, 100, (12, 5)))
    assumptions = (
        WeightSpread(0.2),
        Alternatives("normalisation", ("min_max", "z", "rank")),
        Alternatives("power", (1.0, 0.0)),
        LeaveOut(),
    )
    drawn = sample(table, recipe("a", "b", "c", "d", "e", scale=(1.0, 100.0)), assumptions, 4096)
    found = guaranteed(drawn.trial)
    extremes = drawn.rank_extremes()
    assert (found.best <= extremes[:, 0]).all()
    assert (found.worst >= extremes[:, 1]).all()


def test_without_spread_the_guaranteed_ranks_of_one_choice_are_the_ranks() -> None:
    table = data([[1.0, 9.0], [2.0, 3.0], [3.0, 8.0]])
    drawn = sample(table, recipe("a", "b"), (WeightSpread(1e-9),), 4)
    found = guaranteed(drawn.trial)
    assert found.best.tolist() == found.worst.tolist() == drawn.base.ranks.tolist()
    assert found.exact
