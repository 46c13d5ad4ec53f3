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
def reach_block(
    graph: SearchGraph,
    sources: Sources,
    targets: Targets,
    scratch: Scratch,
    first: int,
    last: int,
    limit_mm: int,
    found: Ints,
    metres: NDArray[np.float32],
    counts: Longs,
) -> tuple[int, int]:
    """Search from sources ``first:last`` and write target and metres of each pair, source after source.

    Returns the first source not done, because the room in ``found`` ran out, and the number of pairs.
    First in, first out with labels corrected later beats a heap here: a walk of a few hundred metres
    touches some dozens of junctions, and keeping them in order costs more than the few repeats.
    """
    arc_ptr, arc_target, arc_mm = graph.arc_ptr, graph.arc_target, graph.arc_mm
    label, is_queued, queue, touched = scratch
    mask = len(queue) - 1
    room = len(found)
    has_along = len(targets.along_target) > 0
    limit = np.int32(limit_mm)
    written = 0
    for source in range(first, last):
        started = written
        head = 0
        tail = 0
        own = sources.chain[source]
        base = sources.access_mm[source]
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
                    touched[tail] = junction
                    queue[tail] = junction
                    tail += 1
                    is_queued[junction] = True
                label[junction] = effort
        reached = tail
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
        fits = True
        for k in range(reached):
            junction = touched[k]
            here = label[junction]
            low, high = targets.at_ptr[junction], targets.at_ptr[junction + 1]
            if written + high - low > room:
                fits = False
                break
            for place in range(low, high):
                total = here + targets.at_access_mm[place]
                if total <= limit:
                    found[written] = targets.at_target[place]
                    metres[written] = np.float32(total) * np.float32(0.001)
                    written += 1
        if has_along and fits:
            # Each chain is walked once: from its start if that was reached, else from its end; the
            # source's own chain comes last, for its places may be reached without leaving it.
            for k in range(reached + 1):
                if k < reached:
                    junction = touched[k]
                    near_low, near_high = targets.near_ptr[junction], targets.near_ptr[junction + 1]
                else:
                    near_low, near_high = 0, (1 if own >= 0 else 0)
                for near in range(near_low, near_high):
                    if k == reached:
                        chain = own
                    else:
                        chain = targets.near_chain[near]
                        if chain == own:
                            continue
                        start = graph.chain_start[chain]
                        if junction != start and label[start] != FAR:
                            continue
                    low, high = targets.along_ptr[chain], targets.along_ptr[chain + 1]
                    if written + high - low > room:
                        fits = False
                        break
                    at_start = label[graph.chain_start[chain]]
                    at_end = label[graph.chain_end[chain]]
                    for place in range(low, high):
                        total = FAR
                        if at_start != FAR:
                            total = at_start + targets.along_up_mm[place]
                        if at_end != FAR:
                            round_by_end = at_end + graph.chain_down_mm[chain] - targets.along_down_mm[place]
                            total = min(total, round_by_end)
                        if k == reached:
                            if targets.along_up_mm[place] >= sources.up_mm[source]:
                                ahead = targets.along_up_mm[place] - sources.up_mm[source]
                            else:
                                ahead = sources.down_mm[source] - targets.along_down_mm[place]
                            total = min(total, base + ahead)
                        if total <= limit:
                            total += targets.along_access_mm[place]
                            if total <= limit:
                                found[written] = targets.along_target[place]
                                metres[written] = np.float32(total) * np.float32(0.001)
                                written += 1
                if not fits:
                    break
        for k in range(reached):
            label[touched[k]] = FAR
        if not fits:
            return source, started
        counts[source] = written - started
    return last, written
