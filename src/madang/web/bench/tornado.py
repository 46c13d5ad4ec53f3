"""The tornado: a bar for each input from what a number becomes at its low end to what it becomes at its high end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from madang.core.drawing.words import width_of, wrap

WIDTH = 640
_NAMES, _RIGHT, _ROW, _BAR, _TOP = 210, 70, 34, 16, 30
_SIZE = 13


def tornado_svg(bars: Sequence[tuple[str, float, float]], base: float, say: Callable[[float], str]) -> SafeString:
    """Return the drawing; ``bars`` are (name, value at the low end, value at the high end), the longest first."""
    values = [value for _, low, high in bars for value in (low, high)] + [base]
    least, most = min(values), max(values)
    room, span = WIDTH - _NAMES - _RIGHT, (most - least) or 1.0

    def place(value: float) -> float:
        return round(_NAMES + 20 + (room - 20) * (value - least) / span, 1)

    height = _TOP + _ROW * len(bars) + 8
    rows = format_html_join("", "{}", ((_row(index, bar, base, place),) for index, bar in enumerate(bars)))
    middle = place(base)
    return format_html(
        '<svg class="tornado" viewBox="0 0 {} {}" aria-hidden="true">'
        '<text class="tornado-base" x="{}" y="16" text-anchor="middle">{}</text>{}'
        '<line class="tornado-line" x1="{}" x2="{}" y1="22" y2="{}"/></svg>',
        WIDTH, height, min(max(middle, _NAMES + 60), WIDTH - 60), say(base), rows, middle, middle, height - 4,
    )  # fmt: skip


def _row(index: int, bar: tuple[str, float, float], base: float, place: Callable[[float], float]) -> SafeString:
    """Return one input's name and its two half-bars."""
    name, low, high = bar
    top, middle = _TOP + index * _ROW + (_ROW - _BAR) / 2, place(base)
    halves = format_html_join(
        "",
        '<rect class="tornado-{}" x="{}" y="{}" width="{}" height="{}"/>',
        (
            (kind, min(middle, place(value)), top, round(abs(place(value) - middle), 1), _BAR)
            for kind, value in (("low", low), ("high", high))
        ),
    )
    return format_html("{}{}", _name(name, top + _BAR / 2), halves)


def _name(name: str, middle: float) -> SafeString:
    """Return a name to the left of its bar, on one or two lines."""
    lines = wrap(name, _SIZE, _NAMES)
    if len(lines) > 2:
        lines = [lines[0], lines[1] + "…" if width_of(lines[1], _SIZE) < _NAMES - 12 else lines[1][:-2] + "…"]
    start = middle + 4.5 - (len(lines) - 1) * 7.5
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        ((_NAMES, start + 15 * place, line) for place, line in enumerate(lines)),
    )
