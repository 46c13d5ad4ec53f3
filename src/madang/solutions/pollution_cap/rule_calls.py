"""The pure rules by name, as cases and desks call them: plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from madang.core.city import policy_book
from madang.core.facts import FactBook
from madang.solutions.pollution_cap.decimals import half_up
from madang.solutions.pollution_cap.duration import standard_load_kg_per_d
from madang.solutions.pollution_cap.evaluation import attained_share, transformed_mean
from madang.solutions.pollution_cap.inputs import LAND
from madang.solutions.pollution_cap.loads import SUBSTANCES, Plant, UnitLoads, land_load, net_of, sheet_total
from madang.solutions.pollution_cap.permit import Account, Project, answer, as_json
from madang.solutions.pollution_cap.published import better


def rounded(value: float, decimals: int) -> dict[str, float]:
    """Return a value rounded half up, as the rules write it."""
    return {"value": half_up(value, decimals)}


def evaluated(mg_per_l: Sequence[float], decimals: int, target: float) -> dict[str, Any]:
    """Return the transformed mean and the attainment rate of values, whatever their number."""
    values = np.array(mg_per_l, dtype=float)
    mean = transformed_mean(values)
    return {
        "transformed_mean": None if mean is None else half_up(mean, decimals),
        "attained_percent": half_up(attained_share(values, target) * 100.0, 1),
    }


def better_than_target(value: float, target: float, decimals: int, stated: float | None = None) -> dict[str, Any]:
    """Return by how many percent a value beats its target, both whole percents, and which of them was stated."""
    found = better(value, target, decimals, stated)
    return {
        "percent": half_up(found.percent, 2),
        "rounded": found.rounded,
        "cut": found.truncated,
        "stated_is": found.stated_is,
    }


def standard_load(target_mg_per_l: float, reference_flow_m3_per_s: float) -> dict[str, float]:
    """Return the load that a target allows at the reference flow."""
    return {"kg_per_d": standard_load_kg_per_d(target_mg_per_l, reference_flow_m3_per_s)}


def land_sheet(before_m2: Mapping[str, float], after_m2: Mapping[str, float], on: str = "") -> dict[str, Any]:
    """Return a permit sheet of land alone: totals of rounded rows, and the net, never below zero."""
    units = units_on(on)
    before = sheet_total([land_load(name, area, units) for name, area in before_m2.items()])
    after = sheet_total([land_load(name, area, units) for name, area in after_m2.items()])
    net = net_of(before, after)
    return {
        f"{name}_{when}": loads[name]
        for when, loads in (("before", before), ("after", after), ("net", net))
        for name in SUBSTANCES
    }


def permit(
    project: Mapping[str, Any], account: Mapping[str, Any], plant: Mapping[str, Any] | None = None, on: str = ""
) -> dict[str, Any]:
    """Return the answer to a project from the state of its account; see ``permit.answer``."""
    made = None
    if plant is not None:
        made = Plant(
            str(plant["name"]),
            dict(plant["mg_per_l"]),
            float(plant.get("pipe_loss_flow_percent", 0.0)),
            {name: float(plant.get("pipe_loss_load_percent", {}).get(name, 0.0)) for name in SUBSTANCES},
        )
    asked = Project(**{**project, "kind": tuple(project.get("kind", ()))})
    return as_json(answer(asked, Account(**account), units_on(on), made, on=on))


def plausible_load(tp_kg_per_d: float, people: float, on: str = "") -> dict[str, Any]:
    """Tell whether a load of T-P can be discharged at all by so many residents: no more than they generate."""
    generated = people * units_on(on).person["urban"]["tp"] / 1000.0
    return {"plausible": tp_kg_per_d <= generated, "generated_kg_per_d": generated}


@cache
def _policy() -> FactBook:
    """Return the policy's own facts."""
    return policy_book(Path(__file__).parent)


@cache
def units_on(on: str = "") -> UnitLoads:
    """Return the unit loads in force on a day (YYYY-MM-DD); the latest edition where none is given."""
    book = _policy()

    def held(name: str) -> Any:
        history = book.history(name)
        known = [one for one in history if not on or one.since <= date.fromisoformat(on)] or [history[0]]
        return known[-1].value

    def loads(name: str) -> dict[str, float]:
        return {substance: float(value) for substance, value in zip(SUBSTANCES, held(name), strict=True)}

    return UnitLoads(
        land={name: loads(f"land_{name}") for name in LAND},
        person={name: loads(f"person_{name}") for name in ("urban", "rural")},
        water_l_per_person={name: held(f"water_{name}") for name in ("urban", "rural")},
        night_soil_m3_per_person={name: held(f"night_soil_{name}") for name in ("urban", "rural")},
        grey_share=held("grey_share"),
        private_plant={name: loads(f"private_plant_{name}") for name in ("large", "small")},
        private_plant_large_m3_per_day=held("private_plant_large_m3_per_day"),
        septic_bod_removed_percent=held("septic_bod_removed_percent"),
        day=book.history("land_paddy")[-1].since.isoformat(),
    )
