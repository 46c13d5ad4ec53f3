"""Saving the embedded site in one archive and bringing it back."""

from __future__ import annotations

import os
import sqlite3
import tarfile
import tempfile
import time
from pathlib import Path

from madang.core.errors import DataError, UsageError, Where
from madang.web.environment import home
from madang.web.opening import template

_PARTS = ("site.sqlite3", "media", "prepared", "secret-key")


def save(file: Path) -> int:
    """Write database, uploaded files and secret into an archive; return its size in bytes.

    Raises:
        UsageError: the site is on PostgreSQL, whose own tools save it; or there is no site yet.
    """
    _check_embedded()
    folder = home()
    if not (folder / "site.sqlite3").exists():
        raise UsageError("there is no site to save yet", Where(folder), "make one: madang site prepare")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        copied = Path(scratch) / "site.sqlite3"
        template.copy(folder / "site.sqlite3", copied)
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        with tarfile.open(fresh, "w:gz") as archive:
            archive.add(copied, "site.sqlite3")
            for name in _PARTS[1:]:
                if (folder / name).exists():
                    archive.add(folder / name, name)
        # The secret is inside: nobody else may read the archive.
        fresh.chmod(0o600)
        fresh.replace(file)
    return file.stat().st_size


def bring_back(file: Path, *, replace: bool) -> Path | None:
    """Put a saved site in place; return the folder that holds what was there, where anything was.

    Raises:
        UsageError: a site is there and ``replace`` was not given, or the site is on PostgreSQL.
        DataError: the archive is not one that ``save`` wrote.
    """
    _check_embedded()
    folder = home()
    there = [folder / name for name in _PARTS if (folder / name).exists()]
    if (folder / "site.sqlite3").exists() and not replace:
        raise UsageError("there is a site already", Where(folder), "add --yes to replace it; it is kept beside")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        _unpack(file, Path(scratch))
        kept = folder / f"before-{time.strftime('%Y%m%d-%H%M%S')}" if there else None
        for path in [*there, folder / "site.sqlite3-wal", folder / "site.sqlite3-shm"]:
            if kept is not None and path.exists():
                kept.mkdir(exist_ok=True)
                path.rename(kept / path.name)
        for path in Path(scratch).iterdir():
            path.rename(folder / path.name)
    (folder / "edition").unlink(missing_ok=True)
    return kept


def _unpack(file: Path, scratch: Path) -> None:
    """Unpack an archive and see that its database is whole."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            names = [one.name for one in archive.getmembers()]
            if any(name.split("/")[0] not in _PARTS for name in names):
                raise DataError("the archive holds what no saved site does", Where(file), "name another archive")
            archive.extractall(scratch, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise DataError(f"the archive cannot be read: {error}", Where(file), "name another archive") from error
    if not (scratch / "site.sqlite3").exists():
        raise DataError("the archive holds no database", Where(file), "name another archive")
    database = sqlite3.connect(scratch / "site.sqlite3")
    try:
        whole = database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        whole = False
    finally:
        database.close()
    if not whole:
        raise DataError("the database in the archive is damaged", Where(file), "take an older archive")


def _check_embedded() -> None:
    """Refuse on PostgreSQL."""
    if os.environ.get("DATABASE_URL"):
        raise UsageError(
            "this site is on PostgreSQL", "environment DATABASE_URL", "use pg_dump and pg_restore, and copy media"
        )
