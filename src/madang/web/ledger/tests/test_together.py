"""Clients served together: each answered once, after the commit, with an answer or a refusal of its own."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import threading
import time

import pytest
from django.db import connection, connections, transaction

from madang.core.errors import Overdrawn, UsageError
from madang.web.ledger import checking, sealing, together
from madang.web.ledger.arrays import array
from madang.web.ledger.holding import HoldDraft, hold_all, post_all
from madang.web.ledger.models import Account, Hold, Transfer
from madang.web.ledger.moving import move
from madang.web.ledger.opening import close_account, open_account, open_accounts
from madang.web.ledger.tests.books import make_points
from madang.web.ledger.tests.test_never_lost import race
from madang.web.ledger.together import LANES, Together, patience
from madang.web.ledger.writing import Draft, Effect, write
from madang.web.ledger.writing_all import NotTogether, write_all

DAY = dt.date(2024, 4, 25)
NOON = dt.datetime(2024, 4, 25, 3, tzinfo=dt.UTC)


def draft(points, giver, amount, key, taker=None):
    return Draft(
        giver=giver, taker=taker or points.shop, amount=amount, key=key, kind="redeem", event_day=DAY, lot_day=DAY,
        at=NOON,
    )  # fmt: skip


@pytest.fixture
def open_database(django_db_setup, django_db_blocker):
    """Let several clients open and close transactions of their own; they write nothing."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def rich(points):
    """Return a book whose two members hold 100 each."""
    for name, account in (("a", points.ann), ("b", points.ben)):
        move(points.issuer, account, 100, key=f"gift-{name}", kind="award", event_day=DAY)
    return points


def test_many_movements_are_written_as_single_ones_are(rich):
    drafts = [
        draft(rich, rich.ann, 30, "k1"), draft(rich, rich.ben, 20, "k2"), draft(rich, rich.ann, 70, "k3"),
        draft(rich, rich.ben, 5, "k4", taker=rich.ann),
    ]  # fmt: skip
    written = write_all(drafts)
    rows = {row.pk: row for row in Transfer.objects.filter(pk__in=written)}
    assert [rows[number].key for number in written] == ["k1", "k2", "k3", "k4"]
    rich.ann.refresh_from_db()
    assert (rich.ann.balance, rich.ann.credited, rich.ann.debited) == (5, 105, 100)
    assert rich.balance(rich.ben) == 75
    assert checking.verify_book(rich.book).outstanding == 80
    assert {row.batch.name for row in rows.values()} == {"journal-1"}


@pytest.mark.parametrize("why", ["too much altogether", "key used", "one key twice", "giver closed", "taker closed"])
def test_where_one_of_many_cant_be_written_none_is(rich, why):
    shut = open_account(rich.book, "shut", guarded=False)
    open_accounts(rich.book, "member", ["cid"])
    cid = Account.objects.get(book=rich.book, owner="cid")
    for account in (shut, cid):
        close_account(account)
    wrong = {
        "too much altogether": [draft(rich, rich.ann, 60, "k1"), draft(rich, rich.ann, 41, "k2")],
        "key used": [draft(rich, rich.ann, 1, "k1"), draft(rich, rich.ann, 1, "gift-a")],
        "one key twice": [draft(rich, rich.ann, 1, "k1"), draft(rich, rich.ben, 1, "k1")],
        "giver closed": [draft(rich, rich.ann, 1, "k1"), draft(rich, cid, 1, "k2")],
        "taker closed": [draft(rich, rich.ann, 1, "k1"), draft(rich, rich.ben, 1, "k2", taker=cid)],
    }[why]
    with pytest.raises(NotTogether), transaction.atomic():
        write_all(wrong)
    assert (rich.balance(rich.ann), rich.balance(rich.ben)) == (100, 100)
    assert not Transfer.objects.filter(book=rich.book, key="k1").exists()


def test_only_plain_movements_of_one_book_are_written_together(rich):
    undoing = Draft(
        giver=rich.shop, taker=rich.ann, amount=1, key="x", kind="reversal", event_day=DAY, lot_day=DAY,
        effect=Effect.UNDO_MOVE, reverses=1,
    )  # fmt: skip
    with pytest.raises(UsageError, match="only plain movements of one book are written together"):
        write_all([undoing])
    with pytest.raises(UsageError, match="an amount is a whole number above zero"):
        write_all([draft(rich, rich.ann, 0, "k")])
    assert write_all([]) == []


