"""Loads by source: generated, discharged and delivered, each value traceable to the row of the table it came from.

Formulas: technical guideline of the pollution cap (NIER, 2022), chapters VI to VIII, as public programs carry it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from madang.core.language import Text, text
from madang.solutions.pollution_cap.decimals import add_up, exact, half_up

SUBSTANCES = ("bod", "tn", "tp")
GROUPS: dict[str, Text] = {
    "domestic": text("생활계", "domestic"),
    "livestock": text("축산계", "livestock"),
    "industry": text("산업계", "industry"),
    "land": text("토지계", "land"),
    "aquaculture": text("양식계", "aquaculture"),
    "landfill": text("매립계", "landfill"),
}
#: Decimals of a permit sheet: each row is rounded, and totals are of the rounded rows.
SHEET_DECIMALS = {"bod": 3, "tn": 3, "tp": 4}
M2_PER_KM2 = 1e6

Loads = Mapping[str, float]


@dataclass(frozen=True)
class UnitLoads:
    """The unit loads in force: by land category, by person and setting, and of small plants.

    land: kg/km2/d; person: g/person/d; water: L/person/d; night_soil: m3/person/d; small plants: mg/L.
    """

    land: Mapping[str, Loads]
    person: Mapping[str, Loads]
    water_l_per_person: Mapping[str, float]
    night_soil_m3_per_person: Mapping[str, float]
    grey_share: float
    private_plant: Mapping[str, Loads]
    private_plant_large_m3_per_day: float
    septic_bod_removed_percent: float
    day: str = ""


@dataclass(frozen=True)
class Plant:
    """A public sewage plant: what its effluent carries, and what is lost in the pipes on the way (percent)."""

    name: str
    mg_per_l: Loads
    pipe_loss_flow_percent: float
    pipe_loss_load_percent: Loads


@dataclass(frozen=True)
class LoadRow:
    """One source's load (kg/d by substance): generated, discharged to water, and the way there, with its trace.

    trace: words that name the row of the table and the sum made of it.
    """

    group: str
    item: str
    amount: float
    unit: str
    generated: Loads
    discharged: Loads
    trace: str
    way: Mapping[str, Loads] | None = None

    def sheet(self, *, of: str = "discharged") -> dict[str, float]:
        """Return the row as a permit sheet writes it: half up to the sheet's decimals."""
        loads = self.generated if of == "generated" else self.discharged
        return {name: half_up(loads[name], SHEET_DECIMALS[name]) for name in loads}


def land_load(category: str, area_m2: float, units: UnitLoads) -> LoadRow:
    """Return the load of a land category: area x unit load; nothing removes it unless a measure does.

    Raises:
        KeyError: the category has no unit load; callers check with ``units.land`` first.
    """
    rate = units.land[category]
    # Decimal arithmetic: 13858 m2 x 4.24 is 0.058758, and a half must not turn on the last bit of a float.
    loads = {name: float(exact(area_m2) * exact(rate[name]) / exact(M2_PER_KM2)) for name in SUBSTANCES}
    said = ", ".join(f"{name} {rate[name]:g}" for name in SUBSTANCES)
    return LoadRow("land", category, area_m2, "m**2", loads, loads, f"land_unit_loads.{category}{_of(units)}: {said}")


def sewage_m3_per_day(people: float, setting: str, units: UnitLoads) -> float:
    """Return the sewage of residents: night soil + (water supplied - night soil) x share that becomes grey water."""
    supply = people * units.water_l_per_person[setting] / 1000.0
    soil = people * units.night_soil_m3_per_person[setting]
    return soil + (supply - soil) * units.grey_share


def resident_load(people: float, setting: str, way: str, units: UnitLoads, plant: Plant | None = None) -> LoadRow:
    """Return residents' load, discharged by public sewer, a private plant, or a septic tank."""
    generated = {name: people * units.person[setting][name] / 1000.0 for name in SUBSTANCES}
    return sewage_load(
        f"residents, {setting}",
        people,
        "person",
        sewage_m3_per_day(people, setting, units),
        generated,
        way,
        units,
        plant,
    )


def business_load(
    item: str, sewage_m3: float, mg_per_l: Loads, way: str, units: UnitLoads, plant: Plant | None
) -> LoadRow:
    """Return the load of a business that makes sewage (m3/d) of a strength (mg/L)."""
    generated = {name: sewage_m3 * mg_per_l[name] / 1000.0 for name in SUBSTANCES}
    return sewage_load(item, sewage_m3, "m**3/day", sewage_m3, generated, way, units, plant)


def sewage_load(
    item: str,
    amount: float,
    unit: str,
    sewage_m3: float,
    generated: Loads,
    way: str,
    units: UnitLoads,
    plant: Plant | None,
) -> LoadRow:
    """Return what is discharged of a generated load by the way its sewage takes."""
    trace = f"person_unit_loads{_of(units)}; {way}"
    if way == "public_sewer":
        if plant is None:
            raise ValueError("a public sewer leads to a plant")
        moved = sewage_m3 * (1.0 - plant.pipe_loss_flow_percent / 100.0)
        effluent = {name: moved * plant.mg_per_l[name] / 1000.0 for name in SUBSTANCES}
        pipes = {name: generated[name] * plant.pipe_loss_load_percent[name] / 100.0 for name in SUBSTANCES}
        out = {name: effluent[name] + pipes[name] for name in SUBSTANCES}
        parts = {"effluent": effluent, "pipes": pipes}
        return LoadRow("domestic", item, amount, unit, generated, out, f"{trace}, plants.{plant.name}", parts)
    if way == "private_plant":
        size = "large" if sewage_m3 >= units.private_plant_large_m3_per_day else "small"
        out = {name: sewage_m3 * units.private_plant[size][name] / 1000.0 for name in SUBSTANCES}
        return LoadRow("domestic", item, amount, unit, generated, out, f"{trace}, private_plant.{size}")
    if way == "septic_tank":
        kept = 1.0 - units.septic_bod_removed_percent / 100.0
        out = {name: generated[name] * (kept if name == "bod" else 1.0) for name in SUBSTANCES}
        return LoadRow("domestic", item, amount, unit, generated, out, trace)
    raise ValueError(f"sewage does not go by {way!r}")


def reduced_load(group: str, item: str, generated: Loads, removed_percent: Loads) -> LoadRow:
    """Return a load given as generated (kg/d), less what is removed of it before it reaches water."""
    out = {name: generated[name] * (1.0 - removed_percent[name] / 100.0) for name in SUBSTANCES}
    return LoadRow(group, item, generated["bod"], "kg/day", generated, out, f"other_loads.{item}")


def total(rows: list[LoadRow], of: str = "discharged") -> dict[str, float]:
    """Return the sum of rows, unrounded."""
    return {name: sum((getattr(row, of)[name] for row in rows), 0.0) for name in SUBSTANCES}


def sheet_total(rows: list[LoadRow]) -> dict[str, float]:
    """Return a sheet's total: the exact sum of the rows as they are written."""
    written = [row.sheet() for row in rows]
    return {name: add_up([row[name] for row in written]) for name in SUBSTANCES}


def net_of(before: Loads, after: Loads) -> dict[str, float]:
    """Return after - before as the sheet enters it: a gain for the river counts as zero."""
    return {name: max(0.0, float(exact(after[name]) - exact(before[name]))) for name in after}


def _of(units: UnitLoads) -> str:
    """Return the edition of the table in words."""
    return f" (since {units.day})" if units.day else ""
