"""The city's short tables against the registers they were taken from."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from madang.solutions.ev_fleet.inputs import FleetInputs

pytestmark = pytest.mark.shared


def test_july_and_december_add_to_the_monthly_register(inputs: FleetInputs, shared: Path) -> None:
    raw = pl.read_csv(shared / "data/ev/seoul_vehicles_fuel_class_use_monthly_2019-2022.csv")
    ours = inputs.registers.frame.group_by("day").agg(pl.col("vehicles").sum())
    printed = raw.filter(pl.col("fuel") == "계")
    for day, count in ours.filter(pl.col("day").dt.year() < 2023).iter_rows():
        same = printed.filter((pl.col("year") == day.year) & (pl.col("month") == day.month))["total"]
        assert same.to_list() == [count]


def test_electric_vehicles_by_class_and_use_are_those_of_the_register(inputs: FleetInputs, shared: Path) -> None:
    raw = pl.read_csv(shared / "data/ev/seoul_vehicles_fuel_class_use_monthly_2019-2022.csv")
    electric = inputs.registers.frame.filter(pl.col("fuel") == "electric", pl.col("day").dt.year() < 2023)
    for row in electric.iter_rows(named=True):
        printed = raw.filter(
            pl.col("fuel") == "전기", pl.col("year") == row["day"].year, pl.col("month") == row["day"].month
        )
        assert printed[f"{row['vehicle_class']}_{row['use']}"].to_list() == [row["vehicles"]]


def test_april_2026_is_the_sum_of_all_dongs(inputs: FleetInputs, shared: Path) -> None:
    raw = pl.read_parquet(shared / "data/ev/seoul_vehicles_by_dong_fuel_use_2026-04.parquet")
    ours = inputs.registers.frame.filter(pl.col("day").dt.year() == 2026)
    for kind in ("car", "van", "truck", "special"):
        for use, parts in (("commercial", ["commercial"]), ("noncommercial", ["official", "private"])):
            held = ours.filter(pl.col("vehicle_class") == kind, pl.col("use") == use)["vehicles"].sum()
            assert held == sum(raw[f"{part}_{kind}"].sum() for part in parts)


def test_the_yearly_electric_series_is_the_registers(inputs: FleetInputs, shared: Path) -> None:
    raw = pl.read_csv(shared / "data/ev/seoul_vehicles_by_fuel_yearly_2010-2022.csv").filter(pl.col("fuel") == "전기")
    ours = inputs.fuels_yearly.frame.filter(pl.col("fuel") == "electric").sort("day")
    assert ours["vehicles"].to_list() == raw.sort("year_end")["vehicles"].to_list()
    for day, count in ours.select("day", "vehicles").iter_rows():
        assert inputs.electric_registered[day.isoformat()] == count


def test_the_measured_hours_are_those_of_the_data_set(inputs: FleetInputs, shared: Path) -> None:
    raw = pl.read_parquet(shared / "data/ev/charged_sao_paulo_hourly.parquet")
    hours = raw.group_by(pl.col("time").str.slice(11, 2).cast(pl.Int64).alias("hour")).agg(pl.col("kwh").sum())
    shares = (hours.sort("hour")["kwh"] / hours["kwh"].sum()).to_list()
    assert inputs.charging_hours == pytest.approx(shares, abs=5e-5)
