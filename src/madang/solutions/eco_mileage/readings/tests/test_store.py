"""The store only grows; a file is in it whole or not at all, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from madang.core.errors import DataError, TableError, UsageError
from madang.core.progress import silent
from madang.solutions.eco_mileage.readings import store as stores
from madang.solutions.eco_mileage.readings.csv_file import read_blocks
from madang.solutions.eco_mileage.readings.forms import form_of
from madang.solutions.eco_mileage.readings.store import Store, bring

TODAY = date(2026, 11, 25)
FIRST = "electricity,1,2024-01,300,kWh,,"
SECOND = "electricity,1,2024-02,310,kWh,,"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def take(store: Store, path: Path) -> stores.Brought:
    return bring(store, path, "csv", read_blocks, TODAY, silent)


def contents(store: Store) -> list[tuple[int, int, int]]:
    if not store.files():
        return []
    return pl.read_parquet(store.files()).select("month", "quantity", "revision").rows()


def test_a_file_becomes_a_part_with_a_card(store: Store, csv) -> None:
    brought = take(store, csv(FIRST, SECOND))
    (part,) = store.parts()
    assert (part, brought.already) == (brought.part, False)
    assert (part.rows, part.corrections, part.name, part.received_on) == (2, 0, "readings.csv", "2026-11-25")
    assert (part.first_month, part.last_month) == (24288, 24289)
    assert contents(store) == [(24288, 300, 0), (24289, 310, 0)]


def test_the_same_file_again_changes_nothing(store: Store, csv) -> None:
    take(store, csv(FIRST))
    before = store.sha256()
    assert take(store, csv(FIRST, name="again.csv")).already
    assert (store.sha256(), store.rows()) == (before, 1)


def test_a_rejected_file_leaves_nothing_half_in(store: Store, csv, monkeypatch: pytest.MonkeyPatch) -> None:
    take(store, csv(FIRST))
    rows = [f"electricity,{n},2024-01,1,kWh,," for n in range(400)]
    bad = csv(*rows, "electricity,1,2024-02,lots,kWh,,", name="bad.csv")
    small = lambda path, offset, row: read_blocks(path, offset, row, size=500)  # noqa: E731
    with pytest.raises(TableError, match=r"row 402, column quantity, value 'lots'"):
        bring(store, bad, "csv", small, TODAY, silent)
    assert contents(store) == [(24288, 300, 0)]
    assert list((store.folder / "drafts").iterdir()) == []


def test_corrections_are_numbered_by_the_part_they_came_with(store: Store, csv) -> None:
    take(store, csv(FIRST))
    take(store, csv(SECOND, FIRST.replace("300", "290") + "yes", name="later.csv"))
    assert contents(store) == [(24288, 300, 0), (24289, 310, 0), (24288, 290, 2)]


def test_a_file_without_readings_is_refused(store: Store, csv) -> None:
    with pytest.raises(DataError, match="the file has no readings"):
        take(store, csv())
    with pytest.raises(DataError, match="the file does not exist"):
        take(store, store.folder / "none.csv")


def test_two_imports_at_once_are_kept_apart(store: Store, csv) -> None:
    path = csv(FIRST)
    with stores._alone(store), pytest.raises(UsageError, match="another import is at work on this store"):
        take(store, path)
    assert take(store, path).part.number == 1


def test_the_hash_of_the_store_tells_what_came_in_which_order(tmp_path: Path, csv) -> None:
    one, two = csv(FIRST, name="1.csv"), csv(SECOND, name="2.csv")
    stores_of = [Store(tmp_path / name) for name in "abc"]
    for place, files in zip(stores_of, [(one, two), (one, two), (two, one)], strict=True):
        for path in files:
            take(place, path)
    assert stores_of[0].sha256() == stores_of[1].sha256() != stores_of[2].sha256()


def test_a_torn_note_of_how_far_a_draft_came_begins_it_anew(store: Store, csv) -> None:
    path = csv(FIRST, SECOND)
    draft = store.folder / "drafts" / stores._hash_of(path)
    draft.mkdir(parents=True)
    (draft / "reached.json").write_text('{"blocks": 1,')
    (draft / "block-00000.parquet").write_text("torn")
    assert take(store, path).resumed_at_row == 0
    assert len(contents(store)) == 2


def test_only_known_endings_are_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no importer reads files ending in '\.txt'"):
        form_of(tmp_path / "readings.txt")


SLOW_IMPORT = """
    import sys, time
    from datetime import date
    from pathlib import Path
    from madang.core.progress import silent
    from madang.solutions.eco_mileage.readings.csv_file import read_blocks
    from madang.solutions.eco_mileage.readings.store import Store, bring

    def slowly(path, offset, row):
        for block in read_blocks(path, offset, row, size=4000):
            time.sleep(float(sys.argv[3]))
            yield block

    bring(Store(Path(sys.argv[1])), Path(sys.argv[2]), "csv", slowly, date(2026, 11, 25), silent)
"""


def start(store: Store, path: Path, pause: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SLOW_IMPORT), str(store.folder), str(path), str(pause)]
    )


def reached(store: Store, path: Path) -> int:
    notes = store.folder / "drafts" / stores._hash_of(path) / "reached.json"
    try:
        return int(stores.json.loads(notes.read_text())["rows"])
    except (OSError, ValueError):
        return 0


@pytest.mark.parametrize("seed", [1, 2])
def test_an_import_killed_at_any_time_is_taken_up_and_ends_as_if_it_had_not_been(
    tmp_path: Path, store: Store, csv, seed: int
) -> None:
    path = csv(
        *(f"electricity,{n},2024-{n % 12 + 1:02d},{n % 997},kWh,,{'yes' if n % 50 == 0 else ''}" for n in range(3000))
    )
    for kill in range(3):
        work = start(store, path, 0.05)
        wanted = 100 + 700 * kill + 50 * seed
        deadline = time.monotonic() + 60
        while reached(store, path) < wanted and work.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(work.pid, signal.SIGKILL)
        work.wait()
        assert store.parts() == ()
    brought = take(store, path)
    assert brought.resumed_at_row > 1000
    whole = Store(tmp_path / "whole")
    take(whole, path)
    assert contents(store) == contents(whole)
    assert store.sha256() == whole.sha256()
    assert list((store.folder / "drafts").iterdir()) == []


def test_a_reading_of_a_month_that_has_not_begun_is_refused_and_nothing_stays(store: Store, csv) -> None:
    path = csv(FIRST, "electricity,1,2026-11,300,kWh,,", "electricity,1,2026-12,300,kWh,,")
    with pytest.raises(TableError) as caught:
        take(store, path)
    assert str(caught.value) == (
        "the reading is of a month that has not begun\n"
        f"  where: file {path}, row 4, column month, value '2026-12'\n"
        "  to do: mend the month; nothing of the file was taken in"
    )
    assert (store.parts(), list(store.folder.glob("drafts/*"))) == ((), [])
