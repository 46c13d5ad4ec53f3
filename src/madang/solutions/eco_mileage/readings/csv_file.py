"""Readings as CSV, block by block, so that a file of any size passes in little memory and can be resumed.

The shape: ``utility,meter_id,month,quantity,unit,quality,corrects``; month is YYYY-MM, quantity has at most three
decimals, quality and corrects may be empty (valid, no). ``corrects`` yes marks a reading that replaces an earlier one.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv

from madang.core.errors import Both, TableError, Where
from madang.core.language import say_count
from madang.solutions.eco_mileage.readings.rows import (
    DOUBTS,
    EARLIEST_YEAR,
    LATEST_YEAR,
    METER_ID_MAX,
    MILLIS_OF,
    QUALITIES,
    SCHEMA,
    UNITS,
    UTILITIES,
)

COLUMNS = ("utility", "meter_id", "month", "quantity", "unit", "quality", "corrects")
BLOCK_BYTES = 16 << 20
_YES_NO = ("yes", "no", "")


@dataclass(frozen=True)
class Block:
    """A run of readings: the rows, and where the file goes on behind them (byte offset, number of the last row)."""

    rows: pa.Table
    offset: int
    last_row: int


def read_blocks(path: Path, offset: int = 0, last_row: int = 1, size: int = BLOCK_BYTES) -> Iterator[Block]:
    """Yield the readings of a file from a place on; ``revision`` is 1 for a correction, to be numbered by the store.

    Raises:
        TableError: the first cell that is not what its column holds, with file, row, column and value.
    """
    with path.open("rb") as file:
        head = file.readline()
        _check_head(head, path)
        file.seek(max(offset, len(head)))
        rest = b""
        position = file.tell()
        while chunk := file.read(size):
            cut = (rest + chunk).rfind(b"\n") + 1
            whole, rest = (rest + chunk)[:cut], (rest + chunk)[cut:]
            if whole:
                position += len(whole)
                rows = _parsed(whole, path, last_row)
                last_row += rows.num_rows
                yield Block(rows, position, last_row)
        if rest:
            rows = _parsed(rest + b"\n", path, last_row)
            yield Block(rows, position + len(rest), last_row + rows.num_rows)


def _check_head(head: bytes, path: Path) -> None:
    """Raise where the first line is not the documented one."""
    try:
        names = head.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise _not_utf8(path, 1) from error
    if names != ",".join(COLUMNS):
        todo = Both(f"첫 줄은 {','.join(COLUMNS)}이어야 합니다", f"the first line must be {','.join(COLUMNS)}")
        raise TableError(
            Both("첫 줄이 사용량 파일의 것이 아닙니다", "the header is not that of a file of readings"),
            Where(path, row=1, value=names),
            todo,
        )


def _parsed(block: bytes, path: Path, last_row: int) -> pa.Table:
    """Return the rows of whole lines; the first of them is row ``last_row + 1`` of the file."""
    text = _cells(block, path, last_row)
    rows = pl.DataFrame(text)
    _check_cells(rows, path, last_row)
    return _typed(rows, last_row).to_arrow().cast(SCHEMA)


def _cells(block: bytes, path: Path, last_row: int) -> pa.Table:
    """Return every cell as text."""
    wrong: list[pacsv.InvalidRow] = []

    def refuse(row: pacsv.InvalidRow) -> str:
        wrong.append(row)
        return "error"

    try:
        return pacsv.read_csv(
            io.BytesIO(block),
            pacsv.ReadOptions(use_threads=False, column_names=COLUMNS, block_size=len(block) + 1),
            pacsv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=refuse),
            pacsv.ConvertOptions(column_types=dict.fromkeys(COLUMNS, pa.string()), strings_can_be_null=False),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        if wrong:
            row = last_row + (wrong[0].number or 1)
            says = Both(
                f"칸이 {wrong[0].actual_columns}개인 줄이 있습니다. 첫 줄은 {len(COLUMNS)}개입니다",
                f"a row has {say_count(wrong[0].actual_columns, 'cell')} where the header has {len(COLUMNS)}",
            )
            raise TableError(
                says, Where(path, row=row, value=wrong[0].text), Both("그 줄을 고치십시오", "mend that row")
            ) from error
        raise _not_utf8(path, last_row + 1 + _undecodable(block)) from error


def _not_utf8(path: Path, row: int) -> TableError:
    """Return that a line of a file is no UTF-8 text."""
    return TableError(
        Both("UTF-8 글이 아닙니다", "the file is not UTF-8 text"),
        Where(path, row=row),
        Both("UTF-8 CSV로 저장하십시오(엑셀은 'CSV UTF-8')", "save it as UTF-8 (in Excel: CSV UTF-8)"),
    )


def _undecodable(block: bytes) -> int:
    """Return in which line of a block the first byte that is no UTF-8 stands, from 0."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as error:
        return block[: error.start].count(b"\n")
    return 0


