"""How many failed tries are too many."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from madang.web.accounts.models import FailedSignIn

FAILED_PER_NAME_MAX = 5
FAILED_PER_ADDRESS_MAX = 20
WINDOW = timedelta(minutes=15)


def is_held_up(name: str, address: str) -> bool:
    """Tell whether a name or an address has failed too often within the window."""
    recent = FailedSignIn.objects.filter(at__gt=timezone.now() - WINDOW)
    by_name = recent.filter(name=name.lower()[:150]).count()
    return by_name >= FAILED_PER_NAME_MAX or recent.filter(address=address).count() >= FAILED_PER_ADDRESS_MAX


def note_failure(name: str, address: str) -> None:
    """Keep a failed try while it counts; those that no longer count go."""
    FailedSignIn.objects.create(name=name.lower()[:150], address=address[:45])
    FailedSignIn.objects.filter(at__lt=timezone.now() - WINDOW).delete()


def forget_failures(name: str) -> None:
    """Forget a name's failures once it has signed in."""
    FailedSignIn.objects.filter(name=name.lower()[:150]).delete()
