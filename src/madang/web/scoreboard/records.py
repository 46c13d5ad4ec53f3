"""A promise for machines: schema.org's ClaimReview, and the Atom feed of verdicts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed

from madang.core.language import Language
from madang.web.scoreboard.models import Standing, VerdictChange
from madang.web.scoreboard.telling import verdict_words


def review_of(standing: Standing, code: Language) -> dict[str, Any]:
    """Return the review of a claim as schema.org describes it."""
    data = standing.data
    source = data["said_in"][0] if data["said_in"] else None
    claim: dict[str, Any] = {"@type": "Claim", "text": data["statement"][code]}
    if source:
        claim["author"] = {"@type": "Organization", "name": source["who"]}
        claim["appearance"] = {"@type": "CreativeWork", "name": source["title"], "url": source["url"]}
    if standing.said_on:
        claim["datePublished"] = standing.said_on.isoformat()
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": f"{settings.MADANG_ADDRESS}/{code}/promises/{standing.promise}/",
        "datePublished": standing.judged_on.isoformat(),
        "inLanguage": code,
        "claimReviewed": data["statement"][code],
        "itemReviewed": claim,
        "author": {"@type": "Organization", "name": "Madang", "url": settings.MADANG_ADDRESS},
        "reviewRating": {"@type": "Rating", "alternateName": verdict_words(standing.verdict, code)},
        "reviewBody": data["reason"][code],
    }


def changes_feed(changes: list[VerdictChange], code: Language) -> str:
    """Return the Atom feed of verdicts: each first judgement and each change after it."""
    base = settings.MADANG_ADDRESS
    feed = Atom1Feed(
        title="마당: 약속의 판정" if code == "ko" else "Madang: verdicts on promises",
        link=f"{base}/{code}/promises/",
        description="",
        language=code,
        feed_url=f"{base}/{code}/promises/changes.atom",
    )
    for change in changes:
        after = verdict_words(change.after, code)
        said = f"{verdict_words(change.before, code)} → {after}" if change.before else after
        feed.add_item(
            title=f"{said}: {change.statement[code]}",
            link=f"{base}/{code}/promises/{change.promise}/",
            description=change.reason[code],
            unique_id=f"{base}/promises/{change.promise}/changes/{change.pk}",
            pubdate=change.at,
            updateddate=change.at,
        )
    return feed.writeString("utf-8")
