"""Bringing many rows to the database at once: COPY into a temporary table on PostgreSQL, bulk inserts on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection

from madang.core.errors import Both, DataError, LedgerError, Where

_LINES_A_BLOCK = 20_000
_BAD = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_EMPTY = "DROP TABLE IF EXISTS ledger_staged"
_SHAPE = "CREATE TEMPORARY TABLE ledger_staged (owner varchar(120) NOT NULL, amount bigint NOT NULL)"


def stage(rows: Iterable[tuple[str, int]]) -> int:
    """Put rows of owner and amount into the temporary table ``ledger_staged``; return how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY)
        cursor.execute(_SHAPE)
        if connection.vendor == "postgresql":
            with cursor.copy("COPY ledger_staged (owner, amount) FROM STDIN") as copy:
                for block in _blocks(rows):
                    copy.write("".join([f"{owner.translate(_BAD)}\t{amount:d}\n" for owner, amount in block]))
            cursor.execute("ANALYZE ledger_staged")
        else:
            for block in _blocks(rows):
                cursor.executemany("INSERT INTO ledger_staged (owner, amount) VALUES (%s, %s)", block)
        cursor.execute("SELECT count(*) FROM ledger_staged")
        return int(cursor.fetchone()[0])


def drop() -> None:
    """Forget what is staged."""
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY)


def check(book_id: int, kind: str) -> None:
    """Raise where a staged row can't be posted to an open account of this kind.

    Raises:
        DataError: an amount is not above zero, or an owner stands there twice.
        LedgerError: an owner has no open account.
    """
    wrong = _first("SELECT owner, amount FROM ledger_staged WHERE amount <= 0 ORDER BY owner LIMIT 1")
    if wrong:
        raise DataError(
            Both("기록할 양이 0보다 크지 않습니다", "an amount to post is not above zero"),
            Where(column="amount", value=wrong[1]),
            Both("빼십시오", "leave it out"),
        )
    twice = _first(
        "SELECT owner, count(*) FROM ledger_staged GROUP BY owner HAVING count(*) > 1 ORDER BY owner LIMIT 1"
    )
    if twice:
        raise DataError(
            Both("같은 사람이 두 번 있습니다", "an owner stands there twice"),
            Where(column="owner", value=twice[0]),
            Both("한 사람에 한 줄만 두십시오", "give each owner one row"),
        )
    unknown = _first(
        "SELECT s.owner, count(*) OVER () FROM ledger_staged AS s LEFT JOIN ledger_account AS a"
        " ON a.book_id = %s AND a.kind = %s AND a.owner = s.owner AND a.closed_at IS NULL"
        " WHERE a.id IS NULL ORDER BY s.owner LIMIT 1",
        [book_id, kind],
    )
    if unknown:
        said = Both(
            f"{kind!r} 계정이 열려 있지 않은 사람이 {unknown[1]:,}명 있습니다",
            f"{unknown[1]:,} owners have no open account of the kind {kind!r}",
        )
        raise LedgerError(
            said,
            Where(column="owner", value=unknown[0]),
            Both("먼저 계정을 열거나 빼십시오", "open their accounts first, or leave them out"),
        )


def _first(sql: str, values: Iterable[object] = ()) -> tuple[object, ...] | None:
    """Return the first row of a question."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return cursor.fetchone()


def _blocks(rows: Iterable[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    """Cut rows into lists."""
    source = iter(rows)
    while block := list(islice(source, _LINES_A_BLOCK)):
        yield block
