"""Tables of typed columns with units, checked; where cells are empty is told, never smoothed over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, model_validator

from madang.core.columns import Column, typed
from madang.core.errors import Both, TableError, Where
from madang.core.given_files import GivenFile
from madang.core.language import Text
from madang.core.sources import sha256_of
from madang.core.table_files import cells_of_csv, load_cells, same_letters, without_empty_end


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
    frame = _checked(load_cells(path, encoding), spec, path)
    return Table(name or path.stem, spec, frame, path, sha256_of(path), _gaps(frame, spec))


def table_of_text(given: GivenFile, spec: TableSpec, *, name: str) -> Table:
    """Return the text of a CSV file that was handed to a run as a checked table; see ``read_table``."""
    path, raw = Path(given.name), given.text.encode()
    frame = _checked(cells_of_csv(raw, path, "utf-8"), spec, path)
    return Table(name, spec, frame, None, given.sha256, _gaps(frame, spec))


def header_of(given: GivenFile) -> list[str]:
    """Return the names in the first line of a CSV file's text.

    Raises:
        TableError: the file is empty, or a name stands there twice.
    """
    cells = cells_of_csv(given.text.encode(), Path(given.name), "utf-8")
    return [same_letters(name) for name in cells.columns]


def _checked(cells: pl.DataFrame, spec: TableSpec, path: Path) -> pl.DataFrame:
    """Return cells as the typed columns of a shape; the first fault is an error with its place."""
    raw = without_empty_end(cells)
    raw = raw.rename({name: same_letters(name) for name in raw.columns})
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
        columns.append(typed(raw[found].alias(column), card, path))
    frame = pl.DataFrame(columns)
    _check_key(frame, spec, path)
    return frame


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
