"""Streets as an importer hands them over: nodes, edges and their shapes in degrees, not yet a network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from madang.core.errors import NetworkError, Where
from madang.methods.walking_network.projection import check_degrees
from madang.methods.walking_network.quality import Findings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Streets:
    """Nodes (n,), edges (m,) between node rows, and the points of each edge between its two ends.

    Edge e has the inner points ``shape_ptr[e]:shape_ptr[e + 1]`` of ``shape_lon`` and ``shape_lat``, from
    its ``edge_from`` to its ``edge_to``. ``length_m`` is NaN where the shape shall decide. Edges are
    walked both ways. ``elevation_m`` (n,) is NaN where unknown, or None.
    """

    source: str
    node_id: NDArray[Any]
    lon: Floats
    lat: Floats
    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    length_m: Floats
    shape_ptr: NDArray[np.int64]
    shape_lon: Floats
    shape_lat: Floats
    elevation_m: Floats | None = None
    findings: Findings = field(default_factory=Findings)

    @classmethod
    def straight(
        cls,
        source: str,
        node_id: NDArray[Any],
        lon: Floats,
        lat: Floats,
        edge_from: NDArray[np.int32],
        edge_to: NDArray[np.int32],
        length_m: Floats | None = None,
        elevation_m: Floats | None = None,
    ) -> Streets:
        """Return streets whose edges run straight from node to node."""
        edges, none = len(edge_from), np.zeros(0)
        lengths = np.full(edges, np.nan) if length_m is None else length_m
        ptr = np.zeros(edges + 1, dtype=np.int64)
        return cls(source, node_id, lon, lat, edge_from, edge_to, lengths, ptr, none, none, elevation_m=elevation_m)


def check_streets(streets: Streets) -> None:
    """Raise NetworkError where streets cannot become a network at all: no edges, bad ids, lengths or degrees."""
    if len(streets.edge_from) == 0:
        dropped = sum(streets.findings.dropped.values())
        why = f"; {dropped:,} ways were dropped by their tags" if dropped else ""
        raise NetworkError(
            f"the network has no edges{why}",
            Where(file=streets.source),
            "check that the file holds walkable streets",
        )
    check_degrees(streets.lon, streets.lat, streets.source)
    ids, counts = np.unique(streets.node_id, return_counts=True)
    if len(ids) < len(streets.node_id):
        first = ids[np.argmax(counts > 1)]
        raise NetworkError(
            f"{int((counts > 1).sum()):,} node ids occur more than once",
            Where(file=streets.source, column="node id", value=first.item()),
            "give each node one row and one id",
        )
    negative = np.flatnonzero(streets.length_m < 0)
    if len(negative):
        row = int(negative[0])
        raise NetworkError(
            f"{len(negative):,} edges have a negative length",
            Where(file=streets.source, row=row + 1, column="length_m", value=float(streets.length_m[row])),
            "correct these lengths, or leave them empty to take them from the shape",
        )
