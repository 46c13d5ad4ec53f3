"""Typed columns with units, read from CSV, Parquet or Excel; the first bad cell is named, never smoothed over."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from madang.core.documents import is_there, say_encoding
from madang.core.errors import Both, TableError, Where
from madang.core.given_files import GivenFile
from madang.core.language import Text, say_count
from madang.core.sources import sha256_of
from madang.core.units import check_unit

Kind = Literal["integer", "number", "text", "day", "geometry"]
_POLARS: dict[str, pl.DataType] = {
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "text": pl.String(),
    "day": pl.Date(),
    "geometry": pl.Binary(),
}


class Column(BaseModel):
    """What a column holds: its kind, unit, bounds and whether a cell may be empty.

    ``empty_is_settled`` says that the solution gives an empty cell a meaning of its own, and tells it where it matters:
    such a cell is no gap in what is known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: Text
    kind: Kind
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    choices: tuple[str, ...] | None = None
    may_be_empty: bool = False
    empty_is_settled: bool = False
    aliases: tuple[str, ...] = ()

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str | None) -> str | None:
        """The unit, where there is one, is one the registry knows."""
        try:
            return None if unit is None else check_unit(unit)
        except Exception as error:
            raise ValueError(str(error).splitlines()[0]) from error

    @model_validator(mode="after")
    def _limits_fit_kind(self) -> Column:
        """Bounds belong to numbers and words to choose from to text; else they would hold nothing."""
        if self.kind not in {"integer", "number"} and (self.min is not None or self.max is not None):
            raise ValueError(
                Both(
                    f"종류가 {self.kind}인 열에는 min이나 max를 둘 수 없습니다",
                    f"a column of kind {self.kind} has no min or max",
                )
            )
        if self.empty_is_settled and not self.may_be_empty:
            raise ValueError(
                Both(
                    "비워 둘 수 없는 열에는 empty_is_settled를 둘 수 없습니다",
                    "a column that may not be empty has no empty cell to settle",
                )
            )
        if self.kind != "text" and self.choices is not None:
            raise ValueError(
                Both(
                    f"종류가 {self.kind}인 열에는 choices를 둘 수 없습니다",
                    f"a column of kind {self.kind} has no choices",
                )
            )
        return self


class TableSpec(BaseModel):
    """The shape of a table: its columns in order and the key no two rows share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: Text
    key: tuple[str, ...] = ()
    columns: dict[str, Column] = Field(min_length=1)
    optional: bool = False

    @model_validator(mode="after")
    def _key_is_there(self) -> TableSpec:
        """The key is made of columns the table has."""
        for name in self.key:
            if name not in self.columns:
                raise ValueError(
                    Both(
                        f"key에 없는 열의 이름이 있습니다: {name!r}",
                        f"the key names a column that is not there: {name!r}",
                    )
                )
        return self


class TableGap(Text):
    """Where a table is not whole, in both languages; ``told`` is a sentence of which nothing but its words is known."""

    kind: Literal["empty cells", "told"]


def empty_cells(column: str, count: int, height: int) -> TableGap:
    """Return the gap of a column in which some of the cells are empty."""
    return TableGap(
        kind="empty cells",
        ko=f"{column} {height}칸 가운데 {count}칸",
        en=f"{column}: {count} of {height} cells empty",
    )


@dataclass(frozen=True)
class Table:
    """A checked table: frame with typed columns, its shape, file and hash, and where cells are empty."""

    name: str
    spec: TableSpec
    frame: pl.DataFrame
    path: Path | None = None
    sha256: str | None = None
    gaps: tuple[TableGap, ...] = ()

    def unit(self, column: str) -> str | None:
        """Return a column's unit."""
        return self.spec.columns[column].unit


def read_table(path: Path, spec: TableSpec, *, name: str = "", encoding: str = "utf-8") -> Table:
    """Return a CSV, Parquet or Excel file as a checked table; other columns of the file are left out.

    Raises:
        TableError: with file, row (the header is row 1), column, value and what to do.
    """
    frame = _checked(_load(path, encoding), spec, path)
    return Table(name or path.stem, spec, frame, path, sha256_of(path), _gaps(frame, spec))


