"""The run: supply by district always; who walks where and the plans where a city gives streets, demand and sites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from madang.core.contract import Gap, Result, gap
from madang.core.language import say_count
from madang.core.progress import Progress, part_of
from madang.methods.coverage import CapacityPlan, CoverPlan
from madang.methods.walking_network import DataQuality, SnapReport
from madang.solutions.ev_charging.access import Access, access_of
from madang.solutions.ev_charging.capacities import Capacities, capacities_of
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.loads import Loads, loads_of
from madang.solutions.ev_charging.missing import named, to_bring
from madang.solutions.ev_charging.numbers import by_name
from madang.solutions.ev_charging.planning import Plans, plans_of
from madang.solutions.ev_charging.siting_numbers import capacity_numbers, siting_numbers
from madang.solutions.ev_charging.supply import Supply, supply_of
from madang.solutions.ev_charging.supply_numbers import supply_numbers


@dataclass(frozen=True, kw_only=True)
class EvChargingResult(Result):
    """Supply by district; access, plans and loads where there are streets."""

    supply: Supply
    access: Access | None
    plans: Plans | None
    loads: Loads | None
    capacities: Capacities | None
    inputs: EvChargingInputs


def run(inputs: EvChargingInputs, progress: Progress) -> EvChargingResult:
    """Return what is there, who reaches it, and what would cover the rest."""
    progress(0.0, "counting chargers")
    supply = supply_of(inputs)
    access = access_of(inputs, part_of(progress, 0.05, 0.4))
    plans = plans_of(access, inputs, part_of(progress, 0.4, 0.85)) if access else None
    loads = loads_of(access, plans.best.open_sites, inputs) if access and plans else None
    capacities = capacities_of(access, loads, inputs, part_of(progress, 0.85, 0.95)) if access else None
    counted = [*supply_numbers(inputs, supply)]
    walked = [*siting_numbers(inputs, access, plans, loads), *capacity_numbers(access, loads, capacities)]
    # What the city can answer comes first; where it can answer nothing, what it has to bring.
    registers_first = access is None and any(one.value is not None for one in counted)
    walked = [*named(walked, inputs)]
    numbers = by_name([*counted, *walked] if registers_first else [*walked, *counted])
    progress(1.0, "done")
    return EvChargingResult(
        numbers=numbers,
        gaps=_gaps(inputs, access, plans, capacities),
        diagnostics=_diagnostics(access, plans, loads, capacities),
        supply=supply,
        access=access,
        plans=plans,
        loads=loads,
        capacities=capacities,
        inputs=inputs,
    )


def _gaps(
    inputs: EvChargingInputs, access: Access | None, plans: Plans | None, capacities: Capacities | None
) -> tuple[Gap, ...]:
    """Return what a reader must know of the whole run."""
    if access is None or plans is None:
        missing = to_bring(inputs)
        return (gap(missing.ko, missing.en),)
    return tuple(dict.fromkeys([*_unproved(plans, capacities), *_of_ground(inputs, access)]))


def _unproved(plans: Plans, capacities: Capacities | None) -> Iterator[Gap]:
    """Yield for each plan that is not proved to be the best how far from it that can be."""
    asked: list[tuple[CoverPlan | CapacityPlan, str]] = [(plans.least, "share_wanted_percent"), (plans.best, "budget")]
    if capacities:
        asked.append((capacities.plan, "energy_budget_won"))
    for plan, touched in asked:
        if not plan.proved:
            yield gap(
                f"계획이 최선임을 증명하지 못했습니다(최대 {plan.gap:.2%} 차이).",
                f"the plan is not proved to be the best: at most {plan.gap:.2%} off",
                touched,
            )


def _of_ground(inputs: EvChargingInputs, access: Access) -> Iterator[Gap]:
    """Yield what is not known of the demand, the streets and the sites."""
    far = len(access.demand_places) - access.demand_snap.snapped
    if far:
        yield gap(
            f"수요 지점 {far}곳은 어느 길에서도 {inputs.snap_max_m:g}m 넘게 떨어져 있어 닿지 않는 것으로 셉니다.",
            f"{say_count(far, 'demand point lies', 'demand points lie')} over {inputs.snap_max_m:g} m from any "
            "street, counted as not reached",
            "demand",
        )
    if access.network.is_level:
        yield gap(
            "길의 높이를 몰라 모두 평지로 걷는 것으로 셉니다.",
            "heights are not known: every street is walked as level",
            "street_nodes",
        )
    if not access.siting.is_costed:
        yield gap(
            "자리의 비용이 없어 자리마다 1로 셉니다.",
            "no site has a cost: each counts 1, so a budget counts sites",
            "budget",
        )


def _diagnostics(
    access: Access | None, plans: Plans | None, loads: Loads | None, capacities: Capacities | None
) -> dict[str, Any]:
    """Return how the run went, as JSON-ready values: data quality, status and seconds of each plan."""
    if access is None or plans is None:
        return {}
    said: dict[str, Any] = {
        "network": {**access.network.quality.to_dict(), "lines": _in_both(access.network.quality)},
        "demand": _in_both(access.demand_snap),
        "sites": _in_both(access.site_snap),
        "least": _said(plans.least),
        "budget": _said(plans.best),
    }
    if capacities is not None:
        plan = capacities.plan
        said["capacity"] = {
            "status": plan.status,
            "proved": plan.proved,
            "served_share": plan.served_share,
            "sites": len(plan.level_of),
            "cost_won": plan.cost,
            "bound": plan.bound,
            "gap": plan.gap,
            "seconds": round(plan.seconds, 3),
        }
    if loads is not None and loads.evs_without_demand > 0:
        said["vehicles_in_areas_without_demand"] = loads.evs_without_demand
    return said


def _in_both(report: DataQuality | SnapReport) -> dict[str, list[str]]:
    """Return the lines of a report in each language."""
    return {"ko": report.lines("ko"), "en": report.lines("en")}


def _said(plan: CoverPlan) -> dict[str, Any]:
    """Return a plan's status, bound, gap and seconds."""
    return {
        "status": plan.status,
        "proved": plan.proved,
        "covered_share": plan.covered_share,
        "sites": plan.sites,
        "cost": plan.cost,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "seconds": round(plan.seconds, 3),
        "log": list(plan.log),
    }


def sites_of(result: EvChargingResult) -> pl.DataFrame:
    """Return every site: what stands, what opens and when, with chargers to add and gains; none without streets."""
    if result.access is None or result.plans is None:
        return pl.DataFrame()
    access, plans = result.access, result.plans
    opened = {int(site): phase.year for phase in reversed(plans.phases) for site in phase.plan.chosen.tolist()}
    chosen = set(plans.best.chosen.tolist())
    rows = range(access.sites.height)
    standing = access.siting.is_existing
    kept = ("id", "name", "class", "status", "lon", "lat", "cost", "fast_ports", "slow_ports", "ports_max")
    return access.sites.select(*kept).with_columns(
        pl.Series("kind", ["fast" if fast else "slow" for fast in access.siting.is_fast], dtype=pl.String),
        pl.Series("role", ["existing" if standing[r] else "plan" if r in chosen else "candidate" for r in rows]),
        pl.Series("phase", [opened.get(r) if r in chosen else None for r in rows], dtype=pl.Int64),
        pl.Series("gain", plans.gain, dtype=pl.Float64),
        pl.Series(
            "ports_to_add", [None] * len(rows) if result.loads is None else result.loads.to_add, dtype=pl.Float64
        ),
    )
