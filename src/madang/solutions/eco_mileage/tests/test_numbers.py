"""Numbers about members and equivalences, and what happens where the city has said nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.city import City
from madang.core.contract import Run, perform
from madang.solutions.eco_mileage import solution
from madang.solutions.eco_mileage.inputs import latest
from madang.solutions.eco_mileage.member_numbers import between_counts

# A busy machine is no finding: only answers are judged here, never time.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

COUNTS = {"2014-03-31": 1_420_000.0, "2020-09-30": 2_169_000.0, "2022-11-15": 2_286_000.0}
days = st.dates(date(2014, 3, 31), date(2022, 11, 15)).map(date.isoformat)


def value(run: Run, name: str) -> float:
    found = run.number(name).value
    assert found is not None
    return found


def test_pines_and_forest_come_from_the_computed_tonnage(on_statement: Run) -> None:
    tonnes = value(on_statement, "co2_saved_t")
    assert value(on_statement, "pines") == pytest.approx(tonnes * 1000 / 6.6)
    assert value(on_statement, "forest_ha") == pytest.approx(tonnes / 10.77)
    assert value(on_statement, "forest_seouls") == pytest.approx(tonnes / 10.77 / 60_525)


def test_the_citys_own_arithmetic_gives_the_published_pines(on_statement: Run) -> None:
    assert round(value(on_statement, "stated_base_pines"), -4) == 361_630_000
    assert round(value(on_statement, "stated_base_t"), 1) == 2_386_769.9
    assert round(value(on_statement, "stated_base_seouls"), 1) == 3.7


def test_one_fifth_is_not_the_share_of_the_registered_population(on_statement: Run) -> None:
    assert value(on_statement, "members_share_percent") == pytest.approx(2_225_000 / 9_795_426 * 100)
    assert value(on_statement, "fifth_implied") == 11_125_000


def test_members_between_other_counts_are_near_those_stated(on_statement: Run) -> None:
    assert value(on_statement, "members_between_counts") == pytest.approx(2_225_000, rel=0.005)


def test_accounts_in_the_table_are_those_of_the_last_month_counted(on_statement: Run, at_the_end: Run) -> None:
    assert value(on_statement, "personal_accounts") == 1_143_697
    assert value(at_the_end, "personal_accounts") == 1_190_835


def test_what_the_statement_names_is_in_the_table(on_statement: Run) -> None:
    assert value(on_statement, "named_member_kinds") == 3
    assert value(on_statement, "named_utilities") == 3


def test_the_counts_between_lie_on_a_straight_line() -> None:
    assert between_counts({"2020-01-01": 0.0, "2020-01-11": 100.0}, "2020-01-04")[0] == pytest.approx(30.0)
    assert between_counts({"2020-01-01": 7.0}, "2020-01-01")[0] == 7.0


@given(days)
def test_the_counts_between_stay_between(day: str) -> None:
    found, _ = between_counts(COUNTS, day)
    assert found is not None
    assert 1_420_000 <= found <= 2_286_000


@pytest.mark.parametrize("day", ["2014-03-30", "2022-11-16"])
def test_outside_the_counts_nothing_is_guessed(day: str) -> None:
    found, why = between_counts(COUNTS, day)
    assert found is None
    assert why.en == "a count is needed both before and after the day"


def test_the_latest_value_is_that_of_the_last_day_not_after() -> None:
    assert latest(COUNTS, "2021-01-01") == ("2020-09-30", 2_169_000.0)
    assert latest(COUNTS, "2014-03-30") is None


def test_before_the_city_stated_anything_the_numbers_say_so(seoul: City) -> None:
    run = perform(solution, seoul, date(2012, 6, 30))
    for name in ("members_stated", "members_share_percent", "co2_stated_t", "stated_base_pines", "kg_per_pine_implied"):
        number = run.number(name)
        assert number.value is None, name
        assert number.gap is not None, name
    assert value(run, "co2_saved_t") == pytest.approx(54_320, abs=400)


GAS = "Unverified: CO2 avoided by a cubic metre of city gas not used"
HEAT = "Unverified: CO2 of heat: its units are mixed, so it cannot be recomputed and the city's own values are counted"


@pytest.mark.parametrize(
    ("name", "caveats"),
    [
        ("co2_saved_t", [HEAT, GAS]),
        ("pines", [HEAT, GAS]),
        ("co2_saved_without_heat_t", [GAS]),
        ("co2_saved_heat_t", [HEAT]),
        ("co2_saved_published_t", [HEAT]),
        ("members_stated", []),
    ],
)
def test_a_number_carries_the_caveats_of_what_it_rests_on_and_no_others(
    on_statement: Run, name: str, caveats: list[str]
) -> None:
    assert [said.en for said in on_statement.caveats(on_statement.number(name).rests_on)] == caveats


def test_every_number_says_its_formula_in_both_languages(on_statement: Run) -> None:
    for number in on_statement.result.numbers.values():
        assert number.formula.ko != number.formula.en, number.name


def test_another_city_runs_on_its_own_totals_without_seouls_statements(tmp_path: Path) -> None:
    folder = tmp_path / "haneul"
    folder.mkdir()
    (folder / "city.toml").write_text(CITY, "utf-8")
    (folder / "eco_mileage.toml").write_text(CARDS, "utf-8")
    for name, rows in TABLES.items():
        (folder / f"{name}.csv").write_text(rows, "utf-8")
    run = perform(solution, City.open(folder), date(2020, 3, 5))
    assert value(run, "co2_saved_t") == pytest.approx((100 * 424 - 50 * 2240) / 1e6)
    assert value(run, "co2_saved_gross_t") == pytest.approx(100 * 424 / 1e6)
    assert run.number("co2_saved_heat_t").value is None
    assert run.number("co2_off_stated_percent").value is None
    assert run.number("named_utilities").value == 2


CITY = """id = "haneul"
name = { ko = "하늘", en = "Haneul" }
[sources.own]
who = "Test"
title = "Made up for this test"
read = 2026-01-01
[facts.area_km2]
says = { ko = "면적", en = "Area" }
unit = "km**2"
source = "own"
values = [{ from = 2009-01-01, value = 10 }]
"""
CARDS = """[sources.own]
who = "Test"
title = "Made up for this test"
read = 2026-01-01
""" + "".join(
    f'[tables.{name}]\nfile = "{name}.csv"\nsource = "own"\n' for name in ("months", "by_month", "by_year", "checks")
)
TABLES = {
    "months": "month,registered_on,personal_accounts,other_accounts\n2020-01-01,2020-03-01,5,1\n",
    "by_month": (
        "month,utility,change,change_fell,recomputed,recomputed_fell,co2_kg,co2_kg_fell,cells,cells_empty\n"
        "2020-01-01,electricity,-100,-100,-100,-100,-42.4,-42.4,1,0\n"
        "2020-01-01,gas,50,0,50,0,112,0,1,0\n"
    ),
    "by_year": (
        "year,member_type,utility,months,change,change_fell,recomputed,recomputed_fell,co2_kg,co2_kg_fell\n"
        "2020,personal,electricity,1,-100,-100,-100,-100,-42.4,-42.4\n"
    ),
    "checks": (
        "year,utility,rows,identity_rows,factor_rows,mixed_unit_rows,sign_rows,empty_rows,identity_excess,"
        "implied_factor_low,implied_factor_high\n2020,electricity,1,0,0,0,0,0,0,0.424,0.424\n"
    ),
}
