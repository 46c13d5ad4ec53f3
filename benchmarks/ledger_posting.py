"""The ledger on PostgreSQL: a run of a million awards against row by row, 32 redeemers against bare commits, the check.

Run as ``tools/with_postgres.sh .venv/bin/python benchmarks/ledger_posting.py [MEMBERS]``. Times are wall-clock and CPU
time, the server's with it. Row by row is measured on a few thousand members and scaled up, which is said where it is
printed. Redeemers send the very statement that ``move`` sends, by pgbench, prepared like the bare inserts.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

_HOME = tempfile.TemporaryDirectory(prefix="madang-bench-")
os.environ.update(MADANG_HOME=_HOME.name, MADANG_SECRET_KEY="only-for-a-benchmark" * 3)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.web.settings")
if not os.environ.get("DATABASE_URL"):
    sys.exit("run it under tools/with_postgres.sh: DATABASE_URL names no database")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from server_cost import cpu_seconds  # noqa: E402

from madang.core.language import text  # noqa: E402
from madang.web.ledger import writing  # noqa: E402
from madang.web.ledger.checking import verify_book  # noqa: E402
from madang.web.ledger.models import Account, Book, Transfer  # noqa: E402
from madang.web.ledger.opening import open_account, open_accounts, open_book  # noqa: E402
from madang.web.ledger.posting import post_batch  # noqa: E402

MEMBERS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
ROW_BY_ROW = 3_000
CLIENTS, SECONDS = 32, 15
DAY = dt.date(2024, 7, 25)


def points_of(number: int) -> int:
    return (10_000, 30_000, 50_000)[number % 3]


def a_book(code: str) -> tuple[Book, Account]:
    book = open_book(code, unit="point", says=text("재어 보기", "a benchmark"))
    return book, open_account(book, "city", guarded=False)


class Took(NamedTuple):
    """Wall-clock seconds, and CPU seconds of this process and the server."""

    wall: float
    cpu: float


def seconds(name: str, work) -> Took:
    cpu, start = cpu_seconds(), time.perf_counter()
    work()
    took = Took(time.perf_counter() - start, cpu_seconds() - cpu)
    print(f"  {name:<58} {took.wall:8.2f} s, {took.cpu:8.2f} s of CPU", flush=True)
    return took


def row_by_row(book: Book, city: Account) -> Took:
    """The way a web application would: lock the row, change it, insert, commit; one member at a time."""
    journal = book.batch_set.get(sealed_at=None)

    def one(number: int) -> None:
        with transaction.atomic():
            member = Account.objects.select_for_update().get(book=book, kind="member", owner=str(number))
            member.balance += points_of(number)
            member.credited += points_of(number)
            member.save()
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval('ledger_transfer_ids')")
                pk = cursor.fetchone()[0]
            Transfer.objects.create(
                id=pk, part=0, book=book, batch=journal, giver=city, taker=member, amount=points_of(number),
                kind="award", effect=0, event_day=DAY, lot_day=DAY, posted_at=timezone.now(), key=f"{book.pk}:{number}",
                rule_hash="",
            )  # fmt: skip

    return seconds(f"row by row, {ROW_BY_ROW:,} awards", lambda: [one(number) for number in range(ROW_BY_ROW)])


def pgbench(folder: Path, name: str, script: str) -> float:
    """Run a script with 32 clients and return transactions a second."""
    path = folder / f"{name}.sql"
    path.write_text(script)
    where = connection.settings_dict
    program = shutil.which("pgbench") or str(sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))[-1])
    said = subprocess.run(
        [program, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS), "-f", str(path), "-h",
         where["OPTIONS"]["host"], "-U", where["USER"], where["NAME"]],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    failed = re.search(r"number of failed transactions: (\d+)", said)
    assert failed is None or failed.group(1) == "0", said
    rate = float(re.search(r"tps = ([\d.]+)", said).group(1))
    print(f"  {name:<58} {rate:8,.0f} commits a second", flush=True)
    return rate


def redeeming_script(book: Book, shop: Account, low: int, high: int) -> str:
    """The statements of ``move`` with pgbench's own variables where the values stand."""
    spots = {
        "giver": ":member", "gives_guarded": "true", "taker": str(shop.pk), "takes_guarded": "false", "amount": "1",
        "book": str(book.pk), "effect": "0", "kind": "'redeem'", "event_day": f"'{DAY}'", "lot_day": f"'{DAY}'",
        "at": "now()", "key": "('r' || :client_id || '-' || :mark)::varchar", "rule_hash": "''", "reverses": "NULL",
    }  # fmt: skip
    statement = writing.POSTGRESQL_MOVE % spots
    return f"\\set member random({low}, {high})\n\\set mark random(1, 1000000000000000)\n{statement};\n"


