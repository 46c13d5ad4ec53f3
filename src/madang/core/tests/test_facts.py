"""Dated facts: what held on a day, in which unit and by whom; never a value before the first."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from madang.core.documents import say_fault
from madang.core.errors import FactError, UnitError, UnknownName, in_both
from madang.core.facts import Fact, FactBook, read_facts
from madang.core.sources import Source

SOURCES = {
    "count": Source(who="City of Trees", title="Street trees", read=date(2026, 1, 1)),
    "plan": Source(who="City of Trees", title="Plan of planting", read=date(2026, 1, 2)),
}
PATH = Path("facts.toml")


def fact(*values: dict[str, Any], **more: Any) -> Fact:
    """Return a fact with the values given."""
    says = {"ko": "가로수", "en": "Street trees"}
    return Fact.model_validate({"says": says, "unit": "tree", "source": "count", "values": values, **more})


def value(since: str, number: Any, **more: Any) -> dict[str, Any]:
    """Return a value as a file gives it."""
    return {"from": since, "value": number, **more}


def book(**facts: Fact) -> FactBook:
    """Return a book of facts with both sources."""
    return FactBook(facts, SOURCES, PATH)


TREES = fact(value("2020-01-01", 300), value("2022-06-01", 400, source="plan", note="after the storm"))


@pytest.mark.parametrize(
    ("day", "number"),
    [("2020-01-01", 300), ("2022-05-31", 300), ("2022-06-01", 400), ("2030-01-01", 400)],
)
def test_a_value_holds_from_its_day_until_the_next(day: str, number: int) -> None:
    assert book(trees=TREES).at("trees", date.fromisoformat(day)).value == number


def test_before_the_first_day_there_is_no_value() -> None:
    with pytest.raises(FactError) as caught:
        book(trees=TREES).at("trees", date(2019, 12, 31))
    assert str(caught.value) == (
        "the fact 'trees' is known only from 2020-01-01\n  where: file facts.toml, day 2019-12-31\n"
        "  to do: ask for a later day, or add the earlier value with its source"
    )


def test_a_value_brings_its_day_its_note_and_its_own_source() -> None:
    found = book(trees=TREES).at("trees", date(2023, 1, 1))
    assert (found.since, found.note, found.source) == (date(2022, 6, 1), "after the storm", SOURCES["plan"])


def test_a_value_without_its_own_source_has_the_facts() -> None:
    assert book(trees=TREES).at("trees", date(2021, 1, 1)).source == SOURCES["count"]


def test_a_wrong_name_suggests_the_right_one() -> None:
    with pytest.raises(UnknownName) as caught:
        book(trees=TREES).at("tree", date(2021, 1, 1))
    assert str(caught.value) == (
        "there is no fact called 'tree'\n  where: file facts.toml\n  to do: did you mean trees?"
    )


def test_the_history_of_a_wrong_name_suggests_the_right_one() -> None:
    with pytest.raises(UnknownName, match="there is no fact called 'tree'"):
        book(trees=TREES).history("tree")


def test_a_value_comes_in_the_unit_asked_for_with_its_range() -> None:
    length = fact(value("2020-01-01", 2.5, low=2, high=3), unit="km")
    found = book(length=length).at("length", date(2021, 1, 1), "m")
    assert (found.value, found.low, found.high, found.unit) == (2500, 2000, 3000, "m")


def test_a_list_of_numbers_is_converted_whole() -> None:
    shares = fact(value("2020-01-01", [25, 75]), unit="percent")
    assert book(shares=shares).at("shares", date(2021, 1, 1), "1").value == pytest.approx((0.25, 0.75))


def test_a_fact_is_not_turned_into_something_else() -> None:
    with pytest.raises(UnitError) as caught:
        book(trees=TREES).at("trees", date(2021, 1, 1), "kg")
    assert str(caught.value) == (
        "the fact 'trees': tree cannot be turned into kg: they measure different things\n"
        "  where: file facts.toml\n  to do: check the unit beside the number, and which number was meant"
    )


def test_the_history_is_every_value_oldest_first() -> None:
    assert [found.value for found in book(trees=TREES).history("trees")] == [300, 400]


def test_a_whole_number_stays_whole_in_its_own_unit() -> None:
    assert type(book(trees=TREES).at("trees", date(2021, 1, 1), "tree").value) is int


def test_a_status_of_one_value_is_its_own() -> None:
    mixed = fact(value("2020-01-01", 1), value("2027-01-01", 2, status="announced"))
    found = book(mixed=mixed).history("mixed")
    assert [part.status for part in found] == ["known", "announced"]


def test_a_source_without_a_card_is_refused() -> None:
    with pytest.raises(FactError) as caught:
        book(trees=fact(value("2020-01-01", 1), source="map"))
    assert str(caught.value) == (
        "the fact 'trees' names a source without a card: 'map'\n  where: file facts.toml\n"
        "  to do: add [sources.map] with who, title, url and read"
    )


def test_a_values_source_without_a_card_is_refused() -> None:
    with pytest.raises(FactError, match="names a source without a card: 'map'"):
        book(trees=fact(value("2020-01-01", 1, source="map")))


def test_what_is_called_known_was_known_when_its_source_was_read() -> None:
    with pytest.raises(FactError) as caught:
        book(trees=fact(value("2027-01-01", 1)))
    assert caught.value.what == "the fact 'trees' is called known from a day after its source was read (2026-01-01)"
    announced = fact(value("2027-01-01", 1), status="announced")
    assert book(trees=announced).at("trees", date(2027, 1, 1)).status == "announced"


@pytest.mark.parametrize(
    ("values", "more", "says"),
    [
        ([], {}, "at least 1 item"),
        ([value("2020-01-01", 1), value("2020-01-01", 2)], {}, "two values hold from 2020-01-01"),
        (
            [value("2021-01-01", 1), value("2020-01-01", 2)],
            {},
            "the value from 2020-01-01 stands after the one from 2021",
        ),
        ([value("2020-01-01", 1)], {"unit": "tress"}, "there is no unit 'tress'"),
        ([value("2020-01-01", 1)], {"unit": ""}, "there is no unit ''"),
        ([value("2020-01-01", 1)], {"source": None}, "valid string"),
        ([value("2020-01-01", 1)], {"status": "maybe"}, "Input should be 'known'"),
        ([value("2020-01-01", 1)], {"says": {"ko": "가로수", "en": ""}}, "at least 1 character"),
        ([value("2020-01-01", "many")], {}, "'many' is text where a number in tree is due"),
        ([value("2020-01-01", float("nan"))], {}, "this is not a finite number"),
        ([value("2020-01-01", float("inf"))], {}, "this is not a finite number"),
        ([value("2020-01-01", [1.0, float("inf")])], {}, "this is not a finite number"),
        ([value("2020-01-01", True)], {}, "this is not a finite number"),
        ([value("2020-01-01", 1, low=2, high=3)], {}, "the range 2.0 to 3.0 does not hold the value 1"),
        ([value("2020-01-01", 10**400)], {}, "this number is too large"),
        ([value("2020-01-01", 1, low=0)], {}, "a range needs a number, a low and a high"),
        ([value("2020-01-01", 1, high=2)], {}, "a range needs a number, a low and a high"),
        ([value("2020-01-01", "x", low=0, high=1)], {"unit": "1"}, "a range needs a number, a low and a high"),
        ([value("2020", 1)], {}, "this is not a day: write YYYY-MM-DD"),
        ([value("2020-01-01", 1, colour="green")], {}, "Extra inputs are not permitted"),
    ],
)
def test_a_fact_with_a_fault_is_refused(values: list[dict[str, Any]], more: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        fact(*values, **more)
    assert says in str(caught.value)


def test_a_range_may_end_at_its_value_and_the_largest_float_is_a_number() -> None:
    edges = fact(value("2020-01-01", 1, low=1, high=2), value("2021-01-01", 2, low=1, high=2))
    assert [(part.low, part.value, part.high) for part in edges.values] == [(1, 1, 2), (1, 2, 2)]
    largest = int(sys.float_info.max)
    assert fact(value("2020-01-01", largest)).values[0].value == largest


def test_a_value_counted_on_the_day_its_own_source_was_read_is_known() -> None:
    assert book(trees=fact(value("2026-01-01", 1))).at("trees", date(2026, 1, 1)).status == "known"
    later = fact(value("2026-01-02", 2, source="plan"))
    assert book(trees=later).at("trees", date(2026, 1, 2)).value == 2
    with pytest.raises(FactError, match=r"after its source was read \(2026-01-01\)"):
        book(trees=fact(value("2026-01-02", 2)))


def test_a_value_without_a_note_of_its_own_has_the_facts() -> None:
    noted = fact(value("2020-01-01", 1), value("2022-01-01", 2, note="anew"), note="by hand")
    assert [part.note for part in book(trees=noted).history("trees")] == ["by hand", "anew"]


def test_words_are_not_multiplied_when_another_unit_is_asked_for() -> None:
    words = fact(value("2020-01-01", "elm"), unit="1")
    assert book(kind=words).at("kind", date(2021, 1, 1), "percent").value == "elm"


def test_words_are_facts_too_where_no_unit_is_due() -> None:
    words = fact(value("2020-01-01", "elm"), unit="1")
    assert book(kind=words).at("kind", date(2021, 1, 1)).value == "elm"


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=8, unique=True), st.integers(0, 25_000))
def test_the_value_of_a_day_is_the_last_that_began(days: list[int], asked: int) -> None:
    first, days = date(1960, 1, 1), sorted(days)
    made = fact(*(value((first + timedelta(day)).isoformat(), day) for day in days), status="assumption")
    held = [day for day in days if day <= asked]
    if held:
        assert book(made=made).at("made", first + timedelta(asked)).value == held[-1]
    else:
        with pytest.raises(FactError):
            book(made=made).at("made", first + timedelta(asked))


def test_facts_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "facts.toml"
    path.write_text(
        '[sources.count]\nwho = "City of Trees"\ntitle = "Street trees"\nread = 2026-01-01\n'
        '[facts.trees]\nsays = {ko = "가로수", en = "Street trees"}\nunit = "tree"\nsource = "count"\n'
        "values = [{from = 2020-01-01, value = 300}]\n",
        "utf-8",
    )
    found = read_facts(path)
    assert "trees" in found
    assert found.at("trees", date(2021, 1, 1)).source.cite() == "City of Trees, Street trees (read 2026-01-01)"


def test_a_fact_in_a_file_without_a_source_names_file_and_key(tmp_path: Path) -> None:
    path = tmp_path / "facts.toml"
    path.write_text('[facts.trees]\nsays = {ko = "가", en = "a"}\nunit = "tree"\nvalues = []\n', "utf-8")
    with pytest.raises(FactError) as caught:
        read_facts(path)
    assert str(caught.value) == (
        f"a required key is missing\n  where: file {path}, column facts.trees.source\n  to do: add 'source'"
    )


def test_what_a_check_of_a_fact_found_is_told_in_both_languages() -> None:
    with pytest.raises(ValidationError) as caught:
        fact(value("2020-01-01", 1, low=2, high=3))
    said = in_both(say_fault(caught.value.errors()[0]))
    assert said == ("범위 2.0~3.0 밖의 값입니다: 1", "the range 2.0 to 3.0 does not hold the value 1")
