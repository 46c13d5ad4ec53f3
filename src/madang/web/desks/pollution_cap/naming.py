"""What districts, units, plants and substances are called in the page's language; a name without words stands so."""

from __future__ import annotations

from madang.solutions.pollution_cap import solution
from madang.web.desks.pollution_cap.rules import city_here, rules_of
from madang.web.wording import language


def named(name: str) -> str:
    """Return what a district, unit or plant of the city shown is called."""
    said = rules_of(city_here()).names.get(name)
    return said.to(language()) if said is not None else name


def substance(name: str) -> str:
    """Return what a substance is called."""
    return solution.card.word(name, language())
