"""From ways with points to streets: nodes where ways end or meet, shapes in between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from madang.core.language import text
from madang.methods.walking_network.quality import Findings
from madang.methods.walking_network.streets import Streets

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

# Ends within about a centimetre are one place.
_CELLS_PER_DEGREE = 1e7


def point_keys(lon: Floats, lat: Floats) -> Longs:
    """Return one whole number per place (n,), the same for points less than about a centimetre apart."""
    column = np.rint((lon + 180.0) * _CELLS_PER_DEGREE).astype(np.int64)
    row = np.rint((lat + 90.0) * _CELLS_PER_DEGREE).astype(np.int64)
    return np.asarray((column << 31) | row, dtype=np.int64)


def streets_from_ways(
    source: str,
    key: Longs,
    lon: Floats,
    lat: Floats,
    way_ptr: Longs,
    findings: Findings,
    *,
    length_m: Floats | None = None,
    split: bool = True,
    ids_are_keys: bool = False,
) -> Streets:
    """Return streets of ways w with the points ``way_ptr[w]:way_ptr[w + 1]``; equal keys are one place.

    Ways are cut where another way has a point too (``split``), as OpenStreetMap draws crossings. A stated
    length holds for a way that stays whole.
    """
    enough = np.diff(way_ptr) >= 2
    findings.defect(text("점이 둘이 안 되는 길(뺌)", "ways with fewer than two points (dropped)"), int((~enough).sum()))
    way_of = np.repeat(np.arange(len(way_ptr) - 1), np.diff(way_ptr))
    kept = enough[way_of]
    key, lon, lat, way_of = key[kept], lon[kept], lat[kept], way_of[kept]
    unique, first, place, counts = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    is_node = np.ones(len(key), dtype=np.bool_)
    is_node[1:-1] = (way_of[1:-1] != way_of[:-2]) | (way_of[1:-1] != way_of[2:])
    if split:
        is_node |= counts[place] > 1
    at = np.flatnonzero(is_node)
    same_way = way_of[at[:-1]] == way_of[at[1:]]
    begin, end = at[:-1][same_way], at[1:][same_way]
    new = np.full(len(unique), -1, dtype=np.int32)
    nodes = np.unique(place[at])
    new[nodes] = np.arange(len(nodes), dtype=np.int32)
    inner = ~is_node
    return Streets(
        source,
        unique[nodes] if ids_are_keys else np.arange(len(nodes)),
        lon[first[nodes]],
        lat[first[nodes]],
        new[place[begin]],
        new[place[end]],
        _edge_lengths(way_of[begin], length_m),
        np.concatenate(([0], np.cumsum(end - begin - 1))),
        lon[inner],
        lat[inner],
        findings=findings,
    )


def _edge_lengths(way: Longs, length_m: Floats | None) -> Floats:
    """Return the way's stated length where one edge is the whole way, NaN elsewhere."""
    if length_m is None:
        return np.full(len(way), np.nan)
    pieces = np.bincount(way, minlength=len(length_m))[way]
    return np.where(pieces == 1, length_m[way], np.nan)
