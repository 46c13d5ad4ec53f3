"""What the solution's rules need beside the account: the unit loads and plants of the city shown, as of today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import polars as pl
from django.conf import settings
from django.utils.timezone import localdate

from madang.core.errors import Both, UnknownName
from madang.core.language import Text, text
from madang.plan.cities import open_city
from madang.solutions.pollution_cap import solution
from madang.solutions.pollution_cap.loads import Plant, UnitLoads
from madang.solutions.pollution_cap.sourcing import plants_of, unit_loads

#: What the rules' land categories are called; one that is not here is shown by its own name.
LAND: dict[str, Text] = {
    "dry_field": text("전", "dry field"),
    "paddy": text("답", "paddy"),
    "orchard": text("과수원", "orchard"),
    "pasture": text("목장용지", "pasture"),
    "park": text("공원", "park"),
    "cemetery": text("묘지", "cemetery"),
    "forest": text("임야", "forest"),
    "mixed": text("잡종지", "mixed land"),
    "stream": text("하천", "stream"),
    "ditch": text("구거", "ditch"),
    "pond": text("유지", "pond"),
    "building": text("대지", "building land"),
    "factory": text("공장용지", "factory"),
    "school": text("학교용지", "school"),
    "warehouse": text("창고용지", "warehouse"),
    "religious": text("종교용지", "religious"),
    "road": text("도로", "road"),
    "car_park": text("주차장", "car park"),
    "railway": text("철도용지", "railway"),
    "waterworks": text("수도용지", "waterworks"),
    "filling_station": text("주유소용지", "filling station"),
    "sports": text("체육용지", "sports ground"),
    "amusement": text("유원지", "amusement park"),
}


@dataclass(frozen=True)
class Rules:
    """Unit loads in force and the plants that sewers lead to; ``made_up`` names those of which a number is invented.

    names: districts, units and plants in words, by the names that the rules know them by. districts, areas: those that
    the city lists; empty where it has no such table.
    """

    units: UnitLoads
    plants: Mapping[str, Plant]
    made_up: frozenset[str] = frozenset()
    names: Mapping[str, Text] = field(default_factory=dict)
    districts: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()

    def plant(self, name: str) -> Plant | None:
        """Return a plant by its name; None for no name.

        Raises:
            UnknownName: there is no such plant.
        """
        if not name:
            return None
        if name not in self.plants:
            raise UnknownName(Both("하수처리시설", "sewage plant"), name, self.plants)
        return self.plants[name]


def city_here() -> str:
    """Return the id of the city that the site shows."""
    return open_city(settings.MADANG_CITY).id


def rules_of(city: str) -> Rules:
    """Return the rules of the city shown as of today, or of another that comes with Madang."""
    return _rules(settings.MADANG_CITY if city == city_here() else city, localdate())


@lru_cache(maxsize=8)
def _rules(city: str, day: date) -> Rules:
    """Return the rules of a city on a day; its files do not change while the site runs."""
    inputs = solution.read(solution.reader(open_city(city), day, day))
    invented = () if inputs.plants is None else inputs.plants.frame.filter(pl.col("origin") == "made_up")["plant"]
    tables = (inputs.people, "district"), (inputs.plants, "plant"), (inputs.areas, "unit_area")
    named = [(table, key) for table, key in tables if table is not None]
    names = {
        row[key]: text(row["name_ko"], row["name_en"])
        for table, key in named
        for row in table.frame.iter_rows(named=True)
    }
    districts, areas = (
        frozenset() if table is None else frozenset(table.frame[key])
        for table, key in ((inputs.people, "district"), (inputs.areas, "unit_area"))
    )
    return Rules(unit_loads(inputs), plants_of(inputs), frozenset(invented), names, districts, areas)
