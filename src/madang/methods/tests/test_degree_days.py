"""Change-point degree-day models: planted models come back, slopes are never negative, batches change nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import BoundsError
from madang.methods.degree_days import DegreeDays, degree_days, expected, fit

GRID = np.arange(8.0, 26.0, 1.0)
DAYS = np.arange(730)
WEATHER = 12 - 14 * np.cos(2 * np.pi * DAYS / 365) + np.random.default_rng(1).normal(0, 3, 730)
MONTH = DAYS * 24 // 730


def monthly(weather: np.ndarray = WEATHER) -> DegreeDays:
    return degree_days(weather, MONTH, 24, GRID, GRID)


def planted(
    base: float, heating: float, cooling: float, degrees: DegreeDays, at: tuple[int, int] = (8, 14)
) -> np.ndarray:
    return base * degrees.days + heating * degrees.heating[at[0]] + cooling * degrees.cooling[at[1]]


def test_degree_days_are_sums_over_the_days_of_a_period() -> None:
    found = degree_days(
        np.array([10.0, 14.0, 20.0, 99.0]), np.array([0, 0, 1, -1]), 2, np.array([15.0]), np.array([18.0])
    )
    assert found.heating.tolist() == [[6.0, 0.0]]
    assert found.cooling.tolist() == [[0.0, 2.0]]
    assert found.days.tolist() == [2.0, 1.0]


@settings(deadline=None, max_examples=40)
@given(st.floats(0.5, 50), st.floats(0.1, 5), st.floats(0.1, 5), st.integers(2, 8), st.integers(10, 16))
def test_a_planted_model_comes_back(base: float, heating: float, cooling: float, cold: int, hot: int) -> None:
    degrees = monthly()
    use = planted(base, heating, cooling, degrees, (cold, hot))
    found = fit(use[:, None], degrees)
    assert (found.heating_at[0], found.cooling_at[0]) == (cold, hot)
    assert found.base_per_day[0] == pytest.approx(base, rel=1e-6)
    assert found.heating_per_degree_day[0] == pytest.approx(heating, rel=1e-6)
    assert found.cooling_per_degree_day[0] == pytest.approx(cooling, rel=1e-6)
    assert expected(found, degrees)[:, 0] == pytest.approx(use)


def test_another_weather_gives_what_the_model_would_use_in_it() -> None:
    degrees, warmer = monthly(), monthly(WEATHER + 2)
    found = fit(planted(5, 1.2, 2, degrees)[:, None], degrees)
    assert expected(found, warmer)[:, 0] == pytest.approx(planted(5, 1.2, 2, warmer))


def test_a_meter_that_does_not_answer_to_the_weather_is_its_base_alone() -> None:
    degrees = monthly()
    use = np.random.default_rng(2).normal(10, 0.5, (24, 400)) * degrees.days[:, None]
    found = fit(use, degrees)
    assert ((found.heating_at == -1) & (found.cooling_at == -1)).mean() > 0.5
    assert found.base_per_day.mean() == pytest.approx(10, rel=0.02)


def test_slopes_are_never_negative() -> None:
    use = np.random.default_rng(3).uniform(0, 100, (24, 500))
    found = fit(use, monthly())
    for values in (found.base_per_day, found.heating_per_degree_day, found.cooling_per_degree_day):
        assert (values >= 0).all()


def test_meters_are_fitted_alone_as_in_a_batch() -> None:
    use = np.random.default_rng(4).uniform(10, 100, (24, 40))
    together = fit(use, monthly())
    alone = fit(use[:, 7:8], monthly())
    for name in ("base_per_day", "heating_per_degree_day", "cooling_per_degree_day", "cv"):
        assert getattr(together, name)[7] == pytest.approx(getattr(alone, name)[0], rel=1e-9)
    assert together.heating_at[7] == alone.heating_at[0]


def test_a_missing_month_leaves_that_meter_unfitted_and_no_other() -> None:
    use = planted(5, 1, 1, monthly())[:, None].repeat(2, axis=1)
    use[3, 0] = np.nan
    found = fit(use, monthly())
    assert np.isnan(found.base_per_day).tolist() == [True, False]
    assert np.isnan(expected(found, monthly())[:, 0]).all()


def test_no_meters_are_no_fits() -> None:
    assert len(fit(np.zeros((24, 0)), monthly()).base_per_day) == 0


def test_a_day_of_no_period_needs_no_temperature() -> None:
    found = degree_days(np.array([10.0, np.nan]), np.array([0, -1]), 1, np.array([15.0]), np.array([15.0]))
    assert (found.heating.tolist(), found.cooling.tolist(), found.days.tolist()) == ([[5.0]], [[0.0]], [1.0])


def test_heating_and_cooling_may_begin_at_one_temperature() -> None:
    grid = np.array([15.0])
    degrees = degree_days(WEATHER, MONTH, 24, grid, grid)
    found = fit(planted(5, 1.2, 2, degrees, at=(0, 0))[:, None], degrees)
    assert (found.heating_at[0], found.cooling_at[0]) == (0, 0)


def _by_hand(use: np.ndarray, degrees: DegreeDays, columns: list[np.ndarray]) -> tuple[np.ndarray, float, float]:
    """Return coefficients, score and cv of one model: each day of a period counts as one, as if it had been read."""
    root, design = np.sqrt(degrees.days), np.column_stack([column / degrees.days for column in columns])
    found = np.linalg.lstsq(design * root[:, None], use / degrees.days * root, rcond=None)[0]
    squares = float((degrees.days * (use / degrees.days - design @ found) ** 2).sum())
    score = len(use) * np.log(squares / len(use)) + np.log(len(use)) * len(columns)
    return found, score, float(np.sqrt(squares / degrees.days.sum()) / (use.sum() / degrees.days.sum()))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.6))
def test_long_periods_weigh_more_and_a_slope_must_earn_its_place(seed: int, slope: float) -> None:
    rng = np.random.default_rng(seed)
    period = np.searchsorted(np.cumsum([20, 90, 35, 200, 60, 15, 130, 80, 100]), DAYS, "right")
    degrees = degree_days(WEATHER, period, 9, np.array([15.0]), np.zeros(0))
    use = 20 * degrees.days + slope * degrees.heating[0] + rng.normal(0, 40, 9) * np.sqrt(degrees.days)
    found = fit(use[:, None], degrees)
    flat, cold = _by_hand(use, degrees, [degrees.days]), _by_hand(use, degrees, [degrees.days, degrees.heating[0]])
    fits = cold[1] < flat[1] and bool((cold[0] >= 0).all())
    assert found.heating_at[0] == (0 if fits else -1)
    taken = cold if fits else flat
    assert found.base_per_day[0] == pytest.approx(taken[0][0], rel=1e-6)
    assert found.heating_per_degree_day[0] == pytest.approx(taken[0][1] if fits else 0.0, rel=1e-6)
    assert found.cv[0] == pytest.approx(taken[2], rel=1e-6)


def test_a_day_without_a_temperature_and_a_period_without_a_day_are_refused() -> None:
    with pytest.raises(BoundsError, match="a day has no temperature"):
        degree_days(np.array([np.nan]), np.array([0]), 1, GRID, GRID)
    with pytest.raises(BoundsError, match="period 1 has no day of weather"):
        degree_days(np.array([3.0]), np.array([0]), 2, GRID, GRID)


def test_some_periods_can_be_taken_out_of_all() -> None:
    some = monthly().periods(np.array([3, 5]))
    assert some.days.tolist() == monthly().days[[3, 5]].tolist()
    assert np.array_equal(some.heating, monthly().heating[:, [3, 5]])


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("il-electricity-cdd-hdd-daily", 2.5),
        ("il-gas-hdd-only-daily", 2.5),
        ("il-gas-intercept-only-daily", 2.5),
    ],
)
def test_savings_planted_in_eemeters_sample_come_back(shared: Path, name: str, within: float) -> None:
    """The sample's noise is a fifth to a third of a day's use, so a year's saving is known to about two points."""
    rows = pl.read_parquet(shared / "data" / "energy" / "eemeter_sample_meters_and_temperature.parquet")
    card = json.loads((shared / "data" / "energy" / "eemeter_sample_metadata.json").read_text("utf-8"))[name]
    day = (
        pl.col("start").str.to_datetime(time_zone="UTC").dt.convert_time_zone("America/Chicago").dt.date().alias("day")
    )
    hours = rows.filter(pl.col("series") == "il-tempF").with_columns(day)
    weather = hours.group_by("day").agg(((pl.col("value") - 32) / 1.8).mean().alias("mean_c"))
    use = rows.filter((pl.col("series") == name) & pl.col("value").is_not_nan()).with_columns(day)
    both = use.select("day", "value").join(weather, on="day").sort("day")
    before = both.filter(pl.col("day") < pl.lit(card["blackout_start_date"]).str.to_date()).tail(365)
    after = both.filter(pl.col("day") >= pl.lit(card["blackout_end_date"]).str.to_date()).head(365)
    grid = np.arange(8.0, 24.0, 0.5)
    degrees = [degree_days(part["mean_c"].to_numpy(), np.arange(365), 365, grid, grid) for part in (before, after)]
    would = expected(fit(before["value"].to_numpy()[:, None], degrees[0]), degrees[1]).sum()
    saving = 100 * (1 - after["value"].sum() / would)
    stated = 100 * (1 - card["annual_reporting_total_load"] / card["annual_baseline_total_load"])
    assert saving == pytest.approx(stated, abs=within)
