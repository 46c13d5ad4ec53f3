"""Compliance, removal and load by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.errors import BoundsError
from madang.solutions.effluent.rules import complies, load, removal

levels = st.lists(st.floats(0, 100), min_size=1, max_size=60)


def test_a_milligram_in_a_thousand_cubic_metres_is_a_kilogram() -> None:
    assert load(1.0, 1000.0) == 1.0


def test_the_mean_may_keep_a_limit_that_the_percentile_exceeds() -> None:
    found = complies([1.0] * 18 + [9.0, 10.0], 5.0)
    assert (found.by_mean, found.by_percentile) == (True, False)
    assert found.within_percent == 90.0


def test_a_limit_nobody_knows_is_neither_kept_nor_exceeded() -> None:
    found = complies([1.0, 2.0], None)
    assert (found.mean_mg_per_l, found.by_mean, found.by_percentile, found.within_percent) == (1.5, None, None, None)


def test_no_values_keep_nothing() -> None:
    assert complies([], 5.0).by_mean is None


@given(levels, st.floats(0, 100))
def test_a_percentile_that_keeps_the_limit_has_its_share_of_values_within(values: list[float], limit: float) -> None:
    found = complies(values, limit, 95.0)
    assert found.within_percent is not None
    if found.by_percentile:
        assert found.within_percent >= 100 * ((len(values) - 1) * 95 // 100 + 1) / len(values) - 1e-9


@given(levels, st.floats(0, 50), st.floats(0, 50))
def test_a_looser_limit_is_never_harder_to_keep(values: list[float], one: float, other: float) -> None:
    tight, loose = (complies(values, limit) for limit in sorted((one, other)))
    assert not tight.by_mean or loose.by_mean
    assert not tight.by_percentile or loose.by_percentile


def test_removal_of_what_never_came_is_refused() -> None:
    assert removal(100.0, 5.0) == 95.0
    with pytest.raises(BoundsError, match="influent = 0 mg/L removes nothing"):
        removal(0.0, 0.0)
