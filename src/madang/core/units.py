"""The one registry of units. Counted things have dimensions of their own, so vehicles never add to chargers."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pint

from madang.core.errors import Both, UnitError
from madang.core.language import Language

COUNTED = {
    "vehicle": ("대", "vehicles"),
    "charger": ("기", "chargers"),
    "person": ("명", "people"),
    "household": ("가구", "households"),
    "member": ("회원", "members"),
    "site": ("곳", "sites"),
    "address": ("주소", "addresses"),
    "tree": ("그루", "trees"),
    "item": ("건", "items"),
    "city": ("도시", "cities"),
    "company": ("곳", "companies"),
    # In English a rank stands before its number: rank 16.
    "rank": ("위", ""),
    "place": ("계단", "places"),
    "score": ("점", "points"),
    "mileage": ("마일리지", "mileage points"),
    "won": ("원", "won"),
    "usd": ("달러", "US dollars"),
}
LABELS = {
    "1": ("", ""),
    "percent": ("%", "%"),
    "year": ("년", "years"),
    "month": ("개월", "months"),
    "day": ("일", "days"),
    "hour": ("시간", "hours"),
    "minute": ("분", "minutes"),
    "degree": ("도", "degrees"),
    "kWh": ("kWh", "kWh"),
    "t": ("톤", "t"),
    "m": ("m", "m"),
}
_SPANS = frozenset({"year", "month", "day", "hour", "minute", "degree"})
#: One of what is counted in English, where it is not called as the unit is.
_ONE = {"rank": "", "score": "point", "mileage": "mileage point", "usd": "US dollar"}
#: How a unit may be written: names with powers, joined by * and /.
_WRITTEN = re.compile(r"(1/)?[^\W\d]\w*(\*\*-?[1-9])?([*/][^\W\d]\w*(\*\*-?[1-9])?)*|%")
_TON = re.compile(r"\b[kMG]?tons?\b")
_PARTS = re.compile(r"((?<!\*)\*(?!\*)|/|\*\*-?[1-9])")


@cache
def registry() -> pint.UnitRegistry[Any]:
    """Return the registry: SI with the counted things as dimensions of their own."""
    made = read_registry(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "madang" / "units")
    for name in COUNTED:
        made.define(f"{name} = [{name}]")
    return made


def read_registry(kept: Path) -> pint.UnitRegistry[Any]:
    """Return pint's registry, read from what an earlier process kept of it in a folder, or read and kept there.

    Reading its definitions anew takes 0.35 s of CPU, which every command with a solution would pay; kept ones take
    0.03 s. They are named by their text and by the versions of pint and Python.
    """
    try:
        return pint.UnitRegistry(cache_folder=kept)
    except Exception:
        # The folder cannot be written, or a process that was killed left half a file: any error of a pickle's.
        return pint.UnitRegistry()


@cache
def check_unit(unit: str) -> str:
    """Return ``unit`` unchanged when the registry knows it; "1" is a pure number.

    Raises:
        UnitError: the registry has no such unit.
    """
    if unit == "1":
        return unit
    if _TON.search(unit):
        # The registry's ton is the American one of 907 kg: a plausible number, and wrong.
        raise UnitError(
            Both(f"여러 뜻을 지닌 단위입니다: {unit!r}", f"the unit {unit!r} means several things"),
            todo=Both("1,000 kg은 't'로 적으십시오", "write 't' for 1,000 kg"),
        )
    try:
        # The registry's reader can fail in ways of its own on text that is no unit at all.
        known = _WRITTEN.fullmatch(unit) is not None and str(registry().parse_units(unit)) != "dimensionless"
    except Exception:
        known = False
    if not known:
        raise UnitError(
            Both(f"그런 단위가 없습니다: {unit!r}", f"there is no unit {unit!r}"),
            todo=Both(
                f'SI 단위, 무차원은 "1", "percent", 또는 이 가운데 하나를 쓰십시오: {", ".join(sorted(COUNTED))}',
                f'use SI units, "1" for a pure number, "percent", or one of: {", ".join(sorted(COUNTED))}',
            ),
        )
    return unit


@cache
def factor(have: str, want: str) -> float:
    """Return what a value in ``have`` is multiplied by to be in ``want``.

    Raises:
        UnitError: the two measure different things, or their zeros differ (degC and kelvin).
    """
    check_unit(have)
    check_unit(want)
    if have == want:
        return 1.0
    if _to(0.0, have, want) != 0.0:
        raise UnitError(
            Both(
                f"{have}: 영점이 달라 {want}의 배수가 아닙니다",
                f"{have} is not a multiple of {want}: their zeros differ",
            ),
            todo=Both(
                "값마다 바꾸거나, 온도의 차이는 켈빈으로 주십시오",
                "convert each value, or give a difference of temperatures in kelvin",
            ),
        )
    return _to(1.0, have, want)


def convert(value: float, have: str, want: str) -> float:
    """Return ``value``, given in ``have``, expressed in ``want``.

    Raises:
        UnitError: the two measure different things, or one of them is no unit.
    """
    check_unit(have)
    check_unit(want)
    return value if have == want else _to(value, have, want)


def add(*parts: tuple[float, str]) -> tuple[float, str]:
    """Return the sum of (value, unit) pairs in the unit of the first.

    Raises:
        UnitError: the parts measure different things, as kWh and kg do; or there are none.
    """
    if not parts:
        raise UnitError(
            Both("아무것도 더하지 않은 합에는 단위가 없습니다", "a sum of nothing has no unit"),
            todo=Both("단위가 있는 값을 적어도 하나 주십시오", "give at least one value with its unit"),
        )
    unit = parts[0][1]
    return sum(convert(value, have, unit) for value, have in parts), unit


def say_unit(unit: str, language: Language, said: str = "") -> str:
    """Return the unit as people of that language read it, after the number ``said``: in English 1 site, 2 sites."""
    column = 0 if language == "ko" else 1
    if column == 1 and said.lstrip("+-") == "1" and (unit in COUNTED or unit in _SPANS):
        return _ONE.get(unit, unit)
    if unit in COUNTED:
        return COUNTED[unit][column]
    if unit in LABELS:
        return LABELS[unit][column]
    return _compound(unit, language)


def _compound(unit: str, language: Language) -> str:
    """Return a compound unit with each of its parts said in the language: won/kWh, kg/대."""
    parts = _PARTS.split(unit)
    said = [_part(part, language) for part in parts]
    return "".join(said).replace("**2", "²").replace("**3", "³").replace("*", "·")


def _part(part: str, language: Language) -> str:
    """Return one part of a compound unit; English keeps its singular name, as in kWh/vehicle."""
    if language == "en":
        return part
    return COUNTED.get(part, LABELS.get(part, (part,)))[0] if part != "1" else "1"


def _to(value: float, have: str, want: str) -> float:
    """Return a value in another unit, through the registry."""
    try:
        made = registry().Quantity(value, have).to(want)
    except pint.errors.DimensionalityError as error:
        raise UnitError(
            Both(
                f"{have}에서 {want}로 바꿀 수 없습니다. 재는 것이 다릅니다",
                f"{have} cannot be turned into {want}: they measure different things",
            ),
            todo=Both(
                "수 옆의 단위와, 어느 수를 뜻했는지 확인하십시오",
                "check the unit beside the number, and which number was meant",
            ),
        ) from error
    return float(made.magnitude)
