"""Streets, demand and sites from files of any common form, and all of them from one OpenStreetMap extract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from madang.core.errors import TableError, UnknownName, UsageError, Where
from madang.core.importing import (
    FactGiven,
    Importer,
    ImportOption,
    ImportReport,
    ImportRequest,
    QualityRow,
    QualityState,
)
from madang.core.language import Text, text
from madang.core.progress import Progress, part_of
from madang.core.sources import Source, sha256_of
from madang.methods.walking_network import DataQuality, Streets, WalkingNetwork, build_network, snap
from madang.methods.walking_network.importers.columns import FIRST_ROW
from madang.methods.walking_network.importers.graphml import read_graphml
from madang.methods.walking_network.importers.lines import read_lines
from madang.methods.walking_network.importers.oa21208 import read_oa21208
from madang.methods.walking_network.importers.osm_pbf import read_osm_pbf
from madang.methods.walking_network.importers.tables import read_tables
from madang.methods.walking_network.importing import SUFFIXES, kind_of
from madang.methods.walking_network.streets import check_joined
from madang.solutions.ev_charging.access import CLASSES
from madang.solutions.ev_charging.osm_places import read_places
from madang.solutions.ev_charging.point_files import TAKES, Points, read_points
from madang.solutions.ev_charging.streets import network_of, tables_of

_OSM = (".osm.pbf", ".pbf", ".osm")
_UNITS = ("person", "household", "vehicle", "address")
_STATUS = {"existing": "있음", "candidate": "후보", "forced": "반드시", "forbidden": "안 됨"}
_SAID = {"class": "장소의 종류", "status": "상태"}
_DEMAND, _SITES = text("수요 지점", "demand points"), text("자리", "sites")
WEIGHT_NAMES = (
    "weight", "population", "people", "persons", "residents", "households", "vehicles",
    "무게", "가중치", "인구", "인구수", "주민", "주민수", "사람", "세대", "세대수", "차량", "차량수",
)  # fmt: skip
AREA_NAMES = (
    "area", "district", "zone", "gu", "dong", "구역", "자치구", "시군구", "시군구명", "행정동", "행정동명", "구", "동",
)  # fmt: skip
CLASS_NAMES = ("class", "class_en", "kind", "place_class", "종류", "장소종류", "구분")
_SNAP_M = 200.0
#: What the weights count does not change with the day asked.
_ALWAYS = date(1900, 1, 1)
_SOURCE_OPTIONS = (
    ImportOption("who", text("누가 낸 자료인지", "the body the data come from")),
    ImportOption("title", text("자료의 이름", "the data's name; the file's name where it is left out")),
    ImportOption("url", text("주소", "its address")),
    ImportOption("licence", text("이용 조건", "its licence, as stated there")),
)
_PLACE_OPTIONS = (
    ImportOption("crs", text("좌표계, 예: EPSG:5179", "coordinate system, such as EPSG:5179; degrees without")),
    ImportOption("layer", text("여러 층 가운데 이름", "the layer, where the file has several")),
)


def import_streets(request: ImportRequest, progress: Progress) -> ImportReport:
    """Return street_nodes and street_edges of a file of streets of any kind that walking networks are read from."""
    streets = _streets(request, part_of(progress, 0.0, 0.6))
    check_joined(streets)
    network = build_network(streets, importer="streets", progress=part_of(progress, 0.6, 0.95))
    nodes, edges = tables_of(streets)
    return ImportReport(
        tables={"street_nodes": nodes, "street_edges": edges},
        source=_source(request),
        quality=_network_rows(network.quality),
        warnings=_pieces(network.quality),
        details={"network": network.quality.to_dict()},
    )


def import_demand(request: ImportRequest, progress: Progress) -> ImportReport:
    """Return the demand table of a file of points: id, lon, lat, weight, area."""
    points = read_points(request.path, crs=_said(request, "crs"), layer=_said(request, "layer"))
    weight = points.numbers(WEIGHT_NAMES)
    warnings: list[Text] = []
    if weight is None:
        warnings.append(
            text("무게 열이 없어 지점마다 1로 셉니다.", "there is no column of weights: each point counts 1")
        )
        weight = np.ones(len(points))
    blank = text("비었습니다", "is empty")
    points.refuse(
        np.isnan(weight),
        "weight",
        weight,
        blank,
        text("채우십시오. 모르는 것은 0이 아닙니다", "fill it; an unknown is not zero"),
    )
    if not weight.sum() > 0:
        raise TableError(
            text("무게의 합이 0입니다", "the weights add to nothing"),
            Where(request.path.name, column="weight"),
            text("사람이나 차량의 수를 주십시오", "give people or vehicles"),
        )
    frame = pl.DataFrame(
        {
            "id": points.ids,
            "lon": points.lon,
            "lat": points.lat,
            "weight": weight,
            "area": pl.Series(points.texts(AREA_NAMES) or [None] * len(points), dtype=pl.String),
        }
    )
    rows = [QualityRow(text("수요 지점", "demand points"), len(points))]
    rows += _on_streets(request, frame, _DEMAND, part_of(progress, 0.5, 1.0))
    fact = FactGiven(text("수요가 세는 것", "What the demand counts"), "1", request.options["unit"], _ALWAYS)
    return ImportReport({"demand": frame}, _source(request), rows, warnings, {"demand_unit": fact})


def import_sites(request: ImportRequest, progress: Progress) -> ImportReport:
    """Return the sites table of a file of points: id, place, class, status, cost, ports and room."""
    points = read_points(request.path, crs=_said(request, "crs"), layer=_said(request, "layer"))
    warnings: list[Text] = []
    kind = points.texts(CLASS_NAMES)
    if kind is None:
        kind = [request.options["class"]] * len(points)
        said = request.options["class"]
        warnings.append(
            text(f"장소의 종류 열이 없어 모두 {said}로 봅니다.", f"there is no column class: all are taken as {said}")
        )
    status = points.texts(("status", "state", "상태")) or [request.options["status"]] * len(points)
    cost = points.numbers(("cost", "cost_won", "price", "비용", "설치비"))
    if cost is None:
        warnings.append(text("비용 열이 없어 자리마다 1로 셉니다.", "there is no column cost: each site counts 1"))
    frame = pl.DataFrame(
        {
            "id": points.ids,
            "lon": points.lon,
            "lat": points.lat,
            "class": _words(points, kind, "class", CLASSES, request.options["class"]),
            "status": _words(points, status, "status", tuple(_STATUS), request.options["status"]),
            "cost": _optional(cost, len(points)),
            "fast_ports": _counted(points, ("fast_ports", "fast", "급속", "급속충전기")),
            "slow_ports": _counted(points, ("slow_ports", "slow", "완속", "완속충전기")),
            "ports_max": _counted(points, ("ports_max", "capacity", "room", "한도")),
            "name": pl.Series(
                points.texts(("name", "place", "title", "이름", "명칭", "장소")) or [None] * len(points),
                dtype=pl.String,
            ),
        }
    )
    rows = [
        QualityRow(text(f"자리: {_STATUS[said]}", f"sites: {said}"), count) for said, count in _counts(frame["status"])
    ]
    rows += _on_streets(request, frame, _SITES, part_of(progress, 0.5, 1.0))
    return ImportReport({"sites": frame}, _source(request), rows, warnings)


def import_osm(request: ImportRequest, progress: Progress) -> ImportReport:
    """Return all four tables of an OpenStreetMap extract: walkable ways, addresses, car parks and homes as sites."""
    streets = read_osm_pbf(request.path, part_of(progress, 0.0, 0.4))
    network = build_network(streets, importer="osm", progress=part_of(progress, 0.4, 0.6))
    places = read_places(request.path, part_of(progress, 0.6, 0.9))
    nodes, edges = tables_of(streets)
    tables = {"street_nodes": nodes, "street_edges": edges}
    tables |= {name: frame for name, frame in (("demand", places.demand), ("sites", places.sites)) if frame.height}
    rows = [*_network_rows(network.quality), *_places_rows(places.counts)]
    for name, what in (("demand", _DEMAND), ("sites", _SITES)):
        if name in tables:
            rows += _snap_rows(network, tables[name], what)
    source = _source(request, who="OpenStreetMap contributors", licence="ODbL 1.0")
    return ImportReport(
        tables=tables,
        source=source,
        quality=rows,
        warnings=[*_pieces(network.quality), *_missing(tables)],
        facts={"demand_unit": FactGiven(text("수요가 세는 것", "What the demand counts"), "1", "address", _ALWAYS)},
        details={"network": network.quality.to_dict(), "places": dict(places.counts)},
    )


IMPORTERS = (
    Importer(
        name="streets",
        title=text("거리: 도보망", "Streets: the walking network"),
        takes=(*_OSM, *(ending for ending in SUFFIXES if ending not in _OSM), ".csv"),
        writes=("street_nodes", "street_edges"),
        run=import_streets,
        options=(
            ImportOption(
                "nodes", text("마디 표의 파일(표 두 장일 때)", "the table of nodes, where the streets are two tables")
            ),
            ImportOption(
                "all_ways",
                text("태그와 상관없이 모든 길을 쓸지", "take every way whatever its tags"),
                "no",
                ("yes", "no"),
            ),
            *_PLACE_OPTIONS,
            *_SOURCE_OPTIONS,
        ),
    ),
    Importer(
        name="demand",
        title=text("수요: 충전기가 가까이 있어야 하는 곳", "Demand: places that should have a charger near"),
        takes=TAKES,
        writes=("demand",),
        run=import_demand,
        options=(
            ImportOption("unit", text("무게가 세는 것", "what the weights count"), "person", _UNITS),
            *_PLACE_OPTIONS,
            *_SOURCE_OPTIONS,
        ),
    ),
    Importer(
        name="sites",
        title=text("자리: 충전소와 후보", "Sites: charging stations and candidates"),
        takes=TAKES,
        writes=("sites",),
        run=import_sites,
        options=(
            ImportOption(
                "class", text("종류 열이 없을 때의 종류", "class where the file names none"), "public", CLASSES
            ),
            ImportOption(
                "status",
                text("상태 열이 없을 때의 상태", "status where the file names none"),
                "candidate",
                tuple(_STATUS),
            ),
            *_PLACE_OPTIONS,
            *_SOURCE_OPTIONS,
        ),
    ),
    Importer(
        name="osm",
        title=text("모두: OpenStreetMap 추출 파일", "Everything: an OpenStreetMap extract"),
        takes=_OSM,
        writes=("street_nodes", "street_edges", "demand", "sites"),
        run=import_osm,
        options=_SOURCE_OPTIONS,
    ),
)


def _streets(request: ImportRequest, progress: Progress) -> Streets:
    """Return the streets of a file, told by its ending; a CSV alone by its header."""
    path, nodes = request.path, _said(request, "nodes")
    every, crs = request.options["all_ways"] == "yes", _said(request, "crs")
    if nodes is not None:
        beside = Path(nodes)
        if not beside.is_file():
            todo = text("nodes= 뒤의 경로를 살펴보십시오", "check the path after nodes=")
            raise UsageError(text("마디의 표가 없습니다", "the table of nodes does not exist"), Where(beside), todo)
        return read_tables(path, progress, nodes=beside, crs=crs, all_ways=every)
    kind = kind_of(path)
    if kind == "osm":
        return read_osm_pbf(path, progress)
    if kind == "graphml":
        return read_graphml(path, progress, crs=crs, all_ways=every)
    if kind == "lines":
        return read_lines(path, progress, crs=crs, layer=_said(request, "layer"), all_ways=every)
    return read_oa21208(path, progress)


def _said(request: ImportRequest, option: str) -> str | None:
    """Return an option's words, or None where nothing was said."""
    return request.options.get(option) or None


