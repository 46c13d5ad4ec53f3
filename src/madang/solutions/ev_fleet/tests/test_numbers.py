"""Every number of the fleet beside its formula written out again, from the inputs, the flows and the register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from madang.core.contract import Run
from madang.solutions.ev_fleet.impacts import profile
from madang.solutions.ev_fleet.inputs import FleetInputs
from madang.solutions.ev_fleet.model import FleetResult
from madang.solutions.ev_fleet.numbers import sayings

ELECTRIC, AT = 5, 4  # the sixth powertrain; 2025 is the fifth year after 2020
TARGET, REGISTER = date(2025, 12, 31), date(2026, 4, 30)


def _result(run: Run) -> FleetResult:
    assert isinstance(run.result, FleetResult)
    return run.result


def _parts(one: FleetInputs) -> float:
    return sum(one.promised[name] for name in ("car", "truck", "taxi", "bus", "motorcycle"))


def _register(run: Run, name: str, *uses: str) -> float:
    frame = run.inputs.registers.frame  # type: ignore[attr-defined]
    rows = frame.filter((frame["day"] == REGISTER) & (frame["vehicle_class"] == name) & frame["use"].is_in(uses))
    return float(rows.filter(rows["fuel"] == "electric")["vehicles"].sum())


#: Formulas over the inputs alone.
OF_INPUTS: dict[str, Callable[[FleetInputs], float]] = {
    "electric_promised_total": _parts,
    "electric_promised_total_with_school_buses": lambda one: _parts(one) + one.promised["school_bus"],
    "electric_stated_total": lambda one: 270_000,
    "electric_registered_total": lambda one: one.electric_registered["2026-04-30"],
    "taxi_share_promised": lambda one: one.promised["taxi"] / one.fleet["taxi"] * 100,
    "bus_share_promised": lambda one: (3_500 - 490) / one.fleet["city_bus"] * 100,
    "bus_share_of_all_promised": lambda one: 3_500 / (one.fleet["city_bus"] + one.fleet["village_bus"]) * 100,
    "delivery_share_promised": lambda one: 35_000 / one.fleet["delivery_motorcycle"] * 100,
    "taxis_implied": lambda one: 10_000 / 0.15,
    "buses_implied_at_most": lambda one: 3_500 / 0.40,
    "taxis": lambda one: one.fleet["taxi"],
    "city_buses": lambda one: one.fleet["city_bus"],
    "transport_ghg_share_percent": lambda one: list(one.transport_ghg_share.values())[-1],
    "transport_ghg_share_stated": lambda one: next(iter(one.transport_ghg_share.values())),
    "saving_per_vehicle_stated_t": lambda one: one.saving_stated / one.saving_vehicles_stated,
    "car_tailpipe_g_per_km": lambda one: (
        one.saving_stated / one.saving_vehicles_stated * 1_000_000 / (365 * one.km_per_day["noncommercial"])
    ),
    "car_electric_grid_g_per_km": lambda one: one.kwh_per_km["car"] * one.grid_g_per_kwh[
        max(year for year in one.grid_g_per_kwh if year <= 2020)
    ],
    "car_electric_stated_g_per_km": lambda one: one.well_to_wheel["electric"],
    "bus_tailpipe_g_per_km": lambda one: one.bus_co2_per_year * 1_000_000 / one.bus_km_per_year,
}  # fmt: skip
#: Formulas over the flows and impacts of the promised path, and the reference beside it.
OF_PATHS: dict[str, Callable[[FleetResult], float]] = {
    **{
        f"electric_{path}": lambda made, path=path: made.paths.flows[path].stock[:, ELECTRIC, AT].sum()  # type: ignore[misc]
        for path in ("reference", "mandates_only", "promised", "as_registered")
    },
    "electric_stock": lambda made: made.paths.flows["promised"].stock[:, ELECTRIC, AT].sum(),
    "electric_share_percent": lambda made: (
        100 * made.paths.flows["promised"].stock[:, ELECTRIC, AT].sum()
        / made.paths.flows["promised"].stock[:, :, AT].sum()
    ),
    "purchases": lambda made: made.paths.flows["promised"].purchases[:, :, :5].sum(),
    "purchases_electric": lambda made: made.paths.flows["promised"].purchases[:, ELECTRIC, :5].sum(),
    "scrapped": lambda made: made.paths.flows["promised"].scrapped[:, :, :5].sum(),
    "retired_early": lambda made: made.paths.flows["promised"].retired_early[:, :, :5].sum(),
    "electricity_kwh": lambda made: made.impacts["promised"].electricity_kwh[0, AT],
    "peak_kw": lambda made: (
        made.impacts["promised"].electricity_kwh[0, AT] / 365 * profile(made.inputs, "measured").max()
    ),
    "chargers_needed_as_planned": lambda made: (
        made.paths.flows["promised"].stock[:, ELECTRIC, AT].sum() * 200_000 / 269_500
    ),
    "chargers_needed_us_ratio": lambda made: (
        made.paths.flows["promised"].stock[:, ELECTRIC, AT].sum()
        * (made.inputs.us_chargers["fast"] + made.inputs.us_chargers["public_slow"])
        / made.inputs.us_chargers["vehicles"]
    ),
    "co2_saved_t": lambda made: (
        made.impacts["reference"].tailpipe_t - made.impacts["promised"].tailpipe_t
    )[0, :5].sum(),
    "co2_saved_in_year_t": lambda made: (
        made.impacts["reference"].tailpipe_t[0, AT] - made.impacts["promised"].tailpipe_t[0, AT]
    ),
    "co2_upstream_saved_in_year_t": lambda made: (
        made.impacts["reference"].upstream_t[0, AT] - made.impacts["promised"].upstream_t[0, AT]
    ),
    "co2_grid_added_in_year_t": lambda made: (
        made.impacts["promised"].grid_t[0, AT] - made.impacts["reference"].grid_t[0, AT]
    ),
    "co2_tailpipe_in_year_t": lambda made: made.impacts["promised"].tailpipe_t[0, AT],
}  # fmt: skip
OF_REGISTER = {
    "electric_registered_cars": ("car", "noncommercial"),
    "electric_registered_taxis_upper": ("car", "commercial"),
    "electric_registered_buses": ("van", "noncommercial", "commercial"),
    "electric_registered_trucks": ("truck", "noncommercial", "commercial"),
}


@pytest.mark.parametrize("name", OF_INPUTS)
def test_a_number_of_the_promise_is_its_formula(today: Run, name: str) -> None:
    assert isinstance(today.inputs, FleetInputs)
    assert today.number(name).value == pytest.approx(OF_INPUTS[name](today.inputs), rel=1e-12)


@pytest.mark.parametrize("name", OF_PATHS)
def test_a_number_of_the_paths_is_its_formula_on_the_target_day(today: Run, name: str) -> None:
    number = today.number(name)
    assert number.value == pytest.approx(float(OF_PATHS[name](_result(today))), rel=1e-12)
    assert number.day == TARGET


@pytest.mark.parametrize("name", OF_REGISTER)
def test_a_number_of_the_register_is_counted_from_its_rows(today: Run, name: str) -> None:
    kind, *uses = OF_REGISTER[name]
    number = today.number(name)
    assert (number.value, number.day) == (_register(today, kind, *uses), REGISTER)


def test_the_electric_share_of_the_register_is_of_all_vehicles(today: Run) -> None:
    frame = today.inputs.registers.frame  # type: ignore[attr-defined]
    rows = frame.filter(frame["day"] == REGISTER)
    every, electric = rows["vehicles"].sum(), rows.filter(rows["fuel"] == "electric")["vehicles"].sum()
    assert today.number("vehicles_registered").value == every
    assert today.number("electric_registered_percent").value == pytest.approx(100 * electric / every, rel=1e-12)


def test_well_to_wheel_is_tailpipe_and_upstream_less_what_the_grid_adds(today: Run) -> None:
    value = {name: float(number.value or 0.0) for name, number in today.result.numbers.items()}
    parts = value["co2_saved_in_year_t"] + value["co2_upstream_saved_in_year_t"] - value["co2_grid_added_in_year_t"]
    assert value["co2_well_to_wheel_saved_in_year_t"] == pytest.approx(parts, rel=1e-12)
    made = _result(today).impacts
    each = [made[path].well_to_wheel_t[0, :5].sum() for path in ("reference", "promised")]
    assert value["co2_well_to_wheel_saved_t"] == pytest.approx(each[0] - each[1], rel=1e-12)


@pytest.mark.parametrize(
    ("name", "quantiles"),
    [
        ("electric_stock", "electric"), ("electric_share_percent", "electric_share"),
        ("electricity_kwh", "electricity_kwh"), ("co2_tailpipe_in_year_t", "tailpipe_t"),
        ("co2_saved_in_year_t", "tailpipe_saved_t"), ("co2_saved_t", "tailpipe_saved_sum_t"),
        ("co2_upstream_saved_in_year_t", "upstream_saved_t"), ("co2_grid_added_in_year_t", "grid_added_t"),
        ("co2_well_to_wheel_saved_in_year_t", "well_to_wheel_saved_t"),
        ("co2_well_to_wheel_saved_t", "well_to_wheel_saved_sum_t"),
    ],
)  # fmt: skip
def test_the_range_of_a_number_is_the_band_of_its_own_draws(today: Run, name: str, quantiles: str) -> None:
    band, number = getattr(_result(today).bands["promised"], quantiles), today.number(name)
    assert (number.low, number.high) == (band[0, AT], band[2, AT])
    assert np.all(band[0] <= band[1])
    assert np.all(band[1] <= band[2])


def test_a_number_that_is_counted_has_no_range_and_one_that_is_drawn_has_one(today: Run) -> None:
    drawn = {name for name, number in today.result.numbers.items() if number.low is not None}
    assert not drawn & {*OF_INPUTS, *OF_REGISTER, "purchases", "scrapped", "retired_early"}
    assert {"peak_kw", "chargers_needed_as_planned", "chargers_needed_us_ratio", "electric_reference"} <= drawn


def test_no_number_is_left_without_its_formula_here() -> None:
    """A number somebody adds is held to nothing until it is written out a second time."""
    others = {"vehicles_registered", "electric_registered_percent", "co2_well_to_wheel_saved_in_year_t",
              "co2_well_to_wheel_saved_t"}  # fmt: skip
    backtests = {name for name in sayings() if name.startswith("backtest_")}
    assert set(sayings()) - backtests == {*OF_INPUTS, *OF_PATHS, *OF_REGISTER, *others}
