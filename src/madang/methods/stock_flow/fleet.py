"""A fleet as data: classes, powertrains, survival, first stock by age, yearly totals, shares and mandates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from madang.core.errors import BoundsError, InfeasibleError, UnknownName, UsageError

Floats = NDArray[np.float64]

SHARE_SUM_TOLERANCE = 1e-9
FIRST_YEAR_SURVIVAL_MIN = 1e-6


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
                f"a mandate's share is {self.share}", f"class {self.vehicle_class}", "give a share from 0 to 1"
            )
        if self.to_year < self.from_year:
            raise BoundsError(
                f"a mandate ends in {self.to_year} before it begins in {self.from_year}",
                f"class {self.vehicle_class}",
                "give to_year not before from_year",
            )
        if not self.powertrains:
            raise UsageError(
                "a mandate names no powertrain", f"class {self.vehicle_class}", "name at least one powertrain"
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
            raise UnknownName("vehicle class", name, self.classes)
        return self.classes.index(name)

    def powertrain_index(self, name: str) -> int:
        """Return a powertrain's place. Raises: UnknownName."""
        if name not in self.powertrains:
            raise UnknownName("powertrain", name, self.powertrains)
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
        raise UsageError("the totals are not class x year", None, "give a table with a row for each class")
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
                f"{name} has the shape {found} where {needed} is needed",
                f"fleet from {fleet.first_year}",
                "give class x powertrain x year (or age)",
            )


def _check_values(fleet: Fleet) -> None:
    for name, values in (("total", fleet.total), ("split", fleet.split), ("initial", fleet.initial_by_age)):
        if not np.all(np.isfinite(values)) or np.any(np.asarray(values) < 0):
            raise BoundsError(f"{name} holds a missing or negative value", None, "give numbers of at least 0")
    off = np.abs(np.sum(fleet.split, axis=1) - 1.0)
    if np.any(off > SHARE_SUM_TOLERANCE):
        row, column = np.argwhere(off > SHARE_SUM_TOLERANCE)[0]
        raise BoundsError(
            f"shares of {fleet.classes[row]} in {fleet.first_year + column} sum to "
            f"{float(np.sum(fleet.split[row, :, column])):.6g}",
            None,
            "give shares that sum to 1 over powertrains",
        )
    if isinstance(fleet.survival, Weibull):
        check_weibull(fleet.survival.scale_years, fleet.survival.shape, fleet.bought_at)
    else:
        _check_table(fleet.survival)


def check_weibull(scale_years: Floats | float, shape: Floats | float, bought_at: BoughtAt) -> None:
    """Refuse parameters under which next to nothing survives its own year. Raises: BoundsError."""
    scale, power = np.broadcast_arrays(np.asarray(scale_years, float), np.asarray(shape, float))
    if not (np.all(np.isfinite(scale)) and np.all(np.isfinite(power)) and np.all(scale > 0) and np.all(power > 0)):
        raise BoundsError("a survival scale or shape is not above 0", None, "give years and a shape above 0")
    first_age = bought_at.age_at_first_year_end
    # A scale above the first age leaves more than a third whatever the shape, so the powers are rarely needed.
    if scale.min() < first_age and np.any(np.exp(-((first_age / scale) ** power)) < FIRST_YEAR_SURVIVAL_MIN):
        raise BoundsError(
            f"a survival scale of {float(scale.min()):.3g} years leaves nothing at the end of the first year",
            f"bought at the {bought_at.value} of the year",
            "give a longer scale",
        )


def _check_table(table: SurvivalTable) -> None:
    survival = np.asarray(table.survival)
    fine = survival.shape[-1] >= 2 and np.all(np.isfinite(survival)) and np.all(survival[..., 0] == 1.0)
    if not fine or np.any(survival < 0) or np.any(np.diff(survival, axis=-1) > 0):
        raise BoundsError(
            "a survival table does not fall from 1 at age 0",
            None,
            "give survival at ages 0, 1, 2 ... that starts at 1, never rises and is never negative",
        )
    if np.any(survival[..., 1] < FIRST_YEAR_SURVIVAL_MIN) or np.any(np.asarray(table.stretch) <= 0):
        raise BoundsError("a survival table leaves nothing at the end of the first year", None, "give a longer life")


def _check_mandates(fleet: Fleet) -> None:
    for mandate in fleet.mandates:
        place = fleet.class_index(mandate.vehicle_class)
        for name in mandate.powertrains:
            fleet.powertrain_index(name)
        if fleet.drive[place] is Drive.STOCK_SPLIT:
            raise UsageError(
                f"{mandate.vehicle_class} follows a register by powertrain and cannot obey a mandate as well",
                None,
                "drive the class by its total stock or its purchases",
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
                    f"two mandates on {one.vehicle_class} name powertrains that overlap only in part or not at all",
                    f"{', '.join(one.powertrains)} and {', '.join(other.powertrains)}",
                    "let one mandate's powertrains include the other's",
                )


def _meet(one: Mandate, other: Mandate) -> bool:
    # A mandate on the stock goes on after its last year; one on purchases ends with it.
    first, second = sorted((one, other), key=lambda mandate: mandate.from_year)
    return first.scope is Scope.ALL or second.from_year <= first.to_year
