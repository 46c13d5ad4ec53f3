"""The tornado: a bar for each input from what a number becomes at its low end to what it becomes at its high end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from madang.core.drawing.words import width_of, wrap

#: As wide as a phone, so that the words keep their size there.
WIDTH = 380
_EDGE, _ROW, _NAME, _BAR, _TOP, _SIZE = 14, 44, 16, 16, 28, 13
Place = Callable[[float], float]


def tornado_svg(bars: Sequence[tuple[str, float, float]], base: float, say: Callable[[float], str]) -> SafeString:
    """Return the drawing; ``bars`` are (name, value at the low end, value at the high end), the longest first."""
    values = [value for _, low, high in bars for value in (low, high)] + [base]
    least, most = min(values), max(values)
    span = (most - least) or 1.0

    def place(value: float) -> float:
        return round(_EDGE + (WIDTH - 2 * _EDGE) * (value - least) / span, 1)

    height, middle, words = _TOP + _ROW * len(bars) + 4, place(base), say(base)
    half = width_of(words, _SIZE) / 2 + 2
    rows = format_html_join("", "{}", ((_row(index, bar, base, place),) for index, bar in enumerate(bars)))
    return format_html(
        '<svg class="tornado" viewBox="0 0 {} {}" aria-hidden="true">'
        '<line class="tornado-line" x1="{}" x2="{}" y1="20" y2="{}"/>'
        '<text class="tornado-base" x="{}" y="14" text-anchor="middle">{}</text>{}</svg>',
        WIDTH, height, middle, middle, height, round(min(max(middle, half), WIDTH - half), 1), words, rows,
    )  # fmt: skip


def _row(index: int, bar: tuple[str, float, float], base: float, place: Place) -> SafeString:
    """Return one input's name, its two half-bars and the signs at their ends."""
    name, low, high = bar
    top = _TOP + index * _ROW
    ends = [(kind, sign, value) for kind, sign, value in (("low", "−", low), ("high", "+", high)) if value != base]
    halves = format_html_join("", "{}", ((_half(kind, sign, value, base, top, place),) for kind, sign, value in ends))
    lines = wrap(name, _SIZE, WIDTH - 2 * _EDGE)
    said = lines[0] + ("…" if len(lines) > 1 else "") if lines else ""
    return format_html('<text class="tornado-name" x="0" y="{}">{}</text>{}', top + _NAME - 4, said, halves)


def _half(kind: str, sign: str, value: float, base: float, top: float, place: Place) -> SafeString:
    """Return the half-bar of one end, its sign beyond it."""
    at, middle, up = place(value), place(base), value > base
    return format_html(
        '<rect class="tornado-{}" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="tornado-mark" x="{}" y="{}" text-anchor="{}">{}</text>',
        kind, min(middle, at), top + _NAME, round(abs(at - middle), 1), _BAR,
        at + (3 if up else -3), top + _NAME + 13, "start" if up else "end", sign,
    )  # fmt: skip
