"""A quoted number or figure as a page shows it: value, unit, day, caveats, and what the city stated beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings

from madang import register
from madang.core.errors import MadangError
from madang.core.language import Language, Text
from madang.core.units import say_unit
from madang.plan.cities import open_city
from madang.plan.promises import PromiseBook, read_promises
from madang.plan.report.amounts import say_value
from madang.web import editions
from madang.web.live.models import Computed


@dataclass(frozen=True)
class Stated:
    """What the city said the number was or would be."""

    promise: str
    value: float
    unit: str
    said_on: date | None
    says: Text


@dataclass(frozen=True)
class QuotedNumber:
    """A number of a solution's latest run; ``card`` is None where the solution has not run or lacks it."""

    solution: str
    name: str
    card: dict[str, Any] | None
    stated: tuple[Stated, ...]

    @property
    def address(self) -> str:
        """Return the address without its language at which the number is explained."""
        return f"why/{self.solution}/{self.name}/"

    def title(self, code: Language) -> str:
        """Return the number's title."""
        return str(self.card["title"][code]) if self.card else f"{self.solution}.{self.name}"

    def written(self, code: Language) -> str:
        """Return the value as people of the language read it; unknown is a dash."""
        return write_value(self.card, code) if self.card else "—"

    def unit(self, code: Language) -> str:
        """Return the unit as people of the language say it."""
        return say_unit(self.card["unit"], code, self.written(code)) if self.card else ""


def write_value(card: dict[str, Any], code: Language) -> str:
    """Return a number card's value for reading: 26만 9,520 or 361.63 million where it is large."""
    return say_value(card["value"], code, card.get("digits"))


def number(address: str) -> QuotedNumber:
    """Return a number by ``solution.name``."""
    solution, _, name = address.partition(".")
    kept = latest(solution)
    card = kept.numbers.get(name) if kept else None
    return QuotedNumber(solution, name, card, stated_by_measure().get(address, ()))


def figure(address: str) -> dict[str, Any] | None:
    """Return a figure's card by ``solution.name``; None where the solution has not run or lacks it."""
    solution, _, name = address.partition(".")
    kept = latest(solution)
    card: dict[str, Any] | None = kept.figures.get(name) if kept else None
    return card


def latest(solution: str) -> Computed | None:
    """Return what a solution gave when it last ran; read once an edition."""
    return _latest(editions.current(), solution)


@lru_cache(maxsize=64)
def _latest(edition: str, solution: str) -> Computed | None:
    """Return the kept run."""
    if solution not in register.NAMES:
        return None
    return Computed.objects.filter(solution=solution).first()


@lru_cache(maxsize=1)
def promise_book() -> PromiseBook | None:
    """Return the promises of the site's city; none where it has made none."""
    try:
        return read_promises(open_city(settings.MADANG_CITY))
    except MadangError:
        return None


@lru_cache(maxsize=1)
def stated_by_measure() -> dict[str, tuple[Stated, ...]]:
    """Return what was stated about each ``solution.number``."""
    found: dict[str, list[Stated]] = {}
    book = promise_book()
    for promise in book.promises.values() if book else ():
        for claim in (promise.claim, *promise.further):
            if claim.measure and claim.stated is not None and claim.scenario is None:
                said = Stated(promise.id, claim.stated, claim.unit, promise.said_on, claim.says)
                found.setdefault(claim.measure, []).append(said)
    return {measure: tuple(stated) for measure, stated in found.items()}
