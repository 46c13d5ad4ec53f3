"""The sums: which months count on a day, what each saved in CO2, and running totals. Tonnes; positive is avoided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from madang.core.dates import month_end, parse_day
from madang.core.errors import Both, DataError, Where
from madang.methods.savings import co2_saved, gross, net
from madang.solutions.eco_mileage.inputs import EcoInputs

UTILITIES = ("electricity", "gas", "water", "heat")
#: Grams in a tonne, kilograms in a tonne.
_G, _KG = 1e6, 1e3


@dataclass(frozen=True)
class Totals:
    """Net and gross tonnes over some months, by the chosen way and by the others beside it."""

    month: date
    net_t: float
    gross_t: float
    without_heat_t: float
    heat_t: float | None
    city_t: float
    recomputed_t: float

    @property
    def day(self) -> date:
        """Return the last day of the last month counted."""
        return month_end(self.month.year, self.month.month)


@dataclass(frozen=True)
class Candidate:
    """A month at which the running total may be read off, why it is one, and the totals there."""

    role: str
    totals: Totals


@dataclass(frozen=True)
class Equal:
    """A tonnage and what it equals."""

    name: str
    co2_t: float
    pines: float
    forest_ha: float
    seouls: float


def priced(frame: pl.DataFrame, inputs: EcoInputs) -> pl.DataFrame:
    """Return totals with tonnes avoided added: ``net_t`` and ``gross_t`` the chosen way, then the other ways.

    ``frame`` has the columns of the tables by_month or by_year; its year comes from ``year`` or ``month``.
    ``city_t`` prices with the city's own CO2 column, ``recomputed_t`` prices the recomputed change. Gross
    counts only the cells (month x member type x utility) that fell. Heat takes the city's CO2 or is left out.
    """
    years = (frame["year"] if "year" in frame.columns else frame["month"].dt.year()).to_list()
    chosen = "change" if inputs.change_by == "published" else "recomputed"
    city, city_fell = _of_city(frame, "co2_kg"), _of_city(frame, "co2_kg_fell")
    by_factors = _by_factors(frame, chosen, years, inputs)
    fell_by_factors = _by_factors(frame, f"{chosen}_fell", years, inputs)
    if inputs.co2_by == "city":
        by_factors, fell_by_factors = city, city_fell
    made = frame.with_columns(
        net_t=pl.Series(by_factors),
        gross_t=pl.Series(fell_by_factors),
        city_t=pl.Series(city),
        recomputed_t=pl.Series(_by_factors(frame, "recomputed", years, inputs)),
    )
    if inputs.heat_by == "city":
        return made
    counted = pl.when(pl.col("utility") != "heat").then(pl.col("net_t", "gross_t", "recomputed_t"))
    return made.with_columns(counted.otherwise(float("nan")))


def counted_months(inputs: EcoInputs, on: date, rule: str) -> list[date]:
    """Return the first days of the months that count on a day by a rule, oldest first.

    ``used`` takes months that had ended by the day, ``registered`` those written into the register by then.
    """
    rows = inputs.months.frame.sort("month").select("month", "registered_on").rows()
    if rule == "registered":
        return [month for month, registered_on in rows if registered_on <= on]
    return [month for month, _ in rows if month_end(month.year, month.month) <= on]


def day_of(inputs: EcoInputs) -> date:
    """Return the inputs' day; where none is given, the day on which the whole table counts."""
    if inputs.on:
        return parse_day(inputs.on)
    rows: list[tuple[date, date]] = inputs.months.frame.select("month", "registered_on").rows()
    return max(max(month_end(month.year, month.month), registered_on) for month, registered_on in rows)


