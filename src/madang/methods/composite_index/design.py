"""Declared assumptions and the points at which they are tried: a scrambled Sobol' sequence, a column a dimension."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.stats import qmc

from madang.core.errors import Both, DataError, UnknownName
from madang.methods.composite_index.building import Recipe
from madang.methods.composite_index.ranking import Ints
from madang.methods.composite_index.tree import Floats

#: Fields of a recipe that may have alternatives.
FIELDS = ("missing", "treatment", "normalisation", "weighting", "power")


@dataclass(frozen=True)
class Alternatives:
    """One field of the recipe that might as well have been set otherwise."""

    field: str
    options: tuple[Any, ...]

    @property
    def name(self) -> str:
        """Return what the assumption is called."""
        return self.field


@dataclass(frozen=True)
class WeightSpread:
    """Every weight, on every level, may be off by this share of itself, each by itself."""

    share: float

    name = "weights"


@dataclass(frozen=True)
class LeaveOut:
    """One of the indicators, or none, might as well have been left out."""

    name = "leave_out"


Assumption = Alternatives | WeightSpread | LeaveOut


@dataclass(frozen=True)
class Design:
    """The points at which a recipe's assumptions are tried.

    ``columns`` names each dimension: an assumption has one, the weights one for each edge of the tree.
    """

    recipe: Recipe
    assumptions: tuple[Assumption, ...]
    draws: int
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse assumptions that are named twice or can have no effect by themselves."""
        names = [one.name for one in self.assumptions]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise DataError(
                Both(f"같은 가정을 두 번 선언했습니다: {twice!r}", f"the assumption {twice!r} is declared twice"),
                todo=Both("하나만 두십시오", "keep one of them"),
            )
        for one in self.assumptions:
            if isinstance(one, Alternatives) and one.field not in FIELDS:
                raise UnknownName(Both("가정", "assumption"), one.field, FIELDS)
        if not names:
            raise DataError(
                Both("선언한 가정이 없습니다", "no assumption is declared"),
                todo=Both(
                    "가중치처럼 달리 정할 수 있는 것을 선언하십시오", "declare what might be otherwise, such as weights"
                ),
            )
        if self.draws < 1:
            raise DataError(
                Both("추출을 적어도 한 번은 해야 합니다", "an ensemble needs at least one draw"),
                todo=Both("draws를 주십시오", "give draws"),
            )

    @cached_property
    def spans(self) -> tuple[slice, ...]:
        """Return the dimensions of each assumption."""
        made, at = [], 0
        for one in self.assumptions:
            count = len(self.recipe.tree.edges) if isinstance(one, WeightSpread) else 1
            made.append(slice(at, at + count))
            at += count
        return tuple(made)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the name of each dimension."""
        made: list[str] = []
        for one in self.assumptions:
            if isinstance(one, WeightSpread):
                made += [f"weights: {part} in {group}" for group, part in self.recipe.tree.edges]
            else:
                made.append(one.name)
        return tuple(made)

    def chunks(self, size: int) -> Iterator[Floats]:
        """Yield the points, at most ``size`` (a power of two) at a time; the same points whatever the size."""
        engine = qmc.Sobol(len(self.columns), scramble=True, seed=self.seed)
        left = self.draws
        while left > 0:
            # Blocks are powers of two, as the sequence is balanced in these.
            block = engine.random(min(size, 1 << math.ceil(math.log2(left))))
            yield block[:left]
            left -= len(block)

    def matrix(self) -> Floats:
        """Return all points (draws x dimensions), each in 0..1; ``decoded`` tells what they stand for."""
        return np.concatenate(list(self.chunks(1 << 14)))

    def options(self, points: Floats) -> Ints:
        """Return which option each point takes of each field with alternatives, (points x such fields)."""
        listed = [
            np.minimum((points[:, span.start] * len(one.options)).astype(int), len(one.options) - 1)
            for one, span in zip(self.assumptions, self.spans, strict=True)
            if isinstance(one, Alternatives)
        ]
        return np.stack(listed, axis=1) if listed else np.zeros((len(points), 0), np.int64)

    def left_out(self, points: Floats) -> Ints | None:
        """Return which indicator each point leaves out (their number stands for none); None where all always count."""
        count = len(self.recipe.tree.indicators) + 1
        for one, span in zip(self.assumptions, self.spans, strict=True):
            if isinstance(one, LeaveOut):
                return np.asarray(np.minimum((points[:, span.start] * count).astype(int), count - 1))
        return None

    def factors(self, points: Floats) -> Floats:
        """Return by what each edge's weight is multiplied, (edges x points)."""
        made = np.ones((len(self.recipe.tree.edges), len(points)))
        for one, span in zip(self.assumptions, self.spans, strict=True):
            if isinstance(one, WeightSpread):
                made *= 1.0 + one.share * (2.0 * points[:, span].T - 1.0)
        gone = self.left_out(points)
        if gone is not None:
            places = {part: place for place, (_, part) in enumerate(self.recipe.tree.edges)}
            rows = np.array([places[name] for name in self.recipe.tree.indicators])
            taken = np.flatnonzero(gone < len(rows))
            made[rows[gone[taken]], taken] = 0.0
        return made

    def decoded(self, points: Floats) -> dict[str, Sequence[Any]]:
        """Return the points in words: the option of each field, the indicator left out, and every weight's factor."""
        made: dict[str, Sequence[Any]] = {}
        fields = [one for one in self.assumptions if isinstance(one, Alternatives)]
        for one, column in zip(fields, self.options(points).T, strict=True):
            made[one.name] = [one.options[place] for place in column]
        gone = self.left_out(points)
        if gone is not None:
            names = [*self.recipe.tree.indicators, ""]
            made["leave_out"] = [names[place] for place in gone]
        for (group, part), row in zip(self.recipe.tree.edges, self.factors(points), strict=True):
            made[f"weights: {part} in {group}"] = row.tolist()
        return made
