"""A book of points for each of the ledger's tests."""

from __future__ import annotations

import pytest

from madang.web.ledger.tests.books import Points, make_points


@pytest.fixture
def points(db: None) -> Points:
    """Return a book of points."""
    return make_points()
