"""Inputs of the electric fleet, and how they are read from a city's folder on a day."""

from __future__ import annotations

from typing import Literal

from madang.core.city import Reader
from madang.core.inputs import Inputs, given
from madang.core.tables import Table

Path = Literal["reference", "mandates_only", "promised", "as_registered"]
Trend = Literal["linear", "logistic"]
Profile = Literal["measured", "even", "night", "evening"]

_WAY, _PROMISE, _COUNTS, _LIFE, _USE, _CO2 = "way of counting", "promise", "counts", "life", "use", "emissions"

PROMISED = {
    "car": "promised_cars",
    "truck": "promised_trucks",
    "taxi": "promised_taxis",
    "bus": "promised_buses",
    "village_bus": "promised_village_buses",
    "motorcycle": "promised_motorcycles",
    "delivery_motorcycle": "promised_delivery",
    "school_bus": "promised_school_buses",
}
MANDATES = {
    "city_bus": "bus_mandate_from",
    "parcel_truck": "parcel_mandate_from",
    "school_bus": "school_mandate_from",
    "delivery_motorcycle": "delivery_mandate_by",
}
STATED = {"taxi": "taxi_share_stated", "bus": "bus_share_stated"}
FLEET = {
    "taxi": "taxis",
    "city_bus": "city_buses",
    "village_bus": "village_buses",
    "school_bus": "school_buses",
    "parcel_truck": "parcel_trucks",
    "motorcycle": "motorcycles",
    "delivery_motorcycle": "delivery_motorcycles",
    "electric_motorcycle": "electric_motorcycles",
}
LIFE = {name: f"lifetime_{name}" for name in ("car", "van", "truck", "bus", "taxi", "motorcycle")}
KM = {name: f"km_{name}" for name in ("noncommercial", "commercial", "motorcycle", "delivery")}
ENERGY = {name: f"energy_{name}" for name in ("car", "truck", "bus", "small_bus", "motorcycle")}
TAILPIPE = {name: f"tailpipe_{name}" for name in ("truck", "small_bus", "motorcycle")}
WELL_TO_WHEEL = {name: f"wtw_{name}" for name in ("petrol", "hybrid", "hydrogen", "electric")}
US = {"vehicles": "us_vehicles", "fast": "us_fast_chargers", "public_slow": "us_public_slow_chargers"}
#: Single facts with a range, beside those of the series above.
SINGLE = ("weibull_shape", "bus_km_per_year", "taxi_per_car", "reference_factor", "taxi_share_of_electric")
RANGED = (
    *FLEET.values(), *LIFE.values(), *KM.values(), *ENERGY.values(), *TAILPIPE.values(), *SINGLE,
)  # fmt: skip


