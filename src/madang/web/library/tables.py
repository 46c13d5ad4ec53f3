"""An entry, a shelf, and what a search found as rows: the same thing at the same address, for machines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, JsonResponse

from madang.plan.report.data import to_csv
from madang.web.library import records
from madang.web.library.models import EntryPage
from madang.web.library.translation import state_beside

SHELF_COLUMNS = (
    "title", "summary", "kind", "theme", "goals", "regions", "posted_day", "document_day", "language", "translation",
    "address",
)  # fmt: skip
ENTRY_COLUMNS = ("part", "name", "value", "unit", "day")
#: A spreadsheet takes a cell that begins so for a formula; an apostrophe before it makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ABOUT = ("kind", "headline", "name", "description", "inLanguage", "datePublished", "dateCreated", "theme", "isBasedOn",
          "translation", "url")  # fmt: skip


def shelf_rows(entries: Sequence[EntryPage]) -> list[dict[str, Any]]:
    """Return a row for each entry of a shelf; the questions to the database do not grow with the shelf."""
    keys = [page.translation_key for page in entries]
    shelved = {page.pk for page in entries}
    found = EntryPage.objects.filter(translation_key__in=keys).exclude(pk__in=shelved)
    others = {one.translation_key: one for one in found}
    goals, regions = _words_of(entries, "goals", "goal__number"), _words_of(entries, "regions", "region__key")
    return [
        {
            "title": page.title,
            "summary": page.summary,
            "kind": page.kind,
            "theme": page.theme.key if page.theme else None,
            "goals": goals[page.pk],
            "regions": regions[page.pk],
            "posted_day": page.posted_day and page.posted_day.isoformat(),
            "document_day": page.document_day and page.document_day.isoformat(),
            "language": page.locale.language_code,
            "translation": state_beside(page, others.get(page.translation_key)).state,
            "address": records.absolute(page),
        }
        for page in entries
    ]


def _words_of(entries: Sequence[EntryPage], field: str, wanted: str) -> dict[int, list[Any]]:
    """Return the words that entries are sorted by, by entry, in one question."""
    through = getattr(EntryPage, field).through.objects.filter(entrypage__in=[page.pk for page in entries])
    made: dict[int, list[Any]] = defaultdict(list)
    for entry, word in through.order_by(wanted).values_list("entrypage_id", wanted):
        made[entry].append(word)
    return made


def entry_rows(page: EntryPage) -> list[dict[str, Any]]:
    """Return an entry as rows: what it is, its text by section, the numbers it quotes."""
    whole = records.whole(page)
    about = [{"part": "about", "name": name, "value": whole[name]} for name in _ABOUT if whole.get(name)]
    text = [{"part": "text", "name": name, "value": words} for name, words in whole["text"].items()]
    quoted = [{"part": "number", "name": address, **card} for address, card in whole["quoted"].items()]
    return [{**dict.fromkeys(ENTRY_COLUMNS), **row} for row in (*about, *text, *quoted)]


def as_csv(rows: list[dict[str, Any]], columns: tuple[str, ...], name: str) -> HttpResponse:
    """Return rows as CSV; the mark at its beginning tells spreadsheets that it is UTF-8."""
    safe = [{column: _text(value) for column, value in row.items()} for row in rows]
    response = HttpResponse("\ufeff" + to_csv(safe, columns), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.csv"'
    return response


def as_json(data: Any) -> HttpResponse:
    """Return data as JSON that people can read too."""
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})


def _text(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