def table_of_text(given: GivenFile, spec: TableSpec, *, name: str) -> Table:
    """Return the text of a CSV file that was handed to a run as a checked table; see ``read_table``."""
    path, raw = Path(given.name), given.text.encode()
    frame = _checked(_cells_of_csv(raw, path, "utf-8"), spec, path)
    return Table(name, spec, frame, None, given.sha256, _gaps(frame, spec))


def header_of(given: GivenFile) -> list[str]:
    """Return the names in the first line of a CSV file's text.

    Raises:
        TableError: the file is empty, or a name stands there twice.
    """
    cells = _cells_of_csv(given.text.encode(), Path(given.name), "utf-8")
    return [_same_letters(name) for name in cells.columns]


def _checked(cells: pl.DataFrame, spec: TableSpec, path: Path) -> pl.DataFrame:
    """Return cells as the typed columns of a shape; the first fault is an error with its place."""
    raw = _without_empty_end(cells)
    raw = raw.rename({name: _same_letters(name) for name in raw.columns})
    if raw.height == 0:
        raise TableError(
            Both("표에 행이 없습니다", "the table has no rows"),
            Where(path),
            Both("머리글 아래에 적어도 한 행을 주십시오", "give at least one row below the header"),
        )
    columns = []
    for column, card in spec.columns.items():
        found = next((n for n in (column, *card.aliases) if n in raw.columns), None)
        if found is None:
            raise TableError(
                Both(f"열이 없습니다: {column!r}", f"the column {column!r} is missing"),
                Where(path),
                Both(
                    f"있는 열: {', '.join(raw.columns)}. 더하거나 이 가운데 하나의 이름을 바꾸십시오",
                    f"columns found: {', '.join(raw.columns)}; add it or rename one of these",
                ),
            )
        columns.append(_typed(raw[found].alias(column), card, path))
    frame = pl.DataFrame(columns)
    _check_key(frame, spec, path)
    return frame


def _load(path: Path, encoding: str) -> pl.DataFrame:
    """Return the file's cells, as text where the format has no types."""
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
    ending = path.suffix.lower()
    try:
        if ending == ".csv":
            return _load_csv(path, encoding)
        if ending == ".parquet":
            return pl.read_parquet(path)
        if ending in {".xlsx", ".xls", ".ods"}:
            return _load_sheet(path)
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
    raise TableError(
        Both(f"{ending!r} 파일은 읽지 못합니다", f"no reader for {ending!r} files"),
        Where(path),
        Both("CSV, Parquet, Excel 가운데 하나로 주십시오", "give CSV, Parquet or Excel"),
    )


def _load_csv(path: Path, encoding: str) -> pl.DataFrame:
    """Return a CSV file with every cell as text; a stray byte names its row."""
    return _cells_of_csv(path.read_bytes(), path, encoding)


def _cells_of_csv(raw: bytes, path: Path, encoding: str) -> pl.DataFrame:
    """Return the bytes of a CSV file as cells of text."""
    try:
        decoded = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise TableError(
            Both(f"{encoding} 글이 아닙니다", f"the file is not {encoding} text"),
            Where(path, row=row),
            say_encoding(raw),
        ) from error
    except LookupError as error:
        raise TableError(
            Both(f"그런 문자 부호화가 없습니다: {encoding!r}", f"there is no encoding {encoding!r}"),
            Where(path),
            Both("utf-8이나 cp949로 적으십시오", "write utf-8 or cp949"),
        ) from error
    if not decoded.strip():
        raise TableError(
            Both("빈 파일입니다", "the file is empty"),
            Where(path),
            Both("머리글과 적어도 한 행을 주십시오", "give a header and at least one row"),
        )
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


def _same_letters(name: str) -> str:
    """Return a name without space around it, each Hangul syllable as one letter: files of a Mac part them."""
    return normalize("NFC", name.strip())


def _check_header(names: list[str], path: Path) -> None:
    """Raise when a column stands in the header twice."""
    names = [_same_letters(name) for name in names]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise TableError(
            Both(f"같은 열이 둘입니다: {twice!r}", f"the column {twice!r} stands there twice"),
            Where(path, row=1),
            Both("하나를 지우십시오", "remove one"),
        )


