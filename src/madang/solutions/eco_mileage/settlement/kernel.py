"""The compiled settlement: whole numbers over a month-major cube, one block of members after another.

It is pure: the same arrays give the same arrays, whatever the number of threads. Written without branches so that it
keeps step with the memory; tests hold it to the plain functions that decide one household, member by member.

A reading is added as its lowest 27 bits. Six true readings stay below 2^27, one that is missing (-1) or held (-2) does
not; so one comparison finds the gap, no sum can hide it, and 10,000 x base stays below 2^63. Bit 30 of a sum of at most
six remembers that one of them is held. That no reading is greater than a household's is the cube's own promise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from madang.core.errors import Both, BoundsError
from madang.core.kernels import kernel
from madang.methods.savings import BASIS_POINTS
from madang.solutions.eco_mileage.award_file import CODES
from madang.solutions.eco_mileage.household import UPKEEP_TIER
from madang.solutions.eco_mileage.settlement.cube import HELD, Cube

BLOCK = 4_096
ELIGIBLE = -1
_VALUE_BITS = 27
_LOW_BITS = np.int32(2**_VALUE_BITS - 1)
_GAP = np.int32(2**_VALUE_BITS + HELD)
_HELD_BIT = np.int32(2**30)
_SUM_BITS = np.int32(2**30 - 1)
_AT_ONCE = 6
_MONTHS_MAX = 12
_INT64_MAX = 2**63 - 1
AWARDED, UPKEEP, BELOW, NO_BASELINE, MONTH_MISSING, UNDER_REVIEW = (CODES.index(code) for code in CODES[:6])
_CENTIGRAMS = 100


@dataclass(frozen=True)
class Terms:
    """The numbers of one cohort's rules: factors [utility][month] in centigrams, edges in basis points, points."""

    factors: NDArray[np.int64]
    edges_bp: NDArray[np.int64]
    points: NDArray[np.int64]
    grams_per_point: int
    upkeep_after: int
    upkeep_points: int
    cap: int

    def check(self) -> None:
        """Raise where a sum of the largest readings could leave 64 bits."""
        factors = int(self.factors.max(axis=1, initial=0).sum())
        most = 2 * factors * 2**_VALUE_BITS * max(BASIS_POINTS, int(self.edges_bp.max(initial=0)))
        if most > _INT64_MAX or int(self.factors.min(initial=0)) < 0:
            raise BoundsError(
                Both(
                    "CO2 계수가 너무 커서 정수로 더할 수 없습니다",
                    "the CO2 factors are too large for whole-number sums",
                ),
                todo=Both("계수의 단위를 확인하십시오", "check the factors' units"),
            )


@dataclass(frozen=True)
class Standing:
    """What is known of each member of a cohort beside readings; arrays along the cube's last axis.

    ``standing`` is -1 or the code of a refusal; ``registered`` has bit u set for utility u; ``one_year`` is 1 where one
    year stands for both of the baseline.
    """

    standing: NDArray[np.int8]
    registered: NDArray[np.uint8]
    one_year: NDArray[np.uint8]
    awards_in_a_row: NDArray[np.int32]
    points_this_year: NDArray[np.int32]


@dataclass(frozen=True)
class Outcome:
    """What was decided, member by member: baseline and saving in doubled centigrams, tier, points, code."""

    baseline: NDArray[np.int64]
    saved: NDArray[np.int64]
    points: NDArray[np.int64]
    tier: NDArray[np.int8]
    code: NDArray[np.int8]

    @classmethod
    def empty(cls, members: int) -> Outcome:
        """Return an outcome to be filled."""
        return cls(
            np.empty(members, np.int64), np.empty(members, np.int64), np.empty(members, np.int64),
            np.empty(members, np.int8), np.empty(members, np.int8),
        )  # fmt: skip


