"""The four paths as fleets: without the policy, mandates only, as promised, and as the register counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gamma
from typing import get_args

import numpy as np

from madang.core.errors import Both, BoundsError
from madang.methods.stock_flow import (
    BoughtAt,
    Drive,
    Fleet,
    Flows,
    Mandate,
    Scope,
    Weibull,
    run,
    stationary_ages,
)
from madang.methods.stock_flow.fleet import Floats
from madang.solutions.ev_fleet.classes import (
    CLASSES,
    ELECTRIC,
    HYDROGEN,
    POWERTRAINS,
    counted_at_year_ends,
    parted,
    place,
)
from madang.solutions.ev_fleet.inputs import FleetInputs, Path

PATHS: tuple[Path, ...] = get_args(Path)
AGES = 30
#: Whose life a class leads.
LIFE_OF = {
    "car": "car", "taxi": "taxi", "rental_car": "taxi", "city_bus": "bus", "village_bus": "bus", "school_bus": "van",
    "other_van": "van", "truck": "truck", "parcel_truck": "truck", "special": "truck", "motorcycle": "motorcycle",
    "delivery_motorcycle": "motorcycle",
}  # fmt: skip
#: The parts of the promise that stand for a class: class -> part.
PART_OF = {
    "car": "car", "taxi": "taxi", "city_bus": "bus", "village_bus": "village_bus", "truck": "truck",
    "motorcycle": "motorcycle", "delivery_motorcycle": "delivery_motorcycle",
}  # fmt: skip
ELECTRIC_SHARE_MAX = 0.95


@dataclass(frozen=True)
class Paths:
    """Fleet and flows of every path, and the promised vehicles behind each mandate on a stock.

    ``counts`` maps a mandate's place in the promised fleet to the vehicles promised, so that a draw that changes
    the size of a class can change the share.
    """

    fleets: dict[Path, Fleet]
    flows: dict[Path, Flows]
    counts: dict[int, float]
    reference_share: Floats

    @property
    def years(self) -> range:
        """The years of all paths."""
        return self.fleets["reference"].years


def weibull(inputs: FleetInputs) -> Weibull:
    """Return survival, class x powertrain: scale = mean life / Gamma(1 + 1/shape)."""
    mean = np.array([inputs.lifetime_years[LIFE_OF[name]] for name in CLASSES])
    scale = mean / gamma(1.0 + 1.0 / inputs.weibull_shape)
    return Weibull(np.repeat(scale[:, None], len(POWERTRAINS), axis=1), inputs.weibull_shape)


def build(inputs: FleetInputs) -> Paths:
    """Build and run all paths. Raises: BoundsError for years that don't fit; CityError for a missing year end."""
    if not inputs.base_year < inputs.target_year <= inputs.last_year:
        raise BoundsError(
            Both(
                f"목표 연도 {inputs.target_year}: {inputs.base_year}년보다 뒤이고 {inputs.last_year}년까지여야 합니다",
                f"the target year {inputs.target_year} isn't after {inputs.base_year} and by {inputs.last_year}",
            ),
            todo=Both(
                "base_year, target_year, last_year를 이 차례로 정하십시오",
                "set base_year, target_year and last_year in this order",
            ),
        )
    stock = registered_stock(inputs, range(inputs.base_year - 1, inputs.last_year + 1))
    initial, bought = _year_before(inputs, stock[0], stock[1])
    reference = _reference(inputs, stock[2:], initial, bought)
    mandates = replace(reference, mandates=_mandates(inputs))
    flows: dict[Path, Flows] = {"reference": run(reference), "mandates_only": run(mandates)}
    promised, counts = _promised(inputs, mandates, flows["mandates_only"])
    registered = replace(reference, drive=(Drive.STOCK_SPLIT,) * len(CLASSES), split=_shares(stock[2:]))
    flows |= {"promised": run(promised), "as_registered": run(registered)}
    fleets: dict[Path, Fleet] = {
        "reference": reference,
        "mandates_only": mandates,
        "promised": promised,
        "as_registered": registered,
    }
    return Paths(fleets, flows, counts, reference.split[:, :, 0])


def registered_stock(inputs: FleetInputs, years: range) -> Floats:
    """Return the register at year ends, year x class x powertrain."""
    return np.stack([parted(inputs, counts) for counts in counted_at_year_ends(inputs, years)])


def _shares(stock: Floats) -> Floats:
    """Return shares by powertrain, class x powertrain x year; an empty class counts as petrol."""
    total = stock.sum(axis=2, keepdims=True)
    nothing = np.zeros(len(POWERTRAINS))
    nothing[0] = 1.0
    share = np.where(total > 0, stock / np.where(total > 0, total, 1.0), nothing)
    share /= share.sum(axis=2, keepdims=True)
    return np.ascontiguousarray(share.transpose(1, 2, 0))


def _year_before(inputs: FleetInputs, before: Floats, base: Floats) -> tuple[Floats, Floats]:
    """Return the base year's stock by age and its purchases: the register of two year ends tells both."""
    life, bought_at = weibull(inputs), BoughtAt(inputs.bought_at)
    ages = spread_ages(inputs, before, life)
    young = _electric_ages(inputs, AGES)
    for p in (ELECTRIC, HYDROGEN):
        ages[:, p] = before[:, p, None] * young
    year = Fleet(
        CLASSES,
        POWERTRAINS,
        inputs.base_year,
        base.sum(axis=1)[:, None],
        _shares(base[None]),
        life,
        initial=ages,
        drive=(Drive.STOCK_SPLIT,) * len(CLASSES),
        bought_at=bought_at,
    )
    flows = run(year)
    return np.ascontiguousarray(flows.by_model_year[:, :, 0, ::-1]), flows.purchases[:, :, 0]


