"""The household's rules as calls on plain values: what cases and faces give is turned into dates and readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from madang.core.dates import parse_day
from madang.core.errors import Both, UsageError
from madang.solutions.eco_mileage import cars, organisations
from madang.solutions.eco_mileage import household as one
from madang.solutions.eco_mileage.rule_kinds import (
    CarExclusion,
    Ride,
    Spending,
    Validity,
)
from madang.solutions.eco_mileage.rules import RuleBook, month_after, parse_month, read_rules

#: Readings as cases write them: utility -> first month of a run of months -> whole numbers, "missing" for none.
PlainReadings = Mapping[str, Mapping[str, Sequence[int | str]]]


@cache
def rule_book() -> RuleBook:
    """Return this solution's own rule book, read once."""
    return read_rules(Path(__file__).parent)


def household_award(
    first_month: str,
    evaluated_on: str,
    readings: PlainReadings,
    awards_in_a_row: int = 0,
    mileage_this_year: int = 0,
    moved_on: str | None = None,
    opted_in: bool | None = None,
    representative: bool = True,
) -> one.Award:
    """Return the half-year award for readings given as runs of months; see ``household.household_award``."""
    member = one.Household(
        first_month=parse_month(first_month),
        readings=months_of(readings),
        awards_in_a_row=awards_in_a_row,
        mileage_this_year=mileage_this_year,
        moved_on=None if moved_on is None else parse_day(moved_on),
        opted_in=opted_in,
        representative=representative,
    )
    return one.household_award(member, parse_day(evaluated_on), rule_book())


def season_award(first_month: str, readings: PlainReadings, representative: bool = True) -> one.Award:
    """Return the special points of the winter that begins with ``first_month``."""
    member = one.Household(
        first_month=parse_month(first_month), readings=months_of(readings), representative=representative
    )
    return one.season_award(member, rule_book())


def expires_on(paid_on: str) -> dict[str, Any]:
    """Return the day on which points paid on a day lapse: 60 months later, none before the first expiry."""
    paid = parse_day(paid_on)
    rule = rule_book().at(Validity, paid, paid)
    if rule is None:
        raise UsageError(
            Both(
                f"{paid}에는 포인트의 유효 기간을 정한 규정이 없습니다",
                f"no rule for the validity of points held on {paid}",
            ),
            todo=Both("더 뒤의 날을 물으십시오", "ask for a later day"),
        )
    month = month_after(paid, rule.months)
    length = (month_after(month, 1) - month).days
    lapses = max(month.replace(day=min(paid.day, length)), rule.first_expiry)
    return {"expires_on": lapses.isoformat(), "rule": rule.paragraph}


def ride_award(rides: int, month: str) -> dict[str, Any]:
    """Return the points for bus and metro rides in one month; None where no rule held."""
    first = parse_month(month)
    rule = rule_book().at(Ride, first, first)
    if rides < 0:
        raise UsageError(
            Both(f"있을 수 없는 탑승 횟수입니다: {rides}", f"{rides} rides cannot be"),
            todo=Both("0 이상의 정수를 주십시오", "give a whole number from 0 on"),
        )
    if rule is None:
        return {"mileage": None, "rule": None}
    return {"mileage": min(rides * rule.mileage_per_ride, rule.mileage_per_month_max), "rule": rule.paragraph}


def car_may_join(power: str, day: str) -> dict[str, Any]:
    """Tell whether a car of a power (petrol, hybrid, electric, hydrogen ...) may join the car mileage on a day."""
    rule = rule_book().at(CarExclusion, parse_day(day), parse_day(day))
    out = rule is not None and power in rule.powers
    return {"may_join": not out, "rule": rule.paragraph if out and rule is not None else None}


def car_award(baseline_km: int, driven_km: int, evaluated_on: str, awarded_before: bool = False) -> cars.CarAward:
    """Return a car's award of one year; see ``cars.car_award``."""
    day = parse_day(evaluated_on)
    return cars.car_award(baseline_km, driven_km, day, rule_book(), awarded_before=awarded_before)


def car_season_award(driven_km: int, first_month: str) -> cars.CarAward:
    """Return a car's special points of the winter that begins with ``first_month``."""
    return cars.car_season_award(driven_km, parse_month(first_month), rule_book())


def organisation_standing(saved: int, base: int, evaluated_on: str) -> organisations.OrganisationStanding:
    """Return how an organisation stands in the evaluation of a day."""
    return organisations.organisation_standing(saved, base, parse_day(evaluated_on), rule_book())


def contest_standing(
    kind: str, toe: int, saved: int, base: int, first_month: str
) -> organisations.OrganisationStanding:
    """Return how an organisation stands in the contest that begins with ``first_month``."""
    return organisations.contest_standing(kind, toe, saved, base, parse_month(first_month), rule_book())


def ways_to_spend(day: str) -> dict[str, Any]:
    """Return what points buy on a day, in English, and the rule that says so."""
    rule = rule_book().at(Spending, parse_day(day), parse_day(day))
    if rule is None:
        return {"ways": [], "rule": None}
    return {"ways": [way.en for way in rule.ways], "rule": rule.paragraph}


def months_of(readings: PlainReadings) -> dict[str, dict[date, int]]:
    """Return runs of months as readings by month; "missing" leaves a month out.

    Raises:
        UsageError: a word other than "missing", or a month given twice.
    """
    found: dict[str, dict[date, int]] = {}
    for utility, runs in readings.items():
        by_month: dict[date, int] = {}
        for first, quantities in runs.items():
            for place, quantity in enumerate(quantities):
                month = month_after(parse_month(first), place)
                if month in by_month:
                    raise UsageError(
                        Both(
                            f"{utility}의 {month:%Y-%m} 사용량이 두 번 있습니다",
                            f"{utility} of {month:%Y-%m} is given twice",
                        ),
                        todo=Both("달마다 한 번만 주십시오", "give each month once"),
                    )
                if isinstance(quantity, str):
                    _check_missing(quantity)
                else:
                    by_month[month] = quantity
        found[utility] = by_month
    return found


def _check_missing(word: str) -> None:
    """Raise for any word but "missing"."""
    if word != "missing":
        raise UsageError(
            Both(f"사용량이 아닙니다: {word!r}", f"{word!r} is not a reading"),
            todo=Both('정수나 "missing"을 적으십시오', 'write a whole number, or "missing"'),
        )
