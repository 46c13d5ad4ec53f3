"""Bringing the library's own content in: words to sort by, shelves, entries. Repeatable; what editors changed stays."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from wagtail.models import Locale, Page, Site

from madang.core.language import LANGUAGES
from madang.web.library.bringing import Entry, Report, bring
from madang.web.library.markdown import blocks_of
from madang.web.library.models import (
    PARTS,
    Author,
    BrochurePage,
    CentrePage,
    DigestPage,
    EntryPage,
    Goal,
    HomePage,
    NewsPage,
    NotePage,
    PartnerPage,
    Region,
    ShelfPage,
    Theme,
)

CONTENT = Path(__file__).parent / "content"
_MODELS: dict[str, tuple[type[EntryPage], str]] = {
    "news": (NewsPage, "news"),
    "brochure": (BrochurePage, "publications"),
    "digest": (DigestPage, "publications"),
    "partner": (PartnerPage, "partners"),
    "centre": (CentrePage, "training"),
    "note": (NotePage, "notes"),
}
_LISTS = {"theme", "goals", "regions", "authors", "ko", "en", "key", "kind"}


def fill() -> Report:
    """Make what is missing and renew what changed in the content; return what was done."""
    _words()
    homes = _homes()
    for card in read("shelves.toml")["shelf"]:
        first: ShelfPage | None = None
        for code in LANGUAGES:
            first = _shelf(homes[code], card, first)
    report = Report()
    for path in sorted((CONTENT / "entries").glob("*.toml")):
        for card in tomllib.loads(path.read_text(encoding="utf-8"))["entry"]:
            bring(entry_of(card, path.name), report)
    return report


def read(name: str) -> dict[str, Any]:
    """Return one file of the content."""
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


def entry_of(card: dict[str, Any], origin: str) -> Entry:
    """Return an entry as its card in the content tells it."""
    model, shelf = _MODELS[card["kind"]]
    return Entry(
        key=card["key"],
        model=model,
        shelf=shelf,
        origin=f"content/{origin}",
        words={code: _texts(card[code]) for code in LANGUAGES},
        shared={name: value for name, value in card.items() if name not in _LISTS},
        theme=card.get("theme"),
        goals=tuple(card.get("goals", ())),
        regions=tuple(card.get("regions", ())),
        authors=tuple(card.get("authors", ())),
    )


def _texts(words: dict[str, str]) -> dict[str, Any]:
    """Return one language's fields, with Markdown made into blocks."""
    return {name: blocks_of(text) if name == "body" or name in PARTS else text for name, text in words.items()}


def _words() -> None:
    """Make the words to sort by."""
    for name, model in (("theme", Theme), ("goal", Goal), ("region", Region), ("author", Author)):
        for card in read("words.toml")[name]:
            model.objects.update_or_create(key=card["key"], defaults=card)


def _homes() -> dict[str, HomePage]:
    """Return the home of each language, made where missing; Wagtail's welcome page goes."""
    words = read("shelves.toml")["home"]
    made: dict[str, HomePage] = {}
    for code in LANGUAGES:
        locale, _ = Locale.objects.get_or_create(language_code=code)
        found = HomePage.objects.filter(locale=locale).first()
        made[code] = found or _new_home(locale, words[code], made.get("ko"))
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
    if site.root_page_id != made["ko"].pk:
        site.root_page, site.site_name = made["ko"], "Madang"
        site.save()
        Page.objects.filter(depth=2).exclude(pk__in=[one.pk for one in made.values()]).delete()
    return made


def _new_home(locale: Locale, words: dict[str, str], first: HomePage | None) -> HomePage:
    """Make one language's home."""
    home = HomePage(title=words["title"], intro=words["intro"], slug=f"home-{locale.language_code}", locale=locale)
    if first is not None:
        home.translation_key = first.translation_key
    Page.objects.get(depth=1).add_child(instance=home)
    home.save_revision().publish()
    return home


def _shelf(home: HomePage, card: dict[str, Any], first: ShelfPage | None) -> ShelfPage:
    """Make one language's shelf where it is missing."""
    found = ShelfPage.objects.filter(shelf=card["key"], locale=home.locale).first()
    if found is not None:
        return found
    words = card[home.locale.language_code]
    page = ShelfPage(
        title=words["title"], intro=words["intro"], slug=card["key"], shelf=card["key"], locale=home.locale,
        show_in_menus=True,
    )  # fmt: skip
    if first is not None:
        page.translation_key = first.translation_key
    home.add_child(instance=page)
    page.save_revision().publish()
    return page
