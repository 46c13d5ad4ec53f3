"""Writing many plain transfers of one book at once: all of them, or none where one can't be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction

from madang.core.errors import Both, LedgerError, UsageError, Where
from madang.web.ledger.arrays import array
from madang.web.ledger.locks import BOOKS
from madang.web.ledger.writing import Draft, Effect, check_draft, values_of, write

_MOVE_ALL = (
    f"SELECT ledger_move_all({BOOKS}, %s, %s::bigint[], %s::bigint[], %s::bigint[], %s::varchar[], %s::date[],"
    " %s::timestamptz[], %s::varchar[], %s::varchar[])"
)
_IN_ORDER = ("giver", "taker", "amount", "kind", "event_day", "at", "key", "rule_hash")


class NotTogether(Exception):
    """One of several can't be written as it stands, or was written before: each must be tried by itself."""


def write_all(drafts: Sequence[Draft]) -> list[int]:
    """Write plain movements of one book inside the caller's transaction; return their numbers in order.

    Raises:
        NotTogether: a giver holds too little for all of them, a key was used, an account is closed. The caller rolls
            back and writes one by one, which says what is wrong with which.
        UsageError: they are not plain movements of one book, or a movement makes no sense.
    """
    if not drafts:
        return []
    book = drafts[0].giver.book_id
    if any(draft.giver.book_id != book or draft.effect != Effect.MOVE or draft.reverses for draft in drafts):
        raise UsageError(
            Both(
                "한 장부의 보통 거래만 한꺼번에 쓸 수 있습니다", "only plain movements of one book are written together"
            ),
            Where(value=book),
        )
    for draft in drafts:
        check_draft(draft)
    if len({draft.key for draft in drafts}) < len(drafts):
        raise NotTogether
    return _in_one_call(book, drafts) if connection.vendor == "postgresql" else _in_turn(drafts)


def _in_one_call(book: int, drafts: Sequence[Draft]) -> list[int]:
    """Write in one round trip, account by account and row by row at once."""
    rows = [values_of(draft) for draft in drafts]
    (written,) = call_at_once(_MOVE_ALL, [book, *(array([row[name] for row in rows]) for name in _IN_ORDER)])
    return [int(number) for number in written]


def call_at_once(statement: str, values: Sequence[object]) -> tuple[Any, ...]:
    """Call a function of PostgreSQL that writes many or none, in one round trip; return its row.

    Raises:
        NotTogether: the database refuses one of them, or answers NULL first.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            row: tuple[Any, ...] = cursor.fetchone()
    except IntegrityError as error:
        raise NotTogether from error
    if row[0] is None:
        raise NotTogether
    return row


def _in_turn(drafts: Sequence[Draft]) -> list[int]:
    """Write one after the other: SQLite has one writer, who holds the database until the transaction ends."""
    written = []
    with transaction.atomic():
        for draft in drafts:
            try:
                moved = write(draft)
            except LedgerError as error:
                raise NotTogether from error
            if moved.replayed:
                raise NotTogether
            written.append(moved.transfer_id)
    return written
