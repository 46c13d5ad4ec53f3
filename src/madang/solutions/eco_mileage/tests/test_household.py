"""One household's award: exact at the edges, refused with a reason, explained in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from madang.core.errors import UsageError
from madang.solutions.eco_mileage.household import (
    Award,
    Household,
    award_in,
    compile_window,
    household_award,
    pay,
    season_award,
)
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.solutions.eco_mileage.rules import month_after

FIRST, EVALUATED = date(2015, 7, 1), date(2016, 1, 20)


def member(
    use: int,
    base: int = 100,
    first: date = FIRST,
    months: int = 6,
    utilities: tuple[str, ...] = ("electricity", "water"),
) -> Household:
    """Return a member who uses ``use`` of each utility a month, against ``base`` in both years before."""
    readings = {
        month_after(first, i - back): quantity
        for back, quantity in ((0, use), (12, base), (24, base))
        for i in range(months)
    }
    return Household(first_month=first, readings={utility: dict(readings) for utility in utilities})


def award(household: Household, evaluated_on: date = EVALUATED) -> Award:
    return household_award(household, evaluated_on, rule_book())


@pytest.mark.parametrize(
    ("use", "tier", "mileage"),
    [(101, 0, 0), (100, 0, 0), (96, 0, 0), (95, 1, 10_000), (91, 1, 10_000), (90, 2, 30_000), (86, 2, 30_000),
     (85, 3, 50_000), (0, 3, 50_000)],
)  # fmt: skip
def test_tiers_begin_exactly_at_five_ten_and_fifteen_per_cent(use: int, tier: int, mileage: int) -> None:
    found = award(member(use))
    assert (found.evaluated, found.tier, found.mileage) == (True, tier, mileage)


@pytest.mark.parametrize(
    ("tier", "saved", "grams", "awards", "paid"),
    [
        (1, 1_399, 1, 0, (1, 6)),
        (1, 1_400, 1, 0, (1, 7)),
        (1, 1_400, 0, 0, (1, 10)),
        (2, 1_400, 0, 0, (2, 30)),
        (0, 1, 1, 2, (-1, 5)),
        (0, 1, 1, 1, (0, 0)),
        (0, 0, 1, 2, (0, 0)),
    ],
)
def test_a_tier_pays_by_its_table_or_whole_grams_and_a_little_saved_after_two_awards_pays_upkeep(
    tier: int, saved: int, grams: int, awards: int, paid: tuple[int, int]
) -> None:
    """A gram is 200 doubled centigrams."""
    assert pay(tier, saved, (10, 30), grams, awards, 2, 5) == paid


@pytest.mark.parametrize(("edge_bp", "tier"), [(500, 1), (1000, 2), (1500, 3)])
def test_one_unit_in_a_million_short_of_an_edge_misses_it(edge_bp: int, tier: int) -> None:
    base = 1_000_000
    at_edge = member(base - base * edge_bp // 10_000, base)
    electricity = dict(at_edge.readings["electricity"])
    electricity[FIRST] += 1
    short = replace(at_edge, readings={**at_edge.readings, "electricity": electricity})
    assert award(at_edge).tier == tier
    assert award(short).tier == tier - 1


def test_a_tenth_that_floating_point_misses_is_paid() -> None:
    assert 1 - 90 / 100 < 0.10
    assert award(member(90)).mileage == 30_000


def test_utilities_are_weighed_by_their_co2() -> None:
    household = member(100)
    readings = {**household.readings, "water": {m: 0 if m >= FIRST else 100 for m in household.readings["water"]}}
    found = award(replace(household, readings=readings))
    assert found.rate_bp == 10_000 * 33_200 // (33_200 + 42_400)


def test_the_baseline_is_the_mean_of_two_unlike_years() -> None:
    household = member(90)
    uneven = {
        utility: {m: 80 if m < month_after(FIRST, -12) else 120 if m < FIRST else 90 for m in months}
        for utility, months in household.readings.items()
    }
    assert award(replace(household, readings=uneven)).tier == 2


@pytest.mark.parametrize("utility", ["electricity", "water"])
@pytest.mark.parametrize("back", [0, 12, 24])
def test_a_missing_month_is_named_and_never_zero(utility: str, back: int) -> None:
    household, lost = member(85), month_after(date(2015, 9, 1), -back)
    readings = {
        u: {m: q for m, q in months.items() if (u, m) != (utility, lost)} for u, months in household.readings.items()
    }
    found = award(replace(household, readings=readings))
    assert (found.evaluated, found.code, found.mileage) == (False, "month_missing", None)
    assert found.explanation.en == (
        f"Not evaluated: The reading of {utility} for {lost:%Y-%m} is missing; a missing month is not zero."
    )


def test_a_reading_of_zero_is_a_reading() -> None:
    assert award(member(0)).evaluated


def test_without_use_in_the_years_before_there_is_nothing_to_compare_with() -> None:
    assert award(member(0, 0)).code == "no_baseline"


@pytest.mark.parametrize("utilities", [("electricity",), ("water",), ("water", "gas")])
def test_electricity_and_one_more_utility_are_needed(utilities: tuple[str, ...]) -> None:
    found = award(member(85, utilities=utilities))
    assert (found.evaluated, found.code) == (False, "utilities_missing")


def test_heat_has_no_factor_and_is_not_guessed() -> None:
    found = award(member(85, utilities=("electricity", "heat")))
    assert (found.evaluated, found.code) == (False, "factor_unknown")


def test_only_the_representative_of_a_household_is_paid() -> None:
    assert award(replace(member(85), representative=False)).code == "not_representative"


def test_a_utility_nobody_knows_is_an_error() -> None:
    with pytest.raises(UsageError, match="there is no utility called 'steam'"):
        award(member(85, utilities=("electricity", "water", "steam")))


@pytest.mark.parametrize("quantity", [-1, 10_000_001, True, 95.0, "95"])
def test_a_reading_that_is_no_whole_number_of_units_is_an_error(quantity: object) -> None:
    household = member(95)
    electricity = {**household.readings["electricity"], FIRST: quantity}
    with pytest.raises(UsageError, match="is not a whole number from 0 to 10,000,000"):
        award(replace(household, readings={**household.readings, "electricity": electricity}))  # type: ignore[dict-item]


def test_a_window_is_not_evaluated_before_it_ends() -> None:
    with pytest.raises(UsageError) as caught:
        award(member(90), date(2015, 12, 31))
    assert str(caught.value) == (
        "a window is evaluated after its last month\n  where: day 2015-12-31\n  to do: give a day from 2016-01-01 on"
    )


def test_in_2015_a_tenth_earned_fifty_thousand_and_less_nothing() -> None:
    first, evaluated_on = date(2015, 1, 1), date(2015, 7, 20)
    assert award(member(90, first=first), evaluated_on).mileage == 50_000
    assert award(member(91, first=first), evaluated_on).mileage == 0


def test_in_2009_ten_grams_were_a_point_from_a_tenth_on() -> None:
    first, evaluated_on = date(2009, 10, 1), date(2010, 4, 10)
    found = award(member(90, first=first), evaluated_on)
    assert found.mileage == 6 * 10 * (424 + 332) // 10
    assert found.won is None
    assert award(member(91, first=first), evaluated_on).mileage == 0


def test_gas_is_priced_by_the_factor_of_each_month() -> None:
    found = award(member(90, first=date(2009, 11, 1), utilities=("electricity", "gas")), date(2010, 5, 10))
    grams = 10 * (6 * 424 + 2 * 2780 + 4 * 2240)
    assert found.saved_doubled_centigrams == 200 * grams
    assert found.mileage == grams // 10


def test_the_rules_of_one_year_can_be_laid_over_the_use_of_another() -> None:
    household = member(90, first=date(2023, 1, 1))
    of_2015 = compile_window(rule_book(), household.first_month, date(2015, 12, 31))
    assert of_2015 is not None
    assert award_in(household, of_2015).mileage == 50_000
    assert award(household, date(2023, 7, 10)).mileage == 30_000


def test_a_year_earns_at_most_a_hundred_thousand() -> None:
    household = replace(member(10, 100_000, date(2011, 1, 1)), mileage_this_year=40_000)
    found = award(household, date(2011, 7, 10))
    assert found.mileage == 60_000
    assert "The yearly ceiling cut it from" in found.explanation.en
    assert award(replace(household, mileage_this_year=100_000), date(2011, 7, 10)).mileage == 0


@pytest.mark.parametrize(
    ("awards", "use", "mileage", "code"),
    [(1, 97, 0, "below_lowest_edge"), (2, 97, 10_000, "upkeep"), (5, 100, 0, "below_lowest_edge"),
     (2, 101, 0, "below_lowest_edge"), (2, 95, 10_000, "awarded")],
)  # fmt: skip
def test_upkeep_pays_a_small_saving_after_two_awards(awards: int, use: int, mileage: int, code: str) -> None:
    household = replace(member(use, first=date(2023, 7, 1)), awards_in_a_row=awards)
    found = award(household, date(2024, 4, 10))
    assert (found.mileage, found.code) == (mileage, code)


def test_before_july_2023_there_was_no_upkeep() -> None:
    household = replace(member(97, first=date(2023, 1, 1)), awards_in_a_row=9)
    assert award(household, date(2023, 10, 10)).mileage == 0


@pytest.mark.parametrize(("opted_in", "evaluated"), [(True, True), (False, False), (None, False)])
def test_from_2026_a_member_must_ask(opted_in: bool | None, evaluated: bool) -> None:
    household = replace(member(85, first=date(2025, 7, 1)), opted_in=opted_in)
    assert award(household, date(2026, 1, 20)).evaluated is evaluated
    assert award(household, date(2026, 1, 4)).evaluated


def test_after_a_move_one_comparable_year_comes_first_and_is_then_the_baseline() -> None:
    household = member(90, first=date(2025, 7, 1))
    evaluated_on = date(2026, 1, 4)
    assert award(replace(household, moved_on=date(2024, 7, 2)), evaluated_on).code == "moved"
    only_one = {u: {m: q for m, q in r.items() if m >= date(2024, 7, 1)} for u, r in household.readings.items()}
    settled = replace(household, readings=only_one, moved_on=date(2024, 7, 1))
    assert award(settled, evaluated_on).tier == 2
    assert award(replace(settled, moved_on=None), evaluated_on).code == "month_missing"


def test_a_rule_whose_edges_were_not_found_says_so() -> None:
    found = award(member(85, first=date(2024, 1, 1)), date(2024, 7, 10))
    assert found.rule_status == "unverified"
    assert found.explanation.en.endswith("(This rule is unverified.)")


@pytest.mark.parametrize(
    ("year", "use", "mileage"),
    [(2019, 80, 10_000), (2019, 81, 0), (2020, 80, 10_000), (2020, 71, 10_000), (2020, 70, 12_000), (2021, 70, 10_000),
     (2022, 80, 10_000), (2023, 79, 10_000), (2023, 100, 0)],
)  # fmt: skip
def test_each_winter_pays_by_its_own_rule(year: int, use: int, mileage: int) -> None:
    found = season_award(member(use, first=date(year, 12, 1), months=4), rule_book())
    assert (found.evaluated, found.mileage) == (True, mileage)


@pytest.mark.parametrize(("year", "code"), [(2018, "no_rule"), (2024, "season_ended"), (2025, "season_ended")])
def test_other_winters_are_not_evaluated(year: int, code: str) -> None:
    found = season_award(member(50, first=date(year, 12, 1), months=4), rule_book())
    assert (found.evaluated, found.code, found.mileage) == (False, code, None)


def test_a_winter_begins_in_december() -> None:
    assert season_award(member(50, first=date(2021, 1, 1), months=4), rule_book()).code == "no_rule"


def test_before_the_programme_nobody_is_evaluated() -> None:
    assert award(member(50, first=date(2009, 1, 1)), date(2009, 8, 1)).code == "no_rule"


def test_the_explanation_gives_baseline_saving_rate_award_and_rule() -> None:
    found = award(member(90))
    assert found.explanation.en == (
        "Of a baseline of 453.6 kg CO2, 45.4 kg (10.00 %) were saved. Award 30,000. Rule R7: From the evaluation of "
        "January 2016: 10,000 from 5 %, 30,000 from 10 %, 50,000 from 15 %."
    )
    assert found.explanation.ko.startswith("기준 배출량 453.6 kg에서 45.4 kg(10.00%)을 줄였다. 포인트 30,000. 규정 R7:")


def test_every_award_pins_the_rules_it_was_made_by() -> None:
    assert award(member(90)).rules_sha256 == rule_book().sha256
    assert award(member(90, utilities=("water",))).rules_sha256 == rule_book().sha256
