"""The append-only store of readings: a folder of parts, each a file taken in whole. Nothing in it is ever changed.

``parts/000001-<hash>/`` holds the rows of one file as Parquet blocks and a card. A file is first taken in below
``drafts/``; one rename makes it a part, so that a rejected or interrupted file leaves nothing half in. A draft that a
kill left behind is taken up where it stopped when the same file is given again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.core.errors import Both, DataError, TableError, UsageError, Where
from madang.core.progress import Progress
from madang.core.storing import write_whole
from madang.solutions.eco_mileage.readings.csv_file import Block
from madang.solutions.eco_mileage.readings.rows import month_number, say_month

Form = Literal["csv", "green_button", "photo"]
#: Reads a file from a place on: (path, byte offset, number of the last row read) -> blocks.
ReadBlocks = Callable[[Path, int, int], Iterator[Block]]


@dataclass(frozen=True, kw_only=True)
class Part:
    """The card of one part: the file it came from, and what it holds."""

    number: int
    name: str
    form: Form
    sha256: str
    received_on: str
    rows: int
    corrections: int
    first_month: int
    last_month: int

    @property
    def folder(self) -> str:
        """Return the part's own folder below ``parts``."""
        return f"{self.number:06d}-{self.sha256[:16]}"


@dataclass(frozen=True)
class Store:
    """A folder of readings."""

    folder: Path

    def parts(self) -> tuple[Part, ...]:
        """Return the cards of all parts in the order in which they came."""
        cards = sorted((self.folder / "parts").glob("*/card.json"))
        return tuple(Part(**json.loads(card.read_text("utf-8"))) for card in cards)

    def files(self) -> tuple[Path, ...]:
        """Return the Parquet files of all parts, in order."""
        return tuple(
            path
            for part in self.parts()
            for path in sorted((self.folder / "parts" / part.folder).glob("block-*.parquet"))
        )

    def photos(self) -> pl.DataFrame:
        """Return the readings that were reported by photo."""
        names = ["utility", "meter_id", "month", "quantity", "photo"]
        files = [
            path
            for part in self.parts()
            if part.form == "photo"
            for path in sorted((self.folder / "parts" / part.folder).glob("block-*.parquet"))
        ]
        if not files:
            return pl.DataFrame(schema=dict.fromkeys(names, pl.Int64))
        return pl.read_parquet(files, columns=names).with_columns(pl.col("month").cast(pl.Int32))

    def sha256(self) -> str:
        """Return the hash of all that was taken in, and in which order."""
        said = "\n".join(f"{part.number} {part.form} {part.sha256}" for part in self.parts())
        return hashlib.sha256(said.encode()).hexdigest()

    def rows(self) -> int:
        """Return how many readings there are, corrections with them."""
        return sum(part.rows for part in self.parts())


@dataclass(frozen=True)
class Brought:
    """What an import left: the part, whether the file had been there already, and where it was taken up."""

    part: Part
    already: bool
    resumed_at_row: int


def bring(store: Store, path: Path, form: Form, read: ReadBlocks, received_on: date, progress: Progress) -> Brought:
    """Take a file of readings into the store, whole or not at all.

    Raises:
        DataError: the file cannot be read; the message names row, column and value, and the store is as it was.
        UsageError: another import is at work on this store.
    """
    if not path.is_file():
        raise DataError(
            Both("파일이 없습니다", "the file does not exist"),
            Where(path),
            Both("경로를 확인하십시오", "check the path"),
        )
    progress(0.0, f"hashing {path.name}")
    sha256 = _hash_of(path)
    with _alone(store):
        for part in store.parts():
            if part.sha256 == sha256:
                return Brought(part, already=True, resumed_at_row=0)
        draft = store.folder / "drafts" / sha256
        start = _start_of(draft)
        try:
            state = _draft(draft, path, _till(read, received_on), start, progress)
        except DataError:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        part = _publish(store, draft, state, path, form, sha256, received_on)
        progress(1.0, "done")
        return Brought(part, already=False, resumed_at_row=start["last_row"] if start["blocks"] else 0)


_EMPTY = {"blocks": 0, "offset": 0, "last_row": 1, "rows": 0, "corrections": 0, "first": 1 << 30, "last": 0}


def _start_of(draft: Path) -> dict[str, int]:
    """Return how far an interrupted import came, or the start; a draft with a torn note begins anew."""
    try:
        found: dict[str, int] = json.loads((draft / "reached.json").read_text("utf-8"))
        return found if set(found) == set(_EMPTY) else dict(_EMPTY)
    except (OSError, ValueError):
        shutil.rmtree(draft, ignore_errors=True)
        return dict(_EMPTY)


