"""Joining edges through nodes where nothing branches into chains, so that short edges cost nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from madang.core.kernels import kernel

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


class Chains(NamedTuple):
    """Chain c walks ``edge[ptr[c]:ptr[c + 1]]``, each backwards where ``turned``, from ``start`` to ``end``."""

    ptr: Longs
    edge: Longs
    turned: NDArray[np.bool_]
    start: Ints
    end: Ints


class LaidChains(NamedTuple):
    """Chains with points: offsets in millimetres along each, and walking effort up and down to each point."""

    ptr: Ints
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    offset_mm: Ints
    forward_mm: Ints
    backward_mm: Ints
    node_chain: Ints
    node_vertex: Ints


def incidence(nodes: int, edge_from: Ints, edge_to: Ints) -> tuple[Longs, Longs]:
    """Return pointer (nodes + 1,) and edge numbers: the edge ends at each node, a loop twice."""
    ends = np.concatenate((edge_from, edge_to))
    order = np.argsort(ends, kind="stable")
    ptr = np.concatenate(([0], np.cumsum(np.bincount(ends, minlength=nodes))))
    return ptr.astype(np.int64), (order % max(len(edge_from), 1)).astype(np.int64)


@kernel(nogil=True)
def trace_chains(
    ptr: Longs, incident: Longs, edge_from: Ints, edge_to: Ints, is_junction: NDArray[np.bool_]
) -> tuple[Longs, Longs, NDArray[np.bool_], Ints, Ints, int]:
    """Walk every edge once, from junction to junction; a ring without one makes a junction of a node on it.

    ``is_junction`` (nodes,) is changed in place. Returns the arrays of ``Chains`` and the number of chains;
    pointer, start and end are longer than needed.
    """
    edges = len(edge_from)
    seen = np.zeros(edges, dtype=np.bool_)
    chain_ptr = np.zeros(edges + 1, dtype=np.int64)
    chain_edge = np.empty(edges, dtype=np.int64)
    turned = np.empty(edges, dtype=np.bool_)
    start = np.empty(edges, dtype=np.int32)
    end = np.empty(edges, dtype=np.int32)
    chains = 0
    laid = 0
    nodes = len(ptr) - 1
    # The first round starts at junctions; the second finds what is left: rings without a branch.
    for node_or_edge in range(nodes + edges):
        if node_or_edge < nodes:
            origin = node_or_edge
            if not is_junction[origin]:
                continue
        else:
            if seen[node_or_edge - nodes]:
                continue
            origin = edge_from[node_or_edge - nodes]
            is_junction[origin] = True
        for place in range(ptr[origin], ptr[origin + 1]):
            edge = incident[place]
            if seen[edge]:
                continue
            here = origin
            start[chains] = origin
            while True:
                seen[edge] = True
                turned[laid] = edge_from[edge] != here
                chain_edge[laid] = edge
                laid += 1
                here = edge_from[edge] if turned[laid - 1] else edge_to[edge]
                if is_junction[here]:
                    break
                first = incident[ptr[here]]
                edge = incident[ptr[here] + 1] if first == edge else first
            end[chains] = here
            chains += 1
            chain_ptr[chains] = laid
    return chain_ptr, chain_edge, turned, start, end, chains


@kernel(nogil=True)
def _millimetres(metres: float) -> np.int32:
    """Return whole millimetres; nothing is farther than 1,000 km, so that sums of two stay whole numbers."""
    return np.int32(np.rint(min(metres, 1e6) * 1000.0))


@kernel(nogil=True)
def _drawn_m(x: Floats, y: Floats, low: int, high: int) -> float:
    """Return the length of the line through the points from ``low`` to ``high``, in metres."""
    drawn = 0.0
    for k in range(low, high):
        drawn += np.hypot(x[k + 1] - x[k], y[k + 1] - y[k])
    return drawn


@kernel(nogil=True)
def _room_for(chains: Chains, shape_ptr: Longs, nodes: int) -> LaidChains:
    """Return room for each point of the chains, unwritten; no node lies within a chain yet."""
    count = len(chains.start)
    points = count
    for edge in chains.edge:
        points += shape_ptr[edge + 1] - shape_ptr[edge] - 1
    return LaidChains(
        np.zeros(count + 1, dtype=np.int32),
        np.empty(points, dtype=np.float32),
        np.empty(points, dtype=np.float32),
        np.empty(points, dtype=np.int32),
        np.empty(points, dtype=np.int32),
        np.empty(points, dtype=np.int32),
        np.full(nodes, -1, dtype=np.int32),
        np.full(nodes, -1, dtype=np.int32),
    )


@kernel(nogil=True)
def lay_chains(
    chains: Chains,
    edge_from: Ints,
    edge_to: Ints,
    shape_ptr: Longs,
    shape_x: Floats,
    shape_y: Floats,
    length_m: Floats,
    factor_forward: Floats,
    factor_backward: Floats,
    nodes: int,
) -> LaidChains:
    """Return the points of each chain with what lies between it and the chain's start.

    Offsets grow as float64 and are rounded once per point, so that a chain of many edges is off by at most
    half a millimetre. Stated lengths are spread over the shape in proportion.
    """
    room: LaidChains = _room_for(chains, shape_ptr, nodes)
    ptr, x, y, offset_mm, forward_mm, backward_mm, node_chain, node_vertex = room
    at = 0
    for chain in range(len(chains.start)):
        offset = 0.0
        forward = 0.0
        backward = 0.0
        for laid in range(chains.ptr[chain], chains.ptr[chain + 1]):
            edge = chains.edge[laid]
            turned = chains.turned[laid]
            low = shape_ptr[edge]
            high = shape_ptr[edge + 1] - 1
            step = -1 if turned else 1
            point = high if turned else low
            if laid == chains.ptr[chain]:
                x[at] = shape_x[point]
                y[at] = shape_y[point]
                offset_mm[at] = 0
                forward_mm[at] = 0
                backward_mm[at] = 0
                at += 1
            up = factor_backward[edge] if turned else factor_forward[edge]
            down = factor_forward[edge] if turned else factor_backward[edge]
            drawn = _drawn_m(shape_x, shape_y, low, high)
            walked = 0.0
            for k in range(high - low):
                nxt = point + step
                walked += np.hypot(shape_x[nxt] - shape_x[point], shape_y[nxt] - shape_y[point])
                point = nxt
                share = walked / drawn if drawn > 0.0 else (k + 1) / (high - low)
                metres = length_m[edge] * share
                x[at] = shape_x[point]
                y[at] = shape_y[point]
                offset_mm[at] = _millimetres(offset + metres)
                forward_mm[at] = _millimetres(forward + metres * up)
                backward_mm[at] = _millimetres(backward + metres * down)
                at += 1
            offset += length_m[edge]
            forward += length_m[edge] * up
            backward += length_m[edge] * down
            node = edge_from[edge] if turned else edge_to[edge]
            if laid < chains.ptr[chain + 1] - 1:
                node_chain[node] = chain
                node_vertex[node] = at - 1
        ptr[chain + 1] = at
    return room
