"""Atom feeds of the library, one a language and shelf; where machines find the sitemap."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.timezone import localtime

from madang.web.library.models import SHELVES, EntryPage, ShelfPage
from madang.web.wording import language

_LENGTH = 50


def feed(request: HttpRequest, shelf: str) -> HttpResponse:
    """Return the newest entries of a shelf, or of the whole library, as Atom."""
    code = language()
    entries = EntryPage.objects.live().public().filter(locale__language_code=code)
    title = "마당 자료실" if code == "ko" else "Madang library"
    if shelf != "library":
        if shelf not in SHELVES:
            raise Http404(shelf)
        title = f"{title}: {SHELVES[shelf].to(code)}"
        entries = entries.descendant_of(ShelfPage.objects.get(shelf=shelf, locale__language_code=code))
    address = f"{settings.MADANG_ADDRESS}/{code}/feeds/{shelf}.atom"
    made = Atom1Feed(title=title, link=f"{settings.MADANG_ADDRESS}/{code}/", description=title, language=code,
                     feed_url=address, author_name="Madang")  # fmt: skip
    for entry in entries.order_by("-first_published_at", "-pk").specific()[:_LENGTH]:
        link = f"{settings.MADANG_ADDRESS}{entry.url}"
        made.add_item(
            title=entry.title, link=link, description=entry.summary, unique_id=link, updateddate=_time(entry),
            pubdate=entry.first_published_at, categories=[str(entry.kind_words)],
        )  # fmt: skip
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _time(entry: EntryPage) -> Any:
    """Return when an entry was last published."""
    return localtime(entry.last_published_at) if entry.last_published_at else None


def robots(request: HttpRequest) -> HttpResponse:
    """Say where the sitemap is, and that the editors' rooms are not for machines."""
    lines = ["User-agent: *", "Disallow: /admin/", f"Sitemap: {settings.MADANG_ADDRESS}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
