"""Building a network mends what can be mended, reports it, and refuses what cannot be true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from madang.core.errors import NetworkError
from madang.methods.walking_network import DataQuality, Streets, build_network
from madang.methods.walking_network.spatial_order import hilbert_order

STEP = 100.0 / 111_320.0


def streets(pairs, length_m=None, nodes=6, lon=127.0, lat=37.5):
    """Nodes 100 m apart going north and edges between the given pairs."""
    number = np.arange(nodes)
    ends = np.array(pairs, dtype=np.int32).reshape(-1, 2).T.copy()
    stated = None if length_m is None else np.array(length_m, dtype=float)
    return Streets.straight("made.csv", number, np.full(nodes, lon), lat + number * STEP, ends[0], ends[1], stated)


def refused(made):
    with pytest.raises(NetworkError) as caught:
        build_network(made)
    return str(caught.value)


def test_no_edges_is_an_error():
    assert refused(streets([])) == (
        "the network has no edges\n  where: file made.csv\n  to do: check that the file holds walkable streets"
    )


def test_only_dots_are_no_edges_either():
    assert refused(streets([(1, 1)], [0.0])).startswith(
        "the network has no edges: each one leads from a node to itself without length"
    )


def test_a_node_id_twice_is_an_error():
    made = replace(streets([(0, 1)]), node_id=np.array([7, 7, 1, 2, 3, 4]))
    assert refused(made) == (
        "1 node id occurs more than once\n"
        "  where: file made.csv, column node id, value 7\n"
        "  to do: give each node one row and one id"
    )


def test_a_negative_length_is_an_error():
    assert refused(streets([(0, 1), (1, 2)], [100.0, -3.0])) == (
        "1 edge has a negative length; the first leads from node 1 to 2\n"
        "  where: file made.csv, column length_m, value -3.0\n"
        "  to do: correct these lengths, or leave them empty to take them from the shape"
    )


def test_swapped_longitude_and_latitude_are_an_error():
    made = streets([(0, 1)])
    assert refused(replace(made, lon=made.lat, lat=made.lon)).startswith(
        "longitude and latitude are swapped: a latitude beyond 90 degrees\n  where: file made.csv, value (37.5, 127.0)"
    )


def test_metres_instead_of_degrees_are_an_error():
    made = streets([(0, 1)])
    assert refused(replace(made, lon=made.lon * 1e4, lat=made.lat * 1e4)).startswith(
        "the coordinates are not degrees of longitude and latitude"
    )


def test_lengths_in_another_unit_are_an_error():
    pairs = [(one, one + 1) for one in range(19)]
    message = refused(streets(pairs, [0.1] * 19, nodes=20))
    assert message.startswith(
        "100% of the stated lengths contradict the coordinates: "
        "the median edge states 0.001 times its length on the map"
    )


def test_a_length_shorter_than_the_straight_line_is_replaced():
    network = build_network(streets([(0, 1), (1, 2)], [100.0, 40.0]))
    assert network.quality.street_km == pytest.approx(0.2, abs=0.001)
    what = "stated length shorter than the straight line (shape's length taken)"
    assert network.quality.defects[what] == 1


def test_a_longer_length_of_a_straight_edge_may_be_true():
    network = build_network(streets([(0, 1)], [170.0]))
    assert network.quality.street_km == 0.17


def test_both_directions_and_duplicates_count_once():
    network = build_network(streets([(0, 1), (1, 0), (0, 1), (1, 2)]))
    assert network.quality.edges == 2
    assert network.quality.defects["edges stated twice, as both directions or as duplicates (one kept)"] == 2


def test_zero_lengths_orphans_and_long_edges_are_reported():
    made = streets([(0, 1), (2, 2), (1, 3)], [2_500.0, 0.0, 210.0])
    quality = build_network(made).quality
    assert quality.defects["edges from a node to itself without length (dropped)"] == 1
    assert quality.defects["nodes without an edge (dropped)"] == 2
    assert quality.defects["edges longer than 2,000 m (kept)"] == 1
    assert quality.examples["nodes without an edge (dropped)"] == ("4", "5")


def test_an_edge_to_the_middle_of_nowhere_is_dropped():
    made = streets([(0, 1), (1, 2), (2, 3)])
    made.lon[3] = made.lat[3] = 0.0
    network = build_network(made)
    assert network.quality.defects["edges longer than 100 km (dropped)"] == 1
    assert network.quality.component_nodes == (3,)


def test_two_nodes_at_one_spot_keep_their_edge_of_no_length():
    made = streets([(0, 1), (1, 2)], [0.0, 100.0])
    made.lat[1] = made.lat[0]
    network = build_network(made)
    assert network.quality.defects["edges of zero length between two nodes (kept)"] == 1


def test_components_are_counted_largest_first():
    quality = build_network(streets([(0, 1), (2, 3), (3, 4), (4, 5)])).quality
    assert (quality.components, quality.component_nodes) == (2, (4, 2))
    assert quality.largest_component_share == pytest.approx(4 / 6)


def test_the_report_reads_as_lines_and_survives_json():
    quality = build_network(streets([(0, 1), (1, 0), (2, 3)])).quality
    assert DataQuality.from_dict(quality.to_dict() | {"extra": 1}) == quality
    assert quality.lines()[1] == "4 nodes, 2 edges, 0.2 km of street"
    assert "found 2: nodes without an edge (dropped) (such as 4, 5)" in quality.lines()
    assert quality.lines("ko")[1] == "마디 4개, 길 2개, 거리 0.2km"
    assert "발견 2: 길에 닿지 않는 마디(뺌) (예: 4, 5)" in quality.lines("ko")


def test_parallel_streets_of_different_length_stay_and_the_shorter_is_walked():
    network = build_network(streets([(0, 1), (0, 1), (1, 2), (0, 3)], [100.0, 150.0, 100.0, 300.0]))
    assert network.quality.edges == 4


def test_progress_rises_from_nothing_to_all():
    seen = []
    build_network(streets([(0, 1)]), progress=lambda share, what: seen.append(share))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_neighbours_in_space_are_neighbours_in_number():
    x, y = (one.ravel().astype(float) for one in np.meshgrid(np.arange(32), np.arange(32)))
    order = hilbert_order(x, y)
    steps = np.hypot(np.diff(x[order]), np.diff(y[order]))
    assert sorted(order.tolist()) == list(range(1024))
    assert steps.max() < 3.0


def test_lengths_are_true_metres_far_from_the_equator():
    north = build_network(streets([(0, 1)], lat=69.6))
    # A degree of latitude is 111,574 m at 69.6 degrees north.
    assert north.chain_forward_mm[0] / 1000 == pytest.approx(STEP * 111_574, abs=0.05)
