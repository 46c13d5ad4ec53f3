"""Permits and cells for the desk's tests; every test gets a city that no other has. All numbers are made up."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from madang.web.desks.pollution_cap.allotting import allot
from madang.web.desks.pollution_cap.cells import Cell, standings
from madang.web.desks.pollution_cap.models import Permit
from madang.web.ledger.models import Account, Hold

DAY = dt.date(2026, 4, 1)
_numbers = itertools.count(1)


def a_city(**kg_per_d: str) -> str:
    """Return a new city whose one cell a substance has so much."""
    city = f"made-up-{next(_numbers)}"
    for substance, kg in kg_per_d.items():
        allot(city, Cell("강서구", "한강I", substance, 2027), kg, document="made up", day=DAY)
    return city


def a_permit(city: str, key: int = 1, **more: Any) -> Permit:
    """Return a permit answered "allowed" that needs 2 kg of BOD and 0.1 kg of T-P a day."""
    made: dict[str, Any] = {
        "key": f"{city[-6:].encode().hex()[:12]:0>12}{key:012x}",
        "title": f"project {key}",
        "city": city,
        "district": "강서구",
        "unit": "한강I",
        "year": 2027,
        "project": {},
        "answer": {},
        "verdict": "allowed",
        "loads": {"bod": 20_000, "tp": 1_000},
        "asked_by": "tester",
    }
    return Permit.objects.create(**made | more)


def left(city: str) -> dict[str, int]:
    """Return what is left by substance."""
    return {one.cell.substance: one.left for one in standings(city)}


def whole(city: str) -> None:
    """Hold every cell to its law: allotted = left + consulted + used by permits, and nothing below zero."""
    book = f"pollution-cap-{city}"
    used: dict[str, int] = {}
    for account in Account.objects.filter(book__code=book, kind="permitted"):
        key, substance = account.owner.split("|")
        permit = Permit.objects.get(pk=key)
        owner = Cell(permit.district, permit.unit, substance, permit.year).owner
        assert account.balance >= 0
        used[owner] = used.get(owner, 0) + account.balance
    for one in standings(city):
        assert min(one.left, one.consulted, one.spent) >= 0
        assert one.spent == used.get(one.cell.owner, 0)
    for kept in Hold.objects.filter(book__code=book):
        assert kept.state != Hold.State.PENDING or Permit.objects.get(pk=kept.key.split("/")[1]).state == "consulted"
