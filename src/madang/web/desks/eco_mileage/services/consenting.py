"""Which partners a member lets see the balance and order, and whom a partner may therefore serve."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.timezone import now

from madang.core.errors import Both, Where
from madang.web.desks.eco_mileage.models import Member, Partner, Trail
from madang.web.desks.eco_mileage.services.people import NotThere


@dataclass(frozen=True)
class Choice:
    """A partner as a member sees it: whether it is allowed."""

    code: str
    name: str
    allowed: bool


def choices_of(member: Member) -> list[Choice]:
    """Return the partners there are, each with whether the member allows it."""
    allowed = set(member.consents.filter(ended_at=None).values_list("partner_id", flat=True))
    partners = Partner.objects.filter(active=True).order_by("name", "code")
    return [Choice(one.code, one.name, one.pk in allowed) for one in partners]


def allow(member: Member, code: str, *, actor: str) -> None:
    """Let a partner see the member's balance and order; again changes nothing.

    Raises:
        NotThere: there is no such partner, or the account was parted from who asks, or left, a moment ago.
    """
    partner = Partner.objects.filter(code=code, active=True).first()
    if partner is None:
        raise NotThere(
            Both("그런 제휴처가 없습니다", "there is no such partner"),
            Where(value=code),
            Both("내 마일리지에서 고르십시오", "choose one on your page"),
        )
    with transaction.atomic():
        # Held still, so that nobody allows what parting the account is just ending.
        still = Member.objects.select_for_update().filter(pk=member.pk, user=member.user_id, left_on=None)
        if member.user_id is None or still.first() is None:
            raise NotThere(
                Both("이 계정은 이제 이 회원의 것이 아닙니다", "this account is the member's no more"),
                Where(value=member.number),
                Both("다시 로그인하십시오", "sign in again"),
            )
        if member.consents.get_or_create(partner=partner, ended_at=None)[1]:
            _note(member, actor, "partner allowed", code)


def take_back(member: Member, code: str, *, actor: str) -> None:
    """Let a partner order no more; what it has ordered stays. Again changes nothing."""
    with transaction.atomic():
        if member.consents.filter(partner__code=code, ended_at=None).update(ended_at=now()):
            _note(member, actor, "partner ended", code)


def take_all_back(member: Member) -> None:
    """End whatever was allowed by somebody who turned out not to be the member."""
    member.consents.filter(ended_at=None).update(ended_at=now())


def served(number: int, partner: Partner) -> Member:
    """Return a member whom a partner may serve.

    Raises:
        NotThere: nobody of this number allows it; whether anybody bears the number is not told.
    """
    mine = Member.objects.select_related("account").filter(number=number)
    found = mine.filter(consents__partner=partner, consents__ended_at=None).first()
    if found is None:
        raise NotThere(
            Both("이 번호로 이 제휴처를 허용한 회원이 없습니다", "no member of this number allows this partner"),
            Where(value=number),
            Both(
                "회원에게 '내 마일리지'의 제휴처에서 허용해 달라고 하십시오",
                "ask the member to allow it under Partners on the page My points",
            ),
        )
    return found


def _note(member: Member, actor: str, act: str, code: str) -> None:
    """Write into the trail what a member said to a partner."""
    Trail.objects.create(actor=actor, act=act, about=str(member.number), detail={"partner": code})
