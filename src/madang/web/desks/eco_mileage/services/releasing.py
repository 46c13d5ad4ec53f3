"""Taking a claimed account back from somebody who was not its member: the points stay the member's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Sum

from madang.core.errors import Both, UsageError
from madang.web.desks.eco_mileage.claim_models import ClaimCode
from madang.web.desks.eco_mileage.models import Look, Member, Redemption, Trail
from madang.web.desks.eco_mileage.services import consenting, redeeming
from madang.web.ledger.models import Account, Hold


@dataclass(frozen=True)
class Released:
    """What was undone of a wrong claim: orders given back, their points, and the points that were delivered already."""

    orders: int
    points: int
    delivered: int


def claimed_at(member: Member) -> dt.datetime | None:
    """Return when a member's account was claimed with a code; None where it was not, or is nobody's now."""
    used = ClaimCode.objects.filter(member=member).exclude(used_at=None).order_by("-used_at").first()
    return used.used_at if used is not None and member.user_id is not None else None


def release(member: Member, *, by: str, why: str) -> Released:
    """Part an account from whoever claimed it, in one transaction.

    What they ordered and have not received is given back, what they said of themselves is deleted, and no partner is
    allowed anything any more. What was delivered can't be undone: how many points that were is told.

    Raises:
        UsageError: no reason was given, or the account was not claimed with a code.
    """
    if not why.strip():
        raise UsageError(
            Both("연결을 끊는 까닭이 필요합니다", "parting an account from somebody needs a reason"),
            None,
            Both("까닭을 적으십시오", "give it"),
        )
    with transaction.atomic():
        # The account first, as whoever orders takes it: the other way round two could wait for each other.
        Account.objects.select_for_update().get(pk=member.account_id)
        mine = Member.objects.select_for_update().get(pk=member.pk)
        since, user = claimed_at(mine), mine.user
        if since is None or user is None:
            raise UsageError(
                Both("코드로 연결된 계정이 아닙니다", "this account was not claimed with a code"),
                Both(f"회원 번호 {mine.number}", f"member {mine.number}"),
                Both("번호를 확인하십시오", "check the number"),
            )
        theirs = Redemption.objects.filter(member=mine, made_at__gte=since).select_related("item", "hold", "stock_hold")
        waiting = list(theirs.filter(hold__state=Hold.State.PENDING))
        for made in waiting:
            redeeming.cancel(made, actor=by)
        points = sum(made.points for made in waiting)
        posted = theirs.filter(hold__state=Hold.State.POSTED).aggregate(points=Sum("points"))["points"] or 0
        consenting.take_all_back(mine)
        user.groups.remove(Group.objects.get(name="member"))
        mine.user, mine.sealed, mine.address_mark = None, "", ""
        mine.save(update_fields=["user", "sealed", "address_mark"])
        told = {"orders": len(waiting), "points": points, "delivered": posted, "why": why.strip()[:200]}
        Trail.objects.create(actor=by, act="released", about=str(mine.number), detail=told)
        Look.objects.create(actor=by, number=mine.number, what="released", why=why.strip()[:200])
    return Released(len(waiting), points, posted)
