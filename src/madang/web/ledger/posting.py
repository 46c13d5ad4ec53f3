"""Posting many transfers as one sealed batch: set-based, all or nothing, and only once for each run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from madang.core.errors import Both, LedgerError, Where
from madang.web.ledger import staging
from madang.web.ledger.locks import hold_book, hold_name
from madang.web.ledger.models import Account, Batch, Book, Transfer
from madang.web.ledger.runs import Run, put_in

Effect = Transfer.Effect


@dataclass(frozen=True)
class Posted:
    """What became of a run: its batch, how many transfers and how much this call added (0 where it was there)."""

    batch: Batch
    added: int
    amount: int
    #: It was there already; a new run that finds nothing to move adds 0 too.
    replayed: bool = False


def post_batch(
    book: Book,
    name: str,
    issuer: Account,
    rows: Iterable[tuple[str, int]],
    *,
    kind: str,
    event_day: dt.date,
    to_kind: str = "member",
    rule_hash: str = "",
    at: dt.datetime | None = None,
) -> Posted:
    """Give every owner of ``rows`` (owner, amount) an amount from the issuer, as one sealed batch of this name.

    The same run posted again adds nothing; a run of the same name with other rows is an error.

    Raises:
        DataError: a row's amount is not above zero or its owner stands there twice.
        LedgerError: an owner has no open account, or a batch of this name holds other rows.
    """
    if issuer.guarded or issuer.book_id != book.pk:
        raise LedgerError(
            Both(
                "일괄 지급은 같은 장부의, 잔액 없는 발행 계정이 합니다",
                "a run is given out by an issuer of its own book, which carries no balance",
            ),
            Where(value=name),
        )
    with transaction.atomic():
        hold_name(f"ledger run {book.pk} {name}")
        staged = staging.stage(rows)
        before = Batch.objects.filter(book=book, name=name).first()
        if before is not None:
            staging.check(book.pk, to_kind)
            _check_same(before, issuer, to_kind, kind)
            staging.drop()
            return Posted(before, 0, 0, replayed=True)
        run = Run(book, name, kind, Effect.MOVE, event_day, rule_hash, at or timezone.now())
        batch = _put_in_staged(run, issuer, to_kind, staged)
        staging.drop()
    return Posted(batch, batch.transfers or 0, batch.amount or 0)


def _put_in_staged(run: Run, issuer: Account, to_kind: str, staged: int) -> Batch:
    """Write what is staged as one sealed batch; where the database refuses it, say which row is at fault.

    The constraints that guard the rows find a wrong one as they are written; asking beforehand would take as long as a
    tenth of the run.
    """
    select = (
        "SELECT %(issuer)s AS giver_id, a.id AS taker_id, s.amount AS amount, s.owner AS mark,"
        " NULL AS reverses, NULL AS lot_day FROM ledger_staged AS s JOIN ledger_account AS a"
        " ON a.book_id = %(book)s AND a.kind = %(to_kind)s AND a.owner = s.owner AND a.closed_at IS NULL"
    )
    values = {"issuer": issuer.pk, "to_kind": to_kind}
    try:
        with transaction.atomic():
            return put_in(run, select, values, guarded="taker", rows=staged)
    except IntegrityError:
        staging.check(run.book.pk, to_kind)
        raise


def reverse_batch(
    batch: Batch, *, event_day: dt.date, leave_spent: bool = False, at: dt.datetime | None = None
) -> tuple[Posted, int]:
    """Take a whole run back as a run of its own; return it and how many transfers had to be left.

    Transfers that were reversed one by one are passed over. Where takers have spent what they were given, nothing is
    taken back unless ``leave_spent`` says to leave those.

    Raises:
        LedgerError: the batch is a journal or a reversal itself, or takers hold less than they were given.
    """
    if batch.kind != Batch.Kind.RUN or batch.name.startswith("reversal of "):
        raise LedgerError(
            Both("일괄 지급만 통째로 되돌릴 수 있습니다", "only a run is taken back as a whole"),
            Where(value=batch.name),
            Both("거래를 하나씩 되돌리십시오", "reverse single transfers"),
        )
    name = f"reversal of {batch.name}"
    with transaction.atomic():
        hold_book(batch.book_id)
        before = Batch.objects.filter(book_id=batch.book_id, name=name).first()
        if before is not None:
            return Posted(before, 0, 0, replayed=True), (batch.transfers or 0) - (before.transfers or 0)
        left = _count_spent(batch)
        if left and not leave_spent:
            said = Both(
                f"{batch.name!r}에서 받은 {left:,}명이 받은 것을 이미 썼거나 잃었습니다",
                f"{left:,} takers of {batch.name!r} have spent or lost what it gave them",
            )
            raise LedgerError(
                said,
                Where(value=batch.name),
                Both("그 회원들은 남기고 하나씩 정리하십시오", "leave those, and settle with them one by one"),
            )
        run = Run(batch.book, name, "reversal", Effect.UNDO_MOVE, event_day, "", at or timezone.now())
        reversal = put_in(run, _REVERSED, {"batch": batch.pk}, guarded="giver")
    return Posted(reversal, reversal.transfers or 0, reversal.amount or 0), left


_REVERSIBLE = """
    FROM ledger_transfer AS t JOIN ledger_account AS a ON a.id = t.taker_id
    JOIN ledger_book AS k ON k.id = t.book_id
    LEFT JOIN ledger_transfer AS r ON r.reverses = t.id
    WHERE t.batch_id = %(batch)s AND r.id IS NULL
