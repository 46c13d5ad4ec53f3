"""The dense cube of readings, month by month: int32 [utility][month][member]. Missing is -1 and held is -2, never 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from madang.core.errors import Both, BoundsError, Where
from madang.core.progress import Progress
from madang.solutions.eco_mileage.household import READING_MAX
from madang.solutions.eco_mileage.readings.people import MeterIndex
from madang.solutions.eco_mileage.readings.rows import DOUBTS, UTILITIES
from madang.solutions.eco_mileage.readings.store import Store

MISSING, HELD = -1, -2
_ESTIMATED = 1
_COLUMNS = ["utility", "meter_id", "month", "quantity", "quality", "doubt", "revision"]


@dataclass(frozen=True)
class Cube:
    """Readings by utility, month and member. ``member_id`` names the last axis, ``first_month`` begins the second.

    ``estimated`` tells which readings the utility estimated. Raises BoundsError where a value is out of bounds: no
    cube can be made with which the kernel's sums would leave 64 bits.
    """

    quantities: NDArray[np.int32]
    estimated: NDArray[np.bool_]
    member_id: NDArray[np.int64]
    first_month: int

    def __post_init__(self) -> None:
        """Hold every value to what a household can use."""
        if self.quantities.size == 0:
            return
        low, high = int(self.quantities.min()), int(self.quantities.max())
        if low < HELD or high > READING_MAX:
            said = Both(
                f"사용량이 {low:,}부터 {high:,}까지 있습니다. 0부터 {READING_MAX:,}까지와 -1, -2만 담을 수 있습니다",
                f"a cube holds readings from {low:,} to {high:,}; allowed are 0 to {READING_MAX:,}, -1 and -2",
            )
            raise BoundsError(
                said,
                todo=Both(
                    "가구의 것이 아닌 사용량은 검토로 돌리십시오", "hold what is not a household's back for review"
                ),
            )


@dataclass(frozen=True)
class Doubts:
    """Cells that could not be taken as they came: utility, month (counted), place of the member, quantity and why."""

    why: NDArray[np.str_]
    utility: NDArray[np.int8]
    month: NDArray[np.int32]
    place: NDArray[np.int64]
    quantity: NDArray[np.int64]


@dataclass(frozen=True)
class Built:
    """A cube, the doubts met while it was built, and what was left out of it: counts by reason."""

    cube: Cube
    doubts: Doubts
    nobodys: int
    same_again: int


class _Builder:
    """The cube while it grows: originals first, then corrections in the order in which they came."""

    def __init__(self, index: MeterIndex, members: int, first_month: int, months: int) -> None:
        """Begin with nothing known."""
        self.index, self.first, self.months, self.members = index, first_month, months, members
        self.cells = np.full(len(UTILITIES) * months * members, MISSING, dtype=np.int32)
        self.estimated = np.zeros(len(self.cells), dtype=np.bool_)
        self.doubts: dict[int, tuple[str, int]] = {}
        self.nobodys = self.same_again = 0

    def take(self, rows: pa.Table, *, corrections: bool) -> None:
        """Take the first readings, or the corrections, of a block."""
        columns = {name: rows[name].to_numpy() for name in _COLUMNS}
        month = columns["month"].astype(np.int32)
        wanted = (month >= self.first) & (month < self.first + self.months)
        wanted &= (columns["revision"] > 0) == corrections
        columns = {name: values[wanted] for name, values in columns.items()}
        place = self.index.find(columns["utility"], columns["meter_id"], columns["month"])
        known = place >= 0
        self.nobodys += int((~known).sum())
        columns = {name: values[known] for name, values in columns.items()}
        row = columns["utility"].astype(np.int64) * self.months + (columns["month"] - self.first)
        self._set(row * self.members + place[known], columns, corrections=corrections)

    def _set(self, cell: NDArray[np.int64], columns: dict[str, NDArray[np.generic]], *, corrections: bool) -> None:
        """Write cells; a second, differing value of one rank is a doubt."""
        order = np.lexsort((np.arange(len(cell)), columns["revision"], cell))
        cell, sorted_columns = cell[order], {name: values[order] for name, values in columns.items()}
        quantity = sorted_columns["quantity"].astype(np.int64)
        revision = sorted_columns["revision"].astype(np.int64)
        again = np.zeros(len(cell), dtype=np.bool_)
        if len(cell):
            again[1:] = (cell[1:] == cell[:-1]) & (revision[1:] == revision[:-1])
        value = _bounded(quantity, sorted_columns["doubt"] == 0)
        if corrections:
            for one in np.unique(cell):
                self.doubts.pop(int(one), None)
        self._note_bad(cell, quantity, sorted_columns["doubt"].astype(np.int8))
        before = np.where(again, np.roll(value, 1), MISSING if corrections else self.cells[cell])
        clash = (before != MISSING) & (before != value)
        self.same_again += int(((before != MISSING) & (before == value)).sum())
        self.cells[cell] = value
        self.estimated[cell] = sorted_columns["quality"] == _ESTIMATED
        for one, amount in zip(cell[clash].tolist(), quantity[clash].tolist(), strict=True):
            self.doubts[one] = ("duplicate", amount)
        if clash.any():
            self.cells[cell[clash]] = HELD

    def _note_bad(self, cell: NDArray[np.int64], quantity: NDArray[np.int64], doubt: NDArray[np.int8]) -> None:
        """Keep why a value cannot be counted."""
        for why, bad in (
            ("spike", quantity > READING_MAX),
            ("negative", quantity < 0),
            *((why, doubt == place) for place, why in enumerate(DOUBTS) if why),
        ):
            for one, amount in zip(cell[bad].tolist(), quantity[bad].tolist(), strict=True):
                self.doubts[one] = (why, amount)

    def built(self, member_id: NDArray[np.int64]) -> Built:
        """Return the finished cube; a cell in doubt is held."""
        cells = np.fromiter(self.doubts, dtype=np.int64, count=len(self.doubts))
        self.cells[cells] = HELD
        row, place = cells // max(1, self.members), cells % max(1, self.members)
        doubts = Doubts(
            np.array([why for why, _ in self.doubts.values()], dtype=np.str_),
            (row // self.months).astype(np.int8),
            (row % self.months + self.first).astype(np.int32),
            place,
            np.array([amount for _, amount in self.doubts.values()], dtype=np.int64),
        )
        shape = (len(UTILITIES), self.months, self.members)
        cube = Cube(self.cells.reshape(shape), self.estimated.reshape(shape), member_id, self.first)
        return Built(cube, doubts, self.nobodys, self.same_again)


def build_cube(
    store: Store, index: MeterIndex, member_id: NDArray[np.int64], first_month: int, months: int, progress: Progress
) -> Built:
    """Return the cube of some months for members in a given order, from every part of a store.

    The latest correction of a reading counts; without one its first reading. Two first readings that differ, or two
    corrections of one part, leave the cell held.
    """
    builder = _Builder(index, len(member_id), first_month, months)
    passes = [(path, False) for path in store.files()]
    passes += [(path, True) for path in _with_corrections(store)]
    for done, (path, corrections) in enumerate(passes):
        progress(done / len(passes), f"cube: {path.parent.name}")
        for rows in _tables(path):
            builder.take(rows, corrections=corrections)
    return builder.built(member_id)


def _with_corrections(store: Store) -> Iterator[Path]:
    """Yield the files that hold corrections, in order."""
    for part in store.parts():
        if part.corrections:
            yield from sorted((store.folder / "parts" / part.folder).glob("block-*.parquet"))


def _tables(path: Path) -> Iterator[pa.Table]:
    """Yield a Parquet file's readings in runs of a bounded size."""
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(1 << 20, columns=_COLUMNS):
                yield pa.Table.from_batches([batch])
    except pa.ArrowInvalid as error:
        raise BoundsError(
            Both("저장소에 읽을 수 없는 부분이 있습니다", "a part of the store cannot be read"),
            Where(path),
            Both("사본에서 되살리십시오", "restore it from a copy"),
        ) from error


def _bounded(quantity: NDArray[np.int64], fits: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return quantities as the cube holds them; what cannot be counted is held."""
    good = (quantity >= 0) & (quantity <= READING_MAX) & fits
    return np.where(good, quantity, HELD).astype(np.int32)
