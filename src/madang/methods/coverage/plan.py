"""The one entry: any sparse cover, weights, costs and a limit in; a plan, its objective and a proven bound out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from madang.core.errors import Both, BoundsError, InfeasibleError, UsageError
from madang.core.language import say_count, text
from madang.core.language import say_number as said
from madang.core.progress import Progress, silent
from madang.methods.coverage.arrays import Flags, Floats, Ints, one_number, positive
from madang.methods.coverage.bounds import Seek
from madang.methods.coverage.instance import Given, Instance, checked
from madang.methods.coverage.presolve import Reduced, reduce
from madang.methods.coverage.search import Rules
from madang.methods.coverage.solve import Found, Solver
from madang.methods.coverage.warm import warm_up
from madang.methods.coverage.watch import Watch


@dataclass(frozen=True)
class CoverPlan:
    """Which sites to open, what that is worth, and how far from the best possible it can be at most.

    chosen: new sites to open (forced ones among them); existing: sites that stood already; all ascending indices.
    objective, bound: covered weight and an upper bound on it where a budget or a number of sites was given; cost of
    the new sites and a lower bound on it where a share was. gap: |bound - objective| / objective.
    proved: whether the bound equals the objective; status: "optimal" or "not proved: ..." with the reason.
    covered, covered_share: weight that the open sites reach, and its share of all weight; cost: of the new sites.
    uncoverable: demand rows that no allowed candidate or existing site reaches, with their weight together.
    district_share: covered share by district, where districts were given.
    """

    chosen: Ints
    existing: Ints
    objective: float
    bound: float
    gap: float
    proved: bool
    status: str
    seconds: float
    covered: float
    covered_share: float
    cost: float
    uncoverable: Ints
    uncoverable_weight: float
    district_share: Mapping[Any, float] = field(default_factory=dict)
    log: tuple[str, ...] = ()

    @property
    def sites(self) -> int:
        """Number of new sites."""
        return int(self.chosen.size)

    @property
    def open_sites(self) -> Ints:
        """All sites that are open in the plan: the new and the existing."""
        return np.sort(np.concatenate((self.chosen, self.existing)))


@dataclass(frozen=True)
class Goal:
    """What is sought, its limit (the most to spend, or the weight to cover), and the argument that set it."""

    seek: Seek
    limit: float
    name: str


def plan_cover(
    cover: Any,
    weights: ArrayLike | None = None,
    *,
    costs: ArrayLike | None = None,
    budget: float | None = None,
    sites: int | None = None,
    share: float | None = None,
    share_of: str = "all",
    existing: Sequence[int] | ArrayLike = (),
    forced: Sequence[int] | ArrayLike = (),
    forbidden: Sequence[int] | ArrayLike = (),
    classes: ArrayLike | None = None,
    class_limits: Mapping[Any, int] | None = None,
    districts: ArrayLike | None = None,
    floors: float | Mapping[Any, float] | None = None,
    seconds: float = 60.0,
    effort: float = 1.0,
    seed: int = 0,
    progress: Progress = silent,
    stop: Callable[[], bool] | None = None,
) -> CoverPlan:
    """Choose sites: the most weight for ``budget`` or ``sites``, or the least cost that covers ``share``.

    cover: candidate x demand, any scipy sparse matrix (CSR best) or 2-D array; an entry other than 0 says that the
    candidate reaches the demand.
    weights: people or vehicles at each demand row; 1 each if absent. Rows of weight 0 need no cover.
    costs: cost of each candidate; 1 each if absent. A candidate that costs 0 is opened.
    budget: the most that new sites may cost together. sites: the most new sites; costs then do not limit.
    share: share of the weight to cover, 0 to 1, at least cost. Exactly one of these three must be given.
    share_of: "all" weight, or "reachable": the weight that some allowed site reaches.
    existing, forced, forbidden: candidate indices; existing ones cost nothing and count for no limit.
    classes, class_limits: class of each candidate, and the most new sites of a class.
    districts, floors: district of each demand row, and the least share of its weight to cover (one for all districts,
    or one for each).
    seconds: time limit, a guard only: below it, work is planned by ``effort`` (1: seconds for 20,000 candidates, two
    minutes for 200,000) and the result depends on ``seed`` alone. Compiling the kernels, on an installation's first
    run, is announced and not counted. progress: called with (share done, what); raise ``Cancelled`` in it to give up.
    stop: asked now and then; once it returns true, the best plan so far is returned.

    Returns: a plan that keeps every rule, whatever the time, with its bound.

    Raises: DataError, BoundsError or UsageError for what cannot be taken; InfeasibleError naming the constraint.
    """
    watch = Watch(seconds=positive(seconds, "seconds"), progress=progress, stop=stop)
    given = Given(costs, existing, forced, forbidden, classes, class_limits, districts, floors)
    instance = checked(cover, weights, given)
    if sites is not None:
        priced, instance = instance, _counting(instance)
    else:
        priced = instance
    goal = _goal(instance, budget, sites, share, share_of)
    before = watch.elapsed
    warm_up(progress)
    watch.started += watch.elapsed - before
    found, reduced = _solve(instance, goal, watch, seed, positive(effort, "effort", most=1e9))
    progress(1.0, "done")
    return _plan(priced, instance, reduced, found, goal.seek, watch)


def _counting(instance: Instance) -> Instance:
    """Return the instance with every candidate at cost 1, for limits on the number of sites."""
    return Instance(**{**instance.__dict__, "cost": np.ones(instance.sites)})


def _goal(instance: Instance, budget: float | None, sites: int | None, share: float | None, share_of: str) -> Goal:
    """Return what is sought and its limit.

    Raises: UsageError unless exactly one limit is given; BoundsError outside its bounds.
    """
    if sum(limit is not None for limit in (budget, sites, share)) != 1:
        raise UsageError(
            Both("예산, 자리 수, 비율 가운데 꼭 하나를 주십시오", "give exactly one of budget, sites and share"),
            "budget, sites, share",
        )
    if share is not None:
        return _share_goal(instance, one_number(share, "share"), share_of)
    name = "budget" if budget is not None else "sites"
    limit = one_number(budget if budget is not None else sites, name)
    if np.isnan(limit) or limit < 0:
        raise BoundsError(
            Both(f"{name}이(가) {limit:g}입니다", f"{name} is {limit:g}"),
            name,
            Both("0 이상을 주십시오", "give zero or more"),
        )
    if sites is not None and not limit.is_integer():
        raise BoundsError(
            Both(f"자리 수가 {limit:g}입니다", f"sites is {limit:g}"),
            "sites",
            Both("정수를 주십시오", "give a whole number"),
        )
    return Goal(Seek.MOST, min(limit, float(instance.cost.sum())), name)


def _share_goal(instance: Instance, share: float, share_of: str) -> Goal:
    if not 0 <= share <= 1:
        raise BoundsError(
            Both(f"비율이 {share:g}입니다", f"share is {share:g}"),
            "share",
            Both("0에서 1 사이를 주십시오", "give a share from 0 to 1"),
        )
    if share_of not in ("all", "reachable"):
        raise UsageError(
            Both(f"share_of가 {share_of!r}입니다", f"share_of is {share_of!r}"),
            "share_of",
            Both("'all'이나 'reachable'을 주십시오", "give 'all' or 'reachable'"),
        )
    reachable = instance.covered_by(~instance.forbidden)
    within = float(instance.weight[reachable].sum())
    whole = instance.total if share_of == "all" else within
    need = share * whole
    if need > within * (1 + 1e-12):
        lost = int((~reachable & (instance.weight > 0)).sum())
        raise InfeasibleError(
            text(
                f"무게 {said(whole)}의 {share:g}은 채울 수 없습니다. 허용된 자리가 닿는 것은 {said(within)}입니다",
                f"share {share:g} of the weight {said(whole)} cannot be covered: allowed sites reach {said(within)}",
            ),
            text(
                f"허용된 어떤 자리도 닿지 않는 수요 {lost:,}행",
                f"{say_count(lost, 'demand row')} that no allowed site reaches",
            ),
            text(
                "가까이에 후보를 더하거나 비율을 낮추거나 share_of='reachable'을 주십시오",
                "add candidates near them, lower the share, or give share_of='reachable'",
            ),
        )
    everyone = need >= within - 0.5 * float(instance.weight[instance.weight > 0].min(initial=1.0)) or share == 1
    return Goal(Seek.EVERYONE if everyone else Seek.SHARE, need, "share")


def _solve(instance: Instance, goal: Goal, watch: Watch, seed: int, effort: float) -> tuple[Found, Reduced]:
    """Check what can be known beforehand, reduce, solve.

    Raises: InfeasibleError naming the constraint that leaves no plan.
    """
    seek, limit = goal.seek, goal.limit
    budget = limit if seek is Seek.MOST else np.inf
    _check_forced(instance, goal)
    _check_floors(instance)
    if seek is not Seek.MOST:
        _check_room(instance, limit)
    watch.report(0.01, f"reducing {instance.sites:,} candidates x {instance.rows:,} demand rows")
    reduced = reduce(instance, budget=budget, everyone=seek is Seek.EVERYONE, seconds=watch.left)
    watch.note(
        f"presolve: {reduced.index.size:,} of {instance.sites:,} candidates, {reduced.net.weight.size:,} of "
        f"{instance.rows:,} demand rows, {reduced.net.site_rows.size:,} pairs left"
    )
    of_weight, of_cost = _unit(reduced.net.weight), _unit(reduced.cost)
    net, target = reduced.net._replace(weight=reduced.net.weight / of_weight), np.inf
    if seek is Seek.SHARE:
        target = (limit - reduced.base - 1e-9 * abs(limit)) / of_weight
    elif seek is Seek.EVERYONE:
        net = net._replace(weight=np.ones(net.weight.size))
        target = float(net.weight.size)
    left = (budget - reduced.fixed_cost) / of_cost
    rules = Rules(
        cost=reduced.cost / of_cost, budget=left + 1e-9 * max(1.0, abs(left)) if np.isfinite(left) else np.inf,
        target=target, group=reduced.group, room=reduced.room.copy(), district=reduced.district,
        floor=reduced.floor / of_weight if seek is not Seek.EVERYONE else np.zeros(0),
    )  # fmt: skip
    base, unit = (reduced.base, of_weight) if seek is Seek.MOST else (reduced.fixed_cost, of_cost)
    solver = Solver(net, rules, seek, watch, seed, effort, base, unit)
    found = solver.run()
    if found is None:
        raise _nothing_fits(instance, rules, goal, proved=solver.impossible)
    return replace(found, objective=found.objective * unit, bound=found.bound * unit), reduced


def _unit(amounts: Floats) -> float:
    """Return the power of two that brings amounts all below one up to it, for tolerances that are made for such."""
    most = float(amounts.max(initial=0.0))
    return float(2.0 ** np.floor(np.log2(most))) if 0.0 < most < 1.0 else 1.0


def _check_forced(instance: Instance, goal: Goal) -> None:
    spent, budget = float(instance.cost[instance.forced].sum()), goal.limit
    if goal.name == "sites" and spent > budget:
        raise InfeasibleError(
            text(
                f"반드시 열 자리가 {said(spent)}곳인데 자리는 많아야 {said(budget)}곳입니다",
                f"{say_count(int(spent), 'forced site')}, more than the {said(budget)} that sites allows",
            ),
            "sites, forced",
            text("자리 수를 늘리거나 반드시 열 자리를 줄이십시오", "raise sites or force fewer"),
        )
    if goal.name == "budget" and spent > budget * (1 + 1e-12):
        raise InfeasibleError(
            text(
                f"반드시 열 자리의 비용이 {said(spent)}로 예산 {said(budget)}을 넘습니다",
                f"the forced sites cost {said(spent)}, more than the budget of {said(budget)}",
            ),
            "budget, forced",
            text("예산을 늘리거나 반드시 열 자리를 줄이십시오", "raise the budget or force fewer sites"),
        )
    used = np.bincount(instance.group[instance.forced], minlength=instance.limit.size)
    for g in np.flatnonzero(used > instance.limit):
        raise InfeasibleError(
            text(
                f"종류 {instance.group_names[g]!r}의 반드시 열 자리 {used[g]}곳, 한도는 {instance.limit[g]}곳입니다",
                f"{say_count(int(used[g]), 'forced site')} of class {instance.group_names[g]!r}, its limit is "
                f"{instance.limit[g]}",
            ),
            "class_limits, forced",
            text("한도를 늘리거나 반드시 열 자리를 줄이십시오", "raise the limit or force fewer sites"),
        )


def _check_floors(instance: Instance) -> None:
    reachable = instance.covered_by(~instance.forbidden)
    most = np.bincount(instance.district, instance.weight * reachable, instance.floor.size)
    for g in np.flatnonzero(instance.floor > most * (1 + 1e-9)):
        raise InfeasibleError(
            text(
                f"구역 {instance.district_names[g]!r}의 최소는 {said(instance.floor[g])}인데 "
                f"허용된 자리가 닿는 것은 {said(most[g])}입니다",
                f"the floor of district {instance.district_names[g]!r} asks for {said(instance.floor[g])}; "
                f"allowed sites reach {said(most[g])}",
            ),
            "floors",
            text("최소를 낮추거나 그 구역에 후보를 더하십시오", "lower the floor or add candidates in the district"),
        )


def _check_room(instance: Instance, need: float) -> None:
    """Raise where classes without room leave out rows that the wanted share needs: none of their sites can open."""
    room = instance.limit - np.bincount(instance.group[instance.forced], minlength=instance.limit.size)
    openable = instance.existing | instance.forced | (~instance.forbidden & (room[instance.group] > 0))
    if need > float(instance.weight[instance.covered_by(openable)].sum()) * (1 + 1e-12):
        forced = ["forced"] if instance.forced.any() else []
        raise _not_together(["class_limits", *forced, "share"], proved=True)


def _nothing_fits(instance: Instance, rules: Rules, goal: Goal, *, proved: bool) -> InfeasibleError:
    parts = []
    # What pays for every site there is stands in no plan's way.
    if goal.seek is Seek.MOST and goal.limit < float(instance.cost.sum()):
        parts.append(goal.name)
    if rules.floor.size:
        parts.append("floors")
    if (instance.limit < instance.sites).any():
        parts.append("class_limits")
    if instance.forced.any():
        parts.append("forced")
    if goal.seek is not Seek.MOST:
        parts.append("share")
    return _not_together(parts, proved=proved)


def _not_together(parts: list[str], *, proved: bool) -> InfeasibleError:
    names = ", ".join(parts)
    korean, english = f"{names}: 함께 지키는 계획이 없습니다", f"no plan keeps {' and '.join(parts)} together"
    return InfeasibleError(
        text(f"{korean}(증명됨)", f"{english} (proved)")
        if proved
        else text(f"{korean}(찾은 한에서, 증명되지 않음)", f"{english}, as far as was found (not proved)"),
        names,
        text("조건을 늦추십시오", "loosen it")
        if len(parts) == 1
        else text(f"{names} 가운데 하나를 늦추십시오", f"loosen one of {names}"),
    )


def _plan(priced: Instance, instance: Instance, reduced: Reduced, found: Found, seek: Seek, watch: Watch) -> CoverPlan:
    """Bring the reduced plan back, and recount everything on the original cover."""
    open_ = reduced.lifted(found.open_)
    new = open_ & ~instance.existing
    reached = instance.covered_by(open_)
    covered = float(instance.weight[reached].sum())
    base = reduced.base if seek is Seek.MOST else reduced.fixed_cost
    objective = covered if seek is Seek.MOST else float(instance.cost[new].sum())
    bound = objective if found.proved else base + found.bound
    gap = 0.0 if found.proved else abs(bound - objective) / max(abs(objective), 1e-300)
    # Every step ends a little before the limit, so that what follows it still fits.
    reason = watch.cut or ("time limit" if watch.clocked or watch.elapsed > 0.85 * watch.seconds else "effort spent")
    return CoverPlan(
        chosen=np.flatnonzero(new), existing=np.flatnonzero(instance.existing), objective=objective, bound=bound,
        gap=gap, proved=found.proved, status="optimal" if found.proved else f"not proved: {reason}",
        seconds=watch.elapsed, covered=covered,
        covered_share=covered / instance.total if instance.total > 0 else 1.0,
        cost=float(priced.cost[new].sum()), uncoverable=reduced.uncoverable,
        uncoverable_weight=float(instance.weight[reduced.uncoverable].sum()),
        district_share=_by_district(instance, reached), log=tuple(watch.log),
    )  # fmt: skip


def _by_district(instance: Instance, reached: Flags) -> dict[Any, float]:
    if instance.district_names == [None]:
        return {}
    size = len(instance.district_names)
    have = np.bincount(instance.district, instance.weight * reached, size)
    whole = np.bincount(instance.district, instance.weight, size)
    return {name: float(have[g] / whole[g]) if whole[g] > 0 else 1.0 for g, name in enumerate(instance.district_names)}
