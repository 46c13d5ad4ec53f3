"""Fixtures of the site's tests: a database of their own, visitors and people with roles."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

# Before Django reads its settings: the tests' state lies in a folder of their own.
_HOME = tempfile.TemporaryDirectory(prefix="madang-tests-")
os.environ["MADANG_HOME"] = _HOME.name
os.environ["DJANGO_SETTINGS_MODULE"] = "madang.web.settings"
os.environ.setdefault("MADANG_SECRET_KEY", "only-for-tests-" * 4)
os.environ["MADANG_HOSTS"] = "testserver"
# A browser test leaves its event loop running in the thread; the database is used from that one thread alone.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django  # noqa: E402
import django.conf  # noqa: E402

django.setup()

# Processes that run tests side by side begin with this one's environment, and each reads its settings afresh.
del os.environ["DJANGO_SETTINGS_MODULE"]

if Path(django.conf.settings.MADANG_HOME) != Path(_HOME.name):
    # Settings read before this file name the user's own site, which no test may touch.
    pytest.exit("unset DJANGO_SETTINGS_MODULE: the tests set it themselves, with a folder of their own", returncode=4)

from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import translation  # noqa: E402

from madang.web import editions  # noqa: E402
from madang.web.opening.preparing import prepare  # noqa: E402
from madang.web.scoreboard.models import Judging, Standing, VerdictChange  # noqa: E402
from madang.web.tests.ready import ReadySite, Server  # noqa: E402


@pytest.fixture(autouse=True)
def _language_of_the_settings() -> Iterator[None]:
    """Leave no request's language behind: the next test begins in that of the settings, whatever ran before it."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def ready_site(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[ReadySite]:
    """Return the site that is made ready once a run, to copy: on SQLite, or on PostgreSQL as DATABASE_URL says."""
    worker, own = os.environ.get("PYTEST_XDIST_WORKER"), tmp_path_factory.getbasetemp()
    site = ReadySite(os.environ.get("DATABASE_URL", ""), (own.parent if worker else own) / "ready")

    def build(name: str) -> Path:
        with django_db_blocker.unblock():
            if connection.vendor == "postgresql":
                connection.settings_dict["NAME"] = name
            prepare()
            connection.close()
        return Path(_HOME.name)

    site.open(build)
    yield site
    site.close()


@pytest.fixture(scope="session")
def django_db_setup(ready_site: ReadySite, django_db_blocker: Any) -> Iterator[None]:
    """Give the tests a copy of the ready site: a database and files of this worker's own."""
    name = f"test_madang_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    ready_site.copy(name, Path(_HOME.name))
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            connection.settings_dict["NAME"] = name
        yield
        connection.close()
    ready_site.drop(name)


@pytest.fixture(scope="session")
def own_database() -> Callable[[str], AbstractContextManager[str]]:
    """Return a maker of empty databases on the tests' server, dropped afterwards.

    Each gives its DATABASE_URL; where the tests run on SQLite that is empty.
    """
    # Read once: a test may hide it afterwards.
    server = Server(os.environ.get("DATABASE_URL", ""))

    @contextmanager
    def make(what: str) -> Iterator[str]:
        name = f"{what}_{os.getpid()}"
        if not server.url:
            yield ""
            return
        server.make(name)
        yield server.address(name)
        server.drop(name)

    return make


@pytest.fixture(autouse=True)
def _fresh_edition() -> None:
    """Forget the pages kept for an earlier test."""
    cache.clear()
    editions._renew()


@pytest.fixture
def nothing_judged(db: None) -> None:
    """Empty the board of promises: the database made ready holds the city's own verdicts, of this very day."""
    for kept in (Standing, VerdictChange, Judging):
        kept.objects.all().delete()


@pytest.fixture
def visitor(db: None) -> Client:
    """Return a reader without an account."""
    return Client()


@pytest.fixture
def person(db: None) -> Callable[[str], Client]:
    """Return a maker of signed-in people: ``person("editor")``; "visitor" is signed out, "admin" may do all."""

    def make(role: str) -> Client:
        client = Client()
        if role != "visitor":
            user, _ = get_user_model().objects.get_or_create(
                username=f"test-{role}", defaults={"is_superuser": role == "admin", "email": f"{role}@example.org"}
            )
            if role != "admin":
                user.groups.add(Group.objects.get(name=role))
            client.force_login(user)
        return client

    return make


@pytest.fixture
def home_folder() -> Path:
    """Return the folder in which the tests' site keeps its state."""
    return Path(_HOME.name)
