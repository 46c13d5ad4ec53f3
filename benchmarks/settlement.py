"""A half-year settled for a whole city: the compiled kernel beside DuckDB and pandas on long rows, and the memory.

2,225,000 made-up members x 3 utilities x 30 months. All three are asked the same: baseline of two years, saving, CO2,
tier at exact edges, points; missing months are not evaluated. Members, codes and points are compared one by one.

pandas is measured at a tenth and scaled, and the table says so; DuckDB is measured at full size. Times are CPU seconds
of the whole process, best of several, so that a busy machine disturbs all sides alike; the first call (compiling,
opening) is not counted. The bound is what it takes to read the cells that the settlement needs, once, with all threads.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numba import njit, prange

from madang.solutions.eco_mileage.settlement.cube import Cube
from madang.solutions.eco_mileage.settlement.kernel import (
    ELIGIBLE,
    Outcome,
    Standing,
    Terms,
    settle_cohort,
)

MEMBERS, UTILITIES, MONTHS, WINDOW = 2_225_000, 3, 30, 24
FACTORS = (42_400, 224_000, 33_200)
EDGES, POINTS = (500, 1000, 1500), (10_000, 30_000, 50_000)
CHUNK = 100_000
DUCKDB_WANTED, PANDAS_WANTED, BOUND_WANTED = 50.0, 150.0, 2.0
Answer = TypeVar("Answer")


def cube(members: int, seed: int = 7) -> np.ndarray:
    """Return made-up readings [utility][month][member]; of one member in a hundred a month is missing."""
    chance = np.random.default_rng(seed)
    cells = np.empty((UTILITIES, MONTHS, members), np.int32)
    for u in range(UTILITIES):
        base = chance.integers(20, 500, members, dtype=np.int32)
        for month in range(MONTHS):
            kept = chance.integers(80, 106, members, dtype=np.int32)
            cells[u, month] = base * kept // 100
    gaps = chance.integers(0, members, members // 100)
    cells[chance.integers(0, UTILITIES, len(gaps)), chance.integers(0, MONTHS, len(gaps)), gaps] = -1
    return cells


def long_rows(cells: np.ndarray, path: Path) -> int:
    """Write the readings as long rows, a row a member, utility and month; what is missing is no row."""
    kinds = pa.schema(
        [("member_id", pa.int32()), ("utility", pa.int8()), ("month", pa.int16()), ("quantity", pa.int32())]
    )
    count = 0
    with pq.ParquetWriter(path, kinds, compression="zstd") as file:
        for start in range(0, cells.shape[2], CHUNK):
            part = cells[:, :, start : start + CHUNK].transpose(2, 0, 1)
            member, utility, month = np.nonzero(part >= 0)
            columns = (member + start, utility, month, part[member, utility, month])
            table = pa.table({f.name: pa.array(c, f.type) for f, c in zip(kinds, columns, strict=True)}, schema=kinds)
            file.write_table(table)
            count += table.num_rows
    return count


def timed(work: Callable[[], Answer], repeats: int) -> tuple[float, float, Answer]:
    """Return the least CPU s and wall s of some repeats, and the answer."""
    cpus, walls = [], []
    for _ in range(repeats):
        cpu, wall = time.process_time(), time.perf_counter()
        answer = work()
        cpus.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
    return min(cpus), min(walls), answer


def kernel(cells: np.ndarray) -> Callable[[], Outcome]:
    """Return the settlement by the kernel, its results kept in place from call to call."""
    members = cells.shape[2]
    terms = Terms(
        np.repeat(np.array(FACTORS, np.int64)[:, None], 6, axis=1), np.array(EDGES), np.array(POINTS), 0, 0, 0, 0
    )
    standing = Standing(
        np.full(members, ELIGIBLE, np.int8), np.full(members, 0b111, np.uint8), np.zeros(members, np.uint8),
        np.zeros(members, np.int32), np.zeros(members, np.int32),
    )  # fmt: skip
    into = Outcome.empty(members)
    whole = Cube(cells, np.zeros((UTILITIES, MONTHS, 0), np.bool_), np.arange(members), 0)

    def work() -> Outcome:
        settle_cohort(whole, WINDOW, terms, standing, into)
        return into

    return work


@njit(parallel=True)
def _read(cells, rows):
    """Read every cell of some months once and keep nothing but their bits."""
    found = np.zeros(cells.shape[0] * len(rows), np.int32)
    for one in prange(len(found)):
        row, bits = cells[one // len(rows), rows[one % len(rows)]], np.int32(0)
        for j in range(len(row)):
            bits |= row[j]
        found[one] = bits
    return found


QUERY = """
WITH weighed AS (
    SELECT member_id,
           sum(CASE WHEN month < 24 THEN quantity::BIGINT * factor ELSE 0 END) AS base,
           sum(CASE WHEN month < 24 THEN quantity::BIGINT * factor ELSE -2 * quantity::BIGINT * factor END) AS saved,
           count(*) AS here
    FROM read_parquet(?) JOIN factors USING (utility)
    WHERE month % 12 < 6
    GROUP BY member_id
)
SELECT member_id,
       CASE WHEN here < 54 THEN NULL
            WHEN 10000 * saved >= 1500 * base THEN 50000
            WHEN 10000 * saved >= 1000 * base THEN 30000
            WHEN 10000 * saved >= 500 * base THEN 10000 ELSE 0 END AS points
