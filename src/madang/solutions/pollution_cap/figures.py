"""Figures of the cap: judging, loads and river, allocation and account."""

from __future__ import annotations

from madang.core.figures import Figure
from madang.solutions.pollution_cap.figures_judging import judging_figures
from madang.solutions.pollution_cap.figures_loads import load_figures
from madang.solutions.pollution_cap.figures_plan import plan_figures
from madang.solutions.pollution_cap.model import CapResult


def figures(result: CapResult) -> tuple[Figure, ...]:
    """Return the figures of a result."""
    return (*judging_figures(result), *load_figures(result), *plan_figures(result))
