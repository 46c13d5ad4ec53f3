"""Cities and their values beside a method: a row a city (and year), a column an indicator, checked together.

A header may bear a unit in brackets, ``green_space [m**2]``; it is converted to the method's, or refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
import polars as pl

from madang.core.columns import Column
from madang.core.errors import Both, DataError, MadangError, TableError, UnknownName, Where, in_both
from madang.core.given_files import GivenFile
from madang.core.language import text
from madang.core.tables import Table, TableSpec, header_of, table_of_text
from madang.core.units import factor
from madang.methods.composite_index import Panel
from madang.methods.composite_index.tree import Floats
from madang.solutions.city_rank.editions import check_years, in_force
from madang.solutions.city_rank.method_checks import BASE, CITY, ORIGIN, YEAR
from madang.solutions.city_rank.method_file import MethodFile

_HEADER = re.compile(r"^(?P<name>.+?)\s*\[(?P<unit>[^\]]+)\]$")
#: No value of a city is as great; beyond it squares leave the range of a float.
BEYOND = 1e100
_ORIGINS = ("measured", "published", "estimated", "made_up")


@dataclass(frozen=True)
class Cities:
    """A panel of cities in the units of the method, and whether any row is made up."""

    panel: Panel
    made_up: bool
    file: Path


def cities_of_file(given: GivenFile, method: MethodFile, method_path: Path) -> Cities:
    """Return the cities of a CSV file, checked against the method.

    Raises:
        TableError: a cell, a row or a column that cannot be read.
        DataError: the two files do not go together; the message says how.
    """
    path = Path(given.name)
    headers = _headers(header_of(given), path)
    named = _columns(method)
    _check_columns(headers, method, named, path, method_path)
    columns = {
        name: Column(
            says=text(name, name),
            kind="number",
            may_be_empty=True,
            min=-BEYOND,
            max=BEYOND,
            aliases=(headers[name][0],),
        )
        for name in named
    }
    base = {CITY: Column(says=text("도시", "City"), kind="text")}
    if YEAR in headers:
        base[YEAR] = Column(says=text("연도", "Year"), kind="integer", min=1000, max=9999)
    if ORIGIN in headers:
        base[ORIGIN] = Column(says=text("출처 구분", "Origin"), kind="text", choices=_ORIGINS)
    if method.rules.group_by:
        base[method.rules.group_by] = Column(says=text("무리", "Group"), kind="text")
    key = (CITY, YEAR) if YEAR in headers else (CITY,)
    table = table_of_text(given, TableSpec(says=text("자료", "Data"), key=key, columns=base | columns), name="data")
    units = {name: unit for name, (_, unit) in headers.items()}
    cities = cities_of_table(table, method, path, units)
    check_years(method, cities.panel.periods, method_path)
    return cities


def cities_of_table(table: Table, method: MethodFile, path: Path, units: dict[str, str | None] | None = None) -> Cities:
    """Return the cities of a checked table; ``units`` are those that the file's header gives.

    Raises:
        DataError: years, groups or units that do not go with the method.
    """
    frame = table.frame
    years = sorted(set(frame[YEAR].to_list())) if YEAR in frame.columns else [0]
    if len(years) == 1 and method.rules.missing in {"carry_forward", "linear"}:
        says = Both(
            f"방법은 빈칸을 {method.rules.missing}로 채우는데 자료에는 한 해만 있습니다",
            f"the method fills gaps by {method.rules.missing}, and the data have one year",
        )
        raise DataError(
            says,
            Where(path, column=YEAR),
            Both("다른 해를 더하거나 mean이나 median으로 채우십시오", "add years, or fill gaps by mean or median"),
        )
    values = {name: _values(frame, name, method, units or {}, path) for name in method.indicators}
    names = list(dict.fromkeys(frame[CITY].to_list()))
    block = np.full((len(years), len(names), len(values)), np.nan)
    rows = {name: place for place, name in enumerate(names)}
    periods = {year: place for place, year in enumerate(years)}
    for row, city in enumerate(frame[CITY].to_list()):
        period = periods[frame[YEAR][row]] if YEAR in frame.columns else 0
        block[period, rows[city]] = [column[row] for column in values.values()]
    _check_known(block, list(values), tuple(in_force(method, years[-1]).indicators), years, path)
    groups = _groups(frame, names, method, path)
    made_up = ORIGIN in frame.columns and bool((frame[ORIGIN] == "made_up").any())
    return Cities(Panel(tuple(years), tuple(names), tuple(values), block, groups), made_up, path)


def _headers(names: Iterable[str], path: Path) -> dict[str, tuple[str, str | None]]:
    """Return for each column its name without a unit: the name in the file, and the unit."""
    found: dict[str, tuple[str, str | None]] = {}
    for name in names:
        match = _HEADER.match(name)
        bare, unit = (match["name"], match["unit"]) if match else (name, None)
        if bare in found:
            raise TableError(
                Both(f"같은 열이 두 번 있습니다: {bare!r}", f"the column {bare!r} stands there twice"),
                Where(path, row=1),
                Both("하나를 빼십시오", "remove one"),
            )
        found[bare] = (name, unit)
    return found


def _columns(method: MethodFile) -> list[str]:
    """Return the columns that the method needs as numbers: indicators and denominators."""
    below = [card.denominator for card in method.indicators.values() if card.denominator]
    return list(dict.fromkeys([*method.indicators, *below]))


def _check_columns(
    headers: dict[str, tuple[str, str | None]], method: MethodFile, named: list[str], path: Path, method_path: Path
) -> None:
    """Refuse a column that is missing, and one that nobody asked for: misspelt, it would go unseen."""
    if CITY not in headers:
        raise TableError(
            Both("'city' 열이 없습니다", "the column 'city' is missing"),
            Where(path, row=1),
            Both("city라는 열에 도시 이름을 적으십시오", "name the cities in a column called city"),
        )
    others = [name for name in headers if name not in BASE]
    for name in named:
        if name not in headers:
            below = [key for key, card in method.indicators.items() if card.denominator == name]
            if name in method.indicators:
                says = Both(f"지표의 열이 없습니다: {name!r}", f"there is no column for the indicator {name!r}")
                _unknown(Both("열", "column"), name, others, path, says)
            _unknown(Both(f"{below[0]!r}의 분모", f"denominator of {below[0]!r}"), name, others, path)
    for name in method.ignore:
        if name not in headers:
            raise UnknownName(Both("무시할 열", "column to ignore"), name, others, Where(method_path, column="ignore"))
    group_by = method.rules.group_by
    if group_by and group_by not in headers:
        raise UnknownName(
            Both("묶는 열", "column to group by"), group_by, others, Where(method_path, column="rules.group_by")
        )
    known = {*named, *BASE, *method.ignore, *([group_by] if group_by else [])}
    for name in headers:
        if name not in known:
            todo = Both(
                f'{method_path.name}에서 정의하거나, 거기에 ignore = ["{name}"]로 적으십시오',
                f'define it in {method_path.name}, or list it there: ignore = ["{name}"]',
            )
            raise DataError(
                Both(f"방법에 없는 열입니다: {name!r}", f"the method knows no column {name!r}"),
                Where(path, row=1, column=name),
                todo,
            )
    if method.editions and YEAR not in headers:
        says = Both(
            "방법에 해마다의 판이 있는데 자료에는 'year' 열이 없습니다",
            "the method has editions by year, and the data have no column 'year'",
        )
        raise DataError(
            says,
            Where(path, row=1),
            Both("year 열을 더하거나 판을 빼십시오", "add a column year, or take the editions out"),
        )
    if method.rules.missing in {"carry_forward", "linear"} and YEAR not in headers:
        says = Both(
            f"방법은 빈칸을 {method.rules.missing}로 채우는데 자료에는 'year' 열이 없습니다",
            f"the method fills gaps by {method.rules.missing}, and the data have no column 'year'",
        )
        raise DataError(
            says,
            Where(path, row=1),
            Both(
                "year 열을 더하거나 mean이나 median으로 채우십시오", "add a column year, or fill gaps by mean or median"
            ),
        )


def _unknown(what: Both, name: str, known: list[str], path: Path, says: Both | None = None) -> NoReturn:
    """Raise for a column that the method names and the data lack."""
    error = UnknownName(what, name, known)
    raise DataError(says or error.said[0], Where(path, row=1), error.said[2])


def _values(frame: pl.DataFrame, name: str, method: MethodFile, units: dict[str, str | None], path: Path) -> Floats:
    """Return an indicator's values in its unit, divided by its denominator where it has one."""
    card = method.indicators[name]
    values = frame[name].cast(pl.Float64).to_numpy().astype(float)
    have = units.get(name)
    if card.denominator:
        below = frame[card.denominator].cast(pl.Float64).to_numpy().astype(float)
        bad = np.flatnonzero(below <= 0)
        if len(bad):
            where = Where(path, row=int(bad[0]) + 2, column=card.denominator, value=float(below[bad[0]]))
            raise TableError(
                Both(f"{name!r}의 분모가 0보다 크지 않습니다", f"the denominator of {name!r} is not above zero"),
                where,
                Both("고치거나 빈칸으로 두십시오", "correct it, or leave it empty"),
            )
        values = values / below
        under = units.get(card.denominator)
        have = f"{have}/{under}" if have and under else None
    if have is None:
        return values
    try:
        return values * factor(have, card.unit)
    except MadangError as error:
        why = in_both(error.said[0])
        says = Both(
            f"{name!r}의 단위가 자료에는 {have}, 방법에는 {card.unit}입니다: {why.ko}",
            f"the unit of {name!r} is {have} in the data and {card.unit} in the method: {why.en}",
        )
        raise DataError(
            says,
            Where(path, row=1, column=name),
            Both("둘 가운데 하나를 고치십시오", "correct one of the two"),
        ) from error


