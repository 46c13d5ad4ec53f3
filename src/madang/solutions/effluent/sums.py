"""The sums over centres: limits in force, effluent known, flows, removal and what rain adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from madang.solutions.effluent.inputs import EffluentInputs
from madang.solutions.effluent.rules import Compliance, complies

SUBSTANCES = ("bod", "ss", "tn", "tp")
Pair = tuple[str, str]


@dataclass(frozen=True)
class Centre:
    """A centre: its names, capacity, and the mean flow of its last twelve months (None where not known)."""

    name: str
    name_ko: str
    name_en: str
    capacity_m3_per_day: float
    running_m3_per_day: float
    flow_m3_per_day: float | None


@dataclass(frozen=True)
class Limit:
    """A limit in force: None where it is not known."""

    mg_per_l: float | None
    status: str
    since: str
    citation: str


@dataclass(frozen=True)
class Effluent:
    """What is known of a centre's effluent of a substance: compliance of samples or of the last survey."""

    influent_mg_per_l: float | None
    effluent_mg_per_l: float | None
    compliance: Compliance
    origin: str


@dataclass(frozen=True)
class RainLine:
    """Monthly flow of all centres on rain: a straight line, and the share of the variance it explains."""

    dry_m3_per_day: float
    per_mm_m3_per_day: float
    r2: float
    frame: pl.DataFrame


@dataclass(frozen=True, eq=False)
class Sums:
    """Everything the numbers and figures draw on."""

    centres: tuple[Centre, ...]
    legal: Mapping[Pair, Limit]
    own: Mapping[Pair, Limit]
    effluent: Mapping[Pair, Effluent]
    rain: RainLine | None
    months: pl.DataFrame

    def legal_mg_per_l(self, centre: str, substance: str) -> float | None:
        """Return a legal limit, or None where it is not known."""
        found = self.legal.get((centre, substance))
        return found.mg_per_l if found else None


def sums_of(inputs: EffluentInputs) -> Sums:
    """Return the sums over a city's centres."""
    centres = _centres(inputs)
    legal, own = _limits(inputs, "legal"), _limits(inputs, "own")
    effluent = {
        (one.name, name): found
        for one in centres
        for name in SUBSTANCES
        if (found := _effluent(inputs, one.name, name, legal.get((one.name, name)))) is not None
    }
    return Sums(centres, legal, own, effluent, _rain_line(inputs), _months(inputs, centres))


def _centres(inputs: EffluentInputs) -> tuple[Centre, ...]:
    """Return the centres with the mean flow of their last twelve months."""
    if inputs.centres is None:
        return ()
    flows: dict[str, float] = {}
    if inputs.monthly is not None:
        for name, part in inputs.monthly.frame.sort("month").group_by("centre", maintain_order=True):
            last = part["flow_m3_per_day"].tail(12)
            if len(last) == 12:
                flows[str(name[0])] = float(np.mean(last.to_numpy()))
    return tuple(
        Centre(
            row["centre"], row["name_ko"], row["name_en"], row["capacity_m3_per_day"], row["running_m3_per_day"],
            flows.get(row["centre"]),
        )
        for row in inputs.centres.frame.iter_rows(named=True)
    )  # fmt: skip


def _limits(inputs: EffluentInputs, kind: str) -> dict[Pair, Limit]:
    """Return the limits of a kind in force on the inputs' day: the latest of each centre and substance."""
    if inputs.limits is None:
        return {}
    rows = inputs.limits.frame.filter(pl.col("kind") == kind).sort("since").iter_rows(named=True)
    return {
        (row["centre"], row["substance"]): Limit(
            row["mg_per_l"], row["status"], row["since"].isoformat(), row["citation"] or ""
        )
        for row in rows
    }


def _effluent(inputs: EffluentInputs, centre: str, substance: str, limit: Limit | None) -> Effluent | None:
    """Return what is known of an effluent: its samples, else the last survey; None where neither is."""
    legal = limit.mg_per_l if limit else None
    if inputs.samples is not None:
        own = inputs.samples.frame.filter(pl.col("centre") == centre)[f"{substance}_mg_per_l"].drop_nulls().to_list()
        if own:
            found = complies(own, legal, inputs.percentile)
            return Effluent(_surveyed(inputs, centre, substance)[0], found.mean_mg_per_l, found, "samples")
    influent, effluent = _surveyed(inputs, centre, substance)
    if effluent is None:
        return None
    return Effluent(influent, effluent, complies([effluent], legal, inputs.percentile), "survey")


def _surveyed(inputs: EffluentInputs, centre: str, substance: str) -> tuple[float | None, float | None]:
    """Return the influent and effluent of the last survey."""
    if inputs.surveys is None:
        return None, None
    own = inputs.surveys.frame.filter((pl.col("centre") == centre) & (pl.col("substance") == substance)).sort("year")
    return (own["influent_mg_per_l"][-1], own["effluent_mg_per_l"][-1]) if own.height else (None, None)


def _months(inputs: EffluentInputs, centres: tuple[Centre, ...]) -> pl.DataFrame:
    """Return each centre's months: flow and its share of the running capacity."""
    schema = {"month": pl.Date, "centre": pl.String, "flow_m3_per_day": pl.Float64, "used_percent": pl.Float64}
    if inputs.monthly is None:
        return pl.DataFrame(schema=schema)
    running = {one.name: one.running_m3_per_day for one in centres}
    rows = [
        (month, centre, flow, 100.0 * flow / running[centre] if running.get(centre) else None)
        for month, centre, flow in inputs.monthly.frame.select("month", "centre", "flow_m3_per_day").rows()
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _rain_line(inputs: EffluentInputs) -> RainLine | None:
    """Return the line of monthly flow on rain; None below three months with both."""
    if inputs.monthly is None or inputs.rain is None:
        return None
    totals = inputs.monthly.frame.group_by("month").agg(pl.col("flow_m3_per_day").sum())
    frame = totals.join(inputs.rain.frame, on="month").sort("month").select("month", "rain_mm", "flow_m3_per_day")
    if frame.height < 3 or frame["rain_mm"].n_unique() < 2:
        return None
    rain, flow = frame["rain_mm"].to_numpy(), frame["flow_m3_per_day"].to_numpy()
    slope = float(((rain - rain.mean()) * (flow - flow.mean())).sum() / ((rain - rain.mean()) ** 2).sum())
    start = float(flow.mean() - slope * rain.mean())
    left, whole = float(((flow - start - slope * rain) ** 2).sum()), float(((flow - flow.mean()) ** 2).sum())
    return RainLine(start, slope, 1.0 - left / whole if whole > 0 else 1.0, frame)
