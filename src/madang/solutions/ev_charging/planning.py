"""Plans over the cover: the least cost for a share, the most for a budget, year by year, and the curve between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from madang.core.errors import BoundsError, InfeasibleError
from madang.core.language import say_number as said
from madang.core.language import text
from madang.core.progress import Progress, part_of, silent
from madang.methods.coverage import CoverageCurve, CoverPlan, WhatIf, coverage_curve, plan_cover
from madang.solutions.ev_charging.access import Access
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.refusing import COVER, named_here

Ints = NDArray[np.int64]
#: Shares of the whole plan's cost at which the curve is drawn, beside nothing and everything.
CURVE_AT = (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8)
CURVE_EFFORT, PHASE_EFFORT = 0.2, 0.3


@dataclass(frozen=True)
class Phase:
    """What stands by the end of a year: the year's new sites, and all new sites so far with their bound."""

    year: int
    budget: float
    added: Ints
    plan: CoverPlan
    bound: float


@dataclass(frozen=True)
class Point:
    """A point of the curve: what a cost covers by the plan found, and what no plan at that cost can pass."""

    cost: float
    covered: float
    bound: float


@dataclass(frozen=True)
class Plans:
    """The answers: least cost for the wanted share, most for the budget, phases, and points of the curve."""

    least: CoverPlan
    best: CoverPlan
    budget: float
    budget_is_given: bool
    phases: tuple[Phase, ...]
    curve: tuple[Point, ...]
    by_sites: CoverageCurve
    gain: NDArray[np.float64]


def plans_of(access: Access, inputs: EvChargingInputs, progress: Progress = silent) -> Plans:
    """Return the plans.

    Raises:
        InfeasibleError: no plan keeps every constraint; those that cannot be kept together are named.
        BoundsError: by the end of a year less of the budget is spent than by the end of the year before.
    """
    _check_phases(inputs.phases_percent)
    ask = _Question(access, inputs)
    least = ask.least(part_of(progress, 0.0, 0.35))
    given = inputs.budget is not None
    budget = float(inputs.budget) if inputs.budget is not None else ask.budget_left_out(least)
    best = ask.most(budget, part_of(progress, 0.35, 0.6))
    by_sites = ask.by_sites(least.sites, part_of(progress, 0.6, 0.7))
    phases = ask.phases(best, budget, by_sites, part_of(progress, 0.7, 0.85))
    curve = ask.curve(least, by_sites, part_of(progress, 0.85, 1.0))
    return Plans(least, best, budget, given, phases, curve, by_sites, _gains(access))


def _check_phases(percent: Mapping[int, float]) -> None:
    """Raise BoundsError where less is spent by the end of a year than by the end of the year before."""
    for (before, least), (year, share) in pairwise(sorted(percent.items())):
        if share < least:
            raise BoundsError(
                text(
                    f"phases_percent.{year} = {share:g}이(가) {before}년의 {least:g}보다 작습니다",
                    f"phases_percent.{year} = {share:g} is below the {least:g} of {before}",
                ),
                todo=text(
                    "해마다 그해 끝까지 쓰는 누적 비율을 주십시오",
                    "give what is spent by the end of each year, the years before included",
                ),
            )


def what_if(access: Access) -> WhatIf:
    """Return a live plan that starts from what stands: open, close or move a site and know the coverage at once."""
    return WhatIf(access.cover, access.weight, existing=np.flatnonzero(access.siting.is_existing))


def _gains(access: Access) -> NDArray[np.float64]:
    """Return what each site (s,) would add by itself to what is covered now; 0 for a site that stands."""
    left = np.where(access.is_covered_now, 0.0, access.weight)
    gain = np.asarray(access.cover @ left, dtype=np.float64)
    return np.where(access.siting.is_existing, 0.0, gain)


def _rising(points: list[Point]) -> tuple[Point, ...]:
    """Return one point for each cost, cheapest first; a plan found for less is a plan for more, too."""
    best: dict[float, Point] = {}
    for point in points:
        known = best.get(point.cost, point)
        best[point.cost] = Point(point.cost, max(known.covered, point.covered), min(known.bound, point.bound))
    risen, covered = [], 0.0
    for cost in sorted(best):
        covered = max(covered, best[cost].covered)
        risen.append(Point(cost, covered, max(covered, best[cost].bound)))
    return tuple(risen)


