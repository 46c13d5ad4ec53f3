"""Points past their time: what will expire, word of it 90 and 30 days ahead, and the expiry itself."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.timezone import localdate

from madang.solutions.eco_mileage.rule_calls import expires_on
from madang.web.desks.eco_mileage.models import Member, Notice, Trail
from madang.web.desks.eco_mileage.services import books
from madang.web.ledger import expiring
from madang.web.ledger.locks import hold_name
from madang.web.ledger.posting import Posted

DAYS_AHEAD = (90, 30)
_CHUNK = 5_000
#: Nothing was paid before the programme began.
_FIRST_DAY = dt.date(2009, 9, 15)


def earned_to(day: dt.date) -> dt.date | None:
    """Return the last day of payment whose points have lapsed by a day, by the solution's rule; None where none has."""
    paid = dt.date(day.year - 5, day.month, min(day.day, 28)) + dt.timedelta(days=4)
    while expires_on(paid.isoformat())["expires_on"] > day.isoformat():
        paid -= dt.timedelta(days=1)
        if paid < _FIRST_DAY:
            return None
    return paid


def expire(*, by: str, today: dt.date | None = None) -> Posted | None:
    """Move all points past their time out of the members' accounts; again on the day adds nothing, to the trail too.

    A first run that finds none is written down: it closes the day, and an earlier one can't be expired after it.
    """
    day = today or localdate()
    until = earned_to(day)
    if until is None:
        return None
    with transaction.atomic():
        run = expiring.expire(books.points(), books.sink("expired"), earned_to=until, event_day=day)
        if not run.replayed:
            told = {"members": run.added, "points": run.amount}
            Trail.objects.create(actor=by, act="expired", about=str(until), detail=told)
    return run


def notify(*, by: str, today: dt.date | None = None) -> dict[int, int]:
    """Write notices of what lapses within 90 and 30 days; each point once for each. Return how many, by days ahead.

    A notice is about what came into sight since the last time notices were written, however long ago that was.
    """
    day = today or localdate()
    with transaction.atomic():
        hold_name("eco-mileage notices")
        last = Trail.objects.filter(act="notified").order_by("-id").first()
        seen = dt.date.fromisoformat(last.about) if last else None
        made = {ahead: _write(day, ahead, seen) if seen is None or seen < day else 0 for ahead in DAYS_AHEAD}
        if seen is None or seen < day:
            told = {str(ahead): count for ahead, count in made.items()}
            Trail.objects.create(actor=by, act="notified", about=str(day), detail=told)
    return made


def _write(day: dt.date, ahead: int, seen: dt.date | None) -> int:
    """Write the notices of one length; return how many."""
    span = dt.timedelta(days=ahead)
    told = _due(seen + span) if seen else {}
    new = {owner: amount - told.get(owner, 0) for owner, amount in _due(day + span).items()}
    numbers = [int(owner) for owner, amount in new.items() if amount > 0]
    members = Member.objects.filter(number__in=numbers, left_on=None).values_list("id", "number")
    notices = [
        Notice(member_id=pk, days_ahead=ahead, expires_on=day + span, points=new[str(number)]) for pk, number in members
    ]
    return len(Notice.objects.bulk_create(notices, batch_size=_CHUNK))


def _due(lapses: dt.date) -> dict[str, int]:
    """Return what each member will have lost by a day, as things stand now."""
    until = earned_to(lapses)
    return dict(expiring.due(books.points(), earned_to=until)) if until else {}
