"""Rounds: whose window begins when, by which rules, and what if by others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from madang.core.errors import DataError, FactError, UsageError
from madang.core.progress import silent
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.solutions.eco_mileage.settlement.review import Limits
from madang.solutions.eco_mileage.settlement.settle import Settlement, cast_of
from madang.solutions.eco_mileage.settlement.terms import Round, compile_round
from madang.solutions.eco_mileage.settlement.tests.conftest import ROUND, Town

SIX = """
[sources.ours]
who = "This test"
title = "Six tiers of our own: the announced edges were not printed"
read = 2026-11-25

[[rule]]
id = "six_tiers_of_our_own"
rules = ["W6"]
kind = "award_tiers"
valid_from = 2009-09-15
status = "announced"
source = "ours"
says.ko = "여섯 단계로 나누면."
says.en = "If there were six tiers."
edges_bp = [300, 500, 800, 1000, 1300, 1500]
mileage = [5000, 10000, 20000, 30000, 40000, 50000]
"""


def edges(asked: Round) -> list[tuple[int, ...]]:
    return [cohort.window.edges_bp if cohort.window else () for cohort in compile_round(rule_book(), asked)]


def settled(town: Town, asked: Round, book=None) -> Settlement:
    return town.folder.settle(asked, book or rule_book(), Limits(), silent)[1]


def test_each_cohort_is_decided_by_the_rules_of_the_day_after_its_own_window() -> None:
    asked = Round(kind="half_year", first_month=2015 * 12 + 6)
    assert [asked.decided_on(cohort).isoformat() for cohort in (0, 5)] == ["2016-01-01", "2016-06-01"]
    assert edges(Round(kind="half_year", first_month=2015 * 12 + 1))[:5] == [(1000,)] * 5
    assert edges(Round(kind="half_year", first_month=2015 * 12 + 1))[5] == (500, 1000, 1500)


def test_a_window_of_2023_can_be_settled_by_the_rules_of_2010_2015_and_2016(town: Town) -> None:
    by_own = settled(town, ROUND)
    totals = {}
    for day in (date(2010, 6, 1), date(2015, 6, 1), date(2016, 6, 1)):
        again = settled(town, Round(kind="half_year", first_month=ROUND.first_month, as_of=day))
        totals[day.year] = again
        same = again.outcome.code <= 2
        assert (
            again.outcome.saved[same & (by_own.outcome.code <= 2)]
            == by_own.outcome.saved[same & (by_own.outcome.code <= 2)]
        ).all()
    assert totals[2010].outcome.points.max() != 50_000
    assert set(totals[2015].outcome.points.tolist()) == {0, 10_000, 50_000}
    assert (totals[2016].outcome.tier >= 0).all()
    assert (by_own.outcome.tier == -1).any()


def test_rules_of_a_file_are_laid_over_the_enacted_ones(town: Town, tmp_path: Path) -> None:
    (tmp_path / "six.toml").write_text(SIX)
    book = rule_book().with_rules_of(tmp_path / "six.toml")
    assert book.sha256 != rule_book().sha256
    again = settled(town, ROUND, book)
    assert {5_000, 20_000, 40_000} <= set(again.outcome.points.tolist())
    assert again.cohorts[0].window.rule.paragraph == "W6"
    assert settled(town, ROUND).cohorts[0].window.rule.paragraph == "R7+R25"


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("edges_bp", "edgs_bp", DataError),
        ("kind = ", "colour = 1\nkind = ", DataError),
        ("edges_bp = [300,", "edges_bp = [300.5,", DataError),
        ('id = "six_tiers_of_our_own"', 'id = "tiers_2016"', FactError),
    ],
)
def test_a_file_of_rules_is_as_strict_as_the_book(tmp_path: Path, old: str, new: str, kind: type[Exception]) -> None:
    path = tmp_path / "six.toml"
    assert old in SIX
    path.write_text(SIX.replace(old, new, 1))
    with pytest.raises(kind):
        rule_book().with_rules_of(path)


def test_a_winter_is_settled_by_its_own_rules_or_by_anothers() -> None:
    winters = {year: edges(Round(kind="season", first_month=year * 12 + 11))[0] for year in range(2018, 2025)}
    assert winters == {
        2018: (), 2019: (2000,), 2020: (2000, 3000), 2021: (2000,), 2022: (2000,), 2023: (2000,), 2024: (),
    }  # fmt: skip
    assert edges(Round(kind="season", first_month=2023 * 12 + 11, as_of=date(2020, 12, 1))) == [(2000, 3000)]


def test_a_day_before_the_last_window_ends_is_refused() -> None:
    asked = Round(kind="half_year", first_month=2018 * 12, evaluated_on=date(2018, 11, 30))
    with pytest.raises(UsageError, match="a window is evaluated after its last month"):
        compile_round(rule_book(), asked)


def test_members_take_part_from_the_month_after_joining(town: Town) -> None:
    cast = cast_of(town.laid.people, ROUND)
    for row in cast.members.iter_rows(named=True):
        joined = row["joined_on"].year * 12 + row["joined_on"].month - 1
        assert joined + 1 <= ROUND.first_month + row["cohort"]
        assert (ROUND.first_month + row["cohort"] - joined - 1) % 6 == 0


def test_with_common_windows_everybody_begins_together(town: Town) -> None:
    cast = cast_of(town.laid.people, Round(kind="half_year", first_month=ROUND.first_month, windows="common"))
    assert cast.members["cohort"].unique().to_list() == [0]
