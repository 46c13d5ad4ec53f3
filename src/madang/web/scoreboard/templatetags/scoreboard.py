"""Values, states and verdicts as the pages write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from madang.core.language import say_number, text
from madang.plan.report.amounts import say_amount
from madang.web.scoreboard.telling import slug_of, verdict_words
from madang.web.wording import language

register = template.Library()
_STATES = {
    "known": text("확인됨", "known"),
    "enacted": text("시행", "enacted"),
    "announced": text("발표만 됨", "announced only"),
    "unverified": text("확인되지 않음", "unverified"),
    "assumption": text("가정", "assumption"),
}
_ENDS_SHOWN = 3


@register.simple_tag
def verdict(name: str) -> SafeString:
    """Return a verdict with its shape."""
    return format_html('<span class="verdict verdict-{}">{}</span>', slug_of(name), verdict_words(name, language()))


@register.simple_tag
def state(name: str) -> str:
    """Return how well a fact is established, in words."""
    return _STATES[name].to(language()) if name in _STATES else name


@register.simple_tag
def amount(value: float | None, unit: str, digits: int | None = None) -> str:
    """Return a number with its unit."""
    return say_amount(value, unit, language(), digits)


@register.simple_tag
def value(given: Any, unit: str | None = None) -> str:
    """Return an input's or a fact's value: a series by its last entries, a table by its rows."""
    code = language()
    if given is None:
        return "—"
    if isinstance(given, bool):
        return {True: {"ko": "예", "en": "yes"}, False: {"ko": "아니요", "en": "no"}}[given][code]
    if isinstance(given, Mapping):
        if "rows" in given and "table" in given:
            return f"{given['rows']:,}{'행' if code == 'ko' else ' rows'}"
        return _series(dict(given), unit, code)
    if isinstance(given, list | tuple):
        return f"{len(given):,}{'개 값' if code == 'ko' else ' values'}"
    return say_amount(given, unit or "1", code) if isinstance(given, int | float) else str(given)


@register.simple_tag
def cell(given: Any, column: dict[str, Any]) -> str:
    """Return one cell of a figure's table: years bare, numbers grouped, nothing as a dash."""
    if given is None:
        return "—"
    if isinstance(given, bool) or not isinstance(given, int | float):
        return str(given)
    return str(given) if column["unit"] == "year" else say_number(given, column["digits"])


def _series(series: dict[str, Any], unit: str | None, code: Any) -> str:
    """Return a series by its last entries."""
    last = list(series.items())[-_ENDS_SHOWN:]
    said = ", ".join(
        f"{key}: {say_amount(part, unit or '1', code) if isinstance(part, int | float) else '…'}" for key, part in last
    )
    return ("… " if len(series) > len(last) else "") + said
