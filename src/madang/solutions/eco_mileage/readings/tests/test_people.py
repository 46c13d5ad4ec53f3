"""Members and meters: strict tables, and who reads which meter in which month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from madang.core.errors import TableError
from madang.solutions.eco_mileage.readings.people import MeterIndex, hash_of, read_people, write_table
from madang.solutions.eco_mileage.readings.rows import month_number

MEMBER = {
    "member_id": 1,
    "district": "D01",
    "address_id": 7,
    "joined_on": date(2020, 5, 3),
    "representative": "yes",
    "opted_in": None,
    "moved_on": None,
    "awards_in_a_row": 0,
    "points_this_year": 0,
}
METER = {
    "utility": "electricity",
    "meter_id": 100,
    "member_id": 1,
    "from_month": date(2020, 1, 1),
    "until_month": None,
}
TYPES = {"opted_in": pl.String, "moved_on": pl.Date, "until_month": pl.Date}


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema_overrides={k: v for k, v in TYPES.items() if k in rows[0]})


def tables(
    tmp_path: Path, members: list[dict[str, object]], meters: list[dict[str, object]], *, synthetic: bool = False
):
    write_table(frame(*members), tmp_path / "members.parquet", synthetic=synthetic)
    write_table(frame(*meters), tmp_path / "meters.parquet", synthetic=synthetic)
    return read_people(tmp_path / "members.parquet", tmp_path / "meters.parquet")


def test_made_up_members_say_so(tmp_path: Path) -> None:
    assert tables(tmp_path, [MEMBER], [METER], synthetic=True).synthetic
    assert not tables(tmp_path, [MEMBER], [METER]).synthetic


def test_the_order_of_rows_does_not_change_the_hash(tmp_path: Path) -> None:
    two = {**MEMBER, "member_id": 2}
    assert tables(tmp_path, [MEMBER, two], [METER]).sha256 == tables(tmp_path, [two, MEMBER], [METER]).sha256
    assert hash_of(frame(MEMBER)) != hash_of(frame(two))


def test_tables_may_be_csv(tmp_path: Path) -> None:
    people = tables(tmp_path, [MEMBER], [METER])
    frame(MEMBER).write_csv(tmp_path / "members.csv")
    frame(METER).write_csv(tmp_path / "meters.csv")
    again = read_people(tmp_path / "members.csv", tmp_path / "meters.csv")
    assert again.sha256 == people.sha256


@pytest.mark.parametrize(
    ("meters", "says"),
    [
        ([{**METER, "member_id": 9}], "a meter belongs to a member who is not in the table of members"),
        (
            [METER, {**METER, "from_month": date(2023, 1, 1)}],
            "a meter is read for two members in one month, or ends before it begins",
        ),
        ([{**METER, "until_month": date(2019, 1, 1)}], "a meter is read for two members in one month"),
        ([METER, {**METER, "meter_id": 101, "from_month": date(2023, 1, 1)}], "a member has two meters of one utility"),
    ],
)
def test_meters_that_cannot_be_are_refused(tmp_path: Path, meters: list[dict[str, object]], says: str) -> None:
    with pytest.raises(TableError, match=says):
        tables(tmp_path, [MEMBER], meters)


def test_a_member_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError):
        tables(tmp_path, [MEMBER, MEMBER], [METER])


def test_a_meter_is_found_for_who_reads_it_in_that_month(tmp_path: Path) -> None:
    second = {**MEMBER, "member_id": 2}
    moved = [
        {**METER, "until_month": date(2023, 1, 1)},
        {**METER, "member_id": 2, "from_month": date(2023, 1, 1)},
    ]
    people = tables(tmp_path, [MEMBER, second], moved)
    index = MeterIndex.of(people.meters, np.array([2, 1]))
    months = np.array([month_number(day) for day in (date(2022, 12, 1), date(2023, 1, 1), date(2019, 12, 1))], np.int32)
    found = index.find(np.zeros(3, np.int8), np.full(3, 100), months)
    assert found.tolist() == [1, 0, -1]
    assert index.find(np.array([1], np.int8), np.array([100]), months[:1]).tolist() == [-1]


def test_no_meters_at_all_find_nobody() -> None:
    index = MeterIndex(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64))
    assert index.find(np.zeros(2, np.int8), np.ones(2, np.int64), np.ones(2, np.int32)).tolist() == [-1, -1]
