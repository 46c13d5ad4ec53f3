from __future__ import annotations

import numpy as np
import pytest

from madang.methods.stock_flow import Drive, Flow, kernel

TABLE = np.array([1.0, 0.8, 0.4])


@pytest.mark.parametrize(
    ("age", "left"), [(0.0, 1.0), (0.5, 0.9), (1.0, 0.8), (1.5, 0.6), (2.0, 0.4), (3.0, 0.2), (4.0, 0.1)]
)
def test_a_table_is_read_along_lines_and_goes_on_at_its_last_rate(age: float, left: float) -> None:
    assert kernel.table_survival(TABLE, age) == pytest.approx(left)


def test_a_table_that_has_ended_stays_at_nothing() -> None:
    assert kernel.table_survival(np.array([1.0, 0.5, 0.0, 0.0]), 7.0) == 0.0


@pytest.mark.parametrize(("year", "share"), [(0, 0.3), (1, 0.5), (2, 0.7), (3, 0.9), (9, 0.9)])
def test_a_required_share_rises_evenly_and_is_held(year: int, share: float) -> None:
    assert kernel.required_share(0, 3, year, 0.1, 0.9) == pytest.approx(share)


def test_shares_are_filled_as_they_stand_or_all_to_the_first() -> None:
    out, members = np.zeros(3), np.array([False, True, True])
    assert kernel.fill_shares(members, np.array([0.2, 0.6, 0.2]), out) == pytest.approx(0.8)
    assert out.tolist() == pytest.approx([0, 0.75, 0.25])
    assert kernel.fill_shares(members, np.array([1.0, 0.0, 0.0]), out) == 0
    assert out.tolist() == [0, 1, 0]


def test_a_mandate_lifts_its_members_and_shrinks_the_others_alike() -> None:
    share = np.array([0.6, 0.2, 0.2])
    kernel.mandate_purchases(share, np.array([False, False, True]), 0.6, np.zeros(3))
    assert share.tolist() == pytest.approx([0.3, 0.1, 0.6])


def test_a_mandate_already_kept_changes_nothing() -> None:
    share = np.array([0.2, 0.8])
    kernel.mandate_purchases(share, np.array([False, True]), 0.5, np.zeros(2))
    assert share.tolist() == [0.2, 0.8]


def cohorts() -> tuple[np.ndarray, np.ndarray]:
    return np.array([[10.0, 20.0, 30.0], [30.0, 0.0, 5.0]]), np.zeros((1, 4, 2))


def test_retiring_takes_whole_model_years_from_the_oldest_on() -> None:
    stock, flows = cohorts()
    left = kernel.retire_oldest(stock, 3, np.array([True, True]), 50.0, flows, 0)
    assert left == 0
    assert stock.tolist() == [[0, 10, 30], [0, 0, 5]]
    assert flows[0, kernel.RETIRED].tolist() == [20, 30]


def test_retiring_spares_those_who_are_not_marked() -> None:
    stock, flows = cohorts()
    kernel.retire_oldest(stock, 3, np.array([True, False]), 25.0, flows, 0)
    assert stock.tolist() == [[0, 5, 30], [30, 0, 5]]


def test_retiring_more_than_there_is_says_what_is_left_to_do() -> None:
    stock, flows = cohorts()
    assert kernel.retire_oldest(stock, 3, np.array([False, True]), 40.0, flows, 0) == pytest.approx(5)
    assert stock[1].sum() == 0


def test_retiring_never_touches_this_years_purchases() -> None:
    stock, flows = cohorts()
    kernel.retire_oldest(stock, 2, np.array([True, True]), 999.0, flows, 0)
    assert stock[:, 2].tolist() == [30, 5]


def test_the_share_of_an_empty_stock_is_nothing() -> None:
    assert kernel.stock_share(np.zeros(2), np.array([True, False])) == 0
    assert kernel.stock_share(np.array([1.0, 3.0]), np.array([False, True])) == pytest.approx(0.75)


def test_yearly_rates_stand_oldest_first_and_end_in_zeros() -> None:
    first, falling = np.empty(1), np.zeros((1, 3 + kernel.VECTOR))
    ages = np.array([0.5, 1.5, 2.5])
    kernel.yearly_survival(np.zeros((1, 0)), np.array([2.0]), np.array([1.0]), ages, np.log(ages), first, falling)
    assert first[0] == pytest.approx(np.exp(-0.25))
    assert falling[0, :3].tolist() == pytest.approx([np.exp(-0.5), np.exp(-0.5), np.exp(-0.25)])
    assert falling[0, 3:].sum() == 0


def test_a_remnant_too_small_to_be_a_vehicle_counts_as_gone() -> None:
    first, falling = np.empty(1), np.zeros((1, 60 + kernel.VECTOR))
    ages = np.arange(60) + 0.5
    kernel.yearly_survival(np.zeros((1, 0)), np.array([4.0]), np.array([5.0]), ages, np.log(ages), first, falling)
    rates = falling[0, :60][::-1]
    assert np.prod(rates[:6]) > 0
    assert np.all(rates[20:] == 0)


def test_kinds_of_numbers_that_the_kernel_and_its_callers_share_agree() -> None:
    assert (Drive.STOCK, Drive.PURCHASES, Drive.STOCK_SPLIT) == (
        kernel.STOCK, kernel.PURCHASES, kernel.STOCK_SPLIT,
    )  # fmt: skip
    assert (Flow.PURCHASES, Flow.SCRAPPED, Flow.RETIRED_EARLY) == (
        kernel.BOUGHT, kernel.SCRAPPED, kernel.RETIRED,
    )  # fmt: skip
