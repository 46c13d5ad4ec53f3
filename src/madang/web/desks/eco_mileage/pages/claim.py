"""Claiming the account of a member taken over from a table: the person's page, and the office's for the codes."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate

from madang.core.errors import UsageError
from madang.web.accounts.signing import address_of
from madang.web.bench.answers import unkept
from madang.web.desks.eco_mileage.claim_models import CodeList
from madang.web.desks.eco_mileage.pages.shared import NUMBER_MAX, go, member_of, name_of, page, says_errors, whole
from madang.web.desks.eco_mileage.services import claiming, districts
from madang.web.wording import both, language

BACKEND = "madang.web.accounts.backends.LimitedBackend"
#: So many letters on one page; more are exported as a list for a mail merge.
_LETTERS_MAX, _LISTS_SHOWN = 200, 50


class AccountForm(forms.Form):
    """The name and password of an account to be made."""

    username = forms.SlugField(
        label=both("쓸 이름(아이디)", "Name to sign in with"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )  # fmt: skip
    password = forms.CharField(
        label=both("비밀번호", "Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_username(self) -> str:
        """Refuse a name that is taken."""
        name = str(self.cleaned_data["username"])
        if get_user_model().objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(both("이미 있는 이름입니다.", "This name is taken."))
        return name

    def clean_password(self) -> str:
        """Refuse a weak password."""
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password

    def make_account(self) -> Any:
        """Make the account, with the role of a member."""
        given = self.cleaned_data
        user = get_user_model().objects.create_user(given["username"], password=given["password"])
        user.groups.add(Group.objects.get(name="member"))
        return user


class ClaimForm(forms.Form):
    """What a letter from the office says."""

    number = forms.IntegerField(
        label=both("안내문의 회원 번호", "Member's number in the letter"), min_value=0, max_value=NUMBER_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    code = forms.CharField(
        label=both("안내문의 코드", "Code in the letter"), max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code"}
        ),
    )  # fmt: skip
    agreed = forms.BooleanField(
        label=both("내 회원 번호이며, 사용량을 조회해 정산하는 데 동의합니다",
                   "The number is mine, and I agree that my use is read and settled")
    )  # fmt: skip


class ClaimAnewForm(AccountForm, ClaimForm):
    """The same for somebody who has no account yet."""

    field_order = ("number", "code", "username", "password", "agreed")


@says_errors
def claim(request: HttpRequest) -> HttpResponse:
    """Let a person claim the account of the member that a letter from the office is about."""
    if member_of(request) is not None:
        return go("eco:me")
    claiming.may_claim(request.user)
    form = (ClaimForm if request.user.is_authenticated else ClaimAnewForm)(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return page(request, "claim", {"form": form}, status=400 if request.method == "POST" else 200)
    given = form.cleaned_data
    try:
        proven = claiming.proven(given["number"], given["code"], address=address_of(request))
        with transaction.atomic():
            user = form.make_account() if isinstance(form, ClaimAnewForm) else request.user
            claiming.take(proven, user)
    except UsageError as error:
        said = error.parts(language())
        form.add_error(None, f"{said.what}. {said.todo}.")
        return page(request, "claim", {"form": form}, status=400)
    if not request.user.is_authenticated:
        login(request, user, backend=BACKEND)
    return go("eco:me")


class CodesForm(forms.Form):
    """For whom codes are made, how long they hold, and in which shape they are handed out."""

    number = forms.IntegerField(
        label=both("한 사람만: 회원 번호", "For one member: the number"), min_value=0, max_value=NUMBER_MAX,
        required=False, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    district = forms.ChoiceField(label=both("또는 자치구", "Or of a district"), required=False)
    days = forms.IntegerField(
        label=both("며칠 동안 쓸 수 있는지", "How many days they hold"), min_value=1, max_value=claiming.DAYS_MAX,
        initial=claiming.DAYS,
    )  # fmt: skip
    shape = forms.ChoiceField(
        label=both("내보내는 꼴", "Handed out as"),
        choices=[
            ("csv", both("목록(CSV)", "a list (CSV)")),
            ("letters", both(f"인쇄할 안내문({_LETTERS_MAX}명까지)", f"letters to print (up to {_LETTERS_MAX})")),
        ],
    )
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the districts where members wait for a code."""
        super().__init__(*args, **kwargs)
        waits = claiming.districts()
        everybody = both("모든 자치구", "all districts")
        self.fields["district"].choices = [
            ("", f"{everybody} ({sum(count for _, count in waits):,})"),
            *((name, f"{districts.named(name).to(language())} ({count:,})") for name, count in waits if name),
        ]


@says_errors
def codes(request: HttpRequest) -> HttpResponse:
    """Show which lists of codes were handed out; hand out another, once, or withdraw one."""
    if request.method == "POST" and "withdraw" in request.POST:
        claiming.withdraw(get_object_or_404(CodeList, pk=whole(request.POST["withdraw"])), by=name_of(request))
        return go("eco:codes")
    fresh = {"key": secrets.token_hex(12), "number": whole(request.GET.get("number", "")) or None}
    form = CodesForm(request.POST or None, initial=fresh)
    if request.method == "POST" and form.is_valid():
        return _hand_out(request, form.cleaned_data)
    lists = [(one, districts.named(one.district)) for one in CodeList.objects.order_by("-pk")[:_LISTS_SHOWN]]
    shown = {"form": form, "lists": lists, "counted": claiming.counted(), "most": claiming.LIST_MAX}
    return page(request, "codes", shown, status=400 if request.method == "POST" else 200)


def _hand_out(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    """Answer with codes made this moment; the answer is the only place where they can be read."""
    letters, alone = given["shape"] == "letters", given["number"] is not None
    some = claiming.one(given["number"]) if alone else claiming.waiting(given["district"])
    most = _LETTERS_MAX if letters else claiming.LIST_MAX
    handed = claiming.hand_out(
        some[:most], by=name_of(request), key=given["key"], days=given["days"],
        district="" if alone else given["district"],
    )  # fmt: skip
    if letters:
        place = reverse("eco:claim")[len("/ko") :]
        return page(request, "letters", {"handed": handed, "site": settings.MADANG_ADDRESS, "place": place})
    answer = HttpResponse("".join(claiming.csv_lines(handed)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="eco-mileage-codes-{localdate().isoformat()}.csv"'
    return unkept(answer)
