"""Plans that can be worked out by hand, and laws that every plan keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import InfeasibleError
from madang.methods.load_allocation import (
    EQUAL_EFFLUENT,
    EQUAL_PERCENT,
    LEAST,
    RULES,
    AllocationPlan,
    Locked,
    Measure,
    compare,
    dense,
    equal_effluent,
    equal_percent,
    least_cost,
)
from madang.methods.load_allocation.tests.allocation_cases import as_dense, random_question, two_towns

seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=40)


def test_the_cheapest_kilogram_at_the_gauge_goes_first() -> None:
    """Upper pays 30 for half a kg at the gauge: 60; lower 80. Upper's 40 kg give 20, lower gives the other 10."""
    plan = least_cost(two_towns())
    np.testing.assert_allclose(plan.removed_kg_per_d[:, 0, 0], [40.0, 10.0])
    np.testing.assert_allclose(plan.station_kg_per_d, 120.0)
    assert plan.cost == pytest.approx(2 * (40 * 30 + 10 * 80))
    np.testing.assert_allclose(plan.allotted_kg_per_d[:, 0, 0], [60.0, 90.0])


def test_prices_say_what_one_more_kilogram_a_day_would_cost() -> None:
    plan = least_cost(two_towns())
    assert plan.price_per_kg_d is not None
    assert plan.price_per_kg is not None
    assert plan.relief_per_kg_d is not None
    np.testing.assert_allclose(plan.relief_per_kg_d, 80.0)
    np.testing.assert_allclose(plan.price_per_kg_d[:, 0, 0], [40.0, 80.0])
    np.testing.assert_allclose(plan.price_per_kg[:, 0, 0], [40.0 / 365, 80.0 / 365])


def test_the_margin_of_safety_is_kept_back_from_every_cap() -> None:
    plan = least_cost(two_towns(margin=0.1))
    np.testing.assert_allclose(plan.station_kg_per_d, 108.0)


def test_a_lasting_measure_is_built_once_and_stays() -> None:
    caps = np.array([[[120.0, 150.0]]])
    built = (Measure("plant", 100.0, 500.0, 10.0),)
    plan = least_cost(two_towns(cap_kg_per_d=caps, measures=built))
    np.testing.assert_allclose(plan.effort_kg_per_d[0, :, 0, :], [[0.0, 0.0], [30.0, 30.0]])
    assert plan.cost == pytest.approx(30 * 500 + 2 * 30 * 10)


def test_later_money_counts_less_by_the_discount() -> None:
    caps = np.array([[[150.0, 120.0]]])
    built = (Measure("plant", 100.0, 500.0, 10.0),)
    plan = least_cost(two_towns(cap_kg_per_d=caps, measures=built, discount=0.25))
    assert plan.cost == pytest.approx(30 * 510 / 1.25)
    np.testing.assert_allclose(plan.effort_kg_per_d[0, :, 0, 0], 0.0)


def test_a_measure_has_effect_only_in_its_years() -> None:
    doses = (Measure("early", 200.0, 0.0, 1.0, last_year=2021, lasting=False), Measure("late", 200.0, 0.0, 9.0))
    plan = least_cost(two_towns(measures=doses))
    assert plan.effort_kg_per_d[0, :, 0, 1].sum() == 0.0
    assert plan.cost == pytest.approx(30 * 1.0 + 30 * 9.0)


def test_a_locked_plan_is_kept_at_any_price() -> None:
    locked = (Locked("dose", "lower", "bod", 2021, 25.0),)
    plan = least_cost(two_towns(locked=locked))
    np.testing.assert_allclose(plan.removed_kg_per_d[:, 0, 0], [10.0, 25.0])
    np.testing.assert_allclose(plan.removed_kg_per_d[:, 0, 1], [40.0, 10.0])


def test_no_more_is_removed_than_can_be() -> None:
    plan = least_cost(two_towns(removable_kg_per_d=np.array([[[10.0, 40.0]], [[100.0, 100.0]]])))
    np.testing.assert_allclose(plan.removed_kg_per_d[:, 0, 0], [10.0, 25.0])


def test_equal_percent_asks_the_same_of_all() -> None:
    plan = equal_percent(two_towns())
    assert plan.level is not None
    np.testing.assert_allclose(plan.level, 20.0)
    np.testing.assert_allclose(plan.removed_kg_per_d, 20.0)
    assert plan.cost == pytest.approx(2 * 20 * (30 + 80))
    assert plan.price_per_kg_d is None


def test_equal_effluent_spares_who_is_clean_already() -> None:
    """Upper 100 kg in 1,000 m3 (100 mg/L), lower 100 kg in 5,000 m3 (20 mg/L): 0.5 c + 100 = 120 at c = 40 mg/L."""
    plan = equal_effluent(
        two_towns(
            effluent_m3_per_d=np.array([[1000.0] * 2, [5000.0] * 2]),
            measures=(Measure("dose", 100.0, 0.0, [30.0, 80.0], lasting=False),),
        )
    )
    assert plan.level is not None
    np.testing.assert_allclose(plan.level, 40.0)
    np.testing.assert_allclose(plan.removed_kg_per_d[:, 0, 0], [60.0, 0.0])


