"""How many chargers each site of a plan needs: energy by area, shared out to the nearest open site of its kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from madang.methods.walking_network import nearest
from madang.solutions.ev_charging.access import Access
from madang.solutions.ev_charging.energy import public_kwh_per_day
from madang.solutions.ev_charging.inputs import EvChargingInputs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Loads:
    """Chargers by site (s,) that the energy asks for, those to add, and those there is no room for.

    ``unserved_kwh`` a day finds no open site of its kind: slow charging within the walk, rapid anywhere in town.
    ``kwh_at_demand`` (d,) is what each demand point charges in public a day.
    """

    needed: Floats
    to_add: Floats
    short: Floats
    kwh_per_day: float
    unserved_kwh: float
    evs: float
    evs_without_demand: float
    kwh_at_demand: Floats


def loads_of(access: Access, open_sites: Ints, inputs: EvChargingInputs) -> Loads | None:
    """Return the chargers a plan's open sites need, or None where nobody says how many electric vehicles there are."""
    spread = _evs_at_demand(access, inputs)
    if spread is None:
        return None
    evs, lost = spread
    kwh = evs * public_kwh_per_day(1.0, inputs.km_per_day, inputs.km_per_kwh, inputs.home_charging_percent)
    fast_part = inputs.fast_charging_percent / 100.0
    is_open = np.zeros(len(access.siting.ids), dtype=np.bool_)
    is_open[open_sites] = True
    fast = np.flatnonzero(is_open & access.siting.is_fast)
    slow = np.flatnonzero(is_open & ~access.siting.is_fast)
    energy = np.zeros(len(is_open))
    unserved = _give(energy, slow, _near_on_foot(access, slow), kwh * (1 - fast_part))
    unserved += _give(energy, fast, _near_by_line(access, fast), kwh * fast_part)
    power = np.where(access.siting.is_fast, inputs.fast_kw, inputs.slow_kw)
    # A billionth less, so that a need that is whole but for rounding is not raised by one.
    needed = np.ceil(energy / (power * inputs.busy_hours_per_day) - 1e-9)
    there = _ports(access.sites, "fast_ports") + _ports(access.sites, "slow_ports")
    room = access.sites["ports_max"].cast(pl.Float64).fill_null(float("inf")).to_numpy()
    to_add = np.maximum(0.0, needed - there)
    short = np.maximum(0.0, needed - np.maximum(room, there))
    return Loads(
        needed, to_add - np.minimum(to_add, short), short, float(kwh.sum()), unserved, float(evs.sum()), lost, kwh
    )


def _evs_at_demand(access: Access, inputs: EvChargingInputs) -> tuple[Floats, float] | None:
    """Return electric vehicles at each demand point (d,), by its weight in its area, and those of areas without any."""
    if inputs.area_vehicles is None:
        if inputs.evs_planned is None or access.total == 0:
            return None
        return inputs.evs_planned * access.weight / access.total, 0.0
    frame = inputs.area_vehicles.frame
    if inputs.evs_planned is not None:
        whole = float(frame["vehicles"].sum())
        by_area = frame["vehicles"].to_numpy() * (inputs.evs_planned / whole if whole else 0.0)
    elif frame["evs"].null_count():
        return None
    else:
        by_area = frame["evs"].to_numpy()
    of_area = dict(zip(frame["area"].to_list(), by_area.tolist(), strict=True))
    names, code = np.unique(access.area, return_inverse=True)
    whole_weight = np.bincount(code, access.weight, len(names))
    here = np.array([of_area.get(name, 0.0) for name in names.tolist()])
    per_weight = np.divide(here, whole_weight, out=np.zeros(len(names)), where=whole_weight > 0)
    placed = float((per_weight * whole_weight).sum())
    return access.weight * per_weight[code], float(by_area.sum()) - placed


def _near_on_foot(access: Access, sites: Ints) -> Ints:
    """Return, for each demand point (d,), the place in ``sites`` of the nearest within the walk, or -1."""
    if not access.site_places.take(sites).is_on_network.any():
        return np.full(len(access.weight), -1)
    found = nearest(access.network, access.site_places.take(sites), access.demand_places, access.limit_m)
    return found.facility.astype(np.int64)


def _near_by_line(access: Access, sites: Ints) -> Ints:
    """Return, for each demand point (d,), the place in ``sites`` of the nearest as the crow flies, or -1."""
    if not len(sites):
        return np.full(len(access.weight), -1)
    there, here = access.sites[sites.tolist()], access.demand
    project = access.network.project
    tree = cKDTree(np.column_stack(project(there["lon"].to_numpy(), there["lat"].to_numpy())))
    return np.asarray(tree.query(np.column_stack(project(here["lon"].to_numpy(), here["lat"].to_numpy())))[1])


def _give(energy: Floats, sites: Ints, near: Ints, kwh: Floats) -> float:
    """Add the energy of each demand point to its site; return what found none."""
    found = near >= 0
    if found.any():
        np.add.at(energy, sites[near[found]], kwh[found])
    return float(kwh[~found].sum())


def _ports(sites: pl.DataFrame, column: str) -> Floats:
    """Return chargers that stand at each site; an unknown number counts for none, so that none is promised twice."""
    return sites[column].cast(pl.Float64).fill_null(0.0).to_numpy()
