"""City rankings: published ones checked claim by claim, and an index of one's own that says how sure it is."""

from __future__ import annotations

from pathlib import Path

from madang.core.contract import Solution
from madang.solutions.city_rank.figures import figures
from madang.solutions.city_rank.inputs import RankInputs, read
from madang.solutions.city_rank.model import run
from madang.solutions.city_rank.rule_calls import implied_rate, missing_part, same_order

solution = Solution(
    name="city_rank",
    folder=Path(__file__).parent,
    inputs=RankInputs,
    read=read,
    run=run,
    figures=figures,
    rules={"implied_rate": implied_rate, "missing_part": missing_part, "same_order": same_order},
)
