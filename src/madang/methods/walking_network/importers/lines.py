"""Street lines from GeoParquet, GeoPackage, Shapefile or GeoJSON, in any CRS."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError

from madang.core.errors import NetworkError, Where
from madang.core.progress import Progress, silent
from madang.methods.walking_network.importers.assemble import point_keys, streets_from_ways
from madang.methods.walking_network.importers.columns import Columns, read_columns
from madang.methods.walking_network.importers.walkable import TAG_KEYS, why_not_walkable
from madang.methods.walking_network.projection import degrees_from
from madang.methods.walking_network.quality import Findings
from madang.methods.walking_network.streets import Streets

LENGTH_NAMES = ("length_m", "length", "len", "shape_length")
SHAPE_NAMES = ("geometry", "geom", "wkb_geometry", "wkt", "shape")


def read_lines(
    path: Path,
    progress: Progress = silent,
    *,
    layer: str | None = None,
    crs: str | None = None,
    all_ways: bool = False,
    split: bool = True,
) -> Streets:
    """Return the walkable streets of a file of lines.

    ``crs`` overrides what the file states. Lines are dropped by the tags they carry (highway, foot, access ...)
    unless ``all_ways``; lines without such columns are all taken. ``split`` cuts lines where another has a point.

    Raises NetworkError where the file, its layer, its lines or its CRS cannot be used.
    """
    progress(0.0, f"reading {path.name}")
    table = _read(path, layer)
    shapes = table.shapes(table.need(SHAPE_NAMES, "shape of the street"))
    if shapes is None or not len(shapes):
        raise NetworkError("the network has no edges", Where(file=path.name), "give a file of street lines")
    findings = Findings()
    kept = walkable_rows(table, findings, all_ways=all_ways)
    kept &= _is_line(shapes, findings)
    lengths = _stated_lengths(table)
    progress(0.5, f"joining {int(kept.sum()):,} lines")
    lines, row = shapely.get_parts(shapes[kept], return_index=True)
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    lon, lat = degrees_from(coordinates[:, 0], coordinates[:, 1], crs or table.crs, path.name)
    ptr = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(lines))))).astype(np.int64)
    whole = np.bincount(row, minlength=int(kept.sum()))[row] == 1
    stated = None if lengths is None else np.where(whole, lengths[kept][row], np.nan)
    return streets_from_ways(path.name, point_keys(lon, lat), lon, lat, ptr, findings, length_m=stated, split=split)


def walkable_rows(table: Columns, findings: Findings, *, all_ways: bool) -> NDArray[np.bool_]:
    """Return which rows (n,) may be walked by their tag columns; all, where there is no ``highway`` column."""
    kept = np.ones(len(table), dtype=np.bool_)
    highway = table.find(("highway",))
    if all_ways or highway is None:
        findings.note("no ways were dropped by tags" + ("" if all_ways else ": the file has no highway column"))
        return kept
    values = [table.texts(table.find((key,))) for key in TAG_KEYS]
    for row, tags in enumerate(zip(*values, strict=True)):
        why = why_not_walkable(dict(zip(TAG_KEYS, tags, strict=True)))
        if why is not None:
            findings.drop(why)
            kept[row] = False
    return kept


def _is_line(shapes: NDArray[Any], findings: Findings) -> NDArray[np.bool_]:
    """Return which shapes (n,) are lines; count the others."""
    kind = shapely.get_type_id(shapes)
    is_line = np.isin(kind, (1, 5)) & ~shapely.is_empty(shapes)
    findings.defect("rows without a line (dropped)", int((~is_line).sum()), np.flatnonzero(~is_line)[:5] + 1)
    return np.asarray(is_line)


def _stated_lengths(table: Columns) -> NDArray[np.float64] | None:
    """Return the stated lengths in metres (n,), or None; a bare ``length`` may be in any unit and is checked later."""
    name = table.find(LENGTH_NAMES[:1])
    return None if name is None else table.numbers(name)


def _read(path: Path, layer: str | None) -> Columns:
    """Return the lines and their columns."""
    if path.suffix.lower() in (".parquet", ".geoparquet", ".pq"):
        return read_columns(path)
    try:
        meta, _, wkb, fields = pyogrio.raw.read(path, layer=layer, force_2d=True)
    except (DataSourceError, DataLayerError) as error:
        raise NetworkError(f"the lines cannot be read: {error}", Where(file=path.name), _layers(path)) from error
    columns: dict[str, Any] = {
        name: pa.array(_texts_or_numbers(values)) for name, values in zip(meta["fields"], fields, strict=True)
    }
    return Columns(path.name, pa.table({**columns, "geometry": pa.array(list(wkb))}), meta["crs"])


def _texts_or_numbers(values: NDArray[Any]) -> Sequence[Any] | NDArray[Any]:
    """Return values Arrow can take: text columns come as objects and may mix in other things."""
    if values.dtype == object:
        return [None if one is None else str(one) for one in values]
    return values


def _layers(path: Path) -> str:
    """Return what to do about a layer that cannot be read: the names of those that can."""
    try:
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except DataSourceError:
        return "give a GeoPackage, GeoParquet, Shapefile or GeoJSON file"
    return f"the file has the layers {', '.join(names)}"
