"""Sites and power classes chosen together: the most energy served for a budget, each site with its capacity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from madang.core.errors import InfeasibleError
from madang.core.language import text
from madang.core.progress import Progress, silent
from madang.methods.coverage import CapacityPlan, Level, plan_capacity
from madang.solutions.ev_charging.access import Access, Siting
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.loads import Loads
from madang.solutions.ev_charging.refusing import ENERGY, named_here

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Capacities:
    """The plan by capacity, the money it may spend, and chargers by site (s,) of the level it is given."""

    plan: CapacityPlan
    budget_won: float
    kwh_per_day: float
    fast_ports: Floats
    slow_ports: Floats


def capacities_of(
    access: Access, loads: Loads | None, inputs: EvChargingInputs, progress: Progress = silent
) -> Capacities | None:
    """Return the plan that serves the most public charging within the walk for a budget in won.

    A site is rapid or slow by its class, with ``ports_per_site`` chargers at most, or as many as it has room for;
    what stands stays and costs nothing, what must be built is built. None where nobody says how many electric
    vehicles there are.

    Raises InfeasibleError, naming reach, capacity or budget, where the wanted share of energy cannot be served, and
    the sites that must be built where they have no room or cost more than the budget.
    """
    if loads is None or loads.kwh_per_day <= 0:
        return None
    siting, room = access.siting, access.sites["ports_max"].cast(pl.Float64).fill_null(float("inf")).to_numpy()
    _check_room(siting, room)
    fast = np.minimum(inputs.ports_per_fast_site, room)
    slow = np.minimum(inputs.ports_per_slow_site, room)
    budget = inputs.energy_budget_won
    if budget is None:
        built = np.where(siting.is_fast, fast * inputs.fast_cost_won, slow * inputs.slow_cost_won)
        budget = max(_cost_of(access, loads, inputs), float(built[siting.is_forced].sum()))
    share = inputs.energy_share_wanted_percent
    with named_here(ENERGY):
        plan = plan_capacity(
            access.cover,
            loads.kwh_at_demand,
            _levels(access, inputs, fast, slow),
            budget=budget,
            share=None if share == 0 else share / 100.0,
            existing={int(site): "standing" for site in np.flatnonzero(siting.is_existing)},
            forced=np.flatnonzero(siting.is_forced),
            seconds=inputs.seconds_max,
            effort=inputs.effort,
            progress=progress,
        )
    level = np.array([plan.level_of.get(site, "") for site in range(len(siting.ids))])
    return Capacities(
        plan, budget, loads.kwh_per_day, np.where(level == "fast", fast, 0.0), np.where(level == "slow", slow, 0.0)
    )


_PORTS = ("fast_ports", "slow_ports")


def _check_room(siting: Siting, room: Floats) -> None:
    """Raise InfeasibleError where a site that must be built has room for no charger."""
    for site in np.flatnonzero(siting.is_forced & (room < 1))[:1]:
        raise InfeasibleError(
            text(
                f"{siting.ids[site]}은(는) 반드시 열 자리인데 둘 수 있는 충전기가 없습니다(ports_max = 0)",
                f"{siting.ids[site]} must be built and has room for no charger (ports_max = 0)",
            ),
            text(f"{ENERGY['capacity'].ko}, {ENERGY['forced'].ko}", f"{ENERGY['capacity'].en}, {ENERGY['forced'].en}"),
            text("ports_max나 status를 고치십시오", "change its ports_max or its status"),
        )


def _levels(access: Access, inputs: EvChargingInputs, fast: Floats, slow: Floats) -> tuple[Level, ...]:
    """Return the power classes: rapid and slow with chargers by site (s,), and what stands."""
    siting, hours = access.siting, inputs.busy_hours_per_day
    there_fast, there_slow = (access.sites[name].cast(pl.Float64).fill_null(0.0).to_numpy() for name in _PORTS)
    standing = there_fast * inputs.fast_kw * hours + there_slow * inputs.slow_kw * hours
    buildable = ~siting.is_existing & ~siting.is_forbidden
    return (
        _level("fast", fast, inputs.fast_kw * hours, inputs.fast_cost_won, siting.is_fast & buildable),
        _level("slow", slow, inputs.slow_kw * hours, inputs.slow_cost_won, ~siting.is_fast & buildable),
        # What stands is free, whatever its level is said to cost.
        Level("standing", 1.0, standing, siting.is_existing),
    )


def _level(name: str, ports: Floats, kwh_per_port: float, won_per_port: float, allowed: NDArray[np.bool_]) -> Level:
    """Return a power class: chargers x energy a day, at chargers x cost, where it is allowed and has room."""
    return Level(name, np.maximum(ports, 1.0) * won_per_port, ports * kwh_per_port, allowed & (ports > 0))


def _cost_of(access: Access, loads: Loads, inputs: EvChargingInputs) -> float:
    """Return what the chargers of the plan for the budget cost: the same money, spent on energy instead of reach."""
    fast = float(loads.to_add[access.siting.is_fast].sum())
    slow = float(loads.to_add[~access.siting.is_fast].sum())
    return fast * inputs.fast_cost_won + slow * inputs.slow_cost_won
