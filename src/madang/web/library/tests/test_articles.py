"""Solution articles: brought in from the solutions' folders, six sections, figures alive, languages linked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang import register
from madang.core.errors import DataError
from madang.web import editions
from madang.web.library.bringing import Report, bring
from madang.web.library.figure_states import figure_states
from madang.web.library.markdown import html_of
from madang.web.library.models import SECTIONS, ArticlePage, BrochurePage, DigestPage, EntryPage
from madang.web.library.plain import plain_text
from madang.web.library.solution_articles import bring_articles, read_article
from madang.web.live.changes import changes_of
from madang.web.live.models import Computed

pytestmark = pytest.mark.django_db
NAME = "eco_mileage"
CARD = {
    "title": {"ko": "줄인 이산화탄소", "en": "CO2 saved"}, "value": 2387000.0, "unit": "t", "low": None, "high": None,
    "day": "2021-08-31", "asked_on": "2026-11-22", "gap": None, "formula": {"ko": "합", "en": "the sum"},
    "formula_source": "", "inputs": [], "caveats": [], "digits": None, "sources": [],
}  # fmt: skip


@pytest.fixture
def article() -> ArticlePage:
    """Return the Korean page of a solution's article with one quoted number, computed."""
    entry = read_article(NAME, register.folder_of(NAME))
    Computed.objects.update_or_create(
        solution=NAME,
        defaults={
            "city": "seoul", "day": "2026-11-22", "fingerprint": "f", "title": {"ko": "에코", "en": "Eco"},
            "numbers": {"co2": CARD}, "figures": {}, "error": "",
        },
    )  # fmt: skip
    editions._renew()
    page = ArticlePage.objects.get(key=entry.key, locale__language_code="ko")
    text = "<p>모두 {{ number:eco_mileage.co2 }}를 줄였다.</p>"
    page.results = [("paragraph", text)]
    for name in SECTIONS:
        if name != "results":
            setattr(page, name, [("paragraph", "<p>글이 여기에 있다.</p>")])
    page.save_revision().publish()
    return ArticlePage.objects.get(pk=page.pk)


def test_every_registered_solution_with_articles_has_a_page_in_both_languages() -> None:
    """The two pages are versions of one another."""
    for name in register.NAMES:
        folder = register.folder_of(name)
        if (folder / "article.ko.md").exists() and (folder / "article.en.md").exists():
            pages = ArticlePage.objects.filter(solution=name).select_related("locale")
            assert {page.locale.language_code for page in pages} == {"ko", "en"}, name
            assert len({page.translation_key for page in pages}) == 1


def test_bringing_the_articles_in_again_changes_nothing() -> None:
    """The import is repeatable."""
    bring_articles()
    report = bring_articles()
    assert report.made == []
    assert report.renewed == []


def test_a_page_that_an_editor_changed_is_left_alone_and_named() -> None:
    """The files never overwrite what a person wrote."""
    entry = read_article(NAME, register.folder_of(NAME))
    page = ArticlePage.objects.get(key=entry.key, locale__language_code="ko")
    page.title = "편집자가 고친 제목"
    page.save_revision(user=get_user_model().objects.create(username="mina")).publish()
    ArticlePage.objects.filter(pk=page.pk).update(imported_hash="another")
    report = Report()
    bring(entry, report)
    assert report.kept == ["eco-mileage (ko)"]
    assert ArticlePage.objects.get(pk=page.pk).title == "편집자가 고친 제목"


def test_an_article_without_a_section_says_which_are_wanted(tmp_path: Path) -> None:
    """No section blank, none missing."""
    folder = register.folder_of(NAME)
    (tmp_path / "card.toml").write_bytes((folder / "card.toml").read_bytes())
    for code in ("ko", "en"):
        (tmp_path / f"article.{code}.md").write_text("# Title\n\n## Background\n\nWords.\n", encoding="utf-8")
    with pytest.raises(DataError, match="the article has 1 sections where there are 6"):
        read_article(NAME, tmp_path)


