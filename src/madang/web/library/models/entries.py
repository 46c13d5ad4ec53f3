"""What every entry of the library has: summary, theme, goals, regions, authors, days, origin, translation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from madang.web.library.blocks import BodyBlock
from madang.web.library.translation import TranslationState, state_of
from madang.web.wording import both

ORIGINALS = [("ko", "한국어"), ("en", "English")]


class EntryPage(Page):
    """What the kinds of entries share. ``key`` is stable: an import finds its page again by it."""

    kind = "entry"
    kind_words = both("항목", "Entry")

    key = models.SlugField(both("열쇠", "Key"), max_length=120, blank=True, db_index=True)
    summary = models.TextField(both("요약", "Summary"), max_length=600)
    theme = models.ForeignKey(
        "library.Theme",
        verbose_name=both("주제", "Theme"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    goals = ParentalManyToManyField("library.Goal", verbose_name=both("지속가능발전목표", "SDGs"), blank=True)
    regions = ParentalManyToManyField("library.Region", verbose_name=both("지역", "Regions"), blank=True)
    authors = ParentalManyToManyField("library.Author", verbose_name=both("필자", "Authors"), blank=True)
    posted_day = models.DateField(both("게시일", "Day posted"), null=True, blank=True)
    document_day = models.DateField(both("문서의 날짜", "Day of the document"), null=True, blank=True)
    origin_who = models.CharField(both("낸 곳", "Published by"), max_length=200, blank=True)
    origin_title = models.CharField(both("원문 제목", "Title of the original"), max_length=300, blank=True)
    origin_url = models.URLField(both("원문 주소", "Address of the original"), max_length=500, blank=True)
    origin_read = models.DateField(both("읽은 날", "Day it was read"), null=True, blank=True)
    original_language = models.CharField(
        both("처음 쓴 언어", "Language it was written in"), max_length=2, choices=ORIGINALS, default="ko"
    )
    follows_revision = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    translation_checked = models.BooleanField(
        both("번역이 지금의 원문과 맞음", "This translation matches the original as it stands"), default=False
    )
    quoted_values = models.JSONField(default=dict, blank=True, editable=False)
    imported_from = models.CharField(max_length=200, blank=True, editable=False)
    imported_hash = models.CharField(max_length=64, blank=True, editable=False)

    is_creatable = False
    #: The names of the fields that hold text, in reading order.
    text_fields: tuple[str, ...] = ()
    _beside: tuple[EntryPage | None] | None = None

    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.FilterField("key"),
        index.FilterField("posted_day"),
        index.FilterField("document_day"),
    ]
    about_panels = [
        MultiFieldPanel(
            [
                FieldPanel("theme", widget=forms.Select),
                FieldPanel("goals", widget=forms.CheckboxSelectMultiple),
                FieldPanel("regions", widget=forms.CheckboxSelectMultiple),
                FieldPanel("authors", widget=forms.CheckboxSelectMultiple),
            ],
            heading=both("분류", "Sorting"),
        ),
        MultiFieldPanel(
            [FieldPanel("posted_day"), FieldPanel("document_day")],
            heading=both("날짜", "Days"),
            help_text=both("둘은 다를 수 있습니다.", "The two may differ."),
        ),
        MultiFieldPanel(
            [
                FieldPanel("origin_who"),
                FieldPanel("origin_title"),
                FieldPanel("origin_url"),
                FieldPanel("origin_read"),
            ],
            heading=both("원문", "Original"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("original_language"),
                FieldPanel("translation_checked"),
                HelpPanel(template="library/admin/translation.html"),
            ],
            heading=both("번역", "Translation"),
        ),
        FieldPanel("key"),
    ]
    text_panels: list[Any] = []

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("항목", "entry")

    @classmethod
    def get_edit_handler(cls) -> Any:
        """Return the form: text first, what it is about second, then Wagtail's own."""
        return _edit_handler(cls)

    def clean(self) -> None:
        """Refuse a document dated after it was posted, and an origin that names no publisher."""
        super().clean()
        if self.posted_day and self.document_day and self.document_day > self.posted_day:
            raise ValidationError(
                {"document_day": both("게시일보다 늦을 수 없습니다.", "It cannot lie after the day posted.")}
            )
        if self.origin_url and not self.origin_who:
            raise ValidationError({"origin_who": both("누가 냈는지 적어 주세요.", "Say who published it.")})

    @property
    def counterpart(self) -> EntryPage | None:
        """Return the same entry in the other language, live or not; while a page is drawn it is asked for once."""
        if self._beside is not None:
            return self._beside[0]
        found = self.get_translations().specific().first()
        return found if isinstance(found, EntryPage) else None

    @property
    def translation(self) -> TranslationState:
        """Return how this page stands to the one it was translated from."""
        return state_of(self)

    @property
    def shown_day(self) -> Any:
        """Return the day that stands beside the title: of the document, else of its posting."""
        return self.document_day or self.posted_day

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Ask once for what several parts of the page need."""
        self._beside = (self.counterpart,)
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context

    def get_template(self, request: Any, *args: Any, **kwargs: Any) -> str:
        """Return the template of this kind of page."""
        return f"library/{self.kind}.html"


def text_field(ko: str, en: str, *, required: bool = True) -> StreamField:
    """Return a field of text, pictures, numbers and figures; a required one cannot be published empty."""
    return StreamField(BodyBlock(required=required), verbose_name=both(ko, en), blank=not required)


_handlers: dict[type, Any] = {}


def _edit_handler(model: type[EntryPage]) -> Any:
    """Return a model's form, bound once."""
    if model not in _handlers:
        tabs = TabbedInterface(
            [
                ObjectList(
                    [*Page.content_panels, FieldPanel("summary"), *model.text_panels], heading=both("내용", "Text")
                ),
                ObjectList(model.about_panels, heading=both("분류와 출처", "Sorting and origin")),
                ObjectList(Page.promote_panels, heading=both("주소", "Address")),
                ObjectList(Page.settings_panels, heading=both("게시", "Publishing")),
            ]
        )
        _handlers[model] = tabs.bind_to_model(model)
    return _handlers[model]
