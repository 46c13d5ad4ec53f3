"""Rounding in decimals, as a person with a pencil rounds."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.solutions.pollution_cap.decimals import add_up, cut, half_up, rounds_below


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [(2.65, 1, 2.7), (2.675, 2, 2.68), (1.005, 2, 1.01), (0.1145, 3, 0.115), (2.649999, 1, 2.6), (-0.25, 1, -0.3)],
)
def test_a_half_is_rounded_up_where_binary_fractions_would_round_down(
    value: float, decimals: int, written: float
) -> None:
    assert half_up(value, decimals) == written


def test_pythons_own_rounding_would_fail_the_first_of_them() -> None:
    assert round(2.65, 1) == 2.6  # the control: this is why the rule has a function of its own


def test_dropping_decimals_never_rounds() -> None:
    assert (cut(51.9999, 0), cut(31.7, 0), cut(-1.9, 0)) == (51, 31, -1)


@given(st.integers(0, 10**7), st.integers(0, 4))
def test_every_value_with_one_more_decimal_is_rounded_as_on_paper(tenths: int, decimals: int) -> None:
    value = float(Decimal(tenths).scaleb(-decimals - 1))
    assert half_up(value, decimals) == float(Decimal((tenths + 5) // 10).scaleb(-decimals))


@given(st.integers(1, 99999), st.integers(0, 3))
def test_what_lies_below_the_bound_rounds_to_the_target_or_less(steps: int, decimals: int) -> None:
    target = float(Decimal(steps).scaleb(-decimals))
    bound = Decimal(repr(rounds_below(target, decimals)))
    assert half_up(bound - Decimal("1e-9"), decimals) <= target
    assert half_up(bound, decimals) > target


def test_a_total_is_the_exact_sum_of_what_is_written() -> None:
    assert add_up([0.1, 0.2, 0.3]) == 0.6
    assert sum([0.1, 0.2, 0.3]) != 0.6
