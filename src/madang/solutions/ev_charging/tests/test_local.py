"""What tells of one city says nothing of another: a new city shows none of Seoul's numbers as its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from madang.core.contract import Run, perform
from madang.plan.cities import open_city
from madang.plan.founding import found_city
from madang.plan.importing import import_file
from madang.solutions.ev_charging import solution
from madang.solutions.ev_charging.tests.test_importers import csv, streets_file

TODAY = date(2026, 11, 22)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "springs"
    found_city(folder, "springs", "샘골", "Springs", open_city("seoul"), ("ev_charging",))
    return folder


def asked(city: Path | str) -> Run:
    return perform(solution, open_city(city), TODAY, today=TODAY)


def test_every_local_name_is_one_the_solution_reads():
    claimed = {name for field in solution.inputs.fields() for name in field.facts}
    assert solution.card.local <= claimed | set(solution.specs) | set(solution.shapes.files)


def test_every_table_is_local():
    assert set(solution.specs) | set(solution.shapes.files) <= solution.card.local


def test_a_city_that_gives_nothing_knows_nothing_of_itself(city):
    run = asked(city)
    assert {number.name for number in run.result.numbers.values() if number.value is not None} == set()
    assert "Seoul" not in " ".join(number.gap.en for number in run.result.numbers.values())
    assert all(figure.frame.is_empty() and figure.notes for figure in run.figures)
    assert not any("—" in figure.title.en or "Seoul" in figure.title.en for figure in run.figures)
    assert {use.owner for use in run.uses.values()} == {"policy"}


def test_what_is_missing_comes_first_with_the_command_that_brings_it(city):
    first = next(iter(asked(city).result.numbers.values()))
    assert (first.name, first.value) == ("demand_total", None)
    assert first.gap.en.endswith("madang import osm FILE --city CITY")
    assert "madang import osm" in first.gap.ko


def test_after_the_streets_only_the_rest_is_missing(city, tmp_path):
    import_file("streets", streets_file(tmp_path), city, {}, TODAY)
    gap = asked(city).number("demand_total").gap
    assert gap.en == (
        "there are no demand and no sites yet: madang import demand FILE --city CITY, "
        "madang import sites FILE --city CITY"
    )
    assert gap.ko.startswith("아직 없는 것: 수요, 자리. madang import demand 파일")
    point = csv(tmp_path / "d.csv", "id,lon,lat,weight", "a,127.0,37.5,1")
    import_file("demand", point, city, {}, TODAY)
    assert asked(city).number("covered_now_percent").gap.en == (
        "there are no sites yet: madang import sites FILE --city CITY"
    )


def test_the_promise_of_the_home_city_is_not_another_s(city):
    assert asked("seoul").number("chargers_promised").value == 200_000
    for other in (city, "helsinki"):
        number = asked(other).number("chargers_promised")
        assert (number.value, "chargers_promised_fast" in number.gap.en) == (None, True)


def test_the_file_of_a_new_city_shows_no_other_city_s_count(city):
    said = (city / "ev_charging.toml").read_text("utf-8")
    assert "74804" not in said
    assert '# values = [{ from = 2026-01-31, value = "?" }]' in said
    assert "# [facts.walk_m_per_min]             # default of the policy" in said
