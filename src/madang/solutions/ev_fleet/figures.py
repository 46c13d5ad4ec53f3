"""Figures of the electric fleet: promise and register, paths with bands, energy, CO2 and the look back."""

from __future__ import annotations

from datetime import date
from typing import get_args

import numpy as np
import polars as pl

from madang.core.dates import parse_day
from madang.core.figures import ChartFigure, Figure, FigureColumn, Rule, TableFigure
from madang.core.language import Text, text
from madang.solutions.ev_fleet.classes import CLASSES, ELECTRIC
from madang.solutions.ev_fleet.impacts import DAYS, profile
from madang.solutions.ev_fleet.inputs import Profile
from madang.solutions.ev_fleet.model import FleetResult
from madang.solutions.ev_fleet.numbers import (
    DRAWN,
    GIVEN_OFF,
    LOOKED_BACK,
    PATH_CO2,
    PATH_ENERGY,
    PATH_STOCK,
    STOCKS,
    USED,
    charger_ratios,
)
from madang.solutions.ev_fleet.paths import PATHS

CLASS_TITLES = {
    "car": text("승용차", "Cars"), "taxi": text("택시", "Taxis"), "rental_car": text("렌터카", "Rental cars"),
    "city_bus": text("시내버스", "City buses"), "village_bus": text("마을버스", "Village buses"),
    "school_bus": text("통학버스", "School buses"), "other_van": text("그 밖의 승합차", "Other vans"),
    "truck": text("화물차", "Trucks"), "parcel_truck": text("택배 화물차", "Parcel trucks"),
    "special": text("특수차", "Special vehicles"), "motorcycle": text("이륜차", "Motorcycles"),
    "delivery_motorcycle": text("배달 이륜차", "Delivery motorcycles"),
}  # fmt: skip
#: Groups in which a chart can still tell classes apart by colour.
GROUP_OF = {
    "car": "cars", "taxi": "taxis", "rental_car": "rental", "city_bus": "buses", "village_bus": "buses",
    "school_bus": "buses", "other_van": "others", "truck": "trucks", "parcel_truck": "trucks", "special": "others",
    "motorcycle": "motorcycles", "delivery_motorcycle": "delivery",
}  # fmt: skip
GROUP_TITLES = {
    "cars": text("승용차", "Cars"), "taxis": text("택시", "Taxis"), "rental": text("렌터카", "Rental cars"),
    "buses": text("버스", "Buses"), "trucks": text("화물차", "Trucks"),
    "motorcycles": text("이륜차", "Motorcycles"), "delivery": text("배달 이륜차", "Delivery motorcycles"),
    "others": text("그 밖", "Others"),
}  # fmt: skip
PROFILES: dict[str, Text] = {
    "measured": text("측정(상파울루)", "Measured (Sao Paulo)"),
    "even": text("고르게", "Even"),
    "night": text("밤(23–7시)", "Night (23 to 7)"),
    "evening": text("저녁(18–23시)", "Evening (18 to 23)"),
}
PATH_TITLES: dict[str, Text] = {
    "reference": text("정책 없이", "without the policy"),
    "mandates_only": text("의무만", "mandates only"),
    "promised": text("약속대로", "as promised"),
    "as_registered": text("등록된 대로", "as registered"),
}
YEAR = FigureColumn("year", text("연도", "Year"), "year", 0)
PATH = FigureColumn("path", text("경로", "Path"))


def figures(result: FleetResult) -> tuple[Figure, ...]:
    """Return every figure of a run."""
    return (
        _promise_and_register(result),
        _electric_by_path(result),
        _by_class(result),
        _classes_by_year(result),
        _flows(result),
        _energy(result),
        _profiles(result),
        _co2(result),
        _co2_kinds(result),
        _history(result),
        _backtest(result),
        _backtest_lines(result),
        _register_checks(result),
    )


def _years(result: FleetResult) -> list[int]:
    return list(result.paths.years)


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
            *map(float, _ends(band.electric, at)),
        )
        for path, band in result.bands.items()
        for at, year in enumerate(_years(result))
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


def _ends(quantiles: np.ndarray, at: int) -> tuple[float, float]:
    return float(quantiles[0, at]), float(quantiles[2, at])


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
        for at, year in enumerate(_years(result))
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
        "year": _years(result), "stock": stock, "purchases": bought, "scrapped": flows.scrapped.sum(axis=(0, 1)),
        "retired_early": flows.retired_early.sum(axis=(0, 1)), "electric": electric,
        "electric_share": 100.0 * electric / stock, "purchase_share": 100.0 * new / np.maximum(bought, 1e-9),
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


def _energy(result: FleetResult) -> Figure:
    """Return electricity by path with bands."""
    rows = [
        (year, path, float(result.impacts[path].electricity_kwh[0, at]), *_ends(band.electricity_kwh, at))
        for path, band in result.bands.items()
        for at, year in enumerate(_years(result))
    ]
    return ChartFigure(
        name="electricity_by_path",
        title=text("충전 전력", "Electricity charged"),
        subtitle=text("띠는 추첨의 5–95%", "Bands: 5 to 95 per cent of the draws"),
        frame=pl.DataFrame(rows, schema=["year", "path", "electricity", "low", "high"], orient="row"),
        columns=(
            YEAR,
            PATH,
            FigureColumn("electricity", text("전력", "Electricity"), "kWh", 0),
            FigureColumn("low", text("5%", "5 per cent"), "kWh", 0),
            FigureColumn("high", text("95%", "95 per cent"), "kWh", 0),
        ),
        rests_on=(*STOCKS, *DRAWN, *USED),
        mark="line",
        x="year",
        y="electricity",
        series="path",
        series_titles=PATH_TITLES,
        low="low",
        high="high",
    )


