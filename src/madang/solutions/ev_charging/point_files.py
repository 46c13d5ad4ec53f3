"""Points from a file of any common form: ids, places in degrees and further columns, the first bad row named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from madang.core.errors import NetworkError, TableError, Where
from madang.core.language import Text, say_count, text
from madang.methods.walking_network.importers.columns import FIRST_ROW, Columns
from madang.methods.walking_network.importers.layer_files import read_layer
from madang.methods.walking_network.importers.names import LAT_NAMES, LON_NAMES, SHAPE_NAMES
from madang.methods.walking_network.importers.table_files import PARQUET, read_columns
from madang.methods.walking_network.projection import degrees_from

Floats = NDArray[np.float64]

TAKES = (".csv", ".parquet", ".geoparquet", ".geojson", ".json", ".gpkg", ".shp", ".fgb")
ID_NAMES = ("id", "ids", "osmid", "code", "key", "번호", "아이디", "관리번호")
CORRECT = text("고치십시오", "correct it")


@dataclass(frozen=True)
class Points:
    """Points (n,) of a file: ids as text, degrees, and the whole table for further columns."""

    table: Columns
    path: Path
    ids: list[str]
    lon: Floats
    lat: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def numbers(self, names: Sequence[str], *, least: float = 0.0) -> Floats | None:
        """Return a column (n,) by any of its names, NaN where empty, or None where there is no such column.

        Raises TableError where a value is below ``least`` or not finite.
        """
        name = self.table.find(names)
        if name is None:
            return None
        values = self.table.numbers(name)
        below = text(f"{least:g}보다 작습니다", f"is below {least:g}")
        self.refuse(values < least, name, values, below, CORRECT)
        endless = text("유한한 수가 아닙니다", "is not a finite number")
        self.refuse(np.isinf(values), name, values, endless, CORRECT)
        return values

    def texts(self, names: Sequence[str]) -> list[str | None] | None:
        """Return a column (n,) as text, None where empty, or None where there is no such column."""
        name = self.table.find(names)
        return None if name is None else [said.strip() or None for said in self.table.texts(name)]

    def refuse(self, bad: NDArray[np.bool_], column: str, values: Any, says: Text, todo: Text) -> None:
        """Raise TableError at the first row where ``bad`` holds; the header is row 1."""
        rows = np.flatnonzero(bad)
        if not len(rows):
            return
        row = int(rows[0])
        others = len(rows) - 1
        ko, en = (f"(같은 행 {others:,}개 더)", f" ({say_count(others, 'more such row')})") if others else ("", "")
        what = text(f"칸이 {says.ko}{ko}", f"a cell {says.en}{en}")
        value = values[row].item() if hasattr(values[row], "item") else values[row]
        # What is empty is said to be; Not a Number is a word for programs.
        value = None if value != value else value
        raise TableError(what, Where(self.path.name, row=row + FIRST_ROW, column=column, value=value), todo)


def read_points(path: Path, *, crs: str | None = None, layer: str | None = None) -> Points:
    """Return the points of a CSV, Parquet, GeoJSON, GeoPackage, Shapefile or FlatGeobuf file.

    Places come from columns lon and lat (or their usual names), else from the shapes, of which areas give a point
    inside. ``crs`` overrides what the file states; without either the numbers are degrees.

    Raises:
        NetworkError: no places, coordinates that cannot be true, a layer or CRS that is not known.
        TableError: an id twice, or a value that is not a number.
    """
    table = _table(path, layer)
    if len(table) == 0:
        todo = text("지점을 하나라도 주십시오", "give at least one point")
        raise NetworkError(text("행이 하나도 없습니다", "the file has no rows"), Where(file=path.name), todo)
    x, y = _places(table)
    lon, lat = degrees_from(x, y, crs or table.crs, path.name, table.rows())
    points = Points(table, path, _ids(table), lon, lat)
    _, first, place = np.unique(np.array(points.ids), return_index=True, return_inverse=True)
    again = first[place] != np.arange(len(points))
    twice = text("다른 행의 번호와 같습니다", "holds an id that another row has")
    points.refuse(again, table.find(ID_NAMES) or "id", points.ids, twice, text("하나만 두십시오", "keep one of them"))
    return points


def _table(path: Path, layer: str | None) -> Columns:
    """Return the file's columns, shapes as WKB."""
    return read_columns(path) if path.suffix.lower() in (*PARQUET, ".csv") else read_layer(path, layer)


def _places(table: Columns) -> tuple[Floats, Floats]:
    """Return x and y (n,) in the file's own system."""
    lon, lat, shape = table.find(LON_NAMES), table.find(LAT_NAMES), table.find(SHAPE_NAMES)
    if shape is None or (lon is not None and lat is not None):
        return (
            table.numbers(table.need(LON_NAMES, text("경도나 모양", "longitude or the shape"))),
            table.numbers(table.need(LAT_NAMES, text("위도", "latitude"))),
        )
    inside = shapely.point_on_surface(table.shapes(shape))
    return np.asarray(shapely.get_x(inside)), np.asarray(shapely.get_y(inside))


def _ids(table: Columns) -> list[str]:
    """Return the ids as text; row numbers from 1 where the file has none."""
    name = table.find(ID_NAMES)
    return (
        [str(row + 1) for row in range(len(table))] if name is None else [str(one) for one in table.ids(name).tolist()]
    )
