"""The named numbers of the electric fleet: each with its value, range, day and the inputs it rests on.

What they are called and how they are made is said in numbers.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path as FilePath

from pydantic import BaseModel, ConfigDict, RootModel

from madang.core.contract import Number
from madang.core.dates import parse_day
from madang.core.documents import read_document
from madang.core.language import Text
from madang.methods.stock_flow.fleet import Floats
from madang.solutions.ev_fleet import rules
from madang.solutions.ev_fleet.backtest import COMPARED, CUTS, Backtest
from madang.solutions.ev_fleet.bands import Band
from madang.solutions.ev_fleet.classes import ELECTRIC, KEPT
from madang.solutions.ev_fleet.impacts import Impacts, bus_tailpipe, car_tailpipe, grid_factor, peak_kw
from madang.solutions.ev_fleet.inputs import FleetInputs, Path
from madang.solutions.ev_fleet.paths import PATHS, Paths

#: What every path rests on: register, counts, promise, life.
STOCKS = (
    "on", "bought_at", "base_year", "last_year", "target_year", "promised", "mandate_year", "fleet",
    "taxi_share_of_electric", "lifetime_years", "weibull_shape", "age_spread", "reference_factor",
    "electric_registered", "electric_reported", "registers",
)  # fmt: skip
DRAWN = ("draws", "seed", "range_low", "range_high")
USED = ("km_per_day", "bus_km_per_year", "taxi_per_car", "kwh_per_km")
GIVEN_OFF = (
    "saving_stated", "saving_vehicles_stated", "well_to_wheel", "bus_co2_per_year", "tailpipe_g_per_km",
    "grid_g_per_kwh",
)  # fmt: skip
PATH_STOCK = (*STOCKS, *DRAWN, "path")
PATH_ENERGY = (*PATH_STOCK, *USED)
PATH_CO2 = (*PATH_ENERGY, *GIVEN_OFF)
LOOKED_BACK = (
    "on", "bought_at", "trend", "lifetime_years", "weibull_shape", "age_spread", "electric_registered",
    "electric_reported", "fuels_yearly", "classes_yearly",
)  # fmt: skip
#: Groups of what the register keeps apart.
GROUPS = {
    "cars": (("car", "noncommercial"),),
    "taxis_upper": (("car", "commercial"),),
    "buses": (("van", "noncommercial"), ("van", "commercial")),
    "trucks": (("truck", "noncommercial"), ("truck", "commercial")),
}


class Saying(BaseModel):
    """What numbers.toml says of one number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    formula: Text
    unit: str
    digits: int
    gap: Text | None = None


class Sayings(RootModel[dict[str, Saying]]):
    """The shape of numbers.toml."""


@cache
def sayings() -> dict[str, Saying]:
    """Return what is said of every number, by name."""
    return read_document(FilePath(__file__).with_name("numbers.toml"), Sayings).root


@dataclass
class Sheet:
    """Collects numbers; an unknown value carries its reason."""

    made: dict[str, Number] = field(default_factory=dict)

    def add(
        self,
        name: str,
        value: float | Floats | None,
        rests_on: tuple[str, ...],
        *,
        day: date | None = None,
        band: Floats | None = None,
    ) -> None:
        """Add one number; ``band`` is its low, middle and high quantile."""
        says = sayings()[name]
        known = value is not None and band is not None
        self.made[name] = Number(
            name=name,
            title=says.title,
            value=None if value is None else float(value),
            unit=says.unit,
            rests_on=rests_on,
            formula=says.formula,
            day=day,
            low=float(band[0]) if known and band is not None else None,
            high=float(band[2]) if known and band is not None else None,
            gap=says.gap if value is None else None,
            digits=says.digits,
        )


def numbers_of(
    inputs: FleetInputs,
    paths: Paths,
    impacts: Mapping[Path, Impacts],
    bands: Mapping[Path, Band],
    looked_back: tuple[Backtest, ...],
    register_day: date,
    register: Floats,
) -> dict[str, Number]:
    """Return every number of a run, by name."""
    sheet = Sheet()
    _promise(sheet, inputs)
    _registered(sheet, inputs, register_day, register)
    _shares(sheet, inputs)
    _implied(sheet, inputs)
    _greenhouse_share(sheet, inputs)
    _per_vehicle(sheet, inputs)
    at = inputs.target_year - inputs.base_year - 1
    _by_path(sheet, inputs, paths, bands, at)
    _of_path(sheet, inputs, paths, bands[inputs.path], at)
    _energy(sheet, inputs, impacts[inputs.path], bands[inputs.path], at)
    _chargers(sheet, inputs, paths, bands[inputs.path], at)
    _co2(sheet, inputs, impacts, bands[inputs.path], at)
    _backtests(sheet, inputs, looked_back)
    return sheet.made


