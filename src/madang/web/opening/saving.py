"""Saving a site in one archive and bringing it back: database, uploaded files, secrets."""

from __future__ import annotations

import os
import sqlite3
import tarfile
import tempfile
import time
from fnmatch import fnmatch
from pathlib import Path

from madang.core.errors import Both, DataError, UsageError, Where
from madang.web.environment import home
from madang.web.opening import dumping, template

_DATABASES = ("site.sqlite3", "site.dump")
#: What is made anew, or put aside by an earlier restoring. Everything else of the folder is saved, so that what a room
#: begins to keep there, a desk's work folder or its key for personal data, is saved from its first day.
_NOT_SAVED = (".*", "edition", "static", "vega-*.js", "before-*", "site.sqlite3*")


def save(file: Path) -> int:
    """Write database, uploaded files and secrets into an archive; return its size in bytes.

    Raises:
        UsageError: there is no site yet, or its PostgreSQL is not to be reached.
    """
    folder, name = home(), _database_name()
    if name == "site.sqlite3" and not (folder / name).exists():
        raise UsageError(
            Both("저장할 사이트가 아직 없습니다", "there is no site to save yet"),
            Where(folder),
            Both("만드십시오: madang site prepare", "make one: madang site prepare"),
        )
    with tempfile.TemporaryDirectory(dir=folder, prefix=".saving-") as scratch:
        copied = Path(scratch) / name
        _copy_database(copied)
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            _pack(fresh, [copied, *_saved(folder)])
            fresh.replace(file)
        finally:
            fresh.unlink(missing_ok=True)
    return file.stat().st_size


def bring_back(file: Path, *, replace: bool) -> Path | None:
    """Put a saved site in place; return the folder that holds what was there, where anything was.

    Raises:
        UsageError: a site is there and ``replace`` was not given, or its PostgreSQL is not to be reached.
        DataError: the archive is not one that ``save`` wrote, or one of a site on the other kind of database.
    """
    folder, name = home(), _database_name()
    is_there = (folder / name).exists() if name == "site.sqlite3" else True
    if is_there and not replace:
        raise UsageError(
            Both("사이트가 이미 있습니다", "there is a site already"),
            Where(folder),
            Both("바꾸려면 --yes를 더하십시오. 앞의 것은 곁에 남습니다", "add --yes to replace it; it is kept beside"),
        )
    with tempfile.TemporaryDirectory(dir=folder, prefix=".saving-") as scratch:
        _unpack(file, Path(scratch), name)
        kept = _put_aside(folder, Path(scratch) / name)
        for path in Path(scratch).iterdir():
            path.rename(folder / path.name)
    (folder / "edition").unlink(missing_ok=True)
    return kept


def _database_name() -> str:
    """Return under which name the site's database lies in an archive."""
    return _DATABASES[1] if os.environ.get("DATABASE_URL") else _DATABASES[0]


def _copy_database(target: Path) -> None:
    """Copy the site's database as it stands at one moment."""
    if target.name == "site.dump":
        dumping.dump(target)
    else:
        template.copy(home() / target.name, target)


def _saved(folder: Path) -> list[Path]:
    """Return what of a site's folder is saved beside the database."""
    return [path for path in sorted(folder.iterdir()) if not any(fnmatch(path.name, one) for one in _NOT_SAVED)]


def _pack(file: Path, parts: list[Path]) -> None:
    """Write parts into an archive that nobody else may read, not even while it is written: it holds the secrets."""
    out = os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    with out, tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path in parts:
            archive.add(path, path.name)


def _put_aside(folder: Path, database: Path) -> Path | None:
    """Move what is there into a folder of its own; PostgreSQL's part is dumped into it, and the saved one loaded."""
    there = [*_saved(folder), *folder.glob("site.sqlite3*")]
    if not there and database.name == "site.sqlite3":
        return None
    kept = folder / f"before-{time.strftime('%Y%m%d-%H%M%S')}"
    kept.mkdir(exist_ok=True)
    if database.name == "site.dump":
        dumping.dump(kept / database.name)
        # Files move only after the database has taken the dump: where it refuses, all stays as it was.
        dumping.load(database)
        database.unlink()
    for path in there:
        path.rename(kept / path.name)
    return kept


def _unpack(file: Path, scratch: Path, wanted: str) -> None:
    """Unpack an archive and see that it holds the kind of database that is wanted, whole."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            roots = {one.name.split("/")[0] for one in archive.getmembers()} - set(_DATABASES)
            if any(fnmatch(root, one) for root in roots for one in ("", *_NOT_SAVED)):
                raise DataError(
                    Both(
                        "보관 파일에 저장한 사이트에 없는 것이 들어 있습니다",
                        "the archive holds what no saved site does",
                    ),
                    Where(file),
                    Both("다른 보관 파일을 지정하십시오", "name another archive"),
                )
            archive.extractall(scratch, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise DataError(
            Both(f"보관 파일을 읽을 수 없습니다: {error}", f"the archive cannot be read: {error}"),
            Where(file),
            Both("다른 보관 파일을 지정하십시오", "name another archive"),
        ) from error
    found = next((name for name in _DATABASES if (scratch / name).exists()), None)
    if found is None:
        raise DataError(
            Both("보관 파일에 데이터베이스가 없습니다", "the archive holds no database"),
            Where(file),
            Both("다른 보관 파일을 지정하십시오", "name another archive"),
        )
    if found != wanted:
        other = (
            Both("DATABASE_URL을 지우십시오", "unset DATABASE_URL")
            if found == "site.sqlite3"
            else Both("DATABASE_URL을 정하십시오", "set DATABASE_URL")
        )
        raise DataError(
            Both(
                "다른 종류의 데이터베이스를 쓰는 사이트의 보관 파일입니다",
                "the archive is of a site on another kind of database",
            ),
            Where(file),
            other,
        )
    if found == "site.sqlite3" and not _is_whole(scratch / found):
        raise DataError(
            Both("보관 파일의 데이터베이스가 깨졌습니다", "the database in the archive is damaged"),
            Where(file),
            Both("더 앞선 보관 파일을 쓰십시오", "take an older archive"),
        )


def _is_whole(path: Path) -> bool:
    """Tell whether a SQLite database is whole."""
    database = sqlite3.connect(path)
    try:
        return bool(database.execute("PRAGMA integrity_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False
    finally:
        database.close()
