"""The bound above capacitated plans: Lagrangian prices on demand, each site a fractional knapsack by itself."""

from __future__ import annotations

import numpy as np

from madang.core.kernels import kernel


@kernel(nogil=True)
def _sorted_rows(j, ports, price, order):  # type: ignore[no-untyped-def]
    """Fill ``order`` with the rows of site ``j``, cheapest demand first; return how many (insertion sort)."""
    n = 0
    for e in range(ports.site_ptr[j], ports.site_ptr[j + 1]):
        i = ports.site_rows[e]
        k = n
        while k > 0 and price[order[k - 1]] > price[i]:
            order[k] = order[k - 1]
            k -= 1
        order[k] = i
        n += 1
    return n


@kernel(nogil=True)
def _best_levels(ports, worth, price, best):  # type: ignore[no-untyped-def]
    """Fill ``best`` with each site's best level at ``price`` a cost (-1: none); return (surplus, spent)."""
    surplus, spent = 0.0, 0.0
    for j in range(best.size):
        best[j] = -1
        top = 0.0
        for level in range(ports.cost.shape[1]):
            cost = ports.cost[j, level]
            if cost < np.inf and worth[j, level] - price * cost > top:
                top = worth[j, level] - price * cost
                best[j] = level
        if best[j] >= 0:
            surplus += top
            spent += ports.cost[j, best[j]]
    return surplus, spent


@kernel(nogil=True)
def _budget_price(ports, worth, budget, best):  # type: ignore[no-untyped-def]
    """Return the least price a cost at which the best levels keep the budget (bisection)."""
    _, spent = _best_levels(ports, worth, 0.0, best)
    if spent <= budget:
        return 0.0
    low, high = 0.0, 0.0
    for j in range(best.size):
        for level in range(ports.cost.shape[1]):
            if 0.0 < ports.cost[j, level] < np.inf:
                high = max(high, worth[j, level] / ports.cost[j, level])
    for _ in range(50):
        middle = 0.5 * (low + high)
        if _best_levels(ports, worth, middle, best)[1] > budget:
            low = middle
        else:
            high = middle
    return high


@kernel(nogil=True)
def site_worths(ports, price, worth):  # type: ignore[no-untyped-def]
    """Fill ``worth`` (sites x levels): the most that a site at a level can serve, less the prices of that demand."""
    order = np.empty(ports.demand.size, np.int64)
    for j in range(worth.shape[0]):
        n = _sorted_rows(j, ports, price, order)
        for level in range(worth.shape[1]):
            room, total = ports.capacity[j, level], 0.0
            for k in range(n):
                i = order[k]
                if room <= 0.0 or price[i] >= 1.0:
                    break
                amount = min(room, ports.demand[i])
                total += (1.0 - price[i]) * amount
                room -= amount
            worth[j, level] = total


@kernel(nogil=True)
def _served(ports, price, best, served):  # type: ignore[no-untyped-def]
    """Fill ``served`` with what the best levels would take of each row, counted at every site by itself."""
    served[:] = 0.0
    order = np.empty(ports.demand.size, np.int64)
    for j in range(best.size):
        if best[j] < 0:
            continue
        room = ports.capacity[j, best[j]]
        n = _sorted_rows(j, ports, price, order)
        for k in range(n):
            i = order[k]
            if room <= 0.0 or price[i] >= 1.0:
                break
            amount = min(room, ports.demand[i])
            served[i] += amount
            room -= amount


@kernel(nogil=True)
def descend(ports, budget, price, best_price, direction, often, goal, pace, bound, rounds):  # type: ignore[no-untyped-def]
    """Lower the bound by ``rounds`` deflected subgradient steps; return (bound, pace, price a cost).

    price: of each row's demand, 0..1, changed in place; best_price: the vector of the best bound; often: how many
    rounds each site was taken; goal: the objective to step towards (Polyak 1969).
    """
    sites, levels = ports.cost.shape
    worth, best, served = np.empty((sites, levels)), np.empty(sites, np.int32), np.empty(price.size)
    still, money = 0, 0.0
    for _ in range(rounds):
        site_worths(ports, price, worth)
        money = _budget_price(ports, worth, budget, best)
        surplus, _ = _best_levels(ports, worth, money, best)
        value = surplus + money * budget
        for i in range(price.size):
            value += price[i] * ports.demand[i]
        if value < bound - 1e-6 * abs(bound):
            still = 0
        else:
            still += 1
        if value < bound:
            bound = value
            best_price[:] = price
        if still >= 12:
            pace *= 0.7
            still = 0
            price[:] = best_price
            direction[:] = 0.0
            continue
        _served(ports, price, best, served)
        for j in range(sites):
            if best[j] >= 0:
                often[j] += 1.0
        norm = 0.0
        for i in range(price.size):
            if ports.demand[i] > 0.0:
                direction[i] = 0.7 * direction[i] + 0.3 * (served[i] / ports.demand[i] - 1.0)
                norm += direction[i] * direction[i] * ports.demand[i]
        if norm <= 0.0 or value <= goal:
            break
        step = pace * (value - goal) / norm
        for i in range(price.size):
            price[i] = min(1.0, max(0.0, price[i] + step * direction[i]))
    return bound, pace, money
