"""What the desk's pages share: who is served, and answers that nobody keeps."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from madang.web.accounts.roles import OFFICERS, roles_of
from madang.web.bench import answers
from madang.web.bench.answers import status_of, unkept
from madang.web.bench.jobs import said
from madang.web.desks.eco_mileage.models import Member
from madang.web.desks.eco_mileage.services.figures import any_synthetic

View = Callable[..., HttpResponse]
#: The greatest number a column holds.
NUMBER_MAX = 2**63 - 1


def page(request: HttpRequest, name: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """Return a page of the desk; it says where members are made up, and is kept by nobody."""
    shown = {
        "synthetic": any_synthetic(),
        "member_here": member_of(request),
        "for_office": bool(OFFICERS & roles_of(request.user)),
        **(context or {}),
    }
    return unkept(render(request, f"eco_mileage/{name}.html", shown, status=status))


def says_errors(view: View) -> View:
    """Answer an error of the family with a page of the desk that says what, where and what to do."""
    return answers.says_errors(
        view, lambda request, error: page(request, "problem", {"error": said(error)}, status=status_of(error))
    )


def member_of(request: HttpRequest) -> Member | None:
    """Return who is served, if the person signed in is a member."""
    if not request.user.is_authenticated:
        return None
    return Member.objects.select_related("account").filter(user=request.user, left_on=None).first()


def for_member(view: View) -> View:
    """Hand the view the member who is signed in; anybody else is asked to join first."""

    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        member = member_of(request)
        if member is None:
            return redirect("eco:join")
        return says_errors(view)(request, member, *args, **kwargs)

    return served


def go(name: str, *args: Any) -> HttpResponseRedirect:
    """Send the browser on after a form, so that loading again sends nothing again."""
    return HttpResponseRedirect(reverse(name, args=args), status=303)


def whole(said: str) -> int:
    """Return a number of an address or a button; 0 for what is none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= len(str(NUMBER_MAX)) else 0


def name_of(request: HttpRequest) -> str:
    """Return under which name an officer acts."""
    return request.user.get_username()