class FleetInputs(Inputs):
    """What the model needs: registers, counts, the promise, and what vehicles live, drive, take and give off."""

    on: str = given(
        "기준일",
        "Day (YYYY-MM-DD)",
        default="",
        group=_WAY,
        help_ko="비우면 등록 통계를 끝까지 쓴다.",
        help_en="Left empty, the whole register counts.",
    )
    path: Path = given(
        "경로",
        "Path",
        default="promised",
        group=_WAY,
        help_ko="어느 경로의 수를 보일지. 그림에는 네 경로가 모두 나온다.",
        help_en="Whose numbers are shown; the figures show all four paths.",
    )
    bought_at: Literal["start", "middle", "end"] = given(
        "구매 시점(생존 곡선의 약속)",
        "When in its year a vehicle is bought (survival convention)",
        default="middle",
        group=_WAY,
        help_ko="연말에 그해 산 차의 나이: 해의 처음이면 1년, 가운데면 0.5년, 끝이면 0년.",
        help_en="Age at the year's end of a vehicle bought in it: start 1, middle 0.5, end 0 years.",
    )
    trend: Trend = given("되짚어 보기의 추세", "Trend of the backtest", default="linear", group=_WAY)
    charging_profile: Profile = given("충전 시간대", "Charging profile", default="measured", group=_WAY)
    base_year: int = given(
        "정책 전해", "Year before the policy", unit="year", ge=2019, le=2100, default=2020, group=_WAY
    )
    last_year: int = given("마지막 해", "Last year", unit="year", ge=2021, le=2060, default=2030, group=_WAY)
    target_year: int = given(
        "약속한 해", "Target year", unit="year", ge=2021, le=2060, facts=("promised_by",), group=_PROMISE
    )
    draws: int = given("추첨 횟수", "Draws", unit="1", ge=1, le=100_000, default=10_000, group=_WAY)
    seed: int = given("난수 씨앗", "Seed", unit="1", ge=0, le=2**31, default=2021, group=_WAY)
    promised: dict[str, float] = given(
        "약속한 전기차",
        "Electric vehicles promised",
        unit="vehicle",
        ge=0,
        facts=tuple(PROMISED.values()),
        group=_PROMISE,
    )
    stated_total: float = given(
        "발표된 목표", "Headline", unit="vehicle", ge=1, facts=("stated_total",), group=_PROMISE
    )
    stated_share: dict[str, float] = given(
        "글이 말한 비율",
        "Shares as stated",
        unit="percent",
        ge=0.1,
        le=100,
        facts=tuple(STATED.values()),
        group=_PROMISE,
    )
    mandate_year: dict[str, float] = given(
        "의무의 해",
        "Years of the mandates",
        unit="year",
        ge=1900,
        le=2200,
        facts=tuple(MANDATES.values()),
        group=_PROMISE,
    )
    chargers_promised: float = given(
        "약속한 충전기", "Chargers promised", unit="charger", ge=0, facts=("chargers_promised",), group=_PROMISE
    )
    us_chargers: dict[str, float] = given(
        "미국 전망의 차와 충전기",
        "Vehicles and chargers of the US outlook",
        ge=1,
        facts=tuple(US.values()),
        group=_PROMISE,
    )
    fleet: dict[str, float] = given(
        "등록 통계가 따로 세지 않는 차", "Vehicles the register doesn't count apart", unit="vehicle", ge=0,
        facts=tuple(FLEET.values()), group=_COUNTS,
    )  # fmt: skip
    taxi_share_of_electric: float = given(
        "전기 영업용 승용차 가운데 택시", "Taxis among electric commercial cars", unit="percent", ge=0, le=100,
        facts=("taxi_share_of_electric",), group=_COUNTS,
    )  # fmt: skip
    lifetime_years: dict[str, float] = given(
        "평균 수명", "Mean life", unit="year", ge=1, le=60, facts=tuple(LIFE.values()), group=_LIFE
    )
    age_spread: Literal["steady", "even"] = given(
        "처음 나이의 분포",
        "Spread of ages at the start",
        facts=("age_spread",),
        group=_LIFE,
        help_ko="한결같이: 해마다 같은 수를 산 것처럼. 고르게: 평균 수명까지 나이마다 같은 수.",
        help_en="Steady: as if as many had been bought every year. Even: as many of each age up to the mean life.",
    )
    weibull_shape: float = given(
        "생존 곡선의 모양", "Shape of the survival curve", ge=0.5, le=20, facts=("weibull_shape",), group=_LIFE
    )
    reference_factor: float = given(
        "정책이 없을 때의 전기차 비율에 곱하는 수", "Factor on the electric share without the policy", ge=0, le=50,
        facts=("reference_factor",), group=_LIFE,
    )  # fmt: skip
    km_per_day: dict[str, float] = given(
        "하루 주행거리", "Distance in a day", unit="km/vehicle/day", ge=0, le=1000, facts=tuple(KM.values()), group=_USE
    )
    bus_km_per_year: float = given(
        "시내버스 연간 주행거리", "Distance of a city bus in a year", unit="km/vehicle/year", ge=1, le=365_000,
        facts=("bus_km_per_year",), group=_USE,
    )  # fmt: skip
    taxi_per_car: float = given(
        "택시 배출은 승용차의 몇 배", "A taxi's emissions as a multiple of a car's", ge=0, le=50,
        facts=("taxi_per_car",), group=_USE,
    )  # fmt: skip
    kwh_per_km: dict[str, float] = given(
        "전력 소비", "Electricity taken", unit="kWh/km", ge=0, le=10, facts=tuple(ENERGY.values()), group=_USE
    )
    charging_hours: tuple[float, ...] = given(
        "시간대별 충전 비율", "Share of charging by hour", ge=0, le=1, facts=("charging_hours",), group=_USE
    )
    saving_stated: float = given(
        "시가 밝힌 감축량", "Saving that the city states", unit="t/year", ge=1, facts=("saving_stated",), group=_CO2
    )
    saving_vehicles_stated: float = given(
        "그 감축량의 전기차",
        "Vehicles of that saving",
        unit="vehicle",
        ge=1,
        facts=("saving_vehicles_stated",),
        group=_CO2,
    )
    well_to_wheel: dict[str, float] = given(
        "승용차의 전과정 배출", "Well-to-wheel emissions of a car", unit="g/km", ge=0, le=2000,
        facts=tuple(WELL_TO_WHEEL.values()), group=_CO2,
    )  # fmt: skip
    bus_co2_per_year: float = given(
        "CNG 버스의 연간 배출", "Emissions of a CNG bus in a year", unit="t/vehicle/year", ge=0, le=1000,
        facts=("bus_co2_per_year",), group=_CO2,
    )  # fmt: skip
    tailpipe_g_per_km: dict[str, float] = given(
        "배기구 배출", "Tailpipe emissions", unit="g/km", ge=0, le=5000, facts=tuple(TAILPIPE.values()), group=_CO2
    )
    grid_g_per_kwh: dict[int, float] = given(
        "전기의 배출계수",
        "Emission factor of electricity",
        unit="g/kWh",
        ge=0,
        le=2000,
        facts=("grid_factor",),
        group=_CO2,
    )
    transport_ghg_share: dict[str, float] = given(
        "온실가스 가운데 교통의 비율", "Transport's share of greenhouse gases", unit="percent", ge=0, le=100,
        facts=("transport_ghg_share",), group=_CO2,
    )  # fmt: skip
    range_low: dict[str, float] = given(
        "범위의 아래 끝(값에 대한 비)", "Low end of the ranges, as a ratio to the value", ge=0, facts=RANGED, group=_WAY
    )
    range_high: dict[str, float] = given(
        "범위의 위 끝(값에 대한 비)", "High end of the ranges, as a ratio to the value", ge=0, facts=RANGED, group=_WAY
    )
    electric_registered: dict[str, float] = given(
        "등록된 전기차",
        "Registered electric vehicles",
        unit="vehicle",
        ge=0,
        facts=("electric_registered",),
        group=_COUNTS,
    )
    electric_reported: dict[str, float] = given(
        "보도된 전기차",
        "Electric vehicles as reported",
        unit="vehicle",
        ge=0,
        facts=("electric_reported",),
        group=_COUNTS,
    )
    registers: Table = given("등록 통계", "Register by class, use and fuel", facts=("registers",))
    fuels_yearly: Table = given("해마다 연료별 등록", "Register by fuel and year", facts=("fuels_yearly",))
    classes_yearly: Table = given("해마다 차종별 등록", "Register by class and year", facts=("classes_yearly",))

    @property
    def electric_known(self) -> dict[str, float]:
        """Electric vehicles by day, as registered and, on other days, as reported."""
        return dict(sorted({**self.electric_reported, **self.electric_registered}.items()))

    @property
    def until(self) -> str:
        """The last day that counts, as YYYY-MM-DD."""
        return self.on or "9999-12-31"


