"""A raw OpenStreetMap extract as the four tables: streets, addresses as demand, car parks and buildings as sites."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from madang.core.progress import Progress, part_of, silent
from madang.methods.walking_network.importers.osm_pbf import read_osm_pbf
from madang.solutions.ev_charging.osm_places import PLACES_VERSION, read_places
from madang.solutions.ev_charging.streets import tables_of

_NAMES = ("street_nodes", "street_edges", "demand", "sites")


def tables_from_extract(path: Path, sha256: str, progress: Progress = silent) -> Mapping[str, pl.DataFrame]:
    """Return the tables of an extract, kept on disk under its content's hash after the first time.

    Raises NetworkError where the file cannot be read, or holds no walkable way.
    """
    folder = cache_folder() / f"{sha256[:24]}-{PLACES_VERSION}"
    kept = _load(folder)
    if kept is not None:
        return kept
    nodes, edges = tables_of(read_osm_pbf(path, part_of(progress, 0.0, 0.5)))
    places = read_places(path, part_of(progress, 0.5, 1.0))
    frames = {"street_nodes": nodes, "street_edges": edges, "demand": places.demand, "sites": places.sites}
    _save(folder, frames)
    return frames


def cache_folder() -> Path:
    """Return where tables of extracts are kept: the XDG cache."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "madang" / "extracts"


def _load(folder: Path) -> Mapping[str, pl.DataFrame] | None:
    """Return kept tables, or None where one is missing or not whole."""
    try:
        return {name: pl.read_parquet(folder / f"{name}.parquet") for name in _NAMES}
    except (OSError, pl.exceptions.PolarsError):
        return None


def _save(folder: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    """Keep tables, each written whole; a full or read-only disk only costs the next reading its time."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in frames.items():
            draft = folder / f"{name}.{os.getpid()}.part"
            frame.write_parquet(draft)
            draft.replace(folder / f"{name}.parquet")
    except OSError:
        return
