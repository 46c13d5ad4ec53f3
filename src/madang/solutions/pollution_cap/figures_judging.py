"""Figures of quality: published years against targets, evaluators side by side, samples, curve and chance."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from madang.core.figures import ChartFigure, Figure, FigureColumn, Rule, TableFigure
from madang.core.language import Text, text
from madang.solutions.pollution_cap.evaluation import EVALUATORS, Evaluator
from madang.solutions.pollution_cap.judging import Judged, targets_of
from madang.solutions.pollution_cap.model import CapResult
from madang.solutions.pollution_cap.numbers import CHANCE, DRAFTS, DURATION, PUBLISHED, yearly_value
from madang.solutions.pollution_cap.sourcing import made_up
from madang.solutions.pollution_cap.wording import cards, frame_of

NAMES = {"bod": text("BOD", "BOD"), "toc": text("TOC", "TOC"), "tp": text("총인", "T-P")}
STATUS = {
    "gazetted": text("고시", "gazetted"),
    "draft": text("초안", "draft"),
    "unknown": text("알려지지 않음", "unknown"),
    "made_up": text("지어낸 수", "made up"),
    "given": text("직접 준 값", "given by hand"),
}
_ORIGINS = {
    "rounded": text("반올림한 값", "rounded"),
    "cut": text("소수를 버린 값", "decimals dropped"),
    "both": text("반올림하거나 버려도 같음", "rounded or cut alike"),
    "within": text("반올림 전의 값에서만 나옴", "follows only from a value before rounding"),
    "neither": text("어느 쪽도 아님", "neither"),
}
_PASSES = {
    True: text("지킴", "passes"),
    False: text("못 지킴", "fails"),
    None: text("판정하지 않음", "not judged"),
}


def both(words: Text) -> str:
    """Return both languages in one cell: a figure's cells are data and have no language of their own."""
    return words.ko if words.ko == words.en else f"{words.ko} · {words.en}"


def judging_figures(result: CapResult) -> Iterator[Figure]:
    """Yield the figures of quality."""
    for name in ("bod", "tp"):
        yield _by_year(result, name)
    yield _better(result)
    yield _targets(result)
    yield _evaluation(result)
    for name in ("bod", "tp"):
        yield _samples(result, name)
    yield _curve(result)
    yield _chance(result)


def site_title(result: CapResult, site: str) -> Text:
    """Return a place's title: its names in the tables of targets or reaches, else what it is called."""
    table = result.inputs.targets
    if table is not None:
        named = table.frame.filter(pl.col("site") == site)
        if named.height:
            return text(str(named["name_ko"][0]), str(named["name_en"][0]))
    return text(site or "지점 없음", site or "no place")


def marked(result: CapResult, ko: str, en: str, *names: str) -> Text:
    """Return a title that says so where it rests on made-up tables."""
    tables = [getattr(result.inputs, name) for name in names]
    return text(f"{ko} (지어낸 수)", f"{en} (made up)") if made_up(*tables) else text(ko, en)


def _by_year(result: CapResult, name: str) -> ChartFigure:
    """What was published by year, with the targets of both steps."""
    inputs, says = result.inputs, NAMES[name]
    frame = pl.DataFrame(schema={"year": pl.Int64, "mg_per_l": pl.Float64})
    if inputs.yearly is not None:
        own = (pl.col("site") == inputs.site) & (pl.col("substance") == name)
        frame = inputs.yearly.frame.filter(own).sort("year").select("year", "mg_per_l")
    rules = tuple(
        Rule(
            value=one.mg_per_l,
            label=text(
                f"{one.year}년 목표 {one.mg_per_l:g} ({STATUS[one.status].ko})",
                f"target of {one.year}: {one.mg_per_l:g} ({STATUS[one.status].en})",
            ),
            role="reference" if one.status == "draft" else "promised",
        )
        for one in targets_of(inputs)
        if one.site == inputs.site and one.substance == name and one.mg_per_l is not None
    )
    place, value = site_title(result, inputs.site), yearly_value(inputs, name, 2020)
    target = result.numbers[f"{name}_target_2020_mg_per_l"].value
    ko, en = f"{place.ko} {says.ko}: 공표된 연도별 값", f"{says.en} at {place.en}: published values by year"
    if value is not None and target is not None:
        word = ("보다 낮다", "below") if value <= target else ("보다 높다", "above")
        ko = f"{place.ko}의 2020년 {says.ko} {value:g}mg/L는 목표 {target:g}{word[0]}"
        en = f"{says.en} at {place.en} in 2020, {value:g} mg/L, is {word[1]} the target of {target:g}"
    return ChartFigure(
        name=f"{name}_by_year",
        title=text(ko, en),
        frame=frame,
        columns=(
            FigureColumn("year", text("연도", "Year"), "year"),
            FigureColumn("mg_per_l", says, "mg/L", inputs.decimals[name]),
        ),
        rests_on=DRAFTS,
        mark="line",
        x="year",
        y="mg_per_l",
        rules=rules,
    )


