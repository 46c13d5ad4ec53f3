"""Records for machines: schema.org of an entry, and the DCAT catalogue of the library."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from madang.web.library.models import EntryPage

_SCHEMA_TYPES = {
    "article": "Article",
    "news": "NewsArticle",
    "brochure": "DigitalDocument",
    "digest": "Report",
    "partner": "Organization",
    "centre": "EducationalOrganization",
    "note": "Article",
}


def schema_of(page: EntryPage) -> dict[str, Any]:
    """Return an entry as schema.org describes it; what is unknown is left out."""
    kind = _SCHEMA_TYPES[page.kind]
    organisation = kind.endswith("Organization")
    made: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": kind,
        "@id": absolute(page),
        "url": absolute(page),
        "name" if organisation else "headline": page.title,
        "description": page.summary,
    }
    if organisation:
        return made
    made["inLanguage"] = page.locale.language_code
    made["author"] = [{"@type": "Organization", "name": str(author)} for author in page.authors.all()]
    made["datePublished"] = page.posted_day and page.posted_day.isoformat()
    made["dateCreated"] = page.document_day and page.document_day.isoformat()
    made["about"] = str(page.theme) if page.theme else None
    made["isBasedOn"] = page.origin_url or None
    return {name: value for name, value in made.items() if value}


def absolute(page: EntryPage) -> str:
    """Return a page's whole address."""
    return f"{settings.MADANG_ADDRESS}{page.url or ''}"
