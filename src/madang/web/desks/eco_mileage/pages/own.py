"""A member's own deeds beside saving: asking to be evaluated, moving, reporting by photo, the car."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from madang.core.errors import UsageError
from madang.solutions.eco_mileage.household import UTILITY_NAMES
from madang.solutions.eco_mileage.readings.rows import METER_ID_MAX, UNITS, UTILITIES
from madang.solutions.eco_mileage.rules import parse_month
from madang.web.desks.eco_mileage.models import Car, Member
from madang.web.desks.eco_mileage.pages.shared import for_member, go, page
from madang.web.desks.eco_mileage.services import consenting, districts, driving, people, reporting, use, wishes
from madang.web.wording import both, language

_SHOWN = 24


def meter_fields() -> dict[str, forms.IntegerField]:
    """Return a field for each utility's meter; electricity is needed."""
    labels = {
        "electricity": both("전기 고객번호", "Electricity meter"),
        "gas": both("가스 고객번호", "Gas meter"),
        "water": both("수도 고객번호", "Water meter"),
        "heat": both("지역난방 고객번호", "District heat meter"),
    }
    return {
        name: forms.IntegerField(
            label=labels[name], min_value=0, max_value=METER_ID_MAX - 1, required=name == "electricity"
        )
        for name in UTILITIES
    }


class HomeForm(forms.Form):
    """A form that asks for the district and the meters of a home too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the district and the meters."""
        super().__init__(*args, **kwargs)
        self.fields |= {"district": districts.field(), **meter_fields()}
        self.order_fields(self.field_order)

    def meters(self) -> list[tuple[str, int]]:
        """Return the meters that were given."""
        return [(name, self.cleaned_data[name]) for name in UTILITIES if self.cleaned_data[name] is not None]


class MoveForm(HomeForm):
    """Where a member lives now."""

    on = forms.DateField(label=both("이사한 날", "Day of moving"), widget=forms.DateInput(attrs={"type": "date"}))
    address = forms.CharField(label=both("새 주소", "New address"), max_length=200)

    field_order = ("on", "address", "district", "electricity", "gas", "water", "heat")


class ReportForm(forms.Form):
    """What a member read off a meter, with the photo of it."""

    utility = forms.ChoiceField(
        label=both("에너지", "Utility"),
        choices=[(name, both(said.ko, said.en)) for name, said in UTILITY_NAMES.items()],
    )
    month = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", label=both("달(YYYY-MM)", "Month (YYYY-MM)"))
    quantity = forms.DecimalField(
        label=both("그달에 쓴 양", "Used in that month"), min_value=0, max_digits=12, decimal_places=3
    )
    unit = forms.ChoiceField(label=both("단위", "Unit"), choices=[(unit, unit) for unit in UNITS])
    photo = forms.FileField(label=both("계량기 사진", "Photo of the meter"))


class CarForm(forms.Form):
    """The car with which a member takes part."""

    plate = forms.CharField(label=both("차량 번호", "Number plate"), max_length=20)
    power = forms.ChoiceField(label=both("연료", "What drives it"), choices=Car.Power.choices)
    seats = forms.IntegerField(label=both("승차 정원", "Seats"), min_value=1, max_value=100, initial=5)
    registered_on = forms.DateField(
        label=both("최초 등록일", "First registered on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    private = forms.BooleanField(label=both("비사업용 차입니다", "It is in private use"), required=False, initial=True)


class OdometerForm(forms.Form):
    """What an odometer shows, with the photo of it."""

    day = forms.DateField(label=both("읽은 날", "Day"), widget=forms.DateInput(attrs={"type": "date"}))
    km = forms.IntegerField(label=both("누적 주행거리(km)", "Odometer (km)"), min_value=0, max_value=10_000_000)
    photo = forms.FileField(
        label=both("번호판이 함께 보이는 계기판 사진", "Photo of the odometer, with the plate in sight")
    )


def _tried(form: forms.Form, work: Any) -> bool:
    """Do a form's work; what refuses it is said above the form, which keeps what was typed."""
    if not form.is_valid():
        return False
    try:
        work(form.cleaned_data)
    except UsageError as error:
        form.add_error(None, " ".join(filter(None, error.parts(language()))))
        return False
    return True


@require_POST
@for_member
def ask(request: HttpRequest, member: Member) -> HttpResponse:
    """Note that the member wants to be evaluated in a half-year."""
    wishes.ask(member, parse_month(request.POST.get("first_month", "")), actor=f"member {member.number}")
    return go("eco:me")


@require_POST
@for_member
def partners(request: HttpRequest, member: Member) -> HttpResponse:
    """Note that the member allows a partner to order, or no longer does."""
    say = consenting.allow if request.POST.get("allow") == "yes" else consenting.take_back
    say(member, request.POST.get("partner", ""), actor=f"member {member.number}")
    return go("eco:me")


@for_member
def move(request: HttpRequest, member: Member) -> HttpResponse:
    """Let a member say where they live now."""
    form = MoveForm(request.POST or None, initial={"on": localdate()})

    def work(given: dict[str, Any]) -> None:
        people.move_home(
            member, district=given["district"], address=given["address"], meters=form.meters(), on=given["on"],
            actor=f"member {member.number}",
        )  # fmt: skip

    if request.method == "POST" and _tried(form, work):
        return go("eco:me")
    return page(request, "move", {"member": member, "form": form}, status=_status(request))


@for_member
def report(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a reading that a member reports by photo, and show those reported before."""
    form = ReportForm(request.POST or None, request.FILES or None)

    def work(given: dict[str, Any]) -> None:
        month = parse_month(given["month"])
        reporting.report(member, given["utility"], month, given["quantity"], given["unit"], given["photo"].read())

    if request.method == "POST" and _tried(form, work):
        return go("eco:report")
    rows = [(one, UTILITY_NAMES[one.utility]) for one in member.reports.order_by("-pk")[:_SHOWN]]
    return page(request, "report", {"member": member, "form": form, "reports": rows}, status=_status(request))


@for_member
def car(request: HttpRequest, member: Member) -> HttpResponse:
    """Let a member join with a car, or send what its odometer shows; show readings and decisions."""
    mine = Car.objects.filter(member=member).first()
    form = OdometerForm(request.POST or None, request.FILES or None) if mine else CarForm(request.POST or None)

    def work(given: dict[str, Any]) -> None:
        if mine is None:
            driving.join_with(member, **given)
        else:
            driving.report(mine, given["day"], given["km"], given["photo"].read())

    if request.method == "POST" and _tried(form, work):
        return go("eco:car")
    shown = {
        "member": member,
        "car": mine,
        "form": form,
        "odometers": mine.odometers.order_by("-day", "-pk")[:_SHOWN] if mine else [],
        "awards": [one for one in use.awards_of_member(member) if one["settlement"].kind.startswith("car")],
    }
    return page(request, "car", shown, status=_status(request))


def _status(request: HttpRequest) -> int:
    """Return the status of a page that shows a form: sent and shown again, something in it is wrong."""
    return 400 if request.method == "POST" else 200
