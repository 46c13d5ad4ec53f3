"""The shapes of what is asked and answered; their descriptions stand in the OpenAPI document."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,79}$")]


class Words(Schema):
    """A text in both languages."""

    ko: str
    en: str


class Saying(Schema):
    """What went wrong, where, and what to do about it, in one language."""

    what: str
    where: str | None = None
    todo: str | None = None


class Problem(Saying):
    """An error: in English, and in Korean under ``ko``."""

    ko: Saying


class SolutionLine(Schema):
    """A solution in the list."""

    name: str
    title: Words
    summary: Words
    theme: Words
    office: Words
    home: str
    since: dt.date
    checked_on: dt.date
    next_review: dt.date
    links: dict[str, str]


class ScenarioOut(Schema):
    """A named set of changed inputs."""

    title: Words
    says: Words
    set: dict[str, Any]


class SolutionOut(SolutionLine):
    """A solution with its scenarios, and what it gave when it last ran for the site's city."""

    scenarios: dict[str, ScenarioOut]
    city: str | None = None
    day: dt.date | None = None
    numbers: dict[str, Any] = {}
    figures: list[str] = []


class InputOut(Schema):
    """One input: what it is called, in which unit and bounds, from which facts, and the city's value."""

    name: str
    title: Words
    kind: str
    unit: str
    low: float | None = None
    high: float | None = None
    choices: list[str] = []
    group: str
    help: Words | None = None
    required: bool
    facts: list[str] = []
    default: Any = None


class InputsOut(Schema):
    """A solution's inputs for a city on a day; ``changes_schema`` is the JSON Schema of changes."""

    solution: str
    city: str
    day: dt.date
    inputs: list[InputOut]
    changes_schema: dict[str, Any]


class RunIn(Schema):
    """A run to be made: names of inputs, or name.key for one value of a series, to values."""

    solution: Name
    city: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,80}$")] | None = None
    day: dt.date | None = None
    scenario: Annotated[str, Field(pattern=r"^[a-z0-9_]{0,80}$")] | None = None
    changes: Annotated[dict[str, Any], Field(max_length=200)] = {}


class JobOut(Schema):
    """Where the work on a run stands."""

    kind: str
    state: str
    share: float
    doing: str
    error: Problem | None = None


class RunOut(Schema):
    """A run: what was asked, where it stands, and what came of it."""

    run: str
    solution: str
    city: str
    day: dt.date
    scenario: str | None = None
    changes: dict[str, Any]
    state: str
    seconds: float | None = None
    title: Words | None = None
    numbers: dict[str, Any] = {}
    figures: list[str] = []
    changed: list[dict[str, Any]] = []
    caveats: list[Words] = []
    defaults: list[dict[str, Any]] = []
    sources: list[dict[str, Any]] = []
    inputs: dict[str, Any] = {}
    diagnostics: dict[str, Any] = {}
    job: JobOut | None = None
    links: dict[str, str]


class PromisesOut(Schema):
    """Promises with their verdicts."""

    judged_on: dt.date | None = None
    promises: list[dict[str, Any]]


class FactOut(Schema):
    """A fact: what it says, its unit, whose it is, and its values by the day from which each holds."""

    solution: str
    name: str
    owner: str
    says: Words
    unit: str
    status: str
    values: list[dict[str, Any]]


class FactsOut(Schema):
    """Facts, some of them at a time."""

    count: int
    facts: list[FactOut]


class FactValueOut(Schema):
    """What a fact says on a day."""

    solution: str
    name: str
    says: Words
    value: Any
    unit: str
    since: dt.date
    status: str
    low: float | None = None
    high: float | None = None
    source: dict[str, Any]


class EntryOut(Schema):
    """An entry of the library."""

    id: int
    kind: str
    language: str
    title: str
    summary: str
    theme: str | None = None
    posted_day: dt.date | None = None
    document_day: dt.date | None = None
    url: str
    record: dict[str, Any] | None = None


class LibraryOut(Schema):
    """Entries of the library, some of them at a time."""

    count: int
    entries: list[EntryOut]
