"""The compiled search: everything within a walking limit of each candidate, by label correcting."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from madang.methods.walking_network.kernels import compiled

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

# Labels are twice the effort, plus one while the junction waits in the queue: one memory access for both.
FAR = np.int32(2**31 - 2)

# What is read together lies together: one row of a record array costs one line of the processor's cache,
# and unsigned indices spare numba the question whether they count from the end.


class SearchGraph(NamedTuple):
    """Streets in the direction of the search.

    ``arc`` rows are (junction it leads to, twice the effort), cheapest first within ``arc_ptr[u]:arc_ptr[u + 1]``.
    ``chain`` rows are (start, end, effort up, effort down).
    """

    arc_ptr: Ints
    arc: Ints
    chain: Ints


class Sources(NamedTuple):
    """Places to search from: effort from the chain's start up to each, and from each down to the start."""

    junction: Ints
    chain: Ints
    up_mm: Ints
    down_mm: Ints
    access_mm: Ints


class Targets(NamedTuple):
    """Places to find.

    ``at`` rows are (target, access) of the places at a junction; ``along`` rows are (target, access, effort
    from the chain's start, effort from its end); ``near`` rows are (chain, its other end, whether it starts here)
    of the chains at a junction that have places along them.
    """

    at_ptr: Ints
    at: Ints
    along_ptr: Ints
    along: Ints
    near_ptr: Ints
    near: Ints


class Scratch(NamedTuple):
    """One thread's memory: labels and queue over all junctions; the labels are ``FAR`` between searches."""

    label: Ints
    queue: Ints
    touched: Ints


def new_scratch(junctions: int) -> Scratch:
    """Return memory for one thread."""
    room = 1
    while room < junctions + 2:
        room *= 2
    return Scratch(
        np.full(junctions, FAR, dtype=np.int32),
        np.empty(room, dtype=np.int32),
        np.empty(junctions, dtype=np.int32),
    )


@compiled
def _start(graph: SearchGraph, sources: Sources, source: int, limit: int, scratch: Scratch) -> int:
    """Label the junctions a source lies at or between; return how many are queued."""
    label, queue, touched = scratch
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
            junction = graph.chain[own, 0]
            effort = base + sources.down_mm[source]
        else:
            junction = graph.chain[own, 1]
            effort = base + graph.chain[own, 2] - sources.up_mm[source]
        if effort <= limit and effort < label[junction] >> 1:
            if label[junction] == FAR:
                touched[queued] = junction
                queue[queued] = junction
                queued += 1
            label[junction] = 2 * effort + 1
    return queued


@compiled
def _spread(graph: SearchGraph, queued: int, limit: int, scratch: Scratch) -> int:
    """Label every junction within the limit; return how many were touched.

    First in, first out with labels corrected later beats a heap here: a walk of a few hundred metres
    touches some dozens of junctions, and keeping them in order costs more than the few repeats.
    """
    label, queue, touched = scratch
    arc_ptr, arcs = graph.arc_ptr, graph.arc
    twice_limit = 2 * limit
    mask = np.uint64(len(queue) - 1)
    one = np.uint64(1)
    head = np.uint64(0)
    tail = np.uint64(queued)
    reached = queued
    while head != tail:
        junction = np.uint32(queue[head & mask])
        head += one
        here = label[junction] - 1
        label[junction] = here
        arc = np.uint64(arc_ptr[junction])
        end = np.uint64(arc_ptr[np.uint64(junction) + one])
        while arc < end:
            there = here + arcs[arc, 1]
            if there > twice_limit:
                break
            nxt = np.uint32(arcs[arc, 0])
            old = label[nxt]
            if there < old - (old & 1):
                label[nxt] = there + 1
                if old == FAR:
                    touched[np.uint64(reached)] = nxt
                    reached += 1
                if old & 1 == 0:
                    queue[tail & mask] = nxt
                    tail += one
            arc += one
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
    at_ptr, at = targets.at_ptr, targets.at
    one = np.uint64(1)
    for k in range(np.uint64(reached)):
        junction = np.uint64(np.uint32(scratch.touched[k]))
        here = scratch.label[junction] >> 1
        low, high = at_ptr[junction], at_ptr[junction + one]
        if written + high - low > len(found):
            return -1
        for place in range(np.uint64(low), np.uint64(high)):
            total = here + at[place, 1]
            if total <= limit:
                found[np.uint64(written)] = at[place, 0]
                metres[np.uint64(written)] = np.float32(total * 0.001)
                written += 1
    return written


