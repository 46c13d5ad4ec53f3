"""A question of sites with ports, checked: levels, what stands, what must be opened, and the share to be served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from madang.core.errors import Both, BoundsError, DataError, InfeasibleError, UsageError
from madang.core.language import say_number as said
from madang.core.language import text
from madang.methods.coverage.arrays import Flags, Floats, Ints, Links, amounts, flags, pattern_of
from madang.methods.coverage.flow import Ports, no_flow, set_level
from madang.methods.coverage.presolve import merge_demand

#: A path of any length may be looked for.
WIDE = 1 << 30


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
class Question:
    """A checked question.

    ports: what the kernels read; where a site must be opened, its costs there are what each level costs more than its
    cheapest, so that opening it is free and leaving it closed saves nothing. standing, must: the level of existing
    sites and the cheapest of those that must be opened (-1: neither). must_cost: what those cheapest levels cost.
    """

    ports: Ports
    standing: Links
    must: Links
    must_cost: float
    names: list[str]
    row_of: Ints
    demand: Floats
    uncoverable: Ints

    @property
    def begins(self) -> Links:
        """The level of each site before anything is chosen (-1: closed)."""
        return np.where(self.must >= 0, self.must, self.standing)


@dataclass(frozen=True)
class Stated:
    """What a caller may say of sites besides their levels: those that stand at a level, and those to be opened."""

    existing: Mapping[int, str]
    forced: Sequence[int] | ArrayLike


def question_of(cover: Any, demand: ArrayLike, levels: Sequence[Level], stated: Stated, budget: float) -> Question:
    """Check and merge; rows without a site keep their place as rows without pairs.

    Raises: DataError, BoundsError, UsageError for what cannot be taken; InfeasibleError naming forced with capacity
        where a site that must be opened has no level, with budget where those sites cost more.
    """
    sites, rows, _, by_row = pattern_of(cover)
    wanted = amounts(demand, rows, "demand")
    names = _names(levels)
    if np.isnan(budget) or budget < 0:
        raise BoundsError(
            Both(f"예산이 {budget:g}입니다", f"budget is {budget:g}"),
            "budget",
            Both("0 이상을 주십시오", "give zero or more"),
        )
    cost, capacity = _level_tables(levels, sites)
    standing = _standing(stated.existing, names, sites)
    cost[standing >= 0] = np.inf
    must = _cheapest(flags(stated.forced, sites, "forced") & (standing < 0), cost, capacity)
    must_cost = _paid(cost, must, budget)
    usable = (np.isfinite(cost).any(axis=1)) | (standing >= 0)
    reached = np.add.reduceat(np.append(usable[by_row[1]], 0).astype(np.int64), by_row[0][:-1])
    reached[np.diff(by_row[0]) == 0] = 0
    row_of, merged_ptr, merged_sites, merged = merge_demand(by_row, sites, wanted)
    return Question(
        _ports(merged_ptr, merged_sites, sites, merged, cost, capacity), standing, must, must_cost, names, row_of,
        wanted, np.flatnonzero(reached == 0),
    )  # fmt: skip


def _names(levels: Sequence[Level]) -> list[str]:
    """Return the names of the levels, each its own."""
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
    return names


def _standing(existing: Mapping[int, str], names: list[str], sites: int) -> Links:
    """Return the level of each existing site, -1 for the others."""
    standing = np.full(sites, -1, np.int32)
    for site, name in dict(existing).items():
        if not isinstance(site, int | np.integer) or not 0 <= site < sites or name not in names:
            raise DataError(
                Both(
                    f"있는 자리 {site!r}의 단계 {name!r}을(를) 모릅니다",
                    f"existing names site {site!r} at level {name!r}",
                ),
                "existing",
                Both(
                    f"있는 단계: {', '.join(names)}. 자리는 0부터 {sites - 1}까지",
                    f"levels are {', '.join(names)}; sites are 0 to {sites - 1}",
                ),
            )
        standing[site] = names.index(name)
    return standing


def _cheapest(forced: Flags, cost: Floats, capacity: Floats) -> Links:
    """Return the cheapest level of each site that must be opened, the larger of two as cheap; -1 for the others."""
    without = np.flatnonzero(forced & ~np.isfinite(cost).any(axis=1))
    if without.size:
        raise InfeasibleError(
            text(
                f"후보 {without[0]}은(는) 반드시 열어야 하는데 허용된 단계가 없습니다",
                f"candidate {without[0]} must be opened, and no level is allowed there",
            ),
            "capacity, forced",
            text("단계를 허용하거나 반드시 열 자리에서 빼십시오", "allow a level there or do not force it"),
        )
    least = cost.min(axis=1)
    best = np.argmax(np.where(cost == least[:, None], capacity, -1.0), axis=1)
    return np.where(forced, best, -1).astype(np.int32)


def _paid(cost: Floats, must: Links, budget: float) -> float:
    """Take the cheapest level's cost off the costs of each site that must be opened; return the sum taken off."""
    sites = np.flatnonzero(must >= 0)
    least = cost[sites, must[sites]]
    spent = float(least.sum())
    if spent > budget * (1 + 1e-12):
        raise InfeasibleError(
            text(
                f"반드시 열 자리의 비용이 적어도 {said(spent)}로 예산 {said(budget)}을 넘습니다",
                f"the forced sites cost at least {said(spent)}, more than the budget of {said(budget)}",
            ),
            "budget, forced",
            text("예산을 늘리거나 반드시 열 자리를 줄이십시오", "raise the budget or force fewer sites"),
        )
    cost[sites] -= least[:, None]
    return spent


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


def need_of(question: Question, share: float | None) -> float:
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


def _most_served(question: Question) -> float:
    """Return what is served when every site has its largest allowed level, whatever that costs."""
    ports, state = question.ports, no_flow(question.ports)
    for j in range(question.standing.size):
        allowed = np.where(np.isfinite(ports.cost[j]), ports.capacity[j], -1.0)
        level = int(question.standing[j]) if question.standing[j] >= 0 else int(np.argmax(allowed))
        if question.standing[j] >= 0 or allowed[level] >= 0:
            set_level(j, level, ports, state, WIDE)
            state.marks[0] = 0
    return float(ports.demand.sum() - state.left.sum())
