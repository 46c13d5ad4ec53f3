"""Checks of readings that lead to review, never to silent refusal: what is doubtful, and what is held until decided.

Seoul's own rules for missing and implausible readings were not found; the limits here are assumptions and arguments.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numba import prange
from numpy.typing import NDArray

from madang.core.errors import Both, DataError, UnknownName, UsageError, Where
from madang.core.kernels import kernel
from madang.core.language import Text, text
from madang.solutions.eco_mileage.readings.people import People
from madang.solutions.eco_mileage.readings.rows import UTILITIES, say_month
from madang.solutions.eco_mileage.settlement.cube import HELD, Built, Cube

#: Every check in both languages, and whether it holds the reading back until somebody decides.
CHECKS: Mapping[str, tuple[Text, bool]] = {
    "negative": (text("음수", "negative"), True),
    "unit": (text("다른 단위", "another unit"), True),
    "partial": (text("한 달의 일부", "a part of the month"), True),
    "duplicate": (text("서로 다른 두 값", "two differing values"), True),
    "photo_reused": (text("같은 사진", "the same photo again"), True),
    "spike": (text("급증", "spike"), True),
    "zero": (text("0인 달", "months of zero"), False),
    "consecutive": (text("같은 값이 이어짐", "the same value in a row"), False),
    "estimated_too_long": (text("추정이 이어짐", "estimated too long"), False),
    "meter_swap": (text("계량기 교체", "meter swapped"), False),
    "address_shared": (text("한 주소의 두 회원", "two members on one address"), False),
}
_HOLDING = tuple(name for name, (_, holds) in CHECKS.items() if holds)
_SCHEMA = {
    "item": pl.String,
    "check": pl.String,
    "utility": pl.Int8,
    "member_id": pl.Int64,
    "month": pl.Int32,
    "quantity": pl.Int64,
    "holds": pl.Boolean,
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From where on something is doubtful.

    ``spike_times``: so many times the greatest reading above zero of the same month in other years, and at least
    ``spike_least`` units. The other three count months in a row.
    """

    spike_times: int = 5
    spike_least: int = 100
    zero_months: int = 1
    same_months: int = 6
    estimated_months: int = 4


@dataclass(frozen=True)
class Reviewed:
    """The cube with doubtful readings held, every item for review, and the cells that stay held."""

    cube: Cube
    items: pl.DataFrame

    @property
    def held(self) -> pl.DataFrame:
        """Return the held cells: utility, member_id, month."""
        return self.items.filter("holds").select("utility", "member_id", "month").unique(maintain_order=True)


def review(
    built: Built,
    people: People,
    limits: Limits,
    accepted: frozenset[str] = frozenset(),
    photos: pl.DataFrame | None = None,
) -> Reviewed:
    """Return the cube after all checks.

    ``accepted`` names items that were looked at and may count; ``photos`` holds the readings that members reported by
    photo: utility, meter_id, month, quantity, photo.
    """
    items = pl.concat(
        [
            _of_doubts(built),
            _of_series(built.cube, limits),
            _of_swaps(built.cube, people.meters),
            _of_addresses(people.members),
            _of_photos(built.cube, people.meters, photos),
        ]
    ).sort("check", "member_id", "utility", "month")
    items = items.with_columns(pl.col("holds") & ~pl.col("item").is_in(list(accepted)))
    quantities = built.cube.quantities
    held = items.filter(pl.col("holds"))
    if held.height:
        quantities = quantities.copy() if not quantities.flags.writeable else quantities
        place = pl.DataFrame(
            {"member_id": built.cube.member_id, "place": np.arange(len(built.cube.member_id), dtype=np.int64)}
        )
        spots = held.join(place, on="member_id", how="left", maintain_order="left")["place"].to_numpy()
        rows = held["month"].to_numpy() - built.cube.first_month
        quantities[held["utility"].to_numpy(), rows, spots] = HELD
    cube = Cube(quantities, built.cube.estimated, built.cube.member_id, built.cube.first_month)
    return Reviewed(cube, items)


