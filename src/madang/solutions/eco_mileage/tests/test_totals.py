"""Totals on a day: which months count, what they add to, and how the ways of counting differ."""

from __future__ import annotations

from datetime import date

import pytest

from madang.core.city import City
from madang.core.contract import Run, perform
from madang.core.errors import BoundsError, DataError
from madang.core.progress import silent
from madang.solutions.eco_mileage import solution
from madang.solutions.eco_mileage.inputs import EcoInputs
from madang.solutions.eco_mileage.sums import counted_months, day_of, full_years

STATEMENT = date(2021, 9, 7)


def value(run: Run, name: str) -> float:
    found = run.number(name).value
    assert found is not None
    return found


def inputs(run: Run) -> EcoInputs:
    assert isinstance(run.inputs, EcoInputs)
    return run.inputs


def test_the_stated_tonnage_is_met_within_two_per_cent_on_its_day(on_statement: Run) -> None:
    assert value(on_statement, "co2_saved_t") == pytest.approx(2_387_000, rel=0.02)
    assert on_statement.number("co2_saved_t").day == date(2021, 8, 31)
    assert -1.0 < value(on_statement, "co2_off_stated_percent") < 0.0


@pytest.mark.parametrize(
    ("name", "tonnes", "day"),
    [
        ("co2_saved_month_before_t", 2_427_503, date(2021, 7, 31)),
        ("co2_saved_at_statement_t", 2_364_141, date(2021, 8, 31)),
        ("co2_saved_nearest_t", 2_387_353, date(2021, 11, 30)),
        ("co2_saved_registered_t", 2_505_720, date(2021, 5, 31)),
    ],
)
def test_each_candidate_names_its_month(on_statement: Run, name: str, tonnes: float, day: date) -> None:
    assert value(on_statement, name) == pytest.approx(tonnes, abs=1)
    assert on_statement.number(name).day == day


def test_a_month_counts_once_it_has_ended(on_statement: Run) -> None:
    given = inputs(on_statement)
    assert counted_months(given, date(2021, 8, 30), "used")[-1] == date(2021, 7, 1)
    assert counted_months(given, date(2021, 8, 31), "used")[-1] == date(2021, 8, 1)


def test_a_month_counts_as_registered_from_the_day_on_which_it_was_written(on_statement: Run) -> None:
    given = inputs(on_statement)
    assert counted_months(given, date(2021, 7, 31), "registered")[-1] == date(2021, 4, 1)
    assert counted_months(given, date(2021, 8, 1), "registered")[-1] == date(2021, 5, 1)


def test_a_month_written_late_is_left_out_until_then(on_statement: Run) -> None:
    held = counted_months(inputs(on_statement), date(2020, 5, 10), "registered")
    assert date(2020, 2, 1) in held
    assert date(2020, 1, 1) not in held


def test_without_a_day_the_whole_table_counts(on_statement: Run) -> None:
    whole = inputs(on_statement).with_set({"on": ""})
    assert day_of(whole) == date(2023, 5, 1)
    assert value_of_run(whole, "co2_saved_t") == pytest.approx(2_230_313, abs=1)


def value_of_run(given: EcoInputs, name: str) -> float:
    found = solution.run(given, silent).numbers[name].value
    assert found is not None
    return found


def test_before_the_first_month_there_is_no_sum(seoul: City) -> None:
    with pytest.raises(DataError) as caught:
        perform(solution, seoul, date(2009, 9, 29))
    assert (
        str(caught.value).splitlines()[0] == "no month of the table counts on 2009-09-29 (used): its first is 2009-09"
    )


def test_before_its_registers_began_only_the_months_used_are_known(seoul: City) -> None:
    run = perform(solution, seoul, date(2013, 1, 15))
    assert run.number("co2_saved_registered_t").value is None
    assert run.number("co2_saved_registered_t").gap is not None
    assert run.number("co2_saved_t").day == date(2012, 12, 31)


def test_net_with_heat_is_net_without_heat_plus_heat(on_statement: Run) -> None:
    parts = value(on_statement, "co2_saved_without_heat_t") + value(on_statement, "co2_saved_heat_t")
    assert value(on_statement, "co2_saved_t") == pytest.approx(parts, abs=1e-6)


