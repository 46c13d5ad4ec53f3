"""Reach sets: which demand each candidate reaches within a walking limit, as sparse rows, on all cores."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from madang.core.errors import BoundsError
from madang.core.kernels import announce_compiling
from madang.core.language import text
from madang.core.progress import Progress, silent
from madang.methods.walking_network.network import Places, WalkingNetwork
from madang.methods.walking_network.reach_kernel import (
    Scratch,
    SearchGraph,
    Targets,
    Turned,
    new_scratch,
    reach_block,
    rows_at,
)

Ints = NDArray[np.int32]
Direction = Literal["to_candidate", "from_candidate"]
# The last candidate of a block, and the demand and metres of its pairs.
_Block = tuple[int, Ints, NDArray[np.float32]]
_BLOCK = 2_048
# Pairs that memory is asked for at first, at most: 128 MB an array.
_ROOM_FIRST = 1 << 25
_LIMIT_MAX_M = 100_000.0
# Candidates of which half lie more junctions apart than this, and could lie nearer, are sorted first: neighbours share
# a search.
STRIDE_NEAR = 64.0


@dataclass(frozen=True)
class ReachSets:
    """Candidate x demand pairs within the limit as sparse rows, 8 bytes a pair.

    Row c has the demand ``indices[indptr[c]:indptr[c + 1]]`` at the walks ``metres`` (float32, level metres,
    the ways from both points to the street included). A pair at 0 m is a pair: do not drop stored zeros.
    Columns within a row come in the order the search met them.
    """

    indptr: NDArray[np.int64]
    indices: Ints
    metres: NDArray[np.float32]
    demands: int
    limit_m: float

    @property
    def candidates(self) -> int:
        """Number of candidates: the rows."""
        return len(self.indptr) - 1

    @property
    def pairs(self) -> int:
        """Number of candidate and demand pairs within the limit."""
        return len(self.indices)

    def row(self, candidate: int) -> tuple[Ints, NDArray[np.float32]]:
        """Return demand indices and metres of one candidate."""
        part = slice(int(self.indptr[candidate]), int(self.indptr[candidate + 1]))
        return self.indices[part], self.metres[part]

    def to_scipy(self) -> sp.csr_array:
        """Return candidates x demands in metres; shares the memory, columns not sorted."""
        shape = (self.candidates, self.demands)
        return sp.csr_array((self.metres, self.indices, self.indptr), shape=shape)


def limit_metres(minutes: float, walk_m_per_min: float) -> float:
    """Return the level metres walked in ``minutes`` at ``walk_m_per_min``.

    Raises BoundsError where either is not positive or the walk is longer than 100 km.
    """
    for name, value in (
        (text("걷는 시간", "walking minutes"), minutes),
        (text("걷는 속도", "walking speed"), walk_m_per_min),
    ):
        if not (np.isfinite(value) and value > 0):
            raise BoundsError(
                text(
                    f"{name.ko}은(는) {value:g}이(가) 아니라 0보다 커야 합니다",
                    f"{name.en} must be above 0, not {value:g}",
                ),
                todo=text("0보다 큰 수를 주십시오", "give a positive number"),
            )
    return check_limit(minutes * walk_m_per_min)


def check_limit(limit_m: float) -> float:
    """Return ``limit_m``, or raise BoundsError where it is not in 0..100 km."""
    if not (np.isfinite(limit_m) and 0 < limit_m <= _LIMIT_MAX_M):
        raise BoundsError(
            text(
                f"걷는 거리의 한도 {limit_m:g}m가 0~{_LIMIT_MAX_M:,.0f}m 밖입니다",
                f"a walking limit of {limit_m:g} m is outside 0 to {_LIMIT_MAX_M:,.0f} m",
            ),
            todo=text("사람이 걸을 수 있는 거리를 미터로 주십시오", "give a walk in metres that a person can make"),
        )
    return float(limit_m)


def reach_sets(
    network: WalkingNetwork,
    candidates: Places,
    demand: Places,
    limit_m: float,
    *,
    direction: Direction = "to_candidate",
    threads: int | None = None,
    progress: Progress = silent,
) -> ReachSets:
    """Return every demand within ``limit_m`` of level walking of each candidate.

    ``direction`` matters on slopes only: the walk goes from demand to candidate, or the other way.
    Memory is 8 bytes a pair and 41 bytes a junction and thread. Places off the network reach nothing.
    Candidates in the network's order are searched with the least memory: others are put in order, and their rows back.

    Raises:
        NetworkError: places that belong to another network.
        BoundsError: a limit that is not in 0..100 km.
        Cancelled: where ``progress`` says so.
    """
    limit_mm = round(check_limit(limit_m) * 1000)
    network.check_places(candidates, text("후보", "candidates"))
    network.check_places(demand, text("수요 지점", "demand points"))
    announce_compiling(progress, reach_block, rows_at)
    order = _spatial_order(network, candidates)
    graph, sources, targets = searchable(
        network, direction, candidates if order is None else candidates.take(order), demand
    )
    workers = max(1, min(threads or os.cpu_count() or 1, -(-len(candidates) // _BLOCK)))
    job = _Job(graph, sources, _grouped_targets(graph, targets), limit_mm, len(candidates), workers)
    rows = job.run(progress)
    return ReachSets(*(rows if order is None else _put_back(order, *rows)), len(demand), limit_m)


def _spatial_order(network: WalkingNetwork, places: Places) -> NDArray[np.int64] | None:
    """Return the order in which places lie near the one before, or None where they nearly come so."""
    key = places.junction.copy()
    on_chain = np.flatnonzero(places.chain >= 0)
    key[on_chain] = network.chain_start[places.chain[on_chain]]
    given = _stride(key)
    if given <= STRIDE_NEAR:
        return None
    order = np.argsort(key, kind="stable")
    return order if given > 4.0 * _stride(key[order]) + STRIDE_NEAR else None


def _stride(key: Ints) -> float:
    """Return how far half of the numbers at most lie from the one before."""
    return float(np.median(np.abs(np.diff(key)))) if len(key) > 1 else 0.0


def _put_back(
    order: NDArray[np.int64], ptr: NDArray[np.int64], indices: Ints, metres: NDArray[np.float32]
) -> tuple[NDArray[np.int64], Ints, NDArray[np.float32]]:
    """Return the rows, searched in ``order``, in the order of the candidates."""
    width = np.empty(len(order), dtype=np.int64)
    width[order] = np.diff(ptr)
    into = np.concatenate(([0], np.cumsum(width)))
    found, walked = np.empty_like(indices), np.empty_like(metres)
    rows_at(order, ptr, indices, metres, into, found, walked)
    return into, found, walked


def searchable(
    network: WalkingNetwork, direction: Direction, sources: Places, targets: Places
) -> tuple[SearchGraph, Turned, Turned]:
    """Return the streets as the search walks them, and the places as it starts from them and finds them.

    Everything is turned round where people walk towards the candidate, and chains without a place are left out.
    """
    used = np.zeros(network.chains, dtype=np.bool_)
    for places in (sources, targets):
        used[places.chain[places.chain >= 0]] = True
    chains = np.flatnonzero(used).astype(np.int32)
    # One more than there are chains, so that -1 stays -1.
    number = np.full(network.chains + 1, -1, dtype=np.int32)
    number[chains] = np.arange(len(chains), dtype=np.int32)
    graph = SearchGraph(network.arc_ptr, _arcs(network, direction), _chain_rows(network, direction, chains))
    return graph, _turned(sources, number, direction), _turned(targets, number, direction)


def _arcs(network: WalkingNetwork, direction: Direction) -> Ints:
    """Return rows (junction, effort), the cheapest first at each junction; the network's own memory where it can be."""
    if direction == "from_candidate" or network.is_level:
        return network.arc
    source = np.repeat(np.arange(network.junctions, dtype=np.int32), np.diff(network.arc_ptr))
    order = np.lexsort((network.arc_backward_mm, source))
    return np.column_stack((network.arc_target[order], network.arc_backward_mm[order]))


