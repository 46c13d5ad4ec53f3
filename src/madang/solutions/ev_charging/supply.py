"""Sums over chargers, vehicles and households by district: no streets, only what registers count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from madang.core.tables import Table
from madang.solutions.ev_charging.inputs import EvChargingInputs

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Counted:
    """A count and the day it speaks of."""

    value: float
    day: date


@dataclass(frozen=True)
class Equity:
    """How evenly chargers lie over the vehicles of the districts, on the Lorenz curve of chargers per vehicle.

    ``gini`` is 0 where every vehicle has the same and 1 where one district has all; ``worst_fifth_percent`` is the
    share of the chargers that the fifth of the vehicles in the worst-served districts has.
    """

    gini: float
    worst_fifth_percent: float
    vehicles_share: tuple[float, ...]
    chargers_share: tuple[float, ...]


@dataclass(frozen=True)
class Supply:
    """What the registers say: counts with their days, a row for each district, and how even the supply is.

    ``districts`` (one row each) has district, name_ko, chargers, fast, slow, households, vehicles, evs and the
    ratios; what a city does not give is null.
    """

    installed: Counted | None
    fast: Counted | None
    slow: Counted | None
    evs: Counted | None
    vehicles: Counted | None
    households: Counted | None
    districts: pl.DataFrame
    districts_day: date | None
    unplaced: float | None
    outside: float | None
    equity: Equity | None


def supply_of(inputs: EvChargingInputs) -> Supply:
    """Return what the registers of a city say about chargers and those who need them."""
    chargers = _placed(inputs.district_chargers)
    districts = _districts(inputs, chargers)
    return Supply(
        installed=last_count(inputs.chargers_by_day),
        fast=last_count(inputs.fast_by_day),
        slow=last_count(inputs.slow_by_day),
        evs=_newest(_total(inputs.district_vehicles, "evs"), _total(inputs.district_evs, "evs")),
        vehicles=_total(inputs.district_vehicles, "vehicles"),
        households=_total(inputs.district_people, "households"),
        districts=districts,
        districts_day=_day(inputs.district_chargers),
        unplaced=_outside(inputs.district_chargers, "(not placed)", same=True),
        outside=_outside(inputs.district_chargers, "(not placed)", same=False),
        equity=equity_of(districts),
    )


def last_count(by_day: dict[str, float]) -> Counted | None:
    """Return the latest of some dated counts; none where there are none."""
    if not by_day:
        return None
    day = max(by_day)
    return Counted(by_day[day], date.fromisoformat(day))


def gini_of(amount: Floats, weight: Floats) -> float:
    """Return the Gini coefficient of ``amount`` (n,) over ``weight`` (n,): twice the area off the even line."""
    share_weight, share_amount = lorenz(amount, weight)
    return float(1.0 - np.sum(np.diff(share_weight) * (share_amount[1:] + share_amount[:-1])))


def lorenz(amount: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return the Lorenz curve (n + 1,), worst served first: share of the weight, share of the amount."""
    order = np.argsort(amount / weight, kind="stable")
    along = np.concatenate(([0.0], np.cumsum(weight[order]))) / weight.sum()
    up = np.concatenate(([0.0], np.cumsum(amount[order]))) / amount.sum()
    return along, up


def equity_of(districts: pl.DataFrame) -> Equity | None:
    """Return how evenly chargers lie over vehicles; none where either is unknown."""
    known = districts.filter(pl.col("chargers").is_not_null() & (pl.col("vehicles") > 0))
    if known.height < 2 or known["chargers"].sum() == 0:
        return None
    amount, weight = known["chargers"].to_numpy().astype(float), known["vehicles"].to_numpy().astype(float)
    along, up = lorenz(amount, weight)
    fifth = float(np.interp(0.2, along, up)) * 100.0
    return Equity(gini_of(amount, weight), fifth, tuple(along.tolist()), tuple(up.tolist()))


def _latest(table: Table | None) -> pl.DataFrame | None:
    """Return the rows of a table's latest day."""
    return None if table is None else table.frame.filter(pl.col("day") == pl.col("day").max())


def _placed(table: Table | None) -> pl.DataFrame | None:
    """Return the chargers that lie in a district."""
    latest = _latest(table)
    return None if latest is None else latest.filter(~pl.col("district").str.starts_with("("))


def _outside(table: Table | None, name: str, *, same: bool) -> float | None:
    """Return the chargers of the rows in brackets that bear ``name``, or of the others."""
    latest = _latest(table)
    if latest is None:
        return None
    bracketed = latest.filter(pl.col("district").str.starts_with("("))
    is_name = pl.col("district") == name
    return float(bracketed.filter(is_name if same else ~is_name)["chargers"].sum())


def _day(table: Table | None) -> date | None:
    """Return a table's latest day."""
    latest = _latest(table)
    found: date | None = None if latest is None else latest["day"][0]
    return found


def _total(table: Table | None, column: str) -> Counted | None:
    """Return a column's sum over the districts on its latest day."""
    latest = _latest(table)
    if latest is None or latest.height == 0:
        return None
    return Counted(float(latest[column].sum()), latest["day"][0])


def _newest(*counts: Counted | None) -> Counted | None:
    """Return the count of the latest day."""
    known = [count for count in counts if count is not None]
    return max(known, key=lambda count: count.day) if known else None


def _districts(inputs: EvChargingInputs, chargers: pl.DataFrame | None) -> pl.DataFrame:
    """Return a row for each district with all that is known of it, most chargers first."""
    parts = [
        (chargers, ["chargers", "fast", "slow"]),
        (_latest(inputs.district_people), ["name_ko", "households"]),
        (_latest(inputs.district_vehicles), ["vehicles", "evs"]),
    ]
    evs = _latest(inputs.district_evs)
    if inputs.district_vehicles is None and evs is not None:
        parts.append((evs, ["evs"]))
    frame = pl.DataFrame({"district": _names(parts)}, schema={"district": pl.String})
    for part, columns in parts:
        if part is not None:
            frame = frame.join(part.select("district", *columns), on="district", how="left")
    for column, kind in _COLUMNS.items():
        if column not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype=kind).alias(column))
    return _with_ratios(frame.select("district", *_COLUMNS)).sort("chargers", "district", descending=[True, False])


_COLUMNS: dict[str, pl.DataType] = {
    "name_ko": pl.String(),
    "chargers": pl.Int64(),
    "fast": pl.Int64(),
    "slow": pl.Int64(),
    "households": pl.Int64(),
    "vehicles": pl.Int64(),
    "evs": pl.Int64(),
}


def _names(parts: list[tuple[pl.DataFrame | None, list[str]]]) -> list[str]:
    """Return the districts that any table names, in the order first met."""
    return list(dict.fromkeys(name for part, _ in parts if part is not None for name in part["district"].to_list()))


def _with_ratios(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the districts with what falls to one charger; null where there is no charger to divide by."""
    charger = pl.when(pl.col("chargers") > 0).then(pl.col("chargers"))
    return frame.with_columns(
        (pl.col("evs") / charger).alias("evs_per_charger"),
        (pl.col("households") / charger).alias("households_per_charger"),
        (pl.col("vehicles") / charger).alias("vehicles_per_charger"),
    )
