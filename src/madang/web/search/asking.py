"""From a query to what fits: matching, order, facets, snippets with the hit marked, suggestions."""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from madang.web.search import engines
from madang.web.search.models import Entry
from madang.web.search.words.analysis import core_of, fold, query_words, terms_of

WORDS_MAX = 12
QUERY_MAX = 200
_SNIPPET = 150
_LANGUAGE_BONUS = 1.25
_NEAR = 0.72
FACETS = ("kind", "theme", "goal", "region", "language", "year")


@dataclass(frozen=True)
class Found:
    """What a query found: entries in order, counts by facet, and what to try where nothing was found."""

    query: str
    order: tuple[int, ...]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    loose: bool = False
    suggestions: tuple[str, ...] = ()


def ask(query: str, language: str, chosen: dict[str, str] | None = None) -> Found:
    """Return what fits a query, best first; an empty query fits everything, newest first.

    Every word must be there. Where no entry holds them all, those that hold at least half are given, and
    ``loose`` says so.
    """
    chosen = {name: value for name, value in (chosen or {}).items() if name in FACETS and value}
    # PostgreSQL holds no NUL, and nobody searches for one.
    query = unicodedata.normalize("NFC", query.replace("\0", " "))[:QUERY_MAX].strip()
    if not query:
        rows = _rows(None)
        return Found("", _newest(_chosen(rows, chosen), language), _facets(rows, chosen))
    pairs = [(words, core_of(raw)) for raw in query.split()[:WORDS_MAX] for words in query_words(raw)]
    words, cores = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    held, loose = engines.holding(words, cores), False
    if not held and sum(map(len, words)) > 1:
        held, loose = _half([[term] for word in words for term in word]), True
    rows = _rows(held)
    order = _best(_chosen(rows, chosen), engines.scores(words), fold(query), language)
    return Found(
        query, order, _facets(rows, chosen), loose and bool(held), near(query, language) if loose or not held else ()
    )


def _half(terms: Sequence[list[str]]) -> set[int]:
    """Return the entries that hold at least half of the terms."""
    counts = Counter(entry for one in terms[:WORDS_MAX] for entry in engines.holding([one], one))
    return {entry for entry, count in counts.items() if count * 2 >= len(terms)}


class Row(NamedTuple):
    """An entry as it is sorted and counted: each facet with the values it has there."""

    pk: int
    title: str
    language: str
    year: int
    facets: dict[str, tuple[str, ...]]


def _rows(held: set[int] | None) -> list[Row]:
    """Return entries as they are sorted and counted."""
    entries = Entry.objects.all() if held is None else Entry.objects.filter(pk__in=held)
    asked = entries.values_list("pk", "title", "kind", "theme", "goals", "regions", "language", "year")
    return [
        Row(
            pk, title, code, year or 0,
            dict(zip(FACETS, ((kind,), (theme,), goals, regions, (code,), (str(year or ""),)), strict=True)),
        )
        for pk, title, kind, theme, goals, regions, code, year in asked
    ]  # fmt: skip


def _chosen(rows: list[Row], chosen: dict[str, str], but: str = "") -> list[Row]:
    """Return the rows that fit the chosen facets, one of them set aside."""
    wanted = {name: value for name, value in chosen.items() if name != but}
    return [row for row in rows if all(value in row.facets[name] for name, value in wanted.items())]


def _facets(rows: list[Row], chosen: dict[str, str]) -> dict[str, list[tuple[str, int]]]:
    """Return the counts of each facet's values, under the other facets' choices."""
    made: dict[str, list[tuple[str, int]]] = {}
    for name in FACETS:
        fitting = _chosen(rows, chosen, but=name)
        counts = Counter(value for row in fitting for value in row.facets[name] if value)
        made[name] = sorted(counts.items(), key=_ORDERS.get(name, lambda one: (-one[1], one[0])))
    return made


#: Years newest first, goals by their number; other values by how many entries they have.
_ORDERS: dict[str, Callable[[tuple[str, int]], Any]] = {
    "year": lambda one: -int(one[0]),
    "goal": lambda one: int(one[0]),
}


def _newest(rows: list[Row], language: str) -> tuple[int, ...]:
    """Return the rows in the page's language first, newest first."""
    return tuple(row.pk for row in sorted(rows, key=lambda row: (row.language != language, -row.year, row.title)))


