"""Figures of eco-mileage: the running total, who and what saved, the months one may choose, checks, equivalences."""

from __future__ import annotations

from datetime import date

import polars as pl

from madang.core.figures import ChartFigure, Figure, FigureColumn, Rule, TableFigure
from madang.core.language import Text, say_day, say_number, text
from madang.solutions.eco_mileage.model import EcoResult
from madang.solutions.eco_mileage.sheet import MEMBER_SUM, STATEMENT_SUM, SUM
from madang.solutions.eco_mileage.sums import Totals

UTILITY_TITLES = {
    "electricity": text("전기", "electricity"),
    "gas": text("도시가스", "city gas"),
    "water": text("수돗물", "tap water"),
    "heat": text("난방(믿기 어려움)", "heat (not reliable)"),
}
MEMBER_TITLES = {
    "personal": text("개인", "personal"),
    "company": text("기업", "company"),
    "apartment_office": text("공동주택 관리소", "apartment office"),
    "school": text("학교", "school"),
    "public_institution": text("공공기관", "public institution"),
    "small_business": text("소상공인", "small business"),
    "religious": text("종교단체", "religious body"),
}
_ROLES = {
    "statement": text("이 결과가 고른 달", "the month this result takes"),
    "before": text("한 달 앞", "a month earlier"),
    "registered": text("공표일까지 기록된 달", "months registered by the day"),
    "nearest": text("공표값에 가장 가까운 달", "the month nearest to the stated value"),
}
_EQUALS = {
    "stated": text("공표한 톤수", "tonnage as stated"),
    "unrounded": text("공표값의 반올림 전", "stated, before rounding"),
    "statement": text("공표값의 날까지 다시 계산", "computed for the statement's day"),
    "day": text("기준일까지 다시 계산", "computed for the day of this run"),
}
_MONTH = FigureColumn("month", text("달", "Month"))
_YEAR = FigureColumn("year", text("연도", "Year"), "year", None)
_NET = FigureColumn("net_t", text("순합계", "Net"), "t", 0)
_GROSS = FigureColumn("gross_t", text("줄어든 칸만", "Falling cells only"), "t", 0)
_GROSS_NOTE = text(
    "'줄어든 칸만'은 월 × 회원 구분 × 에너지원의 칸에서 본 값이다.",
    "“Falling cells only” looks at cells of month x member type x utility.",
)


def figures(result: EcoResult) -> tuple[Figure, ...]:
    """Return the figures of a result."""
    return (
        _cumulative(result),
        _candidates(result),
        _by_utility(result),
        _by_member_type(result),
        _member_table(result),
        _heat(result),
        _statements(result),
        _equivalences(result),
        _identity_breaks(result),
    )


def both(words: Text) -> str:
    """Return both languages in one cell: a figure's cells are data and have no language of their own."""
    return f"{words.ko} · {words.en}"


def _sum(column: str) -> pl.Expr:
    """Return a column's sum over a group; empty where every cell is."""
    return pl.when(pl.col(column).count() > 0).then(pl.col(column).sum()).alias(column)


def _man(tonnes: float) -> str:
    """Return tonnes in tens of thousands, as Korean counts them, with one decimal."""
    return say_number(tonnes / 1e4, 1)


def _megatonnes(tonnes: float) -> str:
    """Return tonnes as millions with two decimals."""
    return say_number(tonnes / 1e6, 2)


def _cumulative(result: EcoResult) -> ChartFigure:
    """The running total with and without heat, with the stated value as a rule."""
    running = result.running.unpivot(
        on=["with_heat_t", "without_heat_t"], index="month", variable_name="series", value_name="co2_t"
    )
    totals = result.totals
    rules: tuple[Rule, ...] = ()
    if result.stated is not None:
        stated = result.stated[1]
        label = text(f"공표값 {_man(stated)}만 톤", f"stated: {say_number(stated / 1e6, 3)} Mt")
        rules = (Rule(value=stated, label=label),)
    return ChartFigure(
        name="cumulative",
        title=text(
            f"{say_day(totals.day, 'ko')}까지 줄인 이산화탄소는 순합계로 {_man(totals.net_t)}만 톤, "
            f"난방을 빼면 {_man(totals.without_heat_t)}만 톤이다",
            f"By {say_day(totals.day, 'en')} the net sum is {_megatonnes(totals.net_t)} Mt of CO2, "
            f"{_megatonnes(totals.without_heat_t)} Mt without heat",
        ),
        frame=running,
        columns=(
            _MONTH,
            FigureColumn("series", text("합계", "Sum")),
            FigureColumn("co2_t", text("줄인 이산화탄소", "CO2 avoided"), "t", 0),
        ),
        rests_on=(*SUM, "compare_on", "stated_co2_t"),
        mark="line",
        x="month",
        y="co2_t",
        series="series",
        series_titles={
            "with_heat_t": text("난방 포함", "with heat"),
            "without_heat_t": text("난방 제외", "without heat"),
        },
        rules=rules,
    )


