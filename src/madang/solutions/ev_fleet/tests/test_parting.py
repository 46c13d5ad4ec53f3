"""Parting a register into classes loses and makes no vehicle; lines through its days pass through them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from madang.core.errors import Both, BoundsError
from madang.solutions.ev_fleet.bands import _triangular
from madang.solutions.ev_fleet.classes import (
    CNG_FIRST,
    ELECTRIC,
    LPG_FIRST,
    POWERTRAINS,
    _on_line,
    _share,
    _take,
    _with_electric,
)
from madang.solutions.ev_fleet.paths import _shares, with_factor

ROW = st.lists(st.integers(0, 1000), min_size=len(POWERTRAINS), max_size=len(POWERTRAINS)).map(
    lambda cells: np.array(cells, dtype=np.float64)
)
PARTS = st.floats(0.0, 1.0)
TAXIS, PARCELS = Both("택시", "taxis"), Both("택배차", "parcel trucks")


@given(ROW, PARTS, st.sampled_from((LPG_FIRST, CNG_FIRST)))
def test_vehicles_are_taken_one_fuel_after_the_other_and_never_more_than_there_are(
    row: np.ndarray, part: float, order: tuple[str, ...]
) -> None:
    amount = part * sum(row[POWERTRAINS.index(name)] for name in order)
    taken = _take(row, amount, order, TAXIS)
    assert taken.sum() == pytest.approx(amount, abs=1e-6)
    assert np.all(taken <= row)
    touched = [name for name in order if taken[POWERTRAINS.index(name)] > 0]
    for name in touched[:-1]:  # whoever comes before the last one touched is used up
        assert taken[POWERTRAINS.index(name)] == row[POWERTRAINS.index(name)]


def test_more_than_there_are_is_refused_with_the_number_that_is_lacking() -> None:
    row = np.ones(len(POWERTRAINS))
    with pytest.raises(BoundsError) as caught:
        _take(row, len(LPG_FIRST) + 5, LPG_FIRST, TAXIS)
    assert caught.value.what == "there are 5 more taxis than the register has vehicles to be them"


@given(ROW, PARTS)
def test_a_share_of_a_row_keeps_its_proportions(row: np.ndarray, part: float) -> None:
    taken = _share(row, part * row.sum(), PARCELS)
    np.testing.assert_allclose(taken, part * row, atol=1e-9)
    with pytest.raises(BoundsError, match="parcel trucks are more than the"):
        _share(row, row.sum() + 1, PARCELS)


def only_electric(count: float) -> np.ndarray:
    row = np.zeros(len(POWERTRAINS))
    row[ELECTRIC] = count
    return row


@settings(max_examples=40)
@example(np.stack([only_electric(1)]), 0)
@example(np.stack([only_electric(30), np.arange(len(POWERTRAINS), dtype=np.float64)]), 7)
@given(st.lists(ROW, min_size=1, max_size=4).map(np.stack), st.integers(0, 5000))
def test_scaling_the_electric_vehicles_leaves_every_class_its_size(counts: np.ndarray, published: int) -> None:
    made = _with_electric(counts, float(published))
    np.testing.assert_allclose(made.sum(axis=1), counts.sum(axis=1), atol=1e-6)
    assert np.all(made >= -1e-9)
    room = counts[:, ELECTRIC].sum() > 0 and made[:, ELECTRIC].sum() < published - 1e-6
    if not room and counts[:, ELECTRIC].sum() > 0:
        assert made[:, ELECTRIC].sum() == pytest.approx(published, abs=1e-6)


@settings(max_examples=40)
@given(st.lists(ROW, min_size=2, max_size=5), st.data())
def test_a_line_through_the_registers_days_passes_through_every_one(
    rows: list[np.ndarray], data: st.DataObject
) -> None:
    known, at = np.stack(rows)[:, None, :], np.arange(len(rows), dtype=np.float64) + 2019
    place = data.draw(st.integers(0, len(rows) - 1))
    np.testing.assert_allclose(_on_line(at, known, at[place]), known[place], atol=1e-9)
    if place + 1 < len(rows):
        half = _on_line(at, known, at[place] + 0.5)
        np.testing.assert_allclose(half, (known[place] + known[place + 1]) / 2, atol=1e-9)
    beyond = _on_line(at, known, at[-1] + data.draw(st.floats(0.1, 5)))
    np.testing.assert_allclose(beyond.sum(axis=1), known[-1].sum(axis=1), atol=1e-6)
    assert np.all(beyond >= 0)


def test_past_the_last_day_a_few_odd_weeks_do_not_decide_the_slope() -> None:
    at = np.array([2024.0, 2025.9, 2026.0])
    known = np.array([[[10.0, 90.0]], [[20.0, 80.0]], [[60.0, 40.0]]])
    # From 2024 to 2026 the first went from 10 to 60: 25 a year, not the 400 a year of the last weeks.
    np.testing.assert_allclose(_on_line(at, known, 2027.0), [[85.0, 15.0]])


@settings(max_examples=40)
@given(st.lists(ROW, min_size=1, max_size=3).map(np.stack), st.floats(0, 40))
def test_a_factor_on_the_electric_share_leaves_shares_that_sum_to_one(stock: np.ndarray, factor: float) -> None:
    before = _shares(stock[None])[:, :, 0]
    after = with_factor(before, factor)
    np.testing.assert_allclose(after.sum(axis=-1), 1.0, atol=1e-12)
    assert np.all(after >= -1e-12)
    assert np.all(after[:, ELECTRIC] <= np.maximum(before[:, ELECTRIC], 0.95) + 1e-12)
    if factor >= 1:
        assert np.all(after[:, ELECTRIC] >= before[:, ELECTRIC] - 1e-12)


def test_an_empty_class_counts_as_petrol() -> None:
    made = _shares(np.zeros((1, 2, len(POWERTRAINS))))[:, :, 0]
    assert made[:, 0].tolist() == [1.0, 1.0]
    assert made.sum() == 2.0


@dataclass(frozen=True)
class Triangle:
    """The ends and the mode of a triangular spread."""

    low: float
    mode: float
    high: float


@given(st.tuples(*[st.floats(0, 5)] * 3).map(sorted).map(lambda ends: Triangle(*ends)), PARTS)
def test_a_triangular_draw_lies_between_its_ends_and_half_way_at_the_mode(ends: Triangle, part: float) -> None:
    drawn = _triangular(np.array([0.0, part, 1.0]), ends.low, ends.mode, ends.high)
    assert drawn[0] == pytest.approx(ends.low, abs=1e-9)
    assert drawn[2] == pytest.approx(ends.high, abs=1e-9)
    assert ends.low - 1e-9 <= drawn[1] <= ends.high + 1e-9
    if ends.high - ends.low > 1e-3:
        below = (ends.mode - ends.low) / (ends.high - ends.low)
        assert _triangular(np.array([below]), ends.low, ends.mode, ends.high)[0] == pytest.approx(ends.mode, abs=1e-6)
