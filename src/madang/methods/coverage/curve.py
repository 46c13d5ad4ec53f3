"""The coverage curve: how much each number of sites covers, with a proven bound at every point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from madang.core.errors import Both, BoundsError
from madang.core.language import say_count
from madang.core.progress import Progress, silent
from madang.methods.coverage.arrays import Floats, Ints, one_number, positive
from madang.methods.coverage.bounds import Bound, Seek, bound_for_counts
from madang.methods.coverage.instance import Given, Instance, checked
from madang.methods.coverage.presolve import Reduced, reduce
from madang.methods.coverage.search import Rules, greedy
from madang.methods.coverage.state import State, opened
from madang.methods.coverage.warm import warm_up
from madang.methods.coverage.watch import Watch

PERIOD = 50
FEWEST_ROUNDS = 150


@dataclass(frozen=True)
class CoverageCurve:
    """Covered weight by number of new sites, each point with an upper bound that no plan of that many can pass.

    sites: 0..n, from the number of forced sites where there are any; covered, bound: weight; order: the candidate
    opened at each step (the plan of k sites is order[:k], forced ones first); total: weight of all demand.
    """

    sites: Ints
    covered: Floats
    bound: Floats
    order: Ints
    total: float

    @property
    def gap(self) -> Floats:
        """(bound - covered) / covered at each number of sites; 0 where both are 0."""
        return np.asarray((self.bound - self.covered) / np.where(self.covered > 0, self.covered, 1.0))

    def sites_for(self, share: float) -> tuple[int | None, int | None]:
        """Return (fewest sites that must be opened for ``share``, sites of this curve that reach it), or None."""
        need = share * self.total * (1 - 1e-12)
        least, most = self.sites[self.bound >= need], self.sites[self.covered >= need]
        return (int(least[0]) if least.size else None), (int(most[0]) if most.size else None)


def coverage_curve(
    cover: Any,
    weights: ArrayLike | None = None,
    *,
    sites_max: int | None = None,
    existing: Sequence[int] | ArrayLike = (),
    forced: Sequence[int] | ArrayLike = (),
    forbidden: Sequence[int] | ArrayLike = (),
    anchors: int = 8,
    seconds: float = 30.0,
    progress: Progress = silent,
    stop: Callable[[], bool] | None = None,
) -> CoverageCurve:
    """Return the curve of the greedy plans with, at each number of sites, the best of several multiplier bounds.

    One multiplier vector bounds every number of sites (the bound is concave in it); ``anchors`` vectors, worked out
    at spread numbers of sites, keep the envelope tight along the whole curve. ``seconds`` is a guard. ``forced`` sites
    are in every plan: the curve begins with them, even where they are more than ``sites_max``.

    Raises: as ``plan_cover``; BoundsError for a negative ``sites_max``.
    """
    instance = checked(cover, weights, Given(existing=existing, forced=forced, forbidden=forbidden))
    most = np.inf if sites_max is None else one_number(sites_max, "sites_max")
    if not most >= 0:
        raise BoundsError(
            Both(f"sites_max가 {sites_max}입니다", f"sites_max is {sites_max}"),
            "sites_max",
            Both("0 이상을 주십시오", "give zero or more"),
        )
    warm_up(progress)
    watch = Watch(positive(seconds, "seconds"), progress, stop)
    reduced = reduce(instance, budget=np.inf, everyone=False)
    first = np.flatnonzero(instance.forced)
    count = int(min(max(0.0, most - first.size), reduced.index.size))
    order = _greedy_order(reduced, count)
    sites = np.arange(order.size + 1)
    covered = _covered_along(instance, reduced, order)
    bound = np.full(sites.size, covered[-1] if order.size < count or sites_max is None else np.inf)
    bound = np.minimum(bound, reduced.base + float(reduced.net.weight.sum()))
    bound = _envelope(reduced, sites, bound, anchors, watch)
    # Without a new site there is nothing to choose.
    bound[0] = covered[0]
    progress(1.0, "done")
    opened_in = np.concatenate((first, reduced.index[order])).astype(np.int64)
    return CoverageCurve(first.size + sites, covered, np.maximum(bound, covered), opened_in, instance.total)


def _rules(reduced: Reduced, budget: float) -> Rules:
    size = reduced.index.size
    return Rules(
        cost=np.ones(size), budget=budget, target=np.inf, group=reduced.group,
        room=np.full(reduced.room.size, size + 1, np.int64), district=reduced.district, floor=np.zeros(0),
    )  # fmt: skip


def _greedy_order(reduced: Reduced, count: int) -> Ints:
    state: State = opened(reduced.net, np.zeros(reduced.index.size, np.bool_))
    return np.asarray(greedy(reduced.net, _rules(reduced, float(count)), state, 0.0), np.int64)


def _covered_along(instance: Instance, reduced: Reduced, order: Ints) -> Floats:
    """Return the covered weight after each step of ``order``, from nothing but the fixed sites."""
    first = np.full(instance.rows, order.size + 1, np.int64)
    starts, rows = instance.by_site
    for step in range(order.size - 1, -1, -1):
        j = reduced.index[order[step]]
        first[rows[starts[j] : starts[j + 1]]] = step + 1
    first[instance.covered_by(reduced.fixed)] = 0
    return np.asarray(np.cumsum(np.bincount(first, instance.weight, order.size + 2))[: order.size + 1])


def _envelope(reduced: Reduced, sites: Ints, bound: Floats, anchors: int, watch: Watch) -> Floats:
    """Lower ``bound`` by the multipliers worked out at spread numbers of sites."""
    if sites.size < 2 or reduced.net.weight.size == 0:
        return bound
    at = np.unique(np.round(np.geomspace(1, sites[-1], max(1, anchors))).astype(np.int64))
    for number, k in enumerate(at):
        dual = Bound(reduced.net, _rules(reduced, float(k)), Seek.MOST)
        while dual.rounds < FEWEST_ROUNDS * 2 and dual.still < 2 and not watch.over():
            dual.improve(PERIOD)
        bound = np.minimum(bound, reduced.base + bound_for_counts(dual, int(sites[-1])))
        watch.report((number + 1) / at.size, f"bound at {say_count(int(k), 'site')}")
        if watch.over():
            break
    return bound
