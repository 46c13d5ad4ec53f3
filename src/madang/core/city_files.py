"""The shapes of a city's files: city.toml, and one file for each solution with its facts, tables and raw files."""

from __future__ import annotations

from collections import Counter
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from madang.core.errors import Both
from madang.core.facts import Fact
from madang.core.language import Text
from madang.core.sources import Day, Source

#: How a city's short name is written.
CITY_ID = r"^[a-z][a-z0-9_-]*$"


class TableCard(BaseModel):
    """The origin card of a city's table: its file and where the numbers come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str = Field(pattern=r"^[^\x00]+$")
    source: str
    day: Day | None = Field(default=None, description="the day the table describes")
    encoding: str = "utf-8"
    note: str | None = None
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$", description="of this very file")


class FileCard(BaseModel):
    """The origin card of a raw file that a solution reads itself: in the city's folder or an installed package."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str | None = Field(default=None, pattern=r"^[^\x00]+$")
    package: str | None = Field(default=None, pattern=r"^[A-Za-z_]\w*$", description="the package that carries it")
    path: str | None = Field(default=None, pattern=r"^[^\x00]+$", description="where it lies inside the package")
    source: str
    day: Day | None = Field(default=None, description="the day the file describes")
    note: str | None = None
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$", description="of this very file")

    @model_validator(mode="after")
    def _lies_somewhere(self) -> FileCard:
        """A file lies in the folder or in a package, not in both."""
        if (self.file is None) == (self.package is None) or (self.package is None) != (self.path is None):
            raise ValueError(
                Both(
                    "파일에는 file 하나, 또는 package와 path가 있어야 합니다",
                    "a file needs either file, or package and path",
                )
            )
        return self


class SolutionFile(BaseModel):
    """The shape of a city's file for one solution."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, Source] = {}
    facts: dict[str, Fact] = {}
    tables: dict[str, TableCard] = {}
    files: dict[str, FileCard] = {}


class District(BaseModel):
    """A district of a city: the key that tables use, and what people call it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(min_length=1, max_length=60)
    name: Text


class Districts(BaseModel):
    """The districts of a city, in the order in which they are offered, and who names them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    names: tuple[District, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        """Refuse a key or a name that two districts share."""
        for said in ("key", "ko", "en"):
            called = Counter(one.key if said == "key" else getattr(one.name, said) for one in self.names)
            name, count = called.most_common(1)[0]
            if count > 1:
                raise ValueError(Both(f"이름이 같은 자치구가 둘입니다: {name!r}", f"two districts are called {name!r}"))
        return self


class CityFile(BaseModel):
    """The shape of city.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=CITY_ID)
    name: Text
    inherits: str | None = Field(default=None, pattern=CITY_ID)
    sources: dict[str, Source] = {}
    facts: dict[str, Fact] = {}
    districts: Districts | None = None

    @model_validator(mode="after")
    def _has_source(self) -> Self:
        """Refuse districts whose source has no card."""
        if self.districts is not None and self.districts.source not in self.sources:
            name = self.districts.source
            raise ValueError(
                Both(
                    f"[sources]에 자치구의 출처가 없습니다: {name!r}",
                    f"no card of the districts in [sources]: {name!r}",
                )
            )
        return self
