"""``django judge_promises``: judge the city's promises as of today where models, facts or the day changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import localdate

from madang.web.scoreboard.judging import judge


class Command(BaseCommand):
    """Judge the promises and keep the verdicts."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Say whether to judge even where nothing changed."""
        parser.add_argument("--anew", action="store_true", help="judge even where nothing changed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Judge."""
        self.stdout.write(judge(localdate(), anew=options["anew"]))
