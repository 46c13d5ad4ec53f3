"""Served demand kept as a flow on the sparse pairs: sites change capacity, and paths re-serve what they can."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from madang.core.kernels import kernel
from madang.methods.coverage.arrays import Floats, Ints, Links
from madang.methods.coverage.search import draw

ALMOST_NONE = 1e-9


class Ports(NamedTuple):
    """The question: pairs from both sides and the levels a site may have.

    site_ptr, site_rows: rows of each site; row_ptr, row_pairs: pairs of each row, as positions in site_rows;
    pair_site: site of each pair; demand: of each row; cost, capacity: sites x levels (cost inf: not allowed).
    """

    site_ptr: Ints
    site_rows: Links
    row_ptr: Ints
    row_pairs: Links
    pair_site: Links
    demand: Floats
    cost: Floats
    capacity: Floats


class Flow(NamedTuple):
    """The answer so far: level of each site (-1 closed), flow on each pair, spare capacity, demand not served.

    log_pair, log_amount, marks: the changes since the last commit, so that a move can be taken back.
    """

    level: Links
    flow: Floats
    spare: Floats
    left: Floats
    log_pair: Links
    log_amount: Floats
    marks: Ints
    came: Links
    seen_site: Ints
    seen_row: Ints
    queue: Links


@kernel(nogil=True)
def no_flow(ports):  # type: ignore[no-untyped-def]
    """Return the flow of the empty plan."""
    sites, rows, pairs = ports.site_ptr.size - 1, ports.demand.size, ports.site_rows.size
    return Flow(
        np.full(sites, -1, np.int32), np.zeros(pairs), np.zeros(sites), ports.demand.copy(),
        np.zeros(1 << 16, np.int32), np.zeros(1 << 16), np.zeros(4, np.int64),
        np.zeros(rows + sites, np.int32), np.zeros(sites, np.int64), np.zeros(rows, np.int64),
        np.zeros(rows + sites, np.int32),
    )  # fmt: skip


@kernel(nogil=True)
def _push(e, amount, ports, state):  # type: ignore[no-untyped-def]
    """Change the flow of pair ``e`` by ``amount`` and remember it."""
    state.flow[e] += amount
    state.left[ports.site_rows[e]] -= amount
    state.spare[ports.pair_site[e]] -= amount
    n = state.marks[0]
    if n < state.log_pair.size:
        state.log_pair[n] = e
        state.log_amount[n] = amount
    state.marks[0] = n + 1


@kernel(nogil=True)
def _undo(ports, state):  # type: ignore[no-untyped-def]
    """Take back every change since the last commit."""
    for n in range(state.marks[0] - 1, -1, -1):
        e, amount = state.log_pair[n], state.log_amount[n]
        state.flow[e] -= amount
        state.left[ports.site_rows[e]] += amount
        state.spare[ports.pair_site[e]] += amount
    state.marks[0] = 0


@kernel(nogil=True)
def _carry(end, rows, ports, state, amount):  # type: ignore[no-untyped-def]
    """Push ``amount`` along the path that ``came`` remembers back from queue entry ``end``; return how much.

    Entries below ``rows`` are rows, others sites; ``came`` holds the pair by which each was entered.
    """
    for doing in range(2):
        node = end
        while state.came[node] >= 0:
            e = state.came[node]
            if node < rows:
                # The row was entered from its site: the site gives up this row, or takes it, as the caller's sign says.
                if doing == 0:
                    if state.marks[2] < 0:
                        amount = min(amount, state.flow[e])
                else:
                    _push(e, amount * state.marks[2], ports, state)
                node = rows + ports.pair_site[e]
            else:
                if doing == 0:
                    if state.marks[2] > 0:
                        amount = min(amount, state.flow[e])
                else:
                    _push(e, -amount * state.marks[2], ports, state)
                node = ports.site_rows[e]
    return amount


@kernel(nogil=True)
def _fill_once(j, ports, state, wide):  # type: ignore[no-untyped-def]
    """Use spare capacity of ``j`` along the shortest path to demand not served; return the amount (0: no path)."""
    rows = ports.demand.size
    state.marks[1] += 1
    stamp = state.marks[1]
    state.marks[2] = 1
    head, tail = 0, 1
    state.queue[0] = rows + j
    state.came[rows + j] = -1
    state.seen_site[j] = stamp
    while head < tail and head < wide:
        k = state.queue[head] - rows
        head += 1
        for e in range(ports.site_ptr[k], ports.site_ptr[k + 1]):
            i = ports.site_rows[e]
            if state.seen_row[i] == stamp:
                continue
            state.seen_row[i] = stamp
            state.came[i] = e
            if state.left[i] > ALMOST_NONE:
                return _carry(i, rows, ports, state, min(state.spare[j], state.left[i]))
            for f in range(ports.row_ptr[i], ports.row_ptr[i + 1]):
                g = ports.row_pairs[f]
                other = ports.pair_site[g]
                if state.flow[g] > ALMOST_NONE and state.seen_site[other] != stamp:
                    state.seen_site[other] = stamp
                    state.came[rows + other] = g
                    state.queue[tail] = rows + other
                    tail += 1
    return 0.0


@kernel(nogil=True)
def fill(j, ports, state, wide):  # type: ignore[no-untyped-def]
    """Serve as much as ``j``'s spare capacity can, directly or by moving others' demand; return the amount."""
    total = 0.0
    while state.spare[j] > ALMOST_NONE:
        got = _fill_once(j, ports, state, wide)
        if got <= 0.0:
            break
        total += got
    return total


@kernel(nogil=True)
def _serve_once(i, ports, state, wide):  # type: ignore[no-untyped-def]
    """Serve row ``i`` along the shortest path to spare capacity; return the amount (0: no path)."""
    rows = ports.demand.size
    state.marks[1] += 1
    stamp = state.marks[1]
    state.marks[2] = -1
    head, tail = 0, 1
    state.queue[0] = i
    state.came[i] = -1
    state.seen_row[i] = stamp
    while head < tail and head < wide:
        row = state.queue[head]
        head += 1
        for f in range(ports.row_ptr[row], ports.row_ptr[row + 1]):
            e = ports.row_pairs[f]
            k = ports.pair_site[e]
            if state.level[k] < 0 or state.seen_site[k] == stamp:
                continue
            state.seen_site[k] = stamp
            state.came[rows + k] = e
            if state.spare[k] > ALMOST_NONE:
                return _carry(rows + k, rows, ports, state, min(state.left[i], state.spare[k]))
            for g in range(ports.site_ptr[k], ports.site_ptr[k + 1]):
                other = ports.site_rows[g]
                if state.flow[g] > ALMOST_NONE and state.seen_row[other] != stamp:
                    state.seen_row[other] = stamp
                    state.came[other] = g
                    state.queue[tail] = other
                    tail += 1
    return 0.0


@kernel(nogil=True)
def set_level(j, level, ports, state, wide):  # type: ignore[no-untyped-def]
    """Give site ``j`` another level (-1 closes it), re-serve what that frees or lets go; return the change served."""
    old = ports.capacity[j, state.level[j]] if state.level[j] >= 0 else 0.0
    new = ports.capacity[j, level] if level >= 0 else 0.0
    served = 0.0
    state.spare[j] += new - old
    state.level[j] = level
    if new >= old:
        return fill(j, ports, state, wide)
    for e in range(ports.site_ptr[j], ports.site_ptr[j + 1]):
        if state.spare[j] >= -ALMOST_NONE:
            break
        amount = min(state.flow[e], -state.spare[j])
        if amount <= 0.0:
            continue
        _push(e, -amount, ports, state)
        served -= amount
        i = ports.site_rows[e]
        while state.left[i] > ALMOST_NONE:
            got = _serve_once(i, ports, state, wide)
            if got <= 0.0:
                break
            served += got
    return served


@kernel(nogil=True)
def _direct(j, level, ports, state):  # type: ignore[no-untyped-def]
    """Return what ``j`` at ``level`` would serve more of the demand around it, moving no one else's."""
    near = 0.0
    for e in range(ports.site_ptr[j], ports.site_ptr[j + 1]):
        near += state.left[ports.site_rows[e]]
    have = state.spare[j] - (ports.capacity[j, state.level[j]] if state.level[j] >= 0 else 0.0)
    return min(near, ports.capacity[j, level] + have)