def test_movements_of_two_books_are_not_written_together(rich):
    other = make_points()
    move(other.issuer, other.ann, 5, key="their gift", kind="award", event_day=DAY)
    with pytest.raises(UsageError, match="only plain movements of one book are written together"):
        write_all([draft(rich, rich.ann, 1, "k1"), draft(other, other.ann, 1, "k2")])
    assert not Transfer.objects.filter(key__in=("k1", "k2")).exists()


def test_one_written_before_as_it_stands_is_not_written_together_with_others(rich):
    write(draft(rich, rich.ann, 1, "k1"))
    with pytest.raises(NotTogether), transaction.atomic():
        write_all([draft(rich, rich.ben, 2, "k2"), draft(rich, rich.ann, 1, "k1")])
    assert (rich.balance(rich.ann), rich.balance(rich.ben)) == (99, 100)


def test_many_holds_are_posted_together_once(rich):
    until = NOON + dt.timedelta(hours=1)
    wanted = [
        HoldDraft(move=draft(rich, who, 10, f"h{n}", taker=rich.held), taker=rich.shop, until=until)
        for n, who in enumerate((rich.ann, rich.ben))
    ]
    kept = hold_all(wanted)
    assert [one.key for one in kept] == ["h0", "h1"]
    assert checking.liability(rich.book).held == 20
    post_all(kept, event_day=DAY, at=NOON)
    with pytest.raises(NotTogether), transaction.atomic():
        post_all(kept, event_day=DAY, at=NOON)
    assert set(Hold.objects.filter(book=rich.book).values_list("state", flat=True)) == {"posted"}
    assert checking.liability(rich.book).spent == 20


def test_what_is_written_together_is_sealed_with_its_journal(rich):
    write_all([draft(rich, rich.ann, 1, "k1"), draft(rich, rich.ben, 2, "k2")])
    assert sealing.seal_journal(rich.book).transfers == 4
    write_all([draft(rich, rich.ann, 1, "k3")])
    assert Transfer.objects.get(book=rich.book, key="k3").batch.name == "journal-2"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one after the other")
@pytest.mark.parametrize(
    ("name", "joins"), [("ledger_move_all", ("seqscan", "mergejoin", "hashjoin")), ("ledger_hold_all", ())]
)
def test_what_writes_many_keeps_one_plan_and_looks_each_account_up(db, name, joins):
    with connection.cursor() as cursor:
        cursor.execute("SELECT unnest(proconfig) FROM pg_proc WHERE proname = %s", [name])
        kept = {row[0] for row in cursor.fetchall()}
    assert kept == {*(f"enable_{way}=off" for way in joins), "plan_cache_mode=force_generic_plan"}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one after the other")
