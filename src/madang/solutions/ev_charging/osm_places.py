"""Addresses, homes, offices, car parks and charging stations of an OpenStreetMap file, by stated tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
import polars as pl
import shapely
from numpy.typing import NDArray

from madang.core.language import say_count
from madang.core.progress import Progress, silent
from madang.methods.walking_network.importers.contents import not_osm
from madang.methods.walking_network.projection import to_local
from madang.solutions.ev_charging.doors import Address, Door, addresses_of, town_of

#: Raise whenever the same bytes would be read differently.
PLACES_VERSION = 3
HOMES = frozenset(
    {
        "apartments", "residential", "house", "detached", "semidetached_house", "terrace", "dormitory", "bungalow",
        "block", "static_caravan", "houseboat", "farm", "cabin",
    }
)  # fmt: skip
OFFICES = frozenset({"office", "commercial", "government"})
CULTURE = frozenset({"museum", "gallery", "theatre", "arts_centre", "library", "cinema", "concert_hall"})
SPORTS = frozenset({"sports_centre", "stadium", "sports_hall", "swimming_pool", "ice_rink", "pitch"})
CLOSED = frozenset({"no", "private", "permit", "residents", "employees"})
#: A car park belongs to a station or hall this near (metres).
STATION_M, HALL_M = 150.0, 100.0
_EVERY = 20_000


@dataclass(frozen=True)
class Places:
    """Demand (addresses, one each) and sites of a file, and what was counted on the way."""

    demand: pl.DataFrame
    sites: pl.DataFrame
    counts: Mapping[str, int]


@dataclass
class _Found:
    """Objects gathered while a file is read: key, place and tags, and outlines of homes."""

    doors: list[Door] = field(default_factory=list)
    homes: list[tuple[str, shapely.Geometry, Mapping[str, str]]] = field(default_factory=list)
    offices: list[tuple[str, float, float, Mapping[str, str]]] = field(default_factory=list)
    parking: list[tuple[str, float, float, Mapping[str, str]]] = field(default_factory=list)
    chargers: list[tuple[str, float, float, Mapping[str, str]]] = field(default_factory=list)
    stations: list[tuple[float, float]] = field(default_factory=list)
    halls: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: {"sports": [], "culture": []})

    def take(self, key: str, tags: Mapping[str, str], lon: float, lat: float, outline: shapely.Geometry | None) -> None:
        """Sort one object into what it is; it may be several things at once."""
        if "addr:housenumber" in tags:
            street = tags.get("addr:street") or tags.get("addr:place")
            name = f"{street} {tags['addr:housenumber']}".casefold() if street else key
            self.doors.append(Door(key, name, lon, lat, town_of(tags)))
        building, amenity = tags.get("building", ""), tags.get("amenity", "")
        if outline is not None and building in HOMES:
            self.homes.append((key, outline, tags))
        if outline is not None and (building in OFFICES or "office" in tags):
            self.offices.append((key, lon, lat, tags))
        if amenity == "parking":
            self.parking.append((key, lon, lat, tags))
        if amenity == "charging_station":
            self.chargers.append((key, lon, lat, tags))
        if tags.get("railway") in {"station", "subway_entrance", "halt"} or amenity == "bus_station":
            self.stations.append((lon, lat))
        if amenity in CULTURE or tags.get("tourism") in CULTURE or building in CULTURE:
            self.halls["culture"].append((lon, lat))
        if tags.get("leisure") in SPORTS or building in SPORTS:
            self.halls["sports"].append((lon, lat))


def read_places(path: Path, progress: Progress = silent) -> Places:
    """Return demand and sites of an OpenStreetMap file.

    Demand: each address once, whatever shops and doors it has (``doors`` says which are one); each home without an
    address inside once more, with ``building:flats`` as its weight where that is tagged. Sites: car parks (transit
    within 150 m of a station; sports and culture within 100 m of a hall; closed ones count as homes, those for
    customers as offices, the others as public), homes and offices; charging stations stand already.

    Raises NetworkError where the file is not readable.
    """
    found = _gathered(path, progress)
    addresses = addresses_of(found.doors)
    demand = _demand(found, addresses)
    sites = _sites(found)
    counts = {
        "addresses": len(addresses),
        "addresses that repeat another": len(found.doors) - len(addresses),
        "homes": len(found.homes),
        "demand points": demand.height,
        "car parks": len(found.parking),
        "charging stations": len(found.chargers),
        "sites": sites.height,
    }
    progress(1.0, f"{say_count(demand.height, 'demand point')} and {say_count(sites.height, 'site')}")
    return Places(demand, sites, counts)


def _gathered(path: Path, progress: Progress) -> _Found:
    """Read the file once and sort its points and areas."""
    found = _Found()
    shapes = osmium.geom.WKBFactory()
    try:
        for number, item in enumerate(osmium.FileProcessor(str(path)).with_areas()):
            if number % _EVERY == 0:
                progress(1 - _EVERY / (number + _EVERY), f"reading {path.name}: {number:,} objects")
            if not item.tags or not isinstance(item, osmium.osm.Node | osmium.osm.Area):
                continue
            tags = {tag.k: tag.v for tag in item.tags}
            if isinstance(item, osmium.osm.Node):
                found.take(f"n{item.id}", tags, item.location.lon, item.location.lat, None)
            else:
                outline = shapely.from_wkb(bytes.fromhex(shapes.create_multipolygon(item)))
                middle = outline.representative_point()
                key = f"{'w' if item.from_way() else 'r'}{item.orig_id()}"
                found.take(key, tags, middle.x, middle.y, outline)
    except (RuntimeError, ValueError) as error:
        raise not_osm(path, error) from error
    return found


def _demand(found: _Found, addresses: Mapping[str, Address]) -> pl.DataFrame:
    """Return addresses, and homes that no address lies in."""
    rows = [(at, one.door.lon, one.door.lat, 1.0, one.town.get("addr:postcode")) for at, one in addresses.items()]
    lived_in = _with_points(found.homes, [(row[1], row[2]) for row in rows])
    for (key, outline, tags), has_address in zip(found.homes, lived_in, strict=True):
        if not has_address and "addr:housenumber" not in tags:
            middle = outline.representative_point()
            rows.append((key, middle.x, middle.y, _flats(tags), tags.get("addr:postcode")))
    schema = {"id": pl.String, "lon": pl.Float64, "lat": pl.Float64, "weight": pl.Float64, "area": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("id")


def _with_points(
    homes: list[tuple[str, shapely.Geometry, Mapping[str, str]]], points: list[tuple[float, float]]
) -> NDArray[np.bool_]:
    """Return, for each home, whether a point lies in it."""
    inside = np.zeros(len(homes), dtype=np.bool_)
    if homes and points:
        tree = shapely.STRtree(shapely.points(points))
        pairs = tree.query([outline for _, outline, _ in homes], predicate="intersects")
        inside[np.unique(pairs[0])] = True
    return inside


def _flats(tags: Mapping[str, str]) -> float:
    """Return the dwellings of a home, one where they are not tagged."""
    said = tags.get("building:flats", "")
    return float(said) if said.isdigit() and int(said) > 0 else 1.0


def _sites(found: _Found) -> pl.DataFrame:
    """Return charging stations as standing sites, and car parks, homes and offices as candidates."""
    near = _Near(found)
    rows: list[tuple[object, ...]] = []
    for key, lon, lat, tags in found.chargers:
        fast, slow = _sockets(tags)
        rows.append((key, lon, lat, near.kind(lon, lat, {}), "existing", fast, slow, None, tags.get("name")))
    for key, lon, lat, tags in found.parking:
        room = tags.get("capacity", "")
        limit = int(room) if room.isdigit() else None
        rows.append((key, lon, lat, near.kind(lon, lat, tags), "candidate", None, None, limit, tags.get("name")))
    for key, outline, tags in found.homes:
        middle = outline.representative_point()
        rows.append((key, middle.x, middle.y, "home", "candidate", None, None, None, tags.get("name")))
    taken = {row[0] for row in rows}
    for key, lon, lat, tags in found.offices:
        if key not in taken:
            rows.append((key, lon, lat, "office", "candidate", None, None, None, tags.get("name")))
    schema = {
        "id": pl.String, "lon": pl.Float64, "lat": pl.Float64, "class": pl.String, "status": pl.String,
        "fast_ports": pl.Int64, "slow_ports": pl.Int64, "ports_max": pl.Int64, "name": pl.String,
    }  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema, orient="row").unique("id", keep="first").sort("id")
    return frame.with_columns(pl.lit(None, dtype=pl.Float64).alias("cost"))


def _sockets(tags: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Return rapid and slow sockets, unknown where none is tagged."""
    counts = {"fast": 0, "slow": 0}
    said = False
    for key, value in tags.items():
        if key.startswith("socket:") and key.count(":") == 1 and value.isdigit():
            said = True
            rapid = any(kind in key for kind in ("chademo", "combo", "tesla_supercharger"))
            counts["fast" if rapid else "slow"] += int(value)
    return (counts["fast"], counts["slow"]) if said else (None, None)


