"""From a reduced question to a plan with a bound: start, bound, core, annealing, polishing, and exactly where small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.methods.coverage import exact
from madang.methods.coverage.arrays import Flags, Floats
from madang.methods.coverage.bounds import Bound, Seek
from madang.methods.coverage.search import Rules, anneal, greedy, meet_floors, prune, tally
from madang.methods.coverage.state import Net, State, opened
from madang.methods.coverage.watch import Watch

EXACT_PAIRS_MAX = 60_000
PERIOD = 50


@dataclass(frozen=True)
class Effort:
    """How much work to plan; the same effort and seed give the same plan unless the time limit cuts it short."""

    bound_rounds: int
    steps: int

    @classmethod
    def of(cls, net: Net, effort: float) -> Effort:
        """Return the work for a question of this size: seconds at a thousand sites, a minute at 200,000."""
        sites = net.site_ptr.size - 1
        return cls(bound_rounds=int(800 * effort) + 100, steps=int(effort * (200_000 + 500 * sites)))


@dataclass
class Found:
    """The best plan so far of a reduced question, its objective and the bound."""

    open_: Flags
    objective: float
    bound: float
    proved: bool = False


class Solver:
    """One reduced question with its net, rules and goal; holds the best plan and the bound while it works."""

    def __init__(self, net: Net, rules: Rules, seek: Seek, watch: Watch, seed: int, effort: float) -> None:
        """Prepare the bound; nothing is solved yet."""
        self.net, self.rules, self.seek, self.watch = net, rules, seek, watch
        self.effort = Effort.of(net, effort)
        self.room = rules.room.copy()
        self.seed = np.array([0x9E3779B97F4A7C15 ^ (seed * 2_654_435_761 + 88_172_645_463_325_252)], np.uint64)
        self.bound = Bound(net, rules, seek)
        self.best: Flags | None = None
        self.objective = np.nan
        self.whole_weights = bool(np.all(net.weight == np.round(net.weight)))
        self.whole_costs = bool(np.all(rules.cost == np.round(rules.cost)))

    # Taking plans

    def _cost(self, open_: Flags) -> float:
        return float(self.rules.cost[open_].sum())

    def fits(self, open_: Flags) -> bool:
        """Say whether a plan keeps every rule."""
        state = self.state_of(open_)
        spent, covered, held = tally(self.net, self.rules, state)
        used = np.bincount(self.rules.group[open_], minlength=self.room.size)
        return bool(
            spent <= self.rules.budget
            and (used <= self.room).all()
            and (self.seek is Seek.MOST or covered >= self.rules.target)
            and (held >= self.rules.floor).all()
        )

    def state_of(self, open_: Flags) -> State:
        """Return the state of a plan and set the room left to match it."""
        state: State = opened(self.net, open_)
        self.rules.room[:] = self.room - np.bincount(self.rules.group[open_], minlength=self.room.size)
        return state

    def offer(self, open_: Flags, what: str) -> None:
        """Keep ``open_`` if it keeps the rules and beats the best plan."""
        if not self.fits(open_):
            return
        state = self.state_of(open_)
        worth = tally(self.net, self.rules, state)[1] if self.seek is Seek.MOST else self._cost(open_)
        better = worth > self.objective if self.seek is Seek.MOST else worth < self.objective
        if self.best is None or better:
            self.best, self.objective = open_.copy(), worth
            self.watch.note(f"{what}: objective {worth:,.6g}, bound {self.proven_bound():,.6g}")

    def proven_bound(self) -> float:
        """Return the bound, rounded inwards where weights or costs are whole numbers."""
        bound = self.bound.best
        if self.seek is Seek.MOST:
            return float(np.floor(bound + 1e-6 * max(1.0, abs(bound) * 1e-6))) if self.whole_weights else bound
        return float(np.ceil(bound - 1e-6 * max(1.0, abs(bound) * 1e-6))) if self.whole_costs else bound

    def closed(self) -> bool:
        """Say whether bound and objective meet."""
        return self.best is not None and abs(self.proven_bound() - self.objective) <= 1e-9 * max(1, abs(self.objective))

    # The steps of a solve

    def start(self) -> None:
        """Make a first plan: floors, then the most gain a cost; without need for a share, close what is spare."""
        self._complete(np.zeros(self.rules.cost.size, np.bool_), "greedy")

    def _complete(self, open_: Flags, what: str) -> None:
        """Meet the floors, fill up to budget or target, close what is spare, and offer the plan."""
        state = self.state_of(open_)
        if self.rules.floor.size:
            meet_floors(self.net, self.rules, state)
        greedy(self.net, self.rules, state, 0.0)
        if self.seek is not Seek.MOST:
            prune(self.net, self.rules, state, self.rules.target)
        self.offer(state.open_.copy(), what)

    def tighten(self, until: float) -> None:
        """Work on the bound, and round its fractional plan into a start."""
        bound = self.bound
        while bound.rounds < self.effort.bound_rounds and bound.still < 3 and not self.watch.over(until):
            bound.improve(PERIOD)
            self.watch.report(
                until * bound.rounds / self.effort.bound_rounds,
                f"bound {self.proven_bound():,.6g}, objective {self.objective:,.6g}",
            )
            if self.closed():
                return
        self._complete(self._rounded(), "rounded relaxation")

    def _rounded(self) -> Flags:
        """Return the fractional plan's sites above one half, as far as budget and room allow."""
        open_ = np.zeros(self.rules.cost.size, np.bool_)
        spent, room = 0.0, self.room.copy()
        for j in np.argsort(-self.bound.y, kind="stable"):
            if self.bound.y[j] <= 0.5:
                break
            if spent + self.rules.cost[j] <= self.rules.budget and room[self.rules.group[j]] > 0:
                open_[j] = True
                spent += self.rules.cost[j]
                room[self.rules.group[j]] -= 1
        return open_

    def search(self, until: float) -> None:
        """Anneal on the core: sites the bound finds nearly worth their price, with the best plan's."""
        if self.best is None:
            return
        core = self._core()
        net, index = core
        rules = self.rules._replace(
            cost=self.rules.cost[index], group=self.rules.group[index], room=self.rules.room,
            target=np.inf if self.seek is Seek.EVERYONE else self.rules.target,
        )  # fmt: skip
        net, price, unit = self._energies(net, rules)
        hot, cold, free = self._temperatures(unit)
        self.state_of(self.best)
        state: State = opened(net, self.best[index])
        steps = int(min(self.effort.steps, self.effort.steps * (0.3 + 0.7 * index.size / self.rules.cost.size)))
        for begin, end, count in self.watch.portions(steps, 250_000, until):
            warm = hot * (cold / hot) ** begin
            anneal(net, rules, state, price, warm, hot * (cold / hot) ** end, free, count, self.seed)
            self.watch.report(
                0.4 + 0.5 * end, f"objective {self.objective:,.6g}, bound {self.proven_bound():,.6g}, searching"
            )
        open_ = np.zeros(self.rules.cost.size, np.bool_)
        open_[index[state.open_]] = True
        self._complete(open_, "annealed")

    def _core(self) -> tuple[Net, Floats]:
        """Return the net of the sites worth moving to, and their indices."""
        surplus, cost = self.bound.surplus(), self.rules.cost
        near = surplus >= -0.3 * self.bound.best_price * cost
        assert self.best is not None
        kept = np.flatnonzero(near | (self.bound.y > 0) | self.best)
        return core_net(self.net, kept), kept

    def _energies(self, net: Net, rules: Rules) -> tuple[Net, float, float]:
        """Return (net with the weights to anneal on, price of a cost, worth of a typical site)."""
        typical = float(np.median(rules.cost))
        if self.seek is not Seek.EVERYONE:
            price = self.bound.best_price
            uniform = bool(np.all(rules.cost == rules.cost[0]))
            if self.seek is Seek.MOST:
                return net, 0.0 if uniform else 0.7 * price, price * typical
            return net, 0.95 * price, price * typical
        # Leaving a row out costs as much as its cheapest site, so filling up afterwards never loses.
        dearest = np.minimum.reduceat(rules.cost[net.row_sites], net.row_ptr[:-1])
        return net._replace(weight=dearest * (1.0 + 1e-9)), 1.0, typical

    def _temperatures(self, unit: float) -> tuple[float, float, float]:
        """Return (hot, cold, share of single openings and closings) that measured best for each question."""
        unit = max(unit, 1e-9 * max(1.0, float(self.net.weight.max(initial=1.0))))
        if self.seek is Seek.MOST:
            uniform = bool(np.all(self.rules.cost == self.rules.cost[0]))
            return 0.2 * unit, 0.01 * unit, 0.0 if uniform else 0.2
        if self.seek is Seek.SHARE:
            return 0.3 * unit, 0.02 * unit, 0.3
        return 0.3 * unit, 0.05 * unit, 0.4

    def finish(self) -> None:
        """Ask HiGHS for the rest where the question is small enough."""
        if self.closed() or self.best is None or self.watch.over():
            return
        if self.net.site_rows.size > EXACT_PAIRS_MAX:
            return
        banned = self.bound.hopeless(self.objective) & ~self.best
        self.watch.report(0.92, f"proving with HiGHS, {int((~banned).sum()):,} sites open to choice")
        self.state_of(np.zeros_like(self.best))
        got = exact.solve(
            self.net, self.rules, cheapest=self.seek is not Seek.MOST, start=self.best, banned=banned,
            seconds=self.watch.left,
        )  # fmt: skip
        if got.open_ is not None:
            self.offer(got.open_, "exact search")
        if got.finished and not got.infeasible:
            self.bound.best = self.objective
        elif np.isfinite(got.bound):
            # Fixing left out only sites that cannot be in a better plan, so the bound holds for the rest or the plan.
            tighter = max(got.bound, self.objective) if self.seek is Seek.MOST else min(got.bound, self.objective)
            self.bound.best = (min if self.seek is Seek.MOST else max)(self.bound.best, tighter)
        self.watch.over()

    def run(self) -> Found | None:
        """Do all steps; ``None`` means that no plan keeping the rules was found."""
        if self.net.weight.size == 0 or self.rules.cost.size == 0:
            empty = np.zeros(self.rules.cost.size, np.bool_)
            worth_nothing = self.fits(empty)
            return Found(empty, 0.0, 0.0, True) if worth_nothing else None
        self.start()
        self.tighten(0.4)
        if not self.closed():
            self.search(0.9 if self.net.site_rows.size > EXACT_PAIRS_MAX else 0.4)
        self.finish()
        if self.best is None:
            return None
        bound = self.proven_bound()
        bound = max(bound, self.objective) if self.seek is Seek.MOST else min(bound, self.objective)
        return Found(self.best, self.objective, bound, self.closed())


def core_net(net: Net, kept: Floats) -> Net:
    """Return the net over the ``kept`` sites only, with every row that one of them reaches kept in place.

    Rows that no kept site reaches stay as empty rows, so that row numbers do not change.
    """
    width = np.diff(net.site_ptr)[kept]
    site_ptr = np.concatenate(([0], np.cumsum(width))).astype(np.int64)
    at = np.repeat(net.site_ptr[kept] - site_ptr[:-1], width) + np.arange(site_ptr[-1])
    site_rows = net.site_rows[at]
    order = np.argsort(site_rows, kind="stable")
    row_sites = np.repeat(np.arange(kept.size, dtype=np.int32), width)[order]
    row_ptr = np.concatenate(([0], np.cumsum(np.bincount(site_rows, minlength=net.weight.size)))).astype(np.int64)
    return Net(site_ptr, site_rows, row_ptr, row_sites, net.weight)
