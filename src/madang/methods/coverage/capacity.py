"""Sites with ports: serve the most demand for a budget when every site has a capacity and one of several levels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from madang.core.errors import Both, BoundsError, DataError, InfeasibleError, UsageError
from madang.core.language import say_number as said
from madang.core.language import text
from madang.core.progress import Progress, silent
from madang.methods.coverage.arrays import Floats, Ints, Links, amounts, flags, pattern_of
from madang.methods.coverage.flow import Flow, Ports, anneal_levels, fill, fill_budget, no_flow, set_level
from madang.methods.coverage.flow_dual import descend
from madang.methods.coverage.presolve import merge_demand
from madang.methods.coverage.watch import Watch

NARROW, WIDE = 60, 1 << 30
PERIOD = 50


@dataclass(frozen=True)
class Level:
    """One power class: what a site of it costs and can serve, and where it is allowed.

    cost, capacity: one number for all sites or one for each (capacity in the unit of demand, say vehicles or kWh a
    day: ports x hours x power); allowed: candidate indices or a mask, None for everywhere.
    """

    name: str
    cost: ArrayLike
    capacity: ArrayLike
    allowed: Sequence[int] | ArrayLike | None = None


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
    seconds: float = 60.0,
    effort: float = 1.0,
    seed: int = 0,
    progress: Progress = silent,
    stop: Callable[[], bool] | None = None,
) -> CapacityPlan:
    """Give at most one level to each candidate so that the most demand is served within ``budget``.

    A demand row may be split among the sites that reach it. ``existing`` sites stand at a level and cost nothing.
    ``share`` is the least share of all demand to be served.

    Raises: DataError, BoundsError, UsageError for what cannot be taken; InfeasibleError that names reach, capacity or
        budget where ``share`` cannot be met.
    """
    question = _question(cover, demand, levels, existing or {}, budget)
    need = _need(question, share)
    watch = Watch(seconds, progress, stop)
    progress(0.0, "preparing the compiled kernels (an installation's first run compiles them)")
    _warm(question)
    watch = Watch(seconds, progress, stop)
    solver = _Solver(question, float(budget), watch, effort, seed)
    solver.run()
    if need > 0 and solver.served < need - 1e-9 * need:
        raise _too_little(need, solver.bound, float(budget))
    progress(1.0, "done")
    return solver.plan()


@dataclass(frozen=True)
class _Question:
    ports: Ports
    standing: Links
    names: list[str]
    row_of: Ints
    demand: Floats
    uncoverable: Ints


def _question(
    cover: Any, demand: ArrayLike, levels: Sequence[Level], existing: Mapping[int, str], budget: float
) -> _Question:
    """Check and merge; rows without a site keep their place as rows without pairs."""
    sites, rows, _, by_row = pattern_of(cover)
    wanted = amounts(demand, rows, "demand")
    if not levels:
        raise UsageError(
            Both("단계가 하나도 없습니다", "no level is given"),
            "levels",
            Both("하나라도 주십시오", "give at least one"),
        )
    names = [level.name for level in levels]
    if len(set(names)) != len(names):
        raise UsageError(
            Both("두 단계의 이름이 같습니다", "two levels have the same name"),
            "levels",
            Both("이름을 달리하십시오", "give each its own name"),
        )
    if np.isnan(budget) or budget < 0:
        raise BoundsError(
            Both(f"예산이 {budget:g}입니다", f"budget is {budget:g}"),
            "budget",
            Both("0 이상을 주십시오", "give zero or more"),
        )
    cost, capacity = _level_tables(levels, sites)
    standing = np.full(sites, -1, np.int32)
    for site, name in existing.items():
        if not 0 <= site < sites or name not in names:
            raise DataError(
                Both(
                    f"있는 자리 {site}의 단계 {name!r}을(를) 모릅니다", f"existing names site {site} at level {name!r}"
                ),
                "existing",
                Both(
                    f"있는 단계: {', '.join(names)}. 자리는 0부터 {sites - 1}까지",
                    f"levels are {', '.join(names)}; sites are 0 to {sites - 1}",
                ),
            )
        standing[site] = names.index(name)
        cost[site] = np.inf
    usable = (np.isfinite(cost).any(axis=1)) | (standing >= 0)
    reached = np.add.reduceat(np.append(usable[by_row[1]], 0).astype(np.int64), by_row[0][:-1])
    reached[np.diff(by_row[0]) == 0] = 0
    row_of, merged_ptr, merged_sites, merged = merge_demand(by_row, sites, wanted)
    return _Question(
        _ports(merged_ptr, merged_sites, sites, merged, cost, capacity), standing, names, row_of, wanted,
        np.flatnonzero(reached == 0),
    )  # fmt: skip


def _level_tables(levels: Sequence[Level], sites: int) -> tuple[Floats, Floats]:
    """Return cost (inf: not allowed) and capacity, sites x levels."""
    cost, capacity = np.empty((sites, len(levels))), np.empty((sites, len(levels)))
    for column, level in enumerate(levels):
        cost[:, column] = amounts(level.cost, sites, f"cost of level {level.name!r}")
        if (cost[:, column] <= 0).any():
            raise BoundsError(
                Both(
                    f"단계 {level.name!r}의 비용이 0인 자리가 있습니다",
                    f"level {level.name!r} costs nothing at some site",
                ),
                "levels",
                Both("0보다 큰 비용을 주십시오", "give costs above zero"),
            )
        capacity[:, column] = amounts(level.capacity, sites, f"capacity of level {level.name!r}")
        if level.allowed is not None:
            cost[~flags(level.allowed, sites, f"allowed of level {level.name!r}"), column] = np.inf
    return cost, capacity


def _ports(row_ptr: Ints, row_sites: Links, sites: int, demand: Floats, cost: Floats, capacity: Floats) -> Ports:
    order = np.argsort(row_sites, kind="stable")
    width = np.diff(row_ptr)
    site_rows = np.repeat(np.arange(demand.size, dtype=np.int32), width)[order]
    place = np.empty(order.size, np.int32)
    place[order] = np.arange(order.size, dtype=np.int32)
    site_ptr = np.concatenate(([0], np.cumsum(np.bincount(row_sites, minlength=sites)))).astype(np.int64)
    return Ports(site_ptr, site_rows, row_ptr, place, row_sites[order], demand, cost, capacity)


def _need(question: _Question, share: float | None) -> float:
    """Return the demand that must be served, after the checks that need no plan.

    Raises: InfeasibleError naming reach or capacity.
    """
    if share is None:
        return 0.0
    if not 0 <= share <= 1:
        raise BoundsError(
            Both(f"비율이 {share:g}입니다", f"share is {share:g}"),
            "share",
            Both("0에서 1 사이를 주십시오", "give a share from 0 to 1"),
        )
    need = share * float(question.demand.sum())
    within = float(question.demand.sum() - question.demand[question.uncoverable].sum())
    if need > within * (1 + 1e-12):
        raise InfeasibleError(
            text(
                f"비율 {share:g}은 {said(need)}을 채우라는 것인데 허용된 자리가 닿는 것은 {said(within)}입니다",
                f"share {share:g} asks for {said(need)} served; allowed sites reach {said(within)}",
            ),
            "reach",
            text("후보를 더하거나 비율을 낮추십시오", "add candidates or lower the share"),
        )
    most = _most_served(question)
    if need > most * (1 + 1e-9):
        raise InfeasibleError(
            text(
                f"비율 {share:g}은 {said(need)}을 채우라는 것인데 모든 자리가 가장 커도 {said(most)}만 채웁니다",
                f"share {share:g} asks for {said(need)} served; all sites at their largest level serve {said(most)}",
            ),
            "capacity",
            text("충전기나 후보를 더하거나 비율을 낮추십시오", "add ports, levels or candidates, or lower the share"),
        )
    return need


def _most_served(question: _Question) -> float:
    """Return what is served when every site has its largest allowed level, whatever that costs."""
    ports, state = question.ports, no_flow(question.ports)
    for j in range(question.standing.size):
        allowed = np.where(np.isfinite(ports.cost[j]), ports.capacity[j], -1.0)
        level = int(question.standing[j]) if question.standing[j] >= 0 else int(np.argmax(allowed))
        if question.standing[j] >= 0 or allowed[level] >= 0:
            set_level(j, level, ports, state, WIDE)
            state.marks[0] = 0
    return float(ports.demand.sum() - state.left.sum())


def _too_little(need: float, bound: float, budget: float) -> InfeasibleError:
    if bound < need * (1 - 1e-9):
        return InfeasibleError(
            text(
                f"{said(need)}을 채워야 하는데 예산 {said(budget)} 안의 어떤 계획도 {said(bound)}을 넘지 못합니다",
                f"{said(need)} must be served; no plan within the budget of {said(budget)} serves more than "
                f"{said(bound)}",
            ),
            "budget",
            text("예산을 늘리거나 비율을 낮추십시오", "raise the budget or lower the share"),
        )
    return InfeasibleError(
        text(
            f"예산 {said(budget)} 안에서 {said(need)}을 채우는 계획을 찾지 못했습니다(없다고 증명된 것은 아닙니다)",
            f"no plan within the budget of {said(budget)} was found that serves {said(need)} "
            "(not proved that none exists)",
        ),
        "budget, share",
        text(
            "예산을 늘리거나 비율을 낮추거나 시간을 더 주십시오", "raise the budget, lower the share, or give more time"
        ),
    )


def _warm(question: _Question) -> None:
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

    def __init__(self, question: _Question, budget: float, watch: Watch, effort: float, seed: int) -> None:
        self.question, self.ports, self.watch = question, question.ports, watch
        self.budget = budget * (1 + 1e-12)
        sites, rows = question.standing.size, question.ports.demand.size
        self.rounds = int(400 * effort) + 50
        self.steps = int(effort * min(400 * sites, 1_500_000))
        self.seed = np.array([0x9E3779B97F4A7C15 ^ (seed * 2_654_435_761 + 88_172_645_463_325_252)], np.uint64)
        self.bound = float(question.ports.demand.sum())
        self.price, self.best_price = np.full(rows, 0.5), np.full(rows, 0.5)
        self.direction, self.often = np.zeros(rows), np.zeros(sites)
        self.money = 0.0
        self.served, self.level = -1.0, question.standing.copy()
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
        state = self._flow_of(self.question.standing)
        fill_budget(self.ports, state, 0.0, self.budget, order)
        self._take(np.asarray(state.level), what)

    def run(self) -> None:
        """Make a first plan, bound it, anneal it, and bound it again."""
        every = np.arange(self.question.standing.size)
        self._take(self.question.standing, "what stands")
        self._greedy(every, "greedy")
        self._tighten(self.rounds, 0.35)
        self._greedy(np.flatnonzero(self.often > 0.3 * self.often.max(initial=0.0)), "rounded relaxation")
        self._top_up("topped up")
        self._anneal(0.85)
        self._top_up("topped up")
        self._tighten(self.rounds * 2, 1.0)

    def _top_up(self, what: str) -> None:
        state = self._flow_of(self.level)
        fill_budget(self.ports, state, self._spent(self.level), self.budget, np.arange(self.level.size))
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
        if not (self.level >= 0).any() or self.ports.site_rows.size == 0:
            return
        state, spent = self._flow_of(self.level), self._spent(self.level)
        unit = max(self.money, 1e-12) * float(self.ports.cost[np.isfinite(self.ports.cost)].mean())
        hot, cold = 0.1 * unit, 0.005 * unit
        for begin, end, count in self.watch.portions(self.steps, 20_000, until):
            warm, cool = hot * (cold / hot) ** begin, hot * (cold / hot) ** end
            spent = anneal_levels(
                self.ports, state, spent, self.budget, 0.7 * self.money, warm, cool, count, NARROW, self.seed
            )
            self.watch.report(0.35 + 0.5 * end, f"searching: {self._standing()}")
        self._take(np.asarray(state.level), "annealed")

    def plan(self) -> CapacityPlan:
        """Return the plan on the original demand rows."""
        question, served = self.question, max(0.0, self.served)
        bound = max(self.bound, served)
        proved = bound - served <= 1e-9 * max(1.0, served)
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
            cost=self._spent(self.level), served_share=served / total if total > 0 else 1.0,
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
