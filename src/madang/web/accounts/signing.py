"""The log of signing in and out: who, when, from where."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from wagtail.log_actions import log

from madang.web.accounts import limits


def address_of(request: HttpRequest | None) -> str:
    """Return the address a request came from; what a proxy claims is not believed."""
    return str(request.META.get("REMOTE_ADDR", "")) if request is not None else ""


@receiver(user_login_failed)
def log_failure(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Count a failed try, and log it against the account it was aimed at."""
    name = str(credentials.get("username", ""))
    limits.note_failure(name, address_of(request))
    aimed = get_user_model().objects.filter(username__iexact=name).first()
    if aimed is not None:
        log(instance=aimed, action="madang.sign_in_failed", data={"address": address_of(request)})


@receiver(user_logged_in)
def log_success(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Log a sign-in, and forget the failures before it."""
    limits.forget_failures(user.get_username())
    log(instance=user, action="madang.sign_in", user=user, data={"address": address_of(request)})


@receiver(user_logged_out)
def log_leaving(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Log a sign-out."""
    if user is not None:
        log(instance=user, action="madang.sign_out", user=user, data={"address": address_of(request)})
