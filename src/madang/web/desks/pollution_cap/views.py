"""The officer's pages: requests, a request's answer and steps, the account and its statements."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from madang.core.errors import InfeasibleError, LedgerError, MadangError, UnknownName
from madang.core.language import Text, text
from madang.web.desks.pollution_cap import forms, working
from madang.web.desks.pollution_cap.allotting import is_made_up
from madang.web.desks.pollution_cap.asking import ask as ask_for
from madang.web.desks.pollution_cap.cells import Cell, kg_of, standings
from madang.web.desks.pollution_cap.models import Permit
from madang.web.desks.pollution_cap.naming import named
from madang.web.desks.pollution_cap.naming import substance as substance_says
from madang.web.desks.pollution_cap.rules import city_here, rules_of
from madang.web.desks.pollution_cap.statement import statement, trail
from madang.web.desks.pollution_cap.telling import MADE_UP_PLANT, item_says
from madang.web.wording import both, language

_PER_PAGE = 50
#: The heads of a statement as CSV; the mark at its start lets spreadsheets read the Korean.
_HEADS = (
    text("언제", "at"), text("자치구", "district"), text("단위유역", "unit"), text("물질", "substance"),
    text("연도", "year"), text("움직임", "movement"), text("문서 또는 협의", "document or permit"),
    text("더하고 뺌(kg/일)", "in or out (kg/d)"), text("잔여(kg/일)", "left (kg/d)"),
)  # fmt: skip
SUMS = {
    "before": both("전", "before"),
    "after": both("후", "after"),
    "net": both("순증(음수는 0)", "net, not below 0"),
}


@dataclass(frozen=True)
class Do:
    """A step as a button: its name in the address and its words."""

    name: str
    says: Text


_CANCEL = Do("cancel", text("취소", "Cancel"))
#: What may be done with a permit that stands so.
STEPS_FROM: dict[str, tuple[Do, ...]] = {
    Permit.State.ANSWERED: (Do("consult", text("협의: 부하량 잡아 두기", "Consult: hold the load")), _CANCEL),
    Permit.State.CONSULTED: (Do("spend", text("승인: 사용", "Approve: spend the load")), _CANCEL),
    Permit.State.SPENT: (Do("complete", text("준공 정산", "Complete: give back what was not needed")), _CANCEL),
}


@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """List the requests, those of a state where asked, and what is left this year."""
    found = Permit.objects.filter(city=city_here())
    state = request.GET.get("state", "")
    if state in Permit.State.values:
        found = found.filter(state=state)
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "states": Permit.State.choices, "state": state, "made_up": is_made_up(city_here())}
    return render(request, "pollution_cap/desk.html", context)


@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Show the form of a request, or answer what was typed; what cannot be taken comes back with its reason."""
    city = city_here()
    rules = rules_of(city)
    form = forms.RequestForm(request.POST or None, rules=rules, cells=[one.cell for one in standings(city)])
    error = None
    if request.method == "POST" and form.is_valid():
        try:
            nonce = form.cleaned_data["nonce"]
            made = ask_for(city, form.project(), form.cleaned_data["plant"], request.user.get_username(), nonce)
            return HttpResponseRedirect(reverse("pollution_cap:permit", args=[made.key]), status=303)
        except MadangError as found:
            error = found
    status = 200 if request.method != "POST" else 400
    context = {"form": form, "error": error and error.parts(language()), "made_up": is_made_up(city_here())}
    return render(request, "pollution_cap/ask.html", context, status=status)


@never_cache
@require_safe
def permit(request: HttpRequest, key: str) -> HttpResponse:
    """Show a request: its answer with the sheet, where it stands, what may be done now, and its trail."""
    return _permit_page(request, get_object_or_404(Permit, pk=key))


@never_cache
@require_POST
def act(request: HttpRequest, key: str, step: str) -> HttpResponse:
    """Take a step with a permit; what the ledger or the rules refuse is said on its page."""
    found = get_object_or_404(Permit, pk=key)
    by, note = request.user.get_username(), request.POST.get("note", "")[:2000]
    try:
        if step == "complete":
            built = {name: request.POST.get(f"built_{name}", "") for name in found.loads}
            working.complete(found, built, by, note)
        else:
            {"consult": working.consult, "spend": working.spend, "cancel": working.cancel}[step](found, by, note)
    except MadangError as error:
        found.refresh_from_db()
        return _permit_page(request, found, error)
    return HttpResponseRedirect(reverse("pollution_cap:permit", args=[key]), status=303)


