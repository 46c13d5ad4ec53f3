"""Checking a whole book: every balance is what its transfers make it, and nothing was made or lost on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connection, transaction

from madang.core.errors import Both, VerifyError, Where
from madang.web.ledger.models import Book
from madang.web.ledger.sealing import check_chain

#: A sum of whole numbers that stays one: PostgreSQL's own makes a decimal of each.
_SUM = {"postgresql": "ledger_sum(amount)", "sqlite": "sum(amount)"}
#: What each account gave and what it took, in how many rows. Every row has a giver, so that these count all rows.
_SIDES = """
    gives AS MATERIALIZED (
        SELECT giver_id, count(*) AS gave, coalesce({sum} FILTER (WHERE effect = 0), 0) AS moved,
            coalesce({sum} FILTER (WHERE effect = 2), 0) AS undone,
            coalesce({sum} FILTER (WHERE effect = 1), 0) AS expired
        FROM ledger_transfer WHERE book_id = %(book)s GROUP BY giver_id
    ), takes AS (
        SELECT taker_id, count(*) AS took, coalesce({sum} FILTER (WHERE effect = 0), 0) AS moved,
            coalesce({sum} FILTER (WHERE effect = 2), 0) AS undone,
            coalesce({sum} FILTER (WHERE effect = 3), 0) AS unexpired
        FROM ledger_transfer WHERE book_id = %(book)s GROUP BY taker_id
    )
"""
#: The same beside the counters that each account carries.
_FOUND = """
    SELECT a.id, a.kind, a.owner, a.balance, a.credited, a.debited, a.expired, a.guarded = %(yes)s AS guarded,
        coalesce(g.gave, 0) AS gave, coalesce(t.took, 0) AS took,
        coalesce(t.moved, 0) - coalesce(g.undone, 0) AS credited_found,
        coalesce(g.moved, 0) - coalesce(t.undone, 0) AS debited_found,
        coalesce(g.expired, 0) - coalesce(t.unexpired, 0) AS expired_found
    FROM ledger_account AS a
    LEFT JOIN gives AS g ON g.giver_id = a.id
    LEFT JOIN takes AS t ON t.taker_id = a.id
    WHERE a.book_id = %(book)s
"""
_DIFFERS = (
    "guarded AND (balance < 0 OR balance <> credited - debited - expired OR credited <> credited_found"
    " OR debited <> debited_found OR expired <> expired_found)"
)


@dataclass(frozen=True)
class Checked:
    """What a check looked at: guarded accounts, transfers, and the sum of the balances."""

    accounts: int
    transfers: int
    outstanding: int


@dataclass(frozen=True)
class CheckedWhole(Checked):
    """What a check of the whole book looked at: the sealed batches too."""

    sealed: int


@dataclass(frozen=True)
class Liability:
    """A book's totals, net of what was taken back.

    ``issued`` is what unguarded accounts gave to guarded ones, ``spent`` the other way; ``outstanding`` is still owed.
    """

    issued: int
    reversed: int
    spent: int
    held: int
    expired: int
    outstanding: int


def check_book(book: Book) -> CheckedWhole:
    """Check the whole book: every balance, both sides of every row, every sealed batch and its link.

    What is sealed never changes, so it is hashed by a second connection meanwhile, unless the caller is inside a
    transaction, whose rows only the caller sees.

    Raises:
        VerifyError: one of them is not what it must be.
    """
    if connection.in_atomic_block:
        return _whole(verify_book(book), check_chain(book))
    with ThreadPoolExecutor(1) as beside:
        sealed = beside.submit(_check_chain_beside, book)
        return _whole(verify_book(book), sealed.result())


def _whole(found: Checked, sealed: int) -> CheckedWhole:
    """Return both answers as one."""
    return CheckedWhole(found.accounts, found.transfers, found.outstanding, sealed)


def _check_chain_beside(book: Book) -> int:
    """Check the chain on a connection of this thread's own, and close it."""
    try:
        return check_chain(book)
    finally:
        connection.close()


