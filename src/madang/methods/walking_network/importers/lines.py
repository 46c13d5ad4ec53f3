"""Street lines from GeoParquet, GeoPackage, Shapefile, GeoJSON or a CSV with shapes, in any CRS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from madang.core.errors import NetworkError, TableError, Where
from madang.core.language import say_count, text
from madang.core.progress import Progress, silent
from madang.methods.walking_network.importers.assemble import point_keys, streets_from_ways
from madang.methods.walking_network.importers.columns import FIRST_ROW, Columns
from madang.methods.walking_network.importers.layer_files import read_layer
from madang.methods.walking_network.importers.names import FROM_NAMES, LENGTH_NAMES, SHAPE_NAMES, TO_NAMES
from madang.methods.walking_network.importers.table_files import PARQUET, read_columns
from madang.methods.walking_network.importers.walkable import TAG_KEYS, why_not_walkable
from madang.methods.walking_network.projection import degrees_from
from madang.methods.walking_network.quality import Findings
from madang.methods.walking_network.streets import NEGATIVE_TODO, Streets, wrong_lengths

_ALL_ASKED = text("태그로 뺀 길이 없습니다", "no ways were dropped by tags")
_NO_TAGS = text(
    "태그로 뺀 길이 없습니다. 파일에 highway 열이 없습니다",
    "no ways were dropped by tags: the file has no highway column",
)
_NO_LINE = text("선이 없는 행(뺌)", "rows without a line (dropped)")


def read_lines(
    path: Path,
    progress: Progress = silent,
    *,
    layer: str | None = None,
    crs: str | None = None,
    all_ways: bool = False,
    split: bool = True,
) -> Streets:
    """Return the walkable streets of a file of lines.

    ``crs`` overrides what the file states. Lines are dropped by the tags they carry (highway, foot, access ...)
    unless ``all_ways``; lines without such columns are all taken. ``split`` cuts lines where another has a point.

    Raises NetworkError where the file, its layer, its lines or its CRS cannot be used.
    """
    progress(0.0, f"reading {path.name}")
    table = _read(path, layer)
    shapes = _shapes(table)
    findings = Findings()
    lines = _is_line(shapes, findings)
    if not lines.any():
        raise _no_line(table, shapes)
    kept = walkable_rows(table, findings, all_ways=all_ways) & lines
    lengths = _stated_lengths(table)
    progress(0.5, f"joining {say_count(int(kept.sum()), 'line')}")
    lines, row = shapely.get_parts(shapes[kept], return_index=True)
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    at = np.flatnonzero(kept)[row[owner]] + FIRST_ROW
    lon, lat = degrees_from(coordinates[:, 0], coordinates[:, 1], crs or table.crs, path.name, at)
    ptr = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(lines))))).astype(np.int64)
    whole = np.bincount(row, minlength=int(kept.sum()))[row] == 1
    stated = None if lengths is None else np.where(whole, lengths[kept][row], np.nan)
    return streets_from_ways(path.name, point_keys(lon, lat), lon, lat, ptr, findings, length_m=stated, split=split)


def _shapes(table: Columns) -> NDArray[Any]:
    """Return the shapes (n,); raise NetworkError where there are none, with what to do about edges without."""
    if table.find(SHAPE_NAMES) is None and table.find(FROM_NAMES) and table.find(TO_NAMES):
        raise NetworkError(
            text("길에 모양이 없고 마디의 표도 없습니다", "the edges have no shape, and no table of nodes was given"),
            Where(file=table.file),
            text("마디의 표를 함께 주십시오: --option nodes=파일", "give the table of nodes, too: --option nodes=FILE"),
        )
    shapes = table.shapes(table.need(SHAPE_NAMES, text("길의 모양", "shape of the street")))
    return np.zeros(0, dtype=object) if shapes is None else shapes


def _no_line(table: Columns, shapes: NDArray[Any]) -> NetworkError:
    """Return the error of a file without a line, with what it holds instead."""
    kinds = {0: text("점", "points"), 4: text("점", "points"), 3: text("넓이", "areas"), 6: text("넓이", "areas")}
    instead = next((kinds[int(kind)] for kind in shapely.get_type_id(shapes) if int(kind) in kinds), None)
    ko, en = ("", "") if instead is None else (f". {instead.ko}만 있습니다", f": it holds {instead.en}")
    return NetworkError(
        text(f"길이 하나도 없습니다{ko}", f"the network has no edges{en}"),
        Where(file=table.file),
        text("거리의 선이 담긴 파일을 주십시오", "give a file of street lines"),
    )


def check_lengths(table: Columns, name: str) -> NDArray[np.float64]:
    """Return a column of lengths (n,); raise TableError at the first below zero or without end."""
    lengths = table.numbers(name)
    wrong, how = wrong_lengths(lengths)
    if len(wrong):
        row = int(wrong[0])
        raise TableError(
            text(
                f"길 {len(wrong):,}개의 길이가 {how.ko}입니다",
                f"{say_count(len(wrong), 'edge has', 'edges have')} {how.en} length",
            ),
            Where(file=table.file, row=row + FIRST_ROW, column=name, value=float(lengths[row])),
            NEGATIVE_TODO,
        )
    return lengths


def walkable_rows(table: Columns, findings: Findings, *, all_ways: bool) -> NDArray[np.bool_]:
    """Return which rows (n,) may be walked by their tag columns; all, where there is no ``highway`` column."""
    kept = np.ones(len(table), dtype=np.bool_)
    highway = table.find(("highway",))
    if all_ways or highway is None:
        findings.note(_ALL_ASKED if all_ways else _NO_TAGS)
        return kept
    values = [table.texts(table.find((key,))) for key in TAG_KEYS]
    for row, tags in enumerate(zip(*values, strict=True)):
        why = why_not_walkable(dict(zip(TAG_KEYS, tags, strict=True)))
        if why is not None:
            findings.drop(why)
            kept[row] = False
    return kept


def _is_line(shapes: NDArray[Any], findings: Findings) -> NDArray[np.bool_]:
    """Return which shapes (n,) are lines; count the others."""
    kind = shapely.get_type_id(shapes)
    is_line = np.isin(kind, (1, 5)) & ~shapely.is_empty(shapes)
    findings.defect(_NO_LINE, int((~is_line).sum()), (f"{row + FIRST_ROW}" for row in np.flatnonzero(~is_line)[:5]))
    return np.asarray(is_line)


def _stated_lengths(table: Columns) -> NDArray[np.float64] | None:
    """Return the stated lengths in metres (n,), or None; a bare ``length`` may be in any unit and is checked later."""
    name = table.find(LENGTH_NAMES[:1])
    return None if name is None else check_lengths(table, name)


def _read(path: Path, layer: str | None) -> Columns:
    """Return the lines and their columns."""
    return read_columns(path) if path.suffix.lower() in (*PARQUET, ".csv") else read_layer(path, layer)