def _source(request: ImportRequest, who: str = "", licence: str = "not stated") -> Source:
    """Return the origin card of a file: what was said of it, its name and its hash."""
    return Source(
        who=_said(request, "who") or who or "the file's owner, not named at the import",
        title=_said(request, "title") or request.path.name,
        url=_said(request, "url"),
        read=request.today,
        licence=_said(request, "licence") or licence,
        sha256=sha256_of(request.path),
    )


def _network_rows(quality: DataQuality) -> list[QualityRow]:
    """Return the walking network's report as rows."""
    rows = [
        QualityRow(text("마디", "nodes"), quality.nodes),
        QualityRow(text("길", "streets"), quality.edges),
        QualityRow(text("길의 길이(km)", "length of the streets in km"), round(quality.street_km)),
        QualityRow(
            text("서로 떨어진 조각", "pieces apart from each other"), quality.components, _more_than_one(quality)
        ),
    ]
    rows += [
        QualityRow(text(f"뺀 길: {quality.words(why).ko}", f"ways left out: {why}"), count, "dropped")
        for why, count in _by_count(quality.dropped)
    ]
    return rows + [
        QualityRow(
            text(f"발견: {quality.words(what).ko}", f"found: {what}"), count, "mended", quality.examples.get(what, ())
        )
        for what, count in _by_count(quality.defects)
    ]


