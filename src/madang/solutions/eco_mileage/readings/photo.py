"""Readings that members report by photo, where a meter has no feed: one JSON object a line.

Keys: utility, meter_id, month, quantity, unit, photo_sha256, reported_on; and corrects where it replaces an earlier
one. The photo itself is not kept here; its hash is, so that one photo cannot serve twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

import pyarrow as pa
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from madang.core.documents import say_fault
from madang.core.errors import Both, TableError, UsageError, Where
from madang.solutions.eco_mileage.readings.csv_file import Block
from madang.solutions.eco_mileage.readings.rows import (
    DOUBTS,
    METER_ID_MAX,
    MILLIS_OF,
    QUALITIES,
    SCHEMA,
    UNITS,
    UTILITIES,
    month_number,
    whole_units,
)
from madang.solutions.eco_mileage.rules import parse_month

_BITS = 63


def _month(said: str) -> str:
    """Refuse what is no month of the programme's years."""
    try:
        return f"{parse_month(said):%Y-%m}"
    except UsageError as error:
        raise ValueError(Both("YYYY-MM으로 적은 달이 아닙니다", "this is not a month written YYYY-MM")) from error


class _Twice(ValueError):
    """A key that stands twice in one object."""


class PhotoReading(BaseModel):
    """One reported reading: strict, so that a misspelt key never passes for nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    utility: Literal["electricity", "gas", "water", "heat"]
    meter_id: int = Field(ge=0, lt=METER_ID_MAX, strict=True)
    month: Annotated[str, AfterValidator(_month)]
    quantity: Annotated[str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,3})?$")]
    unit: Literal[UNITS]  # type: ignore[valid-type]
    photo_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    reported_on: date
    corrects: bool = False

    def row(self, number: int) -> dict[str, int]:
        """Return the reading as it is kept."""
        millis = MILLIS_OF[self.utility].get(self.unit)
        return {
            "utility": UTILITIES.index(self.utility),
            "meter_id": self.meter_id,
            "month": month_number(date.fromisoformat(f"{self.month}-01")),
            "quantity": whole_units(Fraction(self.quantity), millis or 1000),
            "quality": QUALITIES.index("reported"),
            "doubt": 0 if millis else DOUBTS.index("unit"),
            "revision": int(self.corrects),
            "photo": int(self.photo_sha256[:16], 16) % 2**_BITS or 1,
            "row": number,
        }


def read_blocks(path: Path, offset: int = 0, last_row: int = 1) -> Iterator[Block]:
    """Yield the reported readings of a file as one block; its first line is row 1.

    Raises:
        TableError: a line that is not a reported reading, with row, key and value.
    """
    content = path.read_bytes()
    if offset >= len(content):
        return
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise TableError(
            Both("UTF-8 글이 아닙니다", "the file is not UTF-8 text"),
            Where(path, row=row),
            Both("UTF-8로 저장하십시오", "save it as UTF-8"),
        ) from error
    rows = [_reading(line, path, number).row(number) for number, line in enumerate(lines, start=1) if line.strip()]
    yield Block(pa.Table.from_pylist(rows, SCHEMA), len(content), max(last_row, len(lines)))


def _reading(line: str, path: Path, row: int) -> PhotoReading:
    """Return one line's reading."""
    todo = Both(
        "그 줄을 고치십시오. 파일에서 아무것도 들어가지 않았습니다", "mend the line; nothing of the file was taken in"
    )
    try:
        said: Any = json.loads(line, object_pairs_hook=_each_once)
        return PhotoReading.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        fault = say_fault(first)
        column = str(first["loc"][0]) if first["loc"] else None
        where = Where(path, row=row, column=column, value=first["input"])
        raise TableError(
            Both(
                f"사진 보고가 아닙니다: {fault.ko}",
                f"this is not a reported reading: {fault.en}",
            ),
            where,
            todo,
        ) from error
    except _Twice as error:
        raise TableError(
            Both("같은 열쇠가 두 번 있는 줄입니다", "a key stands twice in this line"),
            Where(path, row=row, column=str(error)),
            todo,
        ) from error
    except (ValueError, RecursionError) as error:
        raise TableError(
            Both("JSON이 아닌 줄입니다", "this line is not JSON"), Where(path, row=row, value=line[:80]), todo
        ) from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object's keys and values; a key that stands there twice leaves nothing to rely on."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Twice(twice)
    return found
