"""The contract: what a solution hands over, and the one way to run it. The faces know this and no single solution.

A solution's folder holds card.toml, facts.toml, tables.toml (shapes of the tables it needs), model.py,
figures.py, cases.toml and two articles; its ``__init__`` makes one ``Solution``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from madang.core.city import City, Reader, Use, policy_book
from madang.core.documents import load_toml, read_document, validate
from madang.core.errors import Both, UnknownName, Where
from madang.core.facts import FactBook
from madang.core.figures import Figure
from madang.core.importing import Importer
from madang.core.inputs import Inputs
from madang.core.language import Language, Text, text
from madang.core.progress import Progress, part_of, silent
from madang.core.sources import Day, Source
from madang.core.tables import TableSpec
from madang.core.units import check_unit


class Scenario(BaseModel):
    """A named set of changed inputs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    says: Text
    set: dict[str, Any] = {}


class Card(BaseModel):
    """A solution's card: what it is called, whose it is, and when it was last checked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    summary: Text
    theme: Text
    office: Text
    home: str = Field(description="the city whose rules the policy's own facts are")
    since: Day
    checked_on: Day
    next_review: Day
    scenarios: dict[str, Scenario] = {}
    words: dict[str, Text] = Field(
        default={}, description="what keys of series, choices, groups and steps of the work are called"
    )
    local: frozenset[str] = Field(
        default=frozenset(),
        description="facts, tables and files that tell of one city only: none stands in for another city's",
    )

    def word(self, key: str, language: Language) -> str:
        """Return what a key is called in the language; a path of keys by each of them, one without a title as is."""
        if key in self.words:
            return self.words[key].to(language)
        parts = [self.words[part].to(language) if part in self.words else part for part in key.split(".")]
        return ", ".join(parts)

    @model_validator(mode="after")
    def _days_in_order(self) -> Card:
        """A card is checked after the policy began and reviewed again after that."""
        if not self.since <= self.checked_on < self.next_review:
            raise ValueError(
                Both(
                    "날짜는 since, checked_on, next_review의 차례여야 합니다",
                    "the days must stand in order: since, checked_on, next_review",
                )
            )
        return self


class TablesFile(BaseModel):
    """The shape of tables.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tables: dict[str, TableSpec] = {}
    files: dict[str, Text] = Field(default={}, description="raw files a city may name, and what each is")


@dataclass(frozen=True, kw_only=True)
class Number:
    """One named number of a result: value, unit, and the inputs it rests on.

    ``value`` is None where it cannot be known; then ``gap`` says why. ``low`` and ``high`` bound it where the
    model knows its own uncertainty. ``day`` is the day the number speaks of.
    """

    name: str
    title: Text
    value: float | int | None
    unit: str
    rests_on: tuple[str, ...]
    formula: Text
    formula_source: str = ""
    day: date | None = None
    low: float | None = None
    high: float | None = None
    gap: Text | None = None
    digits: int | None = None

    def __post_init__(self) -> None:
        """Refuse an unknown unit, an unknown value without a reason, NaN, and a range that misses the value."""
        check_unit(self.unit)
        if self.value is None and self.gap is None:
            raise ValueError(f"number {self.name}: an unknown value needs a reason")
        if self.value is not None and self.value != self.value:
            raise ValueError(f"number {self.name}: the model returned NaN; unknown is None with a reason")
        if self.value is not None and math.isinf(self.value):
            raise ValueError(f"number {self.name}: the model returned infinity")
        if (self.low is None) != (self.high is None):
            raise ValueError(f"number {self.name}: a range needs a low and a high")
        if self.low is not None and self.high is not None and not self.low <= self.high:
            raise ValueError(f"number {self.name}: the range {self.low} to {self.high} is upside down")


class Gap(Text):
    """What a model could not know, and the inputs whose numbers it touches; none means the run as a whole."""

    inputs: tuple[str, ...] = ()


def gap(ko: str, en: str, *inputs: str) -> Gap:
    """Return a gap from its two halves, Korean first, and the inputs it touches."""
    return Gap(ko=ko, en=en, inputs=inputs)