def _more_than_one(quality: DataQuality) -> QualityState:
    """Return the state of a network's pieces."""
    return "warning" if quality.largest_component_share < 0.98 else "ok"


def _pieces(quality: DataQuality) -> list[Text]:
    """Return the warning that streets fall into pieces, where they do."""
    share = quality.largest_component_share
    if share >= 0.98:
        return []
    return [
        text(
            f"가장 큰 조각에 마디의 {share:.0%}만 있습니다. 조각 사이는 걸어서 건널 수 없는 것으로 봅니다.",
            f"the largest piece holds only {share:.0%} of the nodes; nobody walks from one piece to another",
        )
    ]


def _missing(tables: Mapping[str, pl.DataFrame]) -> list[Text]:
    """Return what an extract did not hold."""
    said = {
        "demand": text(
            "추출 파일에 주소나 집이 없습니다. 수요를 따로 넣으십시오.",
            "the extract holds no address and no home: import demand",
        ),
        "sites": text(
            "추출 파일에 주차장이나 충전소가 없습니다. 자리를 따로 넣으십시오.",
            "the extract holds no car park and no charger: import sites",
        ),
    }
    return [warning for name, warning in said.items() if name not in tables]


def _places_rows(counts: Mapping[str, int]) -> list[QualityRow]:
    """Return what was counted in an extract as rows."""
    names = {
        "addresses": "주소", "addresses that repeat another": "되풀이된 주소", "homes": "집",
        "demand points": "수요 지점", "car parks": "주차장", "charging stations": "충전소", "sites": "자리",
    }  # fmt: skip
    return [QualityRow(text(names[what], what), count) for what, count in counts.items()]


