"""The same solution for a city that isn't Seoul: what it gives is used, what it lacks is named or marked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from madang.core.city import City
from madang.core.contract import Run, perform
from madang.core.errors import MadangError, TableError
from madang.solutions.ev_fleet import solution

DAY = date(2026, 11, 22)
FUELS = ("petrol", "diesel", "lpg", "cng", "hybrid", "electric", "hydrogen", "other")
SOURCE = """
[sources.register]
who = "Smalltown"
title = "Vehicle register"
read = 2026-01-31
"""
COUNTS = {
    "taxis": 500, "city_buses": 120, "village_buses": 30, "school_buses": 40, "parcel_trucks": 60,
    "motorcycles": 5000, "delivery_motorcycles": 300, "electric_motorcycles": 50,
}  # fmt: skip


def smalltown(
    folder: Path, cities: Path, counts: dict[str, int] = COUNTS, years: tuple[int, ...] = (2019, 2020, 2025)
) -> City:
    """Write a small city that inherits from Seoul what it does not know of itself."""
    town = folder / "smalltown"
    town.mkdir()
    (town / "city.toml").write_text(
        'id = "smalltown"\nname.ko = "작은시"\nname.en = "Smalltown"\ninherits = "seoul"\n', "utf-8"
    )
    facts = "".join(
        f'\n[facts.{name}]\nsays.ko = "{name} 대수"\nsays.en = "{name}"\nunit = "vehicle"\nsource = "register"\n'
        f"values = [{{ from = 2019-01-01, value = {value} }}]\n"
        for name, value in counts.items()
    )
    facts += (
        '\n[facts.electric_registered]\nsays.ko = "등록된 전기차"\nsays.en = "Registered"\nunit = "vehicle"\n'
        'source = "register"\nvalues = [{ from = 2019-12-31, value = 160 }, { from = 2025-12-31, value = 960 }]\n'
    )
    table = '\n[tables.registers]\nfile = "registers.csv"\nsource = "register"\n'
    (town / "ev_fleet.toml").write_text(SOURCE + facts + table, "utf-8")
    rows = [
        (f"{year}-12-31", kind, use, fuel, (1000 if fuel != "electric" else 20 * (year - 2018)))
        for year in years
        for kind in ("car", "van", "truck", "special")
        for use in ("noncommercial", "commercial")
        for fuel in FUELS
    ]
    pl.DataFrame(rows, schema=["day", "vehicle_class", "use", "fuel", "vehicles"], orient="row").write_csv(
        town / "registers.csv"
    )
    return City.open(town, cities)


@pytest.fixture
def small(tmp_path: Path, seoul: City) -> Run:
    return perform(solution, smalltown(tmp_path, seoul.folder.parent), DAY, changes={"draws": 250, "promised.car": 100})


def test_a_citys_own_register_is_used(small: Run) -> None:
    assert small.number("vehicles_registered").value == 8 * (7 * 1000 + 140)
    assert small.number("electric_registered_total").value == 960


def test_a_citys_own_counts_replace_seouls(small: Run) -> None:
    assert small.number("taxis").value == 500
    assert small.number("taxi_share_promised").value == pytest.approx(2000)


def test_what_is_still_seouls_is_listed_and_marked(small: Run) -> None:
    names = {use.name for use in small.defaults()}
    assert {"promised_cars", "energy_car", "classes_yearly"} <= names
    assert "taxis" not in names
    said = [text.en for text in small.caveats(small.number("electric_promised_total").rests_on)]
    assert any("not this city's own" in one for one in said)


def test_more_is_promised_than_there_are_vehicles_and_the_stock_stops_there(small: Run) -> None:
    stock = small.result.paths.flows["promised"].stock  # type: ignore[attr-defined]
    assert stock[1].sum(axis=0) == pytest.approx(500)
    assert stock.min() >= 0


def test_a_register_without_the_two_year_ends_says_what_to_add(tmp_path: Path, seoul: City) -> None:
    town = smalltown(tmp_path, seoul.folder.parent, years=(2020, 2025))
    with pytest.raises(MadangError, match="the register has no count at the ends of 2019 and 2020"):
        perform(solution, town, DAY, changes={"draws": 250})


def test_a_class_larger_than_the_register_says_which(tmp_path: Path, seoul: City) -> None:
    town = smalltown(tmp_path, seoul.folder.parent, counts=COUNTS | {"taxis": 90_000})
    with pytest.raises(MadangError, match="more taxis than the register has vehicles to be them"):
        perform(solution, town, DAY, changes={"draws": 250})


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("2020-12-31,car,commercial,petrol,-5", "the value is below 0 vehicle|is below 0"),
        ("2020-12-31,car,commercial,coal,5", "is not one of the known words"),
        ("2020-12-31,car,commercial,petrol,many", "is not"),
        ("2020-12-31,car,commercial,petrol,", "is empty"),
    ],
)
def test_a_bad_row_of_the_register_is_named(tmp_path: Path, seoul: City, broken: str, message: str) -> None:
    town = smalltown(tmp_path, seoul.folder.parent, years=(2019, 2025))
    path = town.folder / "registers.csv"
    path.write_text(path.read_text("utf-8") + broken + "\n", "utf-8")
    with pytest.raises(TableError, match=message) as raised:
        perform(solution, town, DAY, changes={"draws": 250})
    assert "row 130" in str(raised.value)
