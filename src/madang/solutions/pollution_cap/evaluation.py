"""The evaluated quality of a place in a window of years: three evaluators side by side, and what a window lacks.

Source of the formulas: the programs of the repository cms0416/TMDL for the Han river's 49 units, 2014-2025.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from madang.core.language import Text, text
from madang.solutions.pollution_cap.decimals import half_up
from madang.solutions.pollution_cap.duration import Durations, duration_of

Floats = NDArray[np.float64]
Evaluator = Literal["transformed_mean", "attainment_rate", "load_duration"]
EVALUATORS: dict[Evaluator, Text] = {
    "transformed_mean": text("변환평균", "transformed mean"),
    "attainment_rate": text("달성률", "attainment rate"),
    "load_duration": text("부하지속곡선", "load duration curve"),
}
RATE_DECIMALS = 3


@dataclass(frozen=True)
class Rules:
    """How a window is judged: years in it, values a year, the share that must attain, decimals by substance."""

    window_years: int
    samples_per_year_min: int
    attainment_percent: float
    decimals: dict[str, int]

    @property
    def samples_min(self) -> int:
        """Values that a whole window needs."""
        return self.window_years * self.samples_per_year_min


@dataclass(frozen=True, eq=False)
class Window:
    """The values (mg/L) of one place and substance in a window of years, with their years and flows (m3/s).

    ``flow_m3_per_s`` is NaN where nobody measured it. ``open`` says that the last year had not ended on the day.
    """

    site: str
    substance: str
    last_year: int
    mg_per_l: Floats
    years: NDArray[np.int64]
    flow_m3_per_s: Floats
    below_detection: int = 0
    open: bool = False

    def by_year(self, rules: Rules) -> dict[int, int]:
        """Return the number of values in each year of the window, none left out."""
        first = self.last_year - rules.window_years + 1
        return {year: int((self.years == year).sum()) for year in range(first, self.last_year + 1)}

    def lacks(self, rules: Rules) -> dict[int, int]:
        """Return the values missing to the least number, by year; empty where the window is whole."""
        counts = self.by_year(rules)
        return {year: rules.samples_per_year_min - n for year, n in counts.items() if n < rules.samples_per_year_min}


@dataclass(frozen=True)
class Evaluated:
    """One evaluator's answer for a window.

    value: mg/L, or for the load duration curve the percent of samples above it; None where it cannot be computed.
    shown: as the rules round it. passes: None where the window lacks samples or there is no target.
    reason: why it is not known, or what the window lacks.
    """

    evaluator: Evaluator
    value: float | None
    shown: float | None
    passes: bool | None
    reason: Text | None = None
    share_percent: float | None = None


def transformed_mean(mg_per_l: Floats) -> float | None:
    """Return exp(mean ln C + s2/2) with the sample variance, zeros left out; None below two values."""
    positive = mg_per_l[mg_per_l > 0]
    if positive.size < 2:
        return None
    logs = np.log(positive)
    return float(np.exp(logs.mean() + logs.var(ddof=1) / 2.0))


def attained_share(mg_per_l: Floats, target: float) -> float:
    """Return the share of values at or below a target, rounded half up to three decimals as the rule does."""
    return half_up(float((mg_per_l <= target).sum()) / mg_per_l.size, RATE_DECIMALS)


def attainment_value(mg_per_l: Floats, percent: float) -> float | None:
    """Return the value shown beside an attainment rate: the ceil(percent x n)-th smallest; None of no values."""
    if mg_per_l.size == 0:
        return None
    rank = -int(-percent * mg_per_l.size // 100.0)
    return float(np.sort(mg_per_l)[max(rank, 1) - 1])


def evaluate(
    window: Window,
    target: float | None,
    rules: Rules,
    *,
    reference_flow_m3_per_s: float | None = None,
    exceeded_percent_max: float = 50.0,
) -> tuple[Evaluated, ...]:
    """Return the three evaluators' answers; a window that lacks samples says so and never passes."""
    lack = _lack(window, rules)
    durations = duration_of(window.mg_per_l, window.flow_m3_per_s, target, reference_flow_m3_per_s)
    return (
        _transformed(window, target, rules, lack),
        _attained(window, target, rules, lack),
        _by_duration(durations, target, exceeded_percent_max, lack),
    )


def _transformed(window: Window, target: float | None, rules: Rules, lack: Text | None) -> Evaluated:
    """Judge by the transformed mean."""
    value = transformed_mean(window.mg_per_l)
    if value is None:
        return Evaluated("transformed_mean", None, None, None, lack or _TOO_FEW)
    shown = half_up(value, rules.decimals[window.substance])
    return Evaluated("transformed_mean", value, shown, *_judged(shown, target, lack))


def _judged(shown: float, target: float | None, lack: Text | None) -> tuple[bool | None, Text | None]:
    """Return the verdict on a rounded value, and the reason where there is none."""
    if lack is not None:
        return None, lack
    return (None, _NO_TARGET) if target is None else (shown <= target, None)


def _attained(window: Window, target: float | None, rules: Rules, lack: Text | None) -> Evaluated:
    """Judge by the share of values that attain the target."""
    value = attainment_value(window.mg_per_l, rules.attainment_percent)
    if value is None:
        return Evaluated("attainment_rate", None, None, None, lack or _TOO_FEW)
    shown = half_up(value, rules.decimals[window.substance])
    if target is None:
        return Evaluated("attainment_rate", value, shown, None, lack or _NO_TARGET)
    share = attained_share(window.mg_per_l, target)
    passes = None if lack else share * 100.0 >= rules.attainment_percent
    return Evaluated("attainment_rate", value, shown, passes, lack, half_up(share * 100.0, 1))


def _by_duration(durations: Durations | None, target: float | None, most: float, lack: Text | None) -> Evaluated:
    """Judge by the load duration curve: no class of flows may lie above it in more than the share allowed."""
    if target is None:
        return Evaluated("load_duration", None, None, None, lack or _NO_TARGET)
    if durations is None:
        return Evaluated("load_duration", None, None, None, _NO_FLOW)
    passes = None if lack else all(row.exceeded_percent <= most for row in durations.classes)
    return Evaluated(
        "load_duration",
        durations.exceeded_percent,
        half_up(durations.exceeded_percent, 1),
        passes,
        lack,
        100.0 - durations.exceeded_percent,
    )


def _lack(window: Window, rules: Rules) -> Text | None:
    """Say which years lack how many values; None where the window is whole."""
    lacks = window.lacks(rules)
    if not lacks:
        return None
    counts = window.by_year(rules)
    least = rules.samples_per_year_min
    ko = ", ".join(f"{year}년 {counts[year]}회" for year in lacks)
    en = ", ".join(f"{year} has {counts[year]}" for year in lacks)
    return text(
        f"표본이 모자라 판정하지 않음: {ko} (해마다 {least}회 이상)",
        f"too few samples to judge: {en} of at least {least}",
    )


def end_years(years: Sequence[int], window_years: int) -> tuple[int, ...]:
    """Return the last years of all windows that begin no earlier than the first sample; at least the last one."""
    first, last = min(years), max(years)
    return tuple(range(min(first + window_years - 1, last), last + 1))


_TOO_FEW = text("표본이 둘보다 적음", "fewer than two samples")
_NO_TARGET = text("목표가 알려져 있지 않음", "no target is known")
_NO_FLOW = text("표본과 함께 잰 유량이 없음", "no flow was measured with the samples")
