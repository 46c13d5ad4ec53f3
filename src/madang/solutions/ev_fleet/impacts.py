"""What a fleet takes and gives off: electricity and its daily peak, tailpipe, upstream and grid CO2, each by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.core.errors import Both, BoundsError
from madang.methods.stock_flow.fleet import Floats
from madang.solutions.ev_fleet.classes import CLASSES, POWERTRAINS, counted, register_days
from madang.solutions.ev_fleet.inputs import FleetInputs, Profile

DAYS = 365.0
#: Kinds of stock that matter for energy, in the order of the arrays: fuels that burn, hybrids, electric, hydrogen.
KINDS: tuple[tuple[str, ...], ...] = (
    ("petrol", "diesel", "lpg", "cng", "other"), ("hybrid",), ("electric",), ("hydrogen",),
)  # fmt: skip
BURNING, HYBRIDS, ELECTRICS, HYDROGENS = range(4)
ENERGY_OF = {
    "car": "car", "taxi": "car", "rental_car": "car", "city_bus": "bus", "village_bus": "small_bus",
    "school_bus": "small_bus", "other_van": "small_bus", "truck": "truck", "parcel_truck": "truck", "special": "truck",
    "motorcycle": "motorcycle", "delivery_motorcycle": "motorcycle",
}  # fmt: skip
NIGHT_HOURS, EVENING_HOURS = (23, 0, 1, 2, 3, 4, 5, 6), (18, 19, 20, 21, 22)


@dataclass(frozen=True)
class Impacts:
    """Yearly sums, draw x year. The three kinds of CO2 are never added up except under the name well-to-wheel."""

    electricity_kwh: Floats
    tailpipe_t: Floats
    upstream_t: Floats
    grid_t: Floats

    @property
    def well_to_wheel_t(self) -> Floats:
        """Tailpipe, upstream of fuels, and grid together."""
        total: Floats = self.tailpipe_t + self.upstream_t + self.grid_t
        return total


@dataclass(frozen=True)
class Use:
    """What one vehicle of a class does: (draw or 1) x class."""

    km_per_year: Floats
    kwh_per_km: Floats
    tailpipe_g_per_km: Floats


def use_of(inputs: FleetInputs, factors: dict[str, Floats] | None = None) -> Use:
    """Return distance, electricity and tailpipe of each class; ``factors`` by fact name vary them by draw."""
    one = np.ones(1)
    of = factors or {}

    def times(name: str) -> Floats:
        return of.get(name, one)

    private = inputs.km_per_day["noncommercial"] * times("km_noncommercial")
    hired = inputs.km_per_day["commercial"] * times("km_commercial")
    mixed = {name: part * hired + (1.0 - part) * private for name, part in _commercial_parts(inputs).items()}
    daily = {
        "car": private, "taxi": private * inputs.taxi_per_car * times("taxi_per_car"), "rental_car": hired,
        "city_bus": inputs.bus_km_per_year / DAYS * times("bus_km_per_year"), "village_bus": hired,
        "school_bus": private, "other_van": mixed["van"], "truck": mixed["truck"], "parcel_truck": hired,
        "special": mixed["special"], "motorcycle": inputs.km_per_day["motorcycle"] * times("km_motorcycle"),
        "delivery_motorcycle": inputs.km_per_day["delivery"] * times("km_delivery"),
    }  # fmt: skip
    energy = {name: value * times(f"energy_{name}") for name, value in inputs.kwh_per_km.items()}
    tailpipe = {name: value * times(f"tailpipe_{name}") for name, value in inputs.tailpipe_g_per_km.items()}
    tailpipe |= {"car": car_tailpipe(inputs) * one, "bus": bus_tailpipe(inputs) * one}
    return Use(
        km_per_year=_by_class({name: value * DAYS for name, value in daily.items()}),
        kwh_per_km=_by_class({name: energy[ENERGY_OF[name]] for name in CLASSES}),
        tailpipe_g_per_km=_by_class({name: tailpipe[ENERGY_OF[name]] for name in CLASSES}),
    )


def car_tailpipe(inputs: FleetInputs) -> float:
    """Return a car's tailpipe g/km: what the city states a replaced car to save, over the distance it drives."""
    km = inputs.km_per_day["noncommercial"] * DAYS
    if km <= 0:
        raise BoundsError(
            Both("주행 거리가 없는 승용차는 줄이는 것도 없습니다", "a car that drives no distance saves nothing"),
            todo=Both("km_per_day.noncommercial을 0보다 크게 주십시오", "give km_per_day.noncommercial above 0"),
        )
    return inputs.saving_stated / inputs.saving_vehicles_stated * 1e6 / km


def bus_tailpipe(inputs: FleetInputs) -> float:
    """Return a CNG bus's tailpipe g/km from its yearly emissions and distance."""
    return inputs.bus_co2_per_year * 1e6 / inputs.bus_km_per_year


