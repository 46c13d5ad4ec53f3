"""Links between the languages, crumbs, the translation's state, and a page's schema.org record."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from madang import register as solutions
from madang.core.contract import Card
from madang.core.documents import read_document
from madang.core.language import Text
from madang.plan import cities
from madang.web.library import records
from madang.web.library.figure_states import FigureState, figure_states
from madang.web.wording import language

register = template.Library()
_SAFE = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def hreflang(context: dict[str, Any], page: Page) -> SafeString:
    """Return the links to the page in each language it is published in."""
    found = _versions(context, page)
    if len(found) < 2:
        return mark_safe("")
    whole = ((code, f"{settings.MADANG_ADDRESS}{address}") for code, address in sorted(found.items()))
    return format_html_join("", '<link rel="alternate" hreflang="{}" href="{}">', whole)


@register.simple_tag(takes_context=True)
def other_address(context: dict[str, Any], page: Page) -> str:
    """Return where the language switch leads: the same page, or the other language's home."""
    other = "en" if language() == "ko" else "ko"
    return _versions(context, page).get(other, f"/{other}/")


@register.inclusion_tag("library/crumbs.html", takes_context=True)
def crumbs(context: dict[str, Any], page: Page) -> dict[str, Any]:
    """Show the shelves above a page."""
    return {"above": [one for one in page.get_ancestors() if one.depth > 1], "request": context.get("request")}


@register.simple_tag
def translation_note(page: Any) -> SafeString:
    """Return a note where a page is a translation, or has none."""
    state = page.translation
    if state.state == "original" and state.has_counterpart:
        return mark_safe("")
    words = state.words.to(language())
    if state.state == "original":
        words += " · " + ("영어판 없음" if language() == "ko" else "not yet in Korean")
    return format_html('<p class="kicker translation" data-state="{}">{}</p>', state.state, words)


@register.simple_tag
def told_of(page: Any) -> SafeString:
    """Return whose programme an article tells of, where a site of another city shows it as it came."""
    is_edited = page.latest_revision is not None and page.latest_revision.user_id is not None
    words = None if is_edited or not page.solution else _told_of(page.solution, str(settings.MADANG_CITY))
    return format_html('<p class="note">{}</p>', words.to(language())) if words else mark_safe("")


@lru_cache(maxsize=64)
def _told_of(solution: str, city: str) -> Text | None:
    """Return the words of ``told_of`` for a solution's article in a city."""
    card = read_document(solutions.folder_of(solution) / "card.toml", Card)
    return cities.told_of(card.home, cities.open_city(city))


@register.simple_tag
def record(page: Any) -> SafeString:
    """Return the page's schema.org record; it is data, which no policy takes for a script."""
    text = json.dumps(records.schema_of(page), ensure_ascii=False).translate(_SAFE)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - < > and & are escaped


@register.simple_tag
def figure_table(page: Any) -> list[FigureState]:
    """Return each quotation of a page with its state in both languages."""
    return figure_states(page)


def _versions(context: Any, page: Page) -> dict[str, str]:
    """Return the addresses of a page's live versions by language, asked once: a block's own context ends with it."""
    outermost = context.dicts[0]
    kept = outermost.get("_versions")
    if kept is None:
        request = context.get("request")
        pages = page.get_translations(inclusive=True).live().select_related("locale")
        kept = outermost["_versions"] = {one.locale.language_code: one.get_url(request) for one in pages}
    return {code: url for code, url in kept.items() if url}
