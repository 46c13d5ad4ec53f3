"""What a reading draws on is remembered whole, with its weakest word, and held to its days and bounds."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from madang.core.city import City, Reader
from madang.core.contract import Card, Solution, perform
from madang.core.errors import BoundsError, CityError, FactError, UnknownName
from madang.core.inputs import Inputs, given
from madang.core.tests.conftest import TOWN

DAY = date(2025, 1, 1)


def _edit(cities: Path, old: str, new: str, city: str = "oakham") -> City:
    """Return a city with one passage of its file for the solution replaced."""
    path = cities / city / "shade.toml"
    body = path.read_text("utf-8")
    assert old in body
    path.write_text(body.replace(old, new), "utf-8")
    return City.open(cities / city, cities)


def _one(kind: Any, **told: Any) -> type[Inputs]:
    """Return a model of one input of a kind, read from the fact ``trees`` unless told otherwise."""
    field = given("수", "Count", **{"unit": "tree", "facts": ["trees"], **told})
    return type("One", (Inputs,), {"__annotations__": {"count": kind}, "count": field})


@pytest.mark.parametrize("ask", ["by_day", "series"])
def test_every_value_of_a_series_is_remembered_with_its_source_and_weakness(reader: Reader, ask: str) -> None:
    """A series that forgot what it rests on would lose its source and its caveat."""
    getattr(reader, ask)("planted")
    use = reader.uses["planted"]
    assert (use.value, use.since, use.status) == (20, date(2022, 1, 1), "announced")
    assert [source.title for source in (use.source, *use.other_sources)] == ["Street trees", "Plan of planting"]


@pytest.mark.parametrize("ask", ["by_day", "series"])
@pytest.mark.parametrize(
    ("day", "value"), [(date(2019, 1, 1), 10), (date(2021, 1, 1), 10), (date(2022, 1, 1), 20), (date(2030, 1, 1), 40)]
)
def test_a_series_is_told_by_the_value_that_holds_on_the_day_of_the_reading(
    shade: Solution, oakham: City, ask: str, day: date, value: int
) -> None:
    reader = shade.reader(oakham, day)
    getattr(reader, ask)("planted")
    assert reader.uses["planted"].value == value


def test_of_two_sources_the_last_read_stands_first_and_none_stands_twice(shade: Solution, cities: Path) -> None:
    city = _edit(cities, "{from = 2022-01-01, value = 20}", '{from = 2022-01-01, value = 20, source = "plan"}')
    reader = shade.reader(city, DAY)
    reader.series("planted")
    use = reader.uses["planted"]
    assert (use.source.title, [source.title for source in use.other_sources]) == ("Plan of planting", ["Street trees"])


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("known", "known", "known"), ("assumption", "known", "assumption"), ("known", "assumption", "assumption"),
        ("announced", "assumption", "assumption"), ("enacted", "known", "known"),
    ],
)  # fmt: skip
def test_a_fact_read_twice_is_as_weak_as_its_weaker_value(
    shade: Solution, cities: Path, first: str, second: str, status: str
) -> None:
    old, new = "{from = 2021-01-01, value = 10}", f'{{from = 2021-01-01, value = 10, status = "{first}"}}'
    city = _edit(cities, old, new)
    old, new = "{from = 2022-01-01, value = 20}", f'{{from = 2022-01-01, value = 20, status = "{second}"}}'
    reader = shade.reader(_edit(cities, old, new) if city else city, DAY)
    reader.fact("planted", on=date(2021, 6, 1))
    reader.fact("planted", on=date(2022, 6, 1))
    assert reader.uses["planted"].status == status


@pytest.mark.parametrize("what", ["fact", "table", "file"])
@pytest.mark.parametrize(
    ("days", "today", "says"),
    [
        ("read = 2026-01-01", date(2025, 12, 31), "the source of {} is said to have been read on a day to come"),
        ("read = 2026-01-01", date(2026, 1, 1), None),
        ("read = 2026-01-01\npublished = 2026-01-02", None, "the source of {} was read before it was published"),
        ("read = 2026-01-01\npublished = 2026-01-01", None, None),
    ],
)
def test_the_days_of_every_source_are_checked_whatever_comes_from_it(
    shade: Solution, cities: Path, what: str, days: str, today: date | None, says: str | None
) -> None:
    with (shade.folder / "tables.toml").open("a", encoding="utf-8") as file:
        file.write('[files]\nmap = {ko = "지도", en = "Map"}\n')
    with (cities / "oakham" / "shade.toml").open("a", encoding="utf-8") as file:
        file.write('[files.map]\nfile = "shade/streets.csv"\nsource = "count"\n')
    city = _edit(cities, "read = 2026-01-01", days)
    reader = shade.reader(city, DAY, today)
    name, ask = {
        "fact": ("trees", reader.fact), "table": ("streets", reader.table), "file": ("map", reader.file_if_given),
    }[what]  # fmt: skip
    if says is None:
        assert ask(name) is not None
        return
    with pytest.raises(FactError) as caught:
        ask(name)
    assert caught.value.what == says.format(repr(name))


@pytest.mark.parametrize("place", ["city.toml", "shade.toml", "table"])
def test_a_reader_has_what_any_city_of_the_lineage_has(shade: Solution, cities: Path, place: str) -> None:
    name, fact = ("streets", "") if place == "table" else ("felled", TOWN.split("[facts.planted]")[0])
    if place != "table":
        source = '\n[sources.axe]\nwho = "Oakham"\ntitle = "Felling"\nread = 2026-01-01\n'
        with (cities / "oakham" / place).open("a", encoding="utf-8") as file:
            file.write(source + fact.replace("facts.trees", "facts.felled").replace('"count"', '"axe"'))
    heir = shade.reader(City.open(cities / "elmton", cities), DAY)
    assert (heir.has(name), heir.has("uptake"), heir.has("nothing")) == (True, True, False)


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        (float, '"many"', "the fact 'trees' is not a number"),
        (int, "1.5", "the fact 'trees' is not a whole number"),
        (dict[int, float], '"many"', "the fact 'trees' is not numbers by year"),
        (tuple[float, ...], "3", "the fact 'trees' is not a list of numbers"),
    ],
)
def test_a_fact_of_another_kind_than_its_input_is_named(
    shade: Solution, cities: Path, kind: Any, value: str, says: str
) -> None:
    body = TOWN.split("[facts.planted]")[0]
    new = body.replace("value = 300", f"value = {value}").replace('unit = "tree"', 'unit = "1"')
    reader = shade.reader(_edit(cities, body, new), DAY)
    with pytest.raises(FactError) as caught:
        reader.fill(_one(kind, unit="1"))
    assert (caught.value.what, caught.value.todo) == (says, "correct the value")
    assert str(caught.value.where).startswith(f"file {cities}/oakham/shade.toml")


def test_a_single_value_out_of_an_inputs_bounds_names_the_fact(reader: Reader) -> None:
    with pytest.raises(BoundsError) as caught:
        reader.fill(_one(int, le=299))
    assert caught.value.what == "the fact 'trees': count = 300 is outside its bounds"
    assert reader.fill(_one(int, le=300)).plain() == {"count": 300}


def test_a_whole_number_written_with_a_point_is_a_whole_number_where_one_is_due(shade: Solution, cities: Path) -> None:
    reader = shade.reader(_edit(cities, "value = 300", "value = 300.0"), DAY)
    whole, real = reader.fill(_one(int)).plain()["count"], reader.fill(_one(float)).plain()["count"]
    assert (whole, type(whole), type(real)) == (300, int, float)


def test_an_input_with_a_default_takes_the_fact_where_somebody_has_it(reader: Reader) -> None:
    assert reader.fill(_one(int, default=7)).plain() == {"count": 300}
    assert reader.fill(_one(int, default=7, facts=["felled"])).plain() == {"count": 7}
    with pytest.raises(UnknownName, match="there is no fact called 'felled'"):
        reader.fill(_one(int, facts=["felled"]))


def test_an_input_is_read_in_its_own_unit_and_text_without_one(shade: Solution, cities: Path) -> None:
    city = _edit(cities, 'unit = "tree"\nsource = "count"\nvalues = [{from = 2020-01-01, value = 300}]',
                 'unit = "kg"\nsource = "count"\nvalues = [{from = 2020-01-01, value = 300}]')  # fmt: skip
    assert shade.reader(city, DAY).fill(_one(float, unit="t")).plain() == {"count": 0.3}
    with pytest.raises(BoundsError, match=r"0\.3 is outside its bounds"):
        shade.reader(city, DAY).fill(_one(float, unit="t", ge=1))


@pytest.mark.parametrize(
    ("cities_given", "todo"),
    [(True, "known: elmton, oakham"), (False, "remove inherits, or give the folder of cities")],
)
def test_a_parent_nobody_knows_is_answered_with_those_there_are(cities: Path, cities_given: bool, todo: str) -> None:
    path = cities / "elmton" / "city.toml"
    path.write_text(path.read_text("utf-8").replace('"oakham"', '"atlantis"'), "utf-8")
    with pytest.raises(CityError) as caught:
        City.open(cities / "elmton", cities if cities_given else None)
    assert caught.value.todo == todo


def test_a_default_is_called_by_the_name_of_the_city_it_is_of(shade: Solution, elmton: City) -> None:
    """`oakham` is a folder; people say Oakham, and 오컴."""
    run = perform(shade, elmton, DAY)
    owners = {use.name: (use.owner, use.owner_name.ko, use.owner_name.en) for use in run.uses.values()}
    assert owners == {
        "trees": ("elmton", "엘름턴", "Elmton"), "uptake": ("policy", "정책 자체", "the policy"),
        "planted": ("oakham", "오컴", "Oakham"), "streets": ("oakham", "오컴", "Oakham"),
    }  # fmt: skip
    assert run.caveats(("streets",))[0].en == "Default: “Streets” is Oakham's value, not this city's own."


@pytest.mark.parametrize(
    ("since", "checked", "review", "right"),
    [("2020-01-01", "2020-01-01", "2020-01-02", True), ("2020-01-01", "2020-01-01", "2020-01-01", False),
     ("2020-01-02", "2020-01-01", "2020-01-03", False)],
)  # fmt: skip
def test_a_card_may_be_checked_on_its_first_day_and_is_reviewed_later(
    shade: Solution, since: str, checked: str, review: str, right: bool
) -> None:
    card = shade.card.model_dump() | {"since": since, "checked_on": checked, "next_review": review}
    if right:
        assert Card.model_validate(card).next_review.isoformat() == review
    else:
        with pytest.raises(ValueError, match="the days must stand in order"):
            Card.model_validate(card)
