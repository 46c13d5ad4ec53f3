"""The award file keeps its bytes, counts its rows and refuses what was changed."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.core.errors import DataError
from madang.solutions.eco_mileage.award_file import (
    CODES,
    SCHEMA,
    AwardHeader,
    award_bytes,
    idempotency_key,
    read_award_file,
    write_award_file,
)

HEADER = AwardHeader(
    run="ab12",
    kind="half_year",
    evaluated_on=date(2024, 1, 10),
    first_month=date(2023, 7, 1),
    months=6,
    rules_sha256="11",
    readings_sha256="22",
    members_sha256="33",
    what_if=None,
    synthetic=True,
    won_per_point=1,
    paragraphs={"R7": {"ko": "세 단계", "en": "three tiers", "status": "enacted"}},
    members=3,
    evaluated=2,
    paid=1,
    points=50_000,
)


def rows() -> pa.Table:
    """Return one member who is paid, one who earned nothing and one who was not evaluated."""
    return pa.table(
        {
            "member_id": [1, 2, 5],
            "first_month": [date(2023, 7, 1)] * 3,
            "district": ["1", "1", None],
            "code": ["awarded", "below_lowest_edge", "month_missing"],
            "paragraph": ["R7", "R7", None],
            "points": [50_000, 0, None],
            "tier": [3, 0, None],
            "baseline_doubled_centigrams": [1_000, 1_000, None],
            "saved_doubled_centigrams": [150, 49, None],
            "baseline_metres": [None] * 3,
            "saved_metres": [None] * 3,
        }
    ).cast(SCHEMA)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    sha256 = write_award_file(tmp_path / "awards.parquet", HEADER, rows())
    found = read_award_file(tmp_path / "awards.parquet")
    assert (found.header, found.sha256) == (HEADER, sha256)
    assert found.rows.equals(rows())


def test_the_same_rows_give_the_same_bytes() -> None:
    assert award_bytes(HEADER, rows()) == award_bytes(HEADER, rows())


def test_only_what_earns_is_posted(tmp_path: Path) -> None:
    write_award_file(tmp_path / "awards.parquet", HEADER, rows())
    assert read_award_file(tmp_path / "awards.parquet").to_post()["member_id"].to_pylist() == [1]


def test_a_posting_has_one_key_a_run_and_member() -> None:
    assert idempotency_key("ab12", 5) == "ab12:5"


@pytest.mark.parametrize("total", ["members", "evaluated", "paid", "points"])
def test_rows_that_do_not_add_up_to_the_header_are_refused(tmp_path: Path, total: str) -> None:
    write_award_file(tmp_path / "awards.parquet", replace(HEADER, **{total: getattr(HEADER, total) + 1}), rows())
    with pytest.raises(DataError, match=rf"the header counts [\d,]+ {total}, the rows [\d,]+"):
        read_award_file(tmp_path / "awards.parquet")


def test_a_member_who_stands_there_twice_is_refused(tmp_path: Path) -> None:
    twice = pa.concat_tables([rows().slice(0, 1), rows().slice(0, 1), rows().slice(2, 1)])
    write_award_file(tmp_path / "awards.parquet", replace(HEADER, paid=2, points=100_000), twice)
    with pytest.raises(DataError, match="the members do not stand in rising order, each once"):
        read_award_file(tmp_path / "awards.parquet")


def test_any_other_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words.parquet").write_text("not a table")
    pq.write_table(rows(), tmp_path / "bare.parquet")
    for name in ("words.parquet", "bare.parquet"):
        with pytest.raises(DataError, match="this is not an award file"):
            read_award_file(tmp_path / name)
    with pytest.raises(DataError, match="the file does not exist"):
        read_award_file(tmp_path / "none.parquet")


def test_a_file_that_cannot_be_replaced_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "awards.parquet").mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        write_award_file(tmp_path / "awards.parquet", HEADER, rows())
    assert [path.name for path in tmp_path.iterdir()] == ["awards.parquet"]


def test_codes_are_told_apart() -> None:
    assert len(set(CODES)) == len(CODES)


LOOP = """
    import sys
    from pathlib import Path
    from madang.solutions.eco_mileage.award_file import read_award_file, write_award_file

    file = read_award_file(Path(sys.argv[1]))
    print("ready", flush=True)
    while True:
        write_award_file(Path(sys.argv[2]), file.header, file.rows)
"""


def test_killed_at_any_time_a_settlement_leaves_a_whole_award_file_or_none(tmp_path: Path) -> None:
    """The kill comes at chance times while the file is written over and over, six times; the last writes it once."""
    source, out = tmp_path / "source.parquet", tmp_path / "out" / "awards.parquet"
    write_award_file(source, HEADER, rows())
    chance = random.Random(7)
    for turn in range(6):
        command = [sys.executable, "-c", textwrap.dedent(LOOP), str(source), str(out)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as work:
            assert work.stdout is not None
            work.stdout.readline()
            while turn == 5 and not out.exists() and work.poll() is None:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.05))
            work.kill()
        if out.exists():
            assert read_award_file(out).header == HEADER
    assert out.exists()
