"""A ready site: database and files made once, kept in the user's cache under the hash of what they came from."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import sys
from importlib.metadata import version
from pathlib import Path

import madang.web

#: What a ready database depends on: our tables and our content, and the versions of what brings its own tables.
_PATTERNS = (
    "*/migrations/*.py",
    "desks/*/migrations/*.py",
    "library/content/**/*.toml",
    "library/bringing.py",
    "library/filling.py",
    "library/markdown.py",
    "library/solution_articles.py",
    "accounts/roles.py",
    "library/plain.py",
    "search/*.py",
    "search/words/*.py",
    "../solutions/*/article.*.md",
    "../solutions/*/card.toml",
)
#: Ready sites that are kept, the newest: two checkouts of the code do not throw away each other's.
_KEPT_MAX = 4
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
                digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def shelves() -> list[Path]:
    """Return the folders that keep ready sites: the user's cache, and the environment Madang is installed in.

    What `make setup` made ready serves every user of an installed machine, and a user with another home.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "madang"
    return [cache, Path(sys.prefix) / "share" / "madang"] if sys.prefix != sys.base_prefix else [cache]


def keep(home: Path, mark: str) -> None:
    """Copy a site's database and files onto every shelf that can be written."""
    if not holds_tables(home / "site.sqlite3"):
        return
    for shelf in shelves():
        try:
            _keep_on(shelf, home, mark)
        except OSError:
            # A read-only system keeps nothing: the next site is made from the beginning.
            continue


def _keep_on(shelf: Path, home: Path, mark: str) -> None:
    """Copy a site onto one shelf, whole or not at all, and drop the oldest others."""
    target, fresh = shelf / f"site-{mark}", shelf / f".making-{mark}-{os.getpid()}"
    shelf.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    copy(home / "site.sqlite3", fresh / "site.sqlite3")
    if (home / "media").is_dir():
        shutil.copytree(home / "media", fresh / "media")
    shutil.rmtree(target, ignore_errors=True)
    fresh.replace(target)
    others = sorted(shelf.glob("site-*"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in others[_KEPT_MAX:]:
        shutil.rmtree(old, ignore_errors=True)


def take(mark: str, home: Path) -> bool:
    """Put the ready database and files in place where there is no database yet; tell whether that was done."""
    database = home / "site.sqlite3"
    if database.exists() and database.stat().st_size > 0:
        return False
    found = (shelf / f"site-{mark}" for shelf in shelves())
    ready = next((one for one in found if holds_tables(one / "site.sqlite3")), None)
    if ready is None:
        return False
    if (ready / "media").is_dir():
        shutil.copytree(ready / "media", home / "media", dirs_exist_ok=True)
    fresh = database.with_suffix(f".{os.getpid()}")
    shutil.copyfile(ready / "site.sqlite3", fresh)
    fresh.replace(database)
    return True


def holds_tables(database: Path) -> bool:
    """Tell whether a file is a database with tables: an empty one would make every site after it empty."""
    if not database.is_file():
        return False
    connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return bool(connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0])
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def copy(source: Path, target: Path) -> None:
    """Copy a SQLite database through SQLite itself: what lies in its write-ahead log comes too."""
    target.unlink(missing_ok=True)
    read, written = sqlite3.connect(source), sqlite3.connect(target)
    try:
        read.backup(written)
        written.execute("PRAGMA journal_mode=DELETE")
    finally:
        read.close()
        written.close()
