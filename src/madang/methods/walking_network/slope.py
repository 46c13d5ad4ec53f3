"""What a slope does to walking: Tobler's hiking function, scaled so that level ground costs its length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Elevation models show bridges, tunnels and retaining walls as cliffs; nobody walks a street steeper than this.
SLOPE_MAX = 0.5


def effort_factor(slope: Floats) -> Floats:
    """Return metres of level walking that take as long as one metre at ``slope`` (rise over run).

    Tobler (1993), "Three presentations on geographical analysis and modeling", NCGIA 93-1: walking speed
    is 6 exp(-3.5 |slope + 0.05|) km/h, fastest at a gentle descent of 5 %. Slopes are clipped to +-50 %.
    """
    bounded = np.clip(slope, -SLOPE_MAX, SLOPE_MAX)
    return np.asarray(np.exp(3.5 * (np.abs(bounded + 0.05) - 0.05)), dtype=np.float64)


def edge_slopes(start_m: Floats, end_m: Floats, length_m: Floats) -> Floats:
    """Return rise over run (m,) of edges from the elevations of their ends; NaN where one is unknown."""
    run = np.where(length_m > 0, length_m, np.nan)
    return np.asarray((end_m - start_m) / run, dtype=np.float64)
