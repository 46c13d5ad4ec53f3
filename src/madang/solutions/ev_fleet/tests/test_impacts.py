from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from madang.core.errors import BoundsError
from madang.solutions.ev_fleet.classes import CLASSES, place
from madang.solutions.ev_fleet.impacts import (
    DAYS,
    ELECTRICS,
    HYBRIDS,
    HYDROGENS,
    KINDS,
    bus_tailpipe,
    car_tailpipe,
    grid_factor,
    impacts_of,
    kinds_of,
    peak_kw,
    profile,
    upstream_ratio,
    use_of,
)
from madang.solutions.ev_fleet.inputs import FleetInputs
from madang.solutions.ev_fleet.paths import Paths

YEARS = range(2022, 2023)


def one(kind: int, name: str, count: float = 1000.0) -> np.ndarray:
    """Return a stock of one class and kind that stays through one year."""
    stock = np.zeros((1, len(CLASSES), len(KINDS), 2))
    stock[0, place(name), kind] = count
    return stock


def test_an_electric_car_takes_its_distance_times_its_consumption(inputs: FleetInputs) -> None:
    made = impacts_of(inputs, one(ELECTRICS, "car"), YEARS, use_of(inputs))
    assert made.electricity_kwh[0, 0] == pytest.approx(1000 * 31.8 * 365 * 0.2)
    assert made.grid_t[0, 0] == pytest.approx(1000 * 31.8 * 365 * 0.2 * 431.2 / 1e6)
    assert made.tailpipe_t[0, 0] == 0


def test_a_petrol_car_gives_off_at_the_tailpipe_what_the_city_says_is_saved(inputs: FleetInputs) -> None:
    made = impacts_of(inputs, one(0, "car"), YEARS, use_of(inputs))
    assert made.tailpipe_t[0, 0] == pytest.approx(1850)
    assert made.grid_t[0, 0] == 0
    assert made.well_to_wheel_t[0, 0] == pytest.approx(1000 * 31.8 * 365 * 192.2 / 1e6)


def test_a_hybrid_gives_off_its_part_and_hydrogen_only_upstream(inputs: FleetInputs) -> None:
    hybrid = impacts_of(inputs, one(HYBRIDS, "car"), YEARS, use_of(inputs))
    hydrogen = impacts_of(inputs, one(HYDROGENS, "car"), YEARS, use_of(inputs))
    assert hybrid.tailpipe_t[0, 0] == pytest.approx(1850 * 141 / 192.2)
    assert hydrogen.tailpipe_t[0, 0] == 0
    assert hydrogen.upstream_t[0, 0] == pytest.approx(1000 * 31.8 * 365 * 143.1 / 1e6)


def test_the_three_kinds_of_co2_add_only_to_well_to_wheel(inputs: FleetInputs, paths: Paths) -> None:
    flows = paths.flows["promised"]
    made = impacts_of(inputs, kinds_of(flows.stock, flows.stock[:, :, 0]), paths.years, use_of(inputs))
    np.testing.assert_allclose(made.well_to_wheel_t, made.tailpipe_t + made.upstream_t + made.grid_t)
    assert np.all(made.upstream_t > 0.2 * made.tailpipe_t)


def test_a_year_counts_the_mean_of_its_two_ends(inputs: FleetInputs) -> None:
    growing = one(ELECTRICS, "car")
    growing[..., 0] = 0
    use = use_of(inputs)
    half = impacts_of(inputs, growing, YEARS, use).electricity_kwh
    np.testing.assert_allclose(half, impacts_of(inputs, one(ELECTRICS, "car"), YEARS, use).electricity_kwh / 2)


def test_a_bus_gives_off_its_yearly_tonnes(inputs: FleetInputs) -> None:
    made = impacts_of(inputs, one(0, "city_bus", 10), YEARS, use_of(inputs))
    assert made.tailpipe_t[0, 0] == pytest.approx(809)
    assert bus_tailpipe(inputs) == pytest.approx(951.8, abs=0.05)


def test_a_taxi_gives_off_thirteen_times_a_car(inputs: FleetInputs) -> None:
    use = use_of(inputs)
    grams = (use.km_per_year * use.tailpipe_g_per_km)[0]
    assert grams[place("taxi")] / grams[place("car")] == pytest.approx(13)


def test_trucks_drive_between_private_and_hired(inputs: FleetInputs) -> None:
    daily = use_of(inputs).km_per_year[0, place("truck")] / DAYS
    assert 31.8 < daily < 101.8


def test_factors_vary_one_class_and_leave_the_others(inputs: FleetInputs) -> None:
    varied, plain = use_of(inputs, {"energy_bus": np.array([1.0, 2.0])}), use_of(inputs)
    assert varied.kwh_per_km.shape == (2, len(CLASSES))
    assert varied.kwh_per_km[1, place("city_bus")] == 2 * plain.kwh_per_km[0, place("city_bus")]
    assert varied.kwh_per_km[1, place("car")] == plain.kwh_per_km[0, place("car")]


@pytest.mark.parametrize(("year", "grams"), [(2010, 459.41), (2019, 459.41), (2021, 450.9), (2030, 417.3)])
def test_the_grid_factor_is_the_one_that_holds(inputs: FleetInputs, year: int, grams: float) -> None:
    assert grid_factor(inputs, year) == grams


@pytest.mark.parametrize("name", ["measured", "even", "night", "evening"])
def test_a_profile_is_a_whole_day(inputs: FleetInputs, name: str) -> None:
    shares = profile(inputs, name)  # type: ignore[arg-type]
    assert shares.shape == (24,)
    assert shares.sum() == pytest.approx(1.0)
    assert np.all(shares >= 0)


def test_the_peak_depends_on_when_people_charge(inputs: FleetInputs) -> None:
    day = np.array(365.0 * 24_000)
    assert peak_kw(inputs, day, "even") == pytest.approx(1000)
    assert peak_kw(inputs, day, "night") == pytest.approx(3000)
    assert peak_kw(inputs, day, "evening") == pytest.approx(4800)


def test_hours_that_are_no_day_are_refused(inputs: FleetInputs) -> None:
    with pytest.raises(BoundsError, match=r"charging_hours has 3 hours that sum to 0\.6"):
        profile(inputs.with_set({"charging_hours": [0.2, 0.2, 0.2]}), "measured")


def test_upstream_is_never_negative(inputs: FleetInputs) -> None:
    low = inputs.with_set({"well_to_wheel.petrol": 100})
    assert upstream_ratio(low) == 0
    assert upstream_ratio(inputs) == pytest.approx(192.2 / car_tailpipe(inputs) - 1)


def test_cars_that_drive_nowhere_save_nothing(inputs: FleetInputs) -> None:
    with pytest.raises(BoundsError, match="a car that drives no distance saves nothing"):
        car_tailpipe(inputs.with_set({"km_per_day.noncommercial": 0}))


def test_impacts_of_two_draws_stand_apart(inputs: FleetInputs) -> None:
    both = np.concatenate((one(ELECTRICS, "car"), one(ELECTRICS, "car", 2000)))
    use = replace(use_of(inputs))
    made = impacts_of(inputs, both, YEARS, use).electricity_kwh
    assert made[1, 0] == pytest.approx(2 * made[0, 0])
