"""Tables as people really write them: other delimiters, encodings and names; and what is said where none fits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import NetworkError, TableError
from madang.core.language import text
from madang.methods.walking_network import ImportOptions, WalkingNetwork, import_streets, import_tables
from madang.methods.walking_network.importers.columns import Columns, bare_name
from madang.methods.walking_network.importers.table_files import header_of, read_columns
from madang.methods.walking_network.quality import DataQuality, Findings

FRESH = ImportOptions(use_cache=False)
EDGES = [("u", "v", "length_m"), ("1", "2", "111.5"), ("2", "3", "112")]
NODES = [("node_id", "lon", "lat"), ("1", "127.0", "37.5"), ("2", "127.0", "37.501"), ("3", "127.0", "37.502")]
Rows = list[tuple[str, ...]]


def written(folder: Path, name: str, rows: Rows, mark: str = ",", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes("".join(f"{mark.join(row)}\n" for row in rows).encode(encoding))
    return path


def brought(folder: Path, edges: Rows, nodes: Rows, mark: str = ",", encoding: str = "utf-8") -> WalkingNetwork:
    made = [written(folder, name, rows, mark, encoding) for name, rows in (("e.csv", edges), ("n.csv", nodes))]
    return import_tables(*made, options=FRESH)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_a_table_is_the_same_whatever_parts_its_columns_and_however_it_is_encoded(
    tmp_path: Path, mark: str, encoding: str
) -> None:
    network = brought(tmp_path, EDGES, NODES, mark, encoding)
    assert (network.quality.nodes, network.quality.edges) == (3, 2)
    assert network.quality.street_km == pytest.approx(0.2235, abs=1e-3)


@pytest.mark.parametrize(
    ("ends", "places"),
    [
        (("FROM_NODE", "TO_NODE", "LENGTH"), ("NODE_ID", "X", "Y")),
        (("시작노드", "종료노드", "길이"), ("노드ID", "경도", "위도")),
        (("F_NODE", "T_NODE", "LEN"), ("NODE", "LNG", "LAT")),
        (("start_node_id", "end_node_id", "length (m)"), ("Node ID", "x_coord", "y-coord")),
        (("source", "target", "Distance [meters]"), ("id", "Longitude", "Latitude")),
    ],
)
def test_columns_are_known_by_the_names_people_give_them(
    tmp_path: Path, ends: tuple[str, ...], places: tuple[str, ...]
) -> None:
    network = brought(tmp_path, [ends, *EDGES[1:]], [places, *NODES[1:]])
    assert network.quality.street_km == pytest.approx(0.2235, abs=1e-3)


@pytest.mark.parametrize("name", ["length (km)", "length (ft)", "length_m (old)"])
def test_a_length_in_another_unit_is_another_column(name: str) -> None:
    assert bare_name(name) not in {"length", "length_m"}


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(blacklist_characters="\x00", blacklist_categories=("Cs",)), max_size=30))
def test_a_bare_name_is_its_own_bare_name_but_for_another_unit(name: str) -> None:
    once = bare_name(name)
    assert "  " not in once
    assert not set(once) & {"-", ".", "\t", "\n"}
    assert once == once.lower()


def test_a_decimal_comma_is_read_only_where_semicolons_part_the_columns(tmp_path: Path) -> None:
    rows = [("node_id", "lon", "lat"), ("1", "127,0", "37,5"), ("2", "127,0", "37,501")]
    table = read_columns(written(tmp_path, "n.csv", rows, ";"))
    np.testing.assert_array_equal(table.numbers("lat"), [37.5, 37.501])
    with pytest.raises(TableError, match="a value is not a number"):
        Columns("n.csv", table.table).numbers("lat")


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (("37,5", "1,234"), [37.5, 1.234]),
        (("0,123", "1,234"), [0.123, 1.234]),
        (("1,234", "2,345,678"), [1234, 2345678]),
        (("1,234", "2,345.5"), [1234, 2345.5]),
        (("12", ""), [12, np.nan]),
    ],
)
def test_what_a_comma_means_is_seen_from_the_whole_column(
    tmp_path: Path, cells: tuple[str, ...], numbers: list[float]
) -> None:
    table = read_columns(written(tmp_path, "p.csv", [("id", "people"), *zip("ab", cells, strict=True)], ";"))
    np.testing.assert_array_equal(table.numbers("people"), numbers)


def test_commas_that_may_part_thousands_or_decimals_are_refused(tmp_path: Path) -> None:
    rows = [("id", "people"), ("a", "12"), ("b", "1,234"), ("c", "2,345"), ("d", "1,234")]
    with pytest.raises(TableError) as caught:
        read_columns(written(tmp_path, "p.csv", rows, ";")).numbers("people")
    assert caught.value.what == "a comma may part thousands here, or decimals"
    assert caught.value.where == "file p.csv, row 3, column people, value '1,234'"


@pytest.mark.parametrize("cells", [("37,5", "2,345.5"), ("0,5", "1,234,567")])
def test_a_column_whose_commas_mean_both_is_refused(tmp_path: Path, cells: tuple[str, ...]) -> None:
    table = read_columns(written(tmp_path, "p.csv", [("id", "people"), *zip("ab", cells, strict=True)], ";"))
    with pytest.raises(TableError, match="a value is not a number"):
        table.numbers("people")


def test_nothing_is_grouped_behind_a_zero(tmp_path: Path) -> None:
    table = read_columns(written(tmp_path, "p.csv", [("id", "share"), ("a", '"0,123"')]))
    with pytest.raises(TableError, match="a value is not a number"):
        table.numbers("share")


@pytest.mark.parametrize("cells", [("1", "2"), ("1", "2", "3", "4")])
def test_a_row_with_more_or_fewer_cells_is_named_as_a_spreadsheet_counts(
    tmp_path: Path, cells: tuple[str, ...]
) -> None:
    with pytest.raises(TableError) as caught:
        read_columns(written(tmp_path, "e.csv", [*EDGES, cells]))
    assert caught.value.what == f"a row has {len(cells)} cells where the header has 3"
    assert caught.value.where == "file e.csv, row 4"
    assert caught.value.parts("ko")[1] == "파일 e.csv, 4행"


def test_a_row_is_named_rightly_below_a_cell_of_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text('u,v,name\n1,2,"two\nlines"\n2,3\n')
    with pytest.raises(TableError) as caught:
        read_columns(path)
    assert caught.value.where == "file e.csv, row 3"


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        read_columns(written(tmp_path, "e.csv", [("u", "v", "u"), ("1", "2", "3")]))
    assert caught.value.what == "the column 'u' stands there twice"


def test_ids_that_became_decimals_are_the_whole_numbers_they_were(tmp_path: Path) -> None:
    edges = [("u", "v"), ("1.0", "2.0"), ("2.0", "3.0")]
    assert brought(tmp_path, edges, NODES).quality.edges == 2


def test_a_csv_with_shapes_needs_no_nodes(tmp_path: Path) -> None:
    rows = [
        ("highway", "wkt"),
        ("path", "LINESTRING (127 37.5#127 37.501)"),
        ("motorway", "LINESTRING (127 37.5#128 38)"),
    ]
    path = tmp_path / "lines.csv"
    path.write_text("".join(f'{kind},"{shape.replace("#", ",")}"\n' for kind, shape in rows))
    quality = import_streets(path, options=FRESH).quality
    assert (quality.edges, quality.dropped) == (1, {"highway=motorway": 1})
    assert quality.importer.startswith("lines importer")


def test_edges_without_shapes_or_nodes_ask_for_the_table_of_nodes(tmp_path: Path) -> None:
    with pytest.raises(NetworkError) as caught:
        import_streets(written(tmp_path, "e.csv", EDGES), options=FRESH)
    assert caught.value.what == "the edges have no shape, and no table of nodes was given"
    assert caught.value.todo == "give the table of nodes, too: --option nodes=FILE"


def test_edges_whose_ends_are_no_nodes_say_so(tmp_path: Path) -> None:
    edges = [("u", "v", "highway"), ("8", "9", "path"), ("8", "9", "motorway")]
    with pytest.raises(NetworkError) as caught:
        brought(tmp_path, edges, NODES)
    assert caught.value.what == (
        "the network has no edges; 1 way was dropped by its tags; "
        "1 ends at a node that is not in the table of nodes, without a shape"
    )


def test_edges_that_all_end_where_they_start_are_no_network(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="no edge joins two nodes: each one ends at the node it starts from"):
        brought(tmp_path, [("u", "v", "length_m"), ("1", "1", "50"), ("2", "2", "50")], NODES)


def test_a_bad_coordinate_of_a_shape_names_the_row_of_its_edge(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text('highway,wkt\npath,"LINESTRING (127 37.5, 127 37.501)"\npath,"LINESTRING (127 37.5, 127 1e9)"\n')
    with pytest.raises(NetworkError, match="the coordinates are not degrees") as caught:
        import_streets(path, options=FRESH)
    assert caught.value.where == "file e.csv, row 3, value (127.0, 1000000000.0)"


@pytest.mark.parametrize("name", ["e.csv", "e.parquet", "e.graphml", "e.osm.pbf", "e.gpkg", "e.geojson"])
def test_an_empty_file_is_called_empty_in_both_languages(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(NetworkError) as caught:
        import_streets(tmp_path / name, options=FRESH)
    assert (caught.value.what, caught.value.parts("ko")[0]) == ("the file is empty", "빈 파일입니다")


def test_a_header_is_read_without_the_rest(tmp_path: Path) -> None:
    assert header_of(written(tmp_path, "e.csv", [("노드 ID", "X.Y")], ";", "cp949")) == ["노드_id", "x_y"]


def test_findings_keep_the_korean_beside_the_english() -> None:
    findings = Findings()
    findings.defect(text("길이 없는 길", "edges without length"), 2, ["a"])
    findings.defect(text("길이 없는 길", "edges without length"), 1, ["b"])
    findings.drop("highway=motorway")
    assert findings.defects == {"edges without length": 3}
    assert findings.examples == {"edges without length": ("a", "b")}
    assert findings.korean == {"edges without length": "길이 없는 길"}


def test_a_report_says_its_findings_in_both_languages_also_after_a_trip_through_json(tmp_path: Path) -> None:
    quality = brought(tmp_path, [*EDGES, ("1", "2", "111.5")], NODES).quality
    again = DataQuality.from_dict(quality.to_dict())
    (what,) = again.defects
    assert again.words(what).ko == "두 번 적힌 길, 양방향이거나 되풀이(하나만 둠)"
    assert again.words("highway=motorway") == text("highway=motorway", "highway=motorway")
    old = {key: value for key, value in quality.to_dict().items() if key != "korean"}
    assert DataQuality.from_dict(old).words(what).ko == what


def test_arrows_threads_hold_no_function_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is let go of after the program's end aborts the process, whatever the command had answered."""
    held: list[tuple[bool, bool]] = []
    read = pa_csv.read_csv

    def watched(path: Path, options: pa_csv.ReadOptions, parse: pa_csv.ParseOptions) -> pa.Table:
        held.append((options.use_threads, parse.invalid_row_handler is not None))
        return read(path, options, parse)

    monkeypatch.setattr("madang.methods.walking_network.importers.table_files.pa_csv.read_csv", watched)
    read_columns(written(tmp_path, "good.csv", EDGES))
    with pytest.raises(TableError, match="a row has 2 cells where the header has 3"):
        read_columns(written(tmp_path, "uneven.csv", [*EDGES, ("3", "4")]))
    assert held
    assert (True, True) not in held
