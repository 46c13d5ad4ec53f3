"""Numbers and figures quoted in text: ``{{ number:solution.name }}`` and ``{{ figure:solution.name }}``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from madang.web.live import catalogue

TOKEN = re.compile(r"\{\{\s*(number|figure):((?:[a-z][a-z0-9_]*\.)?[a-z][a-z0-9_]*)\s*\}\}")


@dataclass(frozen=True)
class Token:
    """One quotation: its kind, and ``solution.name``."""

    kind: str
    name: str


def tokens_in(words: str) -> Iterator[Token]:
    """Return each quotation in a text, in order."""
    return (Token(found[1], found[2]) for found in TOKEN.finditer(words))


def qualified(words: str, solution: str) -> str:
    """Return the text with every quotation naming its solution: an article in a solution's folder leaves it out."""
    return TOKEN.sub(
        lambda found: f"{{{{ {found[1]}:{found[2] if '.' in found[2] else f'{solution}.{found[2]}'} }}}}", words
    )


def unknown_tokens(words: str) -> list[str]:
    """Return the quotations that name nothing a solution has; where a solution has not run yet, none is refused."""
    wrong = []
    for token in tokens_in(words):
        solution, _, name = token.name.partition(".")
        if not name or solution not in catalogue.solution_names():
            wrong.append(token.name)
            continue
        known = catalogue.names_of(solution, token.kind)
        if known is not None and name not in known:
            wrong.append(token.name)
    return wrong
