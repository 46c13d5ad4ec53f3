"""Forms drawn from the contract: every solution, both languages; what was typed is kept, refusals say why."""

from __future__ import annotations

from datetime import date

import pytest

from madang import register
from madang.web.bench.asking import read_defaults
from madang.web.bench.forms import GROUPS, make_form, read_form, typed_of, write

DAY = date(2026, 11, 22)
QUICK = "eco_mileage"


@pytest.mark.parametrize("name", register.NAMES)
@pytest.mark.parametrize("code", ["ko", "en"])
def test_every_input_of_every_solution_has_its_row(name: str, code: str) -> None:
    form = make_form(read_defaults(name, "seoul", DAY), {}, code)  # type: ignore[arg-type]
    rows = [row for _, rows in form.groups for row in rows]
    assert {row.card.name for row in rows} == {card.name for card in register.load(name).inputs.fields()}
    assert all(row.title for row in rows)
    assert not any(row.changed for row in rows)


@pytest.mark.parametrize("name", register.NAMES)
def test_the_untouched_form_of_every_solution_changes_nothing(name: str) -> None:
    defaults = read_defaults(name, "seoul", DAY)
    form = make_form(defaults, {}, "en")
    sent = {box.path: box.value for _, box in form.boxes()}
    again = make_form(defaults, sent, "en")
    assert read_form(defaults, "", again) == {}
    assert not again.refused


@pytest.mark.parametrize("name", register.NAMES)
def test_every_group_has_words_in_both_languages(name: str) -> None:
    solution = register.load(name)
    assert {card.group for card in solution.inputs.fields()} <= set(GROUPS) | set(solution.card.words)


@pytest.mark.parametrize("name", register.NAMES)
def test_every_solution_has_words_for_all_its_keys_and_choices(name: str) -> None:
    defaults = read_defaults(name, "seoul", DAY)
    words = defaults.solution.card.words
    form = make_form(defaults, {}, "ko")
    keys = {part for _, box in form.boxes() for part in box.key.split(".") if part and not part[0].isdigit()}
    choices = {choice for row, box in form.boxes() if box.card.kind == "choice" for choice, _ in row.choices}
    assert keys | choices <= set(words)


def test_keys_and_choices_are_called_by_their_names_in_the_language() -> None:
    defaults = read_defaults("ev_fleet", "seoul", DAY)
    rows = {row.card.name: row for _, rows in make_form(defaults, {}, "ko").groups for row in rows}
    assert dict(rows["path"].choices)["as_registered"] == "등록된 대로"
    assert rows["path"].default_words == "약속대로"
    assert [box.key_title for box in rows["promised"].fields][:2] == ["승용차", "화물차"]


def test_a_switch_is_called_yes_and_no_in_the_language() -> None:
    defaults = read_defaults("city_rank", "seoul", DAY)
    rows = {row.card.name: row for _, rows in make_form(defaults, {}, "ko").groups for row in rows}
    assert rows["drop_criteria"].choices == [("yes", "예"), ("no", "아니요")]
    assert rows["drop_criteria"].default_words == "아니요"


def test_a_year_is_a_name_and_an_amount_has_its_thousands_grouped() -> None:
    defaults = read_defaults("pollution_cap", "seoul", DAY)
    rows = {row.card.name: row for _, rows in make_form(defaults, {}, "en").groups for row in rows}
    year = rows["plan_first_year"]
    assert (year.is_year, year.unit_bounds, year.default_words) == (True, "from 1990 to 2100", "2021")
    load = rows["plant_bod_avoided_kg_per_d"]
    assert (load.is_year, load.unit_bounds) == (False, "from 0 to 1,000,000")


def test_a_changed_box_is_a_change_and_an_untouched_one_is_not() -> None:
    defaults = read_defaults(QUICK, "seoul", DAY)
    form = make_form(defaults, {"kg_per_pine": "7", "area_km2": "605.25"}, "en")
    assert read_form(defaults, "", form) == {"kg_per_pine": "7"}


def test_one_value_of_a_series_is_changed_by_its_key() -> None:
    defaults = read_defaults(QUICK, "seoul", DAY)
    form = make_form(defaults, {"gas_g_per_m3.2009": "2000"}, "en")
    assert read_form(defaults, "", form) == {"gas_g_per_m3.2009": "2000"}


def test_what_cannot_be_read_is_kept_and_marked_in_its_box() -> None:
    defaults = read_defaults(QUICK, "seoul", DAY)
    form = make_form(defaults, {"kg_per_pine": "seven", "area_km2": "-1"}, "en")
    assert read_form(defaults, "", form) == {}
    wrong = {box.path: (box.value, box.error) for _, box in form.boxes() if box.error}
    assert wrong["kg_per_pine"][0] == "seven"
    assert [(title, box.path) for title, box in form.wrong] == [
        ("Uptake of a pine in a year", "kg_per_pine"), ("Area of the city", "area_km2"),
    ]  # fmt: skip
    assert wrong["area_km2"][1] == "outside the bounds (from 0.01 to 1,000,000)"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("-1", "범위를 벗어났습니다 (0.01에서 1,000,000까지)"), ("넓다", "수를 적으십시오 (0.01에서 1,000,000까지)")],
)
def test_a_korean_reader_is_told_in_korean_what_cannot_be_taken(typed: str, said: str) -> None:
    form = make_form(defaults := read_defaults(QUICK, "seoul", DAY), {"area_km2": typed}, "ko")
    read_form(defaults, "", form)
    assert [box.error for _, box in form.wrong] == [said]


def test_the_city_s_value_carries_its_source_into_the_form() -> None:
    form = make_form(read_defaults(QUICK, "seoul", DAY), {}, "ko")
    row = next(row for _, rows in form.groups for row in rows if row.card.name == "kg_per_pine")
    assert row.facts[0]["source"]["who"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (5.0, "5"), (0.1, "0.1"), (True, "yes"), ((0.5, 2.0), "0.5, 2"), (1e22, "1e+22"), ("word", "word")],
)
def test_values_are_written_with_every_digit_and_no_more(value: object, shown: str) -> None:
    assert write(value) == shown


def test_the_changes_of_a_run_fill_the_form_again() -> None:
    assert typed_of({"kg_per_pine": 7, "gas_g_per_m3.2009": 2000.5}) == {
        "kg_per_pine": "7",
        "gas_g_per_m3.2009": "2000.5",
    }
