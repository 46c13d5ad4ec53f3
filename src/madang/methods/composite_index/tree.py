"""The tree of an index: indicators, groups of any depth up to one root, their weights, and the mean of each group.

A power mean of power 1 is arithmetic, 0 geometric, -1 harmonic. What is missing is left out and the weights of what
is there are shared anew, group by group; a group without any value is missing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from madang.core.errors import Both, DataError, UnknownName

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MEANS: Mapping[str, float] = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}


@dataclass(frozen=True)
class Group:
    """A group: its parts (indicators or groups), a weight for each, and the power of its mean."""

    name: str
    parts: tuple[str, ...]
    weights: tuple[float, ...]
    power: float = 1.0


@dataclass(frozen=True)
class Tree:
    """Indicators in the order of the data's columns, and groups; every part stands in exactly one group."""

    indicators: tuple[str, ...]
    groups: tuple[Group, ...]

    def __post_init__(self) -> None:
        """Refuse a tree that is none: unknown parts, two parents, no root, a circle, or weights that cannot be."""
        _check_names(self)
        # Before the rest: groups in a circle leave the top without parts, which is no fault of the top.
        _check_circle(self)
        _check_shape(self)
        _check_weights(self)

    @cached_property
    def order(self) -> tuple[Group, ...]:
        """Return the groups with every part before its group; the root is the last."""
        placed, left, made = set(self.indicators), list(self.groups), []
        while ready := [group for group in left if set(group.parts) <= placed]:
            made += ready
            placed |= {group.name for group in ready}
            left = [group for group in left if group not in ready]
        return tuple(made)

    @cached_property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """Return (group, part) of every weight, in the order in which drawn weights stand."""
        return tuple((group.name, part) for group in self.order for part in group.parts)

    @cached_property
    def weights(self) -> Floats:
        """Return the weights of all edges."""
        return np.array([weight for group in self.order for weight in group.weights], float)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Return the column of each indicator."""
        return {name: place for place, name in enumerate(self.indicators)}

    @property
    def power(self) -> float | None:
        """Return the one power of all groups, or None where they differ."""
        powers = {group.power for group in self.groups}
        return powers.pop() if len(powers) == 1 else None

    def with_power(self, power: float) -> Tree:
        """Return the tree with one kind of mean throughout."""
        return replace(self, groups=tuple(replace(group, power=power) for group in self.groups))

    def with_weights(self, weights: Floats) -> Tree:
        """Return the tree with other weights, in the order of ``edges``."""
        made, at = [], 0
        for group in self.order:
            count = len(group.parts)
            made.append(replace(group, weights=tuple(float(w) for w in weights[at : at + count])))
            at += count
        return replace(self, groups=tuple(made))

    def without(self, names: Iterable[str]) -> Tree:
        """Return the tree without some indicators; a group that is left empty goes too.

        Raises:
            UnknownName: one of them is no indicator.
            DataError: nothing is left.
        """
        gone = set(names)
        for name in sorted(gone - set(self.indicators)):
            raise UnknownName(Both("지표", "indicator"), name, self.indicators)
        kept = tuple(name for name in self.indicators if name not in gone)
        if not kept:
            raise DataError(
                Both("남은 지표가 없습니다", "no indicator is left"),
                todo=Both("적어도 하나는 두십시오", "keep at least one"),
            )
        made: list[Group] = []
        for group in self.order:
            pairs = [(p, w) for p, w in zip(group.parts, group.weights, strict=True) if p not in gone]
            if not pairs:
                gone.add(group.name)
                continue
            made.append(replace(group, parts=tuple(p for p, _ in pairs), weights=tuple(w for _, w in pairs)))
        return Tree(kept, tuple(made))


def flat(names: Iterable[str], weights: Iterable[float] | None = None, power: float = 1.0) -> Tree:
    """Return a tree of one level; equal weights where none are given."""
    listed = tuple(names)
    shares = tuple(weights) if weights is not None else (1.0,) * len(listed)
    return Tree(listed, (Group("index", listed, shares, power),))


def effective_weights(tree: Tree, weights: Floats, there: Bools) -> Floats:
    """Return the weight of each indicator in the whole, for a city that has the indicators ``there``.

    Args:
        tree: the tree.
        weights: of its edges, (edges) or (edges x draws).
        there: indicators that have a value.

    Returns:
        (indicators x draws), each column adding to 1; nothing but zeros where the city has no value.
    """
    drawn = weights.reshape(len(tree.edges), -1)
    has = {name: bool(there[place]) for name, place in tree.places.items()}
    shares: dict[str, Floats] = {}
    alive: dict[str, Bools] = {}
    at = 0
    for group in tree.order:
        for part, row in zip(group.parts, drawn[at : at + len(group.parts)], strict=True):
            shares[part] = row * alive[part] if part in alive else row * has[part]
        total = np.sum([shares[part] for part in group.parts], axis=0)
        alive[group.name] = total > 0
        for part in group.parts:
            shares[part] = np.divide(shares[part], total, out=np.zeros_like(total), where=total > 0)
        at += len(group.parts)
    whole = {tree.order[-1].name: np.ones(drawn.shape[1])}
    for group in reversed(tree.order):
        for part in group.parts:
            whole[part] = whole[group.name] * shares[part]
    return np.stack([whole[name] for name in tree.indicators])


def transformed(values: Floats, power: float) -> Floats:
    """Return what a power mean adds up: logarithms for 0, else powers; empty cells stay empty.

    Raises:
        DataError: a value that is not positive, for any mean but the arithmetic one.
    """
    if power == 1.0:
        return values
    if np.any(values <= 0):
        says = Both(
            "기하평균, 조화평균 같은 거듭제곱 평균을 쓰려면 점수가 0보다 커야 합니다",
            "a geometric, harmonic or other power mean needs scores above zero",
        )
        raise DataError(
            says,
            todo=Both(
                "scale = [1, 100]처럼 점수 범위의 낮은 끝을 0보다 크게 하거나 산술평균을 쓰십시오",
                "give the scale a floor above zero, as scale = [1, 100], or take the arithmetic mean",
            ),
        )
    with np.errstate(over="ignore"):
        return np.log(values) if power == 0.0 else values**power


def back(sums: Floats, power: float) -> Floats:
    """Return the mean from the weighted sum of what ``transformed`` gave."""
    if power == 1.0:
        return sums
    return np.exp(sums) if power == 0.0 else sums ** (1.0 / power)


def aggregate(tree: Tree, scores: Floats, weights: Floats | None = None) -> dict[str, Floats]:
    """Return every group's score by the literal recursion, one set of weights.

    Args:
        tree: the tree.
        scores: (cities x indicators), NaN where a value is missing.
        weights: of the edges; the tree's own by default.

    Returns:
        a vector (cities) for each group; NaN where nothing in it is known.
    """
    taken = tree.weights if weights is None else weights
    found = {name: scores[:, place] for name, place in tree.places.items()}
    at, made = 0, {}
    for group in tree.order:
        values = np.stack([found[part] for part in group.parts], axis=1)
        share = taken[at : at + len(group.parts)]
        at += len(group.parts)
        there = ~np.isnan(values)
        total = there @ share
        sums = np.where(there, transformed(values, group.power), 0.0) @ share
        mean = np.divide(sums, total, out=np.full(len(values), np.nan), where=total > 0)
        found[group.name] = made[group.name] = back(mean, group.power)
    return made


def reached(tree: Tree, scores: Floats) -> Bools:
    """Tell which cities have a value in something that weighs; the others have no index."""
    known = np.where(np.isnan(scores), np.nan, 1.0)
    return np.asarray(~np.isnan(aggregate(tree.with_power(1.0), known)[tree.order[-1].name]))


def index_scores(tree: Tree, scores: Floats, weights: Floats) -> Floats:
    """Return the index of every city under many draws of weights, (cities x draws).

    Means of one kind throughout collapse to one effective weight vector for each pattern of gaps and draw, so an
    ensemble is one matrix product a pattern. Means of several kinds are taken level by level.
    """
    power = tree.power
    if power is None:
        return _by_level(tree, scores, weights)
    there = ~np.isnan(scores)
    values = np.where(there, transformed(scores, power), 0.0)
    made = np.empty((len(scores), weights.shape[1]))
    patterns, which = np.unique(there, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        rows = np.flatnonzero(which.reshape(-1) == number)
        shares = effective_weights(tree, weights, pattern)
        # Where nothing that is there weighs anything, there is no index: not one of zero.
        made[rows] = np.where(shares.any(axis=0), values[rows] @ shares, np.nan)
    return back(made, power)


def _by_level(tree: Tree, scores: Floats, weights: Floats) -> Floats:
    """Return the index under many draws where groups have different means."""
    draws = weights.shape[1]
    found = {name: scores[:, [place]] for name, place in tree.places.items()}
    at = 0
    for group in tree.order:
        sums: Floats = np.zeros((len(scores), draws))
        total: Floats = np.zeros((len(scores), draws))
        for part, row in zip(group.parts, weights[at : at + len(group.parts)], strict=True):
            there = ~np.isnan(found[part])
            sums += np.where(there, transformed(found[part], group.power), 0.0) * row
            total += there * row
        at += len(group.parts)
        mean = np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)
        found[group.name] = back(mean, group.power)
    return found[tree.order[-1].name]


def _check_names(tree: Tree) -> None:
    """Refuse names that stand twice, parts that do not exist, and a part of two groups."""
    names = [*tree.indicators, *(group.name for group in tree.groups)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(
            Both(f"지수의 두 부분이 같은 이름을 씁니다: {twice!r}", f"two parts of the index are called {twice!r}"),
            todo=Both("하나의 이름을 바꾸십시오", "rename one of them"),
        )
    parts = [part for group in tree.groups for part in group.parts]
    for part in parts:
        if part not in names:
            raise UnknownName(Both("지수의 부분", "part of the index"), part, names)
        if parts.count(part) > 1:
            raise DataError(
                Both(f"두 묶음에 들어 있습니다: {part!r}", f"{part!r} stands in two groups"),
                todo=Both("하나만 두십시오", "keep one of them"),
            )


def _check_circle(tree: Tree) -> None:
    """Refuse groups that stand in each other, naming them in the order in which they do."""
    placed = {group.name for group in tree.order}
    inside = {part: group.name for group in tree.groups for part in group.parts}
    first = next((group.name for group in tree.groups if group.name not in placed), None)
    if first is None:
        return
    # A part stands in one group only, so whatever is not placed stands in the circle itself.
    ring = [first]
    while (above := inside[ring[-1]]) != first:
        ring.append(above)
    if len(ring) == 1:
        raise DataError(
            Both(f"묶음이 제 안에 들어 있습니다: {first!r}", f"the group {first!r} stands in itself"),
            todo=Both("다른 묶음에 넣거나 어느 묶음에도 넣지 마십시오", "let it stand in another group, or in none"),
        )
    says = " in ".join(repr(name) for name in (*ring, first))
    raise DataError(
        Both(
            f"묶음이 돌고 돌아 제 안에 들어 있습니다: {' ⊂ '.join(repr(name) for name in (*ring, first))}",
            f"groups stand in a circle: {says}",
        ),
        todo=Both(
            "그 가운데 하나를 고리 밖의 묶음에 넣으십시오", "let one of them stand in a group outside the circle"
        ),
    )


def _check_shape(tree: Tree) -> None:
    """Refuse a group without parts, and anything but one root."""
    names = [*tree.indicators, *(group.name for group in tree.groups)]
    parts = [part for group in tree.groups for part in group.parts]
    empty = next((group.name for group in tree.groups if not group.parts), None)
    if empty is not None:
        raise DataError(
            Both(f"빈 묶음입니다: {empty!r}", f"the group {empty!r} has no parts"),
            todo=Both("지표를 넣거나 묶음을 없애십시오", "put an indicator into it, or remove it"),
        )
    roots = [name for name in names if name not in parts]
    if len(roots) > 1:
        raise DataError(
            Both(f"지수의 꼭대기가 여럿입니다: {', '.join(roots)}", f"the index has several tops: {', '.join(roots)}"),
            todo=Both("저마다 묶음에 넣으십시오", "put each into a group"),
        )


def _check_weights(tree: Tree) -> None:
    """Refuse weights that are missing, negative or all zero."""
    for group in tree.groups:
        if len(group.weights) != len(group.parts):
            raise DataError(
                Both(
                    f"묶음 {group.name!r}의 부분은 {len(group.parts)}개인데 가중치는 {len(group.weights)}개입니다",
                    f"the group {group.name!r} has {len(group.parts)} parts and {len(group.weights)} weights",
                )
            )
        for part, weight in zip(group.parts, group.weights, strict=True):
            if not 0 <= weight < float("inf"):
                raise DataError(
                    Both(f"{part!r}의 가중치가 {weight:g}입니다", f"the weight of {part!r} is {weight:g}"),
                    todo=Both("0 이상을 주십시오", "give zero or more"),
                )
        if not any(group.weights):
            raise DataError(
                Both(f"묶음 {group.name!r} 안의 가중치가 모두 0입니다", f"the weights in {group.name!r} are all zero"),
                todo=Both("적어도 하나에 가중치를 주십시오", "give one of them weight"),
            )
