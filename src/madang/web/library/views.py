"""The library as a whole: its shelves with what is new on each, and its catalogue for machines."""

from __future__ import annotations

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from madang.web.library import records, tables
from madang.web.library.models import EntryPage, HomePage, ShelfPage
from madang.web.wording import language

_SHOWN = 3


def shelves(request: HttpRequest) -> HttpResponse:
    """Show every shelf: how many entries it holds, and its newest."""
    shown = []
    everybody = EntryPage.objects.live().public()
    for shelf in ShelfPage.objects.live().filter(locale__language_code=language()).order_by("path"):
        entries = everybody.child_of(shelf).prefetch_related("theme")
        newest = entries.order_by(F("posted_day").desc(nulls_last=True), "title").specific()[:_SHOWN]
        shown.append({"shelf": shelf, "count": shelf.numchild, "newest": list(newest)})
    return render(request, "library/shelves.html", {"shown": shown})


def data(request: HttpRequest, path: str, ending: str) -> HttpResponse:
    """Return an entry, or all entries of a shelf, as JSON or CSV: its page's address with the ending for its stroke."""
    home = HomePage.objects.filter(locale__language_code=language()).first()
    if home is None:
        raise Http404(path)
    page = home.route(request, path.split("/")).page.specific
    if page.get_view_restrictions().exists():
        raise Http404(path)
    if isinstance(page, ShelfPage):
        return _shelf(page, ending)
    if not isinstance(page, EntryPage):
        raise Http404(path)
    if ending == "csv":
        return tables.as_csv(tables.entry_rows(page), tables.ENTRY_COLUMNS, page.slug)
    return tables.as_json(records.whole(page))


def _shelf(shelf: ShelfPage, ending: str) -> HttpResponse:
    """Return every entry of a shelf, newest first."""
    entries = EntryPage.objects.live().public().child_of(shelf).prefetch_related("locale", "theme").specific()
    rows = tables.shelf_rows(list(entries.order_by(F("posted_day").desc(nulls_last=True), "title")))
    if ending == "csv":
        return tables.as_csv(rows, tables.SHELF_COLUMNS, shelf.slug)
    told = {"shelf": shelf.shelf, "title": shelf.title, "language": shelf.locale.language_code}
    return tables.as_json({**told, "count": len(rows), "entries": rows})


def catalogue(request: HttpRequest) -> HttpResponse:
    """Return the DCAT catalogue."""
    response = JsonResponse(records.catalogue(), json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/ld+json"
    return response
