"""Load duration curves: samples' loads against the load that the target allows at their flow, by class of flow.

Classes as in US EPA's guide to load duration curves (EPA 841-B-07-006): percent of time that a flow is exceeded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.core.language import Text, text

Floats = NDArray[np.float64]
KG_PER_D = 86.4
#: Low flow of the Korean rules: exceeded on 275 days of 365.
LOW_FLOW_PERCENT = 100.0 * 275 / 365
CLASSES: tuple[tuple[str, float, float, Text], ...] = (
    ("high", 0.0, 10.0, text("홍수", "high flows")),
    ("moist", 10.0, 40.0, text("풍수", "moist conditions")),
    ("mid", 40.0, 60.0, text("평수", "mid-range flows")),
    ("dry", 60.0, 90.0, text("저수", "dry conditions")),
    ("low", 90.0, 100.0, text("갈수", "low flows")),
)


@dataclass(frozen=True)
class FlowClass:
    """Samples of one class of flows: how many, and the percent of them above the curve."""

    name: str
    title: Text
    samples: int
    exceeded_percent: float


@dataclass(frozen=True, eq=False)
class Durations:
    """A window on its load duration curve; arrays by sample, highest flow first.

    exceeded_at_percent: percent of the samples' flows at or above; load, allowed: kg/d.
    at_reference: the class that holds the reference flow, where samples lie in it.
    """

    exceeded_at_percent: Floats
    flow_m3_per_s: Floats
    load_kg_per_d: Floats
    allowed_kg_per_d: Floats
    classes: tuple[FlowClass, ...]
    reference_flow_m3_per_s: float
    at_reference: FlowClass | None

    @property
    def exceeded_percent(self) -> float:
        """Percent of all samples above the curve."""
        return 100.0 * float((self.load_kg_per_d > self.allowed_kg_per_d).mean())


def standard_load_kg_per_d(target_mg_per_l: float, reference_flow_m3_per_s: float) -> float:
    """Return the load a target allows at the reference flow: 86.4 C Q."""
    return KG_PER_D * target_mg_per_l * reference_flow_m3_per_s


def low_flow_m3_per_s(flow_m3_per_s: Floats) -> float:
    """Return the flow that is exceeded on 275 of 365 days."""
    return float(np.quantile(flow_m3_per_s, 1.0 - LOW_FLOW_PERCENT / 100.0))


def duration_of(
    mg_per_l: Floats, flow_m3_per_s: Floats, target: float | None, reference_flow_m3_per_s: float | None
) -> Durations | None:
    """Return samples with a flow on the curve of a target; None without a target or flows."""
    measured = np.isfinite(flow_m3_per_s) & (flow_m3_per_s > 0)
    if target is None or measured.sum() < 2:
        return None
    order = np.argsort(-flow_m3_per_s[measured], kind="stable")
    flow, level = flow_m3_per_s[measured][order], mg_per_l[measured][order]
    at = 100.0 * (np.arange(flow.size) + 0.5) / flow.size
    reference = reference_flow_m3_per_s or low_flow_m3_per_s(flow)
    over = level > target
    classes = tuple(
        FlowClass(name, title, int(here.sum()), 100.0 * float(over[here].mean()))
        for name, low, high, title in CLASSES
        if (here := (at >= low) & (at < high)).any()
    )
    place = min(99.999, 100.0 * float((flow >= reference).mean()))
    held = next(name for name, low, high, _ in CLASSES if low <= place < high)
    return Durations(
        at,
        flow,
        KG_PER_D * level * flow,
        KG_PER_D * target * flow,
        classes,
        reference,
        next((row for row in classes if row.name == held), None),
    )
