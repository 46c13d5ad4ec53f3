"""Bringing a file into a city's folder: the right importer of the right solution, given what the city has already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from madang import register
from madang.core.contract import Solution
from madang.core.errors import Both, UnknownName, UsageError, Where
from madang.core.importing import Importer, ImportRequest, Written, write_import
from madang.core.progress import Progress, part_of, silent
from madang.core.tables import Table
from madang.plan.cities import CITIES, city_names, open_city


@dataclass(frozen=True)
class Way:
    """An importer and the solution whose tables it writes."""

    solution: Solution
    importer: Importer


class _Given(Mapping[str, Table]):
    """The tables a city gives a solution, each read when it is asked for."""

    def __init__(self, folder: Path, solution: Solution, today: date) -> None:
        self._reader = solution.reader(open_city(folder), today)

    def __getitem__(self, name: str) -> Table:
        table = self._reader.table_if_given(name)
        if table is None:
            raise KeyError(name)
        return table

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._reader.specs if self._reader.table_if_given(name) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def ways() -> dict[str, Way]:
    """Return every importer by its kind; one kind of two solutions stands under ``solution.kind``."""
    found: dict[str, list[Way]] = {}
    for name in register.NAMES:
        solution = register.load(name)
        for importer in solution.importers:
            found.setdefault(importer.name, []).append(Way(solution, importer))
    named = {}
    for kind, several in found.items():
        for way in several:
            named[kind if len(several) == 1 else f"{way.solution.name}.{kind}"] = way
    return named


def way_for(kind: str) -> Way:
    """Return the importer of a kind; a wrong kind suggests the right one."""
    known = ways()
    if kind not in known:
        raise UnknownName(Both("가져오기의 종류", "kind of import"), kind, known)
    return known[kind]


def import_file(
    kind: str, path: Path, city: str | Path, options: Mapping[str, str], today: date, progress: Progress = silent
) -> tuple[Way, Written]:
    """Read a file and leave its tables in a city's folder; nothing is changed where anything fails.

    Raises:
        UsageError: a kind, option or ending nobody knows, or a city that comes with Madang and is not yours to change.
        MadangError: of the family, for a file that cannot be taken as it is.
    """
    way = way_for(kind)
    folder = _own_folder(city)
    way.importer.check_file(path)
    said = way.importer.options_of(options)
    progress(0.0, f"reading {path.name}")
    request = ImportRequest(path, said, _Given(folder, way.solution, today), today)
    report = way.importer.run(request, part_of(progress, 0.0, 0.95))
    progress(0.95, "writing")
    written = write_import(folder, way.solution.name, way.importer.name, report, way.solution.specs, today)
    progress(1.0, "done")
    return way, written


def _own_folder(city: str | Path) -> Path:
    """Return the folder of a city of one's own; those that come with Madang are not written to."""
    folder = Path(city).expanduser()
    if str(city) in city_names() or folder.resolve().is_relative_to(CITIES.resolve()):
        says = Both(f"마당에 든 도시는 고치지 않습니다: {city}", f"{city} comes with Madang and is not changed")
        raise UsageError(
            says,
            Where(folder),
            Both("나의 폴더를 만드십시오: madang new-city 폴더", "make a folder of your own: madang new-city DIR"),
        )
    return open_city(folder).folder
