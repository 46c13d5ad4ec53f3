"""The dual of dual.py with cuts on three rows: the same steps, a multiplier a cut, and covering made explicit.

Multipliers of any quality give a valid bound here too.
"""

from __future__ import annotations

import numpy as np

from madang.core.kernels import kernel
from madang.methods.coverage.dual import gathered, knapsack_price, project, reached, slack_at, values


@kernel(nogil=True)
def take(cuts, levy, value, taken):  # type: ignore[no-untyped-def]
    """Add every cut's ``levy`` to the ``value`` of its sites, and fill ``taken`` with what each row gives up."""
    taken[:] = 0.0
    for t in range(levy.size):
        if levy[t] > 0.0:
            for k in range(3):
                taken[cuts.rows[t, k]] += levy[t]
            sites = cuts.sites[cuts.ptr[t] : cuts.ptr[t + 1]]
            coefficient = cuts.coefficient[cuts.ptr[t] : cuts.ptr[t + 1]]
            for e in range(np.uint64(0), np.uint64(sites.size)):
                value[np.uint32(sites[e])] += coefficient[e] * levy[t]


@kernel(nogil=True)
def cut_bound_at(net, cap, cost, budget, price, toll, multiplier, cuts, levy):  # type: ignore[no-untyped-def]
    """Return (bound, price) as ``bound_at`` does, with the ``levy`` of each cut."""
    value, taken = np.empty(cost.size), np.empty(cap.size)
    values(net, multiplier, toll, value)
    take(cuts, levy, value, taken)
    total = levy.sum()
    for i in range(cap.size):
        total += max(0.0, cap[i] - multiplier[i] - taken[i])
    if budget < np.inf:
        price = knapsack_price(value, cost, budget)
        total += price * budget
    return total + slack_at(value, cost, price), price


@kernel(nogil=True)
def _steps(net, cap, cuts, omega):  # type: ignore[no-untyped-def]
    """Return (step of each site, of each row's covering (0: in no cut), of each cut)."""
    site, held, own = np.empty(net.site_ptr.size - 1), np.zeros(cap.size), np.empty(cuts.rows.shape[0])
    values(net, cap, np.zeros(site.size), site)
    for t in range(own.size):
        scale = (cap[cuts.rows[t, 0]] + cap[cuts.rows[t, 1]] + cap[cuts.rows[t, 2]]) / 3.0
        total = 3.0
        for k in range(3):
            held[cuts.rows[t, k]] += scale
        for e in range(cuts.ptr[t], cuts.ptr[t + 1]):
            site[cuts.sites[e]] += cuts.coefficient[e] * scale
            total += cuts.coefficient[e]
        own[t] = omega * scale / total
    for j in range(site.size):
        site[j] = 1.0 / (omega * site[j]) if site[j] > 0.0 else 0.0
    for i in range(cap.size):
        held[i] = 1.0 / (omega * (cap[i] + held[i])) if held[i] > 0.0 else 0.0
    return site, held, own


@kernel(nogil=True)
def _sweep_rows(net, cap, omega, inside, far, z_far, multiplier):  # type: ignore[no-untyped-def]
    """Move every row's multiplier against its extrapolated reach, or against its covering where a cut names it."""
    for i in range(cap.size):
        width = net.row_ptr[i + 1] - net.row_ptr[i]
        if width == 0:
            continue
        if inside[i] > 0.0:
            multiplier[i] = max(0.0, multiplier[i] + omega * cap[i] / (width + 1.0) * (z_far[i] - far[i]))
        else:
            multiplier[i] = min(max(0.0, multiplier[i] + omega * cap[i] / width * (1.0 - far[i])), cap[i])


@kernel(nogil=True)
def _gathered_times(amount, at, coefficient):  # type: ignore[no-untyped-def]
    """Return the sum of ``amount`` at the indices ``at`` times their ``coefficient``, in two sums as ``gathered``."""
    even, odd = 0.0, 0.0
    size = np.uint64(at.size)
    whole = size & ~np.uint64(1)
    for e in range(np.uint64(0), whole, np.uint64(2)):
        even += coefficient[e] * amount[np.uint32(at[e])]
        odd += coefficient[e + np.uint64(1)] * amount[np.uint32(at[e + np.uint64(1)])]
    if whole < size:
        even += coefficient[whole] * amount[np.uint32(at[whole])]
    return even + odd


@kernel(nogil=True)
def _sweep_cuts(cuts, own, y_far, z_far, levy):  # type: ignore[no-untyped-def]
    """Move every cut's levy by how much the extrapolated plan breaks it."""
    for t in range(levy.size):
        over = -1.0
        for k in range(3):
            over += z_far[cuts.rows[t, k]]
        start, stop = cuts.ptr[t], cuts.ptr[t + 1]
        over -= _gathered_times(y_far, cuts.sites[start:stop], cuts.coefficient[start:stop])
        levy[t] = max(0.0, levy[t] + own[t] * over)


@kernel(nogil=True)
def _cover_rows(net, cap, inside, y, multiplier, taken, z, z_far, reach, far, means):  # type: ignore[no-untyped-def]
    """Move every row's covering ``z`` by what it is paid, and take its ``reach`` afresh; both ``far`` extrapolate."""
    for i in range(cap.size):
        now = min(1.0, max(0.0, z[i] + inside[i] * (cap[i] - multiplier[i] - taken[i])))
        z_far[i] = 2.0 * now - z[i]
        z[i] = now
        now = gathered(y, net.row_sites[net.row_ptr[i] : net.row_ptr[i + 1]])
        far[i] = 2.0 * now - reach[i]
        reach[i] = now
        means[0][i] += multiplier[i]
        means[2][i] += z[i]


@kernel(nogil=True)
def ascend_cut(net, cap, cost, budget, price, toll, multiplier, y, z, cuts, levy, omega, rounds):  # type: ignore[no-untyped-def]
    """Run one restart period with ``cuts``, as ``ascend`` does without them; return (bound, price).

    ``z`` is how far each row counts as covered; it, ``multiplier``, ``y`` and ``levy`` change in place.
    """
    site, inside, own = _steps(net, cap, cuts, omega)
    value, out, taken, reach = np.empty(y.size), np.empty(y.size), np.empty(cap.size), np.empty(cap.size)
    reached(net, y, reach)
    far, y_far, z_far = reach.copy(), y.copy(), z.copy()
    means = np.zeros(cap.size), np.zeros(y.size), np.zeros(cap.size), np.zeros(levy.size)
    for _ in range(rounds):
        _sweep_rows(net, cap, omega, inside, far, z_far, multiplier)
        _sweep_cuts(cuts, own, y_far, z_far, levy)
        values(net, multiplier, toll, value)
        take(cuts, levy, value, taken)
        price = project(y, site, value, cost, budget, price, out)
        y_far[:] = 2.0 * out - y
        y[:] = out
        _cover_rows(net, cap, inside, y, multiplier, taken, z, z_far, reach, far, means)
        for j in range(y.size):
            means[1][j] += y[j]
        for t in range(levy.size):
            means[3][t] += levy[t]
    last, last_price = cut_bound_at(net, cap, cost, budget, price, toll, multiplier, cuts, levy)
    mean, mean_price = cut_bound_at(net, cap, cost, budget, price, toll, means[0] / rounds, cuts, means[3] / rounds)
    if mean > last:
        return last, last_price
    multiplier[:], y[:] = means[0] / rounds, means[1] / rounds
    z[:], levy[:] = means[2] / rounds, means[3] / rounds
    return mean, mean_price
