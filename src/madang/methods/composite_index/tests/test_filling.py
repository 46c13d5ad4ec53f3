"""Gaps: who has enough, what stands in, across cities and along years."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.errors import DataError
from madang.methods.composite_index.filling import coverage, enough, fill_across, fill_along
from madang.methods.composite_index.tests.synthetic_cities import NAN, tables

GAPPED = np.array([[1.0, NAN], [3.0, 4.0], [8.0, 6.0], [NAN, 11.0]])


def test_coverage_is_the_share_of_the_indicators() -> None:
    assert coverage(GAPPED).tolist() == [0.5, 1.0, 1.0, 0.5]
    assert enough(GAPPED, 0.5).all()
    assert enough(GAPPED, 0.51).tolist() == [False, True, True, False]


def test_a_city_with_nothing_is_never_enough() -> None:
    assert enough(np.array([[NAN, NAN]]), 0.0).tolist() == [False]


def test_leave_out_fills_nothing() -> None:
    np.testing.assert_array_equal(fill_across(GAPPED, "leave_out"), GAPPED)


@pytest.mark.parametrize(("kind", "first", "last"), [("mean", 7.0, 4.0), ("median", 6.0, 3.0)])
def test_all_cities_stand_in_for_a_gap(kind: str, first: float, last: float) -> None:
    found = fill_across(GAPPED, kind)
    assert found[0, 1] == first
    assert found[3, 0] == last
    assert found[1:3].tolist() == GAPPED[1:3].tolist()


def test_the_group_of_a_city_stands_in_before_all_others() -> None:
    found = fill_across(GAPPED, "mean", ("north", "north", "south", "south"))
    assert found[0, 1] == 4.0
    assert found[3, 0] == 8.0


def test_a_group_that_knows_nothing_is_filled_from_all_cities() -> None:
    found = fill_across(GAPPED, "mean", ("far", "north", "north", "north"))
    assert found[0, 1] == 7.0


def test_a_column_that_nobody_has_cannot_be_filled() -> None:
    with pytest.raises(DataError) as caught:
        fill_across(np.array([[1.0, NAN], [2.0, NAN]]), "mean")
    assert str(caught.value) == "no city has a value in column 2\n  to do: leave that indicator out"


def _line(*values: float) -> np.ndarray:  # type: ignore[type-arg]
    return np.array(values).reshape(-1, 1, 1)


def test_carrying_forward_takes_the_last_value_before_and_leaves_the_start_empty() -> None:
    found = fill_along(_line(NAN, 2.0, NAN, NAN, 5.0, NAN), range(6), "carry_forward")
    np.testing.assert_array_equal(found.ravel(), [NAN, 2, 2, 2, 5, 5])


def test_the_straight_line_goes_by_the_years_and_not_by_their_number() -> None:
    found = fill_along(_line(NAN, 2.0, NAN, 8.0, NAN), [2010, 2012, 2013, 2015, 2016], "linear")
    np.testing.assert_array_equal(found.ravel(), [NAN, 2, 4, 8, NAN])


def test_a_city_without_any_year_stays_empty() -> None:
    assert np.isnan(fill_along(_line(NAN, NAN), range(2), "linear")).all()


@given(tables(5, 3, gaps=True), st.sampled_from(["mean", "median"]))
def test_what_is_known_is_never_touched_and_nothing_stays_empty(values: np.ndarray, kind: str) -> None:  # type: ignore[type-arg]
    if np.isnan(values).all(axis=0).any():
        return
    found = fill_across(values, kind, tuple("aabbb"))
    known = ~np.isnan(values)
    assert (found[known] == values[known]).all()
    assert not np.isnan(found).any()
    assert (found <= np.nanmax(values, axis=0) + 1e-9).all()
    assert (found >= np.nanmin(values, axis=0) - 1e-9).all()


@given(st.lists(st.one_of(st.none(), st.floats(-100, 100)), min_size=1, max_size=8))
def test_carrying_forward_is_a_walk_with_one_value_in_hand(column: list[float | None]) -> None:
    wanted, hand = [], NAN
    for value in column:
        hand = hand if value is None else value
        wanted.append(hand)
    line = _line(*[NAN if value is None else value for value in column])
    np.testing.assert_array_equal(fill_along(line, range(len(column)), "carry_forward").ravel(), wanted)
