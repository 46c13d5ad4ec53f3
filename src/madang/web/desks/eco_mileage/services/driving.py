"""Cars at the desk: joining with one, its odometer by photo, and a year's or a winter's settlement of all of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from madang.core.errors import Both, UsageError, Where
from madang.core.progress import silent
from madang.solutions.eco_mileage import cars
from madang.solutions.eco_mileage.household import SEASON_MONTHS
from madang.solutions.eco_mileage.operating.driving import SEASON_DAYS, Cars, decide_cars
from madang.solutions.eco_mileage.readings.people import write_table
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.solutions.eco_mileage.rules import month_after
from madang.web.desks.eco_mileage.models import Car, Member, Odometer, Settlement, Trail
from madang.web.desks.eco_mileage.services import personal, photos, settling
from madang.web.desks.eco_mileage.services.people import desk_folder
from madang.web.desks.eco_mileage.services.reporting import check_not_too_many
from madang.web.ledger.models import Transfer

_BACK_DAYS, _KM_MAX = 2 * cars.DAYS_A_YEAR, 10_000_000
_SCHEMA = {
    "car_id": pl.Int64, "member_id": pl.Int64, "power": pl.String, "seats": pl.Int64, "private": pl.String,
    "registered_on": pl.Date, "changed": pl.String, "start_on": pl.Date, "start_km": pl.Int64, "end_on": pl.Date,
    "end_km": pl.Int64, "two_years_km": pl.Int64, "awarded_before": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Period:
    """Between which two readings a car is looked at."""

    start: Odometer
    end: Odometer


def join_with(
    member: Member, *, plate: str, power: str, seats: int, private: bool, registered_on: dt.date,
    today: dt.date | None = None,
) -> Car:  # fmt: skip
    """Let a member take part with a car, if the rules of the day let it.

    Raises:
        UsageError: the rules keep such a car out, the member has one, or the car takes part already.
    """
    day = today or localdate()
    if registered_on > day:
        raise UsageError(
            Both("최초 등록일이 오늘보다 뒤입니다", "the car is registered on a day to come"),
            Where(day=registered_on),
            Both("날짜를 고치십시오", "correct the day"),
        )
    asked = cars.Car(power=power, seats=seats, private=private, registered_on=registered_on)
    out = cars.may_join(asked, day, rule_book())
    if out is not None:
        todo = Both("정책 이야기에서 규정을 보십시오", "see the rule in the story of the policy")
        raise UsageError(
            Both(f"이 차는 참여할 수 없습니다(규정 {out.paragraph})", f"this car may not take part ({out.paragraph})"),
            None,
            todo,
        )
    try:
        with transaction.atomic():
            made = Car.objects.create(
                member=member, plate_mark=personal.mark_of(plate), sealed=personal.seal({"plate": plate}), power=power,
                seats=seats, private=private, registered_on=registered_on, joined_on=day,
            )  # fmt: skip
            Trail.objects.create(actor=f"member {member.number}", act="car joined", about=str(member.number))
    except IntegrityError as error:
        raise UsageError(
            Both(
                "이 차나 회원님의 다른 차가 이미 참여하고 있습니다", "this car, or another of yours, takes part already"
            ),
            None,
            Both("회원 한 사람에 차 한 대입니다", "one car a member"),
        ) from error
    return made


def report(car: Car, day: dt.date, km: int, photo: bytes) -> Odometer:
    """Keep what a driver read off the odometer on a day, with the photo of it, until somebody has looked.

    Raises:
        UsageError: a day to come or before the car was registered, a distance that can't be, or no photo.
    """
    if not car.registered_on <= day <= localdate():
        raise UsageError(
            Both("그날의 주행거리일 수 없습니다", "no odometer was read on this day"),
            Where(day=day),
            Both("사진을 찍은 날을 적으십시오", "give the day of the photo"),
        )
    if not 0 <= km <= _KM_MAX:
        raise UsageError(
            Both("있을 수 없는 거리입니다", "this distance can not be"),
            Where(value=km),
            Both("킬로미터를 정수로 적으십시오", "give whole kilometres"),
        )
    check_not_too_many(car.member)
    return Odometer.objects.create(car=car, day=day, km=km, photo_sha256=photos.keep(photo))


def went_back(kept: Odometer) -> bool:
    """Tell whether an odometer stands below an earlier reading of the car, or above a later one."""
    others = kept.car.odometers.exclude(state=Odometer.State.REFUSED).exclude(pk=kept.pk)
    return (
        others.filter(day__lt=kept.day, km__gt=kept.km).exists()
        or others.filter(day__gt=kept.day, km__lt=kept.km).exists()
    )


def end_part(car: Car, change: str, *, actor: str) -> None:
    """Note what ends a car's part: another owner, plate or odometer, or that it is gone."""
    if change not in Car.Change.values:
        raise UsageError(
            Both("참여를 끝내는 사유가 아닙니다", "this ends no car's part"),
            Where(value=change),
            Both(f"다음 가운데 하나: {', '.join(Car.Change.values)}", f"one of {', '.join(Car.Change.values)}"),
        )
    car.changed = change
    car.save(update_fields=["changed"])
    Trail.objects.create(actor=actor, act="car ended", about=str(car.member.number), detail={"change": change})


