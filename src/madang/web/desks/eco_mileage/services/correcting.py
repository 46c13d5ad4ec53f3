"""What stands in the ledger for a window, and bringing it to another settlement by reversing and new transfers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import polars as pl
from django.db import connection, transaction

from madang.core.errors import LedgerError
from madang.web.desks.eco_mileage.services import books
from madang.web.ledger.models import Transfer
from madang.web.ledger.moving import move, reverse


@dataclass(frozen=True)
class Corrected:
    """What a posting did: transfers added and their points; corrections made; those that could not be covered."""

    added: int = 0
    points: int = 0
    corrected: int = 0
    uncovered: tuple[int, ...] = ()

    def __add__(self, other: Corrected) -> Corrected:
        """Return both together."""
        return Corrected(
            self.added + other.added,
            self.points + other.points,
            self.corrected + other.corrected,
            self.uncovered + other.uncovered,
        )

    def told(self) -> dict[str, object]:
        """Return it as the audit trail keeps it."""
        return asdict(self)


def labelled(kind: str, month: dt.date) -> str:
    """Return the kind of a window's transfers."""
    return f"{kind} {month:%Y-%m}"


def standing(kind: str, months: Sequence[dt.date]) -> pl.DataFrame:
    """Return what is paid and not taken back for windows: member_id, first_month, stands, transfer_id, batch_id."""
    labels = {labelled(kind, month): month for month in months}
    shape = dict.fromkeys(("member_id", "label", "stands", "transfer_id", "batch_id"), pl.Int64) | {"label": pl.String}
    rows: list[tuple[object, ...]] = []
    if labels:
        places = ", ".join(["%s"] * len(labels))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT CAST(a.owner AS bigint), t.kind, t.amount, t.id, t.batch_id FROM ledger_transfer AS t"
                " JOIN ledger_account AS a ON a.id = t.taker_id LEFT JOIN ledger_transfer AS r ON r.reverses = t.id"
                f" WHERE t.book_id = %s AND t.effect = 0 AND r.id IS NULL AND t.kind IN ({places})",
                [books.points().pk, *labels],
            )
            rows = cursor.fetchall()
    frame = pl.DataFrame(rows, schema=shape, orient="row")
    months_of = pl.DataFrame(
        {"label": list(labels), "first_month": list(labels.values())},
        schema={"label": pl.String, "first_month": pl.Date},
    )
    return frame.join(months_of, on="label").drop("label")


def key_of(mark: str, kind: str, month: dt.date) -> str:
    """Return how the keys of a correction's transfers begin."""
    return f"correct/{labelled(kind, month)}/{mark}/"


def corrected_from(mark: str, kind: str, month: dt.date) -> pl.DataFrame:
    """Return what stood before a correction of a window, of those whom it changed: member_id, points."""
    key = key_of(mark, kind, month)
    moves = Transfer.objects.filter(part=0, key__startswith=key).values_list("key", "reverses", "amount")
    before: dict[int, int] = {}
    for said, reverses, amount in moves.iterator():
        number = int(said.removeprefix(key).partition("/")[0])
        before[number] = before.get(number, 0) + (0 if reverses is None else amount)
    return pl.DataFrame(
        {"member_id": list(before), "points": list(before.values())},
        schema={"member_id": pl.Int64, "points": pl.Int64},
    )


def correct(mark: str, kind: str, month: dt.date, rows: pl.DataFrame, day: dt.date, rule_hash: str) -> Corrected:
    """Bring a window that is paid to what ``rows`` (member_id, points) say: new transfers, old ones reversed, no edit.

    ``mark`` tells this correction from every other one of the window.

    What a member has spent already can't be taken back; such members are named and keep what stands.
    """
    stands = standing(kind, [month])
    wanted = rows.join(stands, on="member_id", how="left").with_columns(pl.col("stands").fill_null(0))
    changed = wanted.filter(pl.col("points") != pl.col("stands")).sort("member_id")
    city, label, uncovered, done = books.sink("city"), labelled(kind, month), [], 0
    for row in changed.iter_rows(named=True):
        number, member = row["member_id"], books.member_account(row["member_id"])
        key = f"{key_of(mark, kind, month)}{number}"
        try:
            with transaction.atomic():
                # The new award first, so that what was spent of the old one stays covered by it.
                if row["points"]:
                    move(city, member, row["points"], key=f"{key}/new", kind=label, event_day=day, rule_hash=rule_hash)
                if row["transfer_id"] is not None:
                    reverse(row["transfer_id"], key=f"{key}/old", event_day=day, kind="correction")
        except LedgerError:
            uncovered.append(int(number))
            continue
        done += 1
    return Corrected(corrected=done, uncovered=tuple(uncovered))
