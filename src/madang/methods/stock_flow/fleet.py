"""A fleet as data: classes, powertrains, survival, first stock by age, yearly totals, shares and mandates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from madang.core.errors import Both, BoundsError, InfeasibleError, UnknownName, UsageError

Floats = NDArray[np.float64]

SHARE_SUM_TOLERANCE = 1e-9
FIRST_YEAR_SURVIVAL_MIN = 1e-6
_BOUGHT_KO = {"start": "처음", "middle": "가운데", "end": "끝"}


class BoughtAt(StrEnum):
    """When within its year a vehicle is bought: fixes its exact age at each year's end.

    Age at the end of the year of purchase is 1 for ``start``, 0.5 for ``middle`` and 0 for ``end``.
    """

    START = "start"
    MIDDLE = "middle"
    END = "end"

    @property
    def age_at_first_year_end(self) -> float:
        """Return the age in years at the end of the year of purchase."""
        return {"start": 1.0, "middle": 0.5, "end": 0.0}[self.value]


class Drive(IntEnum):
    """What a class's yearly ``total`` and ``split`` mean."""

    STOCK = 0
    """Total is the stock at the year's end; split shares out the purchases that it needs."""
    PURCHASES = 1
    """Total is the year's purchases; split shares them out."""
    STOCK_SPLIT = 2
    """Total is the stock at the year's end; split shares out that stock itself, as a register does."""


class Scope(StrEnum):
    """Whether a mandate speaks of the year's purchases or of the whole stock."""

    NEW = "new"
    ALL = "all"


@dataclass(frozen=True)
class Weibull:
    """S(age) = exp(-(age / scale)^shape); ``scale_years`` and ``shape`` broadcast to class x powertrain."""

    scale_years: Floats | float
    shape: Floats | float

    def at(self, age_years: Floats) -> Floats:
        """Return survival, class x powertrain x age (or just age for scalar parameters)."""
        scale = np.asarray(self.scale_years, dtype=np.float64)[..., None]
        shape = np.asarray(self.shape, dtype=np.float64)[..., None]
        survival: Floats = np.exp(-((np.asarray(age_years) / scale) ** shape))
        return survival.reshape(survival.shape[:-1] + np.shape(age_years))


@dataclass(frozen=True)
class SurvivalTable:
    """Survival at the exact ages 0, 1, 2 ... years, broadcasting to class x powertrain x age.

    Between two ages it is interpolated linearly; past the last age the last yearly rate goes on.
    ``stretch`` lengthens (above 1) or shortens every age alike, so that draws can vary a given table.
    """

    survival: Floats
    stretch: Floats | float = 1.0


@dataclass(frozen=True)
class Mandate:
    """At least ``share`` of a class's purchases or stock must be of some powertrains.

    Scope ``new``: holds for the purchases of every year from ``from_year`` to ``to_year``, both included.
    Scope ``all``: the stock's share rises evenly from what is found before ``from_year`` to ``share`` at the
    end of ``to_year`` and may not fall below it later. Purchases are shifted first; then the oldest
    other vehicles are retired early and replaced.
    """

    vehicle_class: str
    powertrains: tuple[str, ...]
    scope: Scope
    from_year: int
    to_year: int
    share: float

    def __post_init__(self) -> None:
        """Refuse a share outside 0..1, an empty set and years that run backwards."""
        if not 0.0 <= self.share <= 1.0:
            raise BoundsError(
                Both(f"의무의 몫이 {self.share}입니다", f"a mandate's share is {self.share}"),
                Both(f"차종 {self.vehicle_class}", f"class {self.vehicle_class}"),
                Both("0에서 1까지의 몫을 주십시오", "give a share from 0 to 1"),
            )
        if self.to_year < self.from_year:
            raise BoundsError(
                Both(
                    f"의무가 시작되는 {self.from_year}년보다 앞선 {self.to_year}년에 끝납니다",
                    f"a mandate ends in {self.to_year} before it begins in {self.from_year}",
                ),
                Both(f"차종 {self.vehicle_class}", f"class {self.vehicle_class}"),
                Both("to_year를 from_year보다 앞서지 않게 주십시오", "give to_year not before from_year"),
            )
        if not self.powertrains:
            raise UsageError(
                Both("의무에 동력원이 없습니다", "a mandate names no powertrain"),
                Both(f"차종 {self.vehicle_class}", f"class {self.vehicle_class}"),
                Both("적어도 한 동력원을 적으십시오", "name at least one powertrain"),
            )


