"""From a bundle back to what a solution runs on: inputs with their tables, and where that cannot be, why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from madang import register
from madang.core.contract import Solution
from madang.core.documents import say_fault
from madang.core.errors import Both, DataError, Where
from madang.core.inputs import Inputs
from madang.core.tables import Table, TableGap, TableSpec
from madang.plan.bundle.contents import FORMAT, INPUTS
from madang.plan.bundle.descriptors import read_frame


class StatedTable(BaseModel):
    """How a table among the inputs is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    file: str
    sha256: str | None
    gaps: tuple[TableGap, ...] = ()
    spec: TableSpec

    @field_validator("gaps", mode="before")
    @classmethod
    def _told_by_earlier_bundles(cls, gaps: Any) -> Any:
        """Earlier bundles tell each gap as one English sentence; it is kept as it stands."""
        if not isinstance(gaps, list):
            return gaps
        return [{"kind": "told", "ko": gap, "en": gap} if isinstance(gap, str) else gap for gap in gaps]


class StatedInput(BaseModel):
    """How one input is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    unit: str
    value: Any = None
    table: StatedTable | None = None


class StatedRun(BaseModel):
    """The shape of inputs.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    solution: str
    city: dict[str, Any]
    day: str
    scenario: str | None
    changes: dict[str, Any]
    seed: Any
    made_on: str
    language: str
    inputs: dict[str, StatedInput]


@dataclass(frozen=True)
class Rebuilt:
    """A solution with the inputs of a bundle."""

    stated: StatedRun
    solution: Solution
    inputs: Inputs


def read_json(contents: dict[str, bytes], name: str, path: Path) -> Any:
    """Return one JSON file of a bundle.

    Raises:
        DataError: it is missing, or is not JSON.
    """
    where = Where(f"{path}: {name}")
    if name not in contents:
        raise DataError(
            Both("묶음에 빠진 파일이 있습니다", "the bundle lacks a file"),
            where,
            Both("묶음을 다시 받으십시오", "get the bundle again"),
        )
    try:
        return json.loads(contents[name].decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise DataError(
            Both(f"JSON이 아닙니다: {error}", f"the file is not JSON: {error}"),
            where,
            Both("묶음을 다시 받으십시오", "get the bundle again"),
        ) from error


def read_stated(contents: dict[str, bytes], path: Path) -> StatedRun:
    """Return inputs.json, checked.

    Raises:
        DataError: the file is missing, is not JSON, lacks a key, or is of another format.
    """
    where = Where(f"{path}: {INPUTS}")
    try:
        stated = StatedRun.model_validate(read_json(contents, INPUTS, path))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        fault = say_fault(first)
        says = Both(f"묶음의 입력이 온전하지 않습니다: {fault.ko}", f"the bundle's inputs are not whole: {fault.en}")
        raise DataError(
            says, Where(f"{path}: {INPUTS}", column=key or None), Both("묶음을 다시 받으십시오", "get the bundle again")
        ) from error
    if stated.format != FORMAT:
        raise DataError(
            Both(f"묶음의 형식이 {stated.format!r}입니다", f"the bundle is of the format {stated.format!r}"),
            where,
            Both(f"이 마당은 {FORMAT} 형식을 읽습니다", f"this Madang reads {FORMAT}"),
        )
    return stated


def rebuild(contents: dict[str, bytes], path: Path) -> Rebuilt:
    """Return the solution and its inputs as the bundle states them; nothing is read from any city's folder.

    Raises:
        UnknownName: this Madang has no such solution.
        DataError: an input or a table is missing or cannot be read.
        MadangError: an input that the solution refuses.
    """
    stated = read_stated(contents, path)
    solution = register.load(stated.solution)
    values = {name: _value(name, told, contents, path) for name, told in stated.inputs.items()}
    return Rebuilt(stated, solution, solution.inputs.build(values))


def _value(name: str, told: StatedInput, contents: dict[str, bytes], path: Path) -> Any:
    """Return one input's value; a table from its Parquet file."""
    if told.table is None:
        return told.value
    where = Where(f"{path}: {told.table.file}")
    if told.table.file not in contents:
        raise DataError(
            Both(f"입력의 표가 없습니다: {name!r}", f"the table of the input {name!r} is missing"),
            where,
            Both("묶음을 다시 받으십시오", "get the bundle again"),
        )
    try:
        frame = read_frame(contents[told.table.file])
    except (pl.exceptions.PolarsError, OSError) as error:
        said = str(error).splitlines()[0]
        raise DataError(
            Both(
                f"입력 {name!r}의 표를 읽을 수 없습니다: {said}",
                f"the table of the input {name!r} cannot be read: {said}",
            ),
            where,
            Both("묶음을 다시 받으십시오", "get the bundle again"),
        ) from error
    return Table(told.table.name, told.table.spec, frame, None, told.table.sha256, told.table.gaps)
