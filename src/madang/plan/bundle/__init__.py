"""A run to hand on: one zip with inputs, facts, results, pictures, versions and hashes, which anyone can recompute."""

from __future__ import annotations

from madang.plan.bundle.verifying import Difference, Verification, verify_bundle
from madang.plan.bundle.writing import write_bundle

__all__ = ["Difference", "Verification", "verify_bundle", "write_bundle"]
