"""What holds for every page: both languages, strict headers, no cookie, nothing loaded from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from wagtail.models import Page

from madang.web.library.models import EntryPage, ShelfPage
from madang.web.templatetags.wording import exact, particle

pytestmark = pytest.mark.django_db
#: Pages that are no pages of Wagtail.
FURTHER = ("/ko/library/", "/en/search/?q=water", "/ko/account/sign-in/", "/en/promises/", "/ko/bench/")
_LOADED = re.compile(
    r'<(?:script|link|img|iframe|source|video|audio|object|embed)\b[^>]*?(?:src|href|data)="([^"]+)"', re.I
)


def test_both_homes_answer_in_their_language(visitor: Client) -> None:
    """The switch is one click, and the page says which language it is in."""
    korean, english = visitor.get("/ko/"), visitor.get("/en/")
    assert '<html lang="ko">' in korean.content.decode()
    assert '<html lang="en">' in english.content.decode()
    assert 'href="/en/" lang="en" hreflang="en"' in korean.content.decode()


def test_a_visitor_gets_no_cookie_and_strict_headers(visitor: Client) -> None:
    """No session, no script or style from the page itself or from elsewhere."""
    answer = visitor.get("/ko/")
    assert not answer.cookies
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_that_the_browser_has_is_not_sent_again(visitor: Client) -> None:
    """The ETag is the content's hash."""
    first = visitor.get("/ko/")
    again = visitor.get("/ko/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_every_published_page_is_drawn_and_loads_nothing_from_elsewhere(visitor: Client) -> None:
    """No page of the library fails, and none names another host for a script, style, picture or frame."""
    addresses = [page.get_url() for page in Page.objects.live().filter(depth__gt=1).specific()]
    assert len(addresses) >= 100
    for address in [*addresses, *FURTHER]:
        answer = visitor.get(address)
        assert answer.status_code == 200, address
        assert not loaded_from_elsewhere(answer.content.decode()), address


#: Rooms whose pages are made by others: Wagtail's, and the interfaces' own descriptions.
THEIRS = (
    "/admin/", "/admin/images/", "/admin/documents/", "/admin/reports/site-history/", "/admin/account/",
    "/admin/users/", "/admin/snippets/library/theme/", "/admin/pages/search/", "/api/docs",
    "/api/desks/eco-mileage/docs",
)  # fmt: skip


def test_the_rooms_made_by_others_load_nothing_from_elsewhere_either(person: Callable[[str], Client]) -> None:
    """Nor do the forms of each kind of page, with the text editor in them."""
    admin = person("admin")
    shelf = ShelfPage.objects.filter(locale__language_code="ko").first()
    assert shelf is not None
    forms = [f"/admin/pages/add/library/{kind._meta.model_name}/{shelf.pk}/" for kind in EntryPage.__subclasses__()]
    for address in (*THEIRS, *forms):
        answer = admin.get(address)
        assert answer.status_code == 200, address
        assert not loaded_from_elsewhere(answer.content.decode()), address


def test_what_is_loaded_from_elsewhere_is_seen() -> None:
    """The control."""
    assert loaded_from_elsewhere('<script async src="//cdn.example/x.js"></script><img src="/here.png">') == [
        "//cdn.example/x.js"
    ]


def loaded_from_elsewhere(html: str) -> list[str]:
    """Return what some HTML would fetch from another host; a link to a version of the page fetches nothing."""
    bare = re.sub(r'<link rel="(alternate|canonical)"[^>]*>', "", html)
    return [address for address in _LOADED.findall(bare) if re.match(r"(https?:)?//", address)]


@pytest.mark.parametrize(
    ("words", "said"), [("서울", "서울과"), ("제주", "제주와"), ("Helsinki", "Helsinki와"), ("", "와")]
)
def test_a_korean_particle_fits_the_last_sound(words: str, said: str) -> None:
    assert particle(words, "과/와") == said


@pytest.mark.parametrize(
    ("value", "said"), [(269500.0, "269500"), (0.1, "0.1"), (None, "—"), (7, "7"), (1e300, "1e+300")]
)
def test_an_exact_value_has_every_digit_it_has_and_no_other(value: float | None, said: str) -> None:
    assert exact(value) == said
