"""Writing a run's transfers from a SELECT: a fresh partition on PostgreSQL, the one table on SQLite; then sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.db import IntegrityError, connection

from madang.web.ledger.models import Batch, Book, Transfer
from madang.web.ledger.schema import SEAL_PARTITION
from madang.web.ledger.sealing import seal
from madang.web.ledger.writing import GIVEN, TAKEN

Side = Literal["giver", "taker"]


@dataclass(frozen=True)
class Run:
    """What all transfers of a run share."""

    book: Book
    name: str
    kind: str
    effect: Transfer.Effect
    event_day: dt.date
    rule_hash: str
    at: dt.datetime


def put_in(run: Run, select: str, values: Mapping[str, object], *, guarded: Side, rows: int | None = None) -> Batch:
    """Write what ``select`` gives (giver_id, taker_id, amount, mark, reverses, lot_day) as one sealed batch.

    ``guarded`` says which side carries balances; the other side carries none. ``rows`` is how many must come of it.
    Must run within a transaction.

    Raises:
        IntegrityError: ``select`` gives other than ``rows`` rows, or a row breaks a constraint.
    """
    batch = Batch.objects.create(book=run.book, kind=Batch.Kind.RUN, name=run.name, opened_at=run.at)
    said = {
        **values,
        "book": run.book.pk,
        "this": batch.pk,
        "kind": run.kind,
        "effect": int(run.effect),
        "event_day": run.event_day,
        "at": connection.ops.adapt_datetimefield_value(run.at),
        "rule_hash": run.rule_hash,
        "prefix": f"run/{batch.pk}/",
    }
    if connection.vendor == "postgresql":
        table, written = _insert_partition(batch, select, said, guarded)
    else:
        table, written = _insert(select, said)
    if rows is not None and written != rows:
        raise IntegrityError(f"{written} rows came of {rows}")
    _update_balances(run, batch, table, guarded)
    seal(batch, run.at)
    return batch


_ROW = (
    "%(this)s, %(book)s, %(this)s, giver_id, taker_id, amount, %(kind)s, %(effect)s, {event_day},"
    " coalesce(lot_day, {event_day}), {at}, %(prefix)s || mark, %(rule_hash)s, reverses"
)


def _insert(select: str, values: dict[str, object]) -> tuple[str, int]:
    """Insert into SQLite's one table; return its name and how many rows came."""
    row = _ROW.format(event_day="%(event_day)s", at="%(at)s")
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO ledger_transfer SELECT NULL, {row} FROM ({select}) AS s", values)
        return "ledger_transfer", cursor.rowcount


def _insert_partition(batch: Batch, select: str, values: dict[str, object], guarded: Side) -> tuple[str, int]:
    """Fill a table of the run's own, index it, and attach it as a partition; return its name and how many rows came.

    Nobody sees it before it is whole, and no index of the live table is touched.
    """
    table = f"ledger_transfer_{batch.pk:d}"
    row = _ROW.format(event_day="%(event_day)s::date", at="%(at)s::timestamptz")
    row = row.replace("coalesce(lot_day,", "coalesce(lot_day::date,").replace("reverses", "reverses::bigint")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} (LIKE ledger_transfer INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        cursor.execute(f"INSERT INTO {table} SELECT nextval('ledger_transfer_ids'), {row} FROM ({select}) AS s", values)
        written = cursor.rowcount
        cursor.execute(f"CREATE UNIQUE INDEX ON {table} ({guarded}_id, coalesce(reverses, 0))")
        cursor.execute(f"CREATE UNIQUE INDEX ON {table} (id)")
        if values["effect"] >= Transfer.Effect.UNDO_MOVE:
            cursor.execute(f"CREATE UNIQUE INDEX ON {table} (reverses)")
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_part CHECK (part = {batch.pk:d})")
        cursor.execute(f"ALTER TABLE ledger_transfer ATTACH PARTITION {table} FOR VALUES IN ({batch.pk:d})")
        for statement in SEAL_PARTITION:
            cursor.execute(statement.format(table=table))
        cursor.execute(f"ANALYZE {table}")
    return table, written


def _update_balances(run: Run, batch: Batch, table: str, guarded: Side) -> None:
    """Bring the guarded side's counters up by what the run moved; the database refuses what would overdraw."""
    counter, sign = (GIVEN if guarded == "giver" else TAKEN)[run.effect]
    way, change = "-" if guarded == "giver" else "+", "+" if sign > 0 else "-"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE ledger_account SET balance = balance {way} m.amount, {counter} = {counter} {change} m.amount"
            f" FROM (SELECT {guarded}_id AS account, CAST(sum(amount) AS bigint) AS amount FROM {table}"
            f" WHERE part = %s GROUP BY {guarded}_id) AS m WHERE ledger_account.id = m.account",
            [batch.pk],
        )
