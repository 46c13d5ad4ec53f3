"""Columns of text without a library, for the commands that must answer at once; Hangul counts as two columns."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Sequence

#: The least columns that the last of them is of use in.
_LAST = 16


def width(words: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words)


def cut(words: str, room: int) -> str:
    """Return a text cut to so many columns, with a mark where it was cut."""
    if width(words) <= room:
        return words
    kept = ""
    for sign in words:
        if width(kept + sign) > room - 1:
            break
        kept += sign
    return kept + "…"


def room_here() -> int:
    """Return how wide the terminal is; a pipe takes lines of any length."""
    return shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 10_000


def hints(head: str, commands: Sequence[str], room: int | None = None) -> str:
    """Return what to do next on one line, or each command on its own where they do not fit on it."""
    line = "   ".join(commands)
    fits = width(head) + 2 + width(line) <= (room or room_here())
    return f"{strong(head)}  {line}" if fits else "\n".join((strong(head), *(f"  {one}" for one in commands)))


def columns(rows: Sequence[Sequence[str]], room: int | None = None) -> str:
    """Return rows as aligned columns: the last is cut to fit the terminal, and in a narrow one those between go."""
    room = room or room_here()
    before = sum(max(width(row[index]) + 2 for row in rows) for index in range(len(rows[0]) - 1))
    if room - before < _LAST:
        rows = [(row[0], row[-1]) for row in rows]
    wide = [max(width(row[index]) for row in rows) for index in range(len(rows[0]) - 1)]
    lines = []
    for row in rows:
        line = "".join(cell + " " * (size - width(cell) + 2) for cell, size in zip(row, wide, strict=False))
        lines.append((line + cut(row[-1], max(10, room - width(line)))).rstrip())
    return "\n".join(lines)


def strong(words: str) -> str:
    """Return a text in bold where a person reads it in colour."""
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return f"\x1b[1m{words}\x1b[0m" if coloured else words
