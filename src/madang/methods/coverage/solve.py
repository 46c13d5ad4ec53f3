"""From a reduced question to a plan with a bound: start, bound, core, annealing, polishing, and exactly where small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.methods.coverage import exact
from madang.methods.coverage.arrays import Flags, Ints
from madang.methods.coverage.bounds import Bound, Seek
from madang.methods.coverage.branch import ENTRIES, TAKEN, WAITING, WORTH, bound_of, grow, planted
from madang.methods.coverage.effort import Effort
from madang.methods.coverage.heat import energies, temperatures
from madang.methods.coverage.search import Rules, anneal, greedy, meet_floors, neighbours, prune, tally
from madang.methods.coverage.state import Net, State, net_of, opened
from madang.methods.coverage.watch import Watch
from madang.methods.coverage.weighting import best_of_rows, explore

EXACT_PAIRS_MAX = 60_000
# Where sites overlap at random (this share of all pairs is reached), annealing stalls and HiGHS has few rows to weigh.
CROWDED_DENSITY, CROWDED_EXACT_PAIRS_MAX = 0.002, 400_000
# HiGHS looks at its clock seldom in a large question: it is asked about so many pairs a second left at most.
EXACT_PAIRS_A_SECOND = 60_000
# HiGHS looks around hundreds of times a second in a small question and seldom in a large one: it may do so this often
# at least, and so many times more, divided by the pairs squared, at effort 1.
LOOKS_LEAST, LOOKS_TIMES_PAIRS_SQUARED = 20, 1e11
# So small a question HiGHS settles in milliseconds, before anything else is worth doing.
TINY_PAIRS_MAX, TINY_LOOKS = 4_000, 60
# Branching without HiGHS comes before that, and looks at the clock after so many entries.
BRANCHED_ENTRIES_AT_ONCE = 3e6
# A search by row weights or swaps takes a core of so many pairs, and touches so many entries at effort 1.
# A part of them comes before HiGHS, which has at most this share of the time left for what both can do.
EXPLORED_PAIRS_MAX, EXPLORED_ENTRIES, EXPLORED_FIRST, EXACT_SHARE = 10_000_000, 3e9, 0.1, 0.7
# A small question has a good price after a few rounds; the rest of them follow the search, or are the branches' own.
PERIOD, FIRST_ROUNDS, SMALL_ROUNDS, TINY_ROUNDS = 50, 20, 150, 70
# The first period with cuts only finds its feet; after it, one that gains less than this share is the last.
CUT_PERIOD, CUT_GAIN_LEAST = 100, 8e-5
# Between two looks at the clock annealing makes so many steps at most, fewer where sites reach many rows.
CHUNK_STEPS, CHUNK_ENTRIES = 250_000, 10_000_000
# Some short annealings of a small question, merged, soon say what a long one finds: so many pools of so many plans
# of so many steps a site, where HiGHS merges them in some hundredths of a second.
POOLS, POOL_PLANS, POOL_STEPS_A_SITE, POOL_PAIRS_MAX = 5, 4, 110, 16_000
# Larger ones are annealed once first; up to so many sites this often and long, because one may stall, and the next long
# one takes half a second.
BRIEF_SITES_MAX, BRIEF_STEPS_A_SITE = 2_000, (220, 220, 220)
# A large search for the most ends warm, and is then cooled so many times further in one part in as many of its steps.
QUENCH = 20
# One round of the bound touches every pair twice; short limits allow fewer rounds before looking at the clock.
ENTRIES_A_SECOND, FIRST_SHARE = 1.5e8, 0.15
BESIDE = 16
# A site is in the core if its reduced cost is within this share of its price.
CORE_WIDTH, DENSE_SITES, DENSE_CORE_WIDTH = 0.2, 50_000, 0.12
# A small question is annealed so many times, by these shares of the steps; merging two plans takes HiGHS few looks.
# Where the most is sought, longer and cooler ones come first: a good plan at once, then many to merge.
SHORT_ROUNDS, LONG_ROUNDS = tuple(times / 46 for times in (1, 1, 2, 2, 4, 4, 8, 8, 16)), (0.4, 0.4, 0.4)
MERGE_LOOKS = 100


@dataclass
class Found:
    """The best plan so far of a reduced question, its objective and the bound."""

    open_: Flags
    objective: float
    bound: float
    proved: bool = False


class Solver:
    """One reduced question with its net, rules and goal; holds the best plan and the bound while it works."""

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
        self.seed = np.array([0x9E3779B97F4A7C15 ^ (seed * 2_654_435_761 + 88_172_645_463_325_252)], np.uint64)
        self.bound = Bound(net, rules, seek)
        self.best: Flags | None = None
        self.objective = np.nan
        self.impossible = False
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
            self.watch.note(f"{what}: {self._standing()}")

    def _standing(self) -> str:
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

    # The steps of a solve

    def start(self) -> None:
        """Make a first plan: floors, then the most gain a cost; without need for a share, close what is spare."""
        self._complete(np.zeros(self.rules.cost.size, np.bool_), "greedy")

    def _first_by_force(self) -> None:
        """Let HiGHS find a plan, or prove that there is none, where the greedy one breaks a rule."""
        if not self.small:
            return
        none = np.zeros(self.rules.cost.size, np.bool_)
        got = self._ask(none, none, self._looks(self.net.site_rows.size), self.watch.left / 2, "first plan")
        self.impossible = got.infeasible

    def _complete(self, open_: Flags, what: str) -> Flags:
        """Meet the floors, fill up to budget or target, close what is spare; offer the plan and return it."""
        state = self.state_of(open_)
        if self.rules.floor.size:
            meet_floors(self.net, self.rules, state)
        greedy(self.net, self.rules, state, 0.0)
        if self.seek is not Seek.MOST:
            prune(self.net, self.rules, state, self.rules.target)
        self.offer(state.open_, what)
        return np.asarray(state.open_)

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
                f"tightening the bound: {self._standing()}",
            )
            if self.closed():
                return
        if not self.watch.over(2 * until):
            self._complete(self._rounded(), "rounded relaxation")

    def cut(self, until: float, rounds: int) -> None:
        """Tighten the bound further with cuts on three rows, for ``rounds`` more at most."""
        bound, last = self.bound, self.bound.rounds + rounds
        a_period = 2 * CUT_PERIOD * self.net.site_rows.size / ENTRIES_A_SECOND
        if a_period > until * self.watch.seconds - self.watch.elapsed:
            return
        while bound.rounds < last and not self.closed() and not self.watch.over(until):
            before = bound.best
            bound.improve_with_cuts(CUT_PERIOD)
            self.watch.report(until, f"cutting fractions off, {bound.cut_levy.size:,} cuts: {self._standing()}")
            if abs(bound.best - before) <= CUT_GAIN_LEAST * abs(before) and bound.rounds > last - rounds + CUT_PERIOD:
                break

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

    @property
    def crowded(self) -> bool:
        """Whether sites overlap as they do at random rather than along streets, and nothing limits them by class."""
        pairs = self.net.site_rows.size
        return self.plain and pairs > CROWDED_DENSITY * self.net.weight.size * self.rules.cost.size

    @property
    def plain(self) -> bool:
        """Whether nothing limits sites by class, and no district has a floor."""
        return bool((self.room >= self.rules.cost.size).all()) and not self.rules.floor.size

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
            self._merge(before, plan)

    def _briefly(self) -> None:
        """Look for a good plan in some hundredths of a second, as far as a small question's size allows."""
        pairs = self.net.site_rows.size
        if pairs <= POOL_PAIRS_MAX:
            self.pool(1 if pairs <= TINY_PAIRS_MAX else POOL_PLANS)
            return
        sites = self.rules.cost.size
        for steps_a_site in BRIEF_STEPS_A_SITE if sites <= BRIEF_SITES_MAX else (POOL_STEPS_A_SITE,):
            if self.best is None or self.closed() or self.watch.over():
                return
            self._anneal_once(self.best, steps_a_site * sites, 1.0)

    def pool(self, plans: int) -> None:
        """Anneal briefly ``plans`` times from one start, and let HiGHS choose among the sites of all; do so often."""
        if self.best is None:
            return
        start = self.best
        for _ in range(POOLS):
            union, steps = self.best.copy(), POOL_STEPS_A_SITE * self.rules.cost.size
            for _ in range(plans):
                if self.closed() or self.watch.over():
                    return
                union |= self._anneal_once(start, steps, 1.0)
            self._merge(union, union)

    @property
    def small(self) -> bool:
        """Whether HiGHS may be asked about this question."""
        return self.net.site_rows.size <= EXACT_PAIRS_MAX

    def _merge(self, one: Flags, other: Flags) -> None:
        """Look for the best plan among the sites of two plans: few enough for HiGHS to settle at once."""
        if self.watch.over():
            return
        if self.best is not None:
            self._ask(self.best, ~(one | other), MERGE_LOOKS, self.watch.left, "merged")

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
            self.watch.report(0.4 + 0.5 * end, f"searching: {self._standing()}")
        if self.seek is Seek.MOST and not self.small and not self.watch.over(until):
            anneal(net, rules, state, beside, price, cold, cold / QUENCH, free, int(steps / QUENCH), self.seed)
        open_ = np.zeros(self.rules.cost.size, np.bool_)
        open_[index[state.open_]] = True
        return self._complete(open_, "annealed")

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

    def _looks(self, pairs: int) -> int:
        """Return how often HiGHS may look around in a question of so many pairs."""
        return LOOKS_LEAST + int(self.effort.share * LOOKS_TIMES_PAIRS_SQUARED / max(1.0, float(pairs)) ** 2)

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
            self.watch.report(self.watch.share, f"branching, {tree.figures[WAITING]:.0f} parts: {self._standing()}")
            if tree.figures[TAKEN] == taken:
                break
        bound.best = min(bound.best, max(bound_of(tree), self.objective))

    @property
    def branching(self) -> bool:
        """Whether the question is small enough to branch on, seeks the most, and only a budget limits it."""
        return self.net.site_rows.size <= POOL_PAIRS_MAX and self.seek is Seek.MOST and self.plain

    def finish(self, share: float = 1.0, looks: int | None = None) -> None:
        """Ask HiGHS for the rest, within ``share`` of the time left, where reduced costs leave little enough open."""
        if self.closed() or self.best is None or self.watch.over():
            return
        banned = self.bound.hopeless(self.objective) & ~self.best
        pairs = int(np.diff(self.net.site_ptr)[~banned].sum())
        most = CROWDED_EXACT_PAIRS_MAX if self.crowded and self.seek is Seek.EVERYONE else EXACT_PAIRS_MAX
        seconds = share * self.watch.left
        if pairs > most or pairs > EXACT_PAIRS_A_SECOND * seconds:
            return
        self.watch.report(0.92, f"proving with HiGHS, {int((~banned).sum()):,} sites open to choice")
        sure = self.bound.needed(self.objective) & self.best
        looks = self._looks(pairs) if looks is None else looks
        got = self._ask(self.best, banned, looks, seconds, "exact search", sure)
        if got.finished and not got.infeasible:
            self.bound.best = self.objective
        elif np.isfinite(got.bound):
            # Fixing left out only sites that cannot be in a better plan, so the bound holds for the rest or the plan.
            tighter = max(got.bound, self.objective) if self.seek is Seek.MOST else min(got.bound, self.objective)
            self.bound.best = (min if self.seek is Seek.MOST else max)(self.bound.best, tighter)
        self.watch.over()

    def _ask(
        self, start: Flags, banned: Flags, looks: int, seconds: float, what: str, sure: Flags | None = None
    ) -> exact.Exact:
        """Ask HiGHS for the best plan without the ``banned`` and with the ``sure`` sites; offer and return it."""
        self.rules.room[:] = self.room
        got = exact.solve(
            self.net, self.rules, cheapest=self.seek is not Seek.MOST, start=start, banned=banned & ~start,
            sure=np.zeros(start.size, np.bool_) if sure is None else sure,
            whole=self.whole_weights if self.seek is Seek.MOST else self.whole_costs, looks=looks,
            seconds=seconds,
        )  # fmt: skip
        self.watch.clocked |= got.clocked
        if got.open_ is not None:
            self.offer(got.open_, what)
        return got

    def run(self) -> Found | None:
        """Do all steps; ``None`` means that no plan keeping the rules was found."""
        if self.net.weight.size == 0 or self.rules.cost.size == 0:
            empty = np.zeros(self.rules.cost.size, np.bool_)
            worth_nothing = self.fits(empty)
            return Found(empty, 0.0, 0.0, True) if worth_nothing else None
        self.start()
        if self.best is None:
            self._first_by_force()
        self._work()
        if self.best is None:
            return None
        bound = self.proven_bound()
        bound = max(bound, self.objective) if self.seek is Seek.MOST else min(bound, self.objective)
        return Found(self.best, self.objective, bound, self.closed())

    def _work(self) -> None:
        """Bound, search and prove, as suits the question; shares are of the time that presolve has left."""
        rounds = self.effort.bound_rounds
        gone = min(1.0, self.watch.elapsed / self.watch.seconds)
        first, half, most = (gone + (1.0 - gone) * share for share in (0.3, 0.5, 0.9))
        cutting = not self.small and self.seek is not Seek.EVERYONE
        tiny = self.net.site_rows.size <= TINY_PAIRS_MAX
        small = TINY_ROUNDS if tiny and self.branching else SMALL_ROUNDS
        before = small if self.small else self.effort.rounds_before_cuts if cutting else rounds
        self.tighten(first, min(before, rounds))
        if cutting:
            self.cut((first + half) / 2, self.effort.cut_rounds)
        if tiny:
            self.branch(half)
            self.finish(looks=TINY_LOOKS)
        if self.seek is Seek.MOST and self.small:
            self._briefly()
        if not tiny:
            self.branch(half)
        everyone = self.seek is Seek.EVERYONE
        some = (EXPLORED_FIRST / 8 if self.small else EXPLORED_FIRST) * EXPLORED_ENTRIES
        if self.crowded and (everyone or not self.small):
            self.explore(half, some)
        if not self.closed() and not (self.crowded and everyone):
            self.search(half if self.small else most)
        if not self.closed() and self.small:
            self.tighten(half, rounds)
        if self.crowded:
            self.explore(half, some)
            self.finish(EXACT_SHARE)
            if self.small and not everyone and not self.closed():
                self.search(1.0)
            self.explore(1.0, EXPLORED_ENTRIES)
        else:
            self.finish()
