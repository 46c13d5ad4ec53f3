"""Small sums on what was stated: parts added up, shares, and what a share implies."""

from __future__ import annotations

from madang.core.errors import Both, BoundsError


def promised_total(
    cars: float, trucks: float, taxis: float, buses: float, motorcycles: float, school_buses: float = 0
) -> dict[str, float]:
    """Return the parts of the promise added up, without and with the school buses of the pilot."""
    total = cars + trucks + taxis + buses + motorcycles
    return {"total": total, "with_school_buses": total + school_buses}


def share_of_class(electric: float, vehicles: float) -> dict[str, float]:
    """Return the electric part of a class in per cent. Raises: BoundsError for a class without vehicles."""
    if vehicles <= 0:
        raise BoundsError(
            Both(
                f"차가 {vehicles:g}대인 차종에서는 몫을 구할 수 없습니다",
                f"a class of {vehicles:g} vehicles has no shares",
            ),
            todo=Both("적어도 한 대를 주십시오", "give at least one vehicle"),
        )
    return {"percent": 100.0 * electric / vehicles}


def vehicles_implied(electric: float, percent: float) -> dict[str, float]:
    """Return how many vehicles a class must have if ``electric`` are ``percent`` of it."""
    if percent <= 0:
        raise BoundsError(
            Both(
                f"{percent:g}%의 몫으로는 대수를 구할 수 없습니다", f"a share of {percent:g} per cent implies no number"
            ),
            todo=Both("0보다 큰 몫을 주십시오", "give a share above 0"),
        )
    return {"vehicles": 100.0 * electric / percent}


def saving_per_vehicle(saving_t: float, vehicles: float, km_per_day: float) -> dict[str, float]:
    """Return what a stated saving means for one vehicle: t a year, and g a kilometre at ``km_per_day``."""
    if vehicles <= 0 or km_per_day <= 0:
        raise BoundsError(
            Both(
                "차나 주행 거리가 없으면 줄인 양이 뜻이 없습니다",
                "a saving for no vehicle or no distance means nothing",
            ),
            todo=Both("0보다 큰 수를 주십시오", "give more than 0"),
        )
    t_per_year = saving_t / vehicles
    return {"t_per_year": t_per_year, "g_per_km": t_per_year * 1e6 / (km_per_day * 365.0)}
