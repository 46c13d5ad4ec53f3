"""A throw-away policy for tests: tea stalls in a town's markets. It says nothing about the world."""

from __future__ import annotations

from pathlib import Path

from madang.core.contract import Solution
from madang.solutions.tea_stalls.figures import figures
from madang.solutions.tea_stalls.model import TeaInputs, read, run, visitors_needed

solution = Solution(
    name="tea_stalls",
    folder=Path(__file__).parent,
    inputs=TeaInputs,
    read=read,
    run=run,
    figures=figures,
    rules={"visitors_needed": visitors_needed},
)
