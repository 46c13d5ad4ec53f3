"""A file that cannot be read says in both languages what it is instead, or where it breaks."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import osmium
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from madang.core.errors import NetworkError, TableError
from madang.methods.walking_network.importers.contents import _broken_block
from madang.methods.walking_network.importers.graphml import read_graphml
from madang.methods.walking_network.importers.lines import read_lines
from madang.methods.walking_network.importers.osm_pbf import read_osm_pbf
from madang.methods.walking_network.importers.tables import read_tables

HANGUL = re.compile("[가-힣]")


def refused(read, path: Path) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        read(path)
    assert HANGUL.search(caught.value.parts("ko").where or "")
    assert HANGUL.search(caught.value.parts("ko").what)
    assert HANGUL.search(caught.value.parts("ko").todo or "")
    return caught.value


@pytest.fixture(scope="module")
def extract(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("osm") / "small.osm.pbf"
    writer = osmium.SimpleWriter(str(path))
    for at in range(1, 50):
        writer.add_node(osmium.osm.mutable.Node(id=at, location=(10 + at / 1000, 50.0), version=1))
    writer.add_way(osmium.osm.mutable.Way(id=1, nodes=list(range(1, 50)), tags={"highway": "path"}, version=1))
    writer.close()
    return path.read_bytes()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0.1, 0.98))
def test_an_extract_that_breaks_off_says_in_which_block(extract, tmp_path, share):
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(extract[: int(len(extract) * share)])
    # An extract that ends between two blocks is whole by its format: nothing there says that more was to come.
    assume(_broken_block(path) is not None)
    error = refused(read_osm_pbf, path)
    assert error.what == "the file is not readable OpenStreetMap data: it breaks off"
    at = re.fullmatch(r"file cut\.osm\.pbf, block (\d+), from byte ([\d,]+)", error.where or "")
    assert at is not None
    assert int(at[2].replace(",", "")) <= len(extract) * share
    assert error.todo == "download it again"


@pytest.mark.parametrize("bytes_of_the_next", [1, 2, 3])
def test_an_extract_that_ends_in_the_first_bytes_of_a_block_is_not_taken_for_whole(
    extract, tmp_path, bytes_of_the_next
):
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(extract + bytes(bytes_of_the_next))
    assert "it breaks off" in refused(read_osm_pbf, path).what


def test_an_extract_with_a_damaged_block_says_so(extract, tmp_path):
    path = tmp_path / "damaged.osm.pbf"
    path.write_bytes(extract[:-12] + bytes(12))
    error = refused(read_osm_pbf, path)
    assert "a block is damaged" in error.what
    assert "블록 하나가 망가졌습니다" in error.parts("ko").what


@pytest.mark.parametrize(
    ("read", "name"),
    [(read_osm_pbf, "a.osm.pbf"), (read_graphml, "a.graphml"), (read_lines, "a.gpkg"), (read_lines, "a.parquet")],
)
def test_an_archive_given_instead_is_called_one(tmp_path, read, name):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inside", "x")
    error = refused(read, path)
    assert error.what.endswith("it is a zip archive")
    assert error.parts("ko").what.endswith("내용은 zip 묶음입니다")
    assert error.todo == "unpack it first"


def test_a_web_page_given_instead_is_called_one(tmp_path):
    path = tmp_path / "a.osm.pbf"
    path.write_text("\n<!DOCTYPE html><html>not found</html>", "utf-8")
    assert refused(read_osm_pbf, path).what.endswith("it is a web page (HTML)")


@pytest.mark.parametrize(
    ("body", "says", "row"),
    [
        ("<graphml>\n<graph>\n</graphml>", "a tag is closed by another", 3),
        ("<graphml>\n<graph>", "the file breaks off", 2),
        ("1,2,3", "its XML is broken", 1),
    ],
)
def test_a_graph_that_breaks_names_the_line(tmp_path, body, says, row):
    path = tmp_path / "a.graphml"
    path.write_text(body, "utf-8")
    error = refused(read_graphml, path)
    assert says in error.what
    assert error.where == f"file a.graphml, row {row}"


def test_an_osm_file_that_breaks_names_the_line(tmp_path):
    path = tmp_path / "a.osm"
    path.write_text("<?xml version='1.0'?>\n<osm version='0.6'>\n<node id='1' lat='1' lon='1'>\n</osm>\n", "utf-8")
    assert refused(read_osm_pbf, path).where == "file a.osm, row 4"


@pytest.mark.parametrize(("length", "says"), [("-3", "a negative length"), ("inf", "an infinite length")])
def test_a_length_nobody_can_walk_is_refused_in_its_row(tmp_path, length, says):
    nodes, edges = tmp_path / "nodes.csv", tmp_path / "edges.csv"
    nodes.write_text("node_id,lon,lat\na,127.0,37.5\nb,127.001,37.5\n", "utf-8")
    edges.write_text(f"u,v,length_m\na,b,{length}\n", "utf-8")
    with pytest.raises(TableError, match=f"1 edge has {says}") as caught:
        read_tables(edges, nodes=nodes)
    assert caught.value.where == f"file edges.csv, row 2, column length_m, value {float(length)}"
