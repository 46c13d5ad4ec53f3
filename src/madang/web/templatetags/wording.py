"""``{% say "한국어" "English" %}`` and the ways numbers and days are written; every template has them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.timezone import localtime

from madang.core.language import Text, say_day, say_large, say_number
from madang.core.units import say_unit
from madang.web.wording import language

register = template.Library()


@register.simple_tag
def say(ko: str, en: str) -> str:
    """Return the text of the page's language."""
    return ko if language() == "ko" else en


@register.filter
def told(value: Any) -> str:
    """Return a ``Text`` (or its JSON) in the page's language."""
    if isinstance(value, Text):
        return value.to(language())
    return value[language()] if isinstance(value, dict) else str(value)


@register.filter
def day(value: date | datetime | str | None) -> str:
    """Return a day as the page's language writes it; text is taken as YYYY-MM-DD."""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10]) if value else None
    if isinstance(value, datetime):
        value = localtime(value).date()
    return say_day(value, language())


@register.filter
def iso(value: date | datetime | None) -> str:
    """Return a day as YYYY-MM-DD."""
    if isinstance(value, datetime):
        value = localtime(value).date()
    return value.isoformat() if value else ""


@register.filter
def number(value: float | None, digits: int | None = None) -> str:
    """Return a number with its thousands grouped; unknown is a dash, never zero."""
    return say_number(value, digits)


@register.filter
def exact(value: float | None) -> str:
    """Return a number with every digit it has, and none that it has not: 269500, 0.1."""
    return "—" if value is None else repr(value).removesuffix(".0")


@register.filter
def particle(words: str, pair: str) -> str:
    """Return Korean words with the particle that fits their last sound, of a pair like 과/와; others get the second."""
    after_consonant, after_vowel = pair.split("/")
    last = ord(words[-1]) - 0xAC00 if words else -1
    return words + (after_consonant if 0 <= last < 11172 and last % 28 else after_vowel)


@register.filter
def large(value: float | None) -> str:
    """Return a large number as people say it: 3억 6,163만, 361.63 million."""
    return say_large(value, language())


@register.filter
def unit(value: str | None, amount: float | None = None) -> str:
    """Return a unit as the page's language says it, after an amount where one stands before it."""
    return say_unit(value, language(), say_number(amount)) if value else ""
