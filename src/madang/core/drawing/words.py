"""Words on a figure: axis numbers, units and lines broken to a width. Knows no chart."""

from __future__ import annotations

import re
import unicodedata

from madang.core.figures import Figure, FigureColumn
from madang.core.language import Language
from madang.core.units import say_unit

#: Vega expressions that write an axis number as people of the language read it.
AXIS_NUMBER = {
    "ko": (
        "abs(datum.value) >= 1e8 ? format(datum.value / 1e8, ',~f') + '억' : "
        "abs(datum.value) >= 1e4 ? format(datum.value / 1e4, ',~f') + '만' : format(datum.value, ',~f')"
    ),
    "en": (
        "abs(datum.value) >= 1e9 ? format(datum.value / 1e9, ',~f') + ' billion' : "
        "abs(datum.value) >= 1e6 ? format(datum.value / 1e6, ',~f') + ' million' : format(datum.value, ',~f')"
    ),
}
SOURCE_WORD = {"ko": "출처", "en": "Source"}
CAVEAT_WORD = {"ko": "유의", "en": "Note"}


def column_title(column: FigureColumn, language: Language) -> str:
    """Return a column's title with its unit in brackets, where it has one to say."""
    unit = say_unit(column.unit, language) if column.unit else ""
    title = column.title.to(language)
    return f"{title} ({unit})" if unit and not _says(title, unit) else title


def subtitle(figure: Figure, measured: str | None, language: Language) -> str:
    """Return the subtitle: the figure's own with the measure's unit, or the measure itself."""
    own = figure.subtitle.to(language) if figure.subtitle else ""
    if measured is None:
        return own
    column = figure.column(measured)
    if not own:
        return column_title(column, language)
    unit = say_unit(column.unit, language) if column.unit else ""
    return own if not unit or _says(own, unit) else f"{own} ({unit})"


def _says(words: str, unit: str) -> bool:
    """Tell whether words already name the unit, as a word of its own."""
    return re.search(rf"(?<!\w){re.escape(unit)}(?!\w)", words, re.IGNORECASE) is not None


def width_of(text: str, size: float) -> float:
    """Return about how many pixels a line of text takes: a Hangul syllable one em, a Latin letter half."""
    wide = sum(1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.53 for sign in text)
    return wide * size * 0.96


def wrap(text: str, size: float, width: float) -> list[str]:
    """Return the text as lines no wider than ``width`` pixels; words stay whole unless one alone is too wide."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        tried = f"{line} {word}".strip()
        if line and width_of(tried, size) > width:
            lines.append(line)
            tried = word
        while width_of(tried, size) > width and len(tried) > 1:
            cut = next((end for end in range(len(tried) - 1, 1, -1) if width_of(tried[:end], size) <= width), 1)
            lines.append(tried[:cut])
            tried = tried[cut:]
        line = tried
    return [*lines, line] if line else lines
