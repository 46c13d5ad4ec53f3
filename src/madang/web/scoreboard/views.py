"""The promises page, each promise's own page, the same as JSON and CSV, the feed and the card for embedding."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString, mark_safe

from madang.plan.report.data import to_csv
from madang.plan.verdicts import VERDICTS
from madang.web.scoreboard import records, telling
from madang.web.scoreboard.models import Standing, VerdictChange
from madang.web.scoreboard.timeline import timeline
from madang.web.wording import language

_FEED_LENGTH = 100


def promises(request: HttpRequest, ending: str = "") -> HttpResponse:
    """Show the promises with their verdicts, those of a theme or a verdict where asked; or give them as JSON or CSV."""
    code = language()
    everything = list(Standing.objects.all())
    theme, verdict = request.GET.get("theme", ""), request.GET.get("verdict", "")
    shown = [one for one in everything if _matches(one, theme, verdict)]
    if ending == "json":
        return _open(
            JsonResponse({"promises": [telling.public(one, evidence=False) for one in shown]}, json_dumps_params=_PLAIN)
        )
    if ending == "csv":
        return _rows(shown, "promises")
    changes = list(_changes_here().exclude(before="")[:_FEED_LENGTH])
    asked = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return render(
        request,
        "scoreboard/promises.html",
        {
            "cards": [telling.card(one, code) for one in shown],
            "total": len(everything),
            "tiles": telling.tiles([one for one in everything if _matches(one, theme, "")], verdict, code),
            "themes": list(dict.fromkeys((one.theme, one.data["theme"][code]) for one in everything)),
            "verdicts": [(telling.slug_of(name), words.to(code)) for name, words in VERDICTS.items()],
            "theme": theme,
            "verdict": verdict,
            "asked": asked,
            "judged_on": everything[0].judged_on if everything else None,
            "days": timeline(shown, changes, everything[0].judged_on if everything else None, code),
        },
    )


def promise(request: HttpRequest, name: str, ending: str = "") -> HttpResponse:
    """Show one promise with its evidence, checks, slips, sources and the history of its verdict."""
    code = language()
    standing = get_object_or_404(Standing, promise=name)
    if ending == "json":
        return _open(JsonResponse(telling.public(standing), json_dumps_params=_PLAIN))
    if ending == "csv":
        return _rows([standing], name)
    data = standing.data
    return render(
        request,
        "scoreboard/promise.html",
        {
            "card": telling.card(standing, code),
            "data": data,
            "checks": [telling.claim_words(claim, code) for claim in data["checks"]],
            "chart": data["chart"],
            "map": data.get("map"),
            "history": list(VerdictChange.objects.filter(promise=name)),
            "record": _record(records.review_of(standing, code)),
        },
    )


def embed(request: HttpRequest, name: str) -> HttpResponse:
    """Show a promise as a card that another site may frame."""
    standing = get_object_or_404(Standing, promise=name)
    return render(request, "scoreboard/embed.html", {"card": telling.card(standing, language())})


def changes(request: HttpRequest) -> HttpResponse:
    """Return the Atom feed of verdicts."""
    latest = list(_changes_here()[:_FEED_LENGTH])
    return _open(
        HttpResponse(records.changes_feed(latest, language()), content_type="application/atom+xml; charset=utf-8")
    )


def _changes_here() -> QuerySet[VerdictChange]:
    """Return the changes of the promises that stand here, not those of a city that the site showed before."""
    return VerdictChange.objects.filter(promise__in=Standing.objects.values("promise"))


_PLAIN = {"ensure_ascii": False}


def _matches(standing: Standing, theme: str, verdict: str) -> bool:
    """Tell whether a promise is of the theme and the verdict asked for; an empty word asks for all."""
    return (not theme or standing.theme == theme) and (not verdict or telling.slug_of(standing.verdict) == verdict)


def _rows(standings: list[Standing], name: str) -> HttpResponse:
    """Return promises as CSV; the mark at its beginning tells spreadsheets that it is UTF-8."""
    body = "\ufeff" + to_csv([telling.row(one) for one in standings], telling.CSV_COLUMNS)
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.csv"'
    return _open(response)


def _open(response: HttpResponse) -> HttpResponse:
    """Let every site read the answer."""
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _record(record: dict[str, Any]) -> SafeString:
    """Return a record as JSON that may stand inside a script element."""
    written = json.dumps(record, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
    return mark_safe(written)  # noqa: S308 - every character that could end the element is escaped