class _Question:
    """One city's question, asked in several ways."""

    def __init__(self, access: Access, inputs: EvChargingInputs) -> None:
        self.access, self.inputs = access, inputs
        self.kinds = np.where(access.siting.is_fast, "fast", "slow")
        self.must: Ints = np.flatnonzero(access.siting.is_forced)

    def least(self, progress: Progress) -> CoverPlan:
        """Return the least cost that covers the wanted share of what any site can reach."""
        share = self.inputs.share_wanted_percent / 100.0
        return self._plan(progress, share=share, share_of="reachable")

    def budget_left_out(self, least: CoverPlan) -> float:
        """Return the budget where nobody gives one: half of the least cost, but enough for what must be built."""
        return max(least.cost / 2, self._cost(self.must))

    def most(self, budget: float, progress: Progress) -> CoverPlan:
        """Return the most weight for a budget, with the floor of every area."""
        return self._plan(progress, budget=budget, **self._floors())

    def phases(self, best: CoverPlan, budget: float, by_sites: CoverageCurve, progress: Progress) -> tuple[Phase, ...]:
        """Return the best plan in steps: each year's sites hold the last year's, and all end in the plan itself.

        Sites that must be built come first: a year that cannot pay for all of them builds some, and nothing else.
        """
        years = sorted(self.inputs.phases_percent.items())
        self._check_last(years, budget)
        kept, made = self.must[:0], list[Phase]()
        for step, (year, percent) in enumerate(years):
            here = part_of(progress, step / len(years), (step + 1) / len(years))
            spent = budget * percent / 100.0
            allowed = max(spent, self._cost(kept))
            has_all = self._pays(spent)
            forced, among = (np.union1d(kept, self.must), best.chosen) if has_all else (kept, self.must)
            outside = np.setdiff1d(np.flatnonzero(~self.access.siting.is_existing), among)
            within = part_of(here, 0.0, 0.5)
            plan = self._plan(within, budget=allowed, forced=forced, outside=outside, effort=PHASE_EFFORT)
            bound = self._bound(allowed, by_sites, part_of(here, 0.5, 1.0))
            made.append(Phase(year, spent, np.setdiff1d(plan.chosen, kept), plan, max(bound, plan.covered)))
            kept = plan.chosen
        return tuple(made)

    def _check_last(self, years: list[tuple[int, float]], budget: float) -> None:
        """Raise InfeasibleError where what is spent by the end of the last year cannot pay for what must be built."""
        for year, percent in years[-1:]:
            if not self._pays(budget * percent / 100.0):
                cost, spent = said(self._cost(self.must)), said(budget * percent / 100.0)
                raise InfeasibleError(
                    text(
                        f"반드시 열 자리의 비용이 {cost}로 {year}년 끝까지 쓰는 {spent}을 넘습니다",
                        f"the forced sites cost {cost}, more than the {spent} spent by the end of {year}",
                    ),
                    text(
                        f"연도별 누적 예산(phases_percent), {COVER['forced'].ko}",
                        f"the budget spent by year (phases_percent), {COVER['forced'].en}",
                    ),
                    text(
                        "마지막 해까지 쓰는 비율이나 예산을 늘리거나 반드시 열 자리를 줄이십시오",
                        "let more be spent by the last year, raise the budget, or force fewer sites",
                    ),
                )

    def _pays(self, budget: float) -> bool:
        """Return whether a budget pays for every site that must be built."""
        return self._cost(self.must) <= budget * (1 + 1e-12) + 1e-9

    def _bound(self, budget: float, by_sites: CoverageCurve, progress: Progress) -> float:
        """Return what no plan within a budget can pass; where sites cost 1 each, the curve by sites knows it."""
        further = int(budget + 1e-9) - int(by_sites.sites[0])
        if not self.access.siting.is_costed and 0 <= further < len(by_sites.bound):
            return float(by_sites.bound[further])
        forced = self.must if self._pays(budget) else self.must[:0]
        return self._plan(progress, budget=budget, forced=forced, effort=CURVE_EFFORT).bound

    def curve(self, least: CoverPlan, by_sites: CoverageCurve, progress: Progress) -> tuple[Point, ...]:
        """Return points along the way to the cost of the wanted share, that plan among them."""
        bound = self._bound(least.cost, by_sites, part_of(progress, 0.0, 0.1))
        points = [Point(least.cost, least.covered, bound)]
        if self.access.siting.is_costed:
            points += self._asked(least.cost, part_of(progress, 0.1, 1.0))
        else:
            along = zip(by_sites.sites, by_sites.covered, by_sites.bound, strict=True)
            points += [Point(float(sites), float(covered), float(bound)) for sites, covered, bound in along]
        return _rising(points)

    def _asked(self, whole: float, progress: Progress) -> list[Point]:
        """Return points each asked of the method: sites that differ in cost have no curve in one pass."""
        floor = self._cost(self.must)
        at = sorted({max(floor, share * whole) for share in (0.0, *CURVE_AT)})
        points = []
        for step, budget in enumerate(at):
            here = part_of(progress, step / len(at), (step + 1) / len(at))
            plan = self._plan(here, budget=budget, effort=CURVE_EFFORT)
            points.append(Point(budget, plan.covered, plan.bound))
        return points

    def by_sites(self, sites: int, progress: Progress) -> CoverageCurve:
        """Return what each number of new sites covers, whatever they cost, with a bound at every number."""
        siting = self.access.siting
        return coverage_curve(
            self.access.cover,
            self.access.weight,
            sites_max=max(1, sites + sites // 4),
            existing=np.flatnonzero(siting.is_existing),
            forced=self.must,
            forbidden=np.flatnonzero(siting.is_forbidden),
            seconds=self.inputs.seconds_max,
            progress=progress,
        )

    def _cost(self, sites: Ints) -> float:
        """Return what sites cost together."""
        return float(self.access.siting.cost[sites].sum())

    def _floors(self) -> dict[str, Any]:
        """Return the floor of each area as a share of all its weight: the wanted part of what can be reached there."""
        if self.inputs.floor_percent == 0:
            return {"districts": self.access.area}
        names, code = np.unique(self.access.area, return_inverse=True)
        whole = np.bincount(code, self.access.weight, len(names))
        can = np.bincount(code, self.access.weight * self.access.is_reachable, len(names))
        share = np.divide(can, whole, out=np.zeros(len(names)), where=whole > 0) * self.inputs.floor_percent / 100.0
        # A hair below, so that rounding never asks for a person more than there is.
        return {
            "districts": self.access.area,
            "floors": dict(zip(names.tolist(), (share * (1 - 1e-12)).tolist(), strict=True)),
        }

    def _plan(
        self,
        progress: Progress,
        *,
        effort: float = 1.0,
        forced: Ints | None = None,
        outside: Ints | None = None,
        **goal: Any,
    ) -> CoverPlan:
        """Ask the coverage method, with what holds for every question of this city; ``outside`` bars sites too."""
        siting, limit = self.access.siting, self.inputs.fast_sites_max
        barred: Ints = np.flatnonzero(siting.is_forbidden)
        if outside is not None:
            barred = np.union1d(barred, outside)
        if limit is not None:
            goal |= {"classes": self.kinds, "class_limits": self._limit(limit)}
        with named_here(COVER):
            return plan_cover(
                self.access.cover,
                self.access.weight,
                costs=siting.cost,
                existing=np.flatnonzero(siting.is_existing),
                forced=self.must if forced is None else forced,
                forbidden=barred,
                seconds=self.inputs.seconds_max,
                effort=effort * self.inputs.effort,
                progress=progress,
                **goal,
            )

    def _limit(self, most: int) -> dict[str, int]:
        """Return the limit of rapid sites, where there is any rapid site at all."""
        return {"fast": most} if bool(self.access.siting.is_fast.any()) else {}
