"""A figure's data for other programs: GeoJSON, GeoParquet or CSV, with what it is and where it comes from."""

from __future__ import annotations

import io
import json
from typing import Any, Literal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import shapely

from madang.core.contract import Run
from madang.core.errors import Both, UsageError
from madang.core.figures import Figure, MapFigure
from madang.plan.report.data import plain

ExportFormat = Literal["geojson", "geoparquet", "csv"]
#: GeoParquet's default: longitude and latitude on WGS84, in that order.
_GEO_VERSION = "1.1.0"


def export_figure(run: Run, name: str, form: ExportFormat) -> bytes:
    """Return a figure's rows in a form.

    Raises:
        UnknownName: the run has no such figure.
        UsageError: the figure is no map, and the form wants places.
    """
    figure = run.figure(name)
    if form == "csv":
        return _with_places(figure).encode()
    if not isinstance(figure, MapFigure):
        maps = [other.name for other in run.figures if isinstance(other, MapFigure)]
        known = (
            Both(
                f"지도: {', '.join(maps)}. 또는 --format csv로 쓰십시오",
                f"maps: {', '.join(maps)}; or give --format csv",
            )
            if maps
            else Both("--format csv로 쓰십시오", "give --format csv")
        )
        raise UsageError(
            Both(
                f"지도가 아니어서 자리가 없는 그림입니다: {name!r}", f"the figure {name!r} is no map and has no places"
            ),
            todo=known,
        )
    return _geojson(run, figure) if form == "geojson" else _geoparquet(run, figure)


def _about(run: Run, figure: Figure) -> dict[str, Any]:
    """Return what a stranger must know of the rows: of what, when, in which units, from whom, and what is uncertain."""
    made: dict[str, Any] = plain(
        {
            "solution": run.solution.name,
            "figure": figure.name,
            "title": figure.title.model_dump(),
            "city": run.city.id,
            "day": run.day,
            "scenario": run.scenario,
            "changed": dict(run.changes),
            "columns": {
                column.name: {"title": column.title.model_dump(), "unit": column.unit} for column in figure.columns
            },
            "notes": [note.model_dump() for note in figure.notes],
            "caveats": [caveat.model_dump() for caveat in run.caveats(figure.rests_on)],
            "sources": [source.cite() for source in run.sources_of(figure.rests_on)],
        }
    )
    return made


def _geojson(run: Run, figure: MapFigure) -> bytes:
    """Return a map as a FeatureCollection (RFC 7946), with what it is under ``madang``."""
    features = [
        {"type": "Feature", "geometry": geometry, "properties": row}
        for geometry, row in zip(figure.geometry, plain(figure.frame.to_dicts()), strict=True)
    ]
    content = {"type": "FeatureCollection", "madang": _about(run, figure), "features": features}
    return (json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _geoparquet(run: Run, figure: MapFigure) -> bytes:
    """Return a map as GeoParquet: shapes as WKB, what it is in the file's metadata."""
    shapes = [shapely.geometry.shape(geometry) for geometry in figure.geometry]
    kinds = sorted({shape.geom_type for shape in shapes})
    geo: dict[str, Any] = {"encoding": "WKB", "geometry_types": kinds}
    if shapes:
        geo["bbox"] = [float(edge) for edge in shapely.total_bounds(shapes)]
    table = figure.frame.to_arrow().append_column(
        "geometry", pa.array([shape.wkb for shape in shapes], type=pa.binary())
    )
    said = {"version": _GEO_VERSION, "primary_column": "geometry", "columns": {"geometry": geo}}
    about = json.dumps(_about(run, figure), ensure_ascii=False)
    out = io.BytesIO()
    pa_parquet.write_table(table.replace_schema_metadata({"geo": json.dumps(said), "madang": about}), out)
    return out.getvalue()


def _with_places(figure: Figure) -> str:
    """Return a figure as CSV; a map of points gets its longitudes and latitudes."""
    frame = figure.frame
    if not isinstance(figure, MapFigure) or {"lon", "lat"} & set(frame.columns):
        return frame.write_csv()
    if all(geometry["type"] == "Point" for geometry in figure.geometry):
        places = [geometry["coordinates"] for geometry in figure.geometry]
        lon, lat = ([place[at] for place in places] for at in (0, 1))
        frame = frame.with_columns(lon=_numbers(lon), lat=_numbers(lat))
    return frame.write_csv()


def _numbers(values: list[float]) -> Any:
    """Return numbers as a column."""
    return pl.Series(values, dtype=pl.Float64)
