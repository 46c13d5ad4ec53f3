"""Published statements as data: what was said, by when, and which number of which solution decides it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from madang.core.city import City
from madang.core.documents import load_toml, validate
from madang.core.errors import Both, CityError, DataError, UnitError, UnknownName, Where, in_both
from madang.core.language import Text
from madang.core.sources import Day, Source
from madang.core.units import check_unit

Sense = Literal["at_least", "at_most", "equals"]
Measured = Literal["exact", "upper_bound", "lower_bound"]


class Claim(BaseModel):
    """One number that was stated, and the measure that decides whether it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: Text
    stated: float | None = None
    unit: str = "1"
    measure: str | None = Field(default=None, pattern=r"^[a-z_]+\.[a-z0-9_]+$", description="solution.number")
    measured: Measured = "exact"
    scenario: str | None = None
    on: Day | None = Field(default=None, description="the day asked; a statement's default is the day it was said")
    due: Day | None = Field(default=None, description="the day by which a target is to be reached")
    sense: Sense = "equals"
    tolerance: float = Field(default=0.0, ge=0)
    relative: float = Field(default=0.0, ge=0)
    cannot: Text | None = Field(default=None, description="why no measure can decide it")

    @model_validator(mode="after")
    def _decided_or_not(self) -> Claim:
        """A claim has a measure and a stated value, or says why it has none."""
        try:
            check_unit(self.unit)
        except UnitError as error:
            raise ValueError(in_both(error.said[0])) from error
        if (self.measure is None) == (self.cannot is None):
            raise ValueError(
                Both(
                    "주장에는 measure나, 확인할 수 없는 까닭인 cannot 가운데 하나가 있어야 합니다",
                    "a claim needs either a measure or the reason why it cannot be checked",
                )
            )
        if self.measure is not None and self.stated is None:
            raise ValueError(
                Both("measure가 있는 주장에는 stated가 있어야 합니다", "a claim with a measure needs the stated value")
            )
        if self.due is not None and self.sense == "equals":
            raise ValueError(
                Both(
                    "목표에는 sense가 있어야 합니다: at_least나 at_most", "a target needs a sense: at_least or at_most"
                )
            )
        return self

    @property
    def solution(self) -> str | None:
        """Return the solution whose number decides the claim."""
        return self.measure.partition(".")[0] if self.measure else None

    @property
    def number(self) -> str | None:
        """Return the name of the deciding number."""
        return self.measure.partition(".")[2] if self.measure else None


class Promise(BaseModel):
    """A published statement: its deciding claim, further claims in the same sentence, and slips in the source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    theme: Text
    statement: Text
    said_on: Day | None = Field(default=None, description="unknown where the page bears no day")
    sources: tuple[str, ...] = Field(min_length=1)
    solution: str = Field(description="the solution that is to decide it, built or not")
    claim: Claim
    further: tuple[Claim, ...] = ()
    slips: tuple[Text, ...] = ()
    items: tuple[Text, ...] = Field(default=(), description="what a catalogue entry lists")
    map: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9_]+$",
        description="the map of the solution to show beside it, where the deciding number's own sources lead to none",
    )


class PromiseFile(BaseModel):
    """The shape of promises.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, Source]
    promise: tuple[Promise, ...]


class PromiseBook:
    """A city's promises by id, with the cards of their sources."""

    def __init__(self, file: PromiseFile, path: Path) -> None:
        """Check that ids are told apart and every source has a card."""
        self.path, self.sources = path, file.sources
        self.promises = {promise.id: promise for promise in file.promise}
        ids = [promise.id for promise in file.promise]
        for twice in sorted({one for one in ids if ids.count(one) > 1}):
            raise CityError(
                Both(f"같은 이름의 약속이 둘입니다: {twice!r}", f"two promises are called {twice!r}"),
                Where(path),
                Both("둘 가운데 하나의 이름을 바꾸십시오", "rename one of them"),
            )
        for promise in file.promise:
            for key in promise.sources:
                if key not in file.sources:
                    says = Both(
                        f"약속 {promise.id!r}의 출처에 카드가 없습니다: {key!r}",
                        f"the promise {promise.id!r} names a source without a card: {key!r}",
                    )
                    raise CityError(
                        says,
                        Where(path),
                        Both(
                            f"[sources.{key}]을 who, title, read와 함께 더하십시오",
                            f"add [sources.{key}] with who, title and read",
                        ),
                    )

    def get(self, name: str) -> Promise:
        """Return a promise by id; a wrong id suggests the right one."""
        if name not in self.promises:
            raise UnknownName(Both("약속", "promise"), name, self.promises, Where(self.path))
        return self.promises[name]


def promises_file(city: City) -> Path:
    """Return where a city's promises stand; a city may have made none."""
    return city.folder / "promises.toml"


def read_promises(city: City) -> PromiseBook:
    """Return a city's promises.

    Raises:
        CityError: the city has none, or one of them is not whole.
    """
    path = promises_file(city)
    try:
        return PromiseBook(validate(PromiseFile, load_toml(path), path, CityError), path)
    except DataError as error:
        if not path.exists():
            todo = Both(
                "promises.toml을 더하십시오. 도시가 한 말과 그것을 가르는 수치를 적습니다",
                "add promises.toml: what the city said, and which number decides it",
            )
            raise CityError(
                Both("이 도시에는 약속이 없습니다", "the city has no promises"), Where(path), todo
            ) from error
        raise
