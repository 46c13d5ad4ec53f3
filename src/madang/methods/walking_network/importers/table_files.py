"""CSV and Parquet files to columns: encodings and delimiters people use; what cannot be read names its row."""

from __future__ import annotations

import codecs
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from madang.core.errors import NetworkError, TableError, Where
from madang.core.language import say_count, text
from madang.methods.walking_network.importers.columns import Columns, bare_name
from madang.methods.walking_network.importers.contents import not_that

PARQUET = (".parquet", ".geoparquet", ".pq")
#: Whole numbers from here on are not all told apart as decimals.
EXACT_MOST = 2.0**53
_DELIMITERS = (",", ";", "\t", "|")
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def check_not_empty(path: Path) -> None:
    """Raise NetworkError where a file holds not one byte."""
    if path.stat().st_size == 0:
        todo = text("내용이 있는 파일을 주십시오", "give a file that holds something")
        raise NetworkError(text("빈 파일입니다", "the file is empty"), Where(file=path.name), todo)


def read_columns(path: Path, encodings: Sequence[str] = ("utf-8", "cp949")) -> Columns:
    """Return a CSV (UTF-8, else cp949, or UTF-16 by its mark) or Parquet file; GeoParquet's CRS comes along.

    The columns of a CSV are parted by what parts its header: commas, semicolons, tabs or bars.

    Raises:
        NetworkError: the file is empty, or neither.
        TableError: a row with more or fewer cells than the header, or a column that stands there twice.
    """
    check_not_empty(path)
    try:
        if path.suffix.lower() in PARQUET:
            table = pa_parquet.read_table(path)
            return Columns(path.name, _plain(table), _stated_crs(table.schema.metadata or {}))
        return _read_csv(path, encodings)
    except (pa.ArrowInvalid, OSError) as error:
        kind = "Parquet" if path.suffix.lower() in PARQUET else "CSV"
        todo = text("CSV나 Parquet 파일을 주십시오", "give a CSV or Parquet file")
        what = text(f"{kind} 파일로 읽을 수 없습니다", f"the file cannot be read as {kind}")
        raise not_that(path, what, todo) from error


def header_of(path: Path, encodings: Sequence[str] = ("utf-8", "cp949")) -> list[str]:
    """Return the bare names in a CSV's first line.

    Raises NetworkError where the file is empty or in no known encoding.
    """
    check_not_empty(path)
    line, mark = _first_line(path, _encoding_of(path, encodings))
    return [bare_name(name) for name in line.split(mark)]


def _read_csv(path: Path, encodings: Sequence[str]) -> Columns:
    """Return a CSV in the first encoding that fits."""
    encoding = _encoding_of(path, encodings)
    line, mark = _first_line(path, encoding)
    if not line.strip():
        todo = text("첫 줄에 열의 이름을 적으십시오", "write the names of the columns in the first line")
        raise NetworkError(text("머리줄이 비었습니다", "the header is empty"), Where(file=path.name, row=1), todo)
    read, parse = pa_csv.ReadOptions(encoding=encoding), pa_csv.ParseOptions(delimiter=mark, newlines_in_values=True)
    try:
        table = pa_csv.read_csv(path, read, parse)
    except pa.ArrowInvalid as error:
        bad = _first_uneven(path, encoding, mark)
        if bad is not None:
            raise _ragged(path, bad) from error
        raise
    _check_names(path, table.column_names)
    long = _too_long(table)
    if long:
        table = pa_csv.read_csv(path, read, parse, pa_csv.ConvertOptions(column_types=dict.fromkeys(long, pa.string())))
    return Columns(path.name, table, decimal_comma=mark == ";")


def _too_long(table: pa.Table) -> list[str]:
    """Return the columns whose numbers Arrow took for decimals though they are longer than those can tell apart.

    The number of a building in Korea has 25 digits: as a decimal, neighbours are one.
    """
    decimal = [name for name in table.column_names if pa.types.is_floating(table[name].type)]
    most = {name: pc.max(pc.abs(table[name])).as_py() for name in decimal}
    return [name for name, value in most.items() if value is not None and value >= EXACT_MOST]


def _first_uneven(path: Path, encoding: str, mark: str) -> pa_csv.InvalidRow | None:
    """Return the first row with more or fewer cells than the header, found by a single reader, or None.

    Only here does Arrow hold a function of ours: a thread of its pool that let go of one after the program's end
    would take the whole process down.
    """
    bad: list[pa_csv.InvalidRow] = []

    def note(row: pa_csv.InvalidRow) -> str:
        bad.append(row)
        return "skip"

    parse = pa_csv.ParseOptions(delimiter=mark, newlines_in_values=True, invalid_row_handler=note)
    pa_csv.read_csv(path, pa_csv.ReadOptions(encoding=encoding, use_threads=False), parse)
    return bad[0] if bad else None


def _ragged(path: Path, row: pa_csv.InvalidRow) -> TableError:
    """Return the error of a row with more or fewer cells than the header."""
    return TableError(
        text(
            f"칸이 {row.actual_columns}개인 행이 있습니다. 머리줄은 {row.expected_columns}개입니다",
            f"a row has {say_count(row.actual_columns, 'cell')} where the header has {row.expected_columns}",
        ),
        Where(file=path.name, row=row.number),
        text("구분 기호가 든 글은 따옴표로 묶으십시오", "put text that holds the delimiter in quotes"),
    )


def _check_names(path: Path, names: Sequence[str]) -> None:
    """Raise TableError where a column stands in the header twice."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        what = text(f"{twice!r} 열이 두 번 있습니다", f"the column {twice!r} stands there twice")
        raise TableError(what, Where(file=path.name, row=1), text("하나를 빼십시오", "remove one"))


def _encoding_of(path: Path, encodings: Sequence[str]) -> str:
    """Return the first encoding in which the whole file can be read; UTF-16 says itself that it is."""
    with path.open("rb") as file:
        marked = file.read(2) in _UTF_16_MARKS
    for encoding in ("utf-16",) if marked else encodings:
        if _is_in(path, encoding):
            return encoding
    todo = text("UTF-8로 저장하십시오", "save the file as UTF-8")
    known = ", ".join(encodings)
    what = text(f"글이 {known} 가운데 어느 것도 아닙니다", f"the text is in none of the encodings {known}")
    raise not_that(path, what, todo)


def _first_line(path: Path, encoding: str) -> tuple[str, str]:
    """Return a file's first line and what parts its columns: the mark that stands there most, else a comma."""
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline=None) as file:
        line = file.readline(1 << 20).rstrip("\n")
    most = max(_DELIMITERS, key=line.count)
    return line, most if most in line else ","


def _is_in(path: Path, encoding: str) -> bool:
    """Return whether the whole file decodes: Arrow itself takes foreign bytes for data without a word."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _plain(table: pa.Table) -> pa.Table:
    """Return the table with extension columns (such as geoarrow's) as what they are stored as."""
    columns = [
        column.cast(column.type.storage_type) if isinstance(column.type, pa.BaseExtensionType) else column
        for column in table.columns
    ]
    return pa.table(dict(zip(table.column_names, columns, strict=True)))


def _stated_crs(metadata: dict[bytes, bytes]) -> Any:
    """Return the CRS of GeoParquet's main column as PROJJSON, or None: degrees by that standard's default."""
    if b"geo" not in metadata:
        return None
    geo = json.loads(metadata[b"geo"])
    return geo["columns"][geo["primary_column"]].get("crs")
