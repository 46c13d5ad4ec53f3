"""A member's pages: join, readings and saving, awards and why, balance, redeem, export, leave."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate

from madang.core.errors import Both, UsageError, Where
from madang.web.bench.answers import unkept
from madang.web.desks.eco_mileage.models import Item, Member, Organisation
from madang.web.desks.eco_mileage.pages.claim import BACKEND, AccountForm
from madang.web.desks.eco_mileage.pages.own import HomeForm
from madang.web.desks.eco_mileage.pages.shared import for_member, go, member_of, page, says_errors
from madang.web.desks.eco_mileage.services import (
    consenting,
    districts,
    driving,
    figures,
    people,
    redeeming,
    use,
    wishes,
)
from madang.web.ledger.models import Transfer
from madang.web.wording import both, language

_SHOWN = 50


class JoinForm(AccountForm, HomeForm):
    """What somebody gives to join; no more than the programme needs."""

    kind = forms.ChoiceField(label=both("가구 또는 단체", "Household or organisation"), choices=Member.Kind.choices)
    sort = forms.ChoiceField(
        label=both("단체라면 어떤 단체", "If an organisation, of which kind"), required=False,
        choices=[("", "–"), *Organisation.Sort.choices],
    )  # fmt: skip
    name = forms.CharField(label=both("성명 또는 단체 이름", "Name of person or organisation"), max_length=80)
    address = forms.CharField(label=both("주소", "Address"), max_length=200)
    representative = forms.BooleanField(
        label=both("가구를 대표해 포인트를 받습니다", "I am paid for the household"), required=False, initial=True
    )
    agreed = forms.BooleanField(
        label=both("사용량을 조회해 정산하는 데 동의합니다", "I agree that my use is read and settled")
    )

    field_order = (
        "username", "password", "kind", "sort", "name", "address", "district", "representative",
        "electricity", "gas", "water", "heat", "agreed",
    )  # fmt: skip


@says_errors
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk's front: what it is for, what the book owes, and where to go."""
    return page(request, "desk", {"owed": figures.owed(), "items": redeeming.catalogue()})


@says_errors
def join(request: HttpRequest) -> HttpResponse:
    """Let somebody join: an account, a member, a first page."""
    if member_of(request) is not None:
        return go("eco:me")
    form = JoinForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return page(request, "join", {"form": form}, status=400 if request.method == "POST" else 200)
    given = form.cleaned_data
    try:
        with transaction.atomic():
            user = form.make_account()
            people.join(
                user,
                kind=given["kind"],
                district=given["district"],
                personal_data={"name": given["name"], "address": given["address"]},
                meters=form.meters(),
                sort=given["sort"],
                representative=given["representative"] or given["kind"] == Member.Kind.ORGANISATION,
            )
    except UsageError as error:
        said = error.parts(language())
        form.add_error(None, f"{said.what}. {said.todo}.")
        return page(request, "join", {"form": form}, status=400)
    login(request, user, backend=BACKEND)
    return go("eco:me")


@for_member
def me(request: HttpRequest, member: Member) -> HttpResponse:
    """Show a member's balance, saving, awards and history."""
    moves = Transfer.objects.select_related("giver", "taker").filter(
        taker=member.account
    ) | Transfer.objects.select_related("giver", "taker").filter(giver=member.account)
    history = [_line(move, member) for move in moves.order_by("-id")[:_SHOWN]]
    return page(
        request,
        "me",
        {
            "member": member,
            "district": districts.named(member.district),
            "history": history,
            "awards": use.awards_of_member(member),
            "charts": use.charts_of(use.readings_of(member))[:1],
            "redemptions": member.redemptions.select_related("item", "hold").order_by("-id")[:_SHOWN],
            "partners": consenting.choices_of(member),
            "notices": member.notices.order_by("-made_at")[:2],
            "must_ask": wishes.rule_on(localdate()) if member.kind == Member.Kind.HOUSEHOLD else None,
            "half_years": wishes.half_years(member),
            "organisation": Organisation.objects.filter(member=member).first(),
            "prizes": member.prizes.exclude(approved_by="").order_by("-first_month"),
        },
    )


