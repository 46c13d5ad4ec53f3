"""What holds for every household: monotone, free of scale, exact at edges, the same when compiled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numba import njit

from madang.methods.savings import tier_reached
from madang.solutions.eco_mileage.household import (
    UPKEEP_TIER,
    Award,
    Household,
    compile_window,
    household_award,
    pay,
    weigh,
)
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.solutions.eco_mileage.rules import month_after

# A busy machine is no finding: only answers are judged here, never time.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

#: An evaluation under each of the rules: per gram, flat, tiers, tiers with upkeep.
TIMES = [
    (date(2010, 1, 1), date(2010, 7, 10)),
    (date(2014, 1, 1), date(2014, 7, 10)),
    (date(2018, 1, 1), date(2018, 7, 10)),
    (date(2023, 7, 1), date(2024, 1, 10)),
]
quantities = st.integers(0, 5_000)
runs = st.lists(quantities, min_size=18, max_size=18)


@st.composite
def households(draw: st.DrawFn) -> tuple[Household, date]:
    """Return a household with any readings, and a day of evaluation."""
    first, evaluated_on = draw(st.sampled_from(TIMES))
    months = [month_after(first, i - back) for back in (24, 12, 0) for i in range(6)]
    readings = {utility: dict(zip(months, draw(runs), strict=True)) for utility in ("electricity", "gas", "water")}
    return Household(first_month=first, readings=readings, awards_in_a_row=draw(st.integers(0, 3))), evaluated_on


def award(household: Household, evaluated_on: date) -> Award:
    return household_award(household, evaluated_on, rule_book())


@given(households(), st.sampled_from(["electricity", "gas", "water"]), st.integers(0, 5), st.integers(0, 5_000))
def test_less_use_never_lowers_an_award(case: tuple[Household, date], utility: str, place: int, less: int) -> None:
    household, evaluated_on = case
    before = award(household, evaluated_on)
    assume(before.evaluated)
    month = month_after(household.first_month, place)
    fewer = {**household.readings[utility], month: max(0, household.readings[utility][month] - less)}
    after = award(replace(household, readings={**household.readings, utility: fewer}), evaluated_on)
    assert after.mileage is not None
    assert before.mileage is not None
    assert after.mileage >= before.mileage


@given(households(), st.integers(1, 1_000))
def test_the_tier_does_not_move_when_all_readings_are_scaled(case: tuple[Household, date], scale: int) -> None:
    household, evaluated_on = case
    scaled = {u: {m: q * scale for m, q in months.items()} for u, months in household.readings.items()}
    before, after = award(household, evaluated_on), award(replace(household, readings=scaled), evaluated_on)
    assert (before.tier, before.rate_bp) == (after.tier, after.rate_bp)


@given(households(), st.integers(1, 50))
def test_the_tier_does_not_move_when_all_factors_are_scaled(case: tuple[Household, date], scale: int) -> None:
    household, evaluated_on = case
    book = rule_book()
    factors = {u: tuple((day, value * scale) for day, value in series) for u, series in book.factors.items()}
    after = household_award(household, evaluated_on, replace(book, factors=factors))
    assert after.tier == award(household, evaluated_on).tier


@given(households())
def test_the_order_of_utilities_and_months_does_not_matter(case: tuple[Household, date]) -> None:
    household, evaluated_on = case
    back = {u: dict(reversed(months.items())) for u, months in reversed(household.readings.items())}
    assert award(replace(household, readings=back), evaluated_on) == award(household, evaluated_on)


@given(households())
def test_the_decision_is_that_of_exact_fractions(case: tuple[Household, date]) -> None:
    household, evaluated_on = case
    found = award(household, evaluated_on)
    assume(found.evaluated)
    window = compile_window(rule_book(), household.first_month, evaluated_on)
    assert window is not None
    assert found.baseline_doubled_centigrams is not None
    assert found.saved_doubled_centigrams is not None
    share = Fraction(found.saved_doubled_centigrams, found.baseline_doubled_centigrams)
    tier = sum(share >= Fraction(edge, 10_000) for edge in window.edges_bp)
    assert found.tier == (tier or (UPKEEP_TIER if found.code == "upkeep" else 0))


@given(st.integers(1, 500_000), st.sampled_from([500, 1000, 1500]))
def test_an_edge_is_exact_for_every_baseline(units: int, edge_bp: int) -> None:
    base = 20 * units
    saved = base * edge_bp // 10_000
    edges = (500, 1000, 1500)
    assert tier_reached(saved, base, edges) == edges.index(edge_bp) + 1
    assert tier_reached(saved - 1, base, edges) == edges.index(edge_bp)


def test_floating_point_fails_savers_of_exactly_a_tenth() -> None:
    bases = range(10, 20_010, 10)
    by_float = sum(1 - (base - base // 10) / base >= 0.10 for base in bases)
    by_whole_numbers = sum(tier_reached(base // 10, base, (1000,)) for base in bases)
    assert by_whole_numbers == len(bases)
    assert by_float == 0


@settings(max_examples=40)
@given(households())
def test_a_missing_month_is_never_evaluated(case: tuple[Household, date]) -> None:
    household, evaluated_on = case
    for utility, months in household.readings.items():
        without = dict(list(months.items())[1:])
        found = award(replace(household, readings={**household.readings, utility: without}), evaluated_on)
        assert (found.evaluated, found.mileage) == (False, None)


def test_compiled_for_millions_the_same_functions_decide_the_same() -> None:
    chance = np.random.default_rng(7)
    window = compile_window(rule_book(), date(2023, 7, 1), date(2024, 1, 10))
    assert window is not None
    factors = np.array([factor or 0 for factor in window.factors["electricity"]], dtype=np.int64)
    edges, mileage = np.array(window.edges_bp, dtype=np.int64), np.array(window.mileage, dtype=np.int64)
    fast_weigh, fast_tier, fast_pay = njit(weigh), njit(tier_reached), njit(pay)
    for _ in range(300):
        use, previous, before = chance.integers(0, 10_000_001, (3, 6))
        awards = int(chance.integers(0, 4))
        base, saved = fast_weigh(use, previous, before, factors)
        assert (base, saved) == weigh(use.tolist(), previous.tolist(), before.tolist(), factors.tolist())
        tier = fast_tier(saved, base, edges)
        assert tier == tier_reached(int(saved), int(base), window.edges_bp)
        rest = (window.grams_per_mileage, awards, window.upkeep_after, window.upkeep_mileage)
        assert fast_pay(tier, saved, mileage, *rest) == pay(int(tier), int(saved), window.mileage, *rest)


def test_the_greatest_readings_stay_far_inside_sixty_four_bits() -> None:
    window = compile_window(rule_book(), date(2009, 10, 1), date(2010, 4, 10))
    assert window is not None
    greatest = max(factor or 0 for series in window.factors.values() for factor in series)
    base, _ = weigh([0] * 6, [10_000_000] * 6, [10_000_000] * 6, [greatest] * 6)
    assert 3 * base * 10_000 * 8 < 2**63
