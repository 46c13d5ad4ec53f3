"""The site's edition: a mark that changes whenever something is published, so that kept pages are drawn anew."""

from __future__ import annotations

import secrets
import time

from django.conf import settings
from django.db import DatabaseError, transaction

_SEEN_SECONDS = 1.0
_seen: tuple[float, str] = (0.0, "")


def current() -> str:
    """Return the edition's mark; another process's new edition is seen within a second."""
    global _seen
    now = time.monotonic()
    if now - _seen[0] > _SEEN_SECONDS or not _seen[1]:
        path = settings.MADANG_HOME / "edition"
        try:
            _seen = (now, path.read_text())
        except FileNotFoundError:
            _seen = (now, _write())
    return _seen[1]


def renew() -> None:
    """Make a new edition once the current transaction is through (at once outside one)."""
    try:
        transaction.on_commit(_renew)
    except DatabaseError:
        _renew()


def _renew() -> None:
    """Write a new mark and forget the one seen."""
    global _seen
    _seen = (time.monotonic(), _write())


def _write() -> str:
    """Write a new mark and return it."""
    mark = secrets.token_hex(8)
    path = settings.MADANG_HOME / "edition"
    fresh = path.with_suffix(f".{mark}")
    fresh.write_text(mark)
    fresh.replace(path)
    return mark
