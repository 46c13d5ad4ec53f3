"""The cells of a CSV or Excel file with its header found: ministry exports put titles above it and units below it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from madang.core.documents import say_encoding
from madang.core.errors import Both, TableError, Where
from madang.core.language import say_count
from madang.core.table_files import text_of

#: How far down a header may stand.
HEADER_ROWS_MAX = 10
ENCODINGS = ("utf-8", "cp949")


def read_cells(path: Path, encoding: str, is_header: Callable[[list[str]], bool]) -> tuple[int, pl.DataFrame]:
    """Return the row of the header (from 1) and the rows below it, columns named by it; cells as text or as typed.

    Raises:
        TableError: the file cannot be read, or no line is a header.
    """
    sheets = _sheets(path) if path.suffix.lower() in {".xlsx", ".xls"} else [_lines(path, encoding)]
    found = next(((rows, *header) for rows in sheets if (header := _header(rows, is_header)) is not None), None)
    if found is None:
        raise TableError(
            Both("열 이름이 적힌 행을 찾지 못했습니다", "no header was found"),
            Where(path),
            Both(
                "처음 몇 행 가운데 하나에 열 이름을 적으십시오: 채수일(또는 date), 지점명(또는 site),"
                " bod_mg_per_l, tp_mg_per_l",
                "name the columns in one of the first rows: date (or 채수일), site (or 지점명),"
                " bod_mg_per_l, tp_mg_per_l",
            ),
        )
    rows, at, head = found
    names = _unique([cell.replace("\n", " ").strip() or f"column {n + 1}" for n, cell in enumerate(head)])
    below = rows[at + 1 :]
    for place, row in enumerate(below, start=at + 2):
        if len(row) > len(names) and any(str(cell or "").strip() for cell in row[len(names) :]):
            says = Both(
                f"열 이름은 {len(names)}개인데 이 행의 칸은 {len(row)}개입니다",
                f"a row has {say_count(len(row), 'cell')} where the header has {len(names)}",
            )
            raise TableError(
                says,
                Where(path, row=place),
                Both("쉼표가 든 글은 따옴표로 묶으십시오", "put text that holds a comma in quotes"),
            )
    width = len(names)
    filled = [[*row[:width], *([None] * (width - len(row)))] for row in below]
    # A line of units below the header is no sample: nothing in it is a number or a day.
    skipped = 1 if filled and _only_units(filled[0]) else 0
    columns = {
        name: pl.Series(name, [None if row[n] is None else str(row[n]) for row in filled[skipped:]], dtype=pl.String)
        for n, name in enumerate(names)
    }
    return at + 1 + skipped, pl.DataFrame(columns)


def _header(rows: list[list[Any]], is_header: Callable[[list[str]], bool]) -> tuple[int, list[str]] | None:
    """Return the place of the header's last line and its names; None where no line is one, nor two of them together.

    Merged cells spread a header over two lines: what stands in the lower one names a column, else what stands above it.
    """
    said = [[str(cell or "").strip() for cell in row] for row in rows[: HEADER_ROWS_MAX + 1]]
    for at, row in enumerate(said[:HEADER_ROWS_MAX]):
        if is_header(row):
            return at, row
    for at, (upper, lower) in enumerate(pairwise(said), start=1):
        width = max(len(upper), len(lower))
        padded = [[*row, *[""] * (width - len(row))] for row in (upper, lower)]
        both = [below or above for above, below in zip(*padded, strict=True)]
        if is_header(both):
            return at, both
    return None


def _only_units(row: list[Any]) -> bool:
    """Tell whether a row holds units alone."""
    said = [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
    return (
        bool(said)
        and all(not any(sign.isdigit() for sign in cell.replace("m3", "").replace("㎥", "")) for cell in said)
        and any("/" in cell for cell in said)
    )


def _lines(path: Path, encoding: str) -> list[list[Any]]:
    """Return the cells of a CSV; UTF-8 first, then the encoding of Korean Excel."""
    raw = path.read_bytes()
    for name in (encoding,) if encoding else ENCODINGS:
        try:
            decoded = text_of(raw, path, name)
        except UnicodeDecodeError:
            continue
        first = decoded.splitlines()[0]
        sign = max(",;\t", key=first.count)
        try:
            # Old spreadsheets end lines by a carriage return alone.
            return [list(row) for row in csv.reader(io.StringIO(decoded, newline=None), delimiter=sign)]
        except csv.Error as error:
            raise TableError(
                Both(f"CSV로 읽을 수 없는 파일입니다: {error}", f"the file cannot be read as a CSV: {error}"),
                Where(path),
                Both("다시 저장하십시오", "save it anew"),
            ) from error
    raise TableError(
        Both("파일의 글자를 읽을 수 없습니다", "the file's text cannot be read"), Where(path), say_encoding(raw)
    )


def _sheets(path: Path) -> list[list[list[Any]]]:
    """Return the cells of each sheet of a workbook, days as days: the first may only explain the others."""
    try:
        frames = pl.read_excel(
            path, sheet_id=0, has_header=False, infer_schema_length=0, drop_empty_rows=False, drop_empty_cols=False
        )
    except Exception as error:
        raise TableError(
            Both(
                f"엑셀 파일로 읽을 수 없습니다: {str(error).splitlines()[0]}",
                f"the file cannot be read as a workbook: {str(error).splitlines()[0]}",
            ),
            Where(path),
            Both("파일을 확인하십시오", "check the file"),
        ) from error
    return [[list(row) for row in frame.rows()] for frame in frames.values()]


def _unique(names: list[str]) -> list[str]:
    """Return names with a number behind those that come again: exports repeat an item's flag and value columns."""
    counts: dict[str, int] = {}
    made = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        made.append(name if counts[name] == 1 else f"{name} {counts[name]}")
    return made
