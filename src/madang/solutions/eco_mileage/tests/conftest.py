"""Seoul's folder, a run for the day of the statement, and a small published table to break on purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from madang import register
from madang.core.city import City
from madang.core.contract import Run, perform
from madang.solutions.eco_mileage import solution

STATEMENT = date(2021, 9, 7)


@pytest.fixture(scope="session")
def seoul() -> City:
    cities = Path(register.__file__).parent / "cities"
    return City.open(cities / "seoul", cities)


@pytest.fixture(scope="session")
def on_statement(seoul: City) -> Run:
    return perform(solution, seoul, STATEMENT)


@pytest.fixture(scope="session")
def at_the_end(seoul: City) -> Run:
    return perform(solution, seoul, date(2026, 11, 22))


@pytest.fixture
def published(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes rows as a published table and returns its path."""

    def write(*rows: dict[str, object]) -> Path:
        path = tmp_path / "published.csv"
        pl.DataFrame(list(rows)).write_csv(path)
        return path

    return write
