"""The office: what waits, imports, review, settlements, catalogue, deliveries, expiry, people, the trail."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from madang.core.errors import Both, UsageError
from madang.core.progress import silent
from madang.solutions.eco_mileage.household import UTILITY_NAMES
from madang.solutions.eco_mileage.operating.settling import DECISIONS, Decide, Review, decide
from madang.solutions.eco_mileage.readings.rows import UTILITIES, say_month
from madang.solutions.eco_mileage.rules import parse_month
from madang.solutions.eco_mileage.settlement.explain import SAID
from madang.solutions.eco_mileage.settlement.review import CHECKS
from madang.web.desks.eco_mileage.models import Car, Errand, Item, Organisation, Redemption, Settlement, Trail
from madang.web.desks.eco_mileage.pages import records
from madang.web.desks.eco_mileage.pages.shared import go, name_of, page, says_errors, whole
from madang.web.desks.eco_mileage.services import (
    districts,
    errands,
    expiring,
    figures,
    people,
    personal,
    redeeming,
    releasing,
    settling,
    tables,
    taking_back,
    use,
    what_if,
    wishes,
)
from madang.web.ledger.models import Hold
from madang.web.wording import both

#: The most points of a unit, and pieces put on a shelf at once.
_SHOWN, _POINTS_MAX, _STOCK_MAX = 100, 100_000_000, 1_000_000_000


@says_errors
def office(request: HttpRequest) -> HttpResponse:
    """Show what waits, what the book owes, and members by district."""
    errands.put_back()
    return page(
        request,
        "office",
        {
            "waiting": figures.waiting(),
            "errands": Errand.objects.order_by("-id")[:5],
            "owed": figures.owed(),
            "districts": figures.by_district(),
            "settlements": Settlement.objects.order_by("-prepared_at")[:20],
            "parts": people.work_folder().store.parts()[-10:],
        },
    )


@says_errors
def bring(request: HttpRequest) -> HttpResponse:
    """Take a file of readings in, whole or not at all; a rejected file is shown with row, column and value."""
    errand = None
    if request.method == "POST":
        given = request.FILES.get("readings")
        if given is None:
            raise UsageError(
                Both("파일을 고르지 않았습니다", "no file was chosen"),
                None,
                Both("CSV, XML, JSONL 파일을 고르십시오", "choose a CSV, XML or JSONL file"),
            )
        path = errands.incoming(given.name or "readings")
        with path.open("wb") as file:
            for chunk in given.chunks():
                file.write(chunk)
        asked = {"path": str(path), "today": localdate().isoformat()}
        quick = (given.size or 0) <= errands.QUICK_BYTES
        errand = errands.send("import", asked, by=name_of(request), quick=quick)
        if not quick:
            return go("eco:errand", errand.pk)
    parts = people.work_folder().store.parts()[::-1]
    shown = {"errand": errand, "parts": parts[:_SHOWN]}
    return page(request, "import", shown, status=400 if errand is not None and errand.error else 200)


@says_errors
def errand(request: HttpRequest, number: int) -> HttpResponse:
    """Show how far an errand is; once it is done, what came of it."""
    errands.put_back()
    made = get_object_or_404(Errand, pk=number)
    shown = {"errand": made, "run": errands.run_of(made)}
    return page(request, "errand", shown)


def _shown(made: Errand) -> HttpResponse:
    """Lead to what an errand made, or to the errand while it is on its way."""
    if made.error is not None:
        raise _kept(made.error)
    run = None if made.active else errands.run_of(made)
    return go("eco:errand", made.pk) if run is None else go("eco:settlement", run)


def _kept(parts: dict[str, Any]) -> UsageError:
    """Return what kept an errand from being done, as it was kept, as an error again."""
    korean = {**parts, **parts.get("ko", {})}
    what, where, todo = (
        None if parts[name] is None else Both(korean[name], parts[name]) for name in ("what", "where", "todo")
    )
    return UsageError(what or "", where, todo)


class RoundForm(forms.Form):
    """Which round is meant."""

    first_month = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$", label=both("첫 달(YYYY-MM)", "First month (YYYY-MM)"), max_length=7
    )
    kind = forms.ChoiceField(
        label=both("종류", "Kind"),
        choices=[("half_year", both("반기", "half-year")), ("season", both("계절(겨울)", "season (winter)"))],
    )
    windows = forms.ChoiceField(
        label=both("기간", "Windows"),
        choices=[
            ("joined", both("가입 다음 달부터", "from the month after joining")),
            ("common", both("모두 같은 기간", "the same for all")),
        ],
    )


@says_errors
def review(request: HttpRequest) -> HttpResponse:
    """Show readings that wait for review in a round, or keep a decision about one."""
    form = RoundForm(request.GET or {"kind": "half_year", "windows": "joined", "first_month": ""})
    found: dict[str, Any] = {"form": form, "items": None}
    if request.GET and form.is_valid():
        given = form.cleaned_data
        tables.write_people(parse_month(given["first_month"]), given["windows"])
        if request.method == "POST":
            told = {name: request.POST.get(name, "") for name in ("item", "decision", "why")}
            if told["decision"] not in DECISIONS:
                raise UsageError(
                    Both("결정을 고르지 않았습니다", "no decision was chosen"),
                    None,
                    Both("셈할지 보류할지 고르십시오", "choose whether the reading counts or stays held"),
                )
            wants = Decide(
                folder=people.desk_folder(), by=name_of(request), today=localdate(), **form.cleaned_data, **told
            )
            decide(wants, silent)
            Trail.objects.create(actor=name_of(request), act="decided", about=told["item"][:120], detail=told)
        asked = Review(folder=people.desk_folder(), **form.cleaned_data)
        items = people.work_folder().lay(asked.round(), asked.limits(), silent).reviewed.items
        first = items.sort("holds", descending=True, maintain_order=True).head(_SHOWN)
        found |= {
            "items": [_item(row) for row in first.iter_rows(named=True)],
            "count": items.height,
            "held": int(items["holds"].sum()),
            "shown": first.height,
        }
    return page(request, "review", found)


def _item(row: dict[str, Any]) -> dict[str, Any]:
    """Return an item of the review in words."""
    return {
        **row,
        "said": CHECKS[row["check"]][0],
        "utility_name": UTILITY_NAMES[UTILITIES[row["utility"]]] if row["month"] else "",
        "month_name": say_month(row["month"]) if row["month"] else "",
        "can_count": row["check"] in {"spike", "photo_reused"},
    }


@says_errors
def settle(request: HttpRequest) -> HttpResponse:
    """Settle a round, twice and compared, and prepare it for approval; nothing is posted."""
    form = RoundForm(request.POST or None, initial={"kind": "half_year", "windows": "joined"})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        return _shown(errands.send("settle", given, by=name_of(request), quick=errands.is_quick()))
    return page(request, "settle", {"form": form}, status=400 if request.method == "POST" else 200)


class WhatIfForm(RoundForm):
    """Which round, and by which other rules."""

    rules_of = forms.DateField(
        label=both("이날의 규정으로", "By the rules of a day"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    rules = forms.FileField(
        label=both(
            "또는 지금 규정에 덧씌울 규정 파일(TOML)", "Or by a file of rules laid over the enacted ones (TOML)"
        ),
        required=False,
    )

    def clean_rules(self) -> tuple[str, str]:
        """Return the file's name and text."""
        given = self.cleaned_data["rules"]
        if given is None:
            return "", ""
        if given.size > what_if.RULES_BYTES_MAX:
            raise forms.ValidationError(both("규정 파일이 너무 큽니다.", "The file of rules is too large."))
        try:
            return given.name, given.read().decode("utf-8")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(both("UTF-8 글이 아닙니다.", "It is no UTF-8 text.")) from error


