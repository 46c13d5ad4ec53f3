"""The desk's two books in the ledger: points, and pieces in stock."""

from __future__ import annotations

from madang.core.language import text
from madang.web.ledger.models import Account, Book
from madang.web.ledger.opening import open_account, open_book

POINTS = "eco-mileage"
STOCK = "eco-mileage-stock"
MEMBER = "member"


def points() -> Book:
    """Return the book of points."""
    return Book.objects.filter(code=POINTS).first() or open_book(
        POINTS, unit="point", says=text("에코마일리지 포인트", "points of the eco-mileage programme")
    )


def stock() -> Book:
    """Return the book of what is in stock."""
    return Book.objects.filter(code=STOCK).first() or open_book(
        STOCK, unit="piece", says=text("포인트로 바꾸는 물품의 재고", "stock of what points buy")
    )


def sink(kind: str, book: Book | None = None) -> Account:
    """Return an account that carries no balance: ``city`` issues; ``held``, ``expired``, ``left`` and ways take."""
    return open_account(book or points(), kind, guarded=False)


def member_account(number: int) -> Account:
    """Return a member's account."""
    return open_account(points(), MEMBER, str(number), guarded=True)
