"""Values and states as the bench writes them: the promises pages' own, and which groups of a form stand open."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from madang.web import refusals
from madang.web.scoreboard.templatetags.scoreboard import amount, cell, state, value
from madang.web.wording import language

register = template.Library()
for tag in (amount, cell, state, value):
    register.simple_tag(tag)
#: A group of more inputs is folded, so that the form is one screen at first.
_OPEN_MAX = 6


@register.filter
def refused(error: dict[str, Any]) -> dict[str, str | None]:
    """Return an error's parts in the page's language."""
    return refusals.told(error, language())


@register.filter
def refused_line(error: dict[str, Any]) -> str:
    """Return an error as one line in the page's language."""
    return refusals.line(error, language())


@register.simple_tag
def group_open(rows: list[Any]) -> SafeString:
    """Return the attribute that unfolds a short group, and any in which something was changed or is wrong."""
    wrong = any(box.error for row in rows for box in row.fields)
    return mark_safe(" open") if len(rows) <= _OPEN_MAX or wrong or any(row.changed for row in rows) else mark_safe("")