"""
_COVERED = "a.balance >= t.amount AND a.closed_at IS NULL AND (k.expired_to IS NULL OR t.lot_day > k.expired_to)"
_REVERSED = (
    "SELECT t.taker_id AS giver_id, t.giver_id AS taker_id, t.amount AS amount, t.id AS mark, t.id AS reverses,"
    f" t.lot_day AS lot_day {_REVERSIBLE} AND {_COVERED}"
)


def _count_spent(batch: Batch) -> int:
    """Return how many transfers of a run can't be taken back."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_REVERSIBLE} AND NOT ({_COVERED})", {"batch": batch.pk})
        return int(cursor.fetchone()[0])


def _check_same(batch: Batch, issuer: Account, to_kind: str, kind: str) -> None:
    """Raise where a batch of this name holds other rows than those staged."""
    posted = (
        "SELECT a.owner, t.amount FROM ledger_transfer AS t JOIN ledger_account AS a ON a.id = t.taker_id"
        " WHERE t.part = %(part)s AND t.batch_id = %(batch)s AND t.giver_id = %(issuer)s AND a.kind = %(to_kind)s"
        " AND t.kind = %(kind)s"
    )
    staged = "SELECT owner, amount FROM ledger_staged"
    values = {"part": part_of(batch), "batch": batch.pk, "issuer": issuer.pk, "to_kind": to_kind, "kind": kind}
    with connection.cursor() as cursor:
        for one, other in ((staged, posted), (posted, staged)):
            cursor.execute(f"SELECT owner, amount FROM ({one} EXCEPT {other}) AS d ORDER BY owner LIMIT 1", values)
            if (row := cursor.fetchone()) is not None:
                todo = Both(
                    "기록한 줄은 바뀌지 않습니다. 고친 것은 다른 일괄 지급으로 기록하십시오",
                    "a run's rows never change: post the correction as a run of its own",
                )
                raise LedgerError(
                    Both(
                        f"이 일괄 지급은 다른 줄로 이미 기록되었습니다: {batch.name!r}",
                        f"run {batch.name!r} was posted with other rows",
                    ),
                    Where(column="owner", value=row[0]),
                    todo,
                )


def part_of(batch: Batch) -> int:
    """Return the part of the table in which a batch's transfers lie."""
    return batch.pk if batch.kind == Batch.Kind.RUN else 0
