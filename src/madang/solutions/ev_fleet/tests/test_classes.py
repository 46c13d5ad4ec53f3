from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import BoundsError, CityError
from madang.solutions.ev_fleet.classes import (
    CLASSES,
    ELECTRIC,
    KEPT,
    POWERTRAINS,
    counted,
    counted_at_year_ends,
    parted,
    place,
    register_days,
)
from madang.solutions.ev_fleet.inputs import FleetInputs

MOTORCYCLES = [place("motorcycle"), place("delivery_motorcycle")]
REGISTERED = [at for at in range(len(CLASSES)) if at not in MOTORCYCLES]


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2020, 12, 31), date(2022, 7, 31), date(2026, 4, 30)])
def test_the_models_classes_add_to_the_register_fuel_by_fuel(inputs: FleetInputs, day: date) -> None:
    counts = counted(inputs, day)
    np.testing.assert_allclose(parted(inputs, counts)[REGISTERED].sum(axis=0), counts.sum(axis=0), atol=1e-6)


def test_the_register_of_april_2026_holds_its_printed_total(inputs: FleetInputs) -> None:
    assert counted(inputs, date(2026, 4, 30)).sum() == 3_153_540
    assert counted(inputs, date(2026, 4, 30))[:, ELECTRIC].sum() == 111_817


def test_classes_that_are_counted_elsewhere_have_that_size(inputs: FleetInputs) -> None:
    made = parted(inputs, counted(inputs, date(2020, 12, 31)))
    for name in ("taxi", "city_bus", "village_bus", "school_bus", "parcel_truck"):
        assert made[place(name)].sum() == pytest.approx(inputs.fleet[name])
    assert made[MOTORCYCLES].sum() == pytest.approx(inputs.fleet["motorcycle"])


def test_taxis_burn_lpg_and_city_buses_cng_before_anything_else(inputs: FleetInputs) -> None:
    made = parted(inputs, counted(inputs, date(2020, 12, 31)))
    assert made[place("taxi"), POWERTRAINS.index("lpg")] > 0.9 * inputs.fleet["taxi"]
    assert made[place("city_bus"), POWERTRAINS.index("cng")] > 0.9 * inputs.fleet["city_bus"]


@settings(max_examples=60, deadline=None)
@given(taxi=st.floats(0, 90_000), share=st.floats(0, 100), bus=st.floats(0, 9_000), school=st.floats(0, 50_000))
def test_whatever_is_parted_adds_up_and_is_never_negative(
    inputs: FleetInputs, taxi: float, share: float, bus: float, school: float
) -> None:
    changed = inputs.with_set({
        "fleet.taxi": taxi, "taxi_share_of_electric": share, "fleet.city_bus": bus, "fleet.school_bus": school,
    })  # fmt: skip
    counts = counted(inputs, date(2021, 12, 31))
    made = parted(changed, counts)
    assert np.all(made >= 0)
    np.testing.assert_allclose(made[REGISTERED].sum(axis=0), counts.sum(axis=0), atol=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fleet.taxi": 300_000}, "more taxis than the register has vehicles to be them"),
        ({"fleet.city_bus": 30_000}, "more city buses than the register has vehicles to be them"),
        ({"fleet.school_bus": 300_000}, "300,000 school buses are more than the"),
        ({"fleet.parcel_truck": 300_000}, "300,000 parcel trucks are more than the"),
        ({"fleet.delivery_motorcycle": 900_000}, "900,000 delivery or 9,000 electric motorcycles are more than all"),
    ],
)
def test_more_of_a_class_than_there_can_be_is_refused(inputs: FleetInputs, change: dict, message: str) -> None:
    with pytest.raises(BoundsError, match=message):
        parted(inputs.with_set(change), counted(inputs, date(2020, 12, 31)))


def test_year_ends_meet_the_published_totals(inputs: FleetInputs) -> None:
    made = counted_at_year_ends(inputs, range(2019, 2026))
    found = made[:, :, ELECTRIC].sum(axis=1)
    np.testing.assert_allclose(found, [14952, 23393, 40564, 59326, 72935, 83868, 101331], rtol=1e-9)


def test_past_the_last_register_the_number_of_vehicles_stays(inputs: FleetInputs) -> None:
    made, last = counted_at_year_ends(inputs, range(2028, 2030)), counted(inputs, date(2026, 4, 30))
    np.testing.assert_allclose(made.sum(axis=2), np.tile(last.sum(axis=1), (2, 1)))
    assert np.all(made >= 0)
    assert made[1, :, ELECTRIC].sum() > last[:, ELECTRIC].sum()


def test_only_registers_up_to_the_day_are_used(inputs: FleetInputs) -> None:
    early = inputs.with_set({"on": "2021-09-07"})
    assert register_days(early)[-1] == date(2021, 7, 31)
    assert counted_at_year_ends(early, range(2019, 2026))[-1, :, ELECTRIC].sum() != pytest.approx(101_331, rel=0.01)


def test_a_register_without_the_year_before_the_policy_is_refused(inputs: FleetInputs) -> None:
    with pytest.raises(CityError, match="the register has no count at the ends of 2022 and 2023"):
        counted_at_year_ends(inputs.with_set({"base_year": 2023}), range(2022, 2026))


def test_the_register_keeps_eight_parts() -> None:
    assert len(KEPT) == 8
