"""Holds one at a time: whose they are, when their time is over, and the moment and rule they are kept under."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from madang.core.errors import LedgerError
from madang.web.ledger import checking
from madang.web.ledger.holding import HoldDraft, hold, hold_all, post, post_all, time_out_one, void
from madang.web.ledger.models import Hold, Transfer
from madang.web.ledger.moving import move, reverse
from madang.web.ledger.opening import open_account
from madang.web.ledger.tests.books import make_points
from madang.web.ledger.writing import Draft
from madang.web.ledger.writing_all import NotTogether

DAY = dt.date(2024, 4, 25)
NOON = dt.datetime(2024, 4, 25, 3, tzinfo=dt.UTC)
UNTIL = NOON + dt.timedelta(hours=1)


def a_hold(points, amount=10, key="h", taker=None, until=UNTIL):
    move(points.issuer, points.ann, amount, key=f"gift for {key}", kind="award", event_day=DAY)
    return hold(
        points.ann, points.held, taker or points.shop, amount, key=key, kind="redeem", event_day=DAY, until=until,
        rule_hash="abc", at=NOON,
    )  # fmt: skip


def moment_of(key, points):
    return Transfer.objects.get(book=points.book, key=key).posted_at


def test_a_key_that_holds_for_one_taker_holds_nothing_for_another(points):
    kept = a_hold(points)
    other = open_account(points.book, "market", guarded=False)
    with pytest.raises(LedgerError) as caught:
        hold(points.ann, points.held, other, 10, key="h", kind="redeem", event_day=DAY, until=UNTIL)
    assert str(caught.value) == (
        "this key holds an amount for somebody else\n  where: value 'h'\n  to do: take a new key for a new hold"
    )
    assert Hold.objects.get(book=points.book).taker_id == points.shop.pk == kept.taker_id


def test_a_hold_keeps_the_moment_and_the_rule_it_was_made_under(points):
    kept = a_hold(points)
    row = Transfer.objects.get(pk=kept.transfer_id)
    assert (row.posted_at, row.rule_hash, kept.made_at) == (NOON, "abc", NOON)
    later = NOON + dt.timedelta(minutes=1)
    post(kept, event_day=DAY, at=later)
    assert moment_of(f"hold/{kept.pk}/post", points) == later
    assert Hold.objects.get(pk=kept.pk).settled_at == later
    other = a_hold(points, key="other")
    void(other, event_day=DAY, at=later)
    assert (moment_of(f"hold/{other.pk}/back", points), Hold.objects.get(pk=other.pk).settled_at) == (later, later)


def test_a_hold_goes_back_at_its_very_moment_and_not_before(points):
    kept = a_hold(points)
    before = UNTIL - dt.timedelta(microseconds=1)
    assert not time_out_one(kept, at=before)
    assert points.balance(points.ann) == 0
    with pytest.raises(LedgerError, match="its time is over"):
        post(kept, event_day=DAY, at=UNTIL)
    assert time_out_one(kept, at=UNTIL)
    assert points.balance(points.ann) == 10
    assert not time_out_one(kept, at=UNTIL)


def test_one_hold_goes_back_without_another_of_the_same_moment(points):
    mine, theirs = a_hold(points), a_hold(make_points(), key="theirs")
    assert time_out_one(mine, at=UNTIL)
    theirs.refresh_from_db()
    assert theirs.state == "pending"
    assert time_out_one(theirs, at=UNTIL)


def test_many_are_posted_at_the_moment_said_and_those_not_among_them_stay_pending(points):
    move(points.issuer, points.ann, 30, key="gift", kind="award", event_day=DAY)
    wanted = [
        HoldDraft(
            move=Draft(
                giver=points.ann, taker=points.held, amount=10, key=f"h{n}", kind="redeem", event_day=DAY,
                lot_day=DAY, at=NOON,
            ),
            taker=points.shop, until=UNTIL,
        )
        for n in range(3)
    ]  # fmt: skip
    first, second, third = hold_all(wanted)
    later = NOON + dt.timedelta(minutes=1)
    post_all([first, second], event_day=DAY, at=later)
    assert {one.made_at for one in Hold.objects.filter(book=points.book)} == {NOON}
    assert moment_of(f"hold/{second.pk}/post", points) == later
    assert Hold.objects.get(pk=third.pk).state == "pending"
    assert checking.liability(points.book) == checking.Liability(30, 0, 20, 10, 0, 0)


def test_none_of_many_is_posted_where_the_time_of_one_is_over(points):
    kept = [a_hold(points, key="long"), a_hold(points, key="short", until=NOON + dt.timedelta(minutes=1))]
    with pytest.raises(NotTogether), transaction.atomic():
        post_all(kept, event_day=DAY, at=NOON + dt.timedelta(minutes=1))
    assert set(Hold.objects.filter(book=points.book).values_list("state", flat=True)) == {"pending"}


def test_what_a_member_was_held_and_gives_back_is_held_again_and_not_reversed(points):
    """I11 for a hold whose taker is a member: what comes back was never taken from the issuer's side."""
    kept = a_hold(points, 60, taker=points.ben)
    moved = post(kept, event_day=DAY, at=NOON)
    assert checking.liability(points.book) == checking.Liability(60, 0, 0, 0, 0, 60)
    reverse(moved.transfer_id, key="back", event_day=DAY)
    assert checking.liability(points.book) == checking.Liability(60, 0, 0, 60, 0, 0)
