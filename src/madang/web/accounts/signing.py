"""Signing in: the log of it, and the limit on tries that fail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from wagtail.log_actions import log

from madang.web.accounts.models import FailedSignIn

FAILED_PER_NAME_MAX = 5
FAILED_PER_ADDRESS_MAX = 20
WINDOW = timedelta(minutes=15)


def address_of(request: HttpRequest | None) -> str:
    """Return the address a request came from; what a proxy claims is not believed."""
    return str(request.META.get("REMOTE_ADDR", "")) if request is not None else ""


def is_held_up(name: str, address: str) -> bool:
    """Tell whether a name or an address has failed too often within the window."""
    recent = FailedSignIn.objects.filter(at__gt=timezone.now() - WINDOW)
    by_name = recent.filter(name=name.lower()[:150]).count()
    return by_name >= FAILED_PER_NAME_MAX or recent.filter(address=address).count() >= FAILED_PER_ADDRESS_MAX


@receiver(user_login_failed)
def note_failure(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Keep a failed try while it counts, and log it against the account it was aimed at."""
    name = str(credentials.get("username", "")).lower()[:150]
    FailedSignIn.objects.create(name=name, address=address_of(request))
    FailedSignIn.objects.filter(at__lt=timezone.now() - WINDOW).delete()
    aimed = get_user_model().objects.filter(username__iexact=name).first()
    if aimed is not None:
        log(instance=aimed, action="madang.sign_in_failed", data={"address": address_of(request)})


@receiver(user_logged_in)
def note_success(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Log a sign-in, and forget the failures before it."""
    FailedSignIn.objects.filter(name=user.get_username().lower()).delete()
    log(instance=user, action="madang.sign_in", user=user, data={"address": address_of(request)})


@receiver(user_logged_out)
def note_leaving(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Log a sign-out."""
    if user is not None:
        log(instance=user, action="madang.sign_out", user=user, data={"address": address_of(request)})
