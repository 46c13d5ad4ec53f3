"""Streets, demand and sites from files of any common form, and all of them from one OpenStreetMap extract."""

from __future__ import annotations

from collections.abc import Iterable
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
)
from madang.core.language import Text, text
from madang.core.progress import Progress, part_of
from madang.core.sources import Source, sha256_of
from madang.methods.walking_network import Streets, build_network
from madang.methods.walking_network.importers.columns import FIRST_ROW
from madang.methods.walking_network.importers.graphml import read_graphml
from madang.methods.walking_network.importers.lines import read_lines
from madang.methods.walking_network.importers.oa21208 import read_oa21208
from madang.methods.walking_network.importers.osm_pbf import read_osm_pbf
from madang.methods.walking_network.importers.tables import read_tables
from madang.methods.walking_network.importing import SUFFIXES, kind_of
from madang.methods.walking_network.streets import check_joined
from madang.solutions.ev_charging.access import CLASSES
from madang.solutions.ev_charging.import_report import (
    missing,
    network_rows,
    on_streets,
    pieces,
    places_rows,
    snap_rows,
    still_on_streets,
)
from madang.solutions.ev_charging.osm_places import read_places
from madang.solutions.ev_charging.point_files import TAKES, Points, read_points
from madang.solutions.ev_charging.site_words import STATUS, class_key, status_key
from madang.solutions.ev_charging.streets import tables_of

_OSM = (".osm.pbf", ".pbf", ".osm")
_UNITS = ("person", "household", "vehicle", "address")
_SAID = {"class": "장소의 종류", "status": "상태"}
_DEMAND, _SITES = text("수요 지점", "demand points"), text("자리", "sites")
WEIGHT_NAMES = (
    "weight", "population", "people", "persons", "residents", "households", "vehicles",
    "무게", "가중치", "인구", "인구수", "주민", "주민수", "사람", "세대", "세대수", "차량", "차량수",
)  # fmt: skip
AREA_NAMES = (
    "area", "district", "zone", "gu", "dong", "구역", "자치구", "시군구", "시군구명", "행정동", "행정동명", "구", "동",
)  # fmt: skip
CLASS_NAMES = ("class", "class_en", "kind", "place_class", "종류", "장소종류", "구분", "class_ko")
COST_NAMES = ("cost", "cost_won", "price", "비용", "설치비")
#: A plan that this program exported says it in two columns; one that others wrote may have a role alone.
STATUS_NAMES = ("status", "status_en", "state", "상태", "status_ko", "role", "role_en", "role_ko")
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
    rows, warnings = still_on_streets(request, network, {"demand": _DEMAND, "sites": _SITES})
    return ImportReport(
        tables={"street_nodes": nodes, "street_edges": edges},
        source=_source(request),
        quality=[*network_rows(network.quality), *rows],
        warnings=[*pieces(network.quality), *warnings],
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
        points.table.find(WEIGHT_NAMES) or "weight",
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
    rows += on_streets(request, frame, _DEMAND, part_of(progress, 0.5, 1.0))
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
    status = points.texts(STATUS_NAMES) or [request.options["status"]] * len(points)
    cost = points.numbers(COST_NAMES)
    if cost is None:
        warnings.append(text("비용 열이 없어 자리마다 1로 셉니다.", "there is no column cost: each site counts 1"))
    frame = pl.DataFrame(
        {
            "id": points.ids,
            "lon": points.lon,
            "lat": points.lat,
            "class": _words(points, map(class_key, _filled(kind, request.options["class"])), "class", CLASSES),
            "status": _words(
                points, map(status_key, _filled(status, request.options["status"])), "status", tuple(STATUS)
            ),
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
    _check_costs(points, frame)
    rows = [
        QualityRow(text(f"자리: {STATUS[said].ko}", f"sites: {said}"), count)
        for said, count in _counts(frame["status"])
    ]
    rows += on_streets(request, frame, _SITES, part_of(progress, 0.5, 1.0))
    return ImportReport({"sites": frame}, _source(request), rows, warnings)


def _check_costs(points: Points, sites: pl.DataFrame) -> None:
    """Raise TableError where only some of the sites that may open have a cost: an unknown one is not next to none."""
    open_ = sites["status"].is_in(("candidate", "forced")) & (sites["class"] != "other")
    unknown = sites["cost"].is_null()
    if (open_ & ~unknown).any():
        points.refuse(
            (open_ & unknown).to_numpy(),
            points.table.find(COST_NAMES) or "cost",
            sites["cost"].fill_null(np.nan).to_numpy(),
            text("비었는데 다른 자리에는 비용이 있습니다", "is empty though other sites have a cost"),
            text("채우십시오. 모두 비우면 자리마다 1로 셉니다", "fill it; without any cost each site counts 1"),
        )


def import_osm(request: ImportRequest, progress: Progress) -> ImportReport:
    """Return all four tables of an OpenStreetMap extract: walkable ways, addresses, car parks and homes as sites."""
    streets = read_osm_pbf(request.path, part_of(progress, 0.0, 0.4))
    network = build_network(streets, importer="osm", progress=part_of(progress, 0.4, 0.6))
    places = read_places(request.path, part_of(progress, 0.6, 0.9))
    nodes, edges = tables_of(streets)
    tables = {"street_nodes": nodes, "street_edges": edges}
    tables |= {name: frame for name, frame in (("demand", places.demand), ("sites", places.sites)) if frame.height}
    rows = [*network_rows(network.quality), *places_rows(places.counts)]
    for name, what in (("demand", _DEMAND), ("sites", _SITES)):
        if name in tables:
            rows += snap_rows(network, tables[name], what)
    source = _source(request, who="OpenStreetMap contributors", licence="ODbL 1.0")
    return ImportReport(
        tables=tables,
        source=source,
        quality=rows,
        warnings=[*pieces(network.quality), *missing(tables)],
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
                tuple(STATUS),
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
        who=_said(request, "who") or who or "파일의 주인, 밝히지 않음 (the file's owner, not named at the import)",
        title=_said(request, "title") or request.path.name,
        url=_said(request, "url"),
        read=request.today,
        licence=_said(request, "licence") or licence,
        sha256=sha256_of(request.path),
    )


def _filled(words: Iterable[str | None], default: str) -> list[str]:
    """Return words, an empty cell as the default."""
    return [default if word is None else word for word in words]


def _words(points: Points, said: Iterable[str], column: str, known: tuple[str, ...]) -> list[str]:
    """Return words of a known list; another word is an error."""
    words = list(said)
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
