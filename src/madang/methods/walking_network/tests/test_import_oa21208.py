"""Seoul's official walking network: each of its known defects is mended or reported."""

from __future__ import annotations

import pytest

from madang.core.errors import NetworkError
from madang.methods.walking_network import ImportOptions, import_oa21208, import_streets

FRESH = ImportOptions(use_cache=False)
HEAD = (
    "노드링크 유형,노드 WKT,노드 ID,노드 유형 코드,링크 WKT,링크 ID,링크 유형 코드,시작노드 ID,종료노드 ID,"
    "링크 길이,시군구코드,시군구명,읍면동코드,읍면동명,고가도로,지하철네트워크,교량,터널,육교,횡단보도,공원녹지,건물내"
)
API = {"노드링크 유형": "NODE_TYPE", "노드 WKT": "NODE_WKT", "노드 ID": "NODE_ID", "링크 WKT": "LNKG_WKT"}
API |= {"링크 ID": "LNKG_ID", "링크 유형 코드": "LNKG_TYPE_CD", "시작노드 ID": "BGNG_LNKG_ID"}
API |= {"종료노드 ID": "END_LNKG_ID", "링크 길이": "LNKG_LEN", "시군구명": "SGG_NM"}


def place(number):
    return f"{127.0 + number / 1000:.4f} 37.5"


def node(number):
    return f'NODE,"POINT({place(number)})",{number},0,,,,,,,11380,은평구,1,불광동,,,,,,,,'


def link(number, start, end, kind="1111", length="88.4", gu="은평구", flags="0,0,0,0,0,0,0,0"):
    line = f"LINESTRING({place(start)}, {place(end)})"
    return f'LINK,,,,"{line}",{number},{kind},{start},{end},{length},11380,{gu},1,불광동,{flags}'


# 6 is an orphan; 4 has no node row; 102 is for vehicles only; 103 lies in a building, 104 in the subway.
ROWS = [
    *(node(one) for one in (1, 2, 3, 5, 6)),
    link(100, 1, 2, flags="1,0,0,0,0,0,0,0"),
    link(101, 2, 3, flags="1,0,0,0,0,1,0,0"),
    link(102, 1, 3, kind="0111", length="176.8"),
    link(103, 3, 4, gu="종로구", flags="0,0,0,0,0,0,0,1"),
    link(104, 4, 5, kind="1000", flags="0,1,0,0,0,0,0,0"),
]


@pytest.fixture
def file(tmp_path):
    return written(tmp_path, HEAD, ROWS)


def written(folder, head, rows, encoding="cp949"):
    path = folder / "서울시 자치구별 도보 네트워크 공간정보.csv"
    path.write_bytes("\n".join([head, *rows, ""]).encode(encoding))
    return path


def test_links_for_people_become_streets(file):
    quality = import_oa21208(file, options=FRESH).quality
    assert (quality.nodes, quality.edges, quality.components) == (5, 4, 1)
    assert quality.street_km == pytest.approx(4 * 0.0884, abs=0.001)


def test_links_without_people_are_dropped_although_the_zero_is_lost(file):
    assert import_oa21208(file, options=FRESH).quality.dropped == {"link type 0111 is not for people on foot": 1}


def test_an_end_without_a_node_row_is_rebuilt(file):
    network = import_oa21208(file, options=FRESH)
    what = "link ends without a node row (rebuilt from the link's shape)"
    assert network.quality.examples[what] == ("4",)
    here = network.node_id.tolist().index(4)
    assert (network.node_lon[here], network.node_lat[here]) == pytest.approx((127.004, 37.5))


def test_orphans_are_named(file):
    quality = import_oa21208(file, options=FRESH).quality
    assert quality.examples["nodes without an edge (dropped)"] == ("6",)


def test_elevated_flags_crowded_in_one_district_are_reported(file):
    defects = import_oa21208(file, options=FRESH).quality.defects
    assert defects["elevated-road flags in 은평구, over half of all: taken as wrong (links kept)"] == 2


def test_flags_are_counted(file):
    (note,) = import_oa21208(file, options=FRESH).quality.notes
    assert note == (
        "links flagged: elevated road 2, subway network 1, bridge 0, tunnel 0, footbridge 0, crossing 1, "
        "park or green 0, inside a building 1"
    )


def test_buildings_and_the_subway_can_be_left_out(file):
    quality = import_oa21208(file, indoor=False, subway=False, options=FRESH).quality
    assert quality.edges == 2
    assert quality.dropped["flagged inside a building"] == 1
    assert quality.dropped["flagged subway network"] == 1


def test_utf8_and_the_names_of_the_api_are_read_too(tmp_path):
    head = ",".join(API.get(name, name) for name in HEAD.split(","))
    network = import_oa21208(written(tmp_path, head, ROWS, "utf-8"), options=FRESH)
    assert network.quality.edges == 4


def test_a_csv_of_streets_is_taken_for_this_dataset(file):
    assert import_streets(file, options=FRESH).quality.importer == "oa21208 importer, version 3"


def test_a_length_that_contradicts_its_shape_is_replaced(tmp_path):
    rows = [*ROWS, link(105, 1, 5, length="20.0")]
    quality = import_oa21208(written(tmp_path, HEAD, rows), options=FRESH).quality
    assert quality.defects["stated length shorter than the straight line (shape's length taken)"] == 1


def test_a_missing_column_is_named(tmp_path):
    path = written(tmp_path, HEAD.replace("시작노드 ID", "시작"), ROWS)
    with pytest.raises(NetworkError) as caught:
        import_oa21208(path, options=FRESH)
    assert caught.value.what == "the table has no column for the node a link starts from"
    assert "column 시작노드 ID / 시작노드ID / BGNG_LNKG_ID" in caught.value.where


def test_nodes_alone_are_no_network(tmp_path):
    with pytest.raises(NetworkError) as caught:
        import_oa21208(written(tmp_path, HEAD, ROWS[:5]), options=FRESH)
    assert caught.value.what == "the network has no edges"


def test_a_node_twice_is_refused(tmp_path):
    with pytest.raises(NetworkError, match="1 node id occurs more than once"):
        import_oa21208(written(tmp_path, HEAD, [*ROWS, node(1)]), options=FRESH)


def test_swapped_coordinates_are_recognised(tmp_path):
    rows = [row.replace(f"POINT({place(2)})", "POINT(37.5 127.002)") for row in ROWS]
    with pytest.raises(NetworkError) as caught:
        import_oa21208(written(tmp_path, HEAD, rows), options=FRESH)
    assert caught.value.what == "longitude and latitude are swapped: a latitude beyond 90 degrees"
    assert "value (37.5, 127.002)" in caught.value.where


def test_a_file_in_neither_encoding_is_refused(tmp_path):
    path = written(tmp_path, HEAD, ROWS)
    path.write_bytes(path.read_bytes() + b"\xff\xff\xff")
    with pytest.raises(NetworkError) as caught:
        import_oa21208(path, options=FRESH)
    assert caught.value.what == "the text is in none of the encodings utf-8, cp949"
