"""The numbers that follow from registers alone: how many chargers, for whom, and how far from the promise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from madang.core.contract import Number
from madang.core.language import text
from madang.solutions.ev_charging.energy import chargers_needed, public_kwh_per_day
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.numbers import NO_COUNT, NO_REGISTER, number, ratio
from madang.solutions.ev_charging.supply import Counted, Supply

_PROMISE = ("chargers_promised_fast", "chargers_promised_slow")
_EVS = ("district_vehicles", "district_evs")
_DRIVING = ("km_per_day", "km_per_kwh", "home_charging_percent")
_SUPPLIED = ("fast_by_day", "slow_by_day", "fast_kw", "slow_kw", "busy_hours_per_day")


def supply_numbers(inputs: EvChargingInputs, supply: Supply) -> Iterator[Number]:
    """Yield every number that needs no streets."""
    yield from _counts(supply)
    yield from _against_promise(inputs, supply)
    yield from _for_whom(inputs, supply)
    yield from _by_energy(inputs, supply)
    yield from _evenness(supply)


def _counts(supply: Supply) -> Iterator[Number]:
    """Yield what is counted."""
    formula = ("그날까지 알려진 마지막 수", "the latest count known on or before the day asked")
    counts: tuple[tuple[str, Counted | None, tuple[str, str], str], ...] = (
        ("chargers_installed", supply.installed, ("설치된 충전기", "Chargers installed"), "chargers_by_day"),
        ("chargers_fast", supply.fast, ("급속충전기", "Rapid chargers"), "fast_by_day"),
        ("chargers_slow", supply.slow, ("완속충전기", "Slow chargers"), "slow_by_day"),
    )
    for name, count, title, field in counts:
        value, day = (count.value, count.day) if count else (None, None)
        yield number(name, value, "charger", title, formula, (field,), day=day, digits=0)
    evs = supply.evs
    yield number(
        "evs",
        evs.value if evs else None,
        "vehicle",
        ("등록된 전기차", "Electric vehicles registered"),
        ("자치구 등록 대수의 합, 마지막 날", "sum over the districts on the latest day"),
        _EVS,
        gap=NO_REGISTER,
        day=evs.day if evs else None,
        digits=0,
    )
    rests = ("district_chargers",)
    day = supply.districts_day
    yield number(
        "chargers_unplaced",
        supply.unplaced,
        "charger",
        ("자치구를 알 수 없는 충전기", "Chargers without a district"),
        ("자치구가 적히지 않은 기록", "records that bear no district"),
        rests,
        gap=NO_REGISTER,
        day=day,
        digits=0,
    )
    yield number(
        "chargers_outside",
        supply.outside,
        "charger",
        ("서울 밖 자치구로 적힌 충전기", "Chargers listed outside the city"),
        ("다른 도시의 구로 적힌 기록", "records that bear a district of another city"),
        rests,
        gap=NO_REGISTER,
        day=day,
        digits=0,
    )


def _against_promise(inputs: EvChargingInputs, supply: Supply) -> Iterator[Number]:
    """Yield what was promised, what is missing, and what the rest would cost."""
    promised = inputs.chargers_promised_fast + inputs.chargers_promised_slow
    yield number(
        "chargers_promised",
        promised,
        "charger",
        ("약속한 충전기", "Chargers promised"),
        ("급속 + 완속", "rapid + slow"),
        _PROMISE,
        digits=0,
    )
    installed = supply.installed
    day = installed.day if installed else None
    rests = ("chargers_by_day", *_PROMISE)
    yield number(
        "chargers_gap",
        promised - installed.value if installed else None,
        "charger",
        ("약속까지 남은 충전기", "Chargers missing to the promise"),
        ("약속 - 설치", "promised - installed"),
        rests,
        day=day,
        digits=0,
    )
    share = ratio(installed.value if installed else None, promised)
    nothing = NO_COUNT if promised else text("약속이 0입니다.", "nothing was promised")
    yield number(
        "chargers_share_percent",
        share * 100 if share is not None else None,
        "percent",
        ("약속 가운데 설치된 비율", "Share of the promise installed"),
        ("설치 / 약속", "installed / promised"),
        rests,
        gap=nothing,
        day=day,
        digits=1,
    )
    yield number(
        "gap_cost_won",
        _gap_cost(inputs, supply),
        "won",
        ("남은 충전기의 설치비", "Cost of the chargers still missing"),
        ("남은 급속 × 급속 설치비 + 남은 완속 × 완속 설치비", "missing rapid x its cost + missing slow x its cost"),
        ("fast_by_day", "slow_by_day", *_PROMISE, "fast_cost_won", "slow_cost_won"),
        day=_day_of(supply.slow),
    )


def _gap_cost(inputs: EvChargingInputs, supply: Supply) -> float | None:
    """Return what the chargers missing of each kind would cost; a surplus of one kind does not pay for the other."""
    if supply.fast is None or supply.slow is None:
        return None
    fast = max(0.0, inputs.chargers_promised_fast - supply.fast.value)
    slow = max(0.0, inputs.chargers_promised_slow - supply.slow.value)
    return fast * inputs.fast_cost_won + slow * inputs.slow_cost_won


def _for_whom(inputs: EvChargingInputs, supply: Supply) -> Iterator[Number]:
    """Yield what falls to one charger, and what the city said would."""
    installed = supply.installed.value if supply.installed else None
    evs, households = (count.value if count else None for count in (supply.evs, supply.households))
    yield number(
        "evs_per_charger",
        ratio(evs, installed),
        "vehicle/charger",
        ("충전기 한 기에 전기차", "Electric vehicles per charger"),
        ("등록된 전기차 / 설치된 충전기", "electric vehicles / chargers"),
        ("chargers_by_day", *_EVS),
        gap=NO_REGISTER,
        day=_day_of(supply.installed),
        digits=2,
    )
    yield number(
        "evs_per_fast_charger",
        ratio(evs, supply.fast.value if supply.fast else None),
        "vehicle/charger",
        ("급속충전기 한 기에 전기차", "Electric vehicles per rapid charger"),
        ("등록된 전기차 / 급속충전기", "electric vehicles / rapid chargers"),
        ("fast_by_day", *_EVS),
        gap=NO_REGISTER,
        day=_day_of(supply.fast),
        digits=1,
    )
    yield number(
        "households_per_charger",
        ratio(households, installed),
        "household/charger",
        ("충전기 한 기에 세대", "Households per charger"),
        ("세대 / 설치된 충전기", "households / chargers"),
        ("chargers_by_day", "district_people"),
        gap=NO_REGISTER,
        day=_day_of(supply.installed),
        digits=1,
    )
    promised = inputs.chargers_promised_fast + inputs.chargers_promised_slow
    yield number(
        "vehicles_claimed",
        inputs.vehicles_claimed,
        "vehicle",
        ("충전기가 감당한다고 한 전기차", "Vehicles the chargers were said to hold"),
        ("발표한 값", "as announced"),
        ("vehicles_claimed",),
        digits=0,
    )
    yield number(
        "vehicles_per_charger_claimed",
        ratio(inputs.vehicles_claimed, promised),
        "vehicle/charger",
        ("발표가 뜻하는 충전기 한 기의 몫", "Vehicles per charger that the announcement implies"),
        ("감당한다고 한 전기차 / 약속한 충전기", "vehicles claimed / chargers promised"),
        ("vehicles_claimed", *_PROMISE),
        gap=text("약속이 0입니다.", "nothing was promised"),
        digits=2,
    )


def _by_energy(inputs: EvChargingInputs, supply: Supply) -> Iterator[Number]:
    """Yield what the chargers can give against what the vehicles take."""
    per_vehicle = public_kwh_per_day(1.0, inputs.km_per_day, inputs.km_per_kwh, inputs.home_charging_percent)
    known = supply.fast is not None and supply.slow is not None
    given_kw = (
        supply.fast.value * inputs.fast_kw + supply.slow.value * inputs.slow_kw if supply.fast and supply.slow else None
    )
    held = ratio(given_kw * inputs.busy_hours_per_day if given_kw is not None else None, per_vehicle)
    never = text("공용 충전이 전혀 없습니다.", "no energy is charged in public")
    yield number(
        "vehicles_held",
        held,
        "vehicle",
        ("충전기의 전기로 다닐 수 있는 전기차", "Vehicles the chargers' energy can hold"),
        (
            "(급속 × 출력 + 완속 × 출력) × 쓰이는 시간 / (주행거리 / 전비 × 공용 비율)",
            "(rapid x kW + slow x kW) x hours in use / (km a day / km per kWh x public share)",
        ),
        (*_SUPPLIED, *_DRIVING),
        gap=never if known else NO_COUNT,
        day=_day_of(supply.slow),
        digits=0,
    )
    evs = inputs.evs_planned if inputs.evs_planned is not None else (supply.evs.value if supply.evs else None)
    taken = None if evs is None else evs * per_vehicle
    fast = inputs.fast_charging_percent / 100.0
    kinds = (
        (
            "fast_needed",
            fast,
            inputs.fast_kw,
            "fast_kw",
            ("전기차가 필요로 하는 급속충전기", "Rapid chargers the vehicles need"),
        ),
        (
            "slow_needed",
            1 - fast,
            inputs.slow_kw,
            "slow_kw",
            ("전기차가 필요로 하는 완속충전기", "Slow chargers the vehicles need"),
        ),
    )
    for name, part, kw, field, title in kinds:
        yield number(
            name,
            None if taken is None else chargers_needed(taken * part, kw, inputs.busy_hours_per_day),
            "charger",
            title,
            (
                "전기차 × 공용 전력 × 그 종류의 비율 / (출력 × 쓰이는 시간)",
                "vehicles x public energy x share of the kind / (kW x hours in use)",
            ),
            ("evs_planned", *_EVS, *_DRIVING, "fast_charging_percent", field, "busy_hours_per_day"),
            gap=NO_REGISTER,
            day=_day_of(supply.evs),
            digits=0,
        )


def _evenness(supply: Supply) -> Iterator[Number]:
    """Yield how evenly the districts are served."""
    rests, even = ("district_chargers", "district_vehicles"), supply.equity
    yield number(
        "chargers_gini",
        even.gini if even else None,
        "1",
        ("충전기의 지니 계수(차량 기준)", "Gini coefficient of chargers over vehicles"),
        (
            "차량당 충전기 로렌츠 곡선과 대각선 사이 넓이의 두 배",
            "twice the area between the Lorenz curve of chargers per vehicle and the even line",
        ),
        rests,
        gap=NO_REGISTER,
        digits=3,
    )
    yield number(
        "worst_fifth_percent",
        even.worst_fifth_percent if even else None,
        "percent",
        ("가장 덜 갖춘 차량 5분의 1이 가진 충전기", "Share of the chargers for the worst-served fifth of vehicles"),
        (
            "로렌츠 곡선에서 차량 20%의 높이; 고르면 20%",
            "height of the Lorenz curve at 20 % of the vehicles; 20 % if even",
        ),
        rests,
        gap=NO_REGISTER,
        digits=1,
    )
    served = supply.districts["vehicles_per_charger"].drop_nulls()
    for name, value, title in (
        (
            "vehicles_per_charger_worst",
            served.max(),
            ("충전기 한 기에 차량, 가장 덜 갖춘 구", "Vehicles per charger, worst-served district"),
        ),
        (
            "vehicles_per_charger_best",
            served.min(),
            ("충전기 한 기에 차량, 가장 잘 갖춘 구", "Vehicles per charger, best-served district"),
        ),
    ):
        yield number(
            name,
            value if isinstance(value, float) else None,
            "vehicle/charger",
            title,
            ("자치구의 차량 / 충전기", "vehicles of a district / its chargers"),
            rests,
            gap=NO_REGISTER,
            digits=1,
        )


def _day_of(count: Counted | None) -> date | None:
    """Return a count's day."""
    return count.day if count else None
