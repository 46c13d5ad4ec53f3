"""What an OpenStreetMap file gives beside streets: addresses once, homes, car parks by class, chargers that stand."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from madang.solutions.ev_charging.extract import tables_from_extract
from madang.solutions.ev_charging.osm_places import read_places

HEAD = '<?xml version="1.0"?><osm version="0.6" generator="by hand">'


def tags(**said: str) -> str:
    return "".join(f'<tag k="{key.replace("__", ":")}" v="{value}"/>' for key, value in said.items())


def node(at: int, lon: float, lat: float, **said: str) -> str:
    return f'<node id="{at}" lon="{lon}" lat="{lat}" version="1">{tags(**said)}</node>'


def square(at: int, lon: float, lat: float, **said: str) -> str:
    """Return a small closed way; its corner nodes have ids of their own."""
    corners = [(lon, lat), (lon + 0.0002, lat), (lon + 0.0002, lat + 0.0002), (lon, lat + 0.0002)]
    nodes = "".join(node(at * 10 + k, *place) for k, place in enumerate(corners))
    refs = "".join(f'<nd ref="{at * 10 + k % 4}"/>' for k in range(5))
    return nodes, f'<way id="{at}" version="1">{refs}{tags(**said)}</way>'


def osm(folder: Path, *parts: object) -> Path:
    nodes = [part if isinstance(part, str) else part[0] for part in parts]
    ways = [part[1] for part in parts if not isinstance(part, str)]
    path = folder / "town.osm"
    path.write_text(HEAD + "".join(nodes) + "".join(ways) + "</osm>", encoding="utf-8")
    return path


def address(at: int, number: str, lon: float = 24.0, **more: str) -> str:
    return node(at, lon, 60.0, addr__street="Long Street", addr__housenumber=number, **more)


def test_an_address_counts_once_however_many_doors_it_has(tmp_path):
    places = read_places(
        osm(tmp_path, address(1, "1"), address(2, "1", 24.0001, shop="bakery"), address(3, "3", 24.001))
    )
    assert places.demand["id"].to_list() == ["long street 1", "long street 3"]
    assert places.counts["addresses that repeat another"] == 1


def in_town(at: int, lon: float, **town: str) -> str:
    return address(at, "1", lon, **{f"addr__{tag}": said for tag, said in town.items()})


def rows_of(folder: Path, *parts: str) -> list[tuple[str, float, str | None]]:
    return read_places(osm(folder, *parts)).demand.select("id", "lon", "area").rows()


@pytest.mark.parametrize("tag", ["city", "district", "postcode"])
def test_one_street_and_number_in_two_towns_are_two_addresses(tmp_path, tag):
    """However near: the towns meet in the street."""
    said = rows_of(tmp_path, in_town(1, 24.0, **{tag: "02150"}), in_town(2, 24.001, **{tag: "00180"}))
    areas = ("02150", "00180") if tag == "postcode" else (None, None)
    assert said == [("long street 1 (n1)", 24.0, areas[0]), ("long street 1 (n2)", 24.001, areas[1])]


def test_one_street_and_number_far_apart_are_two_addresses_though_no_tag_says_so(tmp_path):
    near, far = in_town(2, 24.0085), in_town(3, 24.0095)  # at 60 degrees north 473 and 529 m from the first
    assert [row[0] for row in rows_of(tmp_path, in_town(1, 24.0), near)] == ["long street 1"]
    assert [row[0] for row in rows_of(tmp_path, in_town(1, 24.0), far)] == ["long street 1 (n1)", "long street 1 (n3)"]
    north = node(4, 24.0, 60.0055, addr__street="Long Street", addr__housenumber="1", addr__city="Espoo")
    assert len(rows_of(tmp_path, in_town(1, 24.0, city="Espoo"), north)) == 2


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_a_door_that_says_nothing_of_its_town_is_of_the_nearest_address_whatever_the_order(tmp_path, order):
    doors = [in_town(1, 24.0), in_town(2, 24.0001, city="Espoo", postcode="02150"), in_town(3, 24.004, city="Vantaa"),
             in_town(4, 24.0041)]  # fmt: skip
    places = read_places(osm(tmp_path, *(doors[at] for at in order)))
    assert places.demand["area"].to_list().count("02150") == 1
    assert (places.demand.height, places.counts["addresses"], places.counts["addresses that repeat another"]) == (
        2,
        2,
        2,
    )


def test_doors_that_say_parts_of_one_town_are_one_address_where_its_first_door_is(tmp_path):
    parts = in_town(1, 24.0), in_town(2, 24.0001, city="Espoo"), in_town(3, 24.0002, city="ESPOO", postcode="02150")
    assert rows_of(tmp_path, *parts) == [("long street 1", 24.0, "02150")]


def test_a_home_without_an_address_counts_by_its_flats(tmp_path):
    home = square(5, 24.01, 60.0, building="apartments", building__flats="12")
    plain = square(6, 24.02, 60.0, building="house")
    shed = square(7, 24.03, 60.0, building="shed")
    frame = read_places(osm(tmp_path, home, plain, shed)).demand
    assert frame.sort("id").select("id", "weight").rows() == [("w5", 12.0), ("w6", 1.0)]


def test_a_home_with_an_address_inside_is_not_counted_again(tmp_path):
    home = square(5, 24.0, 60.0, building="apartments", building__flats="12")
    inside = node(1, 24.0001, 60.0001, addr__street="Long Street", addr__housenumber="1")
    assert read_places(osm(tmp_path, inside, home)).demand["weight"].to_list() == [1.0]


@pytest.mark.parametrize(
    ("said", "near", "kind"),
    [
        ({}, {}, "public"),
        ({"access": "private"}, {}, "home"),
        ({"access": "customers"}, {}, "office"),
        ({"park_ride": "yes"}, {}, "transit"),
        ({}, {"railway": "station"}, "transit"),
        ({}, {"leisure": "sports_centre"}, "sports"),
        ({}, {"tourism": "museum"}, "culture"),
        ({"access": "private"}, {"railway": "station"}, "home"),
    ],
)
def test_a_car_park_is_of_the_class_that_its_tags_and_neighbours_say(tmp_path, said, near, kind):
    parts = [node(1, 24.0, 60.0, amenity="parking", **said)]
    if near:
        parts.append(node(2, 24.0005, 60.0, **near))
    sites = read_places(osm(tmp_path, *parts)).sites
    assert sites.filter(pl.col("id") == "n1")["class"].to_list() == [kind]


def test_a_charging_station_stands_with_the_sockets_that_are_tagged(tmp_path):
    tagged = node(
        1, 24.0, 60.0, amenity="charging_station", socket__chademo="2", socket__type2="4", socket__type2__output="22 kW"
    )
    silent = node(2, 24.1, 60.0, amenity="charging_station")
    sites = read_places(osm(tmp_path, tagged, silent)).sites.sort("id")
    assert sites.select("status", "fast_ports", "slow_ports").rows() == [("existing", 2, 4), ("existing", None, None)]


def test_homes_and_offices_are_candidates_once(tmp_path):
    home = square(5, 24.0, 60.0, building="apartments", office="company")
    office = square(6, 24.01, 60.0, building="office")
    sites = read_places(osm(tmp_path, home, office)).sites.sort("id")
    assert sites.select("id", "class").rows() == [("w5", "home"), ("w6", "office")]


def test_tables_of_an_extract_are_kept_and_read_back_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    street = (
        node(8, 24.0, 60.0) + node(9, 24.001, 60.0),
        f'<way id="4" version="1"><nd ref="8"/><nd ref="9"/>{tags(highway="residential")}</way>',
    )
    path = osm(tmp_path, address(1, "1"), street)
    first = tables_from_extract(path, "a" * 64)
    path.unlink()
    again = tables_from_extract(path, "a" * 64)
    assert all(first[name].equals(again[name]) for name in first)
