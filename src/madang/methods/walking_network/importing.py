"""Street files to a walking network: one function per kind of file, each kept on disk by its content."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from madang.core.errors import NetworkError, Where
from madang.core.language import text
from madang.core.progress import Progress, part_of, silent
from madang.methods.walking_network.build import build_network
from madang.methods.walking_network.elevation import ElevationPoints, with_elevation
from madang.methods.walking_network.network import WalkingNetwork
from madang.methods.walking_network.store import cache_folder, content_key, load_network, save_network
from madang.methods.walking_network.streets import Streets, check_joined

# Raise an importer's number whenever it would read the same bytes differently.
IMPORTER_VERSIONS = {"osm": 2, "graphml": 3, "lines": 5, "tables": 6, "oa21208": 3}
# Where each reader stands; one is imported when a file of its kind is read anew, for its libraries take much memory.
_IMPORTERS = "madang.methods.walking_network.importers"
_READERS = {
    "osm": ("osm_pbf", "read_osm_pbf"),
    "graphml": ("graphml", "read_graphml"),
    "lines": ("lines", "read_lines"),
    "tables": ("tables", "read_tables"),
    "oa21208": ("oa21208", "read_oa21208"),
}
SUFFIXES = {
    ".pbf": "osm",
    ".osm": "osm",
    ".graphml": "graphml",
    ".gpkg": "lines",
    ".shp": "lines",
    ".geojson": "lines",
    ".json": "lines",
    ".fgb": "lines",
    ".parquet": "lines",
    ".geoparquet": "lines",
}


@dataclass(frozen=True)
class ImportOptions:
    """What every import shares: heights to add, where to keep the result (None: XDG cache), whether to keep it."""

    elevation: ElevationPoints | None = None
    cache: Path | None = None
    use_cache: bool = True


_DEFAULT = ImportOptions()


def import_osm(path: str | Path, *, options: ImportOptions = _DEFAULT, progress: Progress = silent) -> WalkingNetwork:
    """Return the walking network of an OpenStreetMap extract (.osm.pbf or .osm).

    Raises NetworkError where the file cannot be read or holds no walkable way.
    """
    return _imported("osm", [path], {}, options, progress)


def import_graphml(
    path: str | Path,
    *,
    crs: str | None = None,
    all_ways: bool = False,
    options: ImportOptions = _DEFAULT,
    progress: Progress = silent,
) -> WalkingNetwork:
    """Return the walking network of a GraphML file, OSMnx's own included; see ``read_graphml``."""
    recipe = {"crs": crs, "all_ways": all_ways}
    return _imported("graphml", [path], recipe, options, progress)


def import_lines(
    path: str | Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    all_ways: bool = False,
    split: bool = True,
    options: ImportOptions = _DEFAULT,
    progress: Progress = silent,
) -> WalkingNetwork:
    """Return the walking network of street lines (GeoParquet, GeoPackage, Shapefile, GeoJSON); see ``read_lines``."""
    recipe = {"layer": layer, "crs": crs, "all_ways": all_ways, "split": split}
    return _imported("lines", [path], recipe, options, progress)


def import_tables(
    edges: str | Path,
    nodes: str | Path,
    *,
    crs: str | None = None,
    all_ways: bool = False,
    options: ImportOptions = _DEFAULT,
    progress: Progress = silent,
) -> WalkingNetwork:
    """Return the walking network of a table of edges and a table of nodes; see ``read_tables``."""
    recipe = {"crs": crs, "all_ways": all_ways}
    return _imported("tables", [edges, nodes], recipe, options, progress)


def import_oa21208(
    path: str | Path,
    *,
    indoor: bool = True,
    subway: bool = True,
    options: ImportOptions = _DEFAULT,
    progress: Progress = silent,
) -> WalkingNetwork:
    """Return the walking network of Seoul's dataset OA-21208 (TbTraficWlkNet); see ``read_oa21208``."""
    recipe = {"indoor": indoor, "subway": subway}
    return _imported("oa21208", [path], recipe, options, progress)


