"""Samples and published values of a city held to its targets: every place, substance and evaluator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from madang.solutions.pollution_cap.duration import Durations, duration_of
from madang.solutions.pollution_cap.evaluation import Evaluated, Rules, Window, end_years, evaluate
from madang.solutions.pollution_cap.inputs import CapInputs
from madang.solutions.pollution_cap.outlook import Remaining, due_samples, pass_chance, remaining

SAMPLED = ("bod", "toc", "tp")


@dataclass(frozen=True)
class Target:
    """A place's target for a substance: step, year, value (None where unknown), status and deciding evaluator."""

    site: str
    substance: str
    step: int
    year: int
    mg_per_l: float | None
    status: str
    evaluator: str
    citation: str = ""


@dataclass(frozen=True, eq=False)
class Judged:
    """A window with its target, the three evaluators' answers, and which of them decides."""

    window: Window
    target: Target | None
    answers: tuple[Evaluated, ...]

    @property
    def decides(self) -> str:
        """Return the evaluator that decides for this place."""
        return self.target.evaluator if self.target else "transformed_mean"

    @property
    def deciding(self) -> Evaluated:
        """Return the answer of the evaluator that decides."""
        return next(one for one in self.answers if one.evaluator == self.decides)


@dataclass(frozen=True, eq=False)
class Judging:
    """All windows of all places, and for the place shown: its last windows, curve, chances and what remains."""

    judged: tuple[Judged, ...]
    shown_site: str
    latest: Mapping[str, Judged]
    durations: Mapping[str, Durations]
    chances: Mapping[str, Mapping[float, float]]
    remaining: Mapping[str, Remaining]


def rules_of(inputs: CapInputs) -> Rules:
    """Return the rules of judging."""
    return Rules(inputs.window_years, inputs.samples_per_year_min, inputs.attainment_percent, inputs.decimals)


def targets_of(inputs: CapInputs) -> tuple[Target, ...]:
    """Return every target of the city's table."""
    if inputs.targets is None:
        return ()
    return tuple(
        Target(
            row["site"], row["substance"], row["step"], row["year"], row["mg_per_l"], row["status"], row["evaluator"],
            row["citation"] or "",
        )
        for row in inputs.targets.frame.iter_rows(named=True)
    )  # fmt: skip


def target_for(inputs: CapInputs, site: str, substance: str, year: int) -> Target | None:
    """Return the target that a window's last year is held to: the latest gazetted one whose year has come.

    Before a first target's year, that first one; where the table has none for the place, the one given by hand.
    """
    own = [one for one in targets_of(inputs) if (one.site, one.substance) == (site, substance)]
    firm = [one for one in own if one.mg_per_l is not None and one.status != "draft"]
    if firm:
        due = [one for one in firm if one.year <= year]
        return max(due, key=lambda one: one.year) if due else min(firm, key=lambda one: one.year)
    by_hand = getattr(inputs, f"{substance}_target_mg_per_l")
    if by_hand is None:
        return None
    return Target(site, substance, 1, year, by_hand, "given", "transformed_mean")


def windows_of(inputs: CapInputs) -> Iterator[Window]:
    """Yield every window of every place and substance that has values."""
    if inputs.samples is None:
        return
    rules, frame = rules_of(inputs), inputs.samples.frame
    for site in sorted(frame["site"].unique().to_list()):
        here = frame.filter(pl.col("site") == site).sort("day")
        for substance in SAMPLED:
            known = here.filter(pl.col(f"{substance}_mg_per_l").is_not_null())
            if known.height:
                yield from _windows(inputs, rules, site, substance, known)


def _windows(inputs: CapInputs, rules: Rules, site: str, substance: str, known: pl.DataFrame) -> Iterator[Window]:
    """Yield one place's windows of a substance."""
    years = known["day"].dt.year().to_numpy().astype(np.int64)
    values = known[f"{substance}_mg_per_l"].to_numpy().astype(float)
    flow = known["flow_m3_per_s"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    below = known["below_detection"].fill_null("").str.contains(rf"\b{substance}\b").to_numpy()
    ends = end_years(years.tolist(), rules.window_years)
    for last in ends if inputs.last_year is None else (inputs.last_year,):
        inside = (years <= last) & (years > last - rules.window_years)
        is_open = bool(inputs.on) and date.fromisoformat(inputs.on) < date(last, 12, 31)
        yield Window(
            site, substance, int(last), values[inside], years[inside], flow[inside], int(below[inside].sum()), is_open
        )


def shown_site(inputs: CapInputs) -> str:
    """Return the place whose samples the numbers show: the one asked for, else the one with most samples."""
    if inputs.samples is None:
        return inputs.sample_site
    counts = inputs.samples.frame.group_by("site").len().sort(["len", "site"], descending=[True, False])
    sites = counts["site"].to_list()
    return inputs.sample_site if inputs.sample_site in sites else sites[0]


def judge(inputs: CapInputs) -> Judging:
    """Return every window judged, and the outlook of the place shown."""
    rules = rules_of(inputs)
    judged = tuple(_judged(inputs, rules, window) for window in windows_of(inputs))
    site = shown_site(inputs)
    latest = {one.window.substance: one for one in judged if one.window.site == site}
    held = {name: one for name, one in latest.items() if one.target is not None and one.target.mg_per_l is not None}
    durations, chances, left = {}, {}, {}
    for name, one in held.items():
        target, window = float(one.target.mg_per_l or 0.0) if one.target else 0.0, one.window
        curve = duration_of(window.mg_per_l, window.flow_m3_per_s, target, inputs.reference_flow_m3_per_s)
        if curve is not None:
            durations[name] = curve
        if (window.mg_per_l > 0).sum() >= 2 and target > 0:
            chances[name] = pass_chance(window.mg_per_l, target, rules, name, draws=inputs.draws, seed=inputs.seed)
        if target > 0:
            left[name] = remaining(window.mg_per_l, due_samples(window, rules), target, rules, name)
    return Judging(judged, site, latest, durations, chances, left)


def _judged(inputs: CapInputs, rules: Rules, window: Window) -> Judged:
    """Return one window judged."""
    target = target_for(inputs, window.site, window.substance, window.last_year)
    answers = evaluate(
        window,
        None if target is None else target.mg_per_l,
        rules,
        reference_flow_m3_per_s=inputs.reference_flow_m3_per_s,
        exceeded_percent_max=inputs.duration_exceeded_percent_max,
    )
    return Judged(window, target, answers)
