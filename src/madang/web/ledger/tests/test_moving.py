"""Single movements: exact, once for each key, never below zero, never edited."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from madang.core.errors import LedgerError, Overdrawn, UsageError
from madang.core.language import text
from madang.web.ledger.checking import liability, verify_book
from madang.web.ledger.holding import hold, post, time_out_one, void
from madang.web.ledger.models import Account, Hold, Transfer
from madang.web.ledger.moving import move, reverse
from madang.web.ledger.opening import close_account, open_account, open_accounts, open_book

DAY = dt.date(2024, 4, 25)


def give(points, amount, key="gift", to=None, day=DAY):
    return move(points.issuer, to or points.ann, amount, key=key, kind="award", event_day=day)


def spend(points, amount, key="buy", day=DAY):
    return move(points.ann, points.shop, amount, key=key, kind="redeem", event_day=day)


def test_a_movement_is_one_row_and_both_counters(points):
    give(points, 50_000)
    spend(points, 20_000)
    points.ann.refresh_from_db()
    assert (points.ann.balance, points.ann.credited, points.ann.debited) == (30_000, 50_000, 20_000)
    assert Transfer.objects.filter(book=points.book).count() == 2
    assert verify_book(points.book).outstanding == 30_000


def test_the_same_key_moves_nothing_twice(points):
    first, again = give(points, 100), give(points, 100)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.transfer_id == again.transfer_id
    assert points.balance(points.ann) == 100


def test_a_key_used_for_something_else_is_an_error(points):
    give(points, 100)
    with pytest.raises(LedgerError) as caught:
        give(points, 101)
    assert str(caught.value) == (
        "this key has moved something else\n  where: value 'gift'\n  to do: take a new key for a new movement"
    )


@pytest.mark.parametrize("other", ["giver", "taker", "kind"])
def test_a_key_used_between_others_or_for_another_kind_is_an_error(points, other):
    give(points, 100)
    give(points, 100, key="to ben", to=points.ben)
    said = {"giver": points.issuer, "taker": points.ann, "kind": "award"}
    said[other] = {"giver": points.ben, "taker": points.ben, "kind": "bonus"}[other]
    with pytest.raises(LedgerError, match="this key has moved something else"):
        move(said["giver"], said["taker"], 100, key="gift", kind=said["kind"], event_day=DAY)
    assert (points.balance(points.ann), points.balance(points.ben)) == (100, 100)


def test_spending_more_than_there_is_moves_nothing_and_says_how_much_there_is(points):
    give(points, 100)
    with pytest.raises(Overdrawn) as caught:
        spend(points, 101)
    assert str(caught.value) == (
        "a test's book: the account holds 100, which is less than 101\n"
        "  where: value 'member:ann'\n  to do: take a smaller amount"
    )
    assert caught.value.exit_code == 10
    assert points.balance(points.ann) == 100
    assert Transfer.objects.filter(book=points.book).count() == 1


def test_members_give_to_each_other_and_the_book_still_adds_up(points):
    give(points, 100)
    move(points.ann, points.ben, 30, key="present", kind="present", event_day=DAY)
    assert (points.balance(points.ann), points.balance(points.ben)) == (70, 30)
    with pytest.raises(Overdrawn):
        move(points.ben, points.ann, 31, key="back", kind="present", event_day=DAY)
    assert verify_book(points.book).outstanding == 100


@pytest.mark.parametrize("amount", [0, -1, 2**53 + 1, True, 1.5])
def test_an_amount_that_is_no_whole_number_above_zero_is_refused(points, amount):
    with pytest.raises(UsageError, match="an amount is a whole number above zero"):
        give(points, amount)


@pytest.mark.parametrize("key", ["", "k" * 161, "run/1/ann"])
def test_a_key_that_is_none_too_long_or_looks_like_a_runs_is_refused(points, key):
    with pytest.raises(UsageError, match="a key has 1 to 160 characters and does not begin with run/"):
        give(points, 1, key=key)
    assert not give(points, 2**53, key=f"{points.book.code} {'k' * 160}"[:160]).replayed
    assert points.balance(points.ann) == 2**53


def test_nobody_gives_to_themselves(points):
    give(points, 5)
    with pytest.raises(UsageError, match="a movement goes between two accounts of one book"):
        move(points.ann, points.ann, 5, key="loop", kind="present", event_day=DAY)


def test_books_do_not_mix(points):
    other = open_book(f"{points.book.code}-b", unit="voucher", says=text("권", "vouchers"))
    shelf = open_account(other, "shelf", guarded=True)
    with pytest.raises(UsageError, match="a movement goes between two accounts of one book"):
        move(points.issuer, shelf, 1, key="x", kind="stock", event_day=DAY)
    with pytest.raises(UsageError, match="counts point, not voucher"):
        open_book(points.book.code, unit="voucher", says=text("권", "vouchers"))


def test_opening_what_is_open_returns_it(points):
    assert open_account(points.book, "member", "ann", guarded=True).pk == points.ann.pk
    assert open_accounts(points.book, "member", ["ann", "cid", "dan"]) == 2
    assert open_accounts(points.book, "member", ["ann", "cid", "dan"]) == 0
    with pytest.raises(UsageError, match="is open already and carries a balance"):
        open_account(points.book, "member", "ann", guarded=False)


@pytest.mark.parametrize("sql", ["UPDATE ledger_transfer SET amount = 1", "DELETE FROM ledger_transfer"])
def test_the_database_refuses_to_edit_a_transfer(points, sql):
    give(points, 100)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_database_refuses_a_balance_below_zero_or_out_of_step(points):
    for change in ({"balance": -1, "debited": 1}, {"balance": 5}, {"balance": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.filter(pk=points.ann.pk).update(**change)


def test_a_reversal_is_a_new_row_and_happens_once(points):
    moved = give(points, 100)
    taken = reverse(moved.transfer_id, key="oops", event_day=DAY)
    points.ann.refresh_from_db()
    assert (points.ann.balance, points.ann.credited, points.ann.debited) == (0, 0, 0)
    assert reverse(moved.transfer_id, key="oops", event_day=DAY).replayed
    with pytest.raises(LedgerError, match="this transfer is reversed already"):
        reverse(moved.transfer_id, key="oops again", event_day=DAY)
    with pytest.raises(LedgerError, match="a reversal is not reversed"):
        reverse(taken.transfer_id, key="back and forth", event_day=DAY)
    with pytest.raises(LedgerError, match="there is no such transfer"):
        reverse(10**15, key="nothing", event_day=DAY)
    assert verify_book(points.book).transfers == 2


def test_a_reversal_keeps_the_day_and_the_rule_of_what_it_reverses(points):
    old, at = dt.date(2018, 4, 25), dt.datetime(2024, 4, 25, 3, tzinfo=dt.UTC)
    gift = move(points.issuer, points.ann, 9, key="gift", kind="award", event_day=old, rule_hash="abc", at=at)
    row = Transfer.objects.get(pk=reverse(gift.transfer_id, key="oops", event_day=DAY, at=at).transfer_id)
    assert (row.lot_day, row.event_day, row.rule_hash, row.posted_at) == (old, DAY, "abc", at)
    assert (row.giver_id, row.taker_id, row.amount, row.effect) == (points.ann.pk, points.issuer.pk, 9, 2)


def test_what_is_spent_can_not_be_taken_back(points):
    moved = give(points, 100)
    spend(points, 60)
    with pytest.raises(Overdrawn):
        reverse(moved.transfer_id, key="oops", event_day=DAY)
    assert points.balance(points.ann) == 40


def a_hold(points, amount=60, key="voucher", minutes=30):
    until = timezone.now() + dt.timedelta(minutes=minutes)
    return hold(points.ann, points.held, points.shop, amount, key=key, kind="redeem", event_day=DAY, until=until)


def test_a_hold_is_posted_once(points):
    give(points, 100)
    kept = a_hold(points)
    assert a_hold(points).pk == kept.pk
    assert points.balance(points.ann) == 40
    assert liability(points.book).held == 60
    post(kept, event_day=DAY)
    assert post(kept, event_day=DAY).replayed
    with pytest.raises(LedgerError, match="the hold can't become void: it is posted already"):
        void(kept, event_day=DAY)
    totals = liability(points.book)
    assert (totals.issued, totals.spent, totals.held, totals.outstanding) == (100, 60, 0, 40)
    verify_book(points.book)


def test_a_void_hold_gives_everything_back(points):
    give(points, 100)
    kept = a_hold(points)
    void(kept, event_day=DAY)
    assert void(kept, event_day=DAY).replayed
    points.ann.refresh_from_db()
    assert (points.ann.balance, points.ann.credited, points.ann.debited) == (100, 100, 0)
    with pytest.raises(LedgerError, match="it is void already"):
        post(kept, event_day=DAY)
    verify_book(points.book)


def test_a_hold_whose_time_is_over_goes_back_and_can_not_be_posted(points):
    give(points, 100)
    kept, later = a_hold(points, minutes=30), a_hold(points, 10, "other", minutes=90)
    at = timezone.now() + dt.timedelta(minutes=31)
    with pytest.raises(LedgerError, match="its time is over"):
        post(kept, event_day=DAY, at=at)
    assert [time_out_one(one, at=at) for one in (kept, later)] == [True, False]
    assert [time_out_one(one, at=at) for one in (kept, later)] == [False, False]
    assert points.balance(points.ann) == 90
    assert Hold.objects.get(pk=later.pk).state == "pending"


def test_an_account_is_closed_only_when_it_is_empty(points):
    moved = give(points, 100)
    with pytest.raises(LedgerError, match="an account is closed only when it is empty"):
        close_account(points.ann)
    reverse(moved.transfer_id, key="back", event_day=DAY)
    close_account(points.ann)
    with pytest.raises(LedgerError, match="the account is closed"):
        give(points, 1, key="late")
