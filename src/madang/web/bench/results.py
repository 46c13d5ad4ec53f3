"""A run's page and all that hangs on it: data, figures, why, progress, cancelling, sensitivity, the bundle."""

from __future__ import annotations

import io
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from madang.core.drawing import png_of, with_dark
from madang.plan.report.data import plain
from madang.web.bench import telling
from madang.web.bench.answers import not_kept_if_brought, open_to_all, run_or_404, says_errors, sent_from_here, unkept
from madang.web.bench.asking import ask_of
from madang.web.bench.cards import card_of
from madang.web.bench.jobs import bundle_path, cancel, submit
from madang.web.bench.keeping import drawing_of, frame_of, live_of
from madang.web.bench.models import Job, Run, RunFigure
from madang.web.bench.sensitivity import ranked
from madang.web.bench.visitors import visitor_of
from madang.web.wording import language

_FOREVER = "public, max-age=31536000, immutable"
_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


@require_safe
@not_kept_if_brought
def run(request: HttpRequest, key: str) -> HttpResponse:
    """Show a run: its progress while it is made, then its numbers, figures, changes and what it leaves open."""
    found, code = run_or_404(key), language()
    if found.result is None:
        return _progress(request, found, "result")
    numbers = telling.numbers_of(found, code)
    figures = [telling.figure_words(kept, code) for kept in found.figures.defer("reach")]
    context = {
        "run": found,
        "card": card_of(found.solution),
        "result": found.result,
        "numbers": numbers,
        "headlines": telling.headlines(numbers),
        "changed": telling.changed_words(found, code),
        "defaults": telling.defaults_words(found, code),
        "caveats": [caveat[code] for caveat in found.result["caveats"]],
        "figures": figures,
        "empty": [figure["title"] for figure in figures if not figure["row_count"]],
        "sources": found.result["sources"],
    }
    return render(request, "bench/run.html", context)


@require_safe
@not_kept_if_brought
def data(request: HttpRequest, key: str, ending: str) -> HttpResponse:
    """Give a run as JSON, or its numbers as CSV."""
    found = run_or_404(key)
    if found.result is None:
        raise Http404("the run is not done")
    if ending == "csv":
        return open_to_all(_file("\ufeff" + found.numbers_csv, "csv", f"{found.solution}-{key}.csv"))
    return open_to_all(JsonResponse(public(found), json_dumps_params={"ensure_ascii": False}))


def public(found: Run) -> dict[str, Any]:
    """Return a run as its JSON and the API tell it."""
    result = found.result or {}
    numbers = {name: {**card, "why": f"why/{name}"} for name, card in result.get("numbers", {}).items()}
    return {
        "run": found.key,
        "solution": found.solution,
        "city": found.city,
        "day": found.day.isoformat(),
        "scenario": found.scenario or None,
        "changes": found.changes,
        "state": state_of(found),
        "seconds": found.seconds,
        "title": result.get("title"),
        "numbers": numbers,
        "figures": list(found.figures.values_list("name", flat=True)),
        **{name: result.get(name, []) for name in ("changed", "caveats", "defaults", "sources")},
        "inputs": result.get("inputs", {}),
        "diagnostics": result.get("diagnostics", {}),
    }


def state_of(found: Run) -> str:
    """Return where a run stands."""
    if found.done_at is not None:
        return "done"
    job = found.jobs.filter(kind="result").first()
    return job.state if job else "waiting"


@require_safe
@not_kept_if_brought
def figure(request: HttpRequest, key: str, name: str, ending: str) -> HttpResponse:
    """Give a figure as a drawing or as data."""
    kept = get_object_or_404(RunFigure, run_id=key, name=name)
    if ending in {"svg", "png", "vl.json"}:
        return _drawing(kept, ending)
    frame = frame_of(kept)
    body: bytes
    if ending == "parquet":
        body = bytes(kept.parquet)
    elif ending == "csv":
        body = b"\xef\xbb\xbf" + frame.write_csv().encode()
    else:
        card = kept.card["figure"]
        told = {key: card[key] for key in ("name", "title", "subtitle", "columns", "notes")}
        told |= {"rows": plain([list(row) for row in frame.rows()]), "sources": kept.card["sources"]}
        return open_to_all(JsonResponse(told, json_dumps_params={"ensure_ascii": False}))
    return open_to_all(_file(body, ending, f"{name}.{ending}"))


