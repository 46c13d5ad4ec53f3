"""The tables of households and their meters that a settlement reads, as things stand for one round.

Those taken over from a table stand with those who joined at the desk; moves, wishes to be evaluated and what the desk
has paid before are added to both. Organisations are evaluated by rules of their own and are not among them.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
from django.db.models import Min
from django.utils.timezone import localdate

from madang.core.errors import Both, UsageError
from madang.solutions.eco_mileage.household import HALF_YEAR
from madang.solutions.eco_mileage.readings.people import read_people, write_table
from madang.solutions.eco_mileage.rules import month_after
from madang.web.desks.eco_mileage.models import Member, Meter, OptIn, Posting, Trail
from madang.web.desks.eco_mileage.services import districts
from madang.web.desks.eco_mileage.services.correcting import standing
from madang.web.desks.eco_mileage.services.people import FIRST_NUMBER, desk_folder, meters_by_day

_MEMBERS = {
    "member_id": pl.Int64,
    "district": pl.String,
    "address_id": pl.Int64,
    "joined_on": pl.Date,
    "representative": pl.String,
    "opted_in": pl.String,
    "moved_on": pl.Date,
    "awards_in_a_row": pl.Int64,
    "points_this_year": pl.Int64,
}
_METERS = {
    "utility": pl.String,
    "meter_id": pl.Int64,
    "member_id": pl.Int64,
    "from_month": pl.Date,
    "until_month": pl.Date,
}
_SAID = {None: None, True: "yes", False: "no"}


def write_people(first_month: dt.date, windows: str = "joined") -> None:
    """Write the tables of households and meters for the round that begins with a month.

    Raises:
        UsageError: there are no households.
    """
    folder, moved = desk_folder(), _moved()
    members, meters, synthetic = pl.DataFrame(_joined(), _MEMBERS, orient="row"), _meters_here(), False
    base = folder / "registered-members.parquet"
    if base.is_file():
        taken, taken_meters, synthetic = _taken_over(base, folder / "registered-meters.parquet", moved)
        members, meters = pl.concat([taken, members]), pl.concat([taken_meters, meters])
    if members.height == 0:
        raise UsageError(
            Both("아직 가구 회원이 없습니다", "there are no households yet"),
            None,
            Both("가입을 받거나 회원 표를 인수하십시오", "let people join, or take a table over"),
        )
    members = _with_wishes(members, first_month, windows)
    members = _with_history(members, first_month, windows)
    write_table(members, folder / "members.parquet", synthetic=synthetic)
    write_table(meters, folder / "meters.parquet", synthetic=synthetic)


def _joined() -> list[tuple[object, ...]]:
    """Return the households that joined at the desk and still take part."""
    own = Member.objects.filter(number__gte=FIRST_NUMBER, left_on=None, kind=Member.Kind.HOUSEHOLD).order_by("number")
    return [
        (one.number, one.district or None, _address(one.address_mark), one.joined_on, _SAID[one.representative],
         _SAID[one.opted_in], one.moved_on, 0, 0)
        for one in own
    ]  # fmt: skip


def _address(mark: str) -> int | None:
    """Return an address as a number that tells nothing."""
    return int(mark[:12], 16) if mark else None


def _meters_here() -> pl.DataFrame:
    """Return the meters that were given at the desk."""
    own = Meter.objects.filter(member__left_on=None, member__kind=Member.Kind.HOUSEHOLD).order_by("pk")
    rows = own.values_list("utility", "meter_id", "member__number", "from_month", "until_month")
    return pl.DataFrame(list(rows), _METERS, orient="row")


def _moved() -> pl.DataFrame:
    """Return the taken-over members who moved: when, to which district and address."""
    rows = Member.objects.filter(number__lt=FIRST_NUMBER, left_on=None).exclude(moved_on=None)
    shape = {"member_id": pl.Int64, "moved": pl.Date, "new_district": pl.String, "new_address": pl.Int64}
    said = [(one.number, one.moved_on, one.district or None, _address(one.address_mark)) for one in rows]
    return pl.DataFrame(said, shape, orient="row")


def _taken_over(members: Path, meters: Path, moved: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, bool]:
    """Return the members and meters that were taken over, without those who left and with what moving changed."""
    taken = read_people(members, meters)
    gone = pl.col("member_id").is_in(list(Member.objects.exclude(left_on=None).values_list("number", flat=True)))
    people = taken.members.filter(~gone).join(moved, on="member_id", how="left")
    people = people.with_columns(
        pl.coalesce("moved", "moved_on").alias("moved_on"),
        pl.when(pl.col("moved").is_null())
        .then(districts.keyed("district"))
        .otherwise("new_district")
        .alias("district"),
        pl.when(pl.col("moved").is_null()).then("address_id").otherwise("new_address").alias("address_id"),
    )
    read = meters_by_day(taken.meters).filter(~gone).join(moved, on="member_id", how="left")
    end = pl.min_horizontal("until_month", pl.col("moved").dt.truncate("1mo"))
    read = read.with_columns(end.alias("until_month")).filter(
        pl.col("until_month").is_null() | (pl.col("until_month") > pl.col("from_month"))
    )
    return people.select(*_MEMBERS).cast(_MEMBERS), read.select(*_METERS).cast(_METERS), taken.synthetic  # type: ignore[arg-type]


def _with_wishes(members: pl.DataFrame, first_month: dt.date, windows: str) -> pl.DataFrame:
    """Mark who asked to be evaluated in a half-year that begins in this round.

    A wish is for one half-year: what the table said that members were taken over from counts for none that began later.
    """
    taken = Trail.objects.filter(act="registered").order_by("-id").first()
    if taken is not None:
        day = localdate(taken.at)
        began = _window(first_month, windows) <= day.year * 12 + day.month - 1
        members = members.with_columns(pl.when(began).then("opted_in").alias("opted_in"))
    last = month_after(first_month, HALF_YEAR - 1)
    asked = OptIn.objects.filter(first_month__range=(first_month, last)).values_list("member__number", flat=True)
    wished = pl.col("member_id").is_in(pl.Series("asked", list(asked), pl.Int64).implode())
    return members.with_columns(pl.when(wished).then(pl.lit("yes")).otherwise("opted_in").alias("opted_in"))


def _month(column: str) -> pl.Expr:
    """Return a column of days as counted months."""
    return pl.col(column).dt.year().cast(pl.Int64) * 12 + pl.col(column).dt.month().cast(pl.Int64) - 1


def _window(first_month: dt.date, windows: str) -> pl.Expr:
    """Return the first month of each member's window in the round that begins with a month, counted."""
    start = first_month.year * 12 + first_month.month - 1
    return (_month("joined_on") + 1 - start) % HALF_YEAR + start if windows == "joined" else pl.lit(start, pl.Int64)


