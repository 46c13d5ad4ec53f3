"""Pairs of cities: majorities by counting, Copeland's score, cycles, and outranking with a veto."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.methods.composite_index.outranking import majority, outranking, preference
from madang.methods.composite_index.tests.synthetic_cities import NAN, tables
from madang.methods.composite_index.tree import Floats

#: Condorcet's circle: each of A, B, C beats the next by two indicators of three.
CIRCLE = np.array([[3.0, 2.0, 1.0], [2.0, 1.0, 3.0], [1.0, 3.0, 2.0]])


def counted(scores: Floats, weights: list[float], a: int, b: int) -> tuple[float, float, float]:
    """Return by counting the weight in which a beats b, in which they are equal, and of all that both have."""
    won = same = whole = 0.0
    for k, weight in enumerate(weights):
        x, y = scores[a, k], scores[b, k]
        if math.isnan(x) or math.isnan(y):
            continue
        whole += weight
        won += weight * (x > y)
        same += weight * (x == y)
    return won, same, whole


def test_a_circle_is_reported_and_has_no_winner() -> None:
    found = majority(CIRCLE, np.ones(3))
    assert found.cycles == ((0, 1, 2),)
    assert found.winner is None
    assert found.copeland.tolist() == [0.0, 0.0, 0.0]


def test_a_city_above_the_circle_wins_and_stands_outside_it() -> None:
    found = majority(np.vstack([CIRCLE, [9.0, 9.0, 0.0]]), np.ones(3))
    assert found.winner == 3
    assert found.cycles == ((0, 1, 2),)
    assert found.copeland.tolist() == [-1.0, -1.0, -1.0, 3.0]


def test_weight_breaks_the_circle() -> None:
    found = majority(CIRCLE, np.array([3.0, 1.0, 1.0]))
    assert (found.winner, found.cycles) == (0, ())
    assert found.copeland.tolist() == [2.0, 0.0, -2.0]


def test_a_gap_counts_for_nobody_and_no_common_indicator_is_a_draw() -> None:
    scores = np.array([[5.0, NAN, 1.0], [4.0, 9.0, NAN], [NAN, 1.0, NAN]])
    shares = preference(scores, np.ones(3))
    assert shares[0, 1] == 1.0
    assert shares[0, 2] == shares[2, 0] == 0.5
    assert shares[1, 2] == 1.0


def test_outranking_by_hand() -> None:
    scores = np.array([[10.0, 10.0, 10.0], [9.0, 9.0, 11.0], [0.0, 50.0, 0.0]])
    assert outranking(scores, np.ones(3), 0.6).tolist() == [2.0, 0.0, -2.0]


def test_a_veto_forbids_to_outrank_who_is_far_ahead_in_one_thing() -> None:
    scores = np.array([[10.0, 10.0, 10.0], [9.0, 9.0, 11.0], [0.0, 50.0, 0.0]])
    assert outranking(scores, np.ones(3), 0.6, veto=20.0).tolist() == [1.0, -1.0, 0.0]


def test_equal_cities_outrank_each_other_and_gain_nothing() -> None:
    assert outranking(np.ones((3, 2)), np.ones(2)).tolist() == [0.0, 0.0, 0.0]


@given(tables(5, 4, gaps=True, high=3.0), st.lists(st.integers(1, 4).map(float), min_size=4, max_size=4))
def test_majorities_are_what_counting_says(scores: Floats, weights: list[float]) -> None:
    scores = np.round(scores)
    found = majority(scores, np.array(weights))
    beats = [[False] * 5 for _ in range(5)]
    for a in range(5):
        for b in range(5):
            won, same, whole = counted(scores, weights, a, b)
            beats[a][b] = a != b and whole > 0 and won + same / 2 > whole / 2 + 1e-9
    assert found.copeland.tolist() == [sum(beats[a]) - sum(row[a] for row in beats) for a in range(5)]
    winners = [a for a in range(5) if sum(beats[a]) == 4]
    assert found.winner == (winners[0] if winners else None)
    reach = [row[:] for row in beats]
    for via in range(5):
        for a in range(5):
            for b in range(5):
                reach[a][b] |= reach[a][via] and reach[via][b]
    circles = {tuple(b for b in range(5) if b == a or (reach[a][b] and reach[b][a])) for a in range(5)}
    assert set(found.cycles) == {one for one in circles if len(one) > 1}


@given(
    tables(4, 3, gaps=True, high=5.0),
    st.lists(st.integers(1, 3).map(float), min_size=3, max_size=3),
    st.sampled_from([0.51, 0.6, 0.75, 1.0]),
    st.sampled_from([None, 1.0, 2.0]),
)
def test_outranking_is_what_counting_says(
    scores: Floats, weights: list[float], concordance: float, veto: float | None
) -> None:
    scores = np.round(scores)
    ranks = [[False] * 4 for _ in range(4)]
    for a in range(4):
        for b in range(4):
            won, same, whole = counted(scores, weights, a, b)
            ahead = a != b and whole > 0 and (won + same) / whole >= concordance - 1e-9
            gaps = [y - x for x, y in zip(scores[a].tolist(), scores[b].tolist(), strict=True)]
            ranks[a][b] = ahead and not (veto is not None and any(gap > veto for gap in gaps))
    wanted = [sum(ranks[a]) - sum(row[a] for row in ranks) for a in range(4)]
    assert outranking(scores, np.array(weights), concordance, veto).tolist() == pytest.approx(wanted)


@given(tables(5, 3, gaps=True), st.permutations(range(5)))
def test_permuted_cities_get_permuted_scores(scores: Floats, order: list[int]) -> None:
    at = list(order)
    found = majority(scores, np.ones(3)).copeland
    assert majority(scores[at], np.ones(3)).copeland.tolist() == found[at].tolist()
