"""Figures of the electric fleet: promise and register, the paths with bands, classes and flows."""

from __future__ import annotations

import numpy as np
import polars as pl

from madang.core.figures import ChartFigure, Figure, FigureColumn, Rule, TableFigure
from madang.core.language import text
from madang.solutions.ev_fleet.bands import ends
from madang.solutions.ev_fleet.classes import CLASSES, ELECTRIC
from madang.solutions.ev_fleet.figures_impacts import co2_kinds, co2_saved_by_path, daily_load, electricity_by_path
from madang.solutions.ev_fleet.figures_register import (
    backtest_lines,
    backtest_table,
    electric_registered,
    register_checks,
)
from madang.solutions.ev_fleet.model import FleetResult
from madang.solutions.ev_fleet.numbers import (
    DRAWN,
    PATH_STOCK,
    STOCKS,
    charger_ratios,
)
from madang.solutions.ev_fleet.paths import PATHS
from madang.solutions.ev_fleet.titles import CLASS_TITLES, GROUP_OF, GROUP_TITLES, PATH, PATH_TITLES, YEAR


def figures(result: FleetResult) -> tuple[Figure, ...]:
    """Return every figure of a run."""
    return (
        _promise_and_register(result),
        _electric_by_path(result),
        _by_class(result),
        _classes_by_year(result),
        _flows(result),
        electricity_by_path(result),
        daily_load(result),
        co2_saved_by_path(result),
        co2_kinds(result),
        electric_registered(result),
        backtest_table(result),
        backtest_lines(result),
        register_checks(result),
    )


def _promise_and_register(result: FleetResult) -> Figure:
    """Return each part of the promise beside what the register counts."""
    part, number = result.inputs.promised, result.numbers
    rows = [
        ("car", part["car"], number["electric_registered_cars"].value),
        ("taxi", part["taxi"], number["electric_registered_taxis_upper"].value),
        ("bus", part["bus"], number["electric_registered_buses"].value),
        ("truck", part["truck"], number["electric_registered_trucks"].value),
        ("motorcycle", part["motorcycle"], None),
    ]
    titles = {
        "bus": text("버스(등록은 모든 승합차)", "Buses (register: all vans)"),
        "taxi": text("택시(등록은 렌터카 포함)", "Taxis (register: rental cars included)"),
    }
    says = [titles.get(name, CLASS_TITLES.get(name, text("버스", "Buses"))) for name, _, _ in rows]
    frame = pl.DataFrame(
        {
            "class_ko": [one.ko for one in says],
            "class_en": [one.en for one in says],
            "promised": [promised for _, promised, _ in rows],
            "registered": [registered for *_, registered in rows],
        },
        schema_overrides={"promised": pl.Float64, "registered": pl.Float64},
    )
    return TableFigure(
        name="promise_and_register",
        title=text("약속과 등록: 차종별 전기차", "Promise and register: electric vehicles by class"),
        subtitle=text(f"등록 기준일 {result.register_day}", f"Register of {result.register_day}"),
        frame=frame,
        columns=(
            FigureColumn("class_ko", text("차종", "Class (Korean)")),
            FigureColumn("class_en", text("차종(영문)", "Class")),
            FigureColumn("promised", text("약속", "Promised"), "vehicle", 0),
            FigureColumn("registered", text("등록", "Registered"), "vehicle", 0),
        ),
        rests_on=("on", "promised", "registers"),
        notes=(text("등록 통계에는 이륜차가 없다.", "The register holds no motorcycles."),),
    )


def _electric_by_path(result: FleetResult) -> Figure:
    """Return the electric stock of all paths with bands."""
    rows = [
        (
            year,
            path,
            float(result.paths.flows[path].stock[:, ELECTRIC, at].sum()),
            *ends(band.electric, at),
        )
        for path, band in result.bands.items()
        for at, year in enumerate(list(result.paths.years))
    ]
    return ChartFigure(
        name="electric_by_path",
        title=text("네 경로의 전기차(이륜차 포함)", "Electric vehicles on four paths, motorcycles included"),
        subtitle=text("띠는 추첨의 5–95%", "Bands: 5 to 95 per cent of the draws"),
        frame=pl.DataFrame(rows, schema=["year", "path", "vehicles", "low", "high"], orient="row"),
        columns=(
            YEAR,
            PATH,
            FigureColumn("vehicles", text("전기차", "Electric vehicles"), "vehicle", 0),
            FigureColumn("low", text("5%", "5 per cent"), "vehicle", 0),
            FigureColumn("high", text("95%", "95 per cent"), "vehicle", 0),
        ),
        rests_on=(*STOCKS, *DRAWN, "stated_total"),
        mark="line",
        x="year",
        y="vehicles",
        series="path",
        series_titles=PATH_TITLES,
        low="low",
        high="high",
        notes=(
            text(
                "등록 통계에는 이륜차가 없어, 등록된 대로의 경로에서 이륜차의 전기차 비율은 정책 전해에 머문다.",
                "The register holds no motorcycles: as registered, their share stays that of the year before.",
            ),
        ),
        rules=(Rule(value=result.inputs.stated_total, label=text("발표된 목표", "Headline")),),
    )