@kernel(nogil=True)
def fill_budget(ports, state, spent, budget, order):  # type: ignore[no-untyped-def]
    """Open closed sites in rounds of falling worth until the budget is used; return what is then spent.

    ``order`` lists the sites to try first; each takes the level that serves most a cost.
    """
    levels = ports.cost.shape[1]
    least = 0.999
    top = 0.0
    for j in order:
        for level in range(levels):
            if ports.cost[j, level] < np.inf:
                top = max(top, _direct(j, level, ports, state) / ports.cost[j, level])
    wanted = top * least
    while wanted > top * 1e-4:
        for j in order:
            if state.level[j] >= 0:
                continue
            best, worth = -1, 0.0
            for level in range(levels):
                price = ports.cost[j, level]
                if spent + price <= budget and _direct(j, level, ports, state) / price > worth:
                    best, worth = level, _direct(j, level, ports, state) / price
            if best >= 0 and worth >= wanted:
                set_level(j, best, ports, state, 400)
                spent += ports.cost[j, best]
                state.marks[0] = 0
        wanted *= 0.93
    return spent


@kernel(nogil=True)
def _near(j, ports, seed):  # type: ignore[no-untyped-def]
    """Return a site that shares demand with ``j``, or with one that does."""
    for _ in range(1 + draw(seed, 2)):
        first = ports.site_ptr[j]
        i = ports.site_rows[first + draw(seed, ports.site_ptr[j + 1] - first)]
        j = ports.pair_site[ports.row_pairs[ports.row_ptr[i] + draw(seed, ports.row_ptr[i + 1] - ports.row_ptr[i])]]
    return j


