"""The library as a Django app."""

from __future__ import annotations

from django.apps import AppConfig

from madang.web.wording import both


class LibraryConfig(AppConfig):
    """The library's pages."""

    name = "madang.web.library"
    label = "library"
    verbose_name = both("자료실", "Library")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect publishing to what follows from it: a new edition, the index, the translations' state."""
        from madang.web.library import publishing  # noqa: F401, PLC0415 - signals can be connected only now
