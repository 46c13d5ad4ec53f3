"""The run: what the centres discharge, how they keep their limits, and what a tighter one would avoid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from madang.core.contract import Gap, Number, Result, gap
from madang.core.language import Text, text
from madang.core.progress import Progress
from madang.core.sayings import sayings_in
from madang.solutions.effluent.inputs import EffluentInputs
from madang.solutions.effluent.rules import load
from madang.solutions.effluent.sums import SUBSTANCES, Sums, sums_of

CENTRES = ("centres", "monthly")
KEPT = ("centres", "limits", "surveys", "samples", "on")
LOADS = ("centres", "surveys", "samples", "monthly")
RAIN = ("monthly", "rain")
TRIED = ("bod_limit_tried_mg_per_l", "tp_limit_tried_mg_per_l")
#: Substances for which a tighter limit is tried.
CAPPED = ("bod", "tp")

NO_CENTRES = text("이 도시의 센터 표가 없다.", "the city gives no table of centres")
NO_EFFLUENT = text("모든 센터의 방류수나 유량을 알지는 못한다.", "effluent or flow is not known of every centre")
NO_LIMIT = text("법정 기준이 알려져 있지 않다.", "the legal limit is not known")
NO_MONTHS = text("월별 유량이나 강수량이 없다.", "there are no monthly flows or no rain")
NO_OWN = text(
    "센터의 자체 기준을 담은 공개 자료를 찾지 못했다. 모르는 것을 0이나 법정값으로 보지 않는다.",
    "no public source with the centres' own limits was found; unknown is neither zero nor the law's",
)


@dataclass(frozen=True, kw_only=True)
class EffluentResult(Result):
    """The sums and the inputs they were made of."""

    inputs: EffluentInputs
    sums: Sums


def run(inputs: EffluentInputs, progress: Progress) -> EffluentResult:
    """Return what the centres discharge and how they keep their limits."""
    progress(0.0, "adding up the centres")
    sums = sums_of(inputs)
    progress(0.6, "naming the numbers")
    made = [*_kept(sums), *_flows(sums), *_loads(sums), *_tried(inputs, sums)]
    return EffluentResult(numbers={one.name: one for one in made}, gaps=tuple(_gaps(sums)), inputs=inputs, sums=sums)


def _number(name: str, value: float | None, rests_on: Iterable[str], missing: Text, day: date | None = None) -> Number:
    """Return a number; ``missing`` says why where its value is unknown."""
    return sayings_in(Path(__file__).parent)[name].number(name, value, rests_on, missing, day)


def _kept(sums: Sums) -> Iterator[Number]:
    """Yield how many centres keep the law, and how many set themselves a tighter limit."""
    names = [one.name for one in sums.centres]
    yield _number("centres", float(len(names)) if names else None, KEPT, NO_CENTRES)
    judged = {name: _within(sums, name) for name in names}
    within = None if not names or None in judged.values() else float(sum(bool(one) for one in judged.values()))
    yield _number("centres_within_law", within, (*KEPT, "percentile"), NO_EFFLUENT)
    known = [pair for pair, limit in sums.own.items() if limit.mg_per_l is not None]
    tighter = [_tighter(sums, name) for name in names]
    settled = None if not names or None in tighter else float(sum(bool(one) for one in tighter))
    yield _number("centres_tighter_than_law", settled, KEPT, NO_OWN)
    yield _number("own_limits_known", float(len(known)) if names else None, KEPT, NO_CENTRES)


def _within(sums: Sums, centre: str) -> bool | None:
    """Tell whether a centre's effluent keeps every legal limit by its percentile; None where none can be judged."""
    found = [
        sums.effluent[centre, name].compliance.by_percentile for name in SUBSTANCES if (centre, name) in sums.effluent
    ]
    known = [one for one in found if one is not None]
    return all(known) if known and len(known) == len(found) else None


def _tighter(sums: Sums, centre: str) -> bool | None:
    """Tell whether all of a centre's own limits are below the law's; None while one of them is not known."""
    pairs = [(sums.own.get((centre, name)), sums.legal_mg_per_l(centre, name)) for name in SUBSTANCES]
    if any(own is None or own.mg_per_l is None or legal is None for own, legal in pairs):
        return None
    return all(float(own.mg_per_l or 0.0) < float(legal or 0.0) for own, legal in pairs if own is not None)


def _flows(sums: Sums) -> Iterator[Number]:
    """Yield capacity, flow, use, and what rain adds."""
    flows = [one.flow_m3_per_day for one in sums.centres]
    capacity = sum(one.capacity_m3_per_day for one in sums.centres)
    running = sum(one.running_m3_per_day for one in sums.centres)
    known = bool(flows) and None not in flows
    flow = sum(one for one in flows if one is not None) if known else None
    day = sums.months["month"].max() if sums.months.height else None
    last = day if isinstance(day, date) else None
    yield _number("capacity_m3_per_day", capacity if flows else None, CENTRES, NO_CENTRES)
    yield _number("flow_m3_per_day", flow, CENTRES, NO_MONTHS, last)
    used = None if flow is None or running <= 0 else 100.0 * flow / running
    yield _number("utilisation_percent", used, CENTRES, NO_MONTHS, last)
    yield _number("utilisation_latest_percent", _latest_use(sums), CENTRES, NO_MONTHS, last)
    over = float((sums.months["used_percent"] > 100.0).sum()) if sums.months.height else None
    yield _number("months_over_capacity", over, CENTRES, NO_MONTHS, last)
    line = sums.rain
    yield _number("dry_flow_m3_per_day", line.dry_m3_per_day if line else None, RAIN, NO_MONTHS, last)
    yield _number("flow_per_mm_m3_per_day", line.per_mm_m3_per_day if line else None, RAIN, NO_MONTHS, last)
    yield _number("rain_r2", line.r2 if line else None, RAIN, NO_MONTHS, last)


