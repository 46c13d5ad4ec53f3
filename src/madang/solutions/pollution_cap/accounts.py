"""The account of development loads as its entries tell: what is allocated, held by projects, and left."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from madang.core.errors import Both, TableError, Where
from madang.core.tables import Table
from madang.solutions.pollution_cap.decimals import exact

Key = tuple[str, str, str, int]


@dataclass(frozen=True)
class Balance:
    """An account's state for a district, unit, substance and year (kg/d)."""

    district: str
    unit_area: str
    substance: str
    year: int
    allocated_kg_per_d: float
    held_kg_per_d: float

    @property
    def remaining_kg_per_d(self) -> float:
        """What is left to give."""
        return float(exact(self.allocated_kg_per_d) - exact(self.held_kg_per_d))


def balances(account: Table | None) -> tuple[Balance, ...]:
    """Return every account's balance; entries are taken in the order of their numbers.

    A consultation holds its load for its project, spending and completing put the final load in its place, and a
    cancellation gives it back.

    Raises:
        TableError: an entry would overdraw its account, or a project's load without a project.
    """
    if account is None:
        return ()
    allocated: dict[Key, Decimal] = {}
    held: dict[Key, dict[str, Decimal]] = {}
    for row in account.frame.sort("entry").iter_rows(named=True):
        key = (row["district"], row["unit_area"], row["substance"], row["year"])
        load = exact(row["kg_per_d"])
        projects = held.setdefault(key, {})
        if row["kind"] == "allocate":
            allocated[key] = allocated.get(key, Decimal(0)) + load
        elif row["project"] is None:
            raise TableError(
                Both(
                    f"{row['entry']}번 기록({row['kind']})에 사업 이름이 없습니다",
                    f"the entry {row['entry']} ({row['kind']}) names no project",
                ),
                Where(account.path),
                Both("사업 이름을 적으십시오", "name its project"),
            )
        else:
            projects[row["project"]] = Decimal(0) if row["kind"] == "cancel" else load
        over = sum(projects.values(), Decimal(0)) - allocated.get(key, Decimal(0))
        if over > 0:
            raise TableError(
                Both(
                    f"{row['entry']}번 기록이 계정에 남은 것보다 {over} kg/d 더 씁니다",
                    f"the entry {row['entry']} overdraws its account by {over} kg/d",
                ),
                Where(account.path, value=f"{key[0]}, {key[1]}, {key[2]}, {key[3]}"),
                Both("먼저 할당하거나 부하량을 고치십시오", "allocate first, or correct the load"),
            )
    return tuple(
        Balance(*key, float(allocated.get(key, Decimal(0))), float(sum(held[key].values(), Decimal(0)))) for key in held
    )


def statement(account: Table | None) -> pl.DataFrame:
    """Return the entries in order, each with what is left of its account after it."""
    schema = {
        "entry": pl.Int64, "day": pl.Date, "district": pl.String, "unit_area": pl.String, "substance": pl.String,
        "year": pl.Int64, "kind": pl.String, "project": pl.String, "kg_per_d": pl.Float64, "left_kg_per_d": pl.Float64,
    }  # fmt: skip
    if account is None:
        return pl.DataFrame(schema=schema)
    ordered, rows = account.frame.sort("entry"), []
    for row in ordered.iter_rows(named=True):
        so_far = Table(account.name, account.spec, ordered.filter(pl.col("entry") <= row["entry"]), account.path)
        key = (row["district"], row["unit_area"], row["substance"], row["year"])
        left = next(
            one.remaining_kg_per_d
            for one in balances(so_far)
            if (one.district, one.unit_area, one.substance, one.year) == key
        )
        rows.append((*(row[name] for name in schema if name != "left_kg_per_d"), left))
    return pl.DataFrame(rows, schema=schema, orient="row")
