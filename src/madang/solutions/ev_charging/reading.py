"""From a city's folder to the inputs: only what was known on the day, and an OSM extract where there are no tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from madang.core.city import Reader
from madang.core.tables import Table
from madang.solutions.ev_charging.extract import tables_from_extract
from madang.solutions.ev_charging.inputs import EvChargingInputs

SITING_TABLES = ("street_nodes", "street_edges", "demand", "sites")
#: Budget spent by the end of each of the years that follow the day asked, where nobody says otherwise.
_PHASES_PERCENT = (33.0, 67.0, 100.0)
_BY_DISTRICT = ("district_people", "district_evs", "district_vehicles", "district_chargers")


def read(reader: Reader) -> EvChargingInputs:
    """Return a city's inputs on a day.

    Raises:
        MadangError: of the family, for a table, fact or extract that cannot be taken as it is.
    """
    values: dict[str, object] = {
        field: _known(reader.by_day(fact, "charger"), reader.day)
        for field, fact in (
            ("chargers_by_day", "chargers_installed"),
            ("fast_by_day", "chargers_fast"),
            ("slow_by_day", "chargers_slow"),
        )
    }
    values |= {name: _until(reader.table_if_given(name), reader.day) for name in _BY_DISTRICT}
    values |= {name: reader.table_if_given(name) for name in (*SITING_TABLES, "area_vehicles", "district_shapes")}
    values["phases_percent"] = {reader.day.year + after: share for after, share in enumerate(_PHASES_PERCENT, start=1)}
    if any(values[name] is None for name in SITING_TABLES):
        values |= _from_extract(reader, values)
    if "demand_unit" not in values and not reader.has("demand_unit"):
        values["demand_unit"] = "person"
    return reader.fill(EvChargingInputs, **values)


def _known(by_day: dict[str, float], day: date) -> dict[str, float]:
    """Return the counts made on or before a day."""
    return {counted: value for counted, value in by_day.items() if counted <= day.isoformat()}


def _until(table: Table | None, day: date) -> Table | None:
    """Return the rows counted on or before a day, or None where there are none."""
    if table is None:
        return None
    frame = table.frame.filter(pl.col("day") <= day)
    return replace(table, frame=frame) if frame.height else None


def _from_extract(reader: Reader, values: dict[str, object]) -> dict[str, object]:
    """Return the tables that the city leaves to its OSM extract, and what its demand then counts."""
    extract = reader.file_if_given("osm_extract")
    if extract is None:
        return {}
    frames = tables_from_extract(extract.path, extract.sha256)
    made: dict[str, object] = {
        name: Table(name, reader.specs[name], frames[name], extract.path, extract.sha256)
        for name in SITING_TABLES
        if values[name] is None
    }
    return made | ({"demand_unit": "address"} if "demand" in made else {})
