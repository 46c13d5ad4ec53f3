"""A run written out as files: pictures, data and one page, in a folder that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from madang.core.contract import Run
from madang.core.drawing import can_draw, png_of, svg_of
from madang.core.errors import Both, UsageError, Where
from madang.core.language import Language
from madang.core.progress import Progress, part_of, silent
from madang.core.storing import put_folder
from madang.plan.report.article import OtherRun
from madang.plan.report.data import NUMBER_COLUMNS, number_rows, run_json, to_csv, to_json
from madang.plan.report.page import page_html

PAGE = "report.html"
_MARK = "run.json"
#: What a report's folder holds; a folder that holds more is somebody's own.
_OWN = {PAGE, _MARK, "numbers.csv", "figures"}


def write_report(
    run: Run, folder: Path, language: Language, *, other: OtherRun | None = None, progress: Progress = silent
) -> tuple[Path, ...]:
    """Write a run's report into ``folder`` and return the files, relative to it.

    report.html, run.json, numbers.csv, and figures/NAME.csv with .svg and .png for every chart and map.
    A folder that holds an earlier report is replaced; one that holds anything else is left alone.

    Raises:
        UsageError: the folder holds something that is not a report.
    """
    folder = folder.resolve()
    _check_target(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        pictures = draw_all(run, language, part_of(progress, 0.0, 0.9))
        made = _contents(run, language, pictures, other)
        for name, content in made.items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        put_folder(staging, folder)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    progress(1.0, "written")
    return tuple(Path(name) for name in sorted(made))


def draw_all(run: Run, language: Language, progress: Progress = silent) -> dict[str, str]:
    """Return the SVG of every chart and map of a run, by figure name."""
    drawn = [figure for figure in run.figures if can_draw(figure)]
    pictures = {}
    for done, figure in enumerate(drawn):
        progress(done / len(drawn), f"drawing {figure.name}")
        sources, caveats = run.sources_of(figure.rests_on), run.caveats(figure.rests_on)
        pictures[figure.name] = svg_of(figure, language, sources=sources, caveats=caveats)
    return pictures


def _contents(run: Run, language: Language, pictures: Mapping[str, str], other: OtherRun | None) -> dict[str, bytes]:
    """Return every file of the report by its name."""
    made = {
        PAGE: page_html(run, language, pictures, other),
        _MARK: to_json(run_json(run)),
        "numbers.csv": to_csv(number_rows(run), NUMBER_COLUMNS),
    }
    contents = {name: body.encode() for name, body in made.items()}
    for figure in run.figures:
        contents[f"figures/{figure.name}.csv"] = figure.frame.write_csv().encode()
        if figure.name in pictures:
            contents[f"figures/{figure.name}.svg"] = pictures[figure.name].encode()
            contents[f"figures/{figure.name}.png"] = png_of(pictures[figure.name])
    return contents


def _check_target(folder: Path) -> None:
    """Refuse to write over anything that is not an earlier report."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            Both("보고서는 폴더에 쓰는데 이것은 파일입니다", "the report needs a folder, and this is a file"),
            Where(folder),
            Both("다른 폴더를 지정하십시오", "name another folder"),
        )
    inside = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if inside and not ({PAGE, _MARK} <= inside <= _OWN):
        # What somebody laid beside an earlier report would go with it.
        other = ", ".join(sorted(inside - _OWN)[:3]) or "a part of a report"
        raise UsageError(
            Both("폴더에 다른 것이 들어 있습니다", "the folder holds something else"),
            Where(folder, value=other),
            Both("새 폴더나 빈 폴더를 지정하십시오", "name a new or an empty folder"),
        )
