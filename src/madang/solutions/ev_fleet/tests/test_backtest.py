from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from madang.solutions.ev_fleet.backtest import COMPARED, Backtest, _extended, backtests
from madang.solutions.ev_fleet.inputs import FleetInputs


@pytest.fixture(scope="module")
def made(inputs: FleetInputs) -> dict[tuple[int, str], Backtest]:
    return {(one.cut, one.trend): one for one in backtests(inputs)}


def test_there_is_a_fit_for_each_cut_and_trend(made: dict[tuple[int, str], Backtest]) -> None:
    assert set(made) == {(2019, "linear"), (2019, "logistic"), (2021, "linear"), (2021, "logistic")}


def test_a_projection_starts_from_the_register_of_its_cut(made: dict[tuple[int, str], Backtest]) -> None:
    assert made[2019, "linear"].electric[0] == 14952
    assert made[2021, "linear"].electric[0] == 40564


def test_a_fit_up_to_2021_meets_2022_and_overshoots_2026(made: dict[tuple[int, str], Backtest]) -> None:
    errors = [made[2021, "linear"].error_percent(day) for day in COMPARED]
    assert abs(errors[0] or 99) < 1
    assert 10 < (errors[1] or 0) < 20


def test_a_logistic_trend_goes_far_astray(made: dict[tuple[int, str], Backtest]) -> None:
    assert (made[2019, "logistic"].error_percent(date(2026, 4, 30)) or 0) > 300


def test_nothing_later_than_the_cut_moves_a_projection(inputs: FleetInputs) -> None:
    known = {day: count * 2 if day > "2019-12-31" else count for day, count in inputs.electric_registered.items()}
    changed = {one.trend: one for one in backtests(inputs.with_set({"electric_registered": known})) if one.cut == 2019}
    plain = {one.trend: one for one in backtests(inputs) if one.cut == 2019}
    np.testing.assert_array_equal(changed["linear"].electric, plain["linear"].electric)


def test_a_register_that_is_not_yet_known_gives_no_error(inputs: FleetInputs) -> None:
    early = backtests(inputs.with_set({"on": "2022-08-15"}))
    one = next(one for one in early if (one.cut, one.trend) == (2019, "linear"))
    assert one.error_percent(date(2022, 7, 31)) is not None
    assert one.error_percent(date(2026, 4, 30)) is None


def test_before_the_cut_there_is_no_fit(inputs: FleetInputs) -> None:
    assert {one.cut for one in backtests(inputs.with_set({"on": "2021-09-07"}))} == {2019}


@pytest.mark.parametrize("trend", ["linear", "logistic"])
def test_a_trend_that_is_one_is_read_on(trend: str) -> None:
    years, ahead = np.arange(5.0), np.arange(5.0, 8.0)
    line = 0.01 * (years + 1)
    shares = line if trend == "linear" else 1 / (1 + np.exp(-(years - 6)))
    expected = 0.01 * (ahead + 1) if trend == "linear" else 1 / (1 + np.exp(-(ahead - 6)))
    np.testing.assert_allclose(_extended(years, shares, ahead, trend), expected)  # type: ignore[arg-type]


def test_a_falling_line_stops_at_nothing() -> None:
    made = _extended(np.arange(3.0), np.array([0.2, 0.1, 0.0]), np.arange(3.0, 6.0), "linear")
    assert made.min() == 0
