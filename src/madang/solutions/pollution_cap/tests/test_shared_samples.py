"""Real samples of the Paldang reservoir: too few a year for the rules, so never judged, but evaluated as by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from madang.core.importing import ImportRequest
from madang.core.progress import silent
from madang.solutions.pollution_cap.importers import IMPORTERS, import_samples

FILE = "water/han_river_paldang_2018-2020_field_samples.csv"


@pytest.mark.shared
def test_the_reservoirs_samples_are_read_whole(shared: Path, tmp_path: Path) -> None:
    real = pl.read_csv(shared / "data" / FILE)
    plain = real.select(
        "date", "site", pl.col("bod5_mg_l").alias("bod_mg_per_l"), pl.col("tp_mg_l").alias("tp_mg_per_l")
    )
    plain.write_csv(tmp_path / "paldang.csv")
    said = IMPORTERS[0].options_of({})
    report = import_samples(ImportRequest(tmp_path / "paldang.csv", said, {}, date(2026, 11, 25)), silent)
    samples = report.tables["samples"]
    # Rows alike to the last digit are dropped; other depths of one day are kept.
    assert samples.height == plain.unique().height
    assert samples["site"].n_unique() == 11
    dam = samples.filter(pl.col("site") == "P2")["bod_mg_per_l"].to_numpy()
    assert 0.5 < float(np.exp(np.log(dam[dam > 0]).mean())) < 4.0
