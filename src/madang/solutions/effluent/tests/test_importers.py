"""Samples of effluent from a CSV."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from madang.core.errors import TableError, UnknownName
from madang.core.importing import ImportReport, ImportRequest
from madang.core.progress import silent
from madang.core.tables import Table
from madang.solutions.effluent import solution
from madang.solutions.effluent.importers import IMPORTERS, import_effluent


def read(path: Path, text: str, given: Mapping[str, Table] | None = None) -> ImportReport:
    """Return what the importer makes of a text."""
    path.write_text(text, "utf-8")
    return import_effluent(ImportRequest(path, IMPORTERS[0].options_of({}), given or {}, date(2026, 11, 25)), silent)


def test_columns_that_a_file_lacks_stay_unknown(tmp_path: Path) -> None:
    text = "centre,date,bod_mg_per_l,tp_mg_per_l\nnanji,2024-01-01,1.2,\n"
    samples = read(tmp_path / "e.csv", text).tables["samples"]
    assert samples.row(0) == ("nanji", date(2024, 1, 1), 1.2, None, None, None, None)


def test_a_centre_the_city_does_not_have_suggests_the_nearest(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "centre": ["nanji"],
            "name_ko": ["난지"],
            "name_en": ["Nanji"],
            "capacity_m3_per_day": [1.0],
            "running_m3_per_day": [1.0],
        }
    )
    given = {"centres": Table("centres", solution.specs["centres"], frame)}
    with pytest.raises(UnknownName, match="there is no centre called 'nangi'"):
        read(tmp_path / "e.csv", "centre,day,bod_mg_per_l\nnangi,2024-01-01,1.2\n", given)


def test_a_cell_that_is_no_number_stops_the_import(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="a cell is not a number"):
        read(tmp_path / "e.csv", "centre,day,bod_mg_per_l\nnanji,2024-01-01,x\n")
