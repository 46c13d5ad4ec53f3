"""Designs: the same points whatever the chunk, each assumption in its own columns, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from madang.core.errors import DataError, UnknownName
from madang.methods.composite_index.design import FIELDS, Alternatives, Design, LeaveOut, WeightSpread
from madang.methods.composite_index.tests.synthetic_cities import recipe, recipe_of, two_levels

METHOD = recipe("a", "b", "c")
ALL = (Alternatives("normalisation", ("min_max", "rank", "z")), WeightSpread(0.2), LeaveOut())


@pytest.mark.parametrize("draws", [1, 2, 37, 64, 100, 1000])
@pytest.mark.parametrize("size", [1, 16, 128, 1 << 14])
def test_points_are_the_same_whatever_the_chunk(draws: int, size: int) -> None:
    design = Design(METHOD, ALL, draws, seed=4)
    chunks = list(design.chunks(size))
    assert max(len(chunk) for chunk in chunks) <= size
    assert np.array_equal(np.concatenate(chunks), design.matrix())
    assert design.matrix().shape == (draws, 5)


def test_points_are_scipys_scrambled_sobol_sequence() -> None:
    expected = qmc.Sobol(5, scramble=True, seed=9).random(64)
    assert np.array_equal(Design(METHOD, ALL, 64, seed=9).matrix(), expected)


def test_a_seed_gives_its_points_and_another_gives_others() -> None:
    one, again, other = (Design(METHOD, ALL, 32, seed=seed).matrix() for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_columns_are_named_by_assumption_and_edge() -> None:
    design = Design(METHOD, ALL, 4)
    edges = ("weights: a in index", "weights: b in index", "weights: c in index")
    assert design.columns == ("normalisation", *edges, "leave_out")
    assert design.spans == (slice(0, 1), slice(1, 4), slice(4, 5))


def test_weights_have_a_column_for_each_edge_of_every_level() -> None:
    assert len(Design(recipe_of(two_levels()), (WeightSpread(0.1),), 4).columns) == 7


def test_options_split_the_unit_interval_evenly() -> None:
    points = np.zeros((6, 5))
    points[:, 0] = [0.0, 0.33, 0.34, 0.66, 0.67, 1.0]
    assert Design(METHOD, ALL, 4).options(points)[:, 0].tolist() == [0, 0, 1, 1, 2, 2]


def test_without_alternatives_there_are_no_options() -> None:
    assert Design(METHOD, (LeaveOut(),), 4).options(np.zeros((3, 1))).shape == (3, 0)


def test_factors_run_from_one_minus_to_one_plus_the_share() -> None:
    factors = Design(METHOD, (WeightSpread(0.2),), 4).factors(np.array([[0.0, 0.5, 1.0]]))
    assert factors[:, 0].tolist() == pytest.approx([0.8, 1.0, 1.2])


def test_an_indicator_left_out_weighs_nothing_and_the_last_share_leaves_all_in() -> None:
    design = Design(METHOD, (LeaveOut(),), 4)
    points = np.array([[0.1], [0.3], [0.6], [0.9], [1.0]])
    assert design.left_out(points) is not None
    expected = [[0, 1, 1, 1, 1], [1, 0, 1, 1, 1], [1, 1, 0, 1, 1]]
    assert design.factors(points).tolist() == expected


def test_nothing_is_left_out_where_that_is_not_declared() -> None:
    assert Design(METHOD, (WeightSpread(0.1),), 4).left_out(np.zeros((2, 3))) is None


def test_points_in_words() -> None:
    words = Design(METHOD, ALL, 4).decoded(np.array([[0.9, 0.0, 0.5, 1.0, 0.1], [0.0, 0.5, 0.5, 0.5, 0.99]]))
    assert words["normalisation"] == ["z", "min_max"]
    assert words["leave_out"] == ["a", ""]
    assert words["weights: a in index"] == [0.0, 1.0]
    assert words["weights: c in index"] == pytest.approx([1.2, 1.0])


def test_an_assumption_declared_twice_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        Design(METHOD, (WeightSpread(0.1), WeightSpread(0.2)), 4)
    assert caught.value.what == "the assumption 'weights' is declared twice"
    assert caught.value.todo == "keep one of them"


def test_a_field_that_has_no_alternatives_is_refused() -> None:
    with pytest.raises(UnknownName) as caught:
        Design(METHOD, (Alternatives("ties", ("1224", "1334")),), 4)
    assert str(caught.value) == str(UnknownName("assumption", "ties", FIELDS))


def test_no_assumption_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        Design(METHOD, (), 4)
    assert caught.value.what == "no assumption is declared"
    assert caught.value.todo == "declare what might be otherwise, such as weights"


def test_no_draw_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        Design(METHOD, (LeaveOut(),), 0)
    assert (caught.value.what, caught.value.todo) == ("an ensemble needs at least one draw", "give draws")