def chosen_months(inputs: EcoInputs) -> list[date]:
    """Return the months that count on the inputs' day by the inputs' own rule.

    Raises:
        DataError: none does; an empty sum is unknown, not zero.
    """
    months = counted_months(inputs, day_of(inputs), inputs.as_of)
    if not months:
        first = min(inputs.months.frame["month"].to_list())
        raise DataError(
            Both(
                f"{day_of(inputs)}({inputs.as_of})에 셀 수 있는 달이 표에 없습니다. 첫 달은 {first:%Y-%m}입니다",
                f"no month of the table counts on {day_of(inputs)} ({inputs.as_of}): its first is {first:%Y-%m}",
            ),
            Where(inputs.months.path, day=day_of(inputs)),
            Both("더 뒤의 날을 물으십시오", "ask for a later day"),
        )
    return months


def total(by_month: pl.DataFrame, months: list[date]) -> Totals:
    """Return the totals over ``months`` of priced totals by month and utility.

    Raises:
        DataError: no cell of those months is known.
    """
    part = by_month.filter(pl.col("month").is_in(months))
    heat = part.filter(pl.col("utility") == "heat")
    rest = part.filter(pl.col("utility") != "heat")
    return Totals(
        month=max(months),
        net_t=_known(net(part["net_t"]), months),
        gross_t=_known(gross(part["gross_t"]), months),
        without_heat_t=_known(net(rest["net_t"]), months),
        heat_t=net(heat["city_t"]),
        city_t=_known(net(part["city_t"]), months),
        recomputed_t=_known(net(part["recomputed_t"]), months),
    )


def cumulative(by_month: pl.DataFrame, months: list[date]) -> pl.DataFrame:
    """Return running totals: month (its last day), with_heat_t, without_heat_t, city_t."""
    part = by_month.filter(pl.col("month").is_in(months)).with_columns(
        pl.col("net_t", "city_t").fill_nan(None).fill_null(0.0)
    )
    without = pl.col("net_t").filter(pl.col("utility") != "heat").sum()
    return (
        part.group_by("month")
        .agg(with_heat_t=pl.col("net_t").sum(), without_heat_t=without, city_t=pl.col("city_t").sum())
        .sort("month")
        .with_columns(pl.col("with_heat_t", "without_heat_t", "city_t").cum_sum(), pl.col("month").dt.month_end())
    )


def full_years(inputs: EcoInputs, months: list[date]) -> list[int]:
    """Return the years of which every month in the table counts: only these can be told apart by member type."""
    held = set(months)
    by_year: dict[int, bool] = {}
    for month in inputs.months.frame["month"]:
        by_year[month.year] = by_year.get(month.year, True) and month in held
    return [year for year, whole in by_year.items() if whole]


def _known(tonnes: float | None, months: list[date]) -> float:
    """Return a sum that must be known."""
    if tonnes is None:
        raise DataError(
            Both(
                f"{min(months):%Y-%m}부터 {max(months):%Y-%m}까지 사용량의 변화를 알 수 없습니다",
                f"no change in use is known from {min(months):%Y-%m} to {max(months):%Y-%m}",
            ),
            todo=Both(
                "by_month 표를 채우십시오. 모르는 것은 0이 아닙니다", "fill the table by_month; an unknown is not zero"
            ),
        )
    return tonnes


def _of_city(frame: pl.DataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the tonnes avoided by the city's own CO2 column; NaN where it is empty."""
    kilograms = frame[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return -kilograms / _KG


def _by_factors(
    frame: pl.DataFrame, column: str, years: list[int], inputs: EcoInputs
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the tonnes avoided by dated factors; for heat, whose units are mixed, by the city's CO2."""
    factors = {
        "electricity": inputs.electricity_g_per_kwh,
        "gas": inputs.gas_g_per_m3,
        "water": inputs.water_g_per_m3,
    }
    saved = _of_city(frame, "co2_kg_fell" if column.endswith("_fell") else "co2_kg").copy()
    change = frame[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    utilities = frame["utility"].to_numpy()
    for utility, series in factors.items():
        mask = utilities == utility
        held = [year for year, here in zip(years, mask, strict=True) if here]
        saved[mask] = co2_saved(change[mask], held, series) / _G
    return saved
