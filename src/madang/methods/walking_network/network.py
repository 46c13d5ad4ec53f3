"""The walking network: junctions, chains of street between them, and places anywhere on a chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from madang.core.errors import NetworkError
from madang.core.language import Text, text
from madang.methods.walking_network.projection import to_degrees, to_local
from madang.methods.walking_network.quality import DataQuality

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Places:
    """Points (n,) on the network: each at a junction, or on a chain at a distance from its start.

    ``junction`` or ``chain`` is -1 where the other holds; both are -1 for a place off the network.
    ``forward_mm`` is the walk from the chain's start to the place, ``backward_mm`` the walk from the place
    back to the start; ``access_mm`` is the way from the point itself to the street. ``ids`` (n,) name them.
    """

    ids: NDArray[Any]
    junction: Ints
    chain: Ints
    forward_mm: Ints
    backward_mm: Ints
    access_mm: Ints

    def __len__(self) -> int:
        return len(self.junction)

    @property
    def is_on_network(self) -> NDArray[np.bool_]:
        """Whether each place (n,) lies on the network."""
        return (self.junction >= 0) | (self.chain >= 0)

    def take(self, rows: NDArray[Any]) -> Places:
        """Return the places of these rows (indices or a mask), in their order."""
        return Places(
            self.ids[rows],
            self.junction[rows],
            self.chain[rows],
            self.forward_mm[rows],
            self.backward_mm[rows],
            self.access_mm[rows],
        )


@dataclass(frozen=True)
class WalkingNetwork:
    """Streets as compressed adjacency over junctions, with the chains of street between junctions.

    Nodes (n,) and junctions (j,) are numbered along a Hilbert curve. Effort is in whole millimetres of level
    walking: on level ground the length itself, on a slope the level length that takes as long. Whole numbers
    make every sum exact and the same in any order. Points of chain c are ``chain_ptr[c]:chain_ptr[c + 1]``
    of the vertex arrays; arcs out of junction u are ``arc_ptr[u]:arc_ptr[u + 1]``, with rows (junction it leads
    to, effort) in ``arc``. On level ground offsets and the efforts there and back are one array in memory.
    """

    node_id: NDArray[Any]
    node_lon: Floats
    node_lat: Floats
    node_elevation_m: Floats | None
    node_junction: Ints
    node_chain: Ints
    node_vertex: Ints
    junction_node: Ints
    junction_component: Ints
    chain_start: Ints
    chain_end: Ints
    chain_ptr: Ints
    vertex_x: NDArray[np.float32]
    vertex_y: NDArray[np.float32]
    vertex_offset_mm: Ints
    vertex_forward_mm: Ints
    vertex_backward_mm: Ints
    arc_ptr: Ints
    arc: Ints
    arc_backward_mm: Ints
    origin: tuple[float, float]
    quality: DataQuality

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_lon)

    @property
    def junctions(self) -> int:
        """Number of junctions: nodes where streets branch or end."""
        return len(self.junction_node)

    @property
    def chains(self) -> int:
        """Number of chains."""
        return len(self.chain_start)

    @property
    def is_level(self) -> bool:
        """Whether walking costs the same both ways everywhere."""
        return self.vertex_forward_mm is self.vertex_backward_mm

    @property
    def arc_target(self) -> Ints:
        """Junction (a,) that each arc leads to."""
        return self.arc[:, 0]

    @property
    def arc_forward_mm(self) -> Ints:
        """Effort (a,) of walking each arc."""
        return self.arc[:, 1]

    @property
    def chain_forward_mm(self) -> Ints:
        """Effort (c,) of walking each chain from start to end."""
        return self.vertex_forward_mm[self.chain_ptr[1:] - 1]

    @property
    def chain_backward_mm(self) -> Ints:
        """Effort (c,) of walking each chain from end to start."""
        return self.vertex_backward_mm[self.chain_ptr[1:] - 1]

    def project(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return x and y (n,) in metres in the network's own system."""
        return to_local(lon, lat, self.origin)

    def degrees(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return lon and lat (n,) of metres in the network's own system."""
        return to_degrees(x, y, self.origin)

    def node_places(self) -> Places:
        """Return every node as a place on the network, without any way to reach it."""
        at = np.maximum(self.node_vertex, 0)
        inner = self.node_chain >= 0
        zero = np.zeros(self.nodes, dtype=np.int32)
        forward = np.where(inner, self.vertex_forward_mm[at], 0).astype(np.int32)
        backward = np.where(inner, self.vertex_backward_mm[at], 0).astype(np.int32)
        return Places(self.node_id, self.node_junction, self.node_chain, forward, backward, zero)

    def adjacency_m(self) -> sp.csr_array:
        """Return junction x junction effort in metres of level walking, for scipy's own algorithms."""
        arrays = (self.arc_forward_mm / 1000.0, self.arc_target, self.arc_ptr)
        return sp.csr_array(arrays, shape=(self.junctions, self.junctions))

    def check_places(self, places: Places, what: Text) -> None:
        """Raise NetworkError where a place names a junction or chain this network does not have."""
        if len(places) == 0:
            return
        if int(places.junction.max()) >= self.junctions or int(places.chain.max()) >= self.chains:
            raise NetworkError(
                text(f"{what.ko}은(는) 다른 도보망에 놓은 것입니다", f"the {what.en} were placed on another network"),
                todo=text(f"{what.ko}을(를) 이 도보망에 놓으십시오", f"snap the {what.en} to this network"),
            )
