"""Load duration curves by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from madang.solutions.pollution_cap.duration import duration_of, low_flow_m3_per_s, standard_load_kg_per_d
from madang.solutions.pollution_cap.evaluation import Rules, Window, evaluate


def test_a_milligram_a_litre_in_a_cubic_metre_a_second_is_864_kilograms_in_ten_days() -> None:
    assert standard_load_kg_per_d(1.0, 1.0) == 86.4


def test_the_low_flow_is_exceeded_on_275_days_of_a_year() -> None:
    flow = np.arange(1.0, 366.0)
    low = low_flow_m3_per_s(flow)
    assert (flow > low).sum() == pytest.approx(275, abs=1)


def test_classes_count_the_samples_above_the_curve() -> None:
    flow = np.arange(100.0, 0.0, -1.0)
    level = np.where(flow > 60, 5.0, 1.0)  # dirty at high flow
    found = duration_of(level, flow, 3.0, None)
    assert found is not None
    shares = {row.name: (row.samples, row.exceeded_percent) for row in found.classes}
    assert shares == {"high": (10, 100.0), "moist": (30, 100.0), "mid": (20, 0.0), "dry": (30, 0.0), "low": (10, 0.0)}
    assert found.exceeded_percent == 40.0
    assert found.at_reference is not None
    assert found.at_reference.name == "dry"


def test_a_load_lies_above_the_curve_just_where_the_level_lies_above_the_target() -> None:
    rng = np.random.default_rng(4)
    flow, level = rng.lognormal(4, 1, 200), rng.lognormal(1, 0.5, 200)
    found = duration_of(level, flow, 3.0, None)
    assert found is not None
    assert (found.load_kg_per_d > found.allowed_kg_per_d).sum() == (level > 3.0).sum()


def test_flows_nobody_measured_are_left_out_and_none_at_all_gives_no_curve() -> None:
    level = np.array([1.0, 2.0, 3.0])
    found = duration_of(level, np.array([5.0, np.nan, 7.0]), 2.5, None)
    assert found is not None
    assert found.flow_m3_per_s.tolist() == [7.0, 5.0]
    assert duration_of(level, np.full(3, np.nan), 2.5, None) is None


def test_the_curve_is_stricter_than_the_rate_where_one_class_of_flows_is_dirty(
    rules: Rules, window: Callable[..., Window]
) -> None:
    flow = np.arange(90.0, 0.0, -1.0)
    level = np.where(flow > 72, 5.0, 1.0)  # a fifth of the time, all of it in wet weather
    _, rate, curve = evaluate(window(level, flow=flow), 3.0, rules)
    assert rate.passes is True
    assert curve.passes is False


def test_a_reference_flow_given_by_hand_picks_its_class() -> None:
    flow = np.arange(100.0, 0.0, -1.0)
    found = duration_of(np.full(100, 1.0), flow, 3.0, 95.0)
    assert found is not None
    assert found.at_reference is not None
    assert (found.reference_flow_m3_per_s, found.at_reference.name) == (95.0, "high")
