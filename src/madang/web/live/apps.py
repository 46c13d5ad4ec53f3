"""Live figures as a Django app."""

from __future__ import annotations

from django.apps import AppConfig

from madang.web.wording import both


class LiveConfig(AppConfig):
    """Numbers and figures of solutions, kept for the pages."""

    name = "madang.web.live"
    label = "live"
    verbose_name = both("살아 있는 수치", "Live figures")
    default_auto_field = "django.db.models.BigAutoField"
