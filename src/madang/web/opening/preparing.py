"""Bringing a site's database to the state of the code: tables, roles and content."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.timezone import localdate

from madang.core.progress import Progress, part_of, silent
from madang.plan.cities import city_names, open_city
from madang.web.environment import city_shown, home
from madang.web.opening import template


def start_django() -> None:
    """Set Django up with our settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.web.settings")
    django.setup()


def prepare(progress: Progress = silent) -> str:
    """Bring the database to the state of the code; return in one line what was done.

    An embedded site without a database takes the ready one from the cache. Otherwise missing migrations are
    applied and the content is brought in; a first build is kept in the cache for the next site. Figures and verdicts
    of another city than the one shown now are forgotten.

    Raises CityError where the city that the site is to show is none.
    """
    mark = template.fingerprint()
    progress(0.0, "looking for a ready database")
    if not os.environ.get("DATABASE_URL") and template.take(mark, home()):
        _note(mark)
        start_django()
        forget_other_cities()
        return "took the ready database from the cache"
    start_django()
    said = _brought_up_to_date(mark, progress)
    forget_other_cities()
    return said


def _brought_up_to_date(mark: str, progress: Progress) -> str:
    """Apply what is missing and bring the content in; return in one line what was done."""
    steps = _missing_steps()
    if not steps and _noted() == mark:
        return "the database is up to date"
    fresh = steps == _all_steps()
    with _collecting_seldom():
        _migrate(steps, part_of(progress, 0.02, 0.7))
        call_command("ensure_roles", verbosity=0)
        progress(0.72, "bringing the content in")
        call_command("fill_library", verbosity=0)
        progress(0.98, "indexing it for the search")
        call_command("index_pages", verbosity=0)
    progress(1.0, "done")
    _note(mark)
    if fresh and connection.vendor == "sqlite":
        template.keep(home(), mark)
    return "made the database and brought the content in" if fresh else "brought the database up to date"


def forget_other_cities() -> None:
    """Delete figures and verdicts of another city than the site shows now: nobody may read them as this city's.

    They are computed anew when that city is shown again; the history of its verdicts stays.
    """
    city = open_city(city_shown()).id
    computed, standing, judging = (
        apps.get_model(*name).objects
        for name in (("live", "Computed"), ("scoreboard", "Standing"), ("scoreboard", "Judging"))
    )
    if not any(kept.exclude(city=city).exists() for kept in (computed, standing, judging)):
        return
    with transaction.atomic():
        for kept in (computed, standing, judging):
            kept.exclude(city=city).delete()
        for name in (("live", "Sheet"), ("live", "Drawing")):
            apps.get_model(*name).objects.all().delete()
        # What is this city's own is made anew with its sheets and drawings.
        computed.update(fingerprint="")
    import_module("madang.web.editions").renew()


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Look for garbage seldom: migrations make hundreds of thousands of small classes and fields, none of them garbage.

    Measured on a first build: 18.2 s of CPU instead of 22.4, in no more memory.
    """
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def compute(progress: Progress = silent) -> dict[str, str]:
    """Run the solutions whose figures are missing or old; keep a city's that comes with Madang with the ready site."""
    start_django()
    refresh = import_module("madang.web.live.computing").refresh
    said: dict[str, str] = refresh(localdate(), progress=part_of(progress, 0.0, 0.6))
    judge = import_module("madang.web.scoreboard.judging").judge
    said["promises"] = judge(localdate(), progress=part_of(progress, 0.6, 1.0))
    if connection.vendor == "sqlite" and is_untouched() and city_shown() in city_names():
        template.keep(home(), template.fingerprint())
    return said


def is_untouched() -> bool:
    """Tell whether a site holds nobody's account and nobody's run: only such a one may be another's beginning."""
    theirs = [model for label in ("accounts", "bench") for model in apps.get_app_config(label).get_models()]
    return not any(model._default_manager.exists() for model in theirs)


def _missing_steps() -> int:
    """Return how many migrations are still to be applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _all_steps() -> int:
    """Return how many migrations there are."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True))


def _migrate(steps: int, progress: Progress) -> None:
    """Apply the missing migrations and say how far it is."""
    done = 0

    def report(action: str, migration: object = None, fake: bool = False) -> None:
        nonlocal done
        done += action == "apply_success"
        progress(min(1.0, done / max(1, steps)), f"making the tables ({done} of {steps})")

    executor = MigrationExecutor(connection, report)
    executor.migrate(executor.loader.graph.leaf_nodes())
    # What Django does after its own migrate command: permissions and content types, which the roles need.
    call_command("migrate", verbosity=0)


def _noted() -> str:
    """Return the fingerprint that the database was last brought to."""
    path = home() / "prepared"
    return path.read_text() if path.exists() else ""


def _note(mark: str) -> None:
    """Remember the fingerprint that the database was brought to."""
    (home() / "prepared").write_text(mark)
