"""What is posted: news, brochures and manuals with their file and cover, notes by the editors."""

from __future__ import annotations

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from madang.web.library.models.entries import EntryPage, text_field
from madang.web.wording import both


class NewsPage(EntryPage):
    """A news post."""

    kind = "news"
    kind_words = both("소식", "News")
    text_fields = ("body",)

    body = text_field("본문", "Text")

    is_creatable = True
    parent_page_types = ["library.ShelfPage"]
    subpage_types: list[str] = []
    text_panels = [FieldPanel("body")]
    search_fields = [*EntryPage.search_fields, index.SearchField("body")]

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("소식", "news post")
        verbose_name_plural = both("소식", "news posts")


class BrochurePage(EntryPage):
    """A brochure or manual: its file, its cover and what stands in it."""

    kind = "brochure"
    kind_words = both("책자", "Brochure")
    text_fields = ("body",)

    body = text_field("무엇이 들어 있나", "What stands in it")
    file = models.ForeignKey(
        "wagtaildocs.Document", verbose_name=both("파일", "File"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    cover = models.ForeignKey(
        "wagtailimages.Image", verbose_name=both("표지", "Cover"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    cover_alt = models.CharField(both("표지를 말로", "The cover in words"), max_length=240, blank=True)
    page_count = models.PositiveSmallIntegerField(both("쪽수", "Pages"), null=True, blank=True)
    is_manual = models.BooleanField(both("절차서", "It is a manual"), default=False)

    is_creatable = True
    parent_page_types = ["library.ShelfPage"]
    subpage_types: list[str] = []
    text_panels = [
        FieldPanel("body"),
        FieldPanel("file"),
        FieldPanel("cover"),
        FieldPanel("cover_alt"),
        FieldPanel("page_count"),
        FieldPanel("is_manual"),
    ]
    search_fields = [*EntryPage.search_fields, index.SearchField("body")]

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("책자·절차서", "brochure or manual")
        verbose_name_plural = both("책자·절차서", "brochures and manuals")


class NotePage(EntryPage):
    """A note by the editors."""

    kind = "note"
    kind_words = both("편집자의 글", "Editor's note")
    text_fields = ("body",)

    body = text_field("본문", "Text")

    is_creatable = True
    parent_page_types = ["library.ShelfPage"]
    subpage_types: list[str] = []
    text_panels = [FieldPanel("body")]
    search_fields = [*EntryPage.search_fields, index.SearchField("body")]

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("편집자의 글", "editor's note")
        verbose_name_plural = both("편집자의 글", "editor's notes")
