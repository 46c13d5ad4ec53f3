"""`cars`: every car's year or winter by the rules of the day, and the odometers that go to review."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from madang.core.columns import Column
from madang.core.errors import Both, DataError, UsageError, Where
from madang.core.language import text
from madang.core.operations import Answer, Line, Sheet, Wants, asked
from madang.core.progress import Progress
from madang.core.tables import TableSpec, read_table
from madang.solutions.eco_mileage.cars import (
    Car,
    CarAward,
    Odometer,
    baseline_km,
    car_award,
    car_season_award,
    check_odometer,
    may_join,
)
from madang.solutions.eco_mileage.household import SEASON_MONTHS
from madang.solutions.eco_mileage.operating.car_awards import write_car_awards
from madang.solutions.eco_mileage.readings.people import is_synthetic
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.solutions.eco_mileage.rules import RuleBook, month_after, parse_month
from madang.solutions.eco_mileage.settlement.explain import SAID

_SHOWN = 20
_YES_NO = ("yes", "no")
#: What drives a car, as rules that keep some out name it.
POWERS = ("petrol", "diesel", "lpg", "hybrid", "electric", "hydrogen")
#: A winter's odometers are read within so many days before its first and after its last, as the city asks for photos.
SEASON_DAYS = 30


def _km(ko: str, en: str, *, empty: bool = False) -> Column:
    """Return a column of whole kilometres."""
    return Column(says=text(ko, en), kind="integer", unit="km", min=0, max=10_000_000, may_be_empty=empty)


CARS = TableSpec(
    says=text("승용차와 두 번의 주행거리", "Cars, each with two readings of its odometer"),
    key=("car_id",),
    columns={
        "car_id": Column(says=text("차의 가명 번호", "Pseudonym of the car"), kind="integer", min=0),
        "member_id": Column(says=text("회원 번호", "Member's number"), kind="integer", min=1),
        "power": Column(says=text("동력", "What drives it"), kind="text", choices=POWERS),
        "seats": Column(says=text("좌석", "Seats"), kind="integer", min=1, max=100),
        "private": Column(says=text("비사업용인가", "In private use"), kind="text", choices=_YES_NO),
        "registered_on": Column(says=text("최초 등록일", "First registered on"), kind="day"),
        "changed": Column(
            says=text("끝나게 한 일", "What ended its part: owner, plate, deregistered, odometer"),
            kind="text",
            may_be_empty=True,
        ),
        "start_on": Column(says=text("시작일", "First reading on"), kind="day"),
        "start_km": _km("시작 주행거리", "First reading"),
        "end_on": Column(says=text("마침일", "Second reading on"), kind="day"),
        "end_km": _km("마침 주행거리", "Second reading"),
        "two_years_km": _km("직전 2년 주행거리", "Driven in the two years before", empty=True),
        "awarded_before": Column(says=text("전에 받았는가", "Awarded before"), kind="text", choices=_YES_NO),
    },
)


class Cars(Wants):
    """Which cars, and whether a year or a winter is decided."""

    file: Path = asked("승용차 표(CSV나 Parquet)", "Table of cars, CSV or Parquet.", argument=True)
    season: str | None = asked(
        "계절관리제의 첫 달이면 그 겨울을",
        "Decide the winter that begins with this month.",
        default=None,
        metavar="YYYY-MM",
    )
    out: Path | None = asked("모두 쓸 CSV 파일", "Write every car's decision as CSV.", default=None, metavar="FILE")
    awards: Path | None = asked(
        "지급 파일", "Write the award file, to be approved and posted at the desk.", default=None, metavar="FILE"
    )


def decide_cars(wants: Cars, progress: Progress) -> Answer:
    """Decide every car of a table; an odometer that went back is listed and held, never refused in silence.

    Raises:
        DataError: an output would replace the table itself, or an award file is asked of members with two cars.
    """
    for out in (wants.out, wants.awards):
        if out is not None and out.resolve() == wants.file.resolve():
            raise DataError(
                Both("결정이 표를 덮어쓰게 됩니다", "the decisions would replace the table"),
                Where(out),
                Both("다른 파일 이름을 주십시오", "name another file"),
            )
    season, book = parse_month(wants.season) if wants.season else None, rule_book()
    frame = read_table(wants.file, CARS, name="cars").frame
    found = list(_decisions(frame, season, book, progress))
    decided = pl.DataFrame([_line(*one) for one in found], schema=_SCHEMA, orient="row")
    files = {}
    if wants.out is not None:
        decided.write_csv(wants.out)
        files["decisions"] = wants.out
    if wants.awards is not None:
        write_car_awards(wants.awards, frame, found, season, book, synthetic=is_synthetic(wants.file))
        files["awards"] = wants.awards
    return _answer(decided, found, files)


def _answer(decided: pl.DataFrame, found: list[tuple[dict[str, Any], CarAward]], files: dict[str, Path]) -> Answer:
    """Return how many cars got which decision, and which odometers are to be looked at."""
    review = [(row["car_id"], award.explanation) for row, award in found if award.code == "under_review"]
    by_code = decided.group_by("code").agg(pl.len(), pl.col("points").sum()).sort("code")
    return Answer(
        title=text("승용차 마일리지", "Car mileage"),
        lines=(
            Line(text("차", "cars"), decided.height),
            Line(text("포인트", "points"), int(decided["points"].sum() or 0), "mileage"),
            Line(text("검토할 주행거리", "odometers for review"), len(review)),
        ),
        sheets=(
            Sheet(
                "decisions",
                (text("결정", "decision"), text("차", "cars"), text("포인트", "points")),
                tuple((SAID[code], cars, points) for code, cars, points in by_code.iter_rows()),
            ),
            Sheet(
                "review",
                (text("검토할 차", "car for review"), text("까닭", "why")),
                tuple(review[:_SHOWN]),
            ),
        ),
        files=files,
    )


_SCHEMA = {
    "car_id": pl.Int64,
    "member_id": pl.Int64,
    "code": pl.String,
    "points": pl.Int64,
    "rule": pl.String,
    "baseline_km": pl.Float64,
    "saved_km": pl.Float64,
    "why": pl.String,
}


def _decisions(
    frame: pl.DataFrame, season: date | None, book: RuleBook, progress: Progress
) -> Iterator[tuple[dict[str, Any], CarAward]]:
    """Yield every car's row of the table with its award."""
    for number, row in enumerate(frame.iter_rows(named=True)):
        if number % 10_000 == 0:
            progress(number / frame.height, f"{number:,} cars")
        yield row, _decided(row, season, book)