class _Near:
    """What lies near a place: stations and halls."""

    def __init__(self, found: _Found) -> None:
        everything = [*found.stations, *found.halls["sports"], *found.halls["culture"]]
        self.origin = everything[0] if everything else (0.0, 0.0)
        self.stations, self.sports, self.culture = (
            self._metres(points) for points in (found.stations, found.halls["sports"], found.halls["culture"])
        )

    def kind(self, lon: float, lat: float, tags: Mapping[str, str]) -> str:
        """Return the class of a car park or charging station by its access and what is near."""
        if tags.get("access") in CLOSED:
            return "home"
        if tags.get("access") == "customers":
            return "office"
        if tags.get("park_ride", "no") != "no" or self._within(self.stations, lon, lat, STATION_M):
            return "transit"
        if self._within(self.sports, lon, lat, HALL_M):
            return "sports"
        return "culture" if self._within(self.culture, lon, lat, HALL_M) else "public"

    def _metres(self, points: list[tuple[float, float]]) -> NDArray[np.float64]:
        """Return points (n x 2) in metres."""
        if not points:
            return np.zeros((0, 2))
        degrees = np.array(points)
        return np.column_stack(to_local(degrees[:, 0], degrees[:, 1], self.origin))

    def _within(self, there: NDArray[np.float64], lon: float, lat: float, metres: float) -> bool:
        """Tell whether a point lies within some metres."""
        if not len(there):
            return False
        x, y = to_local(np.array([lon]), np.array([lat]), self.origin)
        return bool((np.hypot(there[:, 0] - x[0], there[:, 1] - y[0]) <= metres).any())
