"""Uncertainty: the paths drawn many times with every ranged fact varied, the same draws for all paths."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, gamma

import numpy as np

from madang.core.progress import Progress, part_of
from madang.methods.stock_flow import Aggregate, Draws, Drive, Fleet, Flow, run_draws
from madang.methods.stock_flow.draws import BLOCK_DRAWS
from madang.methods.stock_flow.fleet import Floats
from madang.solutions.ev_fleet.classes import CLASSES, ELECTRIC, POWERTRAINS, place
from madang.solutions.ev_fleet.impacts import KINDS, Impacts, impacts_of, use_of
from madang.solutions.ev_fleet.inputs import RANGED, FleetInputs, Path
from madang.solutions.ev_fleet.paths import LIFE_OF, PATHS, Paths, with_factor

QUANTILES = (0.05, 0.5, 0.95)
#: Classes that are what is left of a register's class when others are taken out of it.
REMAINDERS = {
    "rental_car": ("taxi",),
    "other_van": ("city_bus", "village_bus", "school_bus"),
    "truck": ("parcel_truck",),
}
SIZE_FACT = {
    "taxi": "taxis", "city_bus": "city_buses", "village_bus": "village_buses", "school_bus": "school_buses",
    "parcel_truck": "parcel_trucks", "delivery_motorcycle": "delivery_motorcycles",
}  # fmt: skip


@dataclass(frozen=True)
class Band:
    """Quantiles of one path, each quantile x year."""

    electric: Floats
    electric_share: Floats
    electricity_kwh: Floats
    tailpipe_t: Floats
    tailpipe_saved_t: Floats
    tailpipe_saved_sum_t: Floats
    upstream_saved_t: Floats
    grid_added_t: Floats
    well_to_wheel_saved_t: Floats
    well_to_wheel_saved_sum_t: Floats


def factors_from(inputs: FleetInputs, uniform: Floats) -> dict[str, Floats]:
    """Turn uniform numbers, draw x fact, into factors by fact: triangular between the ends with the value as mode."""
    made = {}
    for column, name in enumerate(RANGED):
        low, high = sorted((inputs.range_low[name], inputs.range_high[name]))
        made[name] = _triangular(uniform[:, column], low, min(max(1.0, low), high), high)
    return made


def _triangular(uniform: Floats, low: float, mode: float, high: float) -> Floats:
    """Return the inverse of the triangular distribution's sum function."""
    if high <= low:
        return np.full_like(uniform, mode)
    rising = (mode - low) / (high - low)
    up = low + np.sqrt(uniform * (high - low) * (mode - low))
    down = high - np.sqrt((1.0 - uniform) * (high - low) * (high - mode))
    return np.where(uniform < rising, up, down)


def all_factors(inputs: FleetInputs) -> dict[str, Floats]:
    """Return the factors of all draws: each block's stream begins with them, so both uses see the same numbers."""
    blocks = [
        np.random.default_rng([inputs.seed, number]).uniform(size=(BLOCK_DRAWS, len(RANGED)))
        for number in range(ceil(inputs.draws / BLOCK_DRAWS))
    ]
    return factors_from(inputs, np.concatenate(blocks)[: inputs.draws])


def sizes(fleet: Fleet, factors: dict[str, Floats], inputs: FleetInputs) -> Floats:
    """Return how many times its central size each class has, draw x class; what one gains its remainder loses."""
    count = len(next(iter(factors.values())))
    made = np.ones((count, len(CLASSES)))
    total = fleet.total[:, 0]
    for name, fact in SIZE_FACT.items():
        made[:, place(name)] = factors[fact]
    for name, parts in REMAINDERS.items():
        lost = sum(total[place(part)] * (made[:, place(part)] - 1.0) for part in parts)
        made[:, place(name)] = np.maximum(0.0, 1.0 - lost / max(1.0, total[place(name)]))
    every, delivery = inputs.fleet["motorcycle"], inputs.fleet["delivery_motorcycle"]
    left = every * factors["motorcycles"] - delivery * factors["delivery_motorcycles"]
    made[:, place("motorcycle")] = np.maximum(0.0, left) / max(1.0, every - delivery)
    return made


