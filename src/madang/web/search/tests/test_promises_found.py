"""Promises are found beside the library's entries, in both languages, as they were last judged."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from madang.web import editions
from madang.web.scoreboard.models import Standing
from madang.web.search.models import Entry
from madang.web.search.promises import put_promises

pytestmark = pytest.mark.django_db
DATA = {
    "statement": {"ko": "두꺼비집을 만 개 고치겠다", "en": "Ten thousand toadhouses will be mended"},
    "reason": {"ko": "아직 반도 고치지 못했다", "en": "less than half are mended"},
    "theme": {"ko": "전기 안전", "en": "Safe electricity"},
}


@pytest.fixture
def promise(nothing_judged: None) -> Standing:
    """Return a promise as judging keeps it, the only one."""
    return Standing.objects.create(
        promise="toadhouses", place=0, city="seoul", theme="safe-electricity", verdict="behind",
        said_on=date(2021, 3, 1), judged_on=date(2026, 11, 22), data=DATA,
    )  # fmt: skip


def found(visitor: Client, code: str, words: str) -> dict[str, Any]:
    """Return what a search finds, in this moment."""
    editions._renew()
    told: dict[str, Any] = visitor.get(f"/{code}/search.json", {"q": words}).json()
    return told


def test_a_promise_is_found_by_other_forms_of_its_words(promise: Standing, visitor: Client) -> None:
    """Korean by morphemes, English by stems; each leads to the promise in its language."""
    for code, words in (("ko", "두꺼비집을 고친다"), ("en", "mending toadhouse")):
        told = found(visitor, code, words)
        best = told["results"][0]
        assert (best["address"], best["kind"]) == (f"/{code}/promises/toadhouses/", "promise")
        assert told["facets"]["kind"]["promise"] >= 1


def test_its_kind_and_theme_are_called_by_their_names(promise: Standing, visitor: Client) -> None:
    html = visitor.get("/ko/search/", {"q": "두꺼비집", "kind": "promise"}).content.decode()
    assert "약속" in html
    assert "safe-electricity</" not in html


def test_a_promise_judged_otherwise_is_found_as_it_is_now(promise: Standing, visitor: Client) -> None:
    promise.data = {**DATA, "reason": {"ko": "모두 고쳤다 무지개", "en": "all are mended, rainbow"}}
    promise.save()
    assert found(visitor, "ko", "무지개")["count"] == 1


def test_a_promise_judged_as_yesterday_is_not_analysed_again(promise: Standing) -> None:
    before = set(Entry.objects.filter(source="promise").values_list("pk", "analysis"))
    assert put_promises() == 0
    promise.save()
    assert set(Entry.objects.filter(source="promise").values_list("pk", "analysis")) == before
    assert put_promises(anew=True) == 2


def test_a_promise_that_is_named_no_more_is_found_no_more(promise: Standing, visitor: Client) -> None:
    Standing.objects.all().delete()
    assert found(visitor, "ko", "두꺼비집")["count"] == 0


def test_the_city_of_seouls_own_promises_are_found(visitor: Client) -> None:
    """As the site judges them."""
    call_command("judge_promises")
    told = found(visitor, "ko", "충전기")
    assert told["facets"]["kind"]["promise"] >= 1
    assert any(one["address"].startswith("/ko/promises/") for one in told["results"])
