"""Small indices made up for the tests beside, and the recursion of nested means written without arrays."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from madang.methods.composite_index import Data, Group, Indicator, Recipe, Tree, flat
from madang.methods.composite_index.tree import Floats

NAN = float("nan")


def recipe(*names: str, weights: tuple[float, ...] | None = None, **more: object) -> Recipe:
    """Return a recipe of one level over indicators of which more is better."""
    return Recipe(tree=flat(names, weights), indicators=tuple(Indicator(name) for name in names), **more)  # type: ignore[arg-type]


def data(rows: list[list[float]], groups: tuple[str, ...] | None = None) -> Data:
    """Return cities A, B, C... with these values."""
    return Data(tuple(chr(65 + row) for row in range(len(rows))), np.array(rows, float), groups)


def two_levels(power: float = 1.0) -> Tree:
    """Return a, b, c in g (1, 3, 1) and d, e in h (2, 1); g weighs 3 and h 2."""
    return Tree(
        ("a", "b", "c", "d", "e"),
        (
            Group("g", ("a", "b", "c"), (1.0, 3.0, 1.0), power),
            Group("h", ("d", "e"), (2.0, 1.0), power),
            Group("index", ("g", "h"), (3.0, 2.0), power),
        ),
    )


def recipe_of(tree: Tree, **more: object) -> Recipe:
    """Return a recipe of any tree over indicators of which more is better."""
    return Recipe(tree=tree, indicators=tuple(Indicator(name) for name in tree.indicators), **more)  # type: ignore[arg-type]


def literal(tree: Tree, row: list[float], weights: dict[tuple[str, str], float], name: str) -> float:
    """Return one city's score of a part by plain recursion: the mean of what is known, weights shared anew."""
    if name in tree.indicators:
        return row[tree.indicators.index(name)]
    group = next(one for one in tree.groups if one.name == name)
    parts = [(weights[name, part], literal(tree, row, weights, part)) for part in group.parts]
    known = [(weight, value) for weight, value in parts if not math.isnan(value)]
    whole = sum(weight for weight, _ in known)
    if whole <= 0:
        return NAN
    if group.power == 0:
        return math.exp(sum(weight * math.log(value) for weight, value in known) / whole)
    mean = sum(weight * value**group.power for weight, value in known) / whole
    return float(mean ** (1.0 / group.power))


def edge_weights(tree: Tree, weights: Floats) -> dict[tuple[str, str], float]:
    """Return weights by group and part."""
    return dict(zip(tree.edges, weights.tolist(), strict=True))


@st.composite
def trees(draw: st.DrawFn, power: float | None = None) -> Tree:
    """Return a tree of up to nine indicators and three levels; one power throughout, or each group its own."""
    count = draw(st.integers(2, 9))
    names = [f"i{place}" for place in range(count)]
    powers = st.just(power) if power is not None else st.sampled_from([1.0, 0.0, -1.0, 2.0])
    level, groups = list(names), []
    for depth in range(draw(st.integers(0, 2))):
        fresh, at = [], 0
        while at < len(level):
            size = draw(st.integers(1, 4))
            parts = tuple(level[at : at + size])
            groups.append(Group(f"g{depth}_{at}", parts, _weights(draw, len(parts)), draw(powers)))
            fresh.append(groups[-1].name)
            at += size
        level = fresh
    groups.append(Group("index", tuple(level), _weights(draw, len(level)), draw(powers)))
    return Tree(tuple(names), tuple(groups))


def _weights(draw: st.DrawFn, count: int) -> tuple[float, ...]:
    """Return weights above zero."""
    return tuple(draw(st.lists(st.floats(0.05, 10.0), min_size=count, max_size=count)))


@st.composite
def tables(draw: st.DrawFn, cities: int, columns: int, *, gaps: bool, low: float = 1.0, high: float = 100.0) -> Floats:
    """Return scores; with gaps, but never a whole row of them."""
    cells = draw(st.lists(st.floats(low, high), min_size=cities * columns, max_size=cities * columns))
    made = np.array(cells).reshape(cities, columns)
    if gaps:
        holes = draw(st.lists(st.booleans(), min_size=cities * columns, max_size=cities * columns))
        hole = np.array(holes).reshape(cities, columns)
        hole[hole.all(axis=1), 0] = False
        made[hole] = np.nan
    return made
