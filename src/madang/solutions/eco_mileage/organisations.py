"""What the dated rules say of one organisation: whether it is looked at, in which contest, and how a prize is split."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from madang.core.errors import UsageError
from madang.methods.savings import BASIS_POINTS, tier_reached
from madang.solutions.eco_mileage.rule_kinds import Contest, DatedRule, OrganisationThreshold
from madang.solutions.eco_mileage.rules import RuleBook


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


def organisation_standing(saved: int, base: int, evaluated_on: date, book: RuleBook) -> OrganisationStanding:
    """Return how an organisation stands in the evaluation of a day; saving and baseline in one whole unit."""
    rule = book.at(OrganisationThreshold, evaluated_on, evaluated_on)
    if rule is None:
        return OrganisationStanding(reached=False, code="no_rule")
    if rule.evaluated_in_months and evaluated_on.month not in rule.evaluated_in_months:
        return OrganisationStanding(reached=False, code="not_evaluated_in_this_month", rule=rule.paragraph)
    return _standing(saved, base, rule.edge_bp, rule, None, rule.won_max)


def contest_standing(
    kind: str, toe: int, saved: int, base: int, first_month: date, book: RuleBook
) -> OrganisationStanding:
    """Return how an organisation of a kind (public, school, apartment, company ...) stands in a contest."""
    rule = book.at(Contest, first_month, first_month)
    if rule is None or rule.valid_from != first_month:
        return OrganisationStanding(reached=False, code="no_contest")
    if kind in rule.excluded or (rule.toe_below is not None and toe >= rule.toe_below):
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
        raise UsageError(f"a prize of {prize_won} won cannot be", todo="give a whole number from 0 on")
    rule = book.at(Contest, first_month, first_month)
    if rule is None or rule.reinvest_bp_min is None:
        return None
    reinvested = -(-prize_won * rule.reinvest_bp_min // BASIS_POINTS)
    return prize_won - reinvested