def upstream_ratio(inputs: FleetInputs) -> float:
    """Return well-to-tank emissions of fuel for each part of tailpipe emissions; at least 0."""
    return max(0.0, inputs.well_to_wheel["petrol"] / max(1e-9, car_tailpipe(inputs)) - 1.0)


def impacts_of(inputs: FleetInputs, kinds: Floats, years: range, use: Use) -> Impacts:
    """Return yearly impacts of a stock, draw x class x kind x (year end before the first, then every year end).

    A year's driving is that of the mean of its two year ends. Hybrids give off what petrol does, times the ratio of
    their well-to-wheel figures. Hydrogen has no tailpipe; its supply counts as upstream.
    """
    mean = (kinds[..., 1:] + kinds[..., :-1]) / 2.0
    hybrid = inputs.well_to_wheel["hybrid"] / max(1e-9, inputs.well_to_wheel["petrol"])
    hydrogen = inputs.well_to_wheel["hydrogen"] / max(1e-9, car_tailpipe(inputs))
    grams = use.km_per_year * use.tailpipe_g_per_km
    burnt = mean[:, :, BURNING] + hybrid * mean[:, :, HYBRIDS]
    tailpipe = np.einsum("nct,nc->nt", burnt, np.broadcast_to(grams, burnt.shape[:2])) / 1e6
    supplied = np.einsum("nct,nc->nt", mean[:, :, HYDROGENS], np.broadcast_to(grams, burnt.shape[:2])) / 1e6
    taken = np.broadcast_to(use.km_per_year * use.kwh_per_km, burnt.shape[:2])
    electricity = np.einsum("nct,nc->nt", mean[:, :, ELECTRICS], taken)
    grid = np.array([grid_factor(inputs, year) for year in years])
    return Impacts(
        electricity_kwh=electricity,
        tailpipe_t=tailpipe,
        upstream_t=tailpipe * upstream_ratio(inputs) + supplied * hydrogen,
        grid_t=electricity * grid / 1e6,
    )


def grid_factor(inputs: FleetInputs, year: int) -> float:
    """Return the emission factor of electricity that holds in a year; the first before its first."""
    known = sorted(inputs.grid_g_per_kwh)
    held = [one for one in known if one <= year]
    return inputs.grid_g_per_kwh[held[-1] if held else known[0]]


def profile(inputs: FleetInputs, name: Profile) -> Floats:
    """Return a day's 24 hourly shares of charging.

    ``measured`` is the city's own or the policy's default; ``even``, ``night`` (23 to 7) and ``evening``
    (18 to 23) are definitions, not observations.
    """
    if name == "measured":
        shares = np.array(inputs.charging_hours, dtype=np.float64)
        if shares.shape != (24,) or shares.sum() <= 0:
            raise BoundsError(
                Both(
                    f"charging_hours에 {shares.size}시간이 있고 더하면 {shares.sum():g}입니다",
                    f"charging_hours has {shares.size} hours that sum to {shares.sum():g}",
                ),
                todo=Both("0보다 큰 몫 24개를 주십시오", "give 24 shares above 0"),
            )
        scaled: Floats = shares / shares.sum()
        return scaled
    hours = {"even": tuple(range(24)), "night": NIGHT_HOURS, "evening": EVENING_HOURS}[name]
    made = np.zeros(24)
    made[list(hours)] = 1.0 / len(hours)
    return made


def peak_kw(inputs: FleetInputs, electricity_kwh: Floats, name: Profile) -> Floats:
    """Return the mean power in the busiest hour of a mean day."""
    peak: Floats = electricity_kwh / DAYS * profile(inputs, name).max()
    return peak


def _commercial_parts(inputs: FleetInputs) -> dict[str, float]:
    """Return the commercial part of vans (buses not counted), trucks and special vehicles in the latest register."""
    counts = counted(inputs, register_days(inputs)[-1]).sum(axis=1)
    buses = inputs.fleet["city_bus"] + inputs.fleet["village_bus"]
    pairs = {
        "van": (counts[2], max(0.0, counts[3] - buses)),
        "truck": (counts[4], counts[5]),
        "special": (counts[6], counts[7]),
    }
    return {name: float(hired / max(1.0, private + hired)) for name, (private, hired) in pairs.items()}


def _by_class(values: dict[str, Floats]) -> Floats:
    return np.stack(np.broadcast_arrays(*(values[name] for name in CLASSES)), axis=-1)


def kinds_of(stock: Floats, first: Floats) -> Floats:
    """Gather a run's stock, class x powertrain x year, with that before it, into 1 x class x kind x year end."""
    whole = np.concatenate((first[:, :, None], stock), axis=2)
    return np.stack([whole[:, _places(names)].sum(axis=1) for names in KINDS], axis=1)[None]


def _places(names: tuple[str, ...]) -> list[int]:
    return [POWERTRAINS.index(name) for name in names]