def _profiles(result: FleetResult) -> Figure:
    """Return the load of a mean day in the target year by charging profile."""
    inputs = result.inputs
    at = inputs.target_year - inputs.base_year - 1
    daily = float(result.impacts[inputs.path].electricity_kwh[0, at]) / DAYS
    rows = [
        (hour, name, daily * float(share))
        for name in get_args(Profile)
        for hour, share in enumerate(profile(inputs, name))
    ]
    return ChartFigure(
        name="daily_load",
        title=text(
            "목표 연도의 하루 충전 부하: 충전 시간대별", "Charging load of a mean day in the target year by profile"
        ),
        subtitle=PATH_TITLES[inputs.path],
        frame=pl.DataFrame(rows, schema=["hour", "profile", "power"], orient="row"),
        columns=(
            FigureColumn("hour", text("시", "Hour"), "hour", 0),
            FigureColumn("profile", text("충전 시간대", "Charging profile")),
            FigureColumn("power", text("평균 전력", "Mean power"), "kW", 0),
        ),
        rests_on=(*PATH_ENERGY, "charging_hours"),
        mark="line",
        x="hour",
        y="power",
        series="profile",
        series_titles=PROFILES,
        notes=(
            text(
                "고르게·밤·저녁은 정의이며 관측이 아니다.", "Even, night and evening are definitions, not observations."
            ),
        ),
    )


def _co2(result: FleetResult) -> Figure:
    """Return tailpipe CO2 saved against the path without the policy, with bands."""
    reference = result.impacts["reference"].tailpipe_t[0]
    rows = [
        (year, path, float(reference[at] - result.impacts[path].tailpipe_t[0, at]), *_ends(band.tailpipe_saved_t, at))
        for path, band in result.bands.items()
        if path != "reference"
        for at, year in enumerate(_years(result))
    ]
    return ChartFigure(
        name="co2_saved_by_path",
        title=text("줄인 CO2: 배기구", "CO2 saved at the tailpipe"),
        subtitle=text(
            "정책이 없을 때에 견주어. 띠는 추첨의 5–95%", "Against no policy. Bands: 5 to 95 per cent of the draws"
        ),
        frame=pl.DataFrame(rows, schema=["year", "path", "saved", "low", "high"], orient="row"),
        columns=(
            YEAR,
            PATH,
            FigureColumn("saved", text("줄인 CO2", "CO2 saved"), "t", 0),
            FigureColumn("low", text("5%", "5 per cent"), "t", 0),
            FigureColumn("high", text("95%", "95 per cent"), "t", 0),
        ),
        rests_on=(*STOCKS, *DRAWN, *USED, *GIVEN_OFF),
        mark="line",
        x="year",
        y="saved",
        series="path",
        series_titles={path: title for path, title in PATH_TITLES.items() if path != "reference"},
        low="low",
        high="high",
    )


def _co2_kinds(result: FleetResult) -> Figure:
    """Return the chosen path's three kinds of CO2, each by itself, and its difference from no policy."""
    now, reference = result.impacts[result.inputs.path], result.impacts["reference"]
    data = {
        "year": _years(result), "tailpipe": now.tailpipe_t[0], "upstream": now.upstream_t[0], "grid": now.grid_t[0],
        "tailpipe_saved": (reference.tailpipe_t - now.tailpipe_t)[0],
        "upstream_saved": (reference.upstream_t - now.upstream_t)[0], "grid_added": (now.grid_t - reference.grid_t)[0],
        "well_to_wheel_saved": (reference.well_to_wheel_t - now.well_to_wheel_t)[0],
    }  # fmt: skip
    titles = {
        "tailpipe": text("배기구", "Tailpipe"), "upstream": text("연료 공급", "Upstream of fuels"),
        "grid": text("전력망", "Grid"), "tailpipe_saved": text("줄인 배기구", "Tailpipe saved"),
        "upstream_saved": text("줄인 연료 공급", "Upstream saved"), "grid_added": text("늘어난 전력망", "Grid added"),
        "well_to_wheel_saved": text("줄인 전과정", "Well-to-wheel saved"),
    }  # fmt: skip
    return TableFigure(
        name="co2_kinds",
        title=text(f"CO2의 세 갈래: {PATH_TITLES[result.inputs.path].ko}",
                   f"Three kinds of CO2, {PATH_TITLES[result.inputs.path].en}"),
        subtitle=text("늘고 줄어든 것은 정책이 없을 때에 견준 것", "Saved and added: against no policy"),
        frame=pl.DataFrame(data),
        columns=(YEAR, *(FigureColumn(name, title, "t", 0) for name, title in titles.items())),
        rests_on=PATH_CO2,
    )  # fmt: skip


def _history(result: FleetResult) -> Figure:
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


def _backtest(result: FleetResult) -> Figure:
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


def _backtest_lines(result: FleetResult) -> Figure:
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


def _register_checks(result: FleetResult) -> Figure:
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
