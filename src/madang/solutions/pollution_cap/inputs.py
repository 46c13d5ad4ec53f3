"""What the pollution cap needs to know: samples and targets, unit loads and sources, the river, measures, accounts."""

from __future__ import annotations

from madang.core.inputs import Inputs, given
from madang.core.tables import Table

_JUDGE, _LOADS, _RIVER, _PLAN, _ACCOUNT = "evaluation", "loads", "river", "allocation", "account"
LAND = (
    "dry_field", "paddy", "orchard", "pasture", "park", "cemetery", "forest", "mixed", "stream", "ditch", "pond",
    "building", "factory", "school", "warehouse", "religious", "road", "car_park", "railway", "waterworks",
    "filling_station", "sports", "amusement",
)  # fmt: skip


class CapInputs(Inputs):
    """Inputs of the solution; every table may be absent, and what rests on it is then unknown."""

    on: str = given("기준일", "Day (YYYY-MM-DD)", default="", group=_JUDGE)
    yearly: Table | None = given(
        "공표된 연도별 수질", "Published yearly values", facts=["yearly"], default=None, group=_JUDGE
    )
    targets: Table | None = given("목표수질", "Target qualities", facts=["targets"], default=None, group=_JUDGE)
    samples: Table | None = given("수질 표본", "Samples", facts=["samples"], default=None, group=_JUDGE)
    non_detects: str = given(
        "정량한계 미만의 처리", "What samples below detection count", facts=["non_detects"], default="", group=_JUDGE
    )
    site: str = given(
        "평가 지점",
        "Place assessed by published values",
        facts=["assessment_site"],
        default="",
        group=_JUDGE,
    )
    sample_site: str = given(
        "표본을 평가할 지점",
        "Place whose samples the numbers show",
        facts=["sample_site"],
        default="",
        group=_JUDGE,
        help_ko="비우면 표본이 가장 많은 지점. 모든 지점은 그림 evaluation에 있다.",
        help_en="Left empty: the place with most samples. The figure evaluation has all places.",
    )
    last_year: int | None = given(
        "평가 기간의 마지막 해", "Last year of the window", unit="year", ge=1990, le=2100, default=None, group=_JUDGE
    )
    window_years: int = given(
        "평가 기간", "Years of the window", unit="year", facts=["window_years"], ge=1, le=10, group=_JUDGE
    )
    samples_per_year_min: int = given(
        "해마다 필요한 표본",
        "Samples a year at least",
        unit="item/year",
        facts=["samples_per_year_min"],
        ge=1,
        le=366,
        group=_JUDGE,
    )
    attainment_percent: float = given(
        "달성률 기준",
        "Share that must attain",
        unit="percent",
        facts=["attainment_percent"],
        ge=1,
        le=100,
        group=_JUDGE,
    )
    duration_exceeded_percent_max: float = given(
        "유량 구간의 초과 한도",
        "Most exceedances in a class of flows",
        unit="percent",
        facts=["duration_exceeded_percent_max"],
        ge=0,
        le=100,
        group=_JUDGE,
    )
    bod_decimals: int = given("BOD 소수 자리", "Decimals of BOD", facts=["bod_decimals"], ge=0, le=6, group=_JUDGE)
    toc_decimals: int = given("TOC 소수 자리", "Decimals of TOC", facts=["toc_decimals"], ge=0, le=6, group=_JUDGE)
    tp_decimals: int = given("총인 소수 자리", "Decimals of T-P", facts=["tp_decimals"], ge=0, le=6, group=_JUDGE)
    bod_target_mg_per_l: float | None = given(
        "BOD 목표(목표표에 없는 지점)",
        "BOD target where the table of targets has none",
        unit="mg/L",
        facts=["bod_target_mg_per_l"],
        ge=0,
        le=1000,
        default=None,
        group=_JUDGE,
    )
    toc_target_mg_per_l: float | None = given(
        "TOC 목표(목표표에 없는 지점)",
        "TOC target where the table of targets has none",
        unit="mg/L",
        facts=["toc_target_mg_per_l"],
        ge=0,
        le=1000,
        default=None,
        group=_JUDGE,
    )
    tp_target_mg_per_l: float | None = given(
        "총인 목표(목표표에 없는 지점)",
        "T-P target where the table of targets has none",
        unit="mg/L",
        facts=["tp_target_mg_per_l"],
        ge=0,
        le=1000,
        default=None,
        group=_JUDGE,
    )
    reference_flow_m3_per_s: float | None = given(
        "기준유량",
        "Reference flow",
        unit="m**3/s",
        facts=["reference_flow_m3_per_s"],
        ge=0.001,
        le=1e5,
        default=None,
        group=_JUDGE,
        help_ko="비우면 표본의 유량에서 275일 넘는 저수량.",
        help_en="Left out: the low flow (exceeded on 275 days of 365) of the samples' own flows.",
    )
    stated_bod_better_percent: float | None = given(
        "발표된 BOD 개선율",
        "BOD better than the target, as stated",
        unit="percent",
        facts=["stated_bod_better_percent"],
        ge=-100,
        le=100,
        default=None,
        group=_JUDGE,
    )
    stated_tp_better_percent: float | None = given(
        "발표된 총인 개선율",
        "T-P better than the target, as stated",
        unit="percent",
        facts=["stated_tp_better_percent"],
        ge=-100,
        le=100,
        default=None,
        group=_JUDGE,
    )
    draws: int = given("되뽑기 횟수", "Bootstrap draws", ge=10, le=100000, default=2000, group=_JUDGE)
    seed: int = given("난수의 씨", "Seed of the draws", ge=0, le=2**31, default=2020, group=_JUDGE)

    land_unit_loads: dict[str, dict[str, float]] = given(
        "토지계 발생부하원단위",
        "Unit loads of land",
        unit="kg/km**2/day",
        facts=[f"land_{name}" for name in LAND],
        ge=0,
        le=10000,
        group=_LOADS,
    )
    person_unit_loads: dict[str, dict[str, float]] = given(
        "가정인구 발생부하원단위",
        "Unit loads of residents",
        unit="g/person/day",
        facts=["person_urban", "person_rural"],
        ge=0,
        le=1000,
        group=_LOADS,
    )
    water_l_per_person: dict[str, float] = given(
        "급수원단위",
        "Water supplied to a resident",
        unit="L/person/day",
        facts=["water_urban", "water_rural"],
        ge=0,
        le=2000,
        group=_LOADS,
    )
    night_soil_m3_per_person: dict[str, float] = given(
        "분뇨발생유량원단위",
        "Night soil of a resident",
        unit="m**3/person/day",
        facts=["night_soil_urban", "night_soil_rural"],
        ge=0,
        le=0.1,
        group=_LOADS,
    )
    grey_share: float = given(
        "잡배수 오수전환율", "Share of water that becomes grey water", facts=["grey_share"], ge=0, le=1, group=_LOADS
    )
    private_plant_mg_per_l: dict[str, dict[str, float]] = given(
        "개인하수처리시설 방류수질",
        "Effluent of private plants",
        unit="mg/L",
        facts=["private_plant_large", "private_plant_small"],
        ge=0,
        le=1000,
        group=_LOADS,
    )
    private_plant_large_m3_per_day: float = given(
        "큰 개인하수처리시설의 하한",
        "Size from which a private plant is large",
        unit="m**3/day",
        facts=["private_plant_large_m3_per_day"],
        ge=0,
        le=10000,
        group=_LOADS,
    )
    septic_bod_removed_percent: float = given(
        "정화조의 BOD 삭감",
        "BOD removed by a septic tank",
        unit="percent",
        facts=["septic_bod_removed_percent"],
        ge=0,
        le=100,
        group=_LOADS,
    )
    people: Table | None = given(
        "자치구 인구와 하수", "Residents by district and sewage", facts=["people"], default=None, group=_LOADS
    )
    land: Table | None = given("자치구 토지", "Land by district", facts=["land"], default=None, group=_LOADS)
    plants: Table | None = given("공공하수처리시설", "Public plants", facts=["plants"], default=None, group=_LOADS)
    other_loads: Table | None = given(
        "축산·산업·양식·매립계",
        "Livestock, industry, aquaculture and landfill",
        facts=["other_loads"],
        default=None,
        group=_LOADS,
    )

    reaches: Table | None = given("하천 구간", "Reaches of the river", facts=["reaches"], default=None, group=_RIVER)
    bod_loss_per_d: float = given(
        "BOD 감소계수", "Loss of BOD", unit="1/day", facts=["bod_loss_per_d"], ge=0, le=10, group=_RIVER
    )
    tp_loss_per_d: float = given(
        "총인 감소계수", "Loss of T-P", unit="1/day", facts=["tp_loss_per_d"], ge=0, le=10, group=_RIVER
    )
    plant_bod_avoided_kg_per_d: float = given(
        "처리장에서 막는 BOD",
        "BOD avoided at the plants",
        unit="kg/day",
        ge=0,
        le=1e6,
        default=0.0,
        group=_RIVER,
        help_ko="다른 정책 모형의 결과를 넣을 수 있다: @solution.number.",
        help_en="Another solution's number may be given here: @solution.number.",
    )
    plant_tp_avoided_kg_per_d: float = given(
        "처리장에서 막는 총인",
        "T-P avoided at the plants",
        unit="kg/day",
        ge=0,
        le=1e5,
        default=0.0,
        group=_RIVER,
    )

    plan_first_year: int = given(
        "계획의 첫 해", "First year of the plan", unit="year", facts=["plan_first_year"], ge=1990, le=2100, group=_PLAN
    )
    plan_last_year: int = given(
        "계획의 마지막 해",
        "Last year of the plan",
        unit="year",
        facts=["plan_last_year"],
        ge=1990,
        le=2100,
        group=_PLAN,
    )
    margin_percent: float = given(
        "안전부하량", "Margin of safety", unit="percent", facts=["margin_percent"], ge=0, le=90, group=_PLAN
    )
    discount_percent: float = given(
        "할인율", "Discount rate", unit="percent", facts=["discount_percent"], ge=0, le=30, group=_PLAN
    )
    measures: Table | None = given("삭감 수단", "Measures", facts=["measures"], default=None, group=_PLAN)
    locked: Table | None = given("정해진 계획", "Plans already decided", facts=["locked"], default=None, group=_PLAN)

    development_bod_kg_per_d: float | None = given(
        "지역개발부하량 BOD",
        "Local development load of BOD",
        unit="kg/day",
        facts=["development_bod_kg_per_d"],
        ge=0,
        le=1e7,
        default=None,
        group=_ACCOUNT,
    )
    development_tp_kg_per_d: float | None = given(
        "지역개발부하량 총인",
        "Local development load of T-P",
        unit="kg/day",
        facts=["development_tp_kg_per_d"],
        ge=0,
        le=1e6,
        default=None,
        group=_ACCOUNT,
    )
    areas: Table | None = given("단위유역의 이름", "Names of the units", facts=["areas"], default=None, group=_ACCOUNT)
    account: Table | None = given("개발부하 계정", "Account entries", facts=["account"], default=None, group=_ACCOUNT)

    @property
    def decimals(self) -> dict[str, int]:
        """Return the decimals by substance."""
        return {"bod": self.bod_decimals, "toc": self.toc_decimals, "tp": self.tp_decimals}
