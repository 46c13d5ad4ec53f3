"""The river read backwards: what share of a load from any reach arrives at a station, and who caused an exceedance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.core.errors import Both, BoundsError, UnknownName
from madang.methods.river_network.kernels import sweep_back
from madang.methods.river_network.network import Floats, RiverNetwork
from madang.methods.river_network.routing import KG_PER_D, Routed


@dataclass(frozen=True, eq=False)
class Delivery:
    """Delivery ratios of one substance (station x reach): loads put in at heads, and loads spread along reaches.

    A station stands at its reach's end; a load that cannot reach it has ratio 0.
    """

    network: RiverNetwork
    substance: str
    stations: tuple[str, ...]
    head: Floats
    along: Floats


@dataclass(frozen=True)
class Source:
    """A named load (kg/d) that enters at a reach's head, or along it."""

    name: str
    reach: str
    kg_per_d: float
    along: bool = False


@dataclass(frozen=True)
class Cause:
    """One source's part in what a station measures.

    delivered: of its load at the station; share: of all the load there; mg_per_l: of the concentration;
    cut_alone: share of its load whose removal alone would meet the target, None where even all of it would not.
    """

    name: str
    reach: str
    kg_per_d: float
    delivered_kg_per_d: float
    share: float
    mg_per_l: float
    cut_alone: float | None


@dataclass(frozen=True)
class Causes:
    """Sources of a station's load, the greatest first, with the concentration and the target that they are held to.

    excess_kg_per_d: load above the target at the station's flow, not below 0; unnamed_kg_per_d: load there that no
    given source explains.
    """

    station: str
    substance: str
    mg_per_l: float
    target_mg_per_l: float
    load_kg_per_d: float
    excess_kg_per_d: float
    unnamed_kg_per_d: float
    ranked: tuple[Cause, ...]

    @property
    def exceeded(self) -> bool:
        """Whether the station lies above its target."""
        return self.mg_per_l > self.target_mg_per_l


def delivery(routed: Routed, stations: Sequence[str], substance: str) -> Delivery:
    """Return the delivery ratio of every reach to every station: one sweep upstream for all stations together.

    Raises:
        UnknownName: a station is no reach, or the substance was not routed.
    """
    network = routed.network
    column = _column(routed, substance)
    rows = network.rows(stations)
    passed, spread = np.ascontiguousarray(routed.passed[:, column]), routed.spread[:, column]
    at_end = np.zeros((len(network), rows.size))
    at_end[rows, np.arange(rows.size)] = 1.0
    sweep_back(network.order, network.down_start, network.down_reach, network.down_share, routed.left, passed, at_end)
    return Delivery(
        network,
        substance,
        tuple(stations),
        (at_end * (routed.left * passed)[:, None]).T,
        (at_end * spread[:, None]).T,
    )


def causes(routed: Routed, station: str, substance: str, sources: Sequence[Source], target_mg_per_l: float) -> Causes:
    """Return who caused a station's concentration: each source's share, ranked, and what its own cut could do.

    Loads add up, so the shares are exact: they and the unnamed remainder sum to the load at the station.

    Raises:
        UnknownName: a name is no reach or substance. BoundsError: no water flows at the station.
    """
    network, column = routed.network, _column(routed, substance)
    row = int(network.rows([station])[0])
    rows = network.rows([source.reach for source in sources])
    flow = float(routed.flow.end_m3_per_s[row])
    if flow <= 0:
        raise BoundsError(
            Both("농도를 구하려면 물이 흘러야 합니다", "a concentration needs water"),
            Both(f"하천 구간 {station}, 유량 없음", f"reach {station}, no flow"),
            Both("물이 흐르는 지점을 고르십시오", "choose a station where it flows"),
        )
    ratios = delivery(routed, [station], substance)
    along = np.array([source.along for source in sources], dtype=bool)
    delivered = np.array([source.kg_per_d for source in sources]) * np.where(
        along, ratios.along[0, rows], ratios.head[0, rows]
    )
    load = float(routed.end_kg_per_d[row, column])
    excess = max(0.0, load - target_mg_per_l * flow * KG_PER_D)
    ranked = _ranked(sources, delivered, load, excess, flow)
    return Causes(
        station,
        substance,
        load / flow / KG_PER_D,
        target_mg_per_l,
        load,
        excess,
        load - float(delivered.sum()),
        ranked,
    )


def _ranked(
    sources: Sequence[Source], delivered: NDArray[np.float64], load: float, excess: float, flow: float
) -> tuple[Cause, ...]:
    """Return the causes by what they deliver, the greatest first; equals stay in the order given."""
    return tuple(
        Cause(
            sources[i].name,
            sources[i].reach,
            sources[i].kg_per_d,
            float(delivered[i]),
            float(delivered[i]) / load if load > 0 else 0.0,
            float(delivered[i]) / flow / KG_PER_D,
            excess / float(delivered[i]) if 0 <= excess <= delivered[i] and delivered[i] > 0 else None,
        )
        for i in np.argsort(-delivered, kind="stable")
    )


def _column(routed: Routed, substance: str) -> int:
    """Return the substance's column.

    Raises:
        UnknownName: it was not routed.
    """
    if substance not in routed.substances:
        raise UnknownName(Both("물질", "substance"), substance, routed.substances)
    return routed.substances.index(substance)
