"""Two local searches for sites that overlap at random, where annealing stalls: by row weights, and by tabu swaps.

Row weights: Gao, Weise and Li (2015), "An efficient local search heuristic with row weighting for the unicost set
covering problem", with costs added. Swaps: tabu search (Glover 1989) that closes what is least missed and opens what
gains most, for budgets and shares.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from madang.core.kernels import kernel
from madang.methods.coverage.arrays import Flags, Floats, Links
from madang.methods.coverage.search import Rules, draw
from madang.methods.coverage.state import Net, State, a_cost, add, opened, remove
from madang.methods.coverage.watch import Watch

# Beyond so many open sites, the one to close is the best of a sample, as in Cai's "best from multiple selections".
SAMPLE = 160
# When weights have grown so many times over, they shrink again, so that old troubles are forgotten.
GROWN, KEPT = 60.0, 0.4
# Steps for which a site just opened stays open, and one just closed stays closed; portions take them in turn.
TABU = ((1, 3), (2, 5), (4, 10))
PORTION_ENTRIES = 5_000_000


class Trail(NamedTuple):
    """What the search carries from one portion of steps to the next, besides the state.

    chosen/place: list of open sites and where each stands in it; bare/bare_at: the same for rows without cover.
    changed: step at which each site last opened or closed. best: the best plan.
    figures: cost of the plan now, its real covered weight, the best plan's worth, step, number open, number bare,
    mean weight of a row, and mean weight at the start.
    """

    chosen: Links
    place: Links
    bare: Links
    bare_at: Links
    changed: Any
    best: Any
    figures: Floats


COST, COVERED, WORTH, STEP, OPEN, BARE, MEAN, MEAN_FIRST = range(8)


@kernel(nogil=True)
def _open(a, net, real, cost, state, trail):  # type: ignore[no-untyped-def]
    """Open ``a`` and keep the lists true; return the entries touched."""
    f, ops = trail.figures, 0
    for e in range(net.site_ptr[a], net.site_ptr[a + 1]):
        i = net.site_rows[e]
        ops += 1
        if state.count[i] == 0:
            f[COVERED] += real[i]
            f[BARE] -= 1
            last, at = trail.bare[np.int64(f[BARE])], trail.bare_at[i]
            trail.bare[at] = last
            trail.bare_at[last] = at
            trail.bare_at[i] = -1
            ops += net.row_ptr[i + 1] - net.row_ptr[i]
    add(a, net, state)
    trail.chosen[np.int64(f[OPEN])] = a
    trail.place[a] = np.int32(f[OPEN])
    f[OPEN] += 1
    f[COST] += cost[a]
    trail.changed[a] = np.int64(f[STEP])
    return ops


@kernel(nogil=True)
def _close(r, net, real, cost, state, trail):  # type: ignore[no-untyped-def]
    """Close ``r`` and keep the lists true; return the entries touched."""
    f, ops = trail.figures, 0
    remove(r, net, state)
    for e in range(net.site_ptr[r], net.site_ptr[r + 1]):
        i = net.site_rows[e]
        ops += 1
        if state.count[i] == 0:
            f[COVERED] -= real[i]
            trail.bare[np.int64(f[BARE])] = i
            trail.bare_at[i] = np.int32(f[BARE])
            f[BARE] += 1
            ops += net.row_ptr[i + 1] - net.row_ptr[i]
    f[OPEN] -= 1
    last, at = trail.chosen[np.int64(f[OPEN])], trail.place[r]
    trail.chosen[at] = last
    trail.place[last] = at
    trail.place[r] = -1
    f[COST] -= cost[r]
    trail.changed[r] = np.int64(f[STEP])
    return ops


@kernel(nogil=True)
def _least_missed(cost, state, trail, tabu, seed):  # type: ignore[no-untyped-def]
    """Return the open site that loses least a cost, the longest unchanged among equals; -1 where all just opened."""
    held, step = np.int64(trail.figures[OPEN]), np.int64(trail.figures[STEP])
    whole = held <= SAMPLE
    best, best_key = np.int64(-1), np.inf
    for k in range(held if whole else SAMPLE):
        j = np.int64(trail.chosen[k if whole else draw(seed, held)])
        if step - trail.changed[j] <= tabu:
            continue
        key = a_cost(state.gain[j], cost[j])
        if key < best_key or (key == best_key and trail.changed[j] < trail.changed[best]):
            best, best_key = j, key
    return best


@kernel(nogil=True)
def _best_for(i, net, cost, state, trail, room, tabu):  # type: ignore[no-untyped-def]
    """Return the site reaching row ``i`` that gains most a cost within ``room``, longest unchanged among equals."""
    step = np.int64(trail.figures[STEP])
    best, best_key = np.int64(-1), -np.inf
    for e in range(net.row_ptr[i], net.row_ptr[i + 1]):
        j = np.int64(net.row_sites[e])
        if cost[j] > room or step - trail.changed[j] <= tabu:
            continue
        key = a_cost(state.gain[j], cost[j])
        if key > best_key or (key == best_key and trail.changed[j] < trail.changed[best]):
            best, best_key = j, key
    return best


@kernel(nogil=True)
def _weigh_more(net, real, state, trail):  # type: ignore[no-untyped-def]
    """Make every row left out weigh its real weight more; return the entries touched."""
    f, ops, weight = trail.figures, 0, net.weight
    for k in range(np.int64(f[BARE])):
        i = trail.bare[k]
        weight[i] += real[i]
        f[MEAN] += real[i] / weight.size
        for e in range(net.row_ptr[i], net.row_ptr[i + 1]):
            state.gain[net.row_sites[e]] += real[i]
        ops += net.row_ptr[i + 1] - net.row_ptr[i]
    if f[MEAN] > GROWN * f[MEAN_FIRST]:
        _forget(net, real, state, trail)
    return ops


@kernel(nogil=True)
def _forget(net, real, state, trail):  # type: ignore[no-untyped-def]
    """Shrink all weights toward the real ones, to whole multiples, and add all gains up afresh."""
    weight, total = net.weight, 0.0
    for i in range(weight.size):
        times = weight[i] / real[i] if real[i] > 0.0 else 1.0
        weight[i] = real[i] * max(1.0, np.floor(times * KEPT))
        total += weight[i]
    trail.figures[MEAN] = total / weight.size
    for j in range(state.gain.size):
        gain = 0.0
        for e in range(net.site_ptr[j], net.site_ptr[j + 1]):
            i = net.site_rows[e]
            if state.count[i] == 0 or (state.count[i] == 1 and state.sole[i] == j):
                gain += weight[i]
        state.gain[j] = gain


@kernel(nogil=True)
def _keep(state, trail, worth):  # type: ignore[no-untyped-def]
    trail.figures[WORTH] = worth
    trail.best[:] = state.open_


@kernel(nogil=True)
def seek_cheaper(net, real, cost, target, state, trail, ops_max, seed):  # type: ignore[no-untyped-def]
    """Seek plans that cover ``target`` of the real weight for less than the best, until ``ops_max`` entries touched.

    Returns the entries touched; the best plan and its cost stay in ``trail``.
    """
    f, ops = trail.figures, 0
    while ops < ops_max and f[WORTH] > 0.0:
        f[STEP] += 1
        while f[COVERED] >= target and f[OPEN] > 0:
            if f[COST] < f[WORTH] - 1e-9:
                _keep(state, trail, f[COST])
            ops += _close(_least_missed(cost, state, trail, -1, seed), net, real, cost, state, trail)
        r = _least_missed(cost, state, trail, 1, seed)
        if r >= 0:
            ops += _close(r, net, real, cost, state, trail)
        while f[COVERED] < target and f[BARE] > 0:
            i = trail.bare[draw(seed, np.int64(f[BARE]))]
            a = _best_for(i, net, cost, state, trail, f[WORTH] - f[COST] - 1e-6, 0)
            ops += net.row_ptr[i + 1] - net.row_ptr[i]
            if a < 0:
                break
            ops += _open(a, net, real, cost, state, trail)
        ops += _weigh_more(net, real, state, trail) + min(SAMPLE, np.int64(f[OPEN]))
    return ops


@kernel(nogil=True)
def _best_anywhere(cost, state, trail, room, tabu):  # type: ignore[no-untyped-def]
    """Return the closed site that gains most a cost within ``room``, longest unchanged among equals; -1 if none."""
    step = np.int64(trail.figures[STEP])
    best, best_key = np.int64(-1), 0.0
    for j in range(cost.size):
        if state.open_[j] or cost[j] > room or state.gain[j] <= 0.0 or step - trail.changed[j] <= tabu:
            continue
        key = a_cost(state.gain[j], cost[j])
        if key > best_key or (key == best_key and trail.changed[j] < trail.changed[best]):
            best, best_key = np.int64(j), key
    return best


@kernel(nogil=True)
def _keep_if_better(net, cost, target, state, trail, seed):  # type: ignore[no-untyped-def]
    """Keep a plan that beats the best: covering more, or reaching ``target`` for less once spare sites are closed."""
    f, ops = trail.figures, np.int64(0)
    if target == np.inf:
        if f[COVERED] > f[WORTH] * (1.0 + 1e-12):
            _keep(state, trail, f[COVERED])
        return ops
    while f[COVERED] >= target and f[OPEN] > 0:
        if f[COST] < f[WORTH] - 1e-9:
            _keep(state, trail, f[COST])
        r = _least_missed(cost, state, trail, -1, seed)
        ops += _close(r, net, net.weight, cost, state, trail)
    return ops


@kernel(nogil=True)
def swap(net, cost, budget, target, state, trail, ops_max, tabu_open, tabu_closed, seed):  # type: ignore[no-untyped-def]
    """Seek plans that cover more within ``budget``, or ``target`` for less, until ``ops_max`` entries are touched."""
    f, ops = trail.figures, 0
    if target < np.inf:
        ops += _keep_if_better(net, cost, target, state, trail, seed)
    while ops < ops_max and f[BARE] > 0:
        f[STEP] += 1
        tabu = tabu_closed + draw(seed, tabu_closed + 1)
        while f[BARE] > 0 and f[COVERED] < target:
            room = budget if target == np.inf else f[WORTH] - 1e-6
            a = _best_anywhere(cost, state, trail, room - f[COST], tabu)
            ops += cost.size // 2
            if a < 0:
                break
            ops += _open(a, net, net.weight, cost, state, trail)
        ops += _keep_if_better(net, cost, target, state, trail, seed)
        if f[OPEN] == 0:
            break
        r = _least_missed(cost, state, trail, tabu_open + draw(seed, tabu_open + 1), seed)
        if r < 0:
            r = np.int64(trail.chosen[draw(seed, np.int64(f[OPEN]))])
        ops += _close(r, net, net.weight, cost, state, trail) + min(SAMPLE, np.int64(f[OPEN]))
    return ops


@kernel(nogil=True)
def best_of_rows(net, key, count):  # type: ignore[no-untyped-def]
    """Return which sites are among the ``count`` of highest ``key`` of some row."""
    kept = np.zeros(key.size, np.bool_)
    for i in range(net.weight.size):
        sites = net.row_sites[net.row_ptr[i] : net.row_ptr[i + 1]]
        if sites.size <= count:
            kept[sites] = True
            continue
        for k in np.argsort(-key[sites])[:count]:
            kept[sites[k]] = True
    return kept


def begin(net: Net, rules: Rules, open_: Flags) -> tuple[Net, State, Trail]:
    """Return (net whose weights may grow, state, trail) with the plan ``open_`` as the first and best one."""
    own = net._replace(weight=net.weight.copy())
    state: State = opened(own, open_)
    sites, rows = open_.size, net.weight.size
    chosen, place = np.zeros(sites, np.int32), np.full(sites, -1, np.int32)
    held = np.flatnonzero(open_)
    chosen[: held.size], place[held] = held, np.arange(held.size)
    uncovered = np.flatnonzero(state.count == 0)
    bare, bare_at = np.zeros(rows, np.int32), np.full(rows, -1, np.int32)
    bare[: uncovered.size], bare_at[uncovered] = uncovered, np.arange(uncovered.size)
    figures = np.zeros(8)
    figures[COST] = rules.cost[open_].sum()
    figures[COVERED] = net.weight[state.count > 0].sum()
    figures[WORTH] = figures[COST] if np.isfinite(rules.target) else figures[COVERED]
    figures[OPEN], figures[BARE] = held.size, uncovered.size
    figures[MEAN] = figures[MEAN_FIRST] = net.weight.mean()
    trail = Trail(chosen, place, bare, bare_at, np.full(sites, -10, np.int64), open_.copy(), figures)
    return own, state, trail


def explore(
    net: Net, rules: Rules, open_: Flags, entries: float, watch: Watch, until: float, seed: NDArray[np.uint64]
) -> Flags:
    """Search from the plan ``open_`` until ``entries`` of the cover were touched, and return the best plan.

    With a finite target that is the whole weight, rows are weighed; otherwise sites are swapped. The rules may hold no
    floors and no limits by class.
    """
    own, state, trail = begin(net, rules, open_)
    everyone = bool(rules.target >= net.weight.sum() * (1.0 - 1e-12)) and np.isfinite(rules.target)
    # Sums of many small changes drift; a hair more than the target keeps every plan found good.
    target, done, turn = rules.target * (1.0 + 1e-11), 0.0, 0
    while done < entries and not watch.over(until):
        if everyone:
            took = seek_cheaper(own, net.weight, rules.cost, rules.target, state, trail, PORTION_ENTRIES, seed)
        else:
            tabu = TABU[turn % len(TABU)]
            took = swap(own, rules.cost, rules.budget, target, state, trail, PORTION_ENTRIES, *tabu, seed)
        watch.report(watch.share, f"searching: {trail.figures[STEP]:,.0f} steps")
        if took < PORTION_ENTRIES:
            break
        done, turn = done + took, turn + 1
    return np.asarray(trail.best)