def _line(row: dict[str, Any], award: CarAward) -> tuple[Any, ...]:
    """Return a car's decision as a line of the CSV file."""
    base, saved = (None if km is None else float(km) for km in (award.baseline_km, award.saved_km))
    return (row["car_id"], row["member_id"], award.code, award.mileage, award.rule, base, saved, award.explanation.en)


def _covers(season: date, start: date, end: date) -> bool:
    """Tell whether readings of two days are those of a winter: its whole span, and little more."""
    slack, last = timedelta(days=SEASON_DAYS), month_after(season, SEASON_MONTHS) - timedelta(days=1)
    return season - slack <= start <= season and last <= end <= last + slack + timedelta(days=1)


def _decided(row: dict[str, Any], season: date | None, book: RuleBook) -> CarAward:
    """Return one car's award."""
    start, end = (Odometer(day=row[f"{place}_on"], km=row[f"{place}_km"]) for place in ("start", "end"))
    if check_odometer([start, end]) is not None:
        why = text(
            f"주행거리가 {start.km:,}에서 {end.km:,}로 줄었다.",
            f"The odometer went back from {start.km:,} to {end.km:,} km.",
        )
        return CarAward(code="under_review", explanation=why)
    car = Car(
        power=row["power"],
        seats=row["seats"],
        private=row["private"] == "yes",
        registered_on=row["registered_on"],
        changed=row["changed"],
    )
    out = may_join(car, end.day, book)
    if out is not None:
        return CarAward(code="excluded", explanation=out.says, behind=(out,))
    if season is not None and not _covers(season, start.day, end.day):
        why = text(
            "두 번 읽은 날이 그 겨울의 앞뒤가 아니다.", "The two readings are not from before and after the winter."
        )
        return CarAward(code="under_review", explanation=why)
    if season is not None:
        return car_season_award(end.km - start.km, season, book)
    try:
        baseline = baseline_km(car, start, end, book, row["two_years_km"])
    except UsageError as error:
        return CarAward(code="under_review", explanation=text(f"기간을 볼 것: {error.parts('ko').what}", error.what))
    return car_award(baseline, end.km - start.km, end.day, book, awarded_before=row["awarded_before"] == "yes")
