from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import BoundsError
from madang.solutions.ev_fleet.classes import CLASSES, ELECTRIC, HYDROGEN, POWERTRAINS, place
from madang.solutions.ev_fleet.inputs import FleetInputs
from madang.solutions.ev_fleet.paths import PATHS, Paths, build, registered_stock, spread_ages, weibull, with_factor

TARGET = 2025 - 2021


@settings(max_examples=25, deadline=None)
@given(
    life=st.floats(5, 25),
    shape=st.floats(1, 8),
    cars=st.floats(0, 1_000_000),
    trucks=st.floats(0, 200_000),
    bought_at=st.sampled_from(["start", "middle", "end"]),
    spread=st.sampled_from(["steady", "even"]),
)
def test_every_path_balances_by_class_powertrain_and_year(
    inputs: FleetInputs, life: float, shape: float, cars: float, trucks: float, bought_at: str, spread: str
) -> None:
    paths = build(inputs.with_set({
        "lifetime_years.car": life, "weibull_shape": shape, "promised.car": cars, "promised.truck": trucks,
        "bought_at": bought_at, "age_spread": spread,
    }))  # fmt: skip
    for flows in paths.flows.values():
        assert np.max(np.abs(flows.balance()) / np.maximum(1.0, flows.stock)) < 1e-9
        for values in (flows.stock, flows.purchases, flows.scrapped, flows.retired_early):
            assert np.all(values >= 0)


def test_all_paths_hold_the_same_number_of_vehicles(paths: Paths) -> None:
    whole = [paths.flows[path].stock.sum(axis=1) for path in PATHS]
    for other in whole[1:]:
        np.testing.assert_allclose(other, whole[0], rtol=1e-9)


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (("car", "rental_car"), 175_000),
        (("truck", "parcel_truck"), 19_000),
        (("taxi",), 10_000),
        (("village_bus",), 490),
        (("motorcycle",), 27_000),
        (("delivery_motorcycle",), 35_000),
    ],
)
def test_as_promised_every_part_is_reached_by_the_target_year(
    paths: Paths, names: tuple[str, ...], count: float
) -> None:
    stock = paths.flows["promised"].stock
    assert sum(stock[place(name), ELECTRIC, TARGET] for name in names) == pytest.approx(count)


def test_a_rule_may_bring_more_than_the_promise_but_never_less(paths: Paths) -> None:
    assert paths.flows["promised"].stock[place("city_bus"), ELECTRIC, TARGET] >= 3_010 - 1e-6


@pytest.mark.parametrize(
    ("name", "powertrains", "first"),
    [("city_bus", [ELECTRIC, HYDROGEN], 2021), ("parcel_truck", [ELECTRIC], 2022), ("school_bus", [ELECTRIC], 2023)],
)
def test_from_its_year_on_a_mandate_leaves_no_other_purchase(
    paths: Paths, name: str, powertrains: list[int], first: int
) -> None:
    bought = paths.flows["mandates_only"].purchases[place(name)]
    at = first - 2021
    np.testing.assert_allclose(bought[powertrains, at:].sum(axis=0), bought[:, at:].sum(axis=0))
    if at > 0:
        assert bought[powertrains, at - 1].sum() < bought[:, at - 1].sum()


def test_all_delivery_motorcycles_are_electric_by_2025_and_stay_so(paths: Paths) -> None:
    stock = paths.flows["mandates_only"].stock[place("delivery_motorcycle")]
    np.testing.assert_allclose(stock[ELECTRIC, TARGET:], stock[:, TARGET:].sum(axis=0))
    assert stock[ELECTRIC, TARGET - 1] < 0.9 * stock[:, TARGET - 1].sum()


def test_the_oldest_fossil_vehicles_go_first(paths: Paths) -> None:
    flows = paths.flows["mandates_only"]
    kept = flows.by_model_year[place("delivery_motorcycle"), POWERTRAINS.index("petrol"), 1]
    held = np.flatnonzero(kept > 1e-9)
    assert flows.retired_early[place("delivery_motorcycle"), POWERTRAINS.index("petrol"), 1] > 0
    assert held[0] > 0
    assert np.all(kept[: held[0]] <= 1e-9)


def test_as_registered_meets_the_register_by_class_and_powertrain(inputs: FleetInputs, paths: Paths) -> None:
    stock = registered_stock(inputs, range(2021, 2031)).transpose(1, 2, 0)
    np.testing.assert_allclose(paths.flows["as_registered"].stock, stock, rtol=1e-9, atol=1e-6)


def test_more_is_promised_than_mandated_and_more_mandated_than_without_policy(paths: Paths) -> None:
    electric = {path: paths.flows[path].stock[:, ELECTRIC].sum(axis=0) for path in PATHS}
    assert np.all(electric["promised"] > electric["mandates_only"])
    assert np.all(electric["mandates_only"] > electric["reference"])


def test_the_mean_life_is_the_mean_of_the_curve(inputs: FleetInputs) -> None:
    life = weibull(inputs)
    ages = np.linspace(0, 80, 80_001)
    mean = np.trapezoid(life.at(ages)[place("truck"), 0], ages)
    assert mean == pytest.approx(inputs.lifetime_years["truck"], rel=1e-6)


@pytest.mark.parametrize("spread", ["steady", "even"])
def test_spreading_over_ages_keeps_the_stock(inputs: FleetInputs, spread: str) -> None:
    changed = inputs.with_set({"age_spread": spread})
    stock = np.random.default_rng(1).uniform(0, 100, (len(CLASSES), len(POWERTRAINS)))
    np.testing.assert_allclose(spread_ages(changed, stock, weibull(changed)).sum(axis=2), stock)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.001, 1), min_size=8, max_size=8), st.floats(0, 40))
def test_a_factor_on_the_electric_share_leaves_shares(parts: list[float], factor: float) -> None:
    share = np.array(parts) / sum(parts)
    made = with_factor(share[None], factor)[0]
    assert made.sum() == pytest.approx(1.0)
    assert np.all((made >= 0) & (made <= 1))
    assert np.sign(made[ELECTRIC] - share[ELECTRIC]) in (0, np.sign(factor - 1))


@pytest.mark.parametrize("left", [0.0, 1e-16, 1e-12])
def test_a_class_that_is_all_electric_but_for_rounding_stays_so(left: float) -> None:
    share = np.zeros((1, len(POWERTRAINS)))
    share[0, [0, ELECTRIC]] = left, 1.0 - left
    for factor in (0.5, 1.0, 2.0):
        made = with_factor(share, factor)[0]
        assert made.sum() == pytest.approx(1.0, abs=1e-12)
        assert made[ELECTRIC] == pytest.approx(1.0)


def test_years_out_of_order_are_refused(inputs: FleetInputs) -> None:
    with pytest.raises(BoundsError, match="the target year 2031 isn't after 2020 and by 2030"):
        build(inputs.with_set({"target_year": 2031}))


def test_a_class_nobody_has_is_no_obstacle(inputs: FleetInputs) -> None:
    paths = build(inputs.with_set({"fleet.school_bus": 0, "fleet.parcel_truck": 0, "fleet.taxi": 0}))
    assert paths.flows["promised"].stock[place("school_bus")].sum() == pytest.approx(0.0, abs=1e-6)