def _better(result: CapResult) -> TableFigure:
    """How the stated whole percents follow from the published values."""
    from_numbers = result.numbers
    rows = []
    for name in ("bod", "tp"):
        parts = [
            from_numbers[f"{name}_{key}"].value
            for key in (
                "2020_mg_per_l", "target_2020_mg_per_l", "better_percent", "better_low_percent", "better_high_percent",
                "better_rounded_percent", "better_truncated_percent", "better_stated_percent",
            )
        ]  # fmt: skip
        rows.append((NAMES[name], *parts, _stated_is(result, name)))
    columns = (
        FigureColumn("substance", text("물질", "Substance")),
        FigureColumn("value", text("2020년", "In 2020"), "mg/L"),
        FigureColumn("target", text("목표", "Target"), "mg/L"),
        FigureColumn("percent", text("목표보다 나은 정도", "Better by"), "percent", 2),
        FigureColumn("low", text("가장 작으면", "At least"), "percent", 2),
        FigureColumn("high", text("가장 크면", "At most"), "percent", 2),
        FigureColumn("rounded", text("반올림", "Rounded"), "percent", 0),
        FigureColumn("truncated", text("버림", "Cut"), "percent", 0),
        FigureColumn("stated", text("발표", "Stated"), "percent", 0),
        FigureColumn("stated_is", text("발표된 값은", "The stated value is")),
    )
    frame = frame_of(rows, {card.name: Text if card.unit is None else pl.Float64 for card in columns})
    return TableFigure(
        name="better_than_target",
        title=text(
            "발표된 두 비율은 서로 다른 방법으로 정수가 되었다",
            "The two stated percents became whole numbers in different ways",
        ),
        frame=frame,
        columns=cards(columns, frame),
        rests_on=(*PUBLISHED, "stated_bod_better_percent", "stated_tp_better_percent"),
        notes=(
            text(
                "‘가장 작으면’과 ‘가장 크면’은 공표된 값 자체가 반올림된 것일 때의 범위다.",
                "“At least” and “at most” hold if the published value was itself rounded.",
            ),
        ),
    )


def _stated_is(result: CapResult, name: str) -> Text:
    """Say which rounding gives the stated percent."""
    numbers = result.numbers
    stated = numbers[f"{name}_better_stated_percent"].value
    rounded, cut = (numbers[f"{name}_better_{key}_percent"].value for key in ("rounded", "truncated"))
    if stated is None or rounded is None:
        return text("—", "—")
    if stated == rounded == cut:
        return _ORIGINS["both"]
    if stated in {rounded, cut}:
        return _ORIGINS["rounded" if stated == rounded else "cut"]
    low, high = (numbers[f"{name}_better_{key}_percent"].value or 0.0 for key in ("low", "high"))
    return _ORIGINS["within" if low - 0.5 <= stated <= high + 0.5 else "neither"]


def _targets(result: CapResult) -> TableFigure:
    """Every target with its status and where it was read."""
    rows = [
        (
            site_title(result, one.site), NAMES[one.substance], one.step, one.year, one.mg_per_l,
            STATUS[one.status], EVALUATORS[_evaluator(one.evaluator)], one.citation or "—",
        )
        for one in targets_of(result.inputs)
    ]  # fmt: skip
    schema = {
        "site": Text, "substance": Text, "step": pl.Int64, "year": pl.Int64, "mg_per_l": pl.Float64,
        "status": Text, "evaluator": Text, "citation": pl.String,
    }  # fmt: skip
    frame = frame_of(rows, schema)
    return TableFigure(
        name="targets",
        title=text(
            "목표수질과 그 지위: 2단계는 초안이다", "Targets and their status: those of the second step are drafts"
        ),
        frame=frame,
        columns=cards(
            (
                FigureColumn("site", text("지점", "Place")),
                FigureColumn("substance", text("물질", "Substance")),
                FigureColumn("step", text("단계", "Step"), "1", 0),
                FigureColumn("year", text("목표 연도", "Year"), "year"),
                FigureColumn("mg_per_l", text("목표", "Target"), "mg/L"),
                FigureColumn("status", text("지위", "Status")),
                FigureColumn("evaluator", text("평가 방법", "Evaluator")),
                FigureColumn("citation", text("출처", "Read at")),
            ),
            frame,
        ),
        rests_on=("targets", "plan_last_year", "sample_site"),
    )


def _evaluator(name: str) -> Evaluator:
    """Return a word of the table as an evaluator's name."""
    return next(key for key in EVALUATORS if key == name)


