"""The electric fleet: what was promised by class, what the register counts, and what either does to energy and CO2."""

from __future__ import annotations

from pathlib import Path

from madang.core.contract import Solution
from madang.solutions.ev_fleet import rules
from madang.solutions.ev_fleet.figures import figures
from madang.solutions.ev_fleet.inputs import FleetInputs, read
from madang.solutions.ev_fleet.model import run

solution = Solution(
    name="ev_fleet",
    folder=Path(__file__).parent,
    inputs=FleetInputs,
    read=read,
    run=run,
    figures=figures,
    rules={
        "promised_total": rules.promised_total,
        "share_of_class": rules.share_of_class,
        "vehicles_implied": rules.vehicles_implied,
        "saving_per_vehicle": rules.saving_per_vehicle,
    },
)
