"""Who may open which view. A view that no rule names is open to nobody, and a test fails for it."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from madang.web.accounts.roles import ADMINS, EDITORS, EVERYBODY, SIGNED_IN, WRITERS, roles_of
from madang.web.settings.apps import ROOMS

#: Wagtail's and Django's views, by patterns of their names, the first that fits; Wagtail's own rights go further.
THEIRS: tuple[tuple[str, frozenset[str]], ...] = (
    ("wagtail_serve", EVERYBODY),
    ("wagtaildocs_serve", EVERYBODY),
    ("wagtaildocs_authenticate_with_password", EVERYBODY),
    ("wagtailcore_authenticate_with_password", EVERYBODY),
    ("wagtailcore_login", EVERYBODY),
    ("wagtailadmin_login", EVERYBODY),
    ("wagtailadmin_logout", SIGNED_IN),
    ("wagtailadmin_password_reset*", EVERYBODY),
    ("wagtailadmin_javascript_catalog", EVERYBODY),
    ("wagtailadmin_sprite", EVERYBODY),
    ("wagtailusers_*", ADMINS),
    ("wagtailsites*", ADMINS),
    ("wagtaillocales*", ADMINS),
    ("wagtailredirects*", ADMINS),
    ("wagtailadmin_workflows*", ADMINS),
    ("wagtailadmin_collections*", ADMINS),
    ("wagtailadmin_reports*", EDITORS),
    ("simple_translation*", EDITORS),
    ("wagtailsnippets*", EDITORS),
    ("wagtail*", WRITERS),
    # Wagtail's own page for trying its "not found".
    ("django.views.generic.base.TemplateView", WRITERS),
)


@cache
def rules() -> dict[str, frozenset[str]]:
    """Return the rules of every room's own views, from its module ``access``."""
    found: dict[str, frozenset[str]] = {}
    # The interface for machines has views, but no tables: it is a room without an app.
    for room in (*ROOMS, "madang.web.api"):
        if find_spec(f"{room}.access") is not None:
            found |= import_module(f"{room}.access").RULES
    return found


def rule_for(view: str) -> frozenset[str] | None:
    """Return the roles that may open a view; None where no rule names it."""
    if view in rules():
        return rules()[view]
    return next((roles for pattern, roles in THEIRS if fnmatchcase(view, pattern)), None)


class Gate:
    """Stand before every view: let in whom its rule names, send a visitor to sign in, refuse the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; the gate stands where the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Ask the rule of the view about to answer."""
        allowed = rule_for(request.resolver_match.view_name) if request.resolver_match else None
        if allowed is not None and (allowed is EVERYBODY or allowed & roles_of(request.user)):
            return None
        if allowed is not None and not request.user.is_authenticated:
            door = "/admin/login/" if request.path.startswith("/admin/") else f"/{_tongue(request)}/account/sign-in/"
            return redirect(f"{door}?{urlencode({'next': request.get_full_path()})}")
        raise PermissionDenied


def _tongue(request: HttpRequest) -> str:
    """Return the language of the address."""
    return "en" if request.path.startswith("/en/") else "ko"