def _evaluation(result: CapResult) -> TableFigure:
    """Every place, substance and window by the three evaluators."""
    rows = [_evaluation_row(result, one) for one in result.judging.judged]
    columns = (
        FigureColumn("site", text("지점", "Place")),
        FigureColumn("substance", text("물질", "Substance")),
        FigureColumn("first_year", text("첫 해", "First year"), "year"),
        FigureColumn("last_year", text("마지막 해", "Last year"), "year"),
        FigureColumn("samples", text("표본", "Samples"), "item", 0),
        FigureColumn("by_year", text("해마다", "By year")),
        FigureColumn("below_detection", text("정량한계 미만", "Below detection"), "item", 0),
        FigureColumn("target_mg_per_l", text("목표", "Target"), "mg/L"),
        FigureColumn("transformed_mean_mg_per_l", text("변환평균", "Transformed mean"), "mg/L"),
        FigureColumn("transformed_mean", text("변환평균 판정", "By transformed mean")),
        FigureColumn("attained_percent", text("달성률", "Attainment rate"), "percent", 1),
        FigureColumn("attainment_mg_per_l", text("달성률의 값", "Value of the rate"), "mg/L"),
        FigureColumn("attainment_rate", text("달성률 판정", "By attainment rate")),
        FigureColumn("exceeded_percent", text("곡선을 넘은 표본", "Above the curve"), "percent", 1),
        FigureColumn("load_duration", text("부하지속곡선 판정", "By load duration curve")),
        FigureColumn("decides", text("정해진 방법", "Deciding evaluator")),
        FigureColumn("verdict", text("결과", "Verdict")),
        FigureColumn("reason", text("까닭", "Reason")),
    )
    whole = {"first_year", "last_year", "samples", "below_detection"}
    schema = {
        card.name: pl.Int64 if card.name in whole else Text if card.unit is None else pl.Float64 for card in columns
    }
    frame = frame_of(rows, schema | {"by_year": pl.String})
    return TableFigure(
        name="evaluation",
        title=text("모든 지점을 세 가지 방법으로 평가", "Every place by three evaluators"),
        frame=frame,
        columns=cards(columns, frame),
        rests_on=DURATION,
        notes=(
            text(
                "표본이 모자란 기간은 값을 보이되 판정하지 않으며, 지킨 것으로 세지 않는다.",
                "A window that lacks samples shows its value so far, is not judged, and never counts as passing.",
            ),
        ),
    )


def _evaluation_row(result: CapResult, one: Judged) -> tuple[object, ...]:
    """Return a window's row."""
    window, inputs = one.window, result.inputs
    mean, rate, curve = one.answers
    years = sorted(
        {
            year: int((window.years == year).sum())
            for year in range(window.last_year - inputs.window_years + 1, window.last_year + 1)
        }.items()
    )
    return (
        site_title(result, window.site),
        NAMES[window.substance],
        years[0][0],
        window.last_year,
        int(window.mg_per_l.size),
        ", ".join(f"{year}: {count}" for year, count in years),
        window.below_detection,
        one.target.mg_per_l if one.target else None,
        mean.shown,
        _PASSES[mean.passes],
        rate.share_percent,
        rate.shown,
        _PASSES[rate.passes],
        curve.shown,
        _PASSES[curve.passes],
        EVALUATORS[_evaluator(one.decides)],
        _PASSES[one.deciding.passes],
        one.deciding.reason,
    )


def _samples(result: CapResult, name: str) -> ChartFigure:
    """The samples of the place shown in its window, with the target and the evaluated value."""
    one, says = result.judging.latest.get(name), NAMES[name]
    place = site_title(result, result.judging.shown_site)
    frame = pl.DataFrame(schema={"day": pl.Date, "mg_per_l": pl.Float64, "part": pl.String})
    rules: list[Rule] = []
    if one is not None and result.inputs.samples is not None:
        inside = (pl.col("site") == one.window.site) & (
            pl.col("day").dt.year() > one.window.last_year - result.inputs.window_years
        )
        inside &= pl.col("day").dt.year() <= one.window.last_year
        column = f"{name}_mg_per_l"
        shown = result.inputs.samples.frame.filter(inside & pl.col(column).is_not_null()).sort("day")
        below = pl.col("below_detection").fill_null("").str.contains(rf"\b{name}\b")
        part = pl.when(below).then(pl.lit("below")).otherwise(pl.lit("value")).alias("part")
        frame = shown.select("day", pl.col(column).alias("mg_per_l"), part)
        if one.target is not None and one.target.mg_per_l is not None:
            level = one.target.mg_per_l
            rules.append(Rule(value=level, label=text(f"목표 {level:g}", f"target {level:g}")))
        mean = one.answers[0].shown
        if mean is not None:
            rules.append(
                Rule(value=mean, label=text(f"변환평균 {mean:g}", f"transformed mean {mean:g}"), role="computed")
            )
    ko = f"{place.ko} {says.ko}: 표본이 없다" if one is None else f"{place.ko} {says.ko}: {both_passes(one).ko}"
    en = f"{says.en} at {place.en}: no samples" if one is None else f"{says.en} at {place.en}: {both_passes(one).en}"
    return ChartFigure(
        name=f"{name}_samples",
        title=text(ko, en),
        frame=frame,
        columns=(
            FigureColumn("day", text("채수일", "Day")),
            FigureColumn("mg_per_l", says, "mg/L", result.inputs.decimals[name]),
            FigureColumn("part", text("표본", "Sample")),
        ),
        rests_on=DURATION,
        mark="point",
        x="day",
        y="mg_per_l",
        series="part",
        series_titles={"value": text("측정값", "value"), "below": text("정량한계 미만", "below detection")},
        rules=tuple(rules),
    )


