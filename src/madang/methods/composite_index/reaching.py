"""What must change for a city to reach rank k: the least sum of score points over its indicators.

The other cities stay as they are, which holds exactly while the city moves inside the range already seen (min-max) or
between goalposts. For an arithmetic index this is a linear program with one row, solved by taking the heaviest
indicators first; for means of power below 1 the least change fills up like water, by the weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.core.errors import Both, DataError, InfeasibleError
from madang.methods.composite_index.building import Index
from madang.methods.composite_index.tree import Floats, effective_weights, transformed

_STEPS = 200


@dataclass(frozen=True)
class Reach:
    """The least change: score points to add to each indicator, their sum, and the score that is needed and reached."""

    rank: int
    needed: float
    reached: float
    points: float
    moves: dict[str, float]


def least_change(index: Index, city: str, rank: int) -> Reach:
    """Return the least sum of score points that brings a city to a rank or better, level with who holds it now.

    Raises:
        InfeasibleError: even with the best score in everything the city would not get there.
        DataError: the index is no mean of one kind, of power at most 1.
    """
    tree, row = index.tree, index.row(city)
    power = tree.power
    if power is None or power > 1 or index.recipe.pairwise is not None or index.own_weights is not None:
        says = Both(
            "가장 작은 변화를 구하려면 전체를 산술평균이나 그보다 낮은 거듭제곱의 한 가지 평균으로 합쳐야 합니다",
            "the least change needs one kind of mean throughout, arithmetic or of a power below",
        )
        raise DataError(says, todo=Both("한 가지 평균으로 합치십시오", "aggregate by one mean"))
    if not 1 <= rank <= len(index.cities):
        raise DataError(
            Both(
                f"도시 {len(index.cities)}곳에 {rank}위는 없습니다",
                f"there is no rank {rank} among {len(index.cities)} cities",
            ),
            todo=Both("있는 순위를 적으십시오", "name a rank that exists"),
        )
    others = np.sort(np.delete(index.scores, row))[::-1]
    own = index.scored.scores[row]
    there = ~np.isnan(own)
    weights = effective_weights(tree, tree.weights, there)[:, 0]
    needed = float(others[rank - 1]) if rank <= len(others) else float("-inf")
    names = [name for name, known in zip(tree.indicators, there, strict=True) if known]
    start, best, shares = own[there], np.full(int(there.sum()), index.recipe.scale[1]), weights[there]
    best = np.maximum(best, start)
    if index.scores[row] >= needed:
        return Reach(rank, needed, float(index.scores[row]), 0.0, {})
    if _mean(best, shares, power) < needed - 1e-9:
        most = _mean(best, shares, power)
        says = Both(
            f"{city}: {rank}위에 오를 수 없습니다. 모든 지표의 점수가 가장 높아도 {most:.2f}점이며,"
            f" {needed:.2f}점이 있어야 합니다",
            f"{city} cannot reach rank {rank}: with the best score in everything it would have {most:.2f},"
            f" and {needed:.2f} are needed",
        )
        raise InfeasibleError(says, todo=Both("더 낮은 순위를 물으십시오", "ask for a lower rank"))
    made = _by_weight(start, best, shares, needed) if power == 1 else _by_water(start, best, shares, needed, power)
    moves = {name: float(step) for name, step in zip(names, made - start, strict=True) if step > 1e-9}
    return Reach(rank, needed, _mean(made, shares, power), float((made - start).sum()), moves)


def _by_weight(start: Floats, best: Floats, weights: Floats, needed: float) -> Floats:
    """Return scores raised in the heaviest indicators first, each to its best, until the need is met."""
    made = start.copy()
    lack = needed - float(weights @ start)
    for place in np.argsort(-weights, kind="stable"):
        if lack <= 0 or weights[place] <= 0:
            break
        step = min(float(best[place] - start[place]), lack / float(weights[place]))
        made[place] += step
        lack -= step * float(weights[place])
    return made


def _by_water(start: Floats, best: Floats, weights: Floats, needed: float, power: float) -> Floats:
    """Return scores raised to a common level of gain for each point, found by halving.

    Raising y_k by one point gains w_k y_k^(p-1); where any is raised all gains are equal, so
    y_k = (w_k level)^(1/(1-p)).
    """
    with np.errstate(divide="ignore"):
        low, high = -700.0, 700.0
        for _ in range(_STEPS):
            level = 0.5 * (low + high)
            made = np.clip(np.exp((np.log(weights) + level) / (1.0 - power)), start, best)
            low, high = (level, high) if _mean(made, weights, power) < needed else (low, level)
        return np.asarray(np.clip(np.exp((np.log(weights) + high) / (1.0 - power)), start, best))


def _mean(scores: Floats, weights: Floats, power: float) -> float:
    """Return the power mean of scores."""
    total = float(weights @ transformed(scores, power) / weights.sum())
    if power == 1.0:
        return total
    return float(np.exp(total)) if power == 0.0 else float(total ** (1.0 / power))
