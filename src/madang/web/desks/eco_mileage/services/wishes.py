"""A household's wish to be evaluated, which rules ask for anew each half-year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.timezone import localdate

from madang.core.errors import Both, UsageError, Where
from madang.solutions.eco_mileage.household import HALF_YEAR
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.solutions.eco_mileage.rule_kinds import OptIn as Rule
from madang.solutions.eco_mileage.rules import month_after
from madang.web.desks.eco_mileage.models import Member, OptIn, Trail


@dataclass(frozen=True)
class HalfYear:
    """A member's half-year: its first and last month, and whether the member asked to be evaluated in it."""

    first_month: dt.date
    last_month: dt.date
    asked: bool


def rule_on(day: dt.date) -> Rule | None:
    """Return the rule by which only those are evaluated who ask for it; None where nobody must ask."""
    return rule_book().at(Rule, day, day)


def half_years(member: Member, today: dt.date | None = None) -> list[HalfYear]:
    """Return the half-years that a member may ask for now: the one under way and the one before."""
    day = today or localdate()
    month, first = day.replace(day=1), month_after(member.joined_on.replace(day=1), 1)
    behind = (month.year - first.year) * 12 + month.month - first.month
    now = month_after(first, behind // HALF_YEAR * HALF_YEAR)
    asked = set(member.opt_ins.values_list("first_month", flat=True))
    starts = [start for start in (month_after(now, -HALF_YEAR), now) if start >= first] or [first]
    return [HalfYear(start, month_after(start, HALF_YEAR - 1), start in asked) for start in starts]


def ask(member: Member, first_month: dt.date, *, actor: str, today: dt.date | None = None) -> None:
    """Note that a member wants to be evaluated in a half-year; again changes nothing.

    Raises:
        UsageError: it is none that can be asked for now.
    """
    if first_month not in {one.first_month for one in half_years(member, today)}:
        raise UsageError(
            Both("지금은 이 반기를 신청할 수 없습니다", "this half-year can not be asked for now"),
            Where(value=f"{first_month:%Y-%m}"),
            Both("내 마일리지를 보십시오", "see your page"),
        )
    if OptIn.objects.get_or_create(member=member, first_month=first_month)[1]:
        Trail.objects.create(
            actor=actor, act="asked", about=str(member.number), detail={"half-year": f"{first_month:%Y-%m}"}
        )
