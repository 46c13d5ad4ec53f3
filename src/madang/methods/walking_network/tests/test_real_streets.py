"""Real street files beside the repository import as their own counts say."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from madang.methods.walking_network import (
    ElevationPoints,
    ImportOptions,
    import_lines,
    import_osm,
    import_streets,
    import_tables,
    nearest,
    reach_sets,
    snap,
)
from madang.methods.walking_network.importers.table_files import read_columns

pytestmark = pytest.mark.shared
FRESH = ImportOptions(use_cache=False)


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "data" / "network"


@pytest.fixture(scope="module")
def dongdaemun(folder):
    edges, nodes = (folder / f"seoul_dongdaemun_walk_{kind}.parquet" for kind in ("edges", "nodes"))
    return import_tables(edges, nodes, options=FRESH)


def test_helsinki_centre_is_one_town_with_a_few_islands(folder):
    quality = import_osm(folder / "helsinki_centre.osm.pbf", options=FRESH).quality
    assert quality.dropped["highway=platform"] == 48
    assert quality.largest_component_share > 0.95
    assert quality.dropped["highway=service underground"] > 0
    assert quality.defects["way points outside the extract (way cut there)"] == 717


def test_liechtenstein_has_its_thousand_kilometres(folder):
    quality = import_streets(folder / "liechtenstein.osm.pbf", options=FRESH).quality
    assert 1_000 < quality.street_km < 1_200
    assert quality.largest_component_share > 0.97


def test_dongdaemun_is_one_piece_of_472_km(dongdaemun):
    quality = dongdaemun.quality
    assert (quality.components, quality.nodes, quality.edges) == (1, 7_692, 10_752)
    assert quality.street_km == pytest.approx(472.4, abs=0.5)
    assert quality.dropped == {"highway=busway": 88}


def test_dongdaemun_from_lines_alone_has_the_same_streets(folder, dongdaemun):
    lines = import_lines(folder / "seoul_dongdaemun_walk_edges.parquet", options=FRESH)
    assert (lines.junctions, lines.chains) == (dongdaemun.junctions, dongdaemun.chains)
    assert lines.quality.street_km == pytest.approx(dongdaemun.quality.street_km, abs=0.5)


@pytest.mark.parametrize(
    ("city", "nodes"), [("wuhan", 82_891), ("douala", 76_391), ("bucaramanga", 74_716), ("aleppo", 64_445)]
)
def test_city_streets_have_the_nodes_their_source_counts(folder, city, nodes):
    network = import_lines(folder / f"city_{city}_streets.parquet", all_ways=True, options=FRESH)
    assert network.nodes == nodes
    assert network.junctions < 0.5 * nodes


def test_dongdaemun_walks_equal_networkx(dongdaemun):
    graph = nx.from_scipy_sparse_array(dongdaemun.adjacency_m().tocoo(), create_using=nx.MultiGraph)
    places = dongdaemun.node_places()
    at = np.flatnonzero(places.junction >= 0)[::700]
    reach = reach_sets(dongdaemun, places.take(at), places, 400.0)
    for row, junction in enumerate(places.junction[at].tolist()):
        walks = nx.single_source_dijkstra_path_length(graph, junction, cutoff=400.0)
        found, metres = reach.row(row)
        ours = dict(zip(places.junction[found].tolist(), metres.tolist(), strict=True))
        ours.pop(-1, None)
        assert ours == pytest.approx(walks, abs=0.001)


def test_census_areas_outside_the_district_are_named(shared, dongdaemun):
    areas = read_columns(shared / "data/population/seoul_census_output_area_centroids_2016.parquet")
    lon, lat, code = areas.numbers("lon"), areas.numbers("lat"), areas.texts("oa_code")
    places, report = snap(dongdaemun, lon, lat, ids=code, what="census areas")
    assert report.points == 19_445
    assert 700 < report.snapped < 900
    near = nearest(dongdaemun, places.take(np.flatnonzero(places.is_on_network)[::50]), places, 400.0)
    assert 0 < near.is_within.sum() < report.snapped


def test_heights_from_another_network_make_dongdaemun_hilly(folder):
    points = read_columns(folder / "seoul_bike_network_nodes_elevation_2020.parquet")
    heights = ElevationPoints(*(points.numbers(name) for name in ("lon", "lat", "elevation_m")))
    edges, nodes = (folder / f"seoul_dongdaemun_walk_{kind}.parquet" for kind in ("edges", "nodes"))
    hilly = import_tables(edges, nodes, options=ImportOptions(use_cache=False, elevation=heights))
    places = hilly.node_places()
    up, down = (reach_sets(hilly, places, places, 400.0, direction=one) for one in ("to_candidate", "from_candidate"))
    assert up.pairs == down.pairs
    assert hilly.arc_forward_mm.sum() > 1.01 * import_tables(edges, nodes, options=FRESH).arc_forward_mm.sum()
