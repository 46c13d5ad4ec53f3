"""The search page, the same as JSON, and suggestions while typing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from madang.core.language import Language
from madang.web.library import tables
from madang.web.library.models import EntryPage, Goal, Region, Theme
from madang.web.search import asking
from madang.web.search.models import Entry
from madang.web.search.promises import theme_words
from madang.web.wording import language

_PER_PAGE = 15
_COLUMNS = ("title", "address", "kind", "language", "year")
KINDS = {kind.kind: kind.kind_words for kind in EntryPage.__subclasses__()}
_FACET_WORDS = {
    "kind": {"ko": "종류", "en": "Type"},
    "theme": {"ko": "주제", "en": "Theme"},
    "goal": {"ko": "지속가능발전목표", "en": "SDG"},
    "region": {"ko": "지역", "en": "Region"},
    "language": {"ko": "언어", "en": "Language"},
    "year": {"ko": "연도", "en": "Year"},
}


def search(request: HttpRequest) -> HttpResponse:
    """Show what a query found."""
    found, page = _asked(request)
    results = [
        {
            "entry": entry,
            "title": asking.marked_title(entry.title, found.query),
            "snippet": asking.snippet(entry, found.query),
            "kind": _value_words("kind", entry.kind, {}),
        }
        for entry in _entries(page.object_list)
    ]
    context = {
        "found": found,
        "page": page,
        "results": results,
        "facets": _facets(request, found),
        "next": _address(request, page=str(page.next_page_number())) if page.has_next() else "",
        "previous": _address(request, page=str(page.previous_page_number())) if page.has_previous() else "",
    }
    return render(request, "search/search.html", context)


def data(request: HttpRequest, ending: str) -> HttpResponse:
    """Return the page of results that was asked for as JSON, or all of them as CSV."""
    found, page = _asked(request)
    results = [
        {"title": one.title, "address": one.address, "kind": one.kind, "language": one.language, "year": one.year}
        for one in _entries(found.order if ending == "csv" else page.object_list)
    ]
    if ending == "csv":
        return tables.as_csv(results, _COLUMNS, "search")
    return tables.as_json(
        {
            "query": found.query,
            "count": len(found.order),
            "page": page.number,
            "pages": page.paginator.num_pages,
            "facets": {name: dict(counts) for name, counts in found.facets.items()},
            "suggestions": found.suggestions,
            "results": results,
        }
    )


def suggest(request: HttpRequest) -> HttpResponse:
    """Return titles that hold what is being typed."""
    return JsonResponse({"titles": asking.complete(request.GET.get("q", ""), language())})


def _asked(request: HttpRequest) -> tuple[asking.Found, Any]:
    """Return what was found and the page of it that was asked for."""
    chosen = {name: request.GET.get(name, "") for name in asking.FACETS}
    found = asking.ask(request.GET.get("q", ""), language(), chosen)
    number = request.GET.get("page", "1")
    return found, Paginator(found.order, _PER_PAGE).get_page(number if number.isdecimal() and len(number) < 6 else 1)


def _entries(order: Any) -> list[Entry]:
    """Return entries in the given order."""
    kept = Entry.objects.in_bulk(list(order))
    return [kept[pk] for pk in order if pk in kept]


def _facets(request: HttpRequest, found: asking.Found) -> list[dict[str, Any]]:
    """Return each facet with its values, their counts and where choosing one leads."""
    code = language()
    named = _names(code)
    made = []
    for name, counts in found.facets.items():
        current = request.GET.get(name, "")
        values = [
            {
                "words": _value_words(name, value, named),
                "count": count,
                "current": value == current,
                "address": _address(request, **{name: "" if value == current else value, "page": ""}),
            }
            for value, count in counts
        ]
        if len(values) > 1 or current:
            made.append({"words": _FACET_WORDS[name][code], "values": values})
    return made


def _names(code: Language) -> dict[str, dict[str, str]]:
    """Return what themes, goals and regions are called, by facet and key."""
    themes = {key: words[code] for key, words in theme_words().items()}
    return {
        "theme": themes | {theme.key: theme.to(code) for theme in Theme.objects.all()},
        "goal": {str(goal.number): f"{goal.number} {goal.to(code)}" for goal in Goal.objects.all()},
        "region": {region.key: region.to(code) for region in Region.objects.all()},
    }


def _value_words(name: str, value: str, named: dict[str, dict[str, str]]) -> str:
    """Return a facet's value in words."""
    if name == "kind":
        return str(
            KINDS.get(value) or {"promise": {"ko": "약속", "en": "Promise"}}.get(value, {}).get(language(), value)
        )
    if name in named:
        return named[name].get(value, value)
    return {"ko": "한국어", "en": "English"}.get(value, value) if name == "language" else value


def _address(request: HttpRequest, **changed: str) -> str:
    """Return this page's address with some of its values changed."""
    values = {name: request.GET.get(name, "") for name in ("q", *asking.FACETS)} | changed
    return "?" + urlencode({name: value for name, value in values.items() if value})
