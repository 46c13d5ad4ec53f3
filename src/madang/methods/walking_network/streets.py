"""Streets as an importer hands them over: nodes, edges and their shapes in degrees, not yet a network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from madang.core.errors import NetworkError, Where
from madang.core.language import Text, say_count, text
from madang.methods.walking_network.projection import check_degrees
from madang.methods.walking_network.quality import Findings

Floats = NDArray[np.float64]

NEGATIVE_TODO = text(
    "길이를 고치거나, 비워서 모양에서 재게 하십시오",
    "correct these lengths, or leave them empty to take them from the shape",
)
#: Links that a reader leaves out; told again where nothing else is left.
LOST_LINKS = text(
    "끝이 마디 표에 없고 모양도 없는 길(뺌)", "links whose end is no node and which have no shape (dropped)"
)


@dataclass(frozen=True)
class Streets:
    """Nodes (n,), edges (m,) between node rows, and the points of each edge between its two ends.

    Edge e has the inner points ``shape_ptr[e]:shape_ptr[e + 1]`` of ``shape_lon`` and ``shape_lat``, from
    its ``edge_from`` to its ``edge_to``. ``length_m`` is NaN where the shape shall decide. Edges are
    walked both ways. ``elevation_m`` (n,) is NaN where unknown, or None.
    """

    source: str
    node_id: NDArray[Any]
    lon: Floats
    lat: Floats
    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    length_m: Floats
    shape_ptr: NDArray[np.int64]
    shape_lon: Floats
    shape_lat: Floats
    elevation_m: Floats | None = None
    findings: Findings = field(default_factory=Findings)

    @classmethod
    def straight(
        cls,
        source: str,
        node_id: NDArray[Any],
        lon: Floats,
        lat: Floats,
        edge_from: NDArray[np.int32],
        edge_to: NDArray[np.int32],
        length_m: Floats | None = None,
        elevation_m: Floats | None = None,
    ) -> Streets:
        """Return streets whose edges run straight from node to node."""
        edges, none = len(edge_from), np.zeros(0)
        lengths = np.full(edges, np.nan) if length_m is None else length_m
        ptr = np.zeros(edges + 1, dtype=np.int64)
        return cls(source, node_id, lon, lat, edge_from, edge_to, lengths, ptr, none, none, elevation_m=elevation_m)


def check_streets(streets: Streets) -> None:
    """Raise NetworkError where streets cannot become a network at all: no edges, bad ids, lengths or degrees."""
    if len(streets.edge_from) == 0:
        raise NetworkError(
            text(f"길이 하나도 없습니다{_why(streets, 'ko')}", f"the network has no edges{_why(streets, 'en')}"),
            Where(file=streets.source),
            text("걸을 수 있는 길이 담긴 파일인지 살펴보십시오", "check that the file holds walkable streets"),
        )
    check_degrees(streets.lon, streets.lat, streets.source)
    ids, counts = np.unique(streets.node_id, return_counts=True)
    if len(ids) < len(streets.node_id):
        raise ids_twice(streets.source, int((counts > 1).sum()), ids[np.argmax(counts > 1)].item())
    wrong, how = wrong_lengths(streets.length_m)
    if len(wrong):
        edge = int(wrong[0])
        ends = [streets.node_id[end[edge]].item() for end in (streets.edge_from, streets.edge_to)]
        raise NetworkError(
            text(
                f"길 {len(wrong):,}개의 길이가 {how.ko}입니다. 첫째는 마디 {ends[0]}에서 {ends[1]}까지입니다",
                f"{say_count(len(wrong), 'edge has', 'edges have')} {how.en} length; "
                f"the first leads from node {ends[0]} to {ends[1]}",
            ),
            Where(file=streets.source, column="length_m", value=float(streets.length_m[edge])),
            NEGATIVE_TODO,
        )


def wrong_lengths(lengths: NDArray[np.float64]) -> tuple[NDArray[np.int64], Text]:
    """Return the edges whose length is below zero, else those without end, and what such a length is called."""
    negative = np.flatnonzero(lengths < 0)
    if len(negative):
        return negative, text("음수", "a negative")
    return np.flatnonzero(np.isinf(lengths)), text("무한대", "an infinite")


def check_joined(streets: Streets) -> None:
    """Raise NetworkError where no edge of a file joins two nodes: its columns of ends are then the same."""
    loops = streets.edge_from == streets.edge_to
    if len(loops) and loops.all() and len(streets.shape_lon) == 0:
        raise NetworkError(
            text(
                "두 마디를 잇는 길이 없습니다. 모든 길이 시작한 마디에서 끝납니다",
                "no edge joins two nodes: each one ends at the node it starts from",
            ),
            Where(file=streets.source),
            text("길의 양 끝을 적은 열을 살펴보십시오", "check the columns that name the ends of an edge"),
        )


def ids_twice(file: str, count: int, value: object, row: int | None = None) -> NetworkError:
    """Return the error of node ids that occur more than once; ``row`` is the second row of the first of them."""
    return NetworkError(
        text(
            f"마디 번호 {count:,}개가 여러 번 나옵니다",
            f"{say_count(count, 'node id occurs', 'node ids occur')} more than once",
        ),
        Where(file=file, row=row, column="node id", value=value),
        text("마디마다 한 행, 한 번호만 주십시오", "give each node one row and one id"),
    )


def _why(streets: Streets, language: Literal["ko", "en"]) -> str:
    """Return what became of the edges that a file did hold, as the end of a sentence."""
    said = ""
    tags, lost = sum(streets.findings.dropped.values()), streets.findings.defects.get(LOST_LINKS.en, 0)
    if tags:
        said += {
            "ko": f". 태그 때문에 {tags:,}개를 뺐습니다",
            "en": f"; {say_count(tags, 'way was dropped by its tags', 'ways were dropped by their tags')}",
        }[language]
    if lost:
        said += {
            "ko": f". {lost:,}개는 끝이 마디 표에 없고 모양도 없습니다",
            "en": f"; {say_count(lost, 'ends', 'end')} at a node that is not in the table of nodes, without a shape",
        }[language]
    return said
