"""What the environment says: where the site keeps its state, whose it is, its address, database and secret."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from madang.core.errors import Both, UsageError


def public_address() -> str:
    """Return the address the public uses (MADANG_ADDRESS); an https address turns the strict headers on."""
    return os.environ.get("MADANG_ADDRESS", "http://localhost:8000").rstrip("/")


def city_shown() -> str:
    """Return the city whose promises and figures are shown: a name or a folder (MADANG_CITY)."""
    return os.environ.get("MADANG_CITY", "seoul")


def home() -> Path:
    """Return the folder of the site's state, made where it is missing: MADANG_HOME, or the user's data folder."""
    given = os.environ.get("MADANG_HOME")
    folder = Path(given) if given else _user_data() / "madang"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def hosts() -> list[str]:
    """Return the host names that are answered: this computer's, the public address's and those of MADANG_HOSTS."""
    named = [name.strip() for name in os.environ.get("MADANG_HOSTS", "").split(",") if name.strip()]
    public = urlsplit(public_address()).hostname
    return list(dict.fromkeys(["localhost", "127.0.0.1", "[::1]", *([public] if public else []), *named]))


def proxy() -> str | None:
    """Return the address of the server that speaks TLS before this one (MADANG_PROXY): only it is believed.

    With an https address there is one, and where none is named it runs on this computer. ``*`` believes any.
    """
    return os.environ.get("MADANG_PROXY") or ("127.0.0.1" if public_address().startswith("https://") else None)


def secret_key() -> str:
    """Return MADANG_SECRET_KEY; the embedded site makes one on its first day and keeps it beside its database.

    Raises:
        UsageError: a city's database is named, but no secret is given.
    """
    given = os.environ.get("MADANG_SECRET_KEY")
    if given:
        return given
    if os.environ.get("DATABASE_URL"):
        raise UsageError(
            Both(
                "제 데이터베이스를 쓰는 사이트에는 제 비밀 값이 있어야 합니다",
                "a site on its own database needs its own secret",
            ),
            Both("환경 변수 MADANG_SECRET_KEY", "environment MADANG_SECRET_KEY"),
            Both(
                "아무렇게나 고른 쉰 글자로 정하고, 남과 나누는 파일에는 적지 마십시오",
                "set it to fifty random characters and keep them out of every file that is shared",
            ),
        )
    path = home() / "secret-key"
    if not path.exists():
        # Two processes may start at once: the one that comes second reads what the first wrote.
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass
    return path.read_text()


def database() -> dict[str, Any]:
    """Return Django's description of the database: PostgreSQL by DATABASE_URL, else SQLite in the site's folder.

    Raises:
        UsageError: DATABASE_URL names neither.
    """
    url = os.environ.get("DATABASE_URL")
    return _postgresql(url) if url else _sqlite(home() / "site.sqlite3")


def _sqlite(path: Path) -> dict[str, Any]:
    """Return SQLite with a write-ahead log; writers queue at the start of a transaction instead of failing in it.

    A commit waits for the disk: with less, a power cut could take back what somebody was told is done.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; "
                "PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY"
            ),
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    """Return PostgreSQL as postgresql://user:password@host:port/name?option=value says."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise UsageError(
            Both(
                f"그런 종류의 데이터베이스가 없습니다: {parts.scheme!r}",
                f"there is no database of the kind {parts.scheme!r}",
            ),
            Both("환경 변수 DATABASE_URL", "environment DATABASE_URL"),
            Both(
                "postgresql://user:password@host:5432/name으로 적거나, 지우고 SQLite를 쓰십시오",
                "write postgresql://user:password@host:5432/name, or unset it to use SQLite",
            ),
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def _user_data() -> Path:
    """Return the user's data folder."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
