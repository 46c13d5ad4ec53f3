"""Ranks with ties, and how far two lists lie apart, lists of different length and with ties among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from madang.core.errors import Both, DataError
from madang.core.kernels import kernel
from madang.methods.composite_index.tree import Floats

Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]

#: How equal cities are numbered: they share the better place, the worse one, or leave no place out.
TIES = ("1224", "1334", "1223")
#: Scores closer than this, as a share of the greatest size, are equal: two sums of the same terms differ by less.
SAME = 1e-12


def settled(scores: Floats) -> Floats:
    """Return scores with those that differ only in their last bits made equal."""
    order = np.argsort(scores, kind="stable")
    known = scores[order]
    with np.errstate(invalid="ignore"):
        steps = np.diff(known) > SAME * max(1.0, float(np.nanmax(np.abs(scores), initial=0.0)))
    starts = np.concatenate([[0], np.flatnonzero(steps | np.isnan(known[1:])) + 1])
    made = np.empty_like(scores)
    made[order] = np.repeat(known[starts], np.diff(np.concatenate([starts, [len(known)]])))
    return made


def ranks(scores: Floats, ties: str = "1224") -> Ints:
    """Return each city's rank, 1 for the highest score; 0 for a city without one."""
    known = settled(scores)
    there = ~np.isnan(known)
    falling = np.sort(-known[there])
    made = np.zeros(len(scores), np.int64)
    if ties == "1224":
        made[there] = np.searchsorted(falling, -known[there], "left") + 1
    elif ties == "1334":
        made[there] = np.searchsorted(falling, -known[there], "right")
    else:
        made[there] = np.searchsorted(np.unique(falling), -known[there], "left") + 1
    return made


@kernel(nogil=True)
def _count(scores: Floats, order: Ints, counts: Counts, drawn: Counts, same: float) -> None:  # pragma: no cover
    """Number each row of scores by the "1224" rule, given its falling order."""
    draws, cities = scores.shape
    for draw in range(draws):
        line, places = scores[draw], order[draw]
        near = same * max(1.0, abs(line[places[0]]), abs(line[places[cities - 1]]))
        rank = 1
        for place in range(cities):
            city = places[place]
            if place > 0 and line[places[place - 1]] - line[city] > near:
                rank = place + 1
            counts[city, rank - 1] += 1
            if drawn.shape[0]:
                drawn[draw, city] = rank


def count_ranks(scores: Floats, counts: Counts, *, keep: bool = False) -> Counts:
    """Add to ``counts`` (cities x ranks) the "1224" ranks under each draw (rows of scores).

    Returns:
        the ranks (draws x cities) where they are to be kept, else none.
    """
    drawn = np.zeros(scores.shape if keep else (0, 0), np.int32)
    _count(scores, np.argsort(-scores, axis=1), counts, drawn, SAME)
    return drawn


def tie_faults(published: Mapping[str, int]) -> tuple[str, ...]:
    """Return where a complete list breaks the "1224" rule, by which a tie of two leaves the next place out."""
    found, expected = [], 1
    for rank in sorted(set(published.values())):
        here = [name for name, one in published.items() if one == rank]
        if rank != expected:
            found.append(f"{', '.join(here)}: {rank} where {expected} is due")
        expected = rank + len(here)
    return tuple(found)


@dataclass(frozen=True)
class ListDistance:
    """How two lists differ.

    ``common``: items in both. ``kendall``: tau-b over these, None below two. ``fagin``: Fagin's K with penalty p over
    all pairs of the union, and ``share`` the same as a part of what it could be at most. ``footrule``: Fagin's footrule
    with what a list lacks put just behind its end.
    """

    common: int
    kendall: float | None
    fagin: float
    share: float
    footrule: float


def distance(one: Mapping[str, int], other: Mapping[str, int], penalty: float = 0.5) -> ListDistance:
    """Return how far two lists of ranks lie apart; they may differ in length, hold ties, and be partial.

    Fagin, Kumar and Sivakumar (2003) for the first k of longer lists; a pair tied in one list alone costs the
    penalty, as in Fagin and others (2004). What a list lacks stands behind all it holds, in unknown order.

    Raises:
        DataError: a list is empty.
    """
    if not one or not other:
        raise DataError(
            Both("빈 목록과는 거리를 잴 수 없습니다", "an empty list has no distance to another"),
            todo=Both("적어도 한 자리를 주십시오", "give at least one place"),
        )
    names = sorted({*one, *other})
    total = sum(_pair_cost(one, other, a, b, penalty) for a, b in combinations(names, 2))
    most = _most(len(one), len(other), len(set(one) & set(other)), penalty)
    both = sorted(set(one) & set(other))
    ends = {id(given): max(given.values()) + 1 for given in (one, other)}
    footrule = sum(abs(one.get(name, ends[id(one)]) - other.get(name, ends[id(other)])) for name in names)
    return ListDistance(len(both), _tau(one, other, both), total, total / most if most else 0.0, float(footrule))


def _pair_cost(one: Mapping[str, int], other: Mapping[str, int], a: str, b: str, penalty: float) -> float:
    """Return what a pair costs: 1 where the lists order it in opposite ways, the penalty where one does not say."""
    ways = []
    for given in (one, other):
        if a not in given and b not in given:
            ways.append(0)
        else:
            behind = max(given.values()) + 1
            ways.append(int(np.sign(given.get(a, behind) - given.get(b, behind))))
    if ways[0] == ways[1]:
        return 0.0
    return 1.0 if ways[0] * ways[1] < 0 else penalty


def _most(long: int, short: int, common: int, penalty: float) -> float:
    """Return the greatest distance that lists of these lengths, with so many in common, can have."""
    left, right = long - common, short - common
    opposite = common * (common - 1) / 2 + common * (left + right) + left * right
    return opposite + penalty * (left * (left - 1) / 2 + right * (right - 1) / 2)


def _tau(one: Mapping[str, int], other: Mapping[str, int], both: Sequence[str]) -> float | None:
    """Return Kendall's tau-b over the items in both lists; None where a list does not tell them apart."""
    agree, tied = 0.0, [0, 0]
    pairs = list(combinations(both, 2))
    for a, b in pairs:
        ways = int(np.sign(one[a] - one[b])), int(np.sign(other[a] - other[b]))
        agree += ways[0] * ways[1]
        tied = [tied[0] + (ways[0] == 0), tied[1] + (ways[1] == 0)]
    told = (len(pairs) - tied[0]) * (len(pairs) - tied[1])
    return agree / float(np.sqrt(told)) if told else None
