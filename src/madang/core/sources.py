"""Where a number comes from: who said it, in what, under which licence, and the day it was read."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from madang.core.errors import Both, DataError, Where


def check_written_day(day: object) -> object:
    """Return what a file gives for a day; refuse numbers and times, which a model would turn into some day."""
    if day is None or (isinstance(day, date) and not isinstance(day, datetime)):
        return day
    if isinstance(day, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        return day
    raise ValueError(Both("날짜가 아닙니다. YYYY-MM-DD로 적으십시오", "this is not a day: write YYYY-MM-DD"))


#: A day in a file: written as a day, never a bare number taken for seconds since 1970.
Day = Annotated[date, BeforeValidator(check_written_day)]


class Source(BaseModel):
    """The origin card of a fact or table."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    who: str = Field(min_length=1, description="the body that said it")
    title: str = Field(min_length=1, description="the page, article, register or file")
    url: str | None = Field(default=None, description="its address, where it has one")
    read: Day = Field(description="the day it was read")
    published: Day | None = Field(default=None, description="the day it was published")
    licence: str = Field(default="not stated", description="the licence as stated there")
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$", description="of the raw file")
    note: str | None = Field(default=None, description="what a reader should know of its quality")

    def cite(self) -> str:
        """Return the source as one line."""
        parts = [self.who, self.title]
        if self.published:
            parts.append(f"{self.published}")
        if self.url:
            parts.append(self.url)
        return ", ".join(parts) + f" (read {self.read})"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def sha256_of_bytes(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def check_raw(path: Path, source: Source) -> None:
    """Raise ``DataError`` when a raw file is not the one its origin card describes."""
    if source.sha256 is not None:
        check_sha256(path, sha256_of(path), source.sha256)


def check_sha256(path: Path, found: str, expected: str) -> None:
    """Raise ``DataError`` when a file's hash is not the one its origin card gives."""
    if found != expected:
        raise DataError(
            Both("출처 카드가 말하는 파일이 아닙니다", "the file is not the one its origin card describes"),
            Where(path, value=found[:12]),
            Both(
                f"sha256이 {expected[:12]}로 시작해야 합니다. 다시 받거나 카드를 고치십시오",
                f"its sha256 should begin with {expected[:12]}; fetch it again, or correct the card",
            ),
        )
