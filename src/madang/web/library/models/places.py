"""Who works with the city: partners and training centres."""

from __future__ import annotations

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from madang.web.library.models.entries import EntryPage, text_field
from madang.web.wording import both

PARTNER_KINDS = [
    ("network", both("도시 네트워크", "Network of cities")),
    ("international", both("국제기구", "International organisation")),
    ("bank", both("개발은행", "Development bank")),
    ("government", both("정부·공공기관", "Government body")),
    ("research", both("연구·교육기관", "Research and teaching")),
    ("business", both("경제단체", "Business association")),
    ("platform", both("지식 플랫폼", "Knowledge platform")),
]


class PartnerPage(EntryPage):
    """A body that works with the city, in words: a name under a picture tells nobody anything."""

    kind = "partner"
    kind_words = both("협력기관", "Partner")
    text_fields = ("body",)

    partner_kind = models.CharField(both("종류", "Kind"), max_length=20, choices=PARTNER_KINDS)
    address = models.URLField(both("누리집", "Website"), blank=True)
    body = text_field("하는 일", "What it does")

    is_creatable = True
    parent_page_types = ["library.ShelfPage"]
    subpage_types: list[str] = []
    text_panels = [FieldPanel("partner_kind"), FieldPanel("address"), FieldPanel("body")]
    search_fields = [*EntryPage.search_fields, index.SearchField("body")]

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("협력기관", "partner")
        verbose_name_plural = both("협력기관", "partners")


class CentrePage(EntryPage):
    """A training centre: where it is, and whom it teaches what."""

    kind = "centre"
    kind_words = both("교육센터", "Training centre")
    text_fields = ("body",)

    city_name = models.CharField(both("도시", "City"), max_length=120)
    country_name = models.CharField(both("나라", "Country"), max_length=120)
    is_headquarters = models.BooleanField(both("본부", "Headquarters"), default=False)
    since_year = models.PositiveSmallIntegerField(both("설립 연도", "Founded"), null=True, blank=True)
    body = text_field("누구에게 무엇을", "Whom it teaches what")

    is_creatable = True
    parent_page_types = ["library.ShelfPage"]
    subpage_types: list[str] = []
    text_panels = [
        FieldPanel("city_name"),
        FieldPanel("country_name"),
        FieldPanel("is_headquarters"),
        FieldPanel("since_year"),
        FieldPanel("body"),
    ]
    search_fields = [*EntryPage.search_fields, index.SearchField("body"), index.SearchField("city_name")]

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("교육센터", "training centre")
        verbose_name_plural = both("교육센터", "training centres")