def both_passes(one: Judged) -> Text:
    """Return a window's verdict with its years."""
    passes = _PASSES[one.deciding.passes]
    return text(
        f"{one.window.last_year}년까지의 기간, {passes.ko}",
        f"the window to {one.window.last_year} {passes.en}"
        if one.deciding.passes is not None
        else f"the window to {one.window.last_year} is not judged",
    )


def _curve(result: CapResult) -> ChartFigure:
    """The load duration curve of BOD at the place shown."""
    curve = result.judging.durations.get("bod")
    place = site_title(result, result.judging.shown_site)
    frame = pl.DataFrame(schema={"percent": pl.Float64, "kg_per_d": pl.Float64, "part": pl.String})
    note: tuple[Text, ...] = ()
    if curve is not None:
        parts = [
            pl.DataFrame({"percent": curve.exceeded_at_percent, "kg_per_d": loads}).with_columns(
                pl.lit(part).alias("part")
            )
            for part, loads in (("allowed", curve.allowed_kg_per_d), ("samples", curve.load_kg_per_d))
        ]
        frame = pl.concat(parts)
        ko = ", ".join(f"{row.title.ko} {row.exceeded_percent:.0f}% ({row.samples})" for row in curve.classes)
        en = ", ".join(f"{row.title.en} {row.exceeded_percent:.0f} % of {row.samples}" for row in curve.classes)
        at = curve.at_reference
        held_ko = f" 기준유량 {curve.reference_flow_m3_per_s:.1f}㎥/s의 구간은 {at.title.ko}." if at else ""
        held_en = (
            f" The reference flow of {curve.reference_flow_m3_per_s:.1f} m3/s lies in {at.title.en}." if at else ""
        )
        note = (text(f"곡선을 넘은 표본: {ko}.{held_ko}", f"Samples above the curve: {en}.{held_en}"),)
    return ChartFigure(
        name="load_duration",
        title=text(f"{place.ko}의 BOD 부하지속곡선", f"Load duration curve of BOD at {place.en}"),
        frame=frame,
        columns=(
            FigureColumn("percent", text("유량을 넘는 때의 비율", "Time that the flow is exceeded"), "percent", 1),
            FigureColumn("kg_per_d", text("부하", "Load"), "kg/day", 0),
            FigureColumn("part", text("선", "Line")),
        ),
        rests_on=DURATION,
        notes=note,
        mark="point",
        x="percent",
        y="kg_per_d",
        series="part",
        series_titles={
            "allowed": text("목표가 허용하는 부하", "allowed by the target"),
            "samples": text("표본의 부하", "samples"),
        },
    )


def _chance(result: CapResult) -> ChartFigure:
    """The chance of passing by the true level, as a multiple of the target."""
    rows = [
        (100.0 * level, 100.0 * chance, name)
        for name, chances in result.judging.chances.items()
        for level, chance in chances.items()
        if level > 0
    ]
    schema = {"level_percent": pl.Float64, "chance_percent": pl.Float64, "substance": pl.String}
    return ChartFigure(
        name="pass_chance",
        title=marked(
            result,
            "참 수준이 목표에 가까우면 통과는 운에 달렸다",
            "Near its target, whether a place passes is a matter of luck",
            "samples",
        ),
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=(
            FigureColumn("level_percent", text("참 수준(목표 = 100)", "True level (target = 100)"), "percent", 0),
            FigureColumn("chance_percent", text("통과할 확률", "Chance of passing"), "percent", 1),
            FigureColumn("substance", text("물질", "Substance")),
        ),
        rests_on=CHANCE,
        mark="line",
        x="level_percent",
        y="chance_percent",
        series="substance",
        series_titles=NAMES,
    )