def _on_streets(request: ImportRequest, frame: pl.DataFrame, what: Text, progress: Progress) -> list[QualityRow]:
    """Return how points lie on the streets the city has; nothing where it has none yet.

    Raises NetworkError where not one lies near a street, with the likely reason.
    """
    nodes, edges = request.given.get("street_nodes"), request.given.get("street_edges")
    if nodes is None or edges is None:
        return [
            QualityRow(
                text("거리가 아직 없어 길 위에 놓아 보지 못함", "not tried on streets: the city has none yet"),
                0,
                "warning",
            )
        ]
    return _snap_rows(network_of(nodes, edges, progress), frame, what)


def _snap_rows(network: WalkingNetwork, frame: pl.DataFrame, what: Text) -> list[QualityRow]:
    """Return how points lie on a network."""
    _, report = snap(
        network,
        frame["lon"].to_numpy(),
        frame["lat"].to_numpy(),
        ids=np.array(frame["id"].to_list(), dtype=np.str_),
        what=what,
        distance_max_m=_SNAP_M,
    )
    lost = report.points - report.snapped
    ids = tuple(str(one) for one in report.unsnapped_ids[:5])
    return [
        QualityRow(text(f"길 위에 놓인 {what.ko}", f"{what.en} placed on a street"), report.snapped),
        QualityRow(
            text(f"길에서 {_SNAP_M:g}m 넘게 떨어진 {what.ko}", f"{what.en} over {_SNAP_M:g} m from any street"),
            lost,
            "warning" if lost else "ok",
            ids,
        ),
    ]


def _words(points: Points, said: Iterable[str | None], column: str, known: tuple[str, ...], default: str) -> list[str]:
    """Return words of a known list; an empty cell takes the default, another word is an error."""
    words = [default if word is None else word for word in said]
    for row, word in enumerate(words):
        if word not in known:
            raise UnknownName(
                text(_SAID[column], column), word, known, Where(points.path.name, row=row + FIRST_ROW, column=column)
            )
    return words


def _optional(values: np.ndarray | None, size: int) -> pl.Series:
    """Return numbers with empty cells, or a column that is all empty."""
    return pl.Series([None] * size if values is None else values, dtype=pl.Float64).fill_nan(None)


def _counted(points: Points, names: tuple[str, ...]) -> pl.Series:
    """Return whole numbers with empty cells."""
    values = points.numbers(names)
    if values is not None:
        uneven = np.isfinite(values) & (values != np.floor(values))
        whole = text("정수가 아닙니다", "is not a whole number")
        points.refuse(uneven, names[0], values, whole, text("숫자만 적으십시오", "write digits only"))
    return _optional(values, len(points)).cast(pl.Int64)


def _counts(column: pl.Series) -> list[tuple[str, int]]:
    """Return words and how often each occurs, most often first."""
    counted = column.value_counts(sort=True)
    return list(zip(counted[column.name].to_list(), counted["count"].to_list(), strict=True))


def _by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return names and counts, largest first."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
