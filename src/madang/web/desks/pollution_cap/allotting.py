"""Load that plans give to cells and take back, by document; and districts that are refused approvals."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from django.db import IntegrityError, transaction
from django.utils import timezone

from madang.core.errors import LedgerError, TableError, UnknownName, UsageError, Where
from madang.web.desks.pollution_cap.cells import ALLOWANCE, PLAN, Cell, account_of, book_of, parts_of
from madang.web.desks.pollution_cap.models import PlanDocument, Restriction
from madang.web.ledger.models import Transfer
from madang.web.ledger.moving import move

KEY_LONGEST = 160
COLUMNS = ("district", "unit", "substance", "year", "kg_per_d")
Status = PlanDocument.Status


def allot(city: str, cell: Cell, kg_per_d: Decimal | str, *, document: str, day: dt.date) -> bool:
    """Give a cell what a plan's document says; the same document gives it once. Tell whether this call did.

    Raises:
        LedgerError: the document gave the cell another amount before.
    """
    return _planned("allot", city, cell, kg_per_d, document, day)


def take_back(city: str, cell: Cell, kg_per_d: Decimal | str, *, document: str, day: dt.date) -> bool:
    """Take from a cell what a later plan says, never more than is left; the same document takes it once.

    Raises:
        Overdrawn: less is left than the plan would take.
    """
    return _planned("take_back", city, cell, kg_per_d, document, day)


def _planned(kind: str, city: str, cell: Cell, kg_per_d: Decimal | str, document: str, day: dt.date) -> bool:
    """Move between the plan and a cell.

    Raises:
        UsageError: the document's name cannot be kept.
    """
    if not document or "/" in document:
        raise UsageError("a plan's document needs a name without the sign /", Where(value=document))
    key = f"{kind}/{city}/{document}/{cell.owner}"
    if len(key) > KEY_LONGEST:
        raise UsageError("the names of document and cell are too long together", Where(value=key))
    book = book_of(city)
    pair = account_of(book, PLAN), account_of(book, ALLOWANCE, cell.owner)
    giver, taker = pair if kind == "allot" else pair[::-1]
    with transaction.atomic():
        return not move(giver, taker, parts_of(kg_per_d), key=key, kind=kind, event_day=day).replayed


def allot_file(city: str, path: Path, *, document: str, status: str, source: str, by: str) -> tuple[int, int]:
    """Allot what a CSV says, all of it or nothing; return how many cells were given load, and how many had it already.

    Raises:
        TableError: a column is missing or a cell cannot be read; says file, row, column and value.
        UsageError: the document is known with other contents, or nobody is named as its source.
    """
    if status not in Status.values:
        raise UnknownName("status of a plan's document", status, Status.values)
    if not source.strip():
        raise UsageError("a plan's document needs its source", None, "say who gave the numbers, where and when")
    rows = list(_rows(path))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    with transaction.atomic():
        kept, new = PlanDocument.objects.get_or_create(
            city=city,
            name=document,
            defaults={"status": status, "source": source, "sha256": sha256, "by": by},
        )
        if not new and (kept.sha256, kept.status) != (sha256, status):
            todo = "give the revision a name of its own; what it changes is allotted or taken back by it"
            raise UsageError(f"the document {document!r} was allotted from another file", Where(path), todo)
        day = timezone.localdate()
        given = sum(allot(city, cell, kg, document=document, day=day) for cell, kg in rows)
    return given, len(rows) - given


def _rows(path: Path) -> Iterable[tuple[Cell, str]]:
    """Yield the cells of a CSV with what they get."""
    try:
        frame = pl.read_csv(path, infer_schema=False)
    except FileNotFoundError as error:
        raise TableError("there is no such file", Where(path)) from error
    except pl.exceptions.PolarsError as error:
        raise TableError("the file is no CSV that can be read", Where(path), "save it as UTF-8 with commas") from error
    for column in COLUMNS:
        if column not in frame.columns:
            raise TableError("a column is missing", Where(path, column=column), f"give {', '.join(COLUMNS)}")
    seen: dict[Cell, int] = {}
    for number, row in enumerate(frame.iter_rows(named=True), start=2):
        cell = _cell(path, number, row)
        if cell in seen:
            raise TableError(f"a cell comes twice, first in row {seen[cell]}", Where(path, number, value=cell.owner))
        seen[cell] = number
        yield cell, row["kg_per_d"].strip()


def _cell(path: Path, number: int, row: dict[str, Any]) -> Cell:
    """Return one row's cell.

    Raises:
        TableError: a part cannot be read.
    """
    for column in COLUMNS:
        if not (row[column] or "").strip():
            raise TableError("a value is missing", Where(path, number, column), "empty is not zero: leave the row out")
    year = row["year"].strip()
    if not (year.isdecimal() and len(year) == 4):
        raise TableError("a year has four digits", Where(path, number, "year", year))
    try:
        if parts_of(row["kg_per_d"].strip()) == 0:
            raise TableError("nothing is allotted", Where(path, number, "kg_per_d", row["kg_per_d"]), "leave it out")
        return Cell(row["district"].strip(), row["unit"].strip(), row["substance"].strip(), int(year))
    except UsageError as error:
        raise TableError(error.what, Where(path, number, "kg_per_d", row["kg_per_d"])) from error


def weakest_status(city: str, cells: Iterable[Cell]) -> str:
    """Return what stands behind the cells' load: the weakest of the documents that allotted it.

    A document nobody registered is made up.
    """
    book = book_of(city)
    accounts = [account_of(book, ALLOWANCE, cell.owner) for cell in cells]
    keys = Transfer.objects.filter(taker__in=accounts, kind="allot").values_list("key", flat=True)
    names = {key.split("/")[2] for key in keys}
    known = dict(PlanDocument.objects.filter(city=city, name__in=names).values_list("name", "status"))
    order = list(Status.values)
    return max((known.get(name, Status.MADE_UP) for name in names), key=order.index, default=Status.GAZETTED)


def is_made_up(city: str) -> bool:
    """Tell whether any load of the city is made up, which every page then says."""
    return PlanDocument.objects.filter(city=city, status=Status.MADE_UP).exists()


def restrict(city: str, district: str, reason: str, by: str) -> Restriction:
    """Refuse a district further approvals from now on.

    Raises:
        LedgerError: it is restricted already. UsageError: no reason is given.
    """
    if not reason.strip():
        raise UsageError("a restriction needs its reason", f"district {district}")
    try:
        with transaction.atomic():
            return Restriction.objects.create(city=city, district=district, reason=reason, by=by)
    except IntegrityError as error:
        raise LedgerError("the district is restricted already", f"district {district}", "lift it first") from error


def lift(city: str, district: str, by: str) -> None:
    """End a district's restriction; that it stood is kept.

    Raises:
        UsageError: none stands.
    """
    standing = Restriction.objects.filter(city=city, district=district, lifted_at=None)
    if not standing.update(lifted_at=timezone.now(), lifted_by=by):
        raise UsageError("the district is not restricted", f"district {district}")
