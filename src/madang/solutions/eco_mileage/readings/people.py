"""Members and their meters: two tables a city gives, read strictly, and who reads which meter in which month."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from madang.core.columns import Column
from madang.core.errors import Both, TableError, Where
from madang.core.language import text
from madang.core.tables import TableSpec, read_table
from madang.solutions.eco_mileage.readings.rows import METER_ID_MAX, UTILITIES

#: The metadata key by which a table says that its members are made up.
SYNTHETIC = b"madang.synthetic"
_NO_END = 1 << 30
_MONTH_BITS = 16

MEMBERS = TableSpec(
    says=text("회원", "Members"),
    key=("member_id",),
    columns={
        "member_id": Column(says=text("회원 번호", "Member's number"), kind="integer", min=1),
        "district": Column(says=text("자치구", "District"), kind="text", may_be_empty=True),
        "address_id": Column(
            says=text("주소의 가명 번호", "Pseudonym of the address"), kind="integer", min=0, may_be_empty=True
        ),
        "joined_on": Column(says=text("가입한 날", "Day of joining"), kind="day"),
        "representative": Column(
            says=text("가구를 대표해 받는가", "Paid for the household"), kind="text", choices=("yes", "no")
        ),
        "opted_in": Column(
            says=text("이번 반기를 신청했는가", "Asked for this half-year"),
            kind="text",
            choices=("yes", "no"),
            may_be_empty=True,
        ),
        "moved_on": Column(says=text("이사한 날", "Day of moving"), kind="day", may_be_empty=True),
        "awards_in_a_row": Column(
            says=text("이어서 받은 횟수", "Awards in a row before"), kind="integer", min=0, max=1_000
        ),
        "points_this_year": Column(
            says=text("올해 이미 받은 포인트", "Points earned this year already"),
            kind="integer",
            unit="mileage",
            min=0,
            max=10_000_000,
        ),
    },
)
METERS = TableSpec(
    says=text("계량기: 누구의 것이고 언제부터 언제 전까지인지", "Meters: whose, from which month, until before which"),
    key=("utility", "meter_id", "from_month"),
    columns={
        "utility": Column(says=text("에너지", "Utility"), kind="text", choices=UTILITIES),
        "meter_id": Column(says=text("계량기 번호", "Meter's number"), kind="integer", min=0, max=METER_ID_MAX - 1),
        "member_id": Column(says=text("회원 번호", "Member's number"), kind="integer", min=1),
        "from_month": Column(says=text("첫 달", "First month"), kind="day"),
        "until_month": Column(
            says=text("더는 읽지 않는 첫 달", "First month it is not read"), kind="day", may_be_empty=True
        ),
    },
)


@dataclass(frozen=True)
class People:
    """Members and meters as they were read. ``synthetic`` where their makers say that they are made up."""

    members: pl.DataFrame
    meters: pl.DataFrame
    synthetic: bool
    sha256: str


def read_people(members: Path, meters: Path) -> People:
    """Return the members and their meters.

    Raises:
        TableError: a cell, a duplicate, a meter of nobody, or a meter that two members share in one month.
    """
    who = read_table(members, MEMBERS, name="members").frame.sort("member_id")
    what = read_table(meters, METERS, name="meters").frame
    what = what.with_columns(
        pl.col("utility").replace_strict(list(UTILITIES), list(range(len(UTILITIES))), return_dtype=pl.Int8),
        _months("from_month"),
        _months("until_month").fill_null(_NO_END),
    ).sort("utility", "meter_id", "from_month")
    _check_meters(who, what, meters)
    synthetic = is_synthetic(members) or is_synthetic(meters)
    return People(who, what, synthetic, hash_of(who, what))


def hash_of(*frames: pl.DataFrame) -> str:
    """Return the hash of what sorted tables say, whatever form and order their files had."""
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(frame.write_csv().encode())
    return digest.hexdigest()


def _months(column: str) -> pl.Expr:
    """Return a column of days as counted months."""
    return (pl.col(column).dt.year().cast(pl.Int32) * 12 + pl.col(column).dt.month().cast(pl.Int32) - 1).alias(column)


def _check_meters(members: pl.DataFrame, meters: pl.DataFrame, path: Path) -> None:
    """Raise where a meter is nobody's, ends before it begins, or two readers claim one month."""
    stray = meters.join(members, on="member_id", how="anti")
    if stray.height:
        where = Where(path, column="member_id", value=stray.item(0, "member_id"))
        raise TableError(
            Both(
                "회원 표에 없는 회원의 계량기가 있습니다",
                "a meter belongs to a member who is not in the table of members",
            ),
            where,
            Both("그 회원을 더하십시오", "add the member"),
        )
    same_meter = (pl.col("utility") == pl.col("utility").shift(-1)) & (
        pl.col("meter_id") == pl.col("meter_id").shift(-1)
    )
    two = meters.filter(
        (pl.col("until_month") <= pl.col("from_month"))
        | (same_meter & (pl.col("until_month") > pl.col("from_month").shift(-1)))
    )
    if two.height:
        where = Where(path, column="meter_id", value=two.item(0, "meter_id"))
        raise TableError(
            Both(
                "한 계량기를 같은 달에 두 회원이 씁니다",
                "a meter is read for two members in one month, or ends before it begins",
            ),
            where,
            Both("하나를 끝내십시오", "end one"),
        )
    by_member = meters.sort("member_id", "utility", "from_month")
    same_reader = (pl.col("member_id") == pl.col("member_id").shift(-1)) & (
        pl.col("utility") == pl.col("utility").shift(-1)
    )
    both = by_member.filter(same_reader & (pl.col("until_month") > pl.col("from_month").shift(-1)))
    if both.height:
        where = Where(path, column="member_id", value=both.item(0, "member_id"))
        raise TableError(
            Both(
                "한 회원에게 같은 달 같은 에너지의 계량기가 둘입니다",
                "a member has two meters of one utility in one month",
            ),
            where,
            Both("먼저 앞의 것을 끝내십시오", "end the old one first"),
        )


