"""The sign-in forms: they say when somebody must wait, and nothing about which names exist."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from wagtail.admin.forms.auth import LoginForm

from madang.web.accounts.limits import WINDOW, is_held_up
from madang.web.accounts.signing import address_of
from madang.web.wording import both


class _Waits:
    """Say that one must wait, before the password is looked at."""

    request: Any

    def clean(self) -> Any:
        """Refuse while held up."""
        name = str(self.cleaned_data.get("username", ""))  # type: ignore[attr-defined]
        if is_held_up(name, address_of(self.request)):
            minutes = int(WINDOW.total_seconds() // 60)
            raise ValidationError(
                both(
                    f"실패가 잦아 잠시 막았습니다. {minutes}분 뒤에 다시 해 주세요.",
                    f"Too many tries failed. Try again in {minutes} minutes.",
                ),
                code="held_up",
            )
        return super().clean()  # type: ignore[misc]


class SignInForm(_Waits, AuthenticationForm):
    """The form of the public sign-in page."""


class EditorSignInForm(_Waits, LoginForm):
    """The form at the door of the editors' rooms."""
