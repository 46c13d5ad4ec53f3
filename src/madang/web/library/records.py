"""Records for machines: schema.org of an entry, and the DCAT catalogue of the library."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from madang.web.library.models import EntryPage
from madang.web.library.plain import plain_text
from madang.web.live import quotes
from madang.web.live.models import Computed
from madang.web.live.quoting import quotations

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


def whole(page: EntryPage) -> dict[str, Any]:
    """Return an entry with its text and what it quotes, for whoever reads it as JSON."""
    texts = {name: plain_text(getattr(page, name)) for name in page.text_fields}
    quoted = {
        address: {"value": card["value"], "unit": card["unit"], "day": card["day"] or card["asked_on"]}
        for kind, address in quotations(page)
        if kind == "number" and (card := quotes.number(address).card)
    }
    other = page.counterpart
    return {
        **schema_of(page),
        "kind": page.kind,
        "theme": page.theme.key if page.theme else None,
        "goals": [goal.number for goal in page.goals.all()],
        "regions": [region.key for region in page.regions.all()],
        "translation": page.translation.state,
        "other_language": absolute(other) if other is not None and other.live else None,
        "text": texts,
        "quoted": quoted,
    }


def absolute(page: EntryPage) -> str:
    """Return a page's whole address."""
    return f"{settings.MADANG_ADDRESS}{page.url or ''}"


def catalogue() -> dict[str, Any]:
    """Return the library and the figures' tables as a DCAT catalogue in JSON-LD."""
    entries = EntryPage.objects.live().public().prefetch_related("locale", "theme").specific()
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
        },
        "@id": f"{settings.MADANG_ADDRESS}/catalogue.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": [{"@value": "마당 자료실", "@language": "ko"}, {"@value": "Madang library", "@language": "en"}],
        "foaf:homepage": {"@id": f"{settings.MADANG_ADDRESS}/"},
        "dct:language": ["ko", "en"],
        "dcat:resource": [_resource(entry) for entry in entries],
        "dcat:dataset": [_dataset(row, name, card) for row in _runs() for name, card in row.figures.items()],
    }


def _runs() -> list[Computed]:
    """Return what the solutions gave when they last ran."""
    return list(Computed.objects.order_by("solution"))


def _resource(entry: EntryPage) -> dict[str, Any]:
    """Return an entry as a catalogued resource."""
    made = {
        "@id": absolute(entry),
        "@type": "dcat:Resource",
        "dct:title": {"@value": entry.title, "@language": entry.locale.language_code},
        "dct:description": {"@value": entry.summary, "@language": entry.locale.language_code},
        "dct:type": entry.kind,
        "dcat:theme": str(entry.theme) if entry.theme else None,
        "dct:issued": entry.shown_day.isoformat() if entry.shown_day else None,
        "dct:publisher": {"foaf:name": entry.origin_who} if entry.origin_who else None,
        "dct:source": {"@id": entry.origin_url} if entry.origin_url else None,
    }
    return {name: value for name, value in made.items() if value}


def _dataset(row: Computed, name: str, card: dict[str, Any]) -> dict[str, Any]:
    """Return a figure's table as a dataset with its CSV."""
    address = f"{settings.MADANG_ADDRESS}/figures/{row.solution}.{name}.csv"
    table = {"@type": "dcat:Distribution", "dcat:accessURL": {"@id": address}, "dcat:mediaType": "text/csv"}
    return {
        "@id": f"{address}#table",
        "@type": "dcat:Dataset",
        "dct:title": [{"@value": card["title"][code], "@language": code} for code in ("ko", "en")],
        "dct:issued": row.day.isoformat(),
        "dct:source": [source["url"] for source in card["sources"] if source["url"]],
        "dcat:distribution": table,
    }