def test_no_limit_is_needed_where_caps_hold_anyway() -> None:
    free = two_towns(cap_kg_per_d=np.full((1, 1, 2), 200.0), effluent_m3_per_d=np.full((2, 2), 1000.0))
    answers = compare(free)
    assert [plan.cost for plan in answers.values() if isinstance(plan, AllocationPlan)] == [0.0, 0.0, 0.0]
    effluent, percent = answers[EQUAL_EFFLUENT], answers[EQUAL_PERCENT]
    assert isinstance(effluent, AllocationPlan)
    assert isinstance(percent, AllocationPlan)
    assert effluent.level is not None
    assert percent.level is not None
    assert np.isnan(effluent.level).all()
    np.testing.assert_array_equal(percent.level, 0.0)


@few
@given(seeds)
def test_every_rule_keeps_every_cap_and_least_cost_costs_least(seed: int) -> None:
    asked = random_question(seed)
    answers = compare(asked)
    assert tuple(answers) == RULES
    least = answers[LEAST]
    assert isinstance(least, AllocationPlan)
    for answer in answers.values():
        if isinstance(answer, InfeasibleError):
            continue
        held = np.nan_to_num(asked.held_kg_per_d, nan=np.inf)
        assert np.all(answer.station_kg_per_d <= held * (1 + 1e-6) + 1e-6)
        assert least.cost <= answer.cost * (1 + 1e-7) + 1e-6
        together = answer.effort_kg_per_d.sum(axis=0)
        assert np.all(answer.removed_kg_per_d <= np.minimum(together, asked.removable) + 1e-6)


@few
@given(seeds)
def test_cascade_and_dense_forms_find_the_same_cost_and_prices(seed: int) -> None:
    asked = random_question(seed)
    one = least_cost(asked)
    other = least_cost(replace(asked, paths=dense(asked.paths.stations, as_dense(asked.paths))))
    assert one.cost == pytest.approx(other.cost, rel=1e-7, abs=1e-6)


@few
@given(seeds)
def test_lasting_measures_never_shrink(seed: int) -> None:
    plan = least_cost(random_question(seed))
    for m, measure in enumerate(plan.problem.measures):
        first, last = plan.problem.window(measure)
        steps = np.diff(plan.effort_kg_per_d[m, :, :, first : last + 1], axis=2)
        assert not measure.lasting or np.all(steps >= -1e-6)


@few
@given(seeds, st.floats(0.0, 0.05))
def test_a_tighter_cap_never_costs_less(seed: int, tighter: float) -> None:
    asked = random_question(seed)
    costs: list[Any] = []
    for margin in (asked.margin, asked.margin + tighter):
        try:
            costs.append(least_cost(replace(asked, margin=margin)).cost)
        except InfeasibleError:
            costs.append(np.inf)
    assert costs[1] >= costs[0] - 1e-6 * max(1.0, costs[0])


@few
@given(seeds)
def test_prices_are_right_by_finite_difference(seed: int) -> None:
    """A small change of one load changes the cost by its price, from one side or the other where prices jump."""
    asked = random_question(seed, substances=1)
    asked = replace(asked, removable_kg_per_d=asked.load_kg_per_d * 0.8)
    plan = least_cost(asked)
    assert plan.price_per_kg_d is not None
    rng = np.random.default_rng(seed)
    at = tuple(int(rng.integers(n)) for n in asked.load_kg_per_d.shape)
    step = 1e-4
    below, above = (cost_with(plan, "load_kg_per_d", at, change) for change in (-step, step))
    low, high = (plan.cost - below) / step, (above - plan.cost) / step
    assert low - 1e-3 * max(1.0, abs(low)) <= plan.price_per_kg_d[at] <= high + 1e-3 * max(1.0, abs(high))


@few
@given(seeds)
def test_reliefs_are_right_by_finite_difference(seed: int) -> None:
    plan = least_cost(random_question(seed, substances=1))
    assert plan.relief_per_kg_d is not None
    cap = plan.problem.cap_kg_per_d
    places = np.argwhere(cap > 0)
    if not places.size:
        return
    at = tuple(int(i) for i in places[seed % len(places)])
    step = 1e-4
    below, above = (cost_with(plan, "cap_kg_per_d", at, change) for change in (-step, step))
    kept = 1.0 - plan.problem.margin
    low, high = (plan.cost - above) / step / kept, (below - plan.cost) / step / kept
    assert low - 1e-3 * max(1.0, abs(low)) <= plan.relief_per_kg_d[at] <= high + 1e-3 * max(1.0, abs(high))


def cost_with(plan: AllocationPlan, name: str, at: tuple[int, ...], change: float) -> float:
    """Return the least cost after one number changed by a little; infinite where nothing is possible then."""
    array = getattr(plan.problem, name).copy()
    array[at] += change
    try:
        return least_cost(replace(plan.problem, **{name: array})).cost
    except InfeasibleError:
        return np.inf
