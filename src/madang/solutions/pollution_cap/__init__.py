"""The pollution cap: from samples to evaluated quality, loads, the river, an allocation and a permit's answer."""

from __future__ import annotations

from pathlib import Path

from madang.core.contract import Solution
from madang.solutions.pollution_cap import rule_calls
from madang.solutions.pollution_cap.figures import figures
from madang.solutions.pollution_cap.importers import IMPORTERS
from madang.solutions.pollution_cap.inputs import CapInputs
from madang.solutions.pollution_cap.model import run
from madang.solutions.pollution_cap.reading import read

solution = Solution(
    name="pollution_cap",
    folder=Path(__file__).parent,
    inputs=CapInputs,
    read=read,
    run=run,
    figures=figures,
    importers=IMPORTERS,
    rules={
        "rounded": rule_calls.rounded,
        "evaluated": rule_calls.evaluated,
        "land_sheet": rule_calls.land_sheet,
        "permit": rule_calls.permit,
        "plausible_load": rule_calls.plausible_load,
        "standard_load": rule_calls.standard_load,
        "better_than_target": rule_calls.better_than_target,
    },
)