def verify_book(book: Book) -> Checked:
    """Recompute every guarded balance from the transfers, and see that both sides of each are accounts of the book.

    Raises:
        VerifyError: an account's counters are not what its transfers make them, or a transfer has a side elsewhere.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Groups of a member each are hashed in memory; several workers would only hand them to a sort.
            cursor.execute(
                "SET LOCAL work_mem = '256MB'; SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0"
            )
        cursor.execute(
            f"WITH {_sides()} SELECT count(CASE WHEN guarded THEN 1 END), coalesce(sum(balance), 0),"
            f" count(CASE WHEN {_DIFFERS} THEN 1 END), coalesce(sum(gave), 0), coalesce(sum(took), 0),"
            f" (SELECT coalesce(sum(gave), 0) FROM gives) FROM ({_FOUND}) AS found",
            {"book": book.pk, "yes": True},
        )
        accounts, outstanding, wrong, gave, took, transfers = cursor.fetchone()
        if wrong:
            raise _differs(book, int(wrong))
        if not gave == took == transfers:
            said = Both(
                f"장부 {book.code!r}의 거래 {transfers:,}건 가운데 이 장부의 계정이 준 것은 {gave:,}건,"
                f" 받은 것은 {took:,}건입니다",
                f"of {transfers:,} transfers of book {book.code!r}, {gave:,} have their giver and {took:,} their taker"
                " among its accounts",
            )
            raise VerifyError(said, Where(value=book.code), _TODO)
    return Checked(int(accounts), int(transfers), int(outstanding))


def _sides() -> str:
    """Return what each account gave and took, as the database in use sums."""
    return _SIDES.format(sum=_SUM[connection.vendor])


_TODO = Both(
    "모든 거래를 멈추고 마지막으로 저장한 사이트를 되살리십시오",
    "stop all movements and bring back the last saved site",
)


def _differs(book: Book, wrong: int) -> VerifyError:
    """Return the error that names the first account which differs."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {_sides()} SELECT kind, owner, balance, credited, debited, expired, credited_found, debited_found,"
            f" expired_found FROM ({_FOUND}) AS found WHERE {_DIFFERS} ORDER BY id LIMIT 1",
            {"book": book.pk, "yes": True},
        )
        kind, owner, balance, credited, debited, expired, *found = cursor.fetchone()
    said = Both(
        f"장부 {book.code!r}의 계정 {wrong:,}개가 거래와 다릅니다. 첫 계정의 잔액은 {balance:,},"
        f" 들어온 것 {credited:,}, 나간 것 {debited:,}, 소멸 {expired:,}인데 거래로는"
        f" {int(found[0]):,}, {int(found[1]):,}, {int(found[2]):,}입니다",
        f"{wrong:,} accounts of book {book.code!r} differ from their transfers; the first carries balance {balance:,},"
        f" credited {credited:,}, debited {debited:,}, expired {expired:,} where its transfers make"
        f" {int(found[0]):,}, {int(found[1]):,} and {int(found[2]):,}",
    )
    return VerifyError(said, Where(value=f"{kind}:{owner}"), _TODO)


def liability(book: Book) -> Liability:
    """Return a book's totals: issued = reversed + spent + held + expired + outstanding."""
    legs = (
        "SELECT t.effect, CASE WHEN g.guarded THEN 'guarded' ELSE g.kind END AS giver,"
        " CASE WHEN k.guarded THEN 'guarded' ELSE k.kind END AS taker, sum(t.amount)"
        " FROM ledger_transfer AS t JOIN ledger_account AS g ON g.id = t.giver_id"
        " JOIN ledger_account AS k ON k.id = t.taker_id WHERE t.book_id = %(book)s GROUP BY 1, 2, 3"
    )
    with connection.cursor() as cursor:
        cursor.execute(legs, {"book": book.pk})
        rows = [
            (int(effect), str(giver), str(taker), int(amount)) for effect, giver, taker, amount in cursor.fetchall()
        ]
        cursor.execute("SELECT coalesce(sum(balance), 0) FROM ledger_account WHERE book_id = %s", [book.pk])
        outstanding = int(cursor.fetchone()[0])
    own = ("guarded", "held")
    return Liability(
        issued=sum(a for e, g, k, a in rows if e == 0 and g not in own and k == "guarded"),
        reversed=sum(a for e, g, k, a in rows if e == 2 and g == "guarded" and k not in own),
        spent=sum((1 - e) * a for e, g, k, a in rows if e in (0, 2) and (k if e == 0 else g) not in own),
        held=sum(a * ((k == "held") - (g == "held")) for _, g, k, a in rows),
        expired=sum((2 - e) * a for e, _, _, a in rows if e in (1, 3)),
        outstanding=outstanding,
    )
