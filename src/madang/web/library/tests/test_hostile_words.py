"""What an editor's form, a file or a listing may hold: whatever it is, nothing in it runs in a reader's browser."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Drawing
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.rich_text import RichText

from madang.web.library.listing.judging import words_of
from madang.web.library.markdown import html_of
from madang.web.library.models import ArticlePage, ShelfPage
from madang.web.live.templatetags.live import alive

pytestmark = pytest.mark.django_db
ADDRESSES = st.sampled_from(
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "vbscript:x",
     "data:text/html,<script>alert(1)</script>", "https://example.org/?a=1&b=<2>", "//example.org", "#x", "", "\0"]
)  # fmt: skip
HOSTILE = st.sampled_from(
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "</p><iframe src=//e.org>",
     "{{ number:eco_mileage.co2 }}", "{{ figure:<b>.x }}", "{{ number:x.y }}<style>*{}</style>", "&lt;script&gt;", "{%"]
)  # fmt: skip
WORDS = st.one_of(HOSTILE, st.text(max_size=30)).map(lambda words: words[:60])
ENTITY = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["LINK", "DOCUMENT", "IMAGE", "EMBED", "NUMBER", "STOCK", "script"]),
        "mutability": st.just("MUTABLE"),
        "data": st.fixed_dictionaries({}, optional={"url": ADDRESSES, "id": st.integers(-1, 9), "onclick": HOSTILE}),
    }
)
BLOCK = st.fixed_dictionaries(
    {
        "key": st.text("abcdef", min_size=5, max_size=5),
        "text": WORDS,
        "type": st.sampled_from(["unstyled", "header-three", "header-two", "ordered-list-item", "script"]),
        "depth": st.integers(0, 3),
        "inlineStyleRanges": st.lists(
            st.fixed_dictionaries(
                {"offset": st.integers(0, 20), "length": st.integers(0, 20),
                 "style": st.sampled_from(["BOLD", "CODE", "STRIKETHROUGH", "script"])}
            ), max_size=2,
        ),
        "entityRanges": st.lists(
            st.fixed_dictionaries({"offset": st.integers(0, 9), "length": st.integers(1, 9), "key": st.just(0)}),
            max_size=1,
        ),
    }
)  # fmt: skip


class Running(HTMLParser):
    """What in some HTML would run, or fetch from elsewhere, as a browser reads it."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note elements that run, handlers, and addresses that run."""
        if tag in {"script", "iframe", "object", "embed", "style", "link", "meta", "base", "form", "svg", "img"}:
            self.found.append(tag)
        for name, value in attrs:
            bare = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or name == "style" or bare.startswith(("javascript:", "vbscript:", "data:")):
                self.found.append(f"{tag} {name}={value}")


def running(html: str) -> list[str]:
    """Return what in some HTML would run."""
    reader = Running()
    reader.feed(html)
    return reader.found


def shown(posted: Any) -> str:
    """Return the HTML a reader gets of what an editor's form sent for a text."""
    block = ArticlePage._meta.get_field("results").stream_block.child_blocks["paragraph"]
    try:
        kept = block.value_from_datadict({"text": posted}, {}, "text")
    except BadRequest:
        return ""
    return str(alive(RichText(kept.source)))


FUZZED = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@FUZZED
@given(st.lists(BLOCK, max_size=4), st.fixed_dictionaries({"0": ENTITY}))
def test_no_text_that_the_editors_form_can_send_runs(blocks: list[Any], entities: dict[str, Any]) -> None:
    """The editor's own format, with anything in it: unknown entities, handlers, addresses that run."""
    assert running(shown(json.dumps({"blocks": blocks, "entityMap": entities}))) == []


@FUZZED
@given(st.one_of(st.text(), st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps)))
def test_what_no_editor_sends_is_answered_all_the_same(posted: str) -> None:
    """A form filled by hand, or by a program."""
    assert running(shown(posted)) == []


