"""Figures of effluent: limits and compliance, removal and loads, flow against rain and capacity."""

from __future__ import annotations

import polars as pl

from madang.core.figures import ChartFigure, Figure, FigureColumn, Rule, TableFigure
from madang.core.language import Text, text
from madang.solutions.effluent.model import CENTRES, KEPT, LOADS, RAIN, TRIED, EffluentResult
from madang.solutions.effluent.rules import load, removal
from madang.solutions.effluent.sums import SUBSTANCES

NAMES = {
    "bod": text("BOD", "BOD"),
    "ss": text("부유물질", "SS"),
    "tn": text("총질소", "T-N"),
    "tp": text("총인", "T-P"),
}
_KEPT = {True: text("지킴", "kept"), False: text("넘음", "exceeded"), None: text("알 수 없음", "not known")}


def both(words: Text) -> str:
    """Return both languages in one cell: a figure's cells are data and have no language of their own."""
    return words.ko if words.ko == words.en else f"{words.ko} · {words.en}"


def figures(result: EffluentResult) -> tuple[Figure, ...]:
    """Return the figures of a result."""
    return (
        _limits(result),
        _share_of_law(result),
        _compliance(result),
        _loads(result),
        _months(result),
        _use(result),
        _rain(result),
    )


def _titles(result: EffluentResult) -> dict[str, Text]:
    """Return the centres' names."""
    return {one.name: text(one.name_ko, one.name_en) for one in result.sums.centres}


def _limits(result: EffluentResult) -> TableFigure:
    """Every limit in force: the law's and the centre's own, empty where it is not known."""
    sums, rows = result.sums, []
    for centre, title in _titles(result).items():
        for name in SUBSTANCES:
            legal, own = sums.legal.get((centre, name)), sums.own.get((centre, name))
            status = {
                "gazetted": "고시 · gazetted",
                "published": "공표 · published",
                "unknown": "알려지지 않음 · unknown",
            }
            rows.append(
                (
                    both(title), both(NAMES[name]), legal.mg_per_l if legal else None, legal.since if legal else None,
                    own.mg_per_l if own else None, status[own.status] if own else status["unknown"],
                )
            )  # fmt: skip
    schema = {
        "centre": pl.String, "substance": pl.String, "legal_mg_per_l": pl.Float64, "since": pl.String,
        "own_mg_per_l": pl.Float64, "own_status": pl.String,
    }  # fmt: skip
    return TableFigure(
        name="limits",
        title=text("방류수 기준: 자체 기준은 알려지지 않았다", "Limits of the effluent: the own ones are not known")
        if result.numbers["own_limits_known"].value == 0
        else text("방류수 기준: 법정과 자체", "Limits of the effluent: the law's and the centres' own"),
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=(
            FigureColumn("centre", text("센터", "Centre")),
            FigureColumn("substance", text("물질", "Substance")),
            FigureColumn("legal_mg_per_l", text("법정", "Legal"), "mg/L"),
            FigureColumn("since", text("시행일", "Since")),
            FigureColumn("own_mg_per_l", text("자체", "Own"), "mg/L"),
            FigureColumn("own_status", text("자체 기준의 지위", "Status of the own limit")),
        ),
        rests_on=KEPT,
    )


def _share_of_law(result: EffluentResult) -> ChartFigure:
    """Each centre's effluent as a share of the legal limit."""
    sums, rows = result.sums, []
    for centre, title in _titles(result).items():
        for name in SUBSTANCES:
            found, legal = sums.effluent.get((centre, name)), sums.legal_mg_per_l(centre, name)
            if found is not None and found.effluent_mg_per_l is not None and legal:
                rows.append((both(title), 100.0 * found.effluent_mg_per_l / legal, name))
    within = result.numbers["centres_within_law"].value
    count = len(sums.centres)
    ko, en = "방류수와 법정 기준", "Effluent against the legal limits"
    if within is not None:
        ko = f"센터 {count}곳 가운데 {within:.0f}곳의 방류수가 법정 기준 안에 있다"
        en = f"The effluent of {within:.0f} of {count} centres lies within the legal limits"
    return ChartFigure(
        name="share_of_law",
        title=text(ko, en),
        frame=pl.DataFrame(
            rows, schema={"centre": pl.String, "percent": pl.Float64, "substance": pl.String}, orient="row"
        ),
        columns=(
            FigureColumn("centre", text("센터", "Centre")),
            FigureColumn("percent", text("법정 기준에 대한 방류수", "Effluent, of the legal limit"), "percent", 0),
            FigureColumn("substance", text("물질", "Substance")),
        ),
        rests_on=(*KEPT, "percentile"),
        mark="bar",
        x="centre",
        y="percent",
        series="substance",
        series_titles=NAMES,
        rules=(Rule(value=100.0, label=text("법정 기준", "legal limit")),),
    )


