"""Networks as two tables: edges between node ids, and nodes with coordinates; CSV or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from madang.core.errors import NetworkError, Where
from madang.core.language import say_count, text
from madang.core.progress import Progress, silent
from madang.methods.walking_network.importers.columns import FIRST_ROW, Columns
from madang.methods.walking_network.importers.ends import NodeTable, streets_from_links
from madang.methods.walking_network.importers.lines import check_lengths, walkable_rows
from madang.methods.walking_network.importers.names import (
    ELEVATION_NAMES,
    FROM_NAMES,
    LAT_NAMES,
    LENGTH_NAMES,
    LON_NAMES,
    NODE_NAMES,
    SHAPE_NAMES,
    TO_NAMES,
)
from madang.methods.walking_network.importers.table_files import read_columns
from madang.methods.walking_network.projection import degrees_from
from madang.methods.walking_network.quality import Findings
from madang.methods.walking_network.streets import Streets


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
    start = table.ids(table.need(FROM_NAMES, text("길이 시작하는 마디", "edge's first node")))[kept]
    end = table.ids(table.need(TO_NAMES, text("길이 끝나는 마디", "edge's last node")))[kept]
    length = table.find(LENGTH_NAMES)
    length_m = np.full(len(kept), np.nan) if length is None else check_lengths(table, length)[kept]
    progress(0.7, f"joining {say_count(len(kept), 'edge')}")
    shapes = _shapes(table, kept, crs)
    return streets_from_links(edges.name, node_table, start, end, length_m, shapes, findings)


def _nodes(table: Columns, crs: str | None) -> NodeTable:
    """Return ids, degrees and elevations of a table of nodes."""
    ids = table.ids(table.need(NODE_NAMES, text("마디 번호", "node id")))
    x = table.numbers(table.need(LON_NAMES, text("경도", "longitude")))
    y = table.numbers(table.need(LAT_NAMES, text("위도", "latitude")))
    elevation = table.find(ELEVATION_NAMES)
    if len(ids) == 0:
        todo = text("마디가 든 표를 주십시오", "give a table with nodes")
        raise NetworkError(text("마디가 하나도 없습니다", "the network has no nodes"), Where(file=table.file), todo)
    lon, lat = degrees_from(x, y, crs, table.file, table.rows())
    height = None if elevation is None else table.numbers(elevation)
    return NodeTable(ids, lon, lat, height, table.file, table.rows())


def _shapes(table: Columns, kept: NDArray[np.int64], crs: str | None) -> NDArray[Any] | None:
    """Return the edges' shapes in degrees, or None; a shape's own CRS goes before the stated one."""
    shapes = table.shapes(table.find(SHAPE_NAMES))
    if shapes is None:
        return None
    shapes = shapes[kept]
    _, owner = shapely.get_coordinates(shapes, return_index=True)
    rows, stated = kept[owner] + FIRST_ROW, table.crs or crs
    return np.asarray(
        shapely.transform(
            shapes, lambda xy: np.column_stack(degrees_from(xy[:, 0], xy[:, 1], stated, table.file, rows))
        )
    )
