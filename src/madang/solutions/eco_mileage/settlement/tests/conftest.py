"""A made-up city of some hundred members, taken in as files, for every test of the settlement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from madang.core.progress import silent
from madang.solutions.eco_mileage.readings.csv_file import read_blocks
from madang.solutions.eco_mileage.readings.people import write_table
from madang.solutions.eco_mileage.readings.rows import UTILITIES, month_number
from madang.solutions.eco_mileage.readings.store import bring
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.solutions.eco_mileage.settlement.cube import MISSING
from madang.solutions.eco_mileage.settlement.review import Limits
from madang.solutions.eco_mileage.settlement.settle import Settlement
from madang.solutions.eco_mileage.settlement.synthetic import City, make_city, readings_frames
from madang.solutions.eco_mileage.settlement.terms import Round
from madang.solutions.eco_mileage.work_folder import Laid, WorkFolder

FIRST = date(2023, 7, 1)
TODAY = date(2026, 11, 25)
ROUND = Round(kind="half_year", first_month=month_number(FIRST))


@dataclass(frozen=True)
class Town:
    """A folder with a made-up city in it, and one settlement of it."""

    folder: WorkFolder
    city: City
    laid: Laid
    settlement: Settlement


def lay_out(folder: Path, city: City, *, faults: bool = True) -> WorkFolder:
    """Write a city's files into a folder and take its readings in."""
    folder.mkdir(parents=True, exist_ok=True)
    work = WorkFolder(folder)
    write_table(city.members, folder / "members.parquet", synthetic=True)
    write_table(city.meters, folder / "meters.parquet", synthetic=True)
    write_table(city.truth, folder / "truth.parquet", synthetic=True)
    city.weather.write_csv(work.weather)
    for utility, name in enumerate(UTILITIES):
        if (city.quantities[utility] != MISSING).any():
            path = folder / f"{name}.csv"
            pl.concat(readings_frames(city, utility, faults=faults, seed=3)).write_csv(path)
            bring(work.store, path, "csv", read_blocks, TODAY, silent)
    return work


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Return a made-up town of 600 members with faults in its readings; no test changes it."""
    city = make_city(600, 5, FIRST)
    work = lay_out(tmp_path_factory.mktemp("town"), city)
    laid, settlement = work.settle(ROUND, rule_book(), Limits(), silent)
    return Town(work, city, laid, settlement)
