"""One HTML page that stands alone: article, numbers, figures, caveats and sources; no script, no outside file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from importlib.metadata import version
from typing import Any

from madang.core.contract import Number, Run
from madang.core.figures import Figure, places_to_read
from madang.core.language import Language, Text, in_language, say_day, say_number, text
from madang.core.sources import Source
from madang.core.units import say_unit
from madang.plan.cities import told_of
from madang.plan.report.amounts import say_amount, say_range, say_value
from madang.plan.report.article import OtherRun, article_html, quoted
from madang.plan.report.data import sources_of_run
from madang.plan.report.style import CSS

_ROWS_SHOWN = 200
_CARDS = 6
WORDS = {
    "table": text("표로 보기", "See the table"),
    "rows": text(
        "행 가운데 처음 {shown}행입니다. 전체는 {file}에 있습니다.", "rows; the first {shown}. All in {file}."
    ),
    "empty": text("아직 자료가 없습니다. 까닭은 '유의할 점'에 있습니다.", "There are no data yet; the notes say why."),
    "source": text("출처", "Source"),
    "more": text("그 밖의 그림", "More figures"),
    "numbers": text("모든 수치", "All numbers"),
    "inputs": text("입력", "Inputs"),
    "caveats": text("유의할 점", "What to bear in mind"),
    "sources": text("출처", "Sources"),
    "name": text("이름", "Name"),
    "value": text("값", "Value"),
    "range": text("범위", "Range"),
    "day": text("기준일", "Day"),
    "formula": text("계산식", "Formula"),
    "changed": text("바꾼 입력", "changed"),
    "asked": text("기준일", "as of"),
    "scenario": text("시나리오", "scenario"),
    "weak": text(
        "이 결과는 기본값이나 가정 또는 빈 자료에 기대고 있습니다. † 표시와 아래 '유의할 점'을 보십시오.",
        "This result rests on defaults, assumptions or gaps: see the marks † and “What to bear in mind” below.",
    ),
    "rows_table": text("자료 표", "table"),
    "many": text("값 {count}개", "{count} values"),
    "made": text("마당(Madang) {version}으로 계산했습니다.", "Computed with Madang {version}."),
}


@dataclass(frozen=True)
class Page:
    """What a page is made from: a run, a language, and each picture's SVG by figure name."""

    run: Run
    language: Language
    pictures: Mapping[str, str]
    other: OtherRun | None = None

    @cached_property
    def sources(self) -> dict[Source, int]:
        """Return the sources of the run with the number each bears on the page."""
        return {source: number for number, source in enumerate(sources_of_run(self.run), start=1)}

    def word(self, key: str) -> str:
        """Return one of the page's own words."""
        return WORDS[key].to(self.language)

    def say(self, words: Text | None) -> str:
        """Return a text in the page's language, escaped."""
        return escape(words.to(self.language)) if words else ""


def page_html(run: Run, language: Language, pictures: Mapping[str, str], other: OtherRun | None = None) -> str:
    """Return the whole page."""
    page = Page(run, language, pictures, other)
    rest = [figure for figure in run.figures if figure.name not in quoted(run, language)]
    body = [
        _head(page),
        _notice(page),
        _cards(page),
        _article(page),
        _section("more", page, "".join(figure_html(page, figure) for figure in rest)),
        _section("numbers", page, _numbers(page)),
        _section("inputs", page, _inputs(page)),
        _section("caveats", page, _list("ul", "", [page.say(caveat) for caveat in run.caveats()])),
        _section("sources", page, _list("ol", "sources", [_source(source) for source in page.sources])),
        f"<footer>{escape(page.word('made').format(version=version('madang')))}</footer>",
    ]
    title = page.say(run.solution.card.title)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title} · {page.say(run.city.name)}</title>\n<style>{CSS}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body>\n</html>\n"
    )


def figure_html(page: Page, figure: Figure) -> str:
    """Return a figure: its picture or table, its sources and caveats, and its table twin."""
    table = _frame_table(page, figure)
    caption = f"<figcaption>{_caption(page, figure)}</figcaption>"
    picture = page.pictures.get(figure.name)
    identity = escape(figure.name)
    if picture is None:
        subtitle = f"<p><small>{page.say(figure.subtitle)}</small></p>" if figure.subtitle else ""
        return f'<figure id="{identity}"><h3>{page.say(figure.title)}</h3>{subtitle}{table}{caption}</figure>'
    # The picture bears its notes and a short source line; the full ones stand with the table twin.
    twin = f"<details><summary>{page.word('table')}</summary>{table}{caption}</details>"
    return f'<figure id="{identity}">{picture}{twin}</figure>'


