"""A proven bound that tightens the longer it is worked on, for each of the three questions."""

from __future__ import annotations

from enum import Enum

import numpy as np

from madang.methods.coverage.arrays import Flags, Floats, Links
from madang.methods.coverage.dual import ascend, reached, values
from madang.methods.coverage.dual_cuts import ascend_cut, cut_bound_at, take
from madang.methods.coverage.search import Rules
from madang.methods.coverage.state import Net, net_of
from madang.methods.coverage.triples import Triples, fresh_triples, no_triples, triples_on

# With cuts, sites count whose value is within this share of their price, or that are open by more than so much.
NEAR, NEAR_OPEN = 0.03, 1e-3
# Cuts are looked for in each of so many periods, then in every other.
SEARCHED_EACH = 4


class Seek(Enum):
    """What a plan seeks: the most weight for a budget, the least cost for a share, or for everyone."""

    MOST = "most"
    SHARE = "share"
    EVERYONE = "everyone"


class Bound:
    """The dual of one reduced question: an upper bound where the most is sought, a lower one on cost otherwise."""

    def __init__(self, net: Net, rules: Rules, seek: Seek) -> None:
        """Start from half of every weight as multiplier and an even fractional plan."""
        self.net, self.rules, self.seek = net, rules, seek
        # The rules' own room shrinks and grows as the search opens and closes sites.
        self.room = rules.room.copy()
        sites, rows = rules.cost.size, net.weight.size
        self.best = 0.0 if seek is not Seek.MOST else float(net.weight.sum())
        # What the best multipliers themselves prove; ``best`` may come from elsewhere, and then fixes nothing.
        self.dual = np.inf if seek is Seek.MOST else -np.inf
        self.rounds = 0
        self.still = 0
        self.price = 1.0 if seek is Seek.EVERYONE else 0.0
        self.prize = np.zeros(rules.floor.size)
        self.levy = np.zeros(rules.room.size)
        if seek is Seek.EVERYONE:
            each = float(rules.cost.sum()) / max(1, net.site_rows.size)
            self.scale, self.omega = np.full(rows, each), 6.0
            self.multiplier, self.budget = self.scale * 0.5, np.inf
        else:
            self.scale, self.omega = net.weight.copy(), 0.7
            self.multiplier = net.weight * 0.5
            self.budget = rules.budget if seek is Seek.MOST else float(rules.cost.sum()) * 0.3
        whole = float(rules.cost.sum())
        self.y = np.full(sites, min(1.0, self.budget / whole) if np.isfinite(self.budget) and whole else 0.3)
        self.best_multiplier, self.best_price = self.multiplier.copy(), self.price
        self.best_levy = self.levy.copy()
        # Cuts on three rows, with what each takes from its rows; the search for them draws from a seed of its own.
        self.cuts, self.cut_levy, self.covering = no_triples(), np.zeros(0), np.zeros(0)
        self.best_cuts: tuple[Triples, Floats] = self.cuts, self.cut_levy
        self.cut_periods, self.cut_seed = 0, np.array([0x2545F4914F6CDD1D], np.uint64)

    def begin_at(self, cost: float) -> None:
        """Begin Newton's search for the least budget at the cost of a known plan."""
        if self.seek is Seek.SHARE and self.rounds == 0 and cost > 0:
            self.budget = cost
            self.y[:] = min(1.0, cost / float(self.rules.cost.sum()))

    @property
    def cap(self) -> Floats:
        """Each row's weight with the prize of its district, or infinite where it must be covered."""
        if self.seek is Seek.EVERYONE:
            return np.full(self.net.weight.size, np.inf)
        if self.rules.floor.size == 0:
            return self.net.weight
        return np.asarray(self.net.weight * (1.0 + self.prize[self.rules.district]))

    def _paid_back(self) -> float:
        """Return what prizes and levies add to the dual beyond the weight itself."""
        levies = float(self.levy @ np.minimum(self.room, self.rules.cost.size))
        return levies - float(self.prize @ self.rules.floor if self.prize.size else 0.0)

    def improve(self, rounds: int) -> float:
        """Work ``rounds`` more steps; return the best bound so far."""
        cap, toll = self.cap, self.levy[self.rules.group]
        np.minimum(self.multiplier, cap, out=self.multiplier)
        got, price, relaxed = ascend(
            self.net, cap, self.scale, self.rules.cost, self.budget, self.price, toll,
            self.multiplier, self.y, self.omega, rounds,
        )  # fmt: skip
        self.rounds += rounds
        if self.seek is not Seek.EVERYONE:
            self.price = price
        self._take(got)
        self._reprice(relaxed)
        return self.best

    def improve_with_cuts(self, rounds: int) -> float:
        """Look for cuts on three rows that the fractional plan breaks, then work ``rounds`` more steps with them.

        The steps see the sites near their price alone; the bound is taken on all, and who rises above joins them.
        """
        net, toll, near = self.net, self.levy[self.rules.group], self._near()
        reach, y = np.empty(net.weight.size), np.where(near, self.y, 0.0)
        reached(net, y, reach)
        if self.covering.size == 0:
            self.covering = np.minimum(1.0, reach)
        self.cut_periods += 1
        idle = self.cut_periods > SEARCHED_EACH and self.cut_periods % 2
        fresh = self.cuts.rows[:0] if idle else fresh_triples(net, y, reach, self.cuts.rows, self.cut_seed)
        live = self.cut_levy > 0.0
        rows = np.vstack((self.cuts.rows[live], fresh))
        self.cut_levy = np.append(self.cut_levy[live], np.zeros(len(fresh)))
        kept = np.flatnonzero(near)
        of_kept, some = net_of(net, kept), y[kept]
        _, price = ascend_cut(
            of_kept, self.cap, self.rules.cost[kept], self.budget, self.price, toll[kept],
            self.multiplier, some, self.covering, triples_on(of_kept, rows), self.cut_levy, self.omega, rounds,
        )  # fmt: skip
        self.y[:] = 0.0
        self.y[kept] = some
        self.cuts = triples_on(net, rows)
        got, self.price = cut_bound_at(
            net, self.cap, self.rules.cost, self.budget, price, toll, self.multiplier, self.cuts, self.cut_levy
        )
        self.rounds += rounds
        self._take(got)
        return self.best

    def _near(self) -> Flags:
        """Return the sites whose surplus is near enough to zero or above to matter in the steps to come."""
        value = np.empty(self.rules.cost.size)
        values(self.net, self.multiplier, self.levy[self.rules.group], value)
        take(self.cuts, self.cut_levy, value, np.empty(self.net.weight.size))
        return np.asarray((value >= (1.0 - NEAR) * self.price * self.rules.cost) | (self.y > NEAR_OPEN))

    def _take(self, got: float) -> None:
        """Turn the dual's value into a bound on the objective and keep it if it is the best."""
        before = self.best
        if self.seek is Seek.MOST:
            bound = got + self._paid_back()
            better = bound < self.best
        elif self.seek is Seek.EVERYONE:
            bound = -(got + self._paid_back())
            better = bound > self.best
        else:
            if self.price <= 0.0:
                self.budget *= 0.7
                return
            bound = self.budget + (self.rules.target - got - self._paid_back()) / self.price
            # Newton's step: the budget at which the relaxation covers just the target.
            self.budget = min(max(bound, 1e-9), float(self.rules.cost.sum()))
            better = bound > self.best
        if better:
            self.best = self.dual = bound
            self.best_price = self.price
            self.best_multiplier, self.best_levy = self.multiplier.copy(), self.levy.copy()
            self.best_cuts = self.cuts, self.cut_levy.copy()
        moved = abs(self.best - before) > 1e-6 * abs(before)
        self.still = 0 if moved else self.still + 1

    def _reprice(self, _relaxed: float) -> None:
        """Raise the prize of districts below their floor and the levy of classes above their room."""
        pace = 0.5 / np.sqrt(1.0 + self.rounds / 50.0)
        if self.rules.floor.size:
            starts = self.net.row_ptr[:-1]
            reach = np.minimum(1.0, np.add.reduceat(self.y[self.net.row_sites], starts)) * self.net.weight
            held = np.bincount(self.rules.district, reach, self.rules.floor.size)
            short = (self.rules.floor - held) / np.maximum(1.0, self.rules.floor)
            self.prize = np.maximum(0.0, self.prize + 2.0 * pace * np.where(self.rules.floor > 0, short, 0.0))
        tight = self.room < self.rules.cost.size
        if tight.any():
            used = np.bincount(self.rules.group, self.y, self.room.size)
            over = (used - self.room) / np.maximum(1.0, self.room)
            unit = max(self.price, 1e-12) * float(self.rules.cost.mean())
            self.levy = np.where(tight, np.maximum(0.0, self.levy + 2.0 * pace * unit * over), 0.0)

    def binding(self) -> Links:
        """Return the rows (cuts x 3) of the cuts that the best bound is made of."""
        cuts, levy = self.best_cuts
        return cuts.rows[levy > 0.0]

    def surplus(self) -> Floats:
        """Return each site's value less its price at the best multipliers: below zero, it should stay closed."""
        value = np.empty(self.rules.cost.size)
        values(self.net, self.best_multiplier, self.best_levy[self.rules.group], value)
        take(*self.best_cuts, value, np.empty(self.net.weight.size))
        return np.asarray(value - self.best_price * self.rules.cost)

    def hopeless(self, objective: float) -> Flags:
        """Return the sites that no plan better than ``objective`` can open (reduced-cost fixing)."""
        below = np.minimum(0.0, self.surplus())
        slack = 1e-7 * max(1.0, abs(objective))
        if self.seek is Seek.MOST:
            return np.asarray(self.dual + below < objective - slack)
        if self.best_price <= 0.0:
            return np.zeros(below.size, np.bool_)
        return np.asarray(self.dual - below / self.best_price > objective + slack)

    def needed(self, objective: float) -> Flags:
        """Return the sites that every plan better than ``objective`` opens."""
        above = np.maximum(0.0, self.surplus())
        slack = 1e-7 * max(1.0, abs(objective))
        if self.seek is Seek.MOST:
            return np.asarray(self.dual - above < objective - slack)
        if self.best_price <= 0.0:
            return np.zeros(above.size, np.bool_)
        return np.asarray(self.dual + above / self.best_price > objective + slack)


def bound_for_counts(bound: Bound, counts: int) -> Floats:
    """Return upper bounds on the covered weight for 0..``counts`` sites of cost 1 from one multiplier vector."""
    value, taken = np.empty(bound.rules.cost.size), np.empty(bound.net.weight.size)
    values(bound.net, bound.best_multiplier, np.zeros(value.size), value)
    take(*bound.best_cuts, value, taken)
    unclaimed = float(np.maximum(0.0, bound.net.weight - bound.best_multiplier - taken).sum())
    unclaimed += float(bound.best_cuts[1].sum())
    top = np.cumsum(np.maximum(0.0, -np.sort(-value))[:counts])
    return np.asarray(unclaimed + np.concatenate(([0.0], top)))
