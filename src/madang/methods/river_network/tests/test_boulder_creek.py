"""Boulder Creek, Colorado, 21 August 1987: the example that QUAL2K's authors publish.

Inputs: github.com/rmolina/qual2kw-ver5, BC_1987-08-21.q2k (distributed with Ecology's QUAL2Kw 5.1): widths, slopes,
Manning's n, headwater, three sources and two stretches of groundwater. Expected: the "Hydraulics Summary" that its
README prints (seven rows), and the flow of every reach, which the input file carries worked out. Concentrations that
the program computes are printed on no page found, so none is compared here.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from madang.methods.river_network import Flows, Hydraulics, flows, manning, tree

KM = (13.6, 13.175, 12.75, 11.9, 11.05, 10.2, 9.35, 8.5, 7.65, 6.8, 5.95, 5.1, 4.25, 3.4, 2.55, 1.7, 0.85, 0.0)
SLOPE = (0.004,) * 5 + (0.0035,) * 5 + (0.003,) * 7
ROUGHNESS = (0.08,) * 10 + (0.07,) * 7
HEADWATER, WASTEWATER, TRIBUTARY, ABSTRACTION = 0.71348, 0.75, 0.59, 1.9
GROUNDWATER_ABOVE, GROUNDWATER_BELOW, PARTED_AT_KM = 0.257352941176471, 0.242647058823529, 6.6
# m3/s: the input file's thirteenth number of each reach, times 86,400.
FLOW = (1.479105, 1.494730, 1.525980, 1.557230, 1.588480, 2.209730, 2.240980, 2.272230, 2.303480, 0.434730)
FLOW += (0.465980, 0.497230, 0.528480, 0.559730, 0.590980, 0.622230, 0.653480)
# README: Q m3/s, H m, Ac m2, U m/s, travel time d at the end of the reach.
PRINTED = {
    13.175: (1.47910, 0.32654, 4.08175, 0.36237, 0.01357),
    12.75: (1.49473, 0.32865, 4.10809, 0.36385, 0.02709),
    11.9: (1.52598, 0.33284, 4.16047, 0.36678, 0.05392),
    11.05: (1.55723, 0.33700, 4.21245, 0.36967, 0.08053),
    10.2: (1.58848, 0.34112, 4.26403, 0.37253, 0.10694),
    9.35: (2.20973, 0.43530, 5.44123, 0.40611, 0.13116),
}


@pytest.fixture(scope="module")
def creek() -> tuple[Flows, Hydraulics]:
    names = [f"{km:g}" for km in KM[1:]]
    network = tree(names, [*names[1:], None])
    point, withdrawn, diffuse = (np.zeros(len(names)) for _ in range(3))
    point[0] = HEADWATER + WASTEWATER
    point[names.index("9.35")] = TRIBUTARY
    withdrawn[names.index("5.95")] = ABSTRACTION
    for r, (top, bottom) in enumerate(pairwise(KM)):
        above, below = max(0.0, top - max(bottom, PARTED_AT_KM)), max(0.0, min(top, PARTED_AT_KM) - bottom)
        diffuse[r] = GROUNDWATER_ABOVE * above / 7.0 + GROUNDWATER_BELOW * below / 6.6
    flow = flows(network, point, diffuse, withdrawn)
    lengths = -np.diff(KM) * 1000.0
    return flow, manning(flow, lengths, 12.5, SLOPE, ROUGHNESS)


def test_all_seventeen_flows_are_those_of_the_published_input(creek: tuple[Flows, Hydraulics]) -> None:
    np.testing.assert_allclose(creek[0].end_m3_per_s, FLOW, atol=1e-6)


@pytest.mark.parametrize("km", PRINTED)
def test_depth_area_velocity_and_travel_time_are_the_printed_ones(creek: tuple[Flows, Hydraulics], km: float) -> None:
    flow, water = creek
    r = KM.index(km) - 1
    seen = (
        flow.end_m3_per_s[r],
        water.depth_m[r],
        12.5 * water.depth_m[r],
        water.velocity_m_per_s[r],
        water.travel_d[: r + 1].sum(),
    )
    np.testing.assert_allclose(seen, PRINTED[km], atol=1.1e-5)


def test_the_headwater_has_the_printed_depth_and_velocity() -> None:
    flow = flows(tree(["headwater"], [None]), HEADWATER)
    water = manning(flow, 1.0, 12.5, 0.004, 0.08)
    np.testing.assert_allclose((water.depth_m[0], water.velocity_m_per_s[0]), (0.20934, 0.27267), atol=1e-5)


def test_a_source_on_a_boundary_belongs_downstream(creek: tuple[Flows, Hydraulics]) -> None:
    """The tributary at km 10.2 is printed in the reach below it, and not in the reach that ends there."""
    flow = creek[0]
    above, below = KM.index(10.2) - 1, KM.index(9.35) - 1
    assert flow.head_m3_per_s[below] == pytest.approx(flow.end_m3_per_s[above] + TRIBUTARY)
    assert flow.end_m3_per_s[above] == pytest.approx(PRINTED[10.2][0], abs=1e-5)
