"""Placing points on the nearest street within a distance, and saying which points found none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from madang.core.errors import BoundsError, NetworkError, Where
from madang.core.kernels import announce_compiling, kernel
from madang.core.language import Language, Text, say_count, text
from madang.core.progress import Progress, silent
from madang.methods.walking_network.network import Places, WalkingNetwork
from madang.methods.walking_network.projection import check_degrees

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

SNAP_MAX_M = 200.0
_POINTS = text("지점", "points")
_CELL_M = 60.0
_DISTANCE_LIMIT_M = 100_000.0


class _Grid(NamedTuple):
    """Street segments by square cell: cell k holds ``segment[ptr[k]:ptr[k + 1]]``."""

    ptr: Longs
    segment: Ints
    left: float
    bottom: float
    cell_m: float
    columns: int
    rows: int


@dataclass(frozen=True)
class SnapReport:
    """Which points found a street: counts, how far they had to walk to it, and those that found none."""

    what: Text
    points: int
    snapped: int
    distance_max_m: float
    walk_median_m: float
    walk_p95_m: float
    unsnapped_ids: NDArray[Any]
    unsnapped_distance_m: Floats

    def lines(self, language: Language = "en") -> list[str]:
        """Return the report as lines of text in a language."""
        head = text(
            f"{self.what.ko} {self.points:,}곳 가운데 {self.snapped:,}곳을 길 위에 놓음"
            f"(중앙값 {self.walk_median_m:.0f}m, 95%가 {self.walk_p95_m:.0f}m 안)",
            f"{self.snapped:,} of {self.points:,} {self.what.en} placed on a street "
            f"(median {self.walk_median_m:.0f} m, 95 % within {self.walk_p95_m:.0f} m)",
        )
        if self.snapped == self.points:
            return [head.to(language)]
        far = list(zip(self.unsnapped_ids[:5], self.unsnapped_distance_m[:5], strict=True))
        more = self.points - self.snapped
        lost = text(
            f"{more:,}곳은 어느 길에서도 {self.distance_max_m:g}m 넘게 떨어짐. "
            f"예: {', '.join(f'{one} {metres:,.0f}m' for one, metres in far)}",
            f"{say_count(more, 'lies', 'lie')} over {self.distance_max_m:g} m from any street, such as "
            f"{', '.join(f'{one} at {metres:,.0f} m' for one, metres in far)}",
        )
        return [head.to(language), lost.to(language)]


def snap(
    network: WalkingNetwork,
    lon: ArrayLike,
    lat: ArrayLike,
    *,
    ids: Sequence[object] | NDArray[Any] | None = None,
    what: str | Text = _POINTS,
    distance_max_m: float = SNAP_MAX_M,
    progress: Progress = silent,
) -> tuple[Places, SnapReport]:
    """Return the nearest place on a street for points (n,) in degrees, and what could not be placed.

    The way from the point to the street counts as walking. Points beyond ``distance_max_m`` stay in their row,
    off the network. ``what`` names the points in messages; ``ids`` default to row numbers from 0.

    Raises:
        NetworkError: no points, missing or swapped coordinates, ids twice, or not one point near a street.
        BoundsError: a distance that is not positive.
    """
    lon_deg, lat_deg = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    names = np.arange(len(lon_deg)) if ids is None else np.asarray(ids)
    said = text(what, what) if isinstance(what, str) else what
    _check_points(lon_deg, lat_deg, names, said, distance_max_m)
    progress(0.1, f"placing {said.en} on the streets")
    announce_compiling(progress, _count_cells, _fill_cells, _nearest_segments, share=0.1)
    x, y = network.project(lon_deg, lat_deg)
    vertex, share, distance_m = _nearest_segments(
        _grid(network), network.vertex_x, network.vertex_y, x, y, distance_max_m
    )
    places = _places(network, names, vertex, share, distance_m)
    report = _report(network, places, distance_m, x, y, said, distance_max_m)
    if report.snapped == 0:
        _refuse(network, lon_deg, lat_deg, names, report, said)
    progress(1.0, f"{report.snapped:,} {said.en} placed")
    return places, report


def _check_points(lon: Floats, lat: Floats, ids: NDArray[Any], what: Text, distance_max_m: float) -> None:
    """Raise where the points cannot be placed whatever the network."""
    if not 0 < distance_max_m <= _DISTANCE_LIMIT_M:
        raise BoundsError(
            text(
                f"길까지의 거리는 {distance_max_m:g}이(가) 아니라 0보다 크고 {_DISTANCE_LIMIT_M:,.0f}m까지여야 합니다",
                f"the distance to a street must be above 0 and up to {_DISTANCE_LIMIT_M:,.0f} m, "
                f"not {distance_max_m:g}",
            ),
            todo=text(
                "문에서 길까지 가장 먼 걸음을 주십시오. 예: 200",
                "give the farthest walk from a door to a street, such as 200",
            ),
        )
    if not (lon.shape == lat.shape == ids.shape and lon.ndim == 1):
        raise NetworkError(
            text(
                f"{what.ko}의 경도가 {lon.size:,}개, 위도가 {lat.size:,}개, 번호가 {ids.size:,}개입니다",
                f"the {what.en} have {lon.size:,} longitudes, {lat.size:,} latitudes and {ids.size:,} ids",
            ),
            todo=text("지점마다 하나씩 주십시오", "give one of each per point"),
        )
    if len(lon) == 0:
        none = text(f"{what.ko}이(가) 하나도 없습니다", f"there are no {what.en}")
        raise NetworkError(none, todo=text("지점을 하나라도 주십시오", "give at least one point"))
    unique, counts = np.unique(ids, return_counts=True)
    if len(unique) < len(ids):
        twice = int((counts > 1).sum())
        raise NetworkError(
            text(
                f"{what.ko}의 번호 {twice:,}개가 여러 번 나옵니다",
                f"{say_count(twice, f'id of the {what.en} occurs', f'ids of the {what.en} occur')} more than once",
            ),
            Where(column="id", value=unique[np.argmax(counts > 1)].item()),
            text("지점마다 제 번호를 주십시오", "give each point its own id"),
        )
    check_degrees(lon, lat, what.en)


def _grid(network: WalkingNetwork) -> _Grid:
    """Return the segments by cell; cells grow with the area so that there are never many more than segments."""
    x, y = network.vertex_x, network.vertex_y
    left, bottom = float(x.min()), float(y.min())
    width, height = float(x.max()) - left, float(y.max()) - bottom
    cell_m = max(_CELL_M, (width * height / (4.0 * len(x))) ** 0.5, max(width, height) / 30_000)
    columns, rows = int(width / cell_m) + 1, int(height / cell_m) + 1
    starts = np.ones(len(x), dtype=np.bool_)
    starts[network.chain_ptr[1:] - 1] = False
    empty = _Grid(
        np.zeros(columns * rows + 1, dtype=np.int64),
        np.zeros(0, dtype=np.int32),
        left,
        bottom,
        cell_m,
        columns,
        rows,
    )
    ptr = np.concatenate(([0], np.cumsum(_count_cells(empty, x, y, starts))))
    filled = empty._replace(ptr=ptr, segment=np.empty(ptr[-1], dtype=np.int32))
    _fill_cells(filled, x, y, starts, ptr[:-1].copy())
    return filled


@kernel(nogil=True)
def _column_span(grid: _Grid, x0: float, y0: float, x1: float, y1: float, row: int) -> tuple[int, int]:
    """Return the first and last column a segment crosses within one row of cells."""
    low, high = grid.bottom + row * grid.cell_m, grid.bottom + (row + 1) * grid.cell_m
    begin, end = 0.0, 1.0
    if y1 != y0:
        at_low, at_high = (low - y0) / (y1 - y0), (high - y0) / (y1 - y0)
        begin = max(0.0, min(at_low, at_high))
        end = min(1.0, max(at_low, at_high))
    a = (x0 + begin * (x1 - x0) - grid.left) / grid.cell_m
    b = (x0 + end * (x1 - x0) - grid.left) / grid.cell_m
    first, last = int(min(a, b) - 1e-6), int(max(a, b) + 1e-6)
    return max(first, 0), min(last, grid.columns - 1)


@kernel(nogil=True)
def _row_span(grid: _Grid, y0: float, y1: float) -> tuple[int, int]:
    """Return the first and last row of cells between two heights."""
    first = int((min(y0, y1) - grid.bottom) / grid.cell_m)
    last = int((max(y0, y1) - grid.bottom) / grid.cell_m)
    return max(first, 0), min(last, grid.rows - 1)


@kernel(nogil=True)
def _count_cells(grid: _Grid, x: NDArray[np.float32], y: NDArray[np.float32], starts: NDArray[np.bool_]) -> Longs:
    """Return how many segments cross each cell (rows * columns,)."""
    counts = np.zeros(grid.columns * grid.rows, dtype=np.int64)
    for point in range(len(x)):
        if starts[point]:
            first, last = _row_span(grid, y[point], y[point + 1])
            for row in range(first, last + 1):
                low, high = _column_span(grid, x[point], y[point], x[point + 1], y[point + 1], row)
                for column in range(low, high + 1):
                    counts[row * grid.columns + column] += 1
    return counts


@kernel(nogil=True)
def _fill_cells(
    grid: _Grid,
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    starts: NDArray[np.bool_],
    free: Longs,
) -> None:
    """Write each segment into the cells it crosses; ``free`` holds the next free place of each cell."""
    for point in range(len(x)):
        if starts[point]:
            first, last = _row_span(grid, y[point], y[point + 1])
            for row in range(first, last + 1):
                low, high = _column_span(grid, x[point], y[point], x[point + 1], y[point + 1], row)
                for column in range(low, high + 1):
                    cell = row * grid.columns + column
                    grid.segment[free[cell]] = point
                    free[cell] += 1


@kernel(nogil=True)
def _closest_on(x0: float, y0: float, x1: float, y1: float, px: float, py: float) -> tuple[float, float]:
    """Return squared distance from a point to a segment, and the share (0..1) along it of the nearest place."""
    dx, dy = x1 - x0, y1 - y0
    squared = dx * dx + dy * dy
    share = 0.0
    if squared > 0.0:
        share = min(1.0, max(0.0, ((px - x0) * dx + (py - y0) * dy) / squared))
    ex, ey = x0 + share * dx - px, y0 + share * dy - py
    return ex * ex + ey * ey, share


@kernel(nogil=True)
def _nearest_segments(
    grid: _Grid,
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    px: Floats,
    py: Floats,
    distance_max_m: float,
) -> tuple[Longs, Floats, Floats]:
    """Return for each point the nearest segment's first vertex (-1 if too far), the share along it, the metres.

    Cells are searched in growing squares around the point until no unseen cell can hold a nearer segment.
    """
    count = len(px)
    vertex = np.full(count, -1, dtype=np.int64)
    share = np.zeros(count)
    metres = np.full(count, np.inf)
    for k in range(count):
        column = int(np.floor((px[k] - grid.left) / grid.cell_m))
        row = int(np.floor((py[k] - grid.bottom) / grid.cell_m))
        best = distance_max_m * distance_max_m
        ring = 0
        # A square of rings 0..r has seen everything nearer than r cells.
        while (ring - 1) * grid.cell_m <= best**0.5:
            for r in range(max(row - ring, 0), min(row + ring, grid.rows - 1) + 1):
                step = 1 if ring == 0 or abs(r - row) == ring else 2 * ring
                for c in range(column - ring, column + ring + 1, step):
                    if c < 0 or c >= grid.columns:
                        continue
                    cell = r * grid.columns + c
                    for place in range(grid.ptr[cell], grid.ptr[cell + 1]):
                        s = grid.segment[place]
                        squared, at = _closest_on(
                            float(x[s]),
                            float(y[s]),
                            float(x[s + 1]),
                            float(y[s + 1]),
                            px[k],
                            py[k],
                        )
                        if squared < best or (squared == best and (vertex[k] < 0 or s < vertex[k])):
                            best = squared
                            vertex[k] = s
                            share[k] = at
            ring += 1
        if vertex[k] >= 0:
            metres[k] = best**0.5
    return vertex, share, metres


def _places(network: WalkingNetwork, ids: NDArray[Any], vertex: Longs, share: Floats, distance_m: Floats) -> Places:
    """Return places from segments: at a junction where the place is a chain's very end."""
    snapped = vertex >= 0
    at = np.maximum(vertex, 0)
    chain = (np.searchsorted(network.chain_ptr, at, side="right") - 1).astype(np.int32)
    forward = _between(network.vertex_forward_mm, at, share)
    backward = _between(network.vertex_backward_mm, at, share)
    is_start = snapped & (at == network.chain_ptr[chain]) & (share <= 0.0)
    is_end = snapped & (at + 2 == network.chain_ptr[chain + 1]) & (share >= 1.0)
    junction = np.where(is_start, network.chain_start[chain], -1)
    junction = np.where(is_end, network.chain_end[chain], junction).astype(np.int32)
    inner = snapped & (junction < 0)
    access = np.where(snapped, np.rint(np.where(snapped, distance_m, 0.0) * 1000.0), 0)
    return Places(
        ids,
        junction,
        np.where(inner, chain, -1).astype(np.int32),
        np.where(inner, forward, 0).astype(np.int32),
        np.where(inner, backward, 0).astype(np.int32),
        access.astype(np.int32),
    )


