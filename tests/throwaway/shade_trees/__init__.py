"""Shade trees: a throw-away policy that tests add to the house as one folder and one register line."""

from __future__ import annotations

from pathlib import Path

from madang.core.contract import Solution
from madang.solutions.shade_trees.figures import draw
from madang.solutions.shade_trees.model import ShadeInputs, calculate, read, shade_of

solution = Solution(
    name="shade_trees",
    folder=Path(__file__).parent,
    inputs=ShadeInputs,
    read=read,
    run=calculate,
    figures=draw,
    rules={"shade_of": shade_of},
)
