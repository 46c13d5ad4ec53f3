"""From inputs to the result: the four paths, their impacts and bands, the backtests and the named numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from madang.core.contract import Result
from madang.core.progress import Progress, part_of
from madang.methods.stock_flow.fleet import Floats
from madang.solutions.ev_fleet.backtest import Backtest, backtests
from madang.solutions.ev_fleet.bands import Band, draw_paths
from madang.solutions.ev_fleet.classes import counted, register_days
from madang.solutions.ev_fleet.impacts import Impacts, impacts_of, kinds_of, use_of
from madang.solutions.ev_fleet.inputs import FleetInputs, Path
from madang.solutions.ev_fleet.numbers import numbers_of
from madang.solutions.ev_fleet.paths import PATHS, Paths, build


@dataclass(frozen=True, kw_only=True)
class FleetResult(Result):
    """All four paths with flows, impacts and bands; the backtests; the register's last day."""

    inputs: FleetInputs
    paths: Paths
    impacts: Mapping[Path, Impacts]
    bands: Mapping[Path, Band]
    backtests: tuple[Backtest, ...]
    register_day: date
    register: Floats


def run(inputs: FleetInputs, progress: Progress) -> FleetResult:
    """Compute every path and its numbers."""
    progress(0.0, "building the fleets")
    paths = build(inputs)
    impacts = _impacts(inputs, paths)
    progress(0.05, "looking back")
    looked_back = backtests(inputs)
    bands = draw_paths(inputs, paths, part_of(progress, 0.1, 1.0))
    day = register_days(inputs)[-1]
    register = counted(inputs, day)
    return FleetResult(
        numbers=numbers_of(inputs, paths, impacts, bands, looked_back, day, register),
        diagnostics={"largest_gap_in_a_balance_vehicles": _largest_gap(paths)},
        inputs=inputs,
        paths=paths,
        impacts=impacts,
        bands=bands,
        backtests=looked_back,
        register_day=day,
        register=register,
    )


def _largest_gap(paths: Paths) -> float:
    """Return how far any class, powertrain and year of any path is out of balance: rounding alone."""
    return max(float(abs(flows.balance()).max()) for flows in paths.flows.values())


def _impacts(inputs: FleetInputs, paths: Paths) -> dict[Path, Impacts]:
    """Return each path's impacts at the central values, 1 x year."""
    use = use_of(inputs)
    made: dict[Path, Impacts] = {}
    for path in PATHS:
        first = paths.fleets[path].initial_by_age.sum(axis=2)
        made[path] = impacts_of(inputs, kinds_of(paths.flows[path].stock, first), paths.years, use)
    return made
