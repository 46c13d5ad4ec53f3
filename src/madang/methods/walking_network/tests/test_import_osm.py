"""OpenStreetMap extracts give walkable ways, cut where they meet and where the extract ends."""

from __future__ import annotations

import pytest

from madang.core.errors import NetworkError
from madang.methods.walking_network import ImportOptions, import_osm
from madang.methods.walking_network.importers.walkable import (
    NOT_WALKABLE_HIGHWAY,
    WALKABLE_HIGHWAY,
    split_values,
    why_not_walkable,
)

FRESH = ImportOptions(use_cache=False)
HEAD = '<?xml version="1.0"?><osm version="0.6">'
NODES = "".join(f'<node id="{one}" version="1" lat="{37.5 + one / 1000}" lon="127.0"/>' for one in range(1, 7))


def way(number, refs, **tags):
    points = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    stated = "".join(f'<tag k="{key.replace("_", ":")}" v="{value}"/>' for key, value in tags.items())
    return f'<way id="{number}" version="1">{points}{stated}</way>'


def osm_file(folder, *ways):
    path = folder / "made.osm"
    path.write_text(HEAD + NODES + "".join(ways) + "</osm>")
    return path


def test_ways_are_cut_where_they_meet(tmp_path):
    made = osm_file(tmp_path, way(1, [1, 2, 3], highway="residential"), way(2, [4, 2, 5], highway="footway"))
    quality = import_osm(made, options=FRESH).quality
    assert (quality.nodes, quality.edges, quality.junctions, quality.chains) == (5, 4, 5, 4)


def test_points_that_only_bend_a_way_are_its_shape(tmp_path):
    network = import_osm(osm_file(tmp_path, way(1, [1, 2, 3, 4], highway="path")), options=FRESH)
    assert network.node_id.tolist() in ([1, 4], [4, 1])
    assert len(network.vertex_x) == 4


def test_dropped_ways_are_counted_by_the_tag_that_closed_them(tmp_path):
    made = osm_file(
        tmp_path,
        way(1, [1, 2], highway="residential"),
        way(2, [2, 3], highway="motorway"),
        way(3, [3, 4], highway="footway", access="private"),
        way(4, [4, 5], highway="service", foot="no"),
        way(5, [5, 6], building="yes"),
    )
    quality = import_osm(made, options=FRESH).quality
    assert quality.dropped == {"highway=motorway": 1, "access=private": 1, "foot=no": 1}


def test_a_way_is_cut_where_the_extract_lacks_its_points(tmp_path):
    made = osm_file(tmp_path, way(1, [1, 2, 99, 3, 4], highway="path"))
    quality = import_osm(made, options=FRESH).quality
    assert (quality.edges, quality.components) == (2, 2)
    assert quality.defects["way points outside the extract (way cut there)"] == 1
    assert quality.examples["way points outside the extract (way cut there)"] == ("99",)


def test_stairs_one_way_on_foot_are_walked_both_ways_and_reported(tmp_path):
    made = osm_file(tmp_path, way(7, [1, 2], highway="steps", oneway_foot="yes"))
    quality = import_osm(made, options=FRESH).quality
    assert quality.examples["ways one-way on foot (walked both ways)"] == ("7",)


def test_a_file_without_walkable_ways_says_how_many_it_dropped(tmp_path):
    with pytest.raises(NetworkError) as caught:
        import_osm(osm_file(tmp_path, way(1, [1, 2], highway="motorway")), options=FRESH)
    assert str(caught.value) == (
        "the file holds no walkable way; 1 way was dropped by its tags\n"
        "  where: file made.osm\n"
        "  to do: check that the extract covers streets"
    )


def test_a_file_that_is_no_extract_is_refused(tmp_path):
    path = tmp_path / "seoul.osm.pbf"
    path.write_bytes(b"not a map at all, but long enough to be looked at")
    with pytest.raises(NetworkError, match="the file is not readable OpenStreetMap data"):
        import_osm(path, options=FRESH)


def test_every_class_is_on_one_side_only():
    assert not WALKABLE_HIGHWAY & NOT_WALKABLE_HIGHWAY
    assert all(why_not_walkable({"highway": one}) is None for one in WALKABLE_HIGHWAY)
    assert all(why_not_walkable({"highway": one}) == f"highway={one}" for one in NOT_WALKABLE_HIGHWAY)


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({"highway": "cycleway", "foot": "designated"}, None),
        ({"highway": "service", "access": "private", "foot": "yes"}, None),
        ({"highway": "construction", "foot": "yes"}, "highway=construction"),
        ({"highway": "pedestrian", "area": "yes"}, "area=yes"),
        ({"highway": "primary", "foot": "use_sidepath"}, "foot=use_sidepath"),
        ({"highway": "trunk", "motorroad": "yes"}, "motorroad=yes"),
        ({"highway": "road", "access": "no"}, "access=no"),
        ({"highway": "service", "tunnel": "yes"}, "highway=service underground"),
        ({"highway": "service", "layer": "-2"}, "highway=service underground"),
        ({"highway": "service", "layer": "-2", "foot": "yes"}, None),
        ({"highway": "footway", "tunnel": "yes", "layer": "-1"}, None),
        ({"highway": "['steps', 'footway']"}, None),
        ({"highway": "['footway', 'motorway']"}, "highway=motorway"),
        ({"highway": "never_heard_of"}, "highway=never_heard_of"),
        ({}, "no highway tag"),
    ],
)
def test_the_first_matching_rule_decides(tags, why):
    assert why_not_walkable(tags) == why


def test_lists_come_as_python_text_or_with_semicolons():
    assert split_values("['a', 'b']") == ("a", "b")
    assert split_values("a;b") == ("a", "b")
    assert split_values("['broken") == ("broken",)
    assert split_values("") == ()
