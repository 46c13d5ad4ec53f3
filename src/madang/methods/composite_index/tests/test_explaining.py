"""Contributions, removals and Shapley shares: they add up, and agree with all orders tried one by one."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import DataError
from madang.methods.composite_index import (
    CAUSES,
    Data,
    Edition,
    Group,
    Tree,
    build,
    contributions,
    rank_shift,
    removals,
    score_shift,
    shapley,
)
from madang.methods.composite_index.tests.synthetic_cities import (
    NAN,
    data,
    edge_weights,
    literal,
    recipe,
    recipe_of,
    tables,
    two_levels,
)
from madang.methods.composite_index.tree import Floats

ROWS = [[0.0, 10.0], [5.0, 30.0], [10.0, 20.0]]


def test_contributions_of_an_arithmetic_index_are_weight_times_score() -> None:
    found = contributions(build(data(ROWS), recipe("a", "b", weights=(3.0, 1.0))))
    assert found.tolist() == [[0.0, 0.0], [37.5, 25.0], [75.0, 12.5]]


@given(tables(4, 5, gaps=True, told_apart=True), st.sampled_from([1.0, 0.0, -1.0, 2.0]))
def test_contributions_add_up_to_the_score(values: Floats, power: float) -> None:
    index = build(Data(tuple("ABCD"), values), recipe_of(two_levels(power), scale=(1.0, 100.0)))
    assert contributions(index).sum(axis=1) == pytest.approx(index.scores)


@pytest.mark.parametrize("more", [{"pairwise": "copeland"}, {"weighting": "benefit_of_doubt"}])
def test_contributions_need_a_mean(more: dict[str, str]) -> None:
    with pytest.raises(DataError) as caught:
        contributions(build(data(ROWS), recipe("a", "b", **more)))
    assert str(caught.value) == "contributions need one kind of mean throughout\n  to do: aggregate by one mean"


def test_removals_by_hand() -> None:
    found = {one.name: one for one in removals(build(data(ROWS), recipe("a", "b", weights=(3.0, 1.0))))}
    assert found["a"].ranks == (3, 1, 2)
    assert found["a"].mean_shift == pytest.approx(2 / 3)
    assert found["b"].ranks == (3, 2, 1)
    assert found["b"].mean_shift == 0.0


def test_removals_are_the_index_built_without_them() -> None:
    rng = np.random.default_rng(2)
    table, made = Data(tuple("ABCDEFG"), rng.uniform(0, 100, (7, 5))), recipe_of(two_levels())
    index = build(table, made)
    found = {one.name: one for one in removals(index)}
    assert set(found) == {"a", "b", "c", "d", "e", "g", "h"}
    for name, gone in [*((leaf, (leaf,)) for leaf in "abcde"), ("g", tuple("abc")), ("h", tuple("de"))]:
        kept = [place for place, leaf in enumerate("abcde") if leaf not in gone]
        other = build(replace(table, values=table.values[:, kept]), made.without(gone))
        assert found[name].ranks == tuple(other.ranks.tolist())
        assert found[name].mean_shift == pytest.approx(np.abs(other.ranks - index.ranks).mean())


def test_a_city_that_has_nothing_else_is_not_ranked_without_it() -> None:
    index = build(data([[1.0, NAN], [2.0, 5.0], [3.0, 9.0]]), recipe("a", "b"))
    assert next(one for one in removals(index) if one.name == "a").ranks == (0, 2, 1)


def by_orders(players: tuple[str, ...], worth: dict[frozenset[str], float]) -> dict[str, float]:
    """Return Shapley values as means over all orders of arrival."""
    orders = list(permutations(players))
    made = dict.fromkeys(players, 0.0)
    for order in orders:
        for place, player in enumerate(order):
            before = frozenset(order[:place])
            made[player] += (worth[before | {player}] - worth[before]) / len(orders)
    return made


@given(st.integers(1, 5), st.data())
def test_shapley_is_the_mean_over_all_orders_and_adds_up(count: int, drawn: st.DataObject) -> None:
    players = tuple("abcde"[:count])
    worth = {
        frozenset(p for k, p in enumerate(players) if number >> k & 1): drawn.draw(st.floats(-10, 10))
        for number in range(2**count)
    }
    found = shapley(players, lambda some: np.array([worth[some]]))
    wanted = by_orders(players, worth)
    assert {player: share[0] for player, share in found.items()} == pytest.approx(wanted, abs=1e-9)
    total = worth[frozenset(players)] - worth[frozenset()]
    assert sum(share[0] for share in found.values()) == pytest.approx(total, abs=1e-9)


def test_too_many_players_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        shapley([str(k) for k in range(13)], lambda _some: np.zeros(1))
    assert str(caught.value) == "exact shares of 13 causes need 8,192 runs\n  to do: ask for at most 12"


@settings(max_examples=30, deadline=None)
@given(tables(3, 5, gaps=False, told_apart=True), st.sampled_from([1.0, 0.0, -1.0]))
def test_shares_of_a_score_difference_add_to_it_and_are_those_of_all_orders(values: Floats, power: float) -> None:
    tree = two_levels(power)
    index = build(Data(("A", "B", "C"), values), recipe_of(tree, scale=(1.0, 100.0)))
    found = score_shift(index, "A", "B")
    assert sum(found.values()) == pytest.approx(index.scores[1] - index.scores[0], abs=1e-8)
    old, new = index.scored.scores[:2].tolist()
    named = edge_weights(tree, tree.weights)
    worth = {}
    for number in range(32):
        taken = [bool(number >> k & 1) for k in range(5)]
        row = [new[k] if taken[k] else old[k] for k in range(5)]
        worth[frozenset(n for n, t in zip("abcde", taken, strict=True) if t)] = literal(tree, row, named, "index")
    assert found == pytest.approx(by_orders(tuple("abcde"), worth), abs=1e-8)


def test_an_arithmetic_difference_is_shared_by_weight() -> None:
    index = build(data(ROWS), recipe("a", "b", weights=(3.0, 1.0)))
    assert score_shift(index, "B", "C") == pytest.approx({"a": 37.5, "b": -12.5})


def test_a_score_difference_across_a_gap_is_refused() -> None:
    index = build(data([[0.0, NAN], *ROWS[1:]]), recipe("a", "b"))
    with pytest.raises(DataError) as caught:
        score_shift(index, "A", "B")
    assert str(caught.value) == (
        "one of 'A' and 'B' alone has a value of 'b'\n"
        "  to do: fill what is missing, or compare cities with the same gaps"
    )
    with pytest.raises(DataError) as caught:
        score_shift(build(data(ROWS), recipe("a", "b", pairwise="copeland")), "A", "B")
    assert str(caught.value) == "a score is shared out under a mean only\n  to do: aggregate by a mean"


def edition(cities: str, rows: list[list[float]], **more: object) -> Edition:
    """Return an edition of two indicators."""
    return Edition(Data(tuple(cities), np.array(rows)), ("a", "b"), recipe("a", "b", **more))


BEFORE = edition("ABC", [[1.0, 9.0], [5.0, 5.0], [9.0, 2.0]])


@pytest.mark.parametrize(
    ("after", "cause"),
    [
        (edition("ABC", [[9.0, 9.0], [5.0, 5.0], [1.0, 2.0]]), "data"),
        (edition("ABC", [[1.0, 9.0], [5.0, 5.0], [9.0, 2.0]], weights=(9.0, 1.0)), "method"),
        (edition("ABCD", [[1.0, 9.0], [5.0, 5.0], [9.0, 2.0], [20.0, 20.0]]), "newcomers"),
    ],
)
def test_a_shift_of_one_cause_is_put_down_to_it_alone(after: Edition, cause: str) -> None:
    found = rank_shift(BEFORE, after)
    moved = np.array(found.after) - np.array(found.before)
    assert moved.any()
    for name, shares in zip(CAUSES, found.shares.T.tolist(), strict=True):
        assert shares == pytest.approx(moved.tolist() if name == cause else [0.0] * 3)


def test_a_shift_by_the_rule_of_ties_is_put_down_to_it() -> None:
    rows = [[5.0, 5.0], [5.0, 5.0], [1.0, 2.0], [9.0, 9.0]]
    found = rank_shift(edition("ABCD", rows), edition("ABCD", rows, ties="1334"))
    assert (found.before, found.after) == ((2, 2, 4, 1), (3, 3, 4, 1))
    assert found.shares[:, CAUSES.index("ties")].tolist() == [1.0, 1.0, 0.0, 0.0]
    assert not found.shares[:, :3].any()


@settings(max_examples=40, deadline=None)
@given(
    tables(5, 2, gaps=False, told_apart=True),
    tables(5, 2, gaps=False, told_apart=True),
    st.sampled_from(["1224", "1334", "1223"]),
)
def test_shares_of_a_rank_shift_add_up_to_it(old: Floats, new: Floats, ties: str) -> None:
    before = Edition(Data(tuple("ABCDE"), old), ("a", "b"), recipe("a", "b"))
    after = Edition(Data(tuple("BCDEF"), new), ("a", "b"), recipe("a", "b", ties=ties, normalisation="rank"))
    try:
        found = rank_shift(before, after)
    except DataError as error:
        assert "has one value for every city" in error.what  # noqa: PT017
        return
    assert found.cities == tuple("BCDE")
    assert found.shares.sum(axis=1) == pytest.approx(np.array(found.after) - np.array(found.before))


def test_editions_without_a_city_in_common_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        rank_shift(BEFORE, edition("XY", [[1.0, 2.0], [2.0, 1.0]]))
    assert str(caught.value) == "no city is in both editions\n  to do: compare editions that share cities"


def test_a_removal_of_a_whole_group_leaves_the_other_groups() -> None:
    tree = Tree(("a", "b"), (Group("g", ("a",), (1.0,)), Group("index", ("g", "b"), (1.0, 1.0))))
    found = removals(build(data(ROWS), recipe_of(tree)))
    assert {one.name: one.ranks for one in found} == {"a": (3, 1, 2), "b": (3, 2, 1), "g": (3, 1, 2)}
