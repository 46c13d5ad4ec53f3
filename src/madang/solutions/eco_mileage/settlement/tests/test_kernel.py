"""The compiled settlement: exact at every edge, bounded, and the same as the plain rules of one household."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import BoundsError
from madang.solutions.eco_mileage.award_file import CODES
from madang.solutions.eco_mileage.household import READING_MAX, Household, award_in
from madang.solutions.eco_mileage.readings.rows import UTILITIES
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.solutions.eco_mileage.rules import month_after
from madang.solutions.eco_mileage.settlement.cube import HELD, MISSING, Cube
from madang.solutions.eco_mileage.settlement.kernel import BLOCK, Outcome, Standing, Terms, settle_cohort
from madang.solutions.eco_mileage.settlement.terms import Round, compile_round

TIERS = Terms(
    factors=np.array([[42_400] * 6, [224_000] * 6, [33_200] * 6, [0] * 6], np.int64),
    edges_bp=np.array([500, 1000, 1500], np.int64),
    points=np.array([10_000, 30_000, 50_000], np.int64),
    grams_per_point=0,
    upkeep_after=2,
    upkeep_points=10_000,
    cap=100_000,
)
ROUNDS = [
    Round(kind="half_year", first_month=2010 * 12, evaluated_on=date(2010, 12, 10)),
    Round(kind="half_year", first_month=2014 * 12, windows="common"),
    Round(kind="half_year", first_month=2018 * 12 + 3, windows="common"),
    Round(kind="half_year", first_month=2023 * 12 + 6, windows="common"),
    Round(kind="season", first_month=2020 * 12 + 11),
]


def standing(members: int, **changed: object) -> Standing:
    plain = Standing(
        standing=np.full(members, -1, np.int8),
        registered=np.full(members, 0b111, np.uint8),
        one_year=np.zeros(members, np.uint8),
        awards_in_a_row=np.zeros(members, np.int32),
        points_this_year=np.zeros(members, np.int32),
    )
    return replace(plain, **changed)


def cube_of(cells: np.ndarray) -> Cube:
    return Cube(cells, np.zeros(cells.shape, np.bool_), np.arange(cells.shape[2]), 0)


def settled(quantities: np.ndarray, terms: Terms = TIERS, who: Standing | None = None) -> Outcome:
    members = quantities.shape[2]
    outcome = Outcome.empty(members)
    settle_cohort(cube_of(quantities), 24, terms, who or standing(members), outcome)
    return outcome


def electricity(before: list[int], now: list[int]) -> np.ndarray:
    """Return a cube in which members use so much a month before, and in all six months now."""
    cells = np.zeros((4, 30, len(before)), np.int32)
    cells[0, :24], cells[0, 24:] = before, now
    cells[3] = MISSING
    return cells


@pytest.mark.parametrize(("percent", "points"), [(5, 10_000), (10, 30_000), (15, 50_000)])
def test_an_edge_reached_exactly_pays_and_a_unit_less_does_not(percent: int, points: int) -> None:
    base = [100 * n for n in range(1, 2000)]
    cells = electricity(base, [b - b * percent // 100 for b in base])
    assert (settled(cells).points == points).all()
    cells[0, 24] += 1
    lower = {5: 0, 10: 10_000, 15: 30_000}[percent]
    assert (settled(cells).points == lower).all()


def test_upkeep_pays_for_a_little_after_two_awards_and_not_for_nothing() -> None:
    cells = electricity([1000] * 4, [999, 1000, 999, 950])
    who = standing(4, awards_in_a_row=np.array([2, 2, 1, 2], np.int32))
    outcome = settled(cells, who=who)
    assert outcome.points.tolist() == [10_000, 0, 0, 10_000]
    assert [CODES[code] for code in outcome.code] == ["upkeep", "below_lowest_edge", "below_lowest_edge", "awarded"]
    assert outcome.tier.tolist() == [-1, 0, 0, 1]


def test_the_years_ceiling_cuts_and_never_goes_below_nothing() -> None:
    who = standing(3, points_this_year=np.array([0, 80_000, 120_000], np.int32))
    assert settled(electricity([1000] * 3, [500] * 3), who=who).points.tolist() == [50_000, 20_000, 0]


def test_by_the_gram_whole_points_are_paid() -> None:
    terms = replace(TIERS, edges_bp=np.array([1000]), points=np.array([0]), grams_per_point=10, upkeep_after=0, cap=0)
    outcome = settled(electricity([300], [270]), terms)
    assert outcome.saved[0] == 2 * 6 * 30 * 42_400
    assert outcome.points[0] == 6 * 30 * 424 // 10


def test_points_by_the_gram_of_the_largest_readings_are_paid_whole() -> None:
    """So many are more than 32 bits hold."""
    terms = replace(TIERS, edges_bp=np.array([1000]), points=np.array([0]), grams_per_point=10, upkeep_after=0, cap=0)
    assert settled(electricity([READING_MAX], [0]), terms).points.tolist() == [6 * READING_MAX * 424 // 10]


@pytest.mark.parametrize(("cell", "code"), [(MISSING, "month_missing"), (HELD, "under_review")])
@pytest.mark.parametrize("row", [0, 5, 12, 17, 24, 29])
def test_what_is_not_known_is_never_zero(cell: int, code: str, row: int) -> None:
    cells = electricity([100, 100], [50, 50])
    cells[1, row, 0] = cell
    outcome = settled(cells)
    assert [CODES[one] for one in outcome.code] == [code, "awarded"]
    assert (outcome.points[0], outcome.saved[0], outcome.baseline[0]) == (0, 0, 0)


def test_months_outside_the_window_and_utilities_not_registered_are_not_asked() -> None:
    cells = electricity([100], [50])
    cells[:, 6:12] = cells[:, 18:24] = MISSING
    assert CODES[settled(cells).code[0]] == "awarded"
    cells[1] = MISSING
    assert CODES[settled(cells, who=standing(1, registered=np.array([0b101], np.uint8))).code[0]] == "awarded"


def test_one_year_stands_for_both_after_a_move() -> None:
    cells = electricity([100], [90])
    cells[0, :6], cells[1, :6] = MISSING, MISSING
    who = standing(1, one_year=np.ones(1, np.uint8))
    outcome = settled(cells, who=who)
    assert (outcome.points[0], outcome.baseline[0]) == (30_000, 2 * 6 * 100 * 42_400)


def test_a_refusal_comes_before_any_reading() -> None:
    who = standing(1, standing=np.array([CODES.index("moved")], np.int8))
    assert CODES[settled(electricity([100], [50]), who=who).code[0]] == "moved"


def test_nothing_used_before_is_nothing_to_compare_with() -> None:
    assert CODES[settled(electricity([0], [0])).code[0]] == "no_baseline"


def test_the_greatest_readings_of_all_stay_within_64_bits() -> None:
    cells = np.full((4, 30, 1), READING_MAX, np.int32)
    cells[:, 24:] = 0
    terms = replace(TIERS, factors=np.full((4, 6), 278_000, np.int64), cap=0)
    outcome = settled(cells, terms, standing(1, registered=np.array([0b1111], np.uint8)))
    assert int(outcome.baseline[0]) == 4 * 12 * READING_MAX * 278_000
    assert outcome.points[0] == 50_000


def test_a_reading_out_of_bounds_is_refused_not_wrapped() -> None:
    cells = electricity([100], [50])
    cells[0, 3, 0] = 2**31 - 1
    with pytest.raises(BoundsError, match="a cube holds readings from -1 to 2,147,483,647"):
        settled(cells)


def test_factors_too_large_for_whole_sums_are_refused() -> None:
    terms = replace(TIERS, factors=np.full((4, 6), 10**9, np.int64))
    with pytest.raises(BoundsError, match="the CO2 factors are too large for whole-number sums"):
        settled(electricity([100], [50]), terms)


def test_a_cube_without_two_years_before_is_refused() -> None:
    with pytest.raises(BoundsError, match="the cube has no two years before month 23"):
        settle_cohort(cube_of(electricity([1], [1])), 23, TIERS, standing(1), Outcome.empty(1))


@pytest.mark.parametrize("members", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7])
def test_blocks_of_any_size_are_whole(members: int) -> None:
    base = np.arange(1, members + 1, dtype=np.int32) * 20
    cells = electricity(base.tolist(), (base - base // 10).tolist())
    assert (settled(cells).points == 30_000).all()


def test_only_the_members_of_the_cohort_are_touched() -> None:
    outcome = Outcome.empty(5)
    outcome.points[:] = 77
    settle_cohort(cube_of(electricity([100] * 5, [50] * 5)), 24, TIERS, standing(5), outcome, (1, 3))
    assert outcome.points.tolist() == [77, 50_000, 50_000, 77, 77]


@st.composite
def members_of_a_round(draw: st.DrawFn) -> tuple[Round, np.ndarray, dict[str, list[int]]]:
    """Return a round and the readings and standing of a few members."""
    asked = draw(st.sampled_from(ROUNDS))
    count = draw(st.integers(1, 6))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    top = draw(st.sampled_from([3, 400, READING_MAX]))
    cells = chance.integers(0, top + 1, (4, 24 + asked.months, count)).astype(np.int32)
    cells[:, 24:] = (cells[:, 12 : 12 + asked.months] * chance.uniform(0.7, 1.1, (1, 1, count))).clip(0, top)
    cells[chance.random(cells.shape) < draw(st.sampled_from([0, 0, 0.01]))] = MISSING
    cells[3] = MISSING
    more = {
        "registered": chance.choice([0b011, 0b101, 0b111], count).tolist(),
        "awards": chance.integers(0, 4, count).tolist(),
        "year": chance.choice([0, 60_000, 99_990], count).tolist(),
        "one_year": chance.integers(0, 2, count).tolist(),
    }
    return asked, cells, more


@settings(deadline=None, max_examples=60)
@given(members_of_a_round())
def test_every_member_is_decided_as_the_plain_rules_decide(
    case: tuple[Round, np.ndarray, dict[str, list[int]]],
) -> None:
    asked, cells, more = case
    (cohort, *_) = compile_round(rule_book(), replace(asked, windows="common"))
    assert cohort.window is not None
    count = cells.shape[2]
    who = standing(
        count,
        registered=np.array(more["registered"], np.uint8),
        awards_in_a_row=np.array(more["awards"], np.int32),
        points_this_year=np.array(more["year"], np.int32),
        one_year=np.array(more["one_year"], np.uint8),
    )
    outcome = Outcome.empty(count)
    settle_cohort(cube_of(cells), 24, cohort.terms, who, outcome)
    first = cohort.window.months[0]
    for place in range(count):
        household = Household(
            first_month=first,
            readings={
                name: {month_after(first, row - 24): int(q) for row, q in enumerate(cells[u, :, place]) if q >= 0}
                for u, name in enumerate(UTILITIES)
                if (more["registered"][place] >> u) & 1
            },
            awards_in_a_row=more["awards"][place],
            mileage_this_year=more["year"][place],
            moved_on=date(first.year - 2, first.month, 2) if more["one_year"][place] else None,
            opted_in=True,
        )
        award = award_in(household, cohort.window)
        assert CODES[outcome.code[place]] == award.code
        assert outcome.points[place] == (award.mileage or 0)
        assert outcome.tier[place] == (award.tier or 0)
        assert outcome.saved[place] == (award.saved_doubled_centigrams or 0)
        assert outcome.baseline[place] == (award.baseline_doubled_centigrams or 0)
