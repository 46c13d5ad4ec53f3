"""What the remaining samples must be, and the chance of passing, against brute force."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from madang.solutions.pollution_cap.decimals import half_up
from madang.solutions.pollution_cap.evaluation import Rules, Window, attained_share, transformed_mean
from madang.solutions.pollution_cap.outlook import due_samples, pass_chance, remaining

RULES = Rules(3, 30, 62.5, {"bod": 1, "toc": 1, "tp": 3})
some = st.lists(st.floats(0.3, 12.0), min_size=2, max_size=80)


def passes(values: list[float], level: float, due: int, target: float) -> bool:
    """Tell whether a window passes when all samples due are at one level."""
    mean = transformed_mean(np.array([*values, *([level] * due)]))
    assert mean is not None
    return half_up(mean, 1) <= target


@given(some, st.integers(1, 60), st.integers(10, 80))
@settings(max_examples=150)
def test_inside_the_bounds_a_window_passes_and_just_outside_it_fails(
    values: list[float], due: int, tenths: int
) -> None:
    target = tenths / 10
    found = remaining(np.array(values), due, target, RULES, "bod")
    if not found.can_pass:
        tried = np.exp(np.linspace(math.log(1e-4), math.log(100), 400))
        assert not any(passes(values, float(level), due, target) for level in tried)
        return
    assert found.low_mg_per_l is not None
    assert found.high_mg_per_l is not None
    assume(found.high_mg_per_l / max(found.low_mg_per_l, 1e-12) > 1 + 1e-6)
    middle = math.sqrt(found.low_mg_per_l * found.high_mg_per_l) if found.low_mg_per_l > 0 else found.high_mg_per_l / 2
    assert passes(values, middle, due, target)
    assert passes(values, found.high_mg_per_l * (1 - 1e-9), due, target)
    assert not passes(values, found.high_mg_per_l * (1 + 1e-6), due, target)


@given(some, st.integers(0, 60), st.floats(0.3, 12.0))
def test_the_number_that_must_attain_is_the_least_that_does(values: list[float], due: int, target: float) -> None:
    found = remaining(np.array(values), due, target, RULES, "bod").attaining_due

    def attains(count: int) -> bool:
        whole = np.array([*values, *([target] * count), *([target + 1.0] * (due - count))])
        return attained_share(whole, target) >= 0.625

    if found is None:
        assert not attains(due)
    else:
        assert attains(found)
        assert found == 0 or not attains(found - 1)


def test_an_outlier_of_clean_water_can_fail_a_window() -> None:
    values = [2.4] * 60
    found = remaining(np.array(values), 30, 2.5, RULES, "bod")
    assert found.low_mg_per_l is not None
    assert found.low_mg_per_l > 0
    assert not passes(values, found.low_mg_per_l * 0.5, 30, 2.5)


def test_a_whole_window_has_nothing_due(window: Callable[..., Window]) -> None:
    whole = window([1.0] * 90)
    assert due_samples(whole, RULES) == 0
    assert remaining(whole.mg_per_l, 0, 2.0, RULES, "bod").high_mg_per_l is None
    assert due_samples(window([1.0] * 80), RULES) == 10


def test_with_no_samples_yet_all_must_lie_below_the_bound() -> None:
    found = remaining(np.array([]), 90, 3.0, RULES, "bod")
    assert (found.low_mg_per_l, found.high_mg_per_l) == (0.0, pytest.approx(3.05))
    assert found.attaining_due == 57  # 0.6245 x 90 = 56.2


def test_the_chance_falls_as_the_true_level_rises() -> None:
    values = np.random.default_rng(3).lognormal(1.0, 0.4, 120)
    chances = pass_chance(values, 3.0, RULES, "bod", draws=2000, seed=1)
    rising = [chances[level] for level in sorted(chances) if level > 0]
    assert rising == sorted(rising, reverse=True)
    assert rising[0] > 0.99
    assert rising[-1] < 0.01


def test_the_chance_is_what_drawing_one_by_one_gives() -> None:
    values = np.random.default_rng(5).lognormal(1.0, 0.5, 90)
    target = half_up(float(transformed_mean(values) or 0.0), 1)
    draws, rng = 1500, np.random.default_rng(9)
    passed = sum(half_up(float(transformed_mean(rng.choice(values, 90)) or 0.0), 1) <= target for _ in range(draws))
    found = pass_chance(values, target, RULES, "bod", draws=20000, seed=2)[0.0]
    assert found == pytest.approx(passed / draws, abs=4 * math.sqrt(0.25 / draws))


def test_the_same_seed_gives_the_same_chance() -> None:
    values = np.array([1.0, 2.0, 3.0])
    once, again = (pass_chance(values, 2.0, RULES, "bod", draws=100, seed=7) for _ in range(2))
    assert once == again
