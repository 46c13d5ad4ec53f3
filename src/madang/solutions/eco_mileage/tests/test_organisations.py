"""Organisations by the rules of the day: edges, months, contests, who is out, how a prize is split."""

from __future__ import annotations

from datetime import date

import pytest

from madang.core.errors import UsageError
from madang.solutions.eco_mileage.organisations import (
    contest_months,
    contest_standing,
    evaluation_months,
    organisation_standing,
    organisation_sums,
    reward_at_most,
)
from madang.solutions.eco_mileage.rule_calls import rule_book

BOOK = rule_book()


@pytest.mark.parametrize(
    ("saved", "day", "reached", "code"),
    [
        (24, "2013-11-01", True, "reached"),
        (23, "2013-11-01", False, "below_edge"),
        (10, "2018-05-01", True, "reached"),
        (9, "2018-05-01", False, "below_edge"),
        (50, "2018-06-01", False, "not_evaluated_in_this_month"),
        (50, "2012-05-01", False, "no_rule"),
    ],
)
def test_an_organisation_is_looked_at_from_its_edge_in_its_months(
    saved: int, day: str, reached: bool, code: str
) -> None:
    found = organisation_standing(saved, 100, date.fromisoformat(day), BOOK)
    assert (found.reached, found.code) == (reached, code)


def test_nothing_used_before_is_no_baseline() -> None:
    assert organisation_standing(0, 0, date(2018, 5, 1), BOOK).code == "no_baseline"


@pytest.mark.parametrize(
    ("kind", "toe", "first", "code"),
    [
        ("school", 100, "2020-06-01", "reached"),
        ("public", 100, "2021-06-01", "reached"),
        ("school", 100, "2023-06-01", "excluded"),
        ("apartment", 100, "2023-06-01", "excluded"),
        ("company", 1_999, "2023-06-01", "reached"),
        ("company", 2_000, "2023-06-01", "excluded"),
        ("company", 100, "2022-12-01", "reached"),
        ("company", 100, "2022-06-01", "no_contest"),
    ],
)
def test_a_contest_takes_whom_its_rules_take(kind: str, toe: int, first: str, code: str) -> None:
    found = contest_standing(kind, toe, 10, 100, date.fromisoformat(first), BOOK)
    assert (found.code, found.reached) == (code, code == "reached")


def test_a_prize_is_a_range_and_never_guessed() -> None:
    found = contest_standing("company", 100, 30, 100, date(2022, 12, 1), BOOK)
    assert (found.won_min, found.won_max, found.rule) == (500_000, 10_000_000, "R17")
    assert organisation_standing(30, 100, date(2013, 5, 1), BOOK).won_max is None


@pytest.mark.parametrize(("prize", "reward"), [(1_000_000, 200_000), (999_999, 199_999), (4, 0), (0, 0)])
def test_at_most_a_fifth_of_a_prize_is_a_reward(prize: int, reward: int) -> None:
    assert reward_at_most(prize, date(2023, 6, 1), BOOK) == reward


def test_where_no_rule_says_the_split_is_unknown() -> None:
    assert reward_at_most(1_000_000, date(2020, 6, 1), BOOK) is None
    with pytest.raises(UsageError, match="a prize of -1 won cannot be"):
        reward_at_most(-1, date(2023, 6, 1), BOOK)


MONTHS = contest_months(date(2023, 6, 1), BOOK)


def use(now: int, before: int, *, skip: date | None = None) -> dict[date, int]:
    years = {2021: before, 2022: before, 2023: now}
    months = {date(year, month, 1): quantity for year, quantity in years.items() for month in range(6, 10)}
    return {month: quantity for month, quantity in months.items() if month != skip}


def test_a_contest_runs_over_its_own_months_and_an_evaluation_over_six() -> None:
    assert [month.month for month in MONTHS] == [6, 7, 8, 9]
    assert contest_months(date(2023, 7, 1), BOOK) == ()
    assert [month.month for month in evaluation_months(date(2023, 10, 1))] == [10, 11, 12, 1, 2, 3]


def test_an_organisations_sums_are_doubled_centigrams_over_all_its_utilities() -> None:
    one = organisation_sums({"electricity": use(90, 100)}, MONTHS, BOOK)
    assert (one.base, one.saved) == (4 * 200 * 42_400, 4 * 20 * 42_400)
    two = organisation_sums({"electricity": use(90, 100), "water": use(50, 100)}, MONTHS, BOOK)
    assert (two.base, two.saved) == (4 * 200 * (42_400 + 33_200), 4 * (20 * 42_400 + 100 * 33_200))


@pytest.mark.parametrize("month", [date(2021, 6, 1), date(2022, 9, 1), date(2023, 7, 1)])
def test_a_missing_month_of_any_year_leaves_the_sums_unknown(month: date) -> None:
    found = organisation_sums({"electricity": use(90, 100, skip=month)}, MONTHS, BOOK)
    assert (found.base, found.saved, found.lacks) == (None, None, "month_missing")


def test_no_readings_and_no_factor_are_said_to_be_so() -> None:
    assert organisation_sums({}, MONTHS, BOOK).lacks == "no_readings"
    assert organisation_sums({"heat": use(90, 100)}, MONTHS, BOOK).lacks == "factor_unknown"


def test_where_a_contest_asks_for_the_size_an_unknown_one_is_not_guessed() -> None:
    unknown = contest_standing("company", None, 20, 100, date(2023, 6, 1), BOOK)
    assert (unknown.code, unknown.reached) == ("size_unknown", False)
    assert contest_standing("school", None, 20, 100, date(2023, 6, 1), BOOK).code == "excluded"
    assert contest_standing("company", None, 20, 100, date(2020, 6, 1), BOOK).code == "reached"
