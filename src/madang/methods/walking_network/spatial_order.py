"""Order of points along a Hilbert curve, so that neighbours in the street are neighbours in memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ORDER = 16


def hilbert_order(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the indices that sort points (n,) along a Hilbert curve over their bounding square.

    The step from (x, y) to the place on the curve is the one of Warren, "Hacker's Delight", 16-1.
    """
    if len(x) == 0:
        return np.zeros(0, dtype=np.int64)
    side = max(float(np.ptp(x)), float(np.ptp(y)), 1e-9)
    scale = ((1 << _ORDER) - 1) / side
    column = ((x - x.min()) * scale).astype(np.int64)
    row = ((y - y.min()) * scale).astype(np.int64)
    return np.argsort(_places_on_curve(column, row), kind="stable")


def _places_on_curve(column: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the distance along the curve of cells (n,) in a square of 2**16 cells a side."""
    place = np.zeros(len(column), dtype=np.int64)
    side = 1 << (_ORDER - 1)
    while side:
        right = (column & side) > 0
        top = (row & side) > 0
        place += side * side * ((3 * right) ^ top)
        flip = ~top & right
        column = np.where(flip, side * 2 - 1 - column, column)
        row = np.where(flip, side * 2 - 1 - row, row)
        column, row = np.where(top, column, row), np.where(top, row, column)
        column, row = column & (side - 1), row & (side - 1)
        side >>= 1
    return place
