"""Samples of effluent from a CSV with the columns of the table of samples."""

from __future__ import annotations

import polars as pl

from madang.core.columns import Column
from madang.core.errors import Both, UnknownName, Where
from madang.core.importing import Importer, ImportOption, ImportReport, ImportRequest, QualityRow
from madang.core.language import text
from madang.core.progress import Progress
from madang.core.sources import Source, sha256_of
from madang.core.tables import TableSpec, read_table

_VALUES = ("bod_mg_per_l", "ss_mg_per_l", "tn_mg_per_l", "tp_mg_per_l", "flow_m3_per_day")
_SAYS = text("표본의 칸", "a column of the samples")


def import_effluent(request: ImportRequest, progress: Progress) -> ImportReport:
    """Return the table of samples of a file that names a centre, a day and any of the substances.

    Raises:
        TableError: a cell that is not what its column holds; nothing is smoothed over.
        UnknownName: a centre that the city's table of centres does not have.
    """
    header = pl.read_csv(request.path, n_rows=0).columns
    given = [name for name in _VALUES if name in header]
    columns = {
        "centre": Column(says=_SAYS, kind="text", aliases=("센터", "plant", "시설명")),
        "day": Column(says=_SAYS, kind="day", aliases=("date", "채수일", "측정일")),
        **{name: Column(says=_SAYS, kind="number", min=0, may_be_empty=True) for name in given},
    }
    table = read_table(request.path, TableSpec(says=_SAYS, key=("centre", "day"), columns=columns), name="samples")
    progress(0.7, "checking centres")
    if "centres" in request.given:
        known = request.given["centres"].frame["centre"].to_list()
        for name in table.frame["centre"].to_list():
            if name not in known:
                raise UnknownName(Both("하수처리시설", "centre"), name, known, Where(request.path))
    empty = [pl.lit(None, pl.Float64).alias(name) for name in _VALUES if name not in given]
    frame = table.frame.with_columns(empty).select("centre", "day", *_VALUES)
    rows = [QualityRow(text("표본", "samples"), frame.height)]
    rows += [QualityRow(text(f"{name}의 값", f"values of {name}"), frame[name].count()) for name in given]
    said = request.options
    source = Source(
        who=said["who"] or "not stated",
        title=request.path.name,
        url=said["url"] or None,
        read=request.today,
        sha256=sha256_of(request.path),
    )
    return ImportReport({"samples": frame}, source, rows)


IMPORTERS = (
    Importer(
        name="effluent_samples",
        title=text("방류수 표본", "Samples of effluent"),
        takes=(".csv",),
        writes=("samples",),
        run=import_effluent,
        options=(
            ImportOption("who", text("누가 낸 자료인지", "the body the data come from")),
            ImportOption("url", text("주소", "its address")),
        ),
    ),
)