@pytest.mark.parametrize("members", [0, 2_000])
def test_many_accounts_are_locked_in_the_order_of_their_numbers(rich, members):
    """The update goes through the sorted accounts and looks each up, however few there are and whatever is known."""
    open_accounts(rich.book, "member", [f"m{n}" for n in range(members)])
    said = []
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_account")
        cursor.execute("LOAD 'auto_explain'")
        cursor.execute("SET LOCAL auto_explain.log_min_duration = 0")
        cursor.execute("SET LOCAL auto_explain.log_nested_statements = on")
        cursor.execute("SET LOCAL client_min_messages = log")
        connection.connection.add_notice_handler(lambda notice: said.append(notice.message_primary))
        write_all([draft(rich, rich.ben, 1, "k1"), draft(rich, rich.ann, 1, "k2")])
    (plan,) = [one for one in said if "Update on ledger_account" in one]
    steps = [step.split("  (")[0].strip() for step in plan.split("->")[1:]]
    assert steps[:4] == ["Nested Loop", "Subquery Scan on d", "Limit", "Function Scan on unnest"]
    # Few accounts on one page are looked up by way of a bitmap.
    assert "on ledger_account_pkey" in steps[-1] or "using ledger_account_pkey on" in steps[-1]
    assert "Index Cond: (id = d.account)" in plan


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one after the other")
@pytest.mark.parametrize("side", ["giver", "taker"])
@pytest.mark.parametrize("of", ["nobody", "another book"])
def test_what_belongs_to_nobody_or_another_book_is_not_moved(rich, side, of):
    other = make_points().shop
    wrong = Account(pk=10**12 if of == "nobody" else other.pk, book=rich.book, guarded=False)
    good = draft(rich, rich.ben, 1, "k1")
    bad = draft(rich, wrong, 1, "k2") if side == "giver" else draft(rich, rich.ann, 1, "k2", taker=wrong)
    with pytest.raises(NotTogether), transaction.atomic():
        write_all([good, bad])
    assert rich.balance(rich.ben) == 100


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads no arrays")
def test_a_column_is_read_as_it_was_said(db):
    words = ["", "plain", 'a "b" \\ {c, d}', "NULL", "null", "쉼표, 둘", " spaces ", None, "line\nbreak"]
    at = NOON + dt.timedelta(microseconds=7)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::varchar[], %s::bigint[], %s::timestamptz[]",
            [array(words), array([1, None, -(2**62)]), array([at, None])],
        )
        assert cursor.fetchone() == (words, [1, None, -(2**62)], [at, None])


def test_a_group_waits_for_others_half_as_long_as_the_last_took_within_bounds():
    assert [patience(took) for took in (0, 0.001, 0.004, 0.010, 60)] == [0.001, 0.001, 0.002, 0.005, 0.005]


def test_groups_of_which_some_are_refused_never_wait_for_each_other_in_a_ring(kept_points):
    """32 clients spend of four accounts and a shelf, in every order, until nothing is left."""
    points = kept_points
    open_accounts(points.book, "member", ["cid", "dan", "shelf"])
    accounts = {one.owner: one for one in Account.objects.filter(book=points.book, guarded=True)}
    shelf = accounts.pop("shelf")
    for owner, account in [*accounts.items(), ("shelf", shelf)]:
        move(points.issuer, account, 150, key=f"{points.book.code}/{owner}", kind="award", event_day=DAY)

    def one(ask):
        with transaction.atomic():
            number = write(draft(points, ask[0], 3, f"{ask[1]}/points")).transfer_id
            write(draft(points, shelf, 1, f"{ask[1]}/piece"))
        return number

    def many(asks):
        with transaction.atomic():
            numbers = write_all([draft(points, who, 3, f"{key}/points") for who, key in asks])
            write_all([draft(points, shelf, 1, f"{key}/piece") for _, key in asks])
        return numbers

    counter, done, refused = Together(one, many), [], []

    def client(number):
        dice = random.Random(number)
        for turn in range(10):
            try:
                key = f"{points.book.code}/{number}/{turn}"
                done.append(counter((dice.choice(list(accounts.values())), key)))
            except Overdrawn:
                refused.append(key)

    assert race(client) == []
    assert len(done) + len(refused) == 320
    assert refused
    assert points.balance(shelf) == 150 - len(done)
    assert checking.verify_book(points.book).outstanding == 5 * 150 - 4 * len(done)


class Counter:
    """A counter that notes whom it served with whom, and can be held shut."""

    def __init__(self, *, together=True):
        self.groups, self.alone, self.open = [], [], threading.Event()
        self.can, self.serve = together, Together(self.one, self.many)

    def one(self, ask):
        self.alone.append(ask)
        if ask % 10 == 7:
            raise Overdrawn(f"{ask} is refused", None, "ask for less")
        return ask * 2

    def many(self, asks):
        self.groups.append(list(asks))
        self.open.wait(30)
        if not self.can:
            raise NotTogether
        if 13 in asks:
            raise RuntimeError("the counter broke")
        return [ask * 2 for ask in asks]


