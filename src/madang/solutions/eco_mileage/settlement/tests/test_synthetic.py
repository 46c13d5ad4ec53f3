"""A made-up city: the same from the same seed, labelled, and with the faults that real files have."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from madang.solutions.eco_mileage.settlement import synthetic
from madang.solutions.eco_mileage.settlement.cube import MISSING
from madang.solutions.eco_mileage.settlement.synthetic import make_city, readings_frames

FIRST = date(2023, 7, 1)


def test_the_same_seed_makes_the_same_city_and_another_one_another() -> None:
    one, same, other = make_city(50, 1, FIRST), make_city(50, 1, FIRST), make_city(50, 2, FIRST)
    assert np.array_equal(one.quantities, same.quantities)
    assert one.members.equals(same.members)
    assert one.weather.equals(same.weather)
    assert not np.array_equal(one.quantities, other.quantities)


def test_effort_lowers_use_in_the_half_year_and_nowhere_else() -> None:
    city = make_city(4000, 3, FIRST)
    effort = city.truth["effort_bp"].to_numpy()
    has = city.quantities[0, 0] != MISSING
    ratio = city.quantities[0, 24:30].mean(axis=0) / city.quantities[0, 12:18].mean(axis=0)
    strong, none = ratio[has & (effort >= 2000)].mean(), ratio[has & (effort == 0)].mean()
    assert strong / none == pytest.approx(1 - effort[effort >= 2000].mean() / 10_000, abs=0.02)


def test_who_shares_an_address_lives_in_one_district() -> None:
    members = make_city(3000, 4, FIRST).members
    assert (members.group_by("address_id").agg(pl.col("district").n_unique())["district"] == 1).all()


def test_faults_are_few_and_can_be_left_out() -> None:
    city = make_city(3000, 5, FIRST)
    clean, faulty = (pl.concat(readings_frames(city, 0, faults=faults, seed=5)) for faults in (False, True))
    keys = ["meter_id", "month"]
    assert clean.height == clean.unique(keys).height == (city.quantities[0] != MISSING).sum()
    assert (clean["quantity"] >= 0).all()
    assert 0 < (faulty["quantity"] < 0).sum() < 0.001 * faulty.height
    assert faulty.height > faulty.unique(keys).height
    assert faulty.unique(keys).height < clean.height
    assert "estimated" in faulty["quality"].to_list()


def test_a_large_citys_readings_are_made_part_by_part_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    city = make_city(500, 8, FIRST)
    whole = pl.concat(readings_frames(city, 1, faults=False, seed=8))
    monkeypatch.setattr(synthetic, "PART_MEMBERS", 120)
    parts = list(readings_frames(city, 1, faults=False, seed=8))
    assert len(parts) == 5
    assert pl.concat(parts).equals(whole)
    faulty = [pl.concat(readings_frames(city, 1, faults=True, seed=8)) for _ in range(2)]
    assert faulty[0].equals(faulty[1])
    assert not faulty[0].equals(whole)


def test_warming_the_half_year_warms_only_it() -> None:
    plain, warm = make_city(5, 6, FIRST).weather, make_city(5, 6, FIRST, warmer_c=2.0).weather
    difference = (warm["mean_c"] - plain["mean_c"]).round(1)
    later = plain["day"] >= FIRST
    assert difference.filter(~later).unique().to_list() == [0.0]
    assert difference.filter(later).min() >= 1.9