def electric_parts(fleet: Fleet, factors: dict[str, Floats]) -> Floats:
    """Return factors on the electric part of each class, draw x class: where the assumed parts move it."""
    count = len(next(iter(factors.values())))
    made = np.ones((count, len(CLASSES)))
    taxi, rental = (fleet.initial_by_age[place(name), ELECTRIC].sum() for name in ("taxi", "rental_car"))
    share = factors["taxi_share_of_electric"]
    both = max(1e-9, float(taxi + rental))
    made[:, place("taxi")] = np.minimum(share, both / max(1e-9, float(taxi)))
    made[:, place("rental_car")] = np.maximum(0.0, both - taxi * made[:, place("taxi")]) / max(1e-9, float(rental))
    for name in ("motorcycle", "delivery_motorcycle"):
        made[:, place(name)] = factors["electric_motorcycles"]
    return made


def draw_paths(inputs: FleetInputs, paths: Paths, progress: Progress) -> dict[Path, Band]:
    """Draw every path and return its bands; memory holds one path's yearly sums at a time."""
    factors = all_factors(inputs)
    size = sizes(paths.fleets["reference"], factors, inputs)
    use = use_of(inputs, factors)
    made: dict[Path, Band] = {}
    reference: Impacts | None = None
    for number, path in enumerate(PATHS):
        part = part_of(progress, number / len(PATHS), (number + 1) / len(PATHS))
        kinds = _draw_one(inputs, paths, path, size, part)
        now = impacts_of(inputs, kinds, paths.years, use)
        reference = reference or now
        made[path] = _band(kinds, now, reference)
    return made


def _draw_one(inputs: FleetInputs, paths: Paths, path: Path, size: Floats, progress: Progress) -> Floats:
    """Return the stock by kind, draw x class x kind x year end (that before the first year leading)."""
    fleet = paths.fleets[path]
    if fleet.drive[0] is Drive.STOCK_SPLIT:
        return _as_counted(fleet, size, all_factors(inputs))
    aggregates = [
        Aggregate(f"{name} {number}", Flow.STOCK, (name,), kind)
        for name in CLASSES
        for number, kind in enumerate(KINDS)
    ]
    bands = run_draws(
        fleet,
        lambda rng, count: _parameters(inputs, paths, path, rng, count),
        aggregates,
        draws=inputs.draws,
        seed=inputs.seed,
        progress=progress,
    )
    drawn = bands.values.reshape(inputs.draws, len(CLASSES), len(KINDS), -1)
    # Only the electric part of the first stock varies, and it is half of one year's driving at most.
    first = np.broadcast_to(_gathered(fleet.initial_by_age.sum(axis=2)[None]), drawn.shape[:3])
    whole = np.concatenate((first[..., None], drawn), axis=3)
    whole *= size[:, :, None, None]
    return whole


def _as_counted(fleet: Fleet, size: Floats, factors: dict[str, Floats]) -> Floats:
    """Return the stock by kind where a register gives it: only the assumed parts vary, so no fleet has to be run."""
    held = fleet.initial_by_age.sum(axis=2)
    share = held / np.maximum(1e-9, held.sum(axis=1, keepdims=True))
    split = np.concatenate((share[:, :, None], fleet.split), axis=2).transpose(2, 0, 1)
    total = np.concatenate((held.sum(axis=1)[:, None], fleet.total), axis=1)
    parts = electric_parts(fleet, factors)
    made = np.empty((len(size), len(CLASSES), len(KINDS), total.shape[1]))
    for at, shares in enumerate(split):
        kinds = _gathered(with_factor(shares[None], parts))
        made[..., at] = kinds * (size * total[:, at])[:, :, None]
    return made


def _gathered(stock: Floats) -> Floats:
    """Sum a stock (draw x class x powertrain) by kind."""
    return np.stack([stock[:, :, [POWERTRAINS.index(name) for name in kind]].sum(axis=2) for kind in KINDS], axis=2)


