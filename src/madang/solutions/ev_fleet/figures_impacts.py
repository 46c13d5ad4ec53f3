"""Figures of what the fleet draws and gives off: electricity, the load of a day, CO2 by path and by kind."""

from __future__ import annotations

from typing import get_args

import polars as pl

from madang.core.figures import ChartFigure, Figure, FigureColumn, TableFigure
from madang.core.language import text
from madang.solutions.ev_fleet.bands import ends
from madang.solutions.ev_fleet.impacts import DAYS, profile
from madang.solutions.ev_fleet.inputs import Profile
from madang.solutions.ev_fleet.model import FleetResult
from madang.solutions.ev_fleet.numbers import (
    DRAWN,
    GIVEN_OFF,
    PATH_CO2,
    PATH_ENERGY,
    STOCKS,
    USED,
)
from madang.solutions.ev_fleet.titles import PATH, PATH_TITLES, PROFILES, YEAR


def electricity_by_path(result: FleetResult) -> Figure:
    """Return electricity by path with bands."""
    rows = [
        (year, path, float(result.impacts[path].electricity_kwh[0, at]), *ends(band.electricity_kwh, at))
        for path, band in result.bands.items()
        for at, year in enumerate(list(result.paths.years))
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


def daily_load(result: FleetResult) -> Figure:
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


def co2_saved_by_path(result: FleetResult) -> Figure:
    """Return tailpipe CO2 saved against the path without the policy, with bands."""
    reference = result.impacts["reference"].tailpipe_t[0]
    rows = [
        (year, path, float(reference[at] - result.impacts[path].tailpipe_t[0, at]), *ends(band.tailpipe_saved_t, at))
        for path, band in result.bands.items()
        if path != "reference"
        for at, year in enumerate(list(result.paths.years))
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


def co2_kinds(result: FleetResult) -> Figure:
    """Return the chosen path's three kinds of CO2, each by itself, and its difference from no policy."""
    now, reference = result.impacts[result.inputs.path], result.impacts["reference"]
    data = {
        "year": list(result.paths.years), "tailpipe": now.tailpipe_t[0], "upstream": now.upstream_t[0],
        "grid": now.grid_t[0],
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
