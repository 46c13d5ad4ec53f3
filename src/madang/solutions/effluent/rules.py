"""The pure rules of effluent: compliance by mean and percentile, removal, and load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from madang.core.errors import Both, BoundsError

LITRES_PER_M3 = 1000.0


@dataclass(frozen=True)
class Compliance:
    """Values held to a limit: their number, mean, percentile, and the share at or below the limit.

    by_mean, by_percentile: None where there is no value or the limit is not known.
    """

    values: int
    mean_mg_per_l: float | None
    percentile_mg_per_l: float | None
    within_percent: float | None
    by_mean: bool | None
    by_percentile: bool | None


def complies(mg_per_l: Sequence[float], limit: float | None, percentile: float = 95.0) -> Compliance:
    """Return how values keep a limit; the percentile lies between values in a straight line, as spreadsheets do."""
    if not mg_per_l:
        return Compliance(0, None, None, None, None, None)
    values = np.asarray(mg_per_l, dtype=float)
    mean, high = float(values.mean()), float(np.quantile(values, percentile / 100.0))
    if limit is None:
        return Compliance(values.size, mean, high, None, None, None)
    within = 100.0 * float((values <= limit).mean())
    return Compliance(values.size, mean, high, within, mean <= limit, high <= limit)


def removal(influent_mg_per_l: float, effluent_mg_per_l: float) -> float:
    """Return the percent of what came in that is not in the effluent.

    Raises:
        BoundsError: nothing came in.
    """
    if not influent_mg_per_l > 0:
        raise BoundsError(
            Both(
                f"유입수 = {influent_mg_per_l:g} mg/L: 제거할 것이 없습니다",
                f"influent = {influent_mg_per_l:g} mg/L removes nothing",
            ),
            todo=Both("유입수 농도를 0보다 크게 주십시오", "give an influent above 0"),
        )
    return 100.0 * (1.0 - effluent_mg_per_l / influent_mg_per_l)


def load(mg_per_l: float, flow_m3_per_day: float) -> float:
    """Return a load in kg/d: 1 mg/L in 1,000 m3 is 1 kg."""
    return mg_per_l * flow_m3_per_day / LITRES_PER_M3


def removal_percent(influent_mg_per_l: float, effluent_mg_per_l: float) -> dict[str, float]:
    """Return the removal by name, as cases and desks call it."""
    return {"percent": removal(influent_mg_per_l, effluent_mg_per_l)}