def read(reader: Reader) -> FleetInputs:
    """Return a city's inputs on the reader's day."""
    series = {
        "promised": (PROMISED, "vehicle"),
        "stated_share": (STATED, "percent"),
        "mandate_year": (MANDATES, "year"),
        "fleet": (FLEET, "vehicle"),
        "lifetime_years": (LIFE, "year"),
        "km_per_day": (KM, "km/vehicle/day"),
        "kwh_per_km": (ENERGY, "kWh/km"),
        "well_to_wheel": (WELL_TO_WHEEL, "g/km"),
        "tailpipe_g_per_km": (TAILPIPE, "g/km"),
        "us_chargers": (US, None),
    }
    values = {
        field: {key: reader.fact(fact, unit) for key, fact in facts.items()} for field, (facts, unit) in series.items()
    }
    return reader.fill(
        FleetInputs,
        on=reader.day.isoformat(),
        **values,
        charging_hours=reader.fact("charging_hours"),
        transport_ghg_share=reader.by_day("transport_ghg_share", "percent"),
        electric_registered=reader.by_day("electric_registered", "vehicle"),
        electric_reported=reader.by_day("electric_reported", "vehicle"),
        range_low={name: _ratio(reader, name, "low") for name in RANGED},
        range_high={name: _ratio(reader, name, "high") for name in RANGED},
    )


def _ratio(reader: Reader, name: str, end: Literal["low", "high"]) -> float:
    """Return an end of a fact's range as a ratio to its value; 1 where it has no range."""
    value = reader.fact_value(name)
    edge = value.low if end == "low" else value.high
    return 1.0 if edge is None or not value.value else float(edge) / float(value.value)
