"""A map of tiles: places known by their middles alone each get a square near where they lie, none above another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, cos, radians, sqrt
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

#: Squares for each place: more leave room to stay near, fewer draw them larger.
_SPARE = 1.5
#: A tile's parts, of its side: the gap around it, and the band below for its name.
_GAP, _NAME = 0.06, 0.3
#: Side of the tile of a place that lies alone, degrees.
_ALONE = 0.02


@dataclass(frozen=True)
class Tile:
    """A square by its lower left corner and its sides, degrees of longitude and latitude."""

    lon: float
    lat: float
    wide: float
    tall: float

    def strip(self, place: int, count: int) -> Mapping[str, Any]:
        """Return one of ``count`` upright strips of the tile, from the left, as GeoJSON."""
        step = self.wide * (1 - 2 * _GAP) / count
        left = self.lon + self.wide * _GAP + step * place
        return _box(left, self.lat + self.tall * _NAME, left + step, self.lat + self.tall * (1 - _GAP))

    def name_band(self) -> Mapping[str, Any]:
        """Return the band for the name, below the strips."""
        left, right = self.lon + self.wide * _GAP, self.lon + self.wide * (1 - _GAP)
        return _box(left, self.lat + self.tall * _GAP, right, self.lat + self.tall * _NAME)


def tiles(middles: Sequence[tuple[float, float]]) -> list[Tile]:
    """Return a tile for each place (lon, lat): the squares of a grid that move all of them least in all."""
    if not middles:
        return []
    points = np.array(middles, dtype=np.float64)
    shrink = cos(radians(float(points[:, 1].mean())))
    flat = points * (shrink, 1.0)
    size = np.maximum(np.ptp(flat, axis=0), _ALONE)
    side = sqrt(float(size.prod()) / (len(middles) * _SPARE))
    columns, rows = (ceil(float(length) / side) for length in size)
    corner = (flat.min(axis=0) + flat.max(axis=0) - np.array([columns, rows]) * side) / 2
    grid = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2)
    centres = corner + (grid + 0.5) * side
    moved = ((flat[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    _, chosen = linear_sum_assignment(moved)
    return [Tile(*_lower_left(corner + grid[at] * side, shrink), side / shrink, side) for at in chosen]


def _lower_left(point: np.ndarray[Any, np.dtype[np.float64]], shrink: float) -> tuple[float, float]:
    """Return a corner as longitude and latitude."""
    return float(point[0]) / shrink, float(point[1])


def _box(left: float, low: float, right: float, high: float) -> Mapping[str, Any]:
    """Return an upright rectangle as GeoJSON."""
    ring = [(left, low), (right, low), (right, high), (left, high), (left, low)]
    return {"type": "Polygon", "coordinates": [[[round(x, 6), round(y, 6)] for x, y in ring]]}
