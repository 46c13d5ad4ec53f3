"""What each measure may do in each year: ceilings and locks as bounds, and the most that all together can remove."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.core.errors import Both, BoundsError, InfeasibleError, UnknownName, in_both
from madang.core.language import say_count
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

    @property
    def said(self) -> Both:
        """Return the shortfall as a clause."""
        least, cap, over = (f"{kg:,.6g}" for kg in (self.least_kg_per_d, self.cap_kg_per_d, self.kg_per_d))
        return Both(
            f"{self.year}년 {self.station}의 {self.substance}: 허용 {cap} kg/d, 줄여도 {least} kg/d, {over} kg/d 초과",
            f"{self.substance} at {self.station} in {self.year}: at least {least} kg/d against a cap"
            f" of {cap}, {over} kg/d too much",
        )

    def __str__(self) -> str:
        """Return the shortfall in English."""
        return self.said.en


class UnmetTargets(InfeasibleError):
    """Targets that all measures together cannot meet; ``shortfalls`` lists every one, the greatest share first."""

    def __init__(self, shortfalls: tuple[Shortfall, ...]) -> None:
        """Name the worst and count the rest."""
        self.shortfalls = shortfalls
        rest = len(shortfalls) - 1
        more = Both(f"(그 밖에 목표 {rest:,}개)", f" (and {say_count(rest, 'more target')})") if rest else Both("", "")
        super().__init__(
            Both(f"목표를 지키는 계획이 없습니다{more.ko}", f"no plan meets the targets{more.en}"),
            shortfalls[0].said,
            Both(
                "상한을 높이거나, 삭감 수단을 앞당기거나, 고정한 계획을 풀거나, 목표를 늦추십시오",
                "raise a ceiling, bring a measure forward, release a locked plan, or relax the target",
            ),
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
        high[m, :, first : last + 1] = problem.spread(measure.ceiling_kg_per_d, in_both(measure.name))[
            :, substance, None
        ]
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
        (Both("삭감 수단", "measure"), lock.measure, names),
        (Both("할당 단위", "unit"), lock.unit, problem.units),
        (Both("물질", "substance"), lock.substance, problem.substances),
        (Both("계획의 해", "year of the plan"), str(lock.year), tuple(str(year) for year in problem.years)),
    ):
        if name not in known:
            raise UnknownName(kind, name, known, Both("고정한 계획", "a locked plan"))
    if problem.substances.index(lock.substance) != substance:
        return
    at = names.index(lock.measure), problem.units.index(lock.unit), problem.years.index(lock.year)
    if not 0 <= lock.kg_per_d <= high[at] * (1 + HAIR):
        raise BoundsError(
            Both(
                f"고정한 양 {lock.kg_per_d:g} kg/d: 그 삭감 수단으로는 최대 {high[at]:g} kg/d까지 줄일 수 있습니다",
                f"a locked plan lies outside what its measure can do: {lock.kg_per_d:g} of at most {high[at]:g} kg/d",
            ),
            Both(
                f"삭감 수단 {lock.measure}, 할당 단위 {lock.unit}, {lock.substance}, {lock.year}년",
                f"measure {lock.measure}, unit {lock.unit}, {lock.substance}, {lock.year}",
            ),
            Both(
                "효과가 있는 해에, 상한을 넘지 않게 고정하십시오", "lock no more than the ceiling, in a year of effect"
            ),
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
            Both(
                "고정한 계획대로라면 이어지는 삭감 수단이 해가 가며 줄어듭니다",
                "locked plans let a lasting measure shrink",
            ),
            Both(
                f"삭감 수단 {measure.name}, 할당 단위 {problem.units[unit]}, {problem.years[year]}년",
                f"measure {measure.name}, unit {problem.units[unit]}, {problem.years[year]}",
            ),
            Both("뒤의 해를 앞의 해보다 적지 않게 고정하십시오", "lock a later year at no less than an earlier one"),
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
