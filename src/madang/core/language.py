"""Text in Korean and English, and the way numbers and days are written in each."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")
_HANGUL = re.compile("[가-힣]")


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


def in_language(words: str, language: Language) -> str:
    """Return the half of "한국어 · English" that a reader of the language reads; other words as they are.

    Cells of tables are data and have no language of their own, so a name may stand in one in both.
    """
    korean, dot, english = words.partition(" · ")
    if not dot or not _HANGUL.search(korean) or _HANGUL.search(english):
        return words
    return korean if language == "ko" else english


def say_number(value: float | int | None, digits: int | None = None) -> str:
    """Write a number for reading: thousands grouped, about four significant digits below a thousand.

    ``None`` and NaN are written as "—": unknown is never zero. ``digits`` fixes the decimals.
    """
    if value is None or math.isnan(value):
        return "—"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if digits is not None:
        # Adding zero turns the "-0" that rounding leaves behind into "0".
        return f"{round(value, digits) + 0.0:,.{digits}f}"
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    if size < 1e-4:
        return f"{value:.3g}"
    decimals = max(0, 3 - math.floor(math.log10(size)))
    return f"{value:,.{decimals}f}".rstrip("0").rstrip(".")


def say_count(count: int, one: str, many: str | None = None) -> str:
    """Write an English count with what is counted: 1 site, 12,345 sites; ``many`` where the plural is not one and s.

    The words may hold the verb, so that it agrees: ``say_count(lost, "edge has", "edges have")``.
    """
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


_KOREAN_STEPS = ((10**12, "조"), (10**8, "억"), (10**4, "만"))
_ENGLISH_STEPS = ((10**9, "billion"), (10**6, "million"))


def say_large(value: float | int | None, language: Language) -> str:
    """Write a large number as people say it: 3억 6,163만, or 361.63 million; smaller ones as ``say_number``.

    Korean keeps the two highest groups of four digits, English five significant digits.
    """
    if value is None or math.isnan(value) or math.isinf(value):
        return say_number(value)
    said = _korean(abs(value)) if language == "ko" else _english(abs(value))
    return f"-{said}" if value < 0 and said != "0" else said


def _korean(size: float | int) -> str:
    """Return a size in groups of ten thousand, the two highest kept."""
    for step, word in reversed(_KOREAN_STEPS):
        groups = round(size / (step // 10**4))
        if 10**4 <= groups < 10**8 or (word == "조" and groups >= 10**8):
            high, low = divmod(groups, 10**4)
            below = {"조": "억", "억": "만", "만": ""}[word]
            return f"{high:,}{word}" + (f" {low:,}{below}" if low else "")
    return say_number(size)


def _english(size: float | int) -> str:
    """Return a size in millions or billions with five significant digits."""
    for step, word in _ENGLISH_STEPS:
        if size >= step:
            share = float(f"{size / step:.5g}")
            return f"{share:,.5f}".rstrip("0").rstrip(".") + f" {word}"
    return say_number(size)


def say_day(day: date | None, language: Language) -> str:
    """Write a day as people read it: 2021년 9월 7일, or 7 September 2021."""
    if day is None:
        return "—"
    if language == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    return f"{day.day} {day:%B} {day.year}"
