"""The best plan of a reduced question so far beside the bound on all plans, and how large the question is."""

from __future__ import annotations

import numpy as np

from madang.methods.coverage.arrays import Flags, Floats, random_state
from madang.methods.coverage.bounds import Bound, Seek
from madang.methods.coverage.effort import Effort
from madang.methods.coverage.search import Rules, greedy, meet_floors, prune, tally
from madang.methods.coverage.state import Net, State, opened
from madang.methods.coverage.watch import Watch

# HiGHS is asked about questions of so many pairs, a few thousand of them it settles in milliseconds, before anything
# else is worth doing; so many it and the pools of short annealings go through in some tenths of a second.
EXACT_PAIRS_MAX, TINY_PAIRS_MAX, POOL_PAIRS_MAX = 60_000, 4_000, 16_000
# Where sites overlap at random (this share of all pairs is reached), annealing stalls and HiGHS has few rows to weigh.
CROWDED_DENSITY = 0.002


class Incumbent:
    """One reduced question with its net, rules and goal, the best plan so far and the bound."""

    def __init__(
        self,
        net: Net,
        rules: Rules,
        seek: Seek,
        watch: Watch,
        seed: int = 0,
        effort: float = 1.0,
        base: float = 0.0,
        unit: float = 1.0,
    ) -> None:
        """Prepare the bound; nothing is solved yet.

        In reports the objective is ``base``, what fixed sites add, and ``unit`` times what the question itself says.
        """
        self.base, self.unit = base, unit
        self.net, self.rules, self.seek, self.watch = net, rules, seek, watch
        self.effort = Effort.of(net, effort)
        self.room = rules.room.copy()
        self.seed = random_state(seed)
        self.bound = Bound(net, rules, seek)
        self.best: Flags | None = None
        self.objective = np.nan
        self.impossible = False
        self.whole_weights = bool(np.all(net.weight == np.round(net.weight)))
        self.whole_costs = bool(np.all(rules.cost == np.round(rules.cost)))

    # What kind of question it is

    @property
    def small(self) -> bool:
        """Whether HiGHS may be asked about this question."""
        return self.net.site_rows.size <= EXACT_PAIRS_MAX

    @property
    def tiny(self) -> bool:
        """Whether so few pairs are left that the question is as good as settled."""
        return self.net.site_rows.size <= TINY_PAIRS_MAX

    @property
    def pooling(self) -> bool:
        """Whether short annealings come in pools, merged by HiGHS in some hundredths of a second."""
        return self.net.site_rows.size <= POOL_PAIRS_MAX

    @property
    def crowded(self) -> bool:
        """Whether sites overlap as they do at random rather than along streets, and nothing limits them by class."""
        pairs = self.net.site_rows.size
        return self.plain and pairs > CROWDED_DENSITY * self.net.weight.size * self.rules.cost.size

    @property
    def plain(self) -> bool:
        """Whether nothing limits sites by class, and no district has a floor."""
        return bool((self.room >= self.rules.cost.size).all()) and not self.rules.floor.size

    @property
    def branching(self) -> bool:
        """Whether the question is small enough to branch on, seeks the most, and only a budget limits it."""
        return self.tiny and self.seek is Seek.MOST and self.plain

    @property
    def cutting(self) -> bool:
        """Whether cuts on three rows are worth looking for: where rows may be left out."""
        return self.seek is not Seek.EVERYONE

    # Taking plans

    def _cost(self, open_: Flags) -> float:
        return float(self.rules.cost[open_].sum())

    def fits(self, open_: Flags) -> bool:
        """Say whether a plan keeps every rule."""
        return self._kept(open_, tally(self.net, self.rules, self.state_of(open_)))

    def _kept(self, open_: Flags, tallied: tuple[float, float, Floats]) -> bool:
        """Say whether a plan keeps every rule, being told what it spends, covers and holds by district."""
        spent, covered, held = tallied
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
        tallied = tally(self.net, self.rules, self.state_of(open_))
        if not self._kept(open_, tallied):
            return
        worth = tallied[1] if self.seek is Seek.MOST else self._cost(open_)
        better = worth > self.objective if self.seek is Seek.MOST else worth < self.objective
        if self.best is None or better:
            self.best, self.objective = open_.copy(), worth
            self.watch.note(f"{what}: {self.standing()}")

    def complete(self, open_: Flags, what: str) -> Flags:
        """Meet the floors, fill up to budget or target, close what is spare; offer the plan and return it."""
        state = self.state_of(open_)
        if self.rules.floor.size:
            meet_floors(self.net, self.rules, state)
        greedy(self.net, self.rules, state, 0.0)
        if self.seek is not Seek.MOST:
            prune(self.net, self.rules, state, self.rules.target)
        self.offer(state.open_, what)
        return np.asarray(state.open_)

    # What is known

    def standing(self) -> str:
        """Return objective and bound in words, as reports tell them."""
        objective, bound = (self.base + self.unit * value for value in (self.objective, self.proven_bound()))
        return f"objective {objective:,.10g}, bound {bound:,.10g}"

    def proven_bound(self) -> float:
        """Return the bound, rounded inwards where weights or costs are whole numbers."""
        bound = self.bound.best
        if self.seek is Seek.MOST:
            return float(np.floor(bound + 1e-6 * max(1.0, abs(bound) * 1e-6))) if self.whole_weights else bound
        return float(np.ceil(bound - 1e-6 * max(1.0, abs(bound) * 1e-6))) if self.whole_costs else bound

    def closed(self) -> bool:
        """Say whether bound and objective meet."""
        return self.best is not None and abs(self.proven_bound() - self.objective) <= 1e-9 * max(1, abs(self.objective))
