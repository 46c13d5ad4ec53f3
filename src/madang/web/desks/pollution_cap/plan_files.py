"""A plan's file as people have it, to the cells of the account and what each gets: CSV or Excel, names or codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from madang.core.errors import Both, TableError, UnknownName, UsageError, Where
from madang.core.language import Text
from madang.solutions.pollution_cap import solution
from madang.solutions.pollution_cap.cells import read_cells
from madang.solutions.pollution_cap.permit import CAPPED
from madang.web.desks.pollution_cap.cells import Cell, parts_of
from madang.web.desks.pollution_cap.rules import Rules

#: Each column by its own name, and by those that plans are written with.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "district": ("district", "자치구", "시군구"),
    "unit": ("unit", "단위유역", "유역"),
    "substance": ("substance", "물질", "항목", "대상물질"),
    "year": ("year", "연도", "년도"),
    "kg_per_d": ("kg_per_d", "kg/d", "kg/일", "부하량", "할당부하량", "배정"),
}
_KINDS = {"district": "자치구", "unit": "단위유역", "capped substance": "총량 대상 물질"}
_SAYS = {
    "column": Both("열이 빠져 있습니다.", "a column is missing"),
    "value": Both("값이 빠져 있습니다.", "a value is missing"),
    "year": Both("연도는 네 자리로 적습니다.", "a year has four digits"),
    "nothing": Both("배정하는 양이 0입니다.", "nothing is allotted"),
    "leave out": Both("빈칸은 0이 아닙니다. 그 줄을 빼세요.", "empty is not zero: leave the row out"),
}
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
Row = tuple[Cell, str]


def plan_rows(path: Path, rules: Rules) -> Iterator[Row]:
    """Yield the cells of a plan's file with what they get.

    Raises:
        TableError: a column is missing or a cell cannot be read; says file, row, column and value.
    """
    if not path.is_file():
        raise TableError(Both("그런 파일이 없습니다.", "there is no such file"), Where(path))
    header, frame = read_cells(path, "", lambda cells: any(_bare(cell) in COLUMNS["district"] for cell in cells))
    places = {name: _place(frame.columns, known) for name, known in COLUMNS.items()}
    for column, place in places.items():
        if place is None:
            todo = f"{', '.join(known[1] for known in COLUMNS.values())} 열을 두세요.", f"give {', '.join(COLUMNS)}"
            raise TableError(_SAYS["column"], Where(path, column=column), Both(*todo))
    seen: dict[Cell, int] = {}
    for number, cells in enumerate(frame.iter_rows(), start=header + 1):
        if not any((cell or "").strip() for cell in cells):
            continue
        given = {name: (cells[place or 0] or "").strip() for name, place in places.items()}
        cell = _cell(path, number, given, rules)
        if cell in seen:
            first = seen[cell]
            says = Both(f"같은 칸이 두 번 나옵니다(처음은 {first}행).", f"a cell comes twice, first in row {first}")
            raise TableError(says, Where(path, number, value=cell.owner))
        seen[cell] = number
        yield cell, plain(given["kg_per_d"])


def _place(names: list[str], known: tuple[str, ...]) -> int | None:
    """Return where the first column stands that bears a known name."""
    return next((at for at, name in enumerate(names) if _bare(name) in known), None)


def _bare(name: str) -> str:
    """Return a column's name without the unit in brackets behind it."""
    return re.sub(r"[(（\[].*?[)）\]]", "", name).strip().lower()


def _cell(path: Path, number: int, given: Mapping[str, str], rules: Rules) -> Cell:
    """Return one row's cell.

    Raises:
        TableError: a part cannot be read.
    """
    for column, value in given.items():
        if not value:
            raise TableError(_SAYS["value"], Where(path, number, column), _SAYS["leave out"])
    year = given["year"].removesuffix(".0")
    if not (year.isdecimal() and len(year) == 4):
        raise TableError(_SAYS["year"], Where(path, number, "year", given["year"]))
    try:
        if parts_of(plain(given["kg_per_d"])) == 0:
            where = Where(path, number, "kg_per_d", given["kg_per_d"])
            raise TableError(_SAYS["nothing"], where, _SAYS["leave out"])
        return cell_of(rules, given["district"], given["unit"], given["substance"], int(year))
    except UnknownName as error:
        what, _, todo = error.said
        raise TableError(what, Where(path, number), todo) from error
    except UsageError as error:
        raise TableError(error.said[0], Where(path, number, "kg_per_d", given["kg_per_d"])) from error


def plain(kg_per_d: str) -> str:
    """Return a number without the commas between its thousands."""
    return kg_per_d.replace(",", "") if _GROUPED.fullmatch(kg_per_d) else kg_per_d


def cell_of(rules: Rules, district: str, unit: str, substance: str, year: int) -> Cell:
    """Return the cell of a district, unit and substance given by code or by name in either language.

    Raises:
        UnknownName: the city has no such district, unit or capped substance.
    """
    capped = {name: Text(ko=solution.card.word(name, "ko"), en=solution.card.word(name, "en")) for name in CAPPED}
    return Cell(
        code_of("district", district, rules.districts, rules.names),
        code_of("unit", unit, rules.areas, rules.names),
        code_of("capped substance", substance.replace("㎎", "mg"), frozenset(CAPPED), capped),
        year,
    )


def code_of(kind: str, given: str, known: frozenset[str], names: Mapping[str, Text]) -> str:
    """Return the code that is meant; what a city does not list (no table of districts) is taken as it is given.

    Raises:
        UnknownName: the city lists such things, and this is none of them.
    """
    if not known or given in known:
        return given
    meant = given.strip().lower()
    for code in sorted(known):
        said = names.get(code)
        if meant in {code.lower(), *((said.ko.lower(), said.en.lower()) if said else ())}:
            return code
    words = [f"{code} ({names[code].ko})" if code in names else code for code in sorted(known)]
    raise UnknownName(Both(_KINDS[kind], kind), given, words)
