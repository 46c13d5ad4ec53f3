"""The classes and powertrains of the model, and how a register's four classes are parted into them."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from madang.core.dates import parse_day, year_share
from madang.core.errors import Both, BoundsError, CityError, Where
from madang.methods.stock_flow.fleet import Floats
from madang.solutions.ev_fleet.inputs import FleetInputs

CLASSES = (
    "car", "taxi", "rental_car", "city_bus", "village_bus", "school_bus", "other_van", "truck", "parcel_truck",
    "special", "motorcycle", "delivery_motorcycle",
)  # fmt: skip
POWERTRAINS = ("petrol", "diesel", "lpg", "cng", "hybrid", "electric", "hydrogen", "other")
ELECTRIC, HYDROGEN, HYBRID = (POWERTRAINS.index(name) for name in ("electric", "hydrogen", "hybrid"))
BURNERS = tuple(p for p, name in enumerate(POWERTRAINS) if name not in {"electric", "hydrogen"})
#: What the register counts: class x use.
KEPT = tuple((kind, use) for kind in ("car", "van", "truck", "special") for use in ("noncommercial", "commercial"))
#: Fuels from which a class that the register doesn't count apart is taken first.
LPG_FIRST = ("lpg", "hybrid", "diesel", "petrol", "cng", "other")
CNG_FIRST = ("cng", "diesel", "lpg", "hybrid", "petrol", "other")


def place(name: str) -> int:
    """Return a class's place."""
    return CLASSES.index(name)


def register_days(inputs: FleetInputs) -> list[date]:
    """Return the register's days up to the day of the run, oldest first."""
    days = inputs.registers.frame["day"].unique().sort().to_list()
    return [day for day in days if day <= parse_day(inputs.until)]


def counted(inputs: FleetInputs, day: date) -> Floats:
    """Return what the register counted on a day, (class, use) x powertrain; a cell that is absent counts none."""
    frame = inputs.registers.frame.filter(pl.col("day") == day)
    made = np.zeros((len(KEPT), len(POWERTRAINS)))
    for row in frame.iter_rows(named=True):
        made[KEPT.index((row["vehicle_class"], row["use"])), POWERTRAINS.index(row["fuel"])] = row["vehicles"]
    return made


def counted_at_year_ends(inputs: FleetInputs, years: range) -> Floats:
    """Return the register at year ends, year x (class, use) x powertrain.

    Between two days of the register it is drawn along a line, and its electric vehicles are then scaled to the
    city's published total of that year's end where there is one. Past the last day the shares go on along the
    last line while the number of vehicles stays.
    """
    days = register_days(inputs)
    base = date(inputs.base_year - 1, 12, 31)
    if base not in days or date(inputs.base_year, 12, 31) not in days:
        raise CityError(
            Both(
                f"등록표에 {inputs.base_year - 1}년 말과 {inputs.base_year}년 말의 대수가 없습니다",
                f"the register has no count at the ends of {inputs.base_year - 1} and {inputs.base_year}",
            ),
            Where(inputs.registers.path, day=inputs.until),
            Both(
                "표에 두 해 말을 더하거나, base_year를 표에 있는 해로 정하십시오",
                "add the two year ends to the table, or set base_year to a year that it covers",
            ),
        )
    known = np.stack([counted(inputs, day) for day in days])
    at = np.array([year_share(day) for day in days])
    made = np.stack([_on_line(at, known, year_share(date(year, 12, 31))) for year in years])
    for number, year in enumerate(years):
        published = inputs.electric_known.get(f"{year}-12-31")
        if published is not None and f"{year}-12-31" <= inputs.until:
            made[number] = _with_electric(made[number], published)
    return made


def _on_line(at: Floats, known: Floats, when: float) -> Floats:
    """Return the register at a time, from the two days that surround it or, past the end, the last two."""
    last = len(at) - 1
    after = min(max(1, int(np.searchsorted(at, when))), last)
    before = after - 1
    # The two days are at least some months apart, or a few odd weeks would decide the slope.
    while after == last and before > 0 and at[after] - at[before] < 0.5:
        before -= 1
    part = (when - at[before]) / (at[after] - at[before])
    drawn: Floats = np.maximum(0.0, known[before] + part * (known[after] - known[before]))
    if when <= at[last]:
        return drawn
    whole, kept = drawn.sum(axis=1, keepdims=True), known[last].sum(axis=1, keepdims=True)
    held: Floats = np.where(whole > 0, drawn * kept / np.where(whole > 0, whole, 1.0), known[last])
    return held


def _with_electric(counts: Floats, published: float) -> Floats:
    """Scale the electric vehicles to a published total; each class keeps its size.

    What a class without burners gives up is parted like the burners of all classes, or evenly where there are none.
    """
    made = counts.copy()
    total = made[:, ELECTRIC].sum()
    if total <= 0:
        return made
    burning = made[:, BURNERS].sum(axis=1)
    change = np.minimum(made[:, ELECTRIC] * (published / total - 1.0), burning)
    made[:, ELECTRIC] += change
    every = made[:, BURNERS].sum(axis=0)
    made[:, BURNERS] *= (1.0 - change / np.where(burning > 0, burning, 1.0))[:, None]
    parts = every / every.sum() if every.sum() > 0 else np.full(every.size, 1.0 / every.size)
    made[:, BURNERS] -= np.where(burning > 0, 0.0, change)[:, None] * parts
    return made


