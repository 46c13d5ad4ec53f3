"""What an annealing weighs, and from which temperature to which it cools, as measured best for each question."""

from __future__ import annotations

import numpy as np

from madang.methods.coverage.bounds import Seek
from madang.methods.coverage.search import Rules
from madang.methods.coverage.state import Net

CROWDED_SITES_A_ROW = 12


def energies(net: Net, rules: Rules, seek: Seek, price: float) -> tuple[Net, float, float]:
    """Return (net with the weights to anneal on, price of a cost, worth of a typical site)."""
    typical = float(np.median(rules.cost))
    if seek is not Seek.EVERYONE:
        uniform = bool(np.all(rules.cost == rules.cost[0]))
        if seek is Seek.MOST:
            return net, 0.0 if uniform else 0.7 * price, price * typical
        return net, 0.95 * price, price * typical
    # Leaving a row out costs as much as its cheapest site, so filling up afterwards never loses.
    dearest = np.minimum.reduceat(rules.cost[net.row_sites], net.row_ptr[:-1])
    return net._replace(weight=dearest * (1.0 + 1e-9)), 1.0, typical


def temperatures(
    net: Net, rules: Rules, seek: Seek, unit: float, held: int, *, small: bool, cool: bool
) -> tuple[float, float, float]:
    """Return (hot, cold, share of single openings and closings) of the whole question.

    ``unit`` is what a typical site is worth, ``held`` how many sites the best plan opens; a ``small`` question may be
    begun ``cool``.
    """
    unit = max(unit, 1e-9 * max(1.0, float(net.weight.max(initial=1.0))))
    if seek is Seek.MOST:
        uniform = bool(np.all(rules.cost == rules.cost[0]))
        crowded = net.site_rows.size > CROWDED_SITES_A_ROW * net.weight.size
        mild = (0.08, 0.004) if cool else (0.15, 0.01)
        hot, cold = mild if small else (0.12, 0.02) if crowded else (0.1, 0.003)
        return hot * unit, cold * unit, 0.0 if uniform else 0.2
    if seek is Seek.SHARE:
        return 0.15 * unit, 0.01 * unit, 0.3
    # Hotter, sites that cover nothing new would crowd in by their sheer number.
    crowd = rules.cost.size / max(1, held)
    return min(0.3, 0.8 / np.log(max(1.1, crowd))) * unit, 0.05 * unit, 0.4
