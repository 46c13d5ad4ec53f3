"""Bring the search index into line with what is published and judged."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from madang.web.search.pages import put_pages
from madang.web.search.promises import put_promises


class Command(BaseCommand):
    """``django index_pages``."""

    help = "Bring the search index into line with what is published and judged."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --anew."""
        parser.add_argument("--anew", action="store_true", help="analyse everything again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Index and say how much was done."""
        pages, promises = put_pages(anew=options["anew"]), put_promises(anew=options["anew"])
        if options["verbosity"] > 0:
            self.stdout.write(f"{pages} pages and {promises} promises analysed")
