"""Ranks that hold for every weight of a box, not only for those drawn: which city surely stands above which.

On one level, a stands above b for every weight w_k (1 +- r) exactly where sum w_k d_k - r sum w_k |d_k| > 0 with
d = a - b. On several levels the least mean of the differences of each group follows in the few steps of Dinkelbach's
iteration, which ends exactly, and the closed form is taken at the root.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from madang.methods.composite_index.design import LeaveOut, WeightSpread
from madang.methods.composite_index.ensemble import Cell, Trial
from madang.methods.composite_index.ranking import SAME, Ints
from madang.methods.composite_index.tree import Bools, Floats, Tree, transformed

#: Differences held at once.
_BLOCK_VALUES = 8_000_000


@dataclass(frozen=True)
class Guaranteed:
    """The best and worst rank each city can have under any weights and choices declared.

    ``pairs_percent`` of all pairs of cities are in an order that no declared assumption turns. ``exact`` tells whether
    the ranges are as narrow as they can be pair by pair. Between cities with different gaps, and under means of several
    kinds, they are safe but may be wider than need be.
    """

    best: Ints
    worst: Ints
    pairs_percent: float
    exact: bool


def guaranteed(trial: Trial) -> Guaranteed:
    """Return the guaranteed ranks under everything that is declared."""
    share = next((one.share for one in trial.design.assumptions if isinstance(one, WeightSpread)), 0.0)
    leave = any(isinstance(one, LeaveOut) for one in trial.design.assumptions)
    surely: Bools | None = None
    exact = True
    for cell in trial.every():
        for variant in _variants(cell, leave=leave):
            beats, tight = surely_beats(variant.tree, variant.scored.scores, share)
            surely = beats if surely is None else surely & beats
            exact &= tight
    assert surely is not None  # noqa: S101 - there is always one cell
    return from_pairs(surely, exact=exact)


def from_pairs(surely: Bools, *, exact: bool = True) -> Guaranteed:
    """Return rank ranges from who surely stands above whom."""
    count = len(surely)
    best = 1 + surely.sum(axis=0)
    worst = count - surely.sum(axis=1)
    pairs = count * (count - 1) / 2
    return Guaranteed(best, worst, 100.0 * float(surely.sum()) / pairs if pairs else 100.0, exact)


def surely_beats(tree: Tree, scores: Floats, share: float) -> tuple[Bools, bool]:
    """Return whether the row's city stands above the column's for every weight within ``share`` of itself.

    Args:
        tree: the tree with its weights.
        scores: (cities x indicators), NaN where missing.
        share: r, how far each weight may be off, as a share of itself.

    Returns:
        (cities x cities), and whether it is exact rather than only safe.
    """
    power = tree.power
    there = ~np.isnan(scores)
    if power is not None and there.all():
        return _exactly(tree, scores, share, power), True
    low, high = score_bounds(tree, scores, share)
    surely = low[:, None] > high[None, :] + SAME * max(1.0, float(np.nanmax(np.abs(high))))
    if power is not None:
        patterns, which = np.unique(there, axis=0, return_inverse=True)
        for number, pattern in enumerate(patterns):
            rows = np.flatnonzero(which.reshape(-1) == number)
            if pattern.any():
                gone = tuple(name for name, known in zip(tree.indicators, pattern.tolist(), strict=True) if not known)
                alike = _exactly(tree.without(gone), scores[np.ix_(rows, np.flatnonzero(pattern))], share, power)
                surely[np.ix_(rows, rows)] = alike
    return np.asarray(surely), False


def _exactly(tree: Tree, scores: Floats, share: float, power: float) -> Bools:
    """Return who surely stands above whom among cities that lack nothing, by one kind of mean."""
    values = transformed(scores, power) * (-1.0 if power < 0 else 1.0)
    rows = max(1, _BLOCK_VALUES // max(1, values.size))
    return np.concatenate([_block(tree, values, values[at : at + rows], share) for at in range(0, len(values), rows)])


def score_bounds(tree: Tree, scores: Floats, share: float) -> tuple[Floats, Floats]:
    """Return the least and greatest index of each city over all weights of the box; NaN where nothing is known."""
    ends = []
    for least in (True, False):
        found = {name: scores[:, place] for name, place in tree.places.items()}
        at = 0
        for group in tree.order:
            weights = np.array(tree.weights[at : at + len(group.parts)])
            at += len(group.parts)
            values = np.stack([found[part] for part in group.parts])
            found[group.name] = _mean_end(values, weights, share, group.power, least=least)
        ends.append(found[tree.order[-1].name])
    return ends[0], ends[1]


def _mean_end(values: Floats, weights: Floats, share: float, power: float, *, least: bool) -> Floats:
    """Return the least (or greatest) power mean of parts over the box of their weights; gaps are left out."""
    there = ~np.isnan(values)
    sign = (1.0 if least else -1.0) * (-1.0 if power < 0 else 1.0)
    turned = np.where(there, sign * transformed(values, power), 0.0)
    low = np.where(there, (1.0 - share) * weights[:, None], 0.0)
    high = np.where(there, (1.0 + share) * weights[:, None], 0.0)
    sums = sign * _least_mean(turned, low, high)
    with np.errstate(invalid="ignore", divide="ignore"):
        made = sums if power == 1.0 else np.exp(sums) if power == 0.0 else sums ** (1.0 / power)
    return np.where(there.any(axis=0), made, np.nan)


def _block(tree: Tree, values: Floats, rows: Floats, share: float) -> Bools:
    """Return for some rows whether they surely stand above every city."""
    found: dict[str, Floats] = {
        name: rows[:, place][:, None] - values[:, place][None, :] for name, place in tree.places.items()
    }
    at = 0
    for group in tree.order:
        weights = tree.weights[at : at + len(group.parts)].reshape(-1, 1, 1)
        at += len(group.parts)
        parts = np.stack([found.pop(part) for part in group.parts])
        if group is tree.order[-1]:
            # Where a weight may come down to nothing, one part alone may be all that weighs.
            if share >= 1:
                least = np.where(weights > 0, parts, np.inf).min(axis=0)
                return np.asarray(least > SAME * max(1.0, float(np.abs(values).max())))
            sums = (weights * parts).sum(axis=0) - share * (weights * np.abs(parts)).sum(axis=0)
            size = SAME * float(weights.sum()) * max(1.0, float(np.abs(values).max()))
            return np.asarray(sums > size)
        low, high = np.broadcast_arrays((1.0 - share) * weights, (1.0 + share) * weights)
        found[group.name] = _least_mean(parts, np.broadcast_to(low, parts.shape), np.broadcast_to(high, parts.shape))
    raise AssertionError("a tree has a root")


def _least_mean(parts: Floats, low: Floats, high: Floats) -> Floats:
    """Return the least weighted mean over the first axis, each weight between low and high (Dinkelbach 1967).

    What lies below the mean takes its greatest weight and what lies above its least, until nothing changes sides.
    """
    mean = _mean(parts, 0.5 * (low + high), np.zeros(parts.shape[1:]))
    for _ in range(len(parts) + 1):
        # Where all that is lighter than the mean may weigh nothing, and nothing lies below, the mean is the least part.
        nearer = _mean(parts, np.where(parts < mean, high, low), mean)
        if np.all(nearer >= mean):
            break
        mean = np.minimum(mean, nearer)
    return mean


def _mean(parts: Floats, weights: Floats, nothing: Floats) -> Floats:
    """Return the weighted mean over the first axis; ``nothing`` where nothing weighs."""
    total = weights.sum(axis=0)
    return np.asarray(np.divide((weights * parts).sum(axis=0), total, out=nothing.copy(), where=total > 0))


def _variants(cell: Cell, *, leave: bool) -> Iterable[Cell]:
    """Yield the cell, and with each indicator left out where that is declared."""
    yield cell
    if not leave:
        return
    for place, name in enumerate(cell.tree.indicators):
        kept = [column for column in range(len(cell.tree.indicators)) if column != place]
        scored = replace(cell.scored, scores=cell.scored.scores[:, kept])
        yield Cell(scored, cell.tree.without((name,)))
