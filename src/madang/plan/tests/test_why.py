from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from madang import register
from madang.core.city import City
from madang.core.contract import perform
from madang.core.errors import UnknownName
from madang.core.sources import sha256_of
from madang.plan.why import explain, use_json


def test_why_walks_a_number_back_to_the_fact_its_day_and_its_source(city: City) -> None:
    run = perform(register.load("lamps"), city, date(2024, 1, 1))
    road = explain(run, "lamps").as_json()
    (step,) = road["inputs"]
    (fact,) = step["facts"]
    assert (road["value"], step["input"], fact["value"], fact["since"]) == (150, "lamps", 150, "2023-12-31")
    assert fact["source"]["title"] == "Register of lamps"


def test_why_can_be_written_as_json(city: City) -> None:
    run = perform(register.load("lamps"), city, date(2024, 1, 1))
    assert json.loads(json.dumps(explain(run, "lamps").as_json()))["number"] == "lamps.lamps"


def test_an_input_changed_by_hand_rests_on_that_change_alone(city: City) -> None:
    run = perform(register.load("lamps"), city, date(2024, 1, 1), changes={"lamps": "7"})
    (step,) = explain(run, "lamps").steps
    assert (step.value, step.changed, step.uses) == (7, True, ())


def test_an_unknown_number_gives_its_reason(city: City) -> None:
    run = perform(register.load("lamps"), city, date(2024, 1, 1))
    assert explain(run, "dark").as_json()["gap"]["en"] == "nobody has counted them"


def test_a_wrong_name_suggests_the_right_one(city: City) -> None:
    run = perform(register.load("lamps"), city, date(2024, 1, 1))
    with pytest.raises(UnknownName, match=r"did you mean lamps\?"):
        explain(run, "lamp")


def test_a_table_on_the_road_is_told_by_its_rows_and_hash_and_a_series_by_its_years(tea: Path) -> None:
    run = perform(register.load("tea_stalls"), City.open(tea), date(2026, 11, 1))
    stalls, cups, price = explain(run, "income").as_json()["inputs"]
    hashed = sha256_of(tea / "tea_stalls" / "stalls.csv")
    assert stalls["value"] == {"table": "stalls", "rows": 2, "sha256": hashed}
    assert (cups["value"], price["value"]) == (41.5, {"2020": 1500, "2022": 1800})
    assert [(fact["kind"], fact["file"], fact["sha256"]) for fact in stalls["facts"]] == [
        ("table", "stalls.csv", hashed)
    ]


def test_the_road_of_a_table_that_nobody_gives_has_no_value(tea: Path) -> None:
    run = perform(register.load("tea_stalls"), City.open(tea), date(2026, 11, 1))
    without = replace(run, inputs=run.inputs.model_copy(update={"stalls": None}))
    assert explain(without, "stalls").as_json()["inputs"][0]["value"] is None


def test_a_list_on_the_road_is_a_list_in_json(tea: Path) -> None:
    run = perform(register.load("tea_stalls"), City.open(tea), date(2026, 11, 1))
    listed = replace(run, inputs=run.inputs.model_copy(update={"cups_per_day": (40, 41)}))
    assert explain(listed, "cups").as_json()["inputs"][1]["value"] == [40, 41]
    assert use_json(replace(run.uses["cups_per_day"], value=(40, 41)))["value"] == [40, 41]


def test_the_road_of_a_series_changed_in_one_year_keeps_its_facts_and_says_so(tea: Path) -> None:
    run = perform(register.load("tea_stalls"), City.open(tea), date(2026, 11, 1), changes={"price.2022": "2000"})
    price = explain(run, "income").as_json()["inputs"][2]
    assert (price["changed"], price["value"]) == (True, {"2020": 1500, "2022": 2000})
    assert [(fact["name"], fact["since"]) for fact in price["facts"]] == [("price", "2022-01-01")]


def test_the_road_carries_range_formula_day_and_caveats(tea: Path) -> None:
    road = explain(perform(register.load("tea_stalls"), City.open(tea), date(2026, 11, 1)), "cups").as_json()
    assert (road["low"], road["value"], road["high"]) == (350716.5, 389685.0, pytest.approx(428653.5))
    assert (road["city"], road["asked_on"], road["day"], road["scenario"]) == ("teatown", "2026-11-01", None, None)
    assert road["formula"]["en"] == "stalls x cups a day x days open"
    assert [caveat["en"] for caveat in road["caveats"]] == [
        "Empty cells in “Stalls by market”: visitors: 1 of 2 cells empty",
        "Assumption: Cups a stall sells in a day",
    ]
