"""An input's value as a page tells it: one value with its unit, a series by its end, a table by its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from madang.core.language import Language, in_language, say_day
from madang.plan.report.amounts import say_amount

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ENDS_SHOWN = 3
_SWITCH = {"ko": ("아니요", "예"), "en": ("no", "yes")}


Word = Callable[[str, Language], str]


def _as_is(key: str, code: Language) -> str:
    """Return a key that nobody has a word for."""
    return key


def say_given(given: Any, unit: str | None, code: Language, word: Word = _as_is) -> str:
    """Return a value for reading; what is unknown is a dash, never zero. ``word`` says what keys are called."""
    if given is None:
        return "—"
    if isinstance(given, bool):
        return _SWITCH[code][given]
    if isinstance(given, Mapping):
        if "rows" in given and "table" in given:
            return f"{given['rows']:,}{'행' if code == 'ko' else ' rows'}"
        return _series(given, unit, code, word)
    if isinstance(given, list | tuple):
        return f"{len(given):,}{'개 값' if code == 'ko' else ' values'}"
    if isinstance(given, int | float):
        year = unit == "year" and 1900 <= given <= 2200
        return str(int(given)) if year else say_amount(given, unit or "1", code)
    return _key(str(given), code, word)


def _series(series: Mapping[str, Any], unit: str | None, code: Language, word: Word) -> str:
    """Return a series by its last entries; a series of series by how many values each of them has."""
    last = list(series.items())[-_ENDS_SHOWN:]
    said = ", ".join(f"{_key(str(key), code, word)}: {_part(part, unit, code)}" for key, part in last)
    return ("… " if len(series) > len(last) else "") + said


def _key(key: str, code: Language, word: Word) -> str:
    """Return a key or a choice as it is read: a day as a day, a name in the reader's language."""
    try:
        return say_day(date.fromisoformat(key), code) if _DAY.fullmatch(key) else in_language(word(key, code), code)
    except ValueError:
        return key


def _part(part: Any, unit: str | None, code: Language) -> str:
    """Return one entry of a series."""
    if isinstance(part, Mapping):
        return f"{len(part)}{'개 값' if code == 'ko' else ' values'}"
    return say_given(part, unit, code)
