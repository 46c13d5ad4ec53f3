"""Seoul's folder and runs of it, with few draws where the draws aren't what is tested."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from madang import register
from madang.core.city import City
from madang.core.contract import Run, perform
from madang.solutions.ev_fleet import solution
from madang.solutions.ev_fleet.inputs import FleetInputs, read
from madang.solutions.ev_fleet.paths import Paths, build

TODAY = date(2026, 11, 22)
FEW = {"draws": 250}


@pytest.fixture(scope="session")
def seoul() -> City:
    cities = Path(register.__file__).parent / "cities"
    return City.open(cities / "seoul", cities)


@pytest.fixture(scope="session")
def inputs(seoul: City) -> FleetInputs:
    return read(solution.reader(seoul, TODAY)).with_set(FEW)


@pytest.fixture(scope="session")
def paths(inputs: FleetInputs) -> Paths:
    return build(inputs)


@pytest.fixture(scope="session")
def today(seoul: City) -> Run:
    return perform(solution, seoul, TODAY, changes=FEW)


@pytest.fixture(scope="session")
def on_statement(seoul: City) -> Run:
    return perform(solution, seoul, date(2021, 9, 7), changes=FEW)