def test_heat_left_out_is_still_shown_in_its_own_line(seoul: City, on_statement: Run) -> None:
    run = perform(solution, seoul, STATEMENT, scenario="without_heat")
    assert value(run, "co2_saved_heat_t") == value(on_statement, "co2_saved_heat_t")
    assert value(run, "co2_saved_t") == value(run, "co2_saved_without_heat_t")
    assert value(run, "co2_saved_published_t") == value(on_statement, "co2_saved_published_t")


def test_gross_is_far_above_net(on_statement: Run) -> None:
    assert value(on_statement, "co2_saved_gross_t") == pytest.approx(4_740_924, abs=1)


def test_without_heat_the_stated_value_is_missed(on_statement: Run) -> None:
    assert value(on_statement, "co2_saved_without_heat_t") < 0.85 * 2_387_000


def test_our_pricing_differs_from_the_citys_column_by_a_few_hundred_tonnes(on_statement: Run) -> None:
    gap = value(on_statement, "co2_saved_t") - value(on_statement, "co2_saved_published_t")
    assert value(on_statement, "co2_difference_t") == pytest.approx(gap)
    assert abs(gap) < 0.0002 * value(on_statement, "co2_saved_published_t")


@pytest.mark.parametrize(
    ("scenario", "tonnes"),
    [
        ("city_column", 2_364_483),
        ("gas_2240", 2_363_686),
        ("gas_2780", 2_548_601),
        ("recomputed", 2_353_797),
        ("without_heat", 1_936_979),
        ("as_registered", 2_505_720),
    ],
)
def test_each_scenario_counts_in_its_own_way(seoul: City, scenario: str, tonnes: float) -> None:
    run = perform(solution, seoul, STATEMENT, scenario=scenario)
    assert value(run, "co2_saved_t") == pytest.approx(tonnes, abs=1)


def test_the_recomputed_change_is_a_number_whichever_way_is_chosen(seoul: City, on_statement: Run) -> None:
    other = perform(solution, seoul, STATEMENT, scenario="recomputed")
    assert value(other, "co2_saved_t") == value(on_statement, "co2_saved_recomputed_t")


def test_the_statement_stays_compared_on_a_later_day(on_statement: Run, at_the_end: Run) -> None:
    for name in ("co2_off_stated_percent", "pines_at_statement", "kg_per_pine_implied", "members_share_percent"):
        assert value(at_the_end, name) == value(on_statement, name)
    assert value(at_the_end, "co2_saved_t") != value(on_statement, "co2_saved_t")


def test_the_end_of_the_table_is_said(on_statement: Run, at_the_end: Run) -> None:
    said = "The table ends on 28 February 2023; what was saved after that is not known."
    assert said in [gap.en for gap in at_the_end.result.gaps]
    assert said not in [gap.en for gap in on_statement.result.gaps]


def test_member_types_are_told_apart_over_full_years_only(on_statement: Run) -> None:
    given = inputs(on_statement)
    assert full_years(given, counted_months(given, STATEMENT, "used"))[-1] == 2020
    assert on_statement.number("co2_saved_personal_t").day == date(2020, 12, 31)


def test_members_and_years_add_to_the_whole_table(at_the_end: Run) -> None:
    from_members = at_the_end.result.by_member["net_t"].fill_nan(None).sum()  # type: ignore[attr-defined]
    assert from_members == pytest.approx(value(at_the_end, "co2_saved_t"), abs=0.01)


def test_utilities_add_to_the_total(on_statement: Run) -> None:
    parts = on_statement.result.by_utility  # type: ignore[attr-defined]
    assert parts["net_t"].sum() == pytest.approx(value(on_statement, "co2_saved_t"), abs=0.01)
    assert parts["gross_t"].sum() == pytest.approx(value(on_statement, "co2_saved_gross_t"), abs=0.01)


def test_the_last_running_total_is_the_total(on_statement: Run) -> None:
    last = on_statement.result.running.row(-1, named=True)  # type: ignore[attr-defined]
    assert last["month"] == date(2021, 8, 31)
    assert last["with_heat_t"] == pytest.approx(value(on_statement, "co2_saved_t"), abs=0.01)
    assert last["without_heat_t"] == pytest.approx(value(on_statement, "co2_saved_without_heat_t"), abs=0.01)


def test_a_factor_that_begins_too_late_is_an_error(on_statement: Run) -> None:
    late = inputs(on_statement).model_copy(update={"gas_g_per_m3": {2012: 2240.0}})
    with pytest.raises(BoundsError, match="no factor holds in 2009: the first holds from 2012"):
        solution.run(late, silent)
