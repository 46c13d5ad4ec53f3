"""The gold set: real sentences, real queries; recall and precision of our search beside Wagtail's own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from wagtail.models import Locale, Page

from madang.web.library.models import NotePage, ShelfPage
from madang.web.search.asking import ask
from madang.web.search.indexing import Findable, put
from madang.web.search.models import Entry

pytestmark = pytest.mark.django_db
GOLD: dict[str, Any] = tomllib.loads((Path(__file__).parent / "gold.toml").read_text(encoding="utf-8"))
SENTENCES, QUERIES = GOLD["sentence"], GOLD["query"]


def relevant(query: dict[str, str]) -> set[int]:
    """Return the sentences a query should find."""
    pattern = re.compile(query["finds"], re.IGNORECASE)
    return {
        place
        for place, one in enumerate(SENTENCES)
        if one["language"] == query["language"] and pattern.search(one["text"])
    }


def measure(finds: Callable[[dict[str, str]], set[int]]) -> tuple[float, float, list[str]]:
    """Return macro recall, macro precision (over queries with an answer), and a line for each query that errs."""
    recalls, precisions, lines = [], [], []
    for query in QUERIES:
        wanted, got = relevant(query), finds(query)
        recalls.append(len(wanted & got) / len(wanted))
        if got:
            precisions.append(len(wanted & got) / len(got))
        if wanted != got:
            missed = [SENTENCES[one]["text"] for one in wanted - got]
            wrong = [SENTENCES[one]["text"] for one in got - wanted]
            lines.append(f"{query['words']}: missed {missed}, wrong {wrong}")
    return sum(recalls) / len(recalls), sum(precisions) / max(1, len(precisions)), lines


def test_the_gold_set_is_large_enough_and_every_query_has_an_answer() -> None:
    """At least 150 sentences and 120 queries in both languages; no query asks for nothing."""
    assert len(SENTENCES) >= 150
    assert len(QUERIES) >= 120
    assert {one["language"] for one in QUERIES} == {"ko", "en"}
    assert not [query["words"] for query in QUERIES if not relevant(query)]


def test_recall_is_at_least_95_per_cent_and_precision_90_per_cent() -> None:
    """The sentences are put into the real index and asked for through the real search."""
    Entry.objects.all().delete()
    places = {
        put(
            Findable(
                source="gold",
                source_key=str(place),
                language=one["language"],
                kind="note",
                title="",
                body=one["text"],
                address="/",
            )
        ).pk: place
        for place, one in enumerate(SENTENCES)
    }

    def finds(query: dict[str, str]) -> set[int]:
        found = ask(query["words"], query["language"], {"language": query["language"]})
        return {places[pk] for pk in found.order}

    recall, precision, lines = measure(finds)
    assert recall >= 0.95, (recall, lines)
    assert precision >= 0.90, (precision, lines)


def test_the_default_search_of_wagtail_finds_far_less() -> None:
    """The same sentences as pages, asked for as Wagtail is asked by default: the reason for a search of our own."""
    NotePage.objects.all().delete()
    made = {code: _pages(code) for code in ("ko", "en")}

    def finds(query: dict[str, str]) -> set[int]:
        places = made[query["language"]]
        found = Page.objects.filter(pk__in=list(places)).search(query["words"])
        return {places[page.pk] for page in found}

    recall, _, _ = measure(finds)
    assert recall < 0.6, recall


def _pages(code: str) -> dict[int, int]:
    """Put the sentences of a language into Wagtail's index as pages."""
    shelf = ShelfPage.objects.get(shelf="notes", locale__language_code=code)
    made = {}
    for place, one in enumerate(SENTENCES):
        if one["language"] == code:
            page = NotePage(
                title=f"{place}",
                slug=f"gold-{place}",
                summary=one["text"],
                locale=Locale.objects.get(language_code=code),
            )
            shelf.add_child(instance=page)
            made[page.pk] = place
    return made