def _caption(page: Page, figure: Figure) -> str:
    """Return a figure's sources by their number in the list of the page, its notes and its caveats."""
    numbers = [page.sources[source] for source in page.run.sources_of(figure.rests_on) if source in page.sources]
    marks = " ".join(f'<a href="#source-{number}">[{number}]</a>' for number in sorted(numbers))
    lines = [f"{page.word('source')}: {marks}"] if marks else []
    lines += [page.say(note) for note in figure.notes]
    lines += [page.say(caveat) for caveat in page.run.caveats(figure.rests_on)]
    return "<br>".join(lines)


def _article(page: Page) -> str:
    """Return the article below the page's own title: its title is not said twice, and no other heading is as high.

    In a city that is not the policy's home it begins with whose programme it tells of, and marks the city's numbers.
    """
    body = article_html(page.run, page.language, lambda figure: figure_html(page, figure), page.other)
    title = f"<h1>{page.say(page.run.solution.card.title)}</h1>"
    body = body.strip().removeprefix(title).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    elsewhere = told_of(page.run.solution.card.home, page.run.city)
    if elsewhere is None:
        return f"<article>{body}</article>"
    return f'<article class="elsewhere"><p class="note">{page.say(elsewhere)}</p>{body}</article>'


def _head(page: Page) -> str:
    """Return theme and office, title, summary, and for which city, day and scenario this was computed."""
    run, card = page.run, page.run.solution.card
    when = f"{page.say(run.city.name)} · {page.word('asked')} {say_day(run.day, page.language)}"
    if run.scenario:
        when += f" · {page.word('scenario')}: {page.say(run.solution.scenario(run.scenario).title)}"
    if run.changes:
        when += f" · {page.word('changed')}: {escape(', '.join(run.changes))}"
    return (
        f'<header><p class="kicker">{page.say(card.theme)} · {page.say(card.office)}</p>'
        f'<h1>{page.say(card.title)}</h1><p class="lead">{page.say(card.summary)}</p>'
        f'<p class="when">{when}</p></header>'
    )


def _notice(page: Page) -> str:
    """Return the box that says a result rests on something weak, where it does."""
    return f'<p class="note">{escape(page.word("weak"))}</p>' if page.run.caveats() else ""


def _cards(page: Page) -> str:
    """Return the first numbers large, as cards."""
    cards = []
    for number in list(page.run.result.numbers.values())[:_CARDS]:
        mark = '<sup><a href="#caveats">†</a></sup>' if page.run.caveats(number.rests_on) else ""
        cards.append(
            f"<div><dt>{page.say(number.title)}</dt><dd>{_amount(page, number)}{mark}{_below(page, number)}</dd></div>"
        )
    return f'<dl class="cards">{"".join(cards)}</dl>'


def _amount(page: Page, number: Number) -> str:
    """Return a number with its unit, or why it is unknown."""
    if number.value is None:
        return f'<span class="gap">{page.say(number.gap)}</span>'
    return escape(say_amount(number.value, number.unit, page.language, number.digits))


def _below(page: Page, number: Number) -> str:
    """Return a number's range and day, small."""
    parts = [say_range(number, page.language), say_day(number.day, page.language) if number.day else ""]
    said = " · ".join(part for part in parts if part)
    return f"<small>{escape(said)}</small>" if said else ""


def _numbers(page: Page) -> str:
    """Return all numbers as a table with formulas."""
    head = [page.word("name"), page.word("value"), page.word("range"), page.word("day"), page.word("formula")]
    rows = []
    for number in page.run.result.numbers.values():
        mark = " †" if page.run.caveats(number.rests_on) else ""
        day = say_day(number.day, page.language) if number.day else ""
        name = f'<span title="{escape(number.name)}">{page.say(number.title)}</span>'
        source = f" <small>({escape(number.formula_source)})</small>" if number.formula_source else ""
        formula = page.say(number.formula) + source
        cells = [name, _amount(page, number) + mark, escape(say_range(number, page.language)), escape(day), formula]
        rows.append(cells)
    return _table(head, rows, numeric={1, 2})


