"""Ranks with ties, and distances of lists against sums over all pairs."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from madang.core.errors import DataError
from madang.methods.composite_index import distance, ranks, tie_faults
from madang.methods.composite_index.ranking import count_ranks, settled
from madang.methods.composite_index.tests.synthetic_cities import NAN

SCORES = np.array([50.0, 90.0, 70.0, 70.0, NAN, 10.0])


@pytest.mark.parametrize(
    ("ties", "wanted"), [("1224", [4, 1, 2, 2, 0, 5]), ("1334", [4, 1, 3, 3, 0, 5]), ("1223", [3, 1, 2, 2, 0, 4])]
)
def test_each_rule_of_ties_by_hand(ties: str, wanted: list[int]) -> None:
    assert ranks(SCORES, ties).tolist() == wanted


def test_scores_that_differ_in_their_last_bits_are_equal() -> None:
    assert ranks(np.array([0.1 + 0.2, 0.3, 0.2])).tolist() == [1, 1, 3]
    assert settled(np.array([0.3, 0.1 + 0.2])).tolist() == [0.3, 0.3]


@given(st.lists(st.integers(0, 6).map(float), min_size=1, max_size=9))
def test_ranks_are_those_of_scipy(scores: list[float]) -> None:
    for ties, method in (("1224", "min"), ("1334", "max"), ("1223", "dense")):
        wanted = stats.rankdata([-score for score in scores], method=method).astype(int).tolist()
        assert ranks(np.array(scores), ties).tolist() == wanted


@given(st.lists(st.lists(st.integers(0, 4).map(float), min_size=4, max_size=4), min_size=1, max_size=6))
def test_counted_ranks_are_the_ranks_of_each_draw(rows: list[list[float]]) -> None:
    scores, counts = np.array(rows), np.zeros((4, 4), np.int32)
    drawn = count_ranks(scores, counts, keep=True)
    wanted = np.array([ranks(row) for row in scores])
    assert drawn.tolist() == wanted.tolist()
    assert counts.tolist() == [[int((wanted[:, city] == rank).sum()) for rank in (1, 2, 3, 4)] for city in range(4)]


def test_a_list_that_follows_1224_has_no_fault() -> None:
    assert tie_faults({"A": 1, "B": 2, "C": 2, "D": 4}) == ()


def test_a_list_that_breaks_1224_is_told_where() -> None:
    assert tie_faults({"A": 1, "B": 2, "C": 2, "D": 3, "E": 6}) == ("D: 3 where 4 is due", "E: 6 where 4 is due")


def test_equal_lists_lie_nowhere_apart() -> None:
    found = distance({"A": 1, "B": 2, "C": 3}, {"A": 1, "B": 2, "C": 3})
    assert (found.common, found.kendall, found.fagin, found.share, found.footrule) == (3, 1.0, 0.0, 0.0, 0.0)


def test_reversed_lists_lie_as_far_apart_as_can_be() -> None:
    found = distance({"A": 1, "B": 2, "C": 3}, {"A": 3, "B": 2, "C": 1})
    assert (found.kendall, found.fagin, found.share, found.footrule) == (-1.0, 3.0, 1.0, 4.0)


def test_fagin_by_hand_for_lists_of_different_length() -> None:
    # A,B: same order. A,C: C is not in the second, so behind: same. B,C: the same. D comes in the second alone:
    # A,D the same; B,D: first has B ahead, second D ahead: 1. C,D: each in one list alone: 1.
    found = distance({"A": 1, "B": 2, "C": 3}, {"A": 1, "D": 2, "B": 3})
    assert (found.common, found.fagin) == (2, 2.0)
    assert found.kendall == 1.0
    # |1-1| + |2-3| + |3-4| + |4-2|
    assert found.footrule == 4.0


def test_lists_with_nothing_in_common_have_no_kendall_and_the_greatest_distance() -> None:
    found = distance({"A": 1, "B": 2}, {"C": 1, "D": 2})
    assert (found.common, found.kendall, found.fagin, found.share) == (0, None, 5.0, 1.0)


def test_a_pair_tied_in_one_list_alone_costs_the_penalty() -> None:
    assert distance({"A": 1, "B": 1}, {"A": 1, "B": 2}, penalty=0.25).fagin == 0.25
    assert distance({"A": 1, "B": 1}, {"A": 2, "B": 2}).fagin == 0.0


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        distance({}, {"A": 1})
    assert str(caught.value) == "an empty list has no distance to another\n  to do: give at least one place"


def listed(names: tuple[str, ...]) -> dict[str, int]:
    """Return a list without ties."""
    return {name: place for place, name in enumerate(names, 1)}


def test_the_greatest_distance_is_reached_by_some_lists_and_exceeded_by_none() -> None:
    """All lists of three over five names beside ABC: the share of the greatest distance by the number in common."""
    seen: dict[int, float] = {}
    for other in permutations("ABCDE", 3):
        found = distance(listed(("A", "B", "C")), listed(other))
        seen[found.common] = max(seen.get(found.common, 0.0), found.share)
    assert seen == {1: 1.0, 2: 1.0, 3: 1.0}


@given(
    st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(1, 5), min_size=1),
    st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(1, 5), min_size=1),
)
def test_distances_are_sums_over_pairs(one: dict[str, int], other: dict[str, int]) -> None:
    def way(given: dict[str, int], a: str, b: str) -> int | None:
        if a not in given and b not in given:
            return None
        x, y = given.get(a, 99), given.get(b, 99)
        return (x > y) - (x < y)

    cost = 0.0
    for a, b in combinations(sorted({*one, *other}), 2):
        left, right = way(one, a, b), way(other, a, b)
        if (left or 0) == (right or 0):
            continue
        cost += 1.0 if left and right else 0.5
    found = distance(one, other)
    assert found.fagin == pytest.approx(cost)
    assert distance(other, one) == found
    both = sorted({*one} & {*other})
    lists = [[given[name] for name in both] for given in (one, other)]
    tau = stats.kendalltau(*lists).statistic if len(both) > 1 else NAN
    if not np.isnan(tau):
        assert found.kendall == pytest.approx(tau)
    else:
        assert found.kendall is None
    assert 0 <= found.share <= 1
