"""The one registry of units. Counted things have dimensions of their own, so vehicles never add to chargers."""

from __future__ import annotations

from functools import cache
from typing import Any

import pint

from madang.core.errors import UnitError
from madang.core.language import Language

COUNTED = {
    "vehicle": ("대", "vehicles"),
    "charger": ("기", "chargers"),
    "person": ("명", "people"),
    "household": ("가구", "households"),
    "member": ("회원", "members"),
    "site": ("곳", "sites"),
    "tree": ("그루", "trees"),
    "item": ("건", "items"),
    "city": ("도시", "cities"),
    "company": ("곳", "companies"),
    "rank": ("위", "rank"),
    "score": ("점", "score"),
    "mileage": ("마일리지", "mileage points"),
    "won": ("원", "won"),
    "usd": ("달러", "US dollars"),
}
LABELS = {
    "1": ("", ""),
    "percent": ("%", "%"),
    "year": ("년", "years"),
    "month": ("개월", "months"),
    "minute": ("분", "minutes"),
    "kWh": ("kWh", "kWh"),
    "t": ("톤", "t"),
    "m": ("m", "m"),
    "seoul": ("서울 면적", "Seouls"),
}


@cache
def registry() -> pint.UnitRegistry[Any]:
    """Return the registry: SI with the counted things as dimensions of their own."""
    made: pint.UnitRegistry[Any] = pint.UnitRegistry(autoconvert_offset_to_baseunit=False)
    for name in COUNTED:
        made.define(f"{name} = [{name}]")
    return made


@cache
def check_unit(unit: str) -> str:
    """Return ``unit`` unchanged when the registry knows it; "1" is a pure number.

    Raises:
        UnitError: the registry has no such unit.
    """
    if unit == "1":
        return unit
    try:
        registry().parse_units(unit)
    except (pint.errors.PintError, ValueError, TypeError, AttributeError) as error:
        raise UnitError(
            f"there is no unit {unit!r}",
            todo='use SI units, "1" for a pure number, "percent", or one of: ' + ", ".join(sorted(COUNTED)),
        ) from error
    return unit


@cache
def factor(have: str, want: str) -> float:
    """Return what a value in ``have`` is multiplied by to be in ``want``.

    Raises:
        UnitError: the two measure different things.
    """
    if have == want:
        return 1.0
    try:
        made = registry().Quantity(1.0, _pint_name(have)).to(_pint_name(want))
    except pint.errors.DimensionalityError as error:
        raise UnitError(
            f"{have} cannot be turned into {want}: they measure different things",
            todo="check the unit beside the number, and which number was meant",
        ) from error
    return float(made.magnitude)


def convert(value: float, have: str, want: str) -> float:
    """Return ``value``, given in ``have``, expressed in ``want``."""
    check_unit(have)
    check_unit(want)
    return value * factor(have, want)


def add(*parts: tuple[float, str]) -> tuple[float, str]:
    """Return the sum of (value, unit) pairs in the unit of the first.

    Raises:
        UnitError: the parts measure different things, as kWh and kg do.
    """
    unit = parts[0][1]
    return sum(convert(value, have, unit) for value, have in parts), unit


def say_unit(unit: str, language: Language) -> str:
    """Return the unit as people of that language read it."""
    column = 0 if language == "ko" else 1
    if unit in COUNTED:
        return COUNTED[unit][column]
    if unit in LABELS:
        return LABELS[unit][column]
    return _compound(unit, language)


def _compound(unit: str, language: Language) -> str:
    """Return a compound unit with each of its parts said in the language: won/kWh, kg/대."""
    column = 0 if language == "ko" else 1
    parts = unit.split("/")
    singular = [COUNTED[part][column] if part in COUNTED and column == 0 else part for part in parts]
    return "/".join(singular).replace("**2", "²").replace("**3", "³").replace("m2", "m²").replace("m3", "m³")


def _pint_name(unit: str) -> str:
    """Return the registry's name: a pure number is dimensionless."""
    return "dimensionless" if unit == "1" else unit
