"""Solutions and their data for machines: schema.org in the page, DCAT in the catalogue."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from madang.core.contract import Card
from madang.core.language import LANGUAGES, Language
from madang.web.live.models import Computed

_LICENCE = "https://www.apache.org/licenses/LICENSE-2.0"


def record_of(name: str, card: Card, code: Language) -> SafeString:
    """Return a solution as schema.org's SoftwareApplication, ready to stand in a script element."""
    address = f"{settings.MADANG_ADDRESS}/{code}/bench/{name}/"
    record = {
        "@context": "https://schema.org",
        "@type": "SoftwareApplication",
        "@id": address,
        "url": address,
        "name": card.title.to(code),
        "description": card.summary.to(code),
        "about": card.theme.to(code),
        "applicationCategory": "PolicyModel",
        "inLanguage": list(LANGUAGES),
        "isAccessibleForFree": True,
        "license": _LICENCE,
        "dateModified": card.checked_on.isoformat(),
        "provider": {"@type": "GovernmentOrganization", "name": card.office.to(code)},
    }
    return in_script(record)


def in_script(record: dict[str, Any]) -> SafeString:
    """Return a record as JSON that cannot end the element it stands in."""
    written = json.dumps(record, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
    return mark_safe(written)  # noqa: S308 - every character that could end the element is escaped


def catalogue() -> dict[str, Any]:
    """Return the DCAT catalogue of the solutions' computed data: a dataset for each solution, its figures as files."""
    base = settings.MADANG_ADDRESS
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
        },
        "@id": f"{base}/api/catalogue.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": [
            {"@language": "ko", "@value": "마당의 정책 자료"},
            {"@language": "en", "@value": "Madang's policy data"},
        ],
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": "Madang"},
        "dcat:dataset": [_dataset(base, kept) for kept in Computed.objects.all()],
    }


def _dataset(base: str, kept: Computed) -> dict[str, Any]:
    """Return one solution's figures as a DCAT dataset."""
    return {
        "@id": f"{base}/api/solutions/{kept.solution}",
        "@type": "dcat:Dataset",
        "dct:identifier": kept.solution,
        "dct:title": _worded(kept.title),
        "dct:modified": kept.day.isoformat(),
        "dct:spatial": kept.city,
        "dct:license": {"@id": _LICENCE},
        "dcat:landingPage": {"@id": f"{base}/en/bench/{kept.solution}/"},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": _worded(card["title"]),
                "dcat:mediaType": "text/csv",
                "dcat:downloadURL": {"@id": f"{base}/figures/{kept.solution}.{name}.csv"},
            }
            for name, card in kept.figures.items()
        ],
    }


def _worded(words: dict[str, str]) -> list[dict[str, str]]:
    """Return a text in both languages as JSON-LD has it."""
    return [{"@language": code, "@value": words[code]} for code in LANGUAGES if code in words]
