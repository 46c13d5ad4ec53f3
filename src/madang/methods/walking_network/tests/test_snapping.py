"""Points find their nearest street, and those that find none are named."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from madang.core.errors import BoundsError, NetworkError
from madang.methods.walking_network import Streets, build_network, snap
from madang.methods.walking_network.snapping import _grid


@pytest.fixture(scope="module")
def network():
    rng = np.random.default_rng(3)
    nodes, edges = 300, 500
    lon, lat = 24.9 + rng.uniform(0, 0.05, nodes), 60.15 + rng.uniform(0, 0.02, nodes)
    order = np.lexsort((lat.round(3), lon))
    near = np.clip(np.arange(edges) % nodes + rng.integers(1, 6, edges), 0, nodes - 1)
    ends = order[np.arange(edges) % nodes].astype(np.int32), order[near].astype(np.int32)
    return build_network(Streets.straight("made", np.arange(nodes), lon, lat, *ends))


def lines_of(network):
    return [
        shapely.linestrings(network.vertex_x[low:high], network.vertex_y[low:high])
        for low, high in zip(network.chain_ptr[:-1], network.chain_ptr[1:], strict=True)
    ]


def test_the_place_is_the_nearest_shapely_finds(network):
    rng = np.random.default_rng(5)
    lon, lat = 24.9 + rng.uniform(0, 0.05, 400), 60.15 + rng.uniform(0, 0.02, 400)
    places, report = snap(network, lon, lat, distance_max_m=5_000)
    points = shapely.points(np.column_stack(network.project(lon, lat)))
    tree = shapely.STRtree(lines_of(network))
    _, distance = tree.query_nearest(points, return_distance=True, all_matches=False)
    assert report.snapped == 400
    assert places.access_mm / 1000 == pytest.approx(distance, abs=0.01)


def test_the_place_along_the_chain_is_where_shapely_projects(network):
    rng = np.random.default_rng(6)
    lon, lat = 24.9 + rng.uniform(0, 0.05, 100), 60.15 + rng.uniform(0, 0.02, 100)
    places, _ = snap(network, lon, lat, distance_max_m=5_000)
    lines = lines_of(network)
    points = shapely.points(np.column_stack(network.project(lon, lat)))
    for row in np.flatnonzero(places.chain >= 0):
        along = lines[places.chain[row]].project(points[row])
        assert places.forward_mm[row] / 1000 == pytest.approx(along, abs=0.02)


def test_every_segment_lies_in_every_cell_it_crosses(network):
    grid = _grid(network)
    cells = {
        (k // grid.columns, k % grid.columns): set(grid.segment[grid.ptr[k] : grid.ptr[k + 1]].tolist())
        for k in range(grid.rows * grid.columns)
    }
    for point in range(0, len(network.vertex_x) - 1, 7):
        if point + 1 in set(network.chain_ptr.tolist()):
            continue
        for share in np.linspace(0.001, 0.999, 50):
            x, y = (
                one[point] + share * (float(one[point + 1]) - one[point])
                for one in (network.vertex_x, network.vertex_y)
            )
            cell = int((y - grid.bottom) // grid.cell_m), int((x - grid.left) // grid.cell_m)
            assert point in cells[cell]


def test_points_too_far_are_named_with_their_distance(network):
    lon, lat = [float(network.node_lon[0]), 25.5], [float(network.node_lat[0]), 60.15]
    places, report = snap(network, lon, lat, ids=["home", "sea"], what="demand points")
    assert places.is_on_network.tolist() == [True, False]
    assert report.unsnapped_ids.tolist() == ["sea"]
    assert 30_000 < report.unsnapped_distance_m[0] < 35_000
    assert report.lines()[1].startswith("1 lies over 200 m from any street, such as sea at 3")
    assert report.lines("ko")[1].startswith("1곳은 어느 길에서도 200m 넘게 떨어짐. 예: sea 3")


def test_a_point_outside_the_map_still_finds_a_street_within_the_limit(network):
    west = int(np.argmin(network.node_lon))
    _, report = snap(network, [network.node_lon[west] - 0.01], [network.node_lat[west]], distance_max_m=800)
    assert report.snapped == 1
    assert report.walk_median_m == pytest.approx(554, abs=8)


def test_nothing_near_any_street_says_how_far_it_is(network):
    with pytest.raises(NetworkError) as caught:
        snap(network, [127.0], [37.5], what="candidate sites")
    assert caught.value.what.startswith(
        "none of the 1 candidate sites lies within 200 m of a street; the nearest is 8,"
    )
    assert caught.value.where.startswith("streets lie in longitude 24.9")


def test_swapped_coordinates_are_recognised_by_the_streets(network):
    with pytest.raises(NetworkError) as caught:
        snap(network, network.node_lat[:5], network.node_lon[:5], what="demand points")
    assert caught.value.what == "longitude and latitude of the demand points are swapped"
    assert caught.value.todo == "exchange the two columns"


def test_a_latitude_beyond_ninety_is_swapped(network):
    with pytest.raises(NetworkError) as caught:
        snap(network, [37.5, 37.6], [127.0, 127.1], what="demand points")
    assert str(caught.value) == (
        "longitude and latitude are swapped: a latitude beyond 90 degrees\n"
        "  where: file demand points, value (37.5, 127.0)\n"
        "  to do: exchange the two columns"
    )


def test_metres_given_as_degrees_ask_for_the_system(network):
    with pytest.raises(NetworkError) as caught:
        snap(network, [955_000.0], [1_950_000.0])
    assert caught.value.todo == "state the coordinate reference system of the file, such as EPSG:5179"


def test_ids_twice_are_refused(network):
    with pytest.raises(NetworkError) as caught:
        snap(network, [24.9, 24.91], [60.15, 60.15], ids=["a", "a"], what="sites")
    assert caught.value.what == "1 id of the sites occurs more than once"


def test_no_points_and_missing_coordinates_are_refused(network):
    with pytest.raises(NetworkError, match="there are no points"):
        snap(network, [], [])
    with pytest.raises(NetworkError, match="1 coordinate is empty"):
        snap(network, [24.9, float("nan")], [60.15, 60.15])
    with pytest.raises(NetworkError, match=r"1 coordinate is not finite\n  where: .*, value \(inf, 60.15\)"):
        snap(network, [24.9, float("inf")], [60.15, 60.15])


def test_a_distance_of_nothing_is_refused(network):
    with pytest.raises(BoundsError, match="the distance to a street must be above 0 and up to 100,000 m, not 0"):
        snap(network, [24.9], [60.15], distance_max_m=0)
