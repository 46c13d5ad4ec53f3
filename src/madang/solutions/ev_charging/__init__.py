"""Everyone within a five-minute walk of a charger: who is, what would cover the rest, and how good that plan is."""

from __future__ import annotations

from pathlib import Path

from madang.core.contract import Solution
from madang.solutions.ev_charging.energy import capacity_claim
from madang.solutions.ev_charging.figures import figures
from madang.solutions.ev_charging.importers import IMPORTERS
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.model import run
from madang.solutions.ev_charging.reading import read

solution = Solution(
    name="ev_charging",
    folder=Path(__file__).parent,
    inputs=EvChargingInputs,
    read=read,
    run=run,
    figures=figures,
    importers=IMPORTERS,
    rules={"capacity_claim": capacity_claim},
)