def _between(along_mm: Ints, vertex: Longs, share: Floats) -> Ints:
    """Return the effort at a share of the way from a vertex to the next, in whole millimetres."""
    step = (along_mm[vertex + 1] - along_mm[vertex]) * share
    return (along_mm[vertex] + np.rint(step)).astype(np.int32)


def _report(
    network: WalkingNetwork,
    places: Places,
    distance_m: Floats,
    x: Floats,
    y: Floats,
    what: Text,
    distance_max_m: float,
) -> SnapReport:
    """Return the report; how far the others are is measured to the nearest bend or corner of a street."""
    snapped = places.is_on_network
    walks = distance_m[snapped] if snapped.any() else np.array([np.nan])
    far = np.zeros(0)
    if not snapped.all():
        corners = cKDTree(np.column_stack((network.vertex_x, network.vertex_y)))
        far = np.asarray(corners.query(np.column_stack((x[~snapped], y[~snapped])))[0])
    return SnapReport(
        what=what,
        points=len(places),
        snapped=int(snapped.sum()),
        distance_max_m=distance_max_m,
        walk_median_m=float(np.median(walks)),
        walk_p95_m=float(np.quantile(walks, 0.95)),
        unsnapped_ids=places.ids[~snapped],
        unsnapped_distance_m=far,
    )