def _permit_page(request: HttpRequest, found: Permit, error: MadangError | None = None) -> HttpResponse:
    """Return a permit's page, with what went wrong where something did."""
    sheet = found.answer["sheet"]
    context = {
        "permit": found,
        "answer": found.answer,
        "rows": [(item_says(row["item"], language()), row) for row in sheet["rows"]],
        "loads": [_load(found, name) for name in sorted(found.loads)],
        "sums": [(says, sheet[name]) for name, says in SUMS.items()],
        "smaller_percent": round(100 * found.answer["smaller_share"], 1),
        "trail": trail(found),
        "steps": STEPS_FROM.get(found.state, ()) if found.verdict != working.REFUSED else (),
        "error": error and error.parts(language()),
        "made_up": is_made_up(city_here()),
        "made_up_plant": MADE_UP_PLANT,
    }
    return render(request, "pollution_cap/permit.html", context, status=status_of(error) if error else 200)


def _load(found: Permit, substance: str) -> dict[str, Any]:
    """Return what a permit needs of a substance, and what the answer said is left."""
    left = found.answer["remains_kg_per_d"].get(substance)
    needs = kg_of(found.loads[substance])
    return {"substance": substance, "says": substance_says(substance), "needs": needs, "left": left}


@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show every cell of the account: allotted, consulted, spent, left."""
    district, unit, year = (request.GET.get(name, "") for name in ("district", "unit", "year"))
    every = standings(city_here())
    rows = [
        {
            "cell": one.cell,
            "allotted": kg_of(one.allotted),
            "consulted": kg_of(one.consulted),
            "spent": kg_of(one.spent),
            "left": kg_of(one.left),
        }
        for one in every
        if district in {"", one.cell.district} and unit in {"", one.cell.unit} and year in {"", str(one.cell.year)}
    ]
    context = {
        "rows": rows,
        "districts": sorted({one.cell.district for one in every}),
        "units": sorted({one.cell.unit for one in every}),
        "years": sorted({str(one.cell.year) for one in every}),
        "asked": {"district": district, "unit": unit, "year": year},
        "made_up": is_made_up(city_here()),
    }
    return render(request, "pollution_cap/account.html", context)


@never_cache
@require_safe
def statement_page(request: HttpRequest) -> HttpResponse:
    """Show a cell's movements, each with what was left after it."""
    cell = _cell_of(request)
    try:
        lines = statement(city_here(), cell)
    except UnknownName as error:
        return render(request, "pollution_cap/problem.html", {"error": error and error.parts(language())}, status=404)
    titles = dict(Permit.objects.filter(pk__in={line.about for line in lines}).values_list("pk", "title"))
    shown = [
        {"line": line, "kg": kg_of(line.parts), "left": kg_of(line.left), "about": titles.get(line.about, line.about)}
        for line in lines
    ]
    context = {"cell": cell, "lines": shown, "query": request.META["QUERY_STRING"], "made_up": is_made_up(city_here())}
    return render(request, "pollution_cap/statement.html", context)


@never_cache
@require_safe
def statement_csv(request: HttpRequest) -> HttpResponse:
    """Return a cell's movements as CSV."""
    cell = _cell_of(request)
    try:
        lines = statement(city_here(), cell)
    except UnknownName as error:
        return HttpResponse(str(error), status=404, content_type="text/plain; charset=utf-8")
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow([says.to(language()) for says in _HEADS])
    where = named(cell.district), named(cell.unit), substance_says(cell.substance), cell.year
    for line in lines:
        moved = kg_of(line.parts), kg_of(line.left)
        writer.writerow([line.at.isoformat(), *where, line.words.to(language()), line.about, *moved])
    answer = HttpResponse("\ufeff" + table.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="statement.csv"'
    return answer


def _cell_of(request: HttpRequest) -> Cell:
    """Return the cell that an address names; one that cannot be is nobody's."""
    parts = (request.GET.get(name, "").replace("|", " ")[:40] for name in ("district", "unit", "substance"))
    year = request.GET.get("year", "")
    return Cell(*(part or "?" for part in parts), year=int(year) if year.isdecimal() and len(year) == 4 else 0)


def status_of(error: MadangError) -> int:
    """Return the HTTP status that fits an error: what the ledger refuses is a conflict with what is there."""
    if isinstance(error, UnknownName):
        return 404
    return 409 if isinstance(error, LedgerError | InfeasibleError) else 400