def _candidates(result: EcoResult) -> TableFigure:
    """The months at which the total may be read off, against the stated value."""
    stated = result.stated[1] if result.stated else None
    rows = [
        {
            "month": found.totals.day,
            "role": both(_ROLES[found.role]),
            "net_t": found.totals.net_t,
            "without_heat_t": found.totals.without_heat_t,
            "city_t": found.totals.city_t,
            "off_percent": (found.totals.net_t / stated - 1.0) * 100.0 if stated else None,
        }
        for found in sorted(result.candidates, key=lambda candidate: candidate.totals.month)
    ]
    tonnes = dict.fromkeys(("net_t", "without_heat_t", "city_t", "off_percent"), pl.Float64)
    return TableFigure(
        name="candidates",
        title=text("어느 달까지 더하느냐에 따라 값이 다르다", "The total depends on the month at which it is read off"),
        subtitle=text(
            "규칙: 공표일까지 끝난 달을 모두 센다. 다른 달에서 읽은 값을 숨기지 않고 나란히 둔다.",
            "The rule: every month that had ended by the statement's day counts. The other months stand beside it.",
        ),
        frame=pl.DataFrame(rows, schema={"month": pl.Date, "role": pl.String, **tonnes}),
        columns=(
            FigureColumn("month", text("마지막으로 센 날", "Counted up to")),
            FigureColumn("role", text("이 달인 까닭", "Why this month")),
            _NET,
            FigureColumn("without_heat_t", text("난방 제외", "Without heat"), "t", 0),
            FigureColumn("city_t", text("시의 CO2 열", "The city's CO2 column"), "t", 0),
            FigureColumn("off_percent", text("공표값과의 차이", "Off the stated value"), "percent", 2),
        ),
        rests_on=(*STATEMENT_SUM, "stated_co2_t"),
        notes=(
            text(
                "'기록된 달'은 지금 표에 남은 기록일로 가린다. 뒤에 고쳐 기록된 달은 처음 기록된 날을 알 수 없다.",
                "“Registered” goes by the register days that the table shows now; a month written again later no "
                "longer shows its first day.",
            ),
        ),
    )


def _by_utility(result: EcoResult) -> ChartFigure:
    """Net tonnes by year and utility."""
    frame = result.by_utility.select("year", "utility", "net_t")
    whole = frame.group_by("utility").agg(_sum("net_t")).sort("net_t", descending=True, nulls_last=True)
    most = UTILITY_TITLES[whole["utility"][0]]
    return ChartFigure(
        name="by_utility",
        title=text(
            f"가장 많이 줄인 것은 {most.ko}: {_man(whole['net_t'][0])}만 톤",
            f"Most was saved in {most.en}: {_megatonnes(whole['net_t'][0])} Mt",
        ),
        frame=frame,
        columns=(_YEAR, FigureColumn("utility", text("에너지원", "Utility")), _NET),
        rests_on=SUM,
        mark="stacked_bar",
        x="year",
        y="net_t",
        series="utility",
        series_titles=UTILITY_TITLES,
    )


def _by_member_type(result: EcoResult) -> ChartFigure:
    """Net tonnes by year and member type, over full years."""
    frame = (
        result.by_member.with_columns(pl.col("net_t").fill_nan(None))
        .group_by("year", "member_type")
        .agg(_sum("net_t"))
        .sort("year", "member_type")
    )
    known = set(frame["member_type"])
    return ChartFigure(
        name="by_member_type",
        title=_member_title(frame, result.totals)
        if frame.height
        else text("모든 달이 세어진 해가 아직 없다", "No full year counts yet"),
        frame=frame,
        columns=(_YEAR, FigureColumn("member_type", text("회원 구분", "Member type")), _NET),
        rests_on=MEMBER_SUM,
        notes=(text("모든 달이 세어진 해만 보인다.", "Only years of which every month counts are shown."),),
        mark="stacked_bar",
        x="year",
        y="net_t",
        series="member_type",
        series_titles={kind: MEMBER_TITLES.get(kind, text(kind, kind)) for kind in sorted(known)},
    )


