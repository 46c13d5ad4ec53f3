"""Figures of charging: the promise and the districts always, walks and plans where there are streets."""

from __future__ import annotations

from madang.core.figures import Figure
from madang.solutions.ev_charging.figures_board import board
from madang.solutions.ev_charging.figures_siting import siting_figures
from madang.solutions.ev_charging.figures_supply import supply_figures
from madang.solutions.ev_charging.model import EvChargingResult


def figures(result: EvChargingResult) -> tuple[Figure, ...]:
    """Return the figures of a result; those that need streets are empty, with the reason, where there are none."""
    return (*supply_figures(result), *siting_figures(result), board(result))
