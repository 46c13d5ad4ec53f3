"""The second settlement, independent of the first: one Ibis expression over readings as they are kept, row by row.

DuckDB runs it on every settlement and the two are compared member by member; Spark, or another engine that Ibis knows,
runs the same expression where a province outgrows one machine. Cut by district, the parts add up to the whole: no sum
crosses a district.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add, or_
from pathlib import Path
from typing import Any

import duckdb
import ibis
import numpy as np
import polars as pl
import pyarrow as pa

from madang.core.errors import Both, CheckError
from madang.core.language import say_count
from madang.core.progress import Progress, part_of, silent
from madang.solutions.eco_mileage.award_file import CODES
from madang.solutions.eco_mileage.household import READING_MAX
from madang.solutions.eco_mileage.readings.rows import UTILITIES, month_number
from madang.solutions.eco_mileage.rules import RuleBook, month_after
from madang.solutions.eco_mileage.settlement.settle import Settlement
from madang.solutions.eco_mileage.settlement.terms import Cohort, Round

#: What the expression asks of its four tables; ``held`` lists readings that wait for review.
READINGS = {
    "utility": "int8",
    "meter_id": "int64",
    "month": "int32",
    "quantity": "int64",
    "doubt": "int8",
    "revision": "int32",
}
METERS = {"utility": "int8", "meter_id": "int64", "member_id": "int64", "from_month": "int32", "until_month": "int32"}
MEMBERS = {
    "member_id": "int64",
    "district": "string",
    "address_id": "int64",
    "joined_on": "date",
    "representative": "string",
    "opted_in": "string",
    "moved_on": "date",
    "awards_in_a_row": "int64",
    "points_this_year": "int64",
}
HELD = {"utility": "int8", "member_id": "int64", "month": "int32"}
COLUMNS = ("member_id", "cohort", "code", "tier", "points", "baseline", "saved")
#: How many members DuckDB settles at a time: some four gigabytes with two and a half years of three utilities.
PART_MEMBERS = 200_000
_YEARS = (0, 12, 24)
_UNKNOWN_FACTOR = -1


@dataclass(frozen=True)
class Tables:
    """The four tables of the expression, of whatever engine."""

    readings: Any
    meters: Any
    members: Any
    held: Any


def tables() -> Tables:
    """Return tables without an engine: from them the expression is made that any engine can run."""
    return Tables(
        ibis.table(READINGS, name="readings"),
        ibis.table(METERS, name="meters"),
        ibis.table(MEMBERS, name="members"),
        ibis.table(HELD, name="held"),
    )


def settlement_expression(t: Tables, asked: Round, cohorts: Sequence[Cohort], book: RuleBook) -> Any:
    """Return the settlement of a round as one expression: a row a member, the columns of COLUMNS."""
    people = _people(t, asked)
    summed = _summed(t, people, asked, book)
    weighed = people.left_join(summed, "member_id").drop("member_id_right")
    base, used = weighed.base.fill_null(0), weighed.used.fill_null(0)
    weighed = weighed.mutate(base=base, saved=base - used)
    decided = weighed.mutate(tier=_tier(weighed, cohorts), refusal=_refusal(weighed, asked, cohorts))
    paid = decided.mutate(tier=_with_upkeep(decided, cohorts))
    paid = paid.mutate(points=_capped(paid, _earned(paid, cohorts), cohorts))
    evaluated = paid.refusal.isnull()
    code = ibis.cases((paid.tier > 0, 0), (paid.tier < 0, 1), else_=2)
    return paid.select(
        "member_id",
        cohort=paid.cohort.cast("int32"),
        code=ibis.coalesce(paid.refusal, code).cast("int8"),
        tier=ibis.ifelse(evaluated, paid.tier, 0).cast("int8"),
        points=ibis.ifelse(evaluated, paid.points, 0).cast("int64"),
        baseline=ibis.ifelse(evaluated, paid.base, 0).cast("int64"),
        saved=ibis.ifelse(evaluated, paid.saved, 0).cast("int64"),
    )


def _people(t: Tables, asked: Round) -> Any:
    """Return the members of the round with cohort, first month of the window and registered utilities."""
    owned = t.meters.group_by("member_id").agg(
        **{f"has_{name}": (t.meters.utility == u).max() for u, name in enumerate(UTILITIES)}
    )
    who = t.members.left_join(owned, "member_id").drop("member_id_right")
    after = who.joined_on.year() * 12 + who.joined_on.month() - asked.first_month
    cohort = ((after % asked.cohorts) + asked.cohorts) % asked.cohorts
    who = who.mutate(cohort=cohort.cast("int32"), after=after)
    who = who.filter(who.after <= who.cohort)
    who = who.mutate(
        window=who.cohort + asked.first_month,
        one_year=_after(who.moved_on, who.cohort, asked, -24),
        late=_after(who.moved_on, who.cohort, asked, -12),
        **{f"has_{name}": who[f"has_{name}"].fill_null(False) for name in UTILITIES},
    )
    same = ibis.window(group_by="address_id")
    payer = ibis.cases((who.representative == "yes", who.member_id), else_=None)
    return who.mutate(first_payer=payer.min().over(same))


def _after(day: Any, cohort: Any, asked: Round, months: int) -> Any:
    """Tell whether a day lies after the first day of a month counted from the beginning of each cohort's window."""
    firsts = [_first(asked, number, months) for number in range(asked.cohorts)]
    later = ibis.cases(
        *((cohort == number, day > ibis.date(first)) for number, first in enumerate(firsts)), else_=False
    )
    return later.fill_null(False)