def _items(check: str, utility: Any, member_id: Any, month: Any, quantity: Any) -> pl.DataFrame:
    """Return items of one check."""
    frame = pl.DataFrame(
        {
            "utility": pl.Series(utility, dtype=pl.Int8),
            "member_id": pl.Series(member_id, dtype=pl.Int64),
            "month": pl.Series(month, dtype=pl.Int32),
            "quantity": pl.Series(quantity, dtype=pl.Int64),
        }
    )
    name = pl.concat_str(pl.lit(check), "member_id", *_when_and_what(check), separator=":").alias("item")
    return frame.select(
        name, pl.lit(check).alias("check"), "utility", "member_id", "month", "quantity",
        pl.lit(CHECKS[check][1]).alias("holds"),
    ).cast(_SCHEMA)  # type: ignore[arg-type]  # fmt: skip


def _when_and_what(check: str) -> tuple[pl.Expr, ...]:
    """Return the parts of an item's name that say which utility and month; an address has neither."""
    if check == "address_shared":
        return ()
    utility = pl.col("utility").replace_strict(list(range(len(UTILITIES))), list(UTILITIES), return_dtype=pl.String)
    month = pl.format("{}-{}", pl.col("month") // 12, (pl.col("month") % 12 + 1).cast(pl.String).str.zfill(2))
    return utility, month


def _of_doubts(built: Built) -> pl.DataFrame:
    """Return what could not be taken as it came."""
    doubts, ids = built.doubts, built.cube.member_id
    parts = [pl.DataFrame(schema=_SCHEMA)]
    for check in _HOLDING:
        mine = doubts.why == check
        member = ids[doubts.place[mine]]
        parts.append(_items(check, doubts.utility[mine], member, doubts.month[mine], doubts.quantity[mine]))
    return pl.concat(parts)


def _of_series(cube: Cube, limits: Limits) -> pl.DataFrame:
    """Return spikes, zeros, equal values in a row and estimates in a row."""
    parts = [pl.DataFrame(schema=_SCHEMA)]
    for utility in range(len(UTILITIES)):
        cells = cube.quantities[utility]
        spikes = _spikes(cells, limits.spike_times, limits.spike_least)
        row, place = np.nonzero(spikes)
        parts.append(_series_items("spike", utility, cube, row, place))
        runs = {
            "zero": _first_of_run(cells == 0, cells, limits.zero_months, equal=False),
            "consecutive": _first_of_run(cells > 0, cells, limits.same_months, equal=True),
            "estimated_too_long": _first_of_run(cube.estimated[utility], cells, limits.estimated_months, equal=False),
        }
        for check, first in runs.items():
            place = np.flatnonzero(first >= 0)
            parts.append(_series_items(check, utility, cube, first[place], place))
    return pl.concat(parts)


def _series_items(
    check: str, utility: int, cube: Cube, row: NDArray[np.int64], place: NDArray[np.int64]
) -> pl.DataFrame:
    """Return items at rows and places of a cube."""
    values = cube.quantities[utility, row, place]
    return _items(check, np.full(len(row), utility), cube.member_id[place], row + cube.first_month, values)


@kernel(parallel=True)
def _spikes(cells: Any, times: Any, least: Any) -> Any:
    """Tell which readings are far above every other reading of the same month: [month][member]."""
    months, members = cells.shape
    found = np.zeros(cells.shape, np.bool_)
    for i in prange(members):
        for row in range(months):
            value, greatest = cells[row, i], np.int64(-1)
            if value >= least:
                for other in range(row % 12, months, 12):
                    if other != row and cells[other, i] > 0:
                        greatest = max(greatest, np.int64(cells[other, i]))
                found[row, i] = greatest > 0 and value > times * greatest
    return found


@kernel(parallel=True)
def _runs(holds: Any, cells: Any, length: Any, equal: Any) -> Any:
    """Return in which row each member's first run of at least ``length`` begins; -1 for none."""
    months, members = cells.shape
    first = np.full(members, -1, np.int64)
    for i in prange(members):
        start = 0
        for row in range(months):
            if not holds[row, i]:
                start = row + 1
            elif equal and row > start and cells[row, i] != cells[row - 1, i]:
                start = row
            if row - start + 1 >= length and holds[row, i] and first[i] < 0:
                first[i] = start
    return first


def _first_of_run(holds: NDArray[np.bool_], cells: NDArray[np.int32], length: int, *, equal: bool) -> NDArray[np.int64]:
    """Return in which row each member's first run begins; -1 for none."""
    found: NDArray[np.int64] = _runs(holds, cells, length, equal)
    return found


def _of_swaps(cube: Cube, meters: pl.DataFrame) -> pl.DataFrame:
    """Return members whose meter changed within the months of the cube."""
    later = meters.sort("member_id", "utility", "from_month").filter(
        (pl.col("member_id") == pl.col("member_id").shift(1)) & (pl.col("utility") == pl.col("utility").shift(1))
    )
    last = cube.first_month + cube.quantities.shape[1]
    swapped = later.filter(
        pl.col("from_month").is_between(cube.first_month, last - 1)
        & pl.col("member_id").is_in(pl.Series(cube.member_id).implode())
    )
    return _items("meter_swap", swapped["utility"], swapped["member_id"], swapped["from_month"], swapped["meter_id"])


def _of_addresses(members: pl.DataFrame) -> pl.DataFrame:
    """Return members who share an address with another representative; the quantity is the address."""
    shared = members.filter(pl.col("address_id").is_not_null() & (pl.col("representative") == "yes")).filter(
        pl.len().over("address_id") > 1
    )
    nothing = np.full(shared.height, 0)
    return _items("address_shared", nothing, shared["member_id"], nothing, shared["address_id"])


def _of_photos(cube: Cube, meters: pl.DataFrame, photos: pl.DataFrame | None) -> pl.DataFrame:
    """Return readings whose photo was given for another meter or month before."""
    if photos is None or photos.height == 0:
        return pl.DataFrame(schema=_SCHEMA)
    shots = photos.unique(["utility", "meter_id", "month", "photo"], maintain_order=True)
    again = shots.filter(pl.len().over("photo") > 1)
    last = cube.first_month + cube.quantities.shape[1]
    mine = again.join(meters, on=["utility", "meter_id"]).filter(
        (pl.col("month") >= pl.col("from_month"))
        & (pl.col("month") < pl.col("until_month"))
        & pl.col("month").is_between(cube.first_month, last - 1)
        & pl.col("member_id").is_in(pl.Series(cube.member_id).implode())
    )
    mine = mine.unique(["utility", "member_id", "month"], maintain_order=True)
    return _items("photo_reused", mine["utility"], mine["member_id"], mine["month"], mine["quantity"])


@dataclass(frozen=True)
class Decisions:
    """What people decided about items: lines of a file that only grows."""

    path: Path

    def lines(self) -> list[dict[str, str]]:
        """Return every decision in order.

        Raises:
            DataError: a line that is not a decision.
        """
        if not self.path.exists():
            return []
        found = []
        for row, line in enumerate(self.path.read_text("utf-8").splitlines(), start=1):
            try:
                found.append({key: str(value) for key, value in json.loads(line).items()})
            except (ValueError, AttributeError) as error:
                todo = Both("파일을 사본에서 되살리십시오", "restore the file from a copy")
                raise DataError(
                    Both("결정이 아닌 줄입니다", "this is not a decision"), Where(self.path, row=row, value=line), todo
                ) from error
        return found

    def accepted(self) -> frozenset[str]:
        """Return the items whose last decision is that the reading counts."""
        last = {line["item"]: line["decision"] for line in self.lines()}
        return frozenset(item for item, decision in last.items() if decision == "counts")

    def add(self, item: str, decision: str, by: str, why: str, day: date, items: pl.DataFrame) -> None:
        """Append a decision about an item that is there for review.

        Raises:
            UnknownName: no such item.
            UsageError: an item that only a corrected reading can settle, or no name or reason.
        """
        if not by.strip() or not why.strip():
            raise UsageError(
                Both("결정에는 이름과 까닭이 필요합니다", "a decision needs a name and a reason"),
                Where(value=item),
                Both("누가 왜 결정하는지 적으십시오", "say who decides, and why"),
            )
        known = items.filter(pl.col("item") == item)
        if known.height == 0:
            raise UnknownName(Both("검토 항목", "item for review"), item, items["item"].to_list())
        if known.item(0, "check") not in {"spike", "photo_reused"} or known.item(0, "quantity") > 10_000_000:
            todo = Both(
                "그달의 고친 사용량을 corrects = yes로 넣으십시오",
                "import a reading for that month with corrects = yes",
            )
            said = Both(
                f"{say_month(known.item(0, 'month'))}의 값은 셈할 수 없습니다",
                f"{known.item(0, 'check')} of {say_month(known.item(0, 'month'))} has no value that could count",
            )
            raise UsageError(said, todo=todo)
        line = {"item": item, "decision": decision, "by": by.strip(), "why": why.strip(), "day": day.isoformat()}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