def _member_title(frame: pl.DataFrame, totals: Totals) -> Text:
    """Return the title that names the kind of member who saved most."""
    if frame.is_empty():
        return text("모든 달이 세어진 해가 아직 없다", "No full year counts yet")
    whole = frame.group_by("member_type").agg(_sum("net_t")).sort("net_t", descending=True, nulls_last=True)
    kind, tonnes = str(whole["member_type"][0]), float(whole["net_t"][0])
    said = MEMBER_TITLES.get(kind, text(kind, kind))
    day = min(date(max(frame["year"].to_list()), 12, 31), totals.day)
    return text(
        f"{say_day(day, 'ko')}까지 가장 많이 줄인 회원은 {said.ko}: {_man(tonnes)}만 톤",
        f"By {say_day(day, 'en')} most was saved by {said.en} members: {_megatonnes(tonnes)} Mt",
    )


def _member_table(result: EcoResult) -> TableFigure:
    """Net and gross tonnes by member type and utility, over full years."""
    frame = (
        result.by_member.with_columns(pl.col("net_t", "gross_t").fill_nan(None))
        .group_by("member_type", "utility")
        .agg(_sum("net_t"), _sum("gross_t"))
        .sort("member_type", "utility")
    )
    rows = [
        (both(MEMBER_TITLES.get(kind, text(kind, kind))), both(UTILITY_TITLES[utility]), net_t, gross_t)
        for kind, utility, net_t, gross_t in frame.rows()
    ]
    return TableFigure(
        name="member_and_utility",
        title=text(
            "회원 구분과 에너지원별 순합계와 줄어든 칸만의 합", "Net and gross savings by member type and utility"
        ),
        frame=pl.DataFrame(
            rows,
            schema={"member_type": pl.String, "utility": pl.String, "net_t": pl.Float64, "gross_t": pl.Float64},
            orient="row",
        ),
        columns=(
            FigureColumn("member_type", text("회원 구분", "Member type")),
            FigureColumn("utility", text("에너지원", "Utility")),
            _NET,
            _GROSS,
        ),
        rests_on=MEMBER_SUM,
        notes=(_GROSS_NOTE,),
    )


def _heat(result: EcoResult) -> TableFigure:
    """Heat in its own lines, with the range of CO2 per unit that the cells imply."""
    tonnes = result.by_utility.filter(pl.col("utility") == "heat").select("year", pl.col("city_t").alias("net_t"))
    checks = result.checks.filter(pl.col("utility") == "heat").select(
        "year", "mixed_unit_rows", "sign_rows", "implied_factor_low", "implied_factor_high"
    )
    return TableFigure(
        name="heat",
        title=text("난방: 같은 열의 칸들이 서로 다른 단위를 쓴다", "Heat: cells of one column are in different units"),
        frame=tonnes.join(checks, on="year", how="left").sort("year"),
        columns=(
            _YEAR,
            FigureColumn("net_t", text("시의 CO2로 본 순합계", "Net by the city's CO2"), "t", 0),
            FigureColumn("mixed_unit_rows", text("변화가 있는 행", "Rows with a change"), "item", 0),
            FigureColumn("sign_rows", text("사용량과 CO2의 방향이 반대인 행", "Rows of opposite direction"), "item", 0),
            FigureColumn("implied_factor_low", text("CO2 ÷ 변화량 최소", "Least CO2 per change"), "1", 2),
            FigureColumn("implied_factor_high", text("CO2 ÷ 변화량 최대", "Greatest CO2 per change"), "1", 2),
        ),
        rests_on=("on", "as_of", "heat_by", "months", "by_month", "checks"),
    )


