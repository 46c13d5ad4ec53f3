"""Amounts as people read them: a number with its unit in Korean or English, and what is unknown with its reason."""

from __future__ import annotations

from madang.core.contract import Number
from madang.core.language import Language, say_number
from madang.core.units import COUNTED, say_unit

_EOK, _MAN = 100_000_000, 10_000
#: Units that stand against the number without a space, in either language.
_CLOSE = frozenset({"percent"})


def say_value(value: float | int | None, language: Language, digits: int | None = None) -> str:
    """Return a number for reading; Korean writes hundreds of millions as 억 and 만."""
    if value is None or language == "en" or abs(value) < _EOK:
        return say_number(value, digits)
    sign, whole = ("-" if value < 0 else ""), round(abs(value) / _MAN)
    eok, man = divmod(whole, _EOK // _MAN)
    return f"{sign}{eok:,}억 {man:,}만" if man else f"{sign}{eok:,}억"


def say_amount(value: float | int | None, unit: str, language: Language, digits: int | None = None) -> str:
    """Return a number with its unit: 269,500대, 2.39 Mt, 14.0%."""
    said = say_value(value, language, digits)
    word = say_unit(unit, language, said)
    if value is None or not word:
        return said
    close = unit in _CLOSE or (language == "ko" and unit in COUNTED)
    return f"{said}{word}" if close and not said.endswith("만") else f"{said} {word}"


def say_range(number: Number, language: Language) -> str:
    """Return the range a number is known within, or nothing."""
    if number.low is None or number.high is None:
        return ""
    return f"{say_value(number.low, language, number.digits)} – {say_value(number.high, language, number.digits)}"