def _till(read: ReadBlocks, day: date) -> ReadBlocks:
    """Return a reader that refuses readings of months that have not begun on a day.

    Raises:
        TableError: the first such reading of a block, with its row and month.
    """
    this_month = month_number(day)

    def checked(path: Path, offset: int, last_row: int) -> Iterator[Block]:
        for block in read(path, offset, last_row):
            late = block.rows.filter(pc.greater(block.rows["month"], this_month))
            if late.num_rows:
                raise TableError(
                    Both("아직 오지 않은 달의 사용량입니다", "the reading is of a month that has not begun"),
                    Where(path, row=late["row"][0].as_py(), column="month", value=say_month(late["month"][0].as_py())),
                    Both(
                        "달을 고치십시오. 파일에서 아무것도 들어가지 않았습니다",
                        "mend the month; nothing of the file was taken in",
                    ),
                )
            yield block

    return checked


def _draft(draft: Path, path: Path, read: ReadBlocks, start: dict[str, int], progress: Progress) -> dict[str, int]:
    """Write the blocks that are still missing, noting after each how far it came."""
    draft.mkdir(parents=True, exist_ok=True)
    state, size = dict(start), max(1, path.stat().st_size)
    for block in read(path, start["offset"], start["last_row"]):
        months = block.rows["month"]
        if block.rows.num_rows:
            write_whole(draft / f"block-{state['blocks']:05d}.parquet", _parquet(block.rows))
            state = {
                "blocks": state["blocks"] + 1,
                "offset": block.offset,
                "last_row": block.last_row,
                "rows": state["rows"] + block.rows.num_rows,
                "corrections": state["corrections"] + (pc.sum(block.rows["revision"]).as_py() or 0),
                "first": min(state["first"], pc.min(months).as_py()),
                "last": max(state["last"], pc.max(months).as_py()),
            }
            write_whole(draft / "reached.json", json.dumps(state).encode())
        progress(0.05 + 0.9 * min(1.0, block.offset / size), f"{state['rows']:,} readings")
    if state["rows"] == 0:
        raise DataError(
            Both("사용량이 없는 파일입니다", "the file has no readings"),
            Where(path),
            Both("사용량이 든 파일을 주십시오", "give a file that holds at least one"),
        )
    return state


def _publish(
    store: Store, draft: Path, state: dict[str, int], path: Path, form: Form, sha256: str, received_on: date
) -> Part:
    """Number the corrections, write the card and make the draft a part with one rename."""
    part = Part(
        number=len(store.parts()) + 1,
        name=path.name,
        form=form,
        sha256=sha256,
        received_on=received_on.isoformat(),
        rows=state["rows"],
        corrections=state["corrections"],
        first_month=state["first"],
        last_month=state["last"],
    )
    for torn in draft.glob(".*"):
        torn.unlink()
    for stray in draft.glob("block-*.parquet"):
        if int(stray.stem.partition("-")[2]) >= state["blocks"]:
            stray.unlink()
        elif part.corrections:
            _number_corrections(stray, part.number)
    write_whole(draft / "card.json", json.dumps(asdict(part), ensure_ascii=False, indent=2).encode())
    (draft / "reached.json").unlink()
    target = store.folder / "parts" / part.folder
    target.parent.mkdir(parents=True, exist_ok=True)
    draft.rename(target)
    _sync(target.parent)
    return part


def _number_corrections(block: Path, number: int) -> None:
    """Give the corrections of a drafted block the number of their part: the latest part's counts."""
    rows = pq.read_table(block)
    revision = pc.if_else(pc.greater(rows["revision"], 0), pa.scalar(number, pa.int32()), pa.scalar(0, pa.int32()))
    place = rows.schema.get_field_index("revision")
    write_whole(block, _parquet(rows.set_column(place, rows.schema.field(place), revision)))


def _parquet(rows: pa.Table) -> bytes:
    """Return rows as the bytes of a Parquet file."""
    out = pa.BufferOutputStream()
    pq.write_table(rows, out, compression="zstd")
    content: bytes = out.getvalue().to_pybytes()
    return content


def _sync(folder: Path) -> None:
    """Make a rename in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hash_of(path: Path) -> str:
    """Return the hash of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _alone(store: Store) -> Iterator[Any]:
    """Hold the store for one import; a kill lets it go."""
    store.folder.mkdir(parents=True, exist_ok=True)
    with (store.folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            todo = Both("끝날 때까지 기다리십시오", "wait until it is done, or stop it")
            raise UsageError(
                Both("다른 파일을 넣는 중입니다", "another import is at work on this store"), Where(store.folder), todo
            ) from error
        yield lock
