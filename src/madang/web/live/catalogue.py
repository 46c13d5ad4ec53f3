"""What can be quoted: the numbers and figures that the solutions gave when they last ran."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from madang import register
from madang.core.language import Language
from madang.web import editions
from madang.web.live.models import Computed
from madang.web.wording import language

Choices = list[tuple[str, list[tuple[str, str]]]]


def solution_names() -> tuple[str, ...]:
    """Return the registered solutions, in their order."""
    return tuple(register.NAMES)


def names_of(solution: str, kind: str) -> set[str] | None:
    """Return the names of a solution's numbers or figures; None where it has not run yet."""
    kept = Computed.objects.filter(solution=solution).only("numbers", "figures").first()
    return None if kept is None else set(_part(kept, kind))


def number_choices() -> Choices:
    """Return every number that can be quoted, by solution, in the language in force."""
    return _choices("number")


def figure_choices() -> Choices:
    """Return every figure that can be quoted, by solution, in the language in force."""
    return _choices("figure")


def _choices(kind: str) -> Choices:
    """Return groups of (address, title) in the order of the register."""
    return _choices_once(editions.current(), kind, language())


@lru_cache(maxsize=16)
def _choices_once(edition: str, kind: str, code: Language) -> Choices:
    """Return the choices of an edition: a page asks for them once for each of its figures."""
    kept = {row.solution: row for row in Computed.objects.all()}
    return [
        (
            kept[solution].title.get(code, solution),
            [(f"{solution}.{name}", card["title"][code]) for name, card in _part(kept[solution], kind).items()],
        )
        for solution in register.NAMES
        if solution in kept and _part(kept[solution], kind)
    ]


def _part(kept: Computed, kind: str) -> dict[str, Any]:
    """Return a run's numbers or figures."""
    found: dict[str, Any] = kept.numbers if kind == "number" else kept.figures
    return found
