"""Quoted numbers that changed since a page was last published: its editor is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from madang.core.language import Language
from madang.web.live import quotes
from madang.web.live.quoting import quotations


@dataclass(frozen=True)
class Change:
    """A number that is no longer what it was when the page was published."""

    address: str
    title: dict[str, str]
    before: dict[str, Any]
    now: dict[str, Any] | None

    def says(self, code: Language) -> str:
        """Return the change in one line."""
        now = f"{quotes.write_value(self.now, code)}" if self.now else ("없어짐" if code == "ko" else "gone")
        return f"{self.title[code]}: {quotes.write_value(self.before, code)} → {now}"


def values_quoted(page: Any) -> dict[str, dict[str, Any]]:
    """Return what each number a page quotes is now: kept with the page when it is published."""
    kept: dict[str, dict[str, Any]] = {}
    for kind, address in quotations(page):
        card = quotes.number(address).card if kind == "number" else None
        if card is not None:
            kept[address] = {key: card[key] for key in ("value", "unit", "digits", "title")}
    return kept


def changes_of(page: Any) -> list[Change]:
    """Return the numbers that a page quotes and that changed since it was published."""
    found = []
    for address, before in page.quoted_values.items():
        now = quotes.number(address).card
        if now is None or _differs(before, now):
            found.append(Change(address, before["title"], before, now))
    return found


def _differs(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Tell whether a reader would see another number."""
    if before["unit"] != now["unit"]:
        return True
    return any(quotes.write_value(before, code) != quotes.write_value(now, code) for code in ("ko", "en"))
