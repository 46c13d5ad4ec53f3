"""One car's mileage by the rules of the day: baseline, distance saved, tier by rate or distance, upkeep, winter.

Pure and whole: a baseline that is a daily mean is kept as a fraction, so that no edge is decided by rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from madang.core.errors import Both, UsageError, Where
from madang.core.language import Text, say_count, text
from madang.methods.savings import BASIS_POINTS
from madang.solutions.eco_mileage.household import UPKEEP_TIER
from madang.solutions.eco_mileage.rule_kinds import (
    CarBaseline,
    CarEligibility,
    CarEnd,
    CarExclusion,
    CarSeason,
    CarTiers,
    CarUnknown,
    CarUpkeep,
    DatedRule,
)
from madang.solutions.eco_mileage.rules import RuleBook

DAYS_A_YEAR = 365


@dataclass(frozen=True, kw_only=True)
class Car:
    """A car as it takes part: power, seats, use, when it was registered, and what ended its part if anything did."""

    power: str = "petrol"
    seats: int = 5
    private: bool = True
    registered_on: date
    changed: str | None = None


@dataclass(frozen=True, kw_only=True)
class Odometer:
    """One reading of an odometer: the day and whole kilometres since the car was new."""

    day: date
    km: int


@dataclass(frozen=True, kw_only=True)
class CarAward:
    """What a car earns and why; ``mileage`` is None where it was not evaluated or cannot be known.

    ``tier`` counts the edges reached, -1 is upkeep alone; ``behind`` holds the rules that decided.
    """

    code: str
    explanation: Text
    mileage: int | None = None
    tier: int | None = None
    behind: tuple[DatedRule, ...] = ()
    baseline_km: Fraction | None = None
    saved_km: Fraction | None = None

    @property
    def rule(self) -> str | None:
        """Return the paragraphs that decided, such as R8+R19; None where no rule is behind it."""
        return "+".join(dict.fromkeys(rule.paragraph for rule in self.behind)) or None


def may_join(car: Car, day: date, book: RuleBook) -> DatedRule | None:
    """Return the rule that keeps a car out on a day, or None where it may take part."""
    eligible = book.at(CarEligibility, day, day)
    if eligible is not None and (car.seats > eligible.seats_max or (eligible.private_only and not car.private)):
        return eligible
    excluded = book.at(CarExclusion, day, day)
    if excluded is not None and car.power in excluded.powers:
        return excluded
    ends = book.at(CarEnd, day, day)
    return ends if ends is not None and car.changed in ends.ends else None


def check_odometer(readings: list[Odometer]) -> Odometer | None:
    """Return the first reading that is lower than an earlier one, or None: an odometer never goes back."""
    ordered = sorted(readings, key=lambda reading: reading.day)
    for before, after in pairwise(ordered):
        if after.km < before.km:
            return after
    return None


def baseline_km(
    car: Car, start: Odometer, end: Odometer, book: RuleBook, two_years_km: int | None = None
) -> Fraction | None:
    """Return from what a car's distance is counted, by the rule of the day on which the period ends; None if unknown.

    Raises:
        UsageError: the period is too short, or the readings are in the wrong order.
    """
    rule = book.at(CarBaseline, end.day, end.day)
    if rule is None:
        return None
    if end.day <= start.day or start.day < car.registered_on:
        raise UsageError(
            Both(
                "기간은 시작한 뒤에 끝나고, 최초 등록일 뒤에 시작합니다",
                "a period ends after it began, and begins after registration",
            ),
            Where(day=end.day),
        )
    owned = (start.day - car.registered_on).days
    taking_part = (end.day - start.day).days
    if rule.method == "two_years":
        return None if two_years_km is None else Fraction(two_years_km, 2)
    if rule.method == "participation":
        if rule.months_min is not None and taking_part < rule.months_min * 30:
            raise UsageError(
                Both(
                    f"{taking_part}일은 {rule.months_min}개월보다 짧습니다",
                    f"{say_count(taking_part, 'day is', 'days are')} less than {rule.months_min} months",
                ),
                Where(day=end.day),
            )
        return Fraction(start.km * taking_part, owned) if owned else None
    if owned < DAYS_A_YEAR:
        return None if rule.city_mean_km is None else Fraction(rule.city_mean_km)
    return Fraction(start.km * DAYS_A_YEAR, owned)


def car_award(
    baseline: Fraction | int | None, driven_km: int, evaluated_on: date, book: RuleBook, *, awarded_before: bool = False
) -> CarAward:
    """Return a year's award for a distance driven, by rate or distance, whichever pays more.

    Raises:
        UsageError: a distance below zero.
    """
    if driven_km < 0:
        raise UsageError(
            Both(f"있을 수 없는 거리입니다: {driven_km}km", f"{driven_km} km cannot be"),
            todo=Both("거꾸로 간 주행거리계는 검토로 보내십시오", "an odometer that went back goes to review"),
        )
    unknown, end = (book.at(kind, evaluated_on, evaluated_on) for kind in (CarUnknown, CarEnd))
    if isinstance(end, CarEnd) and not end.nothing_driven_counts and driven_km == 0:
        return _refused("nothing_driven", end)
    if isinstance(unknown, CarUnknown):
        return _refused("edges_unknown", unknown)
    rule = book.at(CarTiers, evaluated_on, evaluated_on)
    if rule is None:
        return CarAward(code="no_rule", explanation=text("그날에는 규정이 없었다.", "No rule held on that day."))
    if baseline is None:
        none = text("기준 주행거리를 모른다.", "The baseline is not known.")
        return CarAward(code="no_baseline", explanation=none, behind=(rule,))
    base = Fraction(baseline)
    saved = base - driven_km
    tier = max(_reached(saved, base, rule), _reached_km(saved, rule))
    upkeep = _upkeep(saved, driven_km, tier, awarded_before, evaluated_on, book)
    points = (rule.mileage[tier - 1] if tier else 0) + (upkeep.mileage if upkeep else 0)
    behind: list[DatedRule] = [rule] if tier or not upkeep else []
    behind += [upkeep] if upkeep else []
    return CarAward(
        code="awarded" if tier else "upkeep" if upkeep else "below_lowest_edge",
        explanation=_explained(base, saved, points, behind),
        mileage=points,
        tier=tier or (UPKEEP_TIER if upkeep else 0),
        behind=tuple(behind),
        baseline_km=base,
        saved_km=saved,
    )


def _reached(saved: Fraction, base: Fraction, rule: CarTiers) -> int:
    """Return how many edges of the rate are reached; none where nothing was driven before."""
    return sum(base > 0 and saved * BASIS_POINTS >= edge * base for edge in rule.edges_bp)


def _reached_km(saved: Fraction, rule: CarTiers) -> int:
    """Return how many edges of the distance are reached."""
    return sum(saved >= edge for edge in rule.edges_km)


def _upkeep(
    saved: Fraction, driven_km: int, tier: int, awarded_before: bool, evaluated_on: date, book: RuleBook
) -> CarUpkeep | None:
    """Return the rule that pays for keeping it up, or None."""
    rule = book.at(CarUpkeep, evaluated_on, evaluated_on)
    if rule is None or (tier and not rule.with_tier):
        return None
    if rule.by == "kept":
        return rule if awarded_before and saved >= 0 else None
    return rule if rule.km_max is not None and driven_km <= rule.km_max else None


def car_season_award(driven_km: int, first_month: date, book: RuleBook) -> CarAward:
    """Return the special points of a winter for a distance driven in its four months."""
    rule = book.at(CarSeason, first_month, first_month)
    if driven_km < 0:
        raise UsageError(
            Both(f"있을 수 없는 거리입니다: {driven_km}km", f"{driven_km} km cannot be"),
            todo=Both("거꾸로 간 주행거리계는 검토로 보내십시오", "an odometer that went back goes to review"),
        )
    if rule is None or rule.valid_from != first_month:
        none = text("그 겨울에는 승용차 특별포인트가 없다.", "That winter has no special points for cars.")
        return CarAward(code="no_rule", explanation=none)
    points = rule.mileage if driven_km <= rule.km_max else 0
    code = "awarded" if points else "below_lowest_edge"
    return CarAward(code=code, explanation=rule.says, mileage=points, tier=int(points > 0), behind=(rule,))


def _refused(code: str, rule: DatedRule) -> CarAward:
    """Return the award of a car that is not evaluated, or whose award cannot be known."""
    return CarAward(code=code, explanation=rule.says, behind=(rule,))


def _explained(base: Fraction, saved: Fraction, points: int, behind: list[DatedRule]) -> Text:
    """Return the sentences a driver reads; each rule that decided is named with its own words."""
    ko = f"기준 {float(base):,.1f}km에서 {float(saved):,.1f}km를 줄였다. 포인트 {points:,}."
    en = f"Of a baseline of {float(base):,.1f} km, {float(saved):,.1f} km were saved. Award {points:,}."
    for rule in behind:
        ko, en = f"{ko} 규정 {rule.paragraph}: {rule.says.ko}", f"{en} Rule {rule.paragraph}: {rule.says.en}"
    return text(ko, en)
