"""Links that name their end nodes, joined to the nodes; ends without a node row are rebuilt from the shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from madang.core.language import text
from madang.methods.walking_network.quality import Findings
from madang.methods.walking_network.streets import LOST_LINKS, Streets, ids_twice

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class NodeTable:
    """Nodes (n,) by id, in degrees; ``elevation_m`` is NaN where unknown, or None.

    ``file`` and ``row`` (n,) say where each stands, for messages, where they come from a file of their own.
    """

    ids: NDArray[Any]
    lon: Floats
    lat: Floats
    elevation_m: Floats | None = None
    file: str = ""
    row: NDArray[np.int64] | None = None


def streets_from_links(
    source: str,
    nodes: NodeTable,
    start: NDArray[Any],
    end: NDArray[Any],
    length_m: Floats,
    shapes: NDArray[Any] | None,
    findings: Findings,
) -> Streets:
    """Return streets of links from node id ``start`` to node id ``end`` (m,), shaped by ``shapes`` in degrees.

    Raises NetworkError where a node id occurs twice. A link whose end is neither a node nor drawn is dropped.
    """
    start, end, ids = _same_kind(start, end, nodes.ids)
    nodes = _with_unique_ids(source, nodes, ids)
    lines = _single_lines(shapes, findings) if shapes is not None else None
    nodes, lost = _rebuilt(nodes, start, end, lines, findings)
    kept = np.flatnonzero(~lost)
    order = np.argsort(nodes.ids, kind="stable")
    ordered = nodes.ids[order]
    edge_from = order[np.searchsorted(ordered, start[kept])].astype(np.int32)
    edge_to = order[np.searchsorted(ordered, end[kept])].astype(np.int32)
    ptr, lon, lat = _inner_points(lines, kept, nodes, edge_from, edge_to, findings)
    return Streets(
        source,
        nodes.ids,
        nodes.lon,
        nodes.lat,
        edge_from,
        edge_to,
        length_m[kept],
        ptr,
        lon,
        lat,
        nodes.elevation_m,
        findings,
    )


def _same_kind(*ids: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return ids all as whole numbers, or all as text where one is text."""
    if all(one.dtype.kind == "i" for one in ids):
        return ids
    return tuple(one.astype(np.str_) for one in ids)


def _with_unique_ids(source: str, nodes: NodeTable, ids: NDArray[Any]) -> NodeTable:
    """Return the nodes under ``ids``; raise NetworkError where one occurs twice."""
    unique, counts = np.unique(ids, return_counts=True)
    if len(unique) < len(ids):
        value = unique[np.argmax(counts > 1)]
        row = None if nodes.row is None else int(nodes.row[np.flatnonzero(ids == value)[1]])
        raise ids_twice(nodes.file or source, int((counts > 1).sum()), value.item(), row)
    return NodeTable(ids, nodes.lon, nodes.lat, nodes.elevation_m)


def _single_lines(shapes: NDArray[Any], findings: Findings) -> NDArray[Any]:
    """Return shapes as single lines (m,), None where a shape is none; pieces that touch are merged."""
    kind = shapely.get_type_id(shapes)
    lines = np.where(kind == 5, shapely.line_merge(shapes), shapes)
    is_line = (shapely.get_type_id(lines) == 1) & ~shapely.is_empty(lines)
    wrong = ~is_line & ~shapely.is_missing(shapes)
    findings.defect(
        text("모양이 선이 아닌 길(곧게 봄)", "links whose shape is no line (taken as straight)"), int(wrong.sum())
    )
    lines[~is_line] = None
    return np.asarray(lines)


def _rebuilt(
    nodes: NodeTable,
    start: NDArray[Any],
    end: NDArray[Any],
    lines: NDArray[Any] | None,
    findings: Findings,
) -> tuple[NodeTable, Bools]:
    """Return the nodes with missing ends added from the links' shapes, and which links (m,) stay without an end."""
    missing_start, missing_end = ~np.isin(start, nodes.ids), ~np.isin(end, nodes.ids)
    drawn = np.zeros(len(start), dtype=np.bool_) if lines is None else ~shapely.is_missing(lines)
    lost = (missing_start | missing_end) & ~drawn
    findings.defect(LOST_LINKS, int(lost.sum()))
    if lines is None or not (missing_start | missing_end)[~lost].any():
        return nodes, lost
    from_start, from_end = np.flatnonzero(missing_start & drawn), np.flatnonzero(missing_end & drawn)
    points = np.concatenate((shapely.get_point(lines[from_start], 0), shapely.get_point(lines[from_end], -1)))
    ids, first = np.unique(np.concatenate((start[from_start], end[from_end])), return_index=True)
    findings.defect(
        text(
            "마디 표에 없는 길의 끝(길의 모양에서 되살림)",
            "link ends without a node row (rebuilt from the link's shape)",
        ),
        len(ids),
        ids[:5],
    )
    elevation = nodes.elevation_m
    return NodeTable(
        np.concatenate((nodes.ids, ids)),
        np.concatenate((nodes.lon, shapely.get_x(points[first]))),
        np.concatenate((nodes.lat, shapely.get_y(points[first]))),
        None if elevation is None else np.concatenate((elevation, np.full(len(ids), np.nan))),
    ), lost


def _inner_points(
    lines: NDArray[Any] | None,
    kept: NDArray[np.int64],
    nodes: NodeTable,
    edge_from: NDArray[np.int32],
    edge_to: NDArray[np.int32],
    findings: Findings,
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return pointer, lon and lat of the points between a link's ends, turned so that they start at its start."""
    none = np.zeros(0)
    if lines is None:
        return np.zeros(len(kept) + 1, dtype=np.int64), none, none
    drawn = np.where(shapely.is_missing(lines[kept]), shapely.from_wkt("LINESTRING EMPTY"), lines[kept])
    lines = _turned(drawn, nodes, edge_from, edge_to, findings)
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    counts = np.bincount(owner, minlength=len(kept))
    ptr = np.concatenate(([0], np.cumsum(counts)))
    inner = np.ones(len(coordinates), dtype=np.bool_)
    full = np.flatnonzero(counts)
    inner[ptr[full]], inner[ptr[full + 1] - 1] = False, False
    inner_ptr = np.concatenate(([0], np.cumsum(np.maximum(counts - 2, 0)))).astype(np.int64)
    return inner_ptr, coordinates[inner, 0], coordinates[inner, 1]


def _turned(
    lines: NDArray[Any],
    nodes: NodeTable,
    edge_from: NDArray[np.int32],
    edge_to: NDArray[np.int32],
    findings: Findings,
) -> NDArray[Any]:
    """Return the lines in the direction of their links; a line drawn the other way is turned round."""
    start, end = shapely.get_point(lines, 0), shapely.get_point(lines, -1)

    def gap(point: NDArray[Any], node: NDArray[np.int32]) -> Floats:
        return np.asarray(np.hypot(shapely.get_x(point) - nodes.lon[node], shapely.get_y(point) - nodes.lat[node]))

    backwards = gap(start, edge_to) + gap(end, edge_from) < gap(start, edge_from) + gap(end, edge_to)
    findings.defect(
        text("적힌 방향과 거꾸로 그려진 길(돌림)", "links drawn against their direction (turned)"), int(backwards.sum())
    )
    return np.where(backwards, shapely.reverse(lines), lines)
