"""Every check leads to review: what is doubtful is listed, what cannot count is held, and people decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from madang.core.errors import DataError, UnknownName, UsageError
from madang.solutions.eco_mileage.settlement.cube import HELD, MISSING, Built, Cube, Doubts
from madang.solutions.eco_mileage.settlement.review import CHECKS, Decisions, Limits, Reviewed, review
from madang.solutions.eco_mileage.settlement.tests.conftest import Town

TODAY = date(2026, 11, 25)
FIRST = 24_000


def built(electricity: list[int], estimated: range = range(0)) -> Built:
    """Return a cube of one member with thirty months of electricity and nothing else."""
    cells = np.full((4, 30, 1), MISSING, np.int32)
    cells[0, :, 0] = electricity
    guessed = np.zeros(cells.shape, np.bool_)
    guessed[0, list(estimated), 0] = True
    nothing = Doubts(
        np.zeros(0, "<U9"), np.zeros(0, np.int8), np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64)
    )
    return Built(Cube(cells, guessed, np.array([5]), FIRST), nothing, 0, 0)


@pytest.fixture
def people(town: Town):
    """Return a town's people without anybody in them but one member."""
    members = town.laid.people.members.head(1).with_columns(
        member_id=pl.lit(5, pl.Int64), address_id=pl.lit(1, pl.Int64)
    )
    return replace(town.laid.people, members=members, meters=town.laid.people.meters.head(0))


def found(reviewed: Reviewed, check: str) -> list[int]:
    return (reviewed.items.filter(pl.col("check") == check)["month"] - FIRST).to_list()


PLAIN = [200 + 7 * (month % 12) + month for month in range(30)]


def test_plain_readings_raise_nothing(people) -> None:
    assert review(built(PLAIN), people, Limits()).items.height == 0


def test_a_spike_is_held_and_counts_once_somebody_says_so(people) -> None:
    spiky = [*PLAIN[:26], 9_000, *PLAIN[27:]]
    reviewed = review(built(spiky), people, Limits())
    assert found(reviewed, "spike") == [26]
    assert reviewed.cube.quantities[0, 26, 0] == HELD
    assert reviewed.held.rows() == [(0, 5, FIRST + 26)]
    accepted = review(built(spiky), people, Limits(), frozenset({"spike:5:electricity:2002-03"}))
    assert (accepted.cube.quantities[0, 26, 0], accepted.held.height) == (9_000, 0)


def test_a_month_that_is_always_high_is_no_spike(people) -> None:
    seasonal = [3_000 if month % 12 == 0 else 100 + month for month in range(30)]
    assert found(review(built(seasonal), people, Limits()), "spike") == []


def test_a_small_reading_is_no_spike_however_many_times(people) -> None:
    assert found(review(built([1] * 26 + [60] + [1] * 3), people, Limits()), "spike") == []


@pytest.mark.parametrize(
    ("check", "readings", "months"),
    [
        ("zero", [*PLAIN[:5], 0, 0, *PLAIN[7:]], [5]),
        ("consecutive", [*PLAIN[:9], *[333] * 6, *PLAIN[15:]], [9]),
        ("consecutive", [*PLAIN[:9], *[333] * 5, *PLAIN[14:]], []),
    ],
)
def test_zeros_and_equal_values_in_a_row_are_listed_and_still_count(people, check, readings, months) -> None:
    reviewed = review(built(readings), people, Limits())
    assert found(reviewed, check) == months
    assert reviewed.held.height == 0


def test_a_gap_ends_a_run_of_equal_values(people) -> None:
    gap = [*PLAIN[:9], 333, 333, 333, MISSING, 333, 333, 333, *PLAIN[16:]]
    assert found(review(built(gap), people, Limits()), "consecutive") == []


def test_estimates_in_a_row_are_listed(people) -> None:
    assert found(review(built(PLAIN, range(10, 14)), people, Limits()), "estimated_too_long") == [10]
    assert found(review(built(PLAIN, range(10, 13)), people, Limits()), "estimated_too_long") == []


