"""The plan for the budget: its sites by the year they open, as they are exported, and what each year ends with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from madang.core.figures import FigureColumn, MapFigure, TableFigure
from madang.core.language import say_count, text
from madang.solutions.ev_charging.figures_ground import ground_of, points_of, why_empty
from madang.solutions.ev_charging.model import EvChargingResult, sites_of
from madang.solutions.ev_charging.site_words import STATUS, in_words, word_columns
from madang.solutions.ev_charging.siting_numbers import LOADED, PHASED

#: The plan as it is exported: what the table of sites needs stands in it too, so that it can be brought in again.
_PLAN_SCHEMA: dict[str, pl.DataType] = {
    "id": pl.String(), "name": pl.String(), "class_en": pl.String(), "class_ko": pl.String(), "kind_en": pl.String(),
    "kind_ko": pl.String(), "role_en": pl.String(), "role_ko": pl.String(), "status_en": pl.String(),
    "status_ko": pl.String(), "phase": pl.Int64(), "opens": pl.String(), "cost": pl.Float64(),
    "fast_ports": pl.Int64(), "slow_ports": pl.Int64(), "ports_max": pl.Int64(), "gain": pl.Float64(),
    "ports_to_add": pl.Float64(),
}  # fmt: skip


def plan_map(result: EvChargingResult) -> MapFigure:
    """The plan's sites by the year they open, with what stands and where nobody may build; the export of the plan."""
    frame, geometry = pl.DataFrame(schema=_PLAN_SCHEMA), list[Mapping[str, Any]]()
    sites = sites_of(result)
    if sites.height:
        shown = _planned(sites)
        frame, geometry = shown.select(*_PLAN_SCHEMA), points_of(shown)
    count = result.numbers["plan_sites"].value
    return MapFigure(
        name="plan_map",
        title=text(
            f"예산으로 여는 자리 {count:.0f}곳, 연도별",
            f"The plan for the budget: {say_count(round(count), 'new site')}, by year",
        )
        if count is not None
        else text("예산으로 여는 자리, 연도별: 아직 모른다", "The plan for the budget, by year: not known yet"),
        frame=frame,
        columns=(
            FigureColumn("id", text("자리", "Site")),
            FigureColumn("name", text("이름", "Name")),
            *word_columns("class", text("장소의 종류", "Kind of place")),
            *word_columns("kind", text("급속 또는 완속", "Rapid or slow")),
            *word_columns("role", text("있음 또는 계획", "Stands or planned")),
            *word_columns("status", text("주어진 상태", "Status given")),
            FigureColumn("phase", text("여는 해", "Year it opens"), "year"),
            FigureColumn("opens", text("여는 해 또는 상태", "Opens in, or stands")),
            FigureColumn("cost", text("비용", "Cost"), "1"),
            FigureColumn("fast_ports", text("있는 급속", "Rapid chargers there"), "charger", 0),
            FigureColumn("slow_ports", text("있는 완속", "Slow chargers there"), "charger", 0),
            FigureColumn("ports_max", text("한도", "Room for"), "charger", 0),
            FigureColumn("gain", text("혼자 더하는 수요", "Demand it would add alone"), result.inputs.demand_unit),
            FigureColumn("ports_to_add", text("더할 충전기", "Chargers to add"), "charger", 0),
        ),
        rests_on=tuple(dict.fromkeys((*PHASED, *LOADED, "demand_unit"))),
        notes=why_empty(result),
        geometry=geometry,
        value="opens",
        layers=ground_of(result.access),
    )


def _planned(sites: pl.DataFrame) -> pl.DataFrame:
    """Return what the plan opens, year by year, then what stands, then where the owner lets nobody build."""
    forbidden = pl.col("status") == "forbidden"
    opens = (
        pl.when(pl.col("role") == "existing")
        .then(pl.lit("있음 · stands"))
        .when(forbidden)
        .then(pl.lit("안 됨 · not allowed"))
        .otherwise(pl.col("phase").cast(pl.String).fill_null("나중 · later"))
    )
    shown = sites.filter((pl.col("role") != "candidate") | forbidden)
    return (
        shown.sort("phase", forbidden, "id", nulls_last=True)
        .with_columns(
            opens.alias("opens"),
            pl.when(forbidden).then(pl.lit("forbidden")).otherwise("role").alias("role"),
        )
        .with_columns(*in_words("class"), *in_words("kind"), *in_words("role"), *in_words("status", STATUS))
    )


def phases(result: EvChargingResult) -> TableFigure:
    """What stands by the end of each year, with the bound."""
    access, plans = result.access, result.plans
    rows: list[tuple[int, float, int, int, float, float]] = []
    if access is not None and plans is not None and access.total > 0:
        for phase in plans.phases:
            covered, bound = (100.0 * part / access.total for part in (phase.plan.covered, phase.bound))
            rows.append((phase.year, phase.plan.cost, len(phase.added), phase.plan.sites, covered, bound))
    schema = {
        "year": pl.Int64, "cost": pl.Float64, "added": pl.Int64, "sites": pl.Int64, "covered": pl.Float64,
        "bound": pl.Float64,
    }  # fmt: skip
    return TableFigure(
        name="phases",
        title=text("해마다 무엇이 서는가", "What stands by the end of each year"),
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=(
            FigureColumn("year", text("연도", "Year"), "year"),
            FigureColumn("cost", text("누적 비용", "Cost so far"), "1"),
            FigureColumn("added", text("그해 여는 자리", "Sites opened in the year"), "site", 0),
            FigureColumn("sites", text("새 자리, 누적", "New sites so far"), "site", 0),
            FigureColumn("covered", text("채워진 수요", "Demand covered"), "percent", 1),
            FigureColumn("bound", text("그 비용으로 가능한 최대", "No plan at that cost can pass"), "percent", 1),
        ),
        rests_on=PHASED,
        notes=why_empty(result),
    )