def settle_cohort(
    cube: Cube,
    window_row: int,
    terms: Terms,
    standing: Standing,
    into: Outcome,
    members: tuple[int, int] | None = None,
) -> None:
    """Decide the members of one cohort, whose window begins with row ``window_row`` of the cube's months.

    Every array but the cube's is [member], in the cube's order. The cohort is a run of members, from the first of
    ``members`` up to the second; all by default. Nothing else of ``into`` is touched.

    Raises:
        BoundsError: factors so large that a sum could leave 64 bits, or a cube that lacks the two years before.
    """
    terms.check()
    quantities = cube.quantities
    months = terms.factors.shape[1]
    if months > _MONTHS_MAX:
        raise BoundsError(
            Both(f"{months}개월인 기간은 한 해보다 깁니다", f"a window of {months} months is longer than a year"),
            todo=Both("더 짧은 기간을 정산하십시오", "settle a shorter one"),
        )
    if window_row < 24 or window_row + months > quantities.shape[1]:
        raise BoundsError(
            Both(f"{window_row}번째 달 앞에 두 해가 없습니다", f"the cube has no two years before month {window_row}"),
            todo=Both("더 앞의 달부터 만드십시오", "build it from earlier months"),
        )
    begin, end = members or (0, quantities.shape[2])
    _settle(
        quantities, window_row, begin, end, terms.factors, terms.edges_bp, terms.points, terms.grams_per_point,
        terms.upkeep_after, terms.upkeep_points, terms.cap, standing.standing, standing.registered,
        standing.one_year, standing.awards_in_a_row, standing.points_this_year,
        into.baseline, into.saved, into.points, into.tier, into.code,
    )  # fmt: skip


@kernel(parallel=True, nogil=True)
def _settle(
    quantities: Any, row: Any, begin: Any, end: Any, factors: Any, edges: Any, points: Any, grams: Any, after: Any,
    upkeep: Any, cap: Any, standing: Any, registered: Any, one_year: Any, in_a_row: Any, this_year: Any,
    out_base: Any, out_saved: Any, out_points: Any, out_tier: Any, out_code: Any,
) -> None:  # fmt: skip
    """Go over blocks of members in parallel; blocks share nothing."""
    for block in prange((end - begin + BLOCK - 1) // BLOCK):
        start = begin + block * BLOCK
        stop = min(end, start + BLOCK)
        size = stop - start
        base, saved, gaps = out_base[start:stop], out_saved[start:stop], np.zeros(size, np.int32)
        _weigh(quantities, row, factors, registered[start:stop], one_year[start:stop], start, base, saved, gaps)
        tier, earned = out_tier[start:stop], np.zeros(size, np.int64)
        _reach(base, saved, edges, points, grams, tier, earned)
        _keep_up(saved, tier, earned, in_a_row[start:stop], after, upkeep)
        _cap(earned, this_year[start:stop], cap)
        _code(base, saved, tier, earned, gaps, standing[start:stop], out_points[start:stop], out_code[start:stop])


@kernel(nogil=True)
def _weigh(
    quantities: Any, row: Any, factors: Any, registered: Any, one_year: Any, start: Any, base: Any, saved: Any,
    gaps: Any,
) -> None:  # fmt: skip
    """Fill a block's doubled baselines and doubled savings, and mark members of whom a needed reading is not there.

    A mark is 1 where one is missing, and has bit 30 where one is held.
    Months in a row that share a factor are added first and multiplied once.
    """
    size, months = len(base), factors.shape[1]
    use, last, before = np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int32)
    base[:], saved[:] = 0, 0
    for u in range(quantities.shape[0]):
        first = 0
        while first < months:
            factor, stop = factors[u, first], first + 1
            while stop < months and factors[u, stop] == factor and stop - first < _AT_ONCE:
                stop += 1
            _add(quantities[u], row + first, row + stop, start, use)
            _add(quantities[u], row + first - 12, row + stop - 12, start, last)
            _add(quantities[u], row + first - 24, row + stop - 24, start, before)
            for j in range(size):
                own = -np.int32((registered[j] >> u) & 1)
                one = -np.int32(one_year[j])
                earlier = (last[j] & one) | (before[j] & ~one)
                now, then = use[j] & _SUM_BITS, last[j] & _SUM_BITS
                long_ago = earlier & _SUM_BITS
                held = (use[j] | last[j] | earlier) & _HELD_BIT
                gaps[j] |= (((now >= _GAP) | (then >= _GAP) | (long_ago >= _GAP)) | held) & own
                more = factor * np.int64((then & own) + (long_ago & own))
                base[j] += more
                saved[j] += more - 2 * factor * np.int64(now & own)
            first = stop


