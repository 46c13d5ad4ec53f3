"""A ready database: migrated and filled once, kept in the user's cache under the hash of what it was made from."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from importlib.metadata import version
from pathlib import Path

import madang.web

#: What a ready database depends on: our tables and our content, and the versions of what brings its own tables.
_PATTERNS = ("*/migrations/*.py", "library/content/*", "accounts/roles.py", "library/filling*.py")
_PACKAGES = ("django", "wagtail", "django-taggit", "modelsearch")


def fingerprint() -> str:
    """Return the hash of everything a ready database is made from."""
    room = Path(madang.web.__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for package in _PACKAGES:
        digest.update(f"{package} {version(package)}\n".encode())
    for pattern in _PATTERNS:
        for path in sorted(room.glob(pattern)):
            if path.is_file():
                digest.update(f"{path.relative_to(room)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def cached(mark: str) -> Path:
    """Return where the ready database of a fingerprint is kept."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "madang" / f"site-{mark}.sqlite3"


def keep(database: Path, mark: str) -> None:
    """Copy a database into the cache, whole even if somebody writes to it, and drop those of other fingerprints."""
    target = cached(mark)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(f".{os.getpid()}")
    copy(database, fresh)
    fresh.replace(target)
    for old in target.parent.glob("site-*.sqlite3"):
        if old != target:
            old.unlink(missing_ok=True)


def take(mark: str, database: Path) -> bool:
    """Put the ready database in place where there is none yet; tell whether that was done."""
    ready = cached(mark)
    if database.exists() and database.stat().st_size > 0:
        return False
    if not ready.exists():
        return False
    database.parent.mkdir(parents=True, exist_ok=True)
    fresh = database.with_suffix(f".{os.getpid()}")
    shutil.copyfile(ready, fresh)
    fresh.replace(database)
    return True


def copy(source: Path, target: Path) -> None:
    """Copy a SQLite database through SQLite itself: what lies in its write-ahead log comes too."""
    target.unlink(missing_ok=True)
    with sqlite3.connect(source) as read, sqlite3.connect(target) as written:
        read.backup(written)
        written.execute("PRAGMA journal_mode=DELETE")
    read.close()
    written.close()
