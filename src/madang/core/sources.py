"""Where a number comes from: who said it, in what, under which licence, and the day it was read."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from madang.core.errors import DataError, Where


class Source(BaseModel):
    """The origin card of a fact or table."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    who: str = Field(min_length=1, description="the body that said it")
    title: str = Field(min_length=1, description="the page, article, register or file")
    url: str | None = Field(default=None, description="its address, where it has one")
    read: date = Field(description="the day it was read")
    published: date | None = Field(default=None, description="the day it was published")
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


def check_raw(path: Path, source: Source) -> None:
    """Raise ``DataError`` when a raw file is not the one its origin card describes."""
    if source.sha256 is not None and (found := sha256_of(path)) != source.sha256:
        raise DataError(
            "the file is not the one its origin card describes",
            Where(path, value=found[:12]),
            f"its sha256 should begin with {source.sha256[:12]}; fetch it again, or correct the card",
        )
