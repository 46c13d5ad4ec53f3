"""Bringing a file of any form into a city's folder: what an importer is, and a writer that leaves nothing half done."""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import polars as pl
import tomlkit
from tomlkit.exceptions import TOMLKitError

from madang.core.documents import load_toml
from madang.core.errors import Both, CityError, DataError, UnknownName, UsageError, Where
from madang.core.language import Text, text
from madang.core.progress import Progress
from madang.core.sources import Source
from madang.core.storing import write_whole
from madang.core.tables import Table, TableSpec, read_table

QualityState = Literal["ok", "mended", "dropped", "warning"]


@dataclass(frozen=True)
class ImportOption:
    """A word that an importer may be told, as ``--option name=value``; ``default`` where it is not."""

    name: str
    says: Text
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class QualityRow:
    """One finding about a file: what was counted, how many, and whether it stands, was mended or was left out."""

    what: Text
    count: int
    state: QualityState = "ok"
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportRequest:
    """What an importer is given: the file, its options, what the city has already, and the day it is read."""

    path: Path
    options: Mapping[str, str]
    given: Mapping[str, Table]
    today: date


@dataclass(frozen=True)
class FactGiven:
    """A fact that an import writes beside its tables: its value from a day on."""

    says: Text
    unit: str
    value: str | float
    since: date


@dataclass(frozen=True)
class ImportReport:
    """What an importer found: tables by name, where they come from, and the state of the data."""

    tables: Mapping[str, pl.DataFrame]
    source: Source
    quality: Sequence[QualityRow]
    warnings: Sequence[Text] = ()
    facts: Mapping[str, FactGiven] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the data-quality report as JSON-ready values."""
        return {
            "tables": {name: frame.height for name, frame in self.tables.items()},
            "quality": [
                {"what": row.what.model_dump(), "count": row.count, "state": row.state, "examples": list(row.examples)}
                for row in self.quality
            ],
            "warnings": [warning.model_dump() for warning in self.warnings],
            "source": self.source.model_dump(mode="json"),
            "details": dict(self.details),
        }


@dataclass(frozen=True, kw_only=True)
class Importer:
    """A way from files to tables of a solution: its name, the endings it takes, and the function that reads."""

    name: str
    title: Text
    takes: tuple[str, ...]
    writes: tuple[str, ...]
    run: Callable[[ImportRequest, Progress], ImportReport]
    options: tuple[ImportOption, ...] = ()

    def options_of(self, said: Mapping[str, str]) -> dict[str, str]:
        """Return every option with what was said, or its default.

        Raises:
            UnknownName: an option or a choice nobody knows.
        """
        known = {option.name: option for option in self.options}
        for name, value in said.items():
            if name not in known:
                raise (
                    UnknownName(text(f"{self.name}의 선택 사항", f"option of {self.name}"), name, known)
                    if known
                    else UsageError(
                        Both(
                            f"이 가져오기는 선택 사항을 받지 않습니다: {self.name!r}",
                            f"the importer {self.name!r} takes no options",
                        ),
                        todo=Both(f"{name}={value}를 빼십시오", f"leave out {name}={value}"),
                    )
                )
            if known[name].choices and value not in known[name].choices:
                raise UnknownName(text(f"{name}에 고를 수 있는 것", f"choice of {name}"), value, known[name].choices)
        return {name: said.get(name, option.default) for name, option in known.items()}

    def check_file(self, path: Path) -> None:
        """Raise where there is no such file, or its ending is none this importer takes."""
        if not path.exists():
            todo = text("경로를 살펴보십시오", "check the path")
            raise DataError(text("그런 파일이 없습니다", "the file does not exist"), Where(path), todo)
        if path.is_dir():
            todo = text("그 안의 파일을 적으십시오", "name the file inside it")
            raise DataError(text("파일이 아니라 폴더입니다", "this is a folder, not a file"), Where(path), todo)
        if not any(path.name.lower().endswith(ending) for ending in self.takes):
            known = ", ".join(self.takes)
            what = text(
                f"{self.title.ko}: {path.suffix!r}로 끝나는 파일은 읽지 않습니다",
                f"{self.name} does not read files ending in {path.suffix!r}",
            )
            raise UsageError(what, Where(path), text(f"{known} 가운데 하나를 주십시오", f"give one of {known}"))


@dataclass(frozen=True)
class Written:
    """What an import left in a city's folder: the tables' files, the report's file, and the report."""

    tables: Mapping[str, Path]
    report_path: Path
    report: ImportReport


