"""Signal 9 at any moment of an import and of a settlement, then started anew: as if it had not been."""

from __future__ import annotations

import random
import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from madang.core.progress import silent
from madang.solutions.eco_mileage.award_file import read_award_file
from madang.solutions.eco_mileage.operating.bringing import ImportReadings, import_readings
from madang.solutions.eco_mileage.operating.making import Generate, generate
from madang.solutions.eco_mileage.readings.store import Store
from madang.solutions.eco_mileage.tests.nursery import ROUNDS, Nursery

pytestmark = pytest.mark.slow
IMPORT = """
    from datetime import date
    from pathlib import Path
    from madang.core.progress import silent
    from madang.solutions.eco_mileage.readings.csv_file import read_blocks
    from madang.solutions.eco_mileage.readings.store import Store, bring

    def work(store, path):
        small = lambda path, offset, row: read_blocks(path, offset, row, size=3000)
        bring(Store(Path(store)), Path(path), "csv", small, date(2025, 1, 10), silent)
"""
SETTLE = """
    from pathlib import Path
    from madang.core.progress import silent
    from madang.solutions.eco_mileage.operating.settling import Settle, settle_round

    def work(folder, out):
        settle_round(Settle(folder=Path(folder), first_month="2024-01", out=Path(out)), silent)
"""
HEADER = "utility,meter_id,month,quantity,unit,quality,corrects"


def readings(number: int) -> list[tuple[int, int, int]]:
    """Return what the file of a round holds, a year of meters of its own: meter, month, quantity."""
    meters = range(100 * number, 100 * number + 100)
    return [(meter, month, (meter * 7 + month) % 997) for meter in meters for month in range(1, 13)]


def write(path: Path, number: int) -> Path:
    rows = (f"electricity,{meter},2024-{month:02d},{used},kWh,," for meter, month, used in readings(number))
    path.write_text("\n".join((HEADER, *rows)) + "\n", "utf-8")
    return path


def test_an_import_killed_at_any_moment_and_started_anew_takes_every_reading_in_once(tmp_path: Path) -> None:
    store, dice, cut = Store(tmp_path / "store"), random.Random(3), 0
    with Nursery(IMPORT) as nursery:
        start = time.monotonic()
        nursery.run(str(tmp_path / "trial"), str(write(tmp_path / "trial.csv", 0)))
        span = time.monotonic() - start
        for number in range(ROUNDS):
            path = write(tmp_path / f"{number}.csv", number)
            cut += nursery.run(str(store.folder), str(path), killed_after=dice.random() * span)
            assert len(store.parts()) in (number, number + 1)
            nursery.run(str(store.folder), str(path))
            assert [part.rows for part in store.parts()] == [1200] * (number + 1)
    found = pl.read_parquet(store.files()).select("meter_id", "month", "quantity", "revision").rows()
    wanted = [
        (meter, 12 * 2024 + month - 1, used, 0) for number in range(ROUNDS) for meter, month, used in readings(number)
    ]
    assert sorted(found) == sorted(wanted)
    assert list((store.folder / "drafts").iterdir()) == []
    assert cut >= ROUNDS // 3


def test_a_settlement_killed_at_any_moment_leaves_its_whole_award_file_or_none(tmp_path: Path) -> None:
    folder, dice, cut = tmp_path / "city", random.Random(4), 0
    made = generate(Generate(folder=folder, members=60, seed=5), silent)
    wants = ImportReadings(folder=folder, files=tuple(made.files.values()), today=date(2025, 1, 10))
    import_readings(wants, silent)
    whole, out = tmp_path / "whole.parquet", tmp_path / "awards.parquet"
    with Nursery(SETTLE) as nursery:
        nursery.run(str(folder), str(whole))
        start = time.monotonic()
        nursery.run(str(folder), str(whole))
        span = time.monotonic() - start
        wanted = whole.read_bytes()
        for _ in range(ROUNDS):
            # Most kills come near the end, where the file is written.
            cut += nursery.run(str(folder), str(out), killed_after=span * dice.triangular(0, 1.1, 0.95))
            if out.exists():
                assert out.read_bytes() == wanted
                out.unlink()
        nursery.run(str(folder), str(out))
    assert out.read_bytes() == wanted
    assert read_award_file(out).header.members == 60
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert cut >= ROUNDS // 3
