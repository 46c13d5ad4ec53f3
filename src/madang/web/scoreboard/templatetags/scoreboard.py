"""Values, states and verdicts as the pages write them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from madang import register as register_of_solutions
from madang.core.language import say_number, text
from madang.plan.report.amounts import say_amount
from madang.web.bench.cards import card_of
from madang.web.live.telling import say_given
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
def value(given: Any, unit: str | None = None, solution: str = "") -> str:
    """Return an input's or a fact's value: a series by its last entries, a table by its rows; keys by their names."""
    if solution in register_of_solutions.NAMES:
        return say_given(given, unit, language(), card_of(solution).word)
    return say_given(given, unit, language())


@register.simple_tag
def cell(given: Any, column: dict[str, Any]) -> str:
    """Return one cell of a figure's table: years bare, numbers grouped, nothing as a dash."""
    if given is None:
        return "—"
    if isinstance(given, bool) or not isinstance(given, int | float):
        return str(given)
    return str(given) if column["unit"] == "year" else say_number(given, column["digits"])
