"""What reach sets and the nearest facility promise on streets small enough to measure by hand."""

from __future__ import annotations

import numpy as np
import pytest

from madang.core.errors import BoundsError, Cancelled, NetworkError
from madang.methods.walking_network import (
    Streets,
    build_network,
    limit_metres,
    nearest,
    node_nearest,
    reach_sets,
    snap,
)
from madang.methods.walking_network import reach as reach_module

STEP = 100.0 / 111_320.0


def long_street(nodes=5, length_m=None, elevation_m=None):
    """Nodes 100 m apart going north, as one street."""
    number = np.arange(nodes)
    ends = number[:-1].astype(np.int32), number[1:].astype(np.int32)
    lon, lat = np.full(nodes, 127.0), 37.5 + number * STEP
    stated = np.full(nodes - 1, 100.0) if length_m is None else length_m
    return Streets.straight("street", number, lon, lat, *ends, stated, elevation_m)


@pytest.fixture
def street():
    return build_network(long_street())


def walks(reach, candidate):
    indices, metres = reach.row(candidate)
    return dict(zip(indices.tolist(), metres.round(3).tolist(), strict=True))


def test_a_street_without_branches_is_one_chain(street):
    assert (street.nodes, street.junctions, street.chains) == (5, 2, 1)


def test_nodes_inside_a_chain_are_candidates_and_demand_like_any_other(street):
    places = street.node_places()
    middle = int(np.flatnonzero(street.node_id == 2)[0])
    reach = reach_sets(street, places.take(np.array([middle])), places, 150.0)
    found = {int(street.node_id[node]): walk for node, walk in walks(reach, 0).items()}
    assert found == {1: 100.0, 2: 0.0, 3: 100.0}


def test_a_walk_exactly_at_the_limit_counts(street):
    places = street.node_places()
    assert reach_sets(street, places, places, 100.0).pairs == 5 + 8
    assert reach_sets(street, places, places, 99.999).pairs == 5


def test_two_places_on_one_edge_are_as_far_as_they_lie_apart(street):
    lat = 37.5 + np.array([0.2, 0.7]) * STEP
    places, _ = snap(street, [127.0, 127.0], lat)
    reach = reach_sets(street, places, places, 60.0)
    assert walks(reach, 0)[1] == pytest.approx(50.0, abs=0.2)


def test_the_way_to_the_street_is_walked_too(street):
    east = 127.0 + 30.0 / (111_320.0 * np.cos(np.radians(37.5)))
    places, _ = snap(street, [east, 127.0], [37.5 + STEP, 37.5 + 2 * STEP])
    assert walks(reach_sets(street, places, places, 200.0), 0)[1] == pytest.approx(130.0, abs=0.2)
    assert walks(reach_sets(street, places, places, 200.0), 0)[0] == pytest.approx(60.0, abs=0.2)


def test_the_shorter_way_round_a_ring_is_taken():
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * STEP
    ends = np.array([[0, 1, 2, 3], [1, 2, 3, 0]], dtype=np.int32)
    square = Streets.straight(
        "ring", np.arange(4), 127.0 + corners[:, 0], 37.5 + corners[:, 1], *ends, np.full(4, 100.0)
    )
    ring = build_network(square)
    places = ring.node_places()
    assert (ring.junctions, ring.chains) == (1, 1)
    metres = reach_sets(ring, places, places, 250.0).to_scipy().toarray()
    assert sorted(metres[0].tolist()) == [0.0, 100.0, 100.0, 200.0]


def test_walking_uphill_takes_longer_than_down_and_level_lies_between():
    hill = build_network(long_street(elevation_m=np.arange(5) * 10.0))
    places = hill.node_places()
    low, high = (places.take(np.flatnonzero(hill.node_id == one)) for one in (0, 4))
    down = float(reach_sets(hill, low, high, 900.0).metres[0])
    up = float(reach_sets(hill, high, low, 900.0).metres[0])
    # Tobler at slopes of 10 %: exp(3.5 * 0.1) up, exp(3.5 * 0) down, of 400 m.
    assert up == pytest.approx(400 * np.exp(0.35), abs=0.01)
    assert down == pytest.approx(400.0, abs=0.01)