def write_import(
    folder: Path, solution: str, importer: str, report: ImportReport, specs: Mapping[str, TableSpec], today: date
) -> Written:
    """Write an import's tables into a city's folder and their cards into the solution's TOML file.

    Each table gets a new file named after its content; the TOML file, replaced in one step, is what makes them the
    city's. Whatever fails before that step leaves the city as it was. Comments of the TOML file stay.

    Raises:
        CityError: the folder is no city's.
        TableError: a table is not of the shape the solution asks for.
    """
    if not (folder / "city.toml").exists():
        raise CityError(
            Both("폴더에 city.toml이 없습니다", "the folder has no city.toml"),
            Where(folder),
            Both("만드십시오: madang new-city 폴더", "make one: madang new-city DIR"),
        )
    with _alone(folder):
        return _write(folder, solution, importer, report, specs, today)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold a folder until its cards are written: of two imports at a time, the second adds to what the first wrote."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(
    folder: Path, solution: str, importer: str, report: ImportReport, specs: Mapping[str, TableSpec], today: date
) -> Written:
    """Write tables, report and cards, in this order."""
    toml = folder / f"{solution}.toml"
    document = _document(toml)
    place = folder / solution
    place.mkdir(exist_ok=True)
    made: list[Path] = []
    try:
        cards: dict[str, dict[str, Any]] = {}
        for name, frame in report.tables.items():
            made.append(_table_file(place, name, frame))
            cards[name] = _table_card(made[-1], name, specs[name], report.source.published or today)
        quality = place / f"{importer}.quality.json"
        replaced = _upsert(document, cards, report)
        write_whole(quality, json.dumps(report.as_json(), ensure_ascii=False, indent=2).encode() + b"\n")
        write_whole(toml, tomlkit.dumps(document).encode())
    except BaseException:
        for path in made:
            if path.name not in _named(toml):
                path.unlink(missing_ok=True)
        raise
    _forget(folder, replaced, {card["file"] for card in cards.values()})
    _sweep(place, cards, _named(toml))
    return Written({name: folder / card["file"] for name, card in cards.items()}, quality, report)


def _document(toml: Path) -> tomlkit.TOMLDocument:
    """Return the solution's file of a city, or a new one."""
    if not toml.exists():
        return tomlkit.document()
    load_toml(toml)
    try:
        return tomlkit.parse(toml.read_text("utf-8-sig"))
    except TOMLKitError as error:
        raise DataError(
            Both(f"TOML 형식에 맞지 않습니다: {error}", f"the file is not valid TOML: {error}"),
            Where(toml),
            Both("그 줄을 고치십시오", "mend that line"),
        ) from error


def _table_file(place: Path, name: str, frame: pl.DataFrame) -> Path:
    """Write a table as Parquet under the hash of its content and return where it lies."""
    out = io.BytesIO()
    frame.write_parquet(out)
    content = out.getvalue()
    path = place / f"{name}.{hashlib.sha256(content).hexdigest()[:10]}.parquet"
    write_whole(path, content)
    return path


def _table_card(path: Path, name: str, spec: TableSpec, day: date) -> dict[str, Any]:
    """Return the card of a table just written, which is read as any table of the city is."""
    checked = read_table(path, spec, name=name)
    file = f"{path.parent.name}/{path.name}"
    return {"file": file, "source": f"import_{name}", "day": day, "sha256": str(checked.sha256)}


def _upsert(document: tomlkit.TOMLDocument, cards: Mapping[str, Mapping[str, Any]], report: ImportReport) -> set[str]:
    """Put the cards of tables, facts and their source into a document; return the files that earlier cards named."""
    before = set()
    for name, card in cards.items():
        earlier = _section(document, "tables").get(name)
        if earlier is not None:
            before.add(str(earlier.get("file", "")))
        _put(document, "sources", f"import_{name}", _source_card(report.source))
        _put(document, "tables", name, card)
    for name, fact in report.facts.items():
        key = f"import_{next(iter(cards))}"
        says = {"ko": fact.says.ko, "en": fact.says.en}
        value = tomlkit.inline_table()
        value.update({"from": fact.since, "value": fact.value})
        _put(document, "facts", name, {"says": says, "unit": fact.unit, "source": key, "values": [value]})
    return before


def _section(document: tomlkit.TOMLDocument, name: str) -> Any:
    """Return a section of a document, made where it is not there."""
    if name not in document:
        document[name] = tomlkit.table(is_super_table=True)
    return document[name]


def _put(document: tomlkit.TOMLDocument, section: str, name: str, card: Mapping[str, Any]) -> None:
    """Set one card of a section, its keys in place where it is there already."""
    cards = _section(document, section)
    if name in cards:
        for key in [key for key in cards[name] if key not in card]:
            del cards[name][key]
        for key, value in card.items():
            cards[name][key] = value
        return
    table = tomlkit.table()
    for key, value in card.items():
        table[key] = value
    cards[name] = table


def _source_card(source: Source) -> dict[str, Any]:
    """Return a source as its card is written: what is unknown is left out."""
    return {key: value for key, value in source.model_dump().items() if value is not None}


def _named(toml: Path) -> str:
    """Return what the solution's file says now, or nothing where there is none."""
    return toml.read_text("utf-8-sig") if toml.exists() else ""


def _forget(folder: Path, before: set[str], now: set[str]) -> None:
    """Remove tables of an earlier import that nothing names any more; a file of the city's own making stays."""
    for file in before - now:
        path = folder / file
        if re.fullmatch(r".+\.[0-9a-f]{10}\.parquet", path.name):
            path.unlink(missing_ok=True)


def _sweep(place: Path, tables: Iterable[str], named: str) -> None:
    """Remove what an import that was killed left of these tables: drafts, and files that nothing names."""
    for name in tables:
        whole, draft = (
            rf"{re.escape(name)}\.[0-9a-f]{{10}}\.parquet",
            rf"\.{re.escape(name)}\.[0-9a-f]{{10}}\.parquet-.*",
        )
        for path in place.iterdir():
            if (re.fullmatch(whole, path.name) and path.name not in named) or re.fullmatch(draft, path.name):
                path.unlink(missing_ok=True)
