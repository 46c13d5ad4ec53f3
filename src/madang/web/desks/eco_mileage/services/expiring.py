"""Points past their time: what will expire, word of it 90 and 30 days ahead, and the expiry itself."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.timezone import localdate

from madang.solutions.eco_mileage.rule_calls import expires_on
from madang.web.desks.eco_mileage.models import Member, Notice, Trail
from madang.web.desks.eco_mileage.services import books
from madang.web.ledger import expiring
from madang.web.ledger.posting import Posted

DAYS_AHEAD = (90, 30)
_CHUNK = 5_000


def earned_to(day: dt.date) -> dt.date | None:
    """Return the last day of payment whose points have lapsed by a day, by the solution's rule; None where none has."""
    paid = dt.date(day.year - 5, day.month, min(day.day, 28)) + dt.timedelta(days=4)
    while expires_on(paid.isoformat())["expires_on"] > day.isoformat():
        paid -= dt.timedelta(days=1)
        if paid.year < 2009:
            return None
    return paid


def expire(*, by: str, today: dt.date | None = None) -> Posted | None:
    """Move all points past their time out of the members' accounts; again on the day adds nothing."""
    day = today or localdate()
    until = earned_to(day)
    if until is None:
        return None
    with transaction.atomic():
        run = expiring.expire(books.points(), books.sink("expired"), earned_to=until, event_day=day)
        Trail.objects.create(
            actor=by, act="expired", about=str(until), detail={"members": run.added, "points": run.amount}
        )
    return run


def notify(*, by: str, today: dt.date | None = None) -> dict[int, int]:
    """Write notices of what expires within 90 and 30 days; each once. Return how many are new, by days ahead."""
    day, made = today or localdate(), {}
    for ahead in DAYS_AHEAD:
        lapses = day + dt.timedelta(days=ahead)
        until = earned_to(lapses)
        due = dict(expiring.due(books.points(), earned_to=until)) if until else {}
        before = Notice.objects.filter(days_ahead=ahead).count()
        members = Member.objects.filter(number__in=list(map(int, due)), left_on=None).values_list("id", "number")
        notices = [
            Notice(member_id=pk, days_ahead=ahead, expires_on=lapses, points=due[str(number)]) for pk, number in members
        ]
        Notice.objects.bulk_create(notices, batch_size=_CHUNK, ignore_conflicts=True)
        made[ahead] = Notice.objects.filter(days_ahead=ahead).count() - before
    Trail.objects.create(
        actor=by, act="notified", about=str(day), detail={str(key): value for key, value in made.items()}
    )
    return made
