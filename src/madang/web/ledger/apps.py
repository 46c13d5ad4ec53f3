"""The ledger as a Django app."""

from __future__ import annotations

from django.apps import AppConfig

from madang.web.wording import both


class LedgerConfig(AppConfig):
    """Books, accounts and transfers."""

    name = "madang.web.ledger"
    label = "ledger"
    verbose_name = both("원장", "Ledger")
    default_auto_field = "django.db.models.BigAutoField"
