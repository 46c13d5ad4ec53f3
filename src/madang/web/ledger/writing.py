"""The one place where single transfers are written: one conditional update of the guarded side and one insert."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from madang.core.errors import Both, LedgerError, Overdrawn, UsageError, Where
from madang.web.ledger.locks import BOOKS
from madang.web.ledger.models import Account, Transfer

Effect = Transfer.Effect
AMOUNT_MAX = 2**53
#: Which counter of a guarded account an effect moves, and which way: when it gives, when it takes.
GIVEN = {Effect.MOVE: ("debited", 1), Effect.EXPIRE: ("expired", 1), Effect.UNDO_MOVE: ("credited", -1)}
TAKEN = {Effect.MOVE: ("credited", 1), Effect.UNDO_MOVE: ("debited", -1), Effect.UNDO_EXPIRE: ("expired", -1)}
_COLUMNS = (
    "id, part, book_id, batch_id, giver_id, taker_id, amount, kind, effect, event_day, lot_day, posted_at, key,"
    " rule_hash, reverses"
)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A transfer before it is written."""

    giver: Account
    taker: Account
    amount: int
    key: str
    kind: str
    event_day: dt.date
    lot_day: dt.date
    effect: Effect = Effect.MOVE
    rule_hash: str = ""
    reverses: int | None = None
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Moved:
    """What became of a movement: its transfer, and whether this call or an earlier one made it."""

    transfer_id: int
    replayed: bool


#: PostgreSQL's one statement; the function behind it is in ``schema``.
POSTGRESQL_MOVE = (
    f"SELECT ledger_move({BOOKS}, %(book)s, %(giver)s, %(gives_guarded)s, %(taker)s, %(takes_guarded)s, %(amount)s,"
    " %(kind)s, %(effect)s, %(event_day)s::date, %(lot_day)s::date, %(at)s::timestamptz, %(key)s, %(rule_hash)s,"
    " %(reverses)s)"
)


def write(draft: Draft) -> Moved:
    """Write a transfer, or find the one that the same key wrote before; all of it or nothing.

    Raises:
        Overdrawn: the giver is guarded and holds less.
        LedgerError: the key moved something else before, or an account is closed.
        UsageError: the movement makes no sense.
    """
    check_draft(draft)
    refused: IntegrityError | None = None
    try:
        written = _write_postgresql(draft) if connection.vendor == "postgresql" else _write_sqlite(draft)
    except IntegrityError as error:
        # Somebody else wrote this key, or reversed this transfer, a moment ago: then what they wrote is the answer.
        written, refused = None, error
    return Moved(written, replayed=False) if written is not None else _explain(draft, refused)


def _write_postgresql(draft: Draft) -> int | None:
    """Write in one round trip; in a transaction of the caller's, a refusal undoes no more than itself."""
    if not connection.in_atomic_block:
        return _call(draft)
    with transaction.atomic():
        return _call(draft)


def _call(draft: Draft) -> int | None:
    """Call the database's function and return the transfer's number, None where nothing was written."""
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL_MOVE, values_of(draft))
        written = cursor.fetchone()[0]
    return None if written is None else int(written)


def _write_sqlite(draft: Draft) -> int | None:
    """Write statement by statement: the only writer there is holds the database from the first of them."""
    values = values_of(draft)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 WHERE {_unseen(draft)}", values)
        if cursor.fetchone() is None:
            return None
        for name, account, side in (("given", draft.giver, GIVEN), ("taken", draft.taker, TAKEN)):
            if account.guarded:
                cursor.execute(_update(name, side, draft), values)
                if not cursor.rowcount:
                    transaction.set_rollback(True)
                    return None
        cursor.execute(
            f"INSERT INTO ledger_transfer ({_COLUMNS}) SELECT NULL, 0, {_fields()} FROM ledger_batch AS b"
            f" WHERE b.book_id = %(book)s AND b.kind = 'journal' AND b.sealed_at IS NULL",
            values,
        )
        return int(cursor.lastrowid)


def _unseen(draft: Draft) -> str:
    """Return the condition that neither this key nor, for a reversal, this original was written before."""
    said = "NOT EXISTS (SELECT 1 FROM ledger_transfer WHERE part = 0 AND key = %(key)s)"
    if draft.reverses is not None:
        said += " AND NOT EXISTS (SELECT 1 FROM ledger_transfer WHERE reverses = %(reverses)s)"
    return said


