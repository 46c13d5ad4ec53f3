from __future__ import annotations

from datetime import date

import pytest

from madang.core.city import City
from madang.core.contract import Run, perform
from madang.core.errors import BoundsError, UnknownName
from madang.solutions.ev_fleet import solution
from madang.solutions.ev_fleet.model import FleetResult
from madang.solutions.ev_fleet.numbers import sayings

TODAY = date(2026, 11, 22)


def test_every_number_that_is_said_is_made_and_none_besides(today: Run) -> None:
    assert set(today.result.numbers) == set(sayings())


def test_the_register_decides_the_promise(today: Run) -> None:
    assert today.number("electric_registered_total").value == 111_817
    assert today.number("electric_registered_total").day == date(2026, 4, 30)
    assert today.number("electric_promised_total").value == 269_500


def test_on_the_day_of_the_statement_nothing_later_is_known(on_statement: Run) -> None:
    assert on_statement.number("electric_registered_total").value == 29_325
    assert on_statement.number("electric_registered_cars").day == date(2021, 7, 31)
    late = on_statement.number("backtest_2021_error_2026_percent")
    assert late.value is None
    assert late.gap is not None
    assert late.gap.en == "The register of that day isn't known on the day of the run."


def test_a_reported_total_is_not_taken_for_a_register(seoul: City) -> None:
    run = perform(solution, seoul, date(2023, 6, 1), changes={"draws": 250})
    assert run.number("electric_registered_total").day == date(2022, 7, 31)


@pytest.mark.parametrize("scenario", ["promised", "mandates_only", "as_registered", "reference"])
def test_a_scenario_chooses_the_path_of_the_numbers(seoul: City, today: Run, scenario: str) -> None:
    run = perform(solution, seoul, TODAY, scenario=scenario, changes={"draws": 250})
    assert run.number("electric_stock").value == today.number(f"electric_{scenario}").value


def test_all_four_paths_stand_side_by_side_whatever_the_scenario(today: Run) -> None:
    frame = today.figure("electric_by_path").frame
    assert frame["path"].n_unique() == 4
    assert frame.filter(frame["path"] == "promised")["year"].to_list() == list(range(2021, 2031))


def test_numbers_that_rest_on_an_assumption_say_so(today: Run) -> None:
    said = [text.en for text in today.caveats(today.number("electric_stock").rests_on)]
    assert "Assumption: School buses" in said
    assert "Assumption: Share of taxis in electric commercial cars" in said


def test_the_parts_of_the_promise_rest_on_no_assumption(today: Run) -> None:
    assert today.caveats(today.number("electric_promised_total").rests_on) == ()
    assert today.caveats(today.number("electric_registered_total").rests_on) == ()


def test_a_setting_out_of_bounds_says_the_bounds(seoul: City) -> None:
    with pytest.raises(BoundsError, match=r"draws = 0 is outside its bounds"):
        perform(solution, seoul, TODAY, changes={"draws": 0})


def test_a_wrong_name_suggests_the_right_one(seoul: City) -> None:
    with pytest.raises(UnknownName, match="did you mean parcel_truck"):
        perform(solution, seoul, TODAY, changes={"fleet.parcel_trucks": 1})


def test_the_convention_can_be_switched(seoul: City, today: Run) -> None:
    other = perform(solution, seoul, TODAY, changes={"draws": 250, "bought_at": "start"})
    assert other.number("purchases").value != today.number("purchases").value
    assert other.number("electric_registered_total").value == today.number("electric_registered_total").value


def test_the_balance_is_told(today: Run) -> None:
    assert today.result.diagnostics["largest_gap_in_a_balance_vehicles"] < 1e-6


def test_the_result_keeps_paths_impacts_and_bands(today: Run) -> None:
    result = today.result
    assert isinstance(result, FleetResult)
    assert set(result.paths.flows) == set(result.impacts) == set(result.bands)


def test_tailpipe_is_of_the_size_of_the_citys_inventory(seoul: City) -> None:
    run = perform(solution, seoul, TODAY, scenario="reference", changes={"draws": 250})
    value = run.number("co2_tailpipe_in_year_t").value
    assert value == pytest.approx(0.189 * 45.218e6, rel=0.15)
