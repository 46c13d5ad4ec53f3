"""Reaches against formulas that a textbook solves by hand."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from scipy.linalg import expm

from madang.methods.river_network import (
    CHAIN,
    Chained,
    Hydraulics,
    Rates,
    at_temperature,
    flows,
    manning,
    oxygen_saturation_mg_per_l,
    rated,
    reaeration_per_d,
    route,
    route_chain,
    tree,
)
from madang.methods.river_network.kernels import exponentials

OXYGEN = CHAIN.index("oxygen")


def line(count: int, days: float, rates: Rates, start: dict[str, float], flow: float = 2.0, **more: object) -> Chained:
    """Return a straight river of equal reaches that water needs ``days`` for; mg/L at the top."""
    names = [f"r{r}" for r in range(count)]
    network = tree(names, [*names[1:], None])
    point = np.zeros((count, len(CHAIN)))
    for name, mg_per_l in start.items():
        point[0, CHAIN.index(name)] = mg_per_l * flow * 86.4
    inflow = np.zeros(count)
    inflow[0] = flow
    water = Hydraulics(np.full(count, 2.0), np.full(count, 0.3), np.full(count, days / count))
    return route_chain(flows(network, inflow), water, rates, point, **more)


def sag(t: float, kd: float, ka: float, cbod: float, deficit: float) -> float:
    """Streeter and Phelps (1925): the oxygen deficit after t days."""
    if abs(kd - ka) < 1e-6:
        return (kd * t * cbod + deficit) * exp(-kd * t)
    return kd * cbod / (ka - kd) * (exp(-kd * t) - exp(-ka * t)) + deficit * exp(-ka * t)


@pytest.mark.parametrize(("kd", "ka"), [(0.35, 0.9), (0.6, 0.6), (1.2, 0.4), (0.35, 0.35 + 1e-9)])
def test_oxygen_sags_as_streeter_and_phelps_say(kd: float, ka: float) -> None:
    saturation = float(oxygen_saturation_mg_per_l(20.0))
    start = {"cbod": 18.0, "oxygen": saturation - 1.5}
    river = line(40, 8.0, Rates(cbod_oxidation_per_d=kd, reaeration_per_d=ka), start)
    wanted = [saturation - sag(0.2 * (r + 1), kd, ka, 18.0, 1.5) for r in range(40)]
    close = 1e-7 if 0 < abs(kd - ka) < 1e-6 else 1e-11
    np.testing.assert_allclose(river.end_mg_per_l[:, OXYGEN], wanted, rtol=close, atol=close)


def test_the_lowest_oxygen_comes_at_the_critical_time() -> None:
    kd, ka, cbod, deficit = 0.35, 0.9, 18.0, 1.5
    critical = log(ka / kd * (1 - deficit * (ka - kd) / (kd * cbod))) / (ka - kd)
    saturation = float(oxygen_saturation_mg_per_l(20.0))
    start = {"cbod": cbod, "oxygen": saturation - deficit}
    river = line(4000, 8.0, Rates(cbod_oxidation_per_d=kd, reaeration_per_d=ka), start)
    lowest = int(np.argmin(river.end_mg_per_l[:, OXYGEN]))
    assert (lowest + 1) * 8.0 / 4000 == pytest.approx(critical, abs=0.002)
    assert river.end_mg_per_l[lowest, OXYGEN] == pytest.approx(saturation - kd / ka * cbod * exp(-kd * critical))


def test_the_length_of_reaches_changes_nothing() -> None:
    rates = Rates(0.4, 0.1, 0.2, 0.05, 0.5, 0.1, 0.2, 0.05, 0.02, 1.0, 0.8)
    start = dict(zip(CHAIN, (12.0, 3.0, 4.0, 1.0, 0.5, 0.2, 7.0), strict=True))
    long, short = line(1, 3.0, rates, start), line(300, 3.0, rates, start)
    np.testing.assert_allclose(long.end_mg_per_l[-1], short.end_mg_per_l[-1], rtol=1e-11)


def test_nitrogen_goes_down_the_chain_as_bateman_says() -> None:
    a, b, t = 0.3, 0.8, 2.5
    river = line(1, t, Rates(org_n_hydrolysis_per_d=a, nitrification_per_d=b), {"org_n": 10.0})
    organic, ammonium = 10 * exp(-a * t), 10 * a / (b - a) * (exp(-a * t) - exp(-b * t))
    np.testing.assert_allclose(river.end_mg_per_l[0, 1:4], [organic, ammonium, 10 - organic - ammonium], rtol=1e-12)


def test_nitrogen_and_phosphorus_are_neither_made_nor_lost_where_nothing_settles() -> None:
    rates = Rates(org_n_hydrolysis_per_d=0.5, nitrification_per_d=0.9, org_p_hydrolysis_per_d=0.3)
    river = line(50, 9.0, rates, {"org_n": 3.0, "nh4_n": 2.0, "no3_n": 1.0, "org_p": 0.4, "po4_p": 0.1})
    np.testing.assert_allclose(river.end_mg_per_l[:, 1:4].sum(axis=1), 6.0, rtol=1e-12)
    np.testing.assert_allclose(river.end_mg_per_l[:, 4:6].sum(axis=1), 0.5, rtol=1e-12)


def test_nitrifying_a_gram_uses_its_oxygen() -> None:
    still = Rates(nitrification_per_d=50.0, reaeration_per_d=0.0)
    river = line(1, 3.0, still, {"nh4_n": 1.0, "oxygen": 9.0})
    assert river.end_mg_per_l[0, OXYGEN] == pytest.approx(9.0 - 4.57)


def test_bed_demand_draws_oxygen_down_to_its_balance_with_the_air() -> None:
    river = line(1, 1000.0, Rates(bed_demand_g_per_m2_d=3.0, reaeration_per_d=0.5), {"oxygen": 2.0})
    assert river.end_mg_per_l[0, OXYGEN] == pytest.approx(oxygen_saturation_mg_per_l(20.0) - 3.0 / 2.0 / 0.5)


def test_water_that_loses_its_oxygen_is_marked() -> None:
    rates = Rates(cbod_oxidation_per_d=1.0, reaeration_per_d=0.1)
    assert line(1, 2.0, rates, {"cbod": 40.0, "oxygen": 8.0}).anoxic.tolist() == [True]
    assert line(1, 2.0, rates, {"cbod": 1.0, "oxygen": 8.0}).anoxic.tolist() == [False]


def test_a_load_spread_along_a_reach_is_the_mean_of_loads_along_it() -> None:
    names = [f"r{r}" for r in range(2000)]
    parts = flows(tree(names, [*names[1:], None]), [1.0] + [0.0] * 1999)
    piece = route(parts, ("x",), 2.0 / 2000, 0.7, np.full((2000, 1), 5.0 / 2000))
    whole = route(flows(tree(["r"], [None]), 1.0), ("x",), 2.0, 0.7, 0.0, 5.0)
    assert whole.end_kg_per_d[0, 0] == pytest.approx(piece.end_kg_per_d[-1, 0], rel=1e-3)
    assert whole.end_kg_per_d[0, 0] == pytest.approx(5.0 * (1 - exp(-1.4)) / 1.4)


def test_a_chain_takes_diffuse_loads_as_single_substances_do() -> None:
    network = tree(["r"], [None])
    water = Hydraulics(np.array([1.5]), np.array([0.2]), np.array([1.7]))
    diffuse = np.zeros((1, len(CHAIN)))
    diffuse[0, 0] = 9.0
    chained = route_chain(flows(network, 1.0), water, Rates(cbod_oxidation_per_d=0.6), 0.0, diffuse)
    single = route(flows(network, 1.0), ("x",), 1.7, 0.6, 0.0, 9.0)
    assert chained.end_kg_per_d[0, 0] == pytest.approx(single.end_kg_per_d[0, 0], rel=1e-13)


def test_a_stirred_reach_keeps_one_part_in_one_plus_kt() -> None:
    routed = route(flows(tree(["r"], [None]), 1.0), ("x",), 2.0, 0.7, 100.0, 0.0, mixing="mixed")
    assert routed.end_kg_per_d[0, 0] == pytest.approx(100.0 / 2.4)


def test_rates_grow_with_temperature_by_theta() -> None:
    assert at_temperature(0.3, 1.047, 25.0) == pytest.approx(0.3 * 1.047**5)
    warm = line(1, 1.0, Rates(cbod_oxidation_per_d=0.3), {"cbod": 10.0}, temperature_c=25.0)
    assert warm.end_mg_per_l[0, 0] == pytest.approx(10 * exp(-0.3 * 1.047**5))


def test_oxygen_saturation_is_that_of_the_standard_methods() -> None:
    """APHA's table for fresh water at one atmosphere: 0 C 14.621, 20 C 9.092, 30 C 7.559 mg/L."""
    np.testing.assert_allclose(oxygen_saturation_mg_per_l([0.0, 20.0, 30.0]), [14.621, 9.092, 7.559], atol=5e-4)
    thinner = oxygen_saturation_mg_per_l(20.0, 1676.0)
    assert thinner == pytest.approx(9.0924 * (1 - 1.148e-4 * 1676), abs=1e-3)


