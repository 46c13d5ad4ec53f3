"""Search as a Django app."""

from __future__ import annotations

from django.apps import AppConfig

from madang.web.wording import both


class SearchConfig(AppConfig):
    """The site's search."""

    name = "madang.web.search"
    label = "search"
    verbose_name = both("검색", "Search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the index follow what is published."""
        from madang.web.search import following  # noqa: F401, PLC0415 - signals can be connected only now
