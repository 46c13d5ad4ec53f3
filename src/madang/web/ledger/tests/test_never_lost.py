"""Never lost, never doubled: crashes at every step, retries, kills, 32 clients racing; with negative controls."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import signal
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

from madang.core.errors import Overdrawn, VerifyError
from madang.web.ledger import checking, posting, sealing
from madang.web.ledger.models import Account, Batch, Transfer
from madang.web.ledger.moving import move
from madang.web.ledger.opening import open_accounts
from madang.web.ledger.tests.books import Points
from madang.web.ledger.tests.simulator import Crash, Simulator, crashing_before

DAY = dt.date(2024, 4, 25)
CLIENTS = 32


@pytest.mark.parametrize("seed", range(12))
def test_no_story_of_crashes_retries_and_jumping_clocks_loses_or_doubles_a_point(points, seed):
    simulator = Simulator(points, seed)
    simulator.run()
    assert simulator.crashes > 0
    written = simulator.written_keys()
    assert len(written) == len(set(written))
    assert simulator.done_keys() <= set(written)
    checked = checking.verify_book(points.book)
    owed = checking.liability(points.book)
    assert owed.issued == owed.reversed + owed.spent + owed.held + owed.expired + owed.outstanding
    assert owed.outstanding == checked.outstanding
    assert sealing.check_chain(points.book) >= 0


def test_the_same_seed_tells_the_same_story(points, db):
    stories = []
    for _ in range(2):
        with transaction.atomic():
            simulator = Simulator(points, 3)
            simulator.run()
            stories.append((simulator.crashes, simulator.retries, list(simulator.told.values())))
            transaction.set_rollback(True)
    assert stories[0] == stories[1]


@pytest.mark.parametrize("what", ["run", "move"])
def test_a_crash_before_any_statement_leaves_all_or_nothing(points, what):
    """Every crash point of a run and of a movement, one after the other, until one is passed."""
    calls: dict[str, Callable[[int], object]] = {
        "run": lambda n: posting.post_batch(
            points.book, "r", points.issuer, [("ann", 5), ("ben", 7)], kind="award", event_day=DAY
        ),
        "move": lambda n: move(points.issuer, points.ann, 12, key="m", kind="award", event_day=DAY),
    }
    crash_points = 0
    for statement in range(1, 60):
        try:
            with crashing_before(statement):
                calls[what](statement)
        except Crash:
            crash_points += 1
            assert checking.verify_book(points.book) == checking.Checked(2, 0, 0)
            assert not Batch.objects.filter(book=points.book, kind="run").exists()
        else:
            break
    assert crash_points >= (2 if what == "move" else 8)
    assert checking.verify_book(points.book).outstanding == 12


def test_without_a_transaction_the_same_crashes_do_lose_points(points):
    """Negative control: balance first, transfer second, nothing around both."""
    with contextlib.suppress(Crash), crashing_before(2):
        Account.objects.filter(pk=points.ann.pk).update(balance=12, credited=12)
        insert_by_hand(points, "never written", points.issuer, points.ann, 12)
    with pytest.raises(VerifyError, match="differ from their transfers"):
        checking.verify_book(points.book)


def insert_by_hand(points: Points, key: str, giver: Account, taker: Account, amount: int) -> None:
    """Insert a transfer as careless code would."""
    journal = Batch.objects.get(book=points.book, sealed_at=None)
    postgresql = connection.vendor == "postgresql"
    number = "nextval('ledger_transfer_ids')" if postgresql else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_transfer (id, part, book_id, batch_id, giver_id, taker_id, amount, kind, effect,"
            f" event_day, lot_day, posted_at, key, rule_hash) VALUES ({number}, 0, %s, %s, %s, %s, %s, 'redeem', 0,"
            " '2024-01-01', '2024-01-01', '2024-01-01 00:00:00', %s, '')",
            [points.book.pk, journal.pk, giver.pk, taker.pk, amount, key],
        )


def race(work: Callable[[int], None]) -> list[BaseException]:
    """Run 32 clients at the same moment, each with a connection of its own; return what they raised."""
    start, raised = threading.Barrier(CLIENTS), []

    def client(number: int) -> None:
        try:
            start.wait()
            work(number)
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    return raised


def rich_members(points: Points, amount: int) -> list[Account]:
    """Give a few members points to race for."""
    open_accounts(points.book, "member", ["cid", "dan"])
    rows = [(name, amount) for name in ("ann", "ben", "cid", "dan")]
    posting.post_batch(points.book, "gift", points.issuer, rows, kind="award", event_day=DAY)
    return list(Account.objects.select_related("book").filter(book=points.book, guarded=True).order_by("pk"))


def test_32_clients_racing_on_four_accounts_spend_exactly_what_is_there(kept_points):
    members = rich_members(kept_points, 5_000)
    done, refused = [], []

    def client(number: int) -> None:
        dice = random.Random(number)
        for turn in range(12):
            try:
                key = f"{kept_points.book.code}/{number}/{turn}"
                move(dice.choice(members), kept_points.shop, 100, key=key, kind="redeem", event_day=DAY)
                done.append(key)
            except Overdrawn:
                refused.append(key)

    assert race(client) == []
    checked = checking.verify_book(kept_points.book)
    assert len(done) + len(refused) == CLIENTS * 12
    assert checked.outstanding == 20_000 - 100 * len(done)
    assert len(done) == Transfer.objects.filter(book=kept_points.book, kind="redeem").count() <= 200
    assert refused


def test_32_clients_with_one_key_move_once(kept_points):
    members = rich_members(kept_points, 5_000)
    answers = []

    def client(number: int) -> None:
        key = f"{kept_points.book.code}/one"
        answers.append(move(members[0], kept_points.shop, 100, key=key, kind="redeem", event_day=DAY))

    assert race(client) == []
    assert len({one.transfer_id for one in answers}) == 1
    assert [one.replayed for one in answers].count(False) == 1
    assert kept_points.balance(members[0]) == 4_900


def test_32_clients_posting_one_run_add_it_once(kept_points):
    added = []

    def client(number: int) -> None:
        rows = [("ann", 5), ("ben", 7)]
        posted = posting.post_batch(kept_points.book, "r", kept_points.issuer, rows, kind="award", event_day=DAY)
        added.append(posted.added)

    assert race(client) == []
    assert sorted(added) == [0] * (CLIENTS - 1) + [2]
    assert checking.verify_book(kept_points.book).outstanding == 12


def test_members_giving_to_each_other_in_rings_neither_hang_nor_lose(kept_points):
    members = rich_members(kept_points, 5_000)

    def client(number: int) -> None:
        for turn in range(6):
            giver, taker = members[(number + turn) % 4], members[(number * 3 + turn + 1) % 4]
            if giver.pk != taker.pk:
                key = f"{kept_points.book.code}/{number}/{turn}"
                move(giver, taker, 7, key=key, kind="gift", event_day=DAY)

    assert race(client) == []
    assert checking.verify_book(kept_points.book).outstanding == 20_000


def test_a_journal_sealed_amid_32_writers_holds_all_and_only_what_was_committed_before(kept_points):
    members = rich_members(kept_points, 50_000)

    def client(number: int) -> None:
        for turn in range(6):
            if number < 2:
                sealing.seal_journal(kept_points.book)
            else:
                key = f"{kept_points.book.code}/{number}/{turn}"
                move(members[turn % 4], kept_points.shop, 1, key=key, kind="redeem", event_day=DAY)

    assert race(client) == []
    sealing.seal_journal(kept_points.book)
    assert sealing.check_chain(kept_points.book) == 1 + 12 + 1
    sealed = Batch.objects.filter(book=kept_points.book, kind="journal", sealed_at__isnull=False)
    assert sum(one.transfers for one in sealed) == 30 * 6


def test_reading_first_and_writing_later_does_lose_points(kept_points):
    """Negative control: the race that the conditional update wins is really there."""
    members = rich_members(kept_points, 50_000)

    def client(number: int) -> None:
        for turn in range(4):
            seen = Account.objects.get(pk=members[0].pk)
            time.sleep(0.002)
            if seen.balance >= 10:
                Account.objects.filter(pk=seen.pk).update(balance=seen.balance - 10, debited=seen.debited + 10)
                insert_by_hand(kept_points, f"{kept_points.book.code}/{number}/{turn}", seen, kept_points.shop, 10)

    race(client)
    with pytest.raises(VerifyError, match="differ from their transfers"):
        checking.verify_book(kept_points.book)


def killed(work: Callable[[], None], after: float) -> bool:
    """Run work in a process of its own, kill it with signal 9 after a while; tell whether it was cut short."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.slow
