"""An index under every declared assumption at once: scores and ranks of all draws, in bounded memory.

The few discrete choices are worked out once; inside each, an ensemble of means is one matrix product a gap pattern.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from madang.core.errors import Both, DataError
from madang.core.kernels import kernel
from madang.core.progress import Progress, silent
from madang.methods.composite_index.building import Index, Recipe, Scored, build, check_reached, score, weighed
from madang.methods.composite_index.data import Data
from madang.methods.composite_index.design import Alternatives, Assumption, Design, LeaveOut, WeightSpread
from madang.methods.composite_index.ranking import Counts, count_ranks
from madang.methods.composite_index.tree import Floats, Tree, index_scores, reached

#: Scores that one chunk of draws may hold, and those that are kept whole for exact quantiles.
CHUNK_VALUES, KEPT_VALUES = 1 << 22, 20_000_000
#: Steps in which scores are counted where they are too many to keep.
STEPS = 4096


@dataclass(frozen=True)
class Cell:
    """One combination of the discrete choices: its scores and its tree."""

    scored: Scored
    tree: Tree


@dataclass
class Trial:
    """The data, a design, and the cells worked out so far."""

    data: Data
    design: Design
    cells: dict[tuple[int, ...], Cell] = field(default_factory=dict)

    @cached_property
    def fields(self) -> tuple[Alternatives, ...]:
        """Return the fields with alternatives."""
        return tuple(one for one in self.design.assumptions if isinstance(one, Alternatives))

    def recipe(self, key: tuple[int, ...]) -> Recipe:
        """Return the recipe of one combination."""
        chosen: dict[str, Any] = {one.field: one.options[at] for one, at in zip(self.fields, key, strict=True)}
        return replace(self.design.recipe, **chosen)

    def cell(self, key: tuple[int, ...]) -> Cell:
        """Return one combination, worked out once."""
        if key not in self.cells:
            recipe = self.recipe(key)
            if recipe.pairwise is not None or recipe.weighting == "benefit_of_doubt":
                says = Both(
                    "가정을 흔들어 보려면 평균으로 합쳐야 하는데, 짝 비교와 유리한 가중치에는 평균이 없습니다",
                    "an ensemble needs a mean; pairs and the benefit of the doubt have none",
                )
                raise DataError(
                    says,
                    todo=Both(
                        "평균으로 합치거나 불확실성을 선언하지 마십시오",
                        "aggregate by a mean, or declare no uncertainty",
                    ),
                )
            scored = score(self.data, recipe)
            self.cells[key] = Cell(scored, weighed(scored, recipe))
        return self.cells[key]

    def every(self) -> Iterator[Cell]:
        """Yield every combination of the discrete choices."""
        for key in product(*(range(len(one.options)) for one in self.fields)):
            yield self.cell(key)

    def scores(self, points: Floats) -> Floats:
        """Return the index at each point, (points x cities)."""
        options, factors = self.design.options(points), self.design.factors(points)
        keys, which = np.unique(options, axis=0, return_inverse=True)
        made: Floats | None = None
        for number, key in enumerate(keys):
            cell = self.cell(tuple(int(part) for part in key))
            if made is None:
                made = np.empty((len(points), len(cell.scored.cities)))
            at = np.flatnonzero(which.reshape(-1) == number)
            weights = cell.tree.weights[:, None] * factors[:, at]
            made[at] = index_scores(cell.tree, cell.scored.scores, weights).T
        assert made is not None  # noqa: S101 - a design has at least one point
        return made

    def check_reached(self) -> None:
        """Refuse cities that one of the choices leaves without anything that weighs.

        Raises:
            DataError: naming the city, and the indicator it hangs on where one may be left out.
        """
        leave = any(isinstance(one, LeaveOut) for one in self.design.assumptions)
        for cell in self.every():
            check_reached(cell.tree, cell.scored)
            for place, name in enumerate(cell.tree.indicators if leave else ()):
                scores = cell.scored.scores.copy()
                scores[:, place] = np.nan
                lost = np.flatnonzero(~reached(cell.tree, scores))
                if len(lost):
                    city = cell.scored.cities[lost[0]]
                    says = Both(
                        f"{name!r} 지표를 빼면 가중치가 있는 지표의 값이 하나도 없는 도시입니다: {city!r}",
                        f"without {name!r}, {city!r} has no value in anything that weighs",
                    )
                    raise DataError(
                        says,
                        todo=Both(
                            "갖추어야 할 몫을 높이거나, 빈칸을 채우거나, 지표를 빼 보지 마십시오",
                            "ask for more coverage, fill its gaps, or leave no indicator out",
                        ),
                    )


@dataclass(frozen=True)
class Ensemble:
    """What became of an index under its assumptions.

    ``counts`` holds how often each city (row) took each rank (column). ``score_ends`` holds the 5th, 50th and 95th
    percentile of each city's score; they are exact where ``score_step`` is zero, else right to within that step.
    """

    base: Index
    trial: Trial
    counts: Counts
    score_ends: Floats
    score_step: float

    @property
    def design(self) -> Design:
        """Return the design, whose ``matrix`` holds every point tried."""
        return self.trial.design

    @property
    def shares(self) -> Floats:
        """Return how likely each rank is for each city, by the draws."""
        return self.counts / self.design.draws

    def rank_ends(self, low: float = 0.05, high: float = 0.95) -> npt.NDArray[np.int64]:
        """Return for each city the ranks at the low, middle and high end of the draws, (cities x 3)."""
        upto = np.cumsum(self.shares, axis=1)
        columns = [(upto < end - 1e-12).sum(axis=1) + 1 for end in (low, 0.5, high)]
        return np.stack(columns, axis=1)

    def rank_extremes(self) -> npt.NDArray[np.int64]:
        """Return the best and the worst rank that any draw gave, (cities x 2)."""
        seen = self.counts > 0
        return np.stack([seen.argmax(axis=1) + 1, seen.shape[1] - seen[:, ::-1].argmax(axis=1)], axis=1)

    @property
    def mean_shift(self) -> float:
        """Return by how many places a city moves on average from its rank without any of the assumptions moved."""
        places = np.arange(1, self.counts.shape[1] + 1)
        return float((np.abs(places[None, :] - self.base.ranks[:, None]) * self.shares).sum(axis=1).mean())


def sample(
    data: Data,
    recipe: Recipe,
    assumptions: tuple[Assumption, ...],
    draws: int,
    *,
    seed: int = 0,
    progress: Progress = silent,
) -> Ensemble:
    """Return an index under its assumptions, at quasi-random points.

    Memory is bounded whatever the number of draws: ranks are counted exactly as they come; scores are kept whole up
    to ``KEPT_VALUES`` of them, beyond that they are counted in steps.

    Raises:
        DataError: a declared assumption has no effect, or cannot be tried.
    """
    base = build(data, recipe)
    trial = Trial(data, Design(recipe, assumptions, draws, seed))
    trial.check_reached()
    check_effects(trial)
    cities = len(base.cities)
    counts = np.zeros((cities, cities), np.int32)
    keeper = _Keeper(cities, draws, trial)
    size = 1 << max(0, int(np.log2(max(1, CHUNK_VALUES // cities))))
    done = 0
    for points in trial.design.chunks(min(size, 1 << 14)):
        scores = trial.scores(points)
        count_ranks(scores, counts)
        keeper.add(scores)
        done += len(points)
        progress(done / draws, "drawing")
    return Ensemble(base, trial, counts, *keeper.ends())


def check_effects(trial: Trial) -> None:
    """Refuse an assumption that moves no score: it would look like certainty.

    Raises:
        DataError: naming the assumption.
    """
    keys = list(product(*(range(len(one.options)) for one in trial.fields)))
    for place, one in enumerate(trial.fields):
        if not any(_differ(trial, key, place) for key in keys if key[place] == 0):
            says = Both(
                f"가정 {one.name!r}에 효과가 없습니다: 점수가 모두 같습니다({_options(one)})",
                f"the assumption {one.name!r} has no effect: {_options(one)} give the same scores",
            )
            raise DataError(says, todo=Both("결과를 바꾸는 것만 선언하십시오", "declare only what makes a difference"))
    for assumption in trial.design.assumptions:
        if isinstance(assumption, WeightSpread) and not 0 < assumption.share <= 1:
            says = Both(
                f"가중치가 제 크기의 {assumption.share:g}배까지 다를 수 있다고 했습니다",
                f"weights may be off by {assumption.share:g} of themselves",
            )
            raise DataError(
                says, todo=Both("0보다 크고 1 이하인 폭을 주십시오", "give a spread above zero and at most 1")
            )
        if not isinstance(assumption, Alternatives) and not _moves(trial, assumption):
            says = Both(
                f"가정 {assumption.name!r}에 효과가 없습니다: 움직이는 점수가 없습니다",
                f"the assumption {assumption.name!r} has no effect: no score moves",
            )
            raise DataError(says, todo=Both("결과를 바꾸는 것만 선언하십시오", "declare only what makes a difference"))


def _moves(trial: Trial, assumption: WeightSpread | LeaveOut) -> bool:
    """Tell whether other weights, or indicators left out, move any score of any combination of the other choices."""
    design = replace(trial.design, assumptions=(assumption,))
    edges = len(design.recipe.tree.edges)
    if isinstance(assumption, WeightSpread):
        # Each weight at its least, the others at their greatest.
        factors = np.where(np.eye(edges, dtype=bool), 1.0 - assumption.share, 1.0 + assumption.share)
    else:
        count = len(design.recipe.tree.indicators)
        factors = design.factors((np.arange(count)[:, None] + 0.5) / (count + 1))
    for cell in trial.every():
        given = cell.tree.weights[:, None]
        there = index_scores(cell.tree, cell.scored.scores, given)
        here = index_scores(cell.tree, cell.scored.scores, given * factors)
        if not np.allclose(there, here, rtol=1e-12, atol=1e-12):
            return True
    return False


def _differ(trial: Trial, key: tuple[int, ...], place: int) -> bool:
    """Tell whether any option of one field gives other scores than its first, the other choices being equal."""
    first = trial.cell(key)
    there = index_scores(first.tree, first.scored.scores, first.tree.weights[:, None])
    for option in range(1, len(trial.fields[place].options)):
        other = trial.cell((*key[:place], option, *key[place + 1 :]))
        here = index_scores(other.tree, other.scored.scores, other.tree.weights[:, None])
        if not np.allclose(there, here, rtol=1e-12, atol=1e-12, equal_nan=True):
            return True
    return False


def _options(one: Alternatives) -> str:
    """Return the options in words."""
    return ", ".join(str(option) for option in one.options)


class _Keeper:
    """Scores of all draws, whole where they fit, else counted in steps of the range they can take."""

    def __init__(self, cities: int, draws: int, trial: Trial) -> None:
        """Choose how to keep them."""
        self.draws = draws
        self.kept: list[Floats] | None = [] if cities * draws <= KEPT_VALUES else None
        if self.kept is None:
            cells = list(trial.every())
            self.low = min(float(np.nanmin(cell.scored.scores)) for cell in cells)
            self.high = max(float(np.nanmax(cell.scored.scores)) for cell in cells)
            self.counts = np.zeros((cities, STEPS), np.int32)

    def add(self, scores: Floats) -> None:
        """Take the scores of a chunk (draws x cities)."""
        if self.kept is not None:
            self.kept.append(scores)
        else:
            _count_steps(scores, self.low, STEPS / (self.high - self.low), self.counts)

    def ends(self) -> tuple[Floats, float]:
        """Return the 5th, 50th and 95th percentile of each city, and the step to which they are known."""
        at = (0.05, 0.5, 0.95)
        if self.kept is not None:
            return np.quantile(np.concatenate(self.kept), at, axis=0).T, 0.0
        step = (self.high - self.low) / STEPS
        upto = np.cumsum(self.counts, axis=1)
        made = []
        for end in at:
            # Between the two draws beside the percentile, as numpy takes it of scores that are kept.
            place, part = divmod((self.draws - 1) * end, 1.0)
            below, above = ((upto <= nth).sum(axis=1) for nth in (place, min(place + 1, self.draws - 1)))
            made.append(self.low + ((1.0 - part) * below + part * above + 0.5) * step)
        return np.stack(made, axis=1), step


@kernel(nogil=True)
def _count_steps(scores: Floats, low: float, per: float, counts: Counts) -> None:  # pragma: no cover
    """Count each city's scores in steps."""
    last = counts.shape[1] - 1
    for draw in range(scores.shape[0]):
        for city in range(scores.shape[1]):
            step = int((scores[draw, city] - low) * per)
            counts[city, min(max(step, 0), last)] += 1
