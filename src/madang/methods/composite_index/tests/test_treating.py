"""Outliers: the test of shape, every treatment, and the log of exactly which points changed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from madang.core.errors import DataError
from madang.methods.composite_index.tests.synthetic_cities import NAN
from madang.methods.composite_index.treating import KINDS, NAMES, passes, shape, treat
from madang.methods.composite_index.tree import Floats

LONG = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 300.0])
STEEP = np.exp(np.linspace(0.0, 16.0, 25))


def test_shape_is_the_unbiased_sample_one_by_its_formula() -> None:
    values = [1.0, 2.0, 3.0, 10.0]
    mean = 4.0
    m2, m3, m4 = (sum((v - mean) ** k for v in values) / 4 for k in (2, 3, 4))
    skewness = m3 / m2**1.5 * math.sqrt(4 * 3) / 2
    kurtosis = 3 / (2 * 1) * (5 * (m4 / m2**2 - 3) + 6)
    assert shape(np.array([*values, NAN])) == pytest.approx((skewness, kurtosis))


@given(st.lists(st.integers(-1000, 1000), min_size=4, max_size=40), st.sampled_from([1.0, 1e-6, 1e90]))
def test_shape_is_that_of_scipy_whatever_the_size_of_the_values(values: list[int], size: float) -> None:
    column = np.array(values) * size
    known = np.array(values, dtype=float)
    same = (0.0, 0.0) if np.ptp(known) == 0 else (stats.skew(known, bias=False), stats.kurtosis(known, bias=False))
    assert shape(column) == pytest.approx(same, abs=1e-9)


def test_few_values_or_one_value_have_no_shape() -> None:
    assert shape(np.array([1.0, 2.0, 90.0])) == (0.0, 0.0)
    assert shape(np.full(9, 0.1)) == (0.0, 0.0)


def test_a_column_fails_only_where_skewness_and_kurtosis_are_both_large() -> None:
    assert not passes(LONG)
    assert passes(np.arange(10.0))


@pytest.mark.parametrize("kind", NAMES)
def test_a_column_that_passes_is_left_alone_by_every_treatment(kind: str) -> None:
    found = treat(np.arange(10.0), kind)
    assert (found.changed, found.how, found.passes) == ((), "none", True)
    assert found.values.tolist() == list(range(10))


def test_winsorising_sets_the_farthest_point_to_the_next_and_says_which() -> None:
    found = treat(LONG, "winsorise")
    assert found.values.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert (found.changed, found.how, found.passes) == ((9,), "winsorise", True)
    assert found.skewness[0] > 2 > abs(found.skewness[1])


def test_winsorising_pulls_in_the_low_end_too() -> None:
    found = treat(-LONG, "winsorise")
    assert found.changed == (9,)
    assert found.values[9] == -9.0


def test_two_points_far_out_are_pulled_in_one_after_the_other() -> None:
    twenty = np.array([*range(1, 19), 300.0, 5000.0])
    found = treat(twenty, "winsorise")
    assert found.changed == (18, 19)
    assert found.values[18:].tolist() == [18.0, 18.0]


def test_points_that_go_together_count_together_and_too_many_are_none() -> None:
    column = np.array([*range(1, 19), 300.0, 5000.0])
    found = treat(column, "winsorise", points_max=1)
    assert found.values.tolist()[18:] in ([300.0, 300.0], [300.0, 5000.0])
    assert len(found.changed) <= 1
    assert found.passes is passes(found.values)


def test_a_failed_treatment_is_reported_as_failed() -> None:
    found = treat(STEEP, "winsorise", points_max=1)
    assert not found.passes


def test_auto_takes_a_logarithm_where_pulling_in_is_not_enough() -> None:
    assert treat(LONG, "auto").how == "winsorise"
    found = treat(STEEP, "auto", points_max=1)
    assert found.how == "log_shifted"
    assert found.changed == tuple(range(25))
    assert found.passes


def test_log_shifted_by_hand() -> None:
    found = treat(LONG, "log_shifted").values
    assert found.tolist() == pytest.approx([math.log(v - 1 + 2.99) for v in LONG])


def test_log_shifted_turns_a_long_low_tail_back() -> None:
    found = treat(-LONG, "log_shifted").values
    assert found.tolist() == pytest.approx([-math.log(v - 1 + 2.99) for v in LONG])


def test_log_and_log_signed_by_hand() -> None:
    assert treat(LONG, "log").values.tolist() == pytest.approx(np.log(LONG).tolist())
    mixed = np.array([-3.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 400.0])
    found = treat(mixed, "log_signed")
    assert found.values.tolist() == pytest.approx([math.copysign(math.log(1 + abs(v)), v) for v in mixed])
    assert 2 not in found.changed


def test_box_cox_takes_the_power_of_greatest_likelihood() -> None:
    found = treat(STEEP, "box_cox").values
    powers = np.linspace(-2, 2, 401)
    best = max(powers, key=lambda power: stats.boxcox_llf(power, STEEP))
    wanted = np.log(STEEP) if abs(best) < 1e-9 else (STEEP**best - 1) / best
    assert np.corrcoef(found, wanted)[0, 1] == pytest.approx(1.0, abs=1e-3)


def test_box_cox_shifts_values_at_or_below_zero() -> None:
    found = treat(STEEP - 1.0, "box_cox")
    assert np.isfinite(found.values).all()
    assert found.passes


def test_a_plain_logarithm_of_zero_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        treat(LONG - 1.0, "log")
    assert str(caught.value) == (
        "a logarithm needs values above zero\n  to do: take log_shifted or log_signed, or winsorise"
    )


#: Columns with one or more points far out, gaps among them.
far_out = st.builds(
    lambda body, ends, sign: sign * np.array([*body, *ends]),
    st.lists(st.one_of(st.floats(1.0, 10.0), st.just(NAN)), min_size=8, max_size=20),
    st.lists(st.floats(50.0, 5000.0), min_size=1, max_size=3),
    st.sampled_from([1.0, -1.0]),
)


@given(far_out, st.sampled_from([name for name in NAMES if name != "log"]), st.integers(1, 5))
def test_the_log_names_exactly_the_points_that_changed_and_order_is_kept(
    values: Floats, kind: str, points_max: int
) -> None:
    found = treat(values, kind, points_max)
    known = ~np.isnan(values)
    differ = [row for row in np.flatnonzero(known).tolist() if found.values[row] != values[row]]
    assert list(found.changed) == differ
    assert (np.isnan(found.values) == ~known).all()
    assert found.passes is passes(found.values)
    order = np.argsort(values[known], kind="stable")
    assert (np.diff(found.values[known][order]) >= -1e-12).all()
    if found.how == "winsorise":
        assert 1 <= len(found.changed) <= points_max
    assert found.how in (kind, "none") or kind == "auto"


def test_every_transformation_is_among_the_names() -> None:
    assert set(KINDS) | {"none", "winsorise", "auto"} == set(NAMES)


def test_a_column_of_two_values_is_not_pulled_into_one() -> None:
    lone = np.array([1.0] * 11 + [500.0])
    treated = treat(lone, "winsorise")
    assert treated.values.tolist() == lone.tolist()
    assert (treated.changed, treated.how, treated.passes) == ((), "none", False)
    # With a value between, the farthest is pulled in to it and no further.
    assert treat(np.array([1.0] * 11 + [2.0, 500.0]), "winsorise").values.tolist() == [1.0] * 11 + [2.0, 2.0]
