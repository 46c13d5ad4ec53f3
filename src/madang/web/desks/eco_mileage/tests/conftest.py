"""A small synthetic city at the desk: members, readings, a settled half-year."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from madang.core.progress import silent
from madang.solutions.eco_mileage.operating.bringing import ImportReadings, import_readings
from madang.solutions.eco_mileage.operating.making import Generate, generate
from madang.solutions.eco_mileage.operating.settling import Settle, settle_round
from madang.web.desks.eco_mileage.services import people, settling

MEMBERS = 60


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a generated city's folder with readings taken in and the half-year from 2024-01 settled."""
    folder = tmp_path_factory.mktemp("eco") / "city"
    made = generate(Generate(folder=folder, members=MEMBERS, seed=5), silent)
    files = tuple(made.files.values())
    import_readings(ImportReadings(folder=folder, files=files, today=dt.date(2025, 1, 10)), silent)
    settle_round(Settle(folder=folder, first_month="2024-01"), silent)
    return folder


@pytest.fixture
def desk_home(db: None) -> Iterator[Path]:
    """Return the desk's own folder, empty before and after."""
    folder = Path(settings.MADANG_HOME) / "eco_mileage"
    shutil.rmtree(folder, ignore_errors=True)
    yield people.desk_folder()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def awards(city: Path) -> Path:
    """Return the city's award file."""
    return city / "awards-half_year-2024-01.parquet"


@pytest.fixture
def registered(city: Path, desk_home: Path) -> Path:
    """Take the city's members over, with its readings."""
    people.register(city)
    return desk_home


@pytest.fixture
def posted(registered: Path, awards: Path) -> Any:
    """Return the city's half-year, prepared, approved and posted."""
    made = settling.prepare(awards, by="kim")
    settling.approve(made.run, by="lee")
    return settling.post(made.run, by="lee")[0]


@pytest.fixture
def joined(person: Callable[[str], Client], desk_home: Path) -> Any:
    """Return a member who joined, with the browser signed in."""
    client = person("member")
    from django.contrib.auth import get_user_model

    return client, people.join(
        get_user_model().objects.get(username="test-member"),
        kind="household",
        district="마포구",
        personal_data={"name": "김하나", "address": "마포구 어느 길 1"},
        meters=[("electricity", 77)],
        today=dt.date(2024, 1, 5),
    )
