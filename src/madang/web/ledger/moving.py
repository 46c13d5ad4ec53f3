"""Moving an amount from one account to another, and taking a movement back."""

from __future__ import annotations

import datetime as dt

from madang.core.errors import Both, LedgerError, Where
from madang.web.ledger.models import Account, Transfer
from madang.web.ledger.writing import Draft, Effect, Moved, write


def move(
    giver: Account,
    taker: Account,
    amount: int,
    *,
    key: str,
    kind: str,
    event_day: dt.date,
    rule_hash: str = "",
    at: dt.datetime | None = None,
) -> Moved:
    """Move an amount; the same key moves nothing twice. ``at`` is the ledger's clock, now where it is not given.

    Raises:
        Overdrawn: a guarded giver holds less.
        LedgerError: the key has moved something else, or an account is closed.
    """
    draft = Draft(
        giver=giver,
        taker=taker,
        amount=amount,
        key=key,
        kind=kind,
        event_day=event_day,
        lot_day=event_day,
        rule_hash=rule_hash,
        at=at,
    )
    return write(draft)


def reverse(
    transfer_id: int, *, key: str, event_day: dt.date, kind: str = "reversal", at: dt.datetime | None = None
) -> Moved:
    """Take a transfer back by a new one the other way; the first stays as it is.

    Raises:
        Overdrawn: what was given has been spent meanwhile.
        LedgerError: there is no such transfer, it is a reversal itself, it is reversed already, or what it gave has
            expired since.
    """
    original = Transfer.objects.select_related("giver__book", "taker__book").filter(pk=transfer_id).first()
    if original is None:
        raise LedgerError(
            Both("그런 거래가 없습니다", "there is no such transfer"),
            Where(value=transfer_id),
            Both("거래 내역에서 찾으십시오", "look it up in the history"),
        )
    if original.reverses is not None:
        raise LedgerError(
            Both("되돌린 거래는 다시 되돌릴 수 없습니다", "a reversal is not reversed"),
            Where(value=transfer_id),
            Both("새로 옮기십시오", "move the amount anew"),
        )
    _check_not_expired(original)
    undone = Effect.UNDO_EXPIRE if original.effect == Effect.EXPIRE else Effect.UNDO_MOVE
    draft = Draft(
        giver=original.taker,
        taker=original.giver,
        amount=original.amount,
        key=key,
        kind=kind,
        event_day=event_day,
        lot_day=original.lot_day,
        effect=undone,
        rule_hash=original.rule_hash,
        reverses=original.pk,
        at=at,
    )
    return write(draft)


def _check_not_expired(original: Transfer) -> None:
    """Raise where a credit is old enough to have expired: taking it back would take younger points instead."""
    expired_to = original.giver.book.expired_to
    is_credit = original.effect == Effect.MOVE and original.taker.guarded
    if is_credit and expired_to is not None and original.lot_day <= expired_to:
        todo = Both("먼저 소멸을 되돌리거나 그대로 두십시오", "reverse its expiry first, or leave it")
        raise LedgerError(
            Both(
                "이 거래로 받은 포인트를 이미 썼거나 소멸했습니다",
                "what this transfer gave has been spent or has expired",
            ),
            Where(day=original.lot_day),
            todo,
        )
