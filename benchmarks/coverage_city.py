"""A synthetic walking city and its reach sets: the instances of the coverage benchmark, made from a seed alone."""

from __future__ import annotations

import numba as nb
import numpy as np
from scipy import sparse

SPACING_M = 90.0
REACH_M = 400.0
RESIDENTS_PER_NODE = 50.0


def walking_grid(side: int, seed: int = 0) -> tuple[np.ndarray, sparse.csr_array]:
    """Return node positions (n x 2, metres) and the symmetric lengths (n x n, metres) of a jittered grid.

    Eight per cent of the edges are missing and four per cent of the cells have a diagonal.
    """
    rng = np.random.default_rng(seed)
    row, col = np.divmod(np.arange(side * side), side)
    xy = np.column_stack((col, row)) * SPACING_M + rng.uniform(-0.22, 0.22, (side * side, 2)) * SPACING_M
    node = np.arange(side * side).reshape(side, side)
    straight = np.vstack(
        (
            np.column_stack((node[:, :-1].ravel(), node[:, 1:].ravel())),
            np.column_stack((node[:-1].ravel(), node[1:].ravel())),
        )
    )
    diagonal = np.column_stack((node[:-1, :-1].ravel(), node[1:, 1:].ravel()))
    kept = np.vstack((straight[rng.random(len(straight)) >= 0.08], diagonal[rng.random(len(diagonal)) < 0.04]))
    metres = np.linalg.norm(xy[kept[:, 0]] - xy[kept[:, 1]], axis=1)
    graph = sparse.coo_array((metres, (kept[:, 0], kept[:, 1])), shape=(side * side, side * side)).tocsr()
    return xy, (graph + graph.T).tocsr()


def residents(xy: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return whole residents a node: about 50, lognormal around clusters some 1.5 km wide."""
    rng = np.random.default_rng(seed + 1)
    centres = rng.uniform(xy.min(0), xy.max(0), (max(4, len(xy) // 2500), 2))
    field = np.zeros(len(xy))
    for centre, strength in zip(centres, rng.lognormal(0.0, 0.6, len(centres)), strict=True):
        field += strength * np.exp(-((xy - centre) ** 2).sum(1) / (2 * 1500.0**2))
    people = field * rng.lognormal(0.0, 0.5, len(xy))
    return np.round(people * RESIDENTS_PER_NODE / people.mean())


@nb.njit(cache=True)
def _reach(indptr, indices, metres, sources, limit_m):
    """Bounded label correcting from every source in turn; return reached nodes as CSR pieces."""
    n = indptr.size - 1
    best = np.full(n, np.inf)
    queued = np.zeros(n, np.bool_)
    queue = np.empty(n + 1, np.int32)
    reached = np.empty(n, np.int32)
    ends = np.zeros(sources.size + 1, np.int64)
    out = np.empty(64 * sources.size + n, np.int32)
    used = 0
    for s in range(sources.size):
        head, tail, count = 0, 0, 0
        best[sources[s]] = 0.0
        reached[count] = sources[s]
        count += 1
        queue[tail] = sources[s]
        tail += 1
        while head != tail:
            u = queue[head]
            head = head + 1 if head < n else 0
            queued[u] = False
            for e in range(indptr[u], indptr[u + 1]):
                v = indices[e]
                d = best[u] + metres[e]
                if d <= limit_m and d < best[v]:
                    if best[v] == np.inf:
                        reached[count] = v
                        count += 1
                    best[v] = d
                    if not queued[v]:
                        queued[v] = True
                        queue[tail] = v
                        tail = tail + 1 if tail < n else 0
        if used + count > out.size:
            grown = np.empty(2 * out.size + count, np.int32)
            grown[:used] = out[:used]
            out = grown
        out[used : used + count] = np.sort(reached[:count])
        used += count
        ends[s + 1] = used
        for k in range(count):
            best[reached[k]] = np.inf
    return ends, out[:used]


def reach_cover(graph: sparse.csr_array, sources: np.ndarray, limit_m: float = REACH_M) -> sparse.csr_array:
    """Return the cover (sources x nodes) of all nodes within ``limit_m`` along the streets."""
    indptr, nodes = _reach(graph.indptr, graph.indices, graph.data, sources.astype(np.int64), limit_m)
    return sparse.csr_array((np.ones(len(nodes), np.int8), nodes, indptr), shape=(len(sources), graph.shape[0]))


def city_cover(side: int, candidates: int | None, seed: int = 0) -> tuple[sparse.csr_array, np.ndarray]:
    """Return the cover and the residents of a ``side`` x ``side`` city; ``None`` makes every node a candidate."""
    xy, graph = walking_grid(side, seed)
    rng = np.random.default_rng(seed + 2)
    count = side * side
    sources = np.arange(count) if candidates is None else np.sort(rng.choice(count, candidates, replace=False))
    return reach_cover(graph, sources), residents(xy, seed)