def _inputs(page: Page) -> str:
    """Return the inputs as a table: what the result was computed from."""
    head, rows = [page.word("name"), page.word("value")], []
    for card in page.run.solution.inputs.fields():
        value = getattr(page.run.inputs, card.name)
        changed = f" ({page.word('changed')})" if page.run.changed(card.name) else ""
        rows.append([page.say(card.title), escape(_input(page, value, card.unit, card.digits)) + changed])
    return _table(head, rows, numeric={1})


def _input(page: Page, value: Any, unit: str, digits: int | None) -> str:
    """Return an input's value for reading; series and tables are told by their size."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return {True: "✓", False: "✗", None: "—"}.get(value, str(value))  # type: ignore[arg-type]
    if isinstance(value, int | float):
        return say_amount(value, unit, page.language, digits)
    if hasattr(value, "frame"):
        return f"{page.word('rows_table')} {value.name} ({value.frame.height:,} × {value.frame.width})"
    return page.word("many").format(count=len(value)) + f" ({say_unit(unit, page.language) or '1'})"


def _frame_table(page: Page, figure: Figure) -> str:
    """Return a figure's data as a table; of a long one the first rows, and where the rest is."""
    if figure.frame.is_empty():
        return f'<p class="gap">{page.word("empty")}</p>'
    heads, numeric = [], set()
    places = places_to_read(figure.frame.columns, page.language)
    columns = [figure.columns[place] for place in places]
    for index, column in enumerate(columns):
        unit = say_unit(column.unit, page.language) if column.unit else ""
        heads.append(page.say(column.title) + (f" ({escape(unit)})" if unit else ""))
        if figure.frame[column.name].dtype.is_numeric():
            numeric.add(index)
    titles = {key: title.to(page.language) for key, title in getattr(figure, "series_titles", {}).items()}
    rows = [
        [
            escape(titles.get(value) or _cell(value, column.digits, column.unit, page.language))
            for value, column in zip(row, columns, strict=True)
        ]
        for row in figure.frame[:, places].head(_ROWS_SHOWN).rows()
    ]
    table = _table(heads, rows, numeric)
    if figure.frame.height > _ROWS_SHOWN:
        said = page.word("rows").format(shown=_ROWS_SHOWN, file=f"figures/{figure.name}.csv")
        table += f"<p><small>{figure.frame.height:,} {escape(said)}</small></p>"
    return table


def _cell(value: Any, digits: int | None, unit: str | None, language: Language) -> str:
    """Return one cell for reading; a year is written without separators."""
    if value is None or (isinstance(value, float) and value != value):
        return "—"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return in_language(str(value), language)
    if unit == "year" or (unit is None and isinstance(value, int)):
        return str(value)
    return say_number(value, digits) if digits is not None else say_value(value, language)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], numeric: set[int]) -> str:
    """Return a table of cells that are HTML already."""

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if index in numeric else ''}>{cell}</{tag}>" for index, cell in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{cells("th", head)}</tr></thead><tbody>{body}</tbody></table></div>'


def _section(key: str, page: Page, body: str) -> str:
    """Return a section with its heading, or nothing where there is nothing to say."""
    return f'<section id="{key}"><h2>{escape(page.word(key))}</h2>{body}</section>' if body else ""


def _list(tag: str, css: str, items: Sequence[str]) -> str:
    """Return a list of HTML items, or nothing."""
    if not items:
        return ""
    marks = [f' id="source-{number}"' if css == "sources" else "" for number in range(1, len(items) + 1)]
    body = "".join(f"<li{mark}>{item}</li>" for mark, item in zip(marks, items, strict=True))
    return f'<{tag} class="{css}">{body}</{tag}>'


def _source(source: Source) -> str:
    """Return a source as a line, its address as a link where it is one of the web."""
    said = escape(source.cite())
    if source.url and source.url.startswith(("https://", "http://")):
        said = said.replace(escape(source.url), f'<a href="{escape(source.url)}">{escape(source.url)}</a>')
    note = f" <small>{escape(source.note)}</small>" if source.note else ""
    return said + note
