"""Personal data: sealed with keys from the environment, found again by keyed hashes, every look written down."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from madang.core.errors import Both, DataError, UsageError
from madang.web.desks.eco_mileage.models import Look, Member

_NAME = "MADANG_PERSONAL_KEYS"


def seal(said: dict[str, str]) -> str:
    """Return personal data encrypted; empty for none."""
    return _box(_keys()).encrypt(json.dumps(said, ensure_ascii=False).encode()).decode() if said else ""


def opened(member: Member, *, actor: str, what: str, why: str = "") -> dict[str, str]:
    """Return a member's personal data, and write down who looked.

    Raises:
        DataError: none of the keys opens it.
    """
    Look.objects.create(actor=actor, number=member.number, what=what, why=why)
    return unsealed(member.sealed)


def seal_bytes(content: bytes) -> bytes:
    """Return bytes encrypted, such as those of a photo."""
    return _box(_keys()).encrypt(content)


def open_bytes(sealed: bytes) -> bytes:
    """Return the bytes that ``seal_bytes`` was given.

    Raises:
        DataError: none of the keys opens them.
    """
    try:
        return _box(_keys()).decrypt(sealed)
    except InvalidToken as error:
        todo = Both(f"잠글 때 쓴 열쇠를 {_NAME}에 넣으십시오", f"put the key it was sealed with among those of {_NAME}")
        raise DataError(
            Both("어떤 열쇠로도 이 회원의 자료를 열 수 없습니다", "no key opens this member's personal data"),
            None,
            todo,
        ) from error


def unsealed(sealed: str) -> dict[str, str]:
    """Return what ``seal`` was given; who looks must have been written down before.

    Raises:
        DataError: none of the keys opens it.
    """
    said: dict[str, str] = json.loads(open_bytes(sealed.encode())) if sealed else {}
    return said


def mark_of(address: str) -> str:
    """Return the keyed hash under which an address is found again, however it is spaced."""
    plain = re.sub(r"[\s,.\-]+", "", address).casefold()
    return keyed(plain) if plain else ""


def keyed(said: str) -> str:
    """Return a hash that can be made only with the key, so that a copy of the database tells nothing."""
    return hmac.new(_keys()[-1].encode(), said.encode(), hashlib.sha256).hexdigest()


def _keys() -> tuple[str, ...]:
    """Return the keys, the newest first; marks are made with the oldest, so that a new key keeps them.

    An embedded site makes one on its first day and keeps it beside its database.

    Raises:
        UsageError: a city's database is named, but no key is given; or one is no Fernet key.
    """
    given = tuple(key.strip() for key in os.environ.get(_NAME, "").split(",") if key.strip())
    if given:
        return given
    if os.environ.get("DATABASE_URL") and not os.environ.get("MADANG_SECRET_KEY", "").startswith("only-for-tests"):
        todo = Both(
            "만드는 법: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'",
            "make one: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'",
        )
        raise UsageError(
            Both(
                "도시의 데이터베이스를 쓰는 창구에는 개인 정보를 잠글 열쇠가 있어야 합니다",
                "a desk on a city's database needs its own key for personal data",
            ),
            Both(f"환경 변수 {_NAME}", f"environment {_NAME}"),
            todo,
        )
    path = settings.MADANG_HOME / "personal-key"
    if not path.exists():
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(Fernet.generate_key())
        except FileExistsError:
            pass
    return (path.read_text(),)


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    """Return what encrypts with the first key and opens with any."""
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise UsageError(
            Both(f"{_NAME}에 Fernet 열쇠가 아닌 것이 있습니다", f"{_NAME} holds something that is no Fernet key"),
            None,
            Both("Fernet.generate_key()로 만드십시오", "make one with Fernet.generate_key()"),
        ) from error
