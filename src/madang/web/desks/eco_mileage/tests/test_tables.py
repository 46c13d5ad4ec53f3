"""The tables that a settlement reads: wishes, moves, half-years in a row, points of the year; what was paid counts."""

from __future__ import annotations

import dataclasses
import datetime as dt

import polars as pl
import pytest

from madang.core.errors import UsageError
from madang.solutions.eco_mileage.award_file import SCHEMA, read_award_file, write_award_file
from madang.web.desks.eco_mileage.models import Member, OptIn, Trail
from madang.web.desks.eco_mileage.services import people, settling, tables, taking_back, wishes


def member_row(number, first_month=dt.date(2024, 7, 1), windows="joined"):
    tables.write_people(first_month, windows)
    rows = pl.read_parquet(people.desk_folder() / "members.parquet").filter(pl.col("member_id") == number)
    return rows.row(0, named=True)


def pay(awards, folder, number, month, points):
    """Post one member's half-year that begins with a month."""
    read = read_award_file(awards)
    rows = pl.from_arrow(read.rows).head(1).with_columns(
        pl.lit(number, pl.Int64).alias("member_id"), pl.lit(month).alias("first_month"),
        pl.lit(points, pl.Int64).alias("points"),
    )  # fmt: skip
    run = f"{number}-{month}"
    header = dataclasses.replace(
        read.header, run=run, members=1, evaluated=1, paid=int(points > 0), points=points, first_month=month
    )
    write_award_file(folder / f"{run}.parquet", header, rows.to_arrow().cast(SCHEMA))
    made = settling.prepare(folder / f"{run}.parquet", by="kim")
    settling.approve(made.run, by="lee")
    return settling.post(made.run, by="lee")


@pytest.fixture
def somebody(registered):
    """Return a taken-over member and the first month of their window in the round from 2024-07."""
    rows = pl.read_parquet(registered / "registered-members.parquet")
    row = rows.filter((pl.col("representative") == "yes") & (pl.col("joined_on") < dt.date(2022, 1, 1))).row(
        0, named=True
    )
    joined = row["joined_on"].year * 12 + row["joined_on"].month - 1
    start = 2024 * 12 + 6
    at = start + (joined + 1 - start) % 6
    return row, lambda back: dt.date((at - 6 * back) // 12, (at - 6 * back) % 12 + 1, 1)


def test_before_the_desk_paid_anything_the_table_counts_as_it_was_given(somebody):
    row, _ = somebody
    found = member_row(row["member_id"])
    assert (found["awards_in_a_row"], found["points_this_year"]) == (row["awards_in_a_row"], row["points_this_year"])


def test_half_years_in_a_row_are_those_paid_up_to_the_window_and_end_at_a_gap(somebody, awards, tmp_path):
    row, window = somebody
    for back in (3, 2, 1):
        pay(awards, tmp_path, row["member_id"], window(back), 10_000)
    assert member_row(row["member_id"])["awards_in_a_row"] == row["awards_in_a_row"] + 3
    taking_back.reverse(f"{row['member_id']}-{window(2)}", by="lee", why="x")
    assert member_row(row["member_id"])["awards_in_a_row"] == 1


def test_a_member_not_paid_in_the_last_half_year_has_none_in_a_row(somebody, awards, tmp_path):
    row, window = somebody
    pay(awards, tmp_path, row["member_id"], window(2), 10_000)
    assert member_row(row["member_id"])["awards_in_a_row"] == 0


def test_points_of_the_year_are_those_decided_in_the_year_of_the_window(somebody, awards, tmp_path):
    row, window = somebody
    for back in (3, 2, 1):
        pay(awards, tmp_path, row["member_id"], window(back), 10_000 * back)
    year = (window(0).year * 12 + window(0).month - 1 + 6) // 12
    same = [back for back in (3, 2, 1) if (window(back).year * 12 + window(back).month - 1 + 6) // 12 == year]
    assert member_row(row["member_id"])["points_this_year"] == 10_000 * sum(same)


def test_settling_a_paid_window_again_does_not_count_its_own_award(somebody, awards, tmp_path):
    row, window = somebody
    before = member_row(row["member_id"])
    pay(awards, tmp_path, row["member_id"], window(0), 50_000)
    assert member_row(row["member_id"]) == before


def test_a_wish_counts_for_the_round_in_which_its_half_year_begins_only(joined):
    _, member = joined
    wishes.ask(member, dt.date(2026, 2, 1), actor="m", today=dt.date(2026, 3, 1))
    assert member_row(member.number, dt.date(2026, 1, 1))["opted_in"] == "yes"
    assert member_row(member.number, dt.date(2026, 2, 1))["opted_in"] == "yes"
    for other in (dt.date(2025, 7, 1), dt.date(2026, 3, 1)):
        assert member_row(member.number, other)["opted_in"] is None


@pytest.mark.parametrize("windows", ["joined", "common"])
def test_what_the_table_said_of_a_wish_counts_for_no_half_year_that_began_after_taking_over(registered, windows):
    """From 2026 a wish is for one half-year; a table's old yes would pay those who never asked again."""
    rows = pl.read_parquet(registered / "registered-members.parquet")
    yes = rows.filter(pl.col("opted_in") == "yes").item(0, "member_id")
    Trail.objects.filter(act="registered").update(at=dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC))
    assert member_row(yes, dt.date(2025, 7, 1), windows)["opted_in"] == "yes"
    assert member_row(yes, dt.date(2026, 7, 1), windows)["opted_in"] is None
    member = Member.objects.get(number=yes)
    OptIn.objects.create(member=member, first_month=dt.date(2026, 9, 1))
    assert member_row(yes, dt.date(2026, 7, 1), windows)["opted_in"] == "yes"


def test_a_taken_over_member_who_moves_has_new_meters_and_the_old_ones_end(registered, somebody):
    row, _ = somebody
    member = Member.objects.get(number=row["member_id"])
    people.move_home(
        member,
        district="강남구",
        address="새 길 9",
        meters=[("electricity", 5_000_001)],
        on=dt.date(2024, 3, 10),
        actor="m",
    )
    found = member_row(member.number)
    assert (found["moved_on"], found["district"]) == (dt.date(2024, 3, 10), "Gangnam")
    meters = pl.read_parquet(registered / "meters.parquet").filter(pl.col("member_id") == member.number)
    old, new = meters.filter(pl.col("meter_id") != 5_000_001), meters.filter(pl.col("meter_id") == 5_000_001)
    assert set(old["until_month"].to_list()) == {dt.date(2024, 3, 1)}
    assert new.select("from_month", "until_month").row(0) == (dt.date(2024, 4, 1), None)


def test_who_left_is_in_no_table(registered, somebody):
    row, _ = somebody
    people.leave(Member.objects.get(number=row["member_id"]), give_up=0, actor="m")
    tables.write_people(dt.date(2024, 7, 1))
    for name in ("members", "meters"):
        assert row["member_id"] not in pl.read_parquet(registered / f"{name}.parquet")["member_id"].to_list()


def test_without_households_there_is_nothing_to_settle(desk_home, db):
    with pytest.raises(UsageError, match="there are no households yet"):
        tables.write_people(dt.date(2024, 1, 1))
