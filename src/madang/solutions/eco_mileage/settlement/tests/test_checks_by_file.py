"""Each check of readings, met by a file that breaks it: what is doubtful goes to review, never refused in silence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from madang.core.progress import silent
from madang.solutions.eco_mileage.readings import csv_file, photo
from madang.solutions.eco_mileage.readings.rows import say_month
from madang.solutions.eco_mileage.readings.store import bring
from madang.solutions.eco_mileage.settlement.review import CHECKS, Limits
from madang.solutions.eco_mileage.settlement.terms import Round
from madang.solutions.eco_mileage.work_folder import WorkFolder

FIRST, TODAY = 2023 * 12 + 6, date(2024, 2, 1)
HEAD = "utility,meter_id,month,quantity,unit,quality,corrects"
MEMBERS = (
    "member_id,district,address_id,joined_on,representative,opted_in,moved_on,awards_in_a_row,points_this_year\n"
    "1,A,10,2020-01-05,yes,,,0,0\n2,A,20,2020-01-05,yes,,,0,0\n"
)
METERS = (
    "utility,meter_id,member_id,from_month,until_month\n"
    "electricity,1,1,2020-01-01,\nwater,2,1,2020-01-01,\nelectricity,3,2,2020-01-01,\nwater,4,2,2020-01-01,\n"
)
SHOT = (
    '{{"utility":"water","meter_id":{0},"month":"2023-08","quantity":"12","unit":"m3",'
    '"photo_sha256":"{1}","reported_on":"2023-09-01","corrects":true}}\n'
)


def plain(months: int = 30) -> dict[tuple[str, int, int], str]:
    """Return readings that raise nothing: they change from month to month and are alike from year to year."""
    return {
        (utility, meter, FIRST - 24 + month): f"{base + month % 12},{unit},"
        for utility, meter, base, unit in (
            ("electricity", 1, 200, "kWh"),
            ("water", 2, 11, "m3"),
            ("electricity", 3, 230, "kWh"),
            ("water", 4, 15, "m3"),
        )
        for month in range(months)
    }


def found(
    folder: Path, rows: list[str], members: str = MEMBERS, meters: str = METERS, shots: str = ""
) -> set[tuple[str, bool]]:
    """Return which checks the files of a folder meet, and whether each holds the reading."""
    folder.mkdir()
    (folder / "members.csv").write_text(members)
    (folder / "meters.csv").write_text(meters)
    (folder / "readings.csv").write_text("\n".join([HEAD, *rows]) + "\n")
    work = WorkFolder(folder)
    bring(work.store, folder / "readings.csv", "csv", csv_file.read_blocks, TODAY, silent)
    if shots:
        (folder / "photos.jsonl").write_text(shots)
        bring(work.store, folder / "photos.jsonl", "photo", photo.read_blocks, TODAY, silent)
    asked = Round(kind="half_year", first_month=FIRST, windows="common")
    items = work.lay(asked, Limits(), silent).reviewed.items
    return set(items.select("check", "holds").iter_rows())


def lines(changed: dict[tuple[str, int, int], str] | None = None) -> list[str]:
    return [
        f"{utility},{meter},{say_month(month)},{said},"
        for (utility, meter, month), said in {**plain(), **(changed or {})}.items()
    ]


AUGUST = ("electricity", 1, FIRST + 1)


@pytest.mark.parametrize(
    ("check", "changed"),
    [
        ("negative", {AUGUST: "-5,kWh,"}),
        ("zero", {AUGUST: "0,kWh,"}),
        ("spike", {AUGUST: "9000,kWh,"}),
        ("unit", {AUGUST: "200,m3,"}),
        ("consecutive", {("electricity", 1, FIRST + month): "200,kWh," for month in range(6)}),
        (
            "estimated_too_long",
            {("electricity", 1, FIRST + month): f"{200 + month},kWh,estimated" for month in range(4)},
        ),
    ],
)
def test_a_cell_that_breaks_a_check_is_in_the_store_and_goes_to_review(
    tmp_path: Path, check: str, changed: dict[tuple[str, int, int], str]
) -> None:
    assert found(tmp_path / "city", lines(changed)) == {(check, CHECKS[check][1])}


def test_readings_without_fault_raise_nothing(tmp_path: Path) -> None:
    assert found(tmp_path / "city", lines()) == set()


def test_two_values_for_one_month_are_held(tmp_path: Path) -> None:
    rows = [*lines(), f"electricity,1,{say_month(FIRST)},999,kWh,,"]
    assert found(tmp_path / "city", rows) == {("duplicate", True)}


def test_a_meter_swapped_before_or_in_the_window_is_listed(tmp_path: Path) -> None:
    swapped = METERS.replace("electricity,1,1,2020-01-01,", "electricity,1,1,2020-01-01,2023-03-01")
    rows = [line for line in lines() if not (line.startswith("electricity,1,") and line[14:21] >= "2023-03")]
    rows += [f"electricity,9,{say_month(FIRST + month)},{205 + month},kWh,," for month in range(-4, 6)]
    meters = swapped + "electricity,9,1,2023-03-01,\n"
    assert found(tmp_path / "city", rows, meters=meters) == {("meter_swap", False)}


def test_two_paid_members_on_one_address_are_listed(tmp_path: Path) -> None:
    assert found(tmp_path / "city", lines(), members=MEMBERS.replace("2,A,20", "2,A,10")) == {("address_shared", False)}


@pytest.mark.parametrize(("second", "met"), [("a" * 64, {("photo_reused", True)}), ("b" * 64, set())])
def test_one_photo_for_two_meters_holds_both(tmp_path: Path, second: str, met: set[tuple[str, bool]]) -> None:
    shots = SHOT.format(2, "a" * 64) + SHOT.format(4, second)
    assert found(tmp_path / "city", lines(), shots=shots) == met
