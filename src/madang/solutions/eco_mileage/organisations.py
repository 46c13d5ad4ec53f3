"""What the dated rules say of one organisation: whether it is looked at, in which contest, and how a prize is split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from madang.core.errors import Both, UsageError
from madang.methods.savings import BASIS_POINTS, tier_reached
from madang.solutions.eco_mileage.household import HALF_YEAR, weigh
from madang.solutions.eco_mileage.rule_kinds import Contest, DatedRule, OrganisationThreshold
from madang.solutions.eco_mileage.rules import RuleBook, month_after


@dataclass(frozen=True, kw_only=True)
class OrganisationStanding:
    """Whether an organisation reached what is asked, and the range of what it may be given.

    The prize of one organisation is a jury's affair and is not computed; ``won_min`` and ``won_max`` are None where no
    page gives them.
    """

    reached: bool
    code: str
    rule: str | None = None
    won_min: int | None = None
    won_max: int | None = None


@dataclass(frozen=True)
class Sums:
    """An organisation's doubled baseline and saving in centigrams of CO2; None, and ``lacks`` why, where unknown."""

    base: int | None = None
    saved: int | None = None
    lacks: str | None = None


def contest_months(first_month: date, book: RuleBook) -> tuple[date, ...]:
    """Return the months of the contest that begins with a month; none where there is no such contest."""
    rule = book.at(Contest, first_month, first_month)
    if rule is None or rule.valid_from != first_month:
        return ()
    months, month = [], first_month
    while month <= rule.last_month:
        months.append(month)
        month = month_after(month, 1)
    return tuple(months)


def evaluation_months(first_month: date) -> tuple[date, ...]:
    """Return the six months of an evaluation that looks at use from a month on."""
    return tuple(month_after(first_month, place) for place in range(HALF_YEAR))


def organisation_sums(readings: Mapping[str, Mapping[date, int]], months: tuple[date, ...], book: RuleBook) -> Sums:
    """Return an organisation's baseline and saving over months against the same months of the two years before.

    A month that is missing is never zero: then nothing is known.
    """
    if not readings:
        return Sums(lacks="no_readings")
    base, saved = 0, 0
    for utility, known in sorted(readings.items()):
        factors = [book.centigrams(utility, month) for month in months]
        years = [[known.get(month_after(month, -back)) for month in months] for back in (0, 12, 24)]
        if None in factors:
            return Sums(lacks="factor_unknown")
        if any(None in year for year in years):
            return Sums(lacks="month_missing")
        use, previous, before = ([quantity or 0 for quantity in year] for year in years)
        more = weigh(use, previous, before, [factor or 0 for factor in factors])
        base, saved = base + more[0], saved + more[1]
    return Sums(base, saved)


def organisation_standing(saved: int, base: int, evaluated_on: date, book: RuleBook) -> OrganisationStanding:
    """Return how an organisation stands in the evaluation of a day; saving and baseline in one whole unit."""
    rule = book.at(OrganisationThreshold, evaluated_on, evaluated_on)
    if rule is None:
        return OrganisationStanding(reached=False, code="no_rule")
    if rule.evaluated_in_months and evaluated_on.month not in rule.evaluated_in_months:
        return OrganisationStanding(reached=False, code="not_evaluated_in_this_month", rule=rule.paragraph)
    return _standing(saved, base, rule.edge_bp, rule, None, rule.won_max)


def contest_standing(
    kind: str, toe: int | None, saved: int, base: int, first_month: date, book: RuleBook
) -> OrganisationStanding:
    """Return how an organisation of a kind (public, school, apartment, company ...) stands in a contest.

    ``toe`` None is not known: where the contest asks for it, neither is the standing.
    """
    rule = book.at(Contest, first_month, first_month)
    if rule is None or rule.valid_from != first_month:
        return OrganisationStanding(reached=False, code="no_contest")
    if rule.toe_below is not None and toe is None and kind not in rule.excluded:
        return OrganisationStanding(reached=False, code="size_unknown", rule=rule.paragraph)
    if kind in rule.excluded or (rule.toe_below is not None and toe is not None and toe >= rule.toe_below):
        return OrganisationStanding(reached=False, code="excluded", rule=rule.paragraph)
    return _standing(saved, base, rule.edge_bp, rule, rule.won_min, rule.won_max)


def _standing(
    saved: int, base: int, edge_bp: int, rule: DatedRule, won_min: int | None, won_max: int | None
) -> OrganisationStanding:
    """Return the standing by one edge."""
    if base <= 0:
        return OrganisationStanding(reached=False, code="no_baseline", rule=rule.paragraph)
    if not tier_reached(saved, base, (edge_bp,)):
        return OrganisationStanding(reached=False, code="below_edge", rule=rule.paragraph)
    return OrganisationStanding(reached=True, code="reached", rule=rule.paragraph, won_min=won_min, won_max=won_max)


def reward_at_most(prize_won: int, first_month: date, book: RuleBook) -> int | None:
    """Return how much of a contest's prize may be a reward rather than be reinvested; None where no rule says.

    Raises:
        UsageError: a prize below zero.
    """
    if prize_won < 0:
        raise UsageError(
            Both(f"있을 수 없는 상금입니다: {prize_won}원", f"a prize of {prize_won} won cannot be"),
            todo=Both("0 이상의 정수를 주십시오", "give a whole number from 0 on"),
        )
    rule = book.at(Contest, first_month, first_month)
    if rule is None or rule.reinvest_bp_min is None:
        return None
    reinvested = -(-prize_won * rule.reinvest_bp_min // BASIS_POINTS)
    return prize_won - reinvested
