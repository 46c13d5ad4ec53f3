"""An index over years: gaps filled along the years, each year by the edition of the method in force, scores comparable.

Goalposts come from the whole panel where the recipe normalises by the range seen and keeps the unit, so that a city's
score moves when the city does and not when another one leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from madang.core.errors import Both, DataError, UnknownName
from madang.methods.composite_index.building import Index, Recipe, build
from madang.methods.composite_index.data import Data
from madang.methods.composite_index.filling import ALONG, fill_along
from madang.methods.composite_index.treating import IN_UNIT
from madang.methods.composite_index.tree import Bools, Floats


@dataclass(frozen=True)
class Panel:
    """Cities over periods: (periods x cities x indicators); a city that is not there in a period has no value in it."""

    periods: tuple[int, ...]
    cities: tuple[str, ...]
    columns: tuple[str, ...]
    values: Floats
    groups: tuple[str, ...] | None = None

    def present(self, period: int) -> Bools:
        """Tell which cities have any value in a period."""
        there: Bools = np.asarray(~np.isnan(self.values[self.periods.index(period)]))
        return np.asarray(there.any(axis=1))

    def column(self, name: str) -> int:
        """Return the place of a column.

        Raises:
            UnknownName: there is none of that name.
        """
        if name not in self.columns:
            raise UnknownName(Both("열", "column"), name, self.columns)
        return self.columns.index(name)

    def filled(self, kind: str) -> Panel:
        """Return the panel with gaps filled along the years; a city is not brought into a year it is not in."""
        if kind not in ALONG:
            return self
        made = fill_along(self.values, self.periods, kind)
        there: Bools = np.asarray(np.asarray(~np.isnan(self.values)).any(axis=2))
        return replace(self, values=np.where(there[:, :, None], made, np.nan))

    def data(self, period: int, names: tuple[str, ...]) -> Data:
        """Return one period's cities and the named columns.

        Raises:
            DataError: the panel has no such period.
        """
        if period not in self.periods:
            known = ", ".join(str(one) for one in self.periods)
            raise DataError(
                Both(f"자료가 없는 때입니다: {period}", f"there are no data of {period}"),
                todo=Both(f"자료가 있는 때: {known}", f"periods known: {known}"),
            )
        columns = [self.column(name) for name in names]
        all_cities = Data(self.cities, self.values[self.periods.index(period)], self.groups)
        return all_cities.pick(self.present(period), columns)


def pooled(panel: Panel, recipe: Recipe) -> Recipe:
    """Return the recipe with min-max turned into goalposts from all periods; any other normalisation as it is."""
    if recipe.normalisation != "min_max" or recipe.treatment not in IN_UNIT or len(panel.periods) == 1:
        return recipe
    made = []
    for indicator in recipe.indicators:
        cells = panel.values[:, :, panel.column(indicator.name)]
        if np.isnan(cells).all():
            raise DataError(
                Both(
                    f"어느 때에도 이 지표의 값이 있는 도시가 없습니다: {indicator.name!r}",
                    f"no city has a value of {indicator.name!r} in any period",
                ),
                todo=Both("그 지표를 빼십시오", "leave it out"),
            )
        low, high = float(np.nanmin(cells)), float(np.nanmax(cells))
        if low == high:
            says = Both(
                f"지표 {indicator.name!r}: 모든 도시와 때의 값이 같아 순위를 가르지 못합니다",
                f"the indicator {indicator.name!r} has one value for every city and period, so it ranks nothing",
            )
            raise DataError(says, todo=Both("그 지표를 빼십시오", "leave it out"))
        made.append(replace(indicator, goalposts=(low, high)))
    return replace(recipe, normalisation="goalposts", indicators=tuple(made))


def over_years(panel: Panel, editions: Mapping[int, Recipe]) -> dict[int, Index]:
    """Return the index of every period by the edition in force: the last that began by it.

    Args:
        panel: the data.
        editions: recipes by the first period in which each holds; ``reference`` is a row of the panel.

    Raises:
        DataError: a period before the first edition, or data that do not go with their recipe.
    """
    if not editions:
        raise DataError(
            Both("방법의 판이 하나도 없습니다", "there is no edition of the method"),
            todo=Both("방법과 그 방법이 시작되는 때를 주십시오", "give a recipe and the period from which it holds"),
        )
    made = {}
    for period in panel.periods:
        begun = [first for first in editions if first <= period]
        if not begun:
            first = min(editions)
            raise DataError(
                Both(f"이 때에 쓰이는 방법의 판이 없습니다: {period}", f"no edition of the method holds in {period}"),
                todo=Both(f"첫 판은 {first}부터 쓰입니다", f"the first holds from {first}"),
            )
        recipe = editions[max(begun)]
        names = tuple(indicator.name for indicator in recipe.indicators)
        data = panel.filled(recipe.missing).data(period, names)
        made[period] = build(data, _referred(pooled(panel, recipe), panel, data.cities, period))
    return made


def _referred(recipe: Recipe, panel: Panel, cities: tuple[str, ...], period: int) -> Recipe:
    """Return the recipe with its reference city, a row of the panel, as a row of one period's cities."""
    if recipe.reference is None:
        return recipe
    name = panel.cities[recipe.reference]
    if name not in cities:
        raise DataError(
            Both(
                f"기준 도시 {name!r}의 자료가 없는 때입니다: {period}",
                f"the reference city {name!r} has no data of {period}",
            ),
            todo=Both("다른 기준 도시를 고르십시오", "take another reference"),
        )
    return replace(recipe, reference=cities.index(name))