def _without_empty_end(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame without the wholly empty rows that spreadsheets leave at the end."""
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true()
    return frame.head(int(filled[-1]) + 1 if len(filled) else 0)


_CORRECT = Both("고치십시오", "correct it")


def _typed(cells: pl.Series, card: Column, path: Path) -> pl.Series:
    """Return the cells in their kind, or raise at the first that is not of it."""
    cells = _trimmed(cells)
    typed = _cast(cells, card.kind)
    bad = typed.is_null() & cells.is_not_null()
    _refuse(cells, bad, path, _NOT[card.kind], _todo_for(card.kind), card)
    if not card.may_be_empty:
        _refuse(
            cells,
            typed.is_null(),
            path,
            Both("비어 있음", "is empty"),
            Both("채우십시오. 모르는 것은 0이 아닙니다", "fill it; an unknown is not zero"),
        )
    if card.kind == "number":
        endless = ~typed.is_finite() & typed.is_not_null()
        _refuse(
            cells,
            endless,
            path,
            Both("끝이 있는 수가 아님", "is not a finite number"),
            Both("수를 주십시오", "give a number"),
            card,
        )
    if card.min is not None:
        _refuse(
            cells,
            typed < card.min,
            path,
            Both(f"{card.min:.12g}{_in(card)}보다 작음", f"is below {card.min:.12g}{_in(card)}"),
            _CORRECT,
        )
    if card.max is not None:
        _refuse(
            cells,
            typed > card.max,
            path,
            Both(f"{card.max:.12g}{_in(card)}보다 큼", f"is above {card.max:.12g}{_in(card)}"),
            _CORRECT,
        )
    if card.choices is not None:
        wrong = ~typed.is_in(list(card.choices)) & typed.is_not_null()
        _refuse(
            cells,
            wrong,
            path,
            Both("아는 낱말이 아님", "is not one of the known words"),
            Both(f"이 가운데 하나를 쓰십시오: {', '.join(card.choices)}", f"use one of: {', '.join(card.choices)}"),
        )
    return typed


def _trimmed(cells: pl.Series) -> pl.Series:
    """Return text cells without space around them, and empty ones as missing; other cells unchanged."""
    if cells.dtype in {pl.Categorical, pl.Enum}:
        cells = cells.cast(pl.String())
    if cells.dtype != pl.String:
        return cells
    stripped = cells.str.strip_chars()
    return pl.select(pl.when(stripped == "").then(None).otherwise(stripped).alias(cells.name)).to_series()


def _cast(cells: pl.Series, kind: Kind) -> pl.Series:
    """Return the cells in a kind, with null where a cell is not of it: a day is no number, and yes is not 1."""
    if cells.dtype == pl.Null:
        return cells.cast(_POLARS[kind])
    if kind == "day":
        return _days(cells)
    if kind == "geometry":
        return _shapes(cells)
    if kind == "text":
        return cells.cast(pl.String(), strict=False)
    if cells.dtype == pl.String:
        # Only commas that group thousands go: "1,5" is not 15.
        grouped = cells.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
        bare = cells.str.replace_all(",", "")
        cells = pl.select(pl.when(grouped).then(bare).otherwise(cells).alias(cells.name)).to_series()
    elif not cells.dtype.is_numeric():
        return pl.Series(cells.name, [None] * len(cells), dtype=_POLARS[kind])
    typed = cells.cast(_POLARS[kind], strict=False)
    if kind == "integer" and cells.dtype != pl.String and not cells.dtype.is_integer():
        typed = pl.select(pl.when(cells == cells.floor()).then(typed).alias(cells.name)).to_series()
    if kind == "number":  # no cell is minus zero
        typed = pl.select(pl.when(typed == 0.0).then(0.0).otherwise(typed).alias(cells.name)).to_series()
    return typed


def _days(cells: pl.Series) -> pl.Series:
    """Return text written YYYY-MM-DD, dates, and times at midnight as days; anything else as null."""
    if cells.dtype == pl.String:
        written = cells.str.contains(r"^\d{4}-\d{2}-\d{2}$")
        return pl.select(
            pl.when(written).then(cells.str.to_date("%Y-%m-%d", strict=False)).alias(cells.name)
        ).to_series()
    if cells.dtype == pl.Date:
        return cells
    if cells.dtype == pl.Datetime:
        day = cells.dt.date()
        return pl.select(pl.when(cells.dt.time() == pl.time(0, 0, 0)).then(day).alias(cells.name)).to_series()
    return pl.Series(cells.name, [None] * len(cells), dtype=pl.Date())


def _shapes(cells: pl.Series) -> pl.Series:
    """Return well-known binary as it is, and decoded where a file without types holds it in hex; else null."""
    if cells.dtype == pl.Binary:
        return cells
    if cells.dtype == pl.String:
        return cells.str.decode("hex", strict=False)
    return pl.Series(cells.name, [None] * len(cells), dtype=pl.Binary())


def _refuse(cells: pl.Series, bad: pl.Series, path: Path, says: Both, todo: Both, card: Column | None = None) -> None:
    """Raise ``TableError`` at the first row where ``bad`` holds; a word for a gap is told how a gap is written."""
    rows = bad.fill_null(value=False).arg_true()
    if len(rows) == 0:
        return
    row = int(rows[0])
    if card is not None and card.may_be_empty and str(cells[row]).lower() in _WORDS_FOR_A_GAP:
        todo = Both("모르는 칸은 비워 두십시오", "leave the cell empty where nothing is known")
    others = len(rows) - 1
    what = Both(
        f"칸의 값이 맞지 않습니다: {says.ko}" + (f" (그런 행 {others}개 더)" if others else ""),
        f"a cell {says.en}" + (f" ({say_count(others, 'more such row')})" if others else ""),
    )
    raise TableError(what, Where(path, row=row + 2, column=cells.name, value=cells[row]), todo)


def _check_key(frame: pl.DataFrame, spec: TableSpec, path: Path) -> None:
    """Raise when two rows share the key."""
    if not spec.key:
        return
    again = frame.select(spec.key).is_duplicated().arg_true()
    if len(again):
        row = int(again[-1])
        value = ", ".join(str(part) for part in frame.select(spec.key).row(row))
        raise TableError(
            Both("두 행의 열쇠가 같습니다", "two rows have the same key"),
            Where(path, row=row + 2, column=", ".join(spec.key), value=value),
            Both("하나만 남기십시오", "keep one of them"),
        )


def _gaps(frame: pl.DataFrame, spec: TableSpec) -> tuple[TableGap, ...]:
    """Return the gap of each column with empty cells whose meaning is not settled."""
    counts = frame.null_count().row(0, named=True)
    return tuple(
        empty_cells(column, count, frame.height)
        for column, count in counts.items()
        if count and not spec.columns[column].empty_is_settled
    )


#: What a cell is not, by the kind that its column holds.
_NOT = {
    "integer": Both("정수가 아님", "is not a whole number"),
    "number": Both("수가 아님", "is not a number"),
    "text": Both("글이 아님", "is not text"),
    "day": Both("날짜가 아님", "is not a day"),
    "geometry": Both("모양이 아님", "is not a shape"),
}


#: How spreadsheets and programs write that they know nothing.
_WORDS_FOR_A_GAP = frozenset(
    {"na", "n/a", "#n/a", "n.a.", "nan", "null", "none", "nil", "-", "--", "–", "—", ".", "..", "...", "?", "unknown"}
    | {"missing", "not available", "결측", "없음", "미상", "모름", "자료 없음", "해당 없음"}
)


def _todo_for(kind: str) -> Both:
    """Return how such a cell is written."""
    return {
        "integer": Both("숫자만 적으십시오", "write digits only"),
        "number": Both("숫자와 소수점으로 적으십시오", "write digits with a decimal point"),
        "text": Both("글을 적으십시오", "write text"),
        "day": Both("YYYY-MM-DD로 적으십시오", "write YYYY-MM-DD"),
        "geometry": Both(
            "경위도의 WKB로, CSV에서는 16진수로 적으십시오",
            "write well-known binary in longitude and latitude, in CSV as hex",
        ),
    }[kind]


def _in(card: Column) -> str:
    """Return the unit with a space before it, where there is one."""
    return f" {card.unit}" if card.unit else ""
