"""Organisations at the desk: how each stands in an evaluation or a contest, and the prizes that a jury gave."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
from django.db import IntegrityError, transaction

from madang.core.errors import Both, UsageError, Where
from madang.core.language import Text, text
from madang.solutions.eco_mileage import organisations
from madang.solutions.eco_mileage.organisations import OrganisationStanding, Sums
from madang.solutions.eco_mileage.readings.rows import UTILITIES, first_day
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.web.desks.eco_mileage.models import Member, Organisation, Prize, Trail
from madang.web.desks.eco_mileage.services.use import readings_of_all

SAID: dict[str, Text] = {
    "reached": text("대상", "reached what is asked"),
    "below_edge": text("기준에 이르지 못함", "below what is asked"),
    "no_baseline": text("견줄 사용량이 없음", "no use to compare with"),
    "excluded": text("참여할 수 없는 단체", "may not take part"),
    "size_unknown": text("에너지 사용 규모(TOE)를 모름", "its size in TOE is not known"),
    "no_contest": text("그달에 시작하는 경진대회가 없음", "no contest begins in that month"),
    "no_rule": text("규정이 없음", "no rule"),
    "not_evaluated_in_this_month": text("평가하는 달이 아님", "not a month of evaluation"),
    "month_missing": text("없는 달이 있음", "a month is missing"),
    "factor_unknown": text("계수를 모름", "a factor is unknown"),
    "no_readings": text("들어온 사용량이 없음", "no readings have come in"),
}


@dataclass(frozen=True)
class Stand:
    """How one organisation stands: sums, code in words, the range of a prize, and the prize noted."""

    member: Member
    sort: str
    toe: int | None
    sums: Sums
    standing: OrganisationStanding
    said: Text
    prize: Prize | None

    @property
    def percent(self) -> float | None:
        """Return the saving in per cent; None where it is not known."""
        return 100 * self.sums.saved / self.sums.base if self.sums.base and self.sums.saved is not None else None


def stands(first_month: dt.date, evaluated_on: dt.date | None = None) -> list[Stand]:
    """Return every organisation's standing: in the contest that begins with a month, or in a day's evaluation."""
    book = rule_book()
    if evaluated_on is None:
        months = organisations.contest_months(first_month, book)
    else:
        months = organisations.evaluation_months(first_month)
    who = list(Organisation.objects.select_related("member").filter(member__left_on=None).order_by("member__number"))
    readings = _by_member(readings_of_all([one.member for one in who]))
    prizes = {one.member_id: one for one in Prize.objects.filter(first_month=first_month)}
    return [_stand(one, readings, prizes.get(one.member_id), months, first_month, evaluated_on) for one in who]


Readings = dict[int, dict[str, dict[dt.date, int]]]


def _by_member(frame: pl.DataFrame) -> Readings:
    """Return readings by member, utility and month."""
    found: Readings = {}
    for number, utility, month, quantity in frame.select("member_id", "utility", "month", "quantity").iter_rows():
        found.setdefault(number, {}).setdefault(UTILITIES[utility], {})[first_day(month)] = quantity
    return found


def _stand(
    one: Organisation, readings: Readings, prize: Prize | None, months: tuple[dt.date, ...], first_month: dt.date,
    evaluated_on: dt.date | None,
) -> Stand:  # fmt: skip
    """Return one organisation's standing; what is not known of its use stays unknown."""
    book = rule_book()
    sums = organisations.organisation_sums(readings.get(one.member.number, {}), months, book)
    base, saved = sums.base or 0, sums.saved or 0
    if evaluated_on is None:
        found = organisations.contest_standing(one.sort, one.toe, saved, base, first_month, book)
    else:
        found = organisations.organisation_standing(saved, base, evaluated_on, book)
    code = sums.lacks if found.code == "no_baseline" and sums.lacks else found.code
    return Stand(one.member, one.get_sort_display(), one.toe, sums, found, SAID[code], prize)


def note_prize(member: Member, first_month: dt.date, won: int, *, by: str) -> Prize:
    """Note what a jury gave an organisation in a contest; another person approves it.

    Raises:
        UsageError: the organisation did not reach what is asked, the sum lies outside the contest's prizes, or one is
            noted already.
    """
    mine = next((one for one in stands(first_month) if one.member.pk == member.pk), None)
    if mine is None or not mine.standing.reached:
        raise UsageError(
            Both("기준에 이르지 못한 단체입니다", "this organisation has not reached what is asked"),
            Where(value=member.number),
            Both("목록을 보십시오", "see the list"),
        )
    least, most = mine.standing.won_min or 0, mine.standing.won_max or 0
    if not least <= won <= most:
        raise UsageError(
            Both("이 경진대회의 상금 범위를 벗어났습니다", "a prize of this contest lies elsewhere"),
            Where(value=won),
            Both(f"{least:,}원부터 {most:,}원까지입니다", f"from {least:,} to {most:,} won"),
        )
    reward = organisations.reward_at_most(won, first_month, rule_book())
    try:
        with transaction.atomic():
            made = Prize.objects.create(
                member=member, first_month=first_month, won=won, reward_won_max=reward,
                rule=mine.standing.rule or "", noted_by=by,
            )  # fmt: skip
            Trail.objects.create(actor=by, act="prize noted", about=str(member.number), detail={"won": won})
    except IntegrityError as error:
        raise UsageError(
            Both("이 경진대회의 상금이 이미 적혀 있습니다", "a prize of this contest is noted already"),
            Where(value=member.number),
            Both("확인하십시오", "see it"),
        ) from error
    return made


def approve_prize(made: Prize, *, by: str) -> None:
    """Approve a prize that somebody else noted.

    Raises:
        UsageError: it was noted by the same person.
    """
    if made.noted_by == by:
        raise UsageError(
            Both("적은 사람은 승인할 수 없습니다", "nobody approves what they noted"),
            Where(value=by),
            Both("다른 담당자에게 맡기십시오", "ask a second person"),
        )
    with transaction.atomic():
        kept = Prize.objects.select_for_update().get(pk=made.pk)
        if not kept.approved_by:
            kept.approved_by = by
            kept.save()
            Trail.objects.create(actor=by, act="prize approved", about=str(kept.member), detail={"won": kept.won})
