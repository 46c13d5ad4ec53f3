"""Bringing the library's own content in: words to sort by, shelves, entries. Repeatable; what editors changed stays."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from wagtail.models import Locale, Page, Site

from madang.core.language import LANGUAGES
from madang.web.library.models import HomePage, ShelfPage

CONTENT = Path(__file__).parent / "content"


def fill() -> None:
    """Make the homes and shelves of both languages where they are missing."""
    homes = _homes()
    for card in read("shelves.toml")["shelf"]:
        first: ShelfPage | None = None
        for code in LANGUAGES:
            first = _shelf(homes[code], card, first)


def read(name: str) -> dict[str, Any]:
    """Return one file of the content."""
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


def shelf(key: str, code: str) -> ShelfPage:
    """Return a shelf of a language."""
    return ShelfPage.objects.get(shelf=key, locale__language_code=code)


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
