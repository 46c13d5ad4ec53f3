"""The stated and the computed value on one axis, as a small SVG that takes its colours from the page."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from madang.core.drawing.words import width_of

WIDTH, HEIGHT = 320, 78
_LEFT, _RIGHT = 2, 318
_BAR_TOP, _BAR = 30, 12
_SIZE = 13


def axis_svg(stated: float, computed: float, said: str, made: str, verdict: str, label: str) -> SafeString:
    """Return the drawing: a bar from zero to the computed value, a rule at the stated one, each with its words.

    Args:
        stated: the stated value.
        computed: the computed value, in the same unit.
        said: the stated value in words, written above the rule.
        made: the computed value in words, written below the bar's end.
        verdict: name of the verdict's class, which colours the bar.
        label: what the drawing says, for readers who do not see it.
    """
    low, high = min(0.0, stated, computed), max(0.0, stated, computed)
    span = (high - low) or 1.0

    def place(value: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * (value - low) / span, 1)

    zero, rule, end = place(0.0), place(stated), place(computed)
    return format_html(
        '<svg class="axis axis-{}" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<line class="axis-line" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<rect class="axis-bar" x="{}" y="{}" width="{}" height="{}"/>'
        '<line class="axis-rule" x1="{}" x2="{}" y1="22" y2="50"/>'
        '<text class="axis-stated" x="{}" y="15" text-anchor="{}">{}</text>'
        '<text class="axis-computed" x="{}" y="66" text-anchor="{}">{}</text></svg>',
        verdict, WIDTH, HEIGHT, label,
        _LEFT, _RIGHT, _BAR_TOP + _BAR / 2, _BAR_TOP + _BAR / 2,
        min(zero, end), _BAR_TOP, round(max(abs(end - zero), 1.5), 1), _BAR,
        rule, rule,
        *_beside(rule, said), said,
        *_beside(end, made), made,
    )  # fmt: skip


def _beside(place: float, words: str) -> tuple[float, str]:
    """Return where words stand and how they are anchored, so that they stay inside the drawing."""
    wide = width_of(words, _SIZE)
    if place + wide / 2 > _RIGHT:
        return _RIGHT, "end"
    if place - wide / 2 < _LEFT:
        return _LEFT, "start"
    return place, "middle"
