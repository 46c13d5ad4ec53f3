"""The numbers of tonnes and what they equal: each with its formula in words, its day and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from madang.core.contract import Number
from madang.core.dates import parse_day
from madang.core.language import text
from madang.methods.savings import areas, net, trees
from madang.solutions.eco_mileage.inputs import EcoInputs
from madang.solutions.eco_mileage.member_numbers import add_checks, add_members, add_named
from madang.solutions.eco_mileage.sheet import (
    CITY_SUM,
    FACTORS,
    MEMBER_SUM,
    STATEMENT_SUM,
    SUM,
    WITHOUT_HEAT,
    Sheet,
)
from madang.solutions.eco_mileage.sums import Equal, Totals


def numbers_of(
    inputs: EcoInputs,
    by_month: pl.DataFrame,
    by_member: pl.DataFrame,
    at: Mapping[str, Totals],
    equals: tuple[Equal, ...],
    stated: tuple[str, float] | None,
) -> dict[str, Number]:
    """Return every number of a run, by name.

    Args:
        inputs: the run's inputs.
        by_month: priced totals by month and utility.
        by_member: priced totals of the full years, by year, member type and utility.
        at: totals on the day, and at the months beside the statement, by role; ``day`` is always there.
        equals: what each tonnage equals, by name.
        stated: day and tonnage of the statement compared, or None.
    """
    sheet = Sheet()
    equal = {part.name: part for part in equals}
    _savings(sheet, at["day"])
    _candidates(sheet, at)
    _against_the_city(sheet, at["day"])
    _against_the_statement(sheet, at.get("statement"), equal.get("statement"), stated)
    _by_member(sheet, by_member, at["day"])
    _equivalences(sheet, at["day"], equal["day"])
    _stated_equivalences(sheet, inputs, stated)
    add_members(sheet, inputs, at["day"])
    add_named(sheet, by_month, by_member, at["day"])
    add_checks(sheet, inputs)
    return sheet.made


def _savings(sheet: Sheet, chosen: Totals) -> None:
    """Add the totals on the day: net, gross, without heat, heat alone."""
    sheet.add(
        "co2_saved_t",
        text("줄인 이산화탄소(순합계)", "CO2 avoided (net)"),
        chosen.net_t,
        "t",
        SUM,
        text(
            "시행 첫 달부터 센 달까지, −(올해 사용량 − 지난 두 해 평균) × 그 달의 계수의 합. 난방은 시의 CO2 값.",
            "Sum, from the first month to the last counted, of minus (use this year - mean of the two years before) "
            "x the factor of that month; for heat, the city's own CO2.",
        ),
        day=chosen.day,
    )
    sheet.add(
        "co2_saved_gross_t",
        text("줄어든 칸만 더한 이산화탄소(총합계)", "CO2 avoided (gross: falling cells only)"),
        chosen.gross_t,
        "t",
        SUM,
        text(
            "월 × 회원 구분 × 에너지원의 칸 가운데 사용량이 줄어든 칸만 더한다. 늘어난 칸은 버린다.",
            "Only the cells (month x member type x utility) in which use fell are added; those in which it rose "
            "are left out. A finer or coarser cut gives another sum.",
        ),
        day=chosen.day,
    )
    sheet.add(
        "co2_saved_without_heat_t",
        text("난방을 뺀 순합계", "CO2 avoided (net) without heat"),
        chosen.without_heat_t,
        "t",
        WITHOUT_HEAT,
        text("전기·도시가스·수돗물만의 순합계.", "The net sum of electricity, city gas and water alone."),
        day=chosen.day,
    )
    sheet.add(
        "co2_saved_heat_t",
        text("난방의 순합계(믿기 어려움)", "CO2 avoided by heat (not to be relied on)"),
        chosen.heat_t,
        "t",
        CITY_SUM,
        text(
            "시가 공표한 난방 CO2 변화량의 합. 단위가 섞여 있어 다시 계산할 수 없다.",
            "Sum of the published changes in the CO2 of heat; its units are mixed, so it cannot be recomputed.",
        ),
        day=chosen.day,
        gap=text("표에 난방 값이 없다.", "the table has no value of heat"),
    )


def _candidates(sheet: Sheet, at: Mapping[str, Totals]) -> None:
    """Add the net total at the months beside the statement's; unknown where there is no such month."""
    titles = {
        "statement": (
            "co2_saved_at_statement_t",
            text("공표값의 날까지의 순합계", "Net sum on the day of the statement"),
            (),
        ),
        "before": ("co2_saved_month_before_t", text("한 달 앞까지의 순합계", "Net sum to the month before"), ()),
        "registered": (
            "co2_saved_registered_t",
            text("기준일까지 기록된 달만의 순합계", "Net sum of the months registered by the day"),
            (),
        ),
        "nearest": (
            "co2_saved_nearest_t",
            text("공표값에 가장 가까운 달의 순합계", "Net sum at the month nearest to the stated value"),
            ("stated_co2_t",),
        ),
    }
    none = text("그런 달이 없다.", "there is no such month")
    for role, (name, title, more) in titles.items():
        found = at.get(role)
        value, day = (found.net_t, found.day) if found else (None, None)
        formula = text("같은 합을 다른 달에서 읽은 값.", "The same sum, read off at another month.")
        sheet.add(name, title, value, "t", (*STATEMENT_SUM, *more), formula, day=day, gap=none)


