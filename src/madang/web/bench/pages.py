"""The list of solutions, and each solution's form: shown, read, and turned into a run."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from madang import register
from madang.core.dates import parse_day
from madang.core.errors import Both, UsageError
from madang.core.given_files import GivenFile
from madang.plan.cities import city_names, open_city
from madang.web.bench import forms
from madang.web.bench.answers import says_errors, sent_from_here, status_of, unkept
from madang.web.bench.asking import FILE_BYTES_MAX, UPLOADED, Ask, Defaults, check, read_defaults
from madang.web.bench.cards import card_of
from madang.web.bench.jobs import submit
from madang.web.bench.models import Run, Upload
from madang.web.bench.records import record_of
from madang.web.bench.visitors import TooMuch, visitor_of
from madang.web.wording import language


@require_safe
def bench(request: HttpRequest) -> HttpResponse:
    """List the solutions that can be run."""
    return render(request, "bench/bench.html", {"solutions": [(name, card_of(name)) for name in register.NAMES]})


@sent_from_here
@says_errors
def solution(request: HttpRequest, name: str) -> HttpResponse:
    """Show a solution's form, or take what was typed and run it; what cannot be taken is shown with its reason."""
    given = request.POST if request.method == "POST" else request.GET
    before = Run.objects.filter(key=given.get("from", ""), solution=name).first() if request.method == "GET" else None
    city = before.city if before else given.get("city") or card_of(name).home
    scenario = before.scenario if before else given.get("scenario", "")
    day = before.day if before else asked_day(given.get("day"))
    defaults = read_defaults(name, city, day)
    if scenario:
        defaults.solution.scenario(scenario)
    if request.method != "POST":
        typed = forms.typed_of(before.changes) if before else {}
        return _page(request, defaults, day, scenario, forms.make_form(defaults, typed, language()), before)
    return _take(request, defaults, city, day, scenario)


def _take(request: HttpRequest, defaults: Defaults, city: str, day: date, scenario: str) -> HttpResponse:
    """Run what was typed, or show the form again with what is wrong and all that was typed."""
    typed = _typed(request, defaults)
    form = forms.make_form(defaults, typed, language())
    changes = forms.read_form(defaults, scenario, form)
    if form.refused:
        return _page(request, defaults, day, scenario, form, None, status=400)
    ask = check(Ask(defaults.solution.name, city, day, scenario, changes))
    try:
        run, _ = submit(ask, visitor_of(request))
    except TooMuch as error:
        form.errors.append(forms.in_words(error, form.code))
        return _page(request, defaults, day, scenario, form, None, status=status_of(error))
    return HttpResponseRedirect(reverse("bench:run", args=[run.key]), status=303)


def _typed(request: HttpRequest, defaults: Defaults) -> dict[str, str]:
    """Return what was typed, by path; a file as its name and text, the one chosen now before the one kept.

    Raises:
        DataError: a file that is too large, or not UTF-8.
    """
    files = {card.name for card in defaults.solution.inputs.fields() if card.kind == "file"}
    typed = {}
    for name, value in request.POST.items():
        path = name.removeprefix(forms.PREFIX)
        if name.startswith(forms.PREFIX):
            typed[path] = forms.kept_file(str(value)) if path in files else str(value)[:2000]
    for name in files:
        chosen = request.FILES.get(forms.PREFIX + name)
        if chosen is not None:
            given = GivenFile.of_bytes(Path(str(chosen.name)), chosen.read(FILE_BYTES_MAX + 1), FILE_BYTES_MAX)
            typed[name] = forms.write(given)
    return typed


def _page(
    request: HttpRequest, defaults: Defaults, day: date, scenario: str, form: forms.Form, before: Run | None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Return the form's page."""
    code, made = language(), defaults.solution
    city = request.POST.get("city") or request.GET.get("city") or (before.city if before else made.card.home)
    cities = [(name, open_city(name).name.to(code)) for name in city_names()]
    upload = Upload.objects.filter(key=city.removeprefix(UPLOADED)).first() if city.startswith(UPLOADED) else None
    if upload:
        cities.append((city, upload.name[code]))
    context: dict[str, Any] = {
        "name": made.name,
        "card": made.card,
        "form": form,
        "city": city,
        "cities": cities,
        "city_name": defaults.city.name,
        "upload": upload,
        "day": day,
        "today": localdate(),
        "scenario": scenario,
        "scenarios": list(made.card.scenarios.items()),
        "before": before,
        "record": record_of(made.name, made.card, code),
    }
    response = render(request, "bench/solution.html", context, status=status)
    return unkept(response) if upload else response


def asked_day(given: str | None) -> date:
    """Return the day asked for; today by default, never a day to come by more than a century.

    Raises:
        UsageError: what was given is no day.
    """
    if not given:
        return localdate()
    day = parse_day(given, end=True)
    if not 1900 <= day.year <= 2200:
        raise UsageError(
            Both(f"너무 먼 날입니다: {given!r}", f"{given!r} is too far away"),
            todo=Both("1900년에서 2200년 사이의 날을 주십시오", "give a day from 1900 to 2200"),
        )
    return day


def address_of_form(run: Run) -> str:
    """Return the form's address with the run's changes taken up."""
    return reverse("bench:solution", args=[run.solution]) + f"?from={run.key}"
