"""The steps that bound a question and settle it: prices, cuts, branching, and HiGHS on what they leave open."""

from __future__ import annotations

import numpy as np

from madang.methods.coverage import exact
from madang.methods.coverage.arrays import Flags
from madang.methods.coverage.bounds import Seek
from madang.methods.coverage.branch import ENTRIES, TAKEN, WAITING, WORTH, bound_of, grow, planted
from madang.methods.coverage.incumbent import EXACT_PAIRS_MAX, POOL_PAIRS_MAX, Incumbent

CROWDED_EXACT_PAIRS_MAX = 400_000
# HiGHS looks at its clock seldom in a large question: it is asked about so many pairs a second left at most.
EXACT_PAIRS_A_SECOND = 60_000
# HiGHS looks around hundreds of times a second in a small question and seldom in a large one: it may do so this often
# at least, and so many times more, divided by the pairs squared, at effort 1.
LOOKS_LEAST, LOOKS_TIMES_PAIRS_SQUARED = 20, 1e11
# Tiny questions and the merging of two plans take few.
TINY_LOOKS, MERGE_LOOKS = 60, 100
# So often it may look around among the sites that the fractional plan opens by more than so much, and in the whole
# question right after, each in this share of the time left.
OPENED_LEAST, FRACTIONAL_LOOKS, EARLY_LOOKS, EARLY_SHARE = 1e-3, 25, 60, 0.3
# Branching without HiGHS looks at the clock after so many entries.
BRANCHED_ENTRIES_AT_ONCE = 3e6
# A small question has a good price after a few rounds; the rest of them follow the search, or are the branches' own.
PERIOD, FIRST_ROUNDS, SMALL_ROUNDS, TINY_ROUNDS = 50, 20, 150, 70
# The first period with cuts only finds its feet; after it, one that gains less than this share is the last. In a small
# question so many may gain less than this share of the gap, and most is gained after the first few periods.
CUT_PERIOD, CUT_GAIN_LEAST = 100, 8e-5
SMALL_GAIN_LEAST, SMALL_PATIENCE, SMALL_CUT_ROUNDS = 0.02, 2, 600
# One round of the bound touches every pair twice; short limits allow fewer rounds before looking at the clock.
ENTRIES_A_SECOND, FIRST_SHARE = 1.5e8, 0.15


