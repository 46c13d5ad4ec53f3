"""Figures of the register: what it counted, projections fitted on its past, and the checks of its sums."""

from __future__ import annotations

from datetime import date

import polars as pl

from madang.core.dates import parse_day
from madang.core.figures import ChartFigure, Figure, FigureColumn, TableFigure
from madang.core.language import text
from madang.solutions.ev_fleet.model import FleetResult
from madang.solutions.ev_fleet.numbers import (
    LOOKED_BACK,
)


def electric_registered(result: FleetResult) -> Figure:
    """Return all electric vehicles that a register or report counted, up to the day of the run."""
    known = {day: count for day, count in result.inputs.electric_known.items() if day <= result.inputs.until}
    return ChartFigure(
        name="electric_registered",
        title=text("등록된 전기차(이륜차 제외)", "Registered electric vehicles, motorcycles not counted"),
        frame=pl.DataFrame(
            {"day": [parse_day(day) for day in known], "vehicles": [float(count) for count in known.values()]},
            schema={"day": pl.Date, "vehicles": pl.Float64},
        ),
        columns=(
            FigureColumn("day", text("기준일", "Day")),
            FigureColumn("vehicles", text("전기차", "Electric vehicles"), "vehicle", 0),
        ),
        rests_on=("on", "electric_registered", "electric_reported"),
        mark="line",
        x="day",
        y="vehicles",
    )


_TRENDS = {"linear": text("직선", "linear"), "logistic": text("로지스틱", "logistic")}


def backtest_table(result: FleetResult) -> Figure:
    """Return projections against the register: cut, trend, day, projected, registered, error."""
    rows = [
        (
            one.cut,
            f"{_TRENDS[one.trend].ko} · {_TRENDS[one.trend].en}",
            day,
            value,
            one.observed[day],
            one.error_percent(day),
        )
        for one in result.backtests
        for day, value in one.projected.items()
    ]
    schema = {
        "cut": pl.Int64, "trend": pl.String, "day": pl.Date, "projected": pl.Float64, "registered": pl.Float64,
        "error": pl.Float64,
    }  # fmt: skip
    return TableFigure(
        name="backtest",
        title=text(
            "되짚어 보기: 지난 통계로 맞춘 투영과 실제 등록",
            "Looking back: projections fitted on the past, and the register",
        ),
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=(
            FigureColumn("cut", text("맞춘 마지막 해", "Fitted up to"), "year", 0),
            FigureColumn("trend", text("추세", "Trend")),
            FigureColumn("day", text("견준 날", "Day compared")),
            FigureColumn("projected", text("투영", "Projected"), "vehicle", 0),
            FigureColumn("registered", text("등록", "Registered"), "vehicle", 0),
            FigureColumn("error", text("오차", "Error"), "percent", 1),
        ),
        rests_on=LOOKED_BACK,
    )


def backtest_lines(result: FleetResult) -> Figure:
    """Return the projections year by year beside the register's year ends."""
    rows = [
        (date(year, 12, 31), f"{one.cut} {one.trend}", float(count))
        for one in result.backtests
        for year, count in zip(one.years, one.electric, strict=True)
    ]
    rows += [
        (parse_day(day), "observed", float(count))
        for day, count in result.inputs.electric_known.items()
        if "2014" < day <= result.inputs.until
    ]
    titles = {
        f"{one.cut} {one.trend}": text(
            f"{one.cut}년까지, {_TRENDS[one.trend].ko}", f"up to {one.cut}, {_TRENDS[one.trend].en}"
        )
        for one in result.backtests
    }
    return ChartFigure(
        name="backtest_lines",
        title=text("지난 통계로 맞춘 투영과 실제 등록", "Projections fitted on the past, and the register"),
        frame=pl.DataFrame(rows, schema={"day": pl.Date, "series": pl.String, "vehicles": pl.Float64}, orient="row"),
        columns=(
            FigureColumn("day", text("날", "Day")),
            FigureColumn("series", text("계열", "Series")),
            FigureColumn("vehicles", text("전기차", "Electric vehicles"), "vehicle", 0),
        ),
        rests_on=LOOKED_BACK,
        mark="line",
        x="day",
        y="vehicles",
        series="series",
        series_titles={"observed": text("등록", "Registered")} | titles,
    )


def register_checks(result: FleetResult) -> Figure:
    """Return, for each year of the register, how far its fuels and classes fall short of the printed total."""
    inputs = result.inputs
    fuels = inputs.fuels_yearly.frame.group_by("day").agg(pl.col("vehicles").sum().alias("fuels"))
    classes = pl.col("car") + pl.col("van") + pl.col("truck") + pl.col("special")
    frame = (
        inputs.classes_yearly.frame.join(fuels, on="day", how="left")
        .sort("day")
        .select(
            "day",
            "published_total",
            (pl.col("published_total") - pl.col("fuels")).alias("fuels_short"),
            (pl.col("published_total") - classes).alias("classes_short"),
        )
    )
    return TableFigure(
        name="register_checks",
        title=text("등록 통계의 합 점검", "Checks of the register's sums"),
        frame=frame,
        columns=(
            FigureColumn("day", text("기준일", "Day")),
            FigureColumn("published_total", text("공표된 총대수", "Total as published"), "vehicle", 0),
            FigureColumn("fuels_short", text("연료 합이 모자란 수", "Fuels fall short by"), "vehicle", 0),
            FigureColumn("classes_short", text("차종 합이 모자란 수", "Classes fall short by"), "vehicle", 0),
        ),
        rests_on=("fuels_yearly", "classes_yearly"),
        notes=(
            text("2010년의 차종별 대수는 자료에 없다. 2022년은 7월 31일이다.",
                 "Classes of 2010 aren't in the source. 2022 means 31 July."),
        ),
    )  # fmt: skip
