"""Making drafts of the rows that can be taken; an editor reads each before it is published."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from html import escape
from pathlib import Path

from django.utils.text import slugify
from wagtail.log_actions import log
from wagtail.models import Locale

from madang.web.library.bringing import key_of
from madang.web.library.listing.judging import Finding, Taken
from madang.web.library.markdown import paragraphs_of
from madang.web.library.models import Author, NewsPage, ShelfPage

_SUMMARY_MAX = 300


def take(taken: Sequence[Taken], findings: Sequence[Finding], source: Path) -> tuple[int, int]:
    """Make a draft of each row that has none yet; return how many were made and how many were there."""
    made = 0
    for one in taken:
        key = _key(one)
        if NewsPage.objects.filter(key=key, locale__language_code=one.language).exists():
            continue
        noted = [finding.says.to("en") for finding in findings if finding.place == one.row.place]
        _draft(one, key, source.name, noted)
        made += 1
    return made, len(taken) - made


def _draft(one: Taken, key: str, source: str, noted: Sequence[str]) -> None:
    """Make one draft; what was found wrong stands in its log, for the editor."""
    page = NewsPage(
        title=one.row.title[:255], slug=key, key=key, live=False, locale=Locale.objects.get(language_code=one.language),
        summary=_summary(one.body), body=paragraphs_of(_with_files(one)), posted_day=one.posted,
        document_day=one.document_day, original_language=one.language, origin_url=_address(one), origin_who=_who(one),
        origin_title=one.row.title[:300], imported_from=f"listing {source}, row {one.row.place}"[:200],
    )  # fmt: skip
    if one.row.author:
        author, _ = Author.objects.get_or_create(
            key=key_of(one.row.author), defaults={"name_ko": one.row.author[:120], "name_en": one.row.author[:120]}
        )
        page.authors = [author]
    shelf = ShelfPage.objects.get(shelf="news", locale__language_code=one.language)
    shelf.add_child(instance=page)
    page.save_revision(log_action=False)
    log(instance=page, action="madang.listing", data={"row": one.row.place, "file": source, "findings": list(noted)})


def _key(one: Taken) -> str:
    """Return a row's stable key: from its address, or its title and day."""
    told = one.row.address or f"{one.row.title} {one.row.posted}"
    mark = hashlib.blake2b(told.encode(), digest_size=5).hexdigest()
    return f"{slugify(one.row.title)[:60] or 'news'}-{mark}"


def _summary(body: str) -> str:
    """Return the first paragraph, cut at a word."""
    first = body.split("\n", 1)[0]
    return first if len(first) <= _SUMMARY_MAX else first[:_SUMMARY_MAX].rsplit(" ", 1)[0] + " …"


def _with_files(one: Taken) -> str:
    """Return the body as HTML paragraphs, with the names of attachments at its end."""
    lines = [f"<p>{escape(line)}</p>" for line in one.body.split("\n")]
    return "".join([*lines, *(f"<p>{escape(name)}</p>" for name in one.row.attachments)])


def _address(one: Taken) -> str:
    """Return a row's address where it is one."""
    return (
        one.row.address if one.row.address.startswith(("http://", "https://")) and len(one.row.address) <= 500 else ""
    )


def _who(one: Taken) -> str:
    """Return who published: the author, else the site."""
    return (one.row.author or "—")[:200]
