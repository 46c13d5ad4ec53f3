"""Bounds from above the search: the linear relaxation's dual by a preconditioned primal-dual gradient method.

Every multiplier vector gives a valid bound whatever its quality, so stopping early costs tightness, never truth.
The steps follow Chambolle and Pock (2011) with the diagonal scaling of Pock and Chambolle (2011) and restarts from
the average as in Applegate et al. (2021).
"""

from __future__ import annotations

import numpy as np

from madang.core.kernels import kernel


@kernel(nogil=True)
def gathered(amount, at):  # type: ignore[no-untyped-def]
    """Return the sum of ``amount`` at the indices ``at``, as four sums side by side.

    One sum would wait for each addition before the next; the order is written out, so it is the same on any machine.
    Unsigned indices spare the check for negative ones. Every step of the bound is made of these sums.
    """
    first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
    size = np.uint64(at.size)
    whole = size & ~np.uint64(3)
    for e in range(np.uint64(0), whole, np.uint64(4)):
        first += amount[np.uint32(at[e])]
        second += amount[np.uint32(at[e + np.uint64(1)])]
        third += amount[np.uint32(at[e + np.uint64(2)])]
        fourth += amount[np.uint32(at[e + np.uint64(3)])]
    for e in range(whole, size):
        first += amount[np.uint32(at[e])]
    return (first + second) + (third + fourth)


@kernel(nogil=True)
def values(net, multiplier, toll, value):  # type: ignore[no-untyped-def]
    """Fill ``value`` with every site's sum of multipliers less its ``toll``."""
    site_ptr, site_rows = net.site_ptr, net.site_rows
    for j in range(value.size):
        value[j] = gathered(multiplier, site_rows[site_ptr[j] : site_ptr[j + 1]]) - toll[j]


@kernel(nogil=True)
def project(y, step, value, cost, budget, price, out):  # type: ignore[no-untyped-def]
    """Fill ``out`` with clip(y + step (value - price cost), 0, 1), raising ``price`` from 0 until the budget holds.

    With an infinite budget ``price`` is given and kept. Returns the price.
    """
    fixed = budget == np.inf
    low, high = 0.0, np.inf
    if not fixed:
        price = max(price, 0.0)
    for _ in range(60):
        spent, slope = 0.0, 0.0
        for j in range(y.size):
            t = y[j] + step[j] * (value[j] - price * cost[j])
            if t >= 1.0:
                t = 1.0
            elif t <= 0.0:
                t = 0.0
            else:
                slope += step[j] * cost[j] * cost[j]
            out[j] = t
            spent += cost[j] * t
        if fixed or abs(spent - budget) <= 1e-9 * budget or (price == 0.0 and spent <= budget):
            break
        if spent > budget:
            low = price
        else:
            high = price
        move = price + (spent - budget) / slope if slope > 0.0 else -1.0
        if move <= low or move >= high:
            move = 0.5 * (low + high) if high < np.inf else 2.0 * price + 1e-9 + value.max() / (1.0 + cost.max())
        if move <= 0.0:
            move = 0.0
        if high < np.inf and high - low <= 1e-12 * high:
            break
        price = move
    return price


@kernel(nogil=True)
def knapsack_price(value, cost, budget):  # type: ignore[no-untyped-def]
    """Return the price that makes sum (value - price cost)+ + price budget least, for positive costs."""
    order = np.argsort(-value / cost)
    spent = 0.0
    for j in order:
        spent += cost[j]
        if spent > budget:
            return max(0.0, value[j] / cost[j])
    return 0.0


@kernel(nogil=True)
def slack_at(value, cost, price):  # type: ignore[no-untyped-def]
    """Return sum (value - price cost)+ over the sites."""
    total = 0.0
    for j in range(value.size):
        surplus = value[j] - price * cost[j]
        if surplus > 0.0:
            total += surplus
    return total


@kernel(nogil=True)
def _unclaimed(weight, multiplier):  # type: ignore[no-untyped-def]
    """Return sum (weight - multiplier), where an infinite weight (a row that must be covered) counts 0."""
    total = 0.0
    for i in range(weight.size):
        total += (weight[i] if weight[i] < np.inf else 0.0) - multiplier[i]
    return total


