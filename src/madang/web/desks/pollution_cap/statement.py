"""The statement of a cell: every movement with what was left after it, and the trail of a permit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from madang.core.errors import Both, UnknownName
from madang.core.language import Text, text
from madang.web.desks.pollution_cap.cells import ALLOWANCE, Cell, book_of, kg_of
from madang.web.desks.pollution_cap.models import Permit
from madang.web.ledger.models import Account, Transfer

#: What the ledger's kinds of movement are called at this desk.
MOVEMENTS: dict[str, Text] = {
    "allot": text("배정", "allotted"),
    "take_back": text("배정 회수", "taken back by a plan"),
    "consult": text("협의", "consulted"),
    "hold_back": text("협의 취소", "consultation given back"),
    "cancel": text("사용 취소", "cancelled"),
    "complete": text("준공 정산", "given back at completion"),
}


@dataclass(frozen=True)
class Line:
    """One movement of a cell, whole tenths of a gram a day: above zero it came in, below it went out."""

    at: dt.datetime
    kind: str
    parts: int
    left: int
    about: str

    @property
    def of_permit(self) -> bool:
        """Whether it was for a permit rather than by a plan's document."""
        return self.kind not in {"allot", "take_back"}

    @property
    def words(self) -> Text:
        """What the movement is called."""
        return MOVEMENTS.get(self.kind, text(self.kind, self.kind))


def statement(city: str, cell: Cell) -> list[Line]:
    """Return a cell's movements in the order in which the ledger learned of them.

    Raises:
        UnknownName: nothing was ever allotted to the cell.
    """
    book = book_of(city)
    account = Account.objects.filter(book=book, kind=ALLOWANCE, owner=cell.owner).first()
    if account is None:
        known = Account.objects.filter(book=book, kind=ALLOWANCE).values_list("owner", flat=True)
        raise UnknownName(Both("장부의 칸", "cell of the account"), cell.owner, known)
    lines, balance = [], 0
    for one in Transfer.objects.filter(Q(giver=account) | Q(taker=account)).order_by("id"):
        parts = one.amount if one.taker_id == account.pk else -one.amount
        balance += parts
        lines.append(Line(one.posted_at, one.kind, parts, balance, _about(one)))
    return lines


def _about(one: Transfer) -> str:
    """Return what a movement was for: the plan's document, or the permit's key."""
    if one.kind in {"allot", "take_back"}:
        return one.key.split("/")[2]
    if one.reverses is not None:
        return _about(Transfer.objects.get(pk=one.reverses))
    return one.key.split("/")[1]


def trail(permit: Permit) -> list[dict[str, Any]]:
    """Return the steps of a permit: what, by whom, when, with which loads."""
    return [
        {
            "step": step.kind,
            "says": step.get_kind_display(),
            "by": step.by,
            "at": step.at,
            "note": step.note,
            "kg_per_d": {name: str(kg_of(parts)) for name, parts in sorted(step.loads.items())},
        }
        for step in permit.steps.all()
    ]
