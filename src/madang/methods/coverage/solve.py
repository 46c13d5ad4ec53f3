"""From a reduced question to a plan with a bound: start, bound, core, annealing, polishing, and exactly where small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.methods.coverage.arrays import Flags, Ints
from madang.methods.coverage.bounds import Seek
from madang.methods.coverage.heat import energies, temperatures
from madang.methods.coverage.incumbent import POOL_PAIRS_MAX
from madang.methods.coverage.proving import (
    EARLY_LOOKS,
    EARLY_SHARE,
    ENTRIES_A_SECOND,
    FIRST_ROUNDS,
    SMALL_CUT_ROUNDS,
    TINY_LOOKS,
    Proving,
)
from madang.methods.coverage.search import anneal, neighbours
from madang.methods.coverage.state import Net, State, net_of, opened
from madang.methods.coverage.weighting import best_of_rows, explore

# A search by row weights or swaps takes a core of so many pairs, and touches so many entries at effort 1.
# A part of them comes before HiGHS, which has at most this share of the time left for what both can do.
EXPLORED_PAIRS_MAX, EXPLORED_ENTRIES, EXPLORED_FIRST, EXACT_SHARE = 10_000_000, 3e9, 0.1, 0.7
# Where that is large, so many entries and this share of the annealing's steps come before anything that a limit cuts.
QUICK_ENTRIES, QUICK_SHARE = 4e7, 1 / 16
# Between two looks at the clock annealing makes so many steps at most, fewer where sites reach many rows.
CHUNK_STEPS, CHUNK_ENTRIES = 250_000, 10_000_000
# Some short annealings of a small question, merged, soon say what a long one finds: so many pools of so many plans
# of so many steps a site.
POOLS, POOL_PLANS, POOL_STEPS_A_SITE = 5, 4, 110
# Larger ones are annealed once first; up to so many sites this often and long, because one may stall, and the next long
# one takes half a second.
BRIEF_SITES_MAX, BRIEF_STEPS_A_SITE = 2_000, (220, 220, 220)
# A large search for the most ends warm, and is then cooled so many times further in one part in as many of its steps.
QUENCH = 20
BESIDE = 16
# A site is in the core if its reduced cost is within this share of its price.
CORE_WIDTH, DENSE_SITES, DENSE_CORE_WIDTH = 0.2, 50_000, 0.12
# A small question is annealed so many times, by these shares of the steps.
# Where the most is sought, longer and cooler ones come first: a good plan at once, then many to merge.
SHORT_ROUNDS, LONG_ROUNDS = tuple(times / 46 for times in (1, 1, 2, 2, 4, 4, 8, 8, 16)), (0.4, 0.4, 0.4)


@dataclass
class Found:
    """The best plan so far of a reduced question, its objective and the bound."""

    open_: Flags
    objective: float
    bound: float
    proved: bool = False


class Solver(Proving):
    """Adds the steps that look for plans, and the order of all steps."""

    def start(self) -> None:
        """Make a first plan: floors, then the most gain a cost; without need for a share, close what is spare."""
        self.complete(np.zeros(self.rules.cost.size, np.bool_), "greedy")

    def explore(self, until: float, entries: float) -> None:
        """Weigh rows or swap sites from the best plan, on the sites that still can matter."""
        if self.best is None or self.closed():
            return
        kept = self._promising(self.best)
        rules = self.rules._replace(cost=self.rules.cost[kept], group=self.rules.group[kept])
        found = explore(
            net_of(self.net, kept), rules, self.best[kept], entries * self.effort.share, self.watch, until,
            self.seed,
        )  # fmt: skip
        open_ = np.zeros(self.rules.cost.size, np.bool_)
        open_[kept] = found
        self.offer(open_, "explored")

    def _promising(self, best: Flags) -> Ints:
        """Return the sites of the ``best`` plan and those of best reduced cost, as far as the search can take."""
        hopeful = best | ~self.bound.hopeless(self.objective)
        width = np.diff(self.net.site_ptr)
        pairs = int(width[hopeful].sum())
        if pairs > EXPLORED_PAIRS_MAX:
            surplus = self.bound.surplus()
            a_cost = np.divide(surplus, self.rules.cost, out=np.copysign(np.inf, surplus), where=self.rules.cost > 0)
            key = np.where(hopeful, a_cost, -np.inf)
            fitting = EXPLORED_PAIRS_MAX / max(1.0, pairs / hopeful.sum())
            hopeful &= best | best_of_rows(self.net, key, max(5, int(fitting / self.net.weight.size)))
        return np.flatnonzero(hopeful)

    def search(self, until: float) -> None:
        """Anneal: a large question once and slowly, a small one often, each plan merged into the best by HiGHS."""
        if self.best is None:
            return
        if not self.small:
            self._anneal_once(self.best, self.effort.steps, until)
            return
        first = self.best
        cool = LONG_ROUNDS if self.seek is Seek.MOST else ()
        for turn, share in enumerate((*cool, *SHORT_ROUNDS)):
            if self.closed() or self.watch.over(until):
                return
            before = self.best
            plan = self._anneal_once(first, max(256, int(self.effort.steps * share)), until, cool=turn < len(cool))
            self.merge(before, plan)

    def _briefly(self) -> None:
        """Look for a good plan in some hundredths of a second, as far as a small question's size allows."""
        if self.pooling:
            self.pool(1)
            return
        sites = self.rules.cost.size
        for steps_a_site in BRIEF_STEPS_A_SITE if sites <= BRIEF_SITES_MAX else (POOL_STEPS_A_SITE,):
            if self.best is None or self.closed() or self.watch.over():
                return
            self._anneal_once(self.best, steps_a_site * sites, 1.0)

    def pool(self, pools: int) -> None:
        """Anneal briefly some times from one start, and let HiGHS choose among the sites of all; do so ``pools`` times.

        Only where not everyone must be covered and HiGHS merges them at once.
        """
        if self.best is None or not self.cutting or not self.pooling:
            return
        start = self.best
        for _ in range(pools):
            union, steps = self.best.copy(), POOL_STEPS_A_SITE * self.rules.cost.size
            for _ in range(1 if self.tiny else POOL_PLANS):
                if self.closed() or self.watch.over():
                    return
                union |= self._anneal_once(start, steps, 1.0)
            self.merge(union, union)

    def _go_quickly(self, until: float) -> None:
        """Explore and anneal for some tenths of a second, planned by effort alone, so that any limit allows the same.

        Where sites overlap at random, which longer search finds the better plan is luck; so no limit does without this
        one, and more time begins with what less time finds.
        """
        self.tighten(until, FIRST_ROUNDS)
        self.explore(until, QUICK_ENTRIES)
        if self.best is not None and not self.closed():
            self._anneal_once(self.best, int(QUICK_SHARE * self.effort.steps), until)

    def _prove_early(self, until: float) -> None:
        """Cut a small question, settle its fractional sites and pools, then try to prove before any longer search."""
        self.cut(until, SMALL_CUT_ROUNDS)
        self.settle_fractional()
        self.pool(POOLS - 1)
        self.finish(EARLY_SHARE, EARLY_LOOKS, POOL_PAIRS_MAX)

    def _anneal_once(self, start: Flags, steps: int, until: float, *, cool: bool = False) -> Flags:
        """Anneal from ``start`` on the core, complete and offer what comes out, and return it."""
        net, index = self._core(start)
        if self._set_up_seconds(net) > until * self.watch.seconds - self.watch.elapsed:
            return start
        self.state_of(start)
        rules = self.rules._replace(
            cost=self.rules.cost[index], group=self.rules.group[index],
            target=np.inf if self.seek is Seek.EVERYONE else self.rules.target,
        )  # fmt: skip
        net, price, unit = energies(net, rules, self.seek, self.bound.best_price)
        held = 1 if self.best is None else int(self.best.sum())
        hot, cold, free = temperatures(self.net, self.rules, self.seek, unit, held, small=self.small, cool=cool)
        state: State = opened(net, start[index])
        beside = neighbours(net, BESIDE)
        chunk = min(CHUNK_STEPS, 1 + CHUNK_ENTRIES * index.size // max(1, net.site_rows.size))
        for begin, end, count in self.watch.portions(steps, chunk, until):
            warm = hot * (cold / hot) ** begin
            anneal(net, rules, state, beside, price, warm, hot * (cold / hot) ** end, free, count, self.seed)
            self.watch.report(0.4 + 0.5 * end, f"searching: {self.standing()}")
        if self.seek is Seek.MOST and not self.small and not self.watch.over(until):
            anneal(net, rules, state, beside, price, cold, cold / QUENCH, free, int(steps / QUENCH), self.seed)
        open_ = np.zeros(self.rules.cost.size, np.bool_)
        open_[index[state.open_]] = True
        return self.complete(open_, "annealed")

    def _set_up_seconds(self, net: Net) -> float:
        """Return about how long it takes to find every site's neighbours."""
        return float((np.diff(net.row_ptr).astype(np.float64) ** 2).sum()) / ENTRIES_A_SECOND

    def _core(self, start: Flags) -> tuple[Net, Ints]:
        """Return the net of the sites worth moving to, with those of ``start``, and their indices."""
        surplus, cost = self.bound.surplus(), self.rules.cost
        # Among so many sites that lie a few steps apart, a narrow core makes every move cheaper and loses little.
        width = CORE_WIDTH if cost.size <= DENSE_SITES else DENSE_CORE_WIDTH
        near = surplus >= -width * self.bound.best_price * cost
        kept = np.flatnonzero(near | (self.bound.y > 0) | start)
        return net_of(self.net, kept), kept

    def run(self) -> Found | None:
        """Do all steps; ``None`` means that no plan keeping the rules was found."""
        if self.net.weight.size == 0 or self.rules.cost.size == 0:
            empty = np.zeros(self.rules.cost.size, np.bool_)
            self.impossible = not self.fits(empty)  # no other plan is left
            return None if self.impossible else Found(empty, 0.0, 0.0, True)
        self.start()
        if self.best is None:
            self.first_by_force()
        self._work()
        if self.best is None:
            return None
        bound = self.proven_bound()
        bound = max(bound, self.objective) if self.seek is Seek.MOST else min(bound, self.objective)
        return Found(self.best, self.objective, bound, self.closed())

    def _work(self) -> None:
        """Bound, search and prove, as suits the question; shares are of the time that presolve has left."""
        gone = min(1.0, self.watch.elapsed / self.watch.seconds)
        first, half, most = (gone + (1.0 - gone) * share for share in (0.3, 0.5, 0.9))
        if self.crowded and not self.small and self.cutting:
            self._go_quickly(half)
        self.bound_first(first)
        if self.tiny:
            self.branch(half)
            self.finish(looks=TINY_LOOKS)
        if self.cutting and self.small:
            self._briefly()
            self._prove_early(half)
        elif self.cutting:
            self.cut((first + half) / 2, self.effort.cut_rounds)
        everyone = self.seek is Seek.EVERYONE
        some = (EXPLORED_FIRST / 8 if self.small else EXPLORED_FIRST) * EXPLORED_ENTRIES
        if self.crowded and (everyone or not self.small):
            self.explore(half, some)
        if not self.closed() and not (self.crowded and everyone):
            self.search(half if self.small else most)
        if not self.closed() and self.small:
            self.bound_last(half)
        if self.crowded:
            self.explore(half, some)
            self.finish(EXACT_SHARE)
            if self.small and not everyone and not self.closed():
                self.search(1.0)
            self.explore(1.0, EXPLORED_ENTRIES)
        else:
            self.finish()
