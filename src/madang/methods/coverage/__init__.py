"""Which sites cover the most demand, or all of it for the least: plans with a proven bound, for any sparse cover."""

from __future__ import annotations

from madang.methods.coverage.capacity import CapacityPlan, plan_capacity
from madang.methods.coverage.capacity_question import Level
from madang.methods.coverage.curve import CoverageCurve, coverage_curve
from madang.methods.coverage.phases import PhasedPlan, plan_phases
from madang.methods.coverage.plan import CoverPlan, plan_cover
from madang.methods.coverage.whatif import WhatIf

__all__ = [
    "CapacityPlan",
    "CoverPlan",
    "CoverageCurve",
    "Level",
    "PhasedPlan",
    "WhatIf",
    "coverage_curve",
    "plan_capacity",
    "plan_cover",
    "plan_phases",
]
