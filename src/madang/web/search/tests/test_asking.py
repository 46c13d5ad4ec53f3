"""Order, facets, marks and suggestions of the search; what a hostile query does."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang.web.search.asking import ask, complete, marked_title, near, snippet
from madang.web.search.indexing import Findable, put, put_all, take_out
from madang.web.search.models import Entry
from madang.web.search.words.analysis import core_of, fold, query_words, terms_of

pytestmark = pytest.mark.django_db


def _put(key: str, title: str, body: str, language: str = "ko", **more: object) -> Entry:
    """Put one entry in."""
    values = {"kind": "news", "address": f"/{key}/", **more}
    return put(Findable(source="test", source_key=key, language=language, title=title, body=body, **values))  # type: ignore[arg-type]


def test_morphemes_meet_whatever_ending_or_spacing() -> None:
    """수질개선 meets 수질을 ... 개선하고자, and 지하주차장 meets 지하 주차장."""
    wanted = {term.form for term in terms_of("수질을 근본적으로 개선하고자")}
    assert set(query_words("수질개선")[0]) <= wanted
    assert query_words("줄이다") == [["줄이"]]
    assert {"줄이"} <= {term.form for term in terms_of("온실가스를 줄였다")}
    assert core_of("충전기를") == "충전기"


def test_english_words_meet_their_stems_and_hyphens() -> None:
    """Chargers, charger; start-ups, startup; the small words are left out."""
    assert query_words("the Chargers") == [["charger"]]
    assert query_words("start-ups") == [["startup"]]
    assert query_words("startup") == [["startup"]]
    assert query_words("of the") == []


def test_a_term_knows_its_place() -> None:
    """The marks rest on it."""
    text = "맑은 물, clean water 2,500 t"
    for term in terms_of(text):
        assert 0 <= term.start < term.end <= len(text)


def test_a_hit_in_the_title_comes_first() -> None:
    """Titles weigh more than bodies."""
    body = _put("a", "다른 제목", "두꺼비집을 고친 이야기. 두꺼비집, 두꺼비집.")
    title = _put("b", "두꺼비집", "전기를 안전하게 쓰는 법을 적었다.")
    assert list(ask("두꺼비집", "ko").order) == [title.pk, body.pk]


def test_an_entry_of_several_goals_and_regions_is_counted_under_each_and_found_by_any() -> None:
    """A page may serve three goals; goals stand in the order of their numbers."""
    both = _put("a", "두꺼비집 하나", "글", goals=["11", "6"], regions=["asia", "world"])
    one = _put("b", "두꺼비집 둘", "글", goals=["6"], regions=["asia"])
    found = ask("두꺼비집", "ko")
    assert found.facets["goal"] == [("6", 2), ("11", 1)]
    assert found.facets["region"] == [("asia", 2), ("world", 1)]
    assert ask("두꺼비집", "ko", {"goal": "11"}).order == (both.pk,)
    assert ask("두꺼비집", "ko", {"region": "asia", "goal": "6"}).order == (both.pk, one.pk)
    assert ask("두꺼비집", "ko", {"region": "nowhere"}).order == ()


def test_the_page_names_goals_and_regions_in_its_language(visitor: Client) -> None:
    """Facets of the real library, in words, each a link that narrows."""
    page = visitor.get("/ko/search/?q=").content.decode()
    assert "<h2>지속가능발전목표</h2>" in page
    assert "13 기후행동" in page
    narrowed = visitor.get("/en/search.json?q=&goal=6&region=asia").json()
    assert 0 < narrowed["count"] < visitor.get("/en/search.json?q=").json()["count"]


def test_facets_count_what_was_found_and_narrow_it() -> None:
    """Each facet is counted under the others' choices."""
    _put("a", "두꺼비집 하나", "글", kind="news", year=2020, theme="water")
    _put("b", "두꺼비집 둘", "글", kind="note", year=2021, theme="water")
    found = ask("두꺼비집", "ko", {"kind": "note"})
    assert dict(found.facets["kind"]) == {"news": 1, "note": 1}
    assert dict(found.facets["year"]) == {"2021": 1}
    assert len(found.order) == 1


def test_the_snippet_marks_the_hit_and_escapes_the_rest() -> None:
    """Whatever stands in a text is shown as text."""
    entry = _put("a", "제목", "가" * 300 + " <b>수질</b>을 개선했다. " + "나" * 300)
    shown = snippet(entry, "수질개선")
    assert "<mark>수질</mark>" in shown
    assert "<mark>개선</mark>" in shown
    assert "&lt;b&gt;" in shown
    assert len(shown) < 400
    assert marked_title("A <clean> River", "rivers") == "A &lt;clean&gt; <mark>River</mark>"


def test_what_is_half_there_is_given_where_nothing_holds_all() -> None:
    """And the page says so."""
    _put("a", "두꺼비집", "글")
    found = ask("두꺼비집 빗자루", "ko")
    assert found.loose
    assert len(found.order) == 1


def test_a_slip_of_the_keyboard_is_answered_with_a_word_that_exists() -> None:
    """두꺼비짐 is one letter from 두꺼비집."""
    _put("a", "두꺼비집", "글")
    assert near("두꺼비짐", "ko") == ("두꺼비집",)
    _put("b", "Courtyard", "Words.", language="en")
    assert ask("courtyerd", "en").suggestions == ("courtyard",)


def test_titles_are_completed_from_their_letters() -> None:
    """Those that begin so come first."""
    _put("a", "새 두꺼비집", "글")
    _put("b", "두꺼비집", "글")
    assert complete("두꺼비", "ko") == ["두꺼비집", "새 두꺼비집"]
    assert complete("", "ko") == []


def test_what_is_taken_out_is_not_found_and_what_has_not_changed_is_not_analysed_again() -> None:
    """The index follows its source."""
    one = Findable(source="other", source_key="1", language="ko", kind="news", title="두꺼비집", body="글", address="/")
    assert put_all("other", [one]) == 1
    assert put_all("other", [one]) == 0
    assert put_all("other", []) == 0
    assert ask("두꺼비집", "ko").order == ()
    take_out("other", "1")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_query_breaks_the_search(query: str) -> None:
    """Quotes, stars, wildcards, half syllables and control letters are words or nothing."""
    found = ask(query, "ko")
    assert found.query == found.query.strip()
    assert fold(query) == fold(fold(query))


@pytest.mark.parametrize(
    "query", ["'", '"', "%", "_", "a AND", "NEAR(", "수질*", "\x00", "!", "(", "-물", "한강 OR 1=1"]
)
def test_the_page_answers_whatever_is_asked(visitor: Client, query: str) -> None:
    """As a page and as JSON."""
    assert visitor.get("/ko/search/", {"q": query}).status_code == 200
    assert visitor.get("/ko/search.json", {"q": query, "page": "99999999"}).status_code == 200
