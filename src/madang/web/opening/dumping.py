"""A site's PostgreSQL database in one file and back, by PostgreSQL's own programs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from madang.core.errors import Both, DataError, UsageError, Where
from madang.web.environment import database

#: What libpq reads from the environment, by Django's names and by those of an address's options.
_NAMES = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}
_EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"


def dump(file: Path) -> None:
    """Write the database into a file, as it stood at one moment, while others work with it.

    Raises:
        UsageError: the database or PostgreSQL's programs are not to be reached.
    """
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}"])


def load(file: Path) -> None:
    """Put a dump in the place of everything the database holds: whole, or not at all.

    Raises:
        DataError: the file is no dump.
        UsageError: the database or PostgreSQL's programs are not to be reached, or it refused the dump.
    """
    script = file.with_name(".restore.sql")
    try:
        _run(["pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file)])
    except UsageError as error:
        raise DataError(
            Both("보관 파일의 데이터베이스가 깨졌습니다", "the database in the archive is damaged"),
            Where(file),
            Both("더 앞선 보관 파일을 쓰십시오", "take an older archive"),
        ) from error
    # In one transaction: where anything of the dump is refused, what was there stays.
    steps = [f"--command={_EMPTY}", f"--file={script}"]
    _run(["psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", *steps])
    script.unlink()


def _run(command: list[str]) -> None:
    """Run one of PostgreSQL's programs; name and password go by the environment, where no list of processes shows them.

    Raises:
        UsageError: the program is not there, or failed; its last line is said.
    """
    try:
        done = subprocess.run(command, env=_surroundings(), capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        says = Both(
            f"PostgreSQL의 프로그램이 설치되어 있지 않습니다: {command[0]}",
            f"PostgreSQL's program {command[0]} is not installed",
        )
        raise UsageError(
            says, todo=Both("설치하십시오: apt install postgresql-client", "apt install postgresql-client")
        ) from error
    if done.returncode:
        said = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise UsageError(
            Both(f"{command[0]} 실패: {said}", f"{command[0]} failed: {said}"),
            Both("환경 변수 DATABASE_URL", "environment DATABASE_URL"),
            Both("서버가 있는지 살피십시오", "see that the server is there"),
        )


def _surroundings() -> dict[str, str]:
    """Return the environment in which PostgreSQL's programs find the database."""
    said = database()
    named = {_NAMES[name]: str(said[name]) for name in _NAMES if said[name]}
    options = {f"PG{name.upper()}": value for name, value in said["OPTIONS"].items()}
    return {**os.environ, **named, **options}
