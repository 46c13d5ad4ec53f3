from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import Both, Cancelled
from madang.core.progress import silent
from madang.solutions.ev_fleet.bands import (
    Band,
    _triangular,
    all_factors,
    draw_paths,
    electric_parts,
    factors_from,
    sizes,
)
from madang.solutions.ev_fleet.classes import ELECTRIC, place
from madang.solutions.ev_fleet.inputs import RANGED, FleetInputs, Path
from madang.solutions.ev_fleet.paths import PATHS, Paths


@pytest.fixture(scope="module")
def bands(inputs: FleetInputs, paths: Paths) -> dict[Path, Band]:
    return draw_paths(inputs, paths, silent)


def without_ranges(inputs: FleetInputs) -> FleetInputs:
    ones = dict.fromkeys(RANGED, 1.0)
    return inputs.with_set({"range_low": ones, "range_high": ones, "draws": 3})


def test_quantiles_stand_in_order(bands: dict[Path, Band]) -> None:
    for band in bands.values():
        for values in vars(band).values():
            assert np.all(np.diff(values, axis=0) >= 0)


def test_against_itself_no_policy_saves_exactly_nothing_in_every_draw(bands: dict[Path, Band]) -> None:
    assert np.all(bands["reference"].tailpipe_saved_t == 0)
    assert np.all(bands["reference"].grid_added_t == 0)


def test_without_ranges_every_draw_is_the_central_run(inputs: FleetInputs, paths: Paths) -> None:
    made = draw_paths(without_ranges(inputs), paths, silent)
    for path in PATHS:
        central = paths.flows[path].stock[:, ELECTRIC].sum(axis=0)
        np.testing.assert_allclose(made[path].electric, np.tile(central, (3, 1)), rtol=1e-9)


def test_the_same_seed_gives_the_same_bands(inputs: FleetInputs, paths: Paths, bands: dict[Path, Band]) -> None:
    again = draw_paths(inputs, paths, silent)
    np.testing.assert_array_equal(again["promised"].electricity_kwh, bands["promised"].electricity_kwh)
    other = draw_paths(inputs.with_set({"seed": 1}), paths, silent)
    assert not np.array_equal(other["promised"].electricity_kwh, bands["promised"].electricity_kwh)


def test_the_promise_is_kept_in_every_draw(bands: dict[Path, Band]) -> None:
    # The promise is a number of vehicles whatever the size of a class; what lies above it comes of the rules.
    low, _, high = bands["promised"].electric[:, 2025 - 2021]
    assert 262_000 < low < high < 300_000


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(1, 5))
def test_a_triangular_number_lies_between_its_ends(uniform: float, low: float, high: float) -> None:
    made = _triangular(np.array([uniform]), low, 1.0, high)[0]
    assert low - 1e-12 <= made <= high + 1e-12


def test_triangular_numbers_have_the_triangles_mean() -> None:
    uniform = (np.arange(100_000) + 0.5) / 100_000
    assert _triangular(uniform, 0.5, 1.0, 2.0).mean() == pytest.approx(3.5 / 3, rel=1e-4)


def test_a_fact_without_a_range_is_not_varied(inputs: FleetInputs) -> None:
    fixed = inputs.with_set({"range_low.taxis": 1, "range_high.taxis": 1})
    factors = factors_from(fixed, np.random.default_rng(0).uniform(size=(50, len(RANGED))))
    assert np.all(factors["taxis"] == 1)
    assert np.ptp(factors["motorcycles"]) > 0


def test_what_one_class_gains_its_remainder_loses(inputs: FleetInputs, paths: Paths) -> None:
    fleet = paths.fleets["reference"]
    made = sizes(fleet, all_factors(inputs), inputs) * fleet.total[:, 0]
    for names in (
        ("taxi", "rental_car"),
        ("city_bus", "village_bus", "school_bus", "other_van"),
        ("truck", "parcel_truck"),
    ):
        places = [place(name) for name in names]
        np.testing.assert_allclose(made[:, places].sum(axis=1), fleet.total[places, 0].sum(), rtol=1e-9)


def test_electric_commercial_cars_stay_as_many_however_taxis_share_them(inputs: FleetInputs, paths: Paths) -> None:
    fleet = paths.fleets["reference"]
    held = fleet.initial_by_age.sum(axis=2)[:, ELECTRIC]
    made = electric_parts(fleet, all_factors(inputs)) * held
    both = [place("taxi"), place("rental_car")]
    np.testing.assert_allclose(made[:, both].sum(axis=1), held[both].sum(), rtol=1e-9)


def test_drawing_can_be_stopped(inputs: FleetInputs, paths: Paths) -> None:
    def stop(share: float, what: str) -> None:
        raise Cancelled(Both("멈춤", "stopped"))

    with pytest.raises(Cancelled):
        draw_paths(inputs, paths, stop)