@says_errors
def suppose(request: HttpRequest) -> HttpResponse:
    """Settle a round by other rules beside its own, for the office to see; nothing is prepared or paid."""
    form = WhatIfForm(request.POST or None, request.FILES or None, initial={"kind": "half_year", "windows": "joined"})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        name, rules = given["rules"]
        day = given["rules_of"]
        asked = {key: given[key] for key in ("first_month", "kind", "windows")}
        asked |= {"rules_of": day.isoformat() if day else "", "rules_name": name, "rules": rules}
        errand = errands.send("what_if", asked, by=name_of(request), quick=errands.is_quick())
        if errand.error is not None:
            raise _kept(errand.error)
        return go("eco:errand", errand.pk)
    return page(request, "what_if", {"form": form}, status=400 if request.method == "POST" else 200)


@says_errors
def settlement(request: HttpRequest, run: str) -> HttpResponse:
    """Show a settlement with all an approver must see."""
    made = get_object_or_404(Settlement, run=run)
    codes = [{**row, "said": SAID[row["code"]]} for row in made.totals["by_code"]]
    samples = [use.sample_told(row) for row in made.totals["samples"]]
    mine = made.prepared_by == name_of(request)
    parts = [{**row, "named": districts.named(row["district"] or "")} for row in made.totals["by_district"]]
    shown = {"made": made, "codes": codes, "districts": parts, "samples": samples, "mine": mine}
    return page(request, "settlement", shown)


@require_POST
@says_errors
def act(request: HttpRequest, run: str, what: str) -> HttpResponse:
    """Approve, refuse, post or take back a settlement."""
    by, why = name_of(request), request.POST.get("why", "")[:200]
    if what == "approve":
        settling.approve(run, by=by)
    elif what == "refuse":
        settling.refuse(run, by=by, why=why)
    elif what == "post":
        return _shown(errands.send("post", {"run": run}, by=by, quick=errands.is_quick()))
    else:
        taking_back.reverse(run, by=by, why=why, leave_spent=request.POST.get("leave_spent") == "yes")
    return go("eco:settlement", run)


