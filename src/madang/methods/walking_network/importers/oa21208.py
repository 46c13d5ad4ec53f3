"""Seoul's official walking network, dataset OA-21208 (API TbTraficWlkNet): nodes and links in one CSV."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from madang.core.errors import NetworkError, Where
from madang.core.language import Text, text
from madang.core.progress import Progress, silent
from madang.methods.walking_network.importers.columns import FIRST_ROW, Columns, bare_name
from madang.methods.walking_network.importers.ends import NodeTable, streets_from_links
from madang.methods.walking_network.importers.table_files import header_of, read_columns
from madang.methods.walking_network.projection import check_degrees
from madang.methods.walking_network.quality import Findings
from madang.methods.walking_network.streets import Streets

# Each field under the name in the downloaded file (cp949) and under the name in the API.
FIELDS = {
    "kind": ("노드링크 유형", "노드링크유형", "NODE_TYPE"),
    "node_wkt": ("노드 WKT", "노드WKT", "NODE_WKT"),
    "node_id": ("노드 ID", "노드ID", "NODE_ID"),
    "link_wkt": ("링크 WKT", "링크WKT", "LNKG_WKT"),
    "link_id": ("링크 ID", "링크ID", "LNKG_ID"),
    "link_type": ("링크 유형 코드", "링크유형코드", "LNKG_TYPE_CD"),
    "start": ("시작노드 ID", "시작노드ID", "BGNG_LNKG_ID"),
    "end": ("종료노드 ID", "종료노드ID", "END_LNKG_ID"),
    "length_m": ("링크 길이", "링크길이", "LNKG_LEN"),
}
_TITLES = {
    "kind": text("행의 종류(NODE, LINK)", "kind of a row, NODE or LINK"),
    "node_wkt": text("마디의 자리(WKT)", "place of a node, as WKT"),
    "node_id": text("마디 번호", "id of a node"),
    "link_wkt": text("길의 모양(WKT)", "shape of a link, as WKT"),
    "link_id": text("길 번호", "id of a link"),
    "link_type": text("길의 유형", "type of a link"),
    "start": text("길이 시작하는 마디", "node a link starts from"),
    "end": text("길이 끝나는 마디", "node a link ends at"),
    "length_m": text("길의 길이", "length of a link"),
}
DISTRICT = ("시군구명", "시군구 명", "SGG_NM")
FLAGS = {
    "elevated road": ("고가도로", "EXPN_CAR_RD", "OVRP"),
    "subway network": ("지하철네트워크", "지하철 네트워크", "SBWY_NTW"),
    "bridge": ("교량", "BRG"),
    "tunnel": ("터널", "TNL"),
    "footbridge": ("육교", "OVRP_BRG"),
    "crossing": ("횡단보도", "CRSWK"),
    "park or green": ("공원녹지", "공원 녹지", "PARK"),
    "inside a building": ("건물내", "건물 내", "BLDG"),
}
# One district of twenty-five holding over half of the elevated-road flags is an error of entry, not a city.
_FLAG_SHARE_MAX = 0.5


def is_oa21208(path: Path) -> bool:
    """Tell whether a CSV is one of this dataset, by the column that parts nodes from links.

    Raises NetworkError where it is empty or in no known encoding.
    """
    kinds = {bare_name(name) for name in FIELDS["kind"]}
    return not kinds.isdisjoint(header_of(path))


def read_oa21208(path: Path, progress: Progress = silent, *, indoor: bool = True, subway: bool = True) -> Streets:
    """Return the walkable links of an OA-21208 file (cp949 or UTF-8; Korean or API column names).

    A link type is four digits: people, vehicles, bicycles, personal mobility; people walk where the first is 1.
    ``indoor`` and ``subway`` say whether links inside buildings and in the subway's network are taken.

    Raises NetworkError where a column is missing, a node id occurs twice or a shape is not in degrees.
    """
    progress(0.0, f"reading {path.name}")
    table = read_columns(path, encodings=("utf-8", "cp949"))
    columns = {field: table.need(names, _TITLES[field]) for field, names in FIELDS.items()}
    kind = np.array([said.strip().upper() for said in table.texts(columns["kind"])])
    is_node, is_link = kind == "NODE", kind == "LINK"
    findings = Findings()
    findings.defect(
        text("NODE도 LINK도 아닌 행(뺌)", "rows that are neither NODE nor LINK (dropped)"),
        int((~is_node & ~is_link).sum()),
    )
    if not is_link.any():
        raise NetworkError(
            text("길이 하나도 없습니다", "the network has no edges"),
            Where(file=path.name, column=columns["kind"]),
            text("NODE와 LINK가 함께 든 파일을 주십시오", "give the file with rows of both kinds, NODE and LINK"),
        )
    progress(0.4, "reading nodes")
    nodes = _nodes(table, columns, np.flatnonzero(is_node))
    progress(0.6, "reading links")
    links = _walkable_links(table, columns, np.flatnonzero(is_link), findings, indoor, subway)
    shapes = _shapes(table, columns["link_wkt"], links)
    return streets_from_links(
        path.name,
        nodes,
        _ids(table, columns["start"], links),
        _ids(table, columns["end"], links),
        table.numbers(columns["length_m"])[links],
        shapes,
        findings,
    )


def _nodes(table: Columns, columns: dict[str, str], rows: NDArray[np.int64]) -> NodeTable:
    """Return the node rows."""
    points = _shapes(table, columns["node_wkt"], rows)
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    check_degrees(lon, lat, table.file, rows + FIRST_ROW)
    ids = _ids(table, columns["node_id"], rows)
    return NodeTable(ids, lon, lat, file=table.file, row=rows + FIRST_ROW)


def _walkable_links(
    table: Columns,
    columns: dict[str, str],
    rows: NDArray[np.int64],
    findings: Findings,
    indoor: bool,
    subway: bool,
) -> NDArray[np.int64]:
    """Return the rows of links that people may walk; count the others and what the flags say."""
    codes = table.table[columns["link_type"]].take(rows).to_pylist()
    # Read as numbers, the codes lose their leading zeros: 0111 is a link for all but people.
    types = [str(code).split(".")[0].zfill(4) for code in codes]
    for code, count in zip(*np.unique([one for one in types if one[0] != "1"], return_counts=True), strict=True):
        findings.drop(
            text(f"링크 유형 {code}은 사람이 걷는 길이 아님", f"link type {code} is not for people on foot"), int(count)
        )
    walkable = rows[np.array([one[0] == "1" for one in types], dtype=np.bool_)]
    flags = {name: _flag(table, names, walkable) for name, names in FLAGS.items()}
    _judge_elevated(table, walkable, flags["elevated road"], findings)
    findings.note(_flagged(flags))
    dropped = np.zeros(len(walkable), dtype=np.bool_)
    for name, keep in (("inside a building", indoor), ("subway network", subway)):
        if not keep:
            findings.drop(text(f"{FLAGS[name][0]} 표시", f"flagged {name}"), int((flags[name] & ~dropped).sum()))
            dropped |= flags[name]
    return np.asarray(walkable[~dropped])


def _flagged(flags: Mapping[str, NDArray[np.bool_]]) -> Text:
    """Return how many links bear each flag."""
    counts = {name: f"{int(flag.sum()):,}" for name, flag in flags.items()}
    return text(
        "표시된 길: " + ", ".join(f"{FLAGS[name][0]} {count}" for name, count in counts.items()),
        "links flagged: " + ", ".join(f"{name} {count}" for name, count in counts.items()),
    )


def _flag(table: Columns, names: tuple[str, ...], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return a column of 0 and 1 (or Y and N) as truth (k,); all false where there is no such column."""
    name = table.find(names)
    if name is None:
        return np.zeros(len(rows), dtype=np.bool_)
    values = table.table[name].take(rows).to_pylist()
    return np.array([str(one).strip().upper() in ("1", "1.0", "Y", "TRUE") for one in values], dtype=np.bool_)


