"""Descriptors that strangers' tools read: RO-Crate 1.1 with the Process Run profile, and Data Package."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from madang.core.contract import Run
from madang.plan.bundle.archive import sha256
from madang.plan.report.data import NUMBER_COLUMNS

CRATE = "https://w3id.org/ro/crate/1.1"
SOFTWARE = "https://pypi.org/project/madang/"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_MEDIA = {
    ".json": "application/json",
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_GIVEN, _GAINED = ("inputs", "facts"), ("numbers", "figures/")
_TERMS = (
    "Numbers and pictures were computed from facts and tables that stay under the licences of their sources; "
    "facts.json names source and licence of each."
)


def ro_crate(run: Run, contents: Mapping[str, bytes], made_on: date) -> dict[str, Any]:
    """Return the RO-Crate metadata: every file with size and hash, and the run as an action with its instrument."""
    names = sorted(contents)
    metadata = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": CRATE},
    }
    software = {
        "@id": SOFTWARE,
        "@type": "SoftwareApplication",
        "name": "Madang",
        "softwareVersion": version("madang"),
        "url": SOFTWARE,
    }
    others = [
        metadata,
        _root(run, names, made_on),
        {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        _action(run, names, made_on),
        software,
        {"@id": "#terms", "@type": "CreativeWork", "name": "Terms of the sources", "description": _TERMS},
    ]
    context = [f"{CRATE}/context", {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}]
    return {"@context": context, "@graph": [*others, *(_crate_file(name, contents[name]) for name in names)]}


def _root(run: Run, names: list[str], made_on: date) -> dict[str, Any]:
    """Return the crate itself: what it holds, of what and from when."""
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{run.solution.card.title.en}: {run.city.name.en}, as of {run.day}",
        "description": run.solution.card.summary.en,
        "datePublished": made_on.isoformat(),
        "license": {"@id": "#terms"},
        "conformsTo": {"@id": PROFILE},
        "hasPart": [{"@id": name} for name in names],
        "mentions": {"@id": "#run"},
    }


def _action(run: Run, names: list[str], made_on: date) -> dict[str, Any]:
    """Return the run as an action: from what it was given to what it gained."""
    return {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"Run of {run.solution.name} for {run.city.id}",
        "description": f"madang run {run.solution.name} --on {run.day}",
        "endTime": made_on.isoformat(),
        "actionStatus": "http://schema.org/CompletedActionStatus",
        "instrument": {"@id": SOFTWARE},
        "object": [{"@id": name} for name in names if name.startswith(_GIVEN)],
        "result": [{"@id": name} for name in names if name.startswith(_GAINED)],
    }


def data_package(run: Run, contents: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the Data Package: every file, and for each CSV of ours the schema of its columns."""
    return {
        "name": f"{run.solution.name}-{run.city.id}-{run.day}".replace("_", "-"),
        "title": run.solution.card.title.en,
        "description": run.solution.card.summary.en,
        "sources": [{"title": use.source.cite()} for use in run.uses.values()],
        "resources": [_resource(name, contents[name], run) for name in sorted(contents)],
    }


def _crate_file(name: str, content: bytes) -> dict[str, Any]:
    """Return a file's entity."""
    return {
        "@id": name,
        "@type": "File",
        "name": PurePosixPath(name).name,
        "encodingFormat": _MEDIA.get(PurePosixPath(name).suffix.lower(), "application/octet-stream"),
        "contentSize": str(len(content)),
        "sha256": sha256(content),
    }


def _resource(name: str, content: bytes, run: Run) -> dict[str, Any]:
    """Return a file's resource; a CSV that we wrote has a schema."""
    path = PurePosixPath(name)
    made: dict[str, Any] = {
        "name": name.lower().replace("/", "-").replace(".", "-").replace("_", "-"),
        "path": name,
        "mediatype": _MEDIA.get(path.suffix.lower(), "application/octet-stream"),
        "bytes": len(content),
        "hash": f"sha256:{sha256(content)}",
    }
    # A Parquet file is told as a file: without a type, readers that lack a Parquet plug-in refuse the package.
    made["type"] = "file"
    if path.suffix == ".csv" and not name.startswith("facts/"):
        fields = _number_fields() if name == "numbers.csv" else _frame_fields(path, run)
        made |= {"type": "table", "format": "csv", "encoding": "utf-8", "schema": {"fields": fields}}
    return made


def _number_fields() -> list[dict[str, Any]]:
    """Return the schema of numbers.csv."""
    kinds = {"asked_on": "date", "day": "date", "value": "number", "low": "number", "high": "number"}
    return [{"name": name, "type": kinds.get(name, "string")} for name in NUMBER_COLUMNS]


def _frame_fields(path: PurePosixPath, run: Run) -> list[dict[str, Any]]:
    """Return the schema of a frame's CSV, with the unit of each column where it has one."""
    if path.parts[0] == "figures":
        figure = run.figure(path.stem)
        cards = {column.name: (column.title.en, column.unit) for column in figure.columns}
        frame = figure.frame
    else:
        table = getattr(run.inputs, path.stem)
        cards = {name: (card.says.en, card.unit) for name, card in table.spec.columns.items()}
        frame = table.frame
    fields = []
    for name, dtype in frame.schema.items():
        title, unit = cards.get(name, (name, None))
        field = {"name": name, "type": _field_type(dtype), "title": title}
        fields.append(field | ({"unit": unit} if unit else {}))
    return fields


def _field_type(dtype: pl.DataType) -> str:
    """Return the Data Package type of a column."""
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Boolean:
        return "boolean"
    return "date" if dtype == pl.Date else "string"


def read_frame(content: bytes) -> pl.DataFrame:
    """Return a frame from the bytes of a Parquet file."""
    return pl.read_parquet(io.BytesIO(content))
