"""Expiry without lots: two counters of an account give what first-in-first-out lots would have lost.

With C(d) credited up to day d, D debited in all and X expired so far, what has expired once everything earned up to
day d is past its time is max(X, C(d) - D). A property test holds it against lots kept one by one.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.utils import timezone

from madang.core.errors import Both, LedgerError, Where
from madang.web.ledger.locks import hold_book
from madang.web.ledger.models import Account, Batch, Book, Transfer
from madang.web.ledger.posting import Posted
from madang.web.ledger.runs import Run, put_in

#: What every guarded account of a kind would lose if all it earned up to a day were past its time.
_DUE = """
    SELECT a.id AS account, a.owner AS owner, CASE WHEN c.earned - a.debited > a.expired
        THEN c.earned - a.debited - a.expired ELSE 0 END AS amount
    FROM ledger_account AS a JOIN (
        SELECT account, sum(amount) AS earned FROM (
            SELECT taker_id AS account, amount FROM ledger_transfer
            WHERE book_id = %(book)s AND effect = 0 AND lot_day <= %(earned_to)s
            UNION ALL
            SELECT giver_id AS account, -amount FROM ledger_transfer
            WHERE book_id = %(book)s AND effect = 2 AND lot_day <= %(earned_to)s
        ) AS legs GROUP BY account
    ) AS c ON c.account = a.id
    WHERE a.book_id = %(book)s AND a.kind = %(of_kind)s AND a.guarded = %(yes)s
"""


def expire(
    book: Book,
    sink: Account,
    *,
    earned_to: dt.date,
    event_day: dt.date,
    of_kind: str = "member",
    at: dt.datetime | None = None,
) -> Posted:
    """Move everything earned up to a day and not spent since to a sink, as one run; again for that day adds nothing.

    Raises:
        LedgerError: a later day has been expired already.
    """
    name = f"expiry of {of_kind} to {earned_to}"
    with transaction.atomic():
        # Nothing may be spent between the sum and the posting.
        hold_book(book.pk)
        before = Batch.objects.filter(book=book, name=name).first()
        if before is not None:
            return Posted(before, 0, 0, replayed=True)
        book.refresh_from_db()
        if book.expired_to is not None and book.expired_to > earned_to:
            raise LedgerError(
                Both("그 뒤에 쌓인 포인트가 이미 소멸했습니다", "what was earned later has expired already"),
                Where(day=book.expired_to),
                Both("더 뒤의 날을 고르십시오", "take a later day"),
            )
        select = (
            "SELECT account AS giver_id, %(sink)s AS taker_id, amount, owner AS mark, NULL AS reverses,"
            f" NULL AS lot_day FROM ({_DUE}) AS due WHERE amount > 0"
        )
        run = Run(book, name, "expiry", Transfer.Effect.EXPIRE, event_day, "", at or timezone.now())
        batch = put_in(run, select, _values(book, earned_to, of_kind) | {"sink": sink.pk}, guarded="giver")
        Book.objects.filter(pk=book.pk).update(expired_to=earned_to)
    return Posted(batch, batch.transfers or 0, batch.amount or 0)


def due(book: Book, *, earned_to: dt.date, of_kind: str = "member") -> list[tuple[str, int]]:
    """Return owner and amount of all that would expire if everything earned up to a day did: the coming notices."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT owner, amount FROM ({_DUE}) AS due WHERE amount > 0 ORDER BY owner",
            _values(book, earned_to, of_kind),
        )
        return [(str(owner), int(amount)) for owner, amount in cursor.fetchall()]


def _values(book: Book, earned_to: dt.date, of_kind: str) -> dict[str, object]:
    """Return what the places of the sum stand for."""
    return {"book": book.pk, "earned_to": earned_to, "of_kind": of_kind, "yes": True}
