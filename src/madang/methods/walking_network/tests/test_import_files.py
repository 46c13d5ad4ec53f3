"""GraphML, lines and tables become the same network whatever form the same streets come in."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from pyproj import Transformer

from madang.core.errors import NetworkError, TableError
from madang.methods.walking_network import ImportOptions, import_graphml, import_lines, import_tables

FRESH = ImportOptions(use_cache=False)
# A cross: four arms of about 100 m, the northern one bent.
PLACES = {1: (127.0, 37.5), 2: (127.0, 37.501), 3: (127.001, 37.5), 4: (127.0, 37.499), 5: (126.999, 37.5)}
BEND = "LINESTRING (127 37.5, 127.0003 37.5005, 127 37.501)"
LINES = [BEND, *(f"LINESTRING (127 37.5, {x} {y})" for x, y in list(PLACES.values())[2:])]


def osmnx_graph(crs="epsg:4326"):
    """A graph with the attributes OSMnx writes: text everywhere, both directions, WKT where bent."""
    graph = nx.MultiDiGraph(crs=crs, simplified="True")
    for node, (x, y) in PLACES.items():
        graph.add_node(node, x=str(x), y=str(y), street_count="1")
    for number, line in enumerate(LINES, start=2):
        shape = shapely.from_wkt(line)
        tags = {"highway": "['footway', 'steps']", "osmid": "[1, 2]", "oneway": "False"}
        for here, there, drawn in ((1, number, shape), (number, 1, shapely.reverse(shape))):
            bent = {"geometry": drawn.wkt} if number == 2 else {}
            graph.add_edge(here, there, key=0, reversed="False", **tags, **bent)
    return graph


def written(graph, folder):
    path = folder / "made.graphml"
    nx.write_graphml(graph, path)
    return path


def geopackage(folder, lines=LINES, crs="EPSG:4326", **columns):
    path = folder / "made.gpkg"
    fields = list(columns)
    data = [np.array(values, dtype=object) for values in columns.values()]
    wkb = np.array(shapely.to_wkb(shapely.from_wkt(lines)), dtype=object)
    pyogrio.raw.write(path, wkb, data, fields, crs=crs, geometry_type="LineString", layer="streets")
    return path


def tables(folder, edges, nodes=None):
    rows = "".join(f"{node},{x},{y}\n" for node, (x, y) in PLACES.items())
    (folder / "nodes.csv").write_text("node_id,lon,lat\n" + rows if nodes is None else nodes)
    (folder / "edges.csv").write_text(edges)
    return folder / "edges.csv", folder / "nodes.csv"


def size(network):
    return network.nodes, network.quality.edges, network.chains, network.quality.street_km


def test_graphml_lines_and_tables_agree(tmp_path):
    edges = "u;v\n".replace(";", ",") + "1,3\n1,4\n1,5\n"
    three = import_tables(*tables(tmp_path, edges), options=FRESH)
    graph = import_graphml(written(osmnx_graph(), tmp_path), options=FRESH)
    lines = import_lines(geopackage(tmp_path), options=FRESH)
    assert size(graph) == size(lines) == (5, 4, 4, 0.411)
    assert size(three)[:3] == (4, 3, 3)


def test_osmnx_directions_become_one_street(tmp_path):
    quality = import_graphml(written(osmnx_graph(), tmp_path), options=FRESH).quality
    assert quality.defects == {"edges stated twice, as both directions or as duplicates (one kept)": 4}


def test_graphml_in_metres_is_read_in_its_own_system(tmp_path):
    graph = osmnx_graph(crs="epsg:32652")
    turn = Transformer.from_crs("EPSG:4326", "EPSG:32652", always_xy=True)
    for _, data in graph.nodes(data=True):
        data["x"], data["y"] = map(str, turn.transform(float(data["x"]), float(data["y"])))
    for *_, data in graph.edges(data=True):
        data.pop("geometry", None)
    network = import_graphml(written(graph, tmp_path), options=FRESH)
    assert network.node_lon.max() == pytest.approx(127.001)


def test_closed_edges_of_a_graph_are_dropped_unless_all_are_wanted(tmp_path):
    graph = osmnx_graph()
    graph.edges[1, 3, 0]["highway"] = graph.edges[3, 1, 0]["highway"] = "motorway"
    path = written(graph, tmp_path)
    assert import_graphml(path, options=FRESH).quality.dropped == {"highway=motorway": 2}
    assert import_graphml(path, all_ways=True, options=FRESH).quality.edges == 4


def test_a_graph_node_without_coordinates_is_named(tmp_path):
    graph = osmnx_graph()
    del graph.nodes[3]["x"]
    with pytest.raises(NetworkError) as caught:
        import_graphml(written(graph, tmp_path), options=FRESH)
    assert caught.value.what == "a node has no coordinates"
    assert caught.value.where == "file made.graphml, column x, y, value '3'"


def test_broken_graphml_is_refused(tmp_path):
    path = tmp_path / "made.graphml"
    path.write_text("<graphml><node")
    with pytest.raises(NetworkError, match="the file is not readable GraphML"):
        import_graphml(path, options=FRESH)


def test_a_graph_without_edges_is_refused(tmp_path):
    graph = osmnx_graph()
    graph.remove_edges_from(list(graph.edges(keys=True)))
    with pytest.raises(NetworkError, match="the network has no edges"):
        import_graphml(written(graph, tmp_path), options=FRESH)


def test_lines_in_another_system_land_in_the_same_place(tmp_path):
    turn = Transformer.from_crs("EPSG:4326", "EPSG:5179", always_xy=True)
    shapes = shapely.transform(shapely.from_wkt(LINES), lambda xy: np.column_stack(turn.transform(*xy.T)))
    network = import_lines(geopackage(tmp_path, [one.wkt for one in shapes], "EPSG:5179"), options=FRESH)
    assert size(network) == (5, 4, 4, 0.411)


def test_lines_with_the_wrong_system_are_refused(tmp_path):
    with pytest.raises(NetworkError) as caught:
        import_lines(geopackage(tmp_path, crs="EPSG:5179"), options=FRESH)
    assert caught.value.what.startswith("the coordinates look like degrees, but the system stated is the projected")


def test_an_unknown_system_is_refused(tmp_path):
    with pytest.raises(NetworkError) as caught:
        import_lines(geopackage(tmp_path), crs="EPSG:999999", options=FRESH)
    assert caught.value.what == "the coordinate reference system 'EPSG:999999' is not known"


def test_lines_are_cut_where_another_has_a_point(tmp_path):
    across = ["LINESTRING (126.999 37.5, 127 37.5, 127.001 37.5)", "LINESTRING (127 37.499, 127 37.5, 127 37.501)"]
    path = geopackage(tmp_path, across)
    assert import_lines(path, options=FRESH).quality.edges == 4
    assert import_lines(path, split=False, options=FRESH).quality.components == 2


def test_lines_are_dropped_by_their_tags(tmp_path):
    path = geopackage(tmp_path, highway=["footway", "motorway", "steps", "path"], foot=["", "", "no", "yes"])
    quality = import_lines(path, options=FRESH).quality
    assert quality.dropped == {"highway=motorway": 1, "foot=no": 1}


def test_a_layer_that_is_not_there_lists_the_others(tmp_path):
    with pytest.raises(NetworkError) as caught:
        import_lines(geopackage(tmp_path), layer="roads", options=FRESH)
    assert caught.value.todo == "the file has the layers streets"


def test_of_several_layers_one_has_to_be_named(tmp_path):
    path = geopackage(tmp_path)
    arm = np.array(shapely.to_wkb(shapely.from_wkt(LINES[:1])), dtype=object)
    pyogrio.raw.write(path, arm, [], [], layer="part", geometry_type="LineString", crs="EPSG:4326")
    with pytest.raises(NetworkError, match="which of its 2 layers is meant") as caught:
        import_lines(path, options=FRESH)
    assert "--option layer=streets (layers with shapes: streets, part)" in str(caught.value)
    assert size(import_lines(path, layer="streets", options=FRESH))[1] == len(LINES)


def test_points_among_the_lines_are_dropped_and_counted(tmp_path):
    wkb = [shapely.from_wkt(one).wkb for one in [*LINES, "POINT (127 37.5)"]]
    pq.write_table(pa.table({"geometry": wkb}), tmp_path / "made.parquet")
    quality = import_lines(tmp_path / "made.parquet", options=FRESH).quality
    assert quality.defects["rows without a line (dropped)"] == 1
    assert quality.notes == ("no ways were dropped by tags: the file has no highway column",)


def test_an_end_without_a_node_row_is_rebuilt_from_the_shape(tmp_path):
    edges = f'u,v,geometry\n1,2,"{BEND}"\n1,9,"LINESTRING (127 37.5, 127.001 37.5)"\n'
    network = import_tables(*tables(tmp_path, edges), options=FRESH)
    assert 9 in network.node_id.tolist()
    what = "link ends without a node row (rebuilt from the link's shape)"
    assert network.quality.examples[what] == ("9",)


def test_an_end_that_is_nowhere_loses_its_link(tmp_path):
    network = import_tables(*tables(tmp_path, "u,v\n1,2\n1,9\n"), options=FRESH)
    assert network.quality.edges == 1
    assert network.quality.defects["links whose end is no node and which have no shape (dropped)"] == 1


def test_a_shape_drawn_backwards_is_turned(tmp_path):
    backwards = shapely.reverse(shapely.from_wkt(BEND)).wkt
    network = import_tables(*tables(tmp_path, f'u,v,geometry\n1,2,"{backwards}"\n'), options=FRESH)
    assert network.quality.defects["links drawn against their direction (turned)"] == 1
    assert network.quality.street_km == pytest.approx(0.123, abs=0.001)


def test_a_missing_column_lists_the_names_it_may_have(tmp_path):
    with pytest.raises(NetworkError) as caught:
        import_tables(*tables(tmp_path, "begin,finish\n1,2\n"), options=FRESH)
    assert caught.value.what == "the table has no column for the edge's first node"
    assert caught.value.todo == "name the column u; present are begin, finish"


def test_a_length_that_is_no_number_is_named(tmp_path):
    with pytest.raises(TableError) as caught:
        import_tables(*tables(tmp_path, "u,v,length_m\n1,2,95\n1,3,far\n"), options=FRESH)
    assert caught.value.where == "file edges.csv, row 3, column length_m, value 'far'"


def test_negative_lengths_and_ids_twice_are_refused(tmp_path):
    with pytest.raises(TableError, match="1 edge has a negative length") as caught:
        import_tables(*tables(tmp_path, "u,v,highway,length_m\n1,2,motorway,9\n1,2,path,-5\n"), options=FRESH)
    assert caught.value.where == "file edges.csv, row 3, column length_m, value -5.0"
    twice = "node_id,lon,lat\n1,127,37.5\n1,127,37.501\n2,127,37.502\n"
    with pytest.raises(NetworkError, match="1 node id occurs more than once") as caught:
        import_tables(*tables(tmp_path, "u,v\n1,2\n", twice), options=FRESH)
    assert caught.value.where == "file nodes.csv, row 3, column node id, value 1"


def test_swapped_columns_are_recognised(tmp_path):
    swapped = "node_id,lon,lat\n1,37.5,127\n2,37.501,127\n"
    with pytest.raises(NetworkError, match="longitude and latitude are swapped"):
        import_tables(*tables(tmp_path, "u,v\n1,2\n", swapped), options=FRESH)


def test_ids_may_be_words_and_heights_come_along(tmp_path):
    nodes = "id,x,y,ele\nhill,127,37.5,20\ndale,127,37.501,0\n"
    network = import_tables(*tables(tmp_path, "from,to\nhill,dale\n", nodes), options=FRESH)
    assert set(network.node_id.tolist()) == {"hill", "dale"}
    assert not network.is_level


def test_a_csv_in_korean_encoding_is_read(tmp_path):
    edges, nodes = tables(tmp_path, "")
    edges.write_bytes("u,v,name\n1,2,무학로\n".encode("cp949"))
    assert import_tables(edges, nodes, options=FRESH).quality.edges == 1
