"""Signing in and out, and what one's account may do."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from madang.web.accounts.forms import SignInForm
from madang.web.accounts.roles import ROLES, roles_of
from madang.web.wording import language

ROLE_WORDS = {
    "visitor": {"ko": "방문자", "en": "visitor"},
    "member": {"ko": "회원", "en": "member"},
    "analyst": {"ko": "분석가", "en": "analyst"},
    "officer": {"ko": "담당 공무원", "en": "officer"},
    "editor": {"ko": "편집자", "en": "editor"},
    "admin": {"ko": "관리자", "en": "admin"},
}


class SignIn(LoginView):
    """The public sign-in page; it leads on to where one came from, or to one's account."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """Return one's account page."""
        return f"/{language()}/account/"


class SignOut(LogoutView):
    """Signing out, by POST."""

    def get_default_redirect_url(self) -> str:
        """Return the home."""
        return f"/{language()}/"


@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Show one's name and roles, and the door to the editors' rooms where one may enter."""
    held = roles_of(request.user)
    roles: list[Any] = [ROLE_WORDS[role] for role in ROLES if role in held and role != "visitor"]
    context = {"roles": roles, "may_edit": request.user.has_perm("wagtailadmin.access_admin")}
    context["is_officer"] = "officer" in held
    return render(request, "accounts/account.html", context)