def years_of(car: Car) -> list[Period]:
    """Return a car's whole years, one after the other: each ends with the first reading 365 days later or more."""
    years: list[Period] = []
    start: Odometer | None = None
    for one in car.odometers.filter(state=Odometer.State.COUNTS).order_by("day", "pk"):
        if start is None:
            start = one
        elif (one.day - start.day).days >= cars.DAYS_A_YEAR:
            years.append(Period(start, one))
            start = one
    return years


def year_of(car: Car, until: dt.date) -> Period | None:
    """Return the car's latest whole year by a day."""
    return next((one for one in reversed(years_of(car)) if one.end.day <= until), None)


def readings_behind(member: Member, first_month: dt.date, *, season: bool) -> list[Odometer]:
    """Return the two readings between which a year that began in a month, or a winter, was looked at."""
    car = Car.objects.filter(member=member).first()
    if car is None:
        return []
    if season:
        period = winter_of(car, first_month)
    else:
        period = next((one for one in years_of(car) if one.start.day.replace(day=1) == first_month), None)
    return [period.start, period.end] if period else []


def _awarded_before(member: Member, start: dt.date) -> bool:
    """Tell whether a year that began earlier was paid to a member and stands."""
    earlier = Transfer.objects.filter(
        taker=member.account_id, kind__startswith="car ", kind__lt=f"car {start:%Y-%m}", effect=0
    )
    back = Transfer.objects.filter(giver=member.account_id).exclude(reverses=None).values("reverses")
    return earlier.exclude(pk__in=back).exists()


def winter_of(car: Car, first: dt.date) -> Period | None:
    """Return the car's winter: from its last reading in the month before to its first in the month after."""
    seen = car.odometers.filter(state=Odometer.State.COUNTS).order_by("day", "pk")
    days, over = dt.timedelta(days=SEASON_DAYS), month_after(first, SEASON_MONTHS)
    start = seen.filter(day__range=(first - days, first)).last()
    end = seen.filter(day__range=(over, over + days)).first()
    return Period(start, end) if start is not None and end is not None else None


def settle(*, until: dt.date | None = None, season: dt.date | None = None, by: str) -> Settlement:
    """Decide every car whose year is over by a day, or a winter, and prepare the outcome for approval.

    Raises:
        UsageError: no car has both readings.
    """
    day = until or localdate()
    rows = []
    for car in Car.objects.select_related("member").filter(member__left_on=None).order_by("pk"):
        period = winter_of(car, season) if season else year_of(car, day)
        if period is not None:
            rows.append(_row(car, period))
    if not rows:
        raise UsageError(
            Both(
                "처음과 끝 주행거리가 모두 확인된 차가 없습니다", "no car has a first and a second reading that count"
            ),
            None,
            Both("기다리는 사진을 확인하십시오", "look at the photos that wait"),
        )
    folder = desk_folder()
    table, draft = folder / "cars.parquet", folder / "awards" / "draft-cars.parquet"
    synthetic = Member.objects.filter(synthetic=True, car__isnull=False).exists()
    write_table(pl.DataFrame(rows, _SCHEMA, orient="row"), table, synthetic=synthetic)
    decide_cars(Cars(file=table, season=f"{season:%Y-%m}" if season else None, awards=draft), silent)
    made = settling.prepare(draft, by=by)
    draft.unlink(missing_ok=True)
    return made


def _row(car: Car, period: Period) -> tuple[Any, ...]:
    """Return a car's row of the table that is decided."""
    return (
        car.pk, car.member.number, car.power, car.seats, "yes" if car.private else "no", car.registered_on,
        car.changed or None, period.start.day, period.start.km, period.end.day, period.end.km,
        _two_years_km(car, period.start), "yes" if _awarded_before(car.member, period.start.day) else "no",
    )  # fmt: skip


def _two_years_km(car: Car, start: Odometer) -> int | None:
    """Return what was driven in the two years before a reading, where a reading of that time tells; None where not."""
    back = start.day - dt.timedelta(days=_BACK_DAYS)
    earlier = car.odometers.filter(state=Odometer.State.COUNTS, day__lte=back).order_by("day").last()
    if earlier is None or (start.day - earlier.day).days == 0:
        return None
    return int((start.km - earlier.km) * _BACK_DAYS // (start.day - earlier.day).days)
