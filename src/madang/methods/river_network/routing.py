"""Loads carried down the river with first-order loss, one substance beside another, and where they went."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from madang.core.errors import Both, UsageError
from madang.methods.river_network.hydraulics import Flows
from madang.methods.river_network.kernels import sweep_loads
from madang.methods.river_network.network import Floats, Ints, RiverNetwork

KG_PER_D = 86.4
MIXINGS = ("plug", "mixed")


@dataclass(frozen=True, eq=False)
class Carried:
    """Loads (kg/d, reach x substance) that a river carried.

    left: share of water not withdrawn at the head; passed: share of a load that leaves the reach at its end (a matrix
    where substances turn into each other); head: at the reach's head before withdrawal; ended: at its end, in the row
    ``end_row`` (None: its own).
    """

    flow: Flows
    left: Floats
    passed: Floats
    head_kg_per_d: Floats
    ended_kg_per_d: Floats
    end_row: Ints | None

    @cached_property
    def end_kg_per_d(self) -> Floats:
        """Loads at the reaches' ends."""
        return self.ended_kg_per_d if self.end_row is None else self.ended_kg_per_d.take(self.end_row, axis=0)

    @property
    def network(self) -> RiverNetwork:
        """The river that the loads flow in."""
        return self.flow.network

    @property
    def end_mg_per_l(self) -> Floats:
        """Concentration at the reaches' ends; unknown (NaN) where no water flows."""
        return concentration_mg_per_l(self.end_kg_per_d, self.flow.end_m3_per_s)


@dataclass(frozen=True, eq=False)
class Routed(Carried):
    """Loads of substances that are lost on the way, and what became of them; rates by substance, travel by reach."""

    substances: tuple[str, ...]
    point_kg_per_d: Floats
    diffuse_kg_per_d: Floats
    rate_per_d: Floats
    travel_d: Floats
    mixing: str

    @cached_property
    def spread(self) -> Floats:
        """Share of a load spread along the reach that leaves at its end; worked out when first asked for."""
        return spread_along(self.rate_per_d, self.travel_d, self.passed, self.mixing)

    @property
    def withdrawn_kg_per_d(self) -> Floats:
        """Load taken out with withdrawn water, by reach and substance."""
        return self.head_kg_per_d * (1.0 - self.left)[:, None]

    @property
    def lost_kg_per_d(self) -> Floats:
        """Load that decayed or settled within each reach."""
        kept = self.head_kg_per_d * self.left[:, None]
        return kept * (1.0 - self.passed) + self.diffuse_kg_per_d * (1.0 - self.spread)

    @property
    def balance_kg_per_d(self) -> Floats:
        """Loads in, less what was withdrawn, lost and left at the mouths, by substance: zero but for rounding."""
        came = self.point_kg_per_d.sum(axis=0) + self.diffuse_kg_per_d.sum(axis=0)
        went = self.withdrawn_kg_per_d.sum(axis=0) + self.lost_kg_per_d.sum(axis=0)
        return np.asarray(came - went - self.end_kg_per_d[self.network.mouths].sum(axis=0))


def concentration_mg_per_l(load_kg_per_d: Floats, flow_m3_per_s: Floats) -> Floats:
    """Return load / flow (1 mg/L x 1 m3/s = 86.4 kg/d); unknown where no water flows."""
    wet = flow_m3_per_s > 0
    return np.asarray(np.where(wet, load_kg_per_d.T / np.where(wet, flow_m3_per_s, 1.0) / KG_PER_D, np.nan).T)


def load_kg_per_d(concentration_mg_per_l: ArrayLike, flow_m3_per_s: ArrayLike) -> Floats:
    """Return concentration x flow as a load."""
    load = np.asarray(concentration_mg_per_l, float) * np.asarray(flow_m3_per_s, float) * KG_PER_D
    return np.asarray(load)


