"""The office beside settling households: photos to look at, cars, organisations and their contests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate

from madang.core.errors import Both, UsageError, Where
from madang.solutions.eco_mileage.household import UTILITY_NAMES
from madang.solutions.eco_mileage.rules import parse_month
from madang.web.bench.answers import unkept
from madang.web.desks.eco_mileage.models import Car, Member, Odometer, Organisation, Prize, Report, Settlement, Trail
from madang.web.desks.eco_mileage.pages.shared import go, name_of, page, says_errors, whole
from madang.web.desks.eco_mileage.services import contests, driving, people, reporting
from madang.web.wording import both

_SHOWN, _DIGITS_MAX = 100, 15
_KINDS: dict[str, type[Report] | type[Odometer]] = {"report": Report, "odometer": Odometer}


@says_errors
def photos(request: HttpRequest) -> HttpResponse:
    """Show what members reported by photo, or keep what an officer who saw one says."""
    if request.method == "POST":
        kind = _KINDS.get(request.POST.get("kind", ""), Report)
        reported = get_object_or_404(kind, pk=whole(request.POST.get("number", "")))
        counts = request.POST.get("decision") == "counts"
        reporting.decide(reported, counts, by=name_of(request), why=request.POST.get("why", ""))
        return go("eco:photos")
    reports = [
        {"one": one, "again": reporting.seen_before(one), "utility": UTILITY_NAMES[one.utility]}
        for one in reporting.waiting_reports()[:_SHOWN]
    ]
    waiting = Odometer.objects.select_related("car__member").filter(state=Odometer.State.WAITING).order_by("pk")
    odometers = [
        {"one": one, "again": reporting.seen_before(one), "back": driving.went_back(one)} for one in waiting[:_SHOWN]
    ]
    return page(request, "photos", {"reports": reports, "odometers": odometers})


@says_errors
def photo(request: HttpRequest, sha256: str) -> HttpResponse:
    """Show one photo; who looked is written down."""
    known = (kind.objects.filter(photo_sha256=sha256).exists() for kind in _KINDS.values())
    if not any(known):
        raise UsageError(
            Both("그런 사진이 없습니다", "there is no such photo"),
            None,
            Both("사진 목록을 보십시오", "see the list of photos"),
        )
    content = reporting.look_at(sha256, actor=name_of(request))
    return unkept(HttpResponse(content, content_type="image/jpeg"))


class CarsForm(forms.Form):
    """Which cars are decided: those whose year is over by a day, or a winter."""

    until = forms.DateField(
        label=both("이날까지 한 해가 끝난 차", "Cars whose year is over by"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    season = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$", required=False, max_length=7,
        label=both("또는 겨울의 첫 달(YYYY-MM)", "Or a winter, by its first month (YYYY-MM)"),
    )  # fmt: skip


@says_errors
def cars(request: HttpRequest) -> HttpResponse:
    """Show the cars that take part and what was decided; decide a year or a winter, or end a car's part."""
    form = CarsForm(request.POST or None, initial={"until": localdate()})
    if request.method == "POST" and "ends" in request.POST:
        car = get_object_or_404(Car, pk=whole(request.POST.get("ends", "")))
        driving.end_part(car, request.POST.get("change", ""), actor=name_of(request))
        return go("eco:cars")
    if request.method == "POST" and form.is_valid():
        season = parse_month(form.cleaned_data["season"]) if form.cleaned_data["season"] else None
        made = driving.settle(until=form.cleaned_data["until"], season=season, by=name_of(request))
        return go("eco:settlement", made.run)
    found = Car.objects.select_related("member").filter(member__left_on=None).order_by("-pk")
    shown: dict[str, Any] = {
        "form": form,
        "count": found.count(),
        "cars": [
            (car, car.odometers.filter(state=Odometer.State.COUNTS).order_by("day").last()) for car in found[:_SHOWN]
        ],
        "changes": Car.Change.choices,
        "settlements": Settlement.objects.filter(kind__startswith="car").order_by("-prepared_at")[:20],
    }
    return page(request, "cars", shown)


class ContestForm(forms.Form):
    """Which contest, or which evaluation of six months."""

    first_month = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$", label=both("첫 달(YYYY-MM)", "First month (YYYY-MM)"), max_length=7
    )
    evaluated_on = forms.DateField(
        label=both("반기 평가라면 평가하는 날", "For an evaluation of six months: its day"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip


@says_errors
def organisations(request: HttpRequest) -> HttpResponse:
    """Show how organisations stand in a contest or an evaluation; keep kinds, sizes and prizes."""
    form = ContestForm(request.GET or None)
    if request.method == "POST":
        _keep(request)
        return go_back(request)
    shown: dict[str, Any] = {"form": form, "stands": None, "sorts": Organisation.Sort.choices}
    if request.GET and form.is_valid():
        first, day = parse_month(form.cleaned_data["first_month"]), form.cleaned_data["evaluated_on"]
        shown |= {"stands": contests.stands(first, day), "first_month": first, "contest": day is None}
    else:
        shown["known"] = Organisation.objects.select_related("member").filter(member__left_on=None)[:_SHOWN]
    shown["prizes"] = Prize.objects.select_related("member").order_by("-pk")[:20]
    shown["me"] = name_of(request)
    return page(request, "organisations", shown)


def _keep(request: HttpRequest) -> None:
    """Keep what an officer says of an organisation: its kind and size, a prize, or that a prize is right."""
    by, what = name_of(request), request.POST.get("what", "")
    if what == "approve":
        contests.approve_prize(get_object_or_404(Prize, pk=whole(request.POST.get("prize", ""))), by=by)
        return
    member = people.find(_whole(request.POST.get("member", "")))
    if what == "prize":
        first = parse_month(request.POST.get("first_month", ""))
        contests.note_prize(member, first, _whole(request.POST.get("won", "")), by=by)
        return
    sort, toe = request.POST.get("sort", ""), request.POST.get("toe", "").strip()
    if sort not in Organisation.Sort.values:
        raise UsageError(
            Both("그런 종류의 단체가 없습니다", "there is no such kind of organisation"),
            None,
            Both("목록에서 고르십시오", "choose one of the list"),
        )
    if member.kind != Member.Kind.ORGANISATION:
        raise UsageError(
            Both("단체가 아니라 가구 회원입니다", "this member is a household, not an organisation"),
            Where(value=member.number),
            Both("회원 번호를 확인하십시오", "check the number"),
        )
    found, _ = Organisation.objects.get_or_create(member=member, defaults={"sort": sort})
    found.sort, found.toe = sort, _whole(toe) if toe else None
    found.save()
    Trail.objects.create(
        actor=by, act="organisation", about=str(member.number), detail={"sort": sort, "toe": found.toe}
    )


def _whole(said: str) -> int:
    """Return a whole number that was typed."""
    if not said.isascii() or not said.isdigit() or len(said) > _DIGITS_MAX:
        raise UsageError(
            Both("정수가 아닙니다", "this is no whole number"),
            Where(value=said),
            Both(f"숫자만 {_DIGITS_MAX}자리까지 적으십시오", f"give digits only, up to {_DIGITS_MAX}"),
        )
    return int(said)


def go_back(request: HttpRequest) -> HttpResponse:
    """Lead back to the page of organisations with what it showed."""
    answer = go("eco:organisations")
    query = request.META.get("QUERY_STRING", "")
    if query:
        answer["Location"] += f"?{query}"
    return answer
