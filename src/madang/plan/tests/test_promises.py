from __future__ import annotations

from datetime import date

import pytest

from madang.core.city import City
from madang.core.errors import CityError, UnknownName
from madang.plan.cities import city_names, open_city
from madang.plan.promises import read_promises
from madang.plan.tests.conftest import PROMISE

DECIDED = 'measure = "lamps.lamps"\nstated = 3\n'


def write(city: City, content: str) -> None:
    """Put the content into the city's promises."""
    (city.folder / "promises.toml").write_text(content, "utf-8")


def test_a_city_without_promises_says_what_to_add(city: City) -> None:
    with pytest.raises(CityError) as caught:
        read_promises(city)
    assert caught.value.todo == "add promises.toml: what the city said, and which number decides it"


def test_two_promises_of_one_name_are_refused(city: City) -> None:
    second = PROMISE[PROMISE.index("[[promise]]") :]
    write(city, PROMISE + DECIDED + second + DECIDED)
    with pytest.raises(CityError, match="two promises are called 'lamps'"):
        read_promises(city)


def test_a_promise_needs_the_card_of_its_source(city: City) -> None:
    write(city, PROMISE.replace('sources = ["mayor"]', 'sources = ["radio"]') + DECIDED)
    with pytest.raises(CityError, match="names a source without a card: 'radio'"):
        read_promises(city)


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        ("stated = 3", "a claim needs either a measure or the reason why it cannot be checked"),
        ('measure = "lamps.lamps"', "a claim with a measure needs the stated value"),
        (DECIDED + "due = 2025-12-31", "a target needs a sense: at_least or at_most"),
        (DECIDED + 'cannot = { ko = "모름", en = "unknown" }', "a claim needs either a measure or the reason"),
        (DECIDED + "finish = 3", "there is a key nobody knows"),
        (DECIDED + "tolerance = -1", "this must be at least 0"),
        (DECIDED + 'measured = "roughly"', "this must be one of 'exact', 'upper_bound', 'lower_bound'"),
    ],
)
def test_a_claim_that_is_not_whole_is_refused(city: City, claim: str, says: str) -> None:
    write(city, PROMISE + claim)
    with pytest.raises(CityError, match=says):
        read_promises(city)


def test_a_wrong_id_suggests_the_right_one(city: City) -> None:
    write(city, PROMISE + DECIDED)
    with pytest.raises(UnknownName, match=r"did you mean lamps\?"):
        read_promises(city).get("lamp")


def test_a_city_is_found_by_name_or_by_folder(city: City) -> None:
    assert "seoul" in city_names()
    assert open_city("seoul").name.en == "Seoul"
    assert open_city(city.folder).id == "smallville"


def test_an_unknown_city_suggests_one(city: City) -> None:
    with pytest.raises(UnknownName, match=r"did you mean seoul\?"):
        open_city("seul")


def test_seouls_promises_are_all_those_of_the_published_list() -> None:
    ids = set(read_promises(open_city("seoul")).promises)
    assert ids == {
        "ev-total", "ev-cars", "ev-taxis", "ev-buses", "ev-motorcycles", "ev-trucks", "ev-school", "ev-ghg",
        "ev-chargers", "eco-members", "eco-co2", "eco-forest", "eco-who", "water-2020", "water-cap",
        "water-centres", "water-stations", "water-2030", "startup-2021", "monocle-2021", "arisu-scope",
        "arisu-abroad", "sharing-kinds", "miti-centres", "library-items", "library-items-2", "partners",
    }  # fmt: skip


def test_no_promise_is_said_after_it_was_read() -> None:
    book = read_promises(open_city("seoul"))
    for promise in book.promises.values():
        for key in promise.sources:
            assert (promise.said_on or date.min) <= book.sources[key].read


def test_a_claim_in_a_unit_nobody_knows_is_refused_with_its_file(city: City) -> None:
    write(city, PROMISE.replace('unit = "item"', 'unit = "lampz"') + DECIDED)
    with pytest.raises(CityError) as caught:
        read_promises(city)
    where = f"file {city.folder / 'promises.toml'}, column promise.0.claim"
    assert (caught.value.what, caught.value.where) == ("there is no unit 'lampz'", where)


def test_a_claim_has_no_tolerance_unless_one_is_given(city: City) -> None:
    write(city, PROMISE + DECIDED)
    claim = read_promises(city).get("lamps").claim
    assert (claim.tolerance, claim.relative, claim.sense, claim.measured) == (0.0, 0.0, "equals", "exact")


def test_a_claim_without_a_measure_names_neither_solution_nor_number(city: City) -> None:
    write(city, PROMISE + 'cannot = { ko = "모름", en = "unknown" }')
    claim = read_promises(city).get("lamps").claim
    assert (claim.solution, claim.number) == (None, None)
