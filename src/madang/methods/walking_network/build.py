"""From streets in degrees to the walking network: order, mend, contract, measure, report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from madang.core.errors import NetworkError, Where
from madang.core.kernels import announce_compiling
from madang.core.language import text
from madang.core.progress import Progress, silent
from madang.methods.walking_network.contraction import (
    Chains,
    LaidChains,
    incidence,
    lay_chains,
    trace_chains,
)
from madang.methods.walking_network.mending import Shaped, mend
from madang.methods.walking_network.network import WalkingNetwork
from madang.methods.walking_network.projection import to_local
from madang.methods.walking_network.quality import DataQuality
from madang.methods.walking_network.slope import SLOPE_MAX, edge_slopes, effort_factor
from madang.methods.walking_network.spatial_order import hilbert_order
from madang.methods.walking_network.streets import Streets, check_streets

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


def build_network(
    streets: Streets, *, importer: str = "streets", contract: bool = True, progress: Progress = silent
) -> WalkingNetwork:
    """Return the walking network of ``streets`` with its data-quality report.

    ``contract`` joins edges at nodes of degree two; answers are the same without, only slower.

    Raises:
        NetworkError: no edges, ids twice, negative lengths, or coordinates that cannot be true.
    """
    check_streets(streets)
    progress(0.0, "ordering nodes")
    streets = _ordered(_without_orphans(streets))
    origin = (_middle(streets.lon), _middle(streets.lat))
    progress(0.2, "checking lengths against shapes")
    shaped = mend(streets, origin)
    if not len(shaped.edge):
        raise NetworkError(
            text(
                "길이 하나도 없습니다. 모든 길이 길이 없이 제 마디로 돌아옵니다",
                "the network has no edges: each one leads from a node to itself without length",
            ),
            Where(file=streets.source),
            text("길의 양 끝을 적은 열을 살펴보십시오", "check the columns that name the ends of an edge"),
        )
    edge_from, edge_to = streets.edge_from[shaped.edge], streets.edge_to[shaped.edge]
    progress(0.4, "joining edges into chains")
    announce_compiling(progress, trace_chains, lay_chains, share=0.4)
    chains, is_junction = _contracted(len(streets.lon), edge_from, edge_to, contract)
    factors = _factors(streets, edge_from, edge_to, shaped.length_m)
    laid = lay_chains(
        chains,
        edge_from,
        edge_to,
        shaped.ptr,
        shaped.x,
        shaped.y,
        shaped.length_m,
        *factors,
        len(streets.lon),
    )
    progress(0.8, "linking junctions")
    network = _linked(streets, shaped, chains, laid, is_junction, origin, importer)
    progress(1.0, "network ready")
    return network


def _middle(degrees: Floats) -> float:
    """Return the middle of the range, to five decimals so that it can be written down."""
    return round(float((degrees.min() + degrees.max()) / 2), 5)


def _without_orphans(streets: Streets) -> Streets:
    """Leave out nodes that no edge ends at, and count them."""
    used = np.zeros(len(streets.lon), dtype=np.bool_)
    used[streets.edge_from] = True
    used[streets.edge_to] = True
    if used.all():
        return streets
    streets.findings.defect(
        text("길에 닿지 않는 마디(뺌)", "nodes without an edge (dropped)"),
        int((~used).sum()),
        streets.node_id[~used][:5],
    )
    return _with_nodes(streets, np.flatnonzero(used))


def _ordered(streets: Streets) -> Streets:
    """Number nodes along a Hilbert curve."""
    origin = (float(streets.lon[0]), float(streets.lat[0]))
    return _with_nodes(streets, hilbert_order(*to_local(streets.lon, streets.lat, origin)))


def _with_nodes(streets: Streets, rows: NDArray[np.int64]) -> Streets:
    """Return streets with the nodes of ``rows`` only, in that order."""
    new = np.full(len(streets.lon), -1, dtype=np.int32)
    new[rows] = np.arange(len(rows), dtype=np.int32)
    elevation = None if streets.elevation_m is None else streets.elevation_m[rows]
    return replace(
        streets,
        node_id=streets.node_id[rows],
        lon=streets.lon[rows],
        lat=streets.lat[rows],
        edge_from=new[streets.edge_from],
        edge_to=new[streets.edge_to],
        elevation_m=elevation,
    )


def _contracted(nodes: int, edge_from: Ints, edge_to: Ints, contract: bool) -> tuple[Chains, NDArray[np.bool_]]:
    """Return the chains, and which nodes (n,) are junctions."""
    ptr, incident = incidence(nodes, edge_from, edge_to)
    degree = np.diff(ptr)
    is_junction = np.asarray((degree > 0) if not contract else (degree > 0) & (degree != 2))
    # A loop at a node of degree two is a ring of one edge: its only node has to be the junction.
    is_junction[edge_from[edge_from == edge_to]] = True
    chain_ptr, edge, turned, start, end, count = trace_chains(ptr, incident, edge_from, edge_to, is_junction)
    return Chains(chain_ptr[: count + 1].copy(), edge, turned, start[:count].copy(), end[:count].copy()), is_junction


def _factors(streets: Streets, edge_from: Ints, edge_to: Ints, length_m: Floats) -> tuple[Floats, Floats]:
    """Return effort per metre (k,) from start to end and from end to start of each edge."""
    level = np.ones(len(edge_from))
    if streets.elevation_m is None:
        return level, level
    slopes = edge_slopes(streets.elevation_m[edge_from], streets.elevation_m[edge_to], length_m)
    known = np.isfinite(slopes)
    streets.findings.defect(
        text("양 끝의 높이를 모르는 길(평지로 걸음)", "edges without elevation at both ends (walked as level)"),
        int((~known).sum()),
    )
    streets.findings.defect(
        text(
            f"{SLOPE_MAX:.0%}보다 가파른 길({SLOPE_MAX:.0%}로 걸음)",
            f"edges steeper than {SLOPE_MAX:.0%} (walked as {SLOPE_MAX:.0%})",
        ),
        int((np.abs(slopes[known]) > SLOPE_MAX).sum()),
    )
    slopes = np.where(known, slopes, 0.0)
    return np.where(known, effort_factor(slopes), 1.0), np.where(known, effort_factor(-slopes), 1.0)


def _linked(
    streets: Streets,
    shaped: Shaped,
    chains: Chains,
    laid: LaidChains,
    is_junction: NDArray[np.bool_],
    origin: tuple[float, float],
    importer: str,
) -> WalkingNetwork:
    """Put junctions, arcs, components and the report together."""
    junction_node = np.flatnonzero(is_junction).astype(np.int32)
    node_junction = np.full(len(is_junction), -1, dtype=np.int32)
    node_junction[junction_node] = np.arange(len(junction_node), dtype=np.int32)
    start, end = node_junction[chains.start], node_junction[chains.end]
    forward, backward = laid.forward_mm, laid.backward_mm
    if streets.elevation_m is None:
        # On level ground effort is length: one array is all three.
        forward = backward = laid.offset_mm
    last = laid.ptr[1:] - 1
    whole = forward[last]
    arcs = _arcs(len(junction_node), start, end, whole, whole if backward is forward else backward[last])
    component, sizes = _components(arcs[0], arcs[1][:, 0], laid.node_chain, node_junction, start)
    return WalkingNetwork(
        streets.node_id,
        streets.lon,
        streets.lat,
        streets.elevation_m,
        node_junction,
        laid.node_chain,
        laid.node_vertex,
        junction_node,
        component,
        start,
        end,
        laid.ptr,
        laid.x,
        laid.y,
        laid.offset_mm,
        forward,
        backward,
        *arcs,
        origin,
        _report(streets, shaped, len(junction_node), len(start), sizes, importer),
    )


def _arcs(junctions: int, start: Ints, end: Ints, forward: Ints, backward: Ints) -> tuple[Ints, Ints, Ints]:
    """Return pointer, rows (target, effort along) and effort against each arc; loops lead nowhere and are left out."""
    real = start != end
    source = np.concatenate((start[real], end[real]))
    target = np.concatenate((end[real], start[real]))
    along = np.concatenate((forward[real], backward[real]))
    # Cheapest first, so that a search may stop at the first arc that leads too far.
    order = np.lexsort((target, along, source))
    ptr = np.concatenate(([0], np.cumsum(np.bincount(source, minlength=junctions)))).astype(np.int32)
    arc = np.column_stack((target[order], along[order]))
    if backward is forward:
        return ptr, arc, arc[:, 1]
    return ptr, arc, np.concatenate((backward[real], forward[real]))[order]


def _components(
    arc_ptr: Ints, arc_target: Ints, node_chain: Ints, node_junction: Ints, chain_start: Ints
) -> tuple[Ints, NDArray[np.int64]]:
    """Return each junction's component (j,), and the nodes of each component, largest first."""
    count = len(arc_ptr) - 1
    graph = csr_array((np.ones(len(arc_target), dtype=np.int8), arc_target, arc_ptr), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    home = np.where(node_junction >= 0, node_junction, chain_start[np.maximum(node_chain, 0)])
    # A node whose only edges were dropped lies on no chain and in no component.
    sizes = np.bincount(component[home[(node_junction >= 0) | (node_chain >= 0)]])
    rank = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
    return rank[component].astype(np.int32), np.sort(sizes)[::-1]


def _report(
    streets: Streets,
    shaped: Shaped,
    junctions: int,
    chains: int,
    sizes: NDArray[np.int64],
    importer: str,
) -> DataQuality:
    """Return the data-quality report."""
    findings = streets.findings
    return DataQuality(
        source=streets.source,
        importer=importer,
        nodes=len(streets.lon),
        edges=len(shaped.edge),
        junctions=junctions,
        chains=chains,
        street_km=round(float(shaped.length_m.sum()) / 1000.0, 3),
        components=len(sizes),
        component_nodes=tuple(int(size) for size in sizes[:10]),
        dropped=dict(findings.dropped),
        defects=dict(findings.defects),
        examples=dict(findings.examples),
        notes=tuple(findings.notes),
        korean=dict(findings.korean),
    )
