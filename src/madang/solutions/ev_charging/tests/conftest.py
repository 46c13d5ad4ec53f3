"""A made town for the tests: a square of streets 100 m apart, a demand point at each corner, sites at some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from madang.core.progress import silent
from madang.core.tables import Table
from madang.solutions.ev_charging import solution
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.model import EvChargingResult, run

SIDE = 7
STEP_LON, STEP_LAT = 0.0011315, 0.000901  # about 100 m at latitude 37.5
POLICY = {
    "chargers_promised_fast": 5000.0, "chargers_promised_slow": 195000.0, "vehicles_claimed": 500000.0,
    "walk_minutes_max": 2.6, "walk_m_per_min": 80.0, "fast_classes": "transit, public, sports, culture",
    "slow_classes": "home, office, resident_priority", "home_charging_percent": 50.0, "fast_charging_percent": 30.0,
    "km_per_day": 36.0, "km_per_kwh": 5.0, "fast_kw": 50.0, "slow_kw": 7.0, "busy_hours_per_day": 8.0,
    "fast_cost_won": 36e6, "slow_cost_won": 2.2e6,
}  # fmt: skip


def table(name: str, frame: pl.DataFrame) -> Table:
    """Return a frame as a checked table of the solution, absent columns empty."""
    spec = solution.specs[name]
    kinds = {"integer": pl.Int64, "number": pl.Float64, "text": pl.String, "day": pl.Date, "geometry": pl.Binary}
    full = [
        (frame[column] if column in frame.columns else pl.Series(column, [None] * frame.height))
        .cast(kinds[card.kind])
        .alias(column)
        for column, card in spec.columns.items()
    ]
    return Table(name, spec, pl.DataFrame(full))


def corner(row: int, column: int) -> tuple[float, float]:
    """Return the place of a corner of the town."""
    return 127.0 + column * STEP_LON, 37.5 + row * STEP_LAT


def town_tables() -> dict[str, Table]:
    """Return streets, demand and sites of the town."""
    corners = [(row, column) for row in range(SIDE) for column in range(SIDE)]
    places = {f"{row}-{column}": corner(row, column) for row, column in corners}
    links = [(f"{r}-{c}", f"{r}-{c + 1}") for r, c in corners if c + 1 < SIDE]
    links += [(f"{r}-{c}", f"{r + 1}-{c}") for r, c in corners if r + 1 < SIDE]
    demand = [
        (name, *place, 1.0 + at % 5, "west" if at % SIDE < 3 else "east")
        for at, (name, place) in enumerate(places.items())
    ]
    kinds = ("transit", "home", "public", "office", "culture", "resident_priority", "other")
    sites = [
        (f"s{at}", *places[name], kinds[at % 7], "existing" if at == 0 else "candidate", 1.0 + at % 3)
        for at, name in enumerate(list(places)[::3])
    ]
    return {
        "street_nodes": table(
            "street_nodes",
            pl.DataFrame([(n, *p) for n, p in places.items()], schema=["node_id", "lon", "lat"], orient="row"),
        ),
        "street_edges": table("street_edges", pl.DataFrame(links, schema=["u", "v"], orient="row")),
        "demand": table("demand", pl.DataFrame(demand, schema=["id", "lon", "lat", "weight", "area"], orient="row")),
        "sites": table(
            "sites", pl.DataFrame(sites, schema=["id", "lon", "lat", "class", "status", "cost"], orient="row")
        ),
    }


@pytest.fixture(scope="session")
def town() -> Callable[..., EvChargingInputs]:
    """Return a maker of the town's inputs, some of them changed."""
    made = town_tables()
    return lambda **changes: EvChargingInputs.build({**POLICY, **made, **changes})


@pytest.fixture(scope="session")
def answer(town: Callable[..., EvChargingInputs]) -> Callable[..., EvChargingResult]:
    """Return a maker of the town's result, some of the inputs changed."""
    return lambda **changes: run(town(**changes), silent)


def value(result: EvChargingResult, name: str) -> Any:
    """Return a number's value."""
    return result.numbers[name].value