def _latest_use(sums: Sums) -> float | None:
    """Return the use of the running capacity in the last month; None where a centre is missing in it."""
    running = sum(one.running_m3_per_day for one in sums.centres)
    if not sums.months.height or running <= 0:
        return None
    last = sums.months.filter(pl.col("month") == pl.col("month").max())
    return 100.0 * float(last["flow_m3_per_day"].sum()) / running if last.height == len(sums.centres) else None


def _loads(sums: Sums) -> Iterator[Number]:
    """Yield loads discharged, loads the law allows at full capacity, and removal."""
    for name in SUBSTANCES:
        parts = [_load(sums, one.name, name) for one in sums.centres]
        total = None if not parts or None in parts else sum(part for part in parts if part is not None)
        yield _number(f"{name}_load_kg_per_d", total, LOADS, NO_EFFLUENT)
        limits = [(sums.legal_mg_per_l(one.name, name), one.capacity_m3_per_day) for one in sums.centres]
        known = bool(limits) and all(limit is not None for limit, _ in limits)
        legal = sum(load(limit, flow) for limit, flow in limits if limit is not None) if known else None
        yield _number(f"{name}_legal_load_kg_per_d", legal, ("centres", "limits", "on"), NO_LIMIT)
        missing = text("유입수를 아는 센터가 없다.", "the influent is known of no centre")
        yield _number(f"{name}_removal_percent", _removal(sums, name), LOADS, missing)


def _load(sums: Sums, centre: str, substance: str) -> float | None:
    """Return what a centre discharges of a substance; None where effluent or flow is not known."""
    found = sums.effluent.get((centre, substance))
    flow = next(one.flow_m3_per_day for one in sums.centres if one.name == centre)
    if found is None or found.effluent_mg_per_l is None or flow is None:
        return None
    return load(found.effluent_mg_per_l, flow)


def _removal(sums: Sums, substance: str) -> float | None:
    """Return the share removed over the centres whose influent, effluent and flow are known."""
    came = left = 0.0
    for one in sums.centres:
        found = sums.effluent.get((one.name, substance))
        if found is None or found.influent_mg_per_l is None or found.effluent_mg_per_l is None:
            continue
        if one.flow_m3_per_day is not None:
            came += load(found.influent_mg_per_l, one.flow_m3_per_day)
            left += load(found.effluent_mg_per_l, one.flow_m3_per_day)
    return 100.0 * (1.0 - left / came) if came > 0 else None


def _tried(inputs: EffluentInputs, sums: Sums) -> Iterator[Number]:
    """Yield what a tighter limit avoids of today's load, and takes off what the law permits."""
    for name in CAPPED:
        tried = getattr(inputs, f"{name}_limit_tried_mg_per_l")
        loads, permitted = [], []
        for one in sums.centres:
            found, legal = sums.effluent.get((one.name, name)), sums.legal_mg_per_l(one.name, name)
            level = found.effluent_mg_per_l if found else None
            flow = one.flow_m3_per_day
            loads.append(None if level is None or flow is None else load(max(0.0, level - tried), flow))
            permitted.append(None if legal is None or flow is None else load(max(0.0, legal - tried), flow))
        rests = (*LOADS, f"{name}_limit_tried_mg_per_l")
        yield _number(f"{name}_avoided_kg_per_d", _sum(loads), rests, NO_EFFLUENT)
        yield _number(f"{name}_permitted_less_kg_per_d", _sum(permitted), (*rests, "limits", "on"), NO_LIMIT)


def _sum(parts: list[float | None]) -> float | None:
    """Return a sum, unknown where a part is or there is none."""
    return None if not parts or None in parts else sum(part for part in parts if part is not None)


def _gaps(sums: Sums) -> list[Gap]:
    """Return what a reader must know: own limits, and how old the survey is."""
    found = []
    if sums.centres and not any(limit.mg_per_l is not None for limit in sums.own.values()):
        found.append(gap(f"자체 기준: {NO_OWN.ko}", f"Own limits: {NO_OWN.en}.", "limits"))
    if any(one.origin == "survey" for one in sums.effluent.values()):
        found.append(
            gap(
                "방류수는 한 번의 조사값(2016년으로 보임)이며 연속 측정이 아니다.",
                "The effluent is that of single surveys (likely of 2016), not of continuous measurement.",
                "surveys",
            )
        )
    return found
