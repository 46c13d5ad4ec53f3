"""What an index is made of, checked in itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from madang.core.errors import Both, DataError
from madang.methods.composite_index.ranking import Ints
from madang.methods.composite_index.tree import Bools, Floats


@dataclass(frozen=True)
class Data:
    """What an index is made of: cities, (cities x indicators), and each city's group where gaps are filled by group."""

    cities: tuple[str, ...]
    values: Floats
    groups: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse a table that does not fit its cities, a city that stands twice, and values that are no numbers."""
        if self.values.ndim != 2 or len(self.values) != len(self.cities):
            size = " x ".join(str(length) for length in self.values.shape)
            says = Both(
                f"도시는 {len(self.cities)}곳인데 값의 표는 {size}입니다",
                f"there are {len(self.cities)} cities and a table of {size} values",
            )
            raise DataError(says, todo=Both("도시마다 값을 한 행씩 주십시오", "give a row of values for each city"))
        twice = next((city for city, times in Counter(self.cities).items() if times > 1), None)
        if twice is not None:
            raise DataError(
                Both(f"도시가 두 번 있습니다: {twice!r}", f"the city {twice!r} stands there twice"),
                todo=Both("그 도시의 행을 하나만 두십시오", "keep one of its rows"),
            )
        endless = np.argwhere(np.isinf(self.values))
        if len(endless):
            row, column = endless[0].tolist()
            says = Both(
                f"{self.cities[row]!r}의 {column + 1}번째 열 값이 무한대입니다",
                f"the value of {self.cities[row]!r} in column {column + 1} is endless",
            )
            raise DataError(says, todo=Both("고치거나 빈칸으로 두십시오", "correct it, or leave it empty"))

    def pick(self, cities: Bools | Ints, columns: list[int] | None = None) -> Data:
        """Return part of the cities, and of the indicators."""
        rows = np.flatnonzero(cities) if cities.dtype == bool else cities
        values = self.values[rows]
        groups = None if self.groups is None else tuple(self.groups[row] for row in rows)
        return Data(tuple(self.cities[row] for row in rows), values if columns is None else values[:, columns], groups)
