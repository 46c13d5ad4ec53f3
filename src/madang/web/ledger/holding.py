"""Movements in two phases: held first, then posted, made void, or given back when their time is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from madang.core.errors import Both, LedgerError, Where
from madang.web.ledger.models import Account, Hold
from madang.web.ledger.moving import move, reverse
from madang.web.ledger.writing import Draft, Moved
from madang.web.ledger.writing_all import NotTogether, write_all


def hold(
    giver: Account,
    held: Account,
    taker: Account,
    amount: int,
    *,
    key: str,
    kind: str,
    event_day: dt.date,
    until: dt.datetime,
    rule_hash: str = "",
    at: dt.datetime | None = None,
) -> Hold:
    """Take an amount from the giver and keep it for the taker; the same key holds nothing twice.

    Raises:
        Overdrawn: a guarded giver holds less.
    """
    moment = at or timezone.now()
    with transaction.atomic():
        moved = move(giver, held, amount, key=key, kind=kind, event_day=event_day, rule_hash=rule_hash, at=moment)
        kept, new = Hold.objects.get_or_create(
            transfer_id=moved.transfer_id,
            defaults={
                "book_id": giver.book_id,
                "giver": giver,
                "held": held,
                "taker": taker,
                "amount": amount,
                "key": key,
                "made_at": moment,
                "until": until,
            },
        )
        if not new and kept.taker_id != taker.pk:
            todo = Both("새 주문에는 새 열쇠를 쓰십시오", "take a new key for a new hold")
            raise LedgerError(
                Both("이 열쇠는 다른 사람의 주문을 잡아 두고 있습니다", "this key holds an amount for somebody else"),
                Where(value=key),
                todo,
            )
    return kept


@dataclass(frozen=True, kw_only=True)
class HoldDraft:
    """What is to be held: the movement into ``held``, for whom, and until when."""

    move: Draft
    taker: Account
    until: dt.datetime


def hold_all(drafts: Sequence[HoldDraft]) -> list[Hold]:
    """Hold many new amounts of one book inside the caller's transaction; return the holds in order.

    Raises:
        NotTogether: one of them is not new or can't be held; the caller rolls back and holds one by one.
    """
    numbers = write_all([draft.move for draft in drafts])
    return Hold.objects.bulk_create(
        [
            Hold(
                book_id=draft.move.giver.book_id, transfer_id=number, giver_id=draft.move.giver.pk,
                held_id=draft.move.taker.pk, taker_id=draft.taker.pk, amount=draft.move.amount, key=draft.move.key,
                made_at=draft.move.at or timezone.now(), until=draft.until,
            )
            for draft, number in zip(drafts, numbers, strict=True)
        ]
    )  # fmt: skip


def post_all(kept: Sequence[Hold], *, event_day: dt.date, at: dt.datetime) -> None:
    """Give what many holds of one book keep to their takers, inside the caller's transaction.

    Raises:
        NotTogether: one of them is not pending any more; the caller rolls back and posts one by one.
    """
    pending = Hold.objects.filter(pk__in=[one.pk for one in kept], state=Hold.State.PENDING, until__gt=at)
    if pending.update(state=Hold.State.POSTED, settled_at=at) < len(kept):
        raise NotTogether
    write_all([
        Draft(
            giver=one.held, taker=one.taker, amount=one.amount, key=f"hold/{one.pk}/post", kind="post",
            event_day=event_day, lot_day=event_day, at=at,
        )
        for one in kept
    ])  # fmt: skip


def post(kept: Hold, *, event_day: dt.date, at: dt.datetime | None = None) -> Moved:
    """Give what is held to its taker; posting it again changes nothing.

    Raises:
        LedgerError: it is void, or its time was over.
    """
    moment = at or timezone.now()
    with transaction.atomic():
        _settle(kept, Hold.State.POSTED, moment, until__gt=moment)
        held, taker = kept.held, kept.taker
        return move(held, taker, kept.amount, key=f"hold/{kept.pk}/post", kind="post", event_day=event_day, at=moment)


def void(kept: Hold, *, event_day: dt.date, at: dt.datetime | None = None) -> Moved:
    """Give what is held back to its giver; doing it again changes nothing.

    Raises:
        LedgerError: it is posted, or its time was over.
    """
    moment = at or timezone.now()
    with transaction.atomic():
        _settle(kept, Hold.State.VOID, moment)
        return _give_back(kept, event_day, moment)


def time_out_one(kept: Hold, *, at: dt.datetime) -> bool:
    """Give back a hold whose time is over; return whether this call did.

    Posted or made void by somebody else a moment ago, it is theirs and stays as it is.
    """
    with transaction.atomic():
        if late := _change(kept, Hold.State.TIMED_OUT, at, until__lte=at):
            _give_back(kept, timezone.localdate(at), at)
    return late


def _give_back(kept: Hold, event_day: dt.date, moment: dt.datetime) -> Moved:
    """Reverse the transfer that a hold began with: the points keep the age they had."""
    return reverse(kept.transfer_id, key=f"hold/{kept.pk}/back", kind="hold_back", event_day=event_day, at=moment)


def _settle(kept: Hold, state: Hold.State, moment: dt.datetime, **still: object) -> None:
    """Change a pending hold once; being asked again for the same is no error."""
    if _change(kept, state, moment, **still):
        return
    kept.refresh_from_db()
    if kept.state != state:
        over = kept.state == Hold.State.PENDING
        said = Both(_ENDED[kept.state], "its time is over" if over else f"it is {kept.state} already")
        raise LedgerError(
            Both(f"이미 끝난 일이라 바꿀 수 없습니다: {said.ko}", f"the hold can't become {state}: {said.en}"),
            Where(value=kept.key),
            Both("새로 신청하십시오", "hold the amount anew"),
        )


#: Why a hold stays as it is, by its state.
_ENDED = {
    Hold.State.PENDING: "기한이 지났습니다",
    Hold.State.POSTED: "이미 쓰였습니다",
    Hold.State.VOID: "이미 취소되었습니다",
    Hold.State.TIMED_OUT: "기한이 지나 돌려주었습니다",
}


def _change(kept: Hold, state: Hold.State, moment: dt.datetime, **still: object) -> bool:
    """Take a hold out of its pending state, if it is still in it; tell whether this call did."""
    pending = Hold.objects.filter(pk=kept.pk, state=Hold.State.PENDING, **still)
    return bool(pending.update(state=state, settled_at=moment))