def test_what_no_editor_sends_is_a_bad_request(person: Callable[[str], Client]) -> None:
    """And no failure of the site."""
    shelf = ShelfPage.objects.get(shelf="news", locale__language_code="ko")
    sent = {"title": "소식", "slug": "x", "summary": "x", "body-count": "1", "body-0-deleted": "", "body-0-order": "0",
            "body-0-type": "paragraph", "body-0-id": "", "body-0-value": "no JSON"}  # fmt: skip
    assert person("editor").post(f"/admin/pages/add/library/newspage/{shelf.pk}/", sent).status_code == 400


@FUZZED
@given(WORDS, ADDRESSES)
def test_no_article_file_and_no_listing_brings_anything_that_runs(words: str, address: str) -> None:
    """Markdown and an older site's HTML go other ways into a page."""
    assert running(html_of(f"{words}\n\n[{words}]({address}) ![{words}]({address})\n\n<{address}>")) == []
    plain = words_of(f"<p>{words}<script>{words}</script></p><a href='{address}'>{words}</a>")
    assert "alert(1)</script>" not in words_of(f"<script>alert(1)</script>{words}") or "<script" in words
    assert isinstance(plain, str)


def test_the_reader_of_html_sees_what_runs() -> None:
    """The control: what these tests look for is found where it is."""
    html = '<p onclick="x()"><a href="java\tscript:alert(1)">a</a><img src=x><script>1</script></p>'
    assert len(running(html)) == 4


def picture(kind: str = "PNG") -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Drawing.new("RGB", (20, 20), "navy").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cover.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("cover.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("cover.png", b"<html><script>alert(1)</script></html>"),
        ("cover.html", picture()),
        ("cover.png.php", picture()),
        ("cover.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64),
        ("cover.png", b""),
        ("cover.gif", b"GIF89a\xff\xff\xff\xff\0\0\0"),
    ],
)
def test_what_is_no_picture_is_not_taken_for_one(person: Callable[[str], Client], name: str, content: bytes) -> None:
    """By its ending and by what is in it."""
    answer = person("editor").post("/admin/images/add/", {"title": "Cover", "file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    assert not Image.objects.filter(title="Cover").exists()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=200), st.integers(0, 60), st.sampled_from(["png", "gif", "jpg", "webp"]))
def test_a_damaged_picture_is_answered(person: Callable[[str], Client], noise: bytes, at: int, ending: str) -> None:
    """Bytes of a true picture overwritten anywhere: taken or refused, and never a failure of the site."""
    kind = {"jpg": "JPEG"}.get(ending, ending.upper())
    content = bytearray(picture(kind))
    content[at : at + len(noise)] = noise
    upload = SimpleUploadedFile(f"cover.{ending}", bytes(content))
    assert person("editor").post("/admin/images/add/", {"title": "Noise", "file": upload}).status_code in {200, 302}


def test_a_true_picture_is_taken(person: Callable[[str], Client]) -> None:
    """The control."""
    upload = SimpleUploadedFile("cover.png", picture())
    assert person("editor").post("/admin/images/add/", {"title": "Cover", "file": upload}).status_code == 302
    assert Image.objects.get(title="Cover").width == 20


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.js", "x.pdf.html", "x.exe", "x"])
def test_a_file_of_a_kind_that_browsers_run_is_refused(person: Callable[[str], Client], name: str) -> None:
    upload = SimpleUploadedFile(name, b"<script>alert(1)</script>")
    person("editor").post("/admin/documents/add/", {"title": "Paper", "file": upload})
    assert not Document.objects.filter(title="Paper").exists()


def test_a_page_that_calls_itself_a_pdf_cannot_run_either(person: Callable[[str], Client], visitor: Client) -> None:
    """It is sent as what it is called, sniffed by nobody, with a policy that lets nothing run."""
    upload = SimpleUploadedFile("x.pdf", b"<html><script>alert(1)</script></html>")
    person("editor").post("/admin/documents/add/", {"title": "Paper", "file": upload})
    answer = visitor.get(Document.objects.get(title="Paper").url)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
