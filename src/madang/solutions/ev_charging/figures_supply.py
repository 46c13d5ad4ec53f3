"""Figures from registers alone: chargers against the promise, the districts, and how evenly they are served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import shapely

from madang.core.figures import ChartFigure, Figure, FigureColumn, MapFigure, Rule, TableFigure
from madang.core.language import Text, say_number, text
from madang.solutions.ev_charging.model import EvChargingResult
from madang.solutions.ev_charging.numbers import NO_COUNT, NO_REGISTER
from madang.solutions.ev_charging.supply_numbers import promised_chargers

_PROMISE = ("chargers_promised_fast", "chargers_promised_slow")
_DISTRICT = ("district_chargers", "district_people", "district_vehicles", "district_evs")
_NO_SHAPES = text(
    "자치구의 모양이 없다. 표 district_shapes를 주면 그린다.",
    "there are no shapes of districts: give the table district_shapes",
)
_SQUARES = text(
    "네모 하나가 자치구 하나로, 크기와 경계가 아니라 자리만 어림하여 나타낸다.",
    "A square is a district: it says about where, not how large nor where the boundary runs.",
)
_NOTE = text(
    "집계의 기준이 날마다 같지 않을 수 있다. 출처마다의 기준: madang why ev_charging.chargers_installed",
    "Counts of different days may not be of one kind; what each holds: madang why ev_charging.chargers_installed",
)


def supply_figures(result: EvChargingResult) -> Iterator[Figure]:
    """Yield the figures that need no streets."""
    yield _chargers_by_day(result)
    yield _districts(result)
    yield _vehicles_per_charger(result)
    yield _districts_map(result)
    yield _evs_by_day(result)
    yield _lorenz(result)


def _chargers_by_day(result: EvChargingResult) -> ChartFigure:
    """Chargers installed, day by day, under the number promised."""
    counted = result.inputs.chargers_by_day
    days = [date.fromisoformat(day) for day in sorted(counted)]
    promised, last = promised_chargers(result.inputs), result.supply.installed
    title = text("설치된 충전기", "Chargers installed")
    if last and promised:
        share = f"{last.value / promised:.0%}"
        title = text(f"약속한 충전기의 {share}가 섰다", f"{share.replace('%', ' %')} of the chargers promised stand")
    rules = () if promised is None else (Rule(value=promised, label=text("약속", "promised")),)
    return ChartFigure(
        name="chargers_by_day",
        title=title,
        frame=pl.DataFrame(
            {"day": days, "chargers": [counted[day.isoformat()] for day in days]},
            schema={"day": pl.Date, "chargers": pl.Float64},
        ),
        columns=(
            FigureColumn("day", text("날짜", "Day")),
            FigureColumn("chargers", text("설치된 충전기", "Chargers installed"), "charger", 0),
        ),
        rests_on=("chargers_by_day", *_PROMISE),
        notes=(_NOTE,) if len(days) > 1 else () if days else (NO_COUNT,),
        mark="line",
        x="day",
        y="chargers",
        rules=rules,
    )


def _districts(result: EvChargingResult) -> TableFigure:
    """Every district with what is known of it."""
    frame = result.supply.districts.rename({"district": "district_en", "name_ko": "district_ko"})
    return TableFigure(
        name="districts",
        title=text("자치구의 충전기, 차량, 세대", "Chargers, vehicles and households by district"),
        frame=frame,
        columns=(
            FigureColumn("district_en", text("자치구(영문)", "District")),
            FigureColumn("district_ko", text("자치구", "District (Korean)")),
            FigureColumn("chargers", text("충전기", "Chargers"), "charger", 0),
            FigureColumn("fast", text("급속", "Rapid"), "charger", 0),
            FigureColumn("slow", text("완속", "Slow"), "charger", 0),
            FigureColumn("households", text("세대", "Households"), "household", 0),
            FigureColumn("vehicles", text("차량", "Vehicles"), "vehicle", 0),
            FigureColumn("evs", text("전기차", "Electric vehicles"), "vehicle", 0),
            FigureColumn("evs_per_charger", text("충전기당 전기차", "EVs per charger"), "vehicle/charger", 2),
            FigureColumn(
                "households_per_charger", text("충전기당 세대", "Households per charger"), "household/charger", 1
            ),
            FigureColumn("vehicles_per_charger", text("충전기당 차량", "Vehicles per charger"), "vehicle/charger", 1),
        ),
        rests_on=_DISTRICT,
        notes=_no_register(result.supply.districts),
    )


def _vehicles_per_charger(result: EvChargingResult) -> ChartFigure:
    """Vehicles that share a charger, worst-served district first."""
    frame = (
        result.supply.districts.filter(pl.col("vehicles_per_charger").is_not_null())
        .sort("vehicles_per_charger", "district", descending=[True, False])
        .select("district", "vehicles_per_charger")
    )
    names = {
        ko_en[1]: text(*ko_en) for ko_en in result.supply.districts.select("name_ko", "district").drop_nulls().rows()
    }
    low, high = frame["vehicles_per_charger"].min(), frame["vehicles_per_charger"].max()
    title = text("충전기 한 기를 나누는 차량", "Vehicles that share a charger")
    if frame.height:
        said = (say_number(float(str(low)), 0), say_number(float(str(high)), 0))
        title = text(
            f"충전기 한 기를 나누는 차량은 구에 따라 {said[0]}대에서 {said[1]}대",
            f"A charger is shared by {said[0]} to {said[1]} vehicles, depending on the district",
        )
    return ChartFigure(
        name="vehicles_per_charger",
        title=title,
        frame=frame,
        columns=(
            FigureColumn("district", text("자치구", "District")),
            FigureColumn("vehicles_per_charger", text("충전기당 차량", "Vehicles per charger"), "vehicle/charger", 1),
        ),
        rests_on=_DISTRICT,
        notes=_no_register(frame),
        mark="bar",
        x="district",
        y="vehicles_per_charger",
        series_titles=names,
    )


def _no_register(frame: pl.DataFrame) -> tuple[Text, ...]:
    """Return why a figure by district is empty, where it is."""
    return (NO_REGISTER,) if frame.is_empty() else ()


def _districts_map(result: EvChargingResult) -> MapFigure:
    """The same by place, in five classes of as many districts each; empty where the city gives no shapes."""
    shapes = result.inputs.district_shapes
    schema = {
        "district_en": pl.String,
        "district_ko": pl.String,
        "vehicles_per_charger": pl.Float64,
        "chargers": pl.Int64,
    }
    frame, geometry = pl.DataFrame(schema=schema), list[Mapping[str, Any]]()
    notes: tuple[Text, ...] = (_NO_SHAPES,)
    if shapes is not None:
        named = result.supply.districts.rename({"district": "district_en", "name_ko": "district_ko"})
        drawn = shapes.frame.join(named, left_on="district", right_on="district_en", how="inner").sort("district")
        frame = drawn.rename({"district": "district_en"}).select(*schema)
        read = shapely.from_wkb(drawn["geometry"].to_numpy(allow_copy=True))
        geometry = [shapely.geometry.mapping(shape) for shape in read]
        notes = (_SQUARES,) if (drawn["kind"] == "square").any() else ()
    breaks, titles = classes_of(frame["vehicles_per_charger"])
    return MapFigure(
        name="districts_map",
        title=text("충전기 한 기를 나누는 차량, 자치구마다", "Vehicles that share a charger, district by district"),
        frame=frame,
        columns=(
            FigureColumn("district_en", text("자치구(영문)", "District")),
            FigureColumn("district_ko", text("자치구", "District (Korean)")),
            FigureColumn("vehicles_per_charger", text("충전기당 차량", "Vehicles per charger"), "vehicle/charger", 1),
            FigureColumn("chargers", text("충전기", "Chargers"), "charger", 0),
        ),
        rests_on=(*_DISTRICT, "district_shapes"),
        notes=notes,
        geometry=geometry,
        value="vehicles_per_charger",
        label="district_ko",
        breaks=breaks,
        break_titles=titles,
    )


def classes_of(values: pl.Series) -> tuple[tuple[float, ...], tuple[Text, ...]]:
    """Return four breaks at whole numbers that part the districts into fifths, and what each class is called."""
    known = values.drop_nulls()
    if known.is_empty():
        return (), ()
    fifths = (float(round(float(known.quantile(share, "linear") or 0.0))) for share in (0.2, 0.4, 0.6, 0.8))
    breaks = tuple(dict.fromkeys(fifths))
    said = [say_number(at, 0) for at in breaks]
    middle = [text(f"{low}~{high}대", f"{low} to {high}") for low, high in pairwise(said)]
    first, last = text(f"{said[0]}대 아래", f"under {said[0]}"), text(f"{said[-1]}대 이상", f"{said[-1]} or more")
    return breaks, (first, *middle, last)


def _evs_by_day(result: EvChargingResult) -> ChartFigure:
    """Electric vehicles registered, by the days the registers give."""
    parts = [
        table.frame.group_by("day").agg(pl.col("evs").sum())
        for table in (result.inputs.district_evs, result.inputs.district_vehicles)
        if table is not None
    ]
    empty = pl.DataFrame(schema={"day": pl.Date, "evs": pl.Int64})
    frame = pl.concat([empty, *parts]).unique("day", keep="last").sort("day")
    return ChartFigure(
        name="evs_by_day",
        title=text("등록된 전기차", "Electric vehicles registered"),
        frame=frame,
        columns=(
            FigureColumn("day", text("날짜", "Day")),
            FigureColumn("evs", text("전기차", "Electric vehicles"), "vehicle", 0),
        ),
        rests_on=("district_evs", "district_vehicles"),
        notes=_no_register(frame),
        mark="line",
        x="day",
        y="evs",
    )


def _lorenz(result: EvChargingResult) -> ChartFigure:
    """The Lorenz curve of chargers over vehicles, beside the even line."""
    equity = result.supply.equity
    along, up = (equity.vehicles_share, equity.chargers_share) if equity else ((), ())
    frame = pl.DataFrame(
        {
            "vehicles": [100.0 * share for share in (*along, *along)],
            "chargers": [100.0 * share for share in (*up, *along)],
            "line": ["districts"] * len(along) + ["even"] * len(along),
        },
        schema={"vehicles": pl.Float64, "chargers": pl.Float64, "line": pl.String},
    )
    title = text("충전기가 차량에 얼마나 고르게 놓였나", "How evenly chargers lie over the vehicles")
    if equity:
        said = f"{equity.worst_fifth_percent:.0f}"
        title = text(
            f"가장 덜 갖춘 차량 5분의 1에 충전기의 {said}%",
            f"The worst-served fifth of the vehicles has {said} % of the chargers",
        )
    return ChartFigure(
        name="equity",
        title=title,
        frame=frame,
        columns=(
            FigureColumn(
                "vehicles", text("차량, 덜 갖춘 구부터", "Vehicles, worst-served districts first"), "percent", 0
            ),
            FigureColumn("chargers", text("충전기", "Chargers"), "percent", 0),
            FigureColumn("line", text("선", "Line")),
        ),
        rests_on=("district_chargers", "district_vehicles"),
        notes=_no_register(frame),
        mark="line",
        x="vehicles",
        y="chargers",
        series="line",
        series_titles={"districts": text("자치구", "districts"), "even": text("고르다면", "if even")},
    )
