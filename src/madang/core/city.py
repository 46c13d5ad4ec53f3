"""A city's folder: who it is, its facts and tables for each solution, and what it takes over from another city."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

from madang.core.city_files import CityFile, District, SolutionFile
from madang.core.documents import is_there, load_toml, validate
from madang.core.errors import Both, BoundsError, CityError, FactError, UnknownName, Where
from madang.core.facts import WEAK, FactBook, FactValue, read_facts
from madang.core.file_places import in_folder, in_package, inside
from madang.core.inputs import InputField, Inputs, check_bounds
from madang.core.language import Text, text
from madang.core.sources import Source, check_sha256, sha256_of
from madang.core.tables import Table, TableGap, TableSpec, read_table

Given = TypeVar("Given", bound=Inputs)
Origin = Literal["city", "default"]


#: What the owner of a policy's own facts is called.
THE_POLICY = text("정책 자체", "the policy")


@dataclass(frozen=True)
class RawFile:
    """A raw file of a city that a solution may read: where it lies, its hash and its origin card."""

    name: str
    path: Path
    sha256: str
    source: Source


@dataclass(frozen=True)
class Use:
    """One fact or table that a reading drew on, and whose it is."""

    name: str
    kind: Literal["fact", "table", "file"]
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
    #: Sources of the fact's other values that the same reading drew on, as a series does.
    other_sources: tuple[Source, ...] = ()
    #: Where a table's cells are empty, column by column.
    gaps: tuple[TableGap, ...] = ()
    #: Whose it is, as people call them.
    owner_name: Text = THE_POLICY

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
        self._books: dict[str, FactBook] = {}

    @classmethod
    def open(cls, folder: Path, cities: Path | None = None, *, heirs: tuple[str, ...] = ()) -> City:
        """Open a city's folder.

        Args:
            folder: the folder that holds city.toml.
            cities: the folder of the cities that may be inherited from.
            heirs: the cities that inherit from this one, for finding a circle; a caller leaves it out.

        Raises:
            CityError: no such folder, no city.toml, an unknown parent, or cities that inherit in a circle.
            DataError: city.toml cannot be taken as it is.
        """
        if not os.path.isdir(folder):  # noqa: PTH112 - a folder behind a locked one is an answer here, not an exception
            raise CityError(
                Both("그런 도시 폴더가 없습니다", "there is no such city folder"),
                Where(folder),
                Both(
                    "폴더를 지정하거나 만드십시오: madang new-city 폴더",
                    "name a folder, or make one: madang new-city DIR",
                ),
            )
        if not is_there(folder / "city.toml"):
            raise CityError(
                Both("폴더에 city.toml이 없습니다", "the folder has no city.toml"),
                Where(folder),
                Both(
                    "더하십시오. madang new-city 폴더가 그 꼴을 보여 줍니다",
                    "add it: madang new-city DIR shows its shape",
                ),
            )
        path = folder / "city.toml"
        file = validate(CityFile, load_toml(path), path, CityError)
        parent = None
        if file.inherits is not None:
            chain = (*heirs, file.id)
            if file.inherits in chain:
                says = Both(
                    f"도시가 서로를 돌려 물려받습니다: {' ← '.join((*chain, file.inherits))}",
                    f"cities inherit in a circle: {' from '.join((*chain, file.inherits))}",
                )
                raise CityError(
                    says,
                    Where(path),
                    Both(
                        "하나에서 inherits를 지워 홀로 서게 하십시오",
                        "let one of them stand on its own: remove its inherits",
                    ),
                )
            if cities is None or not is_there(cities / file.inherits / "city.toml"):
                there = [] if cities is None else sorted(card.parent.name for card in cities.glob("*/city.toml"))
                known = (
                    Both(f"있는 이름: {', '.join(there)}", f"known: {', '.join(there)}")
                    if there
                    else Both(
                        "inherits를 지우거나 도시들의 폴더를 주십시오", "remove inherits, or give the folder of cities"
                    )
                )
                raise CityError(
                    Both(
                        f"물려받을 도시가 없습니다: {file.inherits!r}",
                        f"the city inherits from {file.inherits!r}, which is not there",
                    ),
                    Where(path),
                    known,
                )
            parent = cls.open(cities / file.inherits, cities, heirs=chain)
        return cls(folder, file, parent)

    def file_for(self, solution: str) -> SolutionFile:
        """Return the city's own file for a solution; an absent file is an empty one."""
        if solution not in self._files:
            path = self.folder / f"{solution}.toml"
            content = load_toml(path) if is_there(path) else {}
            self._files[solution] = validate(SolutionFile, content, path, CityError)
        return self._files[solution]

    def book_for(self, solution: str) -> FactBook:
        """Return the city's own facts for a solution."""
        if solution not in self._books:
            file = self.file_for(solution)
            self._books[solution] = FactBook(file.facts, file.sources, self.folder / f"{solution}.toml")
        return self._books[solution]

    @property
    def districts(self) -> tuple[District, ...]:
        """Return the city's own districts, in its order; none where its folder names none, whoever it inherits from."""
        return () if self.file.districts is None else self.file.districts.names

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
    files: dict[str, Text] = field(default_factory=dict)
    #: What tells of one city only: asked of the city itself, of the policy only where this is its home.
    local: frozenset[str] = frozenset()

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
        """Return a fact's values by the year from which each holds (all of them, later than the day too).

        Raises:
            UnknownName: nobody has such a fact.
            FactError: two values begin in one year, so that a year has no one value.
        """
        book, owner = self._find(name)
        history = book.history(name, unit)
        by_year: dict[int, float] = {}
        for value in history:
            if value.since.year in by_year:
                says = Both(
                    f"한 사실에 {value.since.year}년에 시작하는 값이 둘입니다: {name!r}",
                    f"the fact {name!r} has two values that begin in {value.since.year}",
                )
                raise FactError(
                    says,
                    Where(book.path, day=value.since),
                    Both("한 해에 값 하나만 남기십시오", "keep one value a year"),
                )
            by_year[value.since.year] = value.value
        latest = [value for value in history if value.since <= self.day] or [history[0]]
        for value in (*history, latest[-1]):
            self._remember_fact(value, book.path, owner)
        return by_year

    def by_day(self, name: str, unit: str | None = None) -> dict[str, float]:
        """Return a fact's values by the day from which each holds (YYYY-MM-DD); none where nobody has the fact.

        For what is counted or stated on single days, several in a year or none yet.
        """
        if not self.has(name):
            return {}
        book, owner = self._find(name)
        history = book.history(name, unit)
        latest = [value for value in history if value.since <= self.day] or [history[0]]
        for value in (*history, latest[-1]):
            self._remember_fact(value, book.path, owner)
        return {value.since.isoformat(): value.value for value in history}

    def has(self, name: str) -> bool:
        """Tell whether anybody who may answer has a fact or table of this name."""
        return name in self._policy_for(name) or any(
            name in city.book_for(self.solution) or name in city.book or name in city.file_for(self.solution).tables
            for city in self._owners(name)
        )

    def _owners(self, name: str) -> tuple[City, ...]:
        """Return the cities that may answer, nearest first: the city alone for what tells of one city only."""
        return (self.city,) if name in self.local else self.city.lineage()

    def _policy_for(self, name: str) -> FactBook | tuple[()]:
        """Return the policy's own facts; none for what tells of its home only, where this is another city."""
        return () if name in self.local and self.city.id != self.home else self.policy

    def table(self, name: str) -> Table:
        """Return a table as the solution's shape demands it; remember that it was used.

        Raises:
            UnknownName: the solution declares no such table.
            CityError: neither the city nor the one it inherits from gives it.
            TableError: the file cannot be taken as it is.
        """
        if name not in self.specs:
            raise UnknownName(Both("표", "table"), name, self.specs)
        for city in self._owners(name):
            file = city.file_for(self.solution)
            if name in file.tables:
                return self._load_table(name, city, file)
        raise CityError(
            Both(
                f"도시가 표를 주지 않습니다: {name!r} ({self.solution})",
                f"the city gives no table {name!r} for {self.solution}",
            ),
            Where(self.city.folder / f"{self.solution}.toml"),
            Both(
                f"[tables.{name}]을 file과 source와 함께 더하십시오. 열: {', '.join(self.specs[name].columns)}",
                f"add [tables.{name}] with file and source; its columns: {', '.join(self.specs[name].columns)}",
            ),
        )

    def table_if_given(self, name: str) -> Table | None:
        """Return an optional table, or None where no city of the lineage gives it."""
        given = any(name in city.file_for(self.solution).tables for city in self._owners(name))
        return self.table(name) if given else None

    def file_if_given(self, name: str) -> RawFile | None:
        """Return a raw file that the city's card names, or None where no city of the lineage gives it.

        Raises:
            UnknownName: the solution declares no such file.
            CityError: the file or the package that carries it is missing, or it lies outside the folder.
            DataError: its hash is not the one its card gives.
        """
        if name not in self.files:
            raise UnknownName(Both("파일", "file"), name, self.files)
        for city in self._owners(name):
            file = city.file_for(self.solution)
            if name in file.files:
                return self._find_file(name, city, file)
        return None

    def _find_file(self, name: str, city: City, file: SolutionFile) -> RawFile:
        """Find one city's raw file, check its hash and remember it."""
        card, toml = file.files[name], city.folder / f"{self.solution}.toml"
        _check_source_card(Both(f"파일 {name!r}", f"the file {name!r}"), card.source, file, toml)
        path = in_package(name, card, toml) if card.package else in_folder(name, str(card.file), city.folder, toml)
        source, found = file.sources[card.source], sha256_of(path)
        if card.sha256 is not None:
            check_sha256(path, found, card.sha256)
        self._check_read(name, source, toml)
        self.uses[name] = Use(
            name, "file", self.files[name], path.name, None, card.day, source, "known",
            self._origin(city), city.id, path, note=card.note, sha256=found, owner_name=city.name,
        )  # fmt: skip
        return RawFile(name, path, found, source)

    def fill(self, model: type[Given], **values: Any) -> Given:
        """Return the inputs: fields given here as they are, each other field from the first fact or table it names.

        A field with a default keeps it where nobody has its fact.
        """
        made = dict(values)
        for card in model.fields():
            if card.name in made or not card.facts:
                continue
            name = card.facts[0]
            if not card.required and not self.has(name):
                continue
            if card.kind == "table":
                made[card.name] = self.table(name)
            elif card.kind == "series":
                made[card.name] = self.series(name, card.unit)
                self._check_filled(card, made[card.name])
            else:
                unit = card.unit if card.kind in {"number", "integer", "list"} else None
                made[card.name] = _whole(self.fact(name, unit), card.kind)
                self._check_filled(card, made[card.name])
        return model.build(made)

    def _check_filled(self, card: InputField, value: Any) -> None:
        """Refuse text where the input is a number, and a number out of bounds, naming the fact and its file."""
        use = self.uses[card.facts[0]]
        numeric = {"number": float | int, "integer": int, "series": dict, "list": tuple}
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
        if card.kind in numeric and (
            not isinstance(value, numeric[card.kind]) or any(isinstance(p, str) for p in parts)
        ):
            kind = _KINDS[card.kind]
            says = Both(f"이 사실은 {kind.ko}: {use.name!r}", f"the fact {use.name!r} is not {kind.en}")
            raise FactError(says, Where(use.file, value=use.value), Both("값을 고치십시오", "correct the value"))
        try:
            check_bounds(card, value)
        except BoundsError as error:
            raise BoundsError(
                Both(f"사실 {use.name!r}: {error.parts('ko').what}", f"the fact {use.name!r}: {error.what}"),
                Where(use.file),
                error.said[2],
            ) from error

    def _find(self, name: str) -> tuple[FactBook, City | None]:
        """Return the book that holds a fact, nearest owner first; no owner means the policy itself."""
        for city in self._owners(name):
            for book in (city.book_for(self.solution), city.book):
                if name in book:
                    return book, city
        if name in self._policy_for(name):
            return self.policy, None
        books = [book for city in self.city.lineage() for book in (city.book_for(self.solution), city.book)]
        known = {fact for book in (self.policy, *books) for fact in book.facts} - {name}
        raise UnknownName(Both("사실", "fact"), name, known, Where(self.city.folder / f"{self.solution}.toml"))

    def _remember_fact(self, value: FactValue, path: Path, owner: City | None) -> None:
        """Add a fact to the list of what was used."""
        self._check_read(value.name, value.source, path)
        use = Use(
            value.name, "fact", value.says, value.value, value.unit, value.since, value.source, value.status,
            self._origin(owner), owner.id if owner else "policy", path, value.low, value.high, value.note,
            owner_name=owner.name if owner else THE_POLICY,
        )  # fmt: skip
        before = self.uses.get(value.name)
        self.uses[value.name] = use if before is None else _joined(before, use)

    def _load_table(self, name: str, city: City, file: SolutionFile) -> Table:
        """Read one city's table and remember it."""
        card, path = file.tables[name], city.folder / f"{self.solution}.toml"
        _check_source_card(Both(f"표 {name!r}", f"the table {name!r}"), card.source, file, path)
        target = inside(city.folder, card.file, Both(f"표 {name!r}", f"the table {name!r}"), path)
        table = read_table(target, self.specs[name], name=name, encoding=card.encoding)
        if card.sha256 is not None:
            check_sha256(target, str(table.sha256), card.sha256)
        source = file.sources[card.source]
        self._check_read(name, source, path)
        self.uses[name] = Use(
            name, "table", self.specs[name].says, table.frame.height, None, card.day, source, "known",
            self._origin(city), city.id, target, note=card.note, sha256=table.sha256, gaps=table.gaps,
            owner_name=city.name,
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
            says = Both(
                f"발행되기 전에 읽은 것으로 적힌 출처입니다: {name!r}",
                f"the source of {name!r} was read before it was published",
            )
            raise FactError(
                says,
                Where(path, day=source.read),
                Both("두 날짜 가운데 하나를 고치십시오", "correct one of the two days"),
            )
        if self.today is not None and source.read > self.today:
            says = Both(
                f"앞날에 읽은 것으로 적힌 출처입니다: {name!r}",
                f"the source of {name!r} is said to have been read on a day to come",
            )
            raise FactError(
                says, Where(path, day=source.read), Both("읽은 날을 고치십시오", "correct the day it was read")
            )


_KINDS = {
    "number": Both("수가 아닙니다", "a number"),
    "integer": Both("정수가 아닙니다", "a whole number"),
    "series": Both("해마다의 수가 아닙니다", "numbers by year"),
    "list": Both("수의 목록이 아닙니다", "a list of numbers"),
}


def _check_source_card(what: Both, source: str, file: SolutionFile, path: Path) -> None:
    """Refuse a table or a raw file that names a source without a card."""
    if source not in file.sources:
        says = Both(
            f"{what.ko}의 출처에 카드가 없습니다: {source!r}", f"{what.en} names a source without a card: {source!r}"
        )
        todo = Both(
            f"[sources.{source}]을 who, title, url, read와 함께 더하십시오",
            f"add [sources.{source}] with who, title, url and read",
        )
        raise FactError(says, Where(path), todo)


def _joined(before: Use, now: Use) -> Use:
    """Return the later of two readings of one fact, with both sources, and weak where either is."""
    sources = dict.fromkeys((*before.other_sources, before.source))
    sources.pop(now.source, None)
    status = before.status if before.weak and not now.weak else now.status
    return replace(now, status=status, other_sources=tuple(sources))


def policy_book(folder: Path) -> FactBook:
    """Return the facts of a solution's own folder."""
    return read_facts(folder / "facts.toml")


def _whole(value: Any, kind: str) -> Any:
    """Return a whole number as an integer where the field wants one."""
    return int(value) if kind == "integer" and isinstance(value, float) and value.is_integer() else value
