"""Bringing an entry in from files: found again by its key, left alone where an editor changed it since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.text import slugify
from wagtail.models import Locale

from madang.core.language import LANGUAGES, Language
from madang.web.library.models import Author, EntryPage, Goal, Region, ShelfPage, Theme


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry in both languages: what they share, and the fields of each."""

    key: str
    model: type[EntryPage]
    shelf: str
    origin: str
    words: Mapping[Language, Mapping[str, Any]]
    shared: Mapping[str, Any] = field(default_factory=dict)
    theme: str | None = None
    goals: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass
class Report:
    """What an import did, by key and language."""

    made: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the report for reading; pages that an editor changed are named, since their files differ."""
        said = f"{len(self.made)} made, {len(self.renewed)} renewed, {len(self.same)} unchanged"
        kept = (f"kept as an editor left it, though its file changed: {one}" for one in self.kept)
        return [said, *kept, *(f"not taken: {one}" for one in self.refused)]


def bring(entry: Entry, report: Report) -> None:
    """Make or renew an entry's pages in both languages."""
    first: EntryPage | None = EntryPage.objects.filter(key=entry.key).first()
    for code in LANGUAGES:
        if code in entry.words:
            page = _bring_one(entry, code, first, report)
            first = first or page


def _bring_one(entry: Entry, code: Language, first: EntryPage | None, report: Report) -> EntryPage:
    """Make or renew one language's page."""
    mark = _mark(entry, code)
    name = f"{entry.key} ({code})"
    page = entry.model.objects.filter(key=entry.key, locale__language_code=code).first()
    if page is not None:
        if page.imported_hash == mark:
            report.same.append(name)
            return page
        if page.latest_revision is not None and page.latest_revision.user_id is not None:
            report.kept.append(name)
            return page
        _fill(page, entry, code, mark)
        page.save_revision().publish()
        report.renewed.append(name)
        return page
    page = entry.model(slug=entry.key, locale=Locale.objects.get(language_code=code))
    if first is not None:
        page.translation_key = first.translation_key
    _fill(page, entry, code, mark)
    ShelfPage.objects.get(shelf=entry.shelf, locale__language_code=code).add_child(instance=page)
    page.save_revision().publish()
    report.made.append(name)
    return page


def _fill(page: EntryPage, entry: Entry, code: Language, mark: str) -> None:
    """Set a page's fields, and check them as the editors' form would."""
    for name, value in {**entry.shared, **entry.words[code]}.items():
        setattr(page, name, value)
    page.key, page.imported_from, page.imported_hash = entry.key, entry.origin, mark
    page.original_language, page.translation_checked = "ko", True
    page.theme = Theme.objects.get(key=entry.theme) if entry.theme else None
    page.goals = Goal.objects.filter(number__in=entry.goals)
    page.regions = Region.objects.filter(key__in=entry.regions)
    page.authors = Author.objects.filter(key__in=entry.authors)


def _mark(entry: Entry, code: Language) -> str:
    """Return the hash of what an import would write."""
    parts = [dict(entry.words[code]), dict(entry.shared), entry.theme, entry.goals, entry.regions, entry.authors]
    return hashlib.blake2b(json.dumps(parts, default=str, ensure_ascii=False).encode(), digest_size=16).hexdigest()


def key_of(words: str) -> str:
    """Return a key made from a name."""
    return slugify(words)[:60] or hashlib.blake2b(words.encode(), digest_size=6).hexdigest()


def as_day(value: Any) -> date | None:
    """Return a day given in a file; nothing where none is."""
    return value if isinstance(value, date) else None