def _with_history(members: pl.DataFrame, first_month: dt.date, windows: str) -> pl.DataFrame:
    """Add what the desk paid before: half-years in a row up to each window, and points of the year it is decided in.

    A year is that of the day after a window. What the table said that members were taken over from counts on: its
    awards in a row where the desk's own reach back without a gap, its points while that year lasts.
    """
    first_paid = Posting.objects.filter(kind="half_year", stands=True).aggregate(at=Min("first_month"))["at"]
    if first_paid is None:
        return members
    posted = Posting.objects.filter(kind="half_year", stands=True).values_list("first_month", flat=True)
    paid = standing("half_year", sorted(set(posted))).filter(pl.col("stands") > 0)
    paid = paid.select("member_id", _month("first_month").alias("at"), "stands")
    found = members.with_columns(_window(first_month, windows).alias("window"))
    found = _rows_in_a_row(found, paid, first_paid.year * 12 + first_paid.month - 1)
    return _points_of_the_year(found, paid, first_paid.year * 12 + first_paid.month - 1).select(*_MEMBERS)


def _rows_in_a_row(members: pl.DataFrame, paid: pl.DataFrame, first_paid: int) -> pl.DataFrame:
    """Count the half-years paid one after the other before each member's window."""
    found = members.with_columns(pl.lit(0, pl.Int64).alias("run"), pl.lit(True).alias("unbroken"))
    for back in range(1, (int(found["window"].max() or 0) - first_paid) // HALF_YEAR + 1):  # type: ignore[operator, call-overload]
        at = found.select("member_id", (pl.col("window") - back * HALF_YEAR).alias("at"))
        was = at.join(paid, on=["member_id", "at"], how="left", maintain_order="left")["stands"].is_not_null()
        before = found["window"] - back * HALF_YEAR < first_paid
        found = found.with_columns(
            (pl.col("run") + (pl.col("unbroken") & was).cast(pl.Int64)).alias("run"),
            (pl.col("unbroken") & (was | before)).alias("unbroken"),
        )
    taken = pl.when("unbroken").then("awards_in_a_row").otherwise(0)
    return found.with_columns((pl.col("run") + taken).alias("awards_in_a_row"))


def _points_of_the_year(members: pl.DataFrame, paid: pl.DataFrame, first_paid: int) -> pl.DataFrame:
    """Add up the points of earlier windows that are decided in the same year as each member's."""
    year = (pl.col("window") + HALF_YEAR) // 12
    earlier = (
        members.select("member_id", "window", year.alias("year"))
        .join(paid, on="member_id")
        .filter((pl.col("at") < pl.col("window")) & ((pl.col("at") + HALF_YEAR) // 12 == pl.col("year")))
        .group_by("member_id")
        .agg(pl.col("stands").sum().alias("earlier"))
    )
    found = members.join(earlier, on="member_id", how="left", maintain_order="left")
    taken = pl.when(year == (first_paid + HALF_YEAR) // 12).then("points_this_year").otherwise(0)
    return found.with_columns((taken + pl.col("earlier").fill_null(0)).alias("points_this_year"))
