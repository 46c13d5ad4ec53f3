"""Figures of loads by source, with their traces, the river's profile, and who caused what arrives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from madang.core.figures import ChartFigure, Figure, FigureColumn, Rule, TableFigure
from madang.core.language import Text, text
from madang.solutions.pollution_cap.figures_judging import (
    NAMES,
    both,
    marked,
    site_title,
)
from madang.solutions.pollution_cap.loads import GROUPS
from madang.solutions.pollution_cap.model import CapResult
from madang.solutions.pollution_cap.numbers import CAUSES, RIVER, SOURCES, delivered_kg_per_d
from madang.solutions.pollution_cap.river import HEAD_OF, ROUTED
from madang.solutions.pollution_cap.sourcing import district_words, reach_words
from madang.solutions.pollution_cap.wording import cards, frame_of, worded

_SUBSTANCES = {**NAMES, "tn": text("총질소", "T-N")}
_STAGES = {
    "generated": text("발생", "generated"),
    "discharged": text("배출", "discharged"),
    "delivered": text("유달", "delivered"),
}


def load_figures(result: CapResult) -> Iterator[Figure]:
    """Yield the figures of loads and of the river."""
    for name in ROUTED:
        yield _by_source(result, name)
    yield _sources(result)
    yield _by_district(result)
    yield _traces(result)
    yield _profile(result)
    yield _reaches(result)
    for name in ROUTED:
        yield _causes(result, name)


_TABLES = ("people", "land", "plants", "other_loads")


def _group_rows(result: CapResult, name: str) -> list[tuple[Text, float | None, float | None, float | None]]:
    """Return each source group with what it generates, discharges and delivers; None where nobody gave it."""
    own = result.loads.filter(pl.col("substance") == name)
    rows: list[tuple[Text, float | None, float | None, float | None]] = []
    for group, title in GROUPS.items():
        here = own.filter(pl.col("source_group") == group)
        generated, discharged = (
            float(here[f"{stage}_kg_per_d"].sum()) if here.height else None for stage in ("generated", "discharged")
        )
        arrives = delivered_kg_per_d(result.loads, result.river, result.river_site, name, group)
        rows.append((title, generated, discharged, arrives if here.height else None))
    return rows


def _by_source(result: CapResult, name: str) -> ChartFigure:
    """Loads of each source group as discharged and delivered; what is generated, many times more, is in the table."""
    rows = [
        (both(title), stage, kg)
        for title, _, discharged, delivered in _group_rows(result, name)
        for stage, kg in (("discharged", discharged), ("delivered", delivered))
        if kg is not None
    ]
    says = NAMES[name]
    ko, en = f"오염원 그룹별 {says.ko}: 배출과 유달", f"{says.en} by source group, discharged and delivered"
    return ChartFigure(
        name=f"{name}_by_source",
        title=marked(result, ko, en, *_TABLES, "reaches"),
        frame=pl.DataFrame(
            rows, schema={"source_group": pl.String, "stage": pl.String, "kg_per_d": pl.Float64}, orient="row"
        ),
        columns=(
            FigureColumn("source_group", text("오염원 그룹", "Source group")),
            FigureColumn("stage", text("단계", "Stage")),
            FigureColumn("kg_per_d", text("부하", "Load"), "kg/day", 1),
        ),
        rests_on=RIVER,
        mark="bar",
        x="source_group",
        y="kg_per_d",
        series="stage",
        series_titles=_STAGES,
    )


def _sources(result: CapResult) -> TableFigure:
    """Every source group: generated, discharged and delivered; a group nobody gave is empty, not zero."""
    rows = [(NAMES[name], *row) for name in ROUTED for row in _group_rows(result, name)]
    schema = {"substance": Text, "source_group": Text, **dict.fromkeys(_STAGES, pl.Float64)}
    frame = frame_of(rows, schema)
    return TableFigure(
        name="loads_by_source",
        title=marked(
            result,
            "오염원 그룹마다 발생에서 유달까지",
            "Every source group, from generated to delivered",
            *_TABLES,
            "reaches",
        ),
        frame=frame,
        columns=cards(
            (
                FigureColumn("substance", text("물질", "Substance")),
                FigureColumn("source_group", text("오염원 그룹", "Source group")),
                *(FigureColumn(name, title, "kg/day", 1) for name, title in _STAGES.items()),
            ),
            frame,
        ),
        rests_on=RIVER,
    )


def _by_district(result: CapResult) -> ChartFigure:
    """Discharged BOD of each district by source group."""
    frame = (
        result.loads.filter(pl.col("substance") == "bod")
        .group_by("district", "source_group", maintain_order=True)
        .agg(pl.col("discharged_kg_per_d").sum())
    )
    return ChartFigure(
        name="bod_by_district",
        title=marked(result, "자치구별 BOD 배출부하량과 그 오염원", "BOD discharged by district and source", *_TABLES),
        frame=frame,
        columns=(
            FigureColumn("district", text("자치구", "District")),
            FigureColumn("source_group", text("오염원 그룹", "Source group")),
            FigureColumn("discharged_kg_per_d", text("배출부하량", "Discharged"), "kg/day", 0),
        ),
        rests_on=SOURCES,
        mark="stacked_bar",
        x="district",
        y="discharged_kg_per_d",
        series="source_group",
        series_titles={**GROUPS, **district_words(result.inputs)},
    )


def _traces(result: CapResult) -> TableFigure:
    """Every load with the row of the table it came from."""
    words = {
        "district": district_words(result.inputs), "source_group": GROUPS, "substance": _SUBSTANCES,
        "reach": reach_words(result.inputs),
    }  # fmt: skip
    frame = result.loads.select(
        "district",
        "source_group",
        "item",
        "substance",
        "generated_kg_per_d",
        "discharged_kg_per_d",
        "reach",
        "trace",
    )
    frame = worded(frame, words)
    return TableFigure(
        name="load_rows",
        title=marked(result, "부하 한 줄마다 그 근거", "Every load and the table row it rests on", *_TABLES),
        frame=frame,
        columns=cards(
            (
                FigureColumn("district", text("자치구", "District")),
                FigureColumn("source_group", text("오염원 그룹", "Source group")),
                FigureColumn("item", text("오염원", "Source")),
                FigureColumn("substance", text("물질", "Substance")),
                FigureColumn("generated_kg_per_d", text("발생부하량", "Generated"), "kg/day", 4),
                FigureColumn("discharged_kg_per_d", text("배출부하량", "Discharged"), "kg/day", 4),
                FigureColumn("reach", text("드는 구간", "Reach")),
                FigureColumn("trace", text("원단위표의 행", "Row of the table")),
            ),
            frame,
        ),
        rests_on=SOURCES,
    )


def _main_stem(result: CapResult) -> list[str]:
    """Return the reaches from the first of the table to the mouth."""
    if result.river is None:
        return []
    down = dict(result.river.frame.select("reach", "downstream").rows())
    at: str | None = result.river.frame["reach"][0]
    stem = []
    while at is not None:
        stem.append(at)
        at = down[at]
    return stem


def _profile(result: CapResult) -> ChartFigure:
    """BOD and T-P along the main stem, each against its own value at the end of the first reach."""
    rows: list[tuple[float, float, str]] = []
    rules: tuple[Rule, ...] = ()
    if result.river is not None:
        routed, place = result.river.routed, result.river.routed.network.place
        length = dict(result.river.frame.select("reach", "length_km").rows())
        km = 0.0
        for reach in _main_stem(result):
            head = routed.head_kg_per_d[place[reach], 0] / (routed.flow.head_m3_per_s[place[reach]] * 86.4)
            rows.append((km, float(head), "bod"))
            km += float(length[reach])
            rows.append((km, float(routed.end_mg_per_l[place[reach], 0]), "bod"))
        found = result.causes.get("bod")
        if found is not None:
            label = text(f"목표 {found.target_mg_per_l:g}", f"target {found.target_mg_per_l:g}")
            rules = (Rule(value=found.target_mg_per_l, label=label),)
    return ChartFigure(
        name="river_profile",
        title=marked(result, "하류로 가며 바뀌는 BOD", "BOD on its way down the river", "reaches", *_TABLES),
        subtitle=text("구간의 머리와 끝에서", "at the head and the end of each reach"),
        frame=pl.DataFrame(
            rows, schema={"km": pl.Float64, "mg_per_l": pl.Float64, "substance": pl.String}, orient="row"
        ),
        columns=(
            FigureColumn("km", text("상류에서의 거리", "Distance from the top"), "km", 1),
            FigureColumn("mg_per_l", text("농도", "Concentration"), "mg/L", 2),
            FigureColumn("substance", text("물질", "Substance")),
        ),
        rests_on=CAUSES,
        mark="line",
        x="km",
        y="mg_per_l",
        series="substance",
        series_titles=NAMES,
        rules=rules,
    )


def _reach_frame(result: CapResult) -> pl.DataFrame:
    """Return a row for each reach, none where no river or no place on it is given."""
    schema = {
        "reach_ko": pl.String,
        "reach_en": pl.String,
        "flow_m3_per_s": pl.Float64,
        "depth_m": pl.Float64,
        "travel_d": pl.Float64,
        "bod_mg_per_l": pl.Float64,
        "tp_mg_per_l": pl.Float64,
        "bod_delivery": pl.Float64,
        "tp_delivery": pl.Float64,
    }
    if result.river is None or result.river_site is None:
        return pl.DataFrame(schema=schema)
    river, reaches = result.river, result.river.frame["reach"].to_list()
    return pl.DataFrame(
        {
            "reach_ko": river.frame["name_ko"],
            "reach_en": river.frame["name_en"],
            "flow_m3_per_s": river.routed.flow.end_m3_per_s,
            "depth_m": river.depth_m,
            "travel_d": river.travel_d,
            **{f"{name}_mg_per_l": river.routed.end_mg_per_l[:, at] for at, name in enumerate(ROUTED)},
            **{f"{name}_delivery": river.ratios(name, result.river_site, reaches, along=False) for name in ROUTED},
        },
        schema=schema,
    )


def _reaches(result: CapResult) -> TableFigure:
    """Every reach: water, concentrations, and the share of its loads that arrives at the place shown."""
    frame = _reach_frame(result)
    return TableFigure(
        name="reaches",
        title=marked(
            result,
            "구간마다 물과 농도, 유달률",
            "Water, concentration and delivery of every reach",
            "reaches",
            *_TABLES,
        ),
        frame=frame,
        columns=cards(
            (
                FigureColumn("reach", text("구간", "Reach")),
                FigureColumn("flow_m3_per_s", text("유량", "Flow"), "m**3/s", 1),
                FigureColumn("depth_m", text("깊이", "Depth"), "m", 2),
                FigureColumn("travel_d", text("흐르는 시간", "Time of travel"), "day", 2),
                FigureColumn("bod_mg_per_l", text("BOD", "BOD"), "mg/L", 2),
                FigureColumn("tp_mg_per_l", text("총인", "T-P"), "mg/L", 3),
                FigureColumn("bod_delivery", text("BOD 유달률", "Delivery of BOD"), "1", 3),
                FigureColumn("tp_delivery", text("총인 유달률", "Delivery of T-P"), "1", 3),
            ),
            frame,
        ),
        rests_on=RIVER,
    )


def _causes(result: CapResult, name: str) -> TableFigure:
    """Who caused what arrives at the place shown, the greatest first."""
    schema = {
        "source": Text, "reach": Text, "kg_per_d": pl.Float64, "delivered_kg_per_d": pl.Float64,
        "share_percent": pl.Float64, "mg_per_l": pl.Float64, "cut_alone_percent": pl.Float64,
    }  # fmt: skip
    found, words = result.causes.get(name), {**district_words(result.inputs), **reach_words(result.inputs)}
    rows = (
        []
        if found is None
        else [
            (
                _source_says(one.name, words),
                words.get(one.reach, text(one.reach, one.reach)),
                one.kg_per_d,
                one.delivered_kg_per_d,
                100.0 * one.share,
                one.mg_per_l,
                None if one.cut_alone is None else 100.0 * one.cut_alone,
            )
            for one in found.ranked
        ]
    )
    place, says = site_title(result, result.river_site or ""), NAMES[name]
    ko, en = f"{place.ko}에 닿는 {says.ko}의 원인", f"Who causes the {says.en} that arrives at {place.en}"
    frame = frame_of(rows, schema)
    return TableFigure(
        name=f"{name}_causes",
        title=marked(result, ko, en, "reaches", *_TABLES),
        frame=frame,
        columns=cards(
            (
                FigureColumn("source", text("원인", "Source")),
                FigureColumn("reach", text("드는 구간", "Reach")),
                FigureColumn("kg_per_d", text("배출", "Discharged"), "kg/day", 1),
                FigureColumn("delivered_kg_per_d", text("유달", "Delivered"), "kg/day", 1),
                FigureColumn("share_percent", text("몫", "Share"), "percent", 1),
                FigureColumn("mg_per_l", text("농도에 보태는 값", "Adds to the concentration"), "mg/L", 3),
                FigureColumn("cut_alone_percent", text("혼자 줄인다면", "Cut that alone would do"), "percent", 1),
            ),
            frame,
        ),
        rests_on=CAUSES,
    )


def _source_says(name: str, words: Mapping[str, Text]) -> Text:
    """Return a source in words: a district's name, or the water of a reach's head."""
    reach = name.removeprefix(HEAD_OF)
    said = words.get(reach, text(reach, reach))
    return said if reach == name else text(f"{said.ko} 위에서 드는 물", f"water from above {said.en}")
