"""Branch and bound for small questions of the most weight, each part bounded by the dual of dual.py.

A part says of some sites that they are open or closed. It is left out when no plan in it can beat the best one: by its
own bound, or because reduced costs settle every site. Bounds hold for multipliers of any quality, as everywhere here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from madang.core.kernels import kernel
from madang.methods.coverage.arrays import Flags, Floats
from madang.methods.coverage.dual import ascend, values
from madang.methods.coverage.patterns import items_kept, lists_kept, turned
from madang.methods.coverage.state import Net, a_cost, add, opened, remove

FREE, OPEN, CLOSED = -1, 1, 0
# A part is bounded in so many periods of so many rounds, unless it soon looks as if that leads nowhere: the
# relaxation's own plan this near to the bound, or a gain below this share, both of what the bound still has to fall.
ROUNDS, PERIODS, NEAR, GAIN_LEAST = 20, 4, 0.3, 0.1
# Where reduced costs settle this share of a part's free sites, it is bounded afresh, this often at most.
SETTLED_LEAST, AFRESH_MAX = 0.15, 3
# Fractional sites above this join the plan that a part is rounded to; it is bettered by so many exchanges at most.
ROUNDED_UP, EXCHANGES_MAX = 0.3, 50
# So many parts may wait besides those of one dive, and so many numbers of theirs in all.
WAITING_MAX, WAITING_NUMBERS_MAX = 250, 8_000_000


class Tree(NamedTuple):
    """The parts that wait, the last to be taken next, and the best plan.

    fixed: each part's sites, open, closed or free; multiplier, y, bound: what was known of it.
    best: the best plan. figures: how many parts wait, the best plan's worth, entries touched, parts taken.
    """

    fixed: Any
    multiplier: Any
    y: Any
    bound: Floats
    best: Any
    figures: Floats


WAITING, WORTH, ENTRIES, TAKEN = range(4)


def planted(net: Net, multiplier: Floats, y: Floats, bound: float, best: Flags, worth: float) -> Tree:
    """Return a tree whose only part is the whole question, with what is known of it and the ``best`` plan so far."""
    sites, rows = best.size, net.weight.size
    most = int(min(2 * sites + WAITING_MAX, max(2, WAITING_NUMBERS_MAX // int(sites + rows))))
    tree = Tree(
        np.empty((most, sites), np.int8), np.empty((most, rows)), np.empty((most, sites)), np.empty(most),
        best.copy(), np.array([1.0, worth, 0.0, 0.0]),
    )  # fmt: skip
    tree.fixed[0], tree.multiplier[0], tree.y[0], tree.bound[0] = FREE, multiplier, y, bound
    return tree


@kernel(nogil=True)
def _needed(worth, whole):  # type: ignore[no-untyped-def]
    """Return what a plan must be worth to count as better; whole numbers differ by one at least."""
    if whole:
        return worth + 1.0 - 1e-6 * max(1.0, worth * 1e-6)
    return worth + 5e-10 * max(1.0, worth)


@kernel(nogil=True)
def _free(net, fixed):  # type: ignore[no-untyped-def]
    """Return (free sites, whether each row is one that only they can still cover, weight the open ones cover)."""
    sites, free, held = np.flatnonzero(fixed == FREE), np.zeros(net.weight.size, np.bool_), 0.0
    for j in sites:
        free[net.site_rows[net.site_ptr[j] : net.site_ptr[j + 1]]] = True
    covered = np.zeros(net.weight.size, np.bool_)
    for j in np.flatnonzero(fixed == OPEN):
        for i in net.site_rows[net.site_ptr[j] : net.site_ptr[j + 1]]:
            if not covered[i]:
                held += net.weight[i]
                covered[i] = True
    return sites, free & ~covered, held


@kernel(nogil=True)
def _part(net, fixed):  # type: ignore[no-untyped-def]
    """Return (net of what is free in a part, its sites, its rows, weight that the part's open sites cover)."""
    sites, free, held = _free(net, fixed)
    of_sites = lists_kept(net.site_ptr, net.site_rows, sites)
    site_ptr, site_rows = items_kept(of_sites[0], of_sites[1], free)
    rows = np.flatnonzero(free)
    row_ptr, row_sites = turned(site_ptr, site_rows, rows.size)
    return Net(site_ptr, site_rows, row_ptr, row_sites, net.weight[rows]), sites, rows, held


@kernel(nogil=True)
def _climb(net, cost, budget, need, multiplier, y):  # type: ignore[no-untyped-def]
    """Tighten a part's bound until below ``need`` or as far as it pays; return (bound, price, periods).

    ``multiplier`` becomes the best one, ``y`` the last fractional plan.
    """
    bound, at, relaxed, toll = np.inf, 0.0, -np.inf, np.zeros(y.size)
    now, price, period = multiplier.copy(), 0.0, 0
    while period < PERIODS:
        before = bound
        got, price, value = ascend(net, net.weight, net.weight, cost, budget, price, toll, now, y, 0.7, ROUNDS)
        period += 1
        if got < bound:
            bound, at = got, price
            multiplier[:] = now
        relaxed = max(relaxed, value)
        far = bound - need
        if far < 0.0 or bound - relaxed <= NEAR * far:
            break
        if relaxed >= need and before - bound < GAIN_LEAST * far:
            break
    return bound, at, period


@kernel(nogil=True)
def _settle(surplus, bound, need, sites, fixed):  # type: ignore[no-untyped-def]
    """Close and open the sites whose other state leaves no better plan; return how many."""
    settled = 0
    for k in range(sites.size):
        if bound - abs(surplus[k]) < need:
            fixed[sites[k]] = OPEN if surplus[k] > 0.0 else CLOSED
            settled += 1
    return settled


@kernel(nogil=True)
def _spent(cost, fixed):  # type: ignore[no-untyped-def]
    """Return what the open sites of a part cost."""
    total = 0.0
    for j in range(cost.size):
        if fixed[j] == OPEN:
            total += cost[j]
    return total


@kernel(nogil=True)
def _keep(net, open_, tree):  # type: ignore[no-untyped-def]
    """Keep a plan within the budget if it is the best."""
    worth = 0.0
    for i in range(net.weight.size):
        for e in range(net.row_ptr[i], net.row_ptr[i + 1]):
            if open_[net.row_sites[e]]:
                worth += net.weight[i]
                break
    if worth > tree.figures[WORTH] * (1.0 + 1e-12):
        tree.figures[WORTH] = worth
        tree.best[:] = open_


@kernel(nogil=True)
def _least_missed(state):  # type: ignore[no-untyped-def]
    """Return the open site whose closing loses least; -1 where none is open."""
    least = np.int64(-1)
    for j in range(state.gain.size):
        if state.open_[j] and (least < 0 or state.gain[j] < state.gain[least]):
            least = np.int64(j)
    return least


@kernel(nogil=True)
def _exchange_for(a, net, cost, room, least, state, shared):  # type: ignore[no-untyped-def]
    """Return (site to close for ``a``, what that gains): one it overlaps, or the ``least`` missed of all.

    ``shared`` is all zeros, before and after.
    """
    rows = net.site_rows[net.site_ptr[a] : net.site_ptr[a + 1]]
    for i in rows:
        if state.count[i] == 1:
            shared[state.sole[i]] += net.weight[i]
    close, most = np.int64(-1), 0.0
    for t in range(-1, rows.size):
        r = least
        if t >= 0:
            if state.count[rows[t]] != 1:
                continue
            r = np.int64(state.sole[rows[t]])
        gain = state.gain[a] - state.gain[r] + shared[r]
        if gain > most and cost[a] - cost[r] <= room:
            close, most = r, gain
    for i in rows:
        if state.count[i] == 1:
            shared[state.sole[i]] = 0.0
    return close, most


@kernel(nogil=True)
def _fill(net, cost, budget, spent, state):  # type: ignore[no-untyped-def]
    """Open what gains most a cost while the budget allows; return what is then spent."""
    while True:
        best, best_key = -1, 0.0
        for j in range(cost.size):
            key = a_cost(state.gain[j], cost[j])
            if key > best_key and not state.open_[j] and spent + cost[j] <= budget:
                best, best_key = j, key
        if best < 0:
            return spent
        add(best, net, state)
        spent += cost[best]


@kernel(nogil=True)
def _bettered(net, cost, budget, open_):  # type: ignore[no-untyped-def]
    """Return a plan filled up to the budget, and exchanged site by site until that gains next to nothing."""
    state, shared = opened(net, open_), np.zeros(cost.size)
    spent, slight = _fill(net, cost, budget, cost[open_].sum(), state), 1e-12 * net.weight.sum()
    for _ in range(EXCHANGES_MAX):
        least = _least_missed(state)
        if least < 0:
            break
        close, open_one, most = np.int64(-1), np.int64(-1), slight
        for a in range(cost.size):
            # What is closed for it loses no less than nothing, so it can bring no more than its own gain.
            if state.open_[a] or state.gain[a] <= most:
                continue
            r, gain = _exchange_for(a, net, cost, budget - spent, least, state, shared)
            if gain > most:
                close, open_one, most = r, np.int64(a), gain
        if close < 0:
            break
        remove(close, net, state)
        add(open_one, net, state)
        spent += cost[open_one] - cost[close]
    return state.open_


@kernel(nogil=True)
def _try_rounded(net, cost, budget, fixed, sites, y, tree):  # type: ignore[no-untyped-def]
    """Round a part's fractional plan, better it and keep it if it is the best."""
    open_, spent = fixed == OPEN, _spent(cost, fixed)
    if spent > budget:
        return
    for k in np.argsort(-y):
        j = sites[k]
        if fixed[j] == FREE and y[k] > ROUNDED_UP and spent + cost[j] <= budget:
            open_[j] = True
            spent += cost[j]
    _keep(net, _bettered(net, cost, budget, open_), tree)


@kernel(nogil=True)
def _divide(fixed, sites, multiplier, y, bound, tree):  # type: ignore[no-untyped-def]
    """Divide a part by its free site nearest one half: both halves wait, the likelier one in front."""
    at = -1
    for k in range(sites.size):
        if fixed[sites[k]] == FREE and (at < 0 or abs(y[sites[k]] - 0.5) < abs(y[sites[at]] - 0.5)):
            at = k
    likelier = OPEN if y[sites[at]] >= 0.5 else CLOSED
    for state in (1 - likelier, likelier):
        top = np.int64(tree.figures[WAITING])
        tree.fixed[top], tree.multiplier[top], tree.y[top], tree.bound[top] = fixed, multiplier, y, bound
        tree.fixed[top, sites[at]] = state
        tree.figures[WAITING] += 1


@kernel(nogil=True)
def _bounded(net, cost, budget, whole, fixed, multiplier, y, tree):  # type: ignore[no-untyped-def]
    """Bound one part and settle what reduced costs settle; return (its bound, -inf where it is done with, its sites).

    A part is done with when no better plan is in it, or when its only one was looked at.
    """
    done, afresh = -np.inf, 0
    while True:
        left = budget - _spent(cost, fixed)
        fixed[(fixed == FREE) & (cost > left)] = CLOSED
        part, sites, rows, held = _part(net, fixed)
        if left < 0.0:
            return done, sites
        if rows.size == 0 or cost[sites].sum() <= left:
            fixed[sites] = OPEN if rows.size else CLOSED
            _keep(net, fixed == OPEN, tree)
            return done, sites
        need = _needed(tree.figures[WORTH], whole)
        some, own = multiplier[rows], y[sites]
        bound, price, periods = _climb(part, cost[sites], left, need - held, some, own)
        multiplier[rows], y[sites] = some, own
        tree.figures[ENTRIES] += 2.0 * ROUNDS * periods * part.site_rows.size
        if held + bound < need:
            return done, sites
        surplus = np.empty(sites.size)
        values(part, some, price * cost[sites], surplus)
        settled = _settle(surplus, held + bound, need, sites, fixed)
        if settled < sites.size and (settled <= SETTLED_LEAST * sites.size or afresh == AFRESH_MAX):
            return held + bound, sites
        afresh += 1


@kernel(nogil=True)
def _take(net, cost, budget, whole, fixed, multiplier, y, tree):  # type: ignore[no-untyped-def]
    """Bound one part, try its rounded plan, and divide it unless it is done with."""
    bound, sites = _bounded(net, cost, budget, whole, fixed, multiplier, y, tree)
    if bound < _needed(tree.figures[WORTH], whole):
        return
    _try_rounded(net, cost, budget, fixed, sites, y[sites], tree)
    tree.figures[ENTRIES] += 4.0 * net.site_rows.size
    if bound >= _needed(tree.figures[WORTH], whole):
        _divide(fixed, sites, multiplier, y, bound, tree)


@kernel(nogil=True)
def _likeliest_last(tree):  # type: ignore[no-untyped-def]
    """Put the waiting part of highest bound, of equals the last, where it is taken next."""
    last = np.int64(tree.figures[WAITING]) - 1
    if last < 1:
        return
    best = last - np.argmax(tree.bound[: last + 1][::-1])
    if best == last:
        return
    for one in (tree.multiplier, tree.y):
        held = one[best].copy()
        one[best], one[last] = one[last], held
    fixed = tree.fixed[best].copy()
    tree.fixed[best], tree.fixed[last] = tree.fixed[last], fixed
    tree.bound[best], tree.bound[last] = tree.bound[last], tree.bound[best]


@kernel(nogil=True)
def grow(net, cost, budget, whole, tree, entries_max):  # type: ignore[no-untyped-def]
    """Take parts until none waits, a better plan is found or ``entries_max`` entries were touched in all.

    Returns whether none waits, so that the tree's best plan is the best there is. With no room for another part it
    stops too, having taken nothing.
    """
    figures, worth = tree.figures, tree.figures[WORTH]
    while figures[WAITING] > 0:
        if figures[WORTH] > worth or figures[ENTRIES] >= entries_max or figures[WAITING] >= tree.bound.size:
            return False
        top = np.int64(figures[WAITING]) - 1
        figures[WAITING] -= 1
        if tree.bound[top] >= _needed(figures[WORTH], whole):
            fixed, multiplier, y = tree.fixed[top].copy(), tree.multiplier[top].copy(), tree.y[top].copy()
            figures[TAKEN] += 1
            _take(net, cost, budget, whole, fixed, multiplier, y, tree)
        if 2 * figures[WAITING] < tree.bound.size:
            _likeliest_last(tree)
    return True


def bound_of(tree: Tree) -> float:
    """Return the bound that the waiting parts leave, the best plan's worth at least."""
    waiting = int(tree.figures[WAITING])
    return float(max(tree.figures[WORTH], tree.bound[:waiting].max(initial=-np.inf)))
