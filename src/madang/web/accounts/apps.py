"""The accounts as a Django app."""

from __future__ import annotations

from django.apps import AppConfig

from madang.web.wording import both


class AccountsConfig(AppConfig):
    """Accounts and roles."""

    name = "madang.web.accounts"
    label = "accounts"
    verbose_name = both("계정", "Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the log of sign-ins."""
        from madang.web.accounts import signing  # noqa: F401, PLC0415 - signals can be connected only now
