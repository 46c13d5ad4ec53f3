"""Conventions and limits of a fleet, each at its edge: ages by convention, survival in numbers, mandates that meet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import BoundsError, InfeasibleError
from madang.methods.stock_flow import BoughtAt, Drive, Fleet, Mandate, Scope, SurvivalTable, Weibull, run
from madang.methods.stock_flow.fleet import FIRST_YEAR_SURVIVAL_MIN, SHARE_SUM_TOLERANCE, check_weibull

AGE_AT = {BoughtAt.START: 1.0, BoughtAt.MIDDLE: 0.5, BoughtAt.END: 0.0}


def _fleet(**changed: object) -> Fleet:
    given_: dict[str, object] = {
        "classes": ("bus",), "powertrains": ("fossil", "electric"), "first_year": 2021,
        "total": np.full((1, 6), 100.0), "split": np.stack([np.ones((1, 6)), np.zeros((1, 6))], axis=1),
        "survival": Weibull(9.0, 5.0), "initial": None,
    }  # fmt: skip
    return Fleet(**(given_ | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(("bought_at", "age"), AGE_AT.items())
def test_the_convention_is_the_age_at_the_end_of_the_year_of_purchase(bought_at: BoughtAt, age: float) -> None:
    fleet = _fleet(bought_at=bought_at)
    assert fleet.age_years.tolist() == [age + year for year in range(6)]


@pytest.mark.parametrize(("bought_at", "age"), AGE_AT.items())
def test_a_cohort_bought_once_is_seen_by_its_survival_at_every_year_end(bought_at: BoughtAt, age: float) -> None:
    """Two hundred bought in 2021, none after: what is left is 200 S(age), S(x) = exp(-(x / 9)^5), and nothing else."""
    bought = np.array([[200.0, 0, 0, 0, 0, 0]])
    flows = run(_fleet(total=bought, drive=(Drive.PURCHASES,), bought_at=bought_at))
    ages = age + np.arange(6)
    np.testing.assert_allclose(flows.stock[0, 0], 200 * np.exp(-((ages / 9.0) ** 5)), rtol=1e-12)
    np.testing.assert_allclose(np.cumsum(flows.scrapped[0, 0]), 200 - flows.stock[0, 0], atol=1e-10)
    assert flows.retired_early.sum() == 0


def test_half_a_year_makes_the_difference_that_the_guides_warn_of() -> None:
    """At nine years of scale and a shape of five, S(5) is 0.948 and S(5.5) 0.918."""
    survival = Weibull(9.0, 5.0).at(np.array([5.0, 5.5]))
    assert survival.tolist() == pytest.approx([0.948, 0.918], abs=5e-4)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_mandate_may_ask_for_nothing_and_for_all(share: float) -> None:
    mandate = Mandate("bus", ("electric",), Scope.NEW, 2021, 2021, share)
    bought = run(_fleet(mandates=(mandate,))).purchases[0, 1]
    assert bought[0] == pytest.approx(share * 100 / np.exp(-((0.5 / 9) ** 5)))
    assert bought[1:].sum() == 0


@pytest.mark.parametrize("share", [-1e-12, 1.0 + 1e-12])
def test_a_mandate_past_nothing_or_all_is_refused(share: float) -> None:
    with pytest.raises(BoundsError, match="a mandate's share is"):
        Mandate("bus", ("electric",), Scope.NEW, 2021, 2021, share)


def test_a_mandate_on_purchases_holds_in_its_first_and_last_year_and_in_no_other() -> None:
    mandate = Mandate("bus", ("electric",), Scope.NEW, 2022, 2024, 1.0)
    flows = run(_fleet(mandates=(mandate,), survival=Weibull(3.0, 2.0)))
    share = flows.purchases[0, 1] / flows.purchases[0].sum(axis=0)
    np.testing.assert_allclose(share, [0, 1, 1, 1, 0, 0], atol=1e-12)


def test_a_mandate_on_the_stock_rises_evenly_and_is_kept_after_its_year() -> None:
    mandate = Mandate("bus", ("electric",), Scope.ALL, 2022, 2025, 0.8)
    flows = run(_fleet(mandates=(mandate,)))
    share = flows.stock[0, 1] / flows.stock[0].sum(axis=0)
    np.testing.assert_allclose(share, [0, 0.2, 0.4, 0.6, 0.8, 0.8], atol=1e-12)
    assert flows.retired_early[0, 0].sum() > 0
    assert flows.retired_early[0, 1].sum() == 0


@pytest.mark.parametrize(
    ("first", "second", "meets"),
    [
        ((Scope.NEW, 2021, 2022), (Scope.NEW, 2022, 2023), True),
        ((Scope.NEW, 2021, 2022), (Scope.NEW, 2023, 2024), False),
        ((Scope.ALL, 2021, 2022), (Scope.NEW, 2026, 2026), True),
        ((Scope.NEW, 2021, 2022), (Scope.ALL, 2023, 2024), False),
        ((Scope.NEW, 2021, 2023), (Scope.ALL, 2023, 2024), True),
    ],
)
def test_two_mandates_on_separate_sets_are_refused_only_where_they_meet(
    first: tuple[Scope, int, int], second: tuple[Scope, int, int], meets: bool
) -> None:
    pair = tuple(
        Mandate("bus", (name,), scope, since, until, 0.4)
        for name, (scope, since, until) in zip(("fossil", "electric"), (first, second), strict=True)
    )
    for mandates in (pair, pair[::-1]):
        if meets:
            with pytest.raises(InfeasibleError, match="overlap only in part or not at all"):
                _fleet(mandates=mandates)
        else:
            assert _fleet(mandates=mandates).mandates == mandates


@pytest.mark.parametrize(("off", "fine"), [(0.5, True), (2.0, False)])
@pytest.mark.parametrize("sign", [1, -1])
def test_shares_sum_to_one_within_the_tolerance_and_no_further(off: float, fine: bool, sign: int) -> None:
    split = _fleet().split.copy()
    split[0, 0, 2] += sign * off * SHARE_SUM_TOLERANCE
    if fine:
        assert _fleet(split=split).shape == (1, 2, 6)
    else:
        with pytest.raises(BoundsError, match="shares of bus in 2023 sum to 1"):
            _fleet(split=split)


@given(st.floats(0.01, 5.0), st.floats(0.1, 20.0), st.sampled_from(list(BoughtAt)))
def test_a_life_is_refused_only_where_next_to_nothing_sees_its_first_year_end(
    scale: float, shape: float, bought_at: BoughtAt
) -> None:
    survival = np.exp(-((AGE_AT[bought_at] / scale) ** shape))
    if survival < FIRST_YEAR_SURVIVAL_MIN:
        with pytest.raises(BoundsError, match="leaves nothing at the end of the first year"):
            check_weibull(scale, shape, bought_at)
    else:
        check_weibull(scale, shape, bought_at)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.5, 1.0), min_size=2, max_size=6), st.sampled_from(list(BoughtAt)))
def test_a_table_between_whole_ages_is_a_straight_line_and_goes_on_at_its_last_rate(
    rates: list[float], bought_at: BoughtAt
) -> None:
    table = np.concatenate(([1.0], np.cumprod(rates)))
    bought = np.zeros((1, 9))
    bought[0, 0] = 1.0
    split = np.stack([np.ones((1, 9)), np.zeros((1, 9))], axis=1)
    flows = run(_fleet(total=bought, split=split, drive=(Drive.PURCHASES,), survival=SurvivalTable(table),
                       bought_at=bought_at))  # fmt: skip

    def survival(age: float) -> float:
        last = len(table) - 1
        if age <= last:
            return float(np.interp(age, np.arange(last + 1), table))
        return float(table[-1] * (table[-1] / table[-2]) ** (age - last))

    ages = AGE_AT[bought_at] + np.arange(9)
    np.testing.assert_allclose(flows.stock[0, 0], [survival(age) for age in ages], rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("stretch", [0.0, -1.0])
def test_a_table_is_stretched_by_more_than_nothing(stretch: float) -> None:
    with pytest.raises(BoundsError, match="a survival table leaves nothing at the end of the first year"):
        _fleet(survival=SurvivalTable(np.array([1.0, 0.5]), stretch))


def test_a_class_driven_by_purchases_never_retires_and_one_that_shrinks_does() -> None:
    falling = np.array([[100.0, 60.0, 20.0, 20.0, 20.0, 20.0]])
    flows = run(_fleet(total=falling))
    np.testing.assert_allclose(flows.stock[0].sum(axis=0), falling[0], atol=1e-9)
    assert flows.retired_early[0].sum(axis=0)[1] > 0
    assert run(replace(_fleet(total=falling), drive=(Drive.PURCHASES,))).retired_early.sum() == 0
    assert np.all(flows.purchases >= 0)
    assert abs(flows.balance()).max() < 1e-9