def _promise(sheet: Sheet, inputs: FleetInputs) -> None:
    part, day = inputs.promised, date(inputs.target_year, 12, 31)
    total = rules.promised_total(
        part["car"], part["truck"], part["taxi"], part["bus"], part["motorcycle"], part["school_bus"]
    )
    sheet.add("electric_promised_total", total["total"], ("promised", "target_year"), day=day)
    name = "electric_promised_total_with_school_buses"
    sheet.add(name, total["with_school_buses"], ("promised", "target_year"), day=day)
    sheet.add("electric_stated_total", inputs.stated_total, ("stated_total", "target_year"), day=day)


def _registered(sheet: Sheet, inputs: FleetInputs, day: date, register: Floats) -> None:
    known = max((when for when in inputs.electric_registered if when <= inputs.until), default=None)
    sheet.add(
        "electric_registered_total",
        None if known is None else inputs.electric_registered[known],
        ("on", "electric_registered"),
        day=None if known is None else parse_day(known),
    )
    for name, kept in GROUPS.items():
        count = sum(float(register[KEPT.index(one), ELECTRIC]) for one in kept)
        sheet.add(f"electric_registered_{name}", count, ("on", "registers"), day=day)
    every = register.sum()
    sheet.add("vehicles_registered", every, ("on", "registers"), day=day)
    percent = 100.0 * register[:, ELECTRIC].sum() / every
    sheet.add("electric_registered_percent", percent, ("on", "registers"), day=day)


def _shares(sheet: Sheet, inputs: FleetInputs) -> None:
    part, count = inputs.promised, inputs.fleet
    buses = count["city_bus"] + count["village_bus"]
    for name, electric, vehicles in (
        ("taxi_share_promised", part["taxi"], count["taxi"]),
        ("bus_share_promised", part["bus"] - part["village_bus"], count["city_bus"]),
        ("bus_share_of_all_promised", part["bus"], buses),
        ("delivery_share_promised", part["delivery_motorcycle"], count["delivery_motorcycle"]),
    ):
        value = None if vehicles <= 0 else rules.share_of_class(electric, vehicles)["percent"]
        sheet.add(name, value, ("promised", "fleet"))


def _implied(sheet: Sheet, inputs: FleetInputs) -> None:
    part, share = inputs.promised, inputs.stated_share
    for name, electric, percent in (
        ("taxis_implied", part["taxi"], share["taxi"]),
        ("buses_implied_at_most", part["bus"], share["bus"]),
    ):
        sheet.add(name, rules.vehicles_implied(electric, percent)["vehicles"], ("promised", "stated_share"))
    for name, count in (("taxis", "taxi"), ("city_buses", "city_bus")):
        sheet.add(name, inputs.fleet[count], ("fleet",))


def _greenhouse_share(sheet: Sheet, inputs: FleetInputs) -> None:
    known = sorted(day for day in inputs.transport_ghg_share if day <= inputs.until)
    for name, day in (
        ("transport_ghg_share_percent", known[-1] if known else None),
        ("transport_ghg_share_stated", known[0] if known else None),
    ):
        value = None if day is None else inputs.transport_ghg_share[day]
        sheet.add(name, value, ("on", "transport_ghg_share"), day=None if day is None else parse_day(day))


def _per_vehicle(sheet: Sheet, inputs: FleetInputs) -> None:
    stated = inputs.saving_stated / inputs.saving_vehicles_stated
    saving = ("saving_stated", "saving_vehicles_stated")
    sheet.add("saving_per_vehicle_stated_t", stated, saving)
    sheet.add("car_tailpipe_g_per_km", car_tailpipe(inputs), (*saving, "km_per_day"))
    grid = grid_factor(inputs, inputs.base_year)
    rests_on = ("kwh_per_km", "grid_g_per_kwh", "base_year")
    sheet.add("car_electric_grid_g_per_km", inputs.kwh_per_km["car"] * grid, rests_on)
    sheet.add("car_electric_stated_g_per_km", inputs.well_to_wheel["electric"], ("well_to_wheel",))
    sheet.add("bus_tailpipe_g_per_km", bus_tailpipe(inputs), ("bus_co2_per_year", "bus_km_per_year"))


def _by_path(sheet: Sheet, inputs: FleetInputs, paths: Paths, bands: Mapping[Path, Band], at: int) -> None:
    day = date(inputs.target_year, 12, 31)
    for path in PATHS:
        stock = paths.flows[path].stock[:, ELECTRIC, at].sum()
        sheet.add(f"electric_{path}", stock, (*STOCKS, *DRAWN), day=day, band=bands[path].electric[:, at])


