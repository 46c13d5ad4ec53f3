"""What effluent needs to know: centres, limits by date, surveys or samples, monthly flows and rain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from madang.core.city import Reader
from madang.core.inputs import Inputs, given
from madang.core.tables import Table

_LIMITS, _WATER, _TRIED = "limits", "water", "tried"


class EffluentInputs(Inputs):
    """Inputs of the solution; every table may be absent, and what rests on it is then unknown."""

    on: str = given("기준일", "Day (YYYY-MM-DD)", default="", group=_LIMITS)
    centres: Table | None = given("물재생센터", "Treatment centres", facts=["centres"], default=None, group=_WATER)
    limits: Table | None = given("방류수 기준", "Limits", facts=["limits"], default=None, group=_LIMITS)
    surveys: Table | None = given("조사값", "Surveyed values", facts=["surveys"], default=None, group=_WATER)
    samples: Table | None = given("방류수 표본", "Samples", facts=["samples"], default=None, group=_WATER)
    monthly: Table | None = given("월별 처리유량", "Monthly flows", facts=["monthly"], default=None, group=_WATER)
    rain: Table | None = given("월별 강수량", "Monthly rain", facts=["rain"], default=None, group=_WATER)
    percentile: float = given(
        "백분위", "Percentile", unit="percent", facts=["percentile"], ge=50, le=100, group=_LIMITS
    )
    bod_limit_tried_mg_per_l: float = given(
        "시험하는 BOD 기준",
        "Limit of BOD tried",
        unit="mg/L",
        facts=["bod_limit_tried_mg_per_l"],
        ge=0,
        le=1000,
        group=_TRIED,
    )
    tp_limit_tried_mg_per_l: float = given(
        "시험하는 총인 기준",
        "Limit of T-P tried",
        unit="mg/L",
        facts=["tp_limit_tried_mg_per_l"],
        ge=0,
        le=100,
        group=_TRIED,
    )


def read(reader: Reader) -> EffluentInputs:
    """Return a city's inputs on a day: limits that held, months and samples that were past."""
    values: dict[str, Any] = {name: reader.table_if_given(name) for name in ("centres",)}
    values["limits"] = _until(reader.table_if_given("limits"), "since", reader.day)
    values["surveys"] = _until(reader.table_if_given("surveys"), "year", reader.day)
    values["samples"] = _until(reader.table_if_given("samples"), "day", reader.day)
    values["monthly"] = _until(reader.table_if_given("monthly"), "month", reader.day)
    values["rain"] = _until(reader.table_if_given("rain"), "month", reader.day)
    return reader.fill(EffluentInputs, on=reader.day.isoformat(), **values)


def _until(table: Table | None, column: str, day: date) -> Table | None:
    """Return the rows up to a day (a year counts from its first), or None where there are none."""
    if table is None:
        return None
    latest = day.year if column == "year" else day
    frame = table.frame.filter(pl.col(column) <= latest)
    return replace(table, frame=frame) if frame.height else None
