"""Which assumption moves the ranks: Sobol' indices by a centred estimator, with error bars and a rule when to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from scipy import stats
from scipy.stats import qmc

from madang.core.errors import Both, DataError
from madang.core.progress import Progress, part_of, silent
from madang.methods.composite_index.building import Index
from madang.methods.composite_index.ensemble import Trial
from madang.methods.composite_index.ranking import count_ranks
from madang.methods.composite_index.tree import Floats

#: Independent scrambles of the sequence; their spread is the error.
REPLICATES = 8
CONFIDENCE = 0.95
#: Points evaluated in one call.
ROWS_TOGETHER = 4096


@dataclass(frozen=True)
class Sobol:
    """Sobol' indices of groups of dimensions for several outputs, (groups x outputs).

    ``first`` is the share of the variance that a group explains alone, ``total`` with all it does together with others.
    ``*_error`` are half widths of 95 % intervals. ``variance`` is of each output; where it is zero nothing moves and
    every index is zero. ``points`` of each sequence, ``runs`` in all, and whether the errors came down to what was
    asked (``settled``).
    """

    names: tuple[str, ...]
    first: Floats
    total: Floats
    first_error: Floats
    total_error: Floats
    variance: Floats
    points: int
    runs: int
    settled: bool


def sobol(
    evaluate: Callable[[Floats], Floats],
    names: Sequence[str],
    spans: Sequence[slice],
    points: int,
    *,
    seed: int = 0,
    progress: Progress = silent,
) -> Sobol:
    """Return Sobol' indices of a function of points in the unit cube.

    Args:
        evaluate: (points x dimensions) to (points x outputs).
        names: of the groups of dimensions.
        spans: the dimensions of each group.
        points: of each sequence, a power of two; ``REPLICATES`` x points x (groups + 2) runs in all.
        seed: of the scrambles.
        progress: called after each scramble.

    First order: mean of f(B) (f(AB) - f(A)) with f centred, which keeps the estimate from drowning in the mean
    (Saltelli and others 2010, Owen 2013); total: mean of (f(A) - f(AB))^2 / 2 (Jansen 1999).
    """
    firsts, totals, variances = [], [], []
    answers = _together(evaluate, _questions(spans, points, seed))
    for replicate in range(REPLICATES):
        first, total, variance = _one(answers, len(spans))
        firsts.append(first)
        totals.append(total)
        variances.append(variance)
        progress((replicate + 1) / REPLICATES, "asking which assumption matters")
    variance = np.mean(variances, axis=0)
    runs = REPLICATES * points * (len(spans) + 2)
    parts = [_shares(np.array(sums), variance) for sums in (firsts, totals)]
    (first, first_error), (total, total_error) = parts
    return Sobol(tuple(names), first, total, first_error, total_error, variance, points, runs, settled=False)


def settle(
    evaluate: Callable[[Floats], Floats],
    names: Sequence[str],
    spans: Sequence[slice],
    *,
    error: float = 0.05,
    points_max: int = 4096,
    watched: Sequence[int] | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> Sobol:
    """Return Sobol' indices with points doubled until every watched error bar is at most ``error``.

    It stops at ``points_max`` in any case, and says whether it settled.
    """
    if points_max < 2 or points_max & (points_max - 1):
        raise DataError(
            Both(f"2의 거듭제곱이 아닙니다: {points_max}", f"{points_max} is no power of two"),
            todo=Both("64, 128, 256 따위를 주십시오", "give 64, 128, 256 and so on"),
        )
    points = first = min(64, points_max)
    while True:
        # Points double, so what a round takes of the whole doubles too.
        done, share = ((points - first) / points_max, points / points_max)
        told = part_of(progress, done, min(1.0, done + share))
        found = sobol(evaluate, names, spans, points, seed=seed, progress=told)
        columns = slice(None) if watched is None else list(watched)
        errors = np.concatenate([found.first_error[:, columns], found.total_error[:, columns]])
        calm = bool(errors.max(initial=0.0) <= error)
        if calm or points >= points_max:
            return Sobol(
                found.names, found.first, found.total, found.first_error, found.total_error, found.variance,
                points, found.runs, settled=calm,
            )  # fmt: skip
        points *= 2


def of_ranks(
    trial: Trial,
    base: Index,
    *,
    error: float = 0.05,
    points_max: int = 4096,
    seed: int = 0,
    progress: Progress = silent,
) -> Sobol:
    """Return the Sobol' indices of an index's declared assumptions.

    Output 0 is the mean number of places a city moves from its base rank; output 1 + c is the rank of city c. The stop
    rule watches output 0.
    """

    def evaluate(points: Floats) -> Floats:
        scores = trial.scores(points)
        counts = np.zeros((scores.shape[1], scores.shape[1]), np.int32)
        drawn = count_ranks(scores, counts, keep=True).astype(float)
        moved = np.abs(drawn - base.ranks).mean(axis=1)
        return np.column_stack([moved, drawn])

    design = trial.design
    names = [one.name for one in design.assumptions]
    return settle(
        evaluate, names, design.spans, error=error, points_max=points_max, watched=[0], seed=seed, progress=progress
    )


def _questions(spans: Sequence[slice], points: int, seed: int) -> Iterator[Floats]:
    """Yield for each scramble its points A and B, and A with each group of dimensions taken from B."""
    dimensions = max(span.stop for span in spans)
    for replicate in range(REPLICATES):
        both = qmc.Sobol(2 * dimensions, scramble=True, seed=seed * REPLICATES + replicate).random(points)
        a, b = both[:, :dimensions], both[:, dimensions:]
        yield a
        yield b
        for span in spans:
            mixed = a.copy()
            mixed[:, span] = b[:, span]
            yield mixed


def _together(evaluate: Callable[[Floats], Floats], questions: Iterator[Floats]) -> Iterator[Floats]:
    """Yield the answer to each question, as many asked at once as ``ROWS_TOGETHER`` holds: few cost as much as many."""
    asked: list[Floats] = []
    for question in chain(questions, (None,)):
        if asked and (question is None or sum(map(len, asked)) + len(question) > ROWS_TOGETHER):
            yield from np.split(evaluate(np.concatenate(asked)), np.cumsum([len(one) for one in asked])[:-1])
            asked = []
        if question is not None:
            asked.append(question)


def _one(answers: Iterator[Floats], groups: int) -> tuple[Floats, Floats, Floats]:
    """Return one scramble's sums for each group and output, and the outputs' variance."""
    at_a, at_b = next(answers), next(answers)
    centre = 0.5 * (at_a.mean(axis=0) + at_b.mean(axis=0))
    variance = 0.5 * (((at_a - centre) ** 2).mean(axis=0) + ((at_b - centre) ** 2).mean(axis=0))
    first, total = [], []
    for _ in range(groups):
        at_mixed = next(answers)
        first.append(((at_b - centre) * (at_mixed - at_a)).mean(axis=0))
        total.append(0.5 * ((at_a - at_mixed) ** 2).mean(axis=0))
    return np.array(first), np.array(total), variance


def _shares(sums: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Return the mean share of the variance over the scrambles and the half width of its interval."""
    shares = np.divide(sums, variance, out=np.zeros_like(sums), where=variance > 1e-24)
    times = float(stats.t.ppf(0.5 + CONFIDENCE / 2, len(shares) - 1)) / np.sqrt(len(shares))
    return shares.mean(axis=0), times * shares.std(axis=0, ddof=1)
