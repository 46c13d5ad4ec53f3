"""What stands in a bundle: inputs that can be rebuilt, facts with sources, results, pictures and versions."""

from __future__ import annotations

import io
import platform
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import polars as pl

from madang.core.city import Use
from madang.core.contract import Run, Solution
from madang.core.drawing import png_of
from madang.core.given_files import GivenFile
from madang.core.language import Language
from madang.core.progress import Progress
from madang.core.tables import Table
from madang.plan.bundle.archive import sha256
from madang.plan.report.data import NUMBER_COLUMNS, number_rows, to_csv, to_json
from madang.plan.report.files import draw_all
from madang.plan.why import use_json

FORMAT = "madang-bundle/1"
INPUTS, FACTS, NUMBERS, VERSIONS = "inputs.json", "facts.json", "numbers.csv", "versions.json"
_PACKAGES = ("highspy", "numba", "numpy", "polars", "pydantic", "scipy", "shapely", "vl-convert-python")
_CODE = frozenset({".py", ".toml"})


def bundle_contents(run: Run, made_on: date, language: Language, progress: Progress) -> dict[str, bytes]:
    """Return the files of a bundle by name, without descriptors and manifest."""
    made = {
        INPUTS: to_json(_inputs(run, made_on, language)).encode(),
        FACTS: to_json([use_json(use) | {"as_used": _file_of(use)} for use in run.uses.values()]).encode(),
        NUMBERS: to_csv(number_rows(run), NUMBER_COLUMNS).encode(),
        VERSIONS: to_json(versions(run.solution)).encode(),
        "README.txt": _readme(run).encode(),
    }
    made |= _tables(run)
    pictures = draw_all(run, language, progress)
    for figure in run.figures:
        made |= _frame(f"figures/{figure.name}", figure.frame)
        if figure.name in pictures:
            made[f"figures/{figure.name}.svg"] = pictures[figure.name].encode()
            made[f"figures/{figure.name}.png"] = png_of(pictures[figure.name])
    return made


def versions(solution: Solution) -> dict[str, Any]:
    """Return what computes here: Madang, Python, the packages that do sums, and a hash of the solution's code."""
    code = sorted(
        path
        for path in solution.folder.rglob("*")
        if path.suffix in _CODE and "tests" not in path.relative_to(solution.folder).parts
    )
    told = "".join(f"{sha256(path.read_bytes())}  {path.relative_to(solution.folder).as_posix()}\n" for path in code)
    return {
        "madang": version("madang"),
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        "packages": {name: _version(name) for name in _PACKAGES},
        "solution": solution.name,
        "solution_sha256": sha256(told.encode()),
    }


def _inputs(run: Run, made_on: date, language: Language) -> dict[str, Any]:
    """Return who was asked what and when, and every input in a form it can be rebuilt from."""
    fields = {}
    for field in run.solution.inputs.fields():
        value = getattr(run.inputs, field.name)
        told: dict[str, Any] = {"kind": field.kind, "unit": field.unit}
        if isinstance(value, Table):
            told["table"] = {
                "name": value.name,
                "file": f"inputs/{field.name}.parquet",
                "sha256": value.sha256,
                "gaps": [gap.model_dump() for gap in value.gaps],
                "spec": value.spec.model_dump(mode="json"),
            }
        else:
            # A bundle must run where the file is not.
            told["value"] = value.model_dump() if isinstance(value, GivenFile) else value
        fields[field.name] = told
    return {
        "format": FORMAT,
        "solution": run.solution.name,
        "city": {"id": run.city.id, "name": run.city.name.model_dump()},
        "day": run.day,
        "scenario": run.scenario,
        "changes": dict(run.changes),
        "seed": getattr(run.inputs, "seed", None),
        "made_on": made_on,
        "language": language,
        "inputs": fields,
    }


def _tables(run: Run) -> dict[str, bytes]:
    """Return the tables among the inputs as they were used, and each table file as the city gave it."""
    made: dict[str, bytes] = {}
    for name in run.solution.inputs.model_fields:
        value = getattr(run.inputs, name)
        if isinstance(value, Table):
            made |= _frame(f"inputs/{name}", value.frame)
    for use in run.uses.values():
        if use.kind == "table":
            made[str(_file_of(use))] = use.file.read_bytes()
    return made


def _file_of(use: Use) -> str | None:
    """Return where in the bundle a table's file stands; facts stand in facts.json, raw files are told by their hash."""
    return f"facts/{use.name}{use.file.suffix}" if use.kind == "table" else None


def _frame(stem: str, frame: pl.DataFrame) -> dict[str, bytes]:
    """Return a frame as Parquet, which keeps every bit, and as CSV, which anyone can open."""
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", statistics=False)
    # Text has no place for bytes: shapes stand there in hex, as a CSV table of shapes is read.
    words = frame.with_columns(pl.col(pl.Binary).bin.encode("hex"))
    return {f"{stem}.parquet": out.getvalue(), f"{stem}.csv": words.write_csv().encode()}


def _version(name: str) -> str | None:
    """Return a package's version, or None where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _readme(run: Run) -> str:
    """Return what a stranger who unpacks the bundle needs to know first."""
    card = run.solution.card
    return (
        f"{card.title.en} / {card.title.ko}\n"
        f"{run.city.name.en} ({run.city.id}), as of {run.day}"
        + (f", scenario {run.scenario}" if run.scenario else "")
        + "\n\n"
        "inputs.json            what the model was given; tables lie in inputs/\n"
        "facts.json             each fact and table used, with days, status and sources; files in facts/\n"
        "numbers.csv            the results, one row each, with caveats\n"
        "figures/               each figure's data (CSV, Parquet) and picture (SVG, PNG)\n"
        "versions.json          what computed it\n"
        "manifest-sha256.txt    check the files: sha256sum -c manifest-sha256.txt\n"
        "ro-crate-metadata.json, datapackage.json    descriptors for machines\n\n"
        "Recompute it on any machine: madang verify FILE.zip\n"
    )
