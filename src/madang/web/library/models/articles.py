"""A solution article: six sections, none of them blank."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from madang.core.language import Text, text
from madang.web.library.models.entries import EntryPage, text_field
from madang.web.library.plain import plain_text
from madang.web.live import catalogue
from madang.web.wording import both

SECTIONS: dict[str, Text] = {
    "background": text("배경", "Background"),
    "done": text("한 일", "What was done"),
    "difficulties": text("어려움과 극복", "Difficulties and how they were overcome"),
    "results": text("성과", "Results"),
    "ask": text("문의", "Who to ask"),
    "sources": text("출처", "Sources"),
}


class ArticlePage(EntryPage):
    """What a city did, why, what was hard, what came of it, whom to ask, and how we know."""

    kind = "article"
    kind_words = both("정책", "Solution")
    text_fields = tuple(SECTIONS)

    solution = models.CharField(both("정책 모형", "Solution"), max_length=80, blank=True)
    background = text_field("배경", "Background")
    done = text_field("한 일", "What was done")
    difficulties = text_field("어려움과 극복", "Difficulties and how they were overcome")
    results = text_field("성과", "Results")
    ask = text_field("문의", "Who to ask")
    sources = text_field("출처", "Sources")

    is_creatable = True
    parent_page_types = ["library.ShelfPage"]
    subpage_types: list[str] = []
    text_panels = [FieldPanel("solution"), *[FieldPanel(name) for name in SECTIONS]]
    search_fields = [*EntryPage.search_fields, *[index.SearchField(name) for name in SECTIONS]]

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("정책 글", "solution article")
        verbose_name_plural = both("정책 글", "solution articles")

    def clean(self) -> None:
        """Refuse an unknown solution, and a section that holds blocks but no words."""
        super().clean()
        wrong: dict[str, Any] = {}
        if self.solution and self.solution not in catalogue.solution_names():
            wrong["solution"] = both("등록되지 않은 정책 모형입니다.", "No such solution is registered.")
        for name in SECTIONS:
            stream = getattr(self, name)
            if len(stream) and not plain_text(stream).strip("…\n "):
                wrong[name] = both("비워 둘 수 없습니다.", "This section cannot be blank.")
        if wrong:
            raise ValidationError(wrong)

    @property
    def sections(self) -> list[tuple[str, Text, Any]]:
        """Return key, title and body of each section."""
        return [(name, title, getattr(self, name)) for name, title in SECTIONS.items()]
