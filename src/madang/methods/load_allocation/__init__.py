"""Loads shared out among the units of a river so that its stations keep their caps: for least cost, or by equal rules.

No policy, no city and no target lies here.
"""

from __future__ import annotations

from madang.methods.load_allocation.effort import Shortfall, UnmetTargets
from madang.methods.load_allocation.model import LEAST
from madang.methods.load_allocation.plans import (
    EQUAL_EFFLUENT,
    EQUAL_PERCENT,
    RULES,
    AllocationPlan,
    compare,
    equal_effluent,
    equal_percent,
    least_cost,
)
from madang.methods.load_allocation.problem import DAYS_PER_YEAR, Allocation, Locked, Measure, Paths, cascade, dense

__all__ = [
    "DAYS_PER_YEAR",
    "EQUAL_EFFLUENT",
    "EQUAL_PERCENT",
    "LEAST",
    "RULES",
    "Allocation",
    "AllocationPlan",
    "Locked",
    "Measure",
    "Paths",
    "Shortfall",
    "UnmetTargets",
    "cascade",
    "compare",
    "dense",
    "equal_effluent",
    "equal_percent",
    "least_cost",
]
