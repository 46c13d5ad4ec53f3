"""Eight searches at once answer as eight searches do, whoever shares them and in whatever order they come."""

from __future__ import annotations

import numba as nb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from madang.methods.walking_network import Streets, build_network, reach_sets, snap
from madang.methods.walking_network import reach as reach_module
from madang.methods.walking_network.lanes import LANES, least_lane, lower_lanes

STEP = 100.0 / 111_320.0


def grid(side=9, seed=0):
    """Streets 100 m apart, some missing; lengths differ by a seed."""
    rng = np.random.default_rng(seed)
    node = np.arange(side * side).reshape(side, side)
    east, north = (node[:, :-1].ravel(), node[:, 1:].ravel()), (node[:-1].ravel(), node[1:].ravel())
    ends = np.concatenate((np.stack(east), np.stack(north)), axis=1)[:, rng.random(2 * side * (side - 1)) > 0.2]
    row, column = np.divmod(node.ravel(), side)
    lon, lat = 127.0 + column * STEP / np.cos(np.radians(37.5)), 37.5 + row * STEP
    lengths = rng.uniform(100, 180, ends.shape[1])
    return build_network(Streets.straight("grid", node.ravel(), lon, lat, *ends.astype(np.int32), lengths))


def rows(reach):
    """Return {demand: metres} of every candidate."""
    return [dict(zip(*(part.tolist() for part in reach.row(k)), strict=True)) for k in range(reach.candidates)]


