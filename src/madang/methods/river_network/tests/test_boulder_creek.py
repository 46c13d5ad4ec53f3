"""Boulder Creek: hydraulics as QUAL2Kw prints them, concentrations as they were measured in its published example.

Printed: the "Hydraulics Summary" of the README of github.com/rmolina/qual2kw-ver5 (seven rows), and the flow of every
reach, which the input file carries worked out. Concentrations that the program computes are printed on no page found;
the file's own measurements stand in. The bed's algae, which the linear chain leaves out, take up ammonia and turn over
organic matter towards the creek's end: so organic N and P, and ammonia at the last place, are not compared.
"""

from __future__ import annotations

import numpy as np
import pytest

from madang.methods.river_network import (
    CHAIN,
    Chained,
    Flows,
    Hydraulics,
    Rates,
    flows,
    manning,
    route,
    route_chain,
    tree,
)
from madang.methods.river_network.tests import boulder_creek as bc

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
    return bc.water()


@pytest.fixture(scope="module")
def carried(creek: tuple[Flows, Hydraulics]) -> Chained:
    point, diffuse = bc.loads(slice(1, None))
    return route_chain(*creek, bc.RATES, point, diffuse, bc.temperatures(), elevation_m=1650.0)


def test_all_seventeen_flows_are_those_of_the_published_input(creek: tuple[Flows, Hydraulics]) -> None:
    np.testing.assert_allclose(creek[0].end_m3_per_s, FLOW, atol=1e-6)


@pytest.mark.parametrize("km", PRINTED)
def test_depth_area_velocity_and_travel_time_are_the_printed_ones(creek: tuple[Flows, Hydraulics], km: float) -> None:
    flow, water = creek
    r = bc.KM.index(km) - 1
    seen = (
        flow.end_m3_per_s[r],
        water.depth_m[r],
        12.5 * water.depth_m[r],
        water.velocity_m_per_s[r],
        water.travel_d[: r + 1].sum(),
    )
    np.testing.assert_allclose(seen, PRINTED[km], atol=1.1e-5)


def test_the_headwater_has_the_printed_depth_and_velocity() -> None:
    flow = flows(tree(["headwater"], [None]), bc.HEADWATER)
    water = manning(flow, 1.0, 12.5, 0.004, 0.08)
    np.testing.assert_allclose((water.depth_m[0], water.velocity_m_per_s[0]), (0.20934, 0.27267), atol=1e-5)


def test_a_source_on_a_boundary_belongs_downstream(creek: tuple[Flows, Hydraulics]) -> None:
    """The tributary at km 10.2 is printed in the reach below it, and not in the reach that ends there."""
    flow = creek[0]
    above, below = bc.KM.index(10.2) - 1, bc.KM.index(9.35) - 1
    assert flow.head_m3_per_s[below] == pytest.approx(flow.end_m3_per_s[above] + bc.TRIBUTARY)
    assert flow.end_m3_per_s[above] == pytest.approx(PRINTED[10.2][0], abs=1e-5)


def test_conductivity_mixes_as_it_was_measured(creek: tuple[Flows, Hydraulics]) -> None:
    """It is lost nowhere: within the day's lowest and highest, and within 6 % of its mean, at all four places."""
    flow, water = creek
    point, diffuse = bc.loads(0)
    routed = route(flow, ("conductivity",), water.travel_d, 0.0, point, diffuse)
    for place, (low, mean, high) in zip(bc.PLACES, bc.MEASURED["conductivity"], strict=True):
        found = float(routed.end_mg_per_l[bc.NAMES.index(place), 0])
        assert low < found < high
        assert found == pytest.approx(mean, rel=0.06)


@pytest.mark.parametrize(
    ("substance", "places", "off"), [("no3_n", 4, 0.32), ("po4_p", 4, 0.28), ("oxygen", 4, 0.7), ("nh4_n", 3, 0.85)]
)
def test_the_chain_with_the_published_rates_meets_the_days_measurements(
    carried: Chained, substance: str, places: int, off: float
) -> None:
    for place, (low, mean, high) in list(zip(bc.PLACES, bc.MEASURED[substance], strict=True))[:places]:
        found = float(carried.end_mg_per_l[bc.NAMES.index(place), CHAIN.index(substance)])
        assert low < found < high
        assert found == pytest.approx(mean, abs=off)


def test_without_reaeration_the_creek_would_have_no_oxygen_left(creek: tuple[Flows, Hydraulics]) -> None:
    """The oxygen found is the work of the published reaeration, not of what the waters bring."""
    point, diffuse = bc.loads(slice(1, None))
    still = Rates(**{**vars(bc.RATES), "reaeration_per_d": 0.0})
    carried = route_chain(*creek, still, point, diffuse, bc.temperatures(), elevation_m=1650.0)
    assert carried.anoxic[bc.NAMES.index("3.4")]
