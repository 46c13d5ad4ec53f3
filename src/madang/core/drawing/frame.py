"""The sheet around a drawn chart: title, subtitle, the plot, caveats and the source line, as one SVG."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from madang.core.drawing import theme
from madang.core.drawing.words import wrap

#: Bold letters of a font that stands in where ours is not are about a tenth wider than the ones that are counted with.
_BOLD = 1.1
_SIZE = re.compile(r'<svg[^>]*?\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"', re.DOTALL)
_OUTER = re.compile(r"^.*?<svg[^>]*>(.*)</svg>\s*$", re.DOTALL)
_ID = re.compile(r'\bid="([^"]+)"')


@dataclass(frozen=True)
class Sheet:
    """What stands around a plot, already in one language."""

    name: str
    title: str
    subtitle: str
    notes: Sequence[str]
    describes: str


def compose(plot: str, sheet: Sheet, least: int = theme.PLOT_WIDTH) -> str:
    """Return the plot's SVG set on a sheet of paper with its words, ``least`` wide; ids are made the figure's own."""
    found = _SIZE.search(plot)
    outer = _OUTER.match(plot)
    if found is None or outer is None:  # pragma: no cover - the renderer always gives both
        raise ValueError("the renderer returned no SVG with a size")
    plot_width, plot_height = float(found[1]), float(found[2])
    width = max(plot_width, least) + 2 * theme.MARGIN
    room = width - 2 * theme.MARGIN
    top, head = _head(sheet, room)
    foot_start = top + plot_height + 10
    height, foot = _foot(sheet, room, foot_start)
    inner = _own_ids(outer[1], sheet.name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="{escape(sheet.describes)}" font-family="{theme.FONT}">'
        f"<title>{escape(sheet.title)}</title>"
        f'<rect width="100%" height="100%" fill="{theme.PAPER}"/>{head}'
        f'<g transform="translate({theme.MARGIN},{top:.0f})">{inner}</g>{foot}</svg>\n'
    )


def _head(sheet: Sheet, room: float) -> tuple[float, str]:
    """Return where the plot starts, and the title and subtitle."""
    y = theme.MARGIN + theme.TITLE_SIZE * 0.8
    parts = []
    for line in wrap(sheet.title, theme.TITLE_SIZE * _BOLD, room):
        parts.append(_text(line, y, theme.TITLE_SIZE, theme.INK, bold=True))
        y += theme.TITLE_SIZE * 1.35
    for line in wrap(sheet.subtitle, theme.SUBTITLE_SIZE, room):
        parts.append(_text(line, y, theme.SUBTITLE_SIZE, theme.GREY))
        y += theme.SUBTITLE_SIZE * 1.4
    return y + 2, "".join(parts)


def _foot(sheet: Sheet, room: float, start: float) -> tuple[float, str]:
    """Return the height of the sheet, and the lines below the plot under a hairline."""
    lines = [line for note in sheet.notes for line in wrap(note, theme.NOTE_SIZE, room)]
    if not lines:
        return start + theme.MARGIN - 10, ""
    left, right = theme.MARGIN, theme.MARGIN + room
    rule = f'<path d="M{left},{start:.0f}H{right:.0f}" stroke="{theme.HAIRLINE}"/>'
    y, parts = start + theme.NOTE_SIZE * 1.7, []
    for line in lines:
        parts.append(_text(line, y, theme.NOTE_SIZE, theme.GREY))
        y += theme.NOTE_SIZE * 1.5
    return y + theme.MARGIN * 0.5, rule + "".join(parts)


def _text(line: str, y: float, size: int, colour: str, *, bold: bool = False) -> str:
    """Return one line of text at the left margin."""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{theme.MARGIN}" y="{y:.1f}" font-size="{size}" fill="{colour}"{weight}>{escape(line)}</text>'


def _own_ids(svg: str, name: str) -> str:
    """Return the SVG with ids numbered from one under the figure's name, so that many may share a page."""
    for number, found in enumerate(dict.fromkeys(_ID.findall(svg)), start=1):
        made = f"{name}-{number}"
        svg = svg.replace(f'id="{found}"', f'id="{made}"').replace(f"#{found})", f"#{made})")
        svg = svg.replace(f'href="#{found}"', f'href="#{made}"')
    return svg
