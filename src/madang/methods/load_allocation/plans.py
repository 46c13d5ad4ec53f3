"""The three rules: least cost, equal percent and equal effluent, each to a plan that can be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from madang.core.errors import Both, InfeasibleError, UsageError
from madang.core.language import say_count
from madang.core.progress import Progress, silent
from madang.methods.load_allocation.effort import Bounds, Shortfall, UnmetTargets, bounds, shortfalls, worst_first
from madang.methods.load_allocation.model import LEAST, Solved, program, solve
from madang.methods.load_allocation.problem import DAYS_PER_YEAR, HAIR, Allocation, Floats

EQUAL_PERCENT, EQUAL_EFFLUENT = "equal percent", "equal effluent"
RULES = (LEAST, EQUAL_PERCENT, EQUAL_EFFLUENT)
_RULES_KO = {EQUAL_PERCENT: "균등 삭감", EQUAL_EFFLUENT: "균등 수질"}
G_PER_KG = 1000.0


@dataclass(frozen=True, eq=False)
class AllocationPlan:
    """Who removes what, when and by which measure (kg/d), what it costs and what a kilogram is worth.

    effort: measure x unit x substance x year; removed: unit x substance x year; station: station x substance x year.
    price: money that one more kg/d from a unit in a year costs (unit x substance x year); relief: money that one more
    kg/d of a cap saves (station x substance x year): both in money of the first year, for least cost only.
    level: the common percent removed, or mg/L of effluent (substance x year), for the equal rules; NaN for no limit.
    """

    rule: str
    problem: Allocation
    effort_kg_per_d: Floats
    removed_kg_per_d: Floats
    station_kg_per_d: Floats
    cost_by_substance: Floats
    price_per_kg_d: Floats | None
    relief_per_kg_d: Floats | None
    level: Floats | None

    @property
    def cost(self) -> float:
        """Money of the first year that the plan costs."""
        return float(self.cost_by_substance.sum())

    @property
    def allotted_kg_per_d(self) -> Floats:
        """What each unit may discharge (unit x substance x year)."""
        return self.problem.load_kg_per_d - self.removed_kg_per_d

    @property
    def price_per_kg(self) -> Floats | None:
        """Money for a kilogram instead of a kg/d kept up for a year."""
        return None if self.price_per_kg_d is None else self.price_per_kg_d / DAYS_PER_YEAR


def least_cost(problem: Allocation, progress: Progress = silent) -> AllocationPlan:
    """Return the plan that meets every held cap for the least money; substances are solved one by one.

    Raises:
        UnmetTargets: all measures together cannot meet a cap; says which, where and by how much.
    """
    allowed = [bounds(problem, p) for p in range(len(problem.substances))]
    found = [short for p, bound in enumerate(allowed) for short in shortfalls(problem, p, bound)]
    if found:
        raise UnmetTargets(worst_first(found))
    solved = []
    for p, bound in enumerate(allowed):
        solved.append(solve(problem, p, program(problem, p, bound)))
        progress((p + 1) / len(allowed), problem.substances[p])
    return _plan(LEAST, problem, solved, None)


def equal_percent(problem: Allocation) -> AllocationPlan:
    """Return the plan in which every unit removes the same percent of its load, each year as few as the caps allow.

    Raises:
        InfeasibleError: the percent is more than a unit can remove; names the unit, the year and by how much.
    """
    level = np.stack([_percent(problem, p) for p in range(len(problem.substances))])
    required = level[None] / 100.0 * problem.load_kg_per_d
    return _common(EQUAL_PERCENT, problem, required, level)


def equal_effluent(problem: Allocation) -> AllocationPlan:
    """Return the plan in which no unit's effluent is above one concentration, each year the highest the caps allow.

    Raises:
        UsageError: the problem has no effluent volumes. InfeasibleError: as for equal percent.
    """
    if problem.effluent_m3_per_d is None:
        raise UsageError(
            Both(
                "균등 수질로 나누려면 할당 단위마다 방류량이 있어야 합니다",
                "equal effluent needs the volume of each unit's effluent",
            ),
            todo=Both("effluent_m3_per_d를 주십시오", "give effluent_m3_per_d"),
        )
    level = np.stack([_effluent(problem, p) for p in range(len(problem.substances))])
    volume = problem.effluent_m3_per_d[:, None, :] / G_PER_KG
    limited = (volume > 0) & ~np.isnan(level)[None]
    top = np.where(limited, np.where(limited, level[None], 0.0) * volume, np.inf)
    return _common(EQUAL_EFFLUENT, problem, np.maximum(0.0, problem.load_kg_per_d - top), level)


def compare(problem: Allocation) -> dict[str, AllocationPlan | InfeasibleError]:
    """Return the plan of each rule that the problem can be asked, or why that rule has none."""
    rules: dict[str, Callable[[Allocation], AllocationPlan]] = {LEAST: least_cost, EQUAL_PERCENT: equal_percent}
    if problem.effluent_m3_per_d is not None:
        rules[EQUAL_EFFLUENT] = equal_effluent
    answers: dict[str, AllocationPlan | InfeasibleError] = {}
    for name, rule in rules.items():
        try:
            answers[name] = rule(problem)
        except InfeasibleError as error:
            answers[name] = error
    return answers


def _percent(problem: Allocation, substance: int) -> Floats:
    """Return the least common percent by year: loads at stations fall in proportion, so the neediest cap decides.

    Raises:
        UnmetTargets: even without any load a cap is exceeded (a cap below 0 is not, so never for caps from 0).
    """
    load = problem.paths.station_loads(substance, problem.load_kg_per_d[:, substance, :])
    cap = problem.held_kg_per_d[:, substance, :]
    over = ~np.isnan(cap) & (load > cap)
    share = np.where(over, 1.0 - np.where(over, cap, 1.0) / np.where(over, load, 1.0), 0.0)
    return np.asarray(100.0 * share.max(axis=0, initial=0.0))


def _effluent(problem: Allocation, substance: int) -> Floats:
    """Return the highest common mg/L by year that holds every cap; NaN where no limit is needed.

    Between the units' own concentrations the loads at stations rise in a straight line, so the answer is exact.
    """
    cap, load = problem.held_kg_per_d[:, substance, :], problem.load_kg_per_d[:, substance, :]
    assert problem.effluent_m3_per_d is not None  # noqa: S101 - the caller asked
    volume = problem.effluent_m3_per_d / G_PER_KG
    level = np.full(len(problem.years), np.nan)
    for y in range(len(problem.years)):
        own = np.where(volume[:, y] > 0, load[:, y] / np.where(volume[:, y] > 0, volume[:, y], 1.0), 0.0)
        edges = np.unique(np.concatenate(([0.0], own)))
        sent = np.minimum(load[:, y, None], edges[None, :] * volume[:, y, None])
        sent = np.where(volume[:, y, None] > 0, sent, load[:, y, None])
        at = problem.paths.station_loads(substance, sent)
        level[y] = _highest(edges, at, cap[:, y])
    return level


def _highest(edges: Floats, at: Floats, cap: Floats) -> float:
    """Return the highest level that keeps every row of ``at`` (station x edge, rising) to its cap; NaN for no limit."""
    highest = np.inf
    for row, top in zip(at, cap, strict=True):
        if np.isnan(top) or row[-1] <= top:
            continue
        i = int(np.searchsorted(row, top, side="right"))
        if i == 0:
            return 0.0
        highest = min(highest, edges[i - 1] + (top - row[i - 1]) * (edges[i] - edges[i - 1]) / (row[i] - row[i - 1]))
    return float(highest) if np.isfinite(highest) else float("nan")


def _common(rule: str, problem: Allocation, required: Floats, level: Floats) -> AllocationPlan:
    """Return the cheapest plan in which each unit removes what the rule asks of it.

    Raises:
        InfeasibleError: it is more than the unit can remove. UnmetTargets: the rule asked does not hold a cap.
    """
    allowed = [bounds(problem, p) for p in range(len(problem.substances))]
    able = np.stack([_able(problem, p, bound) for p, bound in enumerate(allowed)], axis=1)
    _within(rule, problem, required, able)
    solved = [
        solve(problem, p, program(problem, p, bound, np.minimum(required, able)[:, p, :]))
        for p, bound in enumerate(allowed)
    ]
    plan = _plan(rule, problem, solved, level)
    _holds(plan)
    return plan


def _able(problem: Allocation, substance: int, allowed: Bounds) -> Floats:
    """Return the most each unit can remove (unit x year)."""
    return np.asarray(np.minimum(allowed.high.sum(axis=0), problem.removable[:, substance, :]))


def _within(rule: str, problem: Allocation, required: Floats, able: Floats) -> None:
    """Hold what a rule asks to what units can do.

    Raises:
        InfeasibleError: names the unit that is missing most, and counts the others.
    """
    missing = required - able
    wrong = missing > HAIR * np.maximum(1.0, required)
    if wrong.any():
        u, p, y = np.unravel_index(int(np.argmax(np.where(wrong, missing, -np.inf))), missing.shape)
        asked, most, over = (f"{kg[u, p, y]:,.6g}" for kg in (required, able, missing))
        unit, substance, year = problem.units[u], problem.substances[p], problem.years[y]
        rest = int(wrong.any(axis=(1, 2)).sum()) - 1
        more = Both(f"(그 밖에 {rest:,}곳)", f" (and of {say_count(rest, 'more unit')})") if rest else Both("", "")
        raise InfeasibleError(
            Both(
                f"{_RULES_KO[rule]} 규칙이 할당 단위가 줄일 수 있는 것보다 많이 요구합니다{more.ko}",
                f"{rule} asks more than a unit can remove{more.en}",
            ),
            Both(
                f"할당 단위 {unit}, {year}년 {substance}: 최대 {most} kg/d인데 {asked} kg/d, {over} kg/d 초과",
                f"unit {unit}, {substance} in {year}: {asked} kg/d of at most {most}, {over} kg/d too much",
            ),
            Both(
                "상한을 높이거나 최소 비용 규칙으로 나누십시오",
                "raise its ceilings, or let the rule of least cost share the work",
            ),
        )


def _holds(plan: AllocationPlan) -> None:
    """Hold an equal rule's plan to the caps: effluent that has no volume cannot be limited by its concentration.

    Raises:
        UnmetTargets: a cap is exceeded.
    """
    problem, cap = plan.problem, plan.problem.held_kg_per_d
    wrong = plan.station_kg_per_d > cap + 1e-6 * np.maximum(1.0, cap)
    if wrong.any():
        raise UnmetTargets(
            worst_first(
                [
                    Shortfall(
                        problem.paths.stations[s],
                        problem.substances[p],
                        problem.years[y],
                        float(cap[s, p, y]),
                        float(plan.station_kg_per_d[s, p, y]),
                    )
                    for s, p, y in np.argwhere(wrong)
                ]
            )
        )


def _plan(rule: str, problem: Allocation, solved: list[Solved], level: Floats | None) -> AllocationPlan:
    """Put the substances' answers together."""
    removed = np.stack([answer.removed for answer in solved], axis=1)
    station = np.stack(
        [problem.paths.station_loads(p, problem.load_kg_per_d[:, p, :] - removed[:, p, :]) for p in range(len(solved))],
        axis=1,
    )
    priced = rule == LEAST
    return AllocationPlan(
        rule,
        problem,
        np.stack([answer.effort for answer in solved], axis=2),
        removed,
        station,
        np.array([answer.cost for answer in solved]),
        np.stack([answer.price for answer in solved], axis=1) if priced else None,
        np.stack([answer.relief for answer in solved], axis=1) if priced else None,
        level,
    )
