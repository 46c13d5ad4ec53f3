"""Pages kept for visitors: drawn anew when something is published; few questions to the database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision, TaskState

from madang import register
from madang.web import editions
from madang.web.accounts.roles import REVIEW
from madang.web.library.models import NewsPage, ShelfPage
from madang.web.middleware import known_scripts
from madang.web.opening import timely
from madang.web.opening.timely import keep_publishing, publish_due
from madang.web.scoreboard.models import Standing

pytestmark = pytest.mark.django_db
#: How many questions a page may ask the database when it is not kept: page, at most.
QUERIES_MAX = {
    "/ko/": 30,
    "/ko/partners/": 22,
    "/ko/library/": 30,
    "/ko/news/news-hangang-water-2021/": 26,
    "/ko/search/?q=%EC%88%98%EC%A7%88": 14,
    "/ko/solutions/eco-mileage/": 28,
    "/ko/publications/digest-2020/": 26,
    "/ko/promises/": 4,
    "/ko/bench/": 2,
    "/ko/bench/eco_mileage/": 3,
    "/en/feeds/library.atom": 13,
    "/sitemap.xml": 7,
    "/catalogue.jsonld": 16,
    "/ko/news.json": 22,
    "/ko/partners.csv": 22,
}


@pytest.mark.parametrize("address", QUERIES_MAX)
def test_a_page_asks_little_and_a_kept_page_asks_nothing(visitor: Client, address: str) -> None:
    """The bound is what was measured, rounded up; a kept page asks the database nothing at all."""
    with CaptureQueriesContext(
        connection,
    ) as first:
        assert visitor.get(address).status_code == 200
    assert len(first) <= QUERIES_MAX[address], [one["sql"][:120] for one in first.captured_queries]
    with CaptureQueriesContext(connection) as again:
        visitor.get(address)
    assert len(again) == 0


def test_publishing_draws_kept_pages_anew(
    visitor: Client, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    """A visitor sees what was published, not what was kept."""
    page = NewsPage.objects.get(key="news-hangang-water-2021", locale__language_code="ko")
    tag = visitor.get(page.url).headers["ETag"]
    with django_capture_on_commit_callbacks(execute=True):
        page.summary = "새로 쓴 요약"
        page.save_revision().publish()
    answer = visitor.get(page.url, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "새로 쓴 요약" in answer.content.decode()


def test_new_verdicts_draw_kept_pages_anew(
    nothing_judged: None, visitor: Client, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    """Nobody reads yesterday's verdicts because a page of them was kept."""
    before = visitor.get("/en/promises.json")
    assert before.json()["promises"] == []
    with django_capture_on_commit_callbacks(execute=True):
        call_command("judge_promises")
    after = visitor.get("/en/promises.json", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.json()["promises"]


def test_somebody_signed_in_is_not_shown_a_kept_page(person: Callable[[str], Client], visitor: Client) -> None:
    """Only visitors share pages."""
    visitor.get("/ko/")
    assert "ETag" not in person("editor").get("/ko/").headers


def test_an_unpublished_page_leaves_the_search_and_the_site(visitor: Client) -> None:
    """What is taken away is found no more."""
    page = NewsPage.objects.get(key="news-liveable-2021", locale__language_code="en")
    found = visitor.get("/en/search.json?q=Monocle").json()["count"]
    assert found
    page.unpublish()
    connection.run_on_commit = []
    editions._renew()
    assert visitor.get("/en/search.json?q=Monocle").json()["count"] == found - 1
    assert visitor.get(page.url).status_code == 404


def test_a_page_appears_and_goes_on_the_days_set_for_it(visitor: Client) -> None:
    """The server looks every half minute; a visitor who was told "not found" sees the page then."""
    page = _draft("scheduled")
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish()
    publish_due()
    assert visitor.get("/ko/news/scheduled/").status_code == 404
    past = timezone.now() - timedelta(minutes=1)
    revision = Revision.objects.get(object_id=str(page.pk))
    revision.content["go_live_at"] = past.isoformat()
    revision.approved_go_live_at = past
    revision.save()
    publish_due()
    assert visitor.get("/ko/news/scheduled/").status_code == 200
    NewsPage.objects.filter(pk=page.pk).update(expire_at=past)
    publish_due()
    editions._renew()
    assert visitor.get("/ko/news/scheduled/").status_code == 404


def test_the_server_goes_on_looking_until_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three looks, then the word to stop."""
    stop, looks = threading.Event(), []

    def look() -> None:
        looks.append(len(looks))
        if len(looks) == 3:
            stop.set()

    monkeypatch.setattr(timely, "publish_due", look)
    keep_publishing(stop, every_seconds=0.001)
    assert looks == [0, 1, 2]


def test_what_an_analyst_hands_in_an_editor_reviews_and_publishes(person: Callable[[str], Client]) -> None:
    """An analyst cannot publish; the review is in the log."""
    page = _draft("handed-in")
    page.save_revision()
    analyst, editor = person("analyst"), person("editor")
    assert analyst.post(f"/admin/pages/{page.pk}/unpublish/").status_code in {302, 403}
    workflow = page.get_workflow()
    assert workflow.name == REVIEW
    workflow.start(page, analyst.get("/admin/").wsgi_request.user)
    page.refresh_from_db()
    assert not page.live
    state = TaskState.objects.get(workflow_state=page.current_workflow_state)
    answer = editor.post(
        reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk]), {"comment": "좋다"}
    )
    assert answer.status_code in {200, 302}, answer.content[:500]
    page.refresh_from_db()
    assert page.live


def test_the_feed_the_sitemap_and_the_catalogue_are_well_formed(visitor: Client) -> None:
    """Machines read the same library, in both languages."""
    feed = ElementTree.fromstring(visitor.get("/en/feeds/library.atom").content)
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) >= 45
    assert visitor.get("/ko/feeds/nothing.atom").status_code == 404
    sitemap = ElementTree.fromstring(visitor.get("/sitemap.xml").content)
    found = sitemap.findall("{http://www.sitemaps.org/schemas/sitemap/0.9}url")
    rooms = 2 + Standing.objects.count() + len(register.NAMES)
    assert len(found) == Page.objects.live().filter(depth__gt=1).count() + 2 * rooms
    assert all(visitor.get(urlsplit(one[0].text or "").path).status_code == 200 for one in found[-2 * rooms :: 9])
    alternates = found[0].findall("{http://www.w3.org/1999/xhtml}link")
    assert {one.get("hreflang") for one in alternates} == {"ko", "en"}
    catalogue = visitor.get("/catalogue.jsonld").json()
    assert catalogue["@type"] == "dcat:Catalog"
    assert len(catalogue["dcat:resource"]) > 80


def test_a_page_carries_its_record_for_machines(visitor: Client) -> None:
    """schema.org, with nothing that could end the element early."""
    html = visitor.get("/en/news/news-liveable-2021/").content.decode()
    record = json.loads(html.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert (record["@type"], record["datePublished"]) == ("NewsArticle", "2021-07-24")


def test_only_calls_of_known_widgets_get_a_hash() -> None:
    """A script that somebody managed to write into a page has none, and does not run."""
    known = '<script>initDateChooser("id_day", {"format": "Y-m-d"});</script>'
    for wrong in ('<script>alert(1)</script>', '<script>initDateChooser("id", alert(1));</script>',
                  '<script>initDateChooser("id");alert(1);</script>'):  # fmt: skip
        assert known_scripts(HttpResponse(wrong)) == []
    assert len(known_scripts(HttpResponse(known))) == 1


@pytest.mark.parametrize(
    ("address", "complaints"), [("https://policy.example.org", 0), ("http://localhost:8000", 0), ("http://e.org", 4)]
)
def test_the_settings_pass_djangos_own_check_for_deployment(tmp_path: Path, address: str, complaints: int) -> None:
    """Nothing to say at an https address, nor on one's own computer; what is missing elsewhere is said."""
    surroundings = {
        **os.environ, "MADANG_HOME": str(tmp_path), "MADANG_ADDRESS": address,
        "MADANG_SECRET_KEY": "kx7" * 25 + "q9!", "DJANGO_SETTINGS_MODULE": "madang.web.settings",
    }  # fmt: skip
    for name in ("DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE"):
        surroundings.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr.count("(security.W") == complaints, done.stderr
    assert done.returncode == bool(complaints)


def _draft(slug: str) -> NewsPage:
    """Return a draft on the Korean news shelf."""
    shelf = ShelfPage.objects.get(shelf="news", locale__language_code="ko")
    page = NewsPage(title="소식", slug=slug, summary="요약", live=False, locale=shelf.locale)
    page.body = [("paragraph", "<p>글이 있다.</p>")]
    shelf.add_child(instance=page)
    return page
