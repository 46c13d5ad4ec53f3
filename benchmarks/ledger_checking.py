"""The whole-ledger check of a million members: every balance, both sides of every row, every seal and link.

Run as ``[tools/with_postgres.sh] .venv/bin/python benchmarks/ledger_checking.py [MEMBERS]``; without PostgreSQL it
measures SQLite. The check is timed three times, as wall-clock and as CPU time of this process and the server; the least
of each is printed. Balances and seals are checked side by side, so that a machine with two idle processors takes little
more than half of the CPU time. Then a balance, rows and a seal are tampered with below the guards: each must be found.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable

_HOME = tempfile.TemporaryDirectory(prefix="madang-bench-")
os.environ.update(MADANG_HOME=_HOME.name, MADANG_SECRET_KEY="only-for-a-benchmark" * 3)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.web.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from server_cost import cpu_seconds  # noqa: E402

from madang.core.errors import VerifyError  # noqa: E402
from madang.core.language import text  # noqa: E402
from madang.web.ledger.checking import check_book  # noqa: E402
from madang.web.ledger.models import Account, Book  # noqa: E402
from madang.web.ledger.moving import move  # noqa: E402
from madang.web.ledger.opening import open_account, open_accounts, open_book  # noqa: E402
from madang.web.ledger.posting import post_batch  # noqa: E402
from madang.web.ledger.sealing import seal_journal  # noqa: E402

MEMBERS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
WANTED_SECONDS = 3.0
DAY = dt.date(2024, 7, 25)


def city() -> Book:
    """Give every member an award, let some spend, and seal both."""
    book = open_book("city", unit="point", says=text("재어 보기", "a benchmark"))
    issuer, shop = (open_account(book, kind, guarded=False) for kind in ("city", "shop"))
    open_accounts(book, "member", map(str, range(MEMBERS)))
    rows = [(str(number), (10_000, 30_000, 50_000)[number % 3]) for number in range(MEMBERS)]
    post_batch(book, "run", issuer, rows, kind="award", event_day=DAY)
    for member in Account.objects.filter(book=book, kind="member").select_related("book")[:1_000]:
        move(member, shop, 500, key=f"spent/{member.pk}", kind="redeem", event_day=DAY)
    seal_journal(book)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return book


def timed(work: Callable[[], object]) -> tuple[float, float, object]:
    """Return the least wall-clock and CPU seconds of three times, and the answer."""
    walls, cpus = [], []
    for _ in range(3):
        cpu, wall = cpu_seconds(), time.perf_counter()
        answer = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(cpu_seconds() - cpu)
    return min(walls), min(cpus), answer


TAMPERING = {
    "a balance": "UPDATE ledger_account SET balance = balance + 1, credited = credited + 1 WHERE owner = '7'",
    "the amount of a row": (
        "UPDATE ledger_transfer SET amount = amount + 1 WHERE id = (SELECT min(id) FROM ledger_transfer)"
    ),
    "the taker of a row": (
        "UPDATE ledger_transfer SET taker_id = -taker_id WHERE id = (SELECT max(id) - 2000 FROM ledger_transfer)"
    ),
    "the day of a row": (
        "UPDATE ledger_transfer SET event_day = '2024-07-26' WHERE id = (SELECT min(id) FROM ledger_transfer)"
    ),
    "a seal": "UPDATE ledger_batch SET amount = amount + 1 WHERE name = 'run'",
}


def tampered(statement: str, book: Book) -> str:
    """Change something below the guards, check, undo it; return what the check said."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
            else:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'")
                for (name,) in cursor.fetchall():
                    cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(statement)
            assert cursor.rowcount == 1
            check_book(book)
            raise AssertionError(f"the check does not see: {statement}")
    except VerifyError as error:
        return error.what


def main() -> int:
    """Print the times; 1 where the check takes longer than wanted."""
    call_command("migrate", "ledger", verbosity=0)
    book = city()
    wall, cpu, checked = timed(lambda: check_book(book))
    print(f"whole-ledger check on {connection.vendor}, {MEMBERS:,} made-up members: {checked}")
    print(f"  {wall:.2f} s wall-clock, {cpu:.2f} s of CPU; wanted under {WANTED_SECONDS:g} s for a million")
    for what, statement in TAMPERING.items():
        print(f"  {what} tampered with: {tampered(statement, book)[:110]}")
    return 0 if wall <= WANTED_SECONDS * max(1.0, MEMBERS / 1e6) else 1


if __name__ == "__main__":
    sys.exit(main())
