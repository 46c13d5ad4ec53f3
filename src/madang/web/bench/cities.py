"""A visitor's own city: bring its folder, see what is still another city's default, run it, hold it against home."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from madang import register
from madang.core.errors import MadangError
from madang.plan.cities import open_city
from madang.web.bench import uploads
from madang.web.bench.answers import says_errors, sent_from_here, status_of, unkept
from madang.web.bench.asking import UPLOADED, Ask, read_defaults
from madang.web.bench.cards import card_of
from madang.web.bench.comparing import against_home
from madang.web.bench.jobs import said, submit
from madang.web.bench.models import Upload
from madang.web.bench.visitors import check_allowance, visitor_of
from madang.web.wording import language


@sent_from_here
def bring(request: HttpRequest) -> HttpResponse:
    """Show how a city's folder is brought, and take it."""
    context: dict[str, Any] = {
        "days": uploads.KEPT_DAYS,
        "zip_mb": uploads.ZIP_BYTES_MAX >> 20,
        "unpacked_mb": uploads.UNPACKED_BYTES_MAX >> 20,
        "files": uploads.FILES_MAX,
        "endings": sorted(uploads.ENDINGS),
    }
    if request.method != "POST":
        return render(request, "bench/bring.html", context)
    given = request.FILES.get("city")
    try:
        check_allowance(visitor_of(request))
        if given is None:
            return unkept(render(request, "bench/bring.html", context | {"missing": True}, status=400))
        upload = uploads.bring(given)
    except MadangError as error:
        context["error"] = said(error)
        return unkept(render(request, "bench/bring.html", context, status=status_of(error)))
    return HttpResponseRedirect(reverse("bench:city", args=[upload.key]), status=303)


@says_errors
def city(request: HttpRequest, key: str) -> HttpResponse:
    """Show an uploaded city: what it gives each solution, and what is still a default."""
    upload = get_object_or_404(Upload, key=key)
    rows = [_solution(upload, name) for name in register.NAMES]
    context = {"upload": upload, "city": f"{UPLOADED}{upload.key}", "rows": rows, "runs": upload.run_set.all()}
    return unkept(render(request, "bench/city.html", context))


def _solution(upload: Upload, name: str) -> dict[str, Any]:
    """Return what an uploaded city gives a solution, and what stands in where it gives nothing."""
    code = language()
    card = card_of(name)
    row: dict[str, Any] = {"name": name, "card": card, "home": open_city(card.home).name}
    try:
        read = read_defaults(name, f"{UPLOADED}{upload.key}", localdate())
    except MadangError as error:
        return row | {"error": said(error)}
    row["own"] = [use.says.to(code) for use in read.uses.values() if use.origin == "city"]
    row["defaults"] = [(use.says.to(code), use.owner) for use in read.uses.values() if use.origin == "default"]
    return row


@sent_from_here
@require_POST
@says_errors
def run(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Run a solution for an uploaded city, alone or held against the home city."""
    upload = get_object_or_404(Upload, key=key)
    place, visitor = f"{UPLOADED}{upload.key}", visitor_of(request)
    if request.POST.get("against") == "home":
        runs = against_home(place, name, visitor)
        query = urlencode([("run", run.key) for run in runs])
        return HttpResponseRedirect(f"{reverse('bench:compare', args=[name])}?{query}", status=303)
    made, _ = submit(Ask(name, place, localdate()), visitor)
    return HttpResponseRedirect(reverse("bench:run", args=[made.key]), status=303)


@sent_from_here
@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    """Delete an upload at once; whoever knows its address brought it or was given it."""
    uploads.delete(get_object_or_404(Upload, key=key))
    return HttpResponseRedirect(reverse("bench:bring"), status=303)
