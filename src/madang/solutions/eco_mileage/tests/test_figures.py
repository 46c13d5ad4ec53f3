"""Figures: what they show, that their titles follow the data, and that nothing is hidden."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from madang.core.city import City
from madang.core.contract import Run, perform
from madang.core.figures import ChartFigure, TableFigure
from madang.solutions.eco_mileage import solution

NAMES = {
    "cumulative", "candidates", "by_utility", "by_member_type", "member_and_utility",
    "heat", "statements", "equivalences", "identity_breaks",
}  # fmt: skip


def test_the_figures_are_these(on_statement: Run) -> None:
    assert {figure.name for figure in on_statement.figures} == NAMES


def test_the_running_total_ends_at_the_day_and_shows_the_stated_value(on_statement: Run) -> None:
    figure = on_statement.figure("cumulative")
    assert isinstance(figure, ChartFigure)
    assert figure.frame["month"].max() == date(2021, 8, 31)
    assert [rule.value for rule in figure.rules] == [2_387_000]
    assert figure.title.en == "By 31 August 2021 the net sum is 2.36 Mt of CO2, 1.94 Mt without heat"


def test_the_candidates_are_four_months_against_the_stated_value(on_statement: Run) -> None:
    figure = on_statement.figure("candidates")
    assert isinstance(figure, TableFigure)
    assert figure.frame["month"].to_list() == [
        date(2021, 5, 31), date(2021, 7, 31), date(2021, 8, 31), date(2021, 11, 30),
    ]  # fmt: skip
    assert figure.frame["off_percent"].to_list() == pytest.approx([4.97, 1.70, -0.96, 0.01], abs=0.01)


def test_the_candidates_stay_those_of_the_statement_on_a_later_day(on_statement: Run, at_the_end: Run) -> None:
    assert on_statement.figure("candidates").frame.equals(at_the_end.figure("candidates").frame)


def test_heat_has_its_own_name_in_the_chart_of_utilities(on_statement: Run) -> None:
    figure = on_statement.figure("by_utility")
    assert isinstance(figure, ChartFigure)
    assert figure.series_titles["heat"].en == "heat (not reliable)"
    assert set(figure.frame["utility"]) == {"electricity", "gas", "water", "heat"}


def test_member_types_are_shown_for_whole_years(on_statement: Run) -> None:
    figure = on_statement.figure("by_member_type")
    assert figure.frame["year"].max() == 2020
    assert figure.title.en == "By 31 December 2020 most was saved by company members: 1.11 Mt"


def test_net_and_gross_stand_side_by_side_for_each_member_type_and_utility(on_statement: Run) -> None:
    frame = on_statement.figure("member_and_utility").frame
    assert frame.height == 7 * 4
    known = frame.drop_nulls()
    assert (known["gross_t"] >= known["net_t"] - 1e-6).all()


def test_statements_of_other_years_are_not_hidden(at_the_end: Run) -> None:
    frame = at_the_end.figure("statements").frame
    assert frame["stated_on"].to_list() == [date(2015, 12, 31), date(2021, 8, 31), date(2022, 11, 15)]
    assert (frame["off_percent"].abs() < 2).to_list() == [False, True, False]


def test_only_statements_made_by_the_day_are_shown(on_statement: Run) -> None:
    assert on_statement.figure("statements").frame.height == 2


def test_only_the_tonnage_before_rounding_gives_the_published_pines(on_statement: Run) -> None:
    pines = on_statement.figure("equivalences").frame["pines"].to_list()
    assert [round(value, -4) == 361_630_000 for value in pines] == [False, True, False, False]


def test_every_break_of_the_table_is_listed(on_statement: Run) -> None:
    frame = on_statement.figure("identity_breaks").frame
    assert frame["identity_rows"].sum() == on_statement.number("identity_breaks").value
    assert frame["factor_rows"].sum() == on_statement.number("factor_breaks").value
    assert frame["empty_rows"].sum() == 89


def test_heat_is_shown_with_the_range_of_factors_its_cells_imply(on_statement: Run) -> None:
    frame = on_statement.figure("heat").frame
    assert frame["net_t"].sum() == pytest.approx(427_162, abs=1)
    assert frame.filter(pl.col("year") == 2018)["implied_factor_low"].item() == pytest.approx(-753.663)


def test_the_stated_value_is_left_out_where_nothing_was_stated(seoul: City) -> None:
    run = perform(solution, seoul, date(2012, 3, 5))
    figure = run.figure("cumulative")
    assert isinstance(figure, ChartFigure)
    assert figure.rules == ()
    assert run.figure("candidates").frame["off_percent"].null_count() == run.figure("candidates").frame.height