def _of_path(sheet: Sheet, inputs: FleetInputs, paths: Paths, band: Band, at: int) -> None:
    flows, day, span = paths.flows[inputs.path], date(inputs.target_year, 12, 31), slice(0, at + 1)
    electric, every = flows.stock[:, ELECTRIC, at].sum(), flows.stock[:, :, at].sum()
    sheet.add("electric_stock", electric, PATH_STOCK, day=day, band=band.electric[:, at])
    share = 100.0 * electric / every
    sheet.add("electric_share_percent", share, PATH_STOCK, day=day, band=band.electric_share[:, at])
    for name, values in (
        ("purchases", flows.purchases),
        ("purchases_electric", flows.purchases[:, [ELECTRIC]]),
        ("scrapped", flows.scrapped),
        ("retired_early", flows.retired_early),
    ):
        sheet.add(name, values[:, :, span].sum(), PATH_STOCK, day=day)


def _energy(sheet: Sheet, inputs: FleetInputs, impacts: Impacts, band: Band, at: int) -> None:
    day, electricity = date(inputs.target_year, 12, 31), impacts.electricity_kwh[0, at]
    drawn = band.electricity_kwh[:, at]
    sheet.add("electricity_kwh", electricity, PATH_ENERGY, day=day, band=drawn)
    sheet.add(
        "peak_kw",
        peak_kw(inputs, electricity, inputs.charging_profile),
        (*PATH_ENERGY, "charging_profile", "charging_hours"),
        day=day,
        band=peak_kw(inputs, drawn, inputs.charging_profile),
    )


def _chargers(sheet: Sheet, inputs: FleetInputs, paths: Paths, band: Band, at: int) -> None:
    electric, day = paths.flows[inputs.path].stock[:, ELECTRIC, at].sum(), date(inputs.target_year, 12, 31)
    planned, outlook = charger_ratios(inputs)
    for name, ratio, rests_on in (
        ("chargers_needed_as_planned", planned, "chargers_promised"),
        ("chargers_needed_us_ratio", outlook, "us_chargers"),
    ):
        drawn = band.electric[:, at] * ratio
        sheet.add(name, electric * ratio, (*PATH_STOCK, rests_on), day=day, band=drawn)


def charger_ratios(inputs: FleetInputs) -> tuple[float, float]:
    """Return chargers for one electric vehicle: as the plan has it, and as the US outlook has public ones."""
    part = inputs.promised
    promised = sum(part[name] for name in ("car", "truck", "taxi", "bus", "motorcycle"))
    outlook = inputs.us_chargers
    return (
        inputs.chargers_promised / max(1.0, promised),
        (outlook["fast"] + outlook["public_slow"]) / outlook["vehicles"],
    )


def _co2(sheet: Sheet, inputs: FleetInputs, impacts: Mapping[Path, Impacts], band: Band, at: int) -> None:
    now, reference, day = impacts[inputs.path], impacts["reference"], date(inputs.target_year, 12, 31)
    saved = (reference.tailpipe_t - now.tailpipe_t)[0]
    whole = (reference.well_to_wheel_t - now.well_to_wheel_t)[0]
    for name, value, quantiles in (
        ("co2_saved_t", saved[: at + 1].sum(), band.tailpipe_saved_sum_t),
        ("co2_saved_in_year_t", saved[at], band.tailpipe_saved_t),
        ("co2_upstream_saved_in_year_t", (reference.upstream_t - now.upstream_t)[0, at], band.upstream_saved_t),
        ("co2_grid_added_in_year_t", (now.grid_t - reference.grid_t)[0, at], band.grid_added_t),
        ("co2_well_to_wheel_saved_in_year_t", whole[at], band.well_to_wheel_saved_t),
        ("co2_well_to_wheel_saved_t", whole[: at + 1].sum(), band.well_to_wheel_saved_sum_t),
        ("co2_tailpipe_in_year_t", now.tailpipe_t[0, at], band.tailpipe_t),
    ):
        sheet.add(name, value, PATH_CO2, day=day, band=quantiles[:, at])


def _backtests(sheet: Sheet, inputs: FleetInputs, looked_back: tuple[Backtest, ...]) -> None:
    made = {(one.cut, one.trend): one for one in looked_back}
    for cut in CUTS:
        for day in COMPARED:
            one = made.get((cut, inputs.trend))
            error = None if one is None else one.error_percent(day)
            sheet.add(f"backtest_{cut}_error_{day.year}_percent", error, LOOKED_BACK, day=day)
