"""Networks as two tables: edges between node ids, and nodes with coordinates; CSV or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from madang.core.errors import NetworkError, Where
from madang.core.progress import Progress, silent
from madang.methods.walking_network.importers.columns import Columns, read_columns
from madang.methods.walking_network.importers.ends import NodeTable, streets_from_links
from madang.methods.walking_network.importers.lines import LENGTH_NAMES, SHAPE_NAMES, walkable_rows
from madang.methods.walking_network.projection import degrees_from
from madang.methods.walking_network.quality import Findings
from madang.methods.walking_network.streets import Streets

FROM_NAMES = ("u", "from", "from_id", "source", "start", "start_node", "from_node", "node_from")
TO_NAMES = ("v", "to", "to_id", "target", "end", "end_node", "to_node", "node_to")
NODE_NAMES = ("node_id", "osmid", "id", "node", "nodeid")
LON_NAMES = ("lon", "longitude", "lng", "x")
LAT_NAMES = ("lat", "latitude", "y")
ELEVATION_NAMES = ("elevation_m", "elevation", "ele", "z")


def read_tables(
    edges: Path,
    progress: Progress = silent,
    *,
    nodes: Path,
    crs: str | None = None,
    all_ways: bool = False,
) -> Streets:
    """Return the walkable streets of a table of edges and a table of nodes.

    Columns are found by their usual names (u or from, v or to, length_m, geometry as WKB or WKT, highway ...;
    node_id or osmid, lon, lat, elevation_m). An end without a node row is rebuilt from the edge's shape.

    Raises:
        NetworkError: a missing column, an id twice, or coordinates that cannot be true.
        TableError: a value that is not a number, an empty id or an unreadable shape.
    """
    progress(0.0, f"reading {nodes.name}")
    node_table = _nodes(read_columns(nodes), crs)
    progress(0.3, f"reading {edges.name}")
    table = read_columns(edges)
    findings = Findings()
    kept = np.flatnonzero(walkable_rows(table, findings, all_ways=all_ways))
    start = table.ids(table.need(FROM_NAMES, "edge's first node"))[kept]
    end = table.ids(table.need(TO_NAMES, "edge's last node"))[kept]
    length = table.find(LENGTH_NAMES)
    length_m = np.full(len(kept), np.nan) if length is None else table.numbers(length)[kept]
    progress(0.7, f"joining {len(kept):,} edges")
    shapes = _shapes(table, kept, crs)
    return streets_from_links(edges.name, node_table, start, end, length_m, shapes, findings)


def _nodes(table: Columns, crs: str | None) -> NodeTable:
    """Return ids, degrees and elevations of a table of nodes."""
    ids = table.ids(table.need(NODE_NAMES, "node id"))
    x = table.numbers(table.need(LON_NAMES, "longitude"))
    y = table.numbers(table.need(LAT_NAMES, "latitude"))
    elevation = table.find(ELEVATION_NAMES)
    if len(ids) == 0:
        raise NetworkError("the network has no nodes", Where(file=table.file), "give a table with nodes")
    lon, lat = degrees_from(x, y, crs, table.file)
    return NodeTable(ids, lon, lat, None if elevation is None else table.numbers(elevation))


def _shapes(table: Columns, kept: NDArray[np.int64], crs: str | None) -> NDArray[Any] | None:
    """Return the edges' shapes in degrees, or None; a shape's own CRS goes before the stated one."""
    shapes = table.shapes(table.find(SHAPE_NAMES))
    if shapes is None:
        return None
    shapes = shapes[kept]
    stated = table.crs or crs
    return np.asarray(
        shapely.transform(shapes, lambda xy: np.column_stack(degrees_from(xy[:, 0], xy[:, 1], stated, table.file)))
    )