def clients(counter, asks):
    """Let clients ask: one for each lane, then the others while those are being served; return answers or errors."""
    told = {}

    def client(ask):
        try:
            told[ask] = counter.serve(ask)
        except Exception as error:
            told[ask] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=(ask,)) for ask in asks]
    for place, thread in enumerate(threads):
        thread.start()
        until = time.monotonic() + 30
        while len(counter.groups) <= place < LANES and time.monotonic() < until:
            time.sleep(0.001)
    while len(counter.serve._waiting) < len(asks) - LANES and time.monotonic() < until:
        time.sleep(0.001)
    assert told == {}, "somebody was answered before the work was done"
    counter.open.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return told


def test_those_who_come_while_others_are_served_are_served_together_each_with_its_own_answer(open_database):
    counter = Counter()
    told = clients(counter, range(20, 52))
    assert told == {ask: ask * 2 for ask in range(20, 52)}
    assert counter.groups[:LANES] == [[20], [21]]
    assert sorted(ask for group in counter.groups for ask in group) == list(range(20, 52))
    assert len(counter.groups) <= 2 * LANES
    assert counter.alone == []
    assert counter.serve(5) == 10


def test_where_they_cant_be_served_together_each_is_served_alone_and_refused_alone(open_database):
    counter = Counter(together=False)
    told = clients(counter, range(1, 10))
    assert {ask: told[ask] for ask in told if ask != 7} == {ask: ask * 2 for ask in range(1, 10) if ask != 7}
    assert str(told[7].what) == "7 is refused"
    assert sorted(counter.alone) == list(range(1, 10))


def test_a_counter_that_breaks_leaves_nobody_waiting_and_goes_on(open_database):
    counter = Counter()
    told = clients(counter, [1, 2, 12, 13, 14])
    assert (told[1], told[2]) == (2, 4)
    assert str(told[13]) == "the counter broke"
    # Who stood in the same group hears the same; who stood in another is served.
    assert all(told[ask] == ask * 2 or str(told[ask]) == "the counter broke" for ask in (12, 14))
    assert counter.serve(3) == 6


def test_whoever_is_interrupted_while_waiting_keeps_nobody_behind_from_going(open_database):
    """The lanes serve 20 and 21; 22 waits here in front of 23, and is interrupted before anybody is answered."""
    counter, told, threads = Counter(), {}, []

    def ask(one):
        threads.append(threading.Thread(target=lambda: told.__setitem__(one, counter.serve(one))))
        threads[-1].start()

    def waiting(count, at):
        until = time.monotonic() + 30
        while len(at) < count and time.monotonic() < until:
            time.sleep(0.001)

    def interrupt(*_):
        waiting(1, counter.serve._waiting)
        ask(23)
        waiting(2, counter.serve._waiting)
        raise InterruptedError

    for place, one in enumerate((20, 21)):
        ask(one)
        waiting(place + 1, counter.groups)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(InterruptedError):
            counter.serve(22)
    finally:
        signal.signal(signal.SIGALRM, before)
    counter.open.set()
    for thread in threads:
        thread.join(30)
    assert told == {20: 40, 21: 42, 23: 46}
    assert [22, 23] in counter.groups


def test_inside_a_transaction_of_the_callers_one_is_served_alone(db):
    counter = Counter()
    with transaction.atomic():
        assert counter.serve(4) == 8
    assert (counter.groups, counter.alone) == ([], [4])


def test_a_lane_without_clients_closes_and_another_opens_when_somebody_comes(open_database, monkeypatch):
    monkeypatch.setattr(together, "IDLE_SECONDS", 0.01)
    counter = Counter()
    counter.open.set()
    for ask in (1, 2, 3):
        assert counter.serve(ask) == 2 * ask
        until = time.monotonic() + 30
        while counter.serve._lanes and time.monotonic() < until:
            time.sleep(0.001)
        assert counter.serve._lanes == []


def test_a_child_opens_lanes_of_its_own_and_finds_nothing_locked(open_database):
    counter = Counter()
    counter.open.set()
    assert counter.serve(3) == 6
    # The parent's lane still waits for clients here, and holds what only it can release.
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        os._exit(0 if counter.serve(4) == 8 else 1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could go away")
def test_clients_are_served_by_a_new_connection_when_the_server_has_closed_the_lanes(kept_points):
    def server():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    counter = Together(lambda _: server(), lambda asks: [server()] * len(asks))
    first = counter(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 30000)", [first])
    assert counter(2) not in {first, server()}