_KINDS = {
    "redeem": both("사용", "redeemed"),
    "hold_back": both("사용 취소", "given back"),
    "expiry": both("소멸", "expired"),
    "reversal": both("되돌림", "taken back"),
    "correction": both("정정", "correction"),
    "leave": both("탈퇴", "given up"),
    "half_year": both("반기 지급", "half-year award"),
    "season": both("계절 특별 지급", "season award"),
    "car": both("승용차 지급", "car award"),
    "car_season": both("승용차 겨울 지급", "car winter award"),
    "hold": both("주문", "ordered"),
}


def _line(move: Transfer, member: Member) -> dict[str, Any]:
    """Return a movement as a member reads it: what came or went."""
    sign = 1 if move.taker_id == member.account_id else -1
    label = _KINDS.get(move.kind.split(" ")[0], move.kind)
    return {"day": move.event_day, "said": label, "window": move.kind.partition(" ")[2], "amount": sign * move.amount}


@for_member
def readings(request: HttpRequest, member: Member) -> HttpResponse:
    """Show all of a member's readings, each utility with its chart."""
    found = use.readings_of(member)
    return page(request, "readings", {"member": member, "charts": use.charts_of(found)})


@for_member
def why(request: HttpRequest, member: Member, run: str) -> HttpResponse:
    """Show why an award is what it is: sums, rule, paragraph."""
    award = next((one for one in use.awards_of_member(member) if one["settlement"].run == run), None)
    if award is None:
        raise UsageError(
            Both("이 정산에는 회원님의 결정이 없습니다", "there is no decision about you in this settlement"),
            None,
            Both("내 마일리지를 보십시오", "see your own page"),
        )
    made = award["settlement"]
    shown: dict[str, Any] = {"member": member, "award": award}
    if made.kind.startswith("car"):
        shown["odometers"] = driving.readings_behind(member, award["first_month"], season=made.kind == "car_season")
    else:
        shown["behind"] = use.readings_behind(member, award["first_month"], made.header["months"])
    return page(request, "why", shown)


@for_member
def redeem(request: HttpRequest, member: Member) -> HttpResponse:
    """Show what points buy, or take an order; the form's own key orders nothing twice."""
    if request.method == "POST":
        item = get_object_or_404(Item.objects.select_related("shelf"), code=request.POST.get("item", ""))
        try:
            units = int(request.POST.get("units", ""))
        except ValueError as error:
            raise UsageError(
                Both("개수가 숫자가 아닙니다", "the number of units is no number"),
                None,
                Both("정수로 적으십시오", "give a whole number"),
            ) from error
        key = request.POST.get("key", "")[:60]
        if not key or request.POST.get("unit_points") != str(item.unit_points):
            raise UsageError(
                Both("포인트나 목록이 그 사이에 바뀌었습니다", "the points or the list have changed meanwhile"),
                Where(value=item.code),
                Both("쓸 곳을 다시 여십시오. 더 쓴 것은 없습니다", "open the list again; nothing more was spent"),
            )
        redeeming.redeem(member, item, units, key=f"{member.number}/{key}")
        return go("eco:me")
    shown = {"items": redeeming.catalogue(), "key": secrets.token_hex(12), "most": redeeming.UNITS_MAX}
    return page(request, "redeem", {"member": member, **shown})


@for_member
def export(request: HttpRequest, member: Member) -> HttpResponse:
    """Give a member everything the desk knows of them, as a file."""
    said = {**people.export(member, actor=f"member {member.number}"), **use.known_of(member)}
    answer = JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="eco-mileage-{member.number}.json"'
    return unkept(answer)


@for_member
def leave(request: HttpRequest, member: Member) -> HttpResponse:
    """Ask once more, then let a member go."""
    if request.method == "POST":
        give_up = member.account.balance if request.POST.get("give_up") == "yes" else 0
        people.leave(member, give_up=give_up, actor=f"member {member.number}")
        logout(request)
        return go("eco:desk")
    return page(request, "leave", {"member": member})
