from __future__ import annotations

import json
from datetime import date

import pytest

from madang import register
from madang.core.city import City
from madang.core.contract import perform
from madang.core.errors import UnknownName
from madang.plan.why import explain


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
