"""City folders: whose a value is, which one holds, and what is read is remembered."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from madang.core.city import City, Reader
from madang.core.contract import Solution
from madang.core.errors import BoundsError, CityError, DataError, FactError, MadangError, UnitError, UnknownName
from madang.core.inputs import Inputs, given
from madang.core.tables import Table

DAY = date(2025, 1, 1)


def edit(cities: Path, file: str, old: str, new: str) -> None:
    """Replace one passage in a city's file."""
    path = cities / file
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), "utf-8")


def test_a_city_knows_its_name_and_its_lineage(elmton: City) -> None:
    assert (elmton.id, elmton.name.en) == ("elmton", "Elmton")
    assert [city.id for city in elmton.lineage()] == ["elmton", "oakham"]


def test_a_fact_is_read_and_remembered(reader: Reader) -> None:
    assert reader.fact("trees") == 300
    use = reader.uses["trees"]
    assert (use.kind, use.value, use.unit, use.since) == ("fact", 300, "tree", date(2020, 1, 1))
    assert (use.owner, use.origin, use.file.name, use.source.title) == ("oakham", "city", "shade.toml", "Street trees")


def test_a_fact_of_the_policy_at_home_is_no_default_but_may_be_weak(reader: Reader) -> None:
    assert reader.fact("uptake", "g/tree") == pytest.approx(6600)
    use = reader.uses["uptake"]
    assert (use.owner, use.origin, use.status, use.weak) == ("policy", "city", "assumption", True)
    assert (use.low, use.high) == (5000, 8000)


def test_the_nearest_owner_of_a_fact_is_asked_first(shade: Solution, elmton: City) -> None:
    reader = shade.reader(elmton, DAY)
    assert reader.fact("trees") == 500
    assert reader.series("planted") == {2021: 10, 2022: 20, 2030: 40}
    assert [reader.uses[name].owner for name in ("trees", "planted")] == ["elmton", "oakham"]
    assert [reader.uses[name].origin for name in ("trees", "planted")] == ["city", "default"]


def test_a_policys_fact_is_a_default_for_a_guest(shade: Solution, elmton: City) -> None:
    reader = shade.reader(elmton, DAY)
    reader.fact("uptake")
    assert (reader.uses["uptake"].owner, reader.uses["uptake"].origin) == ("policy", "default")


def test_what_tells_of_one_city_only_is_not_taken_over(shade: Solution, elmton: City) -> None:
    reader = replace(shade.reader(elmton, DAY), local=frozenset({"trees", "planted", "uptake"}))
    assert reader.fact("trees") == 500
    assert (reader.has("planted"), reader.by_day("planted")) == (False, {})
    assert not reader.has("uptake")
    with pytest.raises(UnknownName, match="there is no fact called 'uptake'"):
        reader.fact("uptake")


def test_what_tells_of_the_home_city_only_holds_there(shade: Solution, reader: Reader) -> None:
    at_home = replace(reader, local=frozenset({"trees", "uptake"}), uses={})
    assert at_home.fact("trees") == 300
    assert at_home.fact("uptake", "g/tree") == pytest.approx(6600)


def test_a_citys_own_file_may_override_a_fact_of_the_policy(shade: Solution, cities: Path) -> None:
    edit(cities, "elmton/shade.toml", "[facts.trees]", (
        '[facts.uptake]\nsays = {ko = "흡수량", en = "Uptake"}\nunit = "kg/tree"\nsource = "count"\n'
        "values = [{from = 2020-01-01, value = 7}]\n[facts.trees]"
    ))  # fmt: skip
    reader = shade.reader(City.open(cities / "elmton", cities), DAY)
    assert reader.fact("uptake") == 7
    assert reader.uses["uptake"].origin == "city"


def test_facts_in_city_toml_serve_every_solution(shade: Solution, cities: Path) -> None:
    with (cities / "oakham" / "city.toml").open("a") as file:
        file.write('[sources.map]\nwho = "Oakham"\ntitle = "Map"\nread = 2026-01-01\n[facts.area]\nunit = "km**2"\n')
        file.write('says = {ko = "넓이", en = "Area"}\nsource = "map"\nvalues = [{from = 2000-01-01, value = 2}]\n')
    reader = shade.reader(City.open(cities / "oakham", cities), DAY)
    assert reader.has("area")
    assert reader.fact("area", "ha") == pytest.approx(200)
    assert reader.uses["area"].file.name == "city.toml"


