"""The ledger's invariants, by their names in the issue's guide; the real SQL against lots kept one by one."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from madang.core.errors import Overdrawn
from madang.web.ledger import checking, expiring, posting, sealing
from madang.web.ledger.holding import hold, post, time_out_one, void
from madang.web.ledger.models import Account, Hold, Transfer
from madang.web.ledger.moving import move, reverse
from madang.web.ledger.tests.books import make_points
from madang.web.ledger.tests.plain_model import PlainLedger

DAY0 = dt.date(2015, 1, 1)
NAMES = ("ann", "ben")


def on(day: int) -> dt.date:
    return DAY0 + dt.timedelta(days=day)


class LedgerMachine(RuleBasedStateMachine):
    """Awards, spending, runs, expiry, holds, retries and late events in any order; the model is kept lot by lot."""

    @initialize()
    def open(self) -> None:
        # Each story is a transaction of its own that is rolled back at its end.
        self.stack = contextlib.ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.points, self.plain = make_points(), PlainLedger()
        self.day, self.number, self.expired_to = 0, 0, -1
        self.waiting: list[tuple[Hold, str]] = []

    def account(self, name: str) -> Account:
        return getattr(self.points, name)

    def key(self) -> str:
        self.number += 1
        return f"{self.points.book.code}/{self.number}"

    @rule(days=st.integers(0, 900))
    def let_days_pass(self, days: int) -> None:
        self.day += days

    @rule(name=st.sampled_from(NAMES), amount=st.integers(1, 50_000), times=st.integers(1, 3))
    def award(self, name: str, amount: int, times: int) -> None:
        key = self.key()
        for _ in range(times):
            move(self.points.issuer, self.account(name), amount, key=key, kind="award", event_day=on(self.day))
            self.plain.award(name, self.day, amount, key)

    @rule(name=st.sampled_from(NAMES), amount=st.integers(1, 60_000), times=st.integers(1, 3))
    def spend(self, name: str, amount: int, times: int) -> None:
        key = self.key()
        for _ in range(times):
            wanted = self.plain.spend(name, amount, key)
            try:
                move(self.account(name), self.points.shop, amount, key=key, kind="redeem", event_day=on(self.day))
            except Overdrawn:
                assert not wanted
            else:
                assert wanted

    @rule(amounts=st.lists(st.integers(1, 30_000), min_size=2, max_size=2), times=st.integers(1, 2))
    def post_a_run(self, amounts: list[int], times: int) -> None:
        key = self.key()
        for _ in range(times):
            rows = list(zip(NAMES, amounts, strict=True))
            posting.post_batch(self.points.book, key, self.points.issuer, rows, kind="award", event_day=on(self.day))
        for name, amount in zip(NAMES, amounts, strict=True):
            self.plain.award(name, self.day, amount, f"{key}/{name}")

    @rule()
    def expire(self) -> None:
        until = max(self.day - 1826, self.expired_to)
        if until >= 0:
            self.expired_to = until
            expiring.expire(self.points.book, self.points.expired, earned_to=on(until), event_day=on(self.day))
            for name in NAMES:
                self.plain.member(name).expire(until)

    @rule()
    def seal(self) -> None:
        sealing.seal_journal(self.points.book)

    @invariant()
    def balances_are_those_of_the_lots(self) -> None:
        if not hasattr(self, "points"):
            return
        for name in NAMES:
            account, lots = Account.objects.get(pk=self.account(name).pk), self.plain.member(name)
            assert (account.balance, account.expired) == (lots.balance, lots.expired)
        checking.verify_book(self.points.book)
        owed = checking.liability(self.points.book)
        assert (owed.issued, owed.spent) == (self.plain.issued, self.plain.spent)
        assert owed.issued == owed.reversed + owed.spent + owed.held + owed.expired + owed.outstanding

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            sealing.check_chain(self.points.book)
            transaction.set_rollback(True)
            self.stack.close()


def test_the_ledger_does_what_a_plain_model_of_lots_does(db):
    """I2, I3, I4, I10 and I11 hold after every step of any story."""
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_I1_what_is_credited_is_what_is_debited_because_one_row_is_both(points):
    batch = posting.post_batch(
        points.book, "r", points.issuer, [("ann", 5), ("ben", 7)], kind="a", event_day=DAY0
    ).batch
    rows = Transfer.objects.filter(batch=batch)
    assert all(row.giver_id == points.issuer.pk and row.taker_id != row.giver_id for row in rows)
    assert sum(row.amount for row in rows) == batch.amount == points.balance(points.ann) + points.balance(points.ben)


def test_I2_no_balance_falls_below_zero_whichever_way_it_is_asked(points):
    move(points.issuer, points.ann, 10, key="i2", kind="award", event_day=DAY0)
    for number in range(11):
        with contextlib.suppress(Overdrawn):
            move(points.ann, points.shop, 3, key=f"i2/{number}", kind="redeem", event_day=DAY0)
        assert points.balance(points.ann) >= 0
    assert points.balance(points.ann) == 1


def test_I3_a_balance_is_credited_less_debited_less_expired_and_what_its_transfers_make(points):
    move(points.issuer, points.ann, 10, key="i3", kind="award", event_day=DAY0)
    move(points.ann, points.shop, 3, key="i3b", kind="redeem", event_day=DAY0)
    expiring.expire(points.book, points.expired, earned_to=DAY0, event_day=on(1900))
    points.ann.refresh_from_db()
    assert (points.ann.credited, points.ann.debited, points.ann.expired, points.ann.balance) == (10, 3, 7, 0)
    assert checking.verify_book(points.book).transfers == 3


def test_I4_posting_the_same_run_twice_adds_nothing(points):
    rows = [("ann", 5), ("ben", 7)]
    added = [
        posting.post_batch(points.book, "i4", points.issuer, rows, kind="a", event_day=DAY0).added for _ in range(3)
    ]
    assert added == [2, 0, 0]
    assert checking.verify_book(points.book) == checking.Checked(2, 2, 12)


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from("cde"), st.integers(1, 50_000)), min_size=1, max_size=14)
)
def test_I10_expiry_by_two_counters_equals_lots_kept_one_by_one(db, story):
    """Including the histories that break the shortcut of dropping expired credits and subtracting all debits."""
    with transaction.atomic():
        points, plain, day = make_points(), PlainLedger(), 0
        for number, (wait, what, amount) in enumerate(story):
            day += wait
            key = f"{points.book.code}/{number}"
            if what == "c":
                move(points.issuer, points.ann, amount, key=key, kind="award", event_day=on(day))
                plain.award("ann", day, amount, key)
            elif what == "d":
                if plain.spend("ann", amount, key):
                    move(points.ann, points.shop, amount, key=key, kind="redeem", event_day=on(day))
            elif day >= 500:
                expiring.expire(points.book, points.expired, earned_to=on(day - 500), event_day=on(day))
                plain.member("ann").expire(day - 500)
            points.ann.refresh_from_db()
            assert (points.ann.balance, points.ann.expired) == (
                plain.member("ann").balance,
                plain.member("ann").expired,
            )
        transaction.set_rollback(True)


def test_I10_the_common_shortcut_would_be_wrong_where_ours_is_right(points):
    """The bug seen in the wild: an old credit is spent, expires on paper, and its debit falls on a new one."""
    move(points.issuer, points.ann, 100, key="x1", kind="award", event_day=on(0))
    move(points.ann, points.shop, 100, key="x2", kind="redeem", event_day=on(10))
    move(points.issuer, points.ann, 50, key="x3", kind="award", event_day=on(1800))
    expiring.expire(points.book, points.expired, earned_to=on(100), event_day=on(1926))
    shortcut = 50 - 100
    assert points.balance(points.ann) == 50 != shortcut


def test_I11_issued_is_spent_expired_reversed_held_and_outstanding(points):
    a = move(points.issuer, points.ann, 100, key="a", kind="award", event_day=on(0))
    b = move(points.issuer, points.ben, 40, key="b", kind="award", event_day=on(0))
    move(points.issuer, points.ann, 30, key="c", kind="award", event_day=on(1000))
    reverse(b.transfer_id, key="b-back", event_day=on(1))
    move(points.ann, points.shop, 20, key="d", kind="redeem", event_day=on(2))
    until = dt.datetime(2015, 2, 1, tzinfo=dt.UTC)
    at = dt.datetime(2015, 1, 5, tzinfo=dt.UTC)
    kept = [
        hold(points.ann, points.held, points.shop, 5, key=f"h{n}", kind="redeem", event_day=on(3), until=until, at=at)
        for n in range(4)
    ]
    post(kept[0], event_day=on(4), at=at)
    void(kept[1], event_day=on(4), at=at)
    assert checking.liability(points.book).held == 10
    assert [time_out_one(one, at=until) for one in kept] == [False, False, True, True]
    expiring.expire(points.book, points.expired, earned_to=on(100), event_day=on(1926))
    owed = checking.liability(points.book)
    assert owed == checking.Liability(issued=170, reversed=40, spent=25, held=0, expired=75, outstanding=30)
    assert owed.issued == owed.reversed + owed.spent + owed.held + owed.expired + owed.outstanding
    assert a.transfer_id


def test_I13_a_correction_is_a_new_transfer_and_a_reversal_never_an_edit(points):
    old = move(points.issuer, points.ann, 30_000, key="old", kind="award", event_day=on(0))
    before = Transfer.objects.filter(pk=old.transfer_id).values().get()
    move(points.issuer, points.ann, 50_000, key="new", kind="award", event_day=on(9))
    reverse(old.transfer_id, key="old-back", event_day=on(9))
    assert Transfer.objects.filter(pk=old.transfer_id).values().get() == before
    assert points.balance(points.ann) == 50_000
    assert checking.verify_book(points.book).transfers == 3


@pytest.mark.parametrize("wrong", ["balance", "expired"])
def test_a_model_that_cheats_is_caught(points, wrong):
    """Negative control: were the counters off by one, the check would say so."""
    move(points.issuer, points.ann, 10, key="n", kind="award", event_day=on(0))
    change = {"balance": 11, "credited": 11} if wrong == "balance" else {"expired": 1, "balance": 9}
    Account.objects.filter(pk=points.ann.pk).update(**change)
    with pytest.raises(Exception, match="differ from their transfers"):
        checking.verify_book(points.book)
