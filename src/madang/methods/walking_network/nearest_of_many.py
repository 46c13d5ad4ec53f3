"""Nearest of many: the walk from every demand point to its nearest facility, within a limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from madang.core.errors import NetworkError
from madang.core.language import text
from madang.core.progress import Progress, silent
from madang.methods.walking_network.network import Places, WalkingNetwork
from madang.methods.walking_network.reach import Direction, check_limit, searchable
from madang.methods.walking_network.reach_kernel import SearchGraph, Turned

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Nearest:
    """Per demand point (n,): the level metres to the nearest facility (inf beyond the limit) and its row (-1)."""

    metres: Floats
    facility: Ints
    limit_m: float

    def minutes(self, walk_m_per_min: float) -> Floats:
        """Return walking minutes (n,), inf beyond the limit."""
        return self.metres / walk_m_per_min

    @property
    def is_within(self) -> NDArray[np.bool_]:
        """Whether each demand point (n,) has a facility within the limit."""
        return np.isfinite(self.metres)


def nearest(
    network: WalkingNetwork,
    facilities: Places,
    demand: Places,
    limit_m: float,
    *,
    direction: Direction = "to_candidate",
    progress: Progress = silent,
) -> Nearest:
    """Return for every demand point the nearest facility on foot within ``limit_m`` of level walking.

    One run of scipy's Dijkstra from all facilities at once, each joined to the ends of its chain. Walks go
    from demand to facility; ``direction="from_candidate"`` turns them round. Equal walks go to the lower row.

    Raises:
        NetworkError: no facility on the network, or places of another network.
        BoundsError: a limit that is not in 0..100 km.
    """
    limit_mm = round(check_limit(limit_m) * 1000)
    network.check_places(facilities, text("시설", "facilities"))
    network.check_places(demand, text("수요 지점", "demand points"))
    rows = np.flatnonzero(facilities.is_on_network)
    if not len(rows):
        raise NetworkError(
            text("도보망 위에 시설이 하나도 없습니다", "no facility lies on the network"),
            todo=text("시설을 하나라도 놓으십시오", "place at least one facility"),
        )
    progress(0.0, "finding the nearest facility")
    graph, placed, sought = searchable(network, direction, facilities.take(rows), demand)
    effort, origin = _labels(graph, placed, limit_mm)
    best, owner = _at_demand(graph, sought, effort, origin)
    _along_own_chain(best, owner, placed, sought)
    best = best + np.where(np.isfinite(best), demand.access_mm, 0)
    within = best <= limit_mm
    progress(1.0, "nearest facilities found")
    facility = np.where(within, rows[np.maximum(owner, 0)], -1).astype(np.int32)
    return Nearest(np.where(within, best / 1000.0, np.inf), facility, limit_m)


def node_nearest(
    network: WalkingNetwork,
    facilities: Places,
    limit_m: float,
    *,
    direction: Direction = "to_candidate",
) -> Nearest:
    """Return the walk from every node of the network to its nearest facility: what a map draws as isochrones."""
    return nearest(network, facilities, network.node_places(), limit_m, direction=direction)


def _labels(graph: SearchGraph, facilities: Turned, limit_mm: int) -> tuple[Floats, Ints]:
    """Return each junction's effort (j,) to the nearest facility and that facility's row (-1 if none)."""
    junctions, count = len(graph.arc_ptr) - 1, len(facilities.junction)
    inner = np.flatnonzero(facilities.chain >= 0)
    at = np.flatnonzero(facilities.junction >= 0)
    chain = facilities.chain[inner]
    access = facilities.access_mm[inner]
    source = np.concatenate((at, inner, inner)) + junctions
    target = np.concatenate((facilities.junction[at], graph.chain[chain, 0], graph.chain[chain, 1]))
    effort = np.concatenate(
        (
            facilities.access_mm[at],
            access + facilities.down_mm[inner],
            access + graph.chain[chain, 2] - facilities.up_mm[inner],
        )
    )
    streets = np.repeat(np.arange(junctions), np.diff(graph.arc_ptr))
    size = junctions + count
    joined = sp.coo_array(
        (
            np.concatenate((graph.arc[:, 1], effort)).astype(np.float64),
            (np.concatenate((streets, source)), np.concatenate((graph.arc[:, 0], target))),
        ),
        shape=(size, size),
    )
    distance, _, owner = dijkstra(
        _least_of_parallel(joined),
        directed=True,
        indices=np.arange(junctions, size),
        limit=float(limit_mm),
        return_predecessors=True,
        min_only=True,
    )
    owner = np.where(owner[:junctions] >= junctions, owner[:junctions] - junctions, -1)
    return np.asarray(distance[:junctions]), owner.astype(np.int32)


def _least_of_parallel(arcs: sp.coo_array) -> sp.csr_array:
    """Return the graph with the shortest of parallel arcs only: turning COO into CSR would add them up."""
    row, column = arcs.coords
    order = np.lexsort((arcs.data, column, row))
    row, column, data = row[order], column[order], arcs.data[order]
    first = np.ones(len(row), dtype=np.bool_)
    first[1:] = (np.diff(row) != 0) | (np.diff(column) != 0)
    ptr = np.concatenate(([0], np.cumsum(np.bincount(row[first], minlength=arcs.shape[0]))))
    return sp.csr_array((data[first], column[first], ptr), shape=arcs.shape)


def _at_demand(graph: SearchGraph, demand: Turned, effort: Floats, origin: Ints) -> tuple[Floats, Ints]:
    """Return effort and facility (n,) of demand at its junction, or round either end of its chain."""
    best = np.full(len(demand.junction), np.inf)
    owner = np.full(len(demand.junction), -1, dtype=np.int32)
    at = demand.junction >= 0
    best[at], owner[at] = effort[demand.junction[at]], origin[demand.junction[at]]
    inner = np.flatnonzero(demand.chain >= 0)
    chain = demand.chain[inner]
    start, end = graph.chain[chain, 0], graph.chain[chain, 1]
    by_start = effort[start] + demand.up_mm[inner]
    by_end = effort[end] + graph.chain[chain, 3] - demand.down_mm[inner]
    best[inner] = np.minimum(by_start, by_end)
    owner[inner] = np.where(by_start <= by_end, origin[start], origin[end])
    return best, owner


def _along_own_chain(best: Floats, owner: Ints, facilities: Turned, demand: Turned) -> None:
    """Better ``best`` and ``owner`` in place where a facility on the same chain is nearer without leaving it.

    Sorted along the chain, the nearest facility below is a running minimum of its access less its place.
    """
    inner_facility, inner_demand = np.flatnonzero(facilities.chain >= 0), np.flatnonzero(demand.chain >= 0)
    shared = np.intersect1d(facilities.chain[inner_facility], demand.chain[inner_demand])
    if not len(shared):
        return
    order = inner_facility[np.argsort(facilities.chain[inner_facility], kind="stable")]
    low = np.searchsorted(facilities.chain[order], shared, side="left")
    high = np.searchsorted(facilities.chain[order], shared, side="right")
    rows = inner_demand[np.isin(demand.chain[inner_demand], shared)]
    rows = rows[np.argsort(demand.chain[rows], kind="stable")]
    cuts = np.searchsorted(demand.chain[rows], shared, side="left")
    for there, first, last in zip(np.split(rows, cuts[1:]), low, high, strict=True):
        here = order[first:last]
        ahead = demand.up_mm[there][:, None].astype(np.int64) - facilities.up_mm[here][None, :]
        behind = facilities.down_mm[here][None, :].astype(np.int64) - demand.down_mm[there][:, None]
        direct = np.where(ahead >= 0, ahead, behind) + facilities.access_mm[here][None, :]
        nearest_here = np.argmin(direct, axis=1)
        least = direct[np.arange(len(there)), nearest_here]
        better = least < best[there]
        best[there[better]] = least[better]
        owner[there[better]] = here[nearest_here[better]]
