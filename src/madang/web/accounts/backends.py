"""Signing in by name and password, held up after too many failures whichever door is used."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from madang.web.accounts.limits import is_held_up
from madang.web.accounts.signing import address_of


class LimitedBackend(ModelBackend):
    """Django's own backend behind a limit on failed tries, by name and by address."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        """Return the user, or None; refuse without looking at the password while held up."""
        if username is not None and is_held_up(username, address_of(request)):
            raise PermissionDenied
        return super().authenticate(request, username=username, password=password, **kwargs)
