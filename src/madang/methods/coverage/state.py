"""The incremental state of a plan: counts a row, and for every site what adding or removing it is worth."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from madang.core.kernels import kernel
from madang.methods.coverage.arrays import Floats, Ints, Links
from madang.methods.coverage.patterns import lists_kept, turned


class Net(NamedTuple):
    """A cover seen from both sides: rows of each site, sites of each row (both ascending), weight of each row."""

    site_ptr: Ints
    site_rows: Links
    row_ptr: Ints
    row_sites: Links
    weight: Floats


class State(NamedTuple):
    """What is kept true while sites open and close.

    count: open sites that reach each row.
    sole: exclusive-or of their indices, which is the only one's index where count is 1.
    gain: weight that opening a site would add; for an open site, what closing it would lose.
    open_: whether each site is open.
    """

    count: Links  # type: ignore[assignment]
    sole: Links
    gain: Floats
    open_: Any


@kernel(nogil=True)
def fresh(net):  # type: ignore[no-untyped-def]
    """Return the state of the empty plan."""
    sites = net.site_ptr.size - 1
    gain = np.zeros(sites)
    for j in range(sites):
        for e in range(net.site_ptr[j], net.site_ptr[j + 1]):
            gain[j] += net.weight[net.site_rows[e]]
    rows = net.weight.size
    return State(np.zeros(rows, np.int32), np.zeros(rows, np.int32), gain, np.zeros(sites, np.bool_))


@kernel(nogil=True)
def add(j, net, state):  # type: ignore[no-untyped-def]
    """Open site ``j``; its own gain stays, for what it newly covers it alone then covers."""
    weight, count, sole, gain = net.weight, state.count, state.sole, state.gain
    row_ptr, row_sites = net.row_ptr, net.row_sites
    state.open_[j] = True
    for e in range(net.site_ptr[j], net.site_ptr[j + 1]):
        i = net.site_rows[e]
        if count[i] == 0:
            w = weight[i]
            for f in range(row_ptr[i], row_ptr[i + 1]):
                gain[row_sites[f]] -= w
            gain[j] += w
        elif count[i] == 1:
            gain[sole[i]] -= weight[i]
        count[i] += 1
        sole[i] ^= j


@kernel(nogil=True)
def remove(j, net, state):  # type: ignore[no-untyped-def]
    """Close site ``j`` and keep every gain true."""
    weight, count, sole, gain = net.weight, state.count, state.sole, state.gain
    row_ptr, row_sites = net.row_ptr, net.row_sites
    state.open_[j] = False
    for e in range(net.site_ptr[j], net.site_ptr[j + 1]):
        i = net.site_rows[e]
        count[i] -= 1
        sole[i] ^= j
        if count[i] == 0:
            w = weight[i]
            for f in range(row_ptr[i], row_ptr[i + 1]):
                gain[row_sites[f]] += w
            gain[j] -= w
        elif count[i] == 1:
            gain[sole[i]] += weight[i]


@kernel(nogil=True)
def opened(net, open_):  # type: ignore[no-untyped-def]
    """Return the state in which the sites marked in ``open_`` are open."""
    state = fresh(net)
    for j in range(open_.size):
        if open_[j]:
            add(j, net, state)
    return state


@kernel(nogil=True)
def shared_alone(r, a, net, state):  # type: ignore[no-untyped-def]
    """Return the weight that only ``r`` covers now and that ``a`` reaches too."""
    total = 0.0
    for e in range(net.site_ptr[a], net.site_ptr[a + 1]):
        i = net.site_rows[e]
        if state.count[i] == 1 and state.sole[i] == r:
            total += net.weight[i]
    return total


@kernel(nogil=True)
def a_cost(weight, cost):  # type: ignore[no-untyped-def]
    """Return weight a cost; without end where something is had for nothing, 0 where nothing is."""
    if cost > 0.0:
        return weight / cost
    return np.inf if weight > 0.0 else 0.0


def net_of(net: Net, kept: Ints) -> Net:
    """Return the net over the ``kept`` sites only, with every row that one of them reaches kept in place.

    Rows that no kept site reaches stay as empty rows, so that row numbers do not change.
    """
    if kept.size == net.site_ptr.size - 1:
        return net
    site_ptr, site_rows = lists_kept(net.site_ptr, net.site_rows, kept)
    row_ptr, row_sites = turned(site_ptr, site_rows, net.weight.size)
    return Net(site_ptr, site_rows, row_ptr, row_sites, net.weight)
