"""Dynamic stocks and flows of a fleet by class, powertrain and model year; no policy and no city lies here."""

from __future__ import annotations

from madang.methods.stock_flow.draws import Aggregate, Bands, Draws, run_draws
from madang.methods.stock_flow.fleet import (
    BoughtAt,
    Drive,
    Fleet,
    Mandate,
    Scope,
    SurvivalTable,
    Weibull,
    stationary_ages,
)
from madang.methods.stock_flow.run import Flow, Flows, run

__all__ = [
    "Aggregate",
    "Bands",
    "BoughtAt",
    "Draws",
    "Drive",
    "Fleet",
    "Flow",
    "Flows",
    "Mandate",
    "Scope",
    "SurvivalTable",
    "Weibull",
    "run",
    "run_draws",
    "stationary_ages",
]
