"""Load that plans give to cells and take back, by document; and districts that are refused approvals."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone

from madang.core.errors import Both, LedgerError, Overdrawn, UnknownName, UsageError, Where
from madang.web.desks.pollution_cap.cells import ALLOWANCE, PLAN, Cell, account_of, book_of, parts_of
from madang.web.desks.pollution_cap.models import PlanDocument, Restriction
from madang.web.desks.pollution_cap.plan_files import Row, code_of, plan_rows
from madang.web.desks.pollution_cap.rules import rules_of
from madang.web.ledger.models import Transfer
from madang.web.ledger.moving import move

KEY_LONGEST = 160
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
    _checked_name(document)
    key = f"{kind}/{city}/{document}/{cell.owner}"
    if len(key) > KEY_LONGEST:
        raise UsageError(
            Both("문서와 칸의 이름이 합쳐서 너무 깁니다.", "the names of document and cell are too long together"),
            Where(value=key),
        )
    book = book_of(city)
    pair = account_of(book, PLAN), account_of(book, ALLOWANCE, cell.owner)
    giver, taker = pair if kind == "allot" else pair[::-1]
    with transaction.atomic():
        return not move(giver, taker, parts_of(kg_per_d), key=key, kind=kind, event_day=day).replayed


def _checked_name(document: str) -> None:
    """Hold a document's name to what a key of the ledger can hold.

    Raises:
        UsageError: it cannot be kept.
    """
    if not document.strip() or "/" in document:
        raise UsageError(
            Both(
                "문서의 이름은 비울 수 없고 / 를 쓸 수 없습니다.", "a plan's document needs a name without the sign /"
            ),
            Where(value=document),
        )


def allot_file(city: str, path: Path, *, document: str, status: str, source: str, by: str) -> tuple[int, int]:
    """Allot what a file says, all of it or nothing; return how many cells were given load, and how many had it already.

    Raises:
        TableError: a column is missing or a cell cannot be read; says file, row, column and value.
        UsageError: the document is known with other contents, or nobody is named as its source.
    """
    paper = Paper(document, status, source, by)
    paper.check()
    rows = list(plan_rows(path, rules_of(city)))
    return allot_rows(city, rows, paper, hashlib.sha256(path.read_bytes()).hexdigest(), Where(path))


@dataclass(frozen=True)
class Paper:
    """What an officer says of a plan's document: its name, what stands behind its numbers, who said them, who acts."""

    name: str
    status: str
    source: str
    by: str

    def check(self) -> None:
        """Hold it to what the account can keep.

        Raises:
            UnknownName: there is no such status. UsageError: the name cannot be kept, or nobody is its source.
        """
        if self.status not in Status.values:
            raise UnknownName(Both("할당 문서의 상태", "status of a plan's document"), self.status, Status.values)
        if not self.source.strip():
            raise UsageError(
                Both("할당 문서에는 출처가 있어야 합니다.", "a plan's document needs its source"),
                None,
                Both("누가, 어디서, 언제 준 숫자인지 적으세요.", "say who gave the numbers, where and when"),
            )
        _checked_name(self.name)


def allot_rows(
    city: str, rows: Sequence[Row], paper: Paper, sha256: str, where: Where | None = None
) -> tuple[int, int]:
    """Allot rows by a document, all of them or nothing; return how many cells were given load, and how many had it.

    Raises:
        UsageError: the document is known with other contents.
    """
    with transaction.atomic():
        _keep(city, paper, sha256, where)
        day = timezone.localdate()
        given = sum(allot(city, cell, kg, document=paper.name, day=day) for cell, kg in rows)
    return given, len(rows) - given