def test_an_unknown_height_is_level_and_reported():
    heights = np.array([0.0, 10.0, np.nan, 30.0, 40.0])
    hill = build_network(long_street(elevation_m=heights))
    assert hill.quality.defects["edges without elevation at both ends (walked as level)"] == 2


def test_more_pairs_than_expected_still_fit(monkeypatch):
    monkeypatch.setattr(reach_module, "_BLOCK", 2)
    crowd = build_network(long_street())
    places = crowd.node_places().take(np.zeros(700, dtype=int))
    reach = reach_sets(crowd, places, places, 100.0)
    assert reach.pairs == 700 * 700
    assert (np.diff(reach.indptr) == 700).all()


def test_one_thread_and_many_give_the_same_rows(street, monkeypatch):
    monkeypatch.setattr(reach_module, "_BLOCK", 2)
    places = street.node_places()
    one, many = (reach_sets(street, places, places, 200.0, threads=count) for count in (1, 4))
    assert np.array_equal(one.indptr, many.indptr)
    assert np.array_equal(one.indices, many.indices)
    assert np.array_equal(one.metres, many.metres)


def test_a_search_that_fails_lets_go_of_every_thread(street, monkeypatch):
    def failing(*_):
        raise MemoryError

    monkeypatch.setattr(reach_module, "_BLOCK", 1)
    monkeypatch.setattr(reach_module, "reach_block", failing)
    monkeypatch.setattr(reach_module, "announce_compiling", lambda *_: False)
    with pytest.raises(MemoryError):
        reach_sets(street, street.node_places(), street.node_places(), 100.0, threads=2)


def test_a_search_can_be_stopped(street):
    def stop(share, what):
        if what == "searching the streets":
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        reach_sets(street, street.node_places(), street.node_places(), 100.0, progress=stop)


def test_reach_sets_are_scipy_rows_with_their_zeros(street):
    places = street.node_places()
    sparse = reach_sets(street, places, places, 100.0).to_scipy()
    assert sparse.shape == (5, 5)
    assert sparse.nnz == 13


def test_minutes_and_speed_make_the_limit():
    assert limit_metres(5, 80) == 400.0
    with pytest.raises(BoundsError, match=r"walking speed must be above 0, not 0"):
        limit_metres(5, 0)


def test_a_limit_beyond_any_walk_is_refused(street):
    places = street.node_places()
    with pytest.raises(BoundsError) as caught:
        reach_sets(street, places, places, -1.0)
    assert caught.value.what == "a walking limit of -1 m is outside 0 to 100,000 m"


def test_places_of_another_network_are_refused(street):
    other = build_network(long_street(), contract=False).node_places()
    with pytest.raises(NetworkError) as caught:
        reach_sets(street, other, street.node_places(), 100.0)
    assert caught.value.what == "the candidates were placed on another network"


def test_the_nearest_names_the_facility_and_the_minutes(street):
    places = street.node_places()
    ends = np.array([int(np.flatnonzero(street.node_id == one)[0]) for one in (0, 4)])
    result = node_nearest(street, places.take(ends), 150.0)
    by_id = dict(zip(street.node_id.tolist(), result.minutes(80.0).tolist(), strict=True))
    assert by_id == {0: 0.0, 1: 1.25, 2: np.inf, 3: 1.25, 4: 0.0}
    owner = dict(zip(street.node_id.tolist(), result.facility.tolist(), strict=True))
    assert owner == {0: 0, 1: 0, 2: -1, 3: 1, 4: 1}


def test_no_facility_on_the_network_is_an_error(street):
    places = street.node_places()
    with pytest.raises(NetworkError) as caught:
        nearest(street, places.take(np.zeros(0, dtype=int)), places, 100.0)
    assert str(caught.value) == "no facility lies on the network\n  to do: place at least one facility"


def test_a_place_off_the_network_reaches_nothing(street):
    places, report = snap(street, [127.0, 127.5], [37.5, 37.5])
    assert report.snapped == 1
    assert reach_sets(street, places, places, 400.0).pairs == 1
    assert nearest(street, places, places, 400.0).metres.tolist() == [0.0, np.inf]
