"""The whole chain for Seoul: what is real, what is made up, and that the parts agree with each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from madang.core.city import City
from madang.core.contract import Run, perform
from madang.core.errors import UnknownName
from madang.core.progress import silent
from madang.core.tables import Table
from madang.methods.load_allocation import least_cost
from madang.solutions import pollution_cap
from madang.solutions.pollution_cap import solution
from madang.solutions.pollution_cap.inputs import CapInputs
from madang.solutions.pollution_cap.model import CapResult, run
from madang.solutions.pollution_cap.river import ROUTED

CITIES = Path(pollution_cap.__file__).parents[2] / "cities"
DAY = date(2026, 11, 25)


@cache
def seoul(day: date = DAY, **changes: Any) -> Run:
    """Return the run for Seoul."""
    return perform(solution, City.open(CITIES / "seoul", CITIES), day, changes=changes)


def inputs() -> CapInputs:
    """Return Seoul's inputs."""
    found = seoul().inputs
    assert isinstance(found, CapInputs)
    return found


def result() -> CapResult:
    """Return Seoul's result."""
    found = seoul().result
    assert isinstance(found, CapResult)
    return found


def without(*names: str) -> CapResult:
    """Return the result of Seoul's inputs without some tables."""
    return run(inputs().model_copy(update=dict.fromkeys(names)), silent)


def test_the_river_beat_both_targets_of_2020() -> None:
    numbers = result().numbers
    assert (numbers["bod_2020_mg_per_l"].value, numbers["bod_target_2020_mg_per_l"].value) == (2.8, 4.1)
    assert (numbers["tp_2020_mg_per_l"].value, numbers["tp_target_2020_mg_per_l"].value) == (0.114, 0.236)
    assert numbers["targets_beaten_2020"].value == 2


def test_what_was_published_bears_no_caveat_and_what_is_made_up_does() -> None:
    found = seoul()
    said = [caveat.en for caveat in found.caveats(found.number("bod_2020_mg_per_l").rests_on)]
    assert all(caveat.startswith("Empty cells in “Target qualities") for caveat in said), said
    for name in ("bod_passes", "bod_discharged_kg_per_d", "least_cost_won", "account_bod_left_kg_per_d"):
        said = [caveat.en for caveat in found.caveats(found.number(name).rests_on)]
        assert any(caveat.startswith("Made up, not real: ") for caveat in said), name


def test_every_figure_on_made_up_tables_says_so_in_its_title() -> None:
    found = seoul()
    for figure in found.figures:
        said = " ".join(caveat.en for caveat in found.caveats(figure.rests_on))
        if "Made up" in said:
            shown = f"{figure.title.en} {figure.frame.columns} " + " ".join(
                str(row) for row in figure.frame.rows()[:40]
            )
            assert "made up" in shown or "made-up" in shown or figure.frame.height == 0, figure.name


def test_a_draft_never_decides_a_window() -> None:
    statuses = {one.target.status for one in result().judging.judged if one.target is not None}
    assert statuses <= {"gazetted", "made_up", "given"}


def test_the_target_of_phosphorus_in_2030_is_unknown_and_not_zero() -> None:
    number = result().numbers["tp_target_2030_draft_mg_per_l"]
    assert number.value is None
    assert number.gap is not None
    assert number.gap.en == "the gazetted targets of the second step were not found"


def test_made_up_districts_keep_no_promise() -> None:
    number = result().numbers["districts_with_target"]
    assert number.value is None
    assert number.gap is not None
    assert "made-up" in number.gap.en


def test_the_short_example_is_not_judged() -> None:
    short = [one for one in result().judging.judged if one.window.site == "example_short"]
    assert short
    assert all(answer.passes is None for one in short for answer in one.answers)


def test_loads_by_district_and_reach_add_to_the_total() -> None:
    found = result()
    total = found.numbers["bod_discharged_kg_per_d"].value
    assert total is not None
    bod = found.loads.filter(pl.col("substance") == "bod")
    for key in ("district", "reach", "source_group"):
        parts = bod.group_by(key).agg(pl.col("discharged_kg_per_d").sum())
        assert parts["discharged_kg_per_d"].sum() == pytest.approx(total, rel=1e-12)


def test_nothing_is_lost_or_made_in_the_river() -> None:
    river = result().river
    assert river is not None
    assert np.abs(river.routed.balance_kg_per_d).max() < 1e-9 * river.routed.point_kg_per_d.sum()


def test_the_causes_and_the_heads_make_up_the_whole_load_at_the_place() -> None:
    for substance in ROUTED:
        found = result().causes[substance]
        assert sum(one.share for one in found.ranked) == pytest.approx(1.0, rel=1e-9)
        assert found.unnamed_kg_per_d == pytest.approx(0.0, abs=1e-6)


def test_delivered_loads_and_what_the_heads_bring_are_the_rivers_own() -> None:
    found = result()
    river, site = found.river, found.river_site
    assert river is not None
    assert site is not None
    for substance in ROUTED:
        delivered = found.numbers[f"{substance}_delivered_kg_per_d"].value
        assert delivered is not None
        load = delivered + river.background_kg_per_d(site, substance)
        assert load / river.flow_at(site) / 86.4 == pytest.approx(river.mg_per_l(site, substance), rel=1e-9)


