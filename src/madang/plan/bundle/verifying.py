"""Recomputing a bundle: hashes first, then the model again on the bundle's own inputs, and what differs by name."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from madang.core.contract import Number
from madang.core.errors import Both, DataError, MadangError, UnknownName, Where
from madang.core.figures import Figure
from madang.core.progress import Progress, part_of, silent
from madang.plan.bundle.archive import MANIFEST, read_manifest, sha256, unpack
from madang.plan.bundle.contents import NUMBERS, VERSIONS, versions
from madang.plan.bundle.descriptors import read_frame
from madang.plan.bundle.rebuilding import Rebuilt, StatedRun, read_json, read_stated, rebuild

#: Two sums of the same terms may differ in their last bits on another processor; a real difference is larger.
RELATIVE = 1e-9


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the bundle states it."""

    kind: Literal["file", "number", "figure", "run"]
    name: str
    stated: Any
    recomputed: Any


@dataclass(frozen=True)
class Verification:
    """What came of verifying a bundle; ``versions`` lists what computes differently here, which alone is no fault."""

    path: Path
    stated: StatedRun
    digest: str
    differences: tuple[Difference, ...]
    versions: tuple[tuple[str, Any, Any], ...]
    numbers: int
    figures: int

    @property
    def same(self) -> bool:
        """Tell whether everything is as stated."""
        return not self.differences


def verify_bundle(path: Path, progress: Progress = silent) -> Verification:
    """Return what differs between a bundle and its recomputation here.

    Raises:
        DataError: the file is no bundle, or a part of it cannot be read.
        UnknownName: this Madang lacks the bundle's solution.
    """
    progress(0.0, "unpacking")
    contents = unpack(path)
    if MANIFEST not in contents:
        raise DataError(
            Both("목록이 없어 묶음이 아닙니다", "the file is no bundle: it has no manifest"),
            Where(path),
            Both("--bundle로 쓴 파일을 지정하십시오", "name a file written by --bundle"),
        )
    found = list(_file_differences(contents, path))
    stated = read_stated(contents, path)
    progress(0.05, "rebuilding inputs")
    other: tuple[tuple[str, Any, Any], ...] = ()
    numbers: Mapping[str, Number] = {}
    figures: tuple[Figure, ...] = ()
    try:
        rebuilt = rebuild(contents, path)
        other = tuple(_version_differences(contents, path, rebuilt))
        result = rebuilt.solution.run(rebuilt.inputs, part_of(progress, 0.1, 0.9))
        progress(0.9, "comparing")
        numbers, figures = result.numbers, rebuilt.solution.figures(result)
        found += [*_number_differences(contents, numbers, path), *_figure_differences(contents, figures)]
    except UnknownName:
        raise
    except MadangError as error:
        if not found:
            raise
        # The files are known not to be those that were written: say so, and that this is what came of it.
        found.append(Difference("run", stated.solution, "a run", f"refused: {error.what}"))
    progress(1.0, "done")
    digest = sha256(contents[MANIFEST])
    return Verification(path, stated, digest, tuple(found), other, len(numbers), len(figures))


def _file_differences(contents: dict[str, bytes], path: Path) -> Iterator[Difference]:
    """Yield each file that is missing, unlisted or not the one that was hashed."""
    listed = read_manifest(contents[MANIFEST], path)
    for name, digest in listed.items():
        if name not in contents:
            yield Difference("file", name, digest[:12], "missing")
        elif sha256(contents[name]) != digest:
            yield Difference("file", name, digest[:12], sha256(contents[name])[:12])
    for name in sorted(set(contents) - set(listed) - {MANIFEST}):
        yield Difference("file", name, "not listed", sha256(contents[name])[:12])


def _version_differences(contents: dict[str, bytes], path: Path, rebuilt: Rebuilt) -> Iterator[tuple[str, Any, Any]]:
    """Yield each version that differs here: name, stated, here."""
    stated, here = read_json(contents, VERSIONS, path), versions(rebuilt.solution)
    if not isinstance(stated, dict):
        raise DataError(
            Both("판을 적지 않은 파일입니다", "the file does not list versions"),
            Where(f"{path}: {VERSIONS}"),
            Both("묶음을 다시 받으십시오", "get the bundle again"),
        )
    flat_stated, flat_here = _flat(stated), _flat(here)
    for name in sorted(flat_stated.keys() | flat_here.keys()):
        if flat_stated.get(name) != flat_here.get(name):
            yield name, flat_stated.get(name), flat_here.get(name)


