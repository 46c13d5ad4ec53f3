"""Importers: good files of each form, and bad ones that must say what, where and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely

from madang.core.errors import DataError, MadangError, NetworkError, TableError, UnknownName, UsageError
from madang.core.importing import ImportRequest
from madang.core.progress import silent
from madang.solutions.ev_charging import importers
from madang.solutions.ev_charging.tests.conftest import SIDE, corner, town_tables

BY_NAME = {importer.name: importer for importer in importers.IMPORTERS}
TODAY = date(2026, 11, 22)


def bring(kind: str, path: Path, given=None, **options):
    importer = BY_NAME[kind]
    importer.check_file(path)
    return importer.run(ImportRequest(path, importer.options_of(options), given or {}, TODAY), silent)


def said(kind: str, path: Path, given=None, **options) -> str:
    with pytest.raises(MadangError) as caught:
        bring(kind, path, given, **options)
    return str(caught.value).replace(str(path.parent) + "/", "")


def csv(path: Path, header: str, *rows: str) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def streets_file(folder: Path) -> Path:
    lines = []
    for row in range(SIDE):
        lines.append(shapely.linestrings([corner(row, column) for column in range(SIDE)]))
        lines.append(shapely.linestrings([corner(other, row) for other in range(SIDE)]))
    path = folder / "streets.geojson"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(lines),
        [np.array(["residential"] * len(lines), dtype=object)],
        ["highway"],
        geometry_type="LineString",
        crs="EPSG:4326",
    )
    return path


def test_streets_come_from_lines_and_report_their_quality(tmp_path):
    report = bring("streets", streets_file(tmp_path))
    assert report.tables["street_nodes"].height == SIDE * SIDE
    assert report.tables["street_edges"].height == 2 * SIDE * (SIDE - 1)
    counts = {row.what.en: row.count for row in report.quality}
    assert (counts["nodes"], counts["pieces apart from each other"]) == (49, 1)


def test_streets_come_from_two_tables(tmp_path):
    nodes = csv(tmp_path / "nodes.csv", "node_id,lon,lat", "a,127.0,37.5", "b,127.001,37.5")
    edges = csv(tmp_path / "edges.csv", "u,v,length_m", "a,b,88.4")
    report = bring("streets", edges, nodes=str(nodes))
    assert report.tables["street_edges"]["length_m"].to_list() == [88.4]


def test_the_tables_of_streets_keep_their_shapes(tmp_path):
    path = tmp_path / "bend.geojson"
    bent = shapely.linestrings([(127.0, 37.5), (127.001, 37.501), (127.002, 37.5)])
    pyogrio.raw.write(
        path,
        shapely.to_wkb([bent]),
        [np.array(["path"], dtype=object)],
        ["highway"],
        geometry_type="LineString",
        crs="EPSG:4326",
    )
    edge = shapely.from_wkb(bring("streets", path).tables["street_edges"]["geometry"][0])
    assert shapely.equals_exact(edge, bent, 1e-9)


def test_demand_keeps_weights_areas_and_what_they_count(tmp_path):
    path = csv(tmp_path / "d.csv", "id,lon,lat,population,gu", "x,127.0,37.5,10,A", "y,127.001,37.5,20,")
    report = bring("demand", path, unit="household")
    assert report.tables["demand"].to_dicts() == [
        {"id": "x", "lon": 127.0, "lat": 37.5, "weight": 10.0, "area": "A"},
        {"id": "y", "lon": 127.001, "lat": 37.5, "weight": 20.0, "area": None},
    ]
    assert report.facts["demand_unit"].value == "household"


def test_demand_in_another_system_of_coordinates_is_turned_into_degrees(tmp_path):
    path = csv(tmp_path / "d.csv", "id,x,y,weight", "a,953901,1952032,1")
    frame = bring("demand", path, crs="EPSG:5179").tables["demand"]
    assert frame["lon"][0] == pytest.approx(126.978, abs=0.01)
    assert frame["lat"][0] == pytest.approx(37.566, abs=0.01)


def test_points_come_from_shapes_too(tmp_path):
    path = tmp_path / "d.geojson"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapely.points([[127.0, 37.5]])),
        [np.array([3.0])],
        ["weight"],
        geometry_type="Point",
        crs="EPSG:4326",
    )
    assert bring("demand", path).tables["demand"].to_dicts()[0]["weight"] == 3.0


def test_sites_take_defaults_where_the_file_is_silent_and_say_so(tmp_path):
    path = csv(tmp_path / "s.csv", "id,lon,lat", "a,127.0,37.5")
    report = bring("sites", path, **{"class": "home"})
    row = report.tables["sites"].to_dicts()[0]
    assert (row["class"], row["status"], row["cost"]) == ("home", "candidate", None)
    assert [warning.en for warning in report.warnings] == [
        "there is no column class: all are taken as home",
        "there is no column cost: each site counts 1",
    ]


def test_points_are_tried_on_the_streets_the_city_has(tmp_path):
    path = csv(tmp_path / "d.csv", "id,lon,lat,weight", "a,127.0,37.5,1", "far,127.2,37.5,1")
    report = bring("demand", path, given=town_tables())
    counts = {row.what.en: row for row in report.quality}
    assert counts["demand points placed on a street"].count == 1
    assert counts["demand points over 200 m from any street"].examples == ("far",)


# Bad files, each with what, where and what to do.


def test_streets_without_a_street(tmp_path):
    nodes = csv(tmp_path / "nodes.csv", "node_id,lon,lat", "a,127.0,37.5")
    edges = csv(tmp_path / "edges.csv", "u,v,highway", "a,a,motorway")
    assert said("streets", edges, nodes=str(nodes)).startswith(
        "the network has no edges; 1 way was dropped by its tags"
    )


def test_all_demand_far_from_the_streets(tmp_path):
    path = csv(tmp_path / "d.csv", "id,lon,lat,weight", "a,128.0,36.5,1")
    assert said("demand", path, town_tables()).startswith(
        "none of the 1 demand points lies within 200 m of a street; the nearest is"
    )


def test_longitude_and_latitude_exchanged_beyond_ninety_degrees(tmp_path):
    path = csv(tmp_path / "d.csv", "id,lon,lat,weight", "a,37.5,127.0,1")
    assert said("demand", path) == (
        "longitude and latitude are swapped: a latitude beyond 90 degrees\n"
        "  where: file d.csv, row 2, value (37.5, 127.0)\n  to do: exchange the two columns"
    )


def test_longitude_and_latitude_exchanged_within_ninety_degrees(tmp_path):
    given = town_tables()
    nodes = given["street_nodes"]
    west = nodes.frame.with_columns(pl.col("lon") - 100.0)
    moved = {**given, "street_nodes": type(nodes)(nodes.name, nodes.spec, west)}
    path = csv(tmp_path / "d.csv", "id,lon,lat,weight", "a,37.501,27.001,1")
    assert said("demand", path, moved).startswith("longitude and latitude of the demand points are swapped")


def test_a_wrong_system_of_coordinates(tmp_path):
    path = csv(tmp_path / "d.csv", "id,lon,lat,weight", "a,127.0,37.5,1")
    assert "the coordinates look like degrees" in said("demand", path, crs="EPSG:5179")
    assert "is not known" in said("demand", path, crs="EPSG:0")


def test_metres_taken_for_degrees(tmp_path):
    path = csv(tmp_path / "d.csv", "id,x,y,weight", "a,953901,1952032,1")
    assert said("demand", path).startswith("the coordinates are not degrees of longitude and latitude")


def test_an_id_twice(tmp_path):
    path = csv(tmp_path / "s.csv", "id,lon,lat", "a,127.0,37.5", "b,127.0,37.5", "a,127.001,37.5")
    assert said("sites", path) == (
        "a cell holds an id that another row has\n  where: file s.csv, row 4, column id, value 'a'\n"
        "  to do: keep one of them"
    )


def test_a_negative_cost(tmp_path):
    path = csv(tmp_path / "s.csv", "id,lon,lat,cost", "a,127.0,37.5,5", "b,127.0,37.5,-3")
    assert (
        said("sites", path)
        == "a cell is below 0\n  where: file s.csv, row 3, column cost, value -3.0\n  to do: correct it"
    )


def test_a_cost_that_only_some_sites_have(tmp_path):
    path = csv(tmp_path / "s.csv", "id,lon,lat,비용,status", "a,127.0,37.5,5,candidate", "b,127.0,37.5,,forced")
    assert (
        said("sites", path) == "a cell is empty though other sites have a cost\n"
        "  where: file s.csv, row 3, column 비용\n  to do: fill it; without any cost each site counts 1"
    )
    stands = csv(tmp_path / "t.csv", "id,lon,lat,cost,status", "a,127.0,37.5,5,candidate", "b,127.0,37.5,,existing")
    assert bring("sites", stands).tables["sites"]["cost"].to_list() == [5.0, None]


def test_a_weight_that_is_missing_or_nothing(tmp_path):
    missing = csv(tmp_path / "d.csv", "id,lon,lat,weight", "a,127.0,37.5,", "b,127.0,37.5,2")
    filled = "  to do: fill it; an unknown is not zero"
    assert said("demand", missing) == f"a cell is empty\n  where: file d.csv, row 2, column weight\n{filled}"
    korean = csv(tmp_path / "d.csv", "id,lon,lat,인구", "a,127.0,37.5,", "b,127.0,37.5,2")
    assert said("demand", korean) == f"a cell is empty\n  where: file d.csv, row 2, column 인구\n{filled}"
    nothing = csv(tmp_path / "e.csv", "id,lon,lat,weight", "a,127.0,37.5,0")
    assert said("demand", nothing).startswith("the weights add to nothing")


@pytest.mark.parametrize("crs", [None, "EPSG:5179"])
def test_a_coordinate_that_is_empty_is_said_to_be_in_any_system(tmp_path, crs):
    places = ("127.0,37.5", "127.0,", ",37.5") if crs is None else ("953901,1952032", "953901,", ",1952032")
    rows = [f"{name},{place},1" for name, place in zip("abc", places, strict=True)]
    path = csv(tmp_path / "d.csv", "id,lon,lat,weight", *rows)
    options = {} if crs is None else {"crs": crs}
    assert said("demand", path, **options) == (
        "2 coordinates are empty\n  where: file d.csv, row 3\n  to do: fill or remove these rows"
    )
    with pytest.raises(NetworkError) as caught:
        bring("demand", path, **options)
    assert caught.value.parts("ko") == ("좌표 2개가 비었습니다", "파일 d.csv, 3행", "그 행을 채우거나 빼십시오")


def test_a_word_that_is_no_class(tmp_path):
    path = csv(tmp_path / "s.csv", "id,lon,lat,class", "a,127.0,37.5,offcie")
    with pytest.raises(UnknownName) as caught:
        bring("sites", path)
    assert str(caught.value) == (
        "there is no class called 'offcie'\n  where: file s.csv, row 2, column class\n  to do: did you mean office?"
    )


def test_half_a_charger(tmp_path):
    path = csv(tmp_path / "s.csv", "id,lon,lat,fast", "a,127.0,37.5,1.5")
    assert said("sites", path).startswith("a cell is not a whole number\n  where: file s.csv, row 2")


def test_a_file_that_is_not_there_or_not_of_the_kind(tmp_path):
    with pytest.raises(DataError, match="the file does not exist"):
        bring("osm", tmp_path / "none.osm.pbf")
    with pytest.raises(UsageError, match=r"osm does not read files ending in '\.csv'"):
        bring("osm", csv(tmp_path / "a.csv", "a", "1"))


def test_a_file_that_is_no_openstreetmap(tmp_path):
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(NetworkError, match="the file is not readable OpenStreetMap data"):
        bring("osm", path)


def test_an_option_nobody_knows(tmp_path):
    path = csv(tmp_path / "d.csv", "id,lon,lat,weight", "a,127.0,37.5,1")
    with pytest.raises(UnknownName, match="there is no option of demand called 'units'"):
        bring("demand", path, units="person")
    with pytest.raises(UnknownName, match="there is no choice of unit called 'people'"):
        bring("demand", path, unit="people")


def test_an_empty_file(tmp_path):
    with pytest.raises((NetworkError, TableError)):
        bring("demand", csv(tmp_path / "d.csv", "id,lon,lat,weight"))


def test_streets_that_are_not_where_the_demand_is_are_told_at_their_import(tmp_path):
    town = town_tables()
    nodes = csv(tmp_path / "nodes.csv", "node_id,lat,lon", "a,24.0,45.2", "b,24.001,45.2")
    edges = csv(tmp_path / "edges.csv", "u,v", "a,b")
    report = bring("streets", edges, given={"demand": town["demand"]}, nodes=str(nodes))
    assert {row.what.en: row.count for row in report.quality}["demand points placed on a street"] == 0
    (warning,) = report.warnings
    assert warning.en.startswith("the city's demand points: none of the 49 demand points lies within 200 m of a street")
    assert warning.ko.startswith("도시에 이미 있는 수요 지점: 수요 지점 49곳 가운데")


def test_streets_tell_how_the_demand_and_the_sites_lie_on_them(tmp_path):
    town = town_tables()
    given = {"demand": town["demand"], "sites": town["sites"]}
    counts = {row.what.en: row.count for row in bring("streets", streets_file(tmp_path), given=given).quality}
    assert counts["demand points placed on a street"] == SIDE * SIDE
    assert counts["sites placed on a street"] == town["sites"].frame.height


def test_an_owner_who_was_not_named_is_said_so_in_both_languages(tmp_path):
    source = bring("streets", streets_file(tmp_path)).source
    assert source.who == "파일의 주인, 밝히지 않음 (the file's owner, not named at the import)"
    assert bring("streets", streets_file(tmp_path), who="The city").source.who == "The city"


def test_ids_of_twenty_five_digits_stay_apart(tmp_path):
    """Such is the number of a building in Korea; read as a decimal, next doors are one."""
    first = "1123010500100538000000001"
    path = csv(tmp_path / "homes.csv", "id,lon,lat,weight", f"{first},127.0,37.5,2", f"{first[:-1]}2,127.001,37.5,3")
    frame = bring("demand", path).tables["demand"]
    assert frame["id"].to_list() == [first, first[:-1] + "2"]
    assert frame["weight"].to_list() == [2.0, 3.0]