class ItemForm(forms.Form):
    """What goes into the catalogue."""

    code = forms.SlugField(label=both("코드", "Code"), max_length=60)
    way = forms.ChoiceField(label=both("종류", "Kind"), choices=Item.Way.choices)
    title_ko = forms.CharField(label=both("이름(한국어)", "Title (Korean)"), max_length=120)
    title_en = forms.CharField(label=both("이름(영어)", "Title (English)"), max_length=120)
    unit_points = forms.IntegerField(
        label=both("단위당 포인트", "Points for one unit"), min_value=1, max_value=_POINTS_MAX
    )
    units_min = forms.IntegerField(
        label=both("최소 단위", "Smallest number of units"), min_value=1, max_value=redeeming.UNITS_MAX, initial=1
    )
    stock = forms.IntegerField(
        label=both("들여놓을 재고(없으면 무제한)", "Pieces to add (empty: no limit)"), min_value=1,
        max_value=_STOCK_MAX, required=False,
    )  # fmt: skip
    valid_until = forms.DateField(
        label=both("마지막 날(지난 날이면 내림)", "Last day on offer (one that is past takes it off)"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    key = forms.RegexField(r"^[0-9a-f]{24}$", widget=forms.HiddenInput)
    at_once = forms.BooleanField(label=both("곧바로 확정(취소 불가)", "Posted at once, irrevocable"), required=False)


@says_errors
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show the catalogue, or put something up."""
    form = ItemForm(request.POST or None, initial={"key": secrets.token_hex(12)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        redeeming.put_up(
            given["code"], way=given["way"], title=(given["title_ko"], given["title_en"]), stock=given["stock"],
            unit_points=given["unit_points"], units_min=given["units_min"], at_once=given["at_once"],
            valid_from=localdate(), valid_until=given["valid_until"], by=name_of(request), key=given["key"],
        )  # fmt: skip
        return go("eco:catalogue")
    items = Item.objects.select_related("shelf").order_by("way", "code")
    return page(request, "catalogue", {"form": form, "items": items}, status=400 if request.method == "POST" else 200)


@says_errors
def deliveries(request: HttpRequest) -> HttpResponse:
    """Show what waits to be delivered; post one, or make it void."""
    if request.method == "POST":
        made = get_object_or_404(Redemption, pk=whole(request.POST.get("redemption", "")))
        done = redeeming.deliver if request.POST.get("what") == "deliver" else redeeming.cancel
        done(made, actor=name_of(request))
        return go("eco:deliveries")
    waiting = Redemption.objects.select_related("item", "hold", "member").filter(hold__state=Hold.State.PENDING)
    return page(request, "deliveries", {"waiting": waiting.order_by("hold__until")[:_SHOWN]})


@says_errors
def expiry(request: HttpRequest) -> HttpResponse:
    """Show what has lapsed; write notices 90 and 30 days ahead, or let points expire."""
    said = None
    if request.method == "POST":
        if request.POST.get("what") == "notify":
            said = {"notices": expiring.notify(by=name_of(request))}
        else:
            run = expiring.expire(by=name_of(request))
            said = {"members": run.added if run else 0, "points": run.amount if run else 0}
    return page(request, "expiry", {"said": said, "earned_to": expiring.earned_to(localdate()), "owed": figures.owed()})


@says_errors
def person(request: HttpRequest) -> HttpResponse:
    """Look a member up by number, with a reason; every look is written down."""
    found: dict[str, Any] = {}
    if request.method == "POST":
        number, reason = whole(request.POST.get("number", "").strip()), request.POST.get("why", "")[:200].strip()
        if not number or not reason:
            raise UsageError(
                Both("회원을 찾으려면 번호와 까닭이 필요합니다", "looking somebody up needs a number and a reason"),
                None,
                Both("둘 다 적으십시오", "give both"),
            )
        member = people.find(number)
        if request.POST.get("release"):
            found["released"] = releasing.release(member, by=name_of(request), why=reason)
            member = people.find(member.number)
        if request.POST.get("first_month"):
            # Somebody at the counter asks for it by mouth; the officer's name and reason stand in the trail.
            wishes.ask(member, parse_month(request.POST["first_month"]), actor=name_of(request))
        found |= {
            "member": member,
            "district": districts.named(member.district),
            "claimed_at": releasing.claimed_at(member),
            "personal": personal.opened(member, actor=name_of(request), what="looked up", why=reason),
            "awards": use.awards_of_member(member),
            "asked": member.opt_ins.order_by("-first_month")[:4],
            "half_years": wishes.half_years(member),
            "must_ask": wishes.rule_on(localdate()),
            "car": Car.objects.filter(member=member).first(),
            "organisation": Organisation.objects.filter(member=member).first(),
            "why": reason,
        }
    return page(request, "person", {**found, "looks": records.latest_looks()})
