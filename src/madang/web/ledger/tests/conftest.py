"""A book of points for each of the ledger's tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from madang.web.ledger.tests.books import Points, make_points


@pytest.fixture
def points(db: None) -> Points:
    """Return a book of points."""
    return make_points()


@pytest.fixture
def kept_points(django_db_setup: None, django_db_blocker: Any) -> Iterator[Points]:
    """Return a book whose movements are really committed, for tests with several clients; it stays behind."""
    with django_db_blocker.unblock():
        yield make_points()
        connections.close_all()