def _against_the_city(sheet: Sheet, chosen: Totals) -> None:
    """Add the city's own column, the difference to it, and the sum with the change recomputed."""
    sheet.add(
        "co2_saved_published_t",
        text("시의 CO2 열을 그대로 더한 순합계", "Net sum of the city's own CO2 column"),
        chosen.city_t,
        "t",
        CITY_SUM,
        text("공표된 CO2 변화량의 합에 음의 부호.", "Minus the sum of the published changes in CO2."),
        day=chosen.day,
    )
    sheet.add(
        "co2_difference_t",
        text("우리 값 − 시의 CO2 열", "Ours minus the city's own CO2 column"),
        chosen.net_t - chosen.city_t,
        "t",
        SUM,
        text(
            "날짜별 계수로 환산한 합에서 공표된 CO2 열의 합을 뺀 값.",
            "The sum by dated factors minus the sum of the published CO2 column.",
        ),
        day=chosen.day,
        digits=1,
    )
    sheet.add(
        "co2_saved_recomputed_t",
        text("변화량을 다시 계산한 순합계", "Net sum with the change recomputed"),
        chosen.recomputed_t,
        "t",
        ("on", "as_of", "heat_by", *FACTORS, "months", "by_month"),
        text(
            "공표된 변화량 대신 '올해 − 지난 두 해 평균'을 다시 계산해 계수를 곱한다. 난방은 시의 CO2 값.",
            "As the net sum, with the change recomputed as this year minus the mean of the two years before "
            "instead of as published; for heat, the city's own CO2.",
        ),
        day=chosen.day,
    )


def _against_the_statement(
    sheet: Sheet, then: Totals | None, equal: Equal | None, stated: tuple[str, float] | None
) -> None:
    """Add the stated tonnage, the difference to it, and what the computed one equalled on that day."""
    none = text("그날까지 시가 밝힌 값이 없다.", "the city had stated nothing by that day")
    day = then.day if then else None
    sheet.add(
        "co2_stated_t",
        text("시가 밝힌 감축량", "CO2 avoided as stated"),
        stated[1] if stated else None,
        "t",
        ("compare_on", "stated_co2_t"),
        text("견줄 날까지의 마지막 공표값.", "The last statement up to the day compared."),
        day=parse_day(stated[0]) if stated else None,
        gap=none,
    )
    sheet.add(
        "co2_off_stated_percent",
        text("공표값과의 차이", "Difference from the stated value"),
        (then.net_t / stated[1] - 1.0) * 100.0 if then and stated and stated[1] else None,
        "percent",
        (*STATEMENT_SUM, "stated_co2_t"),
        text("(공표값의 날까지의 순합계 ÷ 공표값 − 1) × 100.", "(net sum on that day / statement - 1) x 100."),
        day=day,
        gap=none,
        digits=2,
    )
    no_month = text("그날까지 센 달이 없다.", "no month counts by that day")
    sheet.add(
        "pines_at_statement",
        text("공표값의 날의 소나무 환산", "Pines on the day of the statement"),
        equal.pines if equal else None,
        "tree",
        (*STATEMENT_SUM, "kg_per_pine"),
        text("공표값의 날까지의 순합계 ÷ 한 그루의 흡수량.", "Net sum on the statement's day / uptake of a pine."),
        day=day,
        gap=no_month,
    )
    sheet.add(
        "forest_seouls_at_statement",
        text("공표값의 날의 숲 환산", "Forest on the day of the statement, in areas of the city"),
        equal.seouls if equal else None,
        "1",
        (*STATEMENT_SUM, "forest_t_per_ha", "area_km2"),
        text("공표값의 날까지의 순합계를 숲 면적으로 바꾸어 도시 면적으로 나눈다.", "That net sum as forest / area."),
        day=day,
        gap=no_month,
        digits=2,
    )