@kernel(nogil=True)
def bound_at(cap, cost, budget, price, multiplier, value):  # type: ignore[no-untyped-def]
    """Return (bound, price): no plan's covered ``cap`` less price x cost exceeds bound less price x budget.

    ``value`` is what ``values`` says of the multipliers. A finite budget chooses the best price itself and is paid
    back in the bound.
    """
    if budget < np.inf:
        price = knapsack_price(value, cost, budget)
        return _unclaimed(cap, multiplier) + slack_at(value, cost, price) + price * budget, price
    return _unclaimed(cap, multiplier) + slack_at(value, cost, price), price


@kernel(nogil=True)
def _relaxed_value(cap, cost, budget, price, toll, y, reach):  # type: ignore[no-untyped-def]
    """Return the relaxation's own value of the fractional plan ``y``."""
    total = 0.0
    for i in range(cap.size):
        if cap[i] < np.inf:
            total += cap[i] * min(1.0, reach[i])
    for j in range(y.size):
        total -= toll[j] * y[j]
        if budget == np.inf:
            total -= price * cost[j] * y[j]
    return total


@kernel(nogil=True)
def reached(net, y, reach):  # type: ignore[no-untyped-def]
    """Fill ``reach`` with every row's sum of ``y``."""
    row_ptr, row_sites = net.row_ptr, net.row_sites
    for i in range(reach.size):
        reach[i] = gathered(y, row_sites[row_ptr[i] : row_ptr[i + 1]])


@kernel(nogil=True)
def _sweep(cap, pace, reach, before, multiplier, mean):  # type: ignore[no-untyped-def]
    """Move every multiplier at its ``pace`` against the rows' extrapolated reach and add it to ``mean``."""
    for i in range(cap.size):
        t = multiplier[i] + pace[i] * (1.0 - 2.0 * reach[i] + before[i])
        multiplier[i] = min(max(t, 0.0), cap[i])
        mean[i] += multiplier[i]


@kernel(nogil=True)
def ascend(net, cap, scale, cost, budget, price, toll, multiplier, y, omega, rounds):  # type: ignore[no-untyped-def]
    """Run one restart period from (``multiplier``, ``y``) and change both in place to the better of average and last.

    ``cap`` is each row's weight, infinite where it must be covered; ``scale`` each row's typical multiplier.
    Returns (bound, price, the relaxation's value).
    """
    rows, sites = cap.size, y.size
    value, step, out = np.empty(sites), np.empty(sites), np.empty(sites)
    values(net, scale, np.zeros(sites), step)
    for j in range(sites):
        if step[j] > 0.0:
            step[j] = 1.0 / (omega * step[j])
        else:
            y[j] = 0.0
    pace = omega * scale / (net.row_ptr[1:] - net.row_ptr[:-1])
    reach, before = np.empty(rows), np.empty(rows)
    reached(net, y, reach)
    before[:] = reach
    mean_multiplier, mean_y = np.zeros(rows), np.zeros(sites)
    for _ in range(rounds):
        _sweep(cap, pace, reach, before, multiplier, mean_multiplier)
        values(net, multiplier, toll, value)
        price = project(y, step, value, cost, budget, price, out)
        y[:] = out
        mean_y += out
        before, reach = reach, before
        reached(net, y, reach)
    mean_multiplier /= rounds
    mean_y /= rounds
    last, last_price = bound_at(cap, cost, budget, price, multiplier, value)
    relaxed = _relaxed_value(cap, cost, budget, price, toll, y, reach)
    values(net, mean_multiplier, toll, value)
    mean, mean_price = bound_at(cap, cost, budget, price, mean_multiplier, value)
    reached(net, mean_y, reach)
    mean_relaxed = _relaxed_value(cap, cost, budget, price, toll, mean_y, reach)
    if mean - mean_relaxed <= last - relaxed:
        multiplier[:] = mean_multiplier
        y[:] = mean_y
        return mean, mean_price, mean_relaxed
    return last, last_price, relaxed
