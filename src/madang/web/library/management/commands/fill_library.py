"""Bring the library's own content and the solutions' articles in; repeatable."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from madang.web.library.filling import fill
from madang.web.library.guide import make_guide
from madang.web.library.solution_articles import bring_articles


class Command(BaseCommand):
    """``django fill_library``."""

    help = "Bring the library's content and the solutions' articles in; what editors changed stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring both in and say what was done."""
        reports = (("content", fill()), ("articles", bring_articles()))
        make_guide()
        for name, report in reports:
            if options["verbosity"] > 0:
                self.stdout.writelines(f"{name}: {line}" for line in report.lines())
