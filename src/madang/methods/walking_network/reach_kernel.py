"""The compiled search: everything within a walking limit of each candidate, by label correcting."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from madang.methods.walking_network.kernels import compiled

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

FAR = np.int32(2**31 - 1)


class SearchGraph(NamedTuple):
    """Arcs between junctions, and the ends and whole effort of each chain, in the direction of the search."""

    arc_ptr: Ints
    arc_target: Ints
    arc_mm: Ints
    chain_start: Ints
    chain_end: Ints
    chain_up_mm: Ints
    chain_down_mm: Ints


class Sources(NamedTuple):
    """Places to search from: effort from the chain's start up to each, and from each down to the start."""

    junction: Ints
    chain: Ints
    up_mm: Ints
    down_mm: Ints
    access_mm: Ints


class Targets(NamedTuple):
    """Places to find: those at junctions, and those along chains, each as a ragged array."""

    at_ptr: Ints
    at_target: Ints
    at_access_mm: Ints
    along_ptr: Ints
    along_target: Ints
    along_up_mm: Ints
    along_down_mm: Ints
    along_access_mm: Ints
    near_ptr: Ints
    near_chain: Ints


class Scratch(NamedTuple):
    """One thread's memory: labels and queue over all junctions; the labels are ``FAR`` between searches."""

    label: Ints
    is_queued: NDArray[np.bool_]
    queue: Ints
    touched: Ints


def new_scratch(junctions: int) -> Scratch:
    """Return memory for one thread."""
    room = 1
    while room < junctions + 2:
        room *= 2
    return Scratch(
        np.full(junctions, FAR, dtype=np.int32),
        np.zeros(junctions, dtype=np.bool_),
        np.empty(room, dtype=np.int32),
        np.empty(junctions, dtype=np.int32),
    )


@compiled
def _start(graph: SearchGraph, sources: Sources, source: int, limit: int, scratch: Scratch) -> int:
    """Label the junctions a source lies at or between; return how many are queued."""
    label, is_queued, queue, touched = scratch
    own = sources.chain[source]
    base = sources.access_mm[source]
    queued = 0
    for side in range(2):
        if own < 0:
            junction = sources.junction[source]
            effort = base
            if side == 1 or junction < 0:
                continue
        elif side == 0:
            junction = graph.chain_start[own]
            effort = base + sources.down_mm[source]
        else:
            junction = graph.chain_end[own]
            effort = base + graph.chain_up_mm[own] - sources.up_mm[source]
        if effort <= limit and effort < label[junction]:
            if label[junction] == FAR:
                touched[queued] = junction
                queue[queued] = junction
                queued += 1
                is_queued[junction] = True
            label[junction] = effort
    return queued


@compiled
def _spread(graph: SearchGraph, queued: int, limit: int, scratch: Scratch) -> int:
    """Label every junction within the limit; return how many were touched.

    First in, first out with labels corrected later beats a heap here: a walk of a few hundred metres
    touches some dozens of junctions, and keeping them in order costs more than the few repeats.
    """
    label, is_queued, queue, touched = scratch
    arc_ptr, arc_target, arc_mm = graph.arc_ptr, graph.arc_target, graph.arc_mm
    mask = len(queue) - 1
    head = 0
    tail = queued
    reached = queued
    while head != tail:
        junction = queue[head & mask]
        head += 1
        is_queued[junction] = False
        here = label[junction]
        for arc in range(arc_ptr[junction], arc_ptr[junction + 1]):
            there = here + arc_mm[arc]
            if there > limit:
                continue
            nxt = arc_target[arc]
            old = label[nxt]
            if there < old:
                label[nxt] = there
                if old == FAR:
                    touched[reached] = nxt
                    reached += 1
                if not is_queued[nxt]:
                    is_queued[nxt] = True
                    queue[tail & mask] = nxt
                    tail += 1
    return reached


