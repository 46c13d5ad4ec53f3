"""The numbers of the plan by capacity: how much of the public charging a budget serves, and how good that is."""

from __future__ import annotations

from collections.abc import Iterator

from madang.core.contract import Number
from madang.solutions.ev_charging.access import Access
from madang.solutions.ev_charging.capacities import Capacities
from madang.solutions.ev_charging.numbers import number
from madang.solutions.ev_charging.siting_numbers import LOADED, NO_STREETS, NO_VEHICLES

SERVED = (
    *LOADED,
    "demand_unit",
    "fast_cost_won",
    "slow_cost_won",
    "energy_budget_won",
    "energy_share_wanted_percent",
    "ports_per_fast_site",
    "ports_per_slow_site",
)


def capacity_numbers(access: Access | None, capacities: Capacities | None) -> Iterator[Number]:
    """Yield the numbers of the plan by capacity; unknown, with what to give, where there are no vehicles."""
    gap = NO_STREETS if access is None else NO_VEHICLES
    plan = capacities.plan if capacities else None
    whole = plan.served / plan.served_share if plan and plan.served_share > 0 else None
    yield number(
        "energy_served_percent",
        plan.served_share * 100 if plan else None,
        "percent",
        ("예산으로 채우는 공용 충전", "Public charging that the budget serves within the walk"),
        (
            "자리마다 (충전기 × 출력 × 쓰이는 시간) 안에서 나누어 주는 전력 / 모든 공용 전력",
            "energy given out within each site's chargers x kW x hours / all public energy",
        ),
        SERVED,
        gap=gap,
        digits=1,
    )
    bound = plan.bound / whole * 100 if plan and whole else (0.0 if plan and plan.bound == 0 else None)
    yield number(
        "energy_bound_percent",
        bound,
        "percent",
        ("어떤 계획도 이보다 많이 채울 수 없음", "No plan within the budget can serve more"),
        ("이완 문제의 쌍대값 / 모든 공용 전력", "dual bound of the relaxed problem / all public energy"),
        SERVED,
        gap=gap,
        digits=1,
    )
    yield number(
        "energy_cost_won",
        plan.cost if plan else None,
        "won",
        ("그 계획의 설치비", "Cost of that plan"),
        ("새 자리 충전기 × 설치비", "chargers at the new sites x their cost"),
        SERVED,
        gap=gap,
    )
    for name, ports, title in (
        ("energy_fast_ports", "fast_ports", ("그 계획의 급속충전기", "Rapid chargers of that plan")),
        ("energy_slow_ports", "slow_ports", ("그 계획의 완속충전기", "Slow chargers of that plan")),
    ):
        yield number(
            name,
            float(getattr(capacities, ports).sum()) if capacities else None,
            "charger",
            title,
            ("연 자리의 충전기", "chargers at the sites it opens"),
            SERVED,
            gap=gap,
            digits=0,
        )