@dataclass(frozen=True)
class Fleet:
    """One problem: all arrays are class x powertrain x (age or year), years running from ``first_year``.

    ``initial`` is the stock at the end of the year before ``first_year`` by age 0, 1, 2 ... (0 = bought in that
    year); with no age column the fleet starts empty. ``total`` is class x year, ``split`` sums to one
    over powertrains. What they mean is told by ``drive``, one for each class.
    """

    classes: tuple[str, ...]
    powertrains: tuple[str, ...]
    first_year: int
    total: Floats
    split: Floats
    survival: Weibull | SurvivalTable
    initial: Floats | None = None
    drive: tuple[Drive, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    bought_at: BoughtAt = BoughtAt.MIDDLE

    def __post_init__(self) -> None:
        """Refuse shapes, signs and sums that have no meaning.

        Raises:
            UsageError: for wrong shapes. BoundsError: for values out of bounds. UnknownName: in a mandate.
        """
        if not self.drive:
            object.__setattr__(self, "drive", (Drive.STOCK,) * len(self.classes))
        _check_shapes(self)
        _check_values(self)
        _check_mandates(self)

    @property
    def years(self) -> range:
        """The years of the run."""
        return range(self.first_year, self.first_year + int(np.shape(self.total)[1]))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of classes, powertrains and years."""
        return len(self.classes), len(self.powertrains), len(self.years)

    @cached_property
    def initial_by_age(self) -> Floats:
        """The first stock, class x powertrain x age; zero ages where the fleet starts empty."""
        if self.initial is None:
            return np.zeros((*self.shape[:2], 0))
        return np.ascontiguousarray(self.initial, dtype=np.float64)

    @property
    def model_year_count(self) -> int:
        """How many model years the run holds: those of the first stock and one for each year."""
        return int(self.initial_by_age.shape[2]) + self.shape[2]

    @property
    def age_years(self) -> Floats:
        """Exact age in years at a year's end for whole ages 0, 1, 2 ... under the convention."""
        return np.arange(self.model_year_count, dtype=np.float64) + self.bought_at.age_at_first_year_end

    def class_index(self, name: str) -> int:
        """Return a class's place. Raises: UnknownName."""
        if name not in self.classes:
            raise UnknownName(Both("차종", "vehicle class"), name, self.classes)
        return self.classes.index(name)

    def powertrain_index(self, name: str) -> int:
        """Return a powertrain's place. Raises: UnknownName."""
        if name not in self.powertrains:
            raise UnknownName(Both("동력원", "powertrain"), name, self.powertrains)
        return self.powertrains.index(name)


def stationary_ages(stock: Floats, survival: Weibull, bought_at: BoughtAt, age_count: int) -> Floats:
    """Spread a stock over ages as if purchases had always been the same each year.

    Shapes: stock class x powertrain -> class x powertrain x age. It is an assumption where a register gives no
    age, and has to be shown as one.
    """
    ages = np.arange(age_count, dtype=np.float64) + bought_at.age_at_first_year_end
    weight = np.broadcast_to(survival.at(ages), (*np.shape(stock), age_count))
    spread: Floats = np.asarray(stock)[..., None] * weight / weight.sum(axis=-1, keepdims=True)
    return spread


def _check_shapes(fleet: Fleet) -> None:
    if np.ndim(fleet.total) != 2:
        raise UsageError(
            Both("합계 표가 차종 × 연도의 모양이 아닙니다", "the totals are not class x year"),
            None,
            Both("차종마다 한 행이 있는 표를 주십시오", "give a table with a row for each class"),
        )
    classes, powertrains, years = fleet.shape
    wanted: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
        "total": (np.shape(fleet.total), (classes, years)),
        "split": (np.shape(fleet.split), (classes, powertrains, years)),
        "drive": ((len(fleet.drive),), (classes,)),
        "initial": (np.shape(fleet.initial_by_age)[:2], (classes, powertrains)),
    }
    for name, (found, needed) in wanted.items():
        if found != needed:
            raise UsageError(
                Both(
                    f"{name}의 모양이 {found}인데 {needed}여야 합니다",
                    f"{name} has the shape {found} where {needed} is needed",
                ),
                Both(f"{fleet.first_year}년부터의 차량", f"fleet from {fleet.first_year}"),
                Both("차종 × 동력원 × 연도(또는 차령)로 주십시오", "give class x powertrain x year (or age)"),
            )


def _check_values(fleet: Fleet) -> None:
    for name, values in (("total", fleet.total), ("split", fleet.split), ("initial", fleet.initial_by_age)):
        if not np.all(np.isfinite(values)) or np.any(np.asarray(values) < 0):
            raise BoundsError(
                Both(f"{name}에 빠진 값이나 음수가 있습니다", f"{name} holds a missing or negative value"),
                None,
                Both("0 이상의 수를 주십시오", "give numbers of at least 0"),
            )
    off = np.abs(np.sum(fleet.split, axis=1) - 1.0)
    if np.any(off > SHARE_SUM_TOLERANCE):
        row, column = np.argwhere(off > SHARE_SUM_TOLERANCE)[0]
        name, year, total = fleet.classes[row], fleet.years[column], float(np.sum(fleet.split[row, :, column]))
        raise BoundsError(
            Both(
                f"{year}년 {name}의 몫을 더하면 {total:.6g}입니다",
                f"shares of {name} in {year} sum to {total:.6g}",
            ),
            None,
            Both("동력원에 걸쳐 더하면 1이 되는 몫을 주십시오", "give shares that sum to 1 over powertrains"),
        )
    if isinstance(fleet.survival, Weibull):
        check_weibull(fleet.survival.scale_years, fleet.survival.shape, fleet.bought_at)
    else:
        _check_table(fleet.survival)


