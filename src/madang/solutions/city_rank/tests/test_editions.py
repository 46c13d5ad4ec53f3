"""Editions of a method by year: which is in force when, what each changes, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.core.errors import MadangError
from madang.core.given_files import GivenFile
from madang.solutions.city_rank import solution
from madang.solutions.city_rank.editions import beginnings, check_editions, in_force
from madang.solutions.city_rank.indexing import IndexPart
from madang.solutions.city_rank.method_file import MethodFile, read_method
from madang.solutions.city_rank.model import RankResult
from madang.solutions.city_rank.tests.conftest import Ranked
from madang.solutions.city_rank.tests.test_files_apart import refused, told

METHOD = """\
title = "Over the years"
edition = "first"

[groups.pair]
weight = 2

[indicators.a]
better = "high"

[indicators.b]
better = "high"
group = "pair"

[indicators.c]
better = "low"
group = "pair"

[[editions]]
from = 2021
edition = "second"
weights = { a = 3, pair = 1 }

[[editions]]
from = 2023
edition = "third"
leaves_out = ["b", "c"]
rules = { ties = "1223" }
"""
#: Raw values that min-max over all years leaves as they are: 0 and 100 stand in every column.
DATA = """\
city,year,a,b,c
P,2020,0,100,0
Q,2020,100,0,100
R,2020,50,50,50
P,2021,0,100,0
Q,2021,100,0,100
R,2021,50,50,50
P,2023,40,100,0
Q,2023,100,0,100
R,2023,40,50,50
S,2023,0,50,50
"""


def method(text: str = METHOD) -> MethodFile:
    """Return a method from its text."""
    return read_method(GivenFile(name="method.toml", text=text))


def part_of(result: RankResult) -> IndexPart:
    """Return the index of a run."""
    assert result.part is not None
    return result.part


@pytest.mark.parametrize(("year", "edition"), [(2019, "first"), (2021, "second"), (2022, "second"), (2024, "third")])
def test_the_edition_in_force_is_the_last_that_has_begun(year: int, edition: str) -> None:
    assert in_force(method(), year).edition == edition


def test_an_edition_changes_what_it_names_and_keeps_the_rest() -> None:
    first, second = in_force(method(), 2020), in_force(method(), 2021)
    assert (second.indicators["a"].weight, second.groups["pair"].weight) == (3.0, 1.0)
    assert second.indicators["b"] == first.indicators["b"]
    assert second.rules == first.rules
    assert (first.indicators["a"].weight, first.groups["pair"].weight) == (1.0, 2.0)


def test_a_later_edition_builds_on_the_one_before_it() -> None:
    third = in_force(method(), 2023)
    assert third.indicators["a"].weight == 3.0
    assert (third.rules.ties, third.rules.normalisation) == ("1223", "min_max")


def test_a_group_whose_parts_are_all_left_out_goes_too() -> None:
    deep = METHOD.replace("[groups.pair]\n", '[groups.above]\n[groups.pair]\ngroup = "above"\n')
    assert list(in_force(method(deep), 2023).groups) == []
    assert list(in_force(method(deep), 2022).groups) == ["above", "pair"]


def test_criteria_to_drop_are_those_that_the_edition_still_has() -> None:
    dropping = METHOD.replace("[groups.pair]", '[drop]\nindicators = ["a", "b"]\n[groups.pair]')
    kept = in_force(method(dropping), 2023).drop
    assert kept is not None
    assert kept.indicators == ("a",)
    only = METHOD.replace("[groups.pair]", '[drop]\nindicators = ["b"]\n[groups.pair]')
    assert in_force(method(only), 2023).drop is None


def test_editions_are_told_by_the_first_year_in_which_each_holds() -> None:
    began = beginnings(method(), (2020, 2021, 2023))
    assert {year: one.edition for year, one in began.items()} == {2020: "first", 2021: "second", 2023: "third"}
    assert {year: one.edition for year, one in beginnings(method(), (2022, 2023)).items()} == {
        2022: "second", 2023: "third",
    }  # fmt: skip


def test_every_year_is_scored_by_its_own_edition(ranked: Ranked) -> None:
    years = part_of(ranked(DATA, METHOD)).years
    found = {year: dict(zip(index.cities, index.scores.tolist(), strict=True)) for year, index in years.items()}
    # P has 0 in a, and 100 in both of the pair, as less of c is better.
    assert found[2020]["P"] == pytest.approx((1 * 0 + 2 * 100) / 3)
    assert found[2021]["P"] == pytest.approx((3 * 0 + 1 * 100) / 4)
    assert found[2023] == pytest.approx({"P": 40, "Q": 100, "R": 40, "S": 0})


def test_the_last_year_is_ranked_by_the_last_edition(ranked: Ranked) -> None:
    part = part_of(ranked(DATA, METHOD))
    assert part.method.edition == "third"
    assert part.shown.index.tree.indicators == ("a",)
    assert dict(zip(part.shown.index.cities, part.shown.index.ranks.tolist(), strict=True)) == {
        "P": 2, "Q": 1, "R": 2, "S": 3,
    }  # fmt: skip


def test_a_rank_shift_is_shared_among_what_the_editions_changed(ranked: Ranked) -> None:
    result = ranked(DATA, METHOD, focus="Q")
    shift = part_of(result).shift
    assert shift is not None
    rows = {city: dict(zip(("data", "method", "newcomers", "ties"), row, strict=True))
            for city, row in zip(shift.cities, shift.shares.tolist(), strict=True)}  # fmt: skip
    # With a at weight 3 of 4, Q led already; nothing moves it, whatever the order of the causes.
    assert rows["Q"] == pytest.approx({"data": 0, "method": 0, "newcomers": 0, "ties": 0})
    # P was last by a alone and draws level with R by its new a; the newcomer stands below both.
    assert (shift.before, shift.after) == ((3, 1, 2), (2, 1, 2))
    assert rows["P"]["data"] == pytest.approx(-1.0)
    assert result.numbers["index_shift"].value == 0


def test_the_rule_of_ties_is_a_cause_of_its_own(ranked: Ranked) -> None:
    tied = "city,year,a\nP,2020,5\nQ,2020,5\nR,2020,1\nP,2021,5\nQ,2021,5\nR,2021,1\n"
    text = (
        'title = "t"\nedition = "1"\n[indicators.a]\nbetter = "high"\n'
        '[[editions]]\nfrom = 2021\nedition = "2"\nrules = { ties = "1223" }\n'
    )
    result = ranked(tied, text, focus="R")
    assert result.numbers["index_shift"].value == -1
    assert result.numbers["index_shift_ties"].value == -1
    assert result.numbers["index_shift_data"].value == result.numbers["index_shift_method"].value == 0


def test_the_chart_over_years_tells_each_edition_and_marks_where_one_begins(ranked: Ranked) -> None:
    figures = {figure.name: figure for figure in solution.figures(ranked(DATA, METHOD))}
    chart = figures["index_over_years"]
    told_by_year = dict(chart.frame.select("year", "edition").unique().rows())
    assert told_by_year == {2020: "first", 2021: "second", 2023: "third"}
    assert [(rule.value, rule.label.en) for rule in chart.rules] == [  # type: ignore[attr-defined]
        (2021.0, "from edition second"), (2023.0, "from edition third"),
    ]  # fmt: skip


def test_an_indicator_that_the_last_edition_left_out_may_be_empty_by_then(ranked: Ranked) -> None:
    empty = DATA.replace("40,100,0", "40,,").replace("2023,100,0,100", "2023,100,,").replace("50,50\nS", ",\nS")
    empty = empty.replace("S,2023,0,50,50", "S,2023,0,,")
    assert part_of(ranked(empty, METHOD)).shown.index.rank_of("Q") == 1


def test_a_method_without_editions_is_in_force_in_every_year() -> None:
    plain = method(METHOD[: METHOD.index("[[editions]]")])
    assert in_force(plain, 1000) == in_force(plain, 9999) == plain


FAULTS = {
    "out of order": (
        "from = 2023", "from = 2021",
        ("the edition from 2021 stands after the one from 2021 | file method.toml, column editions.2021"
        " | list editions by the year in which they begin, each year once"),
    ),
    "an indicator that is not there": (
        '["b", "c"]', '["z"]',
        ("there is no indicator to leave out called 'z' | file method.toml, column editions.2023.leaves_out"
        " | known: a, b, c"),
    ),
    "nothing left": (
        '["b", "c"]', '["a", "b", "c"]',
        "every indicator is left out | file method.toml, column editions.2023.leaves_out | keep at least one",
    ),
    "a weight of what is not there": (
        "pair = 1", "pear = 1",
        ("there is no part to weigh called 'pear' | file method.toml, column editions.2021.weights.pear"
        " | did you mean pair?"),
    ),
    "a weight below zero": (
        "pair = 1", "pair = -1",
        "the weight of 'pair' is -1 | file method.toml, column editions.2021.weights.pair | give zero or more",
    ),
    "a rule misspelt": (
        'ties = "1223"', 'tie = "1223"',
        ("there is a key nobody knows | file method.toml, column editions.2023.rules.tie, value '1223'"
        " | remove 'tie', or correct its spelling"),
    ),
    "a rule that cannot be": (
        'ties = "1223"', 'ties = "2"',
        "this must be one of '1224', '1334', '1223' | file method.toml, column editions.2023.rules.ties, value '2'",
    ),
    "no change": (
        "weights = { a = 3, pair = 1 }", "weights = { a = 1 }",
        ("the edition from 2021 changes nothing | file method.toml, column editions.2021"
        " | say what it changes: leaves_out, weights or rules"),
    ),
    "a rule that another one needs": (
        'ties = "1223"', "veto = 3",
        ('in the edition from 2023: veto belongs to aggregation = "outranking", and nothing else reads it'
        " | file method.toml, column rules.veto | take one or add the other"),
    ),
    "an unknown key": (
        'edition = "third"', 'edition = "third"\nnote = "n"',
        ("there is a key nobody knows | file method.toml, column editions.1.note, value 'n'"
        " | remove 'note', or correct its spelling"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_an_edition_is_told_with_its_place(ranked: Ranked, fault: str) -> None:
    right, wrong, expected = FAULTS[fault]
    spoilt = METHOD.replace(right, wrong, 1)
    assert spoilt != METHOD
    assert refused(ranked, DATA, spoilt) == expected


def test_an_edition_after_the_last_year_of_the_data_is_refused(ranked: Ranked) -> None:
    early = "\n".join(DATA.split("\n")[:7]) + "\n"
    assert refused(ranked, early, METHOD) == (
        "the edition from 2023 begins after the last year of the data, 2021 | file method.toml, column editions.2023"
        " | add that year's rows, or take the edition out"
    )


def test_a_sound_method_passes_and_a_broken_first_edition_does_not() -> None:
    check_editions(method(), Path("method.toml"))
    with pytest.raises(MadangError) as caught:
        check_editions(method(METHOD.replace('group = "pair"', 'group = "pear"', 1)), Path("method.toml"))
    assert told(caught.value) == (
        "there is no group called 'pear' | file method.toml, column indicators.b.group | did you mean pair?"
    )
