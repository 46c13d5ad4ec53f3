"""What districts, units, plants and substances are called in a reader's language; a name without words stands so."""

from __future__ import annotations

from madang.core.language import Language, Text, text
from madang.solutions.pollution_cap import solution
from madang.web.desks.pollution_cap.cells import Cell
from madang.web.desks.pollution_cap.rules import city_here, rules_of
from madang.web.wording import language


def words_of(name: str) -> Text:
    """Return what a district, unit or plant of the city shown is called, in both languages."""
    return rules_of(city_here()).names.get(name, text(name, name))


def named(name: str, lang: Language | None = None) -> str:
    """Return what a district, unit or plant is called in a language; the page's where none is given."""
    return words_of(name).to(lang or language())


def substance(name: str, lang: Language | None = None) -> str:
    """Return what a substance is called."""
    return solution.card.word(name, lang or language())


def substance_words(name: str) -> Text:
    """Return what a substance is called, in both languages."""
    return text(substance(name, "ko"), substance(name, "en"))


def cell_says(cell: Cell, lang: Language) -> str:
    """Return a cell of the account in words."""
    return f"{named(cell.district, lang)}, {named(cell.unit, lang)}, {substance(cell.substance, lang)}, {cell.year}"
