"""The plan's years: what each district may discharge so that the places of assessment keep their targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from madang.core.errors import Both, InfeasibleError, UnknownName, Where
from madang.methods.load_allocation import (
    EQUAL_EFFLUENT,
    EQUAL_PERCENT,
    LEAST,
    Allocation,
    AllocationPlan,
    Locked,
    Measure,
    compare,
    dense,
)
from madang.methods.river_network.routing import KG_PER_D
from madang.solutions.pollution_cap.inputs import CapInputs
from madang.solutions.pollution_cap.judging import Target, targets_of
from madang.solutions.pollution_cap.loads import sewage_m3_per_day
from madang.solutions.pollution_cap.river import ROUTED, River
from madang.solutions.pollution_cap.sourcing import districts_of, unit_loads

RULES = (LEAST, EQUAL_PERCENT, EQUAL_EFFLUENT)
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Allocated:
    """The question, each rule's plan or why it has none, and the target each place is held to, by year."""

    problem: Allocation
    answers: Mapping[str, AllocationPlan | InfeasibleError]
    held_to: Mapping[tuple[str, str, int], Target]

    @property
    def least(self) -> AllocationPlan | None:
        """Return the plan of least cost; None where no plan keeps the targets."""
        found = self.answers[LEAST]
        return found if isinstance(found, AllocationPlan) else None


def allocate(inputs: CapInputs, loads: pl.DataFrame, river: River | None) -> Allocated | None:
    """Return the allocation over the plan's years; None where the city gives no river, measures or districts."""
    if river is None or inputs.measures is None or not loads.height or not river.stations:
        return None
    districts = districts_of(inputs)
    names = tuple(one.name for one in districts)
    years = tuple(range(inputs.plan_first_year, max(inputs.plan_first_year, inputs.plan_last_year) + 1))
    discharged, ratio = _discharged(loads, names), _ratios(loads, names, river)
    held = _held_to(inputs, river, years)
    problem = Allocation(
        units=names,
        substances=ROUTED,
        years=years,
        paths=dense(tuple(river.stations), ratio),
        load_kg_per_d=np.repeat(discharged[:, :, None], len(years), axis=2),
        cap_kg_per_d=_caps(river, held, years),
        measures=_measures(inputs, discharged, names),
        margin=inputs.margin_percent / 100.0,
        discount=inputs.discount_percent / 100.0,
        locked=_locked(inputs, names),
        effluent_m3_per_d=_effluent(inputs, len(years)),
    )
    return Allocated(problem, compare(problem), held)


def _discharged(loads: pl.DataFrame, names: tuple[str, ...]) -> Floats:
    """Return discharged loads, district x substance."""
    sums = loads.group_by("district", "substance").agg(pl.col("discharged_kg_per_d").sum())
    by_key = {(row[0], row[1]): row[2] for row in sums.iter_rows()}
    return np.array([[by_key.get((name, substance), 0.0) for substance in ROUTED] for name in names])


def _ratios(loads: pl.DataFrame, names: tuple[str, ...], river: River) -> Floats:
    """Return delivery ratios station x district x substance, by load: land along, the rest at heads."""
    grouped = loads.group_by("district", "reach", "substance", (pl.col("source_group") == "land").alias("along")).agg(
        pl.col("discharged_kg_per_d").sum()
    )
    found = np.zeros((len(river.stations), len(names), len(ROUTED)))
    total, place = np.zeros((len(names), len(ROUTED))), {name: at for at, name in enumerate(names)}
    for district, reach, substance, along, kg in grouped.sort(grouped.columns[:4]).iter_rows():
        if substance not in ROUTED:
            continue
        unit, column = place[district], ROUTED.index(substance)
        total[unit, column] += kg
        for at, site in enumerate(river.stations):
            found[at, unit, column] += kg * float(river.ratios(substance, site, [reach], along=along)[0])
    return np.asarray(np.where(total > 0, found / np.where(total > 0, total, 1.0), 0.0))


def _held_to(inputs: CapInputs, river: River, years: tuple[int, ...]) -> dict[tuple[str, str, int], Target]:
    """Return the target a place must keep in each year: of those set by then, the last; drafts count here."""
    found = {}
    for site in river.stations:
        for substance in ROUTED:
            own = [
                one
                for one in targets_of(inputs)
                if one.site == site and one.substance == substance and one.mg_per_l is not None
            ]
            for year in years:
                due = [one for one in own if one.year <= year]
                if due:
                    found[site, substance, year] = max(due, key=lambda one: one.year)
    return found


def _caps(river: River, held: Mapping[tuple[str, str, int], Target], years: tuple[int, ...]) -> Floats:
    """Return what districts may bring to each place (station x substance x year): 86.4 C Q less what heads bring."""
    caps = np.full((len(river.stations), len(ROUTED), len(years)), np.nan)
    for (site, substance, year), target in held.items():
        allowed = KG_PER_D * float(target.mg_per_l or 0.0) * river.flow_at(site)
        background = river.background_kg_per_d(site, substance)
        at = list(river.stations).index(site), ROUTED.index(substance), years.index(year)
        caps[at] = max(0.0, allowed - background)
    return caps


def _measures(inputs: CapInputs, discharged: Floats, names: tuple[str, ...]) -> tuple[Measure, ...]:
    """Return the measures; one that acts on one substance has no ceiling for the other."""
    if inputs.measures is None:
        return ()
    made = []
    frame = inputs.measures.frame
    for name in frame["measure"].unique(maintain_order=True).to_list():
        own = {row["substance"]: row for row in frame.filter(pl.col("measure") == name).iter_rows(named=True)}
        ceiling, build, run = (np.zeros((len(names), len(ROUTED))) for _ in range(3))
        for column, substance in enumerate(ROUTED):
            if substance in own:
                row = own[substance]
                ceiling[:, column] = discharged[:, column] * row["ceiling_percent"] / 100.0
                build[:, column], run[:, column] = row["build_won_per_kg_d"], row["run_won_per_kg_d_year"]
        first = next(iter(own.values()))
        made.append(Measure(name, ceiling, build, run, first["first_year"], None, lasting=first["lasting"] == "yes"))
    return tuple(made)


def _locked(inputs: CapInputs, names: tuple[str, ...]) -> tuple[Locked, ...]:
    """Return the plans already decided."""
    if inputs.locked is None:
        return ()
    for name in inputs.locked.frame["district"].to_list():
        if name not in names:
            raise UnknownName(Both("자치구", "district"), name, names, Where(inputs.locked.path))
    return tuple(
        Locked(row["measure"], row["district"], row["substance"], row["year"], row["kg_per_d"])
        for row in inputs.locked.frame.iter_rows(named=True)
    )


def _effluent(inputs: CapInputs, years: int) -> Floats:
    """Return the sewage of each district's residents (m3/d), district x year."""
    units = unit_loads(inputs)
    volume = [sewage_m3_per_day(one.people, one.setting, units) for one in districts_of(inputs)]
    return np.repeat(np.array(volume)[:, None], years, axis=1)