def _by_member(sheet: Sheet, by_member: pl.DataFrame, chosen: Totals) -> None:
    """Add the net sums of personal members and of companies, over the full years."""
    years = by_member["year"].to_list()
    day = min(date(max(years), 12, 31), chosen.day) if years else None
    for name, kinds, title in (
        ("co2_saved_personal_t", {"personal"}, text("개인 회원의 순합계", "CO2 avoided (net) by personal members")),
        ("co2_saved_company_t", {"company"}, text("기업 회원의 순합계", "CO2 avoided (net) by companies")),
    ):
        part = by_member.filter(pl.col("member_type").is_in(kinds))
        value = net(part["net_t"])
        formula = text(
            "모든 달이 세어진 해만의 합. 공표표를 연도와 회원 구분으로 묶었기 때문이다.",
            "Sum over the years of which every month counts, because the city's totals by member type are by year.",
        )
        none = text("모든 달이 세어진 해가 아직 없다.", "no full year counts yet")
        sheet.add(name, title, value, "t", MEMBER_SUM, formula, day=day, gap=none)


def _equivalences(sheet: Sheet, chosen: Totals, equal: Equal) -> None:
    """Add what the computed tonnage equals."""
    sheet.add(
        "pines",
        text("30년생 소나무 환산", "Equal to thirty-year-old pines"),
        equal.pines,
        "tree",
        (*SUM, "kg_per_pine"),
        text("순합계 ÷ 소나무 한 그루가 한 해 흡수하는 양.", "Net sum / what a pine takes up in a year."),
        day=chosen.day,
    )
    sheet.add(
        "forest_ha",
        text("숲 환산", "Equal to forest"),
        equal.forest_ha,
        "ha",
        (*SUM, "forest_t_per_ha"),
        text("순합계 ÷ 숲 1ha가 한 해 흡수하는 양.", "Net sum / what a hectare of forest takes up in a year."),
        day=chosen.day,
    )
    sheet.add(
        "forest_seouls",
        text("숲 환산: 도시 면적의 배수", "Equal to forest, in areas of the city"),
        equal.seouls,
        "1",
        (*SUM, "forest_t_per_ha", "area_km2"),
        text("숲 환산 ÷ 도시 면적(1㎢ = 100ha).", "Forest / area of the city (100 ha are 1 km2)."),
        day=chosen.day,
        digits=2,
    )


def _stated_equivalences(sheet: Sheet, inputs: EcoInputs, stated: tuple[str, float] | None) -> None:
    """Add the city's own arithmetic: the tonnage before rounding, its pines, its areas, and kilograms a pine."""
    hectares, day = inputs.stated_forest_ha, parse_day(stated[0]) if stated else None
    base_t = None if hectares is None else hectares * inputs.forest_t_per_ha
    none = text("그날까지 시가 밝힌 값이 없다.", "the city had stated nothing by that day")
    sheet.add(
        "stated_base_t",
        text("시의 반올림 전 톤수", "The city's tonnage before rounding"),
        base_t,
        "t",
        ("stated_forest_ha", "forest_t_per_ha"),
        text("시가 밝힌 숲 면적 × 1ha의 흡수량.", "Forest as stated x uptake of a hectare."),
        gap=none,
        digits=1,
    )
    sheet.add(
        "stated_base_pines",
        text("반올림 전 톤수의 소나무 환산", "Pines of the tonnage before rounding"),
        None if base_t is None else trees(base_t * 1000.0, inputs.kg_per_pine),
        "tree",
        ("stated_forest_ha", "forest_t_per_ha", "kg_per_pine"),
        text("반올림 전 톤수 ÷ 소나무 한 그루의 흡수량.", "Tonnage before rounding / uptake of a pine."),
        gap=none,
    )
    sheet.add(
        "stated_base_seouls",
        text("시가 밝힌 숲 면적의 배수", "Forest as stated, in areas of the city"),
        None if hectares is None else areas(hectares, inputs.area_km2),
        "1",
        ("stated_forest_ha", "area_km2"),
        text("시가 밝힌 숲 면적 ÷ 도시 면적.", "Forest as stated / area of the city."),
        gap=none,
        digits=2,
    )
    implied = stated[1] * 1000.0 / inputs.stated_pines if stated and inputs.stated_pines else None
    sheet.add(
        "kg_per_pine_implied",
        text("공표값이 뜻하는 소나무 한 그루의 흡수량", "Uptake of a pine that the stated values imply"),
        implied,
        "kg/tree",
        ("compare_on", "stated_co2_t", "stated_pines"),
        text("공표한 톤수 ÷ 공표한 그루 수.", "Stated tonnes / stated pines."),
        day=day,
        gap=none,
        digits=3,
    )
