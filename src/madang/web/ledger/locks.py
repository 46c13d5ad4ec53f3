"""Locks that last as long as a transaction. SQLite has one writer at a time, so there they have nothing to do."""

from __future__ import annotations

import hashlib

from django.db import connection

#: The class of a book's lock, told apart from any other use of advisory locks. Whoever writes a transfer shares the
#: lock (in ``ledger_move``); whoever cuts a boundary holds it alone.
BOOKS = 7_205_001


def hold_book(book_id: int) -> None:
    """Wait until nobody writes in the book, and keep others from it until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [BOOKS, book_id])


def hold_name(name: str) -> None:
    """Let one transaction at a time do what bears this name, such as posting one run."""
    if connection.vendor == "postgresql":
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
