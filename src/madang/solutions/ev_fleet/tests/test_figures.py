from __future__ import annotations

import polars as pl
import pytest

from madang.core.contract import Run

CHARTS = ["electric_by_path", "electricity_by_path", "co2_saved_by_path"]


@pytest.mark.parametrize("name", CHARTS)
def test_a_band_holds_its_ends_in_order(today: Run, name: str) -> None:
    frame = today.figure(name).frame
    assert frame.filter(pl.col("low") > pl.col("high")).is_empty()


def test_what_no_register_counts_is_missing_and_not_zero(today: Run) -> None:
    frame = today.figure("promise_and_register").frame
    assert frame.filter(pl.col("class_en") == "Motorcycles")["registered"].to_list() == [None]


def test_flows_of_a_year_balance(today: Run) -> None:
    frame = today.figure("flows").frame
    change = frame["stock"].diff().drop_nulls()
    flows = (frame["purchases"] - frame["scrapped"] - frame["retired_early"])[1:]
    assert (change - flows).abs().max() < 1e-5  # type: ignore[operator]


def test_every_class_balances_in_every_year(today: Run) -> None:
    frame = today.figure("classes_by_year").frame.sort("class", "year")
    change = frame.with_columns((pl.col("stock") - pl.col("stock").shift(1).over("class")).alias("change")).drop_nulls()
    gap = change["change"] - change["purchases"] + change["scrapped"] + change["retired_early"]
    assert gap.abs().max() < 1e-6  # type: ignore[operator]


def test_the_load_of_a_day_is_the_same_energy_in_every_profile(today: Run) -> None:
    sums = today.figure("daily_load").frame.group_by("profile").agg(pl.col("power").sum())["power"]
    assert sums.max() == pytest.approx(sums.min())


def test_the_register_is_one_vehicle_short_in_2010_and_whole_elsewhere(today: Run) -> None:
    frame = today.figure("register_checks").frame
    assert frame["fuels_short"].to_list() == [1] + [0] * 12
    assert frame["classes_short"].to_list() == [None] + [0] * 12


def test_the_backtest_shows_projection_register_and_error(today: Run) -> None:
    frame = today.figure("backtest").frame
    assert frame.height == 8
    error = 100 * (frame["projected"] / frame["registered"] - 1)
    assert (error - frame["error"]).abs().max() < 1e-9  # type: ignore[operator]


def test_on_an_early_day_the_history_ends_there(on_statement: Run) -> None:
    days = on_statement.figure("electric_registered").frame["day"]
    assert str(days.max()) == "2021-07-31"


def test_the_three_kinds_of_co2_stand_in_columns_of_their_own(today: Run) -> None:
    names = today.figure("co2_kinds").frame.columns
    assert names[1:4] == ["tailpipe", "upstream", "grid"]
