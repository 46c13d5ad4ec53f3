"""32 clients order at the desk at the same moment, beside 32 clients who each commit one bare row.

Run as ``[tools/with_postgres.sh] .venv/bin/python benchmarks/ledger_redeeming.py [MEMBERS]``; without PostgreSQL it
measures SQLite. All clients are threads with a connection of their own, in this process, through the same client
library; each waits until its own order is committed before it sends the next. An order is all that the desk does: the
movement, the hold, the redemption and the trail's line. Times are wall-clock; rounds of both kinds alternate.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

_HOME = tempfile.TemporaryDirectory(prefix="madang-bench-")
os.environ.update(MADANG_HOME=_HOME.name, MADANG_SECRET_KEY="only-for-a-benchmark" * 3)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.web.settings")
os.environ.setdefault("MADANG_PERSONAL_KEYS", "S8zX0Yq3m0o3b2xk8mS3vQ1k2m6uQp5bJmC4m0Zq9mE=")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402
from server_cost import cpu_seconds  # noqa: E402

from madang.web.desks.eco_mileage.models import Item, Member, Redemption, Trail  # noqa: E402
from madang.web.desks.eco_mileage.services import books, redeeming  # noqa: E402
from madang.web.ledger.checking import verify_book  # noqa: E402
from madang.web.ledger.models import Account, Transfer  # noqa: E402
from madang.web.ledger.opening import open_accounts  # noqa: E402
from madang.web.ledger.posting import post_batch  # noqa: E402
from madang.web.ledger.together import Together  # noqa: E402
from madang.web.ledger.writing import Draft, write  # noqa: E402
from madang.web.ledger.writing_all import write_all  # noqa: E402

MEMBERS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
CLIENTS, SECONDS, ROUNDS = 32, 4, 2
DAY = dt.date(2024, 7, 25)


class Rate(NamedTuple):
    """Commits a second, and the CPU time of clients and server for each, in microseconds."""

    a_second: float
    cpu_us: float


def clients(name: str, work: Callable[[random.Random, int], None]) -> Rate:
    """Let 32 clients work for some seconds; return commits a second."""
    done, start = [0] * CLIENTS, threading.Barrier(CLIENTS + 1)
    until = [0.0]

    def one(number: int) -> None:
        dice, turn = random.Random(number), 0
        connection.ensure_connection()
        start.wait()
        start.wait()
        while time.perf_counter() < until[0]:
            work(dice, turn)
            turn += 1
        done[number] = turn
        connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    start.wait()
    cpu = cpu_seconds()
    began = time.perf_counter()
    until[0] = began + SECONDS
    start.wait()
    for thread in threads:
        thread.join()
    rate = sum(done) / (time.perf_counter() - began)
    cost = 1e6 * (cpu_seconds() - cpu) / sum(done)
    print(
        f"  {name:<62} {rate:7,.0f} a second, {cost:6,.0f} us of CPU each; slowest client {min(done):,} times",
        flush=True,
    )
    return Rate(rate, cost)


def bare(dice: random.Random, _turn: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bare (member, amount) VALUES (%s, 1)", [dice.randrange(MEMBERS)])


def ordering(
    members: list[Member], item: Item, serve: Callable[..., Redemption]
) -> Callable[[random.Random, int], None]:
    def order(dice: random.Random, turn: int) -> None:
        serve(dice.choice(members), item, 1, key=f"{secrets.token_hex(8)}-{turn}")

    return order


def alone(member: Member, item: Item, units: int, *, key: str) -> Redemption:
    """Order in a transaction of one's own, as it was before clients shared a commit."""
    return redeeming._redeem_alone(redeeming._Order(member, item, units, key, "", redeeming.now()))


def moving(members: list[Member]) -> Callable[[random.Random, int], None]:
    """Move points as the ledger does beneath an order: the guarded balance and the transfer, shared commits."""
    shop = books.sink("tree")

    def many(drafts: Sequence[Draft]) -> list[int]:
        with transaction.atomic():
            return write_all(drafts)

    counter = Together(lambda draft: write(draft).transfer_id, many)

    def move(dice: random.Random, turn: int) -> None:
        giver = Account(pk=dice.choice(members).account_id, book_id=shop.book_id, guarded=True)
        key = f"{secrets.token_hex(8)}-{turn}"
        counter(Draft(giver=giver, taker=shop, amount=1, key=key, kind="redeem", event_day=DAY, lot_day=DAY))

    return move


def city() -> tuple[list[Member], Item]:
    """Make members who hold 100,000 points each, and something to spend them on."""
    book = books.points()
    names = [str(number) for number in range(1, MEMBERS + 1)]
    open_accounts(book, books.MEMBER, names)
    accounts = Account.objects.filter(book=book, kind=books.MEMBER)
    Member.objects.bulk_create(
        (Member(number=int(one.owner), account=one, joined_on=DAY, synthetic=True) for one in accounts.iterator()),
        batch_size=5_000,
    )
    post_batch(book, "gift", books.sink("city"), [(name, 100_000) for name in names], kind="award", event_day=DAY)
    item = redeeming.put_up("tree", way="tree", title=("나무", "tree"), unit_points=1, valid_from=DAY, by="benchmark")
    return list(Member.objects.select_related("account").order_by("pk")), item


def main() -> None:
    call_command("migrate", verbosity=0)
    members, item = city()
    with connection.cursor() as cursor:
        counted = "bigserial" if connection.vendor == "postgresql" else "integer"
        cursor.execute(f"CREATE TABLE bare (id {counted} PRIMARY KEY, member bigint NOT NULL, amount bigint NOT NULL)")
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
    connections.close_all()
    print(f"orders at the desk on {connection.vendor}, {MEMBERS:,} made-up members, {CLIENTS} clients")
    books.sink("held"), books.sink("tree")
    many, few = ordering(members, item, redeeming.redeem), ordering(members[:20], item, redeeming.redeem)
    clients("(warming up)", many)
    rates: dict[str, list[Rate]] = {"bare": [], "many": [], "few": [], "moves": []}
    for _ in range(ROUNDS):
        rates["bare"].append(clients("bare single-row commits", bare))
        rates["many"].append(clients("orders among all members", many))
        rates["bare"].append(clients("bare single-row commits", bare))
        rates["few"].append(clients("orders among 20 members", few))
        rates["bare"].append(clients("bare single-row commits", bare))
        rates["moves"].append(clients("movements of the ledger alone, among all members", moving(members)))
    by_itself = clients("orders among all members, each in a transaction of its own", ordering(members, item, alone))
    rates["alone"] = [by_itself]
    wall = {name: statistics.median(one.a_second for one in found) for name, found in rates.items()}
    cost = {name: statistics.median(one.cpu_us for one in found) for name, found in rates.items()}
    made = Redemption.objects.count()
    moved = Transfer.objects.filter(taker=books.sink("tree")).count()
    checked = verify_book(books.points())
    assert Trail.objects.filter(act="redeemed").count() == made
    assert checked.outstanding == MEMBERS * 100_000 - made - moved, "a point was lost or doubled"
    for name in ("many", "few", "moves", "alone"):
        print(f"  {name:<6} against bare commits: rate {100 * wall[name] / wall['bare']:4.0f} %,"
              f" for the same CPU time {100 * cost['bare'] / cost[name]:4.0f} %")  # fmt: skip
    print(f"  {made:,} orders and {moved:,} movements; the book agrees")


if __name__ == "__main__":
    main()