def test_a_quoted_number_is_shown_with_its_unit_its_day_and_its_why(article: ArticlePage, visitor: Client) -> None:
    """The value comes from the run, and the list below tells its day."""
    html = visitor.get(article.url).content.decode()
    assert '<a class="live" href="/ko/why/eco_mileage/co2/"' in html
    assert '<data value="2387000.0">2,387,000</data><span class="unit">톤</span>' in html
    assert "2021년 8월 31일" in html


SAYS = {
    "ko": '<p class="note">이 글은 서울의 사업을 이야기합니다. 그림과 점선 밑줄이 있는 수치만 헬싱키 도심(OSM 추출)의',
    "en": '<p class="note">This article tells of Seoul&#x27;s programme; only the figures and the numbers with a',
}


@pytest.mark.parametrize("code", SAYS)
def test_a_site_of_another_city_says_whose_programme_an_article_tells_of(
    article: ArticlePage, visitor: Client, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    page = article.get_translations(inclusive=True).get(locale__language_code=code)
    assert SAYS[code] not in visitor.get(page.get_url()).content.decode()
    monkeypatch.setattr(django_settings, "MADANG_CITY", "helsinki")
    editions._renew()
    assert SAYS[code] in visitor.get(page.get_url()).content.decode()


def test_what_an_editor_of_the_city_wrote_is_not_called_another_citys(
    article: ArticlePage, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_settings, "MADANG_CITY", "helsinki")
    article.save_revision(user=get_user_model().objects.create_user("writer")).publish()
    assert SAYS["ko"] not in visitor.get(article.get_url()).content.decode()


def test_the_why_page_tells_value_formula_and_day(article: ArticlePage, visitor: Client) -> None:
    """Every live number can be walked back."""
    html = visitor.get("/en/why/eco_mileage/co2/").content.decode()
    assert "CO2 saved" in html
    assert "31 August 2021" in html
    assert "the sum" in html
    assert visitor.get("/en/why/eco_mileage/nothing/").status_code == 404


def test_a_number_that_changed_is_told_to_the_editor(article: ArticlePage, person: Callable[[str], Client]) -> None:
    """The warning shows before and now, and goes when the page is published again."""
    assert changes_of(article) == []
    Computed.objects.filter(solution=NAME).update(numbers={"co2": CARD | {"value": 2500000.0}})
    editions._renew()
    assert [change.says("ko") for change in changes_of(article)] == ["줄인 이산화탄소: 2,387,000 → 2,500,000"]
    editor = person("editor")
    assert "2,387,000 → 2,500,000" in editor.get(f"/admin/pages/{article.pk}/edit/").content.decode()
    assert "2,387,000 → 2,500,000" in editor.get("/admin/").content.decode()
    article.save_revision().publish()
    assert changes_of(ArticlePage.objects.get(pk=article.pk)) == []


def test_a_number_that_no_solution_has_cannot_be_quoted(article: ArticlePage) -> None:
    """The form refuses it by name."""
    block = ArticlePage._meta.get_field("results").stream_block.child_blocks["paragraph"]
    with pytest.raises(ValidationError, match=r"eco_mileage\.nothing"):
        block.clean(block.to_python("<p>{{ number:eco_mileage.nothing }}</p>"))


def test_a_section_of_nothing_but_space_is_refused(article: ArticlePage) -> None:
    """A section that holds a block without words is blank all the same."""
    article.done = [("paragraph", "<p> </p>")]
    with pytest.raises(ValidationError) as caught:
        article.full_clean()
    assert "done" in caught.value.error_dict


def test_a_translation_says_whether_its_original_has_changed_since(article: ArticlePage, visitor: Client) -> None:
    """Publishing the original leaves a checked translation behind until it is checked again."""
    english = article.get_translations().get().specific
    english.translation_checked = True
    english.save_revision().publish()
    assert EntryPage.objects.get(pk=english.pk).translation.state == "current"
    article.title += "!"
    article.save_revision().publish()
    assert EntryPage.objects.get(pk=english.pk).translation.state == "behind"
    assert "the original has changed since" in visitor.get(english.url).content.decode()


def test_each_page_links_to_its_other_language(article: ArticlePage, visitor: Client) -> None:
    """hreflang for machines, a switch for people."""
    html = visitor.get(article.url).content.decode()
    other = article.get_translations().get()
    assert f'<link rel="alternate" hreflang="en" href="{django_settings.MADANG_ADDRESS}{other.url}">' in html
    assert f'href="{other.url}" lang="en" hreflang="en">English</a>' in html


def test_the_digest_has_its_seven_parts_in_both_languages(visitor: Client) -> None:
    """Social policy, administration, planning, economy, transport, environment, diplomacy."""
    for page in DigestPage.objects.live():
        assert [bool(plain_text(body)) for _, _, body in page.parts] == [True] * 7
        assert visitor.get(page.url).content.decode().count("<section aria-labelledby=") == 7


def test_the_catalogue_holds_every_item_the_city_named(visitor: Client) -> None:
    """28 partners, five centres, the posts and publications, each in both languages."""
    counts = {
        kind.kind: kind.objects.live().filter(locale__language_code=code).count()
        for kind in EntryPage.__subclasses__()
        for code in ("ko", "en")
    }
    assert (counts["partner"], counts["centre"], counts["digest"], counts["brochure"]) == (28, 5, 1, 4)
    assert counts["news"] >= 5


def test_the_guide_is_a_pdf_with_a_cover_in_both_languages(visitor: Client) -> None:
    """A brochure has its file and a picture of its cover, with words for those who cannot see it."""
    for page in BrochurePage.objects.filter(key="guide-to-promises"):
        html = visitor.get(page.url).content.decode()
        assert page.cover_alt in html
        assert page.file.url in html
        assert b"".join(visitor.get(page.file.url).streaming_content)[:5] == b"%PDF-"


def test_a_brochure_whose_file_is_not_kept_says_so(visitor: Client) -> None:
    """Nobody looks for a button that is not there."""
    without = BrochurePage.objects.get(key="brochure-arisu-2021", locale__language_code="en")
    assert "The file itself is not kept here." in visitor.get(without.url).content.decode()
    guide = BrochurePage.objects.get(key="guide-to-promises", locale__language_code="en")
    assert "The file itself is not kept here." not in visitor.get(guide.url).content.decode()


def test_an_article_serves_the_goals_of_its_theme(visitor: Client) -> None:
    """Goals, region and theme stand on the page and in its record, in both languages."""
    whole = visitor.get("/en/solutions/eco-mileage.json").json()
    assert (whole["goals"], whole["regions"], whole["theme"]) == ([7, 11, 13], ["asia"], "climate-and-energy")
    assert "7 " in visitor.get("/ko/solutions/eco-mileage/").content.decode().split("지속가능발전목표")[1][:60]


def test_an_entry_is_to_be_had_as_json_at_the_same_address(article: ArticlePage, visitor: Client) -> None:
    """The text, what it quotes, the other language; and nothing for a page that is not there."""
    card = visitor.get(article.url.rstrip("/") + ".json").json()
    assert card["quoted"]["eco_mileage.co2"] == {"value": 2387000.0, "unit": "t", "day": "2021-08-31"}
    assert set(card["text"]) == set(SECTIONS)
    assert card["other_language"].endswith("/en/solutions/eco-mileage/")
    assert visitor.get("/ko/solutions/nothing.json").status_code == 404


def test_each_quotation_has_its_state_in_both_languages(article: ArticlePage, person: Callable[[str], Client]) -> None:
    """Quoted and unchanged here, not quoted there; the form says so, and so does the page."""
    english = article.get_translations().get().specific
    for name in SECTIONS:
        setattr(english, name, [("paragraph", "<p>Words.</p>")])
    english.save_revision().publish()
    states = figure_states(ArticlePage.objects.get(pk=article.pk))
    assert [(one.address, one.states) for one in states] == [("eco_mileage.co2", {"ko": "same", "en": "missing"})]
    form = person("editor").get(f"/admin/pages/{article.pk}/edit/").content.decode()
    assert "인용하지 않음" in form or "not quoted" in form
    assert "영어판에는 인용되지 않음" in person("visitor").get(article.url).content.decode()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=120))
def test_no_text_of_an_article_becomes_markup_that_runs(words: str) -> None:
    """Markdown from a file may hold anything: what comes out has no script, no handler, no outside picture."""
    html = html_of(f"{words}\n\n<img src=x onerror=alert(1)> [x](javascript:alert(1)) ![y](http://e.org/a.png)")
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