def test_a_swapped_meter_is_listed(people) -> None:
    meters = pl.DataFrame(
        {
            "utility": pl.Series([0, 0], dtype=pl.Int8),
            "meter_id": [1, 2],
            "member_id": [5, 5],
            "from_month": pl.Series([FIRST - 9, FIRST + 4], dtype=pl.Int32),
            "until_month": pl.Series([FIRST + 4, 1 << 30], dtype=pl.Int32),
        }
    )
    assert found(review(built(PLAIN), replace(people, meters=meters), Limits()), "meter_swap") == [4]


def test_two_paid_members_on_one_address_are_both_listed(people) -> None:
    two = pl.concat([people.members, people.members.with_columns(member_id=pl.lit(6, pl.Int64))])
    items = review(built(PLAIN), replace(people, members=two), Limits()).items
    assert items.filter(pl.col("check") == "address_shared")["member_id"].to_list() == [5, 6]
    one = two.with_columns(representative=pl.Series(["yes", "no"]))
    assert review(built(PLAIN), replace(people, members=one), Limits()).items.height == 0


def test_a_photo_that_serves_twice_holds_both_readings(people) -> None:
    meters = pl.DataFrame(
        {
            "utility": pl.Series([0], dtype=pl.Int8),
            "meter_id": [1],
            "member_id": [5],
            "from_month": pl.Series([0], dtype=pl.Int32),
            "until_month": pl.Series([1 << 30], dtype=pl.Int32),
        }
    )
    photos = pl.DataFrame(
        {
            "utility": pl.Series([0, 0, 0], dtype=pl.Int8),
            "meter_id": [1, 1, 1],
            "month": pl.Series([FIRST, FIRST + 1, FIRST + 2], dtype=pl.Int32),
            "quantity": [200, 200, 210],
            "photo": [77, 77, 78],
        }
    )
    reviewed = review(built(PLAIN), replace(people, meters=meters), Limits(), photos=photos)
    assert found(reviewed, "photo_reused") == [0, 1]
    assert reviewed.cube.quantities[0, :2, 0].tolist() == [HELD, HELD]


def test_the_town_has_something_for_most_checks(town: Town) -> None:
    checks = set(town.laid.reviewed.items["check"].unique())
    assert checks >= {"negative", "duplicate", "spike", "zero", "address_shared"}
    assert checks <= set(CHECKS)


def test_decisions_only_grow_and_the_last_one_counts(town: Town, tmp_path: Path) -> None:
    items = town.laid.reviewed.items
    spike = items.filter(pl.col("check") == "spike").item(0, "item")
    decisions = Decisions(tmp_path / "decisions.jsonl")
    decisions.add(spike, "counts", "kim", "seen on site", TODAY, items)
    assert decisions.accepted() == {spike}
    decisions.add(spike, "held", "lee", "was a typo", TODAY, items)
    assert decisions.accepted() == frozenset()
    assert [line["by"] for line in decisions.lines()] == ["kim", "lee"]


def test_what_has_no_value_that_could_count_needs_a_correction(town: Town, tmp_path: Path) -> None:
    items = town.laid.reviewed.items
    negative = items.filter(pl.col("check") == "negative").item(0, "item")
    with pytest.raises(UsageError, match="has no value that could count"):
        Decisions(tmp_path / "d.jsonl").add(negative, "counts", "kim", "seen", TODAY, items)
    with pytest.raises(UnknownName, match="there is no item for review called 'spike:0:0:0'"):
        Decisions(tmp_path / "d.jsonl").add("spike:0:0:0", "counts", "kim", "seen", TODAY, items)
    assert not (tmp_path / "d.jsonl").exists()


def test_a_spoilt_line_of_decisions_is_named(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_text('{"item": "a", "decision": "counts"}\n{"item": ')
    with pytest.raises(DataError, match=r"this is not a decision\n  where: file .*, row 2"):
        Decisions(path).accepted()