def _flat(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return versions with the packages beside the rest."""
    packages = told.get("packages")
    rest = {name: value for name, value in told.items() if name != "packages"}
    return rest | (dict(packages) if isinstance(packages, dict) else {})


def _number_differences(contents: dict[str, bytes], numbers: Mapping[str, Number], path: Path) -> Iterator[Difference]:
    """Yield each number whose value, range or unit is not the stated one."""
    stated = _read_numbers(contents, path)
    for name in dict.fromkeys([*stated, *numbers]):
        if name not in stated or name not in numbers:
            there = "stated" if name in stated else "absent"
            yield Difference("number", name, there, "computed" if name in numbers else "absent")
            continue
        row, number = stated[name], numbers[name]
        if row["unit"] != number.unit:
            yield Difference("number", f"{name}.unit", row["unit"], number.unit)
        pairs = (
            ("", row["value"], number.value),
            (".low", row["low"], number.low),
            (".high", row["high"], number.high),
        )
        for part, said, found in pairs:
            if not _same(_number(said), found):
                yield Difference("number", name + part, _number(said), found)


def _read_numbers(contents: dict[str, bytes], path: Path) -> dict[str, dict[str, str]]:
    """Return the rows of numbers.csv by name."""
    where = Where(f"{path}: {NUMBERS}")
    if NUMBERS not in contents:
        raise DataError(
            Both("묶음에 빠진 파일이 있습니다", "the bundle lacks a file"),
            where,
            Both("묶음을 다시 받으십시오", "get the bundle again"),
        )
    reader = csv.DictReader(io.StringIO(contents[NUMBERS].decode("utf-8", "replace")))
    lacking = {"name", "value", "unit", "low", "high"} - set(reader.fieldnames or ())
    if lacking:
        raise DataError(
            Both(f"열이 없습니다: {', '.join(sorted(lacking))}", f"columns are missing: {', '.join(sorted(lacking))}"),
            where,
            Both("묶음을 다시 받으십시오", "get the bundle again"),
        )
    return {row["name"]: row for row in reader}


def _figure_differences(contents: dict[str, bytes], figures: tuple[Figure, ...]) -> Iterator[Difference]:
    """Yield each figure whose data are not those recomputed, in Parquet or in CSV."""
    stated = {name[8:-8] for name in contents if name.startswith("figures/") and name.endswith(".parquet")}
    for name in sorted(stated - {figure.name for figure in figures}):
        yield Difference("figure", name, "stated", "absent")
    for figure in figures:
        if figure.name not in stated:
            yield Difference("figure", figure.name, "absent", "computed")
            continue
        stem = f"figures/{figure.name}"
        try:
            frames = {f"{stem}.parquet": read_frame(contents[f"{stem}.parquet"])}
            if f"{stem}.csv" in contents:
                frames[f"{stem}.csv"] = _read_csv(contents[f"{stem}.csv"], figure.frame)
        except pl.exceptions.PolarsError as error:
            yield Difference("figure", figure.name, f"unreadable: {str(error).splitlines()[0]}", "computed")
            continue
        for file, frame in frames.items():
            yield from _frame_differences(file, frame, figure.frame)


def _read_csv(content: bytes, like: pl.DataFrame) -> pl.DataFrame:
    """Return a CSV with the types of the frame it was written from."""
    return pl.read_csv(io.BytesIO(content), schema=like.schema) if like.height else like


def _frame_differences(name: str, stated: pl.DataFrame, found: pl.DataFrame) -> Iterator[Difference]:
    """Yield the first cell of each column that differs."""
    if stated.columns != found.columns or stated.height != found.height:
        yield Difference("figure", name, f"{stated.columns} x {stated.height}", f"{found.columns} x {found.height}")
        return
    for column in found.columns:
        scale = _largest(found[column])
        for row, (said, here) in enumerate(zip(stated[column].to_list(), found[column].to_list(), strict=True)):
            if not _same(said, here, scale):
                yield Difference("figure", f"{name} row {row + 1} {column}", said, here)
                break


def _largest(cells: pl.Series) -> float:
    """Return the largest size in a column, against which its rounding is judged."""
    if not cells.dtype.is_numeric():
        return 0.0
    sizes = [abs(value) for value in cells.to_list() if value is not None and math.isfinite(value)]
    return float(max(sizes, default=0.0))


def _same(stated: Any, found: Any, scale: float = 0.0) -> bool:
    """Tell whether two values are the same but for the last bits."""
    if isinstance(stated, bool) or isinstance(found, bool):
        return bool(stated == found)
    if isinstance(stated, int | float) and isinstance(found, int | float):
        if math.isnan(stated) or math.isnan(found):
            return math.isnan(stated) and math.isnan(found)
        return math.isclose(stated, found, rel_tol=RELATIVE, abs_tol=1e-12 * scale)
    return bool(stated == found)


def _number(cell: str | None) -> float | str | None:
    """Return a cell as a number; an empty one is unknown, and what is no number stays as it is."""
    if cell is None or cell == "":
        return None
    try:
        return float(cell)
    except ValueError:
        return cell
