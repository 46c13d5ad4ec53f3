"""Why a score or a rank is what it is: contributions, removal effects, and Shapley shares of a shift."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import factorial

import numpy as np

from madang.core.errors import Both, DataError
from madang.methods.composite_index.building import Index, Recipe, assemble, build
from madang.methods.composite_index.data import Data
from madang.methods.composite_index.ranking import ranks
from madang.methods.composite_index.tree import Bools, Floats, Tree, effective_weights, reached, transformed

#: Players of an exact Shapley value: 2^12 runs.
PLAYERS_MAX = 12
#: What a rank shift is put down to.
CAUSES = ("data", "method", "newcomers", "ties")


@dataclass(frozen=True)
class Removal:
    """What becomes of the ranks without one indicator or group: mean places moved, and each city's new rank."""

    name: str
    mean_shift: float
    ranks: tuple[int, ...]


@dataclass(frozen=True)
class Edition:
    """An index as it was made once: cities and named columns, and the recipe of that time."""

    data: Data
    columns: tuple[str, ...]
    recipe: Recipe


@dataclass(frozen=True)
class Shift:
    """A rank shift of each city that is in both editions, and its Shapley shares, which add up to it.

    ``shares`` is (cities x causes), the causes as in ``CAUSES``; positive shares are places lost.
    """

    cities: tuple[str, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    shares: Floats


def contributions(index: Index) -> Floats:
    """Return what each indicator adds to each city's score, (cities x indicators); rows add up to the score.

    For an arithmetic index this is weight times score. For other means of one kind throughout the score is shared in
    proportion to what the mean adds up.

    Raises:
        DataError: the index is no mean of one kind.
    """
    tree, scores = index.tree, index.scored.scores
    power = tree.power
    if power is None or index.recipe.pairwise is not None or index.own_weights is not None:
        raise DataError(
            Both(
                "기여를 나누려면 전체를 한 가지 평균으로 합쳐야 합니다",
                "contributions need one kind of mean throughout",
            ),
            todo=Both("한 가지 평균으로 합치십시오", "aggregate by one mean"),
        )
    there = ~np.isnan(scores)
    weights = np.stack([effective_weights(tree, tree.weights, row)[:, 0] for row in there])
    parts = weights * np.where(there, transformed(scores, power), 0.0)
    if power == 1.0:
        return np.asarray(parts)
    total = parts.sum(axis=1, keepdims=True)
    # A geometric mean of exactly 1 adds up nothing: it is shared by weight.
    return np.asarray(np.divide(parts, total, out=weights, where=np.abs(total) > 1e-12) * index.scores[:, None])


def removals(index: Index) -> tuple[Removal, ...]:
    """Return what happens without each indicator and each group below the root, the most telling first."""
    tree = index.recipe.tree
    named: list[tuple[str, tuple[str, ...]]] = [(name, (name,)) for name in tree.indicators]
    named += [(group.name, _leaves(tree, group.name)) for group in tree.order[:-1]]
    found = [_removal(index, name, gone) for name, gone in named if len(gone) < len(tree.indicators)]
    return tuple(sorted(found, key=lambda one: (-one.mean_shift, one.name)))


def shapley(players: Sequence[str], value: Callable[[frozenset[str]], Floats]) -> dict[str, Floats]:
    """Return each player's Shapley value, exact over all coalitions; they add to value(all) - value(none).

    Raises:
        DataError: more players than ``PLAYERS_MAX``.
    """
    if len(players) > PLAYERS_MAX:
        says = Both(
            f"원인 {len(players)}가지의 정확한 몫을 구하려면 {2 ** len(players):,}번 계산해야 합니다",
            f"exact shares of {len(players)} causes need {2 ** len(players):,} runs",
        )
        raise DataError(says, todo=Both(f"많아도 {PLAYERS_MAX}가지만 물으십시오", f"ask for at most {PLAYERS_MAX}"))
    known = {
        frozenset(some): value(frozenset(some))
        for size in range(len(players) + 1)
        for some in combinations(players, size)
    }
    count, made = len(players), {}
    for player in players:
        total = np.zeros_like(known[frozenset()], dtype=float)
        for some, worth in known.items():
            if player in some:
                continue
            times = factorial(len(some)) * factorial(count - len(some) - 1) / factorial(count)
            total = total + times * (known[some | {player}] - worth)
        made[player] = total
    return made


def score_shift(index: Index, before: str, after: str) -> dict[str, float]:
    """Return how the score of one city differs from another's, shared among the indicators by Shapley's rule.

    The tree is taken as it stands, so only means can be asked; up to ``PLAYERS_MAX`` indicators.

    Raises:
        DataError: no mean, too many indicators, or one that only one of the two cities has.
    """
    tree, scores = index.tree, index.scored.scores
    old, new = scores[index.row(before)], scores[index.row(after)]
    places = tree.places
    if index.recipe.pairwise is not None or index.own_weights is not None:
        raise DataError(
            Both("점수는 평균으로 합칠 때에만 나눌 수 있습니다", "a score is shared out under a mean only"),
            todo=Both("평균으로 합치십시오", "aggregate by a mean"),
        )
    lacking = [name for name, place in places.items() if np.isnan(old[place]) != np.isnan(new[place])]
    if lacking:
        says = Both(
            f"{before!r}, {after!r} 가운데 한 곳에만 이 지표의 값이 있습니다: {lacking[0]!r}",
            f"one of {before!r} and {after!r} alone has a value of {lacking[0]!r}",
        )
        raise DataError(
            says,
            todo=Both(
                "빠진 값을 채우거나, 같은 칸이 빈 도시끼리 비교하십시오",
                "fill what is missing, or compare cities with the same gaps",
            ),
        )

    def value(taken: frozenset[str]) -> Floats:
        row = old.copy()
        for name in taken:
            row[places[name]] = new[places[name]]
        one = replace(index.scored, cities=("",), scores=row[None, :])
        return assemble(one, replace(index.recipe, tree=tree, weighting="given", power=None)).scores

    return {name: float(share[0]) for name, share in shapley(tree.indicators, value).items()}


def rank_shift(before: Edition, after: Edition) -> Shift:
    """Return how ranks moved between two editions, shared among data, method, newcomers and the rule of ties.

    The data of cities in both move; cities in one alone come and go as newcomers; the method is the whole recipe but
    for its rule of ties. Sixteen indices are built.

    Raises:
        DataError: no city is in both, or a mixture of the editions cannot be built.
    """
    common = [city for city in before.data.cities if city in after.data.cities]

    def value(taken: frozenset[str]) -> Floats:
        edition = after if "method" in taken else before
        ties = (after if "ties" in taken else before).recipe.ties
        cities = (after if "newcomers" in taken else before).data.cities
        index = _mixed(before, after, cities, edition.recipe, new_data="data" in taken)
        found = dict(zip(index.cities, ranks(index.scores, ties).tolist(), strict=True))
        return np.array([float(found.get(city, np.nan)) for city in common])

    if not common:
        raise DataError(
            Both("두 판에 다 있는 도시가 없습니다", "no city is in both editions"),
            todo=Both("같은 도시가 있는 두 판을 비교하십시오", "compare editions that share cities"),
        )
    shares = shapley(CAUSES, value)
    old, new = value(frozenset()), value(frozenset(CAUSES))
    moved = np.stack([shares[cause] for cause in CAUSES], axis=1)
    kept: Bools = np.asarray(np.asarray(~np.isnan(moved)).all(axis=1))
    return Shift(
        tuple(city for city, there in zip(common, kept.tolist(), strict=True) if there),
        tuple(int(rank) for rank in old[kept]),
        tuple(int(rank) for rank in new[kept]),
        moved[kept],
    )


def _mixed(before: Edition, after: Edition, cities: Sequence[str], recipe: Recipe, *, new_data: bool) -> Index:
    """Return the index of some cities by one recipe, each city with the data asked for where it has them."""
    names = [indicator.name for indicator in recipe.indicators]
    rows = []
    for city in cities:
        first, second = (after, before) if new_data else (before, after)
        rows.append(_row(first if city in first.data.cities else second, city, names))
    groups = _groups(before, after, cities)
    reference = None
    if recipe.reference is not None:
        owner = after if recipe is after.recipe else before
        named = owner.data.cities[recipe.reference]
        if named not in cities:
            raise DataError(
                Both(
                    f"기준 도시가 두 판에 다 있지 않습니다: {named!r}",
                    f"the reference city {named!r} is not in both editions",
                ),
                todo=Both("다른 기준 도시를 고르십시오", "take another reference"),
            )
        reference = list(cities).index(named)
    return build(Data(tuple(cities), np.array(rows), groups), replace(recipe, reference=reference))


def _row(edition: Edition, city: str, names: Sequence[str]) -> Floats:
    """Return a city's values of named columns; one that the edition does not have is missing."""
    row = edition.data.values[edition.data.cities.index(city)]
    places = {name: place for place, name in enumerate(edition.columns)}
    return np.array([row[places[name]] if name in places else np.nan for name in names])


def _groups(before: Edition, after: Edition, cities: Sequence[str]) -> tuple[str, ...] | None:
    """Return each city's group, where both editions have groups."""
    if before.data.groups is None or after.data.groups is None:
        return None
    known = dict(zip(before.data.cities, before.data.groups, strict=True))
    known |= dict(zip(after.data.cities, after.data.groups, strict=True))
    return tuple(known[city] for city in cities)


def _removal(index: Index, name: str, gone: tuple[str, ...]) -> Removal:
    """Return what happens without some indicators."""
    kept = [place for leaf, place in index.tree.places.items() if leaf not in gone]
    columns = index.scored.scores[:, kept]
    # A city that has nothing else is not ranked without them; its old rank tells of no move.
    fewer = index.recipe.without(gone)
    there = reached(index.tree.without(gone), columns)
    cities = tuple(city for city, known in zip(index.cities, there.tolist(), strict=True) if known)
    scored = replace(index.scored, cities=cities, scores=columns[there])
    other = assemble(scored, fewer)
    moved = np.abs(other.ranks - index.ranks[there])
    full = np.zeros(len(index.cities), np.int64)
    full[there] = other.ranks
    return Removal(name, float(moved.mean()) if len(moved) else 0.0, tuple(int(rank) for rank in full))


def _leaves(tree: Tree, name: str) -> tuple[str, ...]:
    """Return the indicators below a group."""
    parts = next(group.parts for group in tree.groups if group.name == name)
    found: list[str] = []
    for part in parts:
        found += [part] if part in tree.places else _leaves(tree, part)
    return tuple(found)