def spread_ages(inputs: FleetInputs, stock: Floats, life: Weibull) -> Floats:
    """Spread a stock, class x powertrain, over ages as the input says."""
    if inputs.age_spread == "steady":
        return stationary_ages(stock, life, BoughtAt(inputs.bought_at), AGES)
    mean = np.asarray(life.scale_years) * gamma(1.0 + 1.0 / inputs.weibull_shape)
    young = np.arange(AGES) < np.maximum(1.0, np.round(mean))[..., None]
    spread: Floats = stock[..., None] * young / young.sum(axis=-1, keepdims=True)
    return spread


def _electric_ages(inputs: FleetInputs, count: int) -> Floats:
    """Return the share of each age among electric vehicles before the base year, from the yearly register."""
    end = inputs.base_year - 1
    series = [inputs.electric_known.get(f"{end - age}-12-31", 0.0) for age in range(count + 1)]
    grown = np.maximum(0.0, -np.diff(np.array(series)))
    if grown.sum() <= 0:
        grown[0] = 1.0
    shares: Floats = grown / grown.sum()
    return shares


def _reference(inputs: FleetInputs, stock: Floats, initial: Floats, bought: Floats) -> Fleet:
    """Return the fleet without the policy: the base year's shares of purchases go on."""
    held = initial.sum(axis=2)
    for name in ("motorcycle", "delivery_motorcycle"):
        bought[place(name)] = held[place(name)]  # No register tells what was bought: the stock's shares stand in.
    source = np.where(bought.sum(axis=1, keepdims=True) > 0, bought, held)
    share = with_factor(_shares(source[None])[:, :, 0], inputs.reference_factor)
    total = np.ascontiguousarray(stock.sum(axis=2).T)
    return Fleet(
        CLASSES,
        POWERTRAINS,
        inputs.base_year + 1,
        total,
        np.repeat(share[:, :, None], total.shape[1], axis=2),
        weibull(inputs),
        initial=initial,
        bought_at=BoughtAt(inputs.bought_at),
    )


def with_factor(share: Floats, factor: float | Floats) -> Floats:
    """Multiply the electric share (last axis: powertrain) and let the others make room or fill it alike.

    A factor above 1 lifts a share to at most ``ELECTRIC_SHARE_MAX``; a class that is all electric stays so.
    """
    electric = share[..., ELECTRIC]
    others = share.sum(axis=-1) - electric
    there = others > 1e-9
    lifted = np.maximum(electric, np.minimum(electric * factor, ELECTRIC_SHARE_MAX))
    wanted = np.where(there, np.where(np.asarray(factor) < 1.0, electric * factor, lifted), electric)
    rest = np.where(there, (electric + others - wanted) / np.where(there, others, 1.0), 1.0)
    made: Floats = share * rest[..., None]
    made[..., ELECTRIC] = wanted
    return made


def _mandates(inputs: FleetInputs) -> tuple[Mandate, ...]:
    """Return the mandates that were announced as rules."""
    first, last = inputs.base_year + 1, max(inputs.last_year, 2200)
    year = {name: round(value) for name, value in inputs.mandate_year.items()}
    delivered = max(first, year["delivery_motorcycle"])
    return (
        Mandate("city_bus", ("electric", "hydrogen"), Scope.NEW, year["city_bus"], last, 1.0),
        Mandate("parcel_truck", ("electric",), Scope.NEW, year["parcel_truck"], last, 1.0),
        Mandate("school_bus", ("electric",), Scope.NEW, year["school_bus"], last, 1.0),
        Mandate("delivery_motorcycle", ("electric",), Scope.ALL, first, delivered, 1.0),
    )


def _promised(inputs: FleetInputs, mandates: Fleet, under_mandates: Flows) -> tuple[Fleet, dict[int, float]]:
    """Return the promised fleet: each class reaches its part of the promise by the target year.

    Electric rental cars count towards the promised cars and electric parcel trucks towards the promised trucks, as
    the promise names neither; village and delivery vehicles are taken out of the buses and motorcycles.
    """
    at = inputs.target_year - inputs.base_year - 1
    electric, total = under_mandates.stock[:, ELECTRIC, at], mandates.total[:, at]
    wanted = {name: inputs.promised[part] for name, part in PART_OF.items()}
    wanted["car"] -= electric[place("rental_car")]
    wanted["truck"] -= electric[place("parcel_truck")]
    wanted["city_bus"] -= wanted["village_bus"]
    wanted["motorcycle"] -= wanted["delivery_motorcycle"]
    rules, counts = list(mandates.mandates), {}
    for name, count in wanted.items():
        if name == "delivery_motorcycle" or total[place(name)] <= 0:
            continue
        counts[len(rules)] = max(0.0, count)
        share = min(1.0, max(0.0, count) / float(total[place(name)]))
        rules.append(Mandate(name, ("electric",), Scope.ALL, inputs.base_year + 1, inputs.target_year, share))
    return replace(mandates, mandates=tuple(rules)), counts
