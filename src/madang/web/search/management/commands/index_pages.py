"""Bring the search index into line with what is published."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from madang.web.search.pages import put_pages


class Command(BaseCommand):
    """``django index_pages``."""

    help = "Bring the search index into line with what is published."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --anew."""
        parser.add_argument("--anew", action="store_true", help="analyse every page again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Index and say how much was done."""
        done = put_pages(anew=options["anew"])
        if options["verbosity"] > 0:
            self.stdout.write(f"{done} pages analysed")