def test_the_plan_of_least_cost_keeps_every_target_and_costs_no_more_than_the_others() -> None:
    allocated = result().allocated
    assert allocated is not None
    plan = allocated.least
    assert plan is not None
    cap = plan.problem.held_kg_per_d
    known = ~np.isnan(cap)
    assert (plan.station_kg_per_d[known] <= cap[known] * (1 + 1e-7)).all()
    numbers = result().numbers
    least, percent, effluent = (
        numbers[f"{rule}_won"].value for rule in ("least_cost", "equal_percent", "equal_effluent")
    )
    assert least is not None
    assert percent is not None
    assert effluent is not None
    assert least <= min(percent, effluent)


def test_a_plan_already_decided_is_kept_as_it_is() -> None:
    allocated = result().allocated
    assert allocated is not None
    plan = allocated.least
    assert plan is not None
    measure = [one.name for one in plan.problem.measures].index("pipe_repair")
    unit, year = plan.problem.units.index("Jungnang"), plan.problem.years.index(2025)
    assert plan.effort_kg_per_d[measure, unit, 0, year] == pytest.approx(20.0)


def test_the_shadow_price_is_the_slope_of_the_cost() -> None:
    found = run(inputs(), silent)
    assert found.allocated is not None
    plan = found.allocated.least
    assert plan is not None
    assert plan.relief_per_kg_d is not None
    problem, step = plan.problem, 1.0
    looser = replace(problem, cap_kg_per_d=problem.cap_kg_per_d + step / (1 - problem.margin))
    saved = plan.cost - least_cost(looser).cost
    assert saved == pytest.approx(float(np.nansum(plan.relief_per_kg_d)) * step, rel=0.02)


def test_targets_no_plan_keeps_are_named_with_place_and_amount() -> None:
    assert inputs().measures is not None
    strict = inputs().model_copy(update={"margin_percent": 60.0})
    numbers = run(strict, silent).numbers
    assert numbers["least_cost_won"].value is None
    gap = numbers["least_cost_won"].gap
    assert gap is not None
    assert "no plan meets the targets" in gap.en
    assert "bod at hangang_bridge in 2021: at least " in gap.en
    unmet = numbers["targets_unmet"].value
    assert unmet is not None
    assert unmet > 0


def test_load_avoided_at_the_plants_lowers_the_river_by_what_is_delivered() -> None:
    numbers = seoul(plant_bod_avoided_kg_per_d=1000.0).result.numbers
    delivered, level = numbers["bod_avoided_delivered_kg_per_d"].value, numbers["bod_avoided_mg_per_l"].value
    assert delivered is not None
    assert level is not None
    assert 0 < delivered < 1000
    river, site = result().river, result().river_site
    assert river is not None
    assert site is not None
    assert level == pytest.approx(delivered / river.flow_at(site) / 86.4)


@pytest.mark.parametrize("name", ["reaches", "people", "measures", "samples", "account", "targets", "yearly", "plants"])
def test_without_a_table_what_rests_on_it_is_unknown_with_a_reason(name: str) -> None:
    missing = ("plants", "people") if name == "plants" else (name,)
    numbers = without(*missing).numbers
    assert set(numbers) == set(result().numbers)
    unknown = {
        key for key, number in numbers.items() if number.value is None and result().numbers[key].value is not None
    }
    assert unknown
    assert all(numbers[key].gap is not None for key in unknown)


def test_no_table_at_all_gives_no_number_but_the_rules() -> None:
    tables = [card.name for card in CapInputs.fields() if card.kind == "table"]
    found = without(*tables)
    assert found.numbers["bod_2020_mg_per_l"].value is None
    assert solution.figures(found)


def test_a_district_that_enters_no_reach_is_refused_by_name() -> None:
    people = inputs().people
    assert people is not None
    wrong = replace(people, frame=people.frame.with_columns(pl.lit("nowhere").alias("reach")))
    with pytest.raises(UnknownName, match="there is no reach called 'nowhere'"):
        run(inputs().model_copy(update={"people": wrong}), silent)


def test_land_of_a_category_nobody_knows_is_refused_by_name() -> None:
    land = inputs().land
    assert isinstance(land, Table)
    wrong = replace(land, frame=land.frame.with_columns(pl.lit("swamp").alias("category")))
    with pytest.raises(UnknownName, match="there is no land category called 'swamp'"):
        run(inputs().model_copy(update={"land": wrong}), silent)


def test_samples_after_the_day_are_not_yet_known() -> None:
    early = seoul(date(2019, 12, 31)).result
    assert isinstance(early, CapResult)
    assert {one.window.last_year for one in early.judging.judged} == {2019}
    assert all(one.deciding.passes is None for one in early.judging.judged)


def test_a_target_by_hand_holds_where_the_table_has_none() -> None:
    only = inputs().model_copy(update={"targets": None, "bod_target_mg_per_l": 2.0})
    judged = [
        one
        for one in run(only, silent).judging.judged
        if one.window.site == "example" and one.window.substance == "bod"
    ]
    assert judged[0].target is not None
    assert (judged[0].target.status, judged[0].deciding.passes) == ("given", False)
