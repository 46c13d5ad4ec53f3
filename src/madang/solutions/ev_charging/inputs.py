"""What charging needs to know of a city: counts by district, and streets, demand and sites where it gives them."""

from __future__ import annotations

from typing import Literal

from madang.core.inputs import Inputs, given
from madang.core.tables import Table

DemandUnit = Literal["person", "household", "vehicle", "address"]
_PROMISE, _SUPPLY, _WALK, _SITES, _PLAN, _ENERGY = "promise", "supply", "walk", "sites", "plan", "energy"


class EvChargingInputs(Inputs):
    """Inputs of the solution; every table may be absent, and what rests on it is then unknown."""

    chargers_by_day: dict[str, float] = given(
        "날짜별 충전기",
        "Chargers by the day of the count",
        unit="charger",
        facts=["chargers_installed"],
        ge=0,
        default={},
        group=_SUPPLY,
    )
    fast_by_day: dict[str, float] = given(
        "날짜별 급속충전기",
        "Rapid chargers by the day of the count",
        unit="charger",
        facts=["chargers_fast"],
        ge=0,
        default={},
        group=_SUPPLY,
    )
    slow_by_day: dict[str, float] = given(
        "날짜별 완속충전기",
        "Slow chargers by the day of the count",
        unit="charger",
        facts=["chargers_slow"],
        ge=0,
        default={},
        group=_SUPPLY,
    )
    district_people: Table | None = given(
        "자치구 세대", "Households by district", facts=["district_people"], default=None, group=_SUPPLY
    )
    district_evs: Table | None = given(
        "자치구 전기차", "Electric vehicles by district", facts=["district_evs"], default=None, group=_SUPPLY
    )
    district_vehicles: Table | None = given(
        "자치구 차량", "Vehicles by district", facts=["district_vehicles"], default=None, group=_SUPPLY
    )
    district_chargers: Table | None = given(
        "자치구 충전기", "Chargers by district", facts=["district_chargers"], default=None, group=_SUPPLY
    )
    district_shapes: Table | None = given(
        "자치구 모양", "Shapes of the districts", facts=["district_shapes"], default=None, group=_SUPPLY
    )
    chargers_promised_fast: float | None = given(
        "약속한 급속충전기",
        "Rapid chargers promised",
        unit="charger",
        facts=["chargers_promised_fast"],
        ge=0,
        le=1e7,
        default=None,
        group=_PROMISE,
    )
    chargers_promised_slow: float | None = given(
        "약속한 완속충전기",
        "Slow chargers promised",
        unit="charger",
        facts=["chargers_promised_slow"],
        ge=0,
        le=1e7,
        default=None,
        group=_PROMISE,
    )
    vehicles_claimed: float | None = given(
        "감당한다고 한 전기차",
        "Vehicles they are said to hold",
        unit="vehicle",
        facts=["vehicles_claimed"],
        ge=0,
        le=1e8,
        default=None,
        group=_PROMISE,
    )
    walk_minutes_max: float = given(
        "걸음의 한도",
        "Longest walk",
        unit="minute",
        facts=["walk_minutes_promised"],
        ge=0.5,
        le=60,
        group=_WALK,
        digits=1,
    )
    walk_m_per_min: float = given(
        "걷는 속도", "Walking speed", unit="m/minute", facts=["walk_m_per_min"], ge=20, le=150, group=_WALK
    )
    snap_max_m: float = given(
        "길까지의 한도", "Farthest a place may lie from a street", unit="m", ge=1, le=1000, default=200.0, group=_WALK
    )
    street_nodes: Table | None = given(
        "도보망 마디", "Nodes of the walking network", facts=["street_nodes", "osm_extract"], default=None, group=_SITES
    )
    street_edges: Table | None = given(
        "도보망 길", "Streets of the walking network", facts=["street_edges", "osm_extract"], default=None, group=_SITES
    )
    demand: Table | None = given(
        "수요", "Places that need a charger near", facts=["demand", "osm_extract"], default=None, group=_SITES
    )
    demand_unit: DemandUnit = given(
        "수요의 단위", "What the demand counts", facts=["demand_unit"], default="person", group=_SITES
    )
    sites: Table | None = given(
        "충전소와 후보", "Charging sites and candidates", facts=["sites", "osm_extract"], default=None, group=_SITES
    )
    fast_classes: str = given(
        "급속을 둘 수 있는 곳", "Where rapid chargers may stand", facts=["fast_classes"], group=_SITES
    )
    slow_classes: str = given(
        "완속을 둘 수 있는 곳", "Where slow chargers may stand", facts=["slow_classes"], group=_SITES
    )
    share_wanted_percent: float = given(
        "채우려는 비율",
        "Share to cover, of what any site can reach",
        unit="percent",
        ge=0,
        le=100,
        default=95.0,
        group=_PLAN,
    )
    budget: float | None = given(
        "예산(자리 비용의 단위)",
        "Budget, in the money of the sites' costs",
        ge=0,
        default=None,
        group=_PLAN,
        help_ko="비우면 채우려는 비율에 드는 비용의 절반, 반드시 열 자리가 더 들면 그 비용.",
        help_en="Left out: half of what the wanted share costs, or what the forced sites cost where that is more.",
    )
    fast_sites_max: int | None = given(
        "급속 자리의 한도", "The most new rapid sites", unit="site", ge=0, default=None, group=_PLAN
    )
    floor_percent: float = given(
        "구역마다 채울 최소 비율",
        "Least share covered in every area, of what can be reached there",
        unit="percent",
        ge=0,
        le=100,
        default=0.0,
        group=_PLAN,
    )
    phases_percent: dict[int, float] = given(
        "연도별 누적 예산",
        "Budget spent by the end of each year, of the whole",
        unit="percent",
        ge=0,
        le=100,
        default={2023: 33.0, 2024: 67.0, 2025: 100.0},
        group=_PLAN,
        help_ko="도시에서 읽으면 물은 날 뒤의 세 해.",
        help_en="Read from a city: the three years after the day asked.",
    )
    effort: float = given(
        "탐색의 정도",
        "How much search to spend",
        ge=0.01,
        le=20,
        default=1.0,
        group=_PLAN,
        help_ko="1이면 대부분의 도시에서 몇 초.",
        help_en="1 is a few seconds for most cities.",
    )
    seconds_max: float = given(
        "탐색 시간의 한도",
        "Longest search for one plan, as a guard",
        unit="s",
        ge=0.1,
        le=3600,
        default=300.0,
        group=_PLAN,
    )
    area_vehicles: Table | None = given(
        "구역의 차량", "Vehicles by area", facts=["area_vehicles"], default=None, group=_ENERGY
    )
    evs_planned: float | None = given(
        "계획한 전기차",
        "Electric vehicles to plan for",
        unit="vehicle",
        ge=0,
        le=1e8,
        default=None,
        group=_ENERGY,
        help_ko="비우면 등록된 전기차. 전기차 대수 모형의 결과를 넣을 수 있다.",
        help_en="Left out: those registered. The fleet model's result may be given here.",
    )
    energy_budget_won: float | None = given(
        "전력을 위한 예산",
        "Budget for energy served",
        unit="won",
        ge=0,
        default=None,
        group=_ENERGY,
        help_ko="비우면 자리 계획에 더할 충전기의 설치비, 반드시 열 자리의 충전기가 더 들면 그 비용.",
        help_en="Left out: what the chargers of the plan for reach cost, or of the forced sites where that is more.",
    )
    energy_share_wanted_percent: float = given(
        "반드시 채울 전력의 비율",
        "Least share of the energy to serve",
        unit="percent",
        ge=0,
        le=100,
        default=0.0,
        group=_ENERGY,
    )
    ports_per_fast_site: int = given(
        "급속 자리의 충전기", "Chargers at a new rapid site", unit="charger", ge=1, le=1000, default=4, group=_ENERGY
    )
    ports_per_slow_site: int = given(
        "완속 자리의 충전기", "Chargers at a new slow site", unit="charger", ge=1, le=1000, default=10, group=_ENERGY
    )
    home_charging_percent: float = given(
        "집 전용 충전 비율",
        "Share charged at private chargers at home",
        unit="percent",
        facts=["home_charging_percent"],
        ge=0,
        le=100,
        group=_ENERGY,
    )
    fast_charging_percent: float = given(
        "공용 가운데 급속",
        "Rapid share of public charging",
        unit="percent",
        facts=["fast_charging_percent"],
        ge=0,
        le=100,
        group=_ENERGY,
    )
    km_per_day: float = given(
        "하루 주행거리", "Distance a day", unit="km/vehicle/day", facts=["km_per_day"], ge=0, le=1000, group=_ENERGY
    )
    km_per_kwh: float = given(
        "전비", "Distance on a kilowatt-hour", unit="km/kWh", facts=["km_per_kwh"], ge=0.1, le=20, group=_ENERGY
    )
    fast_kw: float = given(
        "급속 출력", "Power of a rapid charger", unit="kW", facts=["fast_kw"], ge=1, le=1000, group=_ENERGY
    )
    slow_kw: float = given(
        "완속 출력", "Power of a slow charger", unit="kW", facts=["slow_kw"], ge=0.1, le=50, group=_ENERGY
    )
    busy_hours_per_day: float = given(
        "하루 쓰이는 시간",
        "Hours a charger can be in use a day",
        unit="hour/day",
        facts=["busy_hours_per_day"],
        ge=0.1,
        le=24,
        group=_ENERGY,
    )
    fast_cost_won: float = given(
        "급속 설치비",
        "Cost of a rapid charger",
        unit="won/charger",
        facts=["fast_cost_won"],
        ge=1,
        le=1e9,
        group=_ENERGY,
    )
    slow_cost_won: float = given(
        "완속 설치비",
        "Cost of a slow charger",
        unit="won/charger",
        facts=["slow_cost_won"],
        ge=1,
        le=1e9,
        group=_ENERGY,
    )
