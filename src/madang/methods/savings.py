"""Savings against the mean of earlier years, priced by dated factors, and what they equal in trees and forest.

Two kinds of sum live here: floating sums over published totals, and whole-number comparisons for decisions
about one meter or one member. No policy's thresholds, no city's numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import fsum

import numpy as np
from numpy.typing import NDArray

from madang.core.errors import Both, BoundsError

Floats = NDArray[np.float64]

BASIS_POINTS = 10_000


def change_from_mean(this: Floats, previous: Floats, before_previous: Floats) -> Floats:
    """Return this year's use minus the mean of the two years before, element by element; negative is a saving.

    All three are in one unit and of one length; NaN stands for an unknown and stays unknown.
    """
    return this - (previous + before_previous) / 2.0


def factor_on(factors: Mapping[int, float], year: int) -> float:
    """Return the factor that holds in ``year`` from a series by the year of each factor's first day.

    Raises:
        BoundsError: ``year`` lies before the first factor.
    """
    held = [first for first in factors if first <= year]
    if not held:
        raise BoundsError(
            Both(
                f"{year}년에 쓰이는 계수가 없습니다. 첫 계수는 {min(factors)}년부터입니다",
                f"no factor holds in {year}: the first holds from {min(factors)}",
            ),
            todo=Both("그 앞의 계수를 더하십시오", "add the earlier factor"),
        )
    return factors[max(held)]


def co2_saved(change: Floats, years: Iterable[int], factors: Mapping[int, float]) -> Floats:
    """Return the CO2 avoided by changes in use: minus change x the factor of each change's year.

    Units: factors in mass per unit of ``change``; positive is avoided. NaN stays NaN.
    """
    held = {year: factor_on(factors, year) for year in set(years)}
    return -change * np.array([held[year] for year in years], dtype=np.float64)


def net(parts: Iterable[float]) -> float | None:
    """Return the sum of savings and increases, rounded once; unknown parts (NaN) are left out.

    None where no part is known: an empty sum is unknown, not zero.
    """
    known = [part for part in parts if part == part]
    return fsum(known) if known else None


def gross(parts: Iterable[float]) -> float | None:
    """Return the sum of the savings alone, the positive parts; None where no part is known.

    It depends on how finely the parts are cut: the finer, the greater.
    """
    known = [part for part in parts if part == part]
    return fsum(part for part in known if part > 0) if known else None


def trees(co2_kg: float, kg_per_tree: float) -> float:
    """Return how many trees take up ``co2_kg`` in a year, each ``kg_per_tree``."""
    return co2_kg / kg_per_tree


def forest_ha(co2_t: float, t_per_ha: float) -> float:
    """Return how many hectares of forest take up ``co2_t`` in a year, each ``t_per_ha``."""
    return co2_t / t_per_ha


def areas(hectares: float, area_km2: float) -> float:
    """Return how many times an area of ``area_km2`` fits into ``hectares`` (100 ha are 1 km2)."""
    return hectares / (area_km2 * 100.0)


def tier_reached(saved: int, base: int, edges_bp: Sequence[int]) -> int:
    """Return how many of the rising ``edges_bp`` are reached: 0 for none, ``len(edges_bp)`` for all.

    An edge is reached when ``saved`` is at least that many basis points of ``base``; both are in one unit (any
    multiple of it, such as doubled grams). Whole numbers only: divisions of floats decide such edges wrongly,
    1 - 90 / 100 is less than 0.1. A plain loop, so that a compiler can take it as it stands.
    """
    tier = 0
    for edge_bp in edges_bp:
        if BASIS_POINTS * saved < edge_bp * base:
            break
        tier += 1
    return tier


def rate_bp(saved: int, base: int) -> int:
    """Return the saving as basis points of ``base``, rounded down: for showing, never for deciding."""
    return BASIS_POINTS * saved // base
