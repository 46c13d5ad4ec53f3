"""Entries of the library: what is published, in which language, with its record for machines."""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router

from madang.web.api.shapes import LibraryOut, Problem
from madang.web.library.models import EntryPage
from madang.web.library.records import schema_of

router = Router(tags=["library"])
_ID_MAX = 2**31 - 1


@router.get("", response=LibraryOut)
def entries(
    request: HttpRequest,
    language: Literal["ko", "en"] = "ko",
    offset: int = Query(0, ge=0, le=100_000),
    limit: int = Query(20, ge=1, le=100),
) -> dict[str, Any]:
    """List the published entries of a language, the newest first."""
    found = EntryPage.objects.live().public().filter(locale__language_code=language)
    shown = (
        found.order_by("-first_published_at", "-pk")
        .select_related("theme", "locale")
        .specific()[offset : offset + limit]
    )
    return {"count": found.count(), "entries": [_entry(page) for page in shown]}


@router.get("/{number}", response={200: dict[str, Any], 404: Problem})
def entry(request: HttpRequest, number: int = Path(..., ge=1, le=_ID_MAX)) -> dict[str, Any]:
    """Return an entry with its schema.org record."""
    page = get_object_or_404(EntryPage.objects.live().public(), pk=number).specific
    return {**_entry(page), "record": schema_of(page)}


def _entry(page: Any) -> dict[str, Any]:
    """Return what the list says of an entry."""
    return {
        "id": page.pk,
        "kind": page.kind,
        "language": page.locale.language_code,
        "title": page.title,
        "summary": page.summary,
        "theme": str(page.theme) if page.theme else None,
        "posted_day": page.posted_day,
        "document_day": page.document_day,
        "url": f"{settings.MADANG_ADDRESS}{page.url or ''}",
    }