def route(
    flow: Flows,
    substances: tuple[str, ...],
    travel_d: ArrayLike,
    loss_per_d: ArrayLike,
    point_kg_per_d: ArrayLike,
    diffuse_kg_per_d: ArrayLike = 0.0,
    mixing: str = "plug",
) -> Routed:
    """Carry loads down the river: each substance is lost at its first-order rate while the water travels.

    travel_d: by reach, infinite where nothing flows; loss_per_d and loads: reach x substance (or what spreads to it).
    mixing: "plug" loses 1 - exp(-kt) of what enters at the head; "mixed" takes the reach as one stirred element,
    1 - 1/(1 + kt), as QUAL2K does with its elements.

    Raises:
        BoundsError: a value is negative or unknown. UsageError: the mixing has another name.
    """
    if mixing not in MIXINGS:
        raise UsageError(
            Both(f"{mixing!r}라는 혼합 방식은 없습니다", f"there is no mixing called {mixing!r}"),
            todo=Both(f"이 가운데 하나를 쓰십시오: {', '.join(MIXINGS)}", f"take one of {', '.join(MIXINGS)}"),
        )
    network, width = flow.network, len(substances)
    point = network.values(point_kg_per_d, Both("점 부하량(kg/d)", "the point load (kg/d)"), width)
    diffuse = network.view(diffuse_kg_per_d, Both("비점 부하량(kg/d)", "the diffuse load (kg/d)"), width)
    rate = network.view(loss_per_d, Both("감소 속도(1/d)", "the rate of loss (1/d)"), width)
    travel = np.broadcast_to(np.asarray(travel_d, float), len(network))
    passed = passed_through(rate, travel, mixing)
    # A load given once for all stands in a view without rows of its own; none at all needs no shares along the reach.
    along = bool(np.any(diffuse if any(diffuse.strides) else diffuse[:1]))
    spread = spread_along(rate, travel, passed, mixing) if along else None
    ends = swept(network, point, flow.left, passed, diffuse if along else None, spread)
    return Routed(flow, flow.left, passed, *ends, substances, point, diffuse, rate, travel, mixing)


def swept(
    network: RiverNetwork, point: Floats, left: Floats, passed: Floats, diffuse: Floats | None, spread: Floats | None
) -> tuple[Floats, Floats, Ints | None]:
    """Return loads at heads, loads at ends, and the row of each reach in the latter (None: its own).

    ``diffuse`` and ``spread`` are None where no load enters along a reach.
    """
    head, ended, none = np.empty_like(point), np.empty_like(point), point[:0]
    river, row = network.in_rows
    along = none if diffuse is None else np.ascontiguousarray(diffuse)
    links = river.order, river.up_start, river.up_reach, river.up_share
    sweep_loads(*links, row, point, along, left, passed, none if spread is None else spread, head, ended)
    return head, ended, None if river is network else network.place_in_rows


def passed_through(rate_per_d: Floats, travel_d: Floats, mixing: str = "plug") -> Floats:
    """Return the share of a load from the head that leaves the reach (reach x substance).

    What nothing carries off (an endless travel) arrives only if nothing is lost.
    """
    if np.isfinite(travel_d.max(initial=0.0)):
        passed = rate_per_d * -travel_d[:, None]
    else:
        passed = -_exponent(rate_per_d, travel_d)
    if mixing == "mixed":
        return np.reciprocal(np.subtract(1.0, passed, out=passed), out=passed)
    return np.asarray(np.exp(passed, out=passed))


def spread_along(rate_per_d: Floats, travel_d: Floats, passed: Floats, mixing: str = "plug") -> Floats:
    """Return the share of a load from along the reach that leaves it: (1 - exp(-kt)) / kt in plug flow."""
    if mixing == "mixed":
        return passed
    exponent = _exponent(rate_per_d, travel_d)
    small = exponent < 1e-9
    return np.where(small, 1.0 - exponent / 2.0, -np.expm1(-exponent) / np.where(small, 1.0, exponent))


def _exponent(rate_per_d: Floats, travel_d: Floats) -> Floats:
    """Return rate x travel, 0 where nothing is lost, however long the travel."""
    return np.where(rate_per_d > 0, rate_per_d * np.where(rate_per_d > 0, travel_d[:, None], 0.0), 0.0)
