"""Search below: lazy greedy, floors first, and annealed relocation of open sites, on one incremental state."""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np

from madang.core.kernels import kernel
from madang.methods.coverage.arrays import Floats, Ints, Links
from madang.methods.coverage.state import a_cost, add, remove, shared_alone


class Rules(NamedTuple):
    """What a plan must keep.

    cost: cost of each site; budget: the most their sum may be (inf: none).
    target: weight beyond which covering more is worth nothing (inf: none).
    group: class of each site; room: sites of each class that may be open (changed as sites open and close).
    district: district of each row; floor: weight to cover in each district (empty: no floors).
    """

    cost: Floats
    budget: float
    target: float
    group: Links
    room: Ints
    district: Links
    floor: Floats


WINDOW_SITES = 2048
FAR_OF_8 = 2
WINDOW_STEPS = 8192


@kernel(nogil=True)
def draw(seed, below):  # type: ignore[no-untyped-def]
    """Return a pseudo-random whole number in [0, below) and advance ``seed`` (uint64[1], xorshift64)."""
    x = seed[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    seed[0] = x
    return np.int64(((x >> np.uint64(32)) * np.uint64(below)) >> np.uint64(32))


@kernel(nogil=True)
def tally(net, rules, state):  # type: ignore[no-untyped-def]
    """Return (spent, covered, covered by district) of a state, summed afresh."""
    spent, covered = 0.0, 0.0
    by_district = np.zeros(rules.floor.size)
    for j in range(state.open_.size):
        if state.open_[j]:
            spent += rules.cost[j]
    for i in range(net.weight.size):
        if state.count[i] > 0:
            covered += net.weight[i]
            if rules.floor.size > 0:
                by_district[rules.district[i]] += net.weight[i]
    return spent, covered, by_district


@kernel(nogil=True)
def greedy(net, rules, state, price):  # type: ignore[no-untyped-def]
    """Open the site with the most gain a cost until the budget, the target or ``price`` stops it.

    Returns the sites in the order they opened.
    """
    cost, gain, open_ = rules.cost, state.gain, state.open_
    spent, covered, _ = tally(net, rules, state)
    order = np.empty(gain.size, np.int64)
    opened = 0
    heap = [(-a_cost(gain[j], cost[j]), j) for j in range(gain.size) if not open_[j] and gain[j] > 0.0]
    heapq.heapify(heap)
    while len(heap) > 0 and covered < rules.target:
        _, j = heapq.heappop(heap)
        if spent + cost[j] > rules.budget or rules.room[rules.group[j]] <= 0:
            continue
        now = a_cost(gain[j], cost[j])
        if now <= price or gain[j] <= 0.0:
            continue
        if len(heap) > 0 and -now > heap[0][0]:
            heapq.heappush(heap, (-now, j))
            continue
        covered += gain[j]
        spent += cost[j]
        rules.room[rules.group[j]] -= 1
        add(j, net, state)
        order[opened] = j
        opened += 1
    return order[:opened]


@kernel(nogil=True)
def _toward_floors(j, net, rules, state, missing):  # type: ignore[no-untyped-def]
    """Return how much of the districts' missing weight opening ``j`` would supply."""
    part = np.zeros(missing.size)
    for e in range(net.site_ptr[j], net.site_ptr[j + 1]):
        i = net.site_rows[e]
        if state.count[i] == 0:
            part[rules.district[i]] += net.weight[i]
    total = 0.0
    for g in range(missing.size):
        total += max(0.0, min(part[g], missing[g]))
    return total


@kernel(nogil=True)
def meet_floors(net, rules, state):  # type: ignore[no-untyped-def]
    """Open sites greedily until every district's floor is met; return what is then still missing by district."""
    cost = rules.cost
    spent, _, held = tally(net, rules, state)
    missing = rules.floor - held
    heap = [(-np.inf, j) for j in range(cost.size) if not state.open_[j]]
    while len(heap) > 0 and missing.max() > 0.0:
        _, j = heapq.heappop(heap)
        if spent + cost[j] > rules.budget or rules.room[rules.group[j]] <= 0:
            continue
        now = a_cost(_toward_floors(j, net, rules, state, missing), cost[j])
        if now <= 0.0:
            continue
        if len(heap) > 0 and -now > heap[0][0]:
            heapq.heappush(heap, (-now, j))
            continue
        for e in range(net.site_ptr[j], net.site_ptr[j + 1]):
            i = net.site_rows[e]
            if state.count[i] == 0:
                missing[rules.district[i]] -= net.weight[i]
        spent += cost[j]
        rules.room[rules.group[j]] -= 1
        add(j, net, state)
    return missing


@kernel(nogil=True)
def district_change(r, a, net, rules, state, change):  # type: ignore[no-untyped-def]
    """Fill ``change`` with the weight each district gains when ``r`` closes and ``a`` opens (-1: neither)."""
    change[:] = 0.0
    if r >= 0:
        for e in range(net.site_ptr[r], net.site_ptr[r + 1]):
            i = net.site_rows[e]
            if state.count[i] == 1:
                change[rules.district[i]] -= net.weight[i]
                # Marked, so that the second loop sees the row as open to be covered again.
                state.count[i] = -1
    if a >= 0:
        for e in range(net.site_ptr[a], net.site_ptr[a + 1]):
            i = net.site_rows[e]
            if state.count[i] <= 0:
                change[rules.district[i]] += net.weight[i]
    if r >= 0:
        for e in range(net.site_ptr[r], net.site_ptr[r + 1]):
            i = net.site_rows[e]
            if state.count[i] == -1:
                state.count[i] = 1


@kernel(nogil=True)
def keeps_floors(change, held, floor):  # type: ignore[no-untyped-def]
    """Say whether no district falls below its floor, or below where it already is."""
    return not np.any((change < 0.0) & (held + change < floor))


@kernel(nogil=True)
def neighbours(net, most):  # type: ignore[no-untyped-def]
    """Return sites x ``most``: the sites that share most rows with each (-1 where there are fewer), most first."""
    sites = net.site_ptr.size - 1
    out = np.full((sites, most), -1, np.int32)
    shared = np.zeros(sites, np.int32)
    touched = np.empty(sites, np.int32)
    for j in range(sites):
        n = 0
        for e in range(net.site_ptr[j], net.site_ptr[j + 1]):
            i = net.site_rows[e]
            for f in range(net.row_ptr[i], net.row_ptr[i + 1]):
                k = net.row_sites[f]
                if shared[k] == 0:
                    touched[n] = k
                    n += 1
                shared[k] += 1
        shared[j] = 0
        held = 0
        for t in range(n):
            k = touched[t]
            if shared[k] > 0 and (held < most or shared[k] > shared[out[j, held - 1]]):
                at = held if held < most else most - 1
                while at > 0 and shared[out[j, at - 1]] < shared[k]:
                    out[j, at] = out[j, at - 1]
                    at -= 1
                out[j, at] = k
                held = min(held + 1, most)
        for t in range(n):
            shared[touched[t]] = 0
    return out


@kernel(nogil=True)
def propose(net, state, beside, chosen, held, free_below, window, seed):  # type: ignore[no-untyped-def]
    """Return (site to close or -1, site to open or -1): one site alone, two near each other, or any two.

    Sites are drawn from a window of neighbouring indices, so that what they touch stays in the processor's cache.
    """
    none = np.int64(-1)
    sites = state.open_.size
    kind = draw(seed, 1_000_000)
    a = window + draw(seed, min(WINDOW_SITES, sites))
    if a >= sites:
        a -= sites
    if kind < free_below:
        return (a, none) if state.open_[a] else (none, a)
    if held == 0:
        return none, none
    if kind & 7 == 0:
        return (none, none) if state.open_[a] else (np.int64(chosen[draw(seed, held)]), a)
    first, width = net.site_ptr[a], net.site_ptr[a + 1] - net.site_ptr[a]
    i = net.site_rows[first + draw(seed, width)]
    if state.count[i] != 1:
        return none, none
    r = np.int64(state.sole[i])
    if kind & 7 > FAR_OF_8:
        a = np.int64(beside[r, draw(seed, beside.shape[1])])
        if a < 0:
            return none, none
    if state.open_[a]:
        return none, none
    return r, a


@kernel(nogil=True)
def _change(r, a, net, rules, state, spent, covered, price, floor):  # type: ignore[no-untyped-def]
    """Return (change of covered weight, of cost), or (-inf, 0) where the move is refused at threshold ``floor``."""
    gain, cost = state.gain, rules.cost
    step = 0.0
    if a >= 0:
        step += cost[a]
    if r >= 0:
        step -= cost[r]
    if step > 0.0 and spent + step > rules.budget:
        return -np.inf, 0.0
    if a >= 0 and rules.room[rules.group[a]] <= 0 and (r < 0 or rules.group[r] != rules.group[a]):
        return -np.inf, 0.0
    now = min(covered, rules.target) + price * step + floor
    if a >= 0 and r >= 0:
        # What both reach is only added up where it can still turn the decision.
        if min(covered + gain[a], rules.target) < now:
            return -np.inf, 0.0
        change = gain[a] - gain[r] + shared_alone(r, a, net, state)
    elif a >= 0:
        change = gain[a]
    else:
        change = -gain[r]
    if min(covered + change, rules.target) < now:
        return -np.inf, 0.0
    return change, step


@kernel(nogil=True)
def _listed(open_):  # type: ignore[no-untyped-def]
    """Return (open sites, where each site stands among them or -1, how many are open)."""
    chosen, place, held = np.empty(open_.size, np.int32), np.full(open_.size, -1, np.int32), 0
    for j in range(open_.size):
        if open_[j]:
            chosen[held] = j
            place[j] = held
            held += 1
    return chosen, place, held


@kernel(nogil=True)
def _exchange(r, a, net, rules, state, chosen, place, held):  # type: ignore[no-untyped-def]
    """Close ``r`` and open ``a`` (-1: neither), keep list and room true; return how many are open then."""
    if r >= 0:
        remove(r, net, state)
        held -= 1
        chosen[place[r]] = chosen[held]
        place[chosen[held]] = place[r]
        place[r] = -1
        rules.room[rules.group[r]] += 1
    if a >= 0:
        add(a, net, state)
        chosen[held] = a
        place[a] = held
        held += 1
        rules.room[rules.group[a]] -= 1
    return held


@kernel(nogil=True)
def anneal(net, rules, state, beside, price, hot, cold, free, steps, seed):  # type: ignore[no-untyped-def]
    """Close, open and exchange sites at a temperature falling from ``hot`` to ``cold``; change ``state`` in place.

    Sought is the most of min(covered, target) - price x cost within the rules. ``free`` is the share of moves that
    open or close one site alone. Returns the number of moves made.
    """
    sites = state.open_.size
    chosen, place, held = _listed(state.open_)
    moves = 0
    spent, covered, by_district = tally(net, rules, state)
    change_by_district = np.zeros(rules.floor.size)
    free_below = np.int64(free * 1_000_000)
    cooling = (cold / hot) ** (1.0 / max(1, steps // 256))
    heat, window = hot, np.int64(0)
    for step in range(steps):
        if step % 256 == 0:
            heat *= cooling
        if step % WINDOW_STEPS == 0:
            window = draw(seed, sites)
        r, a = propose(net, state, beside, chosen, held, free_below, window, seed)
        if r < 0 and a < 0:
            continue
        floor = heat * np.log((draw(seed, 1 << 30) + 1.0) / (1 << 30))
        change, more = _change(r, a, net, rules, state, spent, covered, price, floor)
        if change == -np.inf:
            continue
        if rules.floor.size > 0:
            district_change(r, a, net, rules, state, change_by_district)
            if not keeps_floors(change_by_district, by_district, rules.floor):
                continue
            by_district += change_by_district
        held = _exchange(r, a, net, rules, state, chosen, place, held)
        spent += more
        covered += change
        moves += 1
    return moves


@kernel(nogil=True)
def prune(net, rules, state, need):  # type: ignore[no-untyped-def]
    """Close the dearest sites that ``need`` and the floors can spare, least loss a cost first; return sites closed."""
    _, covered, by_district = tally(net, rules, state)
    change = np.zeros(rules.floor.size)
    heap = [(a_cost(state.gain[j], rules.cost[j]), j) for j in range(state.open_.size) if state.open_[j]]
    heapq.heapify(heap)
    closed = 0
    while len(heap) > 0:
        key, j = heapq.heappop(heap)
        now = a_cost(state.gain[j], rules.cost[j])
        if now > key + 1e-12 * abs(key):
            heapq.heappush(heap, (now, j))
            continue
        if covered - state.gain[j] < need:
            continue
        if rules.floor.size > 0:
            district_change(j, -1, net, rules, state, change)
            if not keeps_floors(change, by_district, rules.floor):
                continue
            by_district += change
        covered -= state.gain[j]
        remove(j, net, state)
        rules.room[rules.group[j]] += 1
        closed += 1
    return closed
