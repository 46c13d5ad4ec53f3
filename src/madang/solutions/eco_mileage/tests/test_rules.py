"""The rule file: strict, dated, and found by the day of the evaluation or of the use."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from madang.core.errors import DataError, FactError, UsageError
from madang.solutions.eco_mileage import solution
from madang.solutions.eco_mileage.rule_kinds import (
    AwardPerGram,
    AwardTiers,
    Notice,
    Season,
    Upkeep,
)
from madang.solutions.eco_mileage.rules import RULE_FILES, RuleBook, month_after, parse_month, read_rules

Changed = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return read_rules(solution.folder)


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """Return a function that copies the rules with one piece of text replaced, and returns their folder."""

    def write(old: str, new: str) -> Path:
        for name in (*RULE_FILES, "facts.toml"):
            shutil.copy(solution.folder / name, tmp_path / name)
        path = tmp_path / "household_rules.toml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return tmp_path

    return write


def test_the_book_holds_every_rule_of_the_programmes_history(book: RuleBook) -> None:
    cited = {paragraph for rule in book.rules for paragraph in rule.rules}
    assert cited >= {f"R{number}" for number in range(1, 27)}


def test_every_rule_has_a_source_with_an_address(book: RuleBook) -> None:
    for rule in book.rules:
        assert book.sources[rule.source].url, rule.id


@pytest.mark.parametrize(
    ("evaluated_on", "rule"),
    [
        (date(2009, 12, 1), "per_gram_2009"),
        (date(2010, 6, 1), "per_gram_2010"),
        (date(2012, 12, 31), "per_gram_2010"),
        (date(2013, 1, 1), "flat_2013"),
        (date(2015, 12, 31), "flat_2013"),
        (date(2016, 1, 1), "tiers_2016"),
        (date(2023, 12, 31), "tiers_2016"),
        (date(2024, 1, 1), "tiers_2024"),
        (date(2026, 7, 1), "tiers_2024"),
    ],
)
def test_the_award_is_that_of_the_day_of_the_evaluation(book: RuleBook, evaluated_on: date, rule: str) -> None:
    found = book.award_at(evaluated_on, month_after(evaluated_on, -6))
    assert found is not None
    assert found.id == rule


def test_before_the_programme_no_rule_held(book: RuleBook) -> None:
    assert book.award_at(date(2009, 9, 14), date(2009, 3, 1)) is None


def test_a_rule_dated_by_use_holds_from_the_first_month_of_the_window(book: RuleBook) -> None:
    assert book.at(Upkeep, date(2024, 4, 1), date(2023, 6, 1)) is None
    found = book.at(Upkeep, date(2024, 4, 1), date(2023, 7, 1))
    assert found is not None
    assert (found.awards_before, found.mileage) == (2, 10_000)


@pytest.mark.parametrize(
    ("year", "edges_bp", "mileage"),
    [
        (2019, (2000,), (10_000,)),
        (2020, (2000, 3000), (10_000, 12_000)),
        (2021, (2000,), (10_000,)),
        (2022, (2000,), (10_000,)),
        (2023, (2000,), (10_000,)),
    ],
)
def test_each_winter_has_its_own_points(
    book: RuleBook, year: int, edges_bp: tuple[int, ...], mileage: tuple[int, ...]
) -> None:
    found = book.at(Season, date(year, 12, 1), date(year, 12, 1))
    assert found is not None
    assert (found.edges_bp, found.mileage) == (edges_bp, mileage)


@pytest.mark.parametrize("year", [2018, 2024, 2025])
def test_other_winters_have_none(book: RuleBook, year: int) -> None:
    assert book.at(Season, date(year, 12, 1), date(year, 12, 1)) is None


def test_an_announced_rule_is_kept_but_not_applied(book: RuleBook) -> None:
    found = book.at(Notice, date(2024, 6, 1), date(2024, 1, 1))
    assert found is None or found.status != "announced"
    what_if = replace(book, applied=book.applied | {"announced"})
    found = what_if.at(Notice, date(2024, 6, 1), date(2024, 1, 1))
    assert found is not None
    assert found.status == "announced"


def test_rules_are_laid_over_for_a_what_if_without_touching_the_book(book: RuleBook) -> None:
    tiers = next(rule for rule in book.rules if isinstance(rule, AwardTiers) and rule.id == "tiers_2016")
    six = tiers.model_copy(update={"id": "six", "valid_from": date(2024, 2, 1), "edges_bp": (300, 500, 1000)})
    what_if = replace(book, rules=(*book.rules, six))
    found, still = (
        what_if.award_at(date(2024, 7, 1), date(2024, 1, 1)),
        book.award_at(date(2024, 7, 1), date(2024, 1, 1)),
    )
    assert found is not None
    assert still is not None
    assert (found.id, still.id) == ("six", "tiers_2024")


def test_factors_are_whole_centigrams_by_their_day(book: RuleBook) -> None:
    assert book.centigrams("electricity", date(2015, 7, 1)) == 42_400
    assert book.centigrams("gas", date(2009, 12, 1)) == 278_000
    assert book.centigrams("gas", date(2010, 1, 1)) == 224_000
    assert book.centigrams("water", date(2015, 7, 1)) == 33_200


def test_no_factor_is_made_up_for_heat(book: RuleBook) -> None:
    assert book.centigrams("heat", date(2015, 7, 1)) is None


def test_the_hash_pins_rules_and_factors(book: RuleBook, changed: Changed) -> None:
    folder = changed("edge_bp = 1000", "edge_bp = 1100")
    assert read_rules(solution.folder).sha256 == book.sha256
    assert read_rules(folder).sha256 != book.sha256


def test_a_factor_that_is_no_whole_number_of_centigrams_is_refused(changed: Changed) -> None:
    folder = changed('id = "utilities"', 'id = "utilities"')
    facts = folder / "facts.toml"
    facts.write_text(facts.read_text("utf-8").replace("value = 424 ", "value = 424.005 "), "utf-8")
    with pytest.raises(FactError) as caught:
        read_rules(folder)
    assert str(caught.value).splitlines()[0] == "the fact 'electricity_g_per_kwh' is not a whole number of centigrams"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("edge_bp = 1000", "edge_bp = 1000\nedge = 3", "there is a key nobody knows"),
        ("edge_bp = 1000\n", "", "a required key is missing"),
        ("edge_bp = 1000", "edge_bp = 10.5", "this is not a whole number"),
        ("edge_bp = 1000", 'edge_bp = "1000"', "this is not a whole number"),
        ("edge_bp = 1000", "edge_bp = true", "this is not a whole number"),
        ("edge_bp = 1000", "edge_bp = 0", "this must be above 0"),
        ('id = "flat_2013"', 'id = "tiers_2016"', "two rules are called 'tiers_2016'"),
        (
            'source = "hankook_2014"',
            'source = "nobody"',
            "the rule 'flat_2013' names a source without a card: 'nobody'",
        ),
        ("edges_bp = [500, 1000, 1500]", "edges_bp = [500, 1500, 1000]", "edges and awards must rise"),
        ("edges_bp = [500, 1000, 1500]", "edges_bp = [500, 1000]", "every edge needs one award"),
        ("mileage = [10000, 30000, 50000]", "mileage = [10000, 5000, 50000]", "edges and awards must rise"),
        (
            "mileage = [10000, 30000, 50000]",
            f"mileage = [10000, 30000, {10**20}]",
            "this must be at most 1,000,000,000",
        ),
        ("valid_to = 2020-03-31", "valid_to = 2019-03-31", "the rule 'season_2019' ends before it begins"),
        ('status = "enacted"', 'status = "rumoured"', "this must be one of 'enacted', 'announced', 'unverified'"),
        ("valid_from = 2013-01-01", "valid_from = 2016-01-01", "hold from the same day"),
        ('kind = "worth"', 'kind = "price"', "the key 'kind' is 'price': this must be one of "),
    ],
)
def test_a_slip_in_the_rule_file_is_refused(changed: Changed, old: str, new: str, says: str) -> None:
    with pytest.raises(DataError) as caught:
        read_rules(changed(old, new))
    assert says in str(caught.value).splitlines()[0]


def test_a_key_given_twice_is_refused(changed: Changed) -> None:
    with pytest.raises(DataError, match="the file is not valid TOML"):
        read_rules(changed("edge_bp = 1000", "edge_bp = 1000\nedge_bp = 1000"))


def test_per_gram_rules_come_before_tiers(book: RuleBook) -> None:
    per_gram = max(rule.valid_from for rule in book.rules if isinstance(rule, AwardPerGram))
    assert per_gram < min(rule.valid_from for rule in book.rules if isinstance(rule, AwardTiers))


@pytest.mark.parametrize(
    ("month", "steps", "there"),
    [
        (date(2015, 7, 1), 5, date(2015, 12, 1)),
        (date(2015, 7, 1), 6, date(2016, 1, 1)),
        (date(2015, 1, 1), -1, date(2014, 12, 1)),
        (date(2015, 7, 1), -24, date(2013, 7, 1)),
    ],
)
def test_months_are_counted_over_the_turn_of_the_year(month: date, steps: int, there: date) -> None:
    assert month_after(month, steps) == there


@pytest.mark.parametrize(("said", "month"), [("1990-01", date(1990, 1, 1)), ("2199-12", date(2199, 12, 1))])
def test_the_first_and_the_last_month_that_can_be_are_months(said: str, month: date) -> None:
    assert parse_month(said) == month


@pytest.mark.parametrize(
    "said", ["1989-12", "2200-01", "2015", "2015-13", "July", "2015-7-1", "0001-01", "9999-12", "２０１５-01"]
)
def test_what_is_no_month_is_said_to_be_none(said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_month(said)
    assert str(caught.value) == f"{said!r} is not a month\n  to do: write YYYY-MM, of a year from 1990 to 2199"
