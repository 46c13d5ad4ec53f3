"""Dated numbers with a unit and a source. Asked for a day before its first, a fact answers with an error."""

from __future__ import annotations

import math
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from madang.core.documents import load_toml, validate
from madang.core.errors import Both, FactError, UnitError, UnknownName, Where
from madang.core.language import Text
from madang.core.sources import Day, Source
from madang.core.units import check_unit, factor

Status = Literal["known", "enacted", "announced", "unverified", "assumption"]
#: A result that rests on one of these says so wherever it is shown.
WEAK: frozenset[Status] = frozenset({"announced", "unverified", "assumption"})


#: A whole number beyond this is no float any more.
_LARGEST = int(sys.float_info.max)


class DatedValue(BaseModel):
    """One value of a fact, the day from which it holds, and what is particular to it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    since: Day = Field(alias="from")
    value: float | int | str | tuple[float | int, ...]
    low: float | None = None
    high: float | None = None
    source: str | None = None
    status: Status | None = None
    published: Day | None = None
    note: str | None = None

    @field_validator("value", "low", "high", mode="before")
    @classmethod
    def _finite(cls, value: object) -> object:
        """A value is a finite number, a list of such, or text; true and false are neither."""
        parts = value if isinstance(value, list | tuple) else [value]
        for part in parts:
            if isinstance(part, bool) or (isinstance(part, int | float) and not abs(part) < math.inf):
                raise ValueError(Both("끝이 있는 수가 아닙니다", "this is not a finite number"))
            if isinstance(part, int) and abs(part) > _LARGEST:
                raise ValueError(Both("수가 너무 큽니다", "this number is too large"))
        return value

    @model_validator(mode="after")
    def _range_holds_value(self) -> DatedValue:
        """A range, where one is given, holds the value."""
        if self.low is None and self.high is None:
            return self
        if not isinstance(self.value, float | int) or self.low is None or self.high is None:
            raise ValueError(
                Both("범위에는 값과 낮은 끝과 높은 끝이 있어야 합니다", "a range needs a number, a low and a high")
            )
        if not self.low <= self.value <= self.high:
            raise ValueError(
                Both(
                    f"범위 {self.low}~{self.high} 밖의 값입니다: {self.value}",
                    f"the range {self.low} to {self.high} does not hold the value {self.value}",
                )
            )
        return self


class Fact(BaseModel):
    """A sentence with a unit, a source and the values that held from given days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: Text
    unit: str
    source: str
    status: Status = "known"
    values: tuple[DatedValue, ...] = Field(min_length=1)
    note: str | None = None

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str) -> str:
        """The unit is one the registry knows."""
        try:
            return check_unit(unit)
        except Exception as error:
            raise ValueError(str(error).splitlines()[0]) from error

    @model_validator(mode="after")
    def _text_has_no_unit(self) -> Fact:
        """Text where a number with a unit is due is a slip of the pen, not a value."""
        for value in self.values:
            if isinstance(value.value, str) and self.unit != "1":
                raise ValueError(
                    Both(
                        f"수({self.unit})가 있어야 할 곳에 글이 있습니다: {value.value!r}",
                        f"{value.value!r} is text where a number in {self.unit} is due",
                    )
                )
        return self

    @field_validator("values")
    @classmethod
    def _ordered(cls, values: tuple[DatedValue, ...]) -> tuple[DatedValue, ...]:
        """Days rise strictly, so that exactly one value holds on any day."""
        days = [value.since for value in values]
        for earlier, later in pairwise(days):
            if later == earlier:
                raise ValueError(Both(f"{later}부터의 값이 둘입니다", f"two values hold from {later}"))
            if later < earlier:
                raise ValueError(
                    Both(
                        f"{later}부터의 값이 {earlier}부터의 값 뒤에 있습니다",
                        f"the value from {later} stands after the one from {earlier}",
                    )
                )
        return values


