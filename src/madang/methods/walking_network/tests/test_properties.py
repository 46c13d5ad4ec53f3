"""Walks over random small street networks equal networkx's on the same streets cut at every place."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang.methods.walking_network import Places, Streets, build_network, nearest, reach_sets, snap

DEGREE_M = 111_320.0
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def make_streets(seed, nodes, edges, hills=False, crooked=False):
    """Random nodes in a square of 600 m with random edges, some longer than the straight line."""
    rng = np.random.default_rng(seed)
    lat = 37.5 + rng.uniform(0, 600, nodes) / DEGREE_M
    lon = 127.0 + rng.uniform(0, 600, nodes) / (DEGREE_M * math.cos(math.radians(37.5)))
    ends = rng.integers(0, nodes, (2, edges)).astype(np.int32)
    straight = np.hypot(*(np.diff(one[ends], axis=0)[0] * DEGREE_M for one in (lon, lat)))
    length = np.ceil(straight * 1.1) + rng.integers(1, 30, edges)
    height = rng.uniform(0, 40, nodes) if hills else None
    stated = np.full(edges, np.nan) if crooked else length
    return Streets.straight("made", np.arange(nodes), lon, lat, *ends, stated, height)


def make_places(network, seed, count):
    """Random places: a third at junctions, the others along chains, each some way off the street."""
    rng = np.random.default_rng(seed)
    share = rng.uniform(0, 1, count)
    chain = rng.integers(0, network.chains, count).astype(np.int32)
    at_junction = rng.random(count) < 0.33
    junction = np.where(at_junction, rng.integers(0, network.junctions, count), -1).astype(np.int32)
    forward = np.where(at_junction, 0, np.rint(share * network.chain_forward_mm[chain])).astype(np.int32)
    backward = np.where(at_junction, 0, np.rint(share * network.chain_backward_mm[chain])).astype(np.int32)
    chain = np.where(at_junction, -1, chain).astype(np.int32)
    access = rng.integers(0, 50_000, count).astype(np.int32)
    return Places(np.arange(count), junction, chain, forward, backward, access)


def cut_streets(network, *groups):
    """A networkx digraph of the chains cut at all places, in whole millimetres; places hang off it by access."""
    graph = nx.MultiDiGraph()
    on_chain = [[] for _ in range(network.chains)]
    for name, places in enumerate(groups):
        for row in range(len(places)):
            place = ("place", name, row)
            if places.junction[row] >= 0:
                spot = int(places.junction[row])
            else:
                spot = ("spot", name, row)
                stop = (int(places.forward_mm[row]), int(places.backward_mm[row]), spot)
                on_chain[places.chain[row]].append(stop)
            graph.add_edge(place, spot, weight=int(places.access_mm[row]))
            graph.add_edge(spot, place, weight=int(places.access_mm[row]))
    for chain, stops in enumerate(on_chain):
        up, down = int(network.chain_forward_mm[chain]), int(network.chain_backward_mm[chain])
        first, last = (0, 0, int(network.chain_start[chain])), (up, down, int(network.chain_end[chain]))
        walk = [first, *sorted(stops, key=lambda stop: stop[:2]), last]
        for one, other in itertools.pairwise(walk):
            graph.add_edge(one[2], other[2], weight=other[0] - one[0])
            graph.add_edge(other[2], one[2], weight=other[1] - one[1])
    return graph


def found_pairs(reach):
    rows = np.repeat(np.arange(reach.candidates), np.diff(reach.indptr))
    walks = np.rint(reach.metres.astype(float) * 1000).astype(int)
    pairs = dict(zip(zip(rows.tolist(), reach.indices.tolist(), strict=True), walks.tolist(), strict=True))
    assert len(pairs) == reach.pairs, "a pair was written twice"
    return pairs


def true_pairs(graph, candidates, demand, limit_mm):
    pairs = {}
    for row in range(len(demand)):
        walks = nx.single_source_dijkstra_path_length(graph, ("place", 1, row), cutoff=limit_mm)
        for candidate in range(len(candidates)):
            if ("place", 0, candidate) in walks:
                pairs[candidate, row] = walks["place", 0, candidate]
    return pairs


@MANY
@given(seed=st.integers(0, 10**6), nodes=st.integers(2, 12), edges=st.integers(1, 25), hills=st.booleans())
def test_reach_sets_equal_networkx_to_the_millimetre(seed, nodes, edges, hills):
    streets = make_streets(seed, nodes, edges, hills)
    network = build_network(streets, contract=seed % 2 == 0)
    candidates, demand = make_places(network, seed + 1, 6), make_places(network, seed + 2, 9)
    reach = reach_sets(network, candidates, demand, 400.0)
    assert found_pairs(reach) == true_pairs(cut_streets(network, candidates, demand), candidates, demand, 400_000)


@MANY
@given(seed=st.integers(0, 10**6), nodes=st.integers(2, 12), edges=st.integers(1, 25), hills=st.booleans())
def test_the_nearest_facility_is_the_least_of_the_reach_sets(seed, nodes, edges, hills):
    network = build_network(make_streets(seed, nodes, edges, hills))
    facilities, demand = make_places(network, seed + 1, 5), make_places(network, seed + 2, 12)
    pairs = found_pairs(reach_sets(network, facilities, demand, 500.0))
    result = nearest(network, facilities, demand, 500.0)
    for row in range(len(demand)):
        walks = {walk: candidate for (candidate, one), walk in pairs.items() if one == row}
        least = min(walks, default=math.inf)
        assert result.metres[row] * 1000 == pytest.approx(least)
        assert (result.facility[row] == -1) == (not walks)
        assert not walks or pairs[int(result.facility[row]), row] == least


@MANY
@given(seed=st.integers(0, 10**6), nodes=st.integers(2, 14), edges=st.integers(1, 20))
def test_on_level_ground_a_walk_is_as_long_back_as_forth(seed, nodes, edges):
    network = build_network(make_streets(seed, nodes, edges))
    places = make_places(network, seed, 12)
    pairs = found_pairs(reach_sets(network, places, places, 600.0))
    assert pairs == {(there, here): walk for (here, there), walk in pairs.items()}


@MANY
@given(seed=st.integers(0, 10**6), nodes=st.integers(2, 14), edges=st.integers(1, 20))
def test_the_way_by_a_third_place_is_never_shorter(seed, nodes, edges):
    network = build_network(make_streets(seed, nodes, edges))
    places = network.node_places()
    pairs = found_pairs(reach_sets(network, places, places, 600.0))
    for (a, b), first in pairs.items():
        for c in range(len(places)):
            if (b, c) in pairs and first + pairs[b, c] <= 600_000:
                assert pairs[a, c] <= first + pairs[b, c]


@MANY
@given(seed=st.integers(0, 10**6), hills=st.booleans())
def test_turning_the_direction_turns_the_walks(seed, hills):
    network = build_network(make_streets(seed, 8, 14, hills))
    here, there = make_places(network, seed, 6), make_places(network, seed + 1, 6)
    towards = found_pairs(reach_sets(network, here, there, 500.0, direction="to_candidate"))
    away = found_pairs(reach_sets(network, there, here, 500.0, direction="from_candidate"))
    assert towards == {(candidate, demand): walk for (demand, candidate), walk in away.items()}


@MANY
@given(seed=st.integers(0, 10**6), hills=st.booleans())
def test_contraction_changes_no_walk_by_more_than_rounding(seed, hills):
    rng = np.random.default_rng(seed)
    lon, lat = 127.0 + rng.uniform(0, 0.006, 20), 37.5 + rng.uniform(0, 0.005, 20)
    plain = build_network(make_streets(seed, 14, 16, hills, crooked=True), contract=False)
    joined = build_network(make_streets(seed, 14, 16, hills, crooked=True))
    assert joined.junctions <= plain.junctions
    walks = [found_pairs(reach_sets(net, *2 * [snap(net, lon, lat)[0]], 450.0)) for net in (plain, joined)]
    for pair in set(walks[0]) | set(walks[1]):
        # A walk of up to twenty edges, each rounded to a millimetre once, may differ at the limit itself.
        assert abs(walks[0].get(pair, 450_000) - walks[1].get(pair, 450_000)) <= 20


@MANY
@given(seed=st.integers(0, 10**6), limit=st.floats(50, 500))
def test_a_longer_limit_never_loses_a_pair(seed, limit):
    network = build_network(make_streets(seed, 10, 15))
    places = make_places(network, seed, 10)
    short = found_pairs(reach_sets(network, places, places, limit))
    longer = found_pairs(reach_sets(network, places, places, limit * 1.5))
    assert short.items() <= longer.items()
