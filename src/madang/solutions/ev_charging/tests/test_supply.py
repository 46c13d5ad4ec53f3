"""Counts, ratios, equity and the promise: what registers say, and what stays unknown."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.contract import perform
from madang.core.errors import FactError
from madang.core.progress import silent
from madang.plan.cities import open_city
from madang.solutions.ev_charging import solution
from madang.solutions.ev_charging.model import run
from madang.solutions.ev_charging.supply import gini_of, last_count, lorenz
from madang.solutions.ev_charging.tests.conftest import table, value

positive = st.floats(0.1, 1e6)


def seoul(day: str):
    return perform(solution, open_city("seoul"), date.fromisoformat(day))


def test_the_latest_count_known_on_the_day_is_taken():
    run = seoul("2022-12-01")
    assert (run.number("chargers_installed").value, run.number("chargers_installed").day) == (35216, date(2022, 9, 30))


def test_what_was_counted_later_is_not_known_yet():
    early = seoul("2021-09-07")
    assert early.number("chargers_installed").value == 8407
    assert early.number("chargers_fast").value is None
    assert early.number("evs").value == 23393
    assert early.number("chargers_unplaced").value is None


def test_before_the_promise_there_is_nothing_to_judge():
    with pytest.raises(FactError, match="is known only from 2021-08-30"):
        seoul("2020-01-01")


def test_the_districts_and_the_unplaced_make_the_whole():
    run = seoul("2026-11-22")
    districts = run.result.supply.districts
    placed = districts["chargers"].sum()
    assert districts.height == 25
    assert placed + run.number("chargers_unplaced").value + run.number("chargers_outside").value == 74804
    assert districts["evs"].sum() == 111817
    assert districts["households"].sum() == 4469392


def test_fast_and_slow_make_every_district():
    districts = seoul("2026-11-22").result.supply.districts
    assert (districts["fast"] + districts["slow"] == districts["chargers"]).all()


def test_more_than_the_promised_rapid_chargers_do_not_pay_for_the_slow():
    run = seoul("2026-11-22")
    assert run.number("gap_cost_won").value == pytest.approx((195000 - 69077) * 2.2e6)


def test_without_streets_what_needs_them_is_unknown_and_says_what_to_import():
    number = seoul("2026-11-22").number("covered_now_percent")
    assert number.value is None
    assert number.gap.en == (
        "there is no walking network; bring streets, demand and sites: madang import osm FILE --city CITY"
    )


def test_a_city_without_registers_has_unknowns_and_no_noughts(town):
    result = run(town(street_nodes=None), silent)
    known = {name for name, number in result.numbers.items() if number.value is not None}
    assert known == {"chargers_promised", "vehicles_claimed", "vehicles_per_charger_claimed"}


def test_a_promise_of_nothing_has_no_share(town):
    result = run(town(street_nodes=None, chargers_promised_fast=0.0, chargers_promised_slow=0.0), silent)
    assert value(result, "chargers_share_percent") is None
    assert value(result, "vehicles_per_charger_claimed") is None


def test_a_district_without_a_charger_has_no_ratio(town):
    chargers = pl.DataFrame(
        {"day": [date(2026, 1, 1)] * 2, "district": ["a", "b"], "chargers": [10, 0], "fast": [1, 0], "slow": [9, 0]}
    )
    vehicles = pl.DataFrame(
        {"day": [date(2026, 1, 1)] * 2, "district": ["a", "b"], "vehicles": [100, 50], "evs": [5, 1]}
    )
    result = run(
        town(
            street_nodes=None,
            district_chargers=table("district_chargers", chargers),
            district_vehicles=table("district_vehicles", vehicles),
        ),
        silent,
    )
    rows = {row["district"]: row for row in result.supply.districts.to_dicts()}
    assert rows["b"]["vehicles_per_charger"] is None
    assert rows["a"]["vehicles_per_charger"] == 10
    assert result.supply.equity.worst_fifth_percent == 0


def test_no_count_is_no_count():
    assert last_count({}) is None
    assert last_count({"2020-12-31": 1.0, "2021-07-31": 2.0}).value == 2.0


def test_the_gini_of_an_even_supply_is_nought():
    assert gini_of(np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 30.0])) == pytest.approx(0, abs=1e-12)


def test_the_gini_where_one_has_all_nears_the_others_share():
    assert gini_of(np.array([0.0, 5.0]), np.array([80.0, 20.0])) == pytest.approx(0.8)


@given(st.lists(st.tuples(positive, positive), min_size=2, max_size=30), st.floats(0.01, 100))
def test_equity_does_not_depend_on_the_unit_of_counting(pairs, times):
    amount, weight = (np.array(part) for part in zip(*pairs, strict=True))
    assert gini_of(amount * times, weight) == pytest.approx(gini_of(amount, weight), abs=1e-9)
    assert -1e-12 <= gini_of(amount, weight) <= 1


@given(st.lists(st.tuples(positive, positive), min_size=2, max_size=30))
def test_the_lorenz_curve_lies_below_the_even_line(pairs):
    amount, weight = (np.array(part) for part in zip(*pairs, strict=True))
    along, up = lorenz(amount, weight)
    assert (up <= along + 1e-9).all()
    assert (up[-1], along[-1]) == (pytest.approx(1), pytest.approx(1))
