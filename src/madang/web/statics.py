"""Static files served from where they are installed; their address carries their content's hash."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStatic(StaticFilesStorage):
    """Add ``?v=hash`` to the address of each file, so that a browser keeps it until it changes."""

    def url(self, name: str | None) -> str:
        """Return the file's address."""
        mark = _mark(name or "")
        return super().url(name) + (f"?v={mark}" if mark else "")


@lru_cache(maxsize=2000)
def _mark(name: str) -> str:
    """Return the first characters of a file's hash; none for a file nobody has."""
    path = finders.find(name)
    return hashlib.blake2b(Path(path).read_bytes(), digest_size=5).hexdigest() if path else ""
