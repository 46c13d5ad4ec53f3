"""The car mileage by the rules of the day: the district's worked examples, exact edges, and what cannot be known."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.errors import UsageError
from madang.solutions.eco_mileage.cars import (
    Car,
    Odometer,
    baseline_km,
    car_award,
    car_season_award,
    check_odometer,
    may_join,
)
from madang.solutions.eco_mileage.rule_calls import rule_book

BOOK = rule_book()
CAR = Car(registered_on=date(2015, 1, 1))


@pytest.mark.parametrize(
    ("day", "driven", "before", "points"),
    [("2017-12-31", 17_500, False, 50_000), ("2018-12-31", 18_900, True, 40_000), ("2019-12-31", 19_900, True, 10_000)],
)
def test_the_districts_worked_examples_come_out(day: str, driven: int, before: bool, points: int) -> None:
    assert car_award(20_000, driven, date.fromisoformat(day), BOOK, awarded_before=before).mileage == points


@pytest.mark.parametrize(
    ("base", "driven", "points"),
    [
        (100_000, 99_501, 0),
        (100_000, 99_500, 20_000),
        (100_000, 99_000, 30_000),
        (100_000, 98_000, 50_000),
        (100_000, 97_000, 70_000),
        (1_000, 951, 0),
        (1_000, 950, 20_000),
        (1_000, 900, 30_000),
        (1_000, 800, 50_000),
        (1_000, 700, 70_000),
    ],
)
def test_rate_and_distance_are_exact_and_the_better_one_pays(base: int, driven: int, points: int) -> None:
    assert car_award(base, driven, date(2018, 6, 1), BOOK).mileage == points


@given(st.integers(1, 60_000), st.integers(0, 60_000), st.integers(0, 500))
def test_driving_less_never_earns_less(base: int, driven: int, less: int) -> None:
    more = car_award(base, driven, date(2018, 6, 1), BOOK, awarded_before=True).mileage
    fewer = car_award(base, max(0, driven - less), date(2018, 6, 1), BOOK, awarded_before=True).mileage
    assert fewer is not None
    assert more is not None
    assert fewer >= more


def test_from_2023_upkeep_is_for_those_below_the_citys_mean_without_another_award() -> None:
    assert car_award(11_700, 11_716, date(2024, 3, 1), BOOK).mileage == 10_000
    assert car_award(11_700, 11_717, date(2024, 3, 1), BOOK).mileage == 0
    # Whoever reached no edge reads the rule of the edges; whoever is paid for upkeep alone, that of upkeep.
    assert [car_award(11_700, km, date(2024, 3, 1), BOOK).rule for km in (11_717, 11_716)] == ["R8", "R19"]
    assert car_award(11_700, 10_000, date(2024, 3, 1), BOOK).mileage == 30_000
    assert car_award(11_700, 11_700, date(2025, 3, 1), BOOK).mileage == 0


@pytest.mark.parametrize(
    ("driven", "before", "points", "code"),
    [
        (10_000, True, 10_000, "upkeep"),
        (10_001, True, 0, "below_lowest_edge"),
        (10_000, False, 0, "below_lowest_edge"),
        (9_500, True, 30_000, "awarded"),
        (9_500, False, 20_000, "awarded"),
    ],
)
def test_whoever_was_awarded_and_keeps_it_up_to_the_kilometre_is_paid_for_that(
    driven: int, before: bool, points: int, code: str
) -> None:
    found = car_award(10_000, driven, date(2018, 6, 1), BOOK, awarded_before=before)
    assert (found.mileage, found.code) == (points, code)


def test_of_nothing_driven_before_no_rate_is_reached() -> None:
    found = car_award(0, 0, date(2018, 6, 1), BOOK)
    assert (found.code, found.mileage, found.tier, found.saved_km) == ("below_lowest_edge", 0, 0, 0)


def test_from_2025_nothing_driven_is_no_result_and_from_2026_the_edges_are_unknown() -> None:
    assert car_award(10_000, 0, date(2024, 3, 1), BOOK).mileage == 70_000
    nothing = car_award(10_000, 0, date(2025, 3, 1), BOOK)
    assert (nothing.code, nothing.mileage, nothing.rule) == ("nothing_driven", None, "R23")
    unknown = car_award(10_000, 5_000, date(2026, 11, 1), BOOK)
    assert (unknown.code, unknown.mileage, unknown.rule) == ("edges_unknown", None, "R26")


def test_before_2017_there_was_no_rule_and_without_a_baseline_no_award() -> None:
    assert car_award(10_000, 5_000, date(2016, 1, 1), BOOK).code == "no_rule"
    assert car_award(None, 5_000, date(2018, 1, 1), BOOK).code == "no_baseline"
    with pytest.raises(UsageError, match="-1 km cannot be"):
        car_award(10_000, -1, date(2018, 1, 1), BOOK)


def test_the_baseline_is_the_lifetimes_daily_mean_for_a_year_kept_as_a_fraction() -> None:
    start, end = Odometer(day=date(2018, 1, 1), km=30_000), Odometer(day=date(2019, 1, 1), km=39_000)
    days = (start.day - CAR.registered_on).days
    assert baseline_km(CAR, start, end, BOOK) == Fraction(30_000 * 365, days)


def test_a_new_car_takes_the_citys_mean() -> None:
    car = Car(registered_on=date(2017, 10, 1))
    start, end = Odometer(day=date(2018, 1, 1), km=1_000), Odometer(day=date(2019, 1, 1), km=9_000)
    assert baseline_km(car, start, end, BOOK) == 10_913


@pytest.mark.parametrize(("registered", "baseline"), [(date(2017, 1, 1), 12_000), (date(2017, 1, 2), 10_913)])
def test_a_car_of_a_whole_year_has_a_mean_of_its_own_and_one_a_day_younger_the_citys(
    registered: date, baseline: int
) -> None:
    start, end = Odometer(day=date(2018, 1, 1), km=12_000), Odometer(day=date(2019, 1, 1), km=20_000)
    assert baseline_km(Car(registered_on=registered), start, end, BOOK) == baseline


def test_a_period_begins_no_earlier_than_the_car() -> None:
    car, end = Car(registered_on=date(2026, 2, 10)), Odometer(day=date(2026, 10, 20), km=4_000)
    assert baseline_km(car, Odometer(day=date(2026, 2, 10), km=0), end, BOOK) is None
    with pytest.raises(UsageError, match="begins after registration"):
        baseline_km(car, Odometer(day=date(2026, 2, 9), km=0), end, BOOK)


def test_from_2025_the_baseline_is_what_was_driven_in_two_years_and_unknown_without_it() -> None:
    start, end = Odometer(day=date(2024, 6, 1), km=30_000), Odometer(day=date(2025, 6, 1), km=39_000)
    assert baseline_km(CAR, start, end, BOOK, two_years_km=20_001) == Fraction(20_001, 2)
    assert baseline_km(CAR, start, end, BOOK) is None


def test_from_2026_it_is_the_daily_mean_for_the_days_of_taking_part() -> None:
    start, end = Odometer(day=date(2026, 2, 10), km=40_000), Odometer(day=date(2026, 10, 20), km=44_000)
    owned, part = (start.day - CAR.registered_on).days, (end.day - start.day).days
    assert baseline_km(CAR, start, end, BOOK) == Fraction(40_000 * part, owned)
    short = Odometer(day=date(2026, 6, 1), km=41_000)
    with pytest.raises(UsageError, match="111 days are less than 7 months"):
        baseline_km(CAR, start, short, BOOK)
    # Seven months are 210 days: from 10 February to 8 September.
    assert baseline_km(CAR, start, Odometer(day=date(2026, 9, 8), km=41_000), BOOK) == Fraction(40_000 * 210, owned)
    with pytest.raises(UsageError, match="209 days are less than 7 months"):
        baseline_km(CAR, start, Odometer(day=date(2026, 9, 7), km=41_000), BOOK)


def test_readings_in_the_wrong_order_are_refused() -> None:
    start, end = Odometer(day=date(2018, 1, 1), km=30_000), Odometer(day=date(2017, 12, 1), km=39_000)
    with pytest.raises(UsageError, match="a period ends after it began"):
        baseline_km(CAR, start, end, BOOK)


def test_before_2017_no_baseline_is_known() -> None:
    assert baseline_km(CAR, Odometer(day=date(2016, 1, 1), km=1), Odometer(day=date(2016, 9, 1), km=9), BOOK) is None


@pytest.mark.parametrize(
    ("car", "day", "rule"),
    [
        (Car(registered_on=date(2015, 1, 1)), "2018-01-01", None),
        (Car(registered_on=date(2015, 1, 1), seats=12), "2018-01-01", None),
        (Car(registered_on=date(2015, 1, 1), seats=13), "2018-01-01", "R8"),
        (Car(registered_on=date(2015, 1, 1), private=False), "2018-01-01", "R8"),
        (Car(registered_on=date(2015, 1, 1), power="electric"), "2025-06-30", None),
        (Car(registered_on=date(2015, 1, 1), power="electric"), "2025-07-01", "R24"),
        (Car(registered_on=date(2015, 1, 1), power="hybrid"), "2025-12-31", None),
        (Car(registered_on=date(2015, 1, 1), power="hybrid"), "2026-01-01", "R24"),
        (Car(registered_on=date(2015, 1, 1), changed="odometer"), "2024-12-31", None),
        (Car(registered_on=date(2015, 1, 1), changed="odometer"), "2025-01-01", "R23"),
    ],
)
def test_which_cars_may_take_part_depends_on_the_day(car: Car, day: str, rule: str | None) -> None:
    found = may_join(car, date.fromisoformat(day), BOOK)
    assert (found.paragraph if found else None) == rule


@pytest.mark.parametrize(
    ("year", "most"), [(2019, None), (2020, 1_850), (2021, 1_800), (2022, 1_960), (2023, 1_697), (2024, None)]
)
def test_each_winter_has_its_own_distance(year: int, most: int | None) -> None:
    first = date(year, 12, 1)
    if most is None:
        assert car_season_award(0, first, BOOK).mileage is None
    else:
        assert car_season_award(most, first, BOOK).mileage == 10_000
        assert car_season_award(most + 1, first, BOOK).mileage == 0


def test_a_winter_is_asked_for_by_its_first_month() -> None:
    assert car_season_award(0, date(2024, 1, 1), BOOK).code == "no_rule"


def test_an_odometer_that_goes_back_is_found() -> None:
    readings = [Odometer(day=date(2024, month, 1), km=km) for month, km in ((3, 120), (1, 100), (2, 140))]
    assert check_odometer(readings) == readings[0]
    assert check_odometer(readings[:2]) is None
    with pytest.raises(UsageError, match="-3 km cannot be"):
        car_season_award(-3, date(2023, 12, 1), BOOK)