def _statements(result: EcoResult) -> TableFigure:
    """Every stated tonnage beside the computed one of its own day."""
    return TableFigure(
        name="statements",
        title=text("시가 밝힌 값과 그날의 계산값", "What the city stated, and what the table gives for that day"),
        subtitle=text(
            "한 번 맞는다고 늘 맞는 것은 아니다: 다른 해의 공표값도 같은 규칙으로 견준다.",
            "One agreement is not proof: statements of other years are compared by the same rule.",
        ),
        frame=result.statements,
        columns=(
            FigureColumn("stated_on", text("공표값의 날", "Day of the statement")),
            FigureColumn("stated_t", text("공표값", "Stated"), "t", 0),
            FigureColumn("computed_t", text("순합계", "Net"), "t", 0),
            _GROSS,
            FigureColumn("off_percent", text("순합계 − 공표값", "Net off the stated value"), "percent", 1),
        ),
        rests_on=(*SUM, "stated_co2_t"),
        notes=(_GROSS_NOTE,),
    )


def _equivalences(result: EcoResult) -> TableFigure:
    """Stated and computed tonnages and what they equal."""
    rows = [(both(_EQUALS[e.name]), e.co2_t, e.pines, e.forest_ha, e.seouls) for e in result.equivalences]
    schema = {"which": pl.String, **dict.fromkeys(("co2_t", "pines", "forest_ha", "seouls"), pl.Float64)}
    return TableFigure(
        name="equivalences",
        title=text(
            "소나무와 숲으로 바꾸면: 반올림 전 톤수에서만 공표된 그루 수가 나온다",
            "In pines and forest: only the tonnage before rounding gives the published number of pines",
        ),
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=(
            FigureColumn("which", text("톤수", "Tonnage")),
            FigureColumn("co2_t", text("이산화탄소", "CO2"), "t", 1),
            FigureColumn("pines", text("30년생 소나무", "Thirty-year-old pines"), "tree", 0),
            FigureColumn("forest_ha", text("숲", "Forest"), "ha", 1),
            FigureColumn("seouls", text("도시 면적의 배수", "Areas of the city"), "1", 2),
        ),
        rests_on=(*SUM, "compare_on", "kg_per_pine", "forest_t_per_ha", "area_km2", "stated_co2_t", "stated_forest_ha"),
        notes=(
            text(
                "한 해의 흡수량으로 나눈 값이다. 여러 해의 감축량을 한 해의 흡수량과 견준다는 뜻이다.",
                "Divided by the uptake of one year: savings of many years are compared with one year of growth.",
            ),
        ),
    )


def _identity_breaks(result: EcoResult) -> TableFigure:
    """Rows of the published table that contradict themselves, by year and utility."""
    columns = ("identity_rows", "factor_rows", "sign_rows", "empty_rows")
    frame = result.checks.filter(pl.sum_horizontal(columns) > 0).select(
        "year", "utility", "rows", *columns, "identity_excess"
    )
    words = [both(UTILITY_TITLES[utility]) for utility in frame["utility"]]
    item = "item"
    return TableFigure(
        name="identity_breaks",
        title=text("공표표가 스스로 어긋나는 곳", "Where the published table contradicts itself"),
        subtitle=text(
            "고치거나 지우지 않고 있는 그대로 센 뒤, 어긋난 행을 여기에 밝힌다.",
            "Nothing is mended or dropped: such rows are counted as they stand, and listed here.",
        ),
        frame=frame.with_columns(utility=pl.Series(words, dtype=pl.String)),
        columns=(
            _YEAR,
            FigureColumn("utility", text("에너지원", "Utility")),
            FigureColumn("rows", text("행", "Rows"), item, 0),
            FigureColumn("identity_rows", text("변화량이 정의와 다름", "Change off its definition"), item, 0),
            FigureColumn("factor_rows", text("CO2가 계수와 다름", "CO2 off its factor"), item, 0),
            FigureColumn("sign_rows", text("방향이 반대", "Opposite direction"), item, 0),
            FigureColumn("empty_rows", text("빈 칸", "Empty cells"), item, 0),
            FigureColumn("identity_excess", text("공표값 − 다시 계산한 값", "Published minus recomputed"), "1", 0),
        ),
        rests_on=("checks",),
        notes=(
            text(
                "마지막 열의 단위는 전기 kWh, 가스와 물 ㎥다. 난방은 단위가 섞여 있다.",
                "The last column is in kWh for electricity and m3 for gas and water; heat mixes units.",
            ),
        ),
    )
