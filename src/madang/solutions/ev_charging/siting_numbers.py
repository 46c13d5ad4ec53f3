"""The numbers of the routed part: who is covered, what covers the rest, and how good the plan is proved to be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from madang.core.contract import Number
from madang.core.language import Text, text
from madang.methods.coverage import CoverPlan
from madang.solutions.ev_charging.access import Access
from madang.solutions.ev_charging.capacities import Capacities
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.loads import Loads
from madang.solutions.ev_charging.numbers import number, percent
from madang.solutions.ev_charging.planning import Plans

Floats = NDArray[np.float64]

NO_STREETS = text(
    "도보망이 없습니다. madang import osm 파일 --city 도시로 거리, 수요, 자리를 넣으면 계산합니다.",
    "there is no walking network; bring streets, demand and sites: madang import osm FILE --city CITY",
)
NONE_STANDS = text(
    "걸어서 닿을 만한 곳에 서 있는 충전기가 없습니다.", "no charger that stands can be walked to from any demand point"
)
NOT_MEASURED = text(
    "걸음은 {minutes:g}분까지만 재는데, 그 안에 충전기가 없는 수요가 너무 많습니다.",
    "too much of the demand has no charger within the {minutes:g} minutes to which walks are measured",
)
NO_VEHICLES = text(
    "구역의 전기차 수가 없습니다. area_vehicles 표나 evs_planned 값을 주면 계산합니다.",
    "nobody says how many electric vehicles there are: give the table area_vehicles or the input evs_planned",
)
NO_ENERGY = text(
    "전기차가 없거나 모두 집에서 충전해 공용 충전이 0입니다.",
    "no public charging is needed: there are no electric vehicles, or all charge at home",
)
NO_DEMAND = text("수요가 없습니다.", "there is no demand to cover")
STREETS = ("street_nodes", "street_edges", "snap_max_m")
WALKED = (*STREETS, "demand", "sites", "walk_m_per_min", "walk_minutes_max")
PLACES = ("fast_classes", "slow_classes")
SEARCH = ("effort", "seconds_max")
PLANNED = (*WALKED, *PLACES, "fast_sites_max", *SEARCH)
LEAST = (*PLANNED, "share_wanted_percent")
BEST = (*LEAST, "budget", "floor_percent")
PHASED = (*BEST, "phases_percent")
LOADED = (
    *BEST, "area_vehicles", "evs_planned", "km_per_day", "km_per_kwh", "home_charging_percent",
    "fast_charging_percent", "fast_kw", "slow_kw", "busy_hours_per_day",
)  # fmt: skip
SERVED = (
    *LOADED, "demand_unit", "fast_cost_won", "slow_cost_won", "energy_budget_won", "energy_share_wanted_percent",
    "ports_per_fast_site", "ports_per_slow_site",
)  # fmt: skip


def siting_numbers(
    inputs: EvChargingInputs, access: Access | None, plans: Plans | None, loads: Loads | None
) -> Iterator[Number]:
    """Yield every number that needs streets; each is unknown, with what to import, where there are none."""
    yield from _demand(inputs, access)
    yield from _now(access)
    yield from _least(plans)
    yield from _best(access, plans)
    yield from _loads(inputs, access, loads)


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float | None:
    """Return the least value that ``share`` (0..1) of the weight does not exceed; unknown where that is infinite."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    if not len(reached) or reached[-1] <= 0:
        return None
    found = float(values[order][min(int(np.searchsorted(reached, share * reached[-1])), len(order) - 1)])
    return found if np.isfinite(found) else None


def _demand(inputs: EvChargingInputs, access: Access | None) -> Iterator[Number]:
    """Yield the demand and what of it no site can reach."""
    unit, rests = inputs.demand_unit, (*WALKED, "demand_unit")
    yield number("demand_total", access.total if access else None, rests, NO_STREETS, demand=unit)
    lost = float(access.weight[~access.is_reachable].sum()) if access else None
    yield number("demand_unreachable", lost, (*rests, *PLACES), NO_STREETS, demand=unit)


def _now(access: Access | None) -> Iterator[Number]:
    """Yield who is covered today, how far the others walk, and what circles would say."""
    if access is None:
        shares: list[float | None] = [None] * 3
        metres: list[float | None] = [None] * 2
    else:
        foot, circle = access.is_covered_now, access.is_in_circle
        rows = (foot, circle, circle & ~foot)
        shares = [percent(float(access.weight[row].sum()), access.total) for row in rows]
        metres = [weighted_quantile(access.walk_m, access.weight, share) for share in (0.5, 0.9)]
    gap = NO_STREETS if access is None else NO_DEMAND
    names = ("covered_now_percent", "covered_now_circles_percent", "circles_mislead_percent")
    for name, value in zip(names, shares, strict=True):
        yield number(name, value, WALKED, gap)
    gap = _no_walk(access)
    for name, far in zip(("walk_minutes_median", "walk_minutes_p90"), metres, strict=True):
        minutes = far / access.limit_m * access.minutes_max if access and far is not None else None
        yield number(name, minutes, WALKED, gap)