def check_weibull(scale_years: Floats | float, shape: Floats | float, bought_at: BoughtAt) -> None:
    """Refuse parameters under which next to nothing survives its own year. Raises: BoundsError."""
    scale, power = np.broadcast_arrays(np.asarray(scale_years, float), np.asarray(shape, float))
    if not (np.all(np.isfinite(scale)) and np.all(np.isfinite(power)) and np.all(scale > 0) and np.all(power > 0)):
        raise BoundsError(
            Both("생존 곡선의 척도나 모양이 0보다 크지 않습니다", "a survival scale or shape is not above 0"),
            None,
            Both("햇수와 모양을 0보다 크게 주십시오", "give years and a shape above 0"),
        )
    first_age = bought_at.age_at_first_year_end
    # A scale above the first age leaves more than a third whatever the shape, so the powers are rarely needed.
    if scale.min() < first_age and np.any(np.exp(-((first_age / scale) ** power)) < FIRST_YEAR_SURVIVAL_MIN):
        raise BoundsError(
            Both(
                f"생존 곡선의 척도가 {float(scale.min()):.3g}년이면 첫해 말에 남는 차가 없습니다",
                f"a survival scale of {float(scale.min()):.3g} years leaves nothing at the end of the first year",
            ),
            Both(f"구매 시점: 한 해의 {_BOUGHT_KO[bought_at]}", f"bought at the {bought_at.value} of the year"),
            Both("척도를 더 길게 주십시오", "give a longer scale"),
        )


def _check_table(table: SurvivalTable) -> None:
    survival = np.asarray(table.survival)
    fine = survival.shape[-1] >= 2 and np.all(np.isfinite(survival)) and np.all(survival[..., 0] == 1.0)
    if not fine or np.any(survival < 0) or np.any(np.diff(survival, axis=-1) > 0):
        raise BoundsError(
            Both("생존표가 차령 0의 1에서 줄어드는 꼴이 아닙니다", "a survival table does not fall from 1 at age 0"),
            None,
            Both(
                "차령 0, 1, 2 …의 생존율을 1에서 시작해 늘지도 음수가 되지도 않게 주십시오",
                "give survival at ages 0, 1, 2 ... that starts at 1, never rises and is never negative",
            ),
        )
    if np.any(survival[..., 1] < FIRST_YEAR_SURVIVAL_MIN) or np.any(np.asarray(table.stretch) <= 0):
        raise BoundsError(
            Both(
                "생존표대로라면 첫해 말에 남는 차가 없습니다",
                "a survival table leaves nothing at the end of the first year",
            ),
            None,
            Both("수명을 더 길게 주십시오", "give a longer life"),
        )


def _check_mandates(fleet: Fleet) -> None:
    for mandate in fleet.mandates:
        place = fleet.class_index(mandate.vehicle_class)
        for name in mandate.powertrains:
            fleet.powertrain_index(name)
        if fleet.drive[place] is Drive.STOCK_SPLIT:
            raise UsageError(
                Both(
                    f"동력원별 등록 대수를 따르는 차종은 의무까지 따를 수 없습니다: {mandate.vehicle_class}",
                    f"{mandate.vehicle_class} follows a register by powertrain and cannot obey a mandate as well",
                ),
                None,
                Both(
                    "그 차종을 전체 대수나 구매 대수로 움직이십시오",
                    "drive the class by its total stock or its purchases",
                ),
            )
    _check_nested(fleet.mandates)


def _check_nested(mandates: Sequence[Mandate]) -> None:
    # Two mandates in force together can only both be kept, in any order, if one set lies within the other.
    for number, one in enumerate(mandates):
        for other in mandates[number + 1 :]:
            sets = set(one.powertrains), set(other.powertrains)
            apart = one.vehicle_class != other.vehicle_class or not _meet(one, other)
            if not (apart or sets[0] <= sets[1] or sets[1] <= sets[0]):
                raise InfeasibleError(
                    Both(
                        f"차종 {one.vehicle_class}에 걸린 두 의무의 동력원이 일부만 겹치거나 전혀 겹치지 않습니다",
                        f"two mandates on {one.vehicle_class} name powertrains that overlap only in part or not at all",
                    ),
                    Both(
                        f"동력원 {', '.join(one.powertrains)} / {', '.join(other.powertrains)}",
                        f"{', '.join(one.powertrains)} and {', '.join(other.powertrains)}",
                    ),
                    Both(
                        "한 의무의 동력원이 다른 의무의 동력원을 모두 담게 하십시오",
                        "let one mandate's powertrains include the other's",
                    ),
                )


def _meet(one: Mandate, other: Mandate) -> bool:
    # A mandate on the stock goes on after its last year; one on purchases ends with it.
    first, second = sorted((one, other), key=lambda mandate: mandate.from_year)
    return first.scope is Scope.ALL or second.from_year <= first.to_year