@kernel(nogil=True)
def _stands(j, level, ports):  # type: ignore[no-untyped-def]
    """Say whether ``j`` is an existing site, which has a level that no one may choose."""
    return level >= 0 and ports.cost[j, level] == np.inf


@kernel(nogil=True)
def _level_cost(j, level, ports):  # type: ignore[no-untyped-def]
    return ports.cost[j, level] if level >= 0 else 0.0


@kernel(nogil=True)
def _propose_levels(ports, state, seed):  # type: ignore[no-untyped-def]
    """Return (site, its new level, a site near it or -1, that one's new level); the first is -1 for no move."""
    sites, levels = ports.cost.shape
    none = np.int64(-1)
    a = draw(seed, sites)
    if ports.site_ptr[a] == ports.site_ptr[a + 1]:
        return none, none, none, none
    r = none
    if state.level[a] < 0 or draw(seed, 4) > 0:
        r = np.int64(_near(a, ports, seed))
        if state.level[r] < 0 or r == a:
            r = none
    to_a = draw(seed, levels + 1) - 1
    to_r = draw(seed, levels + 1) - 1 if r >= 0 and draw(seed, 3) == 0 else none
    if to_a == state.level[a] or (to_a >= 0 and ports.cost[a, to_a] == np.inf):
        return none, none, none, none
    if to_r >= 0 and ports.cost[r, to_r] == np.inf:
        return none, none, none, none
    if _stands(a, state.level[a], ports) or (r >= 0 and _stands(r, state.level[r], ports)):
        return none, none, none, none
    return a, to_a, r, to_r


@kernel(nogil=True)
def anneal_levels(ports, state, spent, budget, price, hot, cold, steps, wide, seed):  # type: ignore[no-untyped-def]
    """Move, open, close, raise and lower sites at falling temperature within ``budget``; return what is spent.

    Each move is made, weighed by served demand less price x cost, and taken back when refused.
    """
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    heat = hot
    state.marks[0] = 0
    for _ in range(steps):
        heat *= cooling
        a, to_a, r, to_r = _propose_levels(ports, state, seed)
        if a < 0:
            continue
        was_a = state.level[a]
        more = _level_cost(a, to_a, ports) - _level_cost(a, was_a, ports)
        was_r = was_a
        if r >= 0:
            was_r = state.level[r]
            more += _level_cost(r, to_r, ports) - _level_cost(r, was_r, ports)
        if spent + more > budget:
            continue
        floor = heat * np.log((draw(seed, 1 << 30) + 1.0) / (1 << 30)) + price * more
        if to_a >= 0 and r < 0 and was_a < 0 and _direct(a, to_a, ports, state) < 0.2 * floor:
            continue
        gained = set_level(r, to_r, ports, state, wide) if r >= 0 else 0.0
        gained += set_level(a, to_a, ports, state, wide)
        if gained >= floor and state.marks[0] <= state.log_pair.size:
            spent += more
            state.marks[0] = 0
            continue
        _undo(ports, state)
        _reset(a, was_a, ports, state)
        if r >= 0:
            _reset(r, was_r, ports, state)
    return spent


@kernel(nogil=True)
def _reset(j, level, ports, state):  # type: ignore[no-untyped-def]
    """Put a site's level back after its flow has been."""
    now = ports.capacity[j, state.level[j]] if state.level[j] >= 0 else 0.0
    was = ports.capacity[j, level] if level >= 0 else 0.0
    state.spare[j] += was - now
    state.level[j] = level