def _no_walk(access: Access | None) -> Text:
    """Return why nobody knows how far some walk: no streets, no charger near any, or too few who have one near."""
    if access is None:
        return NO_STREETS
    if not np.isfinite(access.walk_m).any():
        return NONE_STANDS
    minutes = access.far_m / access.limit_m * access.minutes_max
    return text(NOT_MEASURED.ko.format(minutes=minutes), NOT_MEASURED.en.format(minutes=minutes))


def _least(plans: Plans | None) -> Iterator[Number]:
    """Yield the least-cost plan for the wanted share."""
    plan = plans.least if plans else None
    for name, value in (
        ("least_sites", plan.sites if plan else None),
        ("least_cost", plan.cost if plan else None),
        ("least_cost_bound", plan.bound if plan else None),
        ("least_gap_percent", plan.gap * 100 if plan else None),
        ("least_covered_percent", plan.covered_share * 100 if plan else None),
    ):
        yield number(name, value, LEAST, NO_STREETS)


def _best(access: Access | None, plans: Plans | None) -> Iterator[Number]:
    """Yield the plan for the budget."""
    plan = plans.best if plans else None
    worst = min(plan.district_share.values(), default=None) if plan else None
    bound = percent(plan.bound, access.total) if plan and access else None
    for name, value in (
        ("budget_spent", plan.cost if plan else None),
        ("plan_sites", plan.sites if plan else None),
        ("plan_covered_percent", plan.covered_share * 100 if plan else None),
        ("plan_bound_percent", bound),
        ("plan_gap_percent", _gap_percent(plan)),
        ("plan_worst_area_percent", None if worst is None else worst * 100),
    ):
        yield number(name, value, BEST, NO_STREETS if plan is None else NO_DEMAND)


def _loads(inputs: EvChargingInputs, access: Access | None, loads: Loads | None) -> Iterator[Number]:
    """Yield the chargers the plan's sites need."""
    gap, rests = _no_vehicles(access), (*LOADED, "demand_unit")
    fast, slow, short, cost, unserved = None, None, None, None, None
    if access is not None and loads is not None:
        fast = float(loads.to_add[access.siting.is_fast].sum())
        slow = float(loads.to_add[~access.siting.is_fast].sum())
        short = float(loads.short.sum())
        cost = fast * inputs.fast_cost_won + slow * inputs.slow_cost_won
        unserved = percent(loads.unserved_kwh, loads.kwh_per_day)
    yield number("ports_fast_to_add", fast, rests, gap)
    yield number("ports_slow_to_add", slow, rests, gap)
    yield number("ports_without_room", short, rests, gap)
    yield number("ports_cost_won", cost, (*rests, "fast_cost_won", "slow_cost_won"), gap)
    yield number("energy_unserved_percent", unserved, rests, gap if loads is None else NO_ENERGY)


def capacity_numbers(access: Access | None, loads: Loads | None, capacities: Capacities | None) -> Iterator[Number]:
    """Yield the numbers of the plan by capacity; unknown, with why, where there are no vehicles or no energy."""
    why = _no_vehicles(access) if loads is None else NO_ENERGY
    plan = capacities.plan if capacities else None
    whole = capacities.kwh_per_day if capacities else None
    for name, value in (
        ("energy_served_percent", percent(plan.served, whole) if plan else None),
        ("energy_bound_percent", percent(plan.bound, whole) if plan else None),
        ("energy_cost_won", plan.cost if plan else None),
        ("energy_fast_ports", float(capacities.fast_ports.sum()) if capacities else None),
        ("energy_slow_ports", float(capacities.slow_ports.sum()) if capacities else None),
    ):
        yield number(name, value, SERVED, why)


def _no_vehicles(access: Access | None) -> Text:
    """Return why a number about energy is unknown."""
    return NO_STREETS if access is None else NO_VEHICLES


def _gap_percent(plan: CoverPlan | None) -> float | None:
    """Return the plan's gap in percent; unknown where nothing is covered and more may be."""
    if plan is None:
        return None
    if plan.objective == 0:
        return 0.0 if plan.bound == 0 else None
    return plan.gap * 100.0
