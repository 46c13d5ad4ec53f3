"""Sites with ports: serve the most demand for a budget when every site has a capacity and one of several levels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from madang.core.errors import InfeasibleError
from madang.core.language import say_number as said
from madang.core.language import text
from madang.core.progress import Progress, silent
from madang.methods.coverage.arrays import Floats, Ints, Links, one_number, positive, random_state
from madang.methods.coverage.capacity_question import WIDE, Level, Question, Stated, need_of, question_of
from madang.methods.coverage.flow import Flow, anneal_levels, fill, fill_budget, no_flow, set_level
from madang.methods.coverage.flow_dual import descend
from madang.methods.coverage.flow_exact import PAIRS_MAX, solve_levels
from madang.methods.coverage.watch import Watch

NARROW = 60
PERIOD = 50
# An annealing makes so many steps; more effort makes more of them, each from the best plan so far.
STEPS_A_SITE, STEPS_MAX = 400, 1_500_000


@dataclass(frozen=True)
class CapacityPlan:
    """Which site gets which level, whom it serves, and how far from the best possible that can be at most.

    level_of: level name by opened candidate; allocation: demand served, candidate x demand (CSR, unit of demand);
    served, bound: demand served and an upper bound on it; gap: (bound - served) / served; load, capacity: by
    candidate; uncoverable: demand rows that no allowed candidate reaches.
    """

    level_of: dict[int, str]
    allocation: sparse.csr_array
    served: float
    bound: float
    gap: float
    proved: bool
    status: str
    cost: float
    served_share: float
    load: Floats
    capacity: Floats
    uncoverable: Ints
    seconds: float
    log: tuple[str, ...] = ()


def plan_capacity(
    cover: Any,
    demand: ArrayLike,
    levels: Sequence[Level],
    *,
    budget: float,
    share: float | None = None,
    existing: Mapping[int, str] | None = None,
    forced: Sequence[int] | ArrayLike = (),
    seconds: float = 60.0,
    effort: float = 1.0,
    seed: int = 0,
    progress: Progress = silent,
    stop: Callable[[], bool] | None = None,
) -> CapacityPlan:
    """Give at most one level to each candidate so that the most demand is served within ``budget``.

    A demand row may be split among the sites that reach it. ``existing`` sites stand at a level and cost nothing;
    ``forced`` ones are opened at some level and paid for. ``share`` is the least share of all demand to be served.

    Raises: DataError, BoundsError, UsageError for what cannot be taken; InfeasibleError that names reach, capacity or
        budget where ``share`` cannot be met, and forced beside capacity or budget where those sites cannot be opened.
    """
    seconds, effort = positive(seconds, "seconds"), positive(effort, "effort", most=1e9)
    budget = one_number(budget, "budget")
    question = question_of(cover, demand, levels, Stated(existing or {}, forced), budget)
    need = need_of(question, None if share is None else one_number(share, "share"))
    progress(0.0, "preparing the compiled kernels (an installation's first run compiles them)")
    _warm(question)
    watch = Watch(seconds, progress, stop)
    solver = _Solver(question, budget, watch, effort, seed)
    solver.run()
    if need > 0 and solver.served < need - 1e-9 * need:
        raise _too_little(need, solver.bound, budget, has_forced=bool((question.must >= 0).any()))
    progress(1.0, "done")
    return solver.plan()


def _too_little(need: float, bound: float, budget: float, *, has_forced: bool) -> InfeasibleError:
    also = ("budget, forced", "에 반드시 열 자리를 연", " that opens the forced sites", "반드시 열 자리를 줄이거나 ")
    where, ko, en, ko_todo = also if has_forced else ("budget", "의", "", "")
    en_todo = "raise the budget, force fewer sites" if has_forced else "raise the budget"
    if bound < need * (1 - 1e-9):
        return InfeasibleError(
            text(
                f"{said(need)}을 채워야 하는데 예산 {said(budget)} 안{ko} 어떤 계획도 {said(bound)}을 넘지 못합니다",
                f"{said(need)} must be served; no plan within the budget of {said(budget)}{en} serves more than "
                f"{said(bound)}",
            ),
            where,
            text(f"예산을 늘리거나 {ko_todo}비율을 낮추십시오", f"{en_todo} or lower the share"),
        )
    return InfeasibleError(
        text(
            f"예산 {said(budget)} 안{ko} 계획 가운데 {said(need)}을 채우는 것을 찾지 못했습니다"
            "(없다고 증명된 것은 아닙니다)",
            f"no plan within the budget of {said(budget)}{en} was found that serves {said(need)} "
            "(not proved that none exists)",
        ),
        f"{where}, share",
        text(
            f"예산을 늘리거나 {ko_todo}비율을 낮추거나 시간을 더 주십시오",
            f"{en_todo}, lower the share, or give more time",
        ),
    )


def _warm(question: Question) -> None:
    """Compile or load the kernels with no work to do."""
    ports = question.ports
    state = no_flow(ports)
    fill_budget(ports, state, 0.0, -1.0, np.zeros(0, np.int64))
    if ports.demand.size and ports.site_rows.size:
        fill(0, ports, state, 1)
        anneal_levels(ports, state, 0.0, 0.0, 0.0, 1.0, 0.5, 0, NARROW, np.ones(1, np.uint64))
        vector = np.zeros(ports.demand.size)
        descend(ports, 0.0, vector, vector.copy(), vector.copy(), np.zeros(ports.cost.shape[0]), 0.0, 1.0, 0.0, 0)


class _Solver:
    """Holds the flow, the prices and the best plan while it works."""

    def __init__(self, question: Question, budget: float, watch: Watch, effort: float, seed: int) -> None:
        self.question, self.ports, self.watch = question, question.ports, watch
        # What must be opened is paid first; a hair is added, so that rounding never leaves out what is just affordable.
        self.budget = max(0.0, budget - question.must_cost) + budget * 1e-12
        sites, rows = question.standing.size, question.ports.demand.size
        self.effort, self.rounds = effort, int(400 * effort) + 50
        self.seed = random_state(seed)
        self.bound = float(question.ports.demand.sum())
        self.price, self.best_price = np.full(rows, 0.5), np.full(rows, 0.5)
        self.direction, self.often = np.zeros(rows), np.zeros(sites)
        self.money = 0.0
        self.served, self.level = -1.0, question.begins.copy()
        self.state: Flow = no_flow(self.ports)

    def _flow_of(self, level: Links) -> Flow:
        state: Flow = no_flow(self.ports)
        for j in np.flatnonzero(level >= 0):
            set_level(j, level[j], self.ports, state, WIDE)
            state.marks[0] = 0
        return state

    def _spent(self, level: Links) -> float:
        new = np.flatnonzero((level >= 0) & (self.question.standing < 0))
        return float(self.ports.cost[new, level[new]].sum())

    def _take(self, level: Links, what: str) -> None:
        """Serve all that ``level`` can, and keep it if it is the best within the budget."""
        state = self._flow_of(level)
        served = float(self.ports.demand.sum() - state.left.sum())
        if served > self.served and self._spent(level) <= self.budget * (1 + 1e-9):
            self.served, self.level, self.state = served, level.copy(), state
            self.watch.note(f"{what}: {self._standing()}")

    def _standing(self) -> str:
        return f"served {self.served:,.8g}, bound {self.bound:,.8g}"

    def _greedy(self, order: Ints, what: str) -> None:
        state = self._flow_of(self.question.begins)
        fill_budget(self.ports, state, 0.0, self.budget, order[self.question.must[order] < 0])
        self._take(np.asarray(state.level), what)

    def run(self) -> None:
        """Make a first plan, bound it, anneal it, and bound it again; what is small is then given to HiGHS."""
        every = np.arange(self.question.standing.size)
        self._take(self.question.begins, "what stands or must be opened")
        self._greedy(every, "greedy")
        self._tighten(self.rounds, 0.35)
        self._greedy(np.flatnonzero(self.often > 0.3 * self.often.max(initial=0.0)), "rounded relaxation")
        self._top_up("topped up")
        self._anneal(0.85)
        self._tighten(self.rounds * 2, 1.0)
        self._settle()

    def _closed(self) -> bool:
        """Say whether bound and plan meet, to a part of what is served: demand may be counted in any unit."""
        return self.bound - self.served <= 1e-9 * self.served

    def _settle(self) -> None:
        """Let HiGHS go on from the plan where the question is small enough."""
        if self._closed() or self.watch.over(1.0) or not 0 < self.ports.site_rows.size <= PAIRS_MAX:
            return
        got = solve_levels(self.question, self.budget, self.level, effort=self.effort, seconds=self.watch.left)
        self.bound = min(self.bound, got.bound)
        if got.level is not None:
            self._take(got.level, "exact search")

    def _top_up(self, what: str) -> None:
        state = self._flow_of(self.level)
        fill_budget(self.ports, state, self._spent(self.level), self.budget, np.flatnonzero(self.question.must < 0))
        self._take(np.asarray(state.level), what)

    def _tighten(self, rounds: int, until: float) -> None:
        pace, done = 1.0, 0
        standing = self._standing_capacity()
        while done < rounds and pace > 1e-3 and not self.watch.over(until):
            got, pace, self.money = descend(
                self.ports, self.budget, self.price, self.best_price, self.direction, self.often,
                self.served - standing, pace, self.bound - standing, PERIOD,
            )  # fmt: skip
            self.bound = min(self.bound, got + standing)
            done += PERIOD
            self.watch.report(0.1 + 0.25 * done / rounds, f"tightening the bound: {self._standing()}")
        self.price[:] = self.best_price

    def _standing_capacity(self) -> float:
        """Return what existing sites can add at most: they are outside the dual, so it is added to the bound."""
        kept = np.flatnonzero(self.question.standing >= 0)
        if kept.size == 0:
            return 0.0
        starts = self.ports.site_ptr
        total = 0.0
        for j in kept:
            near = float(self.ports.demand[self.ports.site_rows[starts[j] : starts[j + 1]]].sum())
            total += min(near, float(self.ports.capacity[j, self.question.standing[j]]))
        return total

    def _anneal(self, until: float) -> None:
        """Anneal from the best plan again and again, each time as long as before together."""
        priced = self.ports.cost[np.isfinite(self.ports.cost)]
        if not (self.level >= 0).any() or self.ports.site_rows.size == 0 or not priced.any():
            return
        unit = max(self.money, 1e-12) * float(priced.mean())
        left, turn = self.effort, min(1.0, self.effort)
        while turn > 0 and not self.watch.over(until):
            self._anneal_once(unit, int(turn * min(STEPS_A_SITE * self.level.size, STEPS_MAX)), until)
            self._top_up("topped up")
            left -= turn
            turn = min(left, self.effort - left)

    def _anneal_once(self, unit: float, steps: int, until: float) -> None:
        """Anneal at a falling temperature, in parts of ``unit``: what a site costs at the price of money."""
        state, spent = self._flow_of(self.level), self._spent(self.level)
        hot, cold = 0.1 * unit, 0.005 * unit
        for begin, end, count in self.watch.portions(steps, 20_000, until):
            warm, cool = hot * (cold / hot) ** begin, hot * (cold / hot) ** end
            spent = anneal_levels(
                self.ports, state, spent, self.budget, 0.7 * self.money, warm, cool, count, NARROW, self.seed
            )
            self.watch.report(0.35 + 0.5 * end, f"searching: {self._standing()}")
        # A site that must be opened and was closed on the way opens again: that costs nothing more.
        level = np.asarray(state.level)
        self._take(np.where(level < 0, self.question.must, level), "annealed")

    def plan(self) -> CapacityPlan:
        """Return the plan on the original demand rows."""
        question, served = self.question, max(0.0, self.served)
        bound, proved = max(self.bound, served), self._closed()
        new = np.flatnonzero((self.level >= 0) & (question.standing < 0))
        opened = np.flatnonzero(self.level >= 0)
        load = np.bincount(self.ports.pair_site, self.state.flow, self.level.size).astype(np.float64)
        capacity = np.zeros(self.level.size)
        capacity[opened] = self.ports.capacity[opened, self.level[opened]]
        total = float(question.demand.sum())
        return CapacityPlan(
            level_of={int(j): question.names[self.level[j]] for j in new},
            allocation=self._allocation(), served=served, bound=bound,
            gap=0.0 if proved else (bound - served) / max(served, 1e-300), proved=proved,
            status="optimal" if proved else f"not proved: {self.watch.cut or 'effort spent'}",
            cost=self._spent(self.level) + question.must_cost, served_share=served / total if total > 0 else 1.0,
            load=load, capacity=capacity, uncoverable=question.uncoverable, seconds=self.watch.elapsed,
            log=tuple(self.watch.log),
        )  # fmt: skip

    def _allocation(self) -> sparse.csr_array:
        """Split each merged row's flow among its original rows in proportion to their demand."""
        question, ports = self.question, self.ports
        merged = sparse.csr_array(
            (self.state.flow, ports.site_rows, ports.site_ptr), shape=(self.level.size, ports.demand.size)
        )
        part = np.zeros(question.demand.size)
        kept = question.row_of >= 0
        part[kept] = question.demand[kept] / np.maximum(ports.demand[question.row_of[kept]], 1e-300)
        spread = sparse.csr_array(
            (part[kept], (question.row_of[kept], np.flatnonzero(kept))), shape=(ports.demand.size, question.demand.size)
        )
        whole = (merged @ spread).tocsr()
        whole.eliminate_zeros()
        return whole