def main() -> None:
    call_command("migrate", "ledger", verbosity=0)
    print(f"ledger on PostgreSQL, {MEMBERS:,} members; synthetic awards")
    book, city = a_book("set-based")
    plain, plain_city = a_book("row-by-row")
    seconds(f"opening {MEMBERS:,} accounts", lambda: open_accounts(book, "member", map(str, range(MEMBERS))))
    open_accounts(plain, "member", map(str, range(ROW_BY_ROW)))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ledger_account")
    slow = row_by_row(plain, plain_city)
    rows = [(str(number), points_of(number)) for number in range(MEMBERS)]
    fast = seconds(
        f"as one run, {MEMBERS:,} awards, sealed and hashed",
        lambda: post_batch(book, "run", city, rows, kind="award", event_day=DAY),
    )
    owners = [str(number) for number in range(ROW_BY_ROW)]
    same = [
        dict(Account.objects.filter(book=one, owner__in=owners).values_list("owner", "balance"))
        for one in (book, plain)
    ]
    assert same[0] == same[1], "the two ways gave different balances"
    times = [MEMBERS / ROW_BY_ROW * one / other for one, other in zip(slow, fast, strict=True)]
    print(f"  posting: {MEMBERS / fast.wall:,.0f} awards a second; {times[0]:,.0f} times row by row, in CPU time"
          f" {times[1]:,.0f} times (scaled from {ROW_BY_ROW:,} to {MEMBERS:,}); the balances are equal")  # fmt: skip
    again = post_batch(book, "run", city, rows, kind="award", event_day=DAY)
    print(f"  posting the same run again added {again.added}")
    verify_book(book)
    took = seconds(f"checking the whole book, {MEMBERS:,} members", lambda: verify_book(book))
    redeem(book, took.wall)


def redeem(book: Book, checked: float) -> None:
    shop = open_account(book, "shop", guarded=False)
    bounds = Account.objects.filter(book=book, kind="member").order_by("pk")
    low, high = bounds.first().pk, bounds.last().pk
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (id bigserial PRIMARY KEY, member bigint NOT NULL, amount bigint NOT NULL)")
        cursor.execute("VACUUM ANALYZE ledger_account")
    bare_script = f"\\set member random({low}, {high})\nINSERT INTO bare (member, amount) VALUES (:member, 1);\n"
    few, many = redeeming_script(book, shop, low, low + 19), redeeming_script(book, shop, low, high)
    with tempfile.TemporaryDirectory() as folder:
        bare = [pgbench(Path(folder), "bare single-row inserts, 32 clients", bare_script)]
        wide = pgbench(Path(folder), "redemptions among all members, 32 clients", many)
        bare.append(pgbench(Path(folder), "bare single-row inserts, 32 clients, again", bare_script))
        tight = pgbench(Path(folder), "redemptions among 20 members, 32 clients", few)
    mean = sum(bare) / 2
    verify_book(book)
    print(f"  redemptions: {100 * wide / mean:.0f} % of bare commits among all, {100 * tight / mean:.0f} % among 20;"
          f" the book still agrees")  # fmt: skip
    print(f"  check: {checked:.2f} s for {MEMBERS:,} members")


if __name__ == "__main__":
    main()
