"""Samples from files as people have them: the ministry's exports, a laboratory's sheet, or a plain CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from madang.core.errors import Both, TableError, UsageError, Where
from madang.core.importing import FactGiven, Importer, ImportOption, ImportReport, ImportRequest, QualityRow
from madang.core.language import Text, text
from madang.core.progress import Progress
from madang.core.sources import Source, sha256_of
from madang.solutions.pollution_cap.cells import read_cells
from madang.solutions.pollution_cap.sample_rows import (
    NON_DETECTS,
    SUBSTANCES,
    Found,
    columns_of,
    is_blank,
    is_header,
    is_summary,
    row_of,
)

_SCHEMA = {
    "site": pl.String, "day": pl.Date, "bod_mg_per_l": pl.Float64, "toc_mg_per_l": pl.Float64,
    "tp_mg_per_l": pl.Float64, "flow_m3_per_s": pl.Float64, "below_detection": pl.String, "origin": pl.String,
}  # fmt: skip


def import_samples(request: ImportRequest, progress: Progress) -> ImportReport:
    """Return the table of samples of a CSV or Excel file of any of the shapes known.

    Raises:
        TableError: with file, row, column and value, for a cell that is neither a number, below detection nor empty.
        UsageError: no column of places, days or substances.
    """
    rule = request.options["non_detects"]
    header_row, frame = read_cells(request.path, request.options["encoding"], is_header)
    found, columns = Found(), columns_of(frame.columns, request.path)
    progress(0.3, "reading cells")
    rows = list(_rows(request, frame, columns, header_row + 1, found))
    if not rows:
        raise TableError(
            Both("파일에 표본이 없습니다", "the file has no samples"),
            Where(request.path),
            Both("값이 있는 행을 적어도 하나 주십시오", "give at least one row with a value"),
        )
    progress(0.8, "writing samples")
    samples = pl.DataFrame(rows, schema=_SCHEMA, orient="row").sort("site", "day")
    return ImportReport(
        tables={"samples": samples},
        source=_source(request),
        quality=_quality(samples, found, rule),
        warnings=[*_warnings(samples), *_read_once(frame, columns)],
        facts=_facts(request, rule, samples),
        details={"non_detects": rule, "columns": {key: value for key, value in columns.items() if value}},
    )


def _rows(
    request: ImportRequest, frame: pl.DataFrame, columns: dict[str, str | None], first_row: int, found: Found
) -> Iterator[tuple[Any, ...]]:
    """Yield each sample once; blank lines, sums and repetitions are left out, and counted where that is told."""
    seen: set[tuple[Any, ...]] = set()
    days: set[tuple[str, date]] = set()
    for number, cells in enumerate(frame.iter_rows(named=True), start=first_row):
        if is_blank(cells):
            continue
        if is_summary(cells, columns):
            found.summaries.append(f"row {number}")
            continue
        row = row_of(cells, columns, request, number, found)
        if row is None:
            continue
        if row in seen:
            found.repeated.append(f"{row[0]} {row[1]}")
            continue
        if (row[0], row[1]) in days:
            found.same_day.append(f"{row[0]} {row[1]}")
        seen.add(row)
        days.add((row[0], row[1]))
        yield row


def _quality(samples: pl.DataFrame, found: Found, rule: str) -> list[QualityRow]:
    """Return what was counted, mended and left out."""
    rows = [
        QualityRow(text("표본", "samples"), samples.height),
        QualityRow(text("지점", "places"), samples["site"].n_unique()),
    ]
    titles = {
        "bod": text("BOD 값", "values of BOD"),
        "toc": text("TOC 값", "values of TOC"),
        "tp": text("총인 값", "values of T-P"),
    }
    for name, title in titles.items():
        rows.append(QualityRow(title, samples[f"{name}_mg_per_l"].count()))
    below = NON_DETECTS[rule]
    if found.below:
        rows.append(QualityRow(below, len(found.below), "mended", tuple(found.below[:3])))
    if found.blanks:
        what = text("빈칸: 값이 없는 것으로 둔다", "empty cells: left unknown")
        rows.append(QualityRow(what, len(found.blanks), "warning", tuple(found.blanks[:3])))
    if found.text_days:
        rows.append(QualityRow(text("글자로 적힌 날짜를 읽음", "days read from text"), found.text_days, "mended"))
    if found.summaries:
        what = text("평균이나 합계를 적은 행: 표본이 아니므로 뺀다", "rows of means or totals: no samples, left out")
        rows.append(QualityRow(what, len(found.summaries), "dropped", tuple(found.summaries[:3])))
    if found.repeated:
        what = text("똑같은 행: 하나만 둔다", "rows that repeat another: one is kept")
        rows.append(QualityRow(what, len(found.repeated), "dropped", tuple(found.repeated[:3])))
    if found.same_day:
        what = text("한 지점, 한 날의 다른 표본: 모두 센다", "other samples of one place and day: all are counted")
        rows.append(QualityRow(what, len(found.same_day), "warning", tuple(found.same_day[:3])))
    return rows


def _warnings(samples: pl.DataFrame) -> list[Text]:
    """Return what a reader should look at."""
    if samples["flow_m3_per_s"].count() == 0:
        return [
            text(
                "유량이 없어 부하지속곡선은 그릴 수 없다.", "There is no flow, so no load duration curve can be drawn."
            )
        ]
    return []


def _read_once(frame: pl.DataFrame, columns: dict[str, str | None]) -> list[Text]:
    """Return a warning for each substance that a second column of the same name gives values of, which is not read."""
    return [
        text(
            f"{column} 열이 둘 이상이다: 첫째만 읽었다.", f"There is more than one column {column}: the first is read."
        )
        for name in SUBSTANCES
        if (column := columns[name]) is not None and f"{column} 2" in frame.columns
    ]


_ALWAYS = date(1900, 1, 1)


def _facts(request: ImportRequest, rule: str, samples: pl.DataFrame) -> dict[str, FactGiven]:
    """Return the facts written beside the samples: the rule for non-detects, the place shown, and targets given."""
    counts = samples.group_by("site").len().sort(["len", "site"], descending=[True, False])
    site = request.options["site"] if request.options["site"] in counts["site"].to_list() else counts["site"][0]
    given = {
        "non_detects": FactGiven(NON_DETECTS[rule], "1", rule, _ALWAYS),
        "sample_site": FactGiven(
            text("표본을 평가해 보이는 지점", "The place whose samples are shown"), "1", site, _ALWAYS
        ),
    }
    titles = {"bod": "BOD", "toc": "TOC", "tp": "T-P"}
    for name in SUBSTANCES:
        said = request.options[f"{name}_target"]
        if said:
            try:
                target = float(said)
            except ValueError:
                raise UsageError(
                    Both(f"{name}_target={said}: 수가 아닙니다", f"{name}_target={said} is not a number"),
                    todo=Both("mg/L 농도를 적으십시오", "write a concentration in mg/L"),
                ) from None
            says = text(f"{titles[name]} 목표(가져올 때 준 값)", f"Target of {titles[name]}, given with the import")
            given[f"{name}_target_mg_per_l"] = FactGiven(says, "mg/L", target, _ALWAYS)
    return given


def _source(request: ImportRequest) -> Source:
    """Return the origin card of the samples."""
    said = request.options
    return Source(
        who=said["who"] or "not stated",
        title=said["title"] or request.path.name,
        url=said["url"] or None,
        licence=said["licence"] or "not stated",
        read=request.today,
        sha256=sha256_of(request.path),
    )


IMPORTERS = (
    Importer(
        name="samples",
        title=text("수질 표본", "Samples of water quality"),
        takes=(".csv", ".xlsx", ".xls"),
        writes=("samples",),
        run=import_samples,
        options=(
            ImportOption(
                "non_detects",
                text("정량한계 미만의 처리", "what a value below detection counts: the limit, half of it, or zero"),
                "limit",
                tuple(NON_DETECTS),
            ),
            ImportOption(
                "site",
                text(
                    "지점 열이 없을 때의 지점, 또는 보일 지점",
                    "the place, where no column names it; else the one to show",
                ),
            ),
            ImportOption("bod_target", text("BOD 목표 mg/L", "target of BOD in mg/L")),
            ImportOption("toc_target", text("TOC 목표 mg/L", "target of TOC in mg/L")),
            ImportOption("tp_target", text("총인 목표 mg/L", "target of T-P in mg/L")),
            ImportOption("encoding", text("글자 부호", "encoding of a CSV; found by itself where left out")),
            ImportOption(
                "origin",
                text("수의 출신", "where the numbers come from"),
                "measured",
                ("measured", "published", "estimated", "made_up"),
            ),
            ImportOption("who", text("누가 낸 자료인지", "the body the data come from")),
            ImportOption("title", text("자료의 이름", "the data's name; the file's name where it is left out")),
            ImportOption("url", text("주소", "its address")),
            ImportOption("licence", text("이용 조건", "its licence, as stated there")),
        ),
    ),
)
