"""An input's value as a page tells it: one value with its unit, a series by its end, a table by its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from madang.core.language import Language, in_language
from madang.plan.report.amounts import say_amount

_ENDS_SHOWN = 3
_SWITCH = {"ko": ("아니요", "예"), "en": ("no", "yes")}


def say_given(given: Any, unit: str | None, code: Language) -> str:
    """Return a value for reading; what is unknown is a dash, never zero."""
    if given is None:
        return "—"
    if isinstance(given, bool):
        return _SWITCH[code][given]
    if isinstance(given, Mapping):
        if "rows" in given and "table" in given:
            return f"{given['rows']:,}{'행' if code == 'ko' else ' rows'}"
        return _series(given, unit, code)
    if isinstance(given, list | tuple):
        return f"{len(given):,}{'개 값' if code == 'ko' else ' values'}"
    if isinstance(given, int | float):
        year = unit == "year" and 1900 <= given <= 2200
        return str(int(given)) if year else say_amount(given, unit or "1", code)
    return in_language(str(given), code)


def _series(series: Mapping[str, Any], unit: str | None, code: Language) -> str:
    """Return a series by its last entries; a series of series by how many values each of them has."""
    last = list(series.items())[-_ENDS_SHOWN:]
    said = ", ".join(f"{key}: {_part(part, unit, code)}" for key, part in last)
    return ("… " if len(series) > len(last) else "") + said


def _part(part: Any, unit: str | None, code: Language) -> str:
    """Return one entry of a series."""
    if isinstance(part, Mapping):
        return f"{len(part)}{'개 값' if code == 'ko' else ' values'}"
    return say_given(part, unit, code)
