"""Every number and figure of the routed part names every input that moves it: each input is moved in turn."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from madang.core.errors import MadangError
from madang.core.progress import silent
from madang.solutions.ev_charging import solution
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.tests.test_loads import vehicles

MOVES = {
    "walk_minutes_max": (1.5, 4.0),
    "walk_m_per_min": (45.0, 120.0),
    "snap_max_m": (2.0,),
    "share_wanted_percent": (60.0, 100.0),
    "budget": (1.0, 12.0),
    "fast_sites_max": (0, 1),
    "floor_percent": (30.0,),
    "phases_percent": ({2023: 10.0, 2026: 80.0},),
    "effort": (0.05,),
    "demand_unit": ("household",),
    "fast_classes": ("transit", "home, office"),
    "slow_classes": ("home", "other"),
    "evs_planned": (10.0, 9000.0),
    "home_charging_percent": (0.0, 90.0),
    "fast_charging_percent": (0.0, 100.0),
    "km_per_day": (10.0, 90.0),
    "km_per_kwh": (2.0, 9.0),
    "fast_kw": (7.0, 350.0),
    "slow_kw": (3.0, 22.0),
    "busy_hours_per_day": (2.0, 20.0),
    "fast_cost_won": (1.0,),
    "slow_cost_won": (1.0,),
    "chargers_promised_fast": (1.0,),
    "chargers_promised_slow": (1.0,),
    "vehicles_claimed": (1.0,),
    "energy_budget_won": (1e7, 1e9),
    "energy_share_wanted_percent": (1.0,),
    "ports_per_fast_site": (1, 12),
    "ports_per_slow_site": (2, 30),
    "seconds_max": (10.0,),
}


def drawn(inputs):
    result = solution.run(inputs, silent)
    numbers = {name: (number.value, number.unit, number.rests_on) for name, number in result.numbers.items()}
    figures = {figure.name: (figure.frame, figure.rests_on) for figure in solution.figures(result)}
    return numbers, figures


def moved(before, after):
    numbers = {name for name, (value, unit, _) in before[0].items() if (value, unit) != after[0][name][:2]}
    figures = {name for name, (frame, _) in before[1].items() if not frame.equals(after[1][name][0])}
    return numbers | figures


def unnamed(before, after, field):
    rests = {name: said for part in before for name, (*_, said) in part.items()}
    return {name for name in moved(before, after) if field not in rests[name]}


@pytest.fixture(scope="module")
def base(town):
    inputs = town(area_vehicles=vehicles(west=30_000, east=20_000), budget=6.0)
    return inputs, drawn(inputs)


@pytest.mark.parametrize("field", sorted(MOVES))
def test_what_moves_with_an_input_says_so(base, town, field):
    inputs, before = base
    for new in MOVES[field]:
        values = {name: getattr(inputs, name) for name in EvChargingInputs.model_fields} | {field: new}
        try:
            after = drawn(EvChargingInputs.build(values))
        except MadangError:
            continue
        assert unnamed(before, after, field) == set(), f"{field} = {new}"


@pytest.mark.parametrize(
    ("field", "column", "change"),
    [
        ("street_nodes", "lon", pl.col("lon") * 1.00001 - 0.001),
        ("street_edges", "length_m", pl.lit(150.0)),
        ("demand", "weight", pl.col("weight") ** 2),
        ("demand", "area", pl.lit("all")),
        ("sites", "cost", pl.col("cost").reverse()),
        ("sites", "class", pl.lit("home")),
        ("sites", "ports_max", pl.lit(1)),
        ("area_vehicles", "evs", pl.col("evs") * 30),
    ],
)
def test_what_moves_with_a_table_says_so(base, field, column, change):
    inputs, before = base
    table = getattr(inputs, field)
    other = replace(table, frame=table.frame.with_columns(change.cast(table.frame[column].dtype).alias(column)))
    values = {name: getattr(inputs, name) for name in EvChargingInputs.model_fields} | {field: other}
    after = drawn(EvChargingInputs.build(values))
    assert moved(before, after)
    assert unnamed(before, after, field) == set()
