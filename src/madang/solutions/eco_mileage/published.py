"""Takes the city's full published monthly table and makes the totals that a city folder holds, with a report.

The table (open data `energyUseDataSummaryInfo`) has a row for each month and member type: accounts, and for
each utility this year's use, that of the two years before, the change and its CO2. Nothing is smoothed over:
a row that contradicts itself is counted as it stands and named in the report.

    imported = import_published(Path("table.csv"), factors_of(solution.policy))
    imported.report.findings            # every row that breaks a rule, with its row number in the file
    write_tables(imported, Path("cities/seoul/eco_mileage"))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from pathlib import Path
from typing import Any

import polars as pl

from madang.core.columns import Column
from madang.core.facts import FactBook
from madang.core.language import text
from madang.core.tables import TableSpec, read_table
from madang.methods.savings import change_from_mean, factor_on
from madang.solutions.eco_mileage.findings import Report, report_on

#: The utilities of the table: the word in its column names, and the unit of its use. Heat mixes units.
COLUMN_OF = {"electricity": "electricity_kwh", "gas": "gas_m3", "water": "water_m3", "heat": "heat"}
UNIT_OF = {"electricity": "kWh", "gas": "m**3", "water": "m**3", "heat": "mixed"}
FACTS_OF = {"electricity": "electricity_g_per_kwh", "gas": "gas_g_per_m3", "water": "water_g_per_m3"}
#: Sums are written with as many decimals as the published cells have.
DECIMALS = 3
SUMS = ("change", "change_fell", "recomputed", "recomputed_fell", "co2_kg", "co2_kg_fell")


@dataclass(frozen=True)
class Imported:
    """The tables a city folder holds, by file stem, and what was found on the way."""

    tables: Mapping[str, pl.DataFrame]
    report: Report


def import_published(path: Path, factors: Mapping[str, Mapping[int, float]]) -> Imported:
    """Return the totals and the report of a full published table.

    Args:
        path: CSV, Parquet or Excel with the columns of ``published_spec()``.
        factors: for each utility with a known factor, grams of CO2 per unit by the year from which it holds.

    Raises:
        TableError: with file, row, column and value, for a cell that is not what its column holds.
    """
    cells = cells_of(read_table(path, published_spec(), name="published").frame, factors)
    report = report_on(cells)
    tables = {
        "months": _months(cells),
        "by_month": _totals(cells, ("month", "utility")),
        "by_year": _totals(cells.with_columns(year=pl.col("month").dt.year()), ("year", "member_type", "utility")),
        "checks": report.summary,
    }
    return Imported(tables, report)


def factors_of(policy: FactBook) -> dict[str, dict[int, float]]:
    """Return the policy's dated factors as the importer takes them: utility -> first year -> grams per unit."""
    return {
        utility: {value.since.year: value.value for value in policy.history(name)} for utility, name in FACTS_OF.items()
    }


