"""Weights that data give: entropy, CRITIC, principal component, importance as aimed at, and benefit of the doubt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import optimize

from madang.core.errors import Both, DataError, InfeasibleError, in_both
from madang.methods.composite_index.tree import Floats, Tree, aggregate

#: What a difference from one may come to by rounding alone.
_ROUNDING = 1e-12
NAMES = ("given", "equal", "entropy", "critic", "pca", "importance", "benefit_of_doubt")
#: How far an indicator's share of importance may be from its aim.
_AIM_MISSED_MAX = 0.005


def equal(scores: Floats) -> Floats:
    """Return the same weight for every indicator."""
    return np.full(scores.shape[1], 1.0 / scores.shape[1])


def entropy(scores: Floats) -> Floats:
    """Return Shannon's weights: an indicator weighs by how unevenly its scores are spread over the cities.

    w = (1 - E) / sum(1 - E), E = -sum p ln p / ln n, p the shares of the column's total.
    """
    known = _whole(scores)
    if np.any(known < 0):
        raise DataError(
            Both("엔트로피로 가중하려면 점수가 0 이상이어야 합니다", "weights by entropy need scores of at least zero"),
            todo=Both("min_max로 정규화하거나 다르게 가중하십시오", "take min_max, or other weights"),
        )
    total = known.sum(axis=0)
    shares = np.divide(known, total, out=np.zeros_like(known), where=total > 0)
    terms = np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1.0)), 0.0)
    return _shared(_beyond_rounding(1.0 + terms.sum(axis=0) / np.log(len(known))))


def critic(scores: Floats) -> Floats:
    """Return the weights of Diakoulaki and others (1995): spread times disagreement with the other indicators."""
    known = _whole(scores)
    return _shared(known.std(axis=0, ddof=1) * _beyond_rounding((1.0 - _correlations(known)).sum(axis=0)))


def pca(scores: Floats) -> Floats:
    """Return the sizes of the first principal component's loadings."""
    _, vectors = np.linalg.eigh(_correlations(_whole(scores)))
    return _shared(np.abs(vectors[:, -1]))


def importance(tree: Tree, scores: Floats, aim: Floats) -> Floats:
    """Return weights of a one-level tree whose indicators matter as much as aimed at.

    How much an indicator matters is its squared correlation with the index, as a share of all.

    Raises:
        InfeasibleError: no weights found come within half a percentage point of the aims; says which is missed most.
    """
    known, wanted = _whole(scores), aim / aim.sum()

    def off(logs: Floats) -> Floats:
        index = aggregate(tree, known, np.exp(logs))[tree.order[-1].name]
        matter = np.array([_correlation(column, index) ** 2 for column in known.T])
        return np.asarray(matter / max(float(matter.sum()), 1e-300) - wanted)

    # The sum of squares may have several valleys: the best of three starts.
    starts = (np.maximum(wanted, 1e-6), np.sqrt(np.maximum(wanted, 1e-6)), np.ones(len(wanted)))
    tried = [optimize.least_squares(off, np.log(start / start.sum()), bounds=(-20.0, 20.0)) for start in starts]
    best = min(tried, key=lambda one: float(one.cost)).x
    missed = off(best)
    worst = int(np.abs(missed).argmax())
    if abs(missed[worst]) > _AIM_MISSED_MAX:
        asked, got = 100.0 * wanted[worst], 100.0 * (wanted[worst] + missed[worst])
        name = tree.indicators[worst]
        says = Both(
            f"{name!r}의 중요도가 {asked:.1f} %가 되는 가중치를 찾지 못했습니다. 가장 가까운 것은 {got:.1f} %입니다",
            f"no weights were found that make {name!r} matter {asked:.1f} %: the nearest is {got:.1f} %",
        )
        todo = Both(
            "중요도 목표를 바꾸거나, 다른 지표와 나란히 또는 거꾸로 움직이는 지표를 빼십시오",
            "aim otherwise, or leave out indicators that run along with others or against them",
        )
        raise InfeasibleError(says, todo=todo)
    return _shared(np.exp(best))


def benefit_of_doubt(
    scores: Floats, share_min: float = 0.0, share_max: float = 1.0, names: Sequence[str] | None = None
) -> tuple[Floats, Floats]:
    """Return each city's best index under its own weights, and those weights (cities x indicators).

    The weights let no city exceed 1 (data envelopment without inputs; Cherchye and others 2007). ``share_min`` and
    ``share_max`` bound what part of a city's index an indicator may make.

    Raises:
        InfeasibleError: the bounds leave a city no weights.
    """
    known = _whole(scores)
    if np.any(known < 0):
        raise DataError(
            Both(
                "유리한 가중치를 구하려면 점수가 0 이상이어야 합니다",
                "the benefit of the doubt needs scores of at least zero",
            ),
            todo=Both("min_max로 정규화하십시오", "take min_max"),
        )
    if share_min * known.shape[1] > 1 or share_max * known.shape[1] < 1:
        todo = Both(
            "가장 작은 몫을 모두 더하면 100 % 이하, 가장 큰 몫을 모두 더하면 100 % 이상이 되게 하십시오",
            "let the least shares add to at most 100 % and the greatest to at least that",
        )
        raise InfeasibleError(
            Both(
                "몫의 한계를 지키는 가중치가 어느 도시에도 없습니다", "the bounds on shares leave no city any weights"
            ),
            todo=todo,
        )
    index, weights = np.empty(len(known)), np.empty_like(known)
    for city, own in enumerate(known):
        # own_k w_k - share (own . w) within its bounds
        shares = np.diag(own)
        whole = np.broadcast_to(own, shares.shape)
        rows = np.vstack([known, share_min * whole - shares, shares - share_max * whole])
        limits = np.concatenate([np.ones(len(known)), np.zeros(2 * len(own))])
        found = optimize.linprog(-own, rows, limits, method="highs")
        if found.status != 0:
            called = Both(f"{city + 1}번째 도시", f"city {city + 1}") if names is None else in_both(repr(names[city]))
            raise InfeasibleError(
                Both(
                    f"한계를 지키는 가중치가 없는 도시입니다: {called.ko}", f"the bounds leave {called.en} no weights"
                ),
                todo=Both("한계를 넓히십시오", "widen the bounds"),
            )
        weights[city] = found.x
        index[city] = own @ found.x
    return index, weights


def _whole(scores: Floats) -> Floats:
    """Return the scores; refuse gaps, which would weigh in unseen."""
    if np.isnan(scores).any():
        raise DataError(
            Both("자료에서 가중치를 구하려면 빈칸이 없어야 합니다", "weights from data need every value"),
            todo=Both("missing = mean처럼 빈칸을 채우십시오", "fill what is missing, as missing = mean"),
        )
    return scores


def _correlation(column: Floats, index: Floats) -> float:
    """Return the correlation of two columns; zero where one has no spread."""
    x, y = column - column.mean(), index - index.mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else 0.0


def _correlations(scores: Floats) -> Floats:
    """Return the correlations of the indicators; one without spread correlates with none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.nan_to_num(np.atleast_2d(np.corrcoef(scores, rowvar=False)))
    np.fill_diagonal(found, 1.0)
    return found


def _beyond_rounding(shares: Floats) -> Floats:
    """Return what is left of one with what rounding alone leaves set to zero, lest noise be shared out as weight."""
    return np.where(shares > _ROUNDING, shares, 0.0)


def _shared(sizes: Floats) -> Floats:
    """Return sizes as shares of their sum; equal ones where all are zero."""
    total = sizes.sum()
    return sizes / total if total > 0 else np.full(len(sizes), 1.0 / len(sizes))