def is_synthetic(path: Path) -> bool:
    """Tell whether a Parquet file says that its members are made up."""
    if path.suffix != ".parquet":
        return False
    return SYNTHETIC in (pq.read_schema(path).metadata or {})


def write_table(frame: pl.DataFrame, path: Path, *, synthetic: bool) -> None:
    """Write a table of members or meters as Parquet, marked where it is made up."""
    table: pa.Table = frame.to_arrow()
    table = table.replace_schema_metadata({SYNTHETIC: b"yes"} if synthetic else None)
    pq.write_table(table, path, compression="zstd")


@dataclass(frozen=True)
class MeterIndex:
    """Finds the place of the member who reads a meter in a month."""

    keys: NDArray[np.int64]
    until: NDArray[np.int32]
    place: NDArray[np.int64]

    @classmethod
    def of(cls, meters: pl.DataFrame, member_ids: NDArray[np.int64]) -> MeterIndex:
        """Return the index for members in a given order."""
        order = np.argsort(member_ids, kind="stable")
        held = meters.filter(pl.col("member_id").is_in(pl.Series(member_ids).implode()))
        spot = np.searchsorted(member_ids, held["member_id"].to_numpy(), sorter=order)
        keys = _key(held["utility"].to_numpy(), held["meter_id"].to_numpy(), held["from_month"].to_numpy())
        return cls(keys, held["until_month"].to_numpy().astype(np.int32), order[spot])

    def find(
        self, utility: NDArray[np.int8], meter_id: NDArray[np.int64], month: NDArray[np.int32]
    ) -> NDArray[np.int64]:
        """Return the members' places; -1 where nobody reads that meter in that month."""
        wanted = _key(utility, meter_id, month)
        spot = np.searchsorted(self.keys, wanted, side="right") - 1
        if len(self.keys) == 0:
            return np.full(len(wanted), -1, dtype=np.int64)
        same = (spot >= 0) & ((self.keys[spot] >> _MONTH_BITS) == (wanted >> _MONTH_BITS)) & (month < self.until[spot])
        return np.where(same, self.place[spot], -1)


def _key(utility: NDArray[np.int8], meter_id: NDArray[np.int64], month: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return utility, meter and month as one rising number: below 4 x 10^12 x 2^16."""
    both = utility.astype(np.int64) * METER_ID_MAX + meter_id
    return (both << _MONTH_BITS) | month.astype(np.int64)