def _judge_elevated(table: Columns, rows: NDArray[np.int64], flag: NDArray[np.bool_], findings: Findings) -> None:
    """Report a district that holds most of the elevated-road flags; nothing is decided by that flag."""
    name = table.find(DISTRICT)
    if name is None or not flag.any():
        return
    district = np.array([str(one) for one in table.table[name].take(rows).to_pylist()])
    names, counts = np.unique(district[flag], return_counts=True)
    most = int(np.argmax(counts))
    if len(np.unique(district)) > 1 and counts[most] > _FLAG_SHARE_MAX * flag.sum():
        what = text(
            f"{names[most]}의 고가도로 표시, 모두의 절반이 넘음: 틀린 것으로 봄(길은 둠)",
            f"elevated-road flags in {names[most]}, over half of all: taken as wrong (links kept)",
        )
        findings.defect(what, int(counts[most]))


def _ids(table: Columns, name: str, rows: NDArray[np.int64]) -> NDArray[Any]:
    """Return a column of ids at ``rows``: whole numbers, although empty cells made them decimals."""
    values = table.numbers(name)[rows]
    if not np.isfinite(values).all():
        row = int(rows[np.argmax(~np.isfinite(values))])
        here = Where(file=table.file, row=row + FIRST_ROW, column=name)
        todo = text("모든 마디와 길의 양 끝에 번호를 주십시오", "give every node and every end of a link an id")
        raise NetworkError(text("번호가 비었습니다", "an id is missing"), here, todo)
    return values.astype(np.int64)


def _shapes(table: Columns, name: str, rows: NDArray[np.int64]) -> NDArray[Any]:
    """Return a WKT column at ``rows`` as geometries; what cannot be read counts as missing."""
    texts = [said or None for said in table.table[name].take(rows).to_pylist()]
    shapes = np.asarray(shapely.from_wkt(np.array(texts, dtype=object), on_invalid="ignore"))
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    check_degrees(coordinates[:, 0], coordinates[:, 1], table.file, rows[owner] + FIRST_ROW)
    return shapes