def along(network, seed, count):
    """Places on edges, not at nodes."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(127.0, 127.009, count), rng.uniform(37.5, 37.507, count)
    return snap(network, lon, lat, distance_max_m=200.0)[0]


@nb.njit
def lowered(labels, here, there, effort):
    bits = lower_lanes(labels, np.uint64(here), np.uint64(there), np.int32(effort))
    return bits, least_lane(labels, np.uint64(there))


def test_eight_labels_fall_at_once_and_tell_which_did():
    labels = np.array([0, 10, 20, 30, 40, 50, 60, 70, 5, 5, 90, 90, 45, 60, 9, 99], np.int32)
    bits, least = lowered(labels, 0, LANES, 5)
    assert labels[LANES:].tolist() == [5, 5, 25, 35, 45, 55, 9, 75]
    assert bits == 0b1010_1100
    assert least == 5
    assert labels[:LANES].tolist() == [0, 10, 20, 30, 40, 50, 60, 70]


def test_the_least_lane_may_be_any():
    for lane in range(LANES):
        labels = np.full(2 * LANES, 50, np.int32)
        labels[LANES + lane] = -3
        assert lowered(labels, 0, LANES, 100) == (0, -3)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20), st.floats(50, 900))
def test_rows_are_scipys_however_many_share_a_search(seed, count, limit_m):
    network = grid(seed=seed)
    whole = dijkstra(network.adjacency_m())
    at = np.flatnonzero(network.node_junction >= 0)
    chosen = np.random.default_rng(seed).choice(at, min(count, len(at)), replace=False)
    places = network.node_places()
    for node, found in zip(
        chosen, rows(reach_sets(network, places.take(chosen), places.take(at), limit_m)), strict=True
    ):
        metres = whole[network.node_junction[node], network.node_junction[at]]
        assert found == pytest.approx({int(k): metres[k] for k in np.flatnonzero(metres <= limit_m)}, abs=0.01)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 30))
def test_a_candidate_along_an_edge_finds_the_same_alone_and_with_others(seed, count):
    network = grid(seed=seed)
    places = along(network, seed, count)
    together = rows(reach_sets(network, places, places, 400.0))
    alone = [rows(reach_sets(network, places.take(np.array([k])), places, 400.0))[0] for k in range(count)]
    assert together == alone


def test_neighbours_on_one_long_edge_find_each_other_where_neither_end_is_near():
    street = build_network(
        Streets.straight(
            "road", np.arange(2), np.full(2, 127.0), np.array([37.5, 37.6]), *np.array([[0], [1]], np.int32)
        )
    )
    lat = 37.55 + np.array([0.0, 0.4, 0.9]) * STEP
    places, _ = snap(street, np.full(3, 127.0), lat)
    found = rows(reach_sets(street, places, places, 60.0))
    assert [sorted(row) for row in found] == [[0, 1], [0, 1, 2], [1, 2]]
    assert found[0][1] == pytest.approx(40.0, abs=0.2)
    assert found[2][1] == pytest.approx(50.0, abs=0.2)


@pytest.mark.parametrize("where", ["nodes", "edges"])
def test_candidates_out_of_order_are_sorted_and_their_rows_put_back(where, monkeypatch):
    network = grid()
    places = network.node_places() if where == "nodes" else along(network, 3, 60)
    shuffle = np.random.default_rng(1).permutation(len(places))
    monkeypatch.setattr(reach_module, "STRIDE_NEAR", 1e9)
    expected = rows(reach_sets(network, places, places, 350.0))
    monkeypatch.setattr(reach_module, "STRIDE_NEAR", 0.0)
    assert reach_module._spatial_order(network, places.take(shuffle)) is not None
    assert rows(reach_sets(network, places.take(shuffle), places, 350.0)) == [expected[k] for k in shuffle]


def test_places_that_come_in_the_networks_order_are_not_sorted():
    network = grid(side=40)
    assert reach_module._spatial_order(network, network.node_places()) is None


def test_one_candidate_or_none_needs_no_order():
    network = grid()
    places = network.node_places()
    assert reach_sets(network, places.take(np.zeros(0, int)), places, 100.0).pairs == 0
    assert reach_sets(network, places.take(np.array([3])), places, 1.0).pairs == 1


@pytest.mark.parametrize("where", ["junction", "edge"])
def test_thousands_of_homes_at_one_address_are_all_found(where):
    network = grid()
    spot = network.node_places().take(np.zeros(1, int)) if where == "junction" else along(network, 5, 1)
    crowd = spot.take(np.zeros(5_000, int))
    reach = reach_sets(network, crowd.take(np.arange(3)), crowd, 450.0)
    assert np.diff(reach.indptr).tolist() == [5_000] * 3
    assert sorted(reach.row(2)[0].tolist()) == list(range(5_000))


def test_a_second_search_starts_from_nothing():
    network = grid()
    places = network.node_places()
    wide = reach_sets(network, places, places, 800.0, threads=1)
    again = reach_sets(network, places, places, 800.0, threads=1)
    narrow = reach_sets(network, places, places, 120.0, threads=1)
    assert np.array_equal(wide.metres, again.metres)
    assert rows(narrow) == [{k: m for k, m in row.items() if m <= 120.0} for row in rows(wide)]


def test_the_row_of_a_candidate_does_not_depend_on_the_room_given(monkeypatch):
    network = grid()
    places = network.node_places()
    expected = reach_sets(network, places, places, 500.0, threads=1)
    monkeypatch.setattr(reach_module._Job, "room", 300)
    tight = reach_sets(network, places, places, 500.0, threads=1)
    assert np.array_equal(tight.indices, expected.indices)
    assert np.array_equal(tight.indptr, expected.indptr)


@pytest.mark.parametrize("room_first", [1, 1 << 25])
def test_pairs_are_kept_whatever_memory_was_asked_for_at_first(room_first, monkeypatch):
    network = grid()
    places = network.node_places()
    expected = reach_sets(network, places, places, 500.0)
    monkeypatch.setattr(reach_module, "_BLOCK", 4)
    monkeypatch.setattr(reach_module, "_ROOM_FIRST", room_first)
    again = reach_sets(network, places, places, 500.0)
    assert rows(again) == rows(expected)
    assert again.pairs == expected.pairs == again.indptr[-1]


def test_a_level_search_copies_no_street_and_leaves_out_chains_without_a_place():
    network = grid()
    places = along(network, 3, 5)
    graph, sources, targets = reach_module.searchable(network, "to_candidate", places, places.take(np.arange(2)))
    assert graph.arc is network.arc
    on = places.chain >= 0
    assert on.any()
    assert len(graph.chain) == len(np.unique(places.chain[on])) < network.chains
    assert np.array_equal(graph.chain[sources.chain[on], 0], network.chain_start[places.chain[on]])
    assert np.array_equal(graph.chain[sources.chain[on], 2], network.chain_backward_mm[places.chain[on]])
    assert np.array_equal(targets.chain, sources.chain[:2])
    assert (sources.chain[~on] == -1).all()
