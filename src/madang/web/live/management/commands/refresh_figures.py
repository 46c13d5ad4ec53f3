"""Run the solutions whose model, facts or day changed, and keep what they give."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import localdate

from madang.web.live.computing import refresh


class Command(BaseCommand):
    """``django refresh_figures``."""

    help = "Run the solutions whose model, facts or day changed, and keep what they give for the pages."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take names and --anew."""
        parser.add_argument("names", nargs="*", help="solutions; all of them where none is named")
        parser.add_argument("--anew", action="store_true", help="run all of them, changed or not")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and say a line for each."""
        for name, said in refresh(localdate(), only=options["names"], anew=options["anew"]).items():
            self.stdout.write(f"{name}: {said}")
