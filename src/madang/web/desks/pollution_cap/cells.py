"""The cells of the account: one for each district, unit, substance and year, counted in whole tenths of a gram a day.

The permit sheet rounds to the gram (BOD) and the tenth of a gram (T-P), so nothing that it says is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db.models import Sum

from madang.core.errors import Both, UsageError, Where
from madang.core.language import text
from madang.web.ledger.models import Account, Book, Transfer
from madang.web.ledger.opening import open_account, open_book

PARTS_PER_KG = 10_000
COUNTED_IN = "0.1 g/d"
#: Kinds of accounts: where plans allot from, what a cell still has, what waits for a decision, what a permit uses.
PLAN, ALLOWANCE, CONSULTED, PERMITTED = "plan", "allowance", "consulted", "permitted"
_LONGEST_OWNER = 120


@dataclass(frozen=True, order=True)
class Cell:
    """A district's share of a unit's development load, for a substance and a year."""

    district: str
    unit: str
    substance: str
    year: int

    def __post_init__(self) -> None:
        """Hold the name to what the ledger can keep.

        Raises:
            UsageError: a part is empty, holds the mark between parts, or all together are too long.
        """
        for part in (self.district, self.unit, self.substance):
            if not part or "|" in part:
                raise UsageError(
                    Both("장부의 칸에 쓸 수 없는 이름입니다.", "a cell of the account has no such name"),
                    Where(value=part),
                    Both("| 기호를 빼세요.", "leave out the sign |"),
                )
        if len(self.owner) > _LONGEST_OWNER:
            raise UsageError(
                Both("장부의 칸 이름이 너무 깁니다.", "the name of a cell of the account is too long"),
                Where(value=self.owner),
            )

    @property
    def owner(self) -> str:
        """Its name in the ledger."""
        return f"{self.district}|{self.unit}|{self.substance}|{self.year}"

    @classmethod
    def of(cls, owner: str) -> Cell:
        """Return the cell that a name in the ledger stands for."""
        district, unit, substance, year = owner.split("|")
        return cls(district, unit, substance, int(year))


def parts_of(kg_per_d: Decimal | float | str) -> int:
    """Return kilograms a day as whole tenths of a gram.

    Raises:
        UsageError: it is not a number from 0, or finer than the account counts.
    """
    try:
        parts = Decimal(str(kg_per_d)) * PARTS_PER_KG
    except InvalidOperation:
        parts = Decimal("nan")
    if not parts.is_finite() or parts < 0 or parts != parts.to_integral_value():
        raise UsageError(
            Both(
                "부하량은 0 이상, 소수 넷째 자리까지의 수입니다.",
                "a load is a number from 0 with at most four decimals",
            ),
            Where(column="kg_per_d", value=str(kg_per_d)),
            Both("총량검토서처럼 반올림하세요.", "round it as the permit sheet does"),
        )
    return int(parts)


def kg_of(parts: int) -> Decimal:
    """Return whole tenths of a gram as kilograms a day, with four decimals."""
    return Decimal(parts).scaleb(-4)


def book_of(city: str) -> Book:
    """Return the city's book of development loads."""
    says = text("지역개발부하량: 배정, 협의, 사용, 반환", "Development loads: allotted, consulted, spent, given back")
    return open_book(f"pollution-cap-{city}", unit=COUNTED_IN, says=says)


def account_of(book: Book, kind: str, owner: str = "") -> Account:
    """Return an account of the book; all but the plan carry a balance that cannot fall below zero."""
    return open_account(book, kind, owner, guarded=kind != PLAN)


@dataclass(frozen=True)
class Standing:
    """What became of a cell's load, in whole tenths of a gram: allotted = left + consulted + spent."""

    cell: Cell
    allotted: int
    left: int
    consulted: int

    @property
    def spent(self) -> int:
        """What permits use."""
        return self.allotted - self.left - self.consulted


def standings(city: str, district: str = "", unit: str = "", year: int | None = None) -> list[Standing]:
    """Return the cells that have ever been allotted anything, those asked for, in order of their names."""
    book = book_of(city)
    found = {Cell.of(one.owner): one for one in Account.objects.filter(book=book, kind=ALLOWANCE)}
    held = dict(Account.objects.filter(book=book, kind=CONSULTED).values_list("owner", "balance"))
    given = _allotted(book, found.values())
    return [
        Standing(cell, given[account.pk], account.balance or 0, held.get(cell.owner) or 0)
        for cell, account in sorted(found.items())
        if district in {"", cell.district} and unit in {"", cell.unit} and year in {None, cell.year}
    ]


def _allotted(book: Book, accounts: Iterable[Account]) -> dict[int, int]:
    """Return what plans gave each account, less what later plans took back."""
    plan = account_of(book, PLAN)
    came = Transfer.objects.filter(giver=plan).values_list("taker_id").annotate(Sum("amount"))
    went = dict(Transfer.objects.filter(taker=plan).values_list("giver_id").annotate(Sum("amount")))
    return {account.pk: 0 for account in accounts} | {taker: amount - went.get(taker, 0) for taker, amount in came}


def left(city: str, district: str, unit: str, year: int) -> dict[str, int]:
    """Return what is left for each substance of a district's unit and year; a substance without a cell is absent."""
    return {one.cell.substance: one.left for one in standings(city, district, unit, year)}
