"""The sitemap: every published page, promise and solution of the bench, each in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Page

from madang import register
from madang.core.language import LANGUAGES
from madang.web.scoreboard.models import Standing

#: Address, day of the last change where it is known, and the versions as (language, address).
Row = tuple[str, datetime | date | None, list[tuple[str, str]]]


def sitemap(request: HttpRequest) -> HttpResponse:
    """Return every page that all may read, with its versions in both languages."""
    rows = [*_library(), *_rooms()]
    return render(request, "sitemap.xml", {"rows": rows}, content_type="application/xml")


def _library() -> Iterator[Row]:
    """Yield the library's published pages."""
    pages = list(Page.objects.live().public().filter(depth__gt=1).select_related("locale").order_by("pk"))
    addresses = {page.pk: f"{settings.MADANG_ADDRESS}{page.get_url()}" for page in pages}
    versions: dict[Any, list[tuple[str, str]]] = {}
    for page in pages:
        versions.setdefault(page.translation_key, []).append((page.locale.language_code, addresses[page.pk]))
    for page in pages:
        yield addresses[page.pk], page.last_published_at, versions[page.translation_key]


def _rooms() -> Iterator[Row]:
    """Yield the pages of promises and of the bench."""
    yield from _both("scoreboard:promises")
    for name, day in Standing.objects.order_by("place").values_list("promise", "judged_on"):
        yield from _both("scoreboard:promise", name, day=day)
    yield from _both("bench:bench")
    for name in register.NAMES:
        yield from _both("bench:solution", name)


def _both(view: str, *parts: str, day: date | None = None) -> Iterator[Row]:
    """Yield a view's addresses in both languages."""
    versions = []
    for code in LANGUAGES:
        with override(code):
            versions.append((str(code), f"{settings.MADANG_ADDRESS}{reverse(view, args=parts)}"))
    for _, address in versions:
        yield address, day, versions