@compiled
def _write_chain(
    targets: Targets,
    chain: int,
    at_start: int,
    at_end: int,
    limit: int,
    written: int,
    found: Ints,
    metres: NDArray[np.float32],
) -> int:
    """Write the targets along a chain that is reached at its ends at these labels."""
    along = targets.along
    low, high = targets.along_ptr[chain], targets.along_ptr[chain + 1]
    if written + high - low > len(found):
        return -1
    for place in range(np.uint64(low), np.uint64(high)):
        total = min(at_start + along[place, 2], at_end + along[place, 3]) + along[place, 1]
        if total <= limit:
            found[np.uint64(written)] = along[place, 0]
            metres[np.uint64(written)] = np.float32(total * 0.001)
            written += 1
    return written


@compiled
def _write_own_chain(
    graph: SearchGraph,
    sources: Sources,
    source: int,
    targets: Targets,
    limit: int,
    scratch: Scratch,
    written: int,
    found: Ints,
    metres: NDArray[np.float32],
) -> int:
    """Write the targets along the source's own chain: reached round either end, or without leaving it."""
    chain = sources.chain[source]
    start, end, _, whole_down = graph.chain[chain]
    low, high = targets.along_ptr[chain], targets.along_ptr[chain + 1]
    if written + high - low > len(found):
        return -1
    up, down = sources.up_mm[source], sources.down_mm[source]
    for place in range(low, high):
        target, access, from_start, from_end = targets.along[place]
        ahead = from_start - up if from_start >= up else down - (whole_down - from_end)
        round_by = min((scratch.label[start] >> 1) + from_start, (scratch.label[end] >> 1) + from_end)
        total = min(round_by, sources.access_mm[source] + ahead) + access
        if total <= limit:
            found[written] = target
            metres[written] = np.float32(total * 0.001)
            written += 1
    return written


@compiled
def _write_along(
    targets: Targets,
    own: int,
    reached: int,
    limit: int,
    scratch: Scratch,
    written: int,
    found: Ints,
    metres: NDArray[np.float32],
) -> int:
    """Write the targets along chains, each chain once: from its start if that was reached, else from its end.

    The source's own chain is left out. Labels of places not reached are so large that no sum with them
    is within the limit.
    """
    label, near_ptr, near = scratch.label, targets.near_ptr, targets.near
    one = np.uint64(1)
    for k in range(np.uint64(reached)):
        junction = np.uint64(np.uint32(scratch.touched[k]))
        here = label[junction] >> 1
        row, high = np.uint64(near_ptr[junction]), np.uint64(near_ptr[junction + one])
        while row < high:
            chain = near[row, 0]
            there = label[np.uint32(near[row, 1])] >> 1
            is_start = near[row, 2]
            row += one
            if chain == own or (is_start == 0 and there != FAR >> 1):
                continue
            at_start, at_end = (here, there) if is_start else (there, here)
            written = _write_chain(targets, chain, at_start, at_end, limit, written, found, metres)
            if written < 0:
                return -1
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
    has_along = len(targets.along) > 0
    label, touched = scratch.label, scratch.touched
    written = 0
    for source in range(first, last):
        reached = _spread(graph, _start(graph, sources, source, limit, scratch), limit, scratch)
        end = _write_at(targets, reached, limit, scratch, written, found, metres)
        if has_along and end >= 0:
            own = sources.chain[source]
            end = _write_along(targets, own, reached, limit, scratch, end, found, metres)
            if own >= 0 and end >= 0:
                end = _write_own_chain(graph, sources, source, targets, limit, scratch, end, found, metres)
        for k in range(np.uint64(reached)):
            label[np.uint32(touched[k])] = FAR
        if end < 0:
            return source, written
        counts[source] = end - written
        written = end
    return last, written