class Proving(Incumbent):
    """Adds to the best plan and the bound the steps that move the bound, and the plans found on the way."""

    def tighten(self, until: float, rounds: int) -> None:
        """Work on the bound for at most ``rounds`` in all, and round its fractional plan into a start."""
        bound = self.bound
        # Even without time some bound is owed; these few rounds cost a fraction of a second in any city.
        if self.best is not None:
            bound.begin_at(self.objective)
        pairs = max(1, self.net.site_rows.size)
        bound.improve(int(np.clip(FIRST_SHARE * self.watch.seconds * ENTRIES_A_SECOND / pairs, 2, FIRST_ROUNDS)))
        period = int(np.clip(0.1 * self.watch.seconds * ENTRIES_A_SECOND / pairs, 4, PERIOD))
        while bound.rounds < rounds and bound.still < 3 and not self.watch.over(until):
            bound.improve(period)
            self.watch.report(
                until * bound.rounds / rounds,
                f"tightening the bound: {self.standing()}",
            )
            if self.closed():
                return
        if not self.watch.over(2 * until):
            self.complete(self._rounded(), "rounded relaxation")

    def bound_first(self, until: float) -> None:
        """Work on the bound as long as pays before anything else is tried."""
        if self.small:
            rounds = TINY_ROUNDS if self.branching else SMALL_ROUNDS
        else:
            rounds = self.effort.rounds_before_cuts if self.cutting else self.effort.bound_rounds
        self.tighten(until, min(rounds, self.effort.bound_rounds))

    def bound_last(self, until: float) -> None:
        """Give a small question the rounds that the first bound left over, with cuts where those help."""
        if self.cutting:
            self.cut(until, self.effort.cut_rounds - SMALL_CUT_ROUNDS)
        else:
            self.tighten(until, self.effort.bound_rounds)

    def cut(self, until: float, rounds: int) -> None:
        """Tighten the bound further with cuts on three rows, for ``rounds`` more at most."""
        bound, last = self.bound, self.bound.rounds + rounds
        a_period = 2 * CUT_PERIOD * self.net.site_rows.size / ENTRIES_A_SECOND
        if a_period > until * self.watch.seconds - self.watch.elapsed:
            return
        patience = SMALL_PATIENCE if self.small else 1
        while bound.rounds < last and patience > 0 and not self.closed() and not self.watch.over(until):
            before = bound.best
            bound.improve_with_cuts(CUT_PERIOD)
            self.watch.report(until, f"cutting fractions off, {bound.cut_levy.size:,} cuts: {self.standing()}")
            least = SMALL_GAIN_LEAST * abs(bound.best - self.objective) if self.small else CUT_GAIN_LEAST * abs(before)
            if abs(bound.best - before) <= least and bound.rounds > last - rounds + CUT_PERIOD:
                patience -= 1

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

    def branch(self, until: float) -> None:
        """Branch and bound from the best plan, as far as the effort goes, where that suits the question."""
        if self.best is None or self.closed() or not self.branching:
            return
        bound, cost, budget, entries = self.bound, self.rules.cost, self.rules.budget, self.effort.branched_entries
        tree = planted(self.net, bound.best_multiplier, bound.y, bound.best, self.best, self.objective)
        done, whole = False, self.whole_weights
        while not done and tree.figures[ENTRIES] < entries and not self.watch.over(until):
            taken, most = tree.figures[TAKEN], min(entries, tree.figures[ENTRIES] + BRANCHED_ENTRIES_AT_ONCE)
            done = grow(self.net, cost, budget, whole, tree, most)
            if tree.figures[WORTH] > self.objective:
                self.offer(tree.best, "branching")
            self.watch.report(self.watch.share, f"branching, {tree.figures[WAITING]:.0f} parts: {self.standing()}")
            if tree.figures[TAKEN] == taken:
                break
        bound.best = min(bound.best, max(bound_of(tree), self.objective))

    def first_by_force(self) -> None:
        """Let HiGHS find a plan, or prove that there is none, where the greedy one breaks a rule."""
        if not self.small:
            return
        none = np.zeros(self.rules.cost.size, np.bool_)
        got = self._ask(none, none, self._looks(self.net.site_rows.size), self.watch.left / 2, "first plan")
        self.impossible = got.infeasible

    def merge(self, one: Flags, other: Flags) -> None:
        """Look for the best plan among the sites of two plans: few enough for HiGHS to settle at once."""
        if self.watch.over():
            return
        if self.best is not None:
            self._ask(self.best, ~(one | other), MERGE_LOOKS, self.watch.left, "merged")

    def settle_fractional(self) -> None:
        """Let HiGHS choose among the sites that the fractional plan opens at all, where those are few."""
        if self.best is None or self.closed() or self.watch.over():
            return
        opened = self.best | (self.bound.y > OPENED_LEAST)
        if self._pairs(opened) <= POOL_PAIRS_MAX:
            self._ask(self.best, ~opened, FRACTIONAL_LOOKS, EARLY_SHARE * self.watch.left, "fractional sites")

    def finish(self, share: float = 1.0, looks: int | None = None, most: int = EXACT_PAIRS_MAX) -> None:
        """Ask HiGHS for the rest, within ``share`` of the time left, where reduced costs leave little enough open."""
        if self.closed() or self.best is None or self.watch.over():
            return
        banned = self.bound.hopeless(self.objective) & ~self.best
        pairs, seconds = self._pairs(~banned), share * self.watch.left
        if pairs > most or pairs > EXACT_PAIRS_A_SECOND * seconds:
            return
        self.watch.report(0.92, f"proving with HiGHS, {int((~banned).sum()):,} sites open to choice")
        sure = self.bound.needed(self.objective) & self.best
        looks = self._looks(pairs) if looks is None else looks
        got = self._ask(self.best, banned, looks, seconds, "exact search", sure)
        # HiGHS keeps rules to a millionth: where its plan breaks one by less, nothing is known of those that do not.
        if got.finished and not got.infeasible and (got.open_ is None or self.fits(got.open_)):
            self.bound.best = self.objective
        elif np.isfinite(got.bound):
            # Fixing left out only sites that cannot be in a better plan, so the bound holds for the rest or the plan.
            tighter = max(got.bound, self.objective) if self.seek is Seek.MOST else min(got.bound, self.objective)
            self.bound.best = (min if self.seek is Seek.MOST else max)(self.bound.best, tighter)
        self.watch.over()

    def _pairs(self, kept: Flags) -> int:
        """Return how many pairs the ``kept`` sites have."""
        return int(np.diff(self.net.site_ptr)[kept].sum())

    def _looks(self, pairs: int) -> int:
        """Return how often HiGHS may look around in a question of so many pairs."""
        return LOOKS_LEAST + int(self.effort.share * LOOKS_TIMES_PAIRS_SQUARED / max(1.0, float(pairs)) ** 2)

    def _ask(
        self, start: Flags, banned: Flags, looks: int, seconds: float, what: str, sure: Flags | None = None
    ) -> exact.Exact:
        """Ask HiGHS for the best plan without the ``banned`` and with the ``sure`` sites; offer and return it."""
        self.rules.room[:] = self.room
        got = exact.solve(
            self.net, self.rules, cheapest=self.seek is not Seek.MOST, start=start, banned=banned & ~start,
            sure=np.zeros(start.size, np.bool_) if sure is None else sure,
            whole=self.whole_weights if self.seek is Seek.MOST else self.whole_costs, looks=looks,
            seconds=seconds, cuts=self.bound.binding(),
        )  # fmt: skip
        self.watch.clocked |= got.clocked
        if got.open_ is not None:
            self.offer(got.open_, what)
        return got
