"""Eco-mileage: what the city's members saved, and one household's award by the rules of its day."""

from __future__ import annotations

from pathlib import Path

from madang.core.contract import Solution
from madang.solutions.eco_mileage import rule_calls
from madang.solutions.eco_mileage.figures import figures
from madang.solutions.eco_mileage.inputs import EcoInputs, read
from madang.solutions.eco_mileage.model import run

solution = Solution(
    name="eco_mileage",
    folder=Path(__file__).parent,
    inputs=EcoInputs,
    read=read,
    run=run,
    figures=figures,
    rules={
        "household_award": rule_calls.household_award,
        "season_award": rule_calls.season_award,
        "expires_on": rule_calls.expires_on,
        "ride_award": rule_calls.ride_award,
        "car_may_join": rule_calls.car_may_join,
        "car_award": rule_calls.car_award,
        "car_season_award": rule_calls.car_season_award,
        "organisation_standing": rule_calls.organisation_standing,
        "contest_standing": rule_calls.contest_standing,
        "ways_to_spend": rule_calls.ways_to_spend,
    },
)
