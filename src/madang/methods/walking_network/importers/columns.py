"""Tables of any common form as columns of numpy: found by name or by the names people give them."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import shapely
from numpy.typing import NDArray

from madang.core.errors import NetworkError, TableError, Where

Floats = NDArray[np.float64]


_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")


@dataclass(frozen=True)
class Columns:
    """A table read whole, with its file's name for messages and the CRS its metadata state, if any."""

    file: str
    table: pa.Table
    crs: Any = None

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def find(self, names: Sequence[str]) -> str | None:
        """Return the first of ``names`` that is a column, whatever its case, or None."""
        present = {name.strip().lower(): name for name in self.table.column_names}
        return next((present[name.lower()] for name in names if name.lower() in present), None)

    def need(self, names: Sequence[str], what: str) -> str:
        """Return the first of ``names`` that is a column; raise NetworkError where none is."""
        found = self.find(names)
        if found is None:
            raise NetworkError(
                f"the table has no column for the {what}",
                Where(file=self.file, column=" or ".join(names)),
                f"name the column {names[0]}; present are {', '.join(self.table.column_names[:12])}",
            )
        return found

    def numbers(self, name: str) -> Floats:
        """Return a column as float64 (n,), NaN where empty; raise TableError at the first value that is none."""
        column = self.table[name]
        try:
            return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return np.array([self._number(name, row, one) for row, one in enumerate(column.to_pylist())])

    def _number(self, name: str, row: int, value: object) -> float:
        """Return one value as a number."""
        if value is None or str(value).strip() == "":
            return float("nan")
        said = str(value).strip()
        if _GROUPED.fullmatch(said):  # only commas that group thousands go: "1,5" is not 15
            said = said.replace(",", "")
        try:
            return float(said)
        except ValueError as error:
            here = Where(file=self.file, row=row + 2, column=name, value=value)
            raise TableError("a value is not a number", here, "correct it or leave it empty") from error

    def texts(self, name: str | None) -> list[str]:
        """Return a column as text, empty where missing; all empty where there is no such column."""
        if name is None:
            return [""] * len(self)
        return ["" if one is None else str(one) for one in self.table[name].to_pylist()]

    def ids(self, name: str) -> NDArray[Any]:
        """Return a column of ids (n,): whole numbers where all are, else text."""
        column = self.table[name]
        if column.null_count:
            row = int(np.flatnonzero(column.is_null().to_numpy())[0])
            here = Where(file=self.file, row=row + 2, column=name)
            raise TableError("an id is missing", here, "give every row an id")
        if pa.types.is_integer(column.type):
            return np.asarray(column.to_numpy(), dtype=np.int64)
        return np.array([str(one) for one in column.to_pylist()])

    def shapes(self, name: str | None) -> NDArray[Any] | None:
        """Return a column of WKB or WKT as shapely geometries (n,), or None where there is no such column."""
        if name is None:
            return None
        values = np.array(self.table[name].to_pylist(), dtype=object)
        try:
            is_bytes = any(isinstance(one, bytes) for one in values)
            return np.asarray(shapely.from_wkb(values) if is_bytes else shapely.from_wkt(values))
        except shapely.GEOSException as error:
            raise TableError(
                f"a shape cannot be read: {error}",
                Where(file=self.file, column=name),
                "write shapes as WKB or WKT",
            ) from error


def read_columns(path: Path, encodings: Sequence[str] = ("utf-8", "cp949")) -> Columns:
    """Return a CSV (UTF-8, else cp949) or Parquet file; GeoParquet's CRS comes along.

    Raises NetworkError where the file is neither.
    """
    try:
        if path.suffix.lower() in (".parquet", ".geoparquet", ".pq"):
            table = pa_parquet.read_table(path)
            return Columns(path.name, _plain(table), _stated_crs(table.schema.metadata or {}))
        return Columns(path.name, _read_csv(path, encodings))
    except (pa.ArrowInvalid, OSError) as error:
        raise NetworkError(
            f"the table cannot be read: {error}", Where(file=path.name), "give a CSV or Parquet file"
        ) from error


def _read_csv(path: Path, encodings: Sequence[str]) -> pa.Table:
    """Return a CSV in the first encoding that fits."""
    encoding = next((one for one in encodings if _is_in(path, one)), None)
    if encoding is None:
        raise NetworkError(
            f"the text is in none of the encodings {', '.join(encodings)}",
            Where(file=path.name),
            "save the file as UTF-8",
        )
    parse = pa_csv.ParseOptions(newlines_in_values=True)
    return pa_csv.read_csv(path, pa_csv.ReadOptions(encoding=encoding), parse)


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
