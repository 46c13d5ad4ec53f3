"""Writing a bundle: contents, descriptors, manifest, one file that appears whole or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from madang.core.contract import Run
from madang.core.errors import Both, UsageError, Where
from madang.core.language import Language
from madang.core.progress import Progress, silent
from madang.core.storing import write_whole
from madang.plan.bundle.archive import MANIFEST, manifest, pack
from madang.plan.bundle.contents import bundle_contents
from madang.plan.bundle.descriptors import data_package, ro_crate
from madang.plan.report.data import to_json


def write_bundle(
    run: Run, path: Path, *, made_on: date, language: Language = "en", progress: Progress = silent
) -> Path:
    """Write a run's bundle and return its path; the same run on the same day gives the same bytes.

    Args:
        run: the run to hand on.
        path: the zip file; an earlier one is replaced.
        made_on: the day on which it is made.
        language: of the pictures.
        progress: called while pictures are drawn.

    Raises:
        UsageError: ``path`` is a folder.
    """
    if path.is_dir():
        raise UsageError(
            Both("묶음은 파일에 쓰는데 이것은 폴더입니다", "the bundle needs a file, and this is a folder"),
            Where(path),
            Both(f"이렇게 적으십시오: {path / 'run.zip'}", f"write {path / 'run.zip'}"),
        )
    contents = bundle_contents(run, made_on, language, progress)
    contents["datapackage.json"] = to_json(data_package(run, contents)).encode()
    contents["ro-crate-metadata.json"] = to_json(ro_crate(run, contents, made_on)).encode()
    contents[MANIFEST] = manifest(contents)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, pack(contents))
    progress(1.0, "bundle written")
    return path
