"""The evaluators on windows that can be done by hand, and windows that lack samples."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.solutions.pollution_cap.evaluation import (
    Rules,
    Window,
    attained_share,
    attainment_value,
    end_years,
    evaluate,
    transformed_mean,
)

levels = st.lists(st.floats(0.01, 50.0), min_size=2, max_size=120)


def test_the_transformed_mean_of_four_values_is_the_one_by_hand() -> None:
    logs = [0.0, math.log(2), math.log(3), math.log(4)]
    mean = sum(logs) / 4
    variance = sum((log - mean) ** 2 for log in logs) / 3
    assert transformed_mean(np.array([1.0, 2, 3, 4])) == pytest.approx(math.exp(mean + variance / 2), rel=1e-14)


def test_zeros_are_left_out_of_the_logarithms() -> None:
    with_zero = transformed_mean(np.array([0.0, 1.0, 2.0, 3.0]))
    assert with_zero == transformed_mean(np.array([1.0, 2.0, 3.0]))


def test_fewer_than_two_values_have_no_transformed_mean() -> None:
    assert transformed_mean(np.array([2.0])) is None
    assert transformed_mean(np.array([])) is None


@given(levels, st.floats(0.1, 10.0))
def test_the_transformed_mean_scales_with_its_values(values: list[float], times: float) -> None:
    one, other = transformed_mean(np.array(values)), transformed_mean(np.array(values) * times)
    assert one is not None
    assert other == pytest.approx(one * times, rel=1e-9)


@given(levels)
def test_the_transformed_mean_is_never_below_the_geometric_mean(values: list[float]) -> None:
    found = transformed_mean(np.array(values))
    assert found is not None
    assert found >= math.exp(np.log(values).mean()) * (1 - 1e-12)


def test_the_attainment_value_is_the_ranked_sample() -> None:
    # ceil(0.625 x 8) = 5th smallest
    assert attainment_value(np.array([8.0, 7, 6, 5, 4, 3, 2, 1]), 62.5) == 5.0


def test_the_attained_share_is_rounded_to_three_decimals() -> None:
    values = np.array([1.0] * 2 + [9.0])
    assert attained_share(values, 1.0) == 0.667


@given(levels, st.floats(0.01, 50.0))
def test_the_rate_passes_just_where_its_ranked_sample_attains(values: list[float], target: float) -> None:
    level = attainment_value(np.array(values), 62.5)
    assert level is not None
    attained = sum(value <= target for value in values)
    assert (level <= target) == (attained >= math.ceil(0.625 * len(values)))


def test_a_whole_window_below_its_target_passes(rules: Rules, window: Callable[..., Window]) -> None:
    mean, rate, _ = evaluate(window([2.0, 3.0] * 48), 3.0, rules)
    assert (mean.passes, rate.passes) == (True, True)
    assert mean.shown == 2.5
    assert rate.share_percent == 100.0


def test_a_window_one_sample_short_says_so_and_never_passes(rules: Rules, window: Callable[..., Window]) -> None:
    answers = evaluate(window([0.1] * 89), 3.0, rules)
    assert [one.passes for one in answers] == [None, None, None]
    assert answers[0].shown == 0.1
    assert answers[0].reason is not None
    assert answers[0].reason.en == "too few samples to judge: 2020 has 29 of at least 30"


def test_ninety_samples_in_two_of_three_years_are_not_a_window(rules: Rules) -> None:
    years = np.array([2018] * 45 + [2020] * 45)
    full = Window("place", "bod", 2020, np.full(90, 1.0), years, np.full(90, np.nan))
    mean = evaluate(full, 3.0, rules)[0]
    assert mean.passes is None
    assert mean.reason is not None
    assert "2019 has 0 of at least 30" in mean.reason.en


def test_the_rounded_value_is_compared_not_the_raw_one(rules: Rules, window: Callable[..., Window]) -> None:
    level = 2.649  # evaluated as it is, for the values do not vary; written 2.6
    assert evaluate(window([level] * 90), 2.6, rules)[0].passes is True
    assert evaluate(window([2.651] * 90), 2.6, rules)[0].passes is False


def test_without_a_target_values_are_shown_and_nothing_is_judged(rules: Rules, window: Callable[..., Window]) -> None:
    mean, rate, curve = evaluate(window([2.0] * 90), None, rules)
    assert (mean.shown, mean.passes) == (2.0, None)
    assert mean.reason is not None
    assert mean.reason.en == "no target is known"
    assert (rate.shown, rate.share_percent, curve.value) == (2.0, None, None)


def test_phosphorus_is_written_with_three_decimals(rules: Rules, window: Callable[..., Window]) -> None:
    assert evaluate(window([0.11449] * 90, "tp"), 0.114, rules)[0].shown == 0.114
    assert evaluate(window([0.1145] * 90, "tp"), 0.114, rules)[0].passes is False


def test_windows_end_from_the_third_year_on() -> None:
    assert end_years([2016, 2018, 2020], 3) == (2018, 2019, 2020)
    assert end_years([2020, 2020], 3) == (2020,)