def _chain_rows(network: WalkingNetwork, direction: Direction, chains: Ints) -> Ints:
    """Return rows (start, end, effort up, effort down) of these chains."""
    last = network.chain_ptr[chains + 1] - 1
    up, down = network.vertex_forward_mm[last], network.vertex_backward_mm[last]
    if direction == "to_candidate":
        up, down = down, up
    return np.column_stack((network.chain_start[chains], network.chain_end[chains], up, down))


def _turned(places: Places, number: Ints, direction: Direction) -> Turned:
    """Return places with their chains' new numbers and the effort along them in the direction of the search."""
    up, down = places.forward_mm, places.backward_mm
    if direction == "to_candidate":
        up, down = down, up
    return Turned(places.junction, number[places.chain], up, down, places.access_mm)


def _grouped_targets(graph: SearchGraph, places: Turned) -> Targets:
    """Return places as the search finds them, by junction and by chain."""
    at_ptr, at = _grouped(places.junction, len(graph.arc_ptr) - 1)
    along_ptr, along = _grouped(places.chain, len(graph.chain))
    from_end = graph.chain[places.chain[along], 3] - places.down_mm[along]
    return Targets(
        at_ptr,
        np.column_stack((at, places.access_mm[at])),
        along_ptr,
        np.column_stack((along, places.access_mm[along], places.up_mm[along], from_end)),
        *_chains_near(graph, along_ptr),
    )


def _grouped(key: Ints, groups: int) -> tuple[Ints, Ints]:
    """Return pointer (groups + 1,) and rows grouped by ``key``; negative keys belong to no group."""
    order = np.flatnonzero(key >= 0).astype(np.int32)
    held = key[order]
    if not np.all(held[1:] >= held[:-1]):
        order = order[np.argsort(held, kind="stable")]
    ptr = np.zeros(groups + 1, dtype=np.int32)
    np.cumsum(np.bincount(held, minlength=groups), out=ptr[1:])
    return ptr, order