def _refuse(
    network: WalkingNetwork, lon: Floats, lat: Floats, ids: NDArray[Any], report: SnapReport, what: Text
) -> None:
    """Raise NetworkError because not one point lies near a street, with the likely reason."""
    west, east = float(network.node_lon.min()), float(network.node_lon.max())
    south, north = float(network.node_lat.min()), float(network.node_lat.max())
    swapped = (lat >= west) & (lat <= east) & (lon >= south) & (lon <= north)
    if swapped.mean() > 0.5:
        raise NetworkError(
            text(f"{what.ko}의 경도와 위도가 뒤바뀌었습니다", f"longitude and latitude of the {what.en} are swapped"),
            text(
                f"{ids[0]}이(가) 경도 {lon[0]:.4f}, 위도 {lat[0]:.4f}에 있습니다",
                f"{ids[0]} at longitude {lon[0]:.4f}, latitude {lat[0]:.4f}",
            ),
            text("두 열을 맞바꾸십시오", "exchange the two columns"),
        )
    away = f"{float(report.unsnapped_distance_m.min()):,.0f}"
    raise NetworkError(
        text(
            f"{what.ko} {report.points:,}곳 가운데 길에서 {report.distance_max_m:g}m 안에 있는 곳이 없습니다. "
            f"가장 가까운 곳도 {away}m 떨어져 있습니다",
            f"none of the {report.points:,} {what.en} lies within {report.distance_max_m:g} m of a street; "
            f"the nearest is {away} m away",
        ),
        text(
            f"거리는 경도 {west:.4f}~{east:.4f}, 위도 {south:.4f}~{north:.4f}에, "
            f"{what.ko}의 첫째는 {lon[0]:.4f}, {lat[0]:.4f}에 있습니다",
            f"streets lie in longitude {west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f}; "
            f"the first of the {what.en} at {lon[0]:.4f}, {lat[0]:.4f}",
        ),
        text(
            "둘이 같은 도시인지, 경위도인지 살펴보거나 길까지의 한도를 늘리십시오",
            "check that both are of the same city and in degrees, or allow a longer way to the street",
        ),
    )