def _first(asked: Round, cohort: int, months: int) -> date:
    """Return the first day of the month so many months after the beginning of a cohort's window."""
    month = asked.first_month + cohort
    return month_after(date(month // 12, month % 12 + 1, 1), months)


def _summed(t: Tables, people: Any, asked: Round, book: RuleBook) -> Any:
    """Return each member's doubled baseline, doubled use, and how many readings are there and held."""
    current = _current(t)
    read = current.join(people.select("member_id", "window", "one_year"), "member_id")
    read = read.mutate(back=read.month - read.window)
    year = ibis.cases(
        *((read.back.between(-years, asked.months - 1 - years), years // 12) for years in _YEARS), else_=None
    )
    read = read.mutate(year=year)
    read = read.filter(read.year.notnull() & ~(read.one_year & (read.year == 2)))
    read = read.mutate(factor=_factor(read, read.month + 12 * read.year, book))
    grams = read.quantity * read.factor
    weight = ibis.cases((read.year == 0, 0), (read.one_year, 2), else_=1)
    counted = (~read.held).cast("int64")
    return read.group_by("member_id").agg(
        base=(grams * weight * counted).sum(),
        used=(grams * ibis.ifelse(read.year == 0, 2, 0) * counted).sum(),
        here=counted.sum(),
        held=read.held.cast("int64").sum(),
    )


def _current(t: Tables) -> Any:
    """Return one row for each member, utility and month: the latest revision, and whether it waits for review."""
    claimed = t.readings.join(t.meters, ["utility", "meter_id"])
    claimed = claimed.filter(claimed.month >= claimed.from_month, claimed.month < claimed.until_month)
    latest = claimed.group_by("member_id", "utility", "month").agg(
        quantity=claimed.quantity.argmax(claimed.revision), doubt=claimed.doubt.argmax(claimed.revision)
    )
    marked = t.held.mutate(waits=True)
    joined = latest.left_join(marked, ["member_id", "utility", "month"])
    doubtful = (joined.doubt != 0) | ~joined.quantity.between(0, READING_MAX)
    return joined.select("member_id", "utility", "month", "quantity", held=joined.waits.fill_null(False) | doubtful)


def _factor(read: Any, month: Any, book: RuleBook) -> Any:
    """Return the factor of a reading's utility in the month of use it stands for, in centigrams."""
    branches = [
        ((read.utility == u) & (month >= month_number(since)), value)
        for u, name in enumerate(UTILITIES)
        for since, value in reversed(book.factors.get(name, ()))
    ]
    return ibis.cases(*branches, else_=_UNKNOWN_FACTOR)


def _by_cohort(people: Any, values: Sequence[Any], else_: Any) -> Any:
    """Return a value that differs by cohort."""
    return ibis.cases(*((people.cohort == number, value) for number, value in enumerate(values)), else_=else_)


def _tier(people: Any, cohorts: Sequence[Cohort]) -> Any:
    """Return how many edges are reached: the greatest whose share of the baseline is saved."""
    reached = []
    for cohort in cohorts:
        edges = [int(edge) for edge in cohort.terms.edges_bp]
        branches = [(people.saved * 10_000 >= people.base * edge, place) for place, edge in enumerate(edges, start=1)]
        reached.append(ibis.cases(*reversed(branches), else_=0) if branches else ibis.literal(0))
    return _by_cohort(people, reached, 0).cast("int64")


def _with_upkeep(people: Any, cohorts: Sequence[Cohort]) -> Any:
    """Return the tier, or -1 where upkeep is paid."""
    keeps = [
        (people.tier == 0) & (people.saved > 0) & (people.awards_in_a_row >= cohort.terms.upkeep_after)
        if cohort.terms.upkeep_after
        else ibis.literal(False)
        for cohort in cohorts
    ]
    return ibis.ifelse(_by_cohort(people, keeps, False), -1, people.tier)


def _earned(people: Any, cohorts: Sequence[Cohort]) -> Any:
    """Return the points of the tier, by the gram or from the table."""
    earned = []
    for cohort in cohorts:
        terms = cohort.terms
        if terms.grams_per_point:
            by_gram = (people.saved / (200 * terms.grams_per_point)).floor().cast("int64")
            branches = [(people.tier > 0, by_gram)]
        else:
            branches = [(people.tier == place, int(paid)) for place, paid in enumerate(terms.points, start=1)]
        earned.append(ibis.cases(*branches, (people.tier == -1, int(terms.upkeep_points)), else_=0))
    return _by_cohort(people, earned, 0).cast("int64")


def _capped(people: Any, earned: Any, cohorts: Sequence[Cohort]) -> Any:
    """Return the points that the year's ceiling leaves."""
    caps = [int(cohort.terms.cap) for cohort in cohorts]
    room = ibis.greatest(_by_cohort(people, caps, 0) - people.points_this_year, 0)
    return ibis.ifelse(_by_cohort(people, caps, 0) > 0, ibis.least(earned, room), earned)


def _refusal(people: Any, asked: Round, cohorts: Sequence[Cohort]) -> Any:
    """Return the code of the first reason for which a member is not evaluated, or null."""
    number = {code: place for place, code in enumerate(CODES)}
    rows = 3 * asked.months - people.one_year.cast("int64") * asked.months
    registered = reduce(add, (people[f"has_{name}"].cast("int64") for name in UTILITIES))
    share = (people.representative == "yes") & (people.member_id > people.first_payer) & people.address_id.notnull()
    reasons = []
    for place, cohort in enumerate(cohorts):
        own, window = people.cohort == place, cohort.window
        if window is None:
            reasons.append((own, number["no_rule"]))
            continue
        asks = [
            (window.representative, people.representative != "yes", "not_representative"),
            (window.representative, share, "address_taken"),
            (window.opt_in, ~(people.opted_in == "yes").fill_null(False), "not_opted_in"),
            (window.move, people.late, "moved"),
            (window.utilities, _lacks(people, cohort), "utilities_missing"),
            (window, _without_factor(people, cohort), "factor_unknown"),
        ]
        reasons += [(own & met, number[code]) for rule, met, code in asks if rule is not None]
    reasons += [
        (people.held.fill_null(0) > 0, number["under_review"]),
        (people.here.fill_null(0) < rows * registered, number["month_missing"]),
        (people.base == 0, number["no_baseline"]),
    ]
    return ibis.cases(*reasons, else_=None)


def _lacks(people: Any, cohort: Cohort) -> Any:
    """Tell who has not registered what must be."""
    needed = cohort.window.utilities if cohort.window is not None else None
    if needed is None:
        return ibis.literal(False)
    any_of = reduce(or_, (people[f"has_{name}"] for name in needed.one_of))
    return ~people[f"has_{needed.required}"] | ~any_of


def _without_factor(people: Any, cohort: Cohort) -> Any:
    """Tell who has registered a utility of which no factor is known."""
    names = [name for u, name in enumerate(UTILITIES) if (cohort.unknown >> u) & 1]
    if not names:
        return ibis.literal(False)
    return reduce(or_, (people[f"has_{name}"] for name in names))


def settle_again(
    settlement: Settlement,
    book: RuleBook,
    files: Sequence[Path],
    members: pl.DataFrame,
    meters: pl.DataFrame,
    held: pl.DataFrame,
    progress: Progress = silent,
) -> pa.Table:
    """Return the same round settled by DuckDB from the Parquet files of a store, a part of the members at a time.

    Parts put together are the whole (invariant I8): nobody's award depends on a member of another address.
    """
    query = ibis.to_sql(settlement_expression(tables(), settlement.asked, settlement.cohorts, book), dialect="duckdb")
    parts = _parts(members)
    settled = []
    for number, part in enumerate(parts):
        step = part_of(progress, number / len(parts), (number + 1) / len(parts))
        settled.append(_settle_part(query, files, part, meters, held, step))
    return pa.concat_tables(settled)


def _parts(members: pl.DataFrame) -> list[pl.DataFrame]:
    """Cut the members into parts that fit in memory; those of one address stay together."""
    of_address = pl.when(pl.col("address_id").is_not_null()).then(pl.col("member_id").min().over("address_id"))
    known = members.with_columns(of_address.fill_null(pl.col("member_id")).alias("first_of_address"))
    known = known.sort("first_of_address", "member_id")
    place = pl.Series("part", np.arange(known.height) // PART_MEMBERS)
    known = known.with_columns(place).with_columns(pl.col("part").min().over("first_of_address"))
    return [part.drop("first_of_address", "part") for part in known.partition_by("part", maintain_order=True)]


def _settle_part(
    query: Any, files: Sequence[Path], members: pl.DataFrame, meters: pl.DataFrame, held: pl.DataFrame,
    progress: Progress,
) -> pa.Table:  # fmt: skip
    """Settle a part of the members with whatever meters and held cells are theirs."""
    progress(0.0, f"settling again with DuckDB: {say_count(members.height, 'member')}")
    mine = members.select("member_id")
    with duckdb.connect() as engine:
        engine.execute("SET preserve_insertion_order = false")
        engine.register("members", members.select(*MEMBERS).to_arrow())
        engine.register("meters", meters.join(mine, on="member_id", how="semi").select(*METERS).to_arrow())
        engine.register("held", held.join(mine, on="member_id", how="semi").select(*HELD).to_arrow())
        engine.read_parquet([str(path) for path in files]).create_view("readings")
        return engine.sql(query).to_arrow_table()


def compare(settlement: Settlement, again: pa.Table) -> int:
    """Return how many members were compared; both settlements agree on every one of them.

    Raises:
        CheckError: the first member on whom they differ, and how.
    """
    outcome, cast = settlement.outcome, settlement.cast
    first = pl.DataFrame(
        {
            "member_id": cast.member_id,
            "cohort": cast.members["cohort"].cast(pl.Int32),
            "code": outcome.code,
            "tier": outcome.tier,
            "points": outcome.points.astype(np.int64),
            "baseline": outcome.baseline,
            "saved": outcome.saved,
        }
    ).sort("member_id")
    second = pl.DataFrame(again).select(*COLUMNS).sort("member_id").cast(first.schema)
    if first.equals(second):
        return first.height
    joined = first.join(second, on="member_id", how="full", suffix="_again")
    differs = reduce(or_, (pl.col(name).ne_missing(pl.col(f"{name}_again")) for name in COLUMNS))
    row = joined.filter(differs).row(0, named=True)
    mine = {name: row[name] for name in COLUMNS}
    theirs = {name: row[f"{name}_again"] for name in COLUMNS}
    raise CheckError(
        Both(
            f"두 가지 정산이 회원 {joined.filter(differs).height:,}명에서 다릅니다",
            f"the two settlements differ on {say_count(joined.filter(differs).height, 'member')}",
        ),
        Both(f"첫째 {mine}, 둘째 {theirs}", f"first {mine}, second {theirs}"),
        Both(
            "아무것도 쓰지 않았습니다. 둘 가운데 하나가 틀렸으니 알려 주십시오",
            "nothing was written; report this: one of the two is wrong",
        ),
    )


def write_by_district(frames: Mapping[str, pl.DataFrame], folder: Path) -> tuple[Path, ...]:
    """Write the four tables cut by district, ``district=NAME/TABLE.parquet``, as Spark and Hive read partitions.

    A member, the member's meters, readings and held cells lie in one district; so each can be settled by itself, on
    any machine, and the parts put together are the whole. A district that is not known is a part of its own.
    """
    members = frames["members"].with_columns(pl.col("district").fill_null("unknown"))
    where = members.select("member_id", "district")
    meters = frames["meters"].join(where, on="member_id")
    readers = meters.select("utility", "meter_id", "district").unique()
    cut = {
        "members": members,
        "meters": meters,
        "held": frames["held"].join(where, on="member_id"),
        "readings": frames["readings"].join(readers, on=["utility", "meter_id"]),
    }
    made = []
    for district in sorted(members["district"].unique()):
        part = folder / f"district={district}"
        part.mkdir(parents=True, exist_ok=True)
        for name, frame in cut.items():
            mine = frame.filter(pl.col("district") == district)
            mine.select(frames[name].columns).write_parquet(part / f"{name}.parquet")
        made.append(part)
    return tuple(made)


def settle_district(part: Path, settlement: Settlement, book: RuleBook) -> pa.Table:
    """Return the settlement of one district's folder as ``write_by_district`` left it."""
    frames = {name: pl.read_parquet(part / f"{name}.parquet") for name in ("members", "meters", "held")}
    files = [part / "readings.parquet"]
    return settle_again(settlement, book, files, frames["members"], frames["meters"], frames["held"])
