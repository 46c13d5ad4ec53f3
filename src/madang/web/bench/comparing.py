"""Runs side by side: scenarios, cities, or a visitor's own changes; what differs in the inputs and in the numbers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from madang.core.errors import Both, UsageError
from madang.core.language import Language
from madang.core.units import say_unit
from madang.web.bench import telling
from madang.web.bench.answers import says_errors, sent_from_here, unkept
from madang.web.bench.asking import Ask, check
from madang.web.bench.cards import card_of
from madang.web.bench.jobs import submit
from madang.web.bench.models import Job, Run
from madang.web.bench.pages import asked_day
from madang.web.bench.visitors import visitor_of
from madang.web.wording import language

RUNS_MAX = 4
BASE = "base"


@sent_from_here
@says_errors
def compare(request: HttpRequest, name: str) -> HttpResponse:
    """Show runs side by side; scenarios that are asked for are run first."""
    if request.method == "POST":
        runs = _submitted(request, name)
        query = urlencode([("run", run.key) for run in runs])
        return HttpResponseRedirect(f"{reverse('bench:compare', args=[name])}?{query}", status=303)
    card, code = card_of(name), language()
    runs = _named(request.GET.getlist("run"), name)
    context: dict[str, Any] = {
        "name": name,
        "card": card,
        "scenarios": list(card.scenarios.items()),
        "city": request.GET.get("city") or (runs[0].city if runs else card.home),
        "day": request.GET.get("day", "") or (runs[0].day.isoformat() if runs else ""),
        "runs": [_head(run, code) for run in runs],
        "jobs": _jobs(runs, code),
        "base": BASE,
    }
    done = [run for run in runs if run.result is not None]
    if len(done) > 1 and len(done) == len(runs):
        rows = number_rows(done, code)
        context |= {"rows": rows, "inputs": input_rows(done, code), "figures": _figures(done, code)}
        context["differing"] = sum(row["differs"] for row in rows)
        response = render(request, "bench/compare.html", context)
        if request.headers.get("HX-Request"):
            # What asked whether all is done gets the whole page, with its charts' script.
            response["HX-Refresh"] = "true"
        return unkept(response) if any(run.upload_id or run.delete_at for run in runs) else response
    return (
        unkept(render(request, "bench/compare.html", context))
        if runs
        else render(request, "bench/compare.html", context)
    )


def _submitted(request: HttpRequest, name: str) -> list[Run]:
    """Ask for every scenario that was ticked, and return the runs."""
    chosen = list(dict.fromkeys(request.POST.getlist("scenario")))
    kept = _named(request.POST.getlist("run"), name)
    if not 2 <= len(chosen) + len(kept) <= RUNS_MAX:
        raise UsageError(
            Both(f"{len(chosen) + len(kept)}개를 골랐습니다", f"{len(chosen) + len(kept)} runs are chosen"),
            todo=Both(f"둘에서 {RUNS_MAX}까지 고르십시오", f"choose from two to {RUNS_MAX}"),
        )
    day, city = asked_day(request.POST.get("day")), request.POST.get("city") or card_of(name).home
    asks = [check(Ask(name, city, day, "" if one == BASE else one)) for one in chosen]
    return [*kept, *(submit(ask, visitor_of(request))[0] for ask in asks)]


def against_home(upload_city: str, name: str, visitor: str) -> list[Run]:
    """Ask for a visitor's city and for the city it is held against; return both runs, the home city's first."""
    day = asked_day(None)
    asks = [check(Ask(name, city, day)) for city in (card_of(name).home, upload_city)]
    return [submit(ask, visitor)[0] for ask in asks]


def _named(keys: list[str], name: str) -> list[Run]:
    """Return the runs of the keys given, in their order; those of another solution are left out."""
    found = Run.objects.filter(solution=name).in_bulk(list(dict.fromkeys(keys))[:RUNS_MAX])
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def _head(run: Run, code: Language) -> dict[str, Any]:
    """Return what heads a run's column: its scenario, its city, how much was changed by hand."""
    card = card_of(run.solution)
    scenario = card.scenarios[run.scenario].title.to(code) if run.scenario in card.scenarios else ""
    city = run.result["city_name"][code] if run.result else run.city
    return {
        "key": run.key,
        "href": reverse("bench:run", args=[run.key]),
        "scenario": scenario or {"ko": "도시의 값 그대로", "en": "the city's values"}[code],
        "city": city,
        "changes": len(run.changes),
        "defaults": len((run.result or {}).get("defaults", ())),
        "day": run.day,
    }


def _jobs(runs: list[Run], code: Language) -> list[dict[str, Any]]:
    """Return the jobs of the runs that are not done."""
    waiting = [run for run in runs if run.result is None]
    jobs = Job.objects.filter(run__in=waiting, kind="result")
    return [{**telling.job_words(job, code), "run": _head(job.run, code)} for job in jobs]


def number_rows(runs: list[Run], code: Language) -> list[dict[str, Any]]:
    """Return a row for each number that any run has: its values, the difference to the first, and a bar for each."""
    names = dict.fromkeys(name for run in runs for name in (run.result or {})["numbers"])
    rows = []
    for name in names:
        cards = [(run.result or {})["numbers"].get(name) for run in runs]
        first = next(card for card in cards if card)
        values = [card["value"] if card else None for card in cards]
        cells = [
            {
                "said": telling.plain_number(value, first["digits"]),
                "why": reverse("bench:why", args=[run.key, name]) if card else "",
                "by": "" if place == 0 or value is None or values[0] is None
                else telling.signed(value - values[0], "1", code, first["digits"]),
                "percent": "" if place == 0 else telling.difference(values[0], value),
            }
            for place, (run, card, value) in enumerate(zip(runs, cards, values, strict=True))
        ]  # fmt: skip
        differs = len(set(values)) > 1
        title, unit = first["title"][code], say_unit(first["unit"], code)
        rows.append({"name": name, "title": title, "unit": unit, "cells": cells, "differs": differs})
    return sorted(rows, key=lambda row: not row["differs"])


def input_rows(runs: list[Run], code: Language) -> list[dict[str, Any]]:
    """Return the inputs in which the runs differ."""
    rows = []
    names = dict.fromkeys(name for run in runs for name in (run.result or {})["inputs"])
    for name in names:
        cards = [(run.result or {})["inputs"].get(name) for run in runs]
        values = [card["value"] if card else None for card in cards]
        if all(value == values[0] for value in values):
            continue
        first = next(card for card in cards if card)
        rows.append({"title": first["title"][code], "unit": first["unit"], "values": values})
    return rows


def _figures(runs: list[Run], code: Language) -> list[dict[str, Any]]:
    """Return the drawn figures that every run has, to stand beside each other."""
    by_run = [{kept.name: kept for kept in run.figures.defer("reach") if kept.card["drawn"]} for run in runs]
    shared = [name for name in by_run[0] if all(name in figures for figures in by_run)]
    return [
        {
            "name": name,
            "title": by_run[0][name].card["figure"]["title"][code],
            "drawings": [
                {"base": f"/{code}/bench/runs/{run.key}/figures/{name}", "head": _head(run, code)} for run in runs
            ],
        }
        for name in shared
    ]
