from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.methods.stock_flow import BoughtAt, Drive, Fleet, Mandate, Scope, SurvivalTable, Weibull, run

CLASSES, POWERTRAINS = ("car", "bus", "truck"), ("fossil", "battery", "hydrogen")
FIRST, YEARS, AGES = 2010, 12, 6


@st.composite
def mandates(draw: st.DrawFn) -> tuple[Mandate, ...]:
    found = []
    for name in CLASSES[:2]:
        for scope in Scope:
            if draw(st.booleans()):
                first = draw(st.integers(FIRST - 3, FIRST + YEARS))
                last = first + draw(st.integers(0, 6))
                sets = draw(st.sampled_from([("battery",), ("battery", "hydrogen"), POWERTRAINS]))
                share = draw(st.floats(0, 1))
                found.append(Mandate(name, sets, scope, first, last, share))
    return tuple(found)


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    empty = draw(st.booleans())
    size = (len(CLASSES), len(POWERTRAINS))
    split = rng.dirichlet([0.5] * 3, (len(CLASSES), YEARS)).transpose(0, 2, 1)
    total = rng.uniform(0, 1000, (len(CLASSES), YEARS)) * rng.integers(0, 2, (len(CLASSES), 1))
    table = np.sort(rng.uniform(0.01, 1, (*size, 8)), axis=-1)[..., ::-1]
    table[..., 0] = 1.0
    weibull = Weibull(rng.uniform(2, 30, size), rng.uniform(0.8, 6, size))
    return Fleet(
        CLASSES,
        POWERTRAINS,
        FIRST,
        total if draw(st.booleans()) else np.sort(total, axis=1)[:, ::-1],
        split,
        SurvivalTable(table) if draw(st.booleans()) else weibull,
        initial=None if empty else rng.uniform(0, 300, (*size, AGES)),
        drive=(draw(st.sampled_from([Drive.STOCK, Drive.PURCHASES])), Drive.STOCK, Drive.STOCK_SPLIT),
        mandates=draw(mandates()),
        bought_at=draw(st.sampled_from(list(BoughtAt))),
    )


@settings(max_examples=100, deadline=None)
@given(fleets())
def test_every_class_powertrain_and_year_balances_to_a_billionth(fleet: Fleet) -> None:
    flows = run(fleet)
    scale = np.maximum(1.0, np.maximum(flows.stock, flows.purchases))
    assert np.max(np.abs(flows.balance()) / scale) < 1e-9


@settings(max_examples=100, deadline=None)
@given(fleets())
def test_nothing_is_ever_negative(fleet: Fleet) -> None:
    flows = run(fleet)
    for values in (flows.stock, flows.purchases, flows.scrapped, flows.retired_early, flows.by_model_year):
        assert np.all(np.isfinite(values))
        assert np.all(values >= 0)


@settings(max_examples=100, deadline=None)
@given(fleets())
def test_a_driven_stock_meets_its_total_even_when_it_falls(fleet: Fleet) -> None:
    stock = run(fleet).stock.sum(axis=1)
    for place, drive in enumerate(fleet.drive):
        if drive is not Drive.PURCHASES:
            np.testing.assert_allclose(stock[place], fleet.total[place], rtol=1e-9, atol=1e-7)


@settings(max_examples=100, deadline=None)
@given(fleets())
def test_a_register_is_met_powertrain_by_powertrain(fleet: Fleet) -> None:
    stock = run(fleet).stock[2]
    np.testing.assert_allclose(stock, fleet.total[2] * fleet.split[2], rtol=1e-9, atol=1e-7)


@settings(max_examples=100, deadline=None)
@given(fleets())
def test_every_mandate_on_new_vehicles_is_kept(fleet: Fleet) -> None:
    flows = run(fleet)
    for mandate in fleet.mandates:
        if mandate.scope is Scope.NEW:
            place = fleet.class_index(mandate.vehicle_class)
            inside = [fleet.powertrain_index(name) for name in mandate.powertrains]
            bought = flows.purchases[place]
            for column, year in enumerate(fleet.years):
                if mandate.from_year <= year <= mandate.to_year:
                    assert bought[inside, column].sum() >= mandate.share * bought[:, column].sum() - 1e-6


@settings(max_examples=100, deadline=None)
@given(fleets())
def test_every_mandate_on_the_stock_is_kept_from_its_last_year_on(fleet: Fleet) -> None:
    flows = run(fleet)
    for mandate in fleet.mandates:
        if mandate.scope is Scope.ALL:
            place = fleet.class_index(mandate.vehicle_class)
            inside = [fleet.powertrain_index(name) for name in mandate.powertrains]
            stock = flows.stock[place]
            for column, year in enumerate(fleet.years):
                if year >= mandate.to_year:
                    assert stock[inside, column].sum() >= mandate.share * stock[:, column].sum() - 1e-6


@settings(max_examples=100, deadline=None)
@given(fleets())
def test_stock_by_model_year_adds_up_to_the_stock(fleet: Fleet) -> None:
    flows = run(fleet)
    np.testing.assert_allclose(flows.by_model_year.sum(axis=3), flows.stock, rtol=1e-12, atol=1e-9)


@settings(max_examples=100, deadline=None)
@given(fleets())
def test_without_mandates_and_surplus_nobody_retires_early(fleet: Fleet) -> None:
    rising = np.sort(fleet.total, axis=1)
    quiet = Fleet(
        fleet.classes, fleet.powertrains, FIRST, rising, fleet.split, fleet.survival, bought_at=fleet.bought_at
    )
    assert run(quiet).retired_early.sum() == pytest.approx(0.0, abs=1e-9)