def _check_known(block: Floats, names: list[str], asked: tuple[str, ...], years: list[int], path: Path) -> None:
    """Refuse a last year of one city, and an indicator of its edition that no city has in it."""
    last = block[-1]
    there = int((~np.isnan(last)).any(axis=1).sum())
    if len(years) > 1 and there < 2:
        says = Both(
            f"순위를 매기는 {years[-1]}년의 자료가 있는 도시가 {len(last)}곳 가운데 {there}곳입니다",
            f"{there} of {len(last)} cities have data of {years[-1]}, and that year is ranked",
        )
        raise DataError(
            says,
            Where(path, column=YEAR),
            Both("다른 도시의 행을 더하거나 그해를 빼십시오", "add the others' rows, or take that year out"),
        )
    for column, name in enumerate(names):
        if name in asked and np.isnan(last[:, column]).all():
            when = Both(f"{years[-1]}년에 ", f" in {years[-1]}") if len(years) > 1 else Both("", "")
            says = Both(
                f"{when.ko}이 지표의 값이 있는 도시가 없습니다: {name!r}", f"no city has a value of {name!r}{when.en}"
            )
            raise DataError(
                says,
                Where(path, column=name),
                Both("그 열을 채우거나 방법에서 빼십시오", "fill the column, or take it out of the method"),
            )


def _groups(frame: pl.DataFrame, cities: list[str], method: MethodFile, path: Path) -> tuple[str, ...] | None:
    """Return each city's group, where gaps are filled by group."""
    name = method.rules.group_by
    if name is None:
        return None
    found: dict[str, str] = {}
    for row, (city, group) in enumerate(frame.select(CITY, name).rows()):
        if found.setdefault(city, group) != group:
            where = Where(path, row=row + 2, column=name, value=group)
            raise DataError(
                Both(f"도시가 두 무리에 들어 있습니다: {city!r}", f"{city!r} stands in two groups"),
                where,
                Both("도시마다 한 무리만 주십시오", "give a city one group"),
            )
    return tuple(found[city] for city in cities)
