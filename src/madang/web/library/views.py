"""The library as a whole: its shelves with what is new on each, and its catalogue for machines."""

from __future__ import annotations

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from madang.web.library import records
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


def entry_json(request: HttpRequest, path: str) -> HttpResponse:
    """Return an entry as JSON: its page's address with .json for the last stroke."""
    home = HomePage.objects.filter(locale__language_code=language()).first()
    if home is None:
        raise Http404(path)
    found = home.route(request, path.split("/"))
    page = found.page.specific
    if not isinstance(page, EntryPage) or page.get_view_restrictions().exists():
        raise Http404(path)
    response = JsonResponse(records.whole(page), json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response


def catalogue(request: HttpRequest) -> HttpResponse:
    """Return the DCAT catalogue."""
    response = JsonResponse(records.catalogue(), json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/ld+json"
    response["Access-Control-Allow-Origin"] = "*"
    return response