def _chains_near(graph: SearchGraph, along_ptr: Ints) -> tuple[Ints, Ints]:
    """Return pointer and rows (chain, other end, whether it starts here) of chains with places, by junction."""
    used = np.flatnonzero(np.diff(along_ptr)).astype(np.int32)
    start, end = graph.chain[used, 0], graph.chain[used, 1]
    real = start != end
    starts, ends = np.ones_like(start), np.zeros_like(end[real])
    rows = np.concatenate((np.column_stack((used, end, starts)), np.column_stack((used[real], start[real], ends))))
    ptr, order = _grouped(np.concatenate((start, end[real])), len(graph.arc_ptr) - 1)
    return ptr, rows[order]


@dataclass
class _Job:
    """One run over all candidates: blocks searched by threads, gathered in order."""

    graph: SearchGraph
    sources: Turned
    targets: Targets
    limit_mm: int
    candidates: int
    workers: int
    # Pairs a block is given room for; what the last ones needed, so that few run out of it.
    room: int = 64 * _BLOCK

    def run(self, progress: Progress) -> tuple[NDArray[np.int64], Ints, NDArray[np.float32]]:
        """Return row pointer, demand and metres of all pairs."""
        indptr = np.zeros(self.candidates + 1, dtype=np.int64)
        counts = indptr[1:]
        rows = _Rows()
        for last, found, metres in self._blocks(counts):
            rows.add(found, metres, last / self.candidates)
            progress(last / self.candidates, "searching the streets")
        np.cumsum(counts, out=counts)
        return indptr, *rows.finished()

    def _blocks(self, counts: NDArray[np.int64]) -> Iterator[_Block]:
        """Yield each block's last candidate and pairs, in order, a few blocks ahead of the reader."""
        memory: SimpleQueue[Scratch] = SimpleQueue()
        for _ in range(self.workers):
            memory.put(new_scratch(len(self.graph.arc_ptr) - 1, self.limit_mm))
        starts = iter(range(0, self.candidates, _BLOCK))
        with ThreadPoolExecutor(self.workers) as pool:
            waiting: list[Future[_Block]] = []
            try:
                while True:
                    while len(waiting) < 2 * self.workers and (first := next(starts, None)) is not None:
                        waiting.append(pool.submit(self._search, first, memory, counts))
                    if not waiting:
                        return
                    yield waiting.pop(0).result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _search(self, first: int, memory: SimpleQueue[Scratch], counts: NDArray[np.int64]) -> _Block:
        """Search one block in memory nobody else uses meanwhile; give it back whatever happens."""
        scratch = memory.get()
        try:
            return self._search_in(scratch, first, counts)
        finally:
            memory.put(scratch)

    def _search_in(self, scratch: Scratch, first: int, counts: NDArray[np.int64]) -> _Block:
        """Search one block, with more room each time the pairs do not fit."""
        last = min(first + _BLOCK, self.candidates)
        start, room, parts = first, self.room, []
        while first < last:
            found, metres = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.float32)
            done, written = reach_block(
                self.graph,
                self.sources,
                self.targets,
                scratch,
                first,
                last,
                found,
                metres,
                counts,
            )
            parts.append((found[:written], metres[:written]))
            first, room = done, room * 4
        pairs = sum(len(found) for found, _ in parts)
        if last - start == _BLOCK:
            self.room = max(self.room, pairs + pairs // 4)
        if len(parts) == 1:
            return last, *parts[0]
        return last, np.concatenate([one for one, _ in parts]), np.concatenate([one for _, one in parts])


class _Rows:
    """Pairs gathered in arrays that grow by what the blocks so far let expect, for the most part without copies.

    The first block makes them nearly as long as they will be: memory not yet written to costs nothing, whereas small
    arrays that grow are moved about among others and leave holes, and large ones the system copies once, for numpy has
    marked them for huge pages.
    """

    def __init__(self) -> None:
        self._indices = np.empty(0, dtype=np.int32)
        self._metres = np.empty(0, dtype=np.float32)
        self._used = 0

    def add(self, found: Ints, metres: NDArray[np.float32], share_done: float) -> None:
        """Append a block's pairs; ``share_done`` (0..1) of the candidates are then done."""
        end = self._used + len(found)
        if self._used == 0:
            room = max(end, min(int(end / share_done * 1.1), _ROOM_FIRST))
            self._indices, self._metres = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.float32)
        elif end > len(self._indices):
            room = max(end, min(int(end / share_done * 1.02), int(end * 1.5) + 1_000_000))
            self._resize(room)
        self._indices[self._used : end] = found
        self._metres[self._used : end] = metres
        self._used = end

    def finished(self) -> tuple[Ints, NDArray[np.float32]]:
        """Return the arrays cut to what was written."""
        self._resize(self._used)
        return self._indices, self._metres

    def _resize(self, room: int) -> None:
        """Grow or cut both arrays where they lie: the system moves their pages instead of copying them."""
        arrays: tuple[NDArray[Any], NDArray[Any]] = (self._indices, self._metres)
        for array in arrays:
            array.resize(room, refcheck=False)