def test_a_fact_nobody_has_suggests_the_nearest(reader: Reader) -> None:
    with pytest.raises(UnknownName) as caught:
        reader.fact("uptak")
    assert caught.value.what == "there is no fact called 'uptak'"
    assert caught.value.todo == "did you mean uptake?"
    assert not reader.has("uptak")


def test_another_day_may_be_asked_for(reader: Reader) -> None:
    assert reader.fact("planted", on=date(2021, 6, 1)) == 10
    assert reader.fact_value("planted", on=date(2022, 6, 1)).value == 20


def test_a_series_is_weak_where_one_of_its_values_is_and_keeps_every_source(reader: Reader) -> None:
    reader.series("planted")
    use = reader.uses["planted"]
    assert (use.value, use.status, use.weak) == (20, "announced", True)
    assert {use.source.title, *(source.title for source in use.other_sources)} == {"Street trees", "Plan of planting"}


def test_a_series_with_two_values_in_a_year_is_refused(shade: Solution, cities: Path) -> None:
    edit(cities, "oakham/shade.toml", "from = 2022-01-01", "from = 2021-07-01")
    with pytest.raises(FactError) as caught:
        shade.reader(City.open(cities / "oakham", cities), DAY).series("planted")
    assert caught.value.what == "the fact 'planted' has two values that begin in 2021"


def test_values_by_day_are_read_and_none_where_nobody_has_the_fact(reader: Reader) -> None:
    assert reader.by_day("planted") == {"2021-01-01": 10, "2022-01-01": 20, "2030-01-01": 40}
    assert reader.by_day("felled") == {}


def test_a_fact_is_not_read_in_a_unit_of_something_else(reader: Reader) -> None:
    with pytest.raises(UnitError, match="the fact 'trees': tree cannot be turned into vehicle"):
        reader.fact("trees", "vehicle")


def test_a_table_is_read_and_remembered(reader: Reader) -> None:
    table = reader.table("streets")
    assert table.frame["length"].to_list() == [1.5, 0.5]
    use = reader.uses["streets"]
    assert (use.kind, use.value, use.since, use.sha256) == ("table", 2, date(2025, 12, 31), table.sha256)


def test_a_table_of_the_parent_serves_the_heir_as_a_default(shade: Solution, elmton: City) -> None:
    reader = shade.reader(elmton, DAY)
    reader.table("streets")
    assert (reader.uses["streets"].owner, reader.uses["streets"].origin) == ("oakham", "default")


def test_a_table_nobody_declared_suggests_the_nearest(reader: Reader) -> None:
    with pytest.raises(UnknownName, match="there is no table called 'street'"):
        reader.table("street")


def test_an_optional_table_may_be_absent(reader: Reader) -> None:
    assert reader.table_if_given("parks") is None
    assert reader.table_if_given("streets") is not None


def test_a_table_the_city_lacks_is_asked_for_with_its_columns(reader: Reader) -> None:
    with pytest.raises(CityError) as caught:
        reader.table("parks")
    assert caught.value.what == "the city gives no table 'parks' for shade"
    assert caught.value.todo == "add [tables.parks] with file and source; its columns: park"


def test_a_table_must_be_the_one_its_card_describes(shade: Solution, cities: Path) -> None:
    edit(cities, "oakham/shade.toml", "day = 2025-12-31", f'day = 2025-12-31\nsha256 = "{"a" * 64}"')
    with pytest.raises(DataError, match="the file is not the one its origin card describes"):
        shade.reader(City.open(cities / "oakham", cities), DAY).table("streets")


def test_inputs_are_filled_from_the_facts_they_name(reader: Reader) -> None:
    inputs = reader.fill(type("Few", (Inputs,), {
        "__annotations__": {"trees": int, "uptake": float},
        "trees": given("가로수", "Trees", unit="tree", facts=["trees"]),
        "uptake": given("흡수량", "Uptake", unit="g/tree", facts=["uptake"]),
    }), trees=1)  # fmt: skip
    assert inputs.plain() == {"trees": 1, "uptake": pytest.approx(6600)}
    assert set(reader.uses) == {"uptake"}


def test_an_input_with_a_default_keeps_it_where_nobody_has_its_fact(reader: Reader) -> None:
    class Optional(Inputs):
        felled: int = given("벤 나무", "Trees felled", unit="tree", facts=["felled"], default=0)
        parks: Table | None = given("공원", "Parks", facts=["parks"], default=None)

    inputs = reader.fill(Optional)
    assert (inputs.felled, inputs.parks, reader.uses) == (0, None, {})