@compiled
def _write_at(
    targets: Targets,
    reached: int,
    limit: int,
    scratch: Scratch,
    written: int,
    found: Ints,
    metres: NDArray[np.float32],
) -> int:
    """Write the targets at touched junctions; return the pairs written, or -1 where the room runs out."""
    for k in range(reached):
        junction = scratch.touched[k]
        here = scratch.label[junction]
        low, high = targets.at_ptr[junction], targets.at_ptr[junction + 1]
        if written + high - low > len(found):
            return -1
        for place in range(low, high):
            total = here + targets.at_access_mm[place]
            if total <= limit:
                found[written] = targets.at_target[place]
                metres[written] = np.float32(total * 0.001)
                written += 1
    return written


@compiled
def _write_chain(
    graph: SearchGraph,
    targets: Targets,
    chain: int,
    own: tuple[int, int, int],
    limit: int,
    scratch: Scratch,
    written: int,
    found: Ints,
    metres: NDArray[np.float32],
) -> int:
    """Write the targets along one chain, reached round either end or, where ``own`` says so, directly.

    ``own`` holds the source's access, up and down effort; access is negative where the source is elsewhere.
    """
    low, high = targets.along_ptr[chain], targets.along_ptr[chain + 1]
    if written + high - low > len(found):
        return -1
    at_start = scratch.label[graph.chain_start[chain]]
    at_end = scratch.label[graph.chain_end[chain]]
    base, source_up, source_down = own
    for place in range(low, high):
        total = limit + 1
        up, down = targets.along_up_mm[place], targets.along_down_mm[place]
        if at_start != FAR:
            total = min(total, at_start + up)
        if at_end != FAR:
            total = min(total, at_end + graph.chain_down_mm[chain] - down)
        if base >= 0:
            ahead = up - source_up if up >= source_up else source_down - down
            total = min(total, base + ahead)
        total += targets.along_access_mm[place]
        if total <= limit:
            found[written] = targets.along_target[place]
            metres[written] = np.float32(total * 0.001)
            written += 1
    return written


@compiled
def _write_along(
    graph: SearchGraph,
    targets: Targets,
    own_chain: int,
    own: tuple[int, int, int],
    reached: int,
    limit: int,
    scratch: Scratch,
    written: int,
    found: Ints,
    metres: NDArray[np.float32],
) -> int:
    """Write the targets along chains, each chain once: from its start if that was reached, else from its end.

    The source's own chain comes last, for its places may be reached without leaving it.
    """
    for k in range(reached):
        junction = scratch.touched[k]
        for near in range(targets.near_ptr[junction], targets.near_ptr[junction + 1]):
            chain = targets.near_chain[near]
            start = graph.chain_start[chain]
            if chain == own_chain or (junction != start and scratch.label[start] != FAR):
                continue
            nobody = (-1, 0, 0)
            written = _write_chain(graph, targets, chain, nobody, limit, scratch, written, found, metres)
            if written < 0:
                return -1
    if own_chain >= 0:
        written = _write_chain(graph, targets, own_chain, own, limit, scratch, written, found, metres)
    return written


@compiled
def reach_block(
    graph: SearchGraph,
    sources: Sources,
    targets: Targets,
    scratch: Scratch,
    first: int,
    last: int,
    limit: int,
    found: Ints,
    metres: NDArray[np.float32],
    counts: Longs,
) -> tuple[int, int]:
    """Search from sources ``first:last`` and write target and metres of each pair, source after source.

    ``limit`` is in millimetres. Returns the first source not done, because the room in ``found`` ran out,
    and the number of pairs written.
    """
    has_along = len(targets.along_target) > 0
    written = 0
    for source in range(first, last):
        reached = _spread(graph, _start(graph, sources, source, limit, scratch), limit, scratch)
        end = _write_at(targets, reached, limit, scratch, written, found, metres)
        if has_along and end >= 0:
            own = (
                int(sources.access_mm[source]),
                int(sources.up_mm[source]),
                int(sources.down_mm[source]),
            )
            end = _write_along(graph, targets, sources.chain[source], own, reached, limit, scratch, end, found, metres)
        for k in range(reached):
            scratch.label[scratch.touched[k]] = FAR
        if end < 0:
            return source, written
        counts[source] = end - written
        written = end
    return last, written
