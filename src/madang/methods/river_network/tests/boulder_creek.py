"""Boulder Creek, Colorado, 21 August 1987: the example that QUAL2K's authors publish, as inputs and measurements.

github.com/rmolina/qual2kw-ver5, BC_1987-08-21.q2k (distributed with Ecology's QUAL2Kw 5.1): widths, slopes, Manning's
n, headwater, three sources, two stretches of groundwater, calibrated rates, and what was measured that day at five
places. What varies over the day at headwater and wastewater stands here as its mean.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from madang.methods.river_network import Flows, Hydraulics, Rates, flows, manning, tree

KM = (13.6, 13.175, 12.75, 11.9, 11.05, 10.2, 9.35, 8.5, 7.65, 6.8, 5.95, 5.1, 4.25, 3.4, 2.55, 1.7, 0.85, 0.0)
SLOPE = (0.004,) * 5 + (0.0035,) * 5 + (0.003,) * 7
ROUGHNESS = (0.08,) * 10 + (0.07,) * 7
NAMES = tuple(f"{km:g}" for km in KM[1:])
HEADWATER, WASTEWATER, TRIBUTARY, ABSTRACTION = 0.71348, 0.75, 0.59, 1.9
GROUNDWATER_ABOVE, GROUNDWATER_BELOW, PARTED_AT_KM = 0.257352941176471, 0.242647058823529, 6.6
# Per day at 20 C, one for each reach.
REAERATION = (11.831306, 11.761452, 11.625043, 11.492846, 11.364650, 8.502504, 8.434327, 8.367591, 8.302246)
REAERATION += (21.091323, 22.114433, 21.340628, 20.637918, 19.996115, 19.406959, 18.863674, 18.360640)
RATES = Rates(
    cbod_oxidation_per_d=0.5447,
    org_n_hydrolysis_per_d=0.8365,
    org_n_settling_m_per_d=0.24964,
    nitrification_per_d=2.1554,
    org_p_hydrolysis_per_d=3.4361,
    org_p_settling_m_per_d=0.62926,
    po4_settling_m_per_d=0.01384,
    reaeration_per_d=REAERATION,
)
# Conductivity (uS/cm), then mg/L in the order of CHAIN: both kinds of CBOD, organic, ammonia and nitrate N, organic and
# dissolved P, oxygen.
WATERS = {
    "headwater": (294.61, 2.68, 1.561, 0.0876, 0.1656, 0.0444, 0.0503, 8.28),
    "wastewater": (638.44, 26.70, 5.0, 11.2211, 2.390, 0.550, 3.931, 3.570),
    "tributary": (500.0, 2.67, 2.5, 5.0, 0.100, 0.005, 1.0, 4.0),
    "groundwater": (600.0, 2.0, 0.5, 0.5, 2.0, 0.1, 0.1, 4.0),
}
MEASURED_KM = (13.6, 13.3875, 8.075, 3.825, 0.425)
MEASURED_C = (14.9, 17.2, 15.6571, 16.1286, 15.6857)
# Lowest, mean and highest of the day at the four places below the wastewater, mg/L and uS/cm.
MEASURED = {
    "conductivity": ((468, 498.0, 536), (448, 483.43, 536), (465, 504.14, 536), (525, 541.86, 557)),
    "nh4_n": ((2.72, 4.789, 7.06), (2.38, 3.826, 5.14), (0.41, 1.760, 3.02), (0.08, 0.746, 1.60)),
    "no3_n": ((1.35, 1.704, 2.52), (1.26, 1.910, 3.02), (2.24, 2.781, 4.06), (2.82, 3.369, 4.20)),
    "po4_p": ((1.66, 2.033, 2.29), (1.40, 1.816, 2.17), (1.25, 1.534, 1.91), (1.02, 1.153, 1.40)),
    "oxygen": ((3.7, 4.771, 5.9), (1.5, 3.8, 8.4), (2.6, 5.957, 12.2), (3.8, 7.043, 12.0)),
}
#: The reach in which each of those places lies.
PLACES = ("13.175", "7.65", "3.4", "0")


def water() -> tuple[Flows, Hydraulics]:
    """Return the creek's flows and hydraulics."""
    network = tree(NAMES, [*NAMES[1:], None])
    point, withdrawn = np.zeros(len(NAMES)), np.zeros(len(NAMES))
    point[0], point[NAMES.index("9.35")] = HEADWATER + WASTEWATER, TRIBUTARY
    withdrawn[NAMES.index("5.95")] = ABSTRACTION
    flow = flows(network, point, _groundwater(), withdrawn)
    return flow, manning(flow, -np.diff(KM) * 1000.0, 12.5, SLOPE, ROUGHNESS)


def loads(column: int | slice) -> tuple[np.ndarray, np.ndarray]:
    """Return point and diffuse loads (reach x substance) of columns of WATERS: flow x concentration x 86.4."""
    waters = {name: np.atleast_1d(np.array(row)[column]) for name, row in WATERS.items()}
    point = np.zeros((len(NAMES), waters["headwater"].size))
    point[0] = HEADWATER * waters["headwater"] + WASTEWATER * waters["wastewater"]
    point[NAMES.index("9.35")] = TRIBUTARY * waters["tributary"]
    return point * 86.4, _groundwater()[:, None] * waters["groundwater"] * 86.4


def temperatures() -> np.ndarray:
    """Return the measured temperatures, between the places in a straight line."""
    return np.interp(-np.array(KM[1:]), -np.array(MEASURED_KM), MEASURED_C)


def _groundwater() -> np.ndarray:
    """Return what groundwater adds along each reach (m3/s)."""
    added = []
    for top, bottom in pairwise(KM):
        above, below = max(0.0, top - max(bottom, PARTED_AT_KM)), max(0.0, min(top, PARTED_AT_KM) - bottom)
        added.append(GROUNDWATER_ABOVE * above / 7.0 + GROUNDWATER_BELOW * below / 6.6)
    return np.array(added)
