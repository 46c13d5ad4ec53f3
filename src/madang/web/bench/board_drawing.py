"""A board as a small SVG that takes its colours from the page: streets, demand, and marks that a hand can move."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from numpy.typing import NDArray
from shapely.geometry import shape

from madang.web.bench.boards import Board, Counted

WIDTH, _EDGE, _HEIGHT_MAX = 720, 14, 900
#: The heaviest demand that is drawn, and how finely streets are (pixels).
DEMAND_MAX = 2500
_FINE = 0.8
_LARGEST, _SMALLEST = 5.0, 1.6


@dataclass(frozen=True)
class Frame:
    """Where places stand in the drawing."""

    west: float
    north: float
    scale: float
    shrink: float
    height: int

    def place(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return places (n, 2) in pixels."""
        x = _EDGE + (lon - self.west) * self.shrink * self.scale
        return np.column_stack((x, _EDGE + (self.north - lat) * self.scale))


def drawn_demand(board: Board) -> NDArray[np.int64]:
    """Return the demand that is drawn: the heaviest."""
    return np.argsort(-board.reach.weight, kind="stable")[:DEMAND_MAX].astype(np.int64)


def marks_of(board: Board) -> NDArray[np.float64]:
    """Return where the marks are (marks, 2): longitude and latitude."""
    return np.array([geometry["coordinates"] for geometry in board.figure.geometry], dtype=np.float64).reshape(-1, 2)


def frame_of(board: Board) -> Frame:
    """Return the frame that holds all demand and all marks."""
    marks = marks_of(board)
    lon, lat = np.append(board.reach.lon, marks[:, 0]), np.append(board.reach.lat, marks[:, 1])
    shrink = math.cos(math.radians(float(lat.mean())))
    wide, high = (max(float(np.ptp(part)), 1e-6) for part in (lon * shrink, lat))
    scale = min((WIDTH - 2 * _EDGE) / wide, (_HEIGHT_MAX - 2 * _EDGE) / high)
    return Frame(float(lon.min()), float(lat.max()), scale, shrink, math.ceil(high * scale) + 2 * _EDGE)


def board_svg(board: Board, now: Counted, titles: list[str], label: str) -> SafeString:
    """Return the drawing; ``titles`` are what the marks are called, ``label`` says what is drawn."""
    frame = frame_of(board)
    demand = drawn_demand(board)
    places = frame.place(board.reach.lon[demand], board.reach.lat[demand])
    size = np.sqrt(board.reach.weight[demand] / max(float(board.reach.weight.max()), 1e-12))
    dots = format_html_join("", '<circle cx="{}" cy="{}" r="{}"{}/>', (
        (f"{x:.0f}", f"{y:.0f}", f"{max(_SMALLEST, _LARGEST * part):.1f}",
         "" if now.is_covered[row] else SafeString(' class="out"'))
        for (x, y), part, row in zip(places.tolist(), size.tolist(), demand.tolist(), strict=True)
    ))  # fmt: skip
    spots = frame.place(*marks_of(board).T)
    marks = format_html_join("", '<g class="mark{}" data-mark="{}" transform="translate({} {})" tabindex="{}" '
        'role="button" aria-pressed="{}" aria-label="{}"><circle class="hit" r="16"/><path d="{}"/></g>', (
        (" open" if now.is_open[at] else "", at, f"{x:.0f}", f"{y:.0f}", "-1" if at else "0",
         "true" if now.is_open[at] else "false", titles[at], "M0-9 8-2 8 8-8 8-8-2Z")
        for at, (x, y) in enumerate(spots.tolist())
    ))  # fmt: skip
    return format_html(
        '<svg class="board" viewBox="0 0 {} {}" role="group" aria-label="{}"><path class="streets" d="{}"/>'
        '<g class="demand" aria-hidden="true">{}</g><g class="marks">{}</g></svg>',
        WIDTH, frame.height, label, _streets(board, frame), dots, marks,
    )  # fmt: skip


def _streets(board: Board, frame: Frame) -> str:
    """Return the ground as one path, no finer than an eye sees."""
    layers = (layer for layer in board.figure.layers if layer.role == "ground")
    ground = [shape(geometry) for layer in layers for geometry in layer.geometry]
    edges = [one.boundary if one.geom_type.endswith("Polygon") else one for one in ground]
    parts = []
    for line in shapely.get_parts(np.array(edges, dtype=object)):
        xy = shapely.get_coordinates(line)
        pixels = shapely.simplify(shapely.linestrings(frame.place(xy[:, 0], xy[:, 1])), _FINE)
        parts.append("M" + " ".join(f"{x:.0f} {y:.0f}" for x, y in shapely.get_coordinates(pixels).tolist()))
    return "".join(parts)
