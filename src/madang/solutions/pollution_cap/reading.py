"""From a city's folder to the inputs: unit loads as they held on the day, tables where the city gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from madang.core.city import Reader
from madang.core.tables import Table
from madang.solutions.pollution_cap.inputs import LAND, CapInputs
from madang.solutions.pollution_cap.loads import SUBSTANCES

TABLES = (
    "yearly", "targets", "samples", "people", "land", "plants", "other_loads", "reaches", "measures", "locked", "areas",
)  # fmt: skip
_NUMBERS = ("grey_share", "private_plant_large_m3_per_day", "septic_bod_removed_percent")

#: What a city may say, and is not known before it was said: input and fact.
_SAID = {
    "site": "assessment_site",
    **{
        name: name
        for name in (
            "sample_site", "non_detects", "reference_flow_m3_per_s", "bod_target_mg_per_l", "toc_target_mg_per_l",
            "tp_target_mg_per_l", "stated_bod_better_percent", "stated_tp_better_percent", "development_bod_kg_per_d",
            "development_tp_kg_per_d",
        )
    },
}  # fmt: skip


def read(reader: Reader) -> CapInputs:
    """Return a city's inputs on a day; samples and account entries after it are not yet known."""
    values: dict[str, Any] = {name: reader.table_if_given(name) for name in TABLES}
    values["samples"] = _until(values["samples"], reader.day)
    values["account"] = _until(reader.table_if_given("account"), reader.day)
    values["yearly"] = _ended(values["yearly"], reader.day)
    values |= {
        "on": reader.day.isoformat(),
        "land_unit_loads": {name: _by_substance(held(reader, f"land_{name}")) for name in LAND},
        "person_unit_loads": {name: _by_substance(held(reader, f"person_{name}")) for name in ("urban", "rural")},
        "water_l_per_person": {name: held(reader, f"water_{name}") for name in ("urban", "rural")},
        "night_soil_m3_per_person": {name: held(reader, f"night_soil_{name}") for name in ("urban", "rural")},
        "private_plant_mg_per_l": {
            name: _by_substance(held(reader, f"private_plant_{name}")) for name in ("large", "small")
        },
    }
    values |= {name: held(reader, name) for name in _NUMBERS}
    values |= {field: found for field, fact in _SAID.items() if (found := _known(reader, fact)) is not None}
    values |= {field: CapInputs.model_fields[field].default for field in _SAID if field not in values}
    return reader.fill(CapInputs, **values)


def held(reader: Reader, name: str) -> Any:
    """Return what a table's fact says on the day; before its first edition, that edition: no older one was found."""
    by_day = reader.by_day(name)
    known = [day for day in by_day if day <= reader.day.isoformat()] or [min(by_day)]
    return by_day[max(known)]


def _known(reader: Reader, fact: str) -> Any:
    """Return the last thing said on or before the day; None where nothing was."""
    by_day = {day: value for day, value in reader.by_day(fact).items() if day <= reader.day.isoformat()}
    return by_day[max(by_day)] if by_day else None


def _by_substance(values: tuple[float, ...]) -> Mapping[str, float]:
    """Return a fact's list of BOD, T-N and T-P by substance."""
    return {name: float(value) for name, value in zip(SUBSTANCES, values, strict=True)}


def _until(table: Table | None, day: date) -> Table | None:
    """Return the rows of days up to one, or None where there are none."""
    if table is None:
        return None
    frame = table.frame.filter(pl.col("day") <= day)
    return replace(table, frame=frame) if frame.height else None


def _ended(table: Table | None, day: date) -> Table | None:
    """Return the rows of years that had ended by a day, or None where there are none."""
    if table is None:
        return None
    frame = table.frame.filter(pl.date(pl.col("year"), 12, 31) <= day)
    return replace(table, frame=frame) if frame.height else None
