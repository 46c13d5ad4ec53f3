"""Savings against earlier years, priced and compared: by hand, and as properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import BoundsError
from madang.methods.savings import (
    areas,
    change_from_mean,
    co2_saved,
    factor_on,
    forest_ha,
    gross,
    net,
    rate_bp,
    tier_reached,
    trees,
)

# A busy machine is no finding: only answers are judged here, never time.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

tonnes = st.floats(-1e6, 1e6)
GAS = {2009: 2780.0, 2010: 2240.0}


def test_the_change_is_this_year_minus_the_mean_of_the_two_before() -> None:
    change = change_from_mean(np.array([90.0, 130.0]), np.array([100.0, 120.0]), np.array([110.0, 120.0]))
    assert change.tolist() == [-15.0, 10.0]


def test_an_unknown_year_leaves_the_change_unknown() -> None:
    assert np.isnan(change_from_mean(np.array([90.0]), np.array([np.nan]), np.array([110.0]))).all()


def test_a_factor_holds_from_its_first_year_until_the_next() -> None:
    assert [factor_on(GAS, year) for year in (2009, 2010, 2023)] == [2780.0, 2240.0, 2240.0]


def test_a_factor_asked_before_its_first_year_is_an_error() -> None:
    with pytest.raises(BoundsError) as caught:
        factor_on(GAS, 2008)
    assert str(caught.value) == "no factor holds in 2008: the first holds from 2009\n  to do: add the earlier factor"


def test_less_use_is_co2_avoided_at_the_factor_of_its_year() -> None:
    saved = co2_saved(np.array([-10.0, -10.0, 5.0]), [2009, 2010, 2011], GAS)
    assert saved.tolist() == [27800.0, 22400.0, -11200.0]


def test_an_unknown_change_saves_an_unknown_amount() -> None:
    assert np.isnan(co2_saved(np.array([np.nan]), [2010], GAS)[0])


def test_net_adds_savings_and_increases_and_leaves_unknown_parts_out() -> None:
    assert net([5.0, -2.0, float("nan")]) == 3.0


def test_gross_adds_the_savings_alone() -> None:
    assert gross([5.0, -2.0, float("nan"), 1.0]) == 6.0


@pytest.mark.parametrize("summed", [net, gross])
def test_a_sum_of_nothing_known_is_unknown_and_not_zero(summed: object) -> None:
    assert callable(summed)
    assert summed([]) is None
    assert summed([float("nan")]) is None


@given(st.lists(tonnes, min_size=1))
def test_gross_is_never_below_net_nor_below_zero(parts: list[float]) -> None:
    total, falling = net(parts), gross(parts)
    assert total is not None
    assert falling is not None
    assert falling >= max(total, 0.0) - 1e-6


@given(st.lists(tonnes, min_size=1), st.randoms())
def test_the_order_of_the_parts_never_moves_the_net_sum(parts: list[float], chance: object) -> None:
    shuffled = list(parts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert net(parts) == net(shuffled)


@given(st.lists(st.tuples(tonnes, tonnes), min_size=1))
def test_a_finer_cut_never_lowers_the_gross_sum(pairs: list[tuple[float, float]]) -> None:
    fine, coarse = gross([part for pair in pairs for part in pair]), gross([sum(pair) for pair in pairs])
    assert fine is not None
    assert coarse is not None
    assert fine >= coarse - 1e-6


def test_the_published_pines_and_forest_follow_from_the_tonnage_before_rounding() -> None:
    co2_t = 221_612.8 * 10.77
    assert round(co2_t, 1) == 2_386_769.9
    assert round(trees(co2_t * 1000, 6.6), -4) == 361_630_000
    assert forest_ha(co2_t, 10.77) == pytest.approx(221_612.8)
    assert round(areas(221_612.8, 605.25), 1) == 3.7


def test_the_rounded_tonnage_misses_the_published_pines() -> None:
    assert round(trees(2_387_000 * 1000, 6.6), -4) == 361_670_000


def test_one_area_is_one_times_itself() -> None:
    assert areas(60_525.0, 605.25) == 1.0


def test_floating_point_misses_the_edge_that_whole_numbers_reach() -> None:
    base, used = 100, 90
    assert not 1 - used / base >= 0.10
    assert tier_reached(base - used, base, (1000,)) == 1


@pytest.mark.parametrize(
    ("saved", "tier"), [(0, 0), (499, 0), (500, 1), (999, 1), (1000, 2), (1499, 2), (1500, 3), (10_000, 3), (-5, 0)]
)
def test_tiers_begin_at_their_edges(saved: int, tier: int) -> None:
    assert tier_reached(saved, 10_000, (500, 1000, 1500)) == tier


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**12), st.integers(1, 10**6))
def test_tiers_do_not_move_with_the_scale(saved: int, base: int, scale: int) -> None:
    edges = (500, 1000, 1500)
    assert tier_reached(saved, base, edges) == tier_reached(saved * scale, base * scale, edges)


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**9))
def test_the_tier_agrees_with_each_edge_asked_alone(saved: int, base: int) -> None:
    edges = (500, 1000, 1500)
    assert tier_reached(saved, base, edges) == sum(tier_reached(saved, base, (edge,)) for edge in edges)


def test_the_shown_rate_is_rounded_down() -> None:
    assert rate_bp(1999, 20_000) == 999
    assert rate_bp(-1, 20_000) == -1
