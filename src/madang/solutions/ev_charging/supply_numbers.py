"""The numbers that follow from registers alone: how many chargers, for whom, and how far from the promise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from madang.core.contract import Number
from madang.core.language import text
from madang.solutions.ev_charging.energy import chargers_needed, public_kwh_per_day
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.numbers import (
    NO_CLAIM,
    NO_COUNT,
    NO_PROMISE,
    NO_REGISTER,
    NOTHING_PROMISED,
    number,
    percent,
    ratio,
)
from madang.solutions.ev_charging.supply import Counted, Supply

_PROMISE = ("chargers_promised_fast", "chargers_promised_slow")
_EVS = ("district_vehicles", "district_evs")
_DRIVING = ("km_per_day", "km_per_kwh", "home_charging_percent")
_SUPPLIED = ("fast_by_day", "slow_by_day", "fast_kw", "slow_kw", "busy_hours_per_day")
_SERVED = ("district_chargers", "district_vehicles")


def supply_numbers(inputs: EvChargingInputs, supply: Supply) -> Iterator[Number]:
    """Yield every number that needs no streets."""
    yield from _counts(supply)
    yield from _against_promise(inputs, supply)
    yield from _for_whom(inputs, supply)
    yield from _by_energy(inputs, supply)
    yield from _evenness(supply)


def _counts(supply: Supply) -> Iterator[Number]:
    """Yield what is counted."""
    for name, count, field in (
        ("chargers_installed", supply.installed, "chargers_by_day"),
        ("chargers_fast", supply.fast, "fast_by_day"),
        ("chargers_slow", supply.slow, "slow_by_day"),
    ):
        yield number(name, _value(count), (field,), day=_day(count))
    yield number("evs", _value(supply.evs), _EVS, NO_REGISTER, day=_day(supply.evs))
    for name, value in (("chargers_unplaced", supply.unplaced), ("chargers_outside", supply.outside)):
        yield number(name, value, ("district_chargers",), NO_REGISTER, day=supply.districts_day)


def _against_promise(inputs: EvChargingInputs, supply: Supply) -> Iterator[Number]:
    """Yield what was promised, what is missing, and what the rest would cost."""
    promised = promised_chargers(inputs)
    installed, rests = _value(supply.installed), ("chargers_by_day", *_PROMISE)
    day = _day(supply.installed)
    yield number("chargers_promised", promised, _PROMISE, NO_PROMISE)
    unknown = NO_PROMISE if promised is None else NO_COUNT
    missing = None if promised is None or installed is None else promised - installed
    yield number("chargers_gap", missing, rests, unknown, day=day)
    gap = NOTHING_PROMISED if promised == 0 else unknown
    yield number("chargers_share_percent", percent(installed, promised), rests, gap, day=day)
    costs = ("fast_by_day", "slow_by_day", *_PROMISE, "fast_cost_won", "slow_cost_won")
    yield number("gap_cost_won", _gap_cost(inputs, supply), costs, unknown, day=_day(supply.slow))


def promised_chargers(inputs: EvChargingInputs) -> float | None:
    """Return the chargers promised; unknown where the promise of either kind is."""
    fast, slow = inputs.chargers_promised_fast, inputs.chargers_promised_slow
    return None if fast is None or slow is None else fast + slow


def _gap_cost(inputs: EvChargingInputs, supply: Supply) -> float | None:
    """Return what the chargers missing of each kind would cost; a surplus of one kind does not pay for the other."""
    promised_fast, promised_slow = inputs.chargers_promised_fast, inputs.chargers_promised_slow
    if supply.fast is None or supply.slow is None or promised_fast is None or promised_slow is None:
        return None
    fast = max(0.0, promised_fast - supply.fast.value)
    slow = max(0.0, promised_slow - supply.slow.value)
    return fast * inputs.fast_cost_won + slow * inputs.slow_cost_won


def _for_whom(inputs: EvChargingInputs, supply: Supply) -> Iterator[Number]:
    """Yield what falls to one charger, and what the city said would."""
    installed, fast, evs = _value(supply.installed), _value(supply.fast), _value(supply.evs)
    day, counted = _day(supply.installed), ("chargers_by_day", *_EVS)
    yield number("evs_per_charger", ratio(evs, installed), counted, NO_REGISTER, day=day)
    yield number("evs_per_fast_charger", ratio(evs, fast), ("fast_by_day", *_EVS), NO_REGISTER, day=_day(supply.fast))
    households = ratio(_value(supply.households), installed)
    yield number("households_per_charger", households, ("chargers_by_day", "district_people"), NO_REGISTER, day=day)
    yield number("vehicles_claimed", inputs.vehicles_claimed, ("vehicles_claimed",), NO_CLAIM)
    promised = promised_chargers(inputs)
    gap = NO_CLAIM if inputs.vehicles_claimed is None else NO_PROMISE if promised is None else NOTHING_PROMISED
    claimed = ratio(inputs.vehicles_claimed, promised)
    yield number("vehicles_per_charger_claimed", claimed, ("vehicles_claimed", *_PROMISE), gap)


def _by_energy(inputs: EvChargingInputs, supply: Supply) -> Iterator[Number]:
    """Yield what the chargers can give against what the vehicles take."""
    per_vehicle = public_kwh_per_day(1.0, inputs.km_per_day, inputs.km_per_kwh, inputs.home_charging_percent)
    given = None
    if supply.fast is not None and supply.slow is not None:
        given = supply.fast.value * inputs.fast_kw + supply.slow.value * inputs.slow_kw
    held = ratio(None if given is None else given * inputs.busy_hours_per_day, per_vehicle)
    never = text("공용 충전이 전혀 없습니다.", "no energy is charged in public")
    gap = NO_COUNT if given is None else never
    yield number("vehicles_held", held, (*_SUPPLIED, *_DRIVING), gap, day=_day(supply.slow))
    evs = inputs.evs_planned if inputs.evs_planned is not None else _value(supply.evs)
    taken, fast = None if evs is None else evs * per_vehicle, inputs.fast_charging_percent / 100.0
    rests = ("evs_planned", *_EVS, *_DRIVING, "fast_charging_percent", "busy_hours_per_day")
    for name, part, kw, field in (
        ("fast_needed", fast, inputs.fast_kw, "fast_kw"),
        ("slow_needed", 1.0 - fast, inputs.slow_kw, "slow_kw"),
    ):
        needed = None if taken is None else chargers_needed(taken * part, kw, inputs.busy_hours_per_day)
        # A planned fleet is of no day that a register knows.
        day = _day(supply.evs) if inputs.evs_planned is None else None
        yield number(name, needed, (*rests, field), NO_REGISTER, day=day)


def _evenness(supply: Supply) -> Iterator[Number]:
    """Yield how evenly the districts are served."""
    even, shared = supply.equity, supply.districts["vehicles_per_charger"].drop_nulls().to_list()
    for name, value in (
        ("chargers_gini", even.gini if even else None),
        ("worst_fifth_percent", even.worst_fifth_percent if even else None),
        ("vehicles_per_charger_worst", max(shared, default=None)),
        ("vehicles_per_charger_best", min(shared, default=None)),
    ):
        yield number(name, value, _SERVED, NO_REGISTER)


def _value(count: Counted | None) -> float | None:
    """Return a count's value."""
    return count.value if count else None


def _day(count: Counted | None) -> date | None:
    """Return a count's day."""
    return count.day if count else None