@pytest.mark.parametrize(
    ("velocity", "depth", "wanted"),
    [
        (0.3, 0.4, 5.32 * 0.3**0.67 * 0.4**-1.85),
        (0.3, 2.0, 3.93 * 0.3**0.5 * 2.0**-1.5),
        (1.2, 1.0, 5.026 * 1.2 * 1.0**-1.67),
        (0.0, 0.0, 0.0),
    ],
)
def test_covar_chooses_the_formula_by_depth_and_velocity(velocity: float, depth: float, wanted: float) -> None:
    assert reaeration_per_d(velocity, depth) == pytest.approx(wanted)
    assert reaeration_per_d(velocity, depth, 30.0) == pytest.approx(wanted * 1.024**10)


def test_small_exponentials_are_those_of_scipy() -> None:
    rng = np.random.default_rng(3)
    stiff = np.tril(rng.uniform(-1, 1, (50, 7, 7)), -1) - np.eye(7) * 10.0 ** rng.uniform(-3, 2, (50, 7, 1))
    np.testing.assert_allclose(exponentials(stiff), [expm(matrix) for matrix in stiff], rtol=1e-9, atol=1e-13)


def test_a_wide_rectangle_runs_as_manning_says_and_a_trapezoid_carries_its_flow() -> None:
    flow = flows(tree(["r"], [None]), 3.0)
    wide = manning(flow, 1000.0, 500.0, 0.001, 0.03)
    assert wide.depth_m[0] == pytest.approx((3.0 / 500 * 0.03 / 0.001**0.5) ** 0.6, rel=1e-3)
    sided = manning(flow, 1000.0, 2.0, 0.001, 0.03, side_slope=1.5)
    depth, area = sided.depth_m[0], (2.0 + 1.5 * sided.depth_m[0]) * sided.depth_m[0]
    radius = area / (2.0 + 2 * depth * (1 + 1.5**2) ** 0.5)
    assert area * radius ** (2 / 3) * 0.001**0.5 / 0.03 == pytest.approx(3.0, rel=1e-12)
    assert sided.travel_d[0] == pytest.approx(1000.0 / (3.0 / area) / 86400)


def test_rating_curves_give_depth_and_velocity_by_flow() -> None:
    flow = flows(tree(["a", "b"], ["b", None]), [4.0, 0.0])
    water = rated(flow, 500.0, 0.2, 0.5, 0.6, 0.4)
    np.testing.assert_allclose(water.velocity_m_per_s, 0.4)
    np.testing.assert_allclose(water.depth_m, 0.6 * 4**0.4)


def test_a_dry_reach_has_no_depth_and_no_end_to_its_travel() -> None:
    dry = manning(flows(tree(["r"], [None]), 0.0), 1000.0, 5.0, 0.001, 0.03)
    assert (dry.depth_m[0], dry.velocity_m_per_s[0], dry.travel_d[0]) == (0.0, 0.0, np.inf)
