"""Cuts on three demand rows, which halves of sites break and whole sites keep: how to find them, what they hold.

Where rows a, b and c are all covered, one site reaches all three or two sites are open. So, z being covered and y
open, z_a + z_b + z_c <= 1 + sum_j ceil(n_j / 2) y_j, where site j reaches n_j of the three: a Chvatal-Gomory cut
with multipliers of one half.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from madang.core.kernels import kernel
from madang.methods.coverage.arrays import Floats, Ints, Links
from madang.methods.coverage.search import draw
from madang.methods.coverage.state import Net

# A cut is worth having from this violation on; a row enters so many of them a search, after so many draws.
VIOLATION_LEAST, CUTS_A_ROW, DRAWS_A_ROW = 0.03, 4, 4
OPEN_LEAST = 1e-6


class Triples(NamedTuple):
    """Cuts: three rows each (cuts x 3), and the sites that reach any of them with their coefficient, 1 or 2."""

    rows: Links
    ptr: Ints
    sites: Links
    coefficient: Links


def no_triples() -> Triples:
    """Return no cuts."""
    return Triples(np.zeros((0, 3), np.int32), np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int8))


@kernel(nogil=True)
def _mark(i, step, net, seen):  # type: ignore[no-untyped-def]
    """Add ``step`` to ``seen`` at every site that reaches row ``i``."""
    for e in range(net.row_ptr[i], net.row_ptr[i + 1]):
        seen[net.row_sites[e]] += step


@kernel(nogil=True)
def _common(b, net, y, seen):  # type: ignore[no-untyped-def]
    """Return the openings that reach row ``b`` and are marked."""
    total = 0.0
    for e in range(net.row_ptr[b], net.row_ptr[b + 1]):
        j = net.row_sites[e]
        if seen[j] != 0:
            total += y[j]
    return total


@kernel(nogil=True)
def _gather(i, net, y, seen, mass):  # type: ignore[no-untyped-def]
    """Add to ``mass`` of every row the openings that reach it and row ``i`` and are marked once."""
    for e in range(net.row_ptr[i], net.row_ptr[i + 1]):
        j = net.row_sites[e]
        if y[j] > OPEN_LEAST and seen[j] == 1:
            for f in range(net.site_ptr[j], net.site_ptr[j + 1]):
                mass[net.site_rows[f]] += y[j]


@kernel(nogil=True)
def _heaviest(a, b, net, y, reach, seen, mass):  # type: ignore[no-untyped-def]
    """Return (row, worth): whose ``mass``, less what it is reached beyond once, is most; clear ``mass``."""
    best, at = 0.0, np.int64(-1)
    for i in (np.int64(a), np.int64(b)):
        for e in range(net.row_ptr[i], net.row_ptr[i + 1]):
            j = net.row_sites[e]
            if y[j] <= OPEN_LEAST or seen[j] != 1:
                continue
            for f in range(net.site_ptr[j], net.site_ptr[j + 1]):
                c = net.site_rows[f]
                worth = mass[c] - max(0.0, reach[c] - 1.0)
                mass[c] = 0.0
                if worth > best and c != a and c != b:
                    best, at = worth, np.int64(c)
    return at, best


@kernel(nogil=True)
def broken(net, y, reach, draws, least, most, seed):  # type: ignore[no-untyped-def]
    """Return (cuts x 3 rows, violation) that the openings ``y`` break by more than ``least``, at most ``most``.

    ``reach`` is every row's sum of ``y``. Of each row a, ``draws`` second rows b are drawn near it and the best third
    row is found for each. A cut is broken by at most the lesser of what reaches both a and b and what lacks to one.
    """
    seen, mass = np.zeros(y.size, np.int8), np.zeros(reach.size)
    out, violation = np.empty((most, 3), np.int32), np.empty(most)
    n = 0
    for a in range(reach.size):
        if reach[a] < least or n == most:
            continue
        _mark(a, 1, net, seen)
        for _ in range(draws):
            j = net.row_sites[net.row_ptr[a] + draw(seed, net.row_ptr[a + 1] - net.row_ptr[a])]
            b = net.site_rows[net.site_ptr[j] + draw(seed, net.site_ptr[j + 1] - net.site_ptr[j])]
            if y[j] <= OPEN_LEAST or b == a or n == most:
                continue
            once = min(1.0, reach[a]) + min(1.0, reach[b]) - 1.0
            both = _common(b, net, y, seen)
            union = reach[a] + reach[b] - both
            if once - both <= least or once + 1.0 - union <= least:
                continue
            _mark(b, 1, net, seen)
            _gather(a, net, y, seen, mass)
            _gather(b, net, y, seen, mass)
            c, worth = _heaviest(a, b, net, y, reach, seen, mass)
            _mark(b, -1, net, seen)
            if c >= 0 and once - union + worth > least:
                out[n, 0], out[n, 1], out[n, 2] = a, b, c
                violation[n] = once - union + worth
                n += 1
        _mark(a, -1, net, seen)
    return out[:n], violation[:n]


@kernel(nogil=True)
def _spread(rows, order, demand, most):  # type: ignore[no-untyped-def]
    """Return which cuts to keep, the first in ``order``, so that no row of ``demand`` is in more than ``most``."""
    used = np.zeros(demand, np.int32)
    keep = np.zeros(order.size, np.bool_)
    for t in order:
        if max(used[rows[t, 0]], used[rows[t, 1]], used[rows[t, 2]]) < most:
            keep[t] = True
            for k in range(3):
                used[rows[t, k]] += 1
    return keep


@kernel(nogil=True)
def _sites_of(net, rows):  # type: ignore[no-untyped-def]
    """Return (starts, sites, coefficient) of the cuts on these rows."""
    ptr = np.zeros(rows.shape[0] + 1, np.int64)
    for t in range(rows.shape[0]):
        ptr[t + 1] = ptr[t]
        for k in range(3):
            ptr[t + 1] += net.row_ptr[rows[t, k] + 1] - net.row_ptr[rows[t, k]]
    sites, coefficient = np.empty(ptr[-1], np.int32), np.empty(ptr[-1], np.int8)
    seen = np.zeros(net.site_ptr.size - 1, np.int8)
    at = 0
    for t in range(rows.shape[0]):
        ptr[t] = at
        for k in range(3):
            _mark(rows[t, k], 1, net, seen)
        for k in range(3):
            for e in range(net.row_ptr[rows[t, k]], net.row_ptr[rows[t, k] + 1]):
                j = net.row_sites[e]
                if seen[j] > 0:
                    sites[at], coefficient[at] = j, (seen[j] + 1) // 2
                    seen[j] = 0
                    at += 1
    ptr[-1] = at
    return ptr, sites[:at].copy(), coefficient[:at].copy()


def triples_on(net: Net, rows: Links) -> Triples:
    """Return the cuts on these rows (cuts x 3)."""
    return Triples(rows, *_sites_of(net, rows))


def fresh_triples(net: Net, y: Floats, reach: Floats, had: Links, seed: Any) -> Links:
    """Return the rows (cuts x 3, ascending) of cuts that ``y`` breaks and that are not among ``had``, worst first."""
    demand = net.weight.size
    found, violation = broken(net, y, reach, DRAWS_A_ROW, VIOLATION_LEAST, 2 * demand + 8, seed)
    found.sort(axis=1)
    place = np.array([demand * demand, demand, 1], np.int64)
    key, first = np.unique(found @ place, return_index=True)
    first = first[~np.isin(key, had @ place)]
    found, violation = found[first], violation[first]
    return np.asarray(found[_spread(found, np.argsort(-violation, kind="stable"), demand, CUTS_A_ROW)])
