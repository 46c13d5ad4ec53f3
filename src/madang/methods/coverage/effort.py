"""How much work to plan for a question of some size."""

from __future__ import annotations

from dataclasses import dataclass

from madang.methods.coverage.state import Net

# Branching without HiGHS takes so many entries at effort 1: some tenths of a second.
BRANCHED_ENTRIES = 1e8


@dataclass(frozen=True)
class Effort:
    """How much work to plan; the same effort and seed give the same plan unless the time limit cuts it short."""

    bound_rounds: int
    rounds_before_cuts: int
    cut_rounds: int
    steps: int
    branched_entries: float
    share: float

    @classmethod
    def of(cls, net: Net, effort: float) -> Effort:
        """Return the work for a question of this size: seconds at a thousand sites, a minute at 200,000."""
        sites = net.site_ptr.size - 1
        return cls(
            bound_rounds=int(800 * effort) + 100,
            rounds_before_cuts=int(150 * effort) + 100,
            cut_rounds=int(1_700 * effort),
            steps=int(effort * min(5_000 * sites, 4_000_000 + 200 * sites + 11 * net.site_rows.size)),
            branched_entries=BRANCHED_ENTRIES * effort,
            share=effort,
        )
