"""A city's river: its loads routed down to the places of assessment, delivery ratios, and who caused an exceedance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from madang.core.errors import Both, UnknownName, Where
from madang.core.tables import Table
from madang.methods.river_network import Causes, Delivery, Routed, Source, causes, delivery, flows, manning, route, tree
from madang.methods.river_network.routing import KG_PER_D
from madang.solutions.pollution_cap.inputs import CapInputs

#: Substances that are routed and capped.
ROUTED = ("bod", "tp")
#: What the water of a head is called among the sources, before its reach.
HEAD_OF = "head of "
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class River:
    """A routed river: reaches in the table's order, stations (reach by place), delivery by substance."""

    frame: pl.DataFrame
    routed: Routed
    travel_d: Floats
    depth_m: Floats
    stations: Mapping[str, str]
    delivered: Mapping[str, Delivery]
    sources: Mapping[str, tuple[Source, ...]]

    def flow_at(self, site: str) -> float:
        """Return the flow (m3/s) at a place of assessment."""
        row = self.routed.network.place[self.stations[site]]
        return float(self.routed.flow.end_m3_per_s[row])

    def mg_per_l(self, site: str, substance: str) -> float:
        """Return the concentration at a place of assessment."""
        row = self.routed.network.place[self.stations[site]]
        return float(self.routed.end_mg_per_l[row, ROUTED.index(substance)])

    def background_kg_per_d(self, site: str, substance: str) -> float:
        """Return the load at a place that comes with the water at the heads, not from any district."""
        column, place = ROUTED.index(substance), list(self.stations).index(site)
        heads = _heads(self.frame)[:, column]
        return float(self.delivered[substance].head[place] @ heads)

    def ratios(self, substance: str, site: str, reaches: list[str], *, along: bool) -> Floats:
        """Return the delivery ratio from each reach to a place, for loads at the head or along the reach."""
        ratios = self.delivered[substance]
        table = ratios.along if along else ratios.head
        return np.asarray(table[list(self.stations).index(site), self.routed.network.rows(reaches)])


def river_of(inputs: CapInputs, loads: pl.DataFrame) -> River | None:
    """Return the routed river; None where the city gives no reaches.

    Loads of land enter along their reach; all others at its head, as what stands on a boundary belongs downstream.

    Raises:
        UnknownName: a district's reach that the table of reaches does not have.
    """
    if inputs.reaches is None:
        return None
    frame = inputs.reaches.frame
    network = tree(frame["reach"].to_list(), frame["downstream"].to_list())
    _reaches_known(loads, network.names, inputs.people)
    flow = flows(
        network,
        point_m3_per_s=frame["head_m3_per_s"].to_numpy(),
        diffuse_m3_per_s=frame["along_m3_per_s"].to_numpy(),
        withdrawn_m3_per_s=frame["withdrawn_m3_per_s"].to_numpy(),
    )
    water = manning(
        flow,
        length_m=frame["length_km"].to_numpy() * 1000.0,
        width_m=frame["width_m"].to_numpy(),
        slope=frame["slope"].to_numpy(),
        roughness=frame["roughness"].to_numpy(),
    )
    loss = np.array([inputs.bod_loss_per_d, inputs.tp_loss_per_d])
    point = _by_reach(loads.filter(pl.col("source_group") != "land"), network.names)
    spread = _by_reach(loads.filter(pl.col("source_group") == "land"), network.names)
    routed = route(flow, ROUTED, water.travel_d, np.tile(loss, (len(network), 1)), _heads(frame) + point, spread)
    stations = {row["site"]: row["reach"] for row in frame.iter_rows(named=True) if row["site"] is not None}
    delivered = {name: delivery(routed, list(stations.values()), name) for name in ROUTED}
    sources = {name: _sources(loads, frame, name) for name in ROUTED}
    return River(frame, routed, water.travel_d, water.depth_m, stations, delivered, sources)


def causes_at(river: River, site: str, substance: str, target: float) -> Causes:
    """Return who caused the concentration at a place, ranked."""
    return causes(river.routed, river.stations[site], substance, river.sources[substance], target)


def _heads(frame: pl.DataFrame) -> Floats:
    """Return the loads (reach x substance) of the water that enters at the heads."""
    flow = frame["head_m3_per_s"].to_numpy()
    return np.stack([frame[f"head_{name}_mg_per_l"].to_numpy() * flow * KG_PER_D for name in ROUTED], axis=1)


def _by_reach(loads: pl.DataFrame, names: tuple[str, ...]) -> Floats:
    """Return discharged loads by reach and substance."""
    sums = loads.group_by("reach", "substance").agg(pl.col("discharged_kg_per_d").sum())
    by_key = {(row[0], row[1]): row[2] for row in sums.iter_rows()}
    return np.array([[by_key.get((reach, name), 0.0) for name in ROUTED] for reach in names])


def _sources(loads: pl.DataFrame, frame: pl.DataFrame, substance: str) -> tuple[Source, ...]:
    """Return a source for each district (point and land apart), and one for the water of each head."""
    sums = (
        loads.filter(pl.col("substance") == substance)
        .group_by("district", "reach", (pl.col("source_group") == "land").alias("along"), maintain_order=True)
        .agg(pl.col("discharged_kg_per_d").sum())
    )
    made = [Source(row[0], row[1], row[3], along=row[2]) for row in sums.iter_rows()]
    heads = _heads(frame)[:, ROUTED.index(substance)]
    made += [
        Source(f"{HEAD_OF}{reach}", reach, float(kg)) for reach, kg in zip(frame["reach"], heads, strict=True) if kg > 0
    ]
    return tuple(made)


def _reaches_known(loads: pl.DataFrame, names: tuple[str, ...], people: Table | None) -> None:
    """Raise where a district's loads enter no reach of the river."""
    for reach in loads["reach"].unique().sort().to_list():
        if reach not in names:
            raise UnknownName(Both("구간", "reach"), reach, names, Where(people.path if people else None))
