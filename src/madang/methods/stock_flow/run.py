"""One run of a fleet with every flow kept, and the packing of a fleet into the kernel's arrays."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from madang.methods.stock_flow.fleet import Fleet, Floats, Mandate, Scope, SurvivalTable
from madang.methods.stock_flow.kernel import run_block


class Flow(IntEnum):
    """The four quantities of a year; stock(t) = stock(t-1) + purchases - scrapped - retired_early."""

    STOCK = 0
    PURCHASES = 1
    SCRAPPED = 2
    RETIRED_EARLY = 3


@dataclass(frozen=True)
class Flows:
    """All flows of one run, class x powertrain x year in vehicles; ``by_model_year`` adds the oldest first.

    ``by_model_year`` is class x powertrain x year x model year: the first stock's oldest age is column 0, the
    purchases of the first year are in the column that follows the first stock's ages.
    """

    fleet: Fleet
    stock: Floats
    purchases: Floats
    scrapped: Floats
    retired_early: Floats
    by_model_year: Floats

    def balance(self) -> Floats:
        """Return stock change less purchases plus both outflows, class x powertrain x year: zero but for rounding."""
        before = np.concatenate((self.fleet.initial_by_age.sum(axis=2)[:, :, None], self.stock[:, :, :-1]), axis=2)
        gap: Floats = self.stock - before - self.purchases + self.scrapped + self.retired_early
        return gap


class Packed(NamedTuple):
    """A fleet's unchanging parts in the kernel's layout."""

    drive: NDArray[np.int64]
    table: Floats
    ages: Floats
    log_ages: Floats
    rule_class: NDArray[np.int64]
    rules: Floats
    order: tuple[int, ...]
    members: NDArray[np.bool_]


def pack(fleet: Fleet) -> Packed:
    """Lay out survival ages and mandates (sorted by class) for the kernel."""
    classes, powertrains, _ = fleet.shape
    order = sorted(range(len(fleet.mandates)), key=lambda place: fleet.class_index(fleet.mandates[place].vehicle_class))
    in_order = [fleet.mandates[place] for place in order]
    held_by = np.array([fleet.class_index(mandate.vehicle_class) for mandate in in_order], dtype=np.int64)
    ages = fleet.age_years
    with np.errstate(divide="ignore"):
        log_ages = np.log(ages)
    return Packed(
        drive=np.array([int(drive) for drive in fleet.drive], dtype=np.int64),
        table=_survival_table(fleet, classes, powertrains),
        ages=ages,
        log_ages=log_ages,
        rule_class=np.searchsorted(held_by, np.arange(classes + 1)).astype(np.int64),
        rules=np.array([_rule(fleet, mandate) for mandate in in_order]).reshape(-1, 4),
        order=tuple(order),
        members=np.array(
            [[name in mandate.powertrains for name in fleet.powertrains] for mandate in in_order], dtype=np.bool_
        ).reshape(-1, powertrains),
    )


def survival_parameters(fleet: Fleet) -> tuple[Floats, Floats]:
    """Return scale and shape, class x powertrain; a table's scale is its stretch and its shape is not used."""
    size = fleet.shape[:2]
    if isinstance(fleet.survival, SurvivalTable):
        return _filled(fleet.survival.stretch, size), np.ones(size)
    return _filled(fleet.survival.scale_years, size), _filled(fleet.survival.shape, size)


def run(fleet: Fleet) -> Flows:
    """Run a fleet once and keep every flow and the stock by model year."""
    classes, powertrains, years = fleet.shape
    packed, (scale, shape) = pack(fleet), survival_parameters(fleet)
    flows = np.zeros((classes, years, 4, powertrains))
    by_year = np.zeros((classes, years, powertrains, fleet.model_year_count))
    run_block(
        fleet.initial_by_age[None], packed.drive, np.asarray(fleet.total, np.float64)[None],
        by_year_first(np.asarray(fleet.split, np.float64))[None], packed.table, scale[None], shape[None], packed.ages,
        packed.log_ages, packed.rule_class, packed.rules[None], packed.members, np.zeros((0, 4), np.int64), np.zeros(0),
        np.zeros((1, 0, years)), flows, by_year,
    )  # fmt: skip
    kept = np.ascontiguousarray(flows.transpose(2, 0, 3, 1))
    return Flows(
        fleet,
        stock=kept[Flow.STOCK],
        purchases=kept[Flow.PURCHASES],
        scrapped=kept[Flow.SCRAPPED],
        retired_early=kept[Flow.RETIRED_EARLY],
        by_model_year=by_year.transpose(0, 2, 1, 3),
    )


def by_year_first(split: Floats) -> Floats:
    """Turn shares from powertrain x year to year x powertrain, as the kernel reads them."""
    return np.ascontiguousarray(np.swapaxes(split, -1, -2))


def _rule(fleet: Fleet, mandate: Mandate) -> tuple[float, float, float, float]:
    scope = 0.0 if mandate.scope is Scope.NEW else 1.0
    return scope, mandate.from_year - fleet.first_year, mandate.to_year - fleet.first_year, mandate.share


def _survival_table(fleet: Fleet, classes: int, powertrains: int) -> Floats:
    if not isinstance(fleet.survival, SurvivalTable):
        return np.zeros((classes, powertrains, 0))
    table = np.asarray(fleet.survival.survival, dtype=np.float64)
    return np.ascontiguousarray(np.broadcast_to(table, (classes, powertrains, table.shape[-1])))


def _filled(values: Floats | float, size: tuple[int, int]) -> Floats:
    return np.array(np.broadcast_to(np.asarray(values, dtype=np.float64), size))
