"""The run: samples and published values judged, loads by source routed down the river, and the plan's allocation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from madang.core.contract import Gap, Result, gap
from madang.core.progress import Progress
from madang.methods.river_network import Causes
from madang.solutions.pollution_cap.accounts import Balance, balances, statement
from madang.solutions.pollution_cap.allocating import Allocated, allocate
from madang.solutions.pollution_cap.inputs import CapInputs
from madang.solutions.pollution_cap.judging import Judging, judge, target_for
from madang.solutions.pollution_cap.numbers import numbers_of
from madang.solutions.pollution_cap.river import ROUTED, River, causes_at, river_of
from madang.solutions.pollution_cap.sourcing import loads_of, made_up

_WITH_ORIGIN = ("samples", "people", "land", "plants", "other_loads", "reaches", "measures", "locked", "account")


@dataclass(frozen=True, kw_only=True)
class CapResult(Result):
    """What was judged, the loads, the river, the allocation and the account."""

    inputs: CapInputs
    judging: Judging
    loads: pl.DataFrame
    river: River | None
    river_site: str | None
    causes: Mapping[str, Causes]
    allocated: Allocated | None
    balances: tuple[Balance, ...]
    statement: pl.DataFrame


def run(inputs: CapInputs, progress: Progress) -> CapResult:
    """Return everything a city's tables allow to be known of its cap."""
    progress(0.0, "judging samples")
    judging = judge(inputs)
    progress(0.3, "adding loads")
    loads = loads_of(inputs)
    progress(0.5, "routing the river")
    river = river_of(inputs, loads)
    site = river_site(inputs, river)
    found = _causes(inputs, river, site)
    progress(0.6, "allocating")
    allocated = allocate(inputs, loads, river)
    accounts = balances(inputs.account)
    progress(0.9, "naming the numbers")
    return CapResult(
        numbers=numbers_of(inputs, judging, loads, river, site, found, allocated, accounts),
        gaps=tuple(_gaps(inputs)),
        inputs=inputs,
        judging=judging,
        loads=loads,
        river=river,
        river_site=site,
        causes=found,
        allocated=allocated,
        balances=accounts,
        statement=statement(inputs.account),
    )


def river_site(inputs: CapInputs, river: River | None) -> str | None:
    """Return the place of the river that is shown: the one assessed, else the last of the table."""
    if river is None or not river.stations:
        return None
    return inputs.site if inputs.site in river.stations else list(river.stations)[-1]


def _causes(inputs: CapInputs, river: River | None, site: str | None) -> dict[str, Causes]:
    """Return who caused what is at the place shown, for each substance with a target."""
    if river is None or site is None:
        return {}
    found = {}
    for substance in ROUTED:
        target = target_for(inputs, site, substance, inputs.plan_first_year)
        if target is not None and target.mg_per_l is not None:
            found[substance] = causes_at(river, site, substance, target.mg_per_l)
    return found


def _gaps(inputs: CapInputs) -> list[Gap]:
    """Return what is made up, and what is not gazetted."""
    found = []
    for name in _WITH_ORIGIN:
        table = getattr(inputs, name)
        if made_up(table):
            says = table.spec.says
            found.append(gap(f"지어낸 수(실제가 아님): {says.ko}", f"Made up, not real: {says.en}", name))
    if inputs.targets is not None:
        statuses = set(inputs.targets.frame["status"].to_list())
        if "draft" in statuses:
            found.append(
                gap(
                    "2단계(2030년) 목표는 고시되지 않은 초안이다.",
                    "The targets of the second step (2030) are drafts, not gazetted.",
                    "plan_last_year",
                )
            )
        if "made_up" in statuses:
            found.append(
                gap(
                    "보기 지점의 목표수질은 지어낸 수이다.",
                    "The targets of the example places are made up.",
                    "sample_site",
                )
            )
    return found
