"""A city's folder: who it is, its facts and tables for each solution, and what it takes over from another city."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from madang.core.documents import load_toml, validate
from madang.core.errors import CityError, FactError, UnknownName, Where
from madang.core.facts import WEAK, Fact, FactBook, FactValue, read_facts
from madang.core.inputs import Inputs
from madang.core.language import Text
from madang.core.sources import Source
from madang.core.tables import Table, TableSpec, read_table

Given = TypeVar("Given", bound=Inputs)
Origin = Literal["city", "default"]


class TableCard(BaseModel):
    """The origin card of a city's table: its file and where the numbers come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    source: str
    day: date | None = Field(default=None, description="the day the table describes")
    encoding: str = "utf-8"
    note: str | None = None


class SolutionFile(BaseModel):
    """The shape of a city's file for one solution."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, Source] = {}
    facts: dict[str, Fact] = {}
    tables: dict[str, TableCard] = {}


class CityFile(BaseModel):
    """The shape of city.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    name: Text
    inherits: str | None = None
    sources: dict[str, Source] = {}
    facts: dict[str, Fact] = {}


@dataclass(frozen=True)
class Use:
    """One fact or table that a reading drew on, and whose it is."""

    name: str
    kind: Literal["fact", "table"]
    says: Text
    value: Any
    unit: str | None
    since: date | None
    source: Source
    status: str
    origin: Origin
    owner: str
    file: Path
    low: float | None = None
    high: float | None = None
    note: str | None = None
    sha256: str | None = None

    @property
    def weak(self) -> bool:
        """Tell whether the value is an assumption, unverified or only announced."""
        return self.status in WEAK


class City:
    """A city's folder, opened; with the city it inherits from where it has one."""

    def __init__(self, folder: Path, file: CityFile, parent: City | None) -> None:
        """Keep the folder, its card and its parent; facts are checked here, tables when read."""
        self.folder, self.file, self.parent = folder, file, parent
        self.id, self.name = file.id, file.name
        self.book = FactBook(file.facts, file.sources, folder / "city.toml")
        self._files: dict[str, SolutionFile] = {}

    @classmethod
    def open(cls, folder: Path, cities: Path | None = None) -> City:
        """Open a city's folder.

        Args:
            folder: the folder that holds city.toml.
            cities: the folder of the cities that may be inherited from.

        Raises:
            CityError: no such folder, no city.toml, or an unknown parent.
            DataError: city.toml cannot be taken as it is.
        """
        if not folder.is_dir():
            raise CityError(
                "there is no such city folder", Where(folder), "name a folder, or make one: madang new-city DIR"
            )
        if not (folder / "city.toml").exists():
            raise CityError("the folder has no city.toml", Where(folder), "add it: madang new-city DIR shows its shape")
        path = folder / "city.toml"
        file = validate(CityFile, load_toml(path), path, CityError)
        parent = None
        if file.inherits is not None:
            if cities is None or not (cities / file.inherits / "city.toml").exists():
                raise CityError(f"the city inherits from {file.inherits!r}, which is not there", Where(path))
            parent = cls.open(cities / file.inherits, cities)
        return cls(folder, file, parent)

    def file_for(self, solution: str) -> SolutionFile:
        """Return the city's own file for a solution; an absent file is an empty one."""
        if solution not in self._files:
            path = self.folder / f"{solution}.toml"
            content = load_toml(path) if path.exists() else {}
            self._files[solution] = validate(SolutionFile, content, path, CityError)
        return self._files[solution]

    def book_for(self, solution: str) -> FactBook:
        """Return the city's own facts for a solution."""
        file = self.file_for(solution)
        return FactBook(file.facts, file.sources, self.folder / f"{solution}.toml")

    def lineage(self) -> tuple[City, ...]:
        """Return the city and those it inherits from, nearest first."""
        return (self,) if self.parent is None else (self, *self.parent.lineage())


