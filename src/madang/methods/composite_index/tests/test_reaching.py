"""The least change that reaches rank k: by hand, and never beaten by a change found by trying."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize

from madang.core.errors import DataError, InfeasibleError
from madang.methods.composite_index import Data, build, least_change
from madang.methods.composite_index.building import leaf_weights
from madang.methods.composite_index.tests.synthetic_cities import NAN, data, recipe, recipe_of, tables, two_levels
from madang.methods.composite_index.tree import Floats, transformed

ROWS = [[0.0, 0.0], [10.0, 2.0], [5.0, 10.0]]


def test_the_heaviest_indicator_moves_first() -> None:
    index = build(data(ROWS), recipe("a", "b", weights=(3.0, 1.0)))
    # B has 80, C has 62.5: 17.5 lacking, at 0.75 a point of a.
    found = least_change(index, "C", 1)
    assert found.needed == 80.0
    assert found.moves == pytest.approx({"a": 17.5 / 0.75})
    assert found.points == pytest.approx(17.5 / 0.75)
    assert found.reached == pytest.approx(80.0)


def test_what_is_at_its_best_leaves_the_rest_to_the_next() -> None:
    index = build(data([[0.0, 0.0], [10.0, 10.0], [9.0, 0.0]]), recipe("a", "b", weights=(3.0, 1.0)))
    found = least_change(index, "C", 1)
    assert found.moves == pytest.approx({"a": 10.0, "b": 100.0})


def test_a_city_that_is_there_needs_nothing() -> None:
    found = least_change(build(data(ROWS), recipe("a", "b")), "C", 3)
    assert (found.points, found.moves) == (0.0, {})


def test_a_gap_is_not_moved() -> None:
    index = build(data([[0.0, 0.0], [10.0, 10.0], [5.0, NAN]]), recipe("a", "b"))
    assert least_change(index, "C", 1).moves == pytest.approx({"a": 50.0})


def _refused(build_: object) -> str:
    with pytest.raises((DataError, InfeasibleError)) as caught:
        build_()  # type: ignore[operator]
    return str(caught.value)


def test_what_cannot_be_asked_is_refused() -> None:
    index = build(data(ROWS), recipe("a", "b"))
    assert _refused(lambda: least_change(index, "A", 4)) == (
        "there is no rank 4 among 3 cities\n  to do: name a rank that exists"
    )
    says = (
        "the least change needs one kind of mean throughout, arithmetic or of a power below\n"
        "  to do: aggregate by one mean"
    )
    squares = build(data(ROWS), recipe("a", "b", scale=(1.0, 100.0), power=2.0))
    assert _refused(lambda: least_change(squares, "A", 1)) == says
    assert _refused(lambda: least_change(build(data(ROWS), recipe("a", "b", pairwise="copeland")), "A", 1)) == says


def test_a_rank_out_of_reach_is_said_to_be() -> None:
    spread = build(data([[0.0, 0.0], [10.0, 10.0], [5.0, 5.0]]), recipe("a", "b", normalisation="z"))
    # z lets B stand beyond the middle of the scale; lower the top of what can be had by a scale that ends below B.
    assert least_change(spread, "A", 1).reached == pytest.approx(spread.scores[1])
    narrow = build(data([[0.0, 0.0, 0.0], [10.0, 10.0, 10.0], [5.0, 5.0, NAN]]), recipe("a", "b", "c"))
    assert least_change(narrow, "C", 1).needed == 100.0


@settings(max_examples=25, deadline=None)
@given(tables(4, 5, gaps=False, told_apart=True), st.sampled_from([1.0, 0.0, -1.0]), st.integers(1, 3))
def test_no_smaller_change_is_found_by_a_general_solver(values: Floats, power: float, rank: int) -> None:
    index = build(Data(tuple("ABCD"), values), recipe_of(two_levels(power), scale=(1.0, 100.0)))
    found = least_change(index, "A", rank)
    weights, start = leaf_weights(index.tree), index.scored.scores[0]
    assert found.reached >= found.needed - 1e-6 * abs(found.needed)
    assert found.points == pytest.approx(sum(found.moves.values()), abs=1e-6)

    def mean(scores: Floats) -> float:
        total = float(weights @ transformed(scores, power))
        return total if power == 1 else float(np.exp(total)) if power == 0 else total ** (1 / power)

    assume(found.points > 0)
    tried = optimize.minimize(
        lambda made: float((made - start).sum()),
        np.full(5, 99.0).clip(start),
        bounds=[(low, 100.0 if low < 100 else low) for low in start],
        constraints={"type": "ineq", "fun": lambda made: mean(made) - found.needed},
        method="SLSQP",
    )
    if tried.success and mean(tried.x) >= found.needed - 1e-6:
        assert found.points <= float((tried.x - start).sum()) + 1e-3
