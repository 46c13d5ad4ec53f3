"""Plans by year: each year's sites contain the last year's, and each year carries its own bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from madang.core.errors import Both, BoundsError, UsageError
from madang.core.progress import Progress, part_of, silent
from madang.methods.coverage.arrays import flags, one_number, pattern_of
from madang.methods.coverage.plan import CoverPlan, plan_cover


@dataclass(frozen=True)
class PhasedPlan:
    """One plan a year, nested; ``bounds`` hold for that year alone, whatever the other years do.

    years: labels in order; plans: the plan of each year, with all sites opened by then; added: candidates new in each.
    """

    years: tuple[Any, ...]
    plans: tuple[CoverPlan, ...]
    added: tuple[list[int], ...]

    @property
    def bounds(self) -> tuple[float, ...]:
        """Upper bound on the covered weight of each year's budget."""
        return tuple(plan.bound for plan in self.plans)


def plan_phases(
    cover: Any,
    weights: ArrayLike | None = None,
    *,
    budgets: Mapping[Any, float],
    costs: ArrayLike | None = None,
    first: str = "end",
    seconds: float = 60.0,
    progress: Progress = silent,
    **rules: Any,
) -> PhasedPlan:
    """Plan years with growing budgets so that each year's plan contains the last.

    budgets: budget by year, spent from the start to that year (cumulative), in order, never falling.
    first: "end" plans the last year best and takes its sites in the best order; "start" plans the first year best and
    builds on it. The gap of the other years says what that costs.
    rules: existing, forced, forbidden, classes, class_limits, districts, floors, effort, seed, stop as in
    ``plan_cover``; floors and forced sites hold for the last year (with "start": for every year).

    Raises: as ``plan_cover``; BoundsError for a falling budget; UsageError for no year or an unknown ``first``.
    """
    if not budgets:
        raise UsageError(
            Both("해가 하나도 없습니다", "no year is given"),
            "budgets",
            Both("해마다 예산을 주십시오", "give a budget by year"),
        )
    if first not in ("end", "start"):
        raise UsageError(
            Both(f"first가 {first!r}입니다", f"first is {first!r}"),
            "first",
            Both("'end'나 'start'를 주십시오", "give 'end' or 'start'"),
        )
    years, amounts = tuple(budgets), [one_number(amount, "budgets") for amount in budgets.values()]
    for before, after, year in zip(amounts, amounts[1:], years[1:], strict=False):
        if after < before:
            raise BoundsError(
                Both(
                    f"{year}년의 예산 {after:g}이(가) 그 전해의 {before:g}보다 적습니다",
                    f"the budget of {year} is {after:g}, below {before:g} before it",
                ),
                "budgets",
                Both("해마다의 누적 예산을 주십시오", "give what is spent by the end of each year"),
            )
    common = {"costs": costs, "seconds": seconds / (2 * len(years)), **rules}
    plans = _from_end(cover, weights, amounts, common, progress) if first == "end" else _from_start(
        cover, weights, amounts, common, progress
    )  # fmt: skip
    added, before_sites = [], set[int]()
    for plan in plans:
        now = {int(j) for j in plan.chosen}
        added.append(sorted(now - before_sites))
        before_sites = now
    return PhasedPlan(years, tuple(plans), tuple(added))


def _from_end(
    cover: Any, weights: ArrayLike | None, amounts: list[float], common: dict[str, Any], progress: Progress
) -> list[CoverPlan]:
    """Plan the last year, then every earlier one within the sites of the next."""
    count = len(amounts)
    plans = [plan_cover(cover, weights, budget=amounts[-1], progress=part_of(progress, 0, 1 / count), **common)]
    sites = pattern_of(cover)[0]
    early = {key: value for key, value in common.items() if key not in ("floors", "forced")}
    for back, budget in enumerate(reversed(amounts[:-1])):
        allowed = np.zeros(sites, np.bool_)
        allowed[plans[0].open_sites] = True
        forbidden = ~allowed | flags(common.get("forbidden", ()), sites, "forbidden")
        share = part_of(progress, (back + 1) / count, (back + 2) / count)
        inside = plan_cover(cover, weights, budget=budget, progress=share, **{**early, "forbidden": forbidden})
        free = plan_cover(cover, weights, budget=budget, **early)
        plans.insert(0, _with_bound(inside, free.bound, _unreached(free)))
    return plans


def _from_start(
    cover: Any, weights: ArrayLike | None, amounts: list[float], common: dict[str, Any], progress: Progress
) -> list[CoverPlan]:
    """Plan the first year, then every later one with the sites of the last forced."""
    plans: list[CoverPlan] = []
    sites = pattern_of(cover)[0]
    for number, budget in enumerate(amounts):
        forced = flags(common.get("forced", ()), sites, "forced")
        free_plan = None
        if plans:
            free_plan = plan_cover(cover, weights, budget=budget, **common)
            forced[plans[-1].chosen] = True
        share = part_of(progress, number / len(amounts), (number + 1) / len(amounts))
        plan = plan_cover(cover, weights, budget=budget, progress=share, **{**common, "forced": forced})
        plans.append(plan if free_plan is None else _with_bound(plan, free_plan.bound, _unreached(free_plan)))
    return plans


def _unreached(plan: CoverPlan) -> Any:
    return plan.uncoverable, plan.uncoverable_weight


def _with_bound(plan: CoverPlan, bound: float, unreached: Any) -> CoverPlan:
    """Return the plan measured against the best that its year could do without regard to the others."""
    proved = bound <= plan.objective * (1 + 1e-9)
    bound = plan.objective if proved else bound
    return CoverPlan(**{
        **plan.__dict__, "bound": bound, "proved": proved,
        "gap": 0.0 if proved else (bound - plan.objective) / max(plan.objective, 1e-300),
        "status": "optimal" if proved else "not proved: bound of the year alone",
        "uncoverable": unreached[0], "uncoverable_weight": unreached[1],
    })  # fmt: skip
