"""The calls that cases and faces make: plain values in, answers out."""

from __future__ import annotations

import pytest

from madang.core.cases import check_case, read_cases
from madang.core.city import City
from madang.core.errors import UsageError
from madang.solutions.eco_mileage import rule_calls, solution

RUNS = {
    "electricity": {"2013-07": [100] * 6, "2014-07": [100] * 6, "2015-07": [90] * 6},
    "water": {"2013-07": [10] * 6, "2014-07": [10] * 6, "2015-07": [9] * 6},
}


def test_every_case_is_met(seoul: City) -> None:
    for case in read_cases(solution):
        for outcome in check_case(solution, case, seoul, solution.card.checked_on):
            assert outcome.met, (case.says.en, outcome.name, outcome.expected, outcome.found)


def test_every_rule_that_may_be_called_has_a_case_or_a_test_here() -> None:
    called = {case.rule for case in read_cases(solution) if case.rule}
    assert set(solution.rules) - called == {"ways_to_spend"}


def test_readings_are_given_as_runs_of_months() -> None:
    assert rule_calls.household_award("2015-07", "2016-01-20", RUNS).mileage == 30_000


def test_a_run_may_cross_the_turn_of_the_year() -> None:
    found = rule_calls.months_of({"water": {"2015-11": [1, 2, 3]}})["water"]
    assert [month.isoformat() for month in found] == ["2015-11-01", "2015-12-01", "2016-01-01"]


def test_the_word_missing_leaves_a_month_out() -> None:
    found = rule_calls.months_of({"water": {"2015-11": [1, "missing", 3]}})["water"]
    assert list(found.values()) == [1, 3]


def test_any_other_word_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        rule_calls.months_of({"water": {"2015-11": ["none"]}})
    assert str(caught.value) == "'none' is not a reading\n  to do: write a whole number, or \"missing\""


def test_a_month_given_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="water of 2015-12 is given twice"):
        rule_calls.months_of({"water": {"2015-11": [1, 2], "2015-12": [3]}})


@pytest.mark.parametrize(
    ("paid_on", "lapses"),
    [
        ("2016-03-15", "2021-03-15"),
        ("2016-02-29", "2021-02-28"),
        ("2013-12-31", "2018-12-31"),
        ("2013-12-30", "2018-12-31"),
        ("2010-01-01", "2018-12-31"),
        ("2014-01-01", "2019-01-01"),
    ],
)
def test_points_last_five_years_and_none_lapsed_before_the_end_of_2018(paid_on: str, lapses: str) -> None:
    assert rule_calls.expires_on(paid_on) == {"expires_on": lapses, "rule": "R9"}


def test_points_paid_before_the_programme_have_no_rule() -> None:
    with pytest.raises(UsageError, match="no rule for the validity of points held on 2009-01-01"):
        rule_calls.expires_on("2009-01-01")


@pytest.mark.parametrize(("rides", "mileage"), [(0, 0), (1, 100), (99, 9_900), (100, 10_000), (101, 10_000)])
def test_rides_earn_a_hundred_each_up_to_ten_thousand_a_month(rides: int, mileage: int) -> None:
    assert rule_calls.ride_award(rides, "2012-05")["mileage"] == mileage


def test_before_2011_rides_had_no_rule_and_the_answer_is_unknown() -> None:
    assert rule_calls.ride_award(10, "2010-12") == {"mileage": None, "rule": None}


def test_rides_cannot_be_fewer_than_none() -> None:
    with pytest.raises(UsageError, match="-1 rides cannot be"):
        rule_calls.ride_award(-1, "2012-05")


@pytest.mark.parametrize(
    ("power", "day", "may_join"),
    [
        ("electric", "2025-06-30", True),
        ("electric", "2025-07-01", False),
        ("hybrid", "2025-12-31", True),
        ("hybrid", "2026-01-01", False),
        ("hydrogen", "2026-01-01", False),
        ("petrol", "2026-01-01", True),
    ],
)
def test_clean_cars_leave_the_car_mileage_step_by_step(power: str, day: str, may_join: bool) -> None:
    assert rule_calls.car_may_join(power, day)["may_join"] is may_join


def test_from_october_2014_points_pay_taxes_and_plant_trees() -> None:
    before, after = rule_calls.ways_to_spend("2014-10-15"), rule_calls.ways_to_spend("2014-10-16")
    assert "local taxes" not in before["ways"]
    assert {"local taxes", "donation of desert trees", "vouchers for traditional markets"} <= set(after["ways"])
    assert rule_calls.ways_to_spend("2009-01-01") == {"ways": [], "rule": None}
