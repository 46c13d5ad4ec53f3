"""Rankings by comparing cities in pairs: majorities and their cycles (Copeland, Condorcet), outranking with veto."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from madang.methods.composite_index.tree import Bools, Floats


@dataclass(frozen=True)
class Majority:
    """Pairwise majorities: each city's Copeland score, the Condorcet winner where there is one, and the cycles.

    A cycle is a set of cities each of which loses, through others of the set, to every other: no order of them follows
    from majorities alone.
    """

    copeland: Floats
    winner: int | None
    cycles: tuple[tuple[int, ...], ...]


def preference(scores: Floats, weights: Floats) -> Floats:
    """Return the weight of the indicators in which the row's city beats the column's; half for equal ones.

    Where one of two cities lacks a value, the indicator does not count for the pair.
    """
    total = np.zeros((len(scores), len(scores)))
    counted = np.zeros_like(total)
    for column, weight in zip(scores.T, weights, strict=True):
        both = ~np.isnan(column)[:, None] & ~np.isnan(column)[None, :]
        with np.errstate(invalid="ignore"):
            won = (column[:, None] > column[None, :]) + 0.5 * (column[:, None] == column[None, :])
        total += weight * np.where(both, won, 0.0)
        counted += weight * both
    return np.divide(total, counted, out=np.full_like(total, 0.5), where=counted > 0)


def majority(scores: Floats, weights: Floats) -> Majority:
    """Return who beats whom by weighted majority of the indicators."""
    shares = preference(scores, weights)
    beats = shares > 0.5 + 1e-12
    copeland = (beats.sum(axis=1) - beats.sum(axis=0)).astype(float)
    winners = np.flatnonzero(beats.sum(axis=1) == len(scores) - 1)
    return Majority(copeland, int(winners[0]) if len(winners) else None, _cycles(beats))


def outranking(scores: Floats, weights: Floats, concordance: float = 0.6, veto: float | None = None) -> Floats:
    """Return each city's net flow: how many it outranks, less how many outrank it.

    A city outranks another where indicators of at least the weight ``concordance`` do not speak against it, and none
    in which it lies behind by more than ``veto`` score points (Roy's ELECTRE I).
    """
    beaten = preference(scores, weights)
    tied = _equal_share(scores, weights)
    # Equal indicators speak for both.
    outranks = beaten + 0.5 * tied >= concordance - 1e-12
    if veto is not None:
        for column in scores.T:
            # A gap compares as false: it vetoes nothing.
            outranks &= ~(column[None, :] - column[:, None] > veto)
    np.fill_diagonal(outranks, val=False)
    flow: Floats = (outranks.sum(axis=1) - outranks.sum(axis=0)).astype(float)
    return flow


def _equal_share(scores: Floats, weights: Floats) -> Floats:
    """Return the weight of the indicators in which two cities are equal, of those that both have."""
    total = np.zeros((len(scores), len(scores)))
    counted = np.zeros_like(total)
    for column, weight in zip(scores.T, weights, strict=True):
        there = ~np.isnan(column)
        counted += weight * (there[:, None] & there[None, :])
        total += weight * (column[:, None] == column[None, :])
    return np.divide(total, counted, out=np.zeros_like(total), where=counted > 0)


def _cycles(beats: Bools) -> tuple[tuple[int, ...], ...]:
    """Return the sets of cities that beat each other in a circle."""
    count, labels = connected_components(csr_array(beats.astype(np.int8)), connection="strong")
    sets = (tuple(int(city) for city in np.flatnonzero(labels == label)) for label in range(count))
    return tuple(sorted(one for one in sets if len(one) > 1))
