"""Which sites cover the most demand, or all of it for the least: plans with a proven bound, for any sparse cover."""

from __future__ import annotations

from madang.methods.coverage.plan import CoverPlan, plan_cover

__all__ = ["CoverPlan", "plan_cover"]
