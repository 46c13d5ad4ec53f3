"""Guaranteed rank ranges: against every corner of small weight boxes, and never narrower than what was drawn."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.methods.composite_index import flat
from madang.methods.composite_index.certainty import from_pairs, guaranteed, score_bounds, surely_beats
from madang.methods.composite_index.design import Alternatives, Design, LeaveOut, WeightSpread
from madang.methods.composite_index.ensemble import Trial, sample
from madang.methods.composite_index.tests.synthetic_cities import (
    NAN,
    data,
    recipe,
    recipe_of,
    tables,
    trees,
    two_levels,
)
from madang.methods.composite_index.tree import Bools, Floats, Tree, index_scores

ROWS = [[90.0, 20.0, 50.0], [40.0, 80.0, 60.0], [50.0, 50.0, 55.0], [10.0, 15.0, 20.0], [95.0, 85.0, 10.0]]


def corners(tree: Tree, share: float) -> Floats:
    """Return every corner of the box of weights, (edges x corners)."""
    signs = np.array(list(product((1 - share, 1 + share), repeat=len(tree.edges)))).T
    return np.asarray(tree.weights[:, None] * signs)


def always_above(tree: Tree, scores: Floats, weights: Floats) -> Bools:
    """Return who stands above whom under all of these weights."""
    found = index_scores(tree, scores, weights)
    return np.asarray((found[:, None, :] > found[None, :, :] + 1e-10).all(axis=2))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.9, 1.0])
def test_one_level_is_what_all_corners_say(share: float) -> None:
    tree, scores = flat(("a", "b", "c"), (2.0, 1.0, 1.0)), np.array(ROWS)
    found, exact = surely_beats(tree, scores, share)
    assert exact
    if share < 1:
        assert np.array_equal(found, always_above(tree, scores, corners(tree, share)))
    else:
        assert found.tolist() == (always_above(tree, scores, corners(tree, 0.999999))).tolist()


@pytest.mark.parametrize("power", [1.0, 0.0, -1.0, 2.0])
def test_two_levels_are_what_all_corners_say(power: float) -> None:
    scores = np.random.default_rng(3).uniform(1, 100, (9, 5))
    tree = two_levels(power)
    found, exact = surely_beats(tree, scores, 0.25)
    assert exact
    assert np.array_equal(found, always_above(tree, scores, corners(tree, 0.25)))
    assert 0 < found.sum() < 36


def test_a_fine_grid_of_weights_stays_inside_the_guaranteed_ranks_and_reaches_their_ends() -> None:
    tree, scores = flat(("a", "b"), (1.0, 1.0)), np.array([[90.0, 10.0], [50.0, 55.0], [10.0, 60.0], [5.0, 5.0]])
    steps = np.linspace(0.7, 1.3, 61)
    grid = np.array(list(product(steps, steps))).T
    found = index_scores(tree, scores, grid)
    drawn = 1 + (found[:, None, :] < found[None, :, :] - 1e-10).sum(axis=1)
    sure = from_pairs(surely_beats(tree, scores, 0.3)[0])
    assert sure.best.tolist() == drawn.min(axis=1).tolist()
    assert sure.worst.tolist() == drawn.max(axis=1).tolist()


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_whoever_surely_stands_above_does_so_under_every_drawn_weight_of_any_tree_with_gaps(
    source: st.DataObject,
) -> None:
    tree = source.draw(trees())
    scores = source.draw(tables(4, len(tree.indicators), gaps=True))
    share = source.draw(st.floats(0.0, 0.95))
    draws = np.random.default_rng(source.draw(st.integers(0, 99))).uniform(1 - share, 1 + share, (len(tree.edges), 64))
    found = index_scores(tree, scores, tree.weights[:, None] * draws)
    sure, _ = surely_beats(tree, scores, share)
    assert not (sure[:, :, None] & (found[:, None, :] < found[None, :, :] - 1e-9)).any()
    low, high = score_bounds(tree, scores, share)
    assert (found >= low[:, None] * (1 - 1e-9)).all()
    assert (found <= high[:, None] * (1 + 1e-9)).all()


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_no_one_stands_above_both_ways_and_a_wider_box_assures_less(source: st.DataObject) -> None:
    tree = source.draw(trees())
    scores = source.draw(tables(4, len(tree.indicators), gaps=source.draw(st.booleans())))
    narrow, wide = surely_beats(tree, scores, 0.1)[0], surely_beats(tree, scores, 0.4)[0]
    assert not (narrow & narrow.T).any()
    assert not (wide & ~narrow).any()


@given(st.permutations(range(5)))
@settings(max_examples=15, deadline=None)
def test_permuting_cities_permutes_guaranteed_ranks(order: list[int]) -> None:
    scores = np.array(ROWS)
    tree = flat(("a", "b", "c"))
    one, other = (from_pairs(surely_beats(tree, table, 0.2)[0]) for table in (scores, scores[order]))
    assert one.best[order].tolist() == other.best.tolist()
    assert one.worst[order].tolist() == other.worst.tolist()


def test_score_bounds_are_reached_at_corners() -> None:
    tree, scores = two_levels(0.0), np.random.default_rng(5).uniform(1, 100, (6, 5))
    found = index_scores(tree, scores, corners(tree, 0.3))
    low, high = score_bounds(tree, scores, 0.3)
    assert low == pytest.approx(found.min(axis=1))
    assert high == pytest.approx(found.max(axis=1))


def test_bounds_of_a_city_without_anything_are_missing() -> None:
    low, high = score_bounds(flat(("a", "b")), np.array([[NAN, NAN], [1.0, 3.0]]), 0.0)
    assert np.isnan(low[0])
    assert np.isnan(high[0])
    assert (low[1], high[1]) == (2.0, 2.0)


def test_pairs_become_ranges() -> None:
    found = from_pairs(np.array([[False, True, True], [False, False, False], [False, False, False]]))
    assert (found.best.tolist(), found.worst.tolist()) == ([1, 2, 2], [1, 3, 3])
    assert found.pairs_percent == pytest.approx(200 / 3)


def test_a_city_alone_is_first_for_sure() -> None:
    found = from_pairs(np.zeros((1, 1), bool))
    assert (found.best.tolist(), found.worst.tolist(), found.pairs_percent) == ([1], [1], 100.0)


def test_equal_cities_are_never_surely_apart() -> None:
    assert not surely_beats(flat(("a", "b")), np.array([[1.0, 2.0], [1.0, 2.0]]), 0.1)[0].any()


def test_all_that_is_declared_contains_every_rank_drawn() -> None:
    rows = np.random.default_rng(11).uniform(1, 100, (8, 5)).tolist()
    assumed = (WeightSpread(0.3), LeaveOut(), Alternatives("normalisation", ("min_max", "rank")))
    made = sample(data(rows), recipe_of(two_levels()), assumed, 512)
    sure, seen = guaranteed(made.trial), made.rank_extremes()
    assert sure.exact
    assert (sure.best <= seen[:, 0]).all()
    assert (sure.worst >= seen[:, 1]).all()


def test_leaving_out_widens_ranges() -> None:
    method, table = recipe("a", "b", "c"), data(ROWS)
    spread = guaranteed(Trial(table, Design(method, (WeightSpread(0.1),), 1)))
    both = guaranteed(Trial(table, Design(method, (WeightSpread(0.1), LeaveOut()), 1)))
    assert both.pairs_percent < spread.pairs_percent
    assert (both.best <= spread.best).all()
    assert (both.worst >= spread.worst).all()


def test_gaps_and_means_of_several_kinds_are_called_safe_not_exact() -> None:
    rows = [[1.0, NAN], [2.0, 1.0], [3.0, 2.0]]
    assert not guaranteed(Trial(data(rows), Design(recipe("a", "b"), (WeightSpread(0.1),), 1))).exact
