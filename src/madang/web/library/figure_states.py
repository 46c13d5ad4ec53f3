"""Each quoted number and figure of a page in both languages: quoted where, and still what it was."""

from __future__ import annotations

from dataclasses import dataclass

from madang.core.language import LANGUAGES
from madang.web.library.models import EntryPage
from madang.web.live import quotes
from madang.web.live.changes import changes_of
from madang.web.live.quoting import quotations


@dataclass(frozen=True)
class FigureState:
    """One quotation: its title in both languages, and its state in each: same, changed, missing."""

    kind: str
    address: str
    title: dict[str, str]
    states: dict[str, str]


def figure_states(page: EntryPage) -> list[FigureState]:
    """Return every quotation of a page and of its counterpart, in the page's order first."""
    versions = {one.locale.language_code: one for one in (page, page.counterpart) if one is not None}
    quoted = {code: set(quotations(one)) for code, one in versions.items()}
    changed = {code: {change.address for change in changes_of(one)} for code, one in versions.items()}
    order = dict.fromkeys([*quotations(page), *(one for code in LANGUAGES for one in sorted(quoted.get(code, ())))])
    return [
        FigureState(kind, address, _title(kind, address), {
            code: _state((kind, address), quoted.get(code, set()), changed.get(code, set())) for code in LANGUAGES
        })
        for kind, address in order
    ]  # fmt: skip


def _state(quotation: tuple[str, str], quoted: set[tuple[str, str]], changed: set[str]) -> str:
    """Return how one quotation stands in one language."""
    if quotation not in quoted:
        return "missing"
    return "changed" if quotation[1] in changed else "same"


def _title(kind: str, address: str) -> dict[str, str]:
    """Return a quotation's title; its address where nothing is known of it."""
    card = quotes.number(address).card if kind == "number" else quotes.figure(address)
    return dict(card["title"]) if card else dict.fromkeys(LANGUAGES, address)
