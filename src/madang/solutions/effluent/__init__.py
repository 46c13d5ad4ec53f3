"""Effluent of the sewage treatment centres: limits by date, compliance, removal, loads, flow against rain."""

from __future__ import annotations

from pathlib import Path

from madang.core.contract import Solution
from madang.solutions.effluent import rules
from madang.solutions.effluent.figures import figures
from madang.solutions.effluent.importers import IMPORTERS
from madang.solutions.effluent.inputs import EffluentInputs, read
from madang.solutions.effluent.model import run

solution = Solution(
    name="effluent",
    folder=Path(__file__).parent,
    inputs=EffluentInputs,
    read=read,
    run=run,
    figures=figures,
    importers=IMPORTERS,
    rules={"complies": rules.complies, "removal_percent": rules.removal_percent},
)