def _compliance(result: EffluentResult) -> TableFigure:
    """Compliance of every centre and substance by mean and percentile."""
    sums, rows = result.sums, []
    for (centre, name), found in sums.effluent.items():
        kept = found.compliance
        cut = None
        if found.influent_mg_per_l and found.effluent_mg_per_l is not None:
            cut = removal(found.influent_mg_per_l, found.effluent_mg_per_l)
        rows.append(
            (
                both(_titles(result)[centre]), both(NAMES[name]), found.origin, kept.values, kept.mean_mg_per_l,
                kept.percentile_mg_per_l, sums.legal_mg_per_l(centre, name), kept.within_percent,
                both(_KEPT[kept.by_mean]), both(_KEPT[kept.by_percentile]), found.influent_mg_per_l, cut,
            )
        )  # fmt: skip
    columns = (
        FigureColumn("centre", text("센터", "Centre")),
        FigureColumn("substance", text("물질", "Substance")),
        FigureColumn("origin", text("자료", "Data")),
        FigureColumn("count", text("값", "Values"), "item", 0),
        FigureColumn("mean", text("평균", "Mean"), "mg/L"),
        FigureColumn("high", text("백분위", "Percentile"), "mg/L"),
        FigureColumn("legal", text("법정", "Legal"), "mg/L"),
        FigureColumn("within", text("기준 안의 비율", "Within the limit"), "percent", 1),
        FigureColumn("by_mean", text("평균으로", "By mean")),
        FigureColumn("by_percentile", text("백분위로", "By percentile")),
        FigureColumn("influent", text("유입수", "Influent"), "mg/L"),
        FigureColumn("removal", text("제거율", "Removed"), "percent", 1),
    )
    schema = {
        card.name: pl.Int64 if card.name == "count" else pl.String if card.unit is None else pl.Float64
        for card in columns
    }
    return TableFigure(
        name="compliance",
        title=text("센터와 물질마다 기준을 지키는가", "How every centre keeps its limits"),
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=columns,
        rests_on=(*KEPT, "percentile"),
    )


def _loads(result: EffluentResult) -> TableFigure:
    """Loads of each centre, what the law allows it at full capacity, and what the limits tried avoid."""
    sums, rows = result.sums, []
    for one in sums.centres:
        for name in SUBSTANCES:
            found, legal = sums.effluent.get((one.name, name)), sums.legal_mg_per_l(one.name, name)
            level, flow = (found.effluent_mg_per_l if found else None), one.flow_m3_per_day
            tried = getattr(result.inputs, f"{name}_limit_tried_mg_per_l", None)
            known = level is not None and flow is not None
            rows.append(
                (
                    both(text(one.name_ko, one.name_en)), both(NAMES[name]), level, flow,
                    load(level, flow) if level is not None and flow is not None else None,
                    load(legal, one.capacity_m3_per_day) if legal is not None else None,
                    load(max(0.0, (level or 0.0) - tried), flow or 0.0) if tried is not None and known else None,
                )
            )  # fmt: skip
    columns = (
        FigureColumn("centre", text("센터", "Centre")),
        FigureColumn("substance", text("물질", "Substance")),
        FigureColumn("effluent", text("방류수", "Effluent"), "mg/L"),
        FigureColumn("flow", text("유량", "Flow"), "m**3/day", 0),
        FigureColumn("load", text("방류부하", "Discharged"), "kg/day", 0),
        FigureColumn("legal_load", text("법이 허용하는 부하", "Allowed by the law"), "kg/day", 0),
        FigureColumn("avoided", text("시험 기준이 막는 부하", "Avoided by the limit tried"), "kg/day", 0),
    )
    return TableFigure(
        name="loads",
        title=text("센터가 내보내는 부하와 더 엄격한 기준", "Loads of the centres, and a tighter limit"),
        frame=pl.DataFrame(
            rows, schema={card.name: pl.String if card.unit is None else pl.Float64 for card in columns}, orient="row"
        ),
        columns=columns,
        rests_on=(*LOADS, "limits", "on", *TRIED),
    )


