"""Pages that are to appear or go on a set day do so while the site is served, without a timetable beside it."""

from __future__ import annotations

import logging
import threading

from django.core.management import call_command
from django.db import DatabaseError, close_old_connections

_EVERY_SECONDS = 30.0
_log = logging.getLogger(__name__)


def publish_due() -> None:
    """Publish and take away what is due; a database that is busy or gone is asked again the next time."""
    try:
        call_command("publish_scheduled", verbosity=0)
    except DatabaseError:
        _log.exception("pages that are due were not published; the next try comes soon")


def keep_publishing(stop: threading.Event, every_seconds: float = _EVERY_SECONDS) -> None:
    """Look again and again until told to stop."""
    while not stop.wait(every_seconds):
        publish_due()
        # The thread is nobody's request: it gives its connection back itself.
        close_old_connections()
