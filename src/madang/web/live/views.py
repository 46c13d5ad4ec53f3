"""Drawings and rows of figures, and the road of a number walked back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from madang.core.drawing import png_of, with_dark
from madang.web.bench.cards import card_of
from madang.web.live import bundle, quotes
from madang.web.live.models import Drawing, Sheet
from madang.web.live.telling import say_given
from madang.web.live.templatetags.live import number_words
from madang.web.wording import language

_FOREVER = "public, max-age=31536000, immutable"


def drawing(request: HttpRequest, key: str, ending: str) -> HttpResponse:
    """Return a drawing as SVG or PNG; its address is its hash, so it never changes. Or what lets one point at it."""
    found = get_object_or_404(Drawing, pk=key)
    if ending == "vl.json":
        if found.live is None:
            raise Http404("this drawing was kept before its marks could be pointed at")
        return JsonResponse(found.live, json_dumps_params={"ensure_ascii": False})
    if ending == "png":
        response = HttpResponse(png_of(found.svg), content_type="image/png")
    else:
        response = HttpResponse(with_dark(found.svg), content_type="image/svg+xml")
        # A drawing opened by itself may style its own marks; it can load and run nothing.
        response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = _FOREVER
    response["Content-Disposition"] = f'inline; filename="{found.name}.{ending}"'
    return response


def vega(request: HttpRequest, version: str) -> HttpResponse:
    """Return the program that draws charts in the page: the bundle that comes with the drawing library's wheel."""
    if version != bundle.VERSION:
        raise Http404(version)
    response = HttpResponse(bundle.vega(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = _FOREVER
    return response


def rows(request: HttpRequest, address: str) -> HttpResponse:
    """Return all rows of a figure as CSV."""
    sheet = get_object_or_404(Sheet, address=address)
    response = HttpResponse("﻿" + sheet.csv, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{address}.csv"'
    return response


def why(request: HttpRequest, solution: str, name: str) -> HttpResponse:
    """Walk a published number back: formula, inputs, facts with their days and states, sources."""
    address = f"{solution}.{name}"
    quoted = quotes.number(address)
    if quoted.card is None:
        raise Http404(address)
    steps = [_step(step, solution) for step in quoted.card["inputs"]]
    return render(
        request,
        "live/why.html",
        {"number": number_words(address), "card": quoted.card, "steps": steps, "stated": quoted.stated},
    )


def _step(step: dict[str, Any], solution: str) -> dict[str, Any]:
    """Return an input as the page shows it."""
    code = language()
    said = say_given(step["value"], step["unit"], code, card_of(solution).word)
    return {"title": step["title"][code], "value": said, "facts": step["facts"]}
