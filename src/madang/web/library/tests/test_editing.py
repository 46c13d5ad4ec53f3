"""The editors' rooms: in Korean, a form for every kind of page, a look before publishing, and who did what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from wagtail.models import PageLogEntry

from madang.web.library.models import EntryPage, NewsPage, ShelfPage

pytestmark = pytest.mark.django_db
KINDS = EntryPage.__subclasses__()


@pytest.fixture
def draft() -> NewsPage:
    """Return a Korean news post that nobody has published."""
    shelf = ShelfPage.objects.get(shelf="news", locale__language_code="ko")
    page = NewsPage(title="아직 초안", slug="draft", summary="초안의 요약", live=False, locale=shelf.locale)
    page.body = [("paragraph", "<p>초안의 글이다.</p>")]
    shelf.add_child(instance=page)
    page.save_revision()
    return page


def test_the_seven_kinds_of_entries_and_the_home_are_all_there() -> None:
    """Solution article, news, brochure, digest, partner, centre, note; and the home that opens on them."""
    assert {kind.kind for kind in KINDS} == {"article", "news", "brochure", "digest", "partner", "centre", "note"}
    assert all(kind.objects.live().count() >= 2 for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_each_kind_has_its_form_in_korean(person: Callable[[str], Client], kind: type[EntryPage]) -> None:
    """Every field that holds text stands in it under its Korean name, and none under an English one alone."""
    shelf = ShelfPage.objects.filter(locale__language_code="ko").first()
    assert shelf is not None
    html = person("editor").get(f"/admin/pages/add/library/{kind._meta.model_name}/{shelf.pk}/").content.decode()
    assert '<html lang="ko"' in html
    for name in ("summary", *kind.text_fields):
        assert str(kind._meta.get_field(name).verbose_name) in html
    assert "게시일" in html


def test_the_editors_first_page_is_korean(person: Callable[[str], Client]) -> None:
    html = person("editor").get("/admin/").content.decode()
    assert '<html lang="ko"' in html
    # The menu is handed to the page's program as JSON, which writes Hangul in escapes.
    for word in ("페이지", "이미지", "문서", "리포트"):
        assert word.encode("unicode-escape").decode() in html


def test_a_draft_is_seen_by_its_editor_and_by_nobody_else(
    draft: NewsPage, person: Callable[[str], Client], visitor: Client
) -> None:
    """The preview is the page as a reader will get it."""
    address = f"/admin/pages/{draft.pk}/view_draft/"
    seen = person("editor").get(address)
    assert (seen.status_code, "초안의 글이다." in seen.content.decode()) == (200, True)
    assert visitor.get(address).status_code == 302
    assert person("officer").get(address).status_code == 403
    assert visitor.get("/ko/news/draft/").status_code == 404


def test_a_form_is_previewed_before_it_is_saved(draft: NewsPage, person: Callable[[str], Client]) -> None:
    """What stands in the form is shown, and the page is as it was."""
    editor, address = person("editor"), f"/admin/pages/{draft.pk}/edit/preview/"
    sent = {
        "title": "고친 제목", "slug": "draft", "summary": "고친 요약", "original_language": "ko",
        "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "quote", "body-0-id": "",
        "body-0-value-words": "말 그대로", "body-0-value-who": "누구", "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0", "comments-MIN_NUM_FORMS": "0", "comments-MAX_NUM_FORMS": "",
    }  # fmt: skip
    assert editor.post(address, sent).json() == {"is_valid": True, "is_available": True}
    shown = editor.get(address).content.decode()
    assert "고친 제목" in shown
    assert "말 그대로" in shown
    draft.refresh_from_db()
    assert draft.title == "아직 초안"


def test_the_log_says_who_published_and_who_took_away(draft: NewsPage, person: Callable[[str], Client]) -> None:
    """Both stand in the report, by name, for editors and not for analysts."""
    editor = person("editor")
    user = get_user_model().objects.get(username="test-editor")
    draft.get_latest_revision().publish(user=user)
    editor.post(f"/admin/pages/{draft.pk}/unpublish/")
    logged = PageLogEntry.objects.filter(page=draft.pk, user=user).values_list("action", flat=True)
    assert {"wagtail.publish", "wagtail.unpublish"} <= set(logged)
    report = editor.get("/admin/reports/site-history/").content.decode()
    assert "아직 초안" in report
    assert "test-editor" in report
    assert person("analyst").get("/admin/reports/site-history/").status_code == 403


def test_a_page_that_is_locked_is_left_to_whoever_locked_it(draft: NewsPage, person: Callable[[str], Client]) -> None:
    """Two editors do not overwrite each other."""
    editor = person("editor")
    editor.post(f"/admin/pages/{draft.pk}/lock/")
    draft.refresh_from_db()
    assert draft.locked
    assert "잠" in person("admin").get(f"/admin/pages/{draft.pk}/edit/").content.decode()


def test_a_translation_is_begun_from_the_original_and_says_that_it_is_not_checked(
    draft: NewsPage, person: Callable[[str], Client]
) -> None:
    """The other language begins as a draft that is linked to its original."""
    draft.get_latest_revision().publish()
    english = draft.copy_for_translation(
        ShelfPage.objects.get(shelf="news", locale__language_code="en").locale, copy_parents=True
    )
    english.save_revision().publish()
    page = NewsPage.objects.get(pk=english.pk)
    assert (page.counterpart, page.translation.state) == (draft, "unchecked")
    assert "not checked against the original" in person("visitor").get(page.url).content.decode()
