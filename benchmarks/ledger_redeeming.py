"""32 clients order at the desk at the same moment, beside 32 clients who each commit one bare row.

Run as ``[tools/with_postgres.sh] .venv/bin/python benchmarks/ledger_redeeming.py [MEMBERS]``; without PostgreSQL it
measures SQLite. All clients are threads with a connection of their own, in this process, through the same client
library; each waits until its own order is committed before it sends the next. An order is all that the desk does: the
movement, the hold, the redemption and the trail's line. Rates are by the wall clock; rounds of both kinds alternate,
and each client has worked a little before a round's clock starts.

Where other processes use the processors, the rates say more of the scheduler than of the desk: the server's processes
for 32 bare clients get 32 shares of the time, those for the desk's two lanes get two. So each line says how much of the
processors others used. With the right to do so, ``chrt --rr 1`` before the command lets all of it go before the others,
and shows what a machine of its own would.

The last rounds are run while a process of the lowest priority keeps each core from falling asleep: where those are
faster, a sleeping core hears of the disk late.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
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
CLIENTS, SECONDS, ROUNDS, WARM = 32, 2, 5, 3
DAY = dt.date(2024, 7, 25)
_CORES = len(os.sched_getaffinity(0))


class Rate(NamedTuple):
    """Commits a second, the CPU time of clients and server for each in microseconds, and others' part of the time."""

    a_second: float
    cpu_us: float
    others: float


def clients(name: str, work: Callable[[random.Random, int], None]) -> Rate:
    """Let 32 clients work for some seconds; return commits a second."""
    done, start = [0] * CLIENTS, threading.Barrier(CLIENTS + 1)
    until = [0.0]

    def one(number: int) -> None:
        dice, turn = random.Random(number), 0
        connection.ensure_connection()
        for before in range(-WARM, 0):
            work(dice, before)
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
    cpu, all_cpu = cpu_seconds(), _used_by_all()
    began = time.perf_counter()
    until[0] = began + SECONDS
    start.wait()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    used, all_used = cpu_seconds() - cpu, _used_by_all() - all_cpu
    rate = Rate(sum(done) / took, 1e6 * used / sum(done), max(0.0, all_used - used) / took / _CORES)
    print(
        f"  {name:<58} {rate.a_second:7,.0f} a second, {rate.cpu_us:6,.0f} us of CPU each;"
        f" slowest client {min(done):,} times; others {100 * rate.others:.0f} % of the time",
        flush=True,
    )
    return rate


def _used_by_all() -> float:
    """Return the CPU time used by all since the machine began, in seconds, and what its host took; not by the nice."""
    user, _nice, system, _idle, _waiting, hard, soft, host = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + system + hard + soft + host) / os.sysconf("SC_CLK_TCK")


def flush_us() -> tuple[float, float]:
    """Return how long a flush of 8 kB takes in the temporary folder: the median and the ninth decile, microseconds."""
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(bytes(2**20))
        os.fsync(file.fileno())
        took = []
        for place in range(200):
            os.pwrite(file.fileno(), bytes(8192), 8192 * (place % 128))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(1e6 * (time.perf_counter() - began))
    return statistics.median(took), statistics.quantiles(took, n=10)[-1]


@contextlib.contextmanager
def kept_awake() -> Iterator[None]:
    """Keep every core from falling asleep: a process each, which runs only where nothing else wants to."""
    lowest = "import os; os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)); os.nice(19)\nwhile True: pass"
    spinning = [subprocess.Popen([sys.executable, "-c", lowest]) for _ in range(_CORES)]
    try:
        yield
    finally:
        for one in spinning:
            one.kill()
            one.wait()


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


def beside(name: str, work: Callable[[random.Random, int], None], rounds: int) -> list[tuple[Rate, Rate]]:
    """Let clients commit bare rows and do the work in turns; return both rates of each round."""
    return [(clients("bare single-row commits", bare), clients(name, work)) for _ in range(rounds)]


def _compared(pairs: list[tuple[Rate, Rate]]) -> str:
    """Say what the medians of the rounds' ratios are."""
    rate = statistics.median(work.a_second / plain.a_second for plain, work in pairs)
    cost = statistics.median(plain.cpu_us / work.cpu_us for plain, work in pairs)
    others = statistics.mean(one.others for pair in pairs for one in pair)
    return (
        f"rate {100 * rate:4.0f} %, for the same CPU time {100 * cost:4.0f} %; others {100 * others:.0f} % of the time"
    )


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


def measure(members: list[Member], item: Item) -> dict[str, list[tuple[Rate, Rate]]]:
    """Return the rates of every kind of work beside bare commits, and print what a flush takes."""
    many, few = ordering(members, item, redeeming.redeem), ordering(members[:20], item, redeeming.redeem)
    own = ordering(members, item, alone)
    clients("(warming up)", many)
    found = {
        "many": beside("orders among all members", many, ROUNDS),
        "few": beside("orders among 20 members", few, 2),
        "moves": beside("movements of the ledger alone, among all members", moving(members), 2),
        "alone": beside("orders, each in a transaction of its own", own, 1),
    }
    flush = flush_us()
    with kept_awake():
        found["awake"] = beside("orders, every core kept awake", many, ROUNDS)
        flush_awake = flush_us()
    print(f"  a flush takes {flush[0]:,.0f} us (one of ten over {flush[1]:,.0f}),"
          f" with every core kept awake {flush_awake[0]:,.0f} us ({flush_awake[1]:,.0f})")  # fmt: skip
    return found


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
    found = measure(members, item)
    made = Redemption.objects.count()
    moved = Transfer.objects.filter(taker=books.sink("tree")).count()
    checked = verify_book(books.points())
    assert Trail.objects.filter(act="redeemed").count() == made
    assert checked.outstanding == MEMBERS * 100_000 - made - moved, "a point was lost or doubled"
    for name, pairs in found.items():
        print(f"  {name:<6} against bare commits: {_compared(pairs)}")
    print(f"  {made:,} orders and {moved:,} movements; the book agrees")


if __name__ == "__main__":
    main()