def _months(result: EffluentResult) -> ChartFigure:
    """Flow treated by each centre, month by month."""
    return ChartFigure(
        name="monthly_flow",
        title=text("센터마다 달마다 처리한 물", "Water treated by each centre, month by month"),
        frame=result.sums.months.select("month", "flow_m3_per_day", "centre"),
        columns=(
            FigureColumn("month", text("달", "Month")),
            FigureColumn("flow_m3_per_day", text("처리유량", "Flow"), "m**3/day", 0),
            FigureColumn("centre", text("센터", "Centre")),
        ),
        rests_on=CENTRES,
        mark="line",
        x="month",
        y="flow_m3_per_day",
        series="centre",
        series_titles=_titles(result),
    )


def _use(result: EffluentResult) -> ChartFigure:
    """Use of the running capacity, month by month."""
    over = result.numbers["months_over_capacity"].value
    ko, en = "가동 용량의 이용률", "Use of the running capacity"
    if over is not None:
        ko = f"가동 용량을 넘은 달은 센터를 통틀어 {over:.0f}번"
        en = f"Centres ran above their running capacity in {over:.0f} centre-months"
    return ChartFigure(
        name="use_of_capacity",
        title=text(ko, en),
        frame=result.sums.months.select("month", "used_percent", "centre").drop_nulls(),
        columns=(
            FigureColumn("month", text("달", "Month")),
            FigureColumn("used_percent", text("가동 용량에 대한 유량", "Flow, of the running capacity"), "percent", 0),
            FigureColumn("centre", text("센터", "Centre")),
        ),
        rests_on=CENTRES,
        mark="line",
        x="month",
        y="used_percent",
        series="centre",
        series_titles=_titles(result),
        rules=(Rule(value=100.0, label=text("가동 용량", "running capacity"), role="reference"),),
    )


def _rain(result: EffluentResult) -> ChartFigure:
    """Flow of all centres against the month's rain."""
    line = result.sums.rain
    schema = {"rain_mm": pl.Float64, "flow_m3_per_day": pl.Float64, "part": pl.String}
    frame, ko, en = pl.DataFrame(schema=schema), "비와 유량", "Rain and flow"
    if line is not None:
        seen = line.frame.select("rain_mm", "flow_m3_per_day").with_columns(pl.lit("months").alias("part"))
        fitted = line.dry_m3_per_day + line.per_mm_m3_per_day * pl.col("rain_mm")
        drawn = seen.with_columns(fitted.alias("flow_m3_per_day"), pl.lit("line").alias("part"))
        frame = pl.concat([seen, drawn])
        ko = f"비가 한 달에 100mm 오면 하루 {line.per_mm_m3_per_day * 100 / 1e4:.0f}만㎥가 더 들어온다"
        added = round(line.per_mm_m3_per_day * 100, -4)
        en = f"A hundred millimetres of rain in a month bring about {added:,.0f} m3 more a day"
    return ChartFigure(
        name="flow_and_rain",
        title=text(ko, en),
        frame=frame,
        columns=(
            FigureColumn("rain_mm", text("강수량", "Rain"), "mm", 1),
            FigureColumn("flow_m3_per_day", text("처리유량", "Flow"), "m**3/day", 0),
            FigureColumn("part", text("점과 선", "Points and line")),
        ),
        rests_on=RAIN,
        mark="point",
        x="rain_mm",
        y="flow_m3_per_day",
        series="part",
        series_titles={"months": text("달", "months"), "line": text("맞춘 직선", "line fitted")},
    )
