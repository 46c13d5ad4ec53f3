"""The library's tables: words to sort by, and a class for each kind of page."""

from __future__ import annotations

from madang.web.library.models.articles import SECTIONS, ArticlePage
from madang.web.library.models.digests import PARTS, DigestPage
from madang.web.library.models.entries import EntryPage
from madang.web.library.models.places import CentrePage, PartnerPage
from madang.web.library.models.posts import BrochurePage, NewsPage, NotePage
from madang.web.library.models.shelves import SHELVES, HomePage, ShelfPage
from madang.web.library.models.words import Author, Goal, Region, Theme

__all__ = [
    "PARTS",
    "SECTIONS",
    "SHELVES",
    "ArticlePage",
    "Author",
    "BrochurePage",
    "CentrePage",
    "DigestPage",
    "EntryPage",
    "Goal",
    "HomePage",
    "NewsPage",
    "NotePage",
    "PartnerPage",
    "Region",
    "ShelfPage",
    "Theme",
]
