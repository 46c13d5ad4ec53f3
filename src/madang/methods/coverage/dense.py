"""Annealing for dense covers, on counts alone: worth is summed when asked, so that an accepted move is cheap.

Where many candidates reach each demand row, keeping every candidate's gain true costs more than it saves.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from madang.methods.coverage.search import WINDOW_STEPS, district_change, keeps_floors, propose, draw, tally


@nb.njit(cache=True, nogil=True)
def _lift(r, net, count, sole):  # type: ignore[no-untyped-def]
    """Take site ``r`` out of the counts and return the weight that is then uncovered."""
    lost = 0.0
    for e in range(net.site_ptr[r], net.site_ptr[r + 1]):
        i = net.site_rows[e]
        count[i] -= 1
        sole[i] ^= r
        if count[i] == 0:
            lost += net.weight[i]
    return lost


@nb.njit(cache=True, nogil=True)
def _put(j, net, count, sole):  # type: ignore[no-untyped-def]
    """Add site ``j`` to the counts."""
    for e in range(net.site_ptr[j], net.site_ptr[j + 1]):
        i = net.site_rows[e]
        count[i] += 1
        sole[i] ^= j


@nb.njit(cache=True, nogil=True)
def _worth(a, net, count):  # type: ignore[no-untyped-def]
    """Return the uncovered weight that site ``a`` reaches."""
    total = 0.0
    for e in range(net.site_ptr[a], net.site_ptr[a + 1]):
        i = net.site_rows[e]
        if count[i] == 0:
            total += net.weight[i]
    return total


@nb.njit(cache=True, nogil=True)
def _allowed(r, a, rules, spent, step):  # type: ignore[no-untyped-def]
    """Say whether budget and room allow closing ``r`` and opening ``a`` (-1: neither)."""
    if step > 0.0 and spent + step > rules.budget:
        return False
    return a < 0 or rules.room[rules.group[a]] > 0 or (r >= 0 and rules.group[r] == rules.group[a])


@nb.njit(cache=True, nogil=True)
def _floors_allow(r, a, net, rules, state, change, by_district):  # type: ignore[no-untyped-def]
    """Say whether the move keeps every floor; if so, note it in ``by_district``."""
    if rules.floor.size == 0:
        return True
    district_change(r, a, net, rules, state, change)
    if not keeps_floors(change, by_district, rules.floor):
        return False
    by_district += change
    return True


@nb.njit(cache=True, nogil=True)
def anneal_dense(net, rules, state, beside, price, hot, cold, free, steps, seed):  # type: ignore[no-untyped-def]
    """Do as ``search.anneal`` does; only count and open_ of ``state`` are kept true, its gains are not."""
    sites, count = state.open_.size, state.count
    chosen, place = np.empty(sites, np.int32), np.full(sites, -1, np.int32)
    held, moves = 0, 0
    for j in range(sites):
        if state.open_[j]:
            chosen[held] = j
            place[j] = held
            held += 1
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
        more = (rules.cost[a] if a >= 0 else 0.0) - (rules.cost[r] if r >= 0 else 0.0)
        if not _allowed(r, a, rules, spent, more):
            continue
        floor = heat * np.log((draw(seed, 1 << 30) + 1.0) / (1 << 30)) + price * more
        change = -_lift(r, net, count, state.sole) if r >= 0 else 0.0
        if a >= 0:
            change += _worth(a, net, count)
        good = min(covered + change, rules.target) - min(covered, rules.target) >= floor
        if good and rules.floor.size > 0:
            if r >= 0:
                _put(r, net, count, state.sole)
            good = _floors_allow(r, a, net, rules, state, change_by_district, by_district)
            if r >= 0:
                _lift(r, net, count, state.sole)
        if not good:
            if r >= 0:
                _put(r, net, count, state.sole)
            continue
        if r >= 0:
            state.open_[r] = False
            held -= 1
            chosen[place[r]] = chosen[held]
            place[chosen[held]] = place[r]
            place[r] = -1
            rules.room[rules.group[r]] += 1
        if a >= 0:
            _put(a, net, count, state.sole)
            state.open_[a] = True
            chosen[held] = a
            place[a] = held
            held += 1
            rules.room[rules.group[a]] -= 1
        spent += more
        covered += change
        moves += 1
    return moves
