"""The compiled search: everything within a walking limit of eight candidates at once, by label correcting."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from madang.core.kernels import kernel
from madang.methods.walking_network.lanes import LANES, least_lane, lower_lanes

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

# The queue holds junctions by rings so wide, in millimetres; wider ones have more junctions come twice.
RING_MM = 32_768
TOUCHED, QUEUED = 1, 2

# What is read together lies together: one row of a record array costs one line of the processor's cache,
# and unsigned indices spare numba the question whether they count from the end.


class SearchGraph(NamedTuple):
    """Streets in the direction of the search.

    ``arc`` rows are (junction it leads to, effort), cheapest first within ``arc_ptr[u]:arc_ptr[u + 1]``.
    ``chain`` rows are (start, end, effort up, effort down) of the chains that have places along them.
    """

    arc_ptr: Ints
    arc: Ints
    chain: Ints


class Turned(NamedTuple):
    """Places in the direction of the search: effort from the chain's start up to each, and from each down to it."""

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
    """One thread's memory: eight labels a junction, ``beyond`` between searches; marks, queue and what was touched.

    ``first`` is the first junction of each ring of the queue and ``after`` the next one in a junction's ring.
    """

    label: Ints
    mark: NDArray[np.uint8]
    first: Ints
    after: Ints
    touched: Ints
    beyond: int


