"""Bring the library's own content in; repeatable."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from madang.web.library.filling import fill


class Command(BaseCommand):
    """``django fill_library``."""

    help = "Bring the library's own content in; what editors changed stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill."""
        fill()
