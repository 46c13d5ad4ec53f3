"""From inputs to the result: the four paths, their impacts and bands, the backtests and the named numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from madang.core.contract import Result
from madang.core.language import Text, text
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
        gaps=_gaps(),
        inputs=inputs,
        paths=paths,
        impacts=impacts,
        bands=bands,
        backtests=looked_back,
        register_day=day,
        register=register,
    )


def _impacts(inputs: FleetInputs, paths: Paths) -> dict[Path, Impacts]:
    """Return each path's impacts at the central values, 1 x year."""
    use = use_of(inputs)
    made: dict[Path, Impacts] = {}
    for path in PATHS:
        first = paths.fleets[path].initial_by_age.sum(axis=2)
        made[path] = impacts_of(inputs, kinds_of(paths.flows[path].stock, first), paths.years, use)
    return made


def _gaps() -> tuple[Text, ...]:
    """Return what the model itself could not know."""
    return (
        text(
            "등록 통계에는 이륜차가 없어, 등록된 대로의 경로에서 이륜차의 전기차 비율은 정책 전해에 머문다.",
            "The register holds no motorcycles: as registered, their electric share stays at that of the year before.",
        ),
        text(
            "등록 통계는 택시, 시내·마을·통학버스, 택배 화물차를 따로 세지 않아 가정에 따라 나누었다.",
            "The register doesn't count taxis, city, village and school buses or parcel trucks apart: they are parted "
            "by assumption.",
        ),
        text(
            "차의 나이 분포를 찾지 못해, 전기차가 아닌 차는 해마다 같은 수를 산 것처럼 나이를 나누었다.",
            "No distribution of ages was found: vehicles that aren't electric are spread over ages as if the same "
            "number had been bought every year.",
        ),
    )
