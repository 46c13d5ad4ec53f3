"""The numbers of the routed part: who is covered, what covers the rest, and how good the plan is proved to be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from madang.core.contract import Number
from madang.core.language import Text, text
from madang.methods.coverage import CoverPlan
from madang.solutions.ev_charging.access import Access
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.loads import Loads
from madang.solutions.ev_charging.numbers import number, ratio
from madang.solutions.ev_charging.planning import Plans

Floats = NDArray[np.float64]

NO_STREETS = text(
    "도보망이 없습니다. madang import osm 파일 --city 도시로 거리, 수요, 자리를 넣으면 계산합니다.",
    "there is no walking network; bring streets, demand and sites: madang import osm FILE --city CITY",
)
NONE_STANDS = text(
    "걸어서 닿을 만한 곳에 서 있는 충전기가 없습니다.", "no charger that stands can be walked to from any demand point"
)
NO_VEHICLES = text(
    "구역의 전기차 수가 없습니다. area_vehicles 표나 evs_planned 값을 주면 계산합니다.",
    "nobody says how many electric vehicles there are: give the table area_vehicles or the input evs_planned",
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
    *BEST,
    "area_vehicles",
    "evs_planned",
    "km_per_day",
    "km_per_kwh",
    "home_charging_percent",
    "fast_charging_percent",
    "fast_kw",
    "slow_kw",
    "busy_hours_per_day",
)


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
    unit = inputs.demand_unit
    yield number(
        "demand_total",
        access.total if access else None,
        unit,
        ("채워야 할 수요", "Demand"),
        ("수요 지점 무게의 합", "sum of the weights of all demand points"),
        (*WALKED, "demand_unit"),
        gap=NO_STREETS,
    )
    lost = float(access.weight[~access.is_reachable].sum()) if access else None
    yield number(
        "demand_unreachable",
        lost,
        unit,
        ("어떤 자리에서도 닿지 않는 수요", "Demand that no site can reach"),
        (
            "걸음의 한도 안에 있거나 지을 수 있는 자리가 없는 수요",
            "demand without a standing or allowed site within the walk",
        ),
        (*WALKED, *PLACES, "demand_unit"),
        gap=NO_STREETS,
    )


def _now(access: Access | None) -> Iterator[Number]:
    """Yield who is covered today, how far the others walk, and what circles would say."""
    gap = NO_STREETS if access is None else NO_DEMAND
    yield number(
        "covered_now_percent",
        _share(access, access.is_covered_now) if access else None,
        "percent",
        ("지금 걸어서 닿는 비율", "Covered now, on foot"),
        (
            "서 있는 충전기까지 한도 안에 걷는 수요 / 모든 수요",
            "demand within the walk of a standing charger / all demand",
        ),
        WALKED,
        gap=gap,
        digits=1,
    )
    yield number(
        "covered_now_circles_percent",
        _share(access, access.is_in_circle) if access else None,
        "percent",
        ("직선거리로 셌을 때의 비율", "Covered now, if circles are drawn"),
        ("같은 거리를 직선으로 잰 수요 / 모든 수요", "demand within the same distance as the crow flies / all demand"),
        WALKED,
        gap=gap,
        digits=1,
    )
    misled = access.is_in_circle & ~access.is_covered_now if access else None
    yield number(
        "circles_mislead_percent",
        _share(access, misled) if access and misled is not None else None,
        "percent",
        ("원 안에 있으나 걸어서는 닿지 않는 비율", "Inside a circle, yet not within the walk"),
        ("원 안이면서 걸음의 한도 밖인 수요 / 모든 수요", "demand inside a circle and beyond the walk / all demand"),
        WALKED,
        gap=gap,
        digits=1,
    )
    for name, share, title in (
        ("walk_minutes_median", 0.5, ("가장 가까운 충전기까지, 가운데 사람", "Walk to the nearest charger, median")),
        ("walk_minutes_p90", 0.9, ("가장 가까운 충전기까지, 열에 아홉", "Walk to the nearest charger, nine in ten")),
    ):
        metres = weighted_quantile(access.walk_m, access.weight, share) if access else None
        yield number(
            name,
            metres / access.limit_m * access.minutes_max if access and metres is not None else None,
            "minute",
            title,
            ("걸음 길이 / 걷는 속도", "length of the walk / walking speed"),
            WALKED,
            gap=NO_STREETS if access is None else NONE_STANDS,
            digits=1,
        )


def _least(plans: Plans | None) -> Iterator[Number]:
    """Yield the least-cost plan for the wanted share."""
    plan = plans.least if plans else None
    yield number(
        "least_sites",
        plan.sites if plan else None,
        "site",
        ("원하는 비율을 채우는 새 자리", "New sites for the wanted share"),
        ("비용이 가장 적게 드는 자리의 수", "number of sites in the least-cost plan found"),
        LEAST,
        gap=NO_STREETS,
        digits=0,
    )
    yield number(
        "least_cost",
        plan.cost if plan else None,
        "1",
        ("그 비용", "Their cost, in the money of the sites"),
        ("자리 비용의 합; 비용이 없으면 자리마다 1", "sum of the sites' costs; 1 each where none is given"),
        LEAST,
        gap=NO_STREETS,
    )
    yield number(
        "least_cost_bound",
        plan.bound if plan else None,
        "1",
        ("어떤 계획도 이보다 쌀 수 없음", "No plan can cost less"),
        ("이완 문제의 쌍대값", "dual bound of the relaxed problem"),
        LEAST,
        gap=NO_STREETS,
    )
    yield number(
        "least_gap_percent",
        plan.gap * 100 if plan else None,
        "percent",
        ("최선과의 차이, 최대", "At most this far from the best"),
        ("|한계 - 비용| / 비용", "|bound - cost| / cost"),
        LEAST,
        gap=NO_STREETS,
        digits=2,
    )
    yield number(
        "least_covered_percent",
        plan.covered_share * 100 if plan else None,
        "percent",
        ("그 계획으로 채워지는 비율", "Covered by that plan"),
        ("채워진 수요 / 모든 수요", "covered demand / all demand"),
        LEAST,
        gap=NO_STREETS,
        digits=1,
    )


def _best(access: Access | None, plans: Plans | None) -> Iterator[Number]:
    """Yield the plan for the budget."""
    plan = plans.best if plans else None
    yield number(
        "budget_spent",
        plan.cost if plan else None,
        "1",
        ("쓰는 예산", "Spent of the budget"),
        ("새 자리 비용의 합", "sum of the new sites' costs"),
        BEST,
        gap=NO_STREETS,
    )
    yield number(
        "plan_sites",
        plan.sites if plan else None,
        "site",
        ("예산으로 여는 자리", "New sites for the budget"),
        ("예산 안에서 가장 많이 채우는 자리의 수", "number of sites in the best plan found"),
        BEST,
        gap=NO_STREETS,
        digits=0,
    )
    yield number(
        "plan_covered_percent",
        plan.covered_share * 100 if plan else None,
        "percent",
        ("예산으로 채워지는 비율", "Covered by the plan for the budget"),
        ("채워진 수요 / 모든 수요", "covered demand / all demand"),
        BEST,
        gap=NO_STREETS,
        digits=1,
    )
    whole = access.total if access else None
    yield number(
        "plan_bound_percent",
        _percent(plan.bound if plan else None, whole),
        "percent",
        ("어떤 계획도 이보다 많이 채울 수 없음", "No plan within the budget can cover more"),
        ("이완 문제의 쌍대값 / 모든 수요", "dual bound of the relaxed problem / all demand"),
        BEST,
        gap=NO_STREETS if plan is None else NO_DEMAND,
        digits=1,
    )
    yield number(
        "plan_gap_percent",
        _gap_percent(plan),
        "percent",
        ("최선과의 차이, 최대", "At most this far from the best"),
        ("(한계 - 채움) / 채움", "(bound - covered) / covered"),
        BEST,
        gap=NO_STREETS if plan is None else NO_DEMAND,
        digits=2,
    )
    worst = _worst_area(plan)
    yield number(
        "plan_worst_area_percent",
        worst,
        "percent",
        ("가장 덜 채워진 구역", "Covered in the worst-served area"),
        ("구역마다 채워진 비율 가운데 가장 낮은 값", "least covered share over the areas"),
        BEST,
        gap=NO_STREETS if plan is None else NO_DEMAND,
        digits=1,
    )


def _loads(inputs: EvChargingInputs, access: Access | None, loads: Loads | None) -> Iterator[Number]:
    """Yield the chargers the plan's sites need."""
    gap: Text = NO_STREETS if access is None else NO_VEHICLES
    fast, slow = (None, None)
    if access is not None and loads is not None:
        fast = float(loads.to_add[access.siting.is_fast].sum())
        slow = float(loads.to_add[~access.siting.is_fast].sum())
    formula = (
        "자리마다 올림(받는 전력 / (출력 × 쓰이는 시간)) - 있는 충전기",
        "per site, energy it receives / (kW x hours in use), rounded up, less what stands",
    )
    rests = (*LOADED, "demand_unit")
    yield number(
        "ports_fast_to_add",
        fast,
        "charger",
        ("계획에 더할 급속충전기", "Rapid chargers to add at the plan's sites"),
        formula,
        rests,
        gap=gap,
        digits=0,
    )
    yield number(
        "ports_slow_to_add",
        slow,
        "charger",
        ("계획에 더할 완속충전기", "Slow chargers to add at the plan's sites"),
        formula,
        rests,
        gap=gap,
        digits=0,
    )
    yield number(
        "ports_without_room",
        float(loads.short.sum()) if loads else None,
        "charger",
        ("자리가 없어 못 놓는 충전기", "Chargers needed that find no room"),
        ("필요 - 자리의 한도", "needed - the site's limit"),
        rests,
        gap=gap,
        digits=0,
    )
    cost = None if fast is None or slow is None else fast * inputs.fast_cost_won + slow * inputs.slow_cost_won
    yield number(
        "ports_cost_won",
        cost,
        "won",
        ("더할 충전기의 설치비", "Cost of the chargers to add"),
        ("급속 × 설치비 + 완속 × 설치비", "rapid x cost + slow x cost"),
        (*rests, "fast_cost_won", "slow_cost_won"),
        gap=gap,
    )
    share = ratio(loads.unserved_kwh, loads.kwh_per_day) if loads else None
    yield number(
        "energy_unserved_percent",
        share * 100 if share is not None else None,
        "percent",
        ("갈 곳 없는 공용 충전", "Public charging that finds no site"),
        (
            "걸음 안에 완속 자리가 없거나 급속 자리가 없는 전력",
            "energy without a slow site within the walk, or without any rapid site",
        ),
        rests,
        gap=gap if loads is None else NO_DEMAND,
        digits=1,
    )


def _share(access: Access, rows: NDArray[np.bool_]) -> float | None:
    """Return the share of the demand's weight, in percent; unknown where there is no demand."""
    return _percent(float(access.weight[rows].sum()), access.total)


def _percent(part: float | None, whole: float | None) -> float | None:
    """Return a part in percent of the whole."""
    share = ratio(part, whole)
    return None if share is None else share * 100.0


def _gap_percent(plan: CoverPlan | None) -> float | None:
    """Return the plan's gap in percent; unknown where nothing is covered and more may be."""
    if plan is None:
        return None
    if plan.objective == 0:
        return 0.0 if plan.bound == 0 else None
    return plan.gap * 100.0


def _worst_area(plan: CoverPlan | None) -> float | None:
    """Return the least covered share over the areas, in percent."""
    if plan is None or not plan.district_share:
        return None
    return min(plan.district_share.values()) * 100.0