def test_a_hundred_kills_amid_posting_and_redeeming_lose_and_double_nothing(kept_points):
    """Signal 9 at any moment, then started anew: 50 rounds of a run, 50 of redemptions."""
    points, dice, cut = kept_points, random.Random(9), 0
    open_accounts(points.book, "member", [f"m{number}" for number in range(1_500)])
    owed = 0
    for number in range(50):
        rows = [(f"m{member}", 100 + number) for member in range(1_500)]

        def post(name: str = f"run-{number}", rows: list[tuple[str, int]] = rows) -> None:
            posting.post_batch(points.book, name, points.issuer, rows, kind="award", event_day=DAY)

        cut += killed(post, dice.random() * 0.25)
        post()
        owed += sum(amount for _, amount in rows)
        assert checking.verify_book(points.book).outstanding == owed
    members = list(Account.objects.select_related("book").filter(book=points.book, owner__in=["m1", "m2", "m3"]))
    for number in range(50):

        def redeem(number: int = number) -> None:
            for turn in range(20):
                key = f"{points.book.code}/{number}/{turn}"
                move(members[turn % 3], points.shop, 5, key=key, kind="redeem", event_day=DAY)

        cut += killed(redeem, dice.random() * 0.08)
        redeem()
        owed -= 100
        assert checking.verify_book(points.book).outstanding == owed
    assert sealing.check_chain(points.book) == 50
    assert cut >= 20
