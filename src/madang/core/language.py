"""Text in Korean and English, and the way numbers and days are written in each."""

from __future__ import annotations

import math
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")


class Text(BaseModel):
    """A sentence or title that exists in both languages; neither may be empty."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    ko: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def to(self, language: Language) -> str:
        """Return the text in one language."""
        return self.ko if language == "ko" else self.en


def text(ko: str, en: str) -> Text:
    """Return a ``Text`` from its two halves, Korean first."""
    return Text(ko=ko, en=en)


def say_number(value: float | int | None, digits: int | None = None) -> str:
    """Write a number for reading: thousands grouped, about four significant digits below a thousand.

    ``None`` and NaN are written as "—": unknown is never zero. ``digits`` fixes the decimals.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "—"
    if digits is not None:
        return f"{value:,.{digits}f}"
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    if size < 1e-4:
        return f"{value:.3g}"
    decimals = max(0, 3 - math.floor(math.log10(size)))
    return f"{value:,.{decimals}f}".rstrip("0").rstrip(".")


def say_day(day: date | None, language: Language) -> str:
    """Write a day as people read it: 2021년 9월 7일, or 7 September 2021."""
    if day is None:
        return "—"
    if language == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    return f"{day.day} {day:%B} {day.year}"
