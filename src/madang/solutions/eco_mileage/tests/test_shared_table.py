"""The full published table: Seoul's committed totals are regenerated from it and compared cell by cell."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from madang.core.city import City
from madang.core.contract import Run
from madang.core.sources import check_raw
from madang.core.tables import read_table
from madang.solutions.eco_mileage import solution
from madang.solutions.eco_mileage.published import Imported, factors_of, import_published, write_tables

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def table(shared: Path) -> Path:
    return shared / "data" / "energy" / "seoul_ecomileage_energy_summary_2009-2023.csv"


@pytest.fixture(scope="module")
def imported(table: Path) -> Imported:
    return import_published(table, factors_of(solution.policy))


def test_the_table_is_the_one_that_seouls_origin_card_describes(table: Path, seoul: City) -> None:
    check_raw(table, seoul.file_for("eco_mileage").sources["published_table"])


def test_seouls_totals_are_what_the_importer_writes(imported: Imported, seoul: City, tmp_path: Path) -> None:
    cards = seoul.file_for("eco_mileage").tables
    fresh = {path.stem: path for path in write_tables(imported, tmp_path)}
    assert set(fresh) == set(cards)
    for name, path in fresh.items():
        committed = pl.read_csv(seoul.folder / cards[name].file, infer_schema=False)
        made = pl.read_csv(path, infer_schema=False)
        assert committed.columns == made.columns
        different = [
            (name, row, column, committed[column][row], made[column][row])
            for column in made.columns
            for row in committed[column].ne_missing(made[column]).arg_true()
        ]
        assert not different
        assert committed.height == made.height


def test_the_committed_tables_have_the_shape_the_solution_asks_for(seoul: City) -> None:
    for name, card in seoul.file_for("eco_mileage").tables.items():
        assert read_table(seoul.folder / card.file, solution.specs[name]).frame.height > 0


def test_every_row_of_the_table_is_counted_once(imported: Imported) -> None:
    by_month = imported.tables["by_month"]
    assert (by_month["cells"] + by_month["cells_empty"]).sum() == 1045 * 4
    assert imported.tables["months"].height == 162


def test_the_identity_breaks_where_the_importer_says(imported: Imported) -> None:
    report = imported.report
    counts = {utility: report.count("identity", utility) for utility in ("electricity", "gas", "water", "heat")}
    assert counts == {"electricity": 78, "gas": 81, "water": 72, "heat": 11}
    early = report.findings.filter((pl.col("kind") == "identity") & (pl.col("month").dt.year() <= 2013))
    assert early.height > 0.85 * sum(counts.values())


def test_the_factors_of_the_policy_explain_nearly_every_row(imported: Imported) -> None:
    report = imported.report
    assert {u: report.count("factor", u) for u in ("electricity", "gas", "water")} == {
        "electricity": 11,
        "gas": 1,
        "water": 12,
    }


def test_gas_is_priced_with_one_factor_in_2009_and_another_from_2010_on(imported: Imported) -> None:
    checks = imported.tables["checks"].filter(pl.col("utility") == "gas").sort("year")
    assert checks.row(0, named=True)["implied_factor_low"] == pytest.approx(2.78, abs=0.001)
    later = checks.filter(pl.col("year") >= 2010)
    assert later["implied_factor_low"].min() == pytest.approx(2.24, abs=0.001)
    assert later["implied_factor_high"].max() == pytest.approx(2.241, abs=0.001)


def test_no_one_factor_explains_heat(imported: Imported) -> None:
    heat = imported.tables["checks"].filter(pl.col("utility") == "heat")
    assert imported.report.count("mixed_unit") == 285
    assert imported.report.count("sign", "heat") == 35
    assert heat["implied_factor_low"].min() < -700
    assert heat["implied_factor_high"].max() > 200


def test_empty_cells_are_those_of_heat_in_the_first_years(imported: Imported) -> None:
    empty = imported.report.findings.filter(pl.col("kind") == "empty")
    assert empty.height == 89
    assert set(empty["utility"]) == {"heat"}
    assert empty["month"].dt.year().max() == 2011


def test_a_plain_sum_in_exact_decimals_gives_the_same_net_total(table: Path, on_statement: Run) -> None:
    with table.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if (int(row["year"]), int(row["month"])) <= (2021, 8)]
    saved = Decimal(0)
    for row in rows:
        gas = 2780 if row["year"] == "2009" else 2240
        for stem, grams in (("electricity_kwh", 424), ("gas_m3", gas), ("water_m3", 332)):
            saved -= Decimal(row[f"{stem}_change"]) * grams / 1_000_000
    heat = -sum(Decimal(row["heat_kgco2_change"] or 0) for row in rows) / 1000
    assert on_statement.number("co2_saved_t").value == pytest.approx(float(saved + heat), abs=0.001)
    assert on_statement.number("co2_saved_heat_t").value == pytest.approx(float(heat), abs=0.001)
    assert round(saved + heat) == 2_364_141
    assert on_statement.number("pines").value == pytest.approx(float(saved + heat) * 1000 / 6.6, rel=1e-9)


def test_a_plain_sum_of_falling_cells_gives_the_same_gross_total(table: Path, on_statement: Run) -> None:
    with table.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if (int(row["year"]), int(row["month"])) <= (2021, 8)]
    fell = Decimal(0)
    for row in rows:
        gas = 2780 if row["year"] == "2009" else 2240
        for stem, grams in (("electricity_kwh", 424), ("gas_m3", gas), ("water_m3", 332)):
            fell -= min(Decimal(row[f"{stem}_change"]), Decimal(0)) * grams / 1_000_000
        fell -= min(Decimal(row["heat_kgco2_change"] or 0), Decimal(0)) / 1000
    assert on_statement.number("co2_saved_gross_t").value == pytest.approx(float(fell), abs=0.001)


def test_totals_by_year_add_to_the_totals_by_month(imported: Imported) -> None:
    yearly = imported.tables["by_year"].group_by("year", "utility").agg(pl.col("co2_kg").sum()).sort("year", "utility")
    monthly = (
        imported.tables["by_month"]
        .group_by(year=pl.col("month").dt.year().cast(pl.Int64), utility="utility")
        .agg(pl.col("co2_kg").sum())
        .sort("year", "utility")
    )
    assert yearly["co2_kg"].to_list() == pytest.approx(monthly["co2_kg"].to_list(), abs=0.05)
