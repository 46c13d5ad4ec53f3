"""Files of tables read as cells: CSV as text, Parquet and workbooks as they come; a damaged file names its row."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from unicodedata import normalize

import polars as pl

from madang.core.documents import is_there, say_encoding
from madang.core.errors import Both, TableError, Where
from madang.core.language import say_count

_ENDINGS = frozenset({".csv", ".parquet", ".xlsx", ".xls", ".ods"})


def load_cells(path: Path, encoding: str) -> pl.DataFrame:
    """Return the file's cells, as text where the format has no types.

    Raises:
        TableError: no such file, a folder, or what cannot be read as its ending says.
    """
    _check_file(path)
    ending = path.suffix.lower()
    if ending not in _ENDINGS:
        raise TableError(
            Both(f"{ending!r} 파일은 읽지 못합니다", f"no reader for {ending!r} files"),
            Where(path),
            Both("CSV, Parquet, Excel 가운데 하나로 주십시오", "give CSV, Parquet or Excel"),
        )
    try:
        if ending == ".csv":
            return cells_of_csv(path.read_bytes(), path, encoding)
        return pl.read_parquet(path) if ending == ".parquet" else _load_sheet(path)
    except TableError:
        raise
    except OSError as error:
        raise TableError(
            Both(
                f"파일을 읽을 수 없습니다: {error.strerror or error}",
                f"the file cannot be read: {error.strerror or error}",
            ),
            Where(path),
        ) from error
    except Exception as error:
        raise TableError(
            Both(
                f"파일을 {ending[1:]} 형식으로 읽을 수 없습니다: {str(error).splitlines()[0]}",
                f"the file cannot be read as {ending[1:]}: {str(error).splitlines()[0]}",
            ),
            Where(path),
            Both("파일을 확인하십시오", "check the file"),
        ) from error


def _check_file(path: Path) -> None:
    """Raise where there is no file to read."""
    if not is_there(path):
        raise TableError(
            Both("표가 없습니다", "the table is missing"),
            Where(path),
            Both("파일을 거기에 두거나 이름을 고치십시오", "put the file there, or correct its name"),
        )
    if path.is_dir():
        raise TableError(
            Both("표가 파일이 아니라 폴더입니다", "the table is a folder, not a file"),
            Where(path),
            Both("그 안의 파일을 지정하십시오", "name the file inside it"),
        )


def cells_of_csv(raw: bytes, path: Path, encoding: str) -> pl.DataFrame:
    """Return the bytes of a CSV file with every cell as text; a stray byte names its row."""
    try:
        decoded = text_of(raw, path, encoding)
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise TableError(
            Both(f"{encoding} 글이 아닙니다", f"the file is not {encoding} text"),
            Where(path, row=row),
            say_encoding(raw),
        ) from error
    if "\n" not in decoded:  # lines parted as on an early Macintosh
        decoded = decoded.replace("\r", "\n")
    header = next(csv.reader(io.StringIO(decoded)))
    _check_header(header, path)
    _check_comma(header, path)
    try:
        frame = pl.read_csv(decoded.encode(), infer_schema=False)
    except pl.exceptions.ComputeError:
        _check_rows(decoded, len(header), path)
        _check_quotes(decoded, path)
        raise
    if frame[:, -1].null_count():
        _check_rows(decoded, len(header), path)
    return frame


def text_of(raw: bytes, path: Path, encoding: str) -> str:
    """Return what a file's bytes say in an encoding; a mark of UTF-8 at the beginning is no letter of it.

    Raises:
        TableError: there is no such encoding, or the file is empty.
        UnicodeDecodeError: the bytes are in another encoding.
    """
    try:
        said = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except LookupError as error:
        raise TableError(
            Both(f"없는 인코딩입니다: {encoding!r}", f"there is no encoding {encoding!r}"),
            Where(path),
            Both("utf-8이나 cp949로 적으십시오", "write utf-8 or cp949"),
        ) from error
    if not said.strip():
        raise TableError(
            Both("빈 파일입니다", "the file is empty"),
            Where(path),
            Both("머리글과 적어도 한 행을 주십시오", "give a header and at least one row"),
        )
    return said


_TOO_MANY = Both("쉼표가 든 글은 따옴표로 감싸십시오", "put text that holds a comma in quotes")
_TOO_FEW = Both("빠진 쉼표를 더하십시오", "add the commas that are missing")


def _check_rows(decoded: str, width: int, path: Path) -> None:
    """Raise at the first row with more or fewer cells than the header; an empty line has none."""
    try:
        counts = [len(cells) for cells in csv.reader(io.StringIO(decoded))]
    except csv.Error:  # such as a cell too long for Python's reader, as shapes are
        return
    for row, count in enumerate(counts, start=1):
        if count not in {0, width}:
            todo = _TOO_MANY if count > width else _TOO_FEW
            says = Both(
                f"머리글은 {width}칸인데 {count}칸인 행이 있습니다",
                f"a row has {say_count(count, 'cell')} where the header has {width}",
            )
            raise TableError(says, Where(path, row=row), todo) from None


def _check_quotes(decoded: str, path: Path) -> None:
    """Raise at the first line in which a quotation mark stands alone."""
    row = next((row for row, line in enumerate(decoded.splitlines(), start=1) if line.count('"') % 2), None)
    if row is not None:
        todo = Both(
            '따옴표 안에서는 두 번 쓰십시오: "그 ""낱말"" 하나"', 'write it twice inside quotes: "a ""word"" of it"'
        )
        raise TableError(
            Both("따옴표의 짝이 없습니다", "a quotation mark stands alone"), Where(path, row=row), todo
        ) from None


def _check_comma(header: list[str], path: Path) -> None:
    """Raise when a header of one cell shows that something else than a comma parts the columns."""
    mark = next((mark for mark in ";\t|" if len(header) == 1 and mark in header[0]), None)
    if mark is not None:
        says = Both(
            f"열이 쉼표가 아니라 {mark!r}로 나뉘어 있습니다", f"the columns are parted by {mark!r}, not by commas"
        )
        raise TableError(says, Where(path, row=1), Both("쉼표로 나눈 CSV로 저장하십시오", "save it as CSV with commas"))


def _load_sheet(path: Path) -> pl.DataFrame:
    """Return the first sheet of a workbook; its kinds are inferred from all rows, empty rows keep their place."""
    header = pl.read_excel(path, has_header=False, infer_schema_length=0, read_options={"n_rows": 1})
    _check_header([str(cell) for cell in header.row(0)], path)
    return pl.read_excel(path, infer_schema_length=None, drop_empty_rows=False)


def same_letters(name: str) -> str:
    """Return a name without space around it, each Hangul syllable as one letter: files of a Mac part them."""
    return normalize("NFC", name.strip())


def _check_header(names: list[str], path: Path) -> None:
    """Raise when a column stands in the header twice."""
    names = [same_letters(name) for name in names]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise TableError(
            Both(f"같은 열이 둘입니다: {twice!r}", f"the column {twice!r} stands there twice"),
            Where(path, row=1),
            Both("하나를 지우십시오", "remove one"),
        )


def without_empty_end(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame without the wholly empty rows that spreadsheets leave at the end."""
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true()
    return frame.head(int(filled[-1]) + 1 if len(filled) else 0)
