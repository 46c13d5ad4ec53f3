"""A solution's article as HTML: Markdown with numbers and figures quoted by name, never typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

from madang import register
from madang.core.contract import Number, Run
from madang.core.errors import Both, DataError, UnknownName, Where
from madang.core.figures import Figure
from madang.core.language import Language
from madang.plan.report.amounts import say_amount, say_range

_QUOTE = re.compile(r"\{\{\s*(\w+)\s*:\s*([\w.]+)\s*\}\}")
_TOKEN = re.compile("\ue000(\\d+)\ue001")
_ALONE = re.compile("<p>(\ue000\\d+\ue001)</p>")

FigureWriter = Callable[[Figure], str]
OtherRun = Callable[[str], Run]


def article_html(run: Run, language: Language, write_figure: FigureWriter, other: OtherRun | None = None) -> str:
    """Return the article's HTML with each quote filled in from the run.

    Args:
        run: the run the article speaks of.
        language: which of the two articles.
        write_figure: returns the HTML of a figure that the article quotes.
        other: returns the run of another solution, for ``{{ number:other.name }}``.

    Raises:
        DataError: the article is missing or is not UTF-8 text.
        UnknownName: the article quotes a number or figure that the solution does not have.
    """
    path = run.solution.folder / f"article.{language}.md"
    filled: list[str] = []

    def token(found: re.Match[str]) -> str:
        filled.append(_fill(found[1], found[2], run, language, write_figure, other))
        return f"\ue000{len(filled) - 1}\ue001"

    marked = _QUOTE.sub(token, _read(path))
    html = _markdown().render(marked)
    html = _ALONE.sub(r"\1", html)
    return _TOKEN.sub(lambda found: filled[int(found[1])], html)


def quoted(run: Run, language: Language) -> frozenset[str]:
    """Return the names of the figures that the article quotes."""
    body = _read(run.solution.folder / f"article.{language}.md")
    return frozenset(found[2] for found in _QUOTE.finditer(body) if found[1] == "figure")


def number_html(run: Run, number: Number, language: Language) -> str:
    """Return a number with its unit, a mark where it has caveats, and the reason where it is unknown."""
    if number.value is None:
        reason = number.gap.to(language) if number.gap else ""
        within = escape(say_range(number, language)) or "—"
        return f'<span class="gap" title="{escape(reason)}">{within} ({escape(reason)})</span>'
    said = escape(say_amount(number.value, number.unit, language, number.digits))
    weak = '<sup><a href="#caveats">†</a></sup>' if run.caveats(number.rests_on) else ""
    return f'<data value="{float(number.value)!r}" title="{escape(number.title.to(language))}">{said}</data>{weak}'


def _fill(
    kind: str, name: str, run: Run, language: Language, write_figure: FigureWriter, other: OtherRun | None
) -> str:
    """Return what stands in place of one quote."""
    if kind == "figure":
        return write_figure(run.figure(name))
    if kind != "number":
        path = run.solution.folder / f"article.{language}.md"
        raise DataError(
            Both(f"글에 인용한 것이 수치도 그림도 아닙니다: {kind!r}", f"the article quotes a {kind!r}"),
            Where(path, value=name),
            Both("number:이름이나 figure:이름으로 인용하십시오", "quote number:NAME or figure:NAME"),
        )
    solution, dot, own = name.partition(".")
    if not dot:
        return number_html(run, run.number(name), language)
    if solution == run.solution.name:
        return number_html(run, run.number(own), language)
    if solution not in register.NAMES or other is None:
        raise UnknownName(
            Both("정책", "solution"), solution, register.NAMES, Where(run.solution.folder / f"article.{language}.md")
        )
    quoted_run = other(solution)
    return number_html(quoted_run, quoted_run.number(own), language)


def _read(path: Path) -> str:
    """Return an article's text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError(
            Both("글이 없습니다", "the article is missing"),
            Where(path),
            Both("Markdown으로 쓰십시오", "write it in Markdown"),
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            Both("UTF-8로 쓴 글이 아닙니다", "the article is not UTF-8 text"),
            Where(path),
            Both("UTF-8로 저장하십시오", "save it as UTF-8"),
        ) from error


def _markdown() -> MarkdownIt:
    """Return the reader of Markdown: no raw HTML and no pictures from elsewhere."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
