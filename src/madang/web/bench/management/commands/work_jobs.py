"""``django work_jobs``: put back what a stopped worker left, then do the jobs of the bench until stopped."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, close_old_connections

from madang.web.bench.daily import start_days
from madang.web.bench.queueing import QUEUE, put_back_all

_log = logging.getLogger(__name__)
_PAUSE_SECONDS = 2.0


class Command(BaseCommand):
    """Work on the bench's jobs."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --batch, which ends when nothing waits."""
        parser.add_argument("--batch", action="store_true", help="do what waits, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work; a database that is locked or away for a while breaks the work off, and it is begun again."""
        self.stdout.write(f"{put_back_all()} jobs put back")
        if not options["batch"]:
            start_days()
        given = ["--backend", QUEUE, "--queue-name", QUEUE, "--interval", "0.5", "--no-startup-delay"]
        again = False
        while True:
            try:
                if again:
                    put_back_all(own=True)
                call_command("db_worker", *given, *(["--batch"] if options["batch"] else []), verbosity=0)
                return
            except Error as error:
                _log.warning("the bench's work was broken off by the database (%s); it goes on", error)
                again = True
                close_old_connections()
                time.sleep(_PAUSE_SECONDS)
