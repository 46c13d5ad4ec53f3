"""What each measure may do in each year: ceilings and locks as bounds, and the most that all together can remove."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.core.errors import BoundsError, InfeasibleError, UnknownName
from madang.methods.load_allocation.problem import HAIR, Allocation, Floats, Locked, Measure


@dataclass(frozen=True)
class Shortfall:
    """A target that no effort meets: by how many kg/d the least possible load still exceeds the held cap."""

    station: str
    substance: str
    year: int
    cap_kg_per_d: float
    least_kg_per_d: float

    @property
    def kg_per_d(self) -> float:
        """What is missing."""
        return self.least_kg_per_d - self.cap_kg_per_d

    def __str__(self) -> str:
        """Return the shortfall as a clause."""
        return (
            f"{self.substance} at {self.station} in {self.year}: at least {self.least_kg_per_d:,.6g} kg/d against a cap"
            f" of {self.cap_kg_per_d:,.6g}, {self.kg_per_d:,.6g} kg/d too much"
        )


class UnmetTargets(InfeasibleError):
    """Targets that all measures together cannot meet; ``shortfalls`` lists every one, the greatest share first."""

    def __init__(self, shortfalls: tuple[Shortfall, ...]) -> None:
        """Name the worst and count the rest."""
        self.shortfalls = shortfalls
        rest = len(shortfalls) - 1
        more = f" (and {rest:,} more targets)" if rest else ""
        super().__init__(
            f"no plan meets the targets{more}",
            str(shortfalls[0]),
            "raise a ceiling, bring a measure forward, release a locked plan, or relax the target",
        )


@dataclass(frozen=True, eq=False)
class Bounds:
    """Least and most effect (measure x unit x year, kg/d) of the measures on one substance."""

    low: Floats
    high: Floats


def bounds(problem: Allocation, substance: int) -> Bounds:
    """Return what ceilings, years of effect and locks leave to each measure.

    Raises:
        UnknownName: a lock names what does not exist. BoundsError: a lock is above its ceiling, outside the years of
        effect, or below an earlier lock of a lasting measure.
    """
    shape = (len(problem.measures), len(problem.units), len(problem.years))
    low, high = np.zeros(shape), np.zeros(shape)
    for m, measure in enumerate(problem.measures):
        first, last = problem.window(measure)
        high[m, :, first : last + 1] = problem.spread(measure.ceiling_kg_per_d, measure.name)[:, substance, None]
    for lock in problem.locked:
        _lock(problem, lock, substance, low, high)
    for m, measure in enumerate(problem.measures):
        if measure.lasting:
            _rise(problem, measure, low[m], high[m])
    return Bounds(low, high)


def _lock(problem: Allocation, lock: Locked, substance: int, low: Floats, high: Floats) -> None:
    """Set one lock as both bounds.

    Raises:
        UnknownName, BoundsError: as ``bounds`` says.
    """
    names = tuple(measure.name for measure in problem.measures)
    for kind, name, known in (
        ("measure", lock.measure, names),
        ("unit", lock.unit, problem.units),
        ("substance", lock.substance, problem.substances),
        ("year of the plan", str(lock.year), tuple(str(year) for year in problem.years)),
    ):
        if name not in known:
            raise UnknownName(kind, name, known, "a locked plan")
    if problem.substances.index(lock.substance) != substance:
        return
    at = names.index(lock.measure), problem.units.index(lock.unit), problem.years.index(lock.year)
    if not 0 <= lock.kg_per_d <= high[at] * (1 + HAIR):
        raise BoundsError(
            f"a locked plan lies outside what its measure can do: {lock.kg_per_d:g} of at most {high[at]:g} kg/d",
            f"measure {lock.measure}, unit {lock.unit}, {lock.substance}, {lock.year}",
            "lock no more than the ceiling, in a year of effect",
        )
    low[at] = high[at] = lock.kg_per_d


def _rise(problem: Allocation, measure: Measure, low: Floats, high: Floats) -> None:
    """Let no later year of a lasting measure lie below an earlier one, in place (unit x year).

    Raises:
        BoundsError: two locks contradict each other.
    """
    first, last = problem.window(measure)
    years = slice(first, last + 1)
    low[:, years] = np.maximum.accumulate(low[:, years], axis=1)
    high[:, years] = np.minimum.accumulate(high[:, years][:, ::-1], axis=1)[:, ::-1]
    wrong = low > high * (1 + HAIR)
    if wrong.any():
        unit, year = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
        raise BoundsError(
            "locked plans let a lasting measure shrink",
            f"measure {measure.name}, unit {problem.units[unit]}, {problem.years[year]}",
            "lock a later year at no less than an earlier one",
        )
    np.minimum(low, high, out=low)


def shortfalls(problem: Allocation, substance: int, allowed: Bounds) -> tuple[Shortfall, ...]:
    """Return the caps that stay exceeded even with every measure at its most: exact, for effort only ever lowers loads.

    All stations have their least load at once then, so that what is missing at one does not depend on another.
    """
    removed = np.minimum(allowed.high.sum(axis=0), problem.removable[:, substance, :])
    least = problem.paths.station_loads(substance, problem.load_kg_per_d[:, substance, :] - removed)
    cap = problem.held_kg_per_d[:, substance, :]
    wrong = least > cap + HAIR * np.maximum(1.0, cap)
    return tuple(
        Shortfall(
            problem.paths.stations[s],
            problem.substances[substance],
            problem.years[y],
            float(cap[s, y]),
            float(least[s, y]),
        )
        for s, y in np.argwhere(wrong)
    )


def worst_first(found: list[Shortfall]) -> tuple[Shortfall, ...]:
    """Return shortfalls by the share of the cap that is missing, the greatest first."""
    return tuple(sorted(found, key=lambda short: -short.kg_per_d / max(short.cap_kg_per_d, HAIR)))
