"""Amounts of any size, labels and options as people hand them over, and refusals that say what is known."""

import numpy as np
import pytest

from madang.core.errors import BoundsError, DataError, InfeasibleError
from madang.methods.coverage import Level, coverage_curve, plan_capacity, plan_cover, plan_phases

TINY = 1e-9


def test_a_share_out_of_reach_is_refused_however_small_the_weights():
    with pytest.raises(InfeasibleError, match=r"share 0\.9"):
        plan_cover(np.eye(10)[:8], np.full(10, TINY), share=0.9)


def test_a_floor_out_of_reach_is_refused_however_small_the_weights():
    with pytest.raises(InfeasibleError, match="the floor of district 'b'"):
        plan_cover(np.eye(4)[:2], np.full(4, TINY), sites=2, districts=list("aabb"), floors=0.5)


def test_a_floor_is_met_however_small_the_weights():
    plan = plan_cover(np.eye(4), np.full(4, TINY), sites=2, districts=list("aabb"), floors=0.5)
    assert plan.district_share == {"a": 0.5, "b": 0.5}


def test_forced_sites_beyond_no_budget_are_refused_however_small_their_cost():
    with pytest.raises(InfeasibleError, match="the forced sites cost"):
        plan_cover(np.eye(3), costs=np.full(3, TINY), budget=0, forced=[1])


def test_levels_are_proved_by_a_part_of_what_is_served_however_small_the_demand():
    levels = [Level("slow", 1, 3e-12), Level("fast", 1.9, 6e-12)]
    plan = plan_capacity(np.ones((2, 20)), np.full(20, 1e-12), levels, budget=2)
    assert plan.proved == (plan.bound - plan.served <= 1e-9 * plan.served)


@pytest.mark.parametrize("limit", [{"sites": 0}, {"budget": 0}])
def test_where_no_site_can_open_the_refusal_is_proved_and_names_the_limit_given(limit):
    with pytest.raises(InfeasibleError) as error:
        plan_cover(np.eye(4), districts=list("aabb"), floors=0.5, **limit)
    assert error.value.what == f"no plan keeps {next(iter(limit))} and floors together (proved)"


def test_more_forced_sites_than_sites_are_counted():
    with pytest.raises(InfeasibleError) as error:
        plan_cover(np.eye(4), sites=1, forced=[0, 2])
    assert error.value.what == "2 forced sites, more than the 1 that sites allows"
    assert error.value.where == "sites, forced"


def test_a_budget_for_everything_stands_in_no_plans_way():
    rules = {"classes": list("ab"), "class_limits": {"b": 0}, "districts": list("xy"), "floors": 0.5}
    with pytest.raises(InfeasibleError) as error:
        plan_cover(np.eye(2), budget=1e9, **rules)
    assert error.value.where == "floors, class_limits"


def test_costs_less_than_a_millionth_apart_are_told_apart():
    costs = 1 + np.array([21, 6, 18, 15, 6.5, 9, 3, 0]) * 1e-7
    cover = np.zeros((8, 6))
    cover[:7] = 1
    plan = plan_cover(cover, np.arange(1, 7), costs=costs, share=0.5)
    assert plan.chosen.tolist() == [6]


@pytest.mark.parametrize("seed", range(12))
def test_what_is_proved_is_the_least_to_a_billionth(seed):
    rng = np.random.default_rng(seed)
    cover, costs = rng.random((7, 20)) < 0.3, 1 + rng.integers(0, 9, 7) * 3e-7
    plans = (np.arange(2**7)[:, None] >> np.arange(7)) & 1
    reach = (plans @ cover.astype(int) > 0).sum(1)
    need = 0.6 * reach.max()
    best = (plans @ costs)[reach >= need - 1e-9].min()
    plan = plan_cover(cover, costs=costs, share=0.6, share_of="reachable")
    assert plan.proved
    assert plan.objective == pytest.approx(best, rel=2e-9)


def test_a_weight_under_a_mask_is_missing():
    with pytest.raises(DataError, match="weights is missing at index 1"):
        plan_cover(np.eye(2), np.ma.array([5.0, 999.0], mask=[False, True]), sites=1)


WRONG = [
    ({"sites": 1, "districts": ["a", None]}, DataError, "districts is missing at index 1"),
    ({"sites": 1, "districts": [1.0, np.nan]}, DataError, "districts is missing at index 1"),
    ({"sites": 1, "classes": np.array(["a", 1], dtype=object)}, DataError, "classes mixes labels of different kinds"),
    ({"sites": 1, "classes": list("ab"), "class_limits": {"a": None}}, DataError, "class_limits is not a number: None"),
    ({"sites": 1, "classes": list("ab"), "class_limits": {"a": np.nan}}, BoundsError,
     "the limit of class 'a' is nan"),
    ({"sites": 1, "districts": list("ab"), "floors": [0.5, 0.5]}, DataError, "floors is not a number: [0.5, 0.5]"),
    ({"sites": np.inf}, BoundsError, "sites is inf"),
    ({"share": "half"}, DataError, "share is not a number: 'half'"),
    ({"budget": "ten"}, DataError, "budget is not a number: 'ten'"),
    ({"sites": 1, "seconds": None}, DataError, "seconds is not a number: None"),
    ({"sites": 1, "effort": np.inf}, BoundsError, "effort is inf"),
    ({"sites": 1, "seed": None}, DataError, "seed is not a whole number: None"),
    ({"sites": 1, "weights": [1e308, 1e308]}, BoundsError, "weights adds to more than can be counted"),
    ({"sites": 1, "weights": [1j, 1]}, DataError, "weights holds something that is not a number"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "kind", "message"), WRONG)
def test_an_option_that_is_none_is_named(arguments, kind, message):
    with pytest.raises(kind) as error:
        plan_cover(np.eye(2), **arguments)
    assert error.value.what == message


def test_options_any_number_may_be_are_taken():
    rules = {"classes": list("ab"), "class_limits": {"a": np.inf, "b": 10**30}}
    assert plan_cover(np.eye(2), sites=2.0, seed=2**70, **rules).objective == 2


@pytest.mark.parametrize("wrong", [{"seconds": 0}, {"seconds": np.nan}, {"effort": 0}, {"effort": np.nan}])
def test_levels_take_no_time_or_effort_below_zero(wrong):
    with pytest.raises(BoundsError, match=next(iter(wrong))):
        plan_capacity(np.eye(2), [1, 1], [Level("slow", 1, 1)], budget=1, **wrong)


def test_levels_name_a_site_that_is_no_index():
    with pytest.raises(DataError, match="existing names site '1'"):
        plan_capacity(np.eye(2), [1, 1], [Level("slow", 1, 1)], budget=1, existing={"1": "slow"})


def test_curves_and_phases_name_what_is_no_number():
    with pytest.raises(DataError, match="sites_max is not a number"):
        coverage_curve(np.eye(2), sites_max="three")
    with pytest.raises(BoundsError, match="sites_max is nan"):
        coverage_curve(np.eye(2), sites_max=np.nan)
    with pytest.raises(DataError, match="budgets is not a number"):
        plan_phases(np.eye(2), budgets={2027: "ten"})