@dataclass(frozen=True, kw_only=True)
class Result:
    """Base of every solution's result: its numbers by name, and what the model itself could not know.

    ``diagnostics`` holds JSON-ready words on how the run went (data quality, seconds of search); unlike numbers
    they may differ from run to run, and nothing rests on them.
    """

    numbers: Mapping[str, Number]
    gaps: tuple[Gap, ...] = ()
    diagnostics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Solution:
    """One policy: typed inputs, read, run, figures, and pure rules that cases and desks may call by name."""

    name: str
    folder: Path
    inputs: type[Inputs]
    read: Callable[[Reader], Inputs]
    run: Callable[[Any, Progress], Result]
    figures: Callable[[Any], tuple[Figure, ...]]
    rules: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    importers: tuple[Importer, ...] = ()

    @cached_property
    def card(self) -> Card:
        """Return the solution's card."""
        return read_document(self.folder / "card.toml", Card)

    @cached_property
    def policy(self) -> FactBook:
        """Return the policy's own facts."""
        return policy_book(self.folder)

    @cached_property
    def shapes(self) -> TablesFile:
        """Return tables.toml: the tables and raw files the solution can read; empty where it has none."""
        path = self.folder / "tables.toml"
        return validate(TablesFile, load_toml(path), path) if path.exists() else TablesFile()

    @property
    def specs(self) -> dict[str, TableSpec]:
        """Return the shapes of the tables the solution needs."""
        return self.shapes.tables

    def reader(self, city: City, day: date, today: date | None = None) -> Reader:
        """Return a reader of a city on a day for this solution; ``today`` lets it refuse sources read later."""
        self._check_names(city)
        card, files = self.card, self.shapes.files
        return Reader(city, self.name, day, self.policy, self.specs, card.home, today, files=files, local=card.local)

    def _check_names(self, city: City) -> None:
        """Refuse a fact or table of a guest city that nobody reads: misspelt, it would leave a default in force.

        The home city is free to record facts beyond what the inputs name.
        """
        if city.id == self.card.home:
            return
        claimed = {name for card in self.inputs.fields() for name in card.facts}
        lent = {name for other in city.lineage()[1:] for name in (*other.book_for(self.name).facts, *other.book.facts)}
        file, path = city.file_for(self.name), city.folder / f"{self.name}.toml"
        for name in file.facts:
            if name not in (known := {*claimed, *lent, *self.policy.facts} - set(self.specs)):
                raise UnknownName(Both("사실", "fact"), name, known, Where(path))
        for name in file.tables:
            if name not in self.specs:
                raise UnknownName(Both("표", "table"), name, self.specs, Where(path))
        for name in file.files:
            if name not in self.shapes.files:
                raise UnknownName(Both("파일", "file"), name, self.shapes.files, Where(path))

    def scenario(self, name: str) -> Scenario:
        """Return a scenario by name; a wrong name suggests the right one."""
        if name not in self.card.scenarios:
            raise UnknownName(Both("시나리오", "scenario"), name, self.card.scenarios, Where(self.folder / "card.toml"))
        return self.card.scenarios[name]


@dataclass(frozen=True)
class Linked:
    """Another solution's number that was taken as an input: the run it comes from, and its name there."""

    run: Run
    number: str

    @property
    def name(self) -> str:
        """Return the number as people ask for it."""
        return f"{self.run.solution.name}.{self.number}"