FROM weighed ORDER BY member_id
"""


def by_duckdb(path: Path) -> Callable[[], np.ndarray]:
    """Return the settlement by DuckDB on long rows."""
    engine = duckdb.connect()
    engine.execute("CREATE TABLE factors (utility TINYINT, factor BIGINT)")
    engine.executemany("INSERT INTO factors VALUES (?, ?)", list(enumerate(FACTORS)))
    engine.execute(f"SET temp_directory = '{path.parent}'")

    def work() -> np.ndarray:
        found = engine.execute(QUERY, [str(path)]).fetchnumpy()["points"]
        return np.ma.filled(np.ma.asarray(found), -1).astype(np.int64)

    return work


def by_pandas(path: Path) -> Callable[[], np.ndarray]:
    """Return the settlement by pandas on long rows, from the same file."""
    import pandas as pd

    def work() -> np.ndarray:
        rows = pd.read_parquet(path)
        rows = rows[rows["month"] % 12 < 6]
        grams = rows["quantity"].astype("int64") * rows["utility"].map(dict(enumerate(FACTORS)))
        past = rows["month"] < 24
        frame = pd.DataFrame(
            {"member_id": rows["member_id"], "base": grams.where(past, 0), "saved": grams.where(past, -2 * grams)}
        )
        groups = frame.groupby("member_id", sort=True)
        base, saved, here = groups["base"].sum(), groups["saved"].sum(), groups.size()
        reached = [10_000 * saved >= edge * base for edge in reversed(EDGES)]
        points = np.select(reached, list(reversed(POINTS)), 0)
        return np.where(here < 54, -1, points).astype(np.int64)

    return work


def points_of(outcome: Outcome) -> np.ndarray:
    """Return the kernel's points as the peers write them: -1 for who was not evaluated."""
    return np.where(outcome.code <= 2, outcome.points, -1).astype(np.int64)


def main() -> int:
    """Print the table; 1 where answers differ or a ratio is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the members, DuckDB too scaled")
    options = parser.parse_args()
    members = MEMBERS // 10 if options.quick else MEMBERS
    tenth = MEMBERS // 10
    cells = cube(members)
    work = kernel(cells)
    work()
    cpu, wall, outcome = timed(work, 15)
    months = np.array([*range(6), *range(12, 18), *range(24, 30)])
    _read(cells, months)
    read_cpu, read_wall, _ = timed(lambda: _read(cells, months), 15)
    mine = points_of(outcome)
    read_bytes = UTILITIES * len(months) * members * 4
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.parquet"
        count = long_rows(cells, path)
        small = path if members == tenth else Path(folder) / "tenth.parquet"
        if small != path:
            long_rows(cells[:, :, :tenth], small)
        duck_cpu, duck_wall, theirs = timed(by_duckdb(path), 2)
        pandas_cpu, pandas_wall, tenths = timed(by_pandas(small), 1)
    same = bool(np.array_equal(mine, theirs) and np.array_equal(mine[:tenth], tenths))
    scale = members / tenth
    print(
        f"{members:,} members x {UTILITIES} utilities x {MONTHS} months, {count:,} readings, {os.cpu_count()} threads"
    )
    print(f"{'':34}{'CPU s':>10}{'wall s':>10}{'ratio':>10}")
    for name, c, w in (
        ("madang, month-major cube", cpu, wall),
        ("reading the same cells once", read_cpu, read_wall),
        ("DuckDB, long Parquet", duck_cpu, duck_wall),
        (f"pandas, long Parquet, 1/10 x {scale:g}", pandas_cpu * scale, pandas_wall * scale),
    ):
        print(f"{name:34}{c:>10.3f}{w:>10.3f}{c / cpu:>10,.1f}")
    print(f"bytes that must be read: {read_bytes / 1e6:,.0f} MB, {read_bytes / read_cpu / 1e9:.1f} GB/s of CPU")
    print(f"points {int(mine[mine > 0].sum()):,}; equal answers: {same}")
    ratios = (duck_cpu / cpu, pandas_cpu * scale / cpu, cpu / read_cpu)
    print(
        f"DuckDB {ratios[0]:,.0f}x (wanted {DUCKDB_WANTED:g}), pandas {ratios[1]:,.0f}x (wanted {PANDAS_WANTED:g}), "
        f"{ratios[2]:.2f} x the memory bound (wanted at most {BOUND_WANTED:g})"
    )
    met = ratios[0] >= DUCKDB_WANTED and ratios[1] >= PANDAS_WANTED and ratios[2] <= BOUND_WANTED
    return 0 if same and met else 1


if __name__ == "__main__":
    sys.exit(main())