@kernel(nogil=True)
def _add(rows: Any, first: Any, stop: Any, start: Any, into: Any) -> None:
    """Add up at most six rows ``first``..``stop`` of a block; six at once, so that the sums stay in registers."""
    size, row = len(into), first
    if stop - first == _AT_ONCE:
        _six(
            rows[row, start : start + size], rows[row + 1, start : start + size], rows[row + 2, start : start + size],
            rows[row + 3, start : start + size], rows[row + 4, start : start + size],
            rows[row + 5, start : start + size], into,
        )  # fmt: skip
        return
    into[:] = 0
    for row in range(first, stop):
        one = rows[row, start : start + size]
        for j in range(size):
            held = (into[j] & _HELD_BIT) | (_held(one[j]) << 30)
            into[j] = ((into[j] & _SUM_BITS) + (one[j] & _LOW_BITS)) | held


@kernel(nogil=True)
def _held(value: Any) -> Any:
    """Return 1 for -2 and 0 for every other value a cube can hold."""
    return ~value & (value >> 31)


@kernel(nogil=True)
def _six(a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, into: Any) -> None:
    """Add six rows of a block."""
    for j in range(len(into)):
        held = _held(a[j]) | _held(b[j]) | _held(c[j]) | _held(d[j]) | _held(e[j]) | _held(f[j])
        into[j] = (
            (a[j] & _LOW_BITS) + (b[j] & _LOW_BITS) + (c[j] & _LOW_BITS)
            + (d[j] & _LOW_BITS) + (e[j] & _LOW_BITS) + (f[j] & _LOW_BITS) + (held << 30)
        )  # fmt: skip


@kernel(nogil=True)
def _reach(base: Any, saved: Any, edges: Any, points: Any, grams: Any, tier: Any, earned: Any) -> None:
    """Count the edges that are reached; edges rise, so that each step adds what the tier pays more."""
    tier[:] = 0
    paid = 0
    for t in range(len(edges)):
        edge, step = edges[t], points[t] - paid
        for j in range(len(base)):
            reached = np.int64(BASIS_POINTS * saved[j] >= edge * base[j])
            tier[j] += np.int8(reached)
            earned[j] += step * reached
        paid = points[t]
    if grams > 0:
        for j in range(len(base)):
            earned[j] = saved[j] // (2 * _CENTIGRAMS * grams) if tier[j] > 0 else 0


@kernel(nogil=True)
def _keep_up(saved: Any, tier: Any, earned: Any, in_a_row: Any, after: Any, upkeep: Any) -> None:
    """Pay for a small saving after several awards, where a rule does."""
    if after > 0:
        for j in range(len(saved)):
            kept = (tier[j] == 0) & (saved[j] > 0) & (in_a_row[j] >= after)
            tier[j] += np.int8(UPKEEP_TIER * kept)
            earned[j] += upkeep * kept


@kernel(nogil=True)
def _cap(earned: Any, this_year: Any, cap: Any) -> None:
    """Hold what was earned to what the year still allows."""
    if cap > 0:
        for j in range(len(earned)):
            earned[j] = max(0, min(earned[j], cap - np.int64(this_year[j])))


@kernel(nogil=True)
def _code(base: Any, saved: Any, tier: Any, earned: Any, gaps: Any, standing: Any, points: Any, code: Any) -> None:
    """Say what was decided; who was not evaluated keeps no figures. One array a loop, so that each stays wide."""
    for j in range(len(base)):
        decided = np.int32(AWARDED if tier[j] > 0 else (UPKEEP if tier[j] == UPKEEP_TIER else BELOW))
        decided = np.int32(NO_BASELINE) if base[j] == 0 else decided
        decided = np.int32(MONTH_MISSING) if gaps[j] != 0 else decided
        decided = np.int32(UNDER_REVIEW) if gaps[j] >= _HELD_BIT else decided
        code[j] = np.int32(standing[j]) if standing[j] != ELIGIBLE else decided
    for j in range(len(base)):
        points[j] = earned[j] if code[j] <= BELOW else 0
    for j in range(len(base)):
        base[j] = base[j] if code[j] <= BELOW else 0
    for j in range(len(base)):
        saved[j] = saved[j] if code[j] <= BELOW else 0
    for j in range(len(base)):
        tier[j] = tier[j] if code[j] <= BELOW else 0