def test_a_fact_out_of_an_inputs_bounds_names_fact_and_file(shade: Solution, cities: Path) -> None:
    edit(cities, "oakham/shade.toml", "value = 300", "value = -300")
    with pytest.raises(BoundsError) as caught:
        shade.read(shade.reader(City.open(cities / "oakham", cities), DAY))
    assert str(caught.value) == (
        f"the fact 'trees': trees = -300 is outside its bounds\n  where: file {cities}/oakham/shade.toml\n"
        "  to do: give a value of at least 0 tree"
    )


@pytest.mark.parametrize(("file", "kind"), [("trees", "fact"), ("streets", "table")])
def test_a_misspelt_name_in_a_guests_file_does_not_leave_the_default_in_force(
    file: str, kind: str, shade: Solution, cities: Path
) -> None:
    with (cities / "elmton" / "shade.toml").open("a") as toml:
        if kind == "table":
            toml.write('[tables.streetz]\nfile = "s.csv"\nsource = "count"\n')
        else:
            toml.write('[facts.treez]\nsays = {ko = "나무", en = "Trees"}\nunit = "tree"\nsource = "count"\n')
            toml.write("values = [{from = 2020-01-01, value = 1}]\n")
    with pytest.raises(UnknownName) as caught:
        shade.reader(City.open(cities / "elmton", cities), DAY)
    assert caught.value.what == f"there is no {kind} called '{file[:-1]}z'"
    assert caught.value.todo == f"did you mean {file}?"


def test_a_source_read_on_a_day_to_come_is_refused(shade: Solution, oakham: City) -> None:
    reader = shade.reader(oakham, DAY, today=date(2025, 6, 1))
    with pytest.raises(FactError) as caught:
        reader.fact("trees")
    assert caught.value.what == "the source of 'trees' is said to have been read on a day to come"


def test_a_city_without_a_file_for_the_solution_has_only_defaults(shade: Solution, cities: Path) -> None:
    (cities / "elmton" / "shade.toml").unlink()
    reader = shade.reader(City.open(cities / "elmton", cities), DAY)
    shade.read(reader)
    assert {use.origin for use in reader.uses.values()} == {"default"}


@pytest.mark.parametrize(
    ("inherits", "what"),
    [
        ("atlantis", "the city inherits from 'atlantis', which is not there"),
        ("elmton", "cities inherit in a circle: elmton from elmton"),
    ],
)
def test_a_parent_that_cannot_be_is_refused(inherits: str, what: str, cities: Path) -> None:
    edit(cities, "elmton/city.toml", 'inherits = "oakham"', f'inherits = "{inherits}"')
    with pytest.raises(CityError) as caught:
        City.open(cities / "elmton", cities)
    assert caught.value.what == what


def test_a_circle_of_three_is_found(cities: Path) -> None:
    (cities / "ashby").mkdir()
    (cities / "ashby" / "city.toml").write_text('id = "ashby"\nname = {ko = "애", en = "A"}\ninherits = "elmton"\n')
    edit(cities, "oakham/city.toml", 'id = "oakham"', 'id = "oakham"\ninherits = "ashby"')
    with pytest.raises(CityError) as caught:
        City.open(cities / "oakham", cities)
    assert caught.value.what == "cities inherit in a circle: oakham from ashby from elmton from oakham"


def test_without_a_folder_of_cities_nothing_can_be_inherited(cities: Path) -> None:
    with pytest.raises(CityError) as caught:
        City.open(cities / "elmton")
    assert caught.value.todo == "remove inherits, or give the folder of cities"