def _update(name: str, sides: dict[Effect, tuple[str, int]], draft: Draft) -> str:
    """Return the conditional update of one guarded account."""
    counter, sign = sides[draft.effect]
    way, move = ("-", "given") if name == "given" else ("+", "taken")
    said = (
        f"UPDATE ledger_account SET balance = balance {way} %(amount)s,"
        f" {counter} = {counter} {'+' if sign > 0 else '-'} %(amount)s"
        f" WHERE id = %({'giver' if move == 'given' else 'taker'})s AND closed_at IS NULL"
    )
    return said + " AND balance >= %(amount)s" if move == "given" else said


def _fields() -> str:
    """Return the values of a row from ``book_id`` on, with the open journal as its batch."""
    return (
        "%(book)s, b.id, %(giver)s, %(taker)s, %(amount)s, %(kind)s, %(effect)s, %(event_day)s, %(lot_day)s, %(at)s,"
        " %(key)s, %(rule_hash)s, %(reverses)s"
    )


def values_of(draft: Draft) -> dict[str, object]:
    """Return what the statements' places stand for."""
    at = draft.at or timezone.now()
    return {
        "book": draft.giver.book_id,
        "giver": draft.giver.pk,
        "gives_guarded": draft.giver.guarded,
        "taker": draft.taker.pk,
        "takes_guarded": draft.taker.guarded,
        "amount": draft.amount,
        "kind": draft.kind,
        "effect": int(draft.effect),
        "event_day": draft.event_day,
        "lot_day": draft.lot_day,
        "at": connection.ops.adapt_datetimefield_value(at),
        "key": draft.key,
        "rule_hash": draft.rule_hash,
        "reverses": draft.reverses,
    }


def check_draft(draft: Draft) -> None:
    """Raise where a movement makes no sense, before the database is asked."""
    if not 0 < draft.amount <= AMOUNT_MAX or isinstance(draft.amount, bool) or not isinstance(draft.amount, int):
        raise UsageError(
            Both("양은 0보다 큰 정수입니다", "an amount is a whole number above zero"),
            Where(value=draft.amount),
            Both("그런 수를 주십시오", "give such a number"),
        )
    if draft.giver.book_id != draft.taker.book_id or draft.giver.pk == draft.taker.pk:
        raise UsageError(
            Both("거래는 한 장부의 두 계정 사이에서 합니다", "a movement goes between two accounts of one book"),
            Where(value=draft.key),
        )
    if not draft.key or len(draft.key) > 160 or draft.key.startswith("run/"):
        raise UsageError(
            Both(
                "열쇠는 1~160자이고 run/으로 시작하지 않습니다",
                "a key has 1 to 160 characters and does not begin with run/",
            ),
            Where(value=draft.key),
        )


def _find(key: str) -> Transfer | None:
    """Return the transfer that a key wrote, if any."""
    return Transfer.objects.filter(part=0, key=key).first()


def _is_reversed(draft: Draft) -> bool:
    """Tell whether what a draft would reverse is reversed already."""
    return draft.reverses is not None and Transfer.objects.filter(reverses=draft.reverses).exists()


def _explain(draft: Draft, refused: IntegrityError | None) -> Moved:
    """Return the earlier transfer of the same key, or raise what kept this one from being written."""
    before = _find(draft.key)
    if before is not None:
        same = (before.giver_id, before.taker_id, before.amount, before.kind, before.effect, before.reverses)
        if same != (draft.giver.pk, draft.taker.pk, draft.amount, draft.kind, int(draft.effect), draft.reverses):
            todo = Both("새 거래에는 새 열쇠를 쓰십시오", "take a new key for a new movement")
            raise LedgerError(
                Both("이 열쇠는 다른 거래에 쓰였습니다", "this key has moved something else"),
                Where(value=draft.key),
                todo,
            )
        return Moved(before.pk, replayed=True)
    if _is_reversed(draft):
        raise LedgerError(
            Both("이미 되돌린 거래입니다", "this transfer is reversed already"),
            Where(value=draft.reverses),
            Both("할 일이 없습니다", "there is nothing to do"),
        )
    for account in (draft.giver, draft.taker):
        now = Account.objects.get(pk=account.pk)
        if now.closed_at is not None:
            raise LedgerError(
                Both("닫힌 계정입니다", "the account is closed"),
                Where(value=str(now)),
                Both("포인트가 드나들 수 없습니다", "nothing can move in or out of it"),
            )
    if refused is not None:
        raise refused
    holds = Account.objects.values_list("balance", flat=True).get(pk=draft.giver.pk)
    book = draft.giver.book
    raise Overdrawn(
        Both(
            f"{book.says_ko}: 가진 것은 {holds:,}이고, 필요한 것은 {draft.amount:,}입니다",
            f"{book.says_en}: the account holds {holds:,}, which is less than {draft.amount:,}",
        ),
        Where(value=str(draft.giver)),
        Both("더 적게 고르십시오", "take a smaller amount"),
    )