class FactValue(BaseModel):
    """What a fact said on a day: the value, in which unit, since when and by whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    says: Text
    value: Any
    unit: str
    since: date
    source: Source
    status: Status
    low: float | None = None
    high: float | None = None
    note: str | None = None
    origin: str = ""


class FactBook:
    """The facts of one file, with the sources they name."""

    def __init__(self, facts: dict[str, Fact], sources: dict[str, Source], path: Path) -> None:
        """Check that every source a fact names has a card in the same file."""
        self.facts, self.sources, self.path = facts, sources, path
        self._check_sources()
        self._check_known_days()

    def _check_sources(self) -> None:
        """Raise where a fact names a source that has no card."""
        for name, fact in self.facts.items():
            for key in (fact.source, *(value.source for value in fact.values if value.source)):
                if key not in self.sources:
                    raise FactError(
                        Both(
                            f"사실 {name!r}의 출처에 카드가 없습니다: {key!r}",
                            f"the fact {name!r} names a source without a card: {key!r}",
                        ),
                        Where(self.path),
                        Both(
                            f"[sources.{key}]을 who, title, url, read와 함께 더하십시오",
                            f"add [sources.{key}] with who, title, url and read",
                        ),
                    )

    def _check_known_days(self) -> None:
        """Raise where a value is called known from a day that its source could not know when it was read."""
        for name, fact in self.facts.items():
            for value in fact.values:
                source = self.sources[value.source or fact.source]
                if (value.status or fact.status) == "known" and value.since > source.read:
                    raise FactError(
                        Both(
                            f"출처를 읽은 날({source.read})보다 뒤의 값을 아는 것으로 적었습니다: {name!r}",
                            f"the fact {name!r} is called known from a day after its source was read ({source.read})",
                        ),
                        Where(self.path, day=value.since),
                        Both(
                            '날짜를 고치거나 값에 status = "enacted", "announced", "assumption" 가운데 하나를 주십시오',
                            'correct the day, or give the value status = "enacted", "announced" or "assumption"',
                        ),
                    )

    def __contains__(self, name: str) -> bool:
        return name in self.facts

    def at(self, name: str, day: date, unit: str | None = None) -> FactValue:
        """Return what the fact says on ``day``, expressed in ``unit``.

        Raises:
            UnknownName: there is no such fact in this book.
            FactError: ``day`` is before the fact's first.
            UnitError: the fact measures something else than ``unit``.
        """
        if name not in self.facts:
            raise UnknownName(Both("사실", "fact"), name, self.facts, Where(self.path))
        fact = self.facts[name]
        held = [value for value in fact.values if value.since <= day]
        if not held:
            raise FactError(
                Both(
                    f"{fact.values[0].since}부터만 알려진 사실입니다: {name!r}",
                    f"the fact {name!r} is known only from {fact.values[0].since}",
                ),
                Where(self.path, day=day),
                Both(
                    "더 뒤의 날을 묻거나, 앞선 값을 출처와 함께 더하십시오",
                    "ask for a later day, or add the earlier value with its source",
                ),
            )
        return self._value(name, fact, held[-1], unit)

    def history(self, name: str, unit: str | None = None) -> tuple[FactValue, ...]:
        """Return every value of a fact, oldest first."""
        if name not in self.facts:
            raise UnknownName(Both("사실", "fact"), name, self.facts, Where(self.path))
        fact = self.facts[name]
        return tuple(self._value(name, fact, value, unit) for value in fact.values)

    def _value(self, name: str, fact: Fact, dated: DatedValue, unit: str | None) -> FactValue:
        """Return one dated value in the unit asked for."""
        try:
            times = factor(fact.unit, unit) if unit is not None else 1.0
        except UnitError as error:
            raise UnitError(
                Both(f"사실 {name!r}: {error.parts('ko').what}", f"the fact {name!r}: {error.what}"),
                Where(self.path),
                error.said[2],
            ) from error
        return FactValue(
            name=name,
            says=fact.says,
            value=_scaled(dated.value, times),
            unit=unit or fact.unit,
            since=dated.since,
            source=self.sources[dated.source or fact.source],
            status=dated.status or fact.status,
            low=None if dated.low is None else dated.low * times,
            high=None if dated.high is None else dated.high * times,
            note=dated.note or fact.note,
        )


class FactFile(BaseModel):
    """The shape of a file that holds facts and the cards of their sources."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, Source] = {}
    facts: dict[str, Fact] = {}


def read_facts(path: Path) -> FactBook:
    """Return the facts of a TOML file; a fact without unit or source is an error that names it."""
    file = validate(FactFile, load_toml(path), path, FactError)
    return FactBook(file.facts, file.sources, path)


def _scaled(value: Any, times: float) -> Any:
    """Return a number or list of numbers times a factor; text and factor 1 are left alone."""
    if times == 1.0 or isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return tuple(part * times for part in value)
    return value * times
