"""Points from a file of any common form: ids, places in degrees and further columns, the first bad row named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError

from madang.core.errors import NetworkError, TableError, Where
from madang.methods.walking_network.importers.columns import Columns, read_columns
from madang.methods.walking_network.importers.lines import SHAPE_NAMES
from madang.methods.walking_network.importers.tables import LAT_NAMES, LON_NAMES
from madang.methods.walking_network.projection import degrees_from

Floats = NDArray[np.float64]

TAKES = (".csv", ".parquet", ".geoparquet", ".geojson", ".json", ".gpkg", ".shp", ".fgb")
ID_NAMES = ("id", "ids", "osmid", "code", "key")


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
        self.refuse(values < least, name, values, f"is below {least:g}", "correct it")
        self.refuse(np.isinf(values), name, values, "is not a finite number", "correct it")
        return values

    def texts(self, names: Sequence[str]) -> list[str | None] | None:
        """Return a column (n,) as text, None where empty, or None where there is no such column."""
        name = self.table.find(names)
        return None if name is None else [said.strip() or None for said in self.table.texts(name)]

    def refuse(self, bad: NDArray[np.bool_], column: str, values: Any, says: str, todo: str) -> None:
        """Raise TableError at the first row where ``bad`` holds; the header is row 1."""
        rows = np.flatnonzero(bad)
        if not len(rows):
            return
        row = int(rows[0])
        more = f" ({len(rows) - 1} more such rows)" if len(rows) > 1 else ""
        value = values[row].item() if hasattr(values[row], "item") else values[row]
        raise TableError(f"a cell {says}{more}", Where(self.path.name, row=row + 2, column=column, value=value), todo)


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
        raise NetworkError("the file has no rows", Where(file=path.name), "give at least one point")
    x, y = _places(table)
    lon, lat = degrees_from(x, y, crs or table.crs, path.name)
    points = Points(table, path, _ids(table), lon, lat)
    _, first, place = np.unique(np.array(points.ids), return_index=True, return_inverse=True)
    again = first[place] != np.arange(len(points))
    points.refuse(
        again, table.find(ID_NAMES) or "id", points.ids, "holds an id that another row has", "keep one of them"
    )
    return points


def _table(path: Path, layer: str | None) -> Columns:
    """Return the file's columns, shapes as WKB."""
    if path.suffix.lower() in (".csv", ".parquet", ".geoparquet"):
        return read_columns(path)
    try:
        meta, _, wkb, fields = pyogrio.raw.read(path, layer=layer, force_2d=True)
    except (DataSourceError, DataLayerError) as error:
        says = f"the points cannot be read: {error}"
        raise NetworkError(says, Where(file=path.name), "give a file of points, and the right layer") from error
    columns: dict[str, Any] = {
        name: pa.array(_plain(values)) for name, values in zip(meta["fields"], fields, strict=True)
    }
    return Columns(path.name, pa.table({**columns, "geometry": pa.array(list(wkb))}), meta["crs"])


def _plain(values: NDArray[Any]) -> Any:
    """Return values Arrow can take: text columns come as objects."""
    return [None if one is None else str(one) for one in values] if values.dtype == object else values


def _places(table: Columns) -> tuple[Floats, Floats]:
    """Return x and y (n,) in the file's own system."""
    lon, lat = table.find(LON_NAMES), table.find(LAT_NAMES)
    if lon is not None and lat is not None:
        return table.numbers(lon), table.numbers(lat)
    shapes = table.shapes(table.need((*LON_NAMES[:1], *SHAPE_NAMES), "longitude, or shape,"))
    inside = shapely.point_on_surface(shapes)
    return np.asarray(shapely.get_x(inside)), np.asarray(shapely.get_y(inside))


def _ids(table: Columns) -> list[str]:
    """Return the ids as text; row numbers from 1 where the file has none."""
    name = table.find(ID_NAMES)
    return (
        [str(row + 1) for row in range(len(table))] if name is None else [str(one) for one in table.ids(name).tolist()]
    )
