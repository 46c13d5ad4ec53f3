"""The bench as a Django app."""

from __future__ import annotations

from django.apps import AppConfig

from madang.web.wording import both


class BenchConfig(AppConfig):
    """Runs of solutions, their jobs, and the folders of cities that visitors bring."""

    name = "madang.web.bench"
    label = "bench"
    verbose_name = both("작업대", "Bench")
    default_auto_field = "django.db.models.BigAutoField"
    puts_back = "madang.web.bench.jobs.put_back"