def import_streets(
    path: str | Path,
    *,
    nodes: str | Path | None = None,
    options: ImportOptions = _DEFAULT,
    progress: Progress = silent,
) -> WalkingNetwork:
    """Return the walking network of a file of any known kind, told by its name and first line.

    With ``nodes`` the file is a table of edges; a CSV without is OA-21208 by its header, else lines with shapes.

    Raises NetworkError where the kind is not known or the file cannot be used.
    """
    path = Path(path)
    if nodes is not None:
        return import_tables(path, nodes, options=options, progress=progress)
    kind = kind_of(path)
    by_kind: Mapping[str | None, Callable[..., WalkingNetwork]] = {
        "osm": import_osm,
        "graphml": import_graphml,
        "lines": import_lines,
        "oa21208": import_oa21208,
    }
    if kind not in by_kind:
        raise NetworkError(
            text(
                f"{path.suffix!r}로 끝나는 파일은 거리로 읽을 수 없습니다",
                f"files ending in {path.suffix!r} are not known as streets",
            ),
            Where(file=path.name),
            text(
                f"{', '.join(sorted(SUFFIXES))} 가운데 하나나, .csv와 마디의 표를 주십시오",
                f"give one of {', '.join(sorted(SUFFIXES))}, or .csv with its table of nodes",
            ),
        )
    return by_kind[kind](path, options=options, progress=progress)


def kind_of(path: Path) -> str | None:
    """Return which importer reads a file, by the end of its name, a CSV by its header; None where none does.

    Raises NetworkError where a CSV is missing, empty or in no known encoding.
    """
    ending = path.suffix.lower()
    if ending != ".csv":
        return SUFFIXES.get(ending)
    _check_there(path)
    is_oa21208 = import_module(f"{_IMPORTERS}.oa21208").is_oa21208
    return "oa21208" if is_oa21208(path) else "lines"


def _reader(kind: str) -> Callable[..., Streets]:
    """Return the reader of a kind of file; only now are its libraries imported."""
    module, name = _READERS[kind]
    read: Callable[..., Streets] = getattr(import_module(f"{_IMPORTERS}.{module}"), name)
    return read


def _check_there(file: Path) -> None:
    """Raise NetworkError where there is no such file."""
    if not file.is_file():
        todo = text("경로를 살펴보십시오", "check the path")
        raise NetworkError(text("그런 파일이 없습니다", "the file does not exist"), Where(file=file), todo)


def _imported(
    kind: str,
    paths: Sequence[str | Path],
    recipe: dict[str, Any],
    options: ImportOptions,
    progress: Progress,
) -> WalkingNetwork:
    """Return the network from the cache, or read, build and keep it."""
    files = [Path(path) for path in paths]
    for file in files:
        _check_there(file)
    if not options.use_cache:
        return _built(kind, files, recipe, options, progress)
    height = None if options.elevation is None else options.elevation.key()
    key = content_key(
        [part for file in files for part in _parts(file)],
        {"importer": kind, "version": IMPORTER_VERSIONS[kind], "elevation": height, **recipe},
    )
    kept = (options.cache or cache_folder()) / f"{key}.npz"
    network = load_network(kept)
    if network is not None:
        progress(1.0, f"{files[0].name} read from the cache")
        return network
    network = _built(kind, files, recipe, options, progress)
    try:
        save_network(network, kept)
    except OSError:
        # A full or read-only disk costs the next import its time, not this one its answer.
        progress(1.0, f"{files[0].name} could not be kept in the cache")
    return network


def _built(
    kind: str,
    files: list[Path],
    recipe: dict[str, Any],
    options: ImportOptions,
    progress: Progress,
) -> WalkingNetwork:
    """Return the network read and built anew."""
    beside = {"nodes": files[1]} if kind == "tables" else {}
    streets = _reader(kind)(files[0], part_of(progress, 0.0, 0.6), **beside, **recipe)
    check_joined(streets)
    if options.elevation is not None:
        streets = with_elevation(streets, options.elevation)
    importer = f"{kind} importer, version {IMPORTER_VERSIONS[kind]}"
    return build_network(streets, importer=importer, progress=part_of(progress, 0.6, 1.0))


def _parts(file: Path) -> list[Path]:
    """Return the files that make up ``file``: a Shapefile is several."""
    if file.suffix.lower() != ".shp":
        return [file]
    return sorted(part for part in file.parent.glob(f"{file.stem}.*") if part.is_file())
