"""Loads by hand, as a public program checks them, and the laws they keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.solutions.pollution_cap.loads import (
    SUBSTANCES,
    Plant,
    UnitLoads,
    business_load,
    land_load,
    net_of,
    reduced_load,
    resident_load,
    sewage_m3_per_day,
    sheet_total,
    total,
)
from madang.solutions.pollution_cap.rule_calls import land_sheet, units_on

UNITS = units_on()
PLANT = Plant("works", {"bod": 5.0, "tn": 10.0, "tp": 0.2}, 4.0, {"bod": 2.0, "tn": 1.0, "tp": 3.0})
areas = st.dictionaries(st.sampled_from(sorted(UNITS.land)), st.floats(0, 1e7), max_size=6)


def test_the_sewage_of_a_thousand_residents_is_the_guidelines(units: UnitLoads) -> None:
    # 220.2 m3 supplied, 1.15 of night soil, 0.88 of the rest
    assert sewage_m3_per_day(1000, "urban", units) == pytest.approx(1.15 + (220.2 - 1.15) * 0.88)


def test_a_public_sewer_discharges_effluent_and_what_its_pipes_lose(units: UnitLoads, plant: Plant) -> None:
    row = resident_load(1000, "urban", "public_sewer", units, plant)
    sewage = sewage_m3_per_day(1000, "urban", units)
    assert row.generated["bod"] == pytest.approx(50.7)
    assert row.way is not None
    assert row.way["effluent"]["bod"] == pytest.approx(sewage * 0.96 * 5 / 1000)
    assert row.way["pipes"]["bod"] == pytest.approx(50.7 * 0.02)
    assert row.discharged["bod"] == pytest.approx(sewage * 0.96 * 5 / 1000 + 50.7 * 0.02)


def test_a_small_private_plant_keeps_the_weaker_standard(units: UnitLoads) -> None:
    small, large = (resident_load(people, "urban", "private_plant", units) for people in (200, 300))
    assert small.discharged["bod"] == pytest.approx(sewage_m3_per_day(200, "urban", units) * 20 / 1000)
    assert large.discharged["bod"] == pytest.approx(sewage_m3_per_day(300, "urban", units) * 10 / 1000)
    assert large.discharged["bod"] < small.discharged["bod"]


def test_a_septic_tank_removes_a_quarter_of_the_bod_and_nothing_else(units: UnitLoads) -> None:
    row = resident_load(1000, "rural", "septic_tank", units)
    assert row.discharged["bod"] == pytest.approx(48.6 * 0.75)
    assert row.discharged["tn"] == row.generated["tn"] == pytest.approx(13.0)
    assert row.discharged["tp"] == row.generated["tp"] == pytest.approx(1.45)


def test_the_land_of_a_published_sheet_is_written_as_it_stands_there(units: UnitLoads) -> None:
    rows = [
        land_load(name, area, units).sheet() for name, area in (("dry_field", 53), ("paddy", 13858), ("forest", 23))
    ]
    assert [(row["bod"], row["tp"]) for row in rows] == [(0.0, 0.0001), (0.059, 0.0065), (0.0, 0.0)]


def test_each_value_names_the_row_it_came_from(units: UnitLoads, plant: Plant) -> None:
    assert land_load("paddy", 100, units).trace == (
        "land_unit_loads.paddy (since 2022-01-01): bod 4.24, tn 2.92, tp 0.467"
    )
    assert resident_load(10, "urban", "public_sewer", units, plant).trace == (
        "person_unit_loads (since 2022-01-01); public_sewer, plants.works"
    )


def test_a_sheet_totals_what_its_rows_show_and_not_what_lies_behind(units: UnitLoads) -> None:
    rows = [land_load("forest", 300, units) for _ in range(10)]  # 0.000447 kg/d each, written 0.000
    assert sheet_total(rows)["bod"] == 0.0
    assert total(rows)["bod"] == pytest.approx(0.00447)


def test_a_business_is_told_by_its_sewage_and_strength(units: UnitLoads, plant: Plant) -> None:
    row = business_load("hotel", 100, {"bod": 150.0, "tn": 40.0, "tp": 5.0}, "public_sewer", units, plant)
    assert row.generated["bod"] == 15.0
    assert row.discharged["bod"] == pytest.approx(100 * 0.96 * 5 / 1000 + 15 * 0.02)


def test_a_source_given_as_generated_is_reduced_by_what_is_removed() -> None:
    row = reduced_load("industry", "works", {"bod": 100, "tn": 50, "tp": 5}, {"bod": 90, "tn": 0, "tp": 100})
    assert (row.discharged["bod"], row.discharged["tn"], row.discharged["tp"]) == (pytest.approx(10), 50, 0)


@given(areas, areas)
def test_a_net_is_never_negative_and_never_more_than_what_comes_after(
    before: dict[str, float], after: dict[str, float]
) -> None:
    sheet = land_sheet(before, after)
    for name in SUBSTANCES:
        assert 0 <= sheet[f"{name}_net"] <= sheet[f"{name}_after"]


@given(areas, st.sampled_from(sorted(UNITS.land)), st.floats(0, 1e7))
def test_more_land_never_means_less_load(land: dict[str, float], more: str, by: float) -> None:
    grown = {**land, more: land.get(more, 0.0) + by}
    small, large = (sheet_total([land_load(n, a, UNITS) for n, a in one.items()]) for one in (land, grown))
    assert all(large[name] >= small[name] for name in SUBSTANCES)


@given(
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.sampled_from(["urban", "rural"]),
    st.sampled_from(["public_sewer", "septic_tank"]),
)
def test_more_people_never_mean_less_load(one: float, other: float, setting: str, way: str) -> None:
    few, many = (resident_load(people, setting, way, UNITS, PLANT) for people in sorted((one, other)))
    assert all(many.discharged[name] >= few.discharged[name] - 1e-9 for name in SUBSTANCES)


def test_a_gain_for_the_river_counts_as_zero() -> None:
    assert net_of({"bod": 2.0, "tp": 0.1}, {"bod": 1.5, "tp": 0.3}) == {"bod": 0.0, "tp": 0.2}


def test_a_public_sewer_without_a_plant_is_refused(units: UnitLoads) -> None:
    with pytest.raises(ValueError, match="a public sewer leads to a plant"):
        resident_load(10, "urban", "public_sewer", units)
