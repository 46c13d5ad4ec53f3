"""``django keep_current``: figures and verdicts of today, and no upload beyond its time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from madang.web.bench.daily import keep_current


class Command(BaseCommand):
    """Make the round of the day now."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, and say what was done."""
        self.stdout.write(keep_current())
