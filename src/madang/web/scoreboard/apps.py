"""The scoreboard as a Django app."""

from __future__ import annotations

from django.apps import AppConfig

from madang.web.wording import both


class ScoreboardConfig(AppConfig):
    """Promises and their verdicts."""

    name = "madang.web.scoreboard"
    label = "scoreboard"
    verbose_name = both("약속", "Promises")
    default_auto_field = "django.db.models.BigAutoField"
