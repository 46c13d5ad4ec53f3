"""The award file of cars: one row a car, unknown never zero, the same bytes for the same table, one car a member."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from madang.core.errors import DataError, UsageError
from madang.core.progress import silent
from madang.solutions.eco_mileage.award_file import AwardFile, read_award_file
from madang.solutions.eco_mileage.operating.car_awards import write_car_awards
from madang.solutions.eco_mileage.operating.driving import CARS, Cars, decide_cars
from madang.solutions.eco_mileage.readings.people import write_table
from madang.solutions.eco_mileage.rule_calls import rule_book

PLAIN = {
    "car_id": 1, "member_id": 1, "power": "petrol", "seats": 5, "private": "yes", "registered_on": date(2010, 1, 1),
    "changed": None, "start_on": date(2018, 1, 15), "start_km": 160_000, "end_on": date(2019, 1, 20),
    "end_km": 177_500, "two_years_km": None, "awarded_before": "no",
}  # fmt: skip
SHAPE = {"changed": pl.String, "two_years_km": pl.Int64}


def table(path: Path, *changes: dict[str, object], synthetic: bool = False) -> Path:
    rows = [{**PLAIN, "car_id": place, "member_id": place, **change} for place, change in enumerate(changes, start=1)]
    write_table(pl.DataFrame(rows, schema_overrides=SHAPE).select(*CARS.columns), path, synthetic=synthetic)
    return path


def awards(path: Path, season: str | None = None) -> AwardFile:
    out = path.with_name("awards.parquet")
    decide_cars(Cars(file=path, season=season, awards=out), silent)
    return read_award_file(out)


def test_a_cars_row_says_points_tier_paragraph_and_distances_in_whole_metres(tmp_path: Path) -> None:
    found = awards(table(tmp_path / "cars.parquet", {}))
    row = found.rows.to_pylist()[0]
    baseline = 160_000 * 365_000 // (date(2018, 1, 15) - date(2010, 1, 1)).days
    assert (row["code"], row["points"], row["tier"], row["paragraph"]) == ("awarded", 50_000, 3, "R8")
    assert (row["baseline_metres"], row["first_month"]) == (baseline, date(2018, 1, 1))
    assert row["saved_metres"] == pytest.approx(baseline - 17_500_000, abs=1)
    assert row["baseline_doubled_centigrams"] is None
    header = found.header
    assert (header.kind, header.months, header.evaluated_on, header.won_per_point) == ("car", 12, date(2019, 1, 20), 1)
    assert header.paragraphs["R8"]["en"].startswith("20,000 from 5 % or 500 km")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"end_km": 159_999}, "under_review"),
        ({"seats": 13}, "excluded"),
        ({"start_on": date(2024, 1, 1), "end_on": date(2025, 2, 1), "two_years_km": None}, "no_baseline"),
        ({"start_on": date(2025, 3, 1), "end_on": date(2026, 3, 1)}, "edges_unknown"),
        ({"start_on": date(2024, 1, 1), "end_on": date(2025, 2, 1), "end_km": 160_000}, "nothing_driven"),
    ],
)
def test_who_is_not_evaluated_has_no_points_not_zero(tmp_path: Path, change: dict[str, object], code: str) -> None:
    row = awards(table(tmp_path / "cars.parquet", change)).rows.to_pylist()[0]
    assert (row["code"], row["points"], row["tier"], row["saved_metres"]) == (code, None, None, None)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"power": "electric", "start_on": date(2024, 6, 1), "end_on": date(2025, 7, 1)}, "R24"),
        ({"changed": "plate", "start_on": date(2024, 6, 1), "end_on": date(2025, 6, 1)}, "R23"),
        ({"private": "no"}, "R8"),
    ],
)
def test_who_is_kept_out_reads_by_which_rule(tmp_path: Path, change: dict[str, object], rule: str) -> None:
    found = awards(table(tmp_path / "cars.parquet", change))
    assert (found.rows["code"].to_pylist(), found.rows["paragraph"].to_pylist()) == (["excluded"], [rule])
    assert list(found.header.paragraphs) == [rule]


def test_evaluated_and_below_the_lowest_edge_is_zero(tmp_path: Path) -> None:
    row = awards(table(tmp_path / "cars.parquet", {"end_km": 185_000})).rows.to_pylist()[0]
    assert (row["code"], row["points"], row["tier"]) == ("below_lowest_edge", 0, 0)


def test_upkeep_is_its_own_tier_and_with_a_tier_it_adds_and_names_each_rule_once(tmp_path: Path) -> None:
    kept = {"awarded_before": "yes", "end_km": 179_700}
    found = awards(table(tmp_path / "cars.parquet", kept, {"awarded_before": "yes"}))
    assert [(row["code"], row["points"], row["tier"]) for row in found.rows.to_pylist()] == [
        ("upkeep", 10_000, -1), ("awarded", 60_000, 3),
    ]  # fmt: skip
    assert found.rows["paragraph"].to_pylist() == ["R8", "R8"]
    assert found.header.paid == 2


def test_a_winter_of_cars_is_a_kind_of_its_own(tmp_path: Path) -> None:
    winter = {"start_on": date(2023, 11, 20), "end_on": date(2024, 4, 10)}
    rows = ({**winter, "end_km": 161_697}, {**winter, "end_km": 161_698})
    found = awards(table(tmp_path / "cars.parquet", *rows), season="2023-12")
    assert (found.header.kind, found.header.months, found.header.first_month) == ("car_season", 4, date(2023, 12, 1))
    assert found.rows["points"].to_pylist() == [10_000, 0]
    assert found.rows["first_month"].to_pylist() == [date(2023, 12, 1)] * 2
    assert found.header.evaluated_on == date(2024, 4, 10)


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (date(2023, 11, 1), date(2024, 5, 1), "awarded"),
        (date(2023, 12, 1), date(2024, 3, 31), "awarded"),
        (date(2023, 10, 31), date(2024, 4, 1), "under_review"),
        (date(2023, 12, 2), date(2024, 4, 1), "under_review"),
        (date(2023, 12, 1), date(2024, 3, 30), "under_review"),
        (date(2023, 12, 1), date(2024, 5, 2), "under_review"),
    ],
)
def test_readings_that_are_not_from_before_and_after_a_winter_go_to_review(
    tmp_path: Path, start: date, end: date, code: str
) -> None:
    winter = {"start_on": start, "end_on": end, "end_km": 161_000}
    row = awards(table(tmp_path / "cars.parquet", winter), season="2023-12").rows.to_pylist()[0]
    assert (row["code"], row["points"]) == (code, 10_000 if code == "awarded" else None)


def test_a_car_whose_period_is_too_short_goes_to_review_and_says_why(tmp_path: Path) -> None:
    path = table(tmp_path / "cars.parquet", {"start_on": date(2026, 3, 1), "end_on": date(2026, 4, 1)}, {})
    found = decide_cars(Cars(file=path, out=tmp_path / "out.csv"), silent)
    decided = pl.read_csv(tmp_path / "out.csv")
    assert decided["code"].to_list() == ["under_review", "awarded"]
    assert "31 days are less than 7 months" in decided["why"][0]
    assert [line.value for line in found.lines] == [2, 50_000, 1]


def test_the_same_cars_in_any_order_give_the_same_file(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    first, other = table(tmp_path / "a" / "cars.parquet", {}, {"end_km": 170_000}), tmp_path / "b" / "cars.parquet"
    write_table(pl.read_parquet(first).reverse(), other, synthetic=False)
    assert awards(first).sha256 == awards(other).sha256
    changed = table(other, {}, {"end_km": 170_001})
    assert awards(changed).header.run != awards(first).header.run


def test_a_member_with_two_cars_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a member takes part with one car, and two are given\n.*value 1"):
        awards(table(tmp_path / "cars.parquet", {"member_id": 1}, {"member_id": 1}))


def test_made_up_cars_say_so_in_the_header(tmp_path: Path) -> None:
    assert awards(table(tmp_path / "cars.parquet", {}, synthetic=True)).header.synthetic
    assert not awards(table(tmp_path / "cars.parquet", {})).header.synthetic


def test_without_cars_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the table has no cars"):
        write_car_awards(tmp_path / "a.parquet", pl.DataFrame(), [], None, rule_book(), synthetic=False)
    assert not (tmp_path / "a.parquet").exists()


def test_the_award_file_never_replaces_the_table(tmp_path: Path) -> None:
    path = table(tmp_path / "cars.parquet", {})
    with pytest.raises(DataError, match="the decisions would replace the table"):
        decide_cars(Cars(file=path, awards=path), silent)
