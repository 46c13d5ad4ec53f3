"""Taking a posted settlement back: its batches, and what it corrected of an earlier one, to the point."""

from __future__ import annotations

import datetime as dt

import polars as pl
from django.db import transaction
from django.utils.timezone import localdate

from madang.core.errors import Both, LedgerError, UsageError, Where
from madang.solutions.eco_mileage.rules import month_after
from madang.web.desks.eco_mileage.models import Posting, Settlement, Trail
from madang.web.desks.eco_mileage.services import acting, settling
from madang.web.desks.eco_mileage.services.correcting import correct, corrected_from, labelled, standing
from madang.web.ledger.locks import hold_name
from madang.web.ledger.posting import reverse_batch

State = Settlement.State
_YEAR = 12


def reverse(run: str, *, by: str, why: str, leave_spent: bool = False, today: dt.date | None = None) -> int:
    """Take a posted settlement back; return how many awards had to be left because they are spent.

    What it had corrected of an earlier settlement stands again as it was.

    Raises:
        UsageError: it is not posted, a later settlement has corrected it, or no name or reason is given.
        LedgerError: members have spent what they got, and ``leave_spent`` does not say to leave those.
    """
    who, reason, day = acting.named(by), acting.reason(why), today or localdate()
    with transaction.atomic():
        made = settling.locked(run)
        hold_name(f"eco-mileage posting {made.kind}")
        if made.state == State.REVERSED:
            return 0
        settling.must_be(made, State.POSTED)
        _check_last(made)
        months = settling.months_of(made)
        left = sum(_window_back(made, posting, day, leave_spent) for posting in made.postings.filter(stands=True))
        left += sum(_correction_back(made, month, day, leave_spent) for month in months)
        made.state = State.REVERSED
        made.save()
        Trail.objects.create(actor=who, act="reversed", about=run, detail={"why": reason, "left": left})
    return left


def _check_last(made: Settlement) -> None:
    """Raise where a settlement posted later pays one of the same windows: that one goes back first."""
    near = (month_after(made.first_month, -_YEAR), month_after(made.first_month, _YEAR))
    later = Settlement.objects.filter(
        kind=made.kind, state=State.POSTED, posted_at__gt=made.posted_at, first_month__range=near
    )
    months = set(settling.months_of(made))
    for other in later.order_by("-posted_at"):
        if months & set(settling.months_of(other)):
            raise UsageError(
                Both("나중에 지급한 정산이 이 정산을 고쳤습니다", "a settlement posted later has corrected this one"),
                Where(value=other.run[:24]),
                Both("나중의 정산부터 되돌리십시오", "take the later one back first"),
            )


def _window_back(made: Settlement, posting: Posting, day: dt.date, leave_spent: bool) -> int:
    """Take a window's batch back, and what corrections gave in its place since; return how many had to be left."""
    left = reverse_batch(posting.batch, event_day=day, leave_spent=leave_spent)[1]
    stands = standing(made.kind, [posting.first_month])
    since = stands.filter(pl.col("batch_id") != posting.batch_id)
    nothing = since.select("member_id", pl.lit(0, pl.Int64).alias("points"))
    left += _brought(made, posting.first_month, nothing, f"back {settling.mark_of_last(made)}", day, leave_spent)
    # Where something was left, the window stands: nobody of it may be paid a second time.
    posting.stands = bool(left)
    posting.save()
    return left


def _correction_back(made: Settlement, month: dt.date, day: dt.date, leave_spent: bool) -> int:
    """Bring those whom a settlement corrected back to what stood before it; return how many had to be left."""
    mark = settling.mark_of_last(made)
    before = corrected_from(mark, made.kind, month)
    return _brought(made, month, before, f"undo {mark}", day, leave_spent)


def _brought(
    made: Settlement, month: dt.date, rows: pl.DataFrame, mark: str, day: dt.date, leave_spent: bool
) -> int:  # fmt: skip
    """Bring members of a window to points; return how many of them have spent too much for that.

    Raises:
        LedgerError: there are such members, and ``leave_spent`` does not say to leave those.
    """
    if not rows.height:
        return 0
    done = correct(mark, made.kind, month, rows, day, str(made.header["rules_sha256"]))
    if done.uncovered and not leave_spent:
        raise LedgerError(
            Both(
                f"받은 회원 {len(done.uncovered):,}명이 받은 것을 이미 썼거나 잃었습니다",
                f"{len(done.uncovered):,} members have spent or lost what it gave them",
            ),
            Where(value=labelled(made.kind, month)),
            Both("그 회원들은 남기고 하나씩 정리하십시오", "leave those, and settle with them one by one"),
        )
    return len(done.uncovered)
