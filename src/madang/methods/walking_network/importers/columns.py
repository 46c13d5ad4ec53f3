"""Tables as columns of numpy: found by name or by the names people give them; the file itself is read elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unicodedata import normalize

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from madang.core.errors import NetworkError, TableError, Where
from madang.core.language import Text, text

Floats = NDArray[np.float64]

#: Rows are counted as in a spreadsheet, in every message: the header is row 1, the first row of data row 2.
FIRST_ROW = 2
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_PLAIN_UNIT = re.compile(r"[\[(](m|metres?|meters?|미터|°|deg|degrees?|명|세대|대|기|원)[\])]$")
_CORRECT = text("고치거나 비워 두십시오", "correct it or leave it empty")


@dataclass(frozen=True)
class Columns:
    """A table read whole, with its file's name for messages and the CRS its metadata state, if any.

    ``decimal_comma`` says that numbers may be written 37,5: a file whose columns are parted by semicolons. Whether they
    are is seen from the whole of a column.
    """

    file: str
    table: pa.Table
    crs: Any = None
    decimal_comma: bool = False

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def find(self, names: Sequence[str]) -> str | None:
        """Return the first of ``names`` that is a column, whatever its case, spaces and hyphens, or None."""
        present = {bare_name(name): name for name in reversed(self.table.column_names)}
        return next((present[bare_name(name)] for name in names if bare_name(name) in present), None)

    def need(self, names: Sequence[str], what: Text) -> str:
        """Return the first of ``names`` that is a column; raise NetworkError where none is."""
        found = self.find(names)
        if found is None:
            present = ", ".join(self.table.column_names[:12])
            raise NetworkError(
                text(f"{what.ko} 열이 없습니다", f"the table has no column for the {what.en}"),
                Where(file=self.file, column=" / ".join(names[:6])),
                text(
                    f"그 열의 이름을 {names[0]}(으)로 하십시오. 지금 있는 열: {present}",
                    f"name the column {names[0]}; present are {present}",
                ),
            )
        return found

    def numbers(self, name: str) -> Floats:
        """Return a column as float64 (n,), NaN where empty; raise TableError at the first value that is none."""
        column = self.table[name]
        try:
            return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            said = ["" if one is None else str(one).strip() for one in column.to_pylist()]
            point = self._comma_is_a_point(name, said)
            return np.array([self._number(name, row, one, point) for row, one in enumerate(said)])

    def _comma_is_a_point(self, name: str, said: list[str]) -> bool:
        """Say whether a comma in a column's numbers stands before decimals; otherwise it may only group thousands.

        Raises TableError where every comma of a file with decimal commas stands before three digits: 1,234 is either.
        """
        if not self.decimal_comma:
            return False
        commas = [(one, row) for row, one in enumerate(said) if _DECIMAL_COMMA.fullmatch(one)]
        if any(not _GROUPED.fullmatch(one) for one, _ in commas):
            return True
        if not commas or any(_GROUPED.fullmatch(one) and not _DECIMAL_COMMA.fullmatch(one) for one in said):
            return False
        value, row = commas[0]
        raise TableError(
            text("쉼표가 천 단위인지 소수점인지 알 수 없습니다", "a comma may part thousands here, or decimals"),
            Where(file=self.file, row=row + FIRST_ROW, column=name, value=value),
            text(
                "쉼표 없이 적고 소수점은 .으로 적으십시오", "write numbers without commas, and decimals after a point"
            ),
        )

    def _number(self, name: str, row: int, said: str, comma_is_a_point: bool) -> float:
        """Return one value as a number."""
        if not said:
            return float("nan")
        plain = said
        if comma_is_a_point and _DECIMAL_COMMA.fullmatch(said):
            plain = said.replace(",", ".")
        elif not comma_is_a_point and _GROUPED.fullmatch(said):  # only what groups thousands goes: "1,5" is not 15
            plain = said.replace(",", "")
        try:
            return float(plain)
        except ValueError as error:
            here = Where(file=self.file, row=row + FIRST_ROW, column=name, value=said)
            raise TableError(text("수가 아닌 값이 있습니다", "a value is not a number"), here, _CORRECT) from error

    def texts(self, name: str | None) -> list[str]:
        """Return a column as text, empty where missing; all empty where there is no such column."""
        if name is None:
            return [""] * len(self)
        return ["" if one is None else str(one) for one in self.table[name].to_pylist()]

    def ids(self, name: str) -> NDArray[Any]:
        """Return a column of ids (n,): whole numbers where all are, else text."""
        column = self.table[name]
        missing = np.array([one is None or one == "" or one != one for one in column.to_pylist()], dtype=np.bool_)
        if missing.any():
            here = Where(file=self.file, row=int(np.argmax(missing)) + FIRST_ROW, column=name)
            todo = text("모든 행에 번호를 주십시오", "give every row an id")
            raise TableError(text("번호가 비었습니다", "an id is missing"), here, todo)
        if pa.types.is_integer(column.type):
            return np.asarray(column.to_numpy(), dtype=np.int64)
        if pa.types.is_floating(column.type):  # whole numbers that once had an empty cell beside them
            values = np.asarray(column.to_numpy(), dtype=np.float64)
            if np.all((values == np.floor(values)) & (np.abs(values) < 2**53)):
                return values.astype(np.int64)
        return np.array([str(one) for one in column.to_pylist()])

    def shapes(self, name: str | None) -> NDArray[Any] | None:
        """Return a column of WKB or WKT as shapely geometries (n,), or None where there is no such column.

        Raises TableError at the first cell that holds something else.
        """
        if name is None:
            return None
        values = np.array([one or None for one in self.table[name].to_pylist()], dtype=object)
        try:
            is_bytes = any(isinstance(one, bytes) for one in values)
            read = shapely.from_wkb if is_bytes else shapely.from_wkt
            shapes = np.asarray(read(values, on_invalid="ignore"))
        except TypeError:  # a column of numbers
            shapes = np.full(len(values), None, dtype=object)
        bad = np.flatnonzero(shapely.is_missing(shapes) & np.array([one is not None for one in values], dtype=np.bool_))
        if len(bad):
            row = int(bad[0])
            raise TableError(
                text("모양을 읽을 수 없습니다", "a shape cannot be read"),
                Where(file=self.file, row=row + FIRST_ROW, column=name, value=values[row]),
                text("모양은 WKB나 WKT로 적으십시오", "write shapes as WKB or WKT"),
            )
        return shapes

    def rows(self, index: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """Return the rows of the file, as messages count them, of all rows or of some."""
        return np.arange(len(self), dtype=np.int64) + FIRST_ROW if index is None else index + FIRST_ROW


@lru_cache(maxsize=4096)
def bare_name(name: str) -> str:
    """Return a column's name as it is compared: NFC, small letters, one underscore for spaces, hyphens and dots.

    A plain unit in brackets at the end goes, such as (m): "Length (m)" is "length". Another unit makes another name.
    """
    said = _PLAIN_UNIT.sub("", normalize("NFC", name).strip("\ufeff \t\r\n\"'").lower()).strip()
    return re.sub(r"[\s\-.]+", "_", said)
