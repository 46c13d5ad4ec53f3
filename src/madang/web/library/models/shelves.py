"""The pages that hold others: the home of each language, and the shelves."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from madang.core.language import Text, text
from madang.web.library.models.articles import ArticlePage
from madang.web.library.models.entries import EntryPage
from madang.web.wording import both

SHELVES: dict[str, Text] = {
    "solutions": text("정책", "Solutions"),
    "news": text("소식", "News"),
    "publications": text("발간물", "Publications"),
    "partners": text("협력기관", "Partners"),
    "training": text("교육", "Training"),
    "notes": text("편집자의 글", "Editor's notes"),
}
_PER_PAGE = 20


class HomePage(Page):
    """The yard that everything opens on to."""

    kind = "home"
    intro = models.TextField(both("첫머리", "Opening words"), max_length=600)

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["library.ShelfPage"]
    max_count_per_parent = None
    content_panels = [*Page.content_panels, FieldPanel("intro")]
    template = "library/home.html"

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("첫 화면", "home page")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the shelves and the latest entries."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        entries = EntryPage.objects.live().public().descendant_of(self)
        context["articles"] = (
            entries.type(ArticlePage).order_by("-posted_day", "title").prefetch_related("theme").specific()[:6]
        )
        context["latest"] = (
            entries.exclude(posted_day=None).order_by("-posted_day", "title").prefetch_related("theme").specific()[:5]
        )
        context["shelves"] = self.get_children().live().public().type(ShelfPage).specific()
        return context


class ShelfPage(Page):
    """A list of entries of one sort."""

    kind = "shelf"
    shelf = models.CharField(
        both("서가", "Shelf"), max_length=20, choices=[(k, both(t.ko, t.en)) for k, t in SHELVES.items()]
    )
    intro = models.TextField(both("설명", "Description"), max_length=600)

    parent_page_types = ["library.HomePage"]
    subpage_types = [
        "library.ArticlePage",
        "library.NewsPage",
        "library.BrochurePage",
        "library.DigestPage",
        "library.PartnerPage",
        "library.CentrePage",
        "library.NotePage",
    ]
    content_panels = [*Page.content_panels, FieldPanel("shelf"), FieldPanel("intro")]
    template = "library/shelf.html"

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("서가", "shelf")
        verbose_name_plural = both("서가", "shelves")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add one page of the entries, newest first, the undated after them by title."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        entries = (
            EntryPage.objects.live()
            .public()
            .child_of(self)
            .order_by(models.F("posted_day").desc(nulls_last=True), "title")
            .prefetch_related("theme")
        )
        context["entries"] = Paginator(entries.specific(), _PER_PAGE).get_page(request.GET.get("page"))
        return context