def _parameters(inputs: FleetInputs, paths: Paths, path: Path, rng: np.random.Generator, count: int) -> Draws:
    """Return a block's parameters: lives, first electric stock, shares of purchases, promised shares."""
    factors = factors_from(inputs, rng.uniform(size=(count, len(RANGED))))
    fleet = paths.fleets[path]
    shape = inputs.weibull_shape * factors["weibull_shape"]
    life = np.stack(
        [inputs.lifetime_years[LIFE_OF[name]] * factors[f"lifetime_{LIFE_OF[name]}"] for name in CLASSES], axis=1
    )
    wide = np.ones((1, 1, len(POWERTRAINS)))
    mean_of_scale_one = np.array([gamma(1.0 + 1.0 / one) for one in shape])
    parts = electric_parts(fleet, factors)
    return Draws(
        scale_years=(life / mean_of_scale_one[:, None])[:, :, None] * wide,
        shape=np.broadcast_to(shape[:, None, None], (count, len(CLASSES), len(POWERTRAINS))),
        split=_split(fleet, paths, factors),
        initial=_first(fleet.initial_by_age, parts),
        mandate_share=_mandate_shares(fleet, paths, path, sizes(fleet, factors, inputs)),
    )


def _split(fleet: Fleet, paths: Paths, factors: dict[str, Floats]) -> Floats:
    """Return shares of purchases, draw x class x powertrain x year."""
    share = with_factor(paths.reference_share[None], factors["reference_factor"][:, None])
    return np.broadcast_to(share[:, :, :, None], (*share.shape, fleet.shape[2]))


def _first(initial: Floats, parts: Floats) -> Floats:
    """Return the first stock with its electric part varied; the other powertrains make room, age by age alike."""
    held = initial.sum(axis=2)
    total, electric = held.sum(axis=1), held[:, ELECTRIC]
    wanted = np.minimum(electric * parts, total)
    rest = np.where(total > electric, (total - wanted) / np.where(total > electric, total - electric, 1.0), 1.0)
    times = np.repeat(rest[:, :, None], held.shape[1], axis=2)
    times[:, :, ELECTRIC] = wanted / np.where(electric > 0, electric, 1.0)
    varied: Floats = initial[None] * times[..., None]
    return varied


def _mandate_shares(fleet: Fleet, paths: Paths, path: Path, size: Floats) -> Floats:
    """Return each mandate's share by draw: a promise is a number of vehicles, so a larger class needs less of it."""
    shares = np.repeat(np.array([[mandate.share for mandate in fleet.mandates]]), len(size), axis=0)
    if path != "promised":
        return shares
    for number in paths.counts:
        times = size[:, place(fleet.mandates[number].vehicle_class)]
        shares[:, number] = np.minimum(1.0, shares[:, number] / np.maximum(times, 1e-9))
    return shares


def _band(kinds: Floats, now: Impacts, reference: Impacts) -> Band:
    electric = kinds[:, :, KINDS.index(("electric",)), 1:].sum(axis=1)
    every = kinds[..., 1:].sum(axis=(1, 2))
    saved, wide_saved = reference.tailpipe_t - now.tailpipe_t, reference.well_to_wheel_t - now.well_to_wheel_t

    def at(values: Floats) -> Floats:
        found: Floats = np.quantile(values, QUANTILES, axis=0)
        return found

    return Band(
        electric=at(electric),
        electric_share=at(100.0 * electric / every),
        electricity_kwh=at(now.electricity_kwh),
        tailpipe_t=at(now.tailpipe_t),
        tailpipe_saved_t=at(saved),
        tailpipe_saved_sum_t=at(np.cumsum(saved, axis=1)),
        upstream_saved_t=at(reference.upstream_t - now.upstream_t),
        grid_added_t=at(now.grid_t - reference.grid_t),
        well_to_wheel_saved_t=at(wide_saved),
        well_to_wheel_saved_sum_t=at(np.cumsum(wide_saved, axis=1)),
    )


def ends(quantiles: Floats, at: int) -> tuple[float, float]:
    """Return the lowest and the highest quantile of a year, the ends of its band."""
    return float(quantiles[0, at]), float(quantiles[2, at])
