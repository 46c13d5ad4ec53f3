"""The second settlement: the same rows from DuckDB and from Spark, by district or as a whole; a difference is told."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.core.errors import CheckError
from madang.core.progress import silent
from madang.solutions.eco_mileage.readings.csv_file import read_blocks
from madang.solutions.eco_mileage.readings.store import bring
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.solutions.eco_mileage.settlement import second
from madang.solutions.eco_mileage.settlement.kernel import Outcome
from madang.solutions.eco_mileage.settlement.review import Limits
from madang.solutions.eco_mileage.settlement.second import compare, settle_again, settlement_expression, tables
from madang.solutions.eco_mileage.settlement.settle import Settlement
from madang.solutions.eco_mileage.settlement.synthetic import make_city
from madang.solutions.eco_mileage.settlement.terms import Round
from madang.solutions.eco_mileage.settlement.tests.conftest import ROUND, Town, lay_out
from madang.solutions.eco_mileage.work_folder import Laid, WorkFolder


def again(folder: WorkFolder, laid: Laid, settlement: Settlement) -> pa.Table:
    people = laid.people
    return settle_again(
        settlement, rule_book(), folder.store.files(), people.members, people.meters, laid.reviewed.held
    )


def sorted_rows(table: pa.Table) -> list[dict[str, Any]]:
    return table.select(list(second.COLUMNS)).sort_by("member_id").to_pylist()


def test_both_settlements_agree_on_every_member(town: Town) -> None:
    found = again(town.folder, town.laid, town.settlement)
    assert compare(town.settlement, found) == town.settlement.cast.members.height == 600


@pytest.mark.parametrize("at_a_time", [1, 7, 250])
def test_settled_part_by_part_the_members_are_decided_as_together_and_addresses_stay_whole(
    town: Town, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    """Invariant I8."""
    few = replace(town.laid.people, members=town.laid.people.members.head(60 if at_a_time == 1 else 600))
    whole = again(town.folder, replace(town.laid, people=few), town.settlement)
    monkeypatch.setattr(second, "PART_MEMBERS", at_a_time)
    parts = second._parts(few.members)
    assert len(parts) > 1
    homes = [set(part["address_id"].drop_nulls()) for part in parts]
    assert sum(map(len, homes)) == len(set.union(*homes))
    assert sorted_rows(again(town.folder, replace(town.laid, people=few), town.settlement)) == sorted_rows(whole)


ROUNDS = [
    Round(kind="half_year", first_month=2010 * 12, windows="common"),
    Round(kind="half_year", first_month=2014 * 12 + 6),
    Round(kind="half_year", first_month=2018 * 12, as_of=date(2010, 6, 1)),
    Round(kind="season", first_month=2020 * 12 + 11),
    Round(kind="season", first_month=2023 * 12 + 11, as_of=date(2020, 12, 1)),
    Round(kind="half_year", first_month=2026 * 12, windows="common"),
    Round(kind="half_year", first_month=2008 * 12, windows="common"),
    Round(kind="season", first_month=2024 * 12 + 11),
]


@pytest.mark.parametrize("asked", ROUNDS, ids=lambda one: f"{one.kind}-{one.first_month // 12}-{one.as_of}")
def test_both_agree_under_every_rule_there_was(tmp_path: Path, asked: Round) -> None:
    first = date(asked.first_month // 12, asked.first_month % 12 + 1, 1)
    folder = lay_out(tmp_path / "city", make_city(150, asked.first_month, first))
    laid, settlement = folder.settle(asked, rule_book(), Limits(), silent)
    assert compare(settlement, again(folder, laid, settlement)) == settlement.cast.members.height


def test_both_agree_on_corrections_swapped_meters_and_units(town: Town, tmp_path: Path) -> None:
    folder = WorkFolder(Path(shutil.copytree(town.folder.folder, tmp_path / "copy")))
    rows = [
        "electricity,10000000,2023-08,123,kWh,,yes",
        "electricity,10000000,2023-09,1,m3,,yes",
        "electricity,10000010,2023-09,-5,kWh,,yes",
        "electricity,10000020,2023-09,44,kWh,,yes",
        "electricity,10000020,2023-09,45,kWh,,yes",
        "electricity,99999999,2023-09,45,kWh,,",
    ]
    path = tmp_path / "more.csv"
    path.write_text("\n".join(["utility,meter_id,month,quantity,unit,quality,corrects", *rows]) + "\n")
    bring(folder.store, path, "csv", read_blocks, date(2026, 11, 25), silent)
    laid, settlement = folder.settle(ROUND, rule_book(), Limits(), silent)
    assert laid.nobodys == 1
    assert compare(settlement, again(folder, laid, settlement)) == 600


def test_a_difference_is_told_with_the_first_member_and_nothing_else_counts(town: Town) -> None:
    found = again(town.folder, town.laid, town.settlement)
    outcome = Outcome(*(values.copy() for values in vars(town.settlement.outcome).values()))
    spot = int(np.flatnonzero(outcome.points > 0)[0])
    outcome.points[spot] += 1
    member = int(town.settlement.cast.member_id[spot])
    with pytest.raises(CheckError, match=rf"the two settlements differ on 1 member\n.*first \{{'member_id': {member},"):
        compare(replace(town.settlement, outcome=outcome), found)


def test_a_member_whom_one_of_the_two_forgot_is_told(town: Town) -> None:
    found = again(town.folder, town.laid, town.settlement)
    with pytest.raises(CheckError, match="the two settlements differ on 1 member"):
        compare(town.settlement, found.slice(0, 599))


def frames(town: Town) -> dict[str, pl.DataFrame]:
    """Return the four tables of the expression."""
    people = town.laid.people
    return {
        "readings": pl.read_parquet(town.folder.store.files()).select(*second.READINGS),
        "meters": people.meters.select(*second.METERS),
        "members": people.members.select(*second.MEMBERS),
        "held": town.laid.reviewed.held.select(*second.HELD),
    }


def test_by_district_the_parts_add_up_to_the_whole(town: Town, tmp_path: Path) -> None:
    """An address is in one district, and nothing is added across districts: so each can be settled by itself."""
    parts, found = second.write_by_district(frames(town), tmp_path / "districts"), []
    for folder in parts:
        table = second.settle_district(folder, town.settlement, rule_book())
        found += sorted_rows(table)
    assert len(parts) > 20
    whole = sorted_rows(again(town.folder, town.laid, town.settlement))
    assert sorted(found, key=lambda row: row["member_id"]) == whole


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """Return a local Spark session; in CI its absence is a failure, elsewhere a skip with the reason."""
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME") and not os.environ.get("CI"):
        pytest.skip("Spark needs java, and it is not here")
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]")
        .appName("madang")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.memory", "512m")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.slow
def test_spark_runs_the_same_expression_to_the_same_rows(town: Town, spark: Any, tmp_path: Path) -> None:
    for name, frame in frames(town).items():
        pq.write_table(frame.to_arrow(), tmp_path / f"{name}.parquet")
        spark.read.parquet(str(tmp_path / f"{name}.parquet")).createOrReplaceTempView(name)
    settlement = town.settlement
    expression = settlement_expression(tables(), settlement.asked, settlement.cohorts, rule_book())
    rows = [row.asDict() for row in spark.sql(ibis.to_sql(expression, dialect="pyspark")).collect()]
    found = pa.Table.from_pylist(rows)
    assert compare(settlement, found) == 600
    assert sorted_rows(found) == sorted_rows(again(town.folder, town.laid, settlement))