def new_scratch(junctions: int, limit_mm: int) -> Scratch:
    """Return memory for one thread; what is not within the limit has the label ``beyond``."""
    return Scratch(
        np.full(junctions * LANES, limit_mm + 1, dtype=np.int32),
        np.zeros(junctions, dtype=np.uint8),
        np.full(limit_mm // RING_MM + 1, -1, dtype=np.int32),
        np.empty(junctions, dtype=np.int32),
        np.empty(junctions, dtype=np.int32),
        limit_mm + 1,
    )


@kernel(nogil=True)
def _put(junction: int, lane: int, effort: int, scratch: Scratch, reached: int) -> int:
    """Label ``junction`` for one source and queue it in the first ring; return how many junctions are touched."""
    if effort < scratch.label[junction * LANES + lane]:
        scratch.label[junction * LANES + lane] = effort
        if scratch.mark[junction] == 0:
            scratch.mark[junction] = QUEUED
            scratch.touched[reached] = junction
            ring = effort // RING_MM
            scratch.after[junction] = scratch.first[ring]
            scratch.first[ring] = junction
            return reached + 1
    return reached


@kernel(nogil=True)
def _start(graph: SearchGraph, sources: Turned, first: int, lanes: int, scratch: Scratch) -> int:
    """Label the junctions the sources lie at or between; return how many are touched."""
    reached = 0
    for lane in range(lanes):
        source = first + lane
        own = sources.chain[source]
        effort = sources.access_mm[source]
        if own >= 0:
            start, end, whole_up, _ = graph.chain[own]
            reached = _put(start, lane, effort + sources.down_mm[source], scratch, reached)
            reached = _put(end, lane, effort + whole_up - sources.up_mm[source], scratch, reached)
        elif sources.junction[source] >= 0:
            reached = _put(sources.junction[source], lane, effort, scratch, reached)
    return reached


@kernel(nogil=True)
def _spread(graph: SearchGraph, reached: int, scratch: Scratch) -> int:
    """Label every junction within the limit for all lanes at once; return how many were touched.

    Labels are corrected until none falls. A queue in rings of some thirty metres has few junctions come twice, and
    costs less than keeping a heap in order.
    """
    label, mark, first, after, touched, beyond = scratch
    arc_ptr, arcs = graph.arc_ptr, graph.arc
    one, lanes = np.uint64(1), np.uint64(LANES)
    ring = 0
    while ring < len(first):
        if first[ring] < 0:
            ring += 1
            continue
        junction = np.uint64(np.uint32(first[ring]))
        first[ring] = after[junction]
        mark[junction] = TOUCHED
        here = junction * lanes
        least = least_lane(label, here)
        arc, end = np.uint64(arc_ptr[junction]), np.uint64(arc_ptr[junction + one])
        while arc < end:
            effort = arcs[arc, 1]
            nearest = least + effort
            if nearest >= beyond:
                break
            nxt = np.uint64(np.uint32(arcs[arc, 0]))
            arc += one
            if lower_lanes(label, here, nxt * lanes, effort) == 0:
                continue
            known = mark[nxt]
            if known == 0:
                touched[np.uint64(reached)] = nxt
                reached += 1
            if known != QUEUED:
                into = max(ring, nearest // RING_MM)
                after[nxt] = first[into]
                first[into] = nxt
                mark[nxt] = QUEUED
    return reached


@kernel(nogil=True)
def _gather_at(targets: Targets, reached: int, scratch: Scratch, hit: Ints, total: Ints) -> int:
    """List the targets at touched junctions with each lane's effort to them; return how many, or -1: no room."""
    at_ptr, at, one = targets.at_ptr, targets.at, np.uint64(1)
    count = 0
    for k in range(np.uint64(reached)):
        junction = np.uint64(np.uint32(scratch.touched[k]))
        low, high = at_ptr[junction], at_ptr[junction + one]
        if count + high - low > len(hit):
            return -1
        for place in range(np.uint64(low), np.uint64(high)):
            hit[np.uint64(count)] = at[place, 0]
            access = at[place, 1]
            for lane in range(np.uint64(LANES)):
                total[np.uint64(count), lane] = scratch.label[junction * np.uint64(LANES) + lane] + access
            count += 1
    return count


@kernel(nogil=True)
def _gather_chain(
    graph: SearchGraph, targets: Targets, chain: int, scratch: Scratch, count: int, hit: Ints, total: Ints
) -> int:
    """List the targets along a chain, reached round either end."""
    along, label = targets.along, scratch.label
    start, end = graph.chain[chain, 0] * LANES, graph.chain[chain, 1] * LANES
    low, high = targets.along_ptr[chain], targets.along_ptr[chain + 1]
    if count + high - low > len(hit):
        return -1
    for place in range(np.uint64(low), np.uint64(high)):
        hit[np.uint64(count)] = along[place, 0]
        access, from_start, from_end = along[place, 1], along[place, 2], along[place, 3]
        for lane in range(np.uint64(LANES)):
            round_by = min(label[np.uint64(start) + lane] + from_start, label[np.uint64(end) + lane] + from_end)
            total[np.uint64(count), lane] = round_by + access
        count += 1
    return count


@kernel(nogil=True)
def _stay_on_chain(
    graph: SearchGraph, sources: Turned, targets: Targets, source: int, lane: int, begin: int, total: Ints
) -> None:
    """Lower the efforts of one lane along its own chain, listed from ``begin`` on, to those without leaving it."""
    chain = sources.chain[source]
    up, down, access = sources.up_mm[source], sources.down_mm[source], sources.access_mm[source]
    whole_down = graph.chain[chain, 3]
    low, high = targets.along_ptr[chain], targets.along_ptr[chain + 1]
    for place in range(low, high):
        from_start, from_end = targets.along[place, 2], targets.along[place, 3]
        ahead = from_start - up if from_start >= up else down - (whole_down - from_end)
        row = begin + place - low
        total[row, lane] = min(total[row, lane], access + ahead + targets.along[place, 1])


@kernel(nogil=True)
def _lies_on(chain: int, sources: Turned, first: int, lanes: int) -> bool:
    """Say whether any of these sources lies on ``chain``."""
    found = False
    for lane in range(lanes):
        found = found or sources.chain[first + lane] == chain
    return found


@kernel(nogil=True)
def _gather_along(
    graph: SearchGraph,
    sources: Turned,
    targets: Targets,
    first: int,
    lanes: int,
    reached: int,
    scratch: Scratch,
    count: int,
    hit: Ints,
    total: Ints,
) -> int:
    """List the targets along chains, each chain once: from its start if that was touched, else from its end.

    Chains that sources lie on come last, for they count even where neither end is within the limit.
    """
    near_ptr, near, mark = targets.near_ptr, targets.near, scratch.mark
    one = np.uint64(1)
    for lane in range(lanes):
        own = sources.chain[first + lane]
        if own < 0 or _lies_on(own, sources, first, lane):
            continue
        begin = count
        count = _gather_chain(graph, targets, own, scratch, count, hit, total)
        if count < 0:
            return -1
        for later in range(lane, lanes):
            if sources.chain[first + later] == own:
                _stay_on_chain(graph, sources, targets, first + later, later, begin, total)
    for k in range(np.uint64(reached)):
        junction = np.uint64(np.uint32(scratch.touched[k]))
        row, high = np.uint64(near_ptr[junction]), np.uint64(near_ptr[junction + one])
        while row < high:
            chain, other, is_start = near[row, 0], near[row, 1], near[row, 2]
            row += one
            if (is_start == 0 and mark[np.uint32(other)] != 0) or _lies_on(chain, sources, first, lanes):
                continue
            count = _gather_chain(graph, targets, chain, scratch, count, hit, total)
            if count < 0:
                return -1
    return count


@kernel(nogil=True)
def _write(
    hit: Ints, total: Ints, count: int, lane: int, limit: int, written: int, found: Ints, metres: NDArray[np.float32]
) -> int:
    """Write one lane's targets within the limit; return the pairs written in all, or -1 where the room may run out."""
    if written + count > len(found):
        return -1
    for k in range(np.uint64(count)):
        effort = total[k, np.uint64(lane)]
        found[np.uint64(written)] = hit[k]
        metres[np.uint64(written)] = np.float32(effort * 0.001)
        written += int(effort <= limit)
    return written


@kernel(nogil=True)
def _clear(reached: int, scratch: Scratch) -> None:
    """Leave the labels and marks as they were found; the queue is empty by itself."""
    for k in range(np.uint64(reached)):
        junction = np.uint64(np.uint32(scratch.touched[k]))
        scratch.mark[junction] = 0
        for lane in range(np.uint64(LANES)):
            scratch.label[junction * np.uint64(LANES) + lane] = scratch.beyond


@kernel(nogil=True)
def reach_block(
    graph: SearchGraph,
    sources: Turned,
    targets: Targets,
    scratch: Scratch,
    first: int,
    last: int,
    found: Ints,
    metres: NDArray[np.float32],
    counts: Longs,
) -> tuple[int, int]:
    """Search from sources ``first:last``, eight at once, and write target and metres of each pair, source by source.

    Returns the first source not done, because the room in ``found`` ran out, and the number of pairs written.
    Sources near each other share most of a search: they should come in spatial order.
    """
    room = 4_096
    hit, total = np.empty(room, np.int32), np.empty((room, LANES), np.int32)
    written = 0
    for begin in range(first, last, LANES):
        lanes = min(LANES, last - begin)
        reached = _spread(graph, _start(graph, sources, begin, lanes, scratch), scratch)
        count = -1
        while count < 0:
            count = _gather_at(targets, reached, scratch, hit, total)
            if count >= 0 and len(targets.along) > 0:
                count = _gather_along(graph, sources, targets, begin, lanes, reached, scratch, count, hit, total)
            if count < 0:
                room *= 4
                hit, total = np.empty(room, np.int32), np.empty((room, LANES), np.int32)
        _clear(reached, scratch)
        before = written
        for lane in range(lanes):
            end = _write(hit, total, count, lane, scratch.beyond - 1, written, found, metres)
            if end < 0:
                return begin, before
            counts[begin + lane] = end - written
            written = end
    return last, written


@kernel(nogil=True)
def rows_at(
    place: Longs,
    ptr: Longs,
    indices: Ints,
    metres: NDArray[np.float32],
    into: Longs,
    found: Ints,
    walked: NDArray[np.float32],
) -> None:
    """Copy row ``r`` of ``ptr``'s rows to where ``into`` has row ``place[r]``."""
    for r in range(len(place)):
        at = into[place[r]]
        for k in range(ptr[r], ptr[r + 1]):
            found[at] = indices[k]
            walked[at] = metres[k]
            at += 1
