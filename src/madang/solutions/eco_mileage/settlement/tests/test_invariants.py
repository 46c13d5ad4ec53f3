"""The invariants of a settlement, each test named after its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numba
import numpy as np
import polars as pl
import pytest

from madang.core.progress import silent
from madang.solutions.eco_mileage.award_file import CODES, award_bytes
from madang.solutions.eco_mileage.readings.csv_file import read_blocks
from madang.solutions.eco_mileage.readings.people import People
from madang.solutions.eco_mileage.readings.rows import say_month
from madang.solutions.eco_mileage.readings.store import bring
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.solutions.eco_mileage.settlement.cube import Cube
from madang.solutions.eco_mileage.settlement.review import Limits
from madang.solutions.eco_mileage.settlement.settle import (
    Settlement,
    award_header,
    award_rows,
    cast_of,
    settle,
)
from madang.solutions.eco_mileage.settlement.synthetic import make_city
from madang.solutions.eco_mileage.settlement.tests.conftest import FIRST, ROUND, TODAY, Town, lay_out
from madang.solutions.eco_mileage.work_folder import WorkFolder


def file_of(settlement: Settlement, people: People) -> bytes:
    rows = award_rows(settlement)
    return award_bytes(award_header(settlement, rows, rule_book(), "22", people, None), rows)


def settled_again(town: Town, members: pl.DataFrame) -> tuple[Settlement, People]:
    """Return the town settled with its members in another order, or only some of them."""
    people = replace(town.laid.people, members=members)
    cast = cast_of(people, ROUND)
    place = np.searchsorted(town.laid.cast.member_id, cast.member_id, sorter=np.argsort(town.laid.cast.member_id))
    spot = np.argsort(town.laid.cast.member_id)[place]
    whole = town.laid.reviewed.cube
    cube = Cube(whole.quantities[:, :, spot].copy(), whole.estimated[:, :, spot], cast.member_id, whole.first_month)
    return settle(ROUND, rule_book(), cast, cube), people


def test_i5_the_same_inputs_give_the_same_file_for_any_order_of_members(town: Town) -> None:
    shuffled = town.laid.people.members.sample(fraction=1.0, shuffle=True, seed=9)
    again, people = settled_again(town, shuffled)
    assert file_of(again, people) == file_of(town.settlement, town.laid.people)


@pytest.mark.parametrize("threads", sorted({1, numba.config.NUMBA_NUM_THREADS}))
def test_i5_the_same_inputs_give_the_same_file_for_any_number_of_threads(town: Town, threads: int) -> None:
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(threads)
        again, people = settled_again(town, town.laid.people.members)
    finally:
        numba.set_num_threads(before)
    assert file_of(again, people) == file_of(town.settlement, town.laid.people)


def test_i5_another_process_with_other_threads_writes_the_same_bytes(town: Town, tmp_path: Path) -> None:
    hashes = set()
    for threads in ("1", "2"):
        out = tmp_path / f"{threads}.parquet"
        code = "from madang.cli.main import main; main()"
        command = [sys.executable, "-c", code, "eco-mileage", "settle", str(town.folder.folder)]
        command += ["--first-month", "2023-07", "--out", str(out)]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "NUMBA_NUM_THREADS": threads})
        hashes.add(out.read_bytes())
    assert len(hashes) == 1


def test_i6_less_use_never_lowers_an_award(town: Town) -> None:
    chance = np.random.default_rng(3)
    cube = town.laid.reviewed.cube
    less = cube.quantities.copy()
    window = less[:, 24:]
    window[:] = np.where(window > 0, np.rint(window * chance.uniform(0.5, 1.0, window.shape)), window)
    after = settle(ROUND, rule_book(), town.laid.cast, replace(cube, quantities=less))
    # A later window of the same cube lies in the baseline of nobody: each member has one window in a round.
    assert (after.outcome.points >= town.settlement.outcome.points).all()
    assert after.outcome.points.sum() > town.settlement.outcome.points.sum()


@pytest.mark.parametrize("scale", [2, 3, 7])
def test_i7_scaling_all_factors_leaves_every_tier(town: Town, scale: int) -> None:
    book = rule_book()
    factors = {name: tuple((day, value * scale) for day, value in series) for name, series in book.factors.items()}
    after = settle(ROUND, replace(book, factors=factors), town.laid.cast, town.laid.reviewed.cube)
    assert np.array_equal(after.outcome.tier, town.settlement.outcome.tier)
    assert np.array_equal(after.outcome.saved, scale * town.settlement.outcome.saved)


def test_i8_shards_put_together_are_the_whole(town: Town) -> None:
    members = town.laid.people.members
    # An address lies in one shard: what is shared must not be cut.
    shards = [members.filter(pl.col("address_id") % 3 == shard) for shard in range(3)]
    rows = [row for shard in shards for row in award_rows(settled_again(town, shard)[0]).to_pylist()]
    assert sorted(rows, key=lambda row: row["member_id"]) == award_rows(town.settlement).to_pylist()


def test_i9_nobody_stands_in_a_file_twice_and_an_address_is_paid_once(town: Town) -> None:
    rows = award_rows(town.settlement)
    ids = rows["member_id"].to_pylist()
    assert len(set(ids)) == len(ids)
    paid = pl.DataFrame({"member_id": ids, "points": rows["points"].to_pylist()}).filter(pl.col("points") > 0)
    addresses = paid.join(town.laid.people.members, on="member_id")["address_id"].drop_nulls()
    assert addresses.n_unique() == len(addresses)
    assert "address_taken" in rows["code"].to_pylist()


def test_i12_every_figure_names_rules_readings_members_and_day(town: Town) -> None:
    rows = award_rows(town.settlement)
    header = award_header(town.settlement, rows, rule_book(), "22", town.laid.people, None)
    assert header.rules_sha256 == rule_book().sha256
    assert (header.readings_sha256, header.members_sha256) == ("22", town.laid.people.sha256)
    assert header.evaluated_on.isoformat() == "2024-06-01"
    assert set(rows["paragraph"].to_pylist()) - {None} <= set(header.paragraphs)
    for said in header.paragraphs.values():
        assert said["ko"]
        assert said["en"]
        assert said["status"] in {"enacted", "unverified"}
    tonnes = sum(value or 0 for value in rows["saved_doubled_centigrams"].to_pylist()) / 200 / 1e6
    assert tonnes == pytest.approx(town.settlement.outcome.saved.sum() / 200e6)


def test_i13_a_correction_gives_what_the_corrected_reading_gives(town: Town, tmp_path: Path) -> None:
    """The ledger posts the difference of two settlements; here the second is shown to be that of the true reading."""
    city = make_city(60, 5, FIRST)
    wrong = make_city(60, 5, FIRST)
    wrong.quantities[0, 27] = np.where(wrong.quantities[0, 27] > 0, wrong.quantities[0, 27] * 2, -1)
    right_folder = lay_out(tmp_path / "right", city, faults=False)
    mended = lay_out(tmp_path / "mended", wrong, faults=False)
    lines = [
        f"electricity,{10_000_000 + member * 10},{say_month(city.first_month + 27)},{value},kWh,,yes"
        for member, value in enumerate(city.quantities[0, 27].tolist())
        if value >= 0
    ]
    path = tmp_path / "corrections.csv"
    path.write_text("\n".join(["utility,meter_id,month,quantity,unit,quality,corrects", *lines]) + "\n")
    before = mended.settle(ROUND, rule_book(), Limits(), silent)[1]
    bring(mended.store, path, "csv", read_blocks, TODAY, silent)
    after = mended.settle(ROUND, rule_book(), Limits(), silent)[1]
    truth = right_folder.settle(ROUND, rule_book(), Limits(), silent)[1]
    assert award_rows(after).equals(award_rows(truth))
    assert not award_rows(before).equals(award_rows(truth))


def test_every_code_that_a_city_meets_is_met_by_the_town(town: Town) -> None:
    met = {CODES[code] for code in np.unique(town.settlement.outcome.code)}
    assert met >= {"awarded", "upkeep", "below_lowest_edge", "month_missing", "under_review", "not_representative"}


def test_a_folder_is_all_that_a_settlement_needs(town: Town) -> None:
    again = WorkFolder(town.folder.folder).settle(ROUND, rule_book(), Limits(), silent)[1]
    assert award_rows(again).equals(award_rows(town.settlement))