def _best(rows: list[Row], scores: dict[int, float], folded: str, language: str) -> tuple[int, ...]:
    """Return the rows best first: terms, the whole query in the title, the page's language."""

    def worth(row: Row) -> float:
        score = scores.get(row.pk, 0.0) + (engines.TITLE_WEIGHT if folded in fold(row.title) else 0.0)
        return (score + 0.01) * (_LANGUAGE_BONUS if row.language == language else 1.0)

    return tuple(row.pk for row in sorted(rows, key=lambda row: (-worth(row), row.pk)))


def near(query: str, language: str) -> tuple[str, ...]:
    """Return words of titles that are written much like the query's words: 수지 → 수질."""
    titles = Entry.objects.filter(language=language).values_list("title", flat=True)
    known = {_letters(word): word for title in titles for word in fold(title).replace(",", " ").split()}
    found = []
    for word in fold(query).split():
        matches = difflib.get_close_matches(_letters(word), list(known), n=2, cutoff=_NEAR)
        found += [known[match] for match in matches]
    return tuple(dict.fromkeys(found))[:4]


def complete(beginning: str, language: str, limit: int = 8) -> list[str]:
    """Return titles that hold the letters typed so far, those that begin with them first."""
    folded = fold(beginning)[:QUERY_MAX]
    if not folded:
        return []
    titles = Entry.objects.filter(language=language, folded__contains=folded).values_list("title", flat=True)
    fitting = {title for title in titles[:400] if folded in fold(title)}
    return sorted(fitting, key=lambda title: (not fold(title).startswith(folded), len(title), title))[:limit]


def _letters(word: str) -> str:
    """Return a word's letters: a Hangul syllable as its two or three."""
    return unicodedata.normalize("NFD", word)


def marked_title(title: str, query: str) -> SafeString:
    """Return a title with the hits marked."""
    places = [(term.form, term.start, term.end) for term in terms_of(title)]
    return _marked(title, _hits(title, places, query), 0, len(title))


def snippet(entry: Entry, query: str) -> SafeString:
    """Return the part of an entry's text around its densest hits, marked; its beginning where there is none."""
    hits = _hits(entry.body, entry.terms, query)
    start = max(0, _densest(hits) - _SNIPPET // 3) if hits else 0
    if start:
        space = entry.body.find(" ", start, start + 20)
        start = space + 1 if space >= 0 else start
    end = min(len(entry.body), start + _SNIPPET)
    if end < len(entry.body):
        space = entry.body.rfind(" ", start + 1, end)
        end = space if space > start + _SNIPPET // 2 else end
    lead, tail = ("… " if start else ""), (" …" if end < len(entry.body) else "")
    return format_html("{}{}{}", lead, _marked(entry.body, hits, start, end), tail)


def _hits(text: str, terms: Sequence[Sequence[object]], query: str) -> list[tuple[int, int]]:
    """Return where the query's terms, or its words' letters, stand; in order and without overlaps."""
    wanted = {form for word in query_words(query) for form in word}
    found = [(int(str(start)), int(str(end))) for form, start, end in terms if form in wanted]
    lowered = text.lower()
    for word in query.split():
        core, place = core_of(word), -1
        while len(core) > 1 and (place := lowered.find(core, place + 1)) >= 0:
            found.append((place, place + len(core)))
    return _joined(found)


def _joined(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return places in order, those that touch made one."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def _densest(hits: list[tuple[int, int]]) -> int:
    """Return where the stretch with the most hits begins."""
    return max(hits, key=lambda hit: (sum(hit[0] <= start < hit[0] + _SNIPPET for start, _ in hits), -hit[0]))[0]


def _marked(text: str, hits: list[tuple[int, int]], start: int, end: int) -> SafeString:
    """Return a stretch of text with its hits marked."""
    parts, place = [], start
    for left, right in hits:
        if left < start or right > end:
            continue
        parts += [(text[place:left], ""), ("", text[left:right])]
        place = right
    parts.append((text[place:end], ""))
    return format_html_join(
        "", "{}{}", ((plain, format_html("<mark>{}</mark>", hit) if hit else "") for plain, hit in parts)
    )
