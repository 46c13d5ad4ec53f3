"""Rich consoles, tables and the progress bar. Imported by the commands that print tables, never at the start."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text as RichText

from madang.core.contract import Run
from madang.core.language import Language, Text
from madang.core.progress import Progress as Report
from madang.core.progress import silent

_PIPED_WIDTH = 120
_CAVEATS_SHOWN = 8


def console() -> Console:
    """Return the console of the output: as wide as the terminal, or 120 columns into a pipe; no colour there."""
    width = None if sys.stdout.isatty() else _PIPED_WIDTH
    return Console(width=width, highlight=False, soft_wrap=False, emoji=False)


def sheet(*heads: str, numeric: Sequence[int] = (), title: str | None = None) -> Table:
    """Return an empty table of the house's look; numbers stand to the right."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="bold")
    for index, head in enumerate(heads):
        table.add_column(head, justify="right" if index in numeric else "left", overflow="fold")
    return table


def plain_text(words: str, style: str = "") -> RichText:
    """Return text as it is, never read as markup."""
    return RichText(words, style=style)


@contextmanager
def working(title: str) -> Iterator[Report]:
    """Show a progress bar on the error stream while work is done; nothing where that is no terminal."""
    errors = Console(stderr=True)
    if not errors.is_terminal:
        yield silent
        return
    columns = (
        TextColumn("[bold]{task.fields[title]}[/] {task.description}"),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("", total=1.0, title=escape(title))

        def report(share: float, what: str) -> None:
            bar.update(task, completed=min(1.0, share), description=escape(what))

        yield report


def say_caveats(out: Console, caveats: Sequence[Text], language: Language, more: str) -> None:
    """Print what a reader must bear in mind, the first few in full, and where the rest is."""
    if not caveats:
        return
    head = "유의할 점" if language == "ko" else "Bear in mind"
    out.print(plain_text(f"\n† {head}", "bold"))
    for caveat in caveats[:_CAVEATS_SHOWN]:
        out.print(plain_text(f"  · {caveat.to(language)}"))
    if len(caveats) > _CAVEATS_SHOWN:
        left = len(caveats) - _CAVEATS_SHOWN
        out.print(plain_text(f"  · … {left}건 더: {more}" if language == "ko" else f"  · … and {left} more: {more}"))


def say_next(out: Console, language: Language, *commands: str) -> None:
    """Print what to do next, each command on its own line where the terminal is too narrow for all."""
    head, line = "다음" if language == "ko" else "next", "   ".join(commands)
    if out.width >= cell_len(head) + 2 + cell_len(line):
        out.print(plain_text(f"\n{head}", "bold").append(f"  {line}", "not bold"))
        return
    out.print(plain_text(f"\n{head}", "bold"))
    for command in commands:
        out.print(plain_text(f"  {command}"), soft_wrap=True)


def say_run(run: Run, language: Language) -> str:
    """Return for which city, day and scenario a run was made, as one line."""
    parts = [run.city.name.to(language), run.day.isoformat()]
    if run.scenario:
        parts.append(run.solution.scenario(run.scenario).title.to(language))
    if run.changes:
        said = ", ".join(f"{name} = {value}" for name, value in run.changes.items())
        parts.append(f"바꾼 입력: {said}" if language == "ko" else f"changed: {said}")
    return " · ".join(parts)
