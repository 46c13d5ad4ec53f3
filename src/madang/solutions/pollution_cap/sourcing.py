"""Loads of a city's districts by source group, from its tables and the unit loads in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from madang.core.errors import Both, UnknownName, Where
from madang.core.language import Text, text
from madang.core.tables import Table
from madang.solutions.pollution_cap.inputs import CapInputs
from madang.solutions.pollution_cap.loads import (
    M2_PER_KM2,
    SUBSTANCES,
    LoadRow,
    Plant,
    UnitLoads,
    land_load,
    reduced_load,
    resident_load,
)

_LONG = {
    "district": pl.String,
    "reach": pl.String,
    "source_group": pl.String,
    "item": pl.String,
    "substance": pl.String,
    "generated_kg_per_d": pl.Float64,
    "discharged_kg_per_d": pl.Float64,
    "trace": pl.String,
}


@dataclass(frozen=True)
class District:
    """A district: its names, the reach its loads enter, and the plant its sewers lead to."""

    name: str
    name_ko: str
    name_en: str
    people: int
    setting: str
    plant: str
    reach: str
    lon: float | None
    lat: float | None


def unit_loads(inputs: CapInputs) -> UnitLoads:
    """Return the unit loads in force."""
    return UnitLoads(
        land=inputs.land_unit_loads,
        person=inputs.person_unit_loads,
        water_l_per_person=inputs.water_l_per_person,
        night_soil_m3_per_person=inputs.night_soil_m3_per_person,
        grey_share=inputs.grey_share,
        private_plant=inputs.private_plant_mg_per_l,
        private_plant_large_m3_per_day=inputs.private_plant_large_m3_per_day,
        septic_bod_removed_percent=inputs.septic_bod_removed_percent,
    )


def plants_of(inputs: CapInputs) -> Mapping[str, Plant]:
    """Return the public plants by name."""
    if inputs.plants is None:
        return {}
    return {
        row["plant"]: Plant(
            row["plant"],
            {name: row[f"{name}_mg_per_l"] for name in SUBSTANCES},
            row["pipe_loss_flow_percent"],
            {name: row[f"pipe_loss_{name}_percent"] for name in SUBSTANCES},
        )
        for row in inputs.plants.frame.iter_rows(named=True)
    }


def districts_of(inputs: CapInputs) -> tuple[District, ...]:
    """Return the districts in the order of the city's table."""
    if inputs.people is None:
        return ()
    return tuple(
        District(
            *(
                row[key]
                for key in ("district", "name_ko", "name_en", "people", "setting", "plant", "reach", "lon", "lat")
            )
        )
        for row in inputs.people.frame.iter_rows(named=True)
    )


def loads_of(inputs: CapInputs) -> pl.DataFrame:
    """Return every load, a row for each district, source and substance; empty without a table of residents.

    Raises:
        UnknownName: a district, plant or land category that no table has.
    """
    units, plants, rows = unit_loads(inputs), plants_of(inputs), []
    reach = {one.name: one.reach for one in districts_of(inputs)}
    outfall = {} if inputs.plants is None else dict(inputs.plants.frame.select("plant", "reach").rows())
    plant = {one.name: one.plant for one in districts_of(inputs)}
    for district, load in _every_load(inputs, units, plants):
        # Sewage by public sewer reaches the river where its plant discharges, all else where the district lies.
        enters = outfall[plant[district]] if load.way is not None else reach[district]
        rows += [
            (district, enters, load.group, load.item, name, load.generated[name], load.discharged[name], load.trace)
            for name in SUBSTANCES
        ]
    return pl.DataFrame(rows, schema=_LONG, orient="row")


def _every_load(inputs: CapInputs, units: UnitLoads, plants: Mapping[str, Plant]) -> Iterator[tuple[str, LoadRow]]:
    """Yield each district's loads: residents by the way of their sewage, land, and the other groups."""
    if inputs.people is None:
        return
    for row in inputs.people.frame.iter_rows(named=True):
        yield from ((row["district"], load) for load in _residents(row, units, plants, inputs.people))
    known = inputs.people.frame["district"].to_list()
    if inputs.land is not None:
        for row in inputs.land.frame.iter_rows(named=True):
            _known(Both("자치구", "district"), row["district"], known, inputs.land)
            _known(Both("토지 종류", "land category"), row["category"], units.land, inputs.land)
            yield row["district"], land_load(row["category"], row["km2"] * M2_PER_KM2, units)
    if inputs.other_loads is not None:
        for row in inputs.other_loads.frame.iter_rows(named=True):
            _known(Both("자치구", "district"), row["district"], known, inputs.other_loads)
            generated = {name: row[f"{name}_kg_per_d"] for name in SUBSTANCES}
            removed = {name: row[f"{name}_removed_percent"] for name in SUBSTANCES}
            yield row["district"], reduced_load(row["source_group"], row["item"], generated, removed)


def _residents(
    row: Mapping[str, object], units: UnitLoads, plants: Mapping[str, Plant], table: Table
) -> Iterator[LoadRow]:
    """Yield a district's residents by the way of their sewage; who has neither sewer nor plant has a septic tank."""
    people, setting = float(str(row["people"])), str(row["setting"])
    sewered, private = float(str(row["sewered_percent"])), float(str(row["private_percent"]))
    shares = {"public_sewer": sewered, "private_plant": private, "septic_tank": max(0.0, 100.0 - sewered - private)}
    for way, share in shares.items():
        if share <= 0:
            continue
        if way == "public_sewer":
            _known(Both("하수처리시설", "plant"), str(row["plant"]), plants, table)
        yield resident_load(people * share / 100.0, setting, way, units, plants.get(str(row["plant"])))


def _known(kind: Both, name: str, known: object, table: Table) -> None:
    """Raise where a table names what another does not have."""
    names = list(known)  # type: ignore[call-overload]
    if name not in names:
        raise UnknownName(kind, name, names, Where(table.path or table.name))


def made_up(*tables: Table | None) -> bool:
    """Tell whether any of the tables holds made-up rows."""
    return any(table is not None and "made_up" in table.frame["origin"].to_list() for table in tables)


def district_words(inputs: CapInputs) -> dict[str, Text]:
    """Return what each district is called."""
    return _words(inputs.people, "district")


def reach_words(inputs: CapInputs) -> dict[str, Text]:
    """Return what each reach is called."""
    return _words(inputs.reaches, "reach")


def area_words(inputs: CapInputs) -> dict[str, Text]:
    """Return what each unit is called."""
    return _words(inputs.areas, "unit_area")


def _words(table: Table | None, key: str) -> dict[str, Text]:
    """Return the names in both languages of a table's rows."""
    if table is None:
        return {}
    return {name: text(ko, en) for name, ko, en in table.frame.select(key, "name_ko", "name_en").rows()}