def _check_cells(rows: pl.DataFrame, path: Path, last_row: int) -> None:
    """Raise at the first cell, row by row and column by column, that is not what its column holds."""
    year = pl.col("month").str.slice(0, 4).cast(pl.Int32, strict=False)
    fits = {
        "utility": pl.col("utility").is_in(UTILITIES),
        "meter_id": pl.col("meter_id").str.contains(r"^[0-9]{1,12}$"),
        "month": pl.col("month").str.contains(r"^[0-9]{4}-(0[1-9]|1[0-2])$")
        & year.is_between(EARLIEST_YEAR, LATEST_YEAR),
        "quantity": pl.col("quantity").str.contains(r"^-?[0-9]{1,9}(\.[0-9]{1,3})?$"),
        "unit": pl.col("unit").is_in(UNITS),
        "quality": pl.col("quality").is_in([*QUALITIES, ""]),
        "corrects": pl.col("corrects").is_in(_YES_NO),
    }
    good = rows.select(**fits)
    place = good.select(pl.all_horizontal(pl.all()).not_().arg_max().alias("first"), pl.all_horizontal(pl.all()).all())
    if place.item(0, 1):
        return
    first = int(place.item(0, 0))
    if not any(rows.row(first)):
        raise TableError(
            Both("빈 줄이 있습니다", "the row is empty"),
            Where(path, row=last_row + 1 + first),
            Both(
                "그 줄을 지우십시오. 파일에서 아무것도 들어가지 않았습니다",
                "delete the row; nothing of the file was taken in",
            ),
        )
    column = next(name for name in COLUMNS if not good.item(first, name))
    where = Where(path, row=last_row + 1 + first, column=column, value=rows.item(first, column))
    raise TableError(
        Both(_SAYS[column].ko, f"this is not {_SAYS[column].en}"),
        where,
        Both(
            "그 칸을 고치십시오. 파일에서 아무것도 들어가지 않았습니다",
            "mend the cell; nothing of the file was taken in",
        ),
    )


_SAYS = {
    "utility": Both(
        f"에너지 종류가 아닙니다. 다음 가운데 하나: {', '.join(UTILITIES)}", f"a utility: one of {', '.join(UTILITIES)}"
    ),
    "meter_id": Both(
        f"고객번호가 아닙니다: {len(str(METER_ID_MAX)) - 1}자리까지",
        f"a meter's number: up to {len(str(METER_ID_MAX)) - 1} digits",
    ),
    "month": Both("YYYY-MM으로 적은 달이 아닙니다", "a month written YYYY-MM"),
    "quantity": Both(
        "사용량이 아닙니다: 아홉 자리와 소수 셋째 자리까지, 쉼표와 빈칸 없이",
        "a quantity: up to nine digits and three decimals, without commas and blanks",
    ),
    "unit": Both(f"단위가 아닙니다. 다음 가운데 하나: {', '.join(UNITS)}", f"a unit: one of {', '.join(UNITS)}"),
    "quality": Both(
        f"품질이 아닙니다. 다음 가운데 하나이거나 빈칸: {', '.join(QUALITIES)}",
        f"a quality: one of {', '.join(QUALITIES)}, or empty",
    ),
    "corrects": Both("yes, no 또는 빈칸이 아닙니다", "yes, no or empty"),
}
_MILLIS = {f"{utility}/{unit}": millis for utility, units in MILLIS_OF.items() for unit, millis in units.items()}


def _typed(rows: pl.DataFrame, last_row: int) -> pl.DataFrame:
    """Return checked text as typed columns; quantities in thousandths first, so that no fraction is ever kept."""
    parts = pl.col("quantity").str.split_exact(".", 1)
    whole = parts.struct.field("field_0").str.strip_chars_start("-").cast(pl.Int64)
    decimals = parts.struct.field("field_1").fill_null("").str.pad_end(3, "0").cast(pl.Int64)
    sign = pl.when(pl.col("quantity").str.starts_with("-")).then(-1).otherwise(1)
    millis = (pl.col("utility") + "/" + pl.col("unit")).replace_strict(_MILLIS, default=None, return_dtype=pl.Int64)
    thousandths = sign * (whole * 1000 + decimals) * millis.fill_null(1000)
    return rows.select(
        pl.col("utility").replace_strict(list(UTILITIES), list(range(len(UTILITIES))), return_dtype=pl.Int8),
        pl.col("meter_id").cast(pl.Int64),
        (
            pl.col("month").str.slice(0, 4).cast(pl.Int32) * 12 + pl.col("month").str.slice(5, 2).cast(pl.Int32) - 1
        ).alias("month"),
        ((2 * thousandths + 1_000_000).floordiv(2_000_000)).cast(pl.Int64).alias("quantity"),
        pl.col("quality")
        .replace_strict([*QUALITIES, ""], [*range(len(QUALITIES)), 0], return_dtype=pl.Int8)
        .alias("quality"),
        pl.when(millis.is_null()).then(DOUBTS.index("unit")).otherwise(0).cast(pl.Int8).alias("doubt"),
        (pl.col("corrects") == "yes").cast(pl.Int32).alias("revision"),
        pl.lit(0, pl.Int64).alias("photo"),
        pl.int_range(last_row + 1, last_row + 1 + pl.len(), dtype=pl.Int64).alias("row"),
    )
