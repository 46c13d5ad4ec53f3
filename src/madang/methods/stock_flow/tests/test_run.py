from __future__ import annotations

import numpy as np
import pytest

from madang.methods.stock_flow import (
    BoughtAt,
    Drive,
    Fleet,
    Mandate,
    Scope,
    SurvivalTable,
    Weibull,
    run,
    stationary_ages,
)

NEVER_DIES = SurvivalTable(np.array([1.0, 1.0]))
LIVES_TWO_YEARS = SurvivalTable(np.array([1.0, 1.0, 0.0]))


def buses(total: list[float], initial: object = None, mandates: tuple[Mandate, ...] = (), **more: object) -> Fleet:
    years = len(total)
    split = np.stack((np.ones(years), np.zeros(years)))[None]
    return Fleet(
        ("bus",),
        ("fossil", "battery"),
        2020,
        np.array([total]),
        more.pop("split", split),  # type: ignore[arg-type]
        more.pop("survival", NEVER_DIES),  # type: ignore[arg-type]
        initial=None if initial is None else np.array([initial], dtype=float),
        mandates=mandates,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("bought_at", "age"), [("start", 1.0), ("middle", 0.5), ("end", 0.0)])
def test_the_convention_sets_the_age_at_the_first_years_end(bought_at: str, age: float) -> None:
    fleet = buses(
        [100.0, 0.0, 0.0],
        survival=Weibull(10.0, 2.0),
        bought_at=BoughtAt(bought_at),
        drive=(Drive.PURCHASES,),
    )
    expected = 100 * np.exp(-(((np.arange(3) + age) / 10) ** 2))
    np.testing.assert_allclose(run(fleet).stock[0, 0], expected, rtol=1e-12)


def test_a_total_that_falls_faster_than_vehicles_die_retires_the_oldest_first() -> None:
    flows = run(buses([60.0], initial=[[50, 30, 20], [0, 0, 0]]))
    assert flows.retired_early[0, 0, 0] == 40
    assert flows.by_model_year[0, 0, 0].tolist() == [0, 10, 50, 0]
    assert flows.purchases.sum() == 0


def test_vehicles_of_one_age_retire_alike_whatever_drives_them() -> None:
    flows = run(buses([90.0], initial=[[0, 30], [60, 10]]))
    assert flows.retired_early[0, :, 0] == pytest.approx([7.5, 2.5])


def test_a_mandate_on_new_buses_leaves_old_ones_alone() -> None:
    mandate = Mandate("bus", ("battery",), Scope.NEW, 2021, 2030, 1.0)
    flows = run(buses([120.0, 140.0, 160.0], initial=[[100], [0]], mandates=(mandate,)))
    assert flows.stock[0].tolist() == [[120, 120, 120], [0, 20, 40]]
    assert flows.retired_early.sum() == 0


def test_a_mandate_on_new_buses_ends_with_its_last_year() -> None:
    mandate = Mandate("bus", ("battery",), Scope.NEW, 2020, 2020, 0.5)
    flows = run(buses([10.0, 20.0], mandates=(mandate,)))
    assert flows.purchases[0].tolist() == [[5, 10], [5, 0]]


def test_a_mandate_on_the_stock_replaces_the_oldest_fossil_buses_first() -> None:
    mandate = Mandate("bus", ("battery",), Scope.ALL, 2020, 2021, 0.5)
    flows = run(buses([100.0, 100.0], initial=[[60, 40], [0, 0]], mandates=(mandate,)))
    assert flows.stock[0, 1].tolist() == [25, 50]
    assert flows.by_model_year[0, 0, 0].tolist() == [15, 60, 0, 0]
    assert flows.by_model_year[0, 0, 1].tolist() == [0, 50, 0, 0]
    assert flows.retired_early[0, 0].tolist() == [25, 25]


def test_a_mandate_on_the_stock_takes_purchases_before_it_retires_anything() -> None:
    mandate = Mandate("bus", ("battery",), Scope.ALL, 2020, 2020, 0.2)
    flows = run(buses([100.0], initial=[[70], [0]], mandates=(mandate,)))
    assert flows.purchases[0, :, 0] == pytest.approx([10, 20])
    assert flows.retired_early.sum() == 0


def test_a_mandate_on_the_stock_holds_after_its_last_year() -> None:
    mandate = Mandate("bus", ("battery",), Scope.ALL, 2020, 2020, 0.5)
    flows = run(buses([100.0, 100, 100], initial=[[100, 0], [0, 0]], mandates=(mandate,), survival=LIVES_TWO_YEARS))
    assert np.all(flows.stock[0, 1] >= 50 - 1e-9)


def test_a_table_goes_on_at_its_last_yearly_rate() -> None:
    fleet = buses(
        [100.0, 0, 0, 0], survival=SurvivalTable(np.array([1.0, 0.8])), bought_at=BoughtAt.END, drive=(Drive.PURCHASES,)
    )
    np.testing.assert_allclose(run(fleet).stock[0, 0], [100, 80, 64, 51.2])


def test_a_table_is_read_between_ages_along_a_line_and_can_be_stretched() -> None:
    fleet = buses([100.0], survival=SurvivalTable(np.array([1.0, 0.8]), stretch=2.0), drive=(Drive.PURCHASES,))
    assert run(fleet).stock[0, 0, 0] == pytest.approx(95.0)


def test_a_stationary_fleet_needs_the_same_purchases_each_year() -> None:
    life, ages = Weibull(6.0, 3.0), 60
    start = stationary_ages(np.array([[100.0, 0.0]]), life, BoughtAt.MIDDLE, ages)
    bought = run(buses([100.0] * 10, survival=life, initial=start[0])).purchases[0, 0]
    np.testing.assert_allclose(bought, bought[0], rtol=1e-9)


def test_stocks_equal_the_closed_sum_over_cohorts() -> None:
    life, total = Weibull(7.0, 2.5), [100.0, 120, 150, 170, 260]
    flows = run(buses(total, survival=life))
    survival = life.at(np.arange(5) + 0.5)
    again = [sum(flows.purchases[0, 0, m] * survival[year - m] for m in range(year + 1)) for year in range(5)]
    np.testing.assert_allclose(again, total, rtol=1e-12)
