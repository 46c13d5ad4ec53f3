"""The award file of cars: what every car of a year or a winter earns, as the ledger takes it. Decides nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from madang.core.errors import Both, DataError, UsageError, Where
from madang.solutions.eco_mileage.award_file import CODES, SCHEMA, AwardHeader, write_award_file
from madang.solutions.eco_mileage.cars import CarAward
from madang.solutions.eco_mileage.household import SEASON_MONTHS
from madang.solutions.eco_mileage.readings.people import hash_of
from madang.solutions.eco_mileage.rule_kinds import DatedRule, Worth
from madang.solutions.eco_mileage.rules import RuleBook, month_after

YEAR_MONTHS = 12
_METRES = 1000
_EVALUATED = CODES[: CODES.index("below_lowest_edge") + 1]

Decided = Sequence[tuple[dict[str, Any], CarAward]]


def write_car_awards(
    path: Path, cars: pl.DataFrame, decided: Decided, season: date | None, book: RuleBook, *, synthetic: bool
) -> AwardHeader:
    """Write the award file of the cars decided and return its header; ``cars`` is the table they were decided from.

    Raises:
        DataError: a member stands there with two cars: one takes part.
        UsageError: there is no car.
    """
    if not decided:
        raise UsageError(Both("표에 차가 없습니다", "the table has no cars"), todo=Both("차를 더하십시오", "add some"))
    _check_one_car(cars, path)
    rows = pa.Table.from_pylist([_row(*one, season) for one in decided]).sort_by("member_id")
    rows = pa.table({field.name: rows[field.name].cast(field.type) for field in SCHEMA}).cast(SCHEMA)
    header = _header(cars, decided, rows, season, book, synthetic=synthetic)
    write_award_file(path, header, rows)
    return header


def _check_one_car(cars: pl.DataFrame, path: Path) -> None:
    """Raise where a member takes part with two cars."""
    twice = cars.filter(pl.col("member_id").is_duplicated())
    if twice.height:
        where = Where(path, column="member_id", value=twice.item(0, "member_id"))
        raise DataError(
            Both("회원 한 사람에 차 두 대가 있습니다", "a member takes part with one car, and two are given"),
            where,
            Both("하나를 빼십시오", "leave one out"),
        )


def _row(car: dict[str, Any], award: CarAward, season: date | None) -> dict[str, Any]:
    """Return a car's row of the award file."""
    known = award.code in _EVALUATED
    return {
        "member_id": car["member_id"],
        "first_month": season or car["start_on"].replace(day=1),
        "district": None,
        "code": award.code,
        "paragraph": award.rule,
        "points": award.mileage if known else None,
        "tier": award.tier if known else None,
        "baseline_doubled_centigrams": None,
        "saved_doubled_centigrams": None,
        "baseline_metres": None if award.baseline_km is None else award.baseline_km * _METRES // 1,
        "saved_metres": None if award.saved_km is None else award.saved_km * _METRES // 1,
    }


def _header(
    cars: pl.DataFrame, decided: Decided, rows: pa.Table, season: date | None, book: RuleBook, *, synthetic: bool
) -> AwardHeader:
    """Return the header; ``run`` is the hash of the table, the rules and the winter."""
    table, last = hash_of(cars.sort("member_id")), max(car["end_on"] for car, _ in decided)
    points = [award.mileage or 0 for _, award in decided if award.code in _EVALUATED]
    pins = {"kind": "car", "season": season and season.isoformat(), "rules": book.sha256, "cars": table}
    worth = book.at(Worth, last, last)
    return AwardHeader(
        run=hashlib.sha256(json.dumps(pins, sort_keys=True).encode()).hexdigest()[:32],
        kind="car_season" if season else "car",
        evaluated_on=max(last, month_after(season, SEASON_MONTHS)) if season else last,
        first_month=season or min(car["start_on"] for car, _ in decided).replace(day=1),
        months=SEASON_MONTHS if season else YEAR_MONTHS,
        rules_sha256=book.sha256,
        readings_sha256=table,
        members_sha256=table,
        what_if=None,
        synthetic=synthetic,
        won_per_point=worth.won_per_mileage if worth else None,
        paragraphs=_sentences(decided),
        members=rows.num_rows,
        evaluated=len(points),
        paid=sum(mileage > 0 for mileage in points),
        points=sum(points),
    )


def _sentences(decided: Decided) -> dict[str, dict[str, str]]:
    """Return the sentences of every rule, or rules together, that decided a car, with the weakest status of them."""
    behind = {award.rule: award.behind for _, award in decided if award.rule is not None}
    return {paragraph: _sentence(rules) for paragraph, rules in sorted(behind.items())}


def _sentence(rules: tuple[DatedRule, ...]) -> dict[str, str]:
    """Return the sentences of rules that decided together."""
    weak = next((rule.status for rule in rules if rule.status != "enacted"), "enacted")
    said = {"ko": " ".join(rule.says.ko for rule in rules), "en": " ".join(rule.says.en for rule in rules)}
    return {**said, "status": weak}