def parted(inputs: FleetInputs, counts: Floats) -> Floats:
    """Part a register, (class, use) x powertrain, into the model's classes x powertrain.

    Taxis are taken from commercial cars (the assumed share of the electric ones, then LPG first), city and village
    buses from commercial vans (all electric ones in the promise's proportion, then CNG first), parcel trucks
    and school buses in proportion from commercial trucks and other vans. Motorcycles stand in no register.
    """
    of = dict(zip(KEPT, counts, strict=True))
    made = np.zeros((len(CLASSES), len(POWERTRAINS)))
    made[place("car")] = of["car", "noncommercial"]
    made[place("special")] = of["special", "noncommercial"] + of["special", "commercial"]
    _part_commercial_cars(inputs, of["car", "commercial"], made)
    _part_vans(inputs, of["van", "commercial"], of["van", "noncommercial"], made)
    parcel = _share(of["truck", "commercial"], inputs.fleet["parcel_truck"], Both("택배 화물차", "parcel trucks"))
    made[place("parcel_truck")] = parcel
    made[place("truck")] = of["truck", "noncommercial"] + of["truck", "commercial"] - parcel
    _add_motorcycles(inputs, made)
    kept: Floats = np.maximum(made, 0.0)
    return kept


def _part_commercial_cars(inputs: FleetInputs, cars: Floats, made: Floats) -> None:
    taxis = inputs.fleet["taxi"]
    taxi = np.zeros(len(POWERTRAINS))
    taxi[ELECTRIC] = min(taxis, cars[ELECTRIC] * inputs.taxi_share_of_electric / 100.0)
    made[place("taxi")] = taxi + _take(cars, taxis - taxi[ELECTRIC], LPG_FIRST, Both("택시", "taxis"))
    made[place("rental_car")] = cars - made[place("taxi")]


def _part_vans(inputs: FleetInputs, commercial: Floats, private: Floats, made: Floats) -> None:
    left = commercial.copy()
    village_part = inputs.promised["village_bus"] / max(1.0, inputs.promised["bus"])
    for name, called, part in (
        ("city_bus", Both("시내버스", "city buses"), 1.0 - village_part),
        ("village_bus", Both("마을버스", "village buses"), village_part),
    ):
        size = inputs.fleet[name]
        bus = np.zeros(len(POWERTRAINS))
        bus[[ELECTRIC, HYDROGEN]] = commercial[[ELECTRIC, HYDROGEN]] * part
        bus *= min(1.0, size / max(1e-9, bus.sum()))
        bus += _take(left, size - bus.sum(), CNG_FIRST, called)
        left = np.maximum(0.0, left - bus)
        made[place(name)] = bus
    school = _share(private, inputs.fleet["school_bus"], Both("통학버스", "school buses"))
    made[place("school_bus")] = school
    made[place("other_van")] = left + private - school


def _add_motorcycles(inputs: FleetInputs, made: Floats) -> None:
    total, delivery = inputs.fleet["motorcycle"], inputs.fleet["delivery_motorcycle"]
    electric = inputs.fleet["electric_motorcycle"]
    if delivery > total or electric > total:
        raise BoundsError(
            Both(
                f"배달 이륜차 {delivery:,.0f}대나 전기 이륜차 {electric:,.0f}대가 이륜차 {total:,.0f}대보다 많습니다",
                f"{delivery:,.0f} delivery or {electric:,.0f} electric motorcycles are more than all {total:,.0f}",
            ),
            todo=Both(
                "fleet.motorcycle, fleet.delivery_motorcycle, fleet.electric_motorcycle 가운데 틀린 것을 고치십시오",
                "correct fleet.motorcycle, fleet.delivery_motorcycle or fleet.electric_motorcycle",
            ),
        )
    for name, size in (("motorcycle", total - delivery), ("delivery_motorcycle", delivery)):
        part = electric / total if total > 0 else 0.0
        made[place(name), ELECTRIC] = size * part
        made[place(name), POWERTRAINS.index("petrol")] = size * (1.0 - part)


def _take(row: Floats, amount: float, order: tuple[str, ...], what: Both) -> Floats:
    """Take an amount from a row of powertrains, one fuel after the other."""
    taken = np.zeros(len(POWERTRAINS))
    for name in order:
        fuel = POWERTRAINS.index(name)
        taken[fuel] = min(row[fuel], amount)
        amount -= taken[fuel]
    if amount > 1e-6:
        raise BoundsError(
            Both(
                f"등록표의 차로 채울 수 없는 수가 {amount:,.0f}대입니다: {what.ko}",
                f"there are {amount:,.0f} more {what.en} than the register has vehicles to be them",
            ),
            todo=Both(
                "도시 폴더의 수를 낮추거나 등록표를 고치십시오",
                "lower the number in the city's folder, or correct the register",
            ),
        )
    return taken


def _share(row: Floats, amount: float, what: Both) -> Floats:
    """Take an amount from a row of powertrains in proportion."""
    total = row.sum()
    if amount > total:
        raise BoundsError(
            Both(
                f"{what.ko} {amount:,.0f}대가 그것이 들어 있어야 할 차 {total:,.0f}대보다 많습니다",
                f"{amount:,.0f} {what.en} are more than the {total:,.0f} vehicles among which they must be",
            ),
            todo=Both(
                "도시 폴더의 수를 낮추거나 등록표를 고치십시오",
                "lower the number in the city's folder, or correct the register",
            ),
        )
    taken: Floats = row * (amount / total) if total > 0 else np.zeros_like(row)
    return taken
