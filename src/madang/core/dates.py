"""Days and the periods that facts and registers speak of. Nothing here reads a clock."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime

from madang.core.errors import Both, UsageError

_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_day(text: str | date, *, end: bool = False) -> date:
    """Return the day that ``text`` names: YYYY-MM-DD, or the first (or last) day of YYYY-MM or YYYY.

    Raises:
        UsageError: ``text`` is none of these, or no such day exists.
    """
    if isinstance(text, date):
        return text.date() if isinstance(text, datetime) else text
    try:
        if _YEAR.fullmatch(text):
            return date(int(text), 12, 31) if end else date(int(text), 1, 1)
        if found := _MONTH.fullmatch(text):
            year, month = int(found[1]), int(found[2])
            return date(year, month, monthrange(year, month)[1] if end else 1)
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        raise ValueError(text)
    except ValueError as error:
        raise UsageError(
            Both(f"날짜가 아닙니다: {text!r}", f"{text!r} is not a day"),
            todo=Both(
                "YYYY-MM-DD로, 달이나 해는 YYYY-MM이나 YYYY로 적으십시오",
                "write YYYY-MM-DD, or YYYY-MM or YYYY for a month or a year",
            ),
        ) from error


def month_end(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def year_share(day: date) -> float:
    """Return ``day`` as a year with a fraction, so that a straight line can be drawn through days."""
    first, last = date(day.year, 1, 1), date(day.year, 12, 31)
    return day.year + (day - first).days / ((last - first).days + 1)
