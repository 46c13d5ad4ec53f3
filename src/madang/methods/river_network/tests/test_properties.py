"""Laws that hold on any river: balance, order, monotony, and the adjoint as the forward sweep read backwards."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.methods.river_network import (
    CHAIN,
    Rates,
    RiverNetwork,
    Routed,
    braided,
    chain_delivery,
    delivery,
    flows,
    manning,
    route,
    route_chain,
)

seeds = st.integers(0, 2**32 - 1)
SUBSTANCES = ("bod", "tp", "salt")


def river(rng: np.random.Generator, shuffled: bool = True) -> RiverNetwork:
    """Return a random braided river: reaches part into up to three, some end it, rows in any order."""
    count = int(rng.integers(1, 30))
    names = [f"r{r}" for r in range(count)]
    links = []
    for r in range(count - 1):
        down = rng.choice(np.arange(r + 1, count), size=min(int(rng.integers(0, 4)), count - r - 1), replace=False)
        share = rng.dirichlet(np.ones(down.size)) if down.size else []
        links += [(names[r], names[d], float(s)) for d, s in zip(down, share, strict=True)]
    order = rng.permutation(count) if shuffled else np.arange(count)
    return braided([names[r] for r in order], links)


def routed(rng: np.random.Generator, network: RiverNetwork | None = None) -> Routed:
    """Return loads routed with point and diffuse sources, withdrawals, and one substance that is never lost."""
    network = river(rng) if network is None else network
    count = len(network)
    wet = flows(network, rng.uniform(0.1, 2.0, count), rng.uniform(0.0, 0.5, count))
    taken = wet.point_m3_per_s * rng.uniform(0, 0.9, count) * (rng.random(count) < 0.4)
    flow = flows(network, wet.point_m3_per_s, wet.diffuse_m3_per_s, taken)
    loss = rng.uniform(0, 5, (count, 3)) * (1, 1, 0)
    point, diffuse = rng.uniform(0, 50, (count, 3)), rng.uniform(0, 9, (count, 3))
    return route(flow, SUBSTANCES, rng.uniform(0, 2, count), loss, point, diffuse)


@given(seeds)
def test_no_water_and_no_load_is_made_or_lost_unseen(seed: int) -> None:
    answer = routed(np.random.default_rng(seed))
    came = answer.point_kg_per_d.sum(axis=0) + answer.diffuse_kg_per_d.sum(axis=0)
    assert np.all(np.abs(answer.balance_kg_per_d) <= 1e-12 * came)
    assert abs(answer.flow.balance_m3_per_s) <= 1e-12 * answer.flow.end_m3_per_s.sum()
    assert np.all(answer.lost_kg_per_d[:, 2] == 0)


@given(seeds)
def test_the_sweep_is_the_solution_of_its_linear_system(seed: int) -> None:
    answer = routed(np.random.default_rng(seed))
    network, count = answer.network, len(answer.network)
    links = np.zeros((count, count))
    links[network.down_reach, np.repeat(np.arange(count), np.diff(network.down_start))] = network.down_share
    for k in range(3):
        through = answer.left * answer.passed[:, k]
        right = through * answer.point_kg_per_d[:, k] + answer.spread[:, k] * answer.diffuse_kg_per_d[:, k]
        wanted = np.linalg.solve(np.eye(count) - through[:, None] * links, right)
        np.testing.assert_allclose(answer.end_kg_per_d[:, k], wanted, rtol=1e-11, atol=1e-12)


@given(seeds)
def test_delivery_ratios_times_loads_are_the_loads_at_stations(seed: int) -> None:
    answer = routed(np.random.default_rng(seed))
    for k, substance in enumerate(SUBSTANCES):
        ratios = delivery(answer, answer.network.names, substance)
        arrived = ratios.head @ answer.point_kg_per_d[:, k] + ratios.along @ answer.diffuse_kg_per_d[:, k]
        np.testing.assert_allclose(arrived, answer.end_kg_per_d[:, k], rtol=1e-11, atol=1e-12)
        assert np.all((ratios.head >= 0) & (ratios.head <= 1 + 1e-12))


@given(seeds)
def test_more_load_never_lowers_and_more_loss_never_raises_what_arrives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    answer = routed(rng)
    count, travel, loss = len(answer.network), rng.uniform(0, 2, len(answer.network)), rng.uniform(0, 3)
    base, more = rng.uniform(0, 9, (count, 1)), rng.uniform(0, 3, (count, 1))
    ends = [
        route(answer.flow, ("x",), travel, rate, load).end_kg_per_d
        for rate, load in ((loss, base), (loss, base + more), (loss + 0.5, base))
    ]
    assert np.all(ends[1] >= ends[0])
    assert np.all(ends[2] <= ends[0] * (1 + 1e-12))


@given(seeds)
def test_the_order_in_which_reaches_are_given_changes_nothing(seed: int) -> None:
    ends = []
    for shuffled in (True, False):
        network = river(np.random.default_rng(seed), shuffled)
        place = np.array([int(name[1:]) for name in network.names])
        flow = flows(network, 1.0 + place)
        answer = route(flow, ("x",), 0.1 + place / 50, 0.4, (2.0 + place)[:, None])
        ends.append(dict(zip(network.names, answer.end_kg_per_d[:, 0], strict=True)))
    assert ends[0] == pytest.approx(ends[1], rel=1e-12)


@given(seeds)
def test_each_reach_comes_after_all_that_flow_into_it(seed: int) -> None:
    network = river(np.random.default_rng(seed))
    place = np.argsort(network.order)
    source = np.repeat(np.arange(len(network)), np.diff(network.down_start))
    assert np.all(place[source] < place[network.down_reach])


@given(seeds)
def test_what_a_load_does_to_oxygen_far_below_is_right_by_finite_difference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = river(rng)
    count = len(network)
    flow = flows(network, rng.uniform(0.2, 2.0, count), 0.0, 0.05)
    water = manning(flow, rng.uniform(500, 5000, count), 8.0, 0.002, 0.04)
    rates = Rates(0.5, 0.1, 0.3, 0.1, 0.6, 0.2, 0.3, 0.1, 0.05, 1.0)
    point = rng.uniform(5, 50, (count, len(CHAIN)))
    base = route_chain(flow, water, rates, point, temperature_c=17.0)
    station = network.names[int(network.mouths[0])]
    effect = chain_delivery(base, station, "oxygen")
    reach, substance = int(rng.integers(count)), int(rng.integers(len(CHAIN)))
    point[reach, substance] += 1.0
    moved = route_chain(flow, water, rates, point, temperature_c=17.0)
    row = network.place[station]
    changed = moved.end_kg_per_d[row, -1] - base.end_kg_per_d[row, -1]
    scale = np.abs(base.end_kg_per_d[row, -1]) + 1.0
    assert effect[reach, substance] == pytest.approx(changed, abs=1e-10 * scale)
