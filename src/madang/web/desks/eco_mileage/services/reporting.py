"""Readings that members report by photo: kept until an officer has seen the photo, then taken into the store."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from madang.core.errors import Both, UsageError, Where
from madang.core.progress import silent
from madang.solutions.eco_mileage.operating.bringing import ImportReadings, import_readings
from madang.solutions.eco_mileage.readings.rows import MILLIS_OF
from madang.solutions.eco_mileage.rules import month_after
from madang.web.desks.eco_mileage.models import Look, Member, Odometer, Report, Trail
from madang.web.desks.eco_mileage.services import photos, use
from madang.web.desks.eco_mileage.services.people import desk_folder

State = Report.State
_WAITING_MAX = 24


def report(member: Member, utility: str, month: dt.date, quantity: Decimal, unit: str, photo: bytes) -> Report:
    """Keep what a member read off a meter in a month.

    Raises:
        UsageError: no such meter of theirs, another unit, a month that is not over, too many reports, or no photo.
    """
    meter = use.meter_now(member, utility)
    if meter is None:
        raise UsageError(
            Both("그런 계량기가 등록되어 있지 않습니다", "you have no such meter"),
            Where(value=utility),
            Both("등록된 고객번호를 창구에서 확인하십시오", "ask the desk which meters are registered for you"),
        )
    if unit not in MILLIS_OF[utility]:
        raise UsageError(
            Both("이 에너지에는 없는 단위입니다", "this utility has no such unit"),
            Where(value=unit),
            Both(f"다음 가운데 하나: {', '.join(MILLIS_OF[utility])}", f"one of {', '.join(MILLIS_OF[utility])}"),
        )
    if month_after(month, 1) > localdate():
        raise UsageError(
            Both("아직 끝나지 않은 달입니다", "this month is not over"),
            Where(value=f"{month:%Y-%m}"),
            Both("그달이 끝난 뒤에 보고하십시오", "report it when it is over"),
        )
    check_not_too_many(member)
    sha256 = photos.keep(photo)
    return Report.objects.create(
        member=member, utility=utility, meter_id=meter, month=month, quantity=quantity, unit=unit,
        photo_sha256=sha256,
    )  # fmt: skip


def check_not_too_many(member: Member) -> None:
    """Raise where a member has more photos waiting than anybody needs."""
    waiting = Report.objects.filter(member=member, state=State.WAITING).count()
    waiting += Odometer.objects.filter(car__member=member, state=State.WAITING).count()
    if waiting >= _WAITING_MAX:
        raise UsageError(
            Both(f"확인을 기다리는 사진이 {waiting}장 있습니다", f"{waiting} photos wait to be looked at"),
            None,
            Both("담당자가 확인할 때까지 기다리십시오", "wait until somebody has looked at them"),
        )


def waiting_reports() -> list[Report]:
    """Return what waits to be looked at, the oldest first."""
    return list(Report.objects.select_related("member").filter(state=State.WAITING).order_by("pk"))


def seen_before(reported: Report | Odometer) -> bool:
    """Tell whether the same photo was sent for something else as well."""
    again = [
        kind.objects.filter(photo_sha256=reported.photo_sha256).exclude(pk=reported.pk if kind is type(reported) else 0)
        for kind in (Report, Odometer)
    ]
    return any(found.exists() for found in again)


def look_at(sha256: str, *, actor: str) -> bytes:
    """Return a photo for somebody to see; the look is written down for every member who sent it."""
    owners = Member.objects.filter(Q(reports__photo_sha256=sha256) | Q(car__odometers__photo_sha256=sha256))
    numbers = owners.order_by("number").values_list("number", flat=True).distinct()
    Look.objects.bulk_create([Look(actor=actor, number=number, what="photo") for number in numbers])
    return photos.opened(sha256)


def decide(reported: Report | Odometer, counts: bool, *, by: str, why: str) -> None:
    """Say whether a reported reading counts; the photo is deleted. A report that counts goes into the store.

    Raises:
        UsageError: it is decided already, or refused without a reason.
    """
    if not counts and not why.strip():
        raise UsageError(Both("까닭이 필요합니다", "this needs a reason"), None, Both("까닭을 적으십시오", "write why"))
    with transaction.atomic():
        kept = type(reported).objects.select_for_update().get(pk=reported.pk)
        if kept.state != State.WAITING:
            raise UsageError(
                Both("이미 결정되었습니다", "this is decided already"),
                Where(value=str(kept)),
                Both("기록을 보십시오", "see the trail"),
            )
        kept.state, kept.decided_by, kept.why = State.COUNTS if counts else State.REFUSED, by, why[:200]
        kept.save()
        about = str(kept.member.number if isinstance(kept, Report) else kept.car.member.number)
        Trail.objects.create(actor=by, act="looked at", about=about, detail={"what": str(kept), "counts": counts})
        if counts and isinstance(kept, Report):
            _take_in(kept)
    if not seen_waiting(kept.photo_sha256):
        photos.forget(kept.photo_sha256)


def seen_waiting(sha256: str) -> bool:
    """Tell whether something with this photo still waits."""
    waits = (kind.objects.filter(photo_sha256=sha256, state=State.WAITING) for kind in (Report, Odometer))
    return any(found.exists() for found in waits)


def _take_in(kept: Report) -> None:
    """Take one report into the store, as a file of one line; sent again after a kill it is the same file."""
    path = desk_folder() / "incoming" / secrets.token_hex(6) / f"photo-{kept.pk}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(_line(kept)) + "\n", encoding="utf-8")
    try:
        import_readings(ImportReadings(folder=desk_folder(), files=(path,), today=localdate()), silent)
    finally:
        path.unlink(missing_ok=True)
        path.parent.rmdir()


def _line(kept: Report) -> dict[str, Any]:
    """Return a report as the store's importer of photos reads it."""
    return {
        "utility": kept.utility,
        "meter_id": kept.meter_id,
        "month": f"{kept.month:%Y-%m}",
        "quantity": f"{kept.quantity.normalize():f}",
        "unit": kept.unit,
        "photo_sha256": kept.photo_sha256,
        "reported_on": localdate(kept.reported_at).isoformat(),
    }
