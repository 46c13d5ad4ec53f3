"""Street files with a fault: the first one is named by file, row, column and value; nothing is guessed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.errors import MadangError, NetworkError, TableError
from madang.methods.walking_network import ImportOptions, import_graphml, import_lines, import_streets, import_tables
from madang.methods.walking_network.importers.columns import Columns
from madang.methods.walking_network.store import load_network, save_network

FRESH = ImportOptions(use_cache=False)
NODES = "node_id,lon,lat\n1,127.0,37.5\n2,127.0,37.501\n3,127.0,37.502\n"
GRAPH = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="x" for="node" attr.name="x" attr.type="string"/><key id="y" for="node" attr.name="y" attr.type="string"/>
<key id="l" for="edge" attr.name="length" attr.type="string"/>
<key id="g" for="edge" attr.name="geometry" attr.type="string"/>
<graph edgedefault="directed">
<node id="1"><data key="x">127.0</data><data key="y">37.5</data></node>
<node id="2"><data key="x">{x}</data><data key="y">37.501</data></node>
<edge source="1" target="2"><data key="l">{length}</data><data key="g">{shape}</data></edge>
</graph></graphml>"""


def _tables(folder: Path, edges: str, nodes: str = NODES) -> tuple[Path, Path]:
    (folder / "nodes.csv").write_text(nodes, "utf-8")
    (folder / "edges.csv").write_text(edges, "utf-8")
    return folder / "edges.csv", folder / "nodes.csv"


def _column(*values: object) -> Columns:
    return Columns("t.csv", pa.table({"length": pa.array([None if v is None else str(v) for v in values])}))


@pytest.mark.parametrize("cell", ["1,5", "12,34", "1.234,5", "1 234", "many"])
def test_a_length_in_another_writing_is_named_and_never_taken_for_ten_times_as_much(tmp_path: Path, cell: str) -> None:
    with pytest.raises(TableError) as caught:
        import_tables(*_tables(tmp_path, f'u,v,length\n1,2,100\n2,3,"{cell}"\n'), options=FRESH)
    assert caught.value.what == "a value is not a number"
    assert caught.value.where == f"file edges.csv, row 3, column length, value {cell!r}"
    assert caught.value.todo == "correct it or leave it empty"


@given(st.integers(-(10**9), 10**9))
def test_thousands_grouped_by_commas_are_the_number_itself(number: int) -> None:
    assert _column("x" if number is None else f"{number:,}", None).numbers("length")[0] == number


def test_an_empty_cell_is_unknown_and_not_zero() -> None:
    found = _column("1,234.5", None, " ", "7").numbers("length")
    np.testing.assert_array_equal(found, [1234.5, np.nan, np.nan, 7.0])


@pytest.mark.parametrize(
    ("length", "shape", "x", "says"),
    [
        ("long", "", "127.0", "a value of edge 1-2 is not a number"),
        ("111", "", "east", "a value of node 2 is not a number"),
        ("111", "LINE (1", "127.0", "a shape cannot be read"),
    ],
)
def test_a_graph_with_a_value_that_cannot_be_read_names_its_owner(
    tmp_path: Path, length: str, shape: str, x: str, says: str
) -> None:
    path = tmp_path / "made.graphml"
    path.write_text(GRAPH.format(length=length, shape=shape, x=x), "utf-8")
    with pytest.raises(TableError) as caught:
        import_graphml(path, options=FRESH)
    assert says.split(" of ")[0] in caught.value.what
    assert str(caught.value.where).startswith("file made.graphml, column ")


def test_a_row_without_an_id_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        import_tables(*_tables(tmp_path, "u,v\n1,2\n2,\n"), options=FRESH)
    assert (caught.value.what, caught.value.where) == ("an id is missing", "file edges.csv, row 3, column v")


def test_a_shape_that_is_no_shape_names_its_column(tmp_path: Path) -> None:
    path = tmp_path / "lines.parquet"
    pq.write_table(pa.table({"geometry": ["LINESTRING (127 37.5, 127", "x"]}), path)
    with pytest.raises(TableError, match="a shape cannot be read") as caught:
        import_lines(path, options=FRESH)
    assert caught.value.where == "file lines.parquet, row 2, column geometry, value 'LINESTRING (127 37.5, 127'"


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp", "a.parquet", "a.graphml", "a.osm.pbf", "a.csv"])
@pytest.mark.parametrize("body", [b"", b"\x89PNG\r\n\x1a\n", b"<!doctype html><p>log in</p>"])
def test_a_file_that_is_not_what_its_name_says_is_an_error_of_the_family(
    tmp_path: Path, name: str, body: bytes
) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(MadangError) as caught:
        import_streets(tmp_path / name, options=FRESH)
    assert caught.value.exit_code == 3
    assert name in str(caught.value)


def test_a_file_nobody_knows_lists_the_endings_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "a.dwg").write_bytes(b"x")
    with pytest.raises(NetworkError, match=r"files ending in '\.dwg' are not known as streets") as caught:
        import_streets(tmp_path / "a.dwg", options=FRESH)
    assert ".graphml" in str(caught.value.todo)


@pytest.mark.parametrize("kept", [None, 1, 100])
def test_a_network_cut_short_in_the_cache_is_read_anew(tmp_path: Path, kept: int | None) -> None:
    network = import_tables(*_tables(tmp_path, "u,v\n1,2\n2,3\n"), options=FRESH)
    path = tmp_path / "n.npz"
    if kept is not None:
        save_network(network, path)
        path.write_bytes(path.read_bytes()[:kept])
    assert load_network(path) is None


def test_a_network_that_cannot_be_kept_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = import_tables(*_tables(tmp_path, "u,v\n1,2\n2,3\n"), options=FRESH)
    folder = tmp_path / "kept"

    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        save_network(network, folder / "n.npz")
    assert list(folder.iterdir()) == []
