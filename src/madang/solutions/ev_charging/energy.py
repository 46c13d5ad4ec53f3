"""Electricity that vehicles take from chargers in public, and how many chargers that asks for."""

from __future__ import annotations

from madang.core.errors import Both, BoundsError


def public_kwh_per_day(evs: float, km_per_day: float, km_per_kwh: float, home_percent: float) -> float:
    """Return the energy (kWh/day) that ``evs`` vehicles charge away from a private charger at home.

    evs x km a day / km per kWh x (1 - home share).
    """
    if km_per_kwh <= 0:
        raise BoundsError(
            Both(
                f"전비가 {km_per_kwh:g} km/kWh일 수 없습니다",
                f"{km_per_kwh:g} km/kWh is not a distance on a kilowatt-hour",
            ),
            todo=Both("0보다 큰 수를 주십시오", "give more than 0"),
        )
    return evs * km_per_day / km_per_kwh * (1.0 - home_percent / 100.0)


def chargers_needed(kwh_per_day: float, kw: float, hours_per_day: float) -> float:
    """Return the chargers (not rounded) that give ``kwh_per_day`` when each is in use ``hours_per_day``."""
    return kwh_per_day / (kw * hours_per_day)


def capacity_claim(chargers: float, vehicles: float) -> dict[str, float]:
    """Return how many vehicles a stated capacity gives to one charger."""
    return {"vehicles_per_charger": vehicles / chargers}
