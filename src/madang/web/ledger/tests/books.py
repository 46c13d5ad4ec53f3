"""Books for the ledger's tests."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import secrets
from dataclasses import dataclass

from madang.core.language import text
from madang.web.ledger.models import Account, Book
from madang.web.ledger.opening import open_account, open_book

DAY = dt.date(2024, 4, 25)
# A number no other process takes: a kept ledger is never emptied between tests.
_numbers = (f"{os.getpid()}-{secrets.token_hex(3)}-{number}" for number in itertools.count(1))


@dataclass(frozen=True)
class Points:
    """A book of points with its issuer, its sinks and a member."""

    book: Book
    issuer: Account
    shop: Account
    held: Account
    expired: Account
    ann: Account
    ben: Account

    def balance(self, account: Account) -> int:
        account.refresh_from_db()
        return account.balance


def make_points() -> Points:
    """Open a book that no other test has."""
    book = open_book(f"points-{next(_numbers)}", unit="point", says=text("시험 장부", "a test's book"))
    sinks = [open_account(book, kind, guarded=False) for kind in ("issuer", "shop", "held", "expired")]
    members = [open_account(book, "member", owner, guarded=True) for owner in ("ann", "ben")]
    return Points(book, *sinks, *members)