def take_back_by(city: str, row: Row, paper: Paper) -> bool:
    """Take from a cell by a document that is kept with it; tell whether this call did.

    Raises:
        Overdrawn: less is left than the plan would take. UsageError: the document is known with other contents.
    """
    cell, kg = row
    with transaction.atomic():
        _keep(city, paper, sha_of_row("take_back", row), None)
        try:
            return take_back(city, cell, kg, document=paper.name, day=timezone.localdate())
        except Overdrawn as error:
            says = Both(
                "남은 것보다 많이 거둘 수 없습니다: 협의 중이거나 쓴 부하량은 먼저 돌려받아야 합니다.",
                "no more can be taken back than is left: what is consulted or spent must be given back first",
            )
            raise Overdrawn(says, error.said[1]) from error


def sha_of_row(kind: str, row: Row) -> str:
    """Return the mark of a document that holds one row alone, typed at the desk."""
    cell, kg = row
    return hashlib.sha256(f"{kind}|{cell.owner}|{parts_of(kg)}".encode()).hexdigest()


def _keep(city: str, paper: Paper, sha256: str, where: Where | None) -> None:
    """Keep a document; the same one with the same contents is kept once.

    Raises:
        UsageError: it is known with other contents.
    """
    paper.check()
    kept, new = PlanDocument.objects.get_or_create(
        city=city,
        name=paper.name,
        defaults={"status": paper.status, "source": paper.source, "sha256": sha256, "by": paper.by},
    )
    if not new and (kept.sha256, kept.status) != (sha256, paper.status):
        raise UsageError(
            Both(
                f"문서 ‘{paper.name}’은(는) 다른 내용으로 이미 배정되었습니다.",
                f"the document {paper.name!r} was allotted from another file",
            ),
            where,
            Both(
                "고친 문서에는 다른 이름을 붙이세요. 바뀐 만큼만 그 문서로 배정하거나 거둡니다.",
                "give the revision a name of its own; what it changes is allotted or taken back by it",
            ),
        )


@dataclass(frozen=True)
class Moved:
    """One movement that a document made: above zero it gave, below it took back; whole tenths of a gram a day."""

    cell: Cell
    parts: int


def documents(city: str) -> list[tuple[PlanDocument, list[Moved]]]:
    """Return the documents of a city, the newest first, each with what it moved."""
    moved: dict[str, list[Moved]] = {}
    book = book_of(city)
    for one in Transfer.objects.filter(giver__book=book, kind__in=("allot", "take_back")).order_by("id"):
        kind, _, name, owner = one.key.split("/", 3)
        moved.setdefault(name, []).append(Moved(Cell.of(owner), one.amount if kind == "allot" else -one.amount))
    kept = PlanDocument.objects.filter(city=city).order_by("-at", "-pk")
    return [(document, moved.get(document.name, [])) for document in kept]


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
        LedgerError: it is restricted already. UsageError: no reason is given. UnknownName: the city has no such one.
    """
    rules = rules_of(city)
    code = code_of("district", district, rules.districts, rules.names)
    if not reason.strip():
        says = Both("승인 제한에는 사유가 있어야 합니다.", "a restriction needs its reason")
        raise UsageError(says, Both(f"자치구 {district}", f"district {district}"))
    try:
        with transaction.atomic():
            return Restriction.objects.create(city=city, district=code, reason=reason, by=by)
    except IntegrityError as error:
        says = Both("이미 승인이 제한된 자치구입니다.", "the district is restricted already")
        raise LedgerError(
            says, Both(f"자치구 {district}", f"district {district}"), Both("먼저 제한을 푸세요.", "lift it first")
        ) from error


def lift(city: str, district: str, by: str) -> str:
    """End a district's restriction, by code or name, and return its code; that it stood is kept.

    Raises:
        UsageError: none stands.
    """
    rules = rules_of(city)
    code = code_of("district", district, rules.districts, rules.names)
    standing = Restriction.objects.filter(city=city, district=code, lifted_at=None)
    if not standing.update(lifted_at=timezone.now(), lifted_by=by):
        says = Both("승인이 제한된 자치구가 아닙니다.", "the district is not restricted")
        raise UsageError(says, Both(f"자치구 {district}", f"district {district}"))
    return code
