"""Who reaches what on foot: places on the network, walks to the nearest charger, and circles beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from madang.core.errors import NetworkError, TableError, UsageError, Where
from madang.core.language import Text, say_count, text
from madang.core.progress import Progress, part_of, silent
from madang.methods.walking_network import (
    Places,
    SnapReport,
    WalkingNetwork,
    limit_metres,
    nearest,
    reach_sets,
    snap,
)
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.streets import network_of

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CLASSES = ("transit", "public", "sports", "culture", "home", "office", "resident_priority", "other")
#: Walks are measured to this many times the limit, for the histogram; farther is "farther".
FAR_TIMES = 4.0


@dataclass(frozen=True)
class Siting:
    """Sites (s,) as arrays: who stands, who may be built, of which kind, at what cost."""

    ids: list[str]
    is_existing: Bools
    is_forced: Bools
    is_forbidden: Bools
    is_fast: Bools
    cost: Floats
    is_costed: bool


@dataclass(frozen=True)
class Access:
    """A city's network with its demand (d,) and sites (s,) on it.

    ``cover`` (s x d) holds 1 where a site is within the walk of a demand point; ``walk_m`` (d,) is the walk to the
    nearest charger that stands, inf beyond ``far_m``; ``line_m`` (d,) the same as the crow flies.
    """

    network: WalkingNetwork
    demand: pl.DataFrame
    weight: Floats
    area: NDArray[np.str_]
    siting: Siting
    sites: pl.DataFrame
    site_places: Places
    demand_places: Places
    demand_snap: SnapReport
    site_snap: SnapReport
    cover: sp.csr_array
    minutes_max: float
    limit_m: float
    far_m: float
    walk_m: Floats
    line_m: Floats

    @property
    def is_covered_now(self) -> Bools:
        """Whether each demand point (d,) has a standing charger within the walk."""
        return np.asarray(self.walk_m <= self.limit_m)

    @property
    def is_in_circle(self) -> Bools:
        """Whether each demand point (d,) has a standing charger within the same distance as the crow flies."""
        return np.asarray(self.line_m <= self.limit_m)

    @property
    def is_reachable(self) -> Bools:
        """Whether each demand point (d,) has any site within the walk that stands or may be built."""
        allowed = sp.csr_array(self.cover[~self.siting.is_forbidden])
        return np.asarray(allowed.sum(axis=0)).ravel() > 0

    @property
    def total(self) -> float:
        """Weight of all demand."""
        return float(self.weight.sum())


def access_of(inputs: EvChargingInputs, progress: Progress = silent) -> Access | None:
    """Return who reaches what, or None where the city gives no streets, demand or sites.

    Raises:
        NetworkError: streets, demand or sites that cannot be used together.
        UsageError: a class of place that is not known.
    """
    if inputs.street_nodes is None or inputs.street_edges is None or inputs.demand is None or inputs.sites is None:
        return None
    network = network_of(inputs.street_nodes, inputs.street_edges, part_of(progress, 0.0, 0.3))
    demand, sites = inputs.demand.frame, inputs.sites.frame
    demand_places, demand_snap = _snapped(network, demand, text("수요 지점", "demand points"), inputs.snap_max_m)
    site_places, site_snap = _snapped(network, sites, text("자리", "sites"), inputs.snap_max_m)
    siting = _siting(inputs, sites)
    limit = limit_metres(inputs.walk_minutes_max, inputs.walk_m_per_min)
    far = limit * FAR_TIMES
    reach = reach_sets(network, site_places, demand_places, limit, progress=part_of(progress, 0.4, 0.8))
    matrix = sp.csr_array(
        (np.ones(reach.pairs, dtype=np.int8), reach.indices, reach.indptr), shape=(reach.candidates, reach.demands)
    )
    progress(0.9, "measuring walks to the chargers that stand")
    return Access(
        network=network,
        demand=demand,
        weight=demand["weight"].to_numpy().astype(np.float64),
        area=np.array(demand["area"].fill_null("—").to_list(), dtype=np.str_),
        siting=siting,
        sites=sites,
        site_places=site_places,
        demand_places=demand_places,
        demand_snap=demand_snap,
        site_snap=site_snap,
        cover=matrix,
        minutes_max=inputs.walk_minutes_max,
        limit_m=limit,
        far_m=far,
        walk_m=_walks(network, site_places, siting.is_existing, demand_places, far),
        line_m=_lines(network, sites, siting.is_existing, demand),
    )


def allowed_classes(said: str, field: str) -> tuple[str, ...]:
    """Return classes of place written with commas; an unknown one is an error that lists those known."""
    names = tuple(part.strip() for part in said.split(",") if part.strip())
    for name in names:
        if name not in CLASSES:
            what = text(
                f"{field}에 모르는 장소의 종류가 있습니다: {name!r}",
                f"{field} names a class of place nobody knows: {name!r}",
            )
            raise UsageError(what, todo=text(f"{', '.join(CLASSES)} 가운데서 쓰십시오", f"use {', '.join(CLASSES)}"))
    return names


def _siting(inputs: EvChargingInputs, sites: pl.DataFrame) -> Siting:
    """Return sites as arrays; a site of no allowed class can stand, but not be built."""
    fast = allowed_classes(inputs.fast_classes, "fast_classes")
    slow = allowed_classes(inputs.slow_classes, "slow_classes")
    kind = np.array(sites["class"].to_list(), dtype=np.str_)
    status = np.array(sites["status"].to_list(), dtype=np.str_)
    is_fast = np.isin(kind, fast)
    existing, forced = status == "existing", status == "forced"
    allowed = np.isin(kind, (*fast, *slow))
    forbidden = ~existing & ((status == "forbidden") | (~allowed & ~forced))
    cost, is_costed = _costs(sites, ~existing & ~forbidden)
    return Siting(
        ids=sites["id"].to_list(),
        is_existing=existing,
        is_forced=forced,
        is_forbidden=forbidden,
        is_fast=is_fast,
        cost=cost,
        is_costed=is_costed,
    )


def _costs(sites: pl.DataFrame, may_open: Bools) -> tuple[Floats, bool]:
    """Return what each site costs, and whether that is money: where no cost is known, each counts 1.

    Raises TableError where only some of the sites that may open have a cost: the others would be all but free.
    """
    cost = sites["cost"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    unknown = np.isnan(cost)
    is_costed = bool((may_open & ~unknown).any())
    missing = np.flatnonzero(may_open & unknown)
    if is_costed and len(missing):
        raise TableError(
            text(
                f"열 수 있는 자리 {len(missing):,}곳의 비용이 비었는데 다른 자리에는 있습니다",
                f"{say_count(len(missing), 'site that may open has', 'sites that may open have')} no cost, "
                "and others have one",
            ),
            Where(column="cost", value=sites["id"][int(missing[0])]),
            text(
                "모두 채우거나 모두 비우십시오. 모두 비우면 자리마다 1로 셉니다",
                "fill all of them or none: without any cost each site counts 1",
            ),
        )
    return np.where(unknown, 1.0, cost), is_costed


def _snapped(
    network: WalkingNetwork, frame: pl.DataFrame, what: Text, distance_max_m: float
) -> tuple[Places, SnapReport]:
    """Return the points of a frame on the network."""
    return snap(
        network,
        frame["lon"].to_numpy(),
        frame["lat"].to_numpy(),
        ids=np.array(frame["id"].to_list(), dtype=np.str_),
        what=what,
        distance_max_m=distance_max_m,
    )


def _walks(network: WalkingNetwork, sites: Places, existing: Bools, demand: Places, far_m: float) -> Floats:
    """Return the walk (d,) to the nearest standing charger; inf where none is near, or none stands at all."""
    try:
        return nearest(network, sites.take(existing), demand, far_m).metres
    except NetworkError:
        # No charger stands on the network: that is an answer, not a fault of the file.
        return np.full(len(demand), np.inf)


def _lines(network: WalkingNetwork, sites: pl.DataFrame, existing: Bools, demand: pl.DataFrame) -> Floats:
    """Return the straight line (d,) to the nearest standing charger; inf where none stands."""
    if not existing.any():
        return np.full(demand.height, np.inf)
    there = sites.filter(pl.Series(existing))
    tree = cKDTree(np.column_stack(network.project(there["lon"].to_numpy(), there["lat"].to_numpy())))
    here = np.column_stack(network.project(demand["lon"].to_numpy(), demand["lat"].to_numpy()))
    return np.asarray(tree.query(here)[0])
