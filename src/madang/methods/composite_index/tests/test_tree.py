"""Trees: what is refused, the means by hand, and the collapse to one weight vector against plain recursion."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.errors import DataError, UnknownName
from madang.methods.composite_index import Group, Tree, aggregate, effective_weights, flat, index_scores
from madang.methods.composite_index.tests.synthetic_cities import (
    NAN,
    edge_weights,
    literal,
    tables,
    trees,
    two_levels,
)
from madang.methods.composite_index.tree import reached, transformed

ROW = np.array([[10.0, 20.0, 30.0, 40.0, 70.0]])


@pytest.mark.parametrize(
    ("power", "g", "h", "index"),
    [
        (1.0, 20.0, 50.0, 32.0),
        (0.0, 10**0.2 * 20**0.6 * 30**0.2, 40 ** (2 / 3) * 70 ** (1 / 3), None),
        (-1.0, 5 / (1 / 10 + 3 / 20 + 1 / 30), 3 / (2 / 40 + 1 / 70), None),
        (2.0, math.sqrt((100 + 3 * 400 + 900) / 5), math.sqrt((2 * 1600 + 4900) / 3), None),
    ],
)
def test_each_mean_is_what_a_hand_makes_of_it(power: float, g: float, h: float, index: float | None) -> None:
    found = aggregate(two_levels(power), ROW)
    assert found["g"][0] == pytest.approx(g, rel=1e-14)
    assert found["h"][0] == pytest.approx(h, rel=1e-14)
    if index is None:
        index = (
            math.exp(0.6 * math.log(g) + 0.4 * math.log(h))
            if power == 0
            else ((0.6 * g**power + 0.4 * h**power) ** (1 / power))
        )
    assert found["index"][0] == pytest.approx(index, rel=1e-14)


def test_a_gap_shares_its_weight_among_the_others_of_its_group_alone() -> None:
    row = np.array([[10.0, NAN, 30.0, 40.0, 70.0]])
    found = aggregate(two_levels(), row)
    assert found["g"][0] == 20.0
    assert found["h"][0] == 50.0
    assert found["index"][0] == 32.0


def test_a_group_without_a_value_is_missing_and_its_weight_goes_to_the_other_groups() -> None:
    found = aggregate(two_levels(), np.array([[NAN, NAN, NAN, 40.0, 70.0]]))
    assert math.isnan(found["g"][0])
    assert found["index"][0] == 50.0


def test_a_missing_value_is_not_a_zero() -> None:
    lacking, zero = (aggregate(two_levels(), np.array([[10.0, 20.0, value, 40.0, 70.0]])) for value in (NAN, 0.0))
    assert lacking["g"][0] == 17.5
    assert zero["g"][0] == 14.0


def test_effective_weights_multiply_down_the_tree() -> None:
    tree = two_levels()
    found = effective_weights(tree, tree.weights, np.ones(5, bool))[:, 0]
    assert found.tolist() == pytest.approx([0.12, 0.36, 0.12, 0.4 * 2 / 3, 0.4 / 3])


def test_effective_weights_with_a_gap_stay_inside_the_group() -> None:
    tree = two_levels()
    found = effective_weights(tree, tree.weights, np.array([True, False, True, True, False]))[:, 0]
    assert found.tolist() == pytest.approx([0.3, 0.0, 0.3, 0.4, 0.0])


def test_effective_weights_of_a_city_with_nothing_are_zero() -> None:
    tree = two_levels()
    assert not effective_weights(tree, tree.weights, np.zeros(5, bool)).any()


def test_parts_stand_before_their_group_in_whatever_order_groups_are_given() -> None:
    tree = two_levels()
    turned = Tree(tree.indicators, tree.groups[::-1])
    assert [group.name for group in turned.order][-1] == "index"
    assert aggregate(turned, ROW)["index"][0] == 32.0


def test_edges_and_weights_stand_in_one_order() -> None:
    tree = two_levels()
    assert edge_weights(tree, tree.weights)["index", "g"] == 3.0
    assert edge_weights(tree, tree.weights)["g", "b"] == 3.0
    assert tree.with_weights(tree.weights * 2).weights.tolist() == (tree.weights * 2).tolist()


def test_power_is_one_number_only_where_every_group_has_it() -> None:
    mixed = Tree(("a", "b"), (Group("g", ("a",), (1.0,), 0.0), Group("index", ("g", "b"), (1.0, 1.0))))
    assert mixed.power is None
    assert mixed.with_power(0.0).power == 0.0


def test_without_drops_a_group_that_is_left_empty() -> None:
    tree = two_levels().without(("d", "e"))
    assert tree.indicators == ("a", "b", "c")
    assert [group.name for group in tree.order] == ["g", "index"]
    assert tree.order[-1].parts == ("g",)


def test_reached_tells_who_has_something_that_weighs() -> None:
    tree = flat(("a", "b"), (1.0, 0.0))
    assert reached(tree, np.array([[1.0, NAN], [NAN, 1.0], [NAN, NAN]])).tolist() == [True, False, False]


def _refused(build: object) -> str:
    with pytest.raises((DataError, UnknownName)) as caught:
        build()  # type: ignore[operator]
    return str(caught.value)


def test_each_tree_that_is_none_is_refused_in_its_own_words() -> None:
    index = Group("index", ("a", "b"), (1.0, 1.0))
    assert _refused(lambda: Tree(("a", "a"), (index,))) == (
        "two parts of the index are called 'a'\n  to do: rename one of them"
    )
    assert _refused(lambda: Tree(("a",), (index,))) == (
        "there is no part of the index called 'b'\n  to do: known: a, index"
    )
    assert _refused(lambda: Tree(("a", "b"), (index, Group("g", ("a", "index"), (1.0, 1.0))))) == (
        "'a' stands in two groups\n  to do: keep one of them"
    )
    assert _refused(lambda: Tree(("a", "b"), (index, Group("g", (), ())))) == (
        "the group 'g' has no parts\n  to do: put an indicator into it, or remove it"
    )
    assert _refused(lambda: Tree(("a", "b", "c"), (index,))) == (
        "the index has several tops: c, index\n  to do: put each into a group"
    )
    assert _refused(lambda: Tree(("a", "b"), (Group("index", ("a", "b"), (1.0,)),))) == (
        "the group 'index' has 2 parts and 1 weights"
    )
    assert _refused(lambda: flat(("a", "b"), (1.0, -1.0))) == "the weight of 'b' is -1\n  to do: give zero or more"
    assert _refused(lambda: flat(("a", "b"), (1.0, NAN))) == "the weight of 'b' is nan\n  to do: give zero or more"
    assert _refused(lambda: flat(("a", "b"), (0.0, 0.0))) == (
        "the weights in 'index' are all zero\n  to do: give one of them weight"
    )
    circle = (index, Group("g", ("h",), (1.0,)), Group("h", ("g",), (1.0,)))
    assert _refused(lambda: Tree(("a", "b"), circle)) == (
        "groups stand in a circle: 'g' in 'h' in 'g'\n  to do: let one of them stand in a group outside the circle"
    )
    itself = (index, Group("g", ("g",), (1.0,)))
    assert _refused(lambda: Tree(("a", "b"), itself)) == (
        "the group 'g' stands in itself\n  to do: let it stand in another group, or in none"
    )


def test_a_circle_that_leaves_the_top_empty_is_told_as_the_circle() -> None:
    groups = (Group("p", ("q", "a"), (1.0, 1.0)), Group("q", ("r",), (1.0,)), Group("r", ("p", "b"), (1.0, 1.0)))
    assert _refused(lambda: Tree(("a", "b"), (*groups, Group("index", (), ())))) == (
        "groups stand in a circle: 'p' in 'r' in 'q' in 'p'\n"
        "  to do: let one of them stand in a group outside the circle"
    )
    # Without the circle the empty group is what is wrong.
    assert _refused(lambda: Tree(("a",), (Group("index", ("a",), (1.0,)), Group("void", (), ())))) == (
        "the group 'void' has no parts\n  to do: put an indicator into it, or remove it"
    )


def test_what_is_no_part_of_the_tree_is_refused() -> None:
    assert _refused(lambda: two_levels().without(("z",))) == (
        "there is no indicator called 'z'\n  to do: known: a, b, c, d, e"
    )
    assert _refused(lambda: two_levels().without(("a", "b", "c", "d", "e"))) == (
        "no indicator is left\n  to do: keep at least one"
    )


@pytest.mark.parametrize("power", [0.0, -1.0, 2.0])
def test_a_score_of_zero_has_no_power_mean(power: float) -> None:
    assert _refused(lambda: transformed(np.array([1.0, 0.0, NAN]), power)) == (
        "a geometric, harmonic or other power mean needs scores above zero\n"
        "  to do: give the scale a floor above zero, as scale = [1, 100], or take the arithmetic mean"
    )


@given(st.data())
def test_the_collapse_of_nested_means_is_the_plain_recursion_with_gaps(data: st.DataObject) -> None:
    power = data.draw(st.sampled_from([1.0, 0.0, -1.0, 2.0, None]))
    tree = data.draw(trees(power))
    scores = data.draw(tables(4, len(tree.indicators), gaps=True))
    draws = data.draw(st.integers(1, 3))
    weights = np.array(
        data.draw(
            st.lists(
                st.lists(st.floats(0.01, 5.0), min_size=draws, max_size=draws),
                min_size=len(tree.edges),
                max_size=len(tree.edges),
            )
        )
    )
    found = index_scores(tree, scores, weights)
    for draw in range(draws):
        given_weights = edge_weights(tree, weights[:, draw])
        wanted = [literal(tree, row, given_weights, "index") for row in scores.tolist()]
        assert found[:, draw].tolist() == pytest.approx(wanted, rel=1e-9)
        assert aggregate(tree, scores, weights[:, draw])["index"].tolist() == pytest.approx(wanted, rel=1e-9)


@given(st.data())
def test_weights_count_only_in_proportion(data: st.DataObject) -> None:
    tree = data.draw(trees())
    scores = data.draw(tables(3, len(tree.indicators), gaps=True))
    times = data.draw(st.floats(0.01, 100.0))
    once, scaled = (index_scores(tree, scores, tree.weights[:, None] * by) for by in (1.0, times))
    assert scaled == pytest.approx(once, rel=1e-9)


@given(st.data())
def test_power_means_rise_with_their_power(data: st.DataObject) -> None:
    tree = data.draw(trees(1.0))
    scores = data.draw(tables(3, len(tree.indicators), gaps=True))
    means = [aggregate(tree.with_power(power), scores)["index"] for power in (-1.0, 0.0, 1.0, 2.0)]
    for lower, higher in pairwise(means):
        assert np.all(lower <= higher * (1 + 1e-9))


@given(st.data())
def test_a_mean_lies_between_the_least_and_greatest_of_its_parts(data: st.DataObject) -> None:
    tree = data.draw(trees())
    scores = data.draw(tables(3, len(tree.indicators), gaps=True))
    index = aggregate(tree, scores)["index"]
    assert np.all(index >= np.nanmin(scores, axis=1) * (1 - 1e-9))
    assert np.all(index <= np.nanmax(scores, axis=1) * (1 + 1e-9))


@given(st.data())
def test_raising_a_score_never_lowers_the_index(data: st.DataObject) -> None:
    tree = data.draw(trees())
    scores = data.draw(tables(1, len(tree.indicators), gaps=False))
    raised = scores.copy()
    raised[0, data.draw(st.integers(0, scores.shape[1] - 1))] += data.draw(st.floats(0.0, 50.0))
    assert aggregate(tree, raised)["index"][0] >= aggregate(tree, scores)["index"][0] * (1 - 1e-12)


@given(st.data())
def test_effective_weights_add_to_one_and_skip_gaps(data: st.DataObject) -> None:
    tree = data.draw(trees())
    there = np.array(data.draw(st.lists(st.booleans(), min_size=len(tree.indicators), max_size=len(tree.indicators))))
    found = effective_weights(tree, tree.weights, there)[:, 0]
    assert found.sum() == pytest.approx(1.0 if there.any() else 0.0)
    assert not found[~there].any()


def test_a_city_whose_only_value_weighs_nothing_has_no_index_rather_than_one_of_zero() -> None:
    for power in (1.0, 0.0):
        tree = flat("ab", (1.0, 0.0), power)
        scores = np.array([[NAN, 5.0], [3.0, 5.0]])
        assert np.isnan(aggregate(tree, scores)["index"]).tolist() == [True, False]
        assert np.isnan(index_scores(tree, scores, tree.weights[:, None])[:, 0]).tolist() == [True, False]