def _by_class(result: FleetResult) -> Figure:
    """Return the target year's electric stock by class on every path."""
    at = result.inputs.target_year - result.inputs.base_year - 1
    data: dict[str, list[object]] = {
        "class_ko": [CLASS_TITLES[name].ko for name in CLASSES],
        "class_en": [CLASS_TITLES[name].en for name in CLASSES],
        "vehicles": result.paths.fleets["reference"].total[:, at].tolist(),
    }
    data |= {path: result.paths.flows[path].stock[:, ELECTRIC, at].tolist() for path in PATHS}
    return TableFigure(
        name="electric_by_class",
        title=text("목표 연도의 전기차: 차종과 경로", "Electric vehicles in the target year by class and path"),
        frame=pl.DataFrame(data),
        columns=(
            FigureColumn("class_ko", text("차종", "Class (Korean)")),
            FigureColumn("class_en", text("차종(영문)", "Class")),
            FigureColumn("vehicles", text("모든 차", "All vehicles"), "vehicle", 0),
            *(FigureColumn(path, PATH_TITLES[path], "vehicle", 0) for path in PATHS),
        ),
        rests_on=STOCKS,
    )


def _classes_by_year(result: FleetResult) -> Figure:
    """Return the chosen path by year and class: stock, purchases, both outflows and the electric part."""
    flows = result.paths.flows[result.inputs.path]
    bought = flows.purchases.sum(axis=1)
    parts = {
        "electric": flows.stock[:, ELECTRIC], "stock": flows.stock.sum(axis=1), "purchases": bought,
        "scrapped": flows.scrapped.sum(axis=1), "retired_early": flows.retired_early.sum(axis=1),
        "purchase_share": 100.0 * flows.purchases[:, ELECTRIC] / np.maximum(bought, 1e-9),
    }  # fmt: skip
    titles = {
        "electric": text("전기차", "Electric vehicles"), "stock": text("모든 차", "Stock"),
        "purchases": text("구매", "Purchases"), "scrapped": text("폐차", "Scrapped"),
        "retired_early": text("조기 퇴역", "Retired early"),
        "purchase_share": text("구매의 전기차 비율", "Electric share of purchases"),
    }  # fmt: skip
    rows = [
        (year, GROUP_OF[name], name, *(float(values[c, at]) for values in parts.values()))
        for c, name in enumerate(CLASSES)
        for at, year in enumerate(list(result.paths.years))
    ]
    return ChartFigure(
        name="classes_by_year",
        title=text("차종별 전기차", "Electric vehicles by class"),
        subtitle=PATH_TITLES[result.inputs.path],
        frame=pl.DataFrame(rows, schema=["year", "group", "class", *parts], orient="row"),
        columns=(
            YEAR,
            FigureColumn("group", text("묶음", "Group")),
            FigureColumn("class", text("차종", "Class")),
            *(FigureColumn(n, t, "percent" if n == "purchase_share" else "vehicle", 0) for n, t in titles.items()),
        ),
        rests_on=(*STOCKS, "path"),
        mark="stacked_bar",
        x="year",
        y="electric",
        series="group",
        series_titles={**CLASS_TITLES, **GROUP_TITLES},
    )


def _flows(result: FleetResult) -> Figure:
    """Return the chosen path year by year: stock, purchases, scrappage, early retirement, electric shares."""
    flows = result.paths.flows[result.inputs.path]
    stock, bought = flows.stock.sum(axis=(0, 1)), flows.purchases.sum(axis=(0, 1))
    electric, new = flows.stock[:, ELECTRIC].sum(axis=0), flows.purchases[:, ELECTRIC].sum(axis=0)
    planned, outlook = charger_ratios(result.inputs)
    data = {
        "year": list(result.paths.years), "stock": stock, "purchases": bought,
        "scrapped": flows.scrapped.sum(axis=(0, 1)), "retired_early": flows.retired_early.sum(axis=(0, 1)),
        "electric": electric, "electric_share": 100.0 * electric / stock,
        "purchase_share": 100.0 * new / np.maximum(bought, 1e-9),
        "chargers_planned": electric * planned, "chargers_us": electric * outlook,
    }  # fmt: skip
    return TableFigure(
        name="flows",
        title=text(f"해마다 들고 난 차: {PATH_TITLES[result.inputs.path].ko}",
                   f"Stock and flows year by year, {PATH_TITLES[result.inputs.path].en}"),
        frame=pl.DataFrame(data),
        columns=(
            YEAR,
            FigureColumn("stock", text("모든 차", "Stock"), "vehicle", 0),
            FigureColumn("purchases", text("구매", "Purchases"), "vehicle", 0),
            FigureColumn("scrapped", text("폐차", "Scrapped"), "vehicle", 0),
            FigureColumn("retired_early", text("조기 퇴역", "Retired early"), "vehicle", 0),
            FigureColumn("electric", text("전기차", "Electric"), "vehicle", 0),
            FigureColumn("electric_share", text("전기차 비율", "Electric share"), "percent", 2),
            FigureColumn("purchase_share", text("구매의 전기차 비율", "Electric share of purchases"), "percent", 1),
            FigureColumn("chargers_planned", text("충전기(계획 비율)", "Chargers, plan's ratio"), "charger", 0),
            FigureColumn("chargers_us", text("공용 충전기(미국 비율)", "Public chargers, US ratio"), "charger", 0),
        ),
        rests_on=(*PATH_STOCK, "chargers_promised", "us_chargers"),
    )  # fmt: skip
