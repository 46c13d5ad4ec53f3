"""The yearly digest of research, in its seven parts."""

from __future__ import annotations

from typing import Any

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from madang.core.language import Text, text
from madang.web.library.models.entries import EntryPage, text_field
from madang.web.wording import both

PARTS: dict[str, Text] = {
    "social_policy": text("사회정책", "Social policy"),
    "administration": text("도시행정", "Urban administration"),
    "urban_planning": text("도시계획", "Urban planning"),
    "economy": text("경제", "Economy"),
    "transport": text("교통계획", "Transport planning"),
    "environment": text("환경계획", "Environmental planning"),
    "diplomacy": text("도시외교", "City diplomacy"),
}


class DigestPage(EntryPage):
    """A year's research: seven parts, each of which says something, if only that it says nothing."""

    kind = "digest"
    kind_words = both("연구 요약", "Research digest")
    text_fields = tuple(PARTS)

    year = models.PositiveSmallIntegerField(both("연도", "Year"))
    social_policy = text_field("사회정책", "Social policy")
    administration = text_field("도시행정", "Urban administration")
    urban_planning = text_field("도시계획", "Urban planning")
    economy = text_field("경제", "Economy")
    transport = text_field("교통계획", "Transport planning")
    environment = text_field("환경계획", "Environmental planning")
    diplomacy = text_field("도시외교", "City diplomacy")

    is_creatable = True
    parent_page_types = ["library.ShelfPage"]
    subpage_types: list[str] = []
    text_panels = [FieldPanel("year"), *[FieldPanel(name) for name in PARTS]]
    search_fields = [*EntryPage.search_fields, *[index.SearchField(name) for name in PARTS]]

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("연구 요약", "research digest")
        verbose_name_plural = both("연구 요약", "research digests")

    @property
    def parts(self) -> list[tuple[str, Text, Any]]:
        """Return key, title and body of each part."""
        return [(name, title, getattr(self, name)) for name, title in PARTS.items()]