@dataclass
class Reader:
    """Reads a solution's facts and tables from a city on a day, and keeps a list of what was used."""

    city: City
    solution: str
    day: date
    policy: FactBook
    specs: dict[str, TableSpec]
    home: str
    today: date | None = None
    uses: dict[str, Use] = field(default_factory=dict)

    def fact(self, name: str, unit: str | None = None, *, on: date | None = None) -> Any:
        """Return a fact's value on the reading's day (or ``on``), in ``unit``; remember that it was used.

        The city's own file for the solution is asked first, then its city.toml, then the city it
        inherits from, last the policy's own facts.

        Raises:
            UnknownName: nobody has such a fact.
            FactError: the fact is known only from a later day.
        """
        return self.fact_value(name, unit, on=on).value

    def fact_value(self, name: str, unit: str | None = None, *, on: date | None = None) -> FactValue:
        """Return a fact with its unit, range, day, status and source; remember that it was used."""
        book, owner = self._find(name)
        value = book.at(name, on or self.day, unit)
        self._remember_fact(value, book.path, owner)
        return value

    def series(self, name: str, unit: str | None = None) -> dict[int, float]:
        """Return a fact's values by the year from which each holds (all of them, later than the day too)."""
        book, owner = self._find(name)
        history = book.history(name, unit)
        latest = [value for value in history if value.since <= self.day] or [history[0]]
        self._remember_fact(latest[-1], book.path, owner)
        return {value.since.year: value.value for value in history}

    def has(self, name: str) -> bool:
        """Tell whether anybody has a fact or table of this name."""
        return name in self.policy or any(
            name in city.book_for(self.solution) or name in city.book or name in city.file_for(self.solution).tables
            for city in self.city.lineage()
        )

    def table(self, name: str) -> Table:
        """Return a table as the solution's shape demands it; remember that it was used.

        Raises:
            UnknownName: the solution declares no such table.
            CityError: neither the city nor the one it inherits from gives it.
            TableError: the file cannot be taken as it is.
        """
        if name not in self.specs:
            raise UnknownName("table", name, self.specs)
        for city in self.city.lineage():
            file = city.file_for(self.solution)
            if name in file.tables:
                return self._load_table(name, city, file)
        raise CityError(
            f"the city gives no table {name!r} for {self.solution}",
            Where(self.city.folder / f"{self.solution}.toml"),
            f"add [tables.{name}] with file and source; its columns: {', '.join(self.specs[name].columns)}",
        )

    def table_if_given(self, name: str) -> Table | None:
        """Return an optional table, or None where no city of the lineage gives it."""
        given = any(name in city.file_for(self.solution).tables for city in self.city.lineage())
        return self.table(name) if given else None

    def fill(self, model: type[Given], **values: Any) -> Given:
        """Return the inputs: fields given here as they are, each other field from the first fact or table it names."""
        made = dict(values)
        for card in model.fields():
            if card.name in made or not card.facts:
                continue
            name = card.facts[0]
            if card.kind == "table":
                made[card.name] = self.table(name)
            elif card.kind == "series":
                made[card.name] = self.series(name, card.unit)
            else:
                unit = card.unit if card.kind in {"number", "integer", "list"} else None
                made[card.name] = _whole(self.fact(name, unit), card.kind)
        return model.build(made)

    def _find(self, name: str) -> tuple[FactBook, City | None]:
        """Return the book that holds a fact, nearest owner first; no owner means the policy itself."""
        for city in self.city.lineage():
            for book in (city.book_for(self.solution), city.book):
                if name in book:
                    return book, city
        if name in self.policy:
            return self.policy, None
        known = {*self.policy.facts, *(n for c in self.city.lineage() for n in c.book_for(self.solution).facts)}
        raise UnknownName("fact", name, known, Where(self.city.folder / f"{self.solution}.toml"))

    def _remember_fact(self, value: FactValue, path: Path, owner: City | None) -> None:
        """Add a fact to the list of what was used."""
        self._check_read(value.name, value.source, path)
        self.uses[value.name] = Use(
            value.name, "fact", value.says, value.value, value.unit, value.since, value.source, value.status,
            self._origin(owner), owner.id if owner else "policy", path, value.low, value.high, value.note,
        )  # fmt: skip

    def _load_table(self, name: str, city: City, file: SolutionFile) -> Table:
        """Read one city's table and remember it."""
        card, path = file.tables[name], city.folder / f"{self.solution}.toml"
        if card.source not in file.sources:
            raise FactError(f"the table {name!r} names a source without a card: {card.source!r}", Where(path))
        target = (city.folder / card.file).resolve()
        if not target.is_relative_to(city.folder.resolve()):
            raise CityError(f"the table {name!r} lies outside the city's folder", Where(path, value=card.file))
        table = read_table(target, self.specs[name], name=name, encoding=card.encoding)
        source = file.sources[card.source]
        self._check_read(name, source, path)
        self.uses[name] = Use(
            name, "table", self.specs[name].says, table.frame.height, None, card.day, source, "known",
            self._origin(city), city.id, target, note=card.note, sha256=table.sha256,
        )  # fmt: skip
        return table

    def _origin(self, owner: City | None) -> Origin:
        """Tell whether a value is the city's own or still another's default."""
        if owner is self.city or (owner is None and self.city.id == self.home):
            return "city"
        return "default"

    def _check_read(self, name: str, source: Source, path: Path) -> None:
        """Refuse a source that was read before it was published, or that nobody can have read yet."""
        if source.published is not None and source.published > source.read:
            says = f"the source of {name!r} was read before it was published"
            raise FactError(says, Where(path, day=source.read), "correct one of the two days")
        if self.today is not None and source.read > self.today:
            says = f"the source of {name!r} is said to have been read on a day to come"
            raise FactError(says, Where(path, day=source.read), "correct the day it was read")


def policy_book(folder: Path) -> FactBook:
    """Return the facts of a solution's own folder."""
    return read_facts(folder / "facts.toml")


def _whole(value: Any, kind: str) -> Any:
    """Return a whole number as an integer where the field wants one."""
    return int(value) if kind == "integer" and isinstance(value, float) and value.is_integer() else value
