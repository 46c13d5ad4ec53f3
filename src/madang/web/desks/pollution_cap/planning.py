"""The officer's page of plans: what documents allotted, by whom; allotting and taking back; restricted districts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from madang.core.errors import MadangError
from madang.solutions.pollution_cap.permit import CAPPED
from madang.web.desks.pollution_cap.allotting import (
    Paper,
    allot_file,
    allot_rows,
    documents,
    is_made_up,
    lift,
    restrict,
    sha_of_row,
    take_back_by,
)
from madang.web.desks.pollution_cap.cells import kg_of
from madang.web.desks.pollution_cap.models import PlanDocument, Restriction
from madang.web.desks.pollution_cap.naming import named, substance
from madang.web.desks.pollution_cap.plan_files import cell_of, plain
from madang.web.desks.pollution_cap.rules import city_here, rules_of
from madang.web.desks.pollution_cap.views import status_of
from madang.web.wording import both, language

FILE_BYTES_MAX = 2_000_000
_LONG = both("파일이 너무 큽니다(2MB까지).", "The file is too large (2 MB at most).")


def _called(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return choices in the order of their names in the page's language."""
    return sorted(((one, named(one)) for one in codes), key=lambda pair: pair[1])


class PaperForm(forms.Form):
    """What every plan's document needs."""

    document = forms.CharField(label=both("문서 이름", "Name of the document"), max_length=60)
    status = forms.ChoiceField(label=both("무엇이 뒷받침하나", "What stands behind it"))
    source = forms.CharField(label=both("출처: 누가, 어디서, 언제", "Source: who, where, when"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer what may stand behind a document; none of it is taken for granted."""
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [("", both("고르세요", "choose")), *PlanDocument.Status.choices]

    def paper(self, by: str) -> Paper:
        """Return the document as typed, with who acts."""
        return Paper(*(self.cleaned_data[name] for name in ("document", "status", "source")), by)


class FileForm(PaperForm):
    """A whole plan, as a file."""

    file = forms.FileField(label=both("할당표(CSV 또는 Excel)", "Table of the plan (CSV or Excel)"))

    def clean_file(self) -> UploadedFile:
        """Hold the file to a size that a plan never reaches."""
        given: UploadedFile = self.cleaned_data["file"]
        if (given.size or 0) > FILE_BYTES_MAX:
            raise forms.ValidationError(str(_LONG))
        return given


class CellForm(PaperForm):
    """One cell, by hand: allotted to or taken back from."""

    way = forms.ChoiceField(
        label=both("할 일", "What to do"),
        choices=[("allot", both("배정", "Allot")), ("take_back", both("거두기", "Take back"))],
    )
    district = forms.ChoiceField(label=both("자치구", "District"))
    unit = forms.ChoiceField(label=both("단위유역", "Unit"))
    substance = forms.ChoiceField(label=both("물질", "Substance"))
    year = forms.IntegerField(label=both("연도", "Year"), min_value=2000, max_value=2100)
    kg_per_d = forms.CharField(label=both("부하량(kg/일)", "Load (kg/d)"), max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the districts and units of the city shown."""
        super().__init__(*args, **kwargs)
        rules = rules_of(city_here())
        self.fields["district"].choices = sorted(
            ((one, named(one)) for one in rules.districts), key=lambda pair: pair[1]
        )
        self.fields["unit"].choices = sorted(((one, named(one)) for one in rules.areas), key=lambda pair: pair[1])
        self.fields["substance"].choices = [(one, substance(one)) for one in CAPPED]


class RestrictForm(forms.Form):
    """A district that is to be refused approvals, and why."""

    district = forms.ChoiceField(label=both("자치구", "District"))
    reason = forms.CharField(label=both("사유", "Reason"), max_length=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the districts of the city shown."""
        super().__init__(*args, **kwargs)
        rules = rules_of(city_here())
        self.fields["district"].choices = sorted(
            ((one, named(one)) for one in rules.districts), key=lambda pair: pair[1]
        )


@never_cache
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Show what documents allotted, with the forms to allot, take back and restrict."""
    return _page(request)


@never_cache
@require_POST
def allot(request: HttpRequest) -> HttpResponse:
    """Allot a whole file, or nothing of it."""
    form = FileForm(request.POST, request.FILES, prefix="file")
    return _done(request, form, "file_form", lambda: _allot_upload(form, request.user.get_username()))


@never_cache
@require_POST
def cell(request: HttpRequest) -> HttpResponse:
    """Allot to one cell, or take back from it."""
    form = CellForm(request.POST, prefix="cell")
    return _done(request, form, "cell_form", lambda: _move_cell(form, request.user.get_username()))


@never_cache
@require_POST
def restrict_district(request: HttpRequest) -> HttpResponse:
    """Refuse a district further approvals."""
    form = RestrictForm(request.POST, prefix="restrict")
    by = request.user.get_username()
    return _done(
        request,
        form,
        "restrict_form",
        lambda: restrict(city_here(), form.cleaned_data["district"], form.cleaned_data["reason"], by),
    )


@never_cache
@require_POST
def lift_district(request: HttpRequest) -> HttpResponse:
    """End a district's restriction."""
    by, district = request.user.get_username(), request.POST.get("district", "")[:80]
    return _done(request, None, "", lambda: lift(city_here(), district, by))


def _allot_upload(form: FileForm, by: str) -> None:
    """Allot what the uploaded file says; an error names the file as its owner does."""
    given: UploadedFile = form.cleaned_data["file"]
    paper = form.paper(by)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(given.name or "plan.csv").name
        path.write_bytes(given.read())
        try:
            allot_file(city_here(), path, document=paper.name, status=paper.status, source=paper.source, by=by)
        except MadangError as error:
            error.beside(Path(folder))
            raise


def _move_cell(form: CellForm, by: str) -> None:
    """Allot to or take back from the cell that was typed."""
    typed, city = form.cleaned_data, city_here()
    row = (
        cell_of(rules_of(city), typed["district"], typed["unit"], typed["substance"], typed["year"]),
        plain(typed["kg_per_d"].strip()),
    )
    if typed["way"] == "take_back":
        take_back_by(city, row, form.paper(by))
    else:
        allot_rows(city, [row], form.paper(by), sha_of_row("allot", row))


def _done(request: HttpRequest, form: forms.Form | None, name: str, work: Callable[[], object]) -> HttpResponse:
    """Do what was asked and show the page anew; what cannot be done is said on it, with what was typed."""
    if form is not None and not form.is_valid():
        return _page(request, 400, **{name: form})
    try:
        work()
    except MadangError as error:
        return _page(request, status_of(error), error, **({name: form} if form is not None else {}))
    return HttpResponseRedirect(reverse("pollution_cap:plans"), status=303)


def _page(
    request: HttpRequest, status: int = 200, error: MadangError | None = None, **typed: forms.Form
) -> HttpResponse:
    """Return the page of plans, with the forms as typed where one came back."""
    city = city_here()
    kept = [
        {"document": document, "moved": [{"cell": one.cell, "kg": kg_of(one.parts)} for one in moved]}
        for document, moved in documents(city)
    ]
    context = {
        "kept": kept,
        "restrictions": Restriction.objects.filter(city=city).order_by("-at", "-pk"),
        "error": error and error.parts(language()),
        "wrong": error is None and status != 200,
        "made_up": is_made_up(city),
        "file_form": FileForm(prefix="file"),
        "cell_form": CellForm(prefix="cell"),
        "restrict_form": RestrictForm(prefix="restrict"),
    }
    return render(request, "pollution_cap/plans.html", context | typed, status=status)
