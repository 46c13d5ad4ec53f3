"""Runs the sums over a city's inputs: totals on the day, by year and member, candidates, equivalences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from madang.core.contract import Gap, Result, gap
from madang.core.dates import month_end, parse_day
from madang.core.language import say_day
from madang.core.progress import Progress
from madang.methods.savings import areas, forest_ha, net, trees
from madang.solutions.eco_mileage.inputs import EcoInputs, latest
from madang.solutions.eco_mileage.numbers import numbers_of
from madang.solutions.eco_mileage.sums import (
    Candidate,
    Equal,
    Totals,
    chosen_months,
    counted_months,
    cumulative,
    day_of,
    full_years,
    priced,
    total,
)


@dataclass(frozen=True, kw_only=True)
class EcoResult(Result):
    """Numbers by name, and the frames that the figures draw."""

    totals: Totals
    candidates: tuple[Candidate, ...]
    stated: tuple[str, float] | None
    statements: pl.DataFrame
    running: pl.DataFrame
    by_utility: pl.DataFrame
    by_member: pl.DataFrame
    checks: pl.DataFrame
    equivalences: tuple[Equal, ...]


def run(inputs: EcoInputs, progress: Progress) -> EcoResult:
    """Return the city's savings on the inputs' day.

    Raises:
        DataError: no month of the table counts on the day.
        BoundsError: a factor is asked for a year before its first.
    """
    progress(0.0, "pricing the totals")
    by_month, by_year = priced(inputs.by_month.frame, inputs), priced(inputs.by_year.frame, inputs)
    months = chosen_months(inputs)
    totals = total(by_month, months)
    stated = latest(inputs.stated_co2_t, inputs.compare_on)
    progress(0.4, "reading the candidates")
    found = candidates(inputs, by_month, stated)
    by_member = by_year.filter(pl.col("year").is_in(full_years(inputs, months)))
    equal = equivalences(inputs, totals, found, stated)
    progress(0.8, "naming the numbers")
    at = {candidate.role: candidate.totals for candidate in found}
    return EcoResult(
        numbers=numbers_of(inputs, by_month, by_member, {**at, "day": totals}, equal, stated),
        gaps=_gaps(inputs, totals),
        totals=totals,
        candidates=found,
        stated=stated,
        statements=_statements(inputs, by_month),
        running=cumulative(by_month, months),
        by_utility=_by_utility(by_month, months),
        by_member=by_member,
        checks=inputs.checks.frame,
        equivalences=equal,
    )


def candidates(inputs: EcoInputs, by_month: pl.DataFrame, stated: tuple[str, float] | None) -> tuple[Candidate, ...]:
    """Return the months at which one may read the total off for the statement compared.

    ``statement`` by the inputs' rule on the statement's day; ``before`` a month earlier; ``registered`` what the
    register held on that day; ``nearest`` the month within a year whose total lies nearest to the stated value.
    """
    day = parse_day(inputs.compare_on)
    months = counted_months(inputs, day, inputs.as_of)
    runs = {"statement": months, "before": months[:-1], "registered": counted_months(inputs, day, "registered")}
    found = [Candidate(role, total(by_month, run)) for role, run in runs.items() if run]
    if stated is not None:
        found.append(Candidate("nearest", _nearest(inputs, by_month, day, stated[1])))
    return tuple(found)


def equivalences(
    inputs: EcoInputs, totals: Totals, found: tuple[Candidate, ...], stated: tuple[str, float] | None
) -> tuple[Equal, ...]:
    """Return the stated tonnages, as printed and before rounding, and the computed ones: then and on the day."""
    tonnes: list[tuple[str, float]] = []
    if stated is not None:
        tonnes.append(("stated", stated[1]))
    if inputs.stated_forest_ha is not None:
        tonnes.append(("unrounded", inputs.stated_forest_ha * inputs.forest_t_per_ha))
    tonnes += [("statement", candidate.totals.net_t) for candidate in found if candidate.role == "statement"]
    tonnes.append(("day", totals.net_t))
    return tuple(_equal(name, co2_t, inputs) for name, co2_t in tonnes)


def _equal(name: str, co2_t: float, inputs: EcoInputs) -> Equal:
    """Return what a tonnage equals in pines, forest and areas of the city."""
    hectares = forest_ha(co2_t, inputs.forest_t_per_ha)
    return Equal(name, co2_t, trees(co2_t * 1000.0, inputs.kg_per_pine), hectares, areas(hectares, inputs.area_km2))


def _nearest(inputs: EcoInputs, by_month: pl.DataFrame, on: date, stated_t: float) -> Totals:
    """Return the totals at the month, within a year of a day, that lie nearest to a stated tonnage."""
    every = inputs.months.frame.sort("month")["month"].to_list()
    near = [i for i, month in enumerate(every) if abs((month_end(month.year, month.month) - on).days) <= 366]
    tried = [total(by_month, every[: i + 1]) for i in near or [len(every) - 1]]
    return min(tried, key=lambda totals: abs(totals.net_t - stated_t))


def _statements(inputs: EcoInputs, by_month: pl.DataFrame) -> pl.DataFrame:
    """Return every stated tonnage up to the day beside the total of the months that had ended by its own day."""
    rows = []
    for day, stated_t in inputs.stated_co2_t.items():
        on = parse_day(day)
        if on > day_of(inputs):
            continue
        held = counted_months(inputs, on, "used")
        computed = total(by_month, held) if held else None
        rows.append(
            {
                "stated_on": on,
                "stated_t": float(stated_t),
                "computed_t": computed.net_t if computed else None,
                "gross_t": computed.gross_t if computed else None,
                "off_percent": (computed.net_t / stated_t - 1.0) * 100.0 if computed else None,
            }
        )
    kinds = dict.fromkeys(("stated_t", "computed_t", "gross_t", "off_percent"), pl.Float64)
    return pl.DataFrame(rows, schema={"stated_on": pl.Date, **kinds})


def _by_utility(by_month: pl.DataFrame, months: list[date]) -> pl.DataFrame:
    """Return net and gross tonnes by year and utility, over the months that count."""
    part = by_month.filter(pl.col("month").is_in(months))
    rows = [
        {
            "year": year,
            "utility": utility,
            "net_t": net(cells["net_t"]),
            "gross_t": net(cells["gross_t"]),
            "city_t": net(cells["city_t"]),
        }
        for (year, utility), cells in part.with_columns(year=pl.col("month").dt.year()).group_by(
            "year", "utility", maintain_order=True
        )
    ]
    return pl.DataFrame(rows).sort("year", "utility")


def _gaps(inputs: EcoInputs, totals: Totals) -> tuple[Gap, ...]:
    """Return what a reader must know of the sums up to the run's day: where the table ends."""
    said: list[Gap] = []
    last = inputs.months.frame["month"].max()
    following = month_end(last.year + last.month // 12, last.month % 12 + 1) if isinstance(last, date) else None
    if following is not None and day_of(inputs) >= following:
        said.append(
            gap(
                f"표가 {say_day(totals.day, 'ko')}에서 끝난다. 그 뒤의 절감은 알 수 없다.",
                f"The table ends on {say_day(totals.day, 'en')}; what was saved after that is not known.",
                "on",
            )
        )
    return tuple(said)
