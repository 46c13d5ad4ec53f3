"""One siting question, checked: the cover, the weights, the sites and what a plan must keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from madang.core.errors import Both, BoundsError, DataError, UsageError
from madang.core.kernels import kernel
from madang.methods.coverage.arrays import (
    Flags,
    Floats,
    Ints,
    Links,
    Pattern,
    amounts,
    flags,
    labels,
    one_number,
    pattern_of,
)


@kernel(nogil=True)
def reached(row_ptr, row_sites, open_):  # type: ignore[no-untyped-def]
    """Return which rows have an open site."""
    out = np.zeros(row_ptr.size - 1, np.bool_)
    for i in range(out.size):
        for e in range(row_ptr[i], row_ptr[i + 1]):
            if open_[row_sites[e]]:
                out[i] = True
                break
    return out


@dataclass(frozen=True)
class Instance:
    """A checked question; patterns are (starts, indices) with ascending indices.

    existing sites stand already and cost nothing; forced ones must be opened and paid for; forbidden ones may not.
    group/limit: class of each site and the most new sites of each class; district/floor: district of each row and
    the least weight to be covered in it (0: none).
    """

    sites: int
    rows: int
    by_site: Pattern
    by_row: Pattern
    weight: Floats
    cost: Floats
    existing: Flags
    forced: Flags
    forbidden: Flags
    group: Links
    group_names: list[Any]
    limit: Ints
    district: Links
    district_names: list[Any]
    floor: Floats

    @property
    def total(self) -> float:
        """Weight of all demand."""
        return float(self.weight.sum())

    def covered_by(self, open_: Flags) -> Flags:
        """Return which rows the open sites reach."""
        return np.asarray(reached(*self.by_row, open_))


@dataclass(frozen=True)
class Given:
    """Everything a caller may say about sites and demand besides the cover, the weights and the limit."""

    costs: ArrayLike | None = None
    existing: Sequence[int] | ArrayLike = ()
    forced: Sequence[int] | ArrayLike = ()
    forbidden: Sequence[int] | ArrayLike = ()
    classes: ArrayLike | None = None
    class_limits: Mapping[Any, int] | None = None
    districts: ArrayLike | None = None
    floors: float | Mapping[Any, float] | None = None


def checked(cover: Any, weights: ArrayLike | None, given: Given) -> Instance:
    """Return the instance, or say what is wrong with it.

    Raises: DataError, BoundsError or UsageError, each naming the argument and the index.
    """
    sites, rows, by_site, by_row = pattern_of(cover)
    weight = amounts(weights, rows, "weights")
    existing = flags(given.existing, sites, "existing")
    forced = flags(given.forced, sites, "forced")
    forbidden = flags(given.forbidden, sites, "forbidden")
    both = np.flatnonzero(forced & forbidden)
    if both.size:
        raise UsageError(
            Both(f"후보 {both[0]}이(가) 반드시이면서 안 됨입니다", f"candidate {both[0]} is both forced and forbidden"),
            "forced, forbidden",
            Both("한쪽에만 두십시오", "leave it in one"),
        )
    group, group_names = labels(given.classes, sites, "classes")
    district, district_names = labels(given.districts, rows, "districts")
    district_weight = np.bincount(district, weight, len(district_names))
    return Instance(
        sites=sites, rows=rows, by_site=by_site, by_row=by_row, weight=weight,
        cost=amounts(given.costs, sites, "costs"),
        existing=existing, forced=forced & ~existing, forbidden=forbidden & ~existing,
        group=group, group_names=group_names, limit=_limits(given, group_names, sites),
        district=district, district_names=district_names,
        floor=_shares(given, district_names) * district_weight,
    )  # fmt: skip


def _limits(given: Given, names: list[Any], sites: int) -> Ints:
    limit = np.full(len(names), sites, np.int64)
    if not given.class_limits:
        return limit
    if given.classes is None:
        raise UsageError(
            Both("종류의 한도는 있는데 종류가 없습니다", "class_limits are given without classes"),
            "class_limits",
            Both("자리마다 종류 하나를 주십시오", "give one class for each site"),
        )
    for name, most in given.class_limits.items():
        if name not in names:
            raise DataError(
                Both(
                    f"한도를 준 종류 {name!r}의 자리가 없습니다",
                    f"class_limits names class {name!r}, which no site has",
                ),
                "class_limits",
                Both(f"있는 종류: {_listed(names)}", f"classes are {_listed(names)}"),
            )
        allowed = one_number(most, "class_limits")
        if not allowed >= 0:
            raise BoundsError(
                Both(f"종류 {name!r}의 한도가 {most}입니다", f"the limit of class {name!r} is {most}"),
                "class_limits",
                Both("0 이상을 주십시오", "give zero or more"),
            )
        limit[names.index(name)] = int(min(allowed, sites))
    return limit


def _shares(given: Given, names: list[Any]) -> Floats:
    share = np.zeros(len(names))
    if given.floors is None:
        return share
    if given.districts is None:
        raise UsageError(
            Both("최소 비율은 있는데 구역이 없습니다", "floors are given without districts"),
            "floors",
            Both("수요마다 구역 하나를 주십시오", "give one district for each demand row"),
        )
    wanted = given.floors if isinstance(given.floors, Mapping) else dict.fromkeys(names, given.floors)
    for name, least in wanted.items():
        if name not in names:
            raise DataError(
                Both(
                    f"최소 비율을 준 구역 {name!r}에 수요가 없습니다",
                    f"floors names district {name!r}, which no demand row has",
                ),
                "floors",
                Both(f"있는 구역: {_listed(names)}", f"districts are {_listed(names)}"),
            )
        if not 0 <= one_number(least, "floors") <= 1:
            raise BoundsError(
                Both(f"구역 {name!r}의 최소 비율이 {least}입니다", f"the floor of district {name!r} is {least}"),
                "floors",
                Both("0에서 1 사이를 주십시오", "give a share from 0 to 1"),
            )
        share[names.index(name)] = float(least)
    return share


def _listed(names: list[Any]) -> str:
    """Return the first names there are, for a message."""
    return ", ".join(str(name) for name in names[:12])