def write_tables(imported: Imported, folder: Path) -> tuple[Path, ...]:
    """Write the tables as CSV into a city's folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, frame in imported.tables.items():
        paths.append(folder / f"{name}.csv")
        frame.write_csv(paths[-1], float_precision=DECIMALS)
    return tuple(paths)


def published_spec() -> TableSpec:
    """Return the shape of the published table."""
    columns = {
        "year": Column(says=text("연도", "Year"), kind="integer", min=2000, max=2100),
        "month": Column(says=text("월", "Month"), kind="integer", min=1, max=12),
        "member_type": Column(says=text("회원 구분", "Member type"), kind="text"),
        "count": Column(says=text("회원 계정 수", "Accounts"), kind="integer", unit="member", min=0),
        "registered_at": Column(says=text("등록 일시", "Written into the register at"), kind="text"),
    }
    for utility, stem in COLUMN_OF.items():
        for ending in ("this_year", "prev_year", "prev2_year"):
            columns[f"{stem}_{ending}"] = _use_column(utility, ending, low=0.0)
        columns[f"{stem}_change"] = _use_column(utility, "change")
        columns[f"{utility}_kgco2_change"] = _use_column(utility, "kgCO2")
    return TableSpec(
        says=text("서울시 에코마일리지 월별 공개표", "The city's published monthly table of eco-mileage"),
        key=("year", "month", "member_type"),
        columns=columns,
    )


def _use_column(utility: str, ending: str, low: float | None = None) -> Column:
    """Return the shape of one column of a utility; its cells may be empty, and an empty cell is reported."""
    ko, en = {
        "this_year": ("올해 사용량", "use this year"),
        "prev_year": ("1년 전 사용량", "use a year before"),
        "prev2_year": ("2년 전 사용량", "use two years before"),
        "change": ("변화량", "change in use"),
        "kgCO2": ("이산화탄소 변화량", "change in CO2"),
    }[ending]
    unit = "kg" if ending == "kgCO2" else UNIT_OF[utility]
    says = text(f"{utility}: {ko}", f"{utility}: {en}")
    return Column(says=says, kind="number", unit=None if unit == "mixed" else unit, min=low, may_be_empty=True)


def cells_of(frame: pl.DataFrame, factors: Mapping[str, Mapping[int, float]]) -> pl.DataFrame:
    """Return the table as cells: one row for each file row and utility.

    Columns: row (in the file, header = 1), month (its first day), member_type, accounts, registered_on,
    utility, this, previous, before_previous, change, co2_kg, recomputed (this - mean of the two years
    before), factor_kg (the dated factor in kg per unit; null where none is known).
    """
    numbered = frame.with_row_index("row", offset=2).with_columns(
        first_day=pl.date("year", "month", 1), registered_on=pl.col("registered_at").str.slice(0, 10).str.to_date()
    )
    return pl.concat([_cells_of_utility(numbered, utility, factors.get(utility)) for utility in COLUMN_OF])


def _cells_of_utility(frame: pl.DataFrame, utility: str, factors: Mapping[int, float] | None) -> pl.DataFrame:
    """Return the cells of one utility."""
    stem = COLUMN_OF[utility]
    years = frame["year"].to_list()
    held = None if factors is None else [factor_on(factors, year) / 1000.0 for year in years]
    cells = frame.select(
        "row",
        pl.col("first_day").alias("month"),
        "member_type",
        pl.col("count").alias("accounts"),
        "registered_on",
        pl.lit(utility).alias("utility"),
        pl.col(f"{stem}_this_year").alias("this"),
        pl.col(f"{stem}_prev_year").alias("previous"),
        pl.col(f"{stem}_prev2_year").alias("before_previous"),
        pl.col(f"{stem}_change").alias("change"),
        pl.col(f"{utility}_kgco2_change").alias("co2_kg"),
        pl.Series("factor_kg", held if held is not None else [None] * len(years), dtype=pl.Float64),
    )
    years_of_use = (cells[name].fill_null(float("nan")).to_numpy() for name in ("this", "previous", "before_previous"))
    return cells.with_columns(recomputed=pl.Series(change_from_mean(*years_of_use)).fill_nan(None))


def _months(cells: pl.DataFrame) -> pl.DataFrame:
    """Return one row a month: when its last row was registered, and the accounts it counts."""
    once = cells.filter(pl.col("utility") == "electricity")
    personal = pl.col("member_type") == "personal"
    return (
        once.group_by("month")
        .agg(
            registered_on=pl.col("registered_on").max(),
            personal_accounts=pl.col("accounts").filter(personal).sum(),
            other_accounts=pl.col("accounts").filter(~personal).sum(),
            member_types=pl.len().cast(pl.Int64),
        )
        .sort("month")
    )


def _totals(cells: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """Return sums by ``key``: all cells, and those that fell alone; empty where every cell is empty.

    Exact summation (fsum), so that the order of rows never moves a last digit.
    """
    rows = []
    for names, part in sorted(cells.group_by(*key), key=lambda pair: tuple(str(name) for name in pair[0])):
        row: dict[str, Any] = dict(zip(key, names, strict=True))
        row["unit"] = UNIT_OF[str(row["utility"])]
        row["months"] = part["month"].n_unique()
        for column in ("change", "recomputed", "co2_kg"):
            known = part[column].drop_nulls().to_list()
            row[column] = round(fsum(known), DECIMALS) if known else None
            row[f"{column}_fell"] = round(fsum(v for v in known if v < 0), DECIMALS) if known else None
        row["cells"] = part["co2_kg"].count()
        row["cells_empty"] = part["co2_kg"].null_count()
        rows.append(row)
    order = [*key, "unit", "months", *SUMS, "cells", "cells_empty"]
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(SUMS, pl.Float64)).select(order)
