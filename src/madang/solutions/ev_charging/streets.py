"""Streets between the tables of a city's folder and the walking network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from madang.core.language import text
from madang.core.progress import Progress, silent
from madang.core.tables import Table
from madang.methods.walking_network import Streets, WalkingNetwork, build_network
from madang.methods.walking_network.importers.ends import NodeTable, streets_from_links
from madang.methods.walking_network.quality import Findings

Floats = NDArray[np.float64]

#: A piece of street apart from the rest counts where it holds at least this share of the nodes.
ISLAND_SHARE = 0.02


def network_of(nodes: Table, edges: Table, progress: Progress = silent) -> WalkingNetwork:
    """Return the walking network of a city's two tables.

    Pieces of street apart from all others are left out where they hold less than a fiftieth of the nodes: nobody
    can walk out of them, and a door beside one belongs to the next street.

    Raises NetworkError where they cannot become one: no edges, ids twice, coordinates that cannot be true.
    """
    source = nodes.path.name if nodes.path else nodes.name
    streets = without_islands(streets_of(source, nodes.frame, edges.frame))
    return build_network(streets, importer="street tables", progress=progress)


def without_islands(streets: Streets, share_min: float = ISLAND_SHARE) -> Streets:
    """Return streets without the pieces that hold less than ``share_min`` (0..1) of the nodes; the largest stays."""
    size, edges = len(streets.node_id), len(streets.edge_from)
    if edges == 0:
        return streets
    links = coo_array((np.ones(edges, dtype=np.int8), (streets.edge_from, streets.edge_to)), shape=(size, size))
    _, piece = connected_components(links, directed=False)
    nodes = np.bincount(piece)
    kept = (nodes >= share_min * nodes.sum()) | (nodes == nodes.max())
    rows = np.flatnonzero(kept[piece[streets.edge_from]])
    streets.findings.defect(
        text("다른 길과 떨어진 작은 조각의 길(뺌)", "streets in small pieces apart from the others (left out)"),
        edges - len(rows),
    )
    return streets if len(rows) == edges else _with_edges(streets, rows)


def _with_edges(streets: Streets, rows: NDArray[np.int64]) -> Streets:
    """Return streets with some of their edges."""
    inner = np.diff(streets.shape_ptr)
    point = np.repeat(np.isin(np.arange(len(inner)), rows), inner)
    return replace(
        streets,
        edge_from=streets.edge_from[rows],
        edge_to=streets.edge_to[rows],
        length_m=streets.length_m[rows],
        shape_ptr=np.concatenate(([0], np.cumsum(inner[rows]))),
        shape_lon=streets.shape_lon[point],
        shape_lat=streets.shape_lat[point],
    )


def streets_of(source: str, nodes: pl.DataFrame, edges: pl.DataFrame) -> Streets:
    """Return streets from nodes (node_id, lon, lat, elevation_m) and edges (u, v, length_m, geometry as WKB)."""
    table = NodeTable(
        _texts(nodes["node_id"]), _numbers(nodes["lon"]), _numbers(nodes["lat"]), _heights(nodes["elevation_m"])
    )
    shapes = None
    if edges["geometry"].null_count() < edges.height:
        shapes = np.asarray(shapely.from_wkb(edges["geometry"].to_numpy(allow_copy=True), on_invalid="warn"))
    return streets_from_links(
        source, table, _texts(edges["u"]), _texts(edges["v"]), _numbers(edges["length_m"]), shapes, Findings()
    )


def tables_of(streets: Streets) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return street_nodes and street_edges of streets: what a city's folder keeps."""
    ids = [str(one) for one in streets.node_id.tolist()]
    height = streets.elevation_m
    nodes = pl.DataFrame(
        {
            "node_id": ids,
            "lon": streets.lon,
            "lat": streets.lat,
            "elevation_m": pl.Series([None] * len(ids) if height is None else height, dtype=pl.Float64).fill_nan(None),
        }
    )
    name = np.array(ids, dtype=object)
    edges = pl.DataFrame(
        {
            "u": name[streets.edge_from].tolist(),
            "v": name[streets.edge_to].tolist(),
            "length_m": pl.Series(streets.length_m, dtype=pl.Float64).fill_nan(None),
            "geometry": pl.Series(_wkb(streets), dtype=pl.Binary),
        }
    )
    return nodes, edges


def _wkb(streets: Streets) -> list[bytes]:
    """Return each edge's line from end to end, bends included, as WKB in degrees."""
    edges = len(streets.edge_from)
    inner = np.diff(streets.shape_ptr)
    start = streets.shape_ptr[:-1] + 2 * np.arange(edges)
    total = int(streets.shape_ptr[-1]) + 2 * edges
    owner = np.repeat(np.arange(edges), inner + 2)
    is_inner = np.ones(total, dtype=np.bool_)
    is_inner[start] = False
    is_inner[start + inner + 1] = False
    points = np.empty((total, 2))
    points[is_inner] = np.column_stack((streets.shape_lon, streets.shape_lat))
    points[start] = np.column_stack((streets.lon[streets.edge_from], streets.lat[streets.edge_from]))
    points[start + inner + 1] = np.column_stack((streets.lon[streets.edge_to], streets.lat[streets.edge_to]))
    return list(shapely.to_wkb(shapely.linestrings(points, indices=owner)))


def _texts(column: pl.Series) -> NDArray[Any]:
    """Return ids (n,) as text."""
    return np.array(column.to_list(), dtype=np.str_)


def _numbers(column: pl.Series) -> Floats:
    """Return numbers (n,), NaN where empty."""
    return np.asarray(column.cast(pl.Float64).fill_null(float("nan")).to_numpy(), dtype=np.float64)


def _heights(column: pl.Series) -> Floats | None:
    """Return heights (n,), or None where none is known."""
    return None if column.null_count() == len(column) else _numbers(column)
