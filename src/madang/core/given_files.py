"""A file handed to a run as an input: its name and its whole text, so that a run can be repeated without the file."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from madang.core.documents import say_encoding
from madang.core.errors import Both, DataError, Where
from madang.core.sources import sha256_of_bytes

#: Longest text taken: enough for 5,000 cities by 200 indicators.
BYTES_MAX = 64 << 20


class GivenFile(BaseModel):
    """A text file as it was given; ``name`` is what it was called, without its folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=255)
    text: str = Field(max_length=BYTES_MAX)

    @classmethod
    def read(cls, path: Path) -> GivenFile:
        """Return a file's text; only a face that its user's files belong to may call this.

        Raises:
            DataError: the file is missing, is a folder, cannot be read, is too large, or is not UTF-8.
        """
        try:
            raw = path.read_bytes()
        except FileNotFoundError as error:
            raise DataError(
                Both("파일이 없습니다", "the file is missing"),
                Where(path),
                Both("이름을 고치십시오", "correct its name"),
            ) from error
        except IsADirectoryError as error:
            raise DataError(
                Both("파일이 아니라 폴더입니다", "this is a folder, not a file"),
                Where(path),
                Both("그 안의 파일을 지정하십시오", "name the file inside it"),
            ) from error
        except OSError as error:
            raise DataError(
                Both(f"파일을 읽을 수 없습니다: {error.strerror}", f"the file cannot be read: {error.strerror}"),
                Where(path),
            ) from error
        return cls.of_bytes(path, raw)

    @classmethod
    def of_bytes(cls, path: Path, raw: bytes, bytes_max: int | None = None) -> GivenFile:
        """Return the text of a file's bytes, called by its name alone.

        Raises:
            DataError: the file is too large, or is not UTF-8.
        """
        most = BYTES_MAX if bytes_max is None else bytes_max
        if len(raw) > most:
            raise DataError(
                Both(f"파일이 {most >> 20} MiB보다 큽니다", f"the file is larger than {most >> 20} MiB"),
                Where(path),
                Both("필요한 부분만 주십시오", "give what is needed of it"),
            )
        try:
            return cls(name=path.name, text=raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            row = raw[: error.start].count(b"\n") + 1
            raise DataError(
                Both("UTF-8로 쓴 글이 아닙니다", "the file is not UTF-8 text"), Where(path, row=row), say_encoding(raw)
            ) from error

    @property
    def sha256(self) -> str:
        """Return the hash of the text."""
        return sha256_of_bytes(self.text.encode())

    def told(self) -> dict[str, str]:
        """Return which file it is, without its text, as JSON holds it."""
        return {"file": self.name, "sha256": self.sha256}

    def __str__(self) -> str:
        return f"{self.name} (sha256 {self.sha256[:12]})"