@pytest.mark.parametrize("file", ["shade.toml", "shade/streets.csv"])
def test_a_locked_file_says_that_it_cannot_be_read(
    file: str, shade: Solution, cities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, read = cities / "oakham" / file, Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    with pytest.raises(MadangError) as caught:
        shade.read(shade.reader(City.open(cities / "oakham", cities), DAY))
    assert str(caught.value) == f"the file cannot be read: Permission denied\n  where: file {locked}"


FILE = """
[files.map]
file = "shade/map.pbf"
source = "count"
"""


@pytest.fixture
def mapped(shade: Solution, cities: Path) -> Path:
    """Return the cities' folder after Oakham was given a raw file that the solution declares."""
    with (shade.folder / "tables.toml").open("a") as file:
        file.write('[files]\nmap = {ko = "지도", en = "Map"}\n')
    with (cities / "oakham" / "shade.toml").open("a") as file:
        file.write(FILE)
    (cities / "oakham" / "shade" / "map.pbf").write_bytes(b"map")
    return cities


def test_a_raw_file_is_found_hashed_and_remembered(shade: Solution, mapped: Path) -> None:
    reader = shade.reader(City.open(mapped / "oakham", mapped), DAY)
    found = reader.file_if_given("map")
    assert found is not None
    assert (found.path.read_bytes(), found.sha256) == (b"map", hashlib.sha256(b"map").hexdigest())
    use = reader.uses["map"]
    assert (use.kind, use.value, use.origin, use.says.en) == ("file", "map.pbf", "city", "Map")


def test_a_raw_file_that_nobody_gives_is_none(shade: Solution, mapped: Path) -> None:
    edit(mapped, "oakham/shade.toml", FILE, "")
    assert shade.reader(City.open(mapped / "oakham", mapped), DAY).file_if_given("map") is None


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"shade/map.pbf"', '"shade/none.pbf"', "the file 'map' is missing"),
        ('"shade/map.pbf"', '"../elmton/city.toml"', "the file 'map' lies outside the city's folder"),
        ('source = "count"\n', 'source = "chart"\n', "the file 'map' names a source without a card: 'chart'"),
        (
            'file = "shade/map.pbf"',
            'package = "no_such_package"\npath = "map.pbf"',
            "the file 'map' comes with the package 'no_such_package', which is not installed",
        ),
        (
            'file = "shade/map.pbf"',
            'package = "pydantic"\npath = "map.pbf"',
            "the package 'pydantic' does not carry the file 'map.pbf'",
        ),
        (
            'file = "shade/map.pbf"',
            f'sha256 = "{"a" * 64}"\nfile = "shade/map.pbf"',
            "the file is not the one its origin card describes",
        ),
        ('file = "shade/map.pbf"', 'path = "map.pbf"', "a file needs either file, or package and path"),
    ],
)
def test_a_raw_file_with_a_fault_says_which(old: str, new: str, what: str, shade: Solution, mapped: Path) -> None:
    edit(mapped, "oakham/shade.toml", FILE, FILE.replace(old, new))
    with pytest.raises(MadangError) as caught:
        shade.reader(City.open(mapped / "oakham", mapped), DAY).file_if_given("map")
    assert caught.value.what == what


def test_a_raw_file_nobody_declared_suggests_the_nearest(shade: Solution, mapped: Path) -> None:
    with pytest.raises(UnknownName) as caught:
        shade.reader(City.open(mapped / "oakham", mapped), DAY).file_if_given("maps")
    assert str(caught.value) == "there is no file called 'maps'\n  to do: did you mean map?"


def _with_districts(folder: Path, said: str) -> Path:
    (folder / "city.toml").write_text(f'id = "town"\nname.ko = "읍"\nname.en = "Town"\n{said}', "utf-8")
    return folder


_OURS = '[sources.ours]\nwho = "us"\ntitle = "the list"\nread = 2026-11-25\n'
_EAST = '{ key = "E", name = { ko = "동", en = "East" } }'


def test_a_city_names_its_own_districts_and_an_heir_takes_none_over(tmp_path: Path) -> None:
    town = _with_districts(tmp_path, f'[districts]\nsource = "ours"\nnames = [{_EAST}]\n{_OURS}')
    assert [(one.key, one.name.ko) for one in City.open(town).districts] == [("E", "동")]
    heir = tmp_path / "cities" / "heir"
    heir.mkdir(parents=True)
    (heir / "city.toml").write_text('id = "heir"\nname.ko = "딸"\nname.en = "Heir"\ninherits = "town"\n', "utf-8")
    (tmp_path / "cities" / "town").mkdir()
    _with_districts(tmp_path / "cities" / "town", f'[districts]\nsource = "ours"\nnames = [{_EAST}]\n{_OURS}')
    assert City.open(heir, tmp_path / "cities").districts == ()


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (f'[districts]\nsource = "ours"\nnames = [{_EAST}, {_EAST}]\n{_OURS}', "two districts are called 'E'"),
        (f'[districts]\nsource = "theirs"\nnames = [{_EAST}]\n{_OURS}', "no card of the districts in"),
        (f'[districts]\nsource = "ours"\nnames = []\n{_OURS}', "the list is empty"),
    ],
)
def test_districts_that_can_not_be_told_apart_or_have_no_source_are_refused(
    tmp_path: Path, said: str, fault: str
) -> None:
    with pytest.raises(CityError, match=fault):
        City.open(_with_districts(tmp_path, said))
