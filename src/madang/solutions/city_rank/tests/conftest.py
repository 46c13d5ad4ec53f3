"""A made-up pair of files, and the ways tests run them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from madang import register
from madang.core.city import City
from madang.core.contract import Run, perform
from madang.core.given_files import GivenFile
from madang.core.inputs import Inputs
from madang.solutions.city_rank import solution
from madang.solutions.city_rank.model import RankResult, run

ASKED = date(2026, 11, 29)
CITIES = Path(register.__file__).parent / "cities"

DATA = """\
city,region,population [person],green_space [km**2],rent [won/month],museums,origin
Aran,north,820000,41.2,610000,14,made_up
Borim,north,1430000,38.9,740000,31,made_up
Chaum,south,390000,35.1,430000,6,made_up
Daon,south,2210000,61.0,905000,48,made_up
Eunsol,south,640000,,520000,9,made_up
Garam,north,,12.4,700000,,made_up
"""
METHOD = """\
title = "Room to live"
edition = "2026"

[rules]
normalisation = "min_max"
scale = [1, 100]
missing = "median"
group_by = "region"
coverage_min_percent = 60
aggregation = "geometric"

[uncertainty]
weights_percent = 25
normalisation = ["min_max", "rank"]
aggregation = ["arithmetic", "geometric"]

[groups.space]
weight = 2

[groups.life]

[indicators.green_space]
title = "Green space a head"
unit = "m**2/person"
denominator = "population"
better = "high"
group = "space"

[indicators.rent]
title = "Rent"
unit = "won/month"
better = "low"
group = "space"

[indicators.museums]
title = "Museums for each inhabitant"
unit = "1/person"
denominator = "population"
better = "high"
group = "life"
"""
Ranked = Callable[..., RankResult]


def folder() -> City:
    """Return Seoul's folder."""
    return City.open(CITIES / "seoul", CITIES)


@cache
def seoul() -> Inputs:
    """Return Seoul's own inputs."""
    return solution.read(solution.reader(folder(), ASKED, ASKED))


@pytest.fixture
def ranked() -> Ranked:
    """Return a function that runs two texts as files; few draws, since most tests do not count them."""

    def run_files(data: str = DATA, method: str = METHOD, **more: object) -> RankResult:
        files = {
            "data": GivenFile(name="cities.csv", text=data),
            "method": GivenFile(name="method.toml", text=method),
        }
        changed = seoul().with_set({"draws": 256, "sobol_error": 1.0, **files, **more})
        return run(changed, lambda _share, _what: None)  # type: ignore[arg-type]

    return run_files


@pytest.fixture(scope="session")
def audited() -> Run:
    """Return Seoul's own run: the audit and the made-up example."""
    return perform(solution, folder(), ASKED)
