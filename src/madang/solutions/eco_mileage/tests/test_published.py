"""The importer: what it sums, what it reports, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from madang.core.errors import TableError
from madang.core.tables import read_table
from madang.solutions.eco_mileage import solution
from madang.solutions.eco_mileage.findings import KINDS
from madang.solutions.eco_mileage.published import (
    Imported,
    factors_of,
    import_published,
    published_spec,
    write_tables,
)

Write = Callable[..., Path]


def row(
    month: int, member_type: str = "personal", year: int = 2020, **changed: float | str | None
) -> dict[str, object]:
    """Return one row of a published table: 100 against 110 of everything, with what is changed."""
    cells: dict[str, object] = {"year": year, "month": month, "member_type": member_type, "count": 10}
    for stem, name, factor in (
        ("electricity_kwh", "electricity", 0.424),
        ("gas_m3", "gas", 2.24),
        ("water_m3", "water", 0.332),
        ("heat", "heat", 3.982),
    ):
        uses = {"this_year": 100.0, "prev_year": 110.0, "prev2_year": 110.0, "change": -10.0}
        cells |= {f"{stem}_{ending}": value for ending, value in uses.items()}
        cells[f"{name}_kgco2_change"] = -10.0 * factor
    return cells | {"registered_at": f"{year}-{month + 2:02d}-01 04:10:00.0"} | changed


def imported(path: Path) -> Imported:
    return import_published(path, factors_of(solution.policy))


def cell(frame: pl.DataFrame, column: str, **key: object) -> object:
    return frame.filter(*[pl.col(name) == value for name, value in key.items()])[column].item()


def test_a_row_that_is_right_gives_no_finding_but_that_heat_mixes_units(published: Write) -> None:
    findings = imported(published(row(1))).report.findings
    assert findings.select("row", "utility", "kind").rows() == [(2, "heat", "mixed_unit")]


def test_totals_add_the_cells_of_a_month_by_utility(published: Write) -> None:
    tables = imported(published(row(1), row(1, "school"))).tables
    gas = {"month": date(2020, 1, 1), "utility": "gas"}
    assert cell(tables["by_month"], "change", **gas) == -20.0
    assert cell(tables["by_month"], "co2_kg", **gas) == -44.8
    assert cell(tables["by_month"], "cells", **gas) == 2


def test_falling_cells_are_added_apart_from_rising_ones(published: Write) -> None:
    rising = row(1, "school", gas_m3_this_year=140.0, gas_m3_change=30.0, gas_kgco2_change=67.2)
    totals = imported(published(row(1), rising)).tables["by_month"]
    gas = {"month": date(2020, 1, 1), "utility": "gas"}
    assert cell(totals, "change", **gas) == 20.0
    assert cell(totals, "change_fell", **gas) == -10.0
    assert cell(totals, "co2_kg_fell", **gas) == -22.4


def test_totals_by_year_keep_member_types_apart_and_count_their_months(published: Write) -> None:
    by_year = imported(published(row(1), row(2), row(1, "school"))).tables["by_year"]
    assert cell(by_year, "months", member_type="personal", utility="water") == 2
    assert cell(by_year, "change", member_type="personal", utility="water") == -20.0
    assert cell(by_year, "change", member_type="school", utility="water") == -10.0


def test_months_keep_accounts_and_the_last_day_of_registering(published: Write) -> None:
    late = row(1, "school", registered_at="2020-06-09 10:00:00.0", count=3)
    months = imported(published(row(1), late)).tables["months"]
    assert months.rows(named=True) == [
        {
            "month": date(2020, 1, 1),
            "registered_on": date(2020, 6, 9),
            "personal_accounts": 10,
            "other_accounts": 3,
            "member_types": 2,
        }
    ]


def test_a_change_that_breaks_its_definition_is_reported_with_its_row_and_counted_as_it_stands(
    published: Write,
) -> None:
    found = imported(published(row(1), row(2, water_m3_change=-25.0, water_kgco2_change=-8.3)))
    broken = found.report.findings.filter(pl.col("kind") == "identity").rows(named=True)
    assert [(r["row"], r["utility"], r["published"], r["expected"]) for r in broken] == [(3, "water", -25.0, -10.0)]
    february = {"month": date(2020, 2, 1), "utility": "water"}
    assert cell(found.tables["by_month"], "change", **february) == -25.0
    assert cell(found.tables["by_month"], "recomputed", **february) == -10.0


def test_a_difference_of_half_a_unit_is_a_rounding_and_no_finding(published: Write) -> None:
    half = row(1, electricity_kwh_change=-10.5, electricity_kgco2_change=-10.5 * 0.424)
    assert imported(published(half)).report.count("identity") == 0


def test_co2_off_its_dated_factor_is_reported_with_both_factors(published: Write) -> None:
    off = row(1, gas_m3_this_year=0.0, gas_m3_change=-110.0, gas_kgco2_change=-110 * 2.78)
    findings = imported(published(off)).report.findings.filter(pl.col("kind") == "factor")
    assert findings["published"].to_list() == pytest.approx([2.78])
    assert findings["expected"].to_list() == [2.24]


def test_the_gas_factor_of_2009_is_right_for_2009(published: Write) -> None:
    then = row(9, year=2009, gas_kgco2_change=-27.8, registered_at="2015-06-08 15:08:20.0")
    assert imported(published(then)).report.count("factor") == 0


def test_use_and_co2_in_opposite_directions_are_reported(published: Write) -> None:
    found = imported(published(row(1, heat_kgco2_change=39.82))).report
    assert found.count("sign", "heat") == 1
    assert found.count("sign") == 1


def test_an_empty_cell_is_reported_and_never_zero(published: Write) -> None:
    no_heat = {f"heat_{ending}": None for ending in ("this_year", "prev_year", "prev2_year", "change", "kgco2_change")}
    found = imported(published(row(1, **no_heat), row(2)))
    january = {"month": date(2020, 1, 1), "utility": "heat"}
    assert found.report.count("empty", "heat") == 1
    assert cell(found.tables["by_month"], "change", **january) is None
    assert cell(found.tables["by_month"], "co2_kg_fell", **january) is None
    assert cell(found.tables["by_month"], "cells_empty", **january) == 1


def test_the_summary_counts_findings_by_year_and_utility(published: Write) -> None:
    found = imported(published(row(1, water_m3_change=-25.0), row(2, water_m3_change=-25.0), row(3)))
    line = found.report.summary.filter(pl.col("utility") == "water").row(0, named=True)
    assert (line["rows"], line["identity_rows"], line["identity_excess"]) == (3, 2, -30.0)
    assert line["factor_rows"] == 2


def test_every_kind_of_finding_is_said_in_both_languages() -> None:
    assert set(KINDS) == {"identity", "factor", "mixed_unit", "sign", "empty"}
    assert all(words.ko != words.en for words in KINDS.values())


def test_the_order_of_rows_does_not_move_a_total(published: Write) -> None:
    rows = [row(month, kind) for month in (1, 2, 3) for kind in ("personal", "school", "company")]
    there = imported(published(*rows)).tables
    back = imported(published(*reversed(rows))).tables
    assert all(there[name].equals(back[name]) for name in ("by_month", "by_year", "months"))


def test_written_tables_are_what_the_solution_reads(published: Write, tmp_path: Path) -> None:
    paths = write_tables(imported(published(row(1), row(2, "school"))), tmp_path / "city")
    assert [path.name for path in paths] == ["months.csv", "by_month.csv", "by_year.csv", "checks.csv"]
    for path in paths:
        assert read_table(path, solution.specs[path.stem]).frame.height > 0


def test_a_word_among_the_numbers_names_its_cell(published: Write) -> None:
    path = published(row(1), row(2, gas_m3_change="many"))
    with pytest.raises(TableError) as caught:
        imported(path)
    assert str(caught.value) == (
        "a cell is not a number\n"
        f"  where: file {path}, row 3, column gas_m3_change, value 'many'\n"
        "  to do: write digits with a decimal point"
    )


def test_a_negative_use_is_refused(published: Write) -> None:
    with pytest.raises(TableError, match="is below 0 kWh"):
        imported(published(row(1, electricity_kwh_this_year=-1.0)))


def test_the_same_month_and_member_type_twice_is_refused(published: Write) -> None:
    with pytest.raises(TableError, match="two rows have the same key"):
        imported(published(row(1), row(1)))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("year,month\n2020,1\n")
    with pytest.raises(TableError, match="the column 'member_type' is missing"):
        imported(path)


def test_the_shape_names_every_utility_in_its_own_unit() -> None:
    columns = published_spec().columns
    assert columns["electricity_kwh_change"].unit == "kWh"
    assert columns["water_m3_this_year"].unit == "m**3"
    assert columns["gas_kgco2_change"].unit == "kg"
    assert columns["heat_change"].unit is None