def _drawing(kept: RunFigure, ending: str) -> HttpResponse:
    """Return a figure's drawing in the page's language; it never changes. Or what lets one point at its marks."""
    if not kept.card["drawn"]:
        raise Http404("a table is read, not drawn")
    if ending == "vl.json":
        return open_to_all(JsonResponse(live_of(kept, language()), json_dumps_params={"ensure_ascii": False}))
    svg = drawing_of(kept, language())
    body = png_of(svg) if ending == "png" else with_dark(svg)
    response = HttpResponse(body, content_type=_TYPES[ending])
    response["Cache-Control"] = _FOREVER
    response["Content-Disposition"] = f'inline; filename="{kept.name}.{ending}"'
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _file(body: str | bytes, ending: str, name: str) -> HttpResponse:
    """Return data as a file."""
    response = HttpResponse(body, content_type=_TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@not_kept_if_brought
def why(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Walk a number of a run back: formula, inputs (the changed ones marked), facts, days, sources."""
    found, code = run_or_404(key), language()
    if found.result is None or name not in found.result["numbers"]:
        raise Http404(name)
    context = {
        "run": found,
        "card": card_of(found.solution),
        "number": telling.number_words(found, name, code),
        "road": telling.road_of(found, name),
        "changed": telling.changed_words(found, code),
    }
    return render(request, "bench/why.html", context)


@require_safe
def progress(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Tell how far a job is: the part of the page that a script asks for again and again."""
    found = run_or_404(key)
    job = get_object_or_404(Job, run=found, kind=kind)
    response = render(request, "bench/progress.html", {"run": found, "job": telling.job_words(job, language())})
    if not job.active:
        response["HX-Refresh"] = "true"
    return unkept(response)


def _progress(request: HttpRequest, found: Run, kind: str) -> HttpResponse:
    """Show the page of a job that is not done: how far it is, or why there is nothing."""
    job = found.jobs.filter(kind=kind).first()
    context = {
        "run": found,
        "card": card_of(found.solution),
        "job": telling.job_words(job, language()) if job else None,
        "kind": kind,
    }
    return unkept(render(request, "bench/waiting.html", context))


@sent_from_here
@require_POST
@says_errors
def again(request: HttpRequest, key: str) -> HttpResponse:
    """Try a run anew that was cancelled or failed."""
    asked, _ = submit(ask_of(run_or_404(key)), visitor_of(request))
    return HttpResponseRedirect(reverse("bench:run", args=[asked.key]), status=303)


@sent_from_here
@require_POST
def stop(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Cancel a job; only from where it was asked for, or by somebody with an account."""
    job = get_object_or_404(Job, run_id=key, kind=kind)
    if job.visitor != visitor_of(request) and not request.user.is_authenticated:
        return render(request, "bench/problem.html", {"error": _NOT_YOURS}, status=403)
    cancel(job)
    back = {"result": "run", "sensitivity": "sensitivity", "bundle": "bundle"}[kind]
    return HttpResponseRedirect(reverse(f"bench:{back}", args=[key]), status=303)


_NOT_YOURS = {
    "what": "somebody else asked for this run",
    "where": None,
    "todo": "it can be cancelled from where it was asked for",
}


@sent_from_here
@says_errors
@not_kept_if_brought
def sensitivity(request: HttpRequest, key: str) -> HttpResponse:
    """Show which input matters most for a number; begin to find out where nobody has."""
    found, code = run_or_404(key), language()
    if request.method == "POST":
        # Where model or facts have changed since, what is asked today is another run, at an address of its own.
        asked, _ = submit(ask_of(found), visitor_of(request), "sensitivity")
        return HttpResponseRedirect(reverse("bench:sensitivity", args=[asked.key]), status=303)
    if found.result is None or found.sensitivity is None:
        return _progress(request, found, "sensitivity")
    known = [name for name, value in found.sensitivity["base"].items() if value is not None]
    asked = request.GET.get("number", "")
    number = asked if asked in known else next((name for name in known if ranked(found.sensitivity, name)), "")
    rows = ranked(found.sensitivity, number) if number else []
    unit = found.result["numbers"][number]["unit"] if number else "1"
    context = {
        "run": found,
        "card": card_of(found.solution),
        "choices": [(name, found.result["numbers"][name]["title"][code]) for name in known],
        "number": telling.number_words(found, number, code) if number else None,
        "tornado": telling.tornado_of(rows, found.sensitivity["base"][number], unit, code) if rows else None,
        "rows": [telling.moved_words(row, unit, code) for row in rows],
    }
    return render(request, "bench/sensitivity.html", context)


@sent_from_here
@says_errors
def bundle(request: HttpRequest, key: str) -> HttpResponse:
    """Make a run's bundle, show how far it is, and where to get it."""
    found = run_or_404(key)
    if request.method == "POST":
        # Where model or facts have changed since, what is asked today is another run, at an address of its own.
        asked, _ = submit(ask_of(found), visitor_of(request), "bundle")
        return HttpResponseRedirect(reverse("bench:bundle", args=[asked.key]), status=303)
    if not bundle_path(found).exists():
        return _progress(request, found, "bundle")
    size = bundle_path(found).stat().st_size
    return unkept(render(request, "bench/bundle.html", {"run": found, "card": card_of(found.solution), "size": size}))


@require_safe
def bundle_file(request: HttpRequest, key: str) -> HttpResponse | FileResponse:
    """Give the bundle."""
    found = run_or_404(key)
    try:
        body = bundle_path(found).read_bytes()
    except FileNotFoundError as error:
        raise Http404("the bundle is not made") from error
    return FileResponse(io.BytesIO(body), as_attachment=True, filename=f"{found.solution}-{key}.zip")
