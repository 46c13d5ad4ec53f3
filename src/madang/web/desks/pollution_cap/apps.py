"""The desk of development loads as a Django app."""

from __future__ import annotations

from django.apps import AppConfig

from madang.web.wording import both


class PollutionCapConfig(AppConfig):
    """Development loads and permits."""

    name = "madang.web.desks.pollution_cap"
    label = "pollution_cap"
    verbose_name = both("개발부하량", "Development loads")
    default_auto_field = "django.db.models.BigAutoField"
