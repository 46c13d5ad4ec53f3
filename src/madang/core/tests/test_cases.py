"""Cases: given this, expect that; a case that expects nothing is no case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from madang.core.cases import Case, check_case, read_cases
from madang.core.city import City
from madang.core.contract import Solution
from madang.core.errors import CheckError, DataError, UnitError, UnknownName

DAY = date(2025, 1, 1)


def case(**more: Any) -> Case:
    """Return a case with what a test gives."""
    return Case.model_validate({"says": {"ko": "사례", "en": "A case"}, "source": "the rule itself", **more})


def expect(value: float, unit: str = "kg", **more: Any) -> Case:
    """Return a case that expects the uptake to be a value."""
    return case(expect=[{"number": "co2", "value": value, "unit": unit, **more}])


def met(shade: Solution, oakham: City, asked: Case) -> bool:
    """Tell whether every expectation of a case is met."""
    return all(outcome.met for outcome in check_case(shade, asked, oakham, DAY))


def test_cases_are_read_from_the_folder_and_met_in_another_unit(shade: Solution, oakham: City) -> None:
    (only,) = read_cases(shade)
    assert met(shade, oakham, only)


@pytest.mark.parametrize(
    ("asked", "is_met"),
    [
        (expect(1980), True),
        (expect(1980.0000001), True),
        (expect(1981), False),
        (expect(1981, tolerance=1), True),
        (expect(2000, relative=0.01), True),
        (expect(2001, relative=0.01), False),
        (expect(0), False),
    ],
)
def test_a_number_is_met_within_its_tolerance(asked: Case, is_met: bool, shade: Solution, oakham: City) -> None:
    assert met(shade, oakham, asked) is is_met


def test_an_outcome_tells_what_was_expected_and_found(shade: Solution, oakham: City) -> None:
    (outcome,) = check_case(shade, expect(2, "t"), oakham, DAY)
    assert (outcome.name, outcome.expected, outcome.found, outcome.met) == ("co2", 2, pytest.approx(1.98), False)


def test_a_case_has_its_own_day_scenario_and_changes(shade: Solution, oakham: City) -> None:
    asked = case(
        on=date(2026, 1, 1), scenario="twice", set={"uptake": 1}, expect=[{"number": "co2", "value": 600, "unit": "kg"}]
    )
    assert met(shade, oakham, asked)


def test_a_number_that_is_not_there_suggests_the_nearest(shade: Solution, oakham: City) -> None:
    with pytest.raises(UnknownName, match="there is no number of shade called 'co3'"):
        check_case(shade, case(expect=[{"number": "co3", "value": 1, "unit": "kg"}]), oakham, DAY)


def test_a_number_is_not_compared_with_something_else(shade: Solution, oakham: City) -> None:
    with pytest.raises(UnitError, match="kg cannot be turned into tree"):
        check_case(shade, expect(1, "tree"), oakham, DAY)


def test_a_rule_is_called_with_what_is_given(shade: Solution, oakham: City) -> None:
    asked = case(rule="shade_of", given={"trees": 3, "crown": 0.1}, returns={"shade": 0.3, "trees": 3})
    assert [outcome.name for outcome in check_case(shade, asked, oakham, DAY)] == ["shade_of.shade", "shade_of.trees"]
    assert met(shade, oakham, asked)


def test_a_rule_that_returns_otherwise_is_not_met(shade: Solution, oakham: City) -> None:
    asked = case(rule="shade_of", given={"trees": 3, "crown": 0.1}, returns={"shade": 0.31, "roots": 1})
    assert [(outcome.found, outcome.met) for outcome in check_case(shade, asked, oakham, DAY)] == [
        (pytest.approx(0.3), False),
        (None, False),
    ]


def test_a_rule_may_return_a_frozen_value(shade: Solution, oakham: City) -> None:
    @dataclass(frozen=True)
    class Shade:
        tiers: tuple[int, ...]
        full: bool

    rules = {"tiers_of": lambda trees: Shade((trees, 2 * trees), full=True)}
    asked = case(rule="tiers_of", given={"trees": 2}, returns={"tiers": [2, 4], "full": True})
    assert met(replace(shade, rules=rules), oakham, asked)


def test_true_is_not_one(shade: Solution, oakham: City) -> None:
    rules = {"yes": lambda: {"answer": 1}}
    assert not met(replace(shade, rules=rules), oakham, case(rule="yes", returns={"answer": True}))


def test_a_rule_nobody_has_suggests_the_nearest(shade: Solution, oakham: City) -> None:
    with pytest.raises(UnknownName) as caught:
        check_case(shade, case(rule="shade", returns={"a": 1}), oakham, DAY)
    assert str(caught.value) == "there is no rule of shade called 'shade'\n  to do: did you mean shade_of?"


def test_a_rule_called_with_the_wrong_names_says_which(shade: Solution, oakham: City) -> None:
    with pytest.raises(CheckError) as caught:
        check_case(shade, case(rule="shade_of", given={"trees": 1}, returns={"shade": 1}), oakham, DAY)
    assert caught.value.what == (
        "the rule 'shade_of' cannot be called with what the case gives: missing a required argument: 'crown'"
    )


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "a case of a run needs expect, and neither given nor returns"),
        ({"given": {"a": 1}, "expect": [{"number": "a", "value": 1, "unit": "1"}]}, "a case of a run needs expect"),
        ({"rule": "shade_of"}, "a case of a rule needs returns, and no expect"),
        ({"expect": [{"number": "a", "value": 1}]}, "Field required"),
        ({"source": ""}, "at least 1 character"),
    ],
)
def test_a_case_that_shows_nothing_is_refused(more: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        case(**more)


def test_a_file_without_cases_is_refused(shade: Solution) -> None:
    (shade.folder / "cases.toml").write_text("case = []\n")
    with pytest.raises(DataError, match="the list is empty"):
        read_cases(shade)