@dataclass(frozen=True, kw_only=True)
class Run:
    """A solution run for a city on a day: inputs, what they were drawn from, result and figures."""

    solution: Solution
    city: City
    day: date
    scenario: str | None
    changes: Mapping[str, Any]
    inputs: Inputs
    uses: Mapping[str, Use]
    result: Result
    figures: tuple[Figure, ...]
    linked: Mapping[str, Linked] = field(default_factory=dict)

    def number(self, name: str) -> Number:
        """Return a number by name; a wrong name suggests the right one."""
        if name not in self.result.numbers:
            raise UnknownName(
                Both(f"{self.solution.name}의 수치", f"number of {self.solution.name}"), name, self.result.numbers
            )
        return self.result.numbers[name]

    def figure(self, name: str) -> Figure:
        """Return a figure by name; a wrong name suggests the right one."""
        found = {figure.name: figure for figure in self.figures}
        if name not in found:
            raise UnknownName(Both(f"{self.solution.name}의 그림", f"figure of {self.solution.name}"), name, found)
        return found[name]

    def changed(self, field_name: str) -> bool:
        """Tell whether an input, or one value of it, was changed by a scenario or by hand."""
        return any(path.partition(".")[0] == field_name for path in self.changes)

    def uses_of(self, rests_on: tuple[str, ...]) -> tuple[Use, ...]:
        """Return the facts and tables from which the named inputs were read, each once.

        An input that was changed by a scenario or by hand rests on that change, not on its facts;
        a series of which single values were changed still rests on its facts for the others.
        An input taken from another solution's number rests on what that number rests on.
        """
        names = dict.fromkeys(
            name
            for field_name in rests_on
            if field_name not in self.changes
            for name in self.solution.inputs.field(field_name).facts
        )
        own = [self.uses[name] for name in names if name in self.uses]
        taken = [self.linked[field_name] for field_name in rests_on if field_name in self.linked]
        theirs = [use for link in taken for use in link.run.uses_of(link.run.number(link.number).rests_on)]
        return tuple({(use.name, use.file): use for use in [*own, *theirs]}.values())

    def sources_of(self, rests_on: tuple[str, ...]) -> tuple[Source, ...]:
        """Return the sources behind the named inputs, each once."""
        found = (source for use in self.uses_of(rests_on) for source in (use.source, *use.other_sources))
        return tuple(dict.fromkeys(found))

    def defaults(self) -> tuple[Use, ...]:
        """Return what is still another city's or the policy's home's default."""
        return tuple(use for use in self.uses.values() if use.origin == "default")

    def caveats(self, rests_on: tuple[str, ...] | None = None) -> tuple[Text, ...]:
        """Return what a reader must know wherever a number or figure is shown; for the whole run by default.

        A gap goes with what rests on one of the inputs it touches; a gap of the run as a whole is told once.
        """
        everything = tuple(self.solution.inputs.model_fields)
        said = [
            caveat for use in self.uses_of(everything if rests_on is None else rests_on) for caveat in _caveats_of(use)
        ]
        gaps = [
            text(one.ko, one.en)
            for one in self.result.gaps
            if rests_on is None or not set(one.inputs).isdisjoint(rests_on)
        ]
        return tuple(dict.fromkeys([*said, *gaps]))


def perform(
    solution: Solution,
    city: City,
    day: date,
    *,
    scenario: str | None = None,
    changes: Mapping[str, Any] | None = None,
    linked: Mapping[str, Linked] | None = None,
    today: date | None = None,
    progress: Progress = silent,
) -> Run:
    """Read a city on a day, change inputs as the scenario and ``changes`` say, run, and draw the figures.

    ``linked`` names the changes whose values were taken from other solutions' numbers.

    Raises:
        MadangError: of the family, for anything a user can mend.
    """
    progress(0.0, "reading")
    reader = solution.reader(city, day, today)
    inputs = solution.read(reader)
    wanted = {**(solution.scenario(scenario).set if scenario else {}), **(changes or {})}
    if wanted:
        inputs = inputs.with_set(wanted)
    result = solution.run(inputs, part_of(progress, 0.05, 0.9))
    progress(0.9, "drawing figures")
    figures = solution.figures(result)
    progress(1.0, "done")
    return Run(
        solution=solution,
        city=city,
        day=day,
        scenario=scenario,
        changes=wanted,
        inputs=inputs,
        uses=reader.uses,
        result=result,
        figures=figures,
        linked=linked or {},
    )


def _caveats_of(use: Use) -> tuple[Text, ...]:
    """Return the sentences that go with a use that is a default, not established, or has empty cells."""
    words = {
        "assumption": ("가정", "Assumption"),
        "unverified": ("확인되지 않음", "Unverified"),
        "announced": ("발표만 됨", "Announced only"),
    }
    said = []
    if use.origin == "default":
        said.append(
            text(
                f"기본값: 이 도시의 값이 아니라 {use.owner_name.ko}의 값 — {use.says.ko}",
                f"Default: “{use.says.en}” is {use.owner_name.en}'s value, not this city's own.",
            )
        )
    if use.weak:
        ko, en = words[use.status]
        said.append(text(f"{ko}: {use.says.ko}", f"{en}: {use.says.en}"))
    said += [text(f"빈칸 — {use.says.ko}: {one.ko}", f"Empty cells in “{use.says.en}”: {one.en}") for one in use.gaps]
    return tuple(said)
