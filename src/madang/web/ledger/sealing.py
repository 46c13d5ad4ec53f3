"""Sealing batches in a chain of hashes, cutting the journal, and taking pictures of balances at such a boundary."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone

from madang.core.errors import Both, LedgerError, VerifyError, Where
from madang.web.ledger.locks import hold_book, hold_name
from madang.web.ledger.models import Batch, Book

_LINE = "id, giver_id, taker_id, amount, kind, effect, event_day, lot_day, {moment}, key, rule_hash, reverses"
#: The same line as one text, where the database does not write lines itself. Words that hold what parts cells are rare
#: and cost most of the time: they are escaped only where the lines, written without, turn out to hold any.
_AS_TEXT = "printf('%d\t%d\t%d\t%d\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n', " + _LINE[:-8] + "coalesce(reverses, '\\N'))"
_ESCAPED = (
    "replace(replace(replace(replace({0}, char(92), char(92, 92)), char(9), '\\t'), char(10), '\\n'), char(13), '\\r')"
    " AS {0}"
)
_BLOCK_ROWS = 5_000
_MOMENT = {
    "postgresql": "to_char(posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "sqlite": "CASE WHEN length(posted_at) = 19 THEN posted_at || '.000000' ELSE posted_at END",
}


def seal(batch: Batch, at: dt.datetime) -> None:
    """Seal a batch: count and hash its rows and chain it to the batch sealed before. Within a transaction."""
    hold_name(f"ledger chain {batch.book_id}")
    last = _last(batch.book_id)
    batch.place = (last.place or 0) + 1 if last else 1
    batch.previous_sha256 = last.chain_sha256 if last else ""
    batch.transfers, batch.amount, batch.content_sha256 = _weigh(batch)
    batch.chain_sha256 = _link(batch)
    batch.sealed_at = at
    batch.save()


def seal_journal(book: Book, *, at: dt.datetime | None = None, picture: bool = False) -> Batch:
    """Seal the open journal and open the next; ``picture`` keeps every guarded balance as it stands there.

    Whoever is writing is waited for: nothing that commits later can belong to what is sealed.
    """
    moment = at or timezone.now()
    with transaction.atomic():
        hold_book(book.pk)
        journal = Batch.objects.get(book=book, kind=Batch.Kind.JOURNAL, sealed_at=None)
        seal(journal, moment)
        number = Batch.objects.filter(book=book, kind=Batch.Kind.JOURNAL).count() + 1
        Batch.objects.create(book=book, kind=Batch.Kind.JOURNAL, name=f"journal-{number}", opened_at=moment)
        if picture:
            _take_picture(book, journal)
    return journal


def check_chain(book: Book) -> int:
    """Recompute every sealed batch's hash and link; return how many there are.

    Raises:
        VerifyError: a batch's rows, its place or its link are not what was sealed.
    """
    before, sealed = "", 0
    for batch in Batch.objects.filter(book=book, place__isnull=False).order_by("place"):
        sealed += 1
        content = _weigh(batch)
        if content != (batch.transfers, batch.amount, batch.content_sha256) or batch.place != sealed:
            raise VerifyError(
                Both("봉인한 묶음의 줄이 봉인할 때와 다릅니다", "a sealed batch holds other rows than were sealed"),
                Where(value=batch.name),
                _TODO,
            )
        if batch.previous_sha256 != before or batch.chain_sha256 != _link(batch):
            raise VerifyError(
                Both("봉인한 묶음의 사슬이 끊어졌습니다", "the chain of sealed batches is broken"),
                Where(value=batch.name),
                _TODO,
            )
        before = batch.chain_sha256
    return sealed


_TODO = Both(
    "마지막으로 저장한 사이트를 되살려 지금 것과 견주십시오",
    "bring back the last saved site and compare it with this one",
)


def _take_picture(book: Book, journal: Batch) -> None:
    """Keep the counters of every guarded account; the book is held, so nothing moves meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_snapshot (batch_id, account_id, balance, credited, debited, expired)"
            " SELECT %s, id, balance, credited, debited, expired FROM ledger_account"
            " WHERE book_id = %s AND guarded = %s",
            [journal.pk, book.pk, True],
        )


def _link(batch: Batch) -> str:
    """Return the hash that chains a batch to the one before."""
    parts = (batch.previous_sha256, batch.name, batch.place, batch.transfers, batch.amount, batch.content_sha256)
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def _weigh(batch: Batch) -> tuple[int, int, str]:
    """Return a batch's count, its total, and the hash of its rows in the order of their numbers."""
    part = batch.pk if batch.kind == Batch.Kind.RUN else 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(amount), 0) FROM ledger_transfer WHERE part = %s AND batch_id = %s",
            [part, batch.pk],
        )
        count, total = cursor.fetchone()
    digest = hashlib.sha256()
    for block in _lines(part, batch.pk):
        digest.update(block)
    return int(count), int(total), digest.hexdigest()


def _lines(part: int, batch_id: int) -> Iterator[bytes]:
    """Give a batch's rows as PostgreSQL copies them out, in blocks; the same bytes on both databases."""
    where = f"FROM ledger_transfer WHERE part = {part:d} AND batch_id = {batch_id:d} ORDER BY id"
    moment = _MOMENT[connection.vendor]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY (SELECT {_LINE.format(moment=moment)} {where}) TO STDOUT") as copy:
                yield from (bytes(block) for block in copy)
            return
        cursor.execute(f"SELECT {_AS_TEXT.format(moment=moment)} {where}")
        last = 0
        while rows := cursor.fetchmany(_BLOCK_ROWS):
            block = "".join([line for (line,) in rows]).encode()
            if _is_awkward(block, len(rows)):
                yield from _escaped_lines(part, batch_id, last)
                return
            yield block
            last = int(rows[-1][0].partition("\t")[0])


def _is_awkward(block: bytes, rows: int) -> bool:
    """Tell whether a word in a block of lines holds what parts cells or lines, or begins an escape."""
    parted = block.count(b"\t") == rows * _LINE.count(",") and block.count(b"\n") == rows
    return not parted or b"\r" in block or block.count(b"\\") != block.count(b"\t\\N\n")


def _escaped_lines(part: int, batch_id: int, after: int) -> Iterator[bytes]:
    """Give SQLite's rows after a number, words in them written as PostgreSQL writes them when it copies."""
    escaped = ", ".join(_ESCAPED.format(name) for name in ("kind", "key", "rule_hash"))
    same = "id, giver_id, taker_id, amount, effect, event_day, lot_day, posted_at, reverses"
    rows = f"FROM ledger_transfer WHERE part = {part:d} AND batch_id = {batch_id:d} AND id > {after:d}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_AS_TEXT.format(moment=_MOMENT['sqlite'])} FROM (SELECT {same}, {escaped} {rows}) AS plain"
            " ORDER BY id"
        )
        while lines := cursor.fetchmany(_BLOCK_ROWS):
            yield "".join([line for (line,) in lines]).encode()


def _last(book_id: int) -> Batch | None:
    """Return the batch of a book sealed last, if any is."""
    return Batch.objects.filter(book_id=book_id, place__isnull=False).order_by("-place").first()


def last_sealed(book: Book) -> Batch:
    """Return the batch sealed last.

    Raises:
        LedgerError: none is.
    """
    last = _last(book.pk)
    if last is None:
        raise LedgerError(
            Both("이 장부에는 아직 봉인한 묶음이 없습니다", "no batch of this book is sealed yet"),
            Where(value=book.code),
            Both("분개장을 봉인하십시오", "seal its journal"),
        )
    return last
