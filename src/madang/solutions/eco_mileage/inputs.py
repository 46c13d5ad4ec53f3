"""Inputs of eco-mileage, and how they are read from a city's folder on a day."""

from __future__ import annotations

from datetime import date
from typing import Literal

from madang.core.city import Reader
from madang.core.inputs import Inputs, given
from madang.core.tables import Table

#: Which statement is compared is the city's standing choice, asked regardless of the run's day.
_FAR = date(9999, 12, 31)
_FACTORS, _EQUAL, _STATED, _WAY = "factors", "equivalences", "stated", "way of counting"


class EcoInputs(Inputs):
    """What the sums need: the city's totals, dated factors, what the city stated, and three named choices."""

    on: str = given(
        "기준일",
        "Day (YYYY-MM-DD)",
        default="",
        group=_WAY,
        help_ko="비우면 표의 끝까지 센다.",
        help_en="Left empty, the whole table counts.",
    )
    compare_on: str = given(
        "견줄 공표값의 날",
        "Day of the statement compared",
        facts=("compared_statement",),
        group=_WAY,
        help_ko="이날까지의 마지막 공표값을, 이날까지 끝난 달의 합과 견준다.",
        help_en="The last statement up to this day is compared with the months that had ended by it.",
    )
    as_of: Literal["used", "registered"] = given(
        "어느 달까지 더하나",
        "Which months are counted",
        default="used",
        group=_WAY,
        help_ko="used: 기준일까지 끝난 달. registered: 기준일까지 대장에 기록된 달.",
        help_en="used: months that had ended by the day. registered: months written into the register by the day.",
    )
    change_by: Literal["published", "recomputed"] = given(
        "변화량",
        "Change in use",
        default="published",
        group=_WAY,
        help_ko="published: 공표된 변화량. recomputed: 올해 − 지난 두 해 평균으로 다시 계산.",
        help_en="published: as published. recomputed: this year minus the mean of the two years before.",
    )
    co2_by: Literal["factors", "city"] = given(
        "이산화탄소 환산",
        "Conversion to CO2",
        default="factors",
        group=_WAY,
        help_ko="factors: 날짜별 계수(난방은 시의 값). city: 시가 공표한 이산화탄소 열.",
        help_en="factors: dated factors (for heat, the city's value). city: the city's own CO2 column.",
    )
    heat_by: Literal["city", "left_out"] = given(
        "난방을 어떻게 세나",
        "How heat is counted",
        facts=("heat_counted",),
        group=_WAY,
        help_ko="city: 시가 공표한 이산화탄소. left_out: 세지 않는다.",
        help_en="city: the CO2 that the city published. left_out: not at all.",
    )
    electricity_g_per_kwh: dict[int, float] = given(
        "전기의 CO2 계수",
        "CO2 of electricity",
        unit="g/kWh",
        ge=0,
        le=2000,
        facts=("electricity_g_per_kwh",),
        group=_FACTORS,
    )
    gas_g_per_m3: dict[int, float] = given(
        "도시가스의 CO2 계수", "CO2 of city gas", unit="g/m**3", ge=0, le=5000, facts=("gas_g_per_m3",), group=_FACTORS
    )
    water_g_per_m3: dict[int, float] = given(
        "수돗물의 CO2 계수", "CO2 of tap water", unit="g/m**3", ge=0, le=5000, facts=("water_g_per_m3",), group=_FACTORS
    )
    kg_per_pine: float = given(
        "소나무 한 그루의 흡수량",
        "Uptake of a pine in a year",
        unit="kg/tree",
        ge=0.1,
        le=100,
        facts=("kg_per_pine",),
        group=_EQUAL,
    )
    forest_t_per_ha: float = given(
        "숲 1ha의 흡수량",
        "Uptake of a hectare of forest in a year",
        unit="t/ha",
        ge=0.1,
        le=100,
        facts=("forest_t_per_ha",),
        group=_EQUAL,
    )
    area_km2: float = given(
        "도시 면적", "Area of the city", unit="km**2", ge=0.01, le=1e6, facts=("area_km2",), group=_EQUAL
    )
    population: dict[str, float] = given(
        "등록 인구", "Registered population", unit="person", ge=1, facts=("population",), group=_STATED
    )
    stated_co2_t: dict[str, float] = given(
        "시가 밝힌 누적 감축량", "CO2 avoided as stated", unit="t", ge=0, facts=("stated_co2_t",), group=_STATED
    )
    stated_members: dict[str, float] = given(
        "시가 밝힌 회원 수", "Members as stated", unit="member", ge=0, facts=("stated_members",), group=_STATED
    )
    member_counts: dict[str, float] = given(
        "다른 날의 회원 수",
        "Members counted on other days",
        unit="member",
        ge=0,
        facts=("member_counts",),
        group=_STATED,
    )
    stated_pines: float | None = given(
        "시가 밝힌 소나무 환산", "Pines as stated", unit="tree", ge=1, facts=("stated_pines",), group=_STATED
    )
    stated_forest_ha: float | None = given(
        "시가 밝힌 숲 환산",
        "Forest as stated, before rounding",
        unit="ha",
        ge=0,
        facts=("stated_forest_ha",),
        group=_STATED,
    )
    months: Table = given("달별 계정과 기록일", "Accounts and register days by month", facts=("months",))
    by_month: Table = given("월·에너지원별 합계", "Totals by month and utility", facts=("by_month",))
    by_year: Table = given("연도·회원·에너지원별 합계", "Totals by year, member type and utility", facts=("by_year",))
    checks: Table = given("공표표 점검", "Checks of the published table", facts=("checks",))


def read(reader: Reader) -> EcoInputs:
    """Return a city's inputs on the reader's day; what nobody had stated by then stays unknown."""
    day = reader.day.isoformat()
    compared = str(reader.fact("compared_statement", on=_FAR)) if reader.has("compared_statement") else day
    return reader.fill(
        EcoInputs,
        on=day,
        compare_on=min(compared, day),
        population=reader.by_day("population", "person"),
        stated_co2_t=reader.by_day("stated_co2_t", "t"),
        stated_members=reader.by_day("stated_members", "member"),
        member_counts=reader.by_day("member_counts", "member"),
        stated_pines=_held(reader.by_day("stated_pines", "tree"), day),
        stated_forest_ha=_held(reader.by_day("stated_forest_ha", "ha"), day),
    )


def latest(series: dict[str, float], day: str) -> tuple[str, float] | None:
    """Return the last (day, value) of a series by day that is not after ``day``; None where there is none."""
    known = [key for key in series if key <= day]
    return (max(known), series[max(known)]) if known else None


def _held(series: dict[str, float], day: str) -> float | None:
    """Return the value that holds on ``day``, or None."""
    found = latest(series, day)
    return None if found is None else found[1]
