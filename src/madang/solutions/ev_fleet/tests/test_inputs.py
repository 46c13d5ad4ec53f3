from __future__ import annotations

from datetime import date

import pytest

from madang.core.city import City
from madang.core.errors import BoundsError, FactError, UnknownName
from madang.solutions.ev_fleet import solution
from madang.solutions.ev_fleet.inputs import (
    ENERGY,
    FLEET,
    KM,
    LIFE,
    MANDATES,
    PROMISED,
    RANGED,
    TAILPIPE,
    FleetInputs,
    read,
)


def test_the_promise_is_read_part_by_part(inputs: FleetInputs) -> None:
    assert inputs.promised == {
        "car": 175_000, "truck": 19_000, "taxi": 10_000, "bus": 3_500, "village_bus": 490, "motorcycle": 62_000,
        "delivery_motorcycle": 35_000, "school_bus": 20,
    }  # fmt: skip


def test_the_mandates_have_their_years(inputs: FleetInputs) -> None:
    assert inputs.mandate_year == {
        "city_bus": 2021, "parcel_truck": 2022, "school_bus": 2023, "delivery_motorcycle": 2025,
    }  # fmt: skip


def test_a_range_is_read_as_a_ratio_to_its_value(inputs: FleetInputs) -> None:
    assert inputs.range_low["lifetime_car"] == pytest.approx(13.2 / 15.3)
    assert inputs.range_high["taxi_share_of_electric"] == pytest.approx(80 / 30)


def test_every_ranged_fact_has_both_ends_around_its_value(inputs: FleetInputs) -> None:
    for name in RANGED:
        assert inputs.range_low[name] <= 1.0 <= inputs.range_high[name], name


def test_what_has_no_source_has_a_wide_range(inputs: FleetInputs) -> None:
    facts = {**solution.policy.facts}
    for name in RANGED:
        if name in facts and facts[name].source == "none_found" and inputs.range_low[name] > 0:
            assert inputs.range_high[name] / inputs.range_low[name] > 1.3, name


@pytest.mark.parametrize("facts", [PROMISED, MANDATES, FLEET, LIFE, KM, ENERGY, TAILPIPE])
def test_every_key_of_a_series_names_a_fact_that_there_is(seoul: City, facts: dict[str, str]) -> None:
    reader = solution.reader(seoul, date(2026, 11, 22))
    for name in facts.values():
        assert reader.has(name), name


def test_before_the_promise_there_is_nothing_to_read(seoul: City) -> None:
    with pytest.raises(FactError, match="the fact 'promised_cars' is known only from 2021-08-30"):
        read(solution.reader(seoul, date(2021, 8, 1)))


def test_left_open_the_day_never_ends(inputs: FleetInputs) -> None:
    assert inputs.with_set({"on": ""}).until == "9999-12-31"
    assert inputs.until == "2026-11-22"


def test_registers_and_reports_stand_together_in_order(inputs: FleetInputs) -> None:
    known = inputs.electric_known
    assert list(known) == sorted(known)
    assert known["2022-12-31"] == 59_326
    assert "2022-12-31" not in inputs.electric_registered


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"target_year": 1999}, "target_year = 1999 is outside its bounds"),
        ({"taxi_share_of_electric": 101}, "taxi_share_of_electric = 101 is outside its bounds"),
        ({"lifetime_years.car": 0}, r"lifetime_years\.car = 0 is outside its bounds"),
        ({"promised.car": -1}, r"promised\.car = -1 is outside its bounds"),
        ({"kwh_per_km.bus": 99}, r"kwh_per_km\.bus = 99 is outside its bounds"),
    ],
)
def test_a_value_out_of_bounds_is_refused(inputs: FleetInputs, change: dict[str, float], message: str) -> None:
    with pytest.raises(BoundsError, match=message):
        inputs.with_set(change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"path": "promise"}, "did you mean promised"),
        ({"charging_profile": "nights"}, "did you mean night"),
        ({"promised.cars": 1}, "did you mean car"),
        ({"bougth_at": "end"}, "did you mean bought_at"),
    ],
)
def test_a_word_written_wrong_suggests_the_right_one(
    inputs: FleetInputs, change: dict[str, object], message: str
) -> None:
    with pytest.raises(UnknownName, match=message):
        inputs.with_set(change)


def test_facts_of_the_fleet_that_are_assumed_say_so(seoul: City) -> None:
    reader = solution.reader(seoul, date(2026, 11, 22))
    for name in ("school_buses", "electric_motorcycles", "taxi_share_of_electric"):
        assert reader.fact_value(name).status == "assumption"


def test_charging_hours_are_one_day(inputs: FleetInputs) -> None:
    assert len(inputs.charging_hours) == 24
    assert sum(inputs.charging_hours) == pytest.approx(1.0, abs=0.001)
